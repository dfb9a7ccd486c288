//! Everything about one client: one JSON document that comes back as the same records, and tables
//! for a spreadsheet.

mod table;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use table::{Table, tables};

use crate::{
    effect::PauseRow,
    import::WeighIn,
    record::{
        ClientProfile, CompiledPlan, Excuse, ExcuseRequest, Infraction, JobCard, Log, LogKey,
        Order, PlanChoice, Revision, Standing,
    },
};

/// The version of the document; a later program reads every earlier one.
const VERSION: u32 = 1;

/// Everything about one client. Lists are in the order of their keys and instants, so that the same
/// state gives the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// Names the document's kind.
    pub format: Kind,
    /// The document's version.
    pub version: u32,
    /// The profile.
    pub client: ClientProfile,
    /// Every revision of every log, the earliest of each key first.
    pub revisions: Vec<Revision>,
    /// What was ordered.
    pub orders: Vec<Order>,
    /// Local dates whose closing is committed.
    pub closed: Vec<Date>,
    /// Compiled plans.
    pub plans: Vec<CompiledPlan>,
    /// Which plans the client chose.
    pub choices: Vec<PlanChoice>,
    /// Excuses granted.
    pub excuses: Vec<Excuse>,
    /// Excuses asked for.
    pub requests: Vec<ExcuseRequest>,
    /// Infractions, voided ones included.
    pub infractions: Vec<Infraction>,
    /// What escalation has done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// Job cards.
    pub cards: Vec<JobCard>,
    /// Pauses and their ends.
    pub pauses: Vec<PauseRow>,
    /// Body weights outside any check-in.
    pub weigh_ins: Vec<WeighIn>,
}

/// The kind of document, so that an import knows it by its first key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Everything about one client.
    #[serde(rename = "regiment-client")]
    Client,
}

impl Archive {
    /// Starts an archive that holds the profile alone.
    pub fn new(client: ClientProfile) -> Self {
        Self {
            format: Kind::Client,
            version: VERSION,
            client,
            revisions: Vec::new(),
            orders: Vec::new(),
            closed: Vec::new(),
            plans: Vec::new(),
            choices: Vec::new(),
            excuses: Vec::new(),
            requests: Vec::new(),
            infractions: Vec::new(),
            standing: None,
            cards: Vec::new(),
            pauses: Vec::new(),
            weigh_ins: Vec::new(),
        }
    }

    /// Returns the same archive for the client's own hands: coaching notes leave only through the
    /// coach.
    #[must_use]
    pub fn for_the_client(mut self) -> Self {
        self.client.coaching_notes.clear();
        self
    }

    /// Returns the effective logs: the latest revision of each key.
    pub fn logs(&self) -> BTreeMap<LogKey, &Log> {
        let mut latest: BTreeMap<LogKey, &Revision> = BTreeMap::new();
        for revision in &self.revisions {
            latest
                .entry(revision.log.key())
                .and_modify(|held| {
                    if revision.number > held.number {
                        *held = revision;
                    }
                })
                .or_insert(revision);
        }
        latest.into_iter().map(|(key, revision)| (key, &revision.log)).collect()
    }

    /// Returns the archive as its own client gets it: without what coaches wrote for each other.
    #[must_use]
    pub fn for_client(mut self) -> Self {
        self.client.coaching_notes.clear();
        for card in &mut self.cards {
            card.notes.clear();
            if let Some(resolution) = &mut card.resolution {
                resolution.note.clear();
            }
        }
        for excuse in &mut self.excuses {
            excuse.note.clear();
        }
        self
    }

    /// Writes the document. The same archive gives the same bytes.
    ///
    /// # Panics
    /// Never: every key is text and every number is finite.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("text keys, finite numbers");
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests;
