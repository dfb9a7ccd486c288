//! What a card rests on: kept with it, so that it can be written again and its risk judged later.

use jiff::civil::Date;
use regiment_core::record::{CardAction, JobCard};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::card::Lapse;
use crate::history::{ClientHistory, Day};

/// What was computed and from what. With the logs of the digest, the versions and the earlier cards,
/// the card can be written again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// The last closed date.
    pub as_of: Date,
    /// The digest of the client's rows.
    pub logs: String,
    /// What the rules alone suggest.
    pub rules_suggest: CardAction,
    /// What the model says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapse: Option<Lapse>,
    /// Why it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abstained: Option<String>,
    /// Whether chance gave the card its place in the list.
    #[serde(default)]
    pub is_explored: bool,
}

impl Trace {
    /// Reads the trace of a card that a scan has written.
    pub fn of(card: &JobCard) -> Option<Self> {
        Self::deserialize(card.trace.as_ref()?).ok()
    }

    /// Writes it on a card.
    pub(super) fn onto(&self, card: &mut JobCard) {
        card.trace = serde_json::to_value(self).ok();
    }
}

/// Returns a digest of a client's rows up to a day: the same rows give the same digest.
pub fn digest(client: &ClientHistory, as_of: Day) -> String {
    let mut hasher = Sha256::new();
    let mut take = |stream: u8, day: Day, at: i64, rest: &[u8]| {
        if day <= as_of {
            hasher.update([stream]);
            hasher.update(day.to_le_bytes());
            hasher.update(at.to_le_bytes());
            hasher.update(rest.len().to_le_bytes());
            hasher.update(rest);
        }
    };
    for row in &client.meals {
        take(0, row.day, row.at, &[row.outcome as u8]);
    }
    for row in &client.sets {
        let weight = row.weight_kg.map_or([0xff; 8], f64::to_le_bytes);
        let reps = row.reps.unwrap_or(-1).to_le_bytes();
        let rest = [&[row.outcome as u8][..], &row.exercise.to_le_bytes(), &weight, &reps].concat();
        take(1, row.day, row.at, &rest);
    }
    for row in &client.cardio {
        let minutes = [row.assigned.to_le_bytes(), row.actual.to_le_bytes()].concat();
        take(2, row.day, row.at, &[&[row.outcome as u8][..], &minutes].concat());
    }
    for row in &client.checkins {
        let weight = row.weight_kg.map_or([0xff; 8], f64::to_le_bytes);
        let said = [
            row.outcome as u8,
            row.mood.map_or(9, |said| said as u8),
            row.soreness.map_or(9, |said| said as u8),
            row.sleep.map_or(9, |said| said as u8),
            row.stress.map_or(9, |said| said as u8),
        ];
        let notes = row.notes.as_deref().unwrap_or_default().as_bytes();
        take(3, row.day, row.at, &[&said[..], &weight, notes].concat());
    }
    format!("{:x}", hasher.finalize())
}
