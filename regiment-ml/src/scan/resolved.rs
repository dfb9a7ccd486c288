//! What came of the risks that earlier scans put on cards.

use regiment_core::record::CardSource;

use super::{Part, Trace};
use crate::eval::scores::Judged;
use crate::history::Day;
use crate::label::{HORIZON, lapsed};
use crate::model::Answers;
use crate::program::Example;

/// A risk on a card whose week is over.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The last closed date when the card was written.
    pub day: Day,
    /// The risk, and what came of it.
    pub judged: Judged,
    /// What the parts of the model had said.
    pub answers: Option<Answers>,
}

impl Resolved {
    /// Takes it as an example to learn from.
    pub fn example(&self) -> Option<Example<Answers>> {
        let input = self.answers?;
        Some(Example { input, day: self.day, lapsed: self.judged.lapsed })
    }
}

/// Returns the risks that a model put on the earlier cards of clients, of those weeks that are over
/// and in which anything was asked.
pub fn resolved(parts: &[Part<'_>], model_version: &str) -> Vec<Resolved> {
    let subjects = parts.iter().flat_map(|part| &part.subjects);
    let of_subject = subjects.flat_map(|subject| {
        let written = subject.before.iter().filter(|card| {
            card.source == CardSource::WeeklyScan
                && card.model_version.as_deref() == Some(model_version)
        });
        written.filter_map(|card| {
            let trace = Trace::of(card)?;
            let lapse = trace.lapse?;
            let day = crate::finding::day_of(trace.as_of);
            if day > subject.as_of - HORIZON {
                return None;
            }
            let lapsed = lapsed(subject.client, day)?;
            let judged = Judged { risk: lapse.probability, lapsed };
            Some(Resolved { day, judged, answers: lapse.answers })
        })
    });
    of_subject.collect()
}
