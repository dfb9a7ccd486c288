//! What coaches make of notes, as tags to learn from.
//!
//! A coach who closes a card has looked at its notes. Where he acted, they speak of what the card says;
//! where he called it wrong, they do not; a note that the card is silent about speaks of nothing. A card
//! that was set aside for another reason tells nothing of its notes.

use std::collections::BTreeSet;

use regiment_core::engine::care::lexicon::Topic;
use regiment_core::record::{Actor, CardAction, DismissReason, Flag, JobCard, Resolution};

use super::classifier::{Classifier, Tagged};
use crate::finding::day_of;
use crate::history::{ClientHistory, Outcome};

/// The most tagged notes that are learned from, the last ones.
const MOST: usize = 2_000;

/// Trains a reader of notes on what coaches did about the cards of clients; `None` where they closed
/// too few of them to learn from.
pub fn reader<'a>(
    clients: impl Iterator<Item = (&'a ClientHistory, &'a [JobCard])>,
) -> Option<Classifier> {
    let mut tagged: Vec<Tagged> = clients
        .flat_map(|(client, cards)| cards.iter().flat_map(|card| tags(client, card)))
        .collect();
    tagged.drain(..tagged.len().saturating_sub(MOST));
    Classifier::train(&tagged, None).ok()
}

/// Returns the notes of a closed card's week, each with what its coach says it speaks of.
pub fn tags(client: &ClientHistory, card: &JobCard) -> Vec<Tagged> {
    let Some(verdict) = card.resolution.as_ref().and_then(Told::of) else { return Vec::new() };
    let (Some(first), Some(last)) = (card.window_start, card.window_end) else { return Vec::new() };
    let week = day_of(first)..=day_of(last);
    let rows = client.checkins.iter().filter(|row| week.contains(&row.day));
    let notes = rows.filter(|row| row.outcome == Outcome::Completed).filter_map(|row| {
        let note = row.notes.as_deref().filter(|note| !note.trim().is_empty())?;
        let said: BTreeSet<Topic> = card
            .evidence
            .iter()
            .filter(|said| said.flag.flag == Flag::NoteConcern)
            .filter(|said| said.dates.iter().any(|date| day_of(*date) == row.day))
            .filter_map(|said| said.flag.about.as_deref()?.parse().ok())
            .collect();
        let topics = match verdict {
            Told::Right => said,
            Told::Wrong => BTreeSet::new(),
        };
        Some(Tagged { note: note.to_owned(), topics })
    });
    notes.collect()
}

/// What a coach's word on a card says of the card.
#[derive(Debug, Clone, Copy)]
enum Told {
    Right,
    Wrong,
}

impl Told {
    fn of(resolution: &Resolution) -> Option<Self> {
        match (&resolution.by, resolution.dismissed) {
            (Actor::System, _) => None,
            (_, Some(DismissReason::Wrong)) => Some(Self::Wrong),
            (_, Some(_)) => None,
            (_, None) if resolution.action == CardAction::None => None,
            (_, None) => Some(Self::Right),
        }
    }
}

#[cfg(test)]
mod tests;
