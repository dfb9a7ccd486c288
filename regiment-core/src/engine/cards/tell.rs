//! What the coaches' channel hears of job cards: the urgent ones at once, and on Sunday what the week
//! came to.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use crate::{
    UserId,
    message::{CardLine, Dispatch, Message, Priority, Recipient},
    record::{CardState, JobCard, Severity},
};

/// The most cards of one message: each has a row of buttons, and a message holds five rows.
pub const CARDS_PER_MESSAGE: usize = 5;

/// The longest line that says why, characters.
const WHY_CHARACTERS: usize = 160;

/// Returns whether the coaches hear of a card at once: it is of high or critical severity, nobody has
/// put it off, and it is worse than what was known, `before`: the card as it was stored, and those that
/// it absorbs. A scan that finds the same again is no news.
pub fn is_news(card: &JobCard, before: &[JobCard]) -> bool {
    let waits = match card.state {
        CardState::Open | CardState::Acknowledged => true,
        CardState::Snoozed | CardState::Resolved | CardState::Dismissed | CardState::Merged => {
            false
        }
    };
    let known = before.iter().map(|card| card.severity).max();
    let is_worse = known.is_none_or(|known| card.severity > known)
        || card.flags.iter().any(|flag| !before.iter().any(|card| card.flags.contains(flag)));
    waits && card.severity >= Severity::High && is_worse
}

/// Tells the coaches of cards that are news, worst first, in as few messages as hold them. `aliases`
/// are those of their clients.
pub fn tell(
    mut cards: Vec<JobCard>,
    aliases: &BTreeMap<UserId, String>,
    now: Timestamp,
) -> Vec<Dispatch> {
    cards.sort_by(|one, other| {
        other
            .severity
            .cmp(&one.severity)
            .then_with(|| other.priority.total_cmp(&one.priority))
            .then_with(|| one.id.cmp(&other.id))
    });
    let lines: Vec<CardLine> = cards.iter().filter_map(|card| line(card, aliases)).collect();
    let parts = lines.chunks(CARDS_PER_MESSAGE);
    parts
        .map(|part| {
            let key = format!("cards:{}:{now}", part[0].id);
            to_coaches(key, Message::Cards { cards: part.to_vec() }, Priority::Alert, now)
        })
        .collect()
}

/// Tells the coaches what the scan of a Sunday came to. `counts` are the cards that ask for a decision,
/// by severity; `worst` the worst of them, worst first.
pub fn weekly_summary(
    sunday: Date,
    clients: u32,
    mut counts: Vec<(Severity, u32)>,
    (worst, aliases): (&[JobCard], &BTreeMap<UserId, String>),
    now: Timestamp,
) -> Dispatch {
    counts.retain(|(_, n)| *n > 0);
    counts.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
    let lines = worst.iter().filter_map(|card| line(card, aliases));
    let worst = lines.take(CARDS_PER_MESSAGE).collect();
    let message = Message::WeeklySummary { sunday, clients, counts, worst };
    to_coaches(format!("weekly_summary:{sunday}"), message, Priority::Digest, now)
}

/// Writes a card that is stored as a line.
fn line(card: &JobCard, aliases: &BTreeMap<UserId, String>) -> Option<CardLine> {
    Some(CardLine {
        id: card.id?,
        user_id: card.user_id,
        alias: aliases.get(&card.user_id).cloned(),
        severity: card.severity,
        action: card.action_suggested,
        flags: card.flags.clone(),
        why: why(&card.summary),
    })
}

/// Returns the first sentence of a summary, which is the weightiest, as far as a line holds it.
fn why(summary: &str) -> String {
    let sentence = summary.split_once(". ").map_or(summary, |(sentence, _)| sentence);
    let sentence = sentence.trim_end_matches('.').replace(['\n', '\r'], " ");
    if sentence.chars().count() <= WHY_CHARACTERS {
        return sentence;
    }
    let clipped: String = sentence.chars().take(WHY_CHARACTERS - 1).collect();
    format!("{}…", clipped.trim_end())
}

fn to_coaches(key: String, message: Message, priority: Priority, now: Timestamp) -> Dispatch {
    Dispatch {
        key,
        to: Recipient::Coaches,
        message,
        priority,
        not_before: now,
        expires_at: None,
        delivers: None,
    }
}
