//! What clients write under their check-ins.
//!
//! The lexicon of the care guard reads first and works without any weights. A [`Classifier`] that was
//! trained on a coach's tags can only add what a coach should look at; it never takes away what the
//! lexicon found. The words themselves stay in the check-in: evidence points at them.

pub mod classifier;
pub mod encoder;
mod ngrams;
pub mod tags;

use std::collections::BTreeMap;

use regiment_core::engine::care::lexicon::{Concern, State, Topic, read};
use regiment_core::record::{Flag, FlagName, Severity};

use crate::finding::Finding;
use crate::history::{ClientHistory, Day, Outcome};
use crate::stats::{count, within};
use classifier::Classifier;

/// The days whose notes are read.
const WINDOW: Day = 7;

/// What the notes of the last seven days say of one topic.
#[derive(Default)]
struct Heard {
    /// The dates on which the lexicon found it present, with the last byte range.
    said: Vec<(Day, Concern)>,
    /// The dates on which the classifier alone read it, with its probability.
    suspected: Vec<(Day, f64)>,
    /// The last date on which a note says that it is over.
    over: Option<Day>,
}

/// Returns a flag `note_concern:<topic>` for each topic that the notes of the seven days up to `as_of`
/// speak of as present.
///
/// A safety topic that the lexicon found is critical, one that the classifier alone suspects is high.
pub fn findings(
    client: &ClientHistory,
    classifier: Option<&Classifier>,
    as_of: Day,
) -> Vec<Finding> {
    let window = as_of.saturating_sub(WINDOW - 1)..=as_of;
    let mut heard = BTreeMap::<Topic, Heard>::new();
    for row in within(&client.checkins, |row| row.day, &window) {
        let note = row.notes.as_deref().filter(|note| !note.trim().is_empty());
        let Some(note) = note.filter(|_| row.outcome == Outcome::Completed) else { continue };
        let concerns = read(note);
        let suspected = classifier.map_or_else(Vec::new, |classifier| classifier.suspects(note));
        for (topic, probability) in suspected {
            let is_said = concerns.iter().any(|c| c.topic == topic && c.state == State::Present);
            if !is_said {
                heard.entry(topic).or_default().suspected.push((row.day, probability));
            }
        }
        for concern in concerns {
            let topic = heard.entry(concern.topic).or_default();
            match concern.state {
                State::Present => topic.said.push((row.day, concern)),
                State::Resolved => topic.over = Some(row.day),
                State::Negated => {}
            }
        }
    }
    heard
        .into_iter()
        .filter_map(|(topic, heard)| {
            let finding = Finding::flag(
                severity(topic, &heard),
                FlagName::about(Flag::NoteConcern, topic.as_str()),
                window.clone(),
            );
            heard.tell(finding)
        })
        .collect()
}

impl Heard {
    fn tell(self, finding: Finding) -> Option<Finding> {
        if let Some((last, concern)) = self.said.last() {
            let mut days = self.said.iter().map(|(day, _)| *day).collect::<Vec<_>>();
            days.dedup();
            let n = days.len();
            let notes = if n == 1 { "note" } else { "notes" };
            let over = self.over.is_some_and(|over| over > *last);
            let aside = if over { "; a later one says that it is over" } else { "" };
            return Some(
                finding
                    .on(days)
                    .number("notes", count(n))
                    .number("phrase_start", count(concern.phrase.start))
                    .number("phrase_end", count(concern.phrase.end))
                    .saying(format!("{n} {notes}{aside}")),
            );
        }
        let best = self.suspected.iter().map(|(_, p)| *p).reduce(f64::max)?;
        Some(
            finding
                .on(self.suspected.iter().map(|(day, _)| *day))
                .number("notes", count(self.suspected.len()))
                .number("probability", best)
                .saying("read by the classifier alone: look at the note"),
        )
    }
}

fn severity(topic: Topic, heard: &Heard) -> Severity {
    match (topic.is_safety(), heard.said.is_empty()) {
        (true, false) => Severity::Critical,
        (true, true) => Severity::High,
        (false, _) => match topic {
            Topic::QuitIntent | Topic::Distress => Severity::Medium,
            Topic::LifeEvent
            | Topic::Injury
            | Topic::Illness
            | Topic::DisorderedEating
            | Topic::SelfHarm => Severity::Low,
        },
    }
}

#[cfg(test)]
mod tests;
