//! What an import would store.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{LeftOut, PassedOver, Problem};
use crate::{
    Slug, UserId,
    export::Archive,
    measure::BodyWeight,
    record::{ClientProfile, Exercise, JobCard, Log, LogKey, MealTemplate, TrainingTemplate},
};

/// What an import would store, and what it would not. A dry run and a real one have the same value.
///
/// Nothing in it asks for a message, an order, a card or an infraction.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Import {
    /// Profiles to enlist or to change.
    pub profiles: Vec<ClientProfile>,
    /// Logs in the order of their keys, one per key.
    pub logs: Vec<Log>,
    /// Where each of the logs stands in the files.
    pub origins: BTreeMap<LogKey, Origin>,
    /// Body weights that came without a check-in around them.
    pub weigh_ins: Vec<WeighIn>,
    /// Job cards.
    pub cards: Vec<JobCard>,
    /// Meal templates.
    pub meal_templates: Vec<MealTemplate>,
    /// Training blocks.
    pub training_templates: Vec<TrainingTemplate>,
    /// Clients as this program exported them, with everything about them.
    pub archives: Vec<Archive>,
    /// Rows that can be read and are no records.
    pub quarantine: Vec<Quarantined>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Names of exercises that somebody settled, to be remembered for the next import.
    pub aliases: Vec<(String, Slug<Exercise>)>,
    /// Counts of all of it.
    pub summary: Summary,
}

/// Where a record came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The format and the file: `hevy:workouts.csv`.
    pub source: String,
    /// The line, or the row of a frame; the first is 1.
    pub line: u64,
}

/// One body weight outside any check-in: it belongs to the weight trend, and is no answer to an
/// order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeighIn {
    /// The client.
    pub user_id: UserId,
    /// The local date; one weigh-in stands per date.
    pub date: Date,
    /// When it was taken: the time in the file, or noon.
    pub timestamp: Timestamp,
    /// Kilograms, to one decimal.
    pub weight: BodyWeight,
    /// Where it came from.
    pub origin: Origin,
}

/// A row that can be read and is no record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quarantined {
    /// Where it stands.
    pub origin: Origin,
    /// The client, where the row says.
    pub user_id: Option<UserId>,
    /// The local date, where the row says.
    pub date: Option<Date>,
    /// What is wrong with it.
    pub reason: String,
    /// The row.
    pub payload: String,
}

/// Counts of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files read.
    pub files: usize,
    /// Rows or records in them.
    pub rows: usize,
    /// Sets read, of every kind.
    pub sets: usize,
    /// Sets that don't stand.
    pub left_out: LeftOut,
    /// Rows that hold nothing to store.
    pub passed_over: BTreeMap<PassedOver, usize>,
    /// The first local date of a log or weigh-in.
    pub first_date: Option<Date>,
    /// The last one.
    pub last_date: Option<Date>,
    /// Profiles against those held.
    pub profiles: Counts,
    /// Logs against those held.
    pub logs: Counts,
    /// Weigh-ins; those held are counted by the store.
    pub weigh_ins: usize,
    /// Names of exercises that nobody knows, or that stand for several, with how often they occur.
    pub unknown_exercises: BTreeMap<String, usize>,
    /// Rows in quarantine.
    pub quarantined: usize,
    /// Lines that could not be read.
    pub problems: usize,
}

/// What was found, against what is held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Not held yet.
    pub new: usize,
    /// Held with another content.
    pub changed: usize,
    /// Held as it is.
    pub held: usize,
}

impl Import {
    /// Returns the same import without what is held already, and counts it: importing twice stores
    /// nothing twice. A log that is held with another content stays in, as its next revision.
    #[must_use]
    pub fn against(
        mut self,
        profiles: &BTreeMap<UserId, ClientProfile>,
        logs: &BTreeMap<LogKey, Log>,
    ) -> Self {
        let mut counts = Counts::default();
        self.logs.retain(|log| counts.take(logs.get(&log.key()), log));
        self.summary.logs = counts;
        let mut counts = Counts::default();
        self.profiles.retain(|client| counts.take(profiles.get(&client.user_id), client));
        self.summary.profiles = counts;
        let left: BTreeMap<LogKey, Origin> =
            self.logs.iter().filter_map(|log| self.origins.remove_entry(&log.key())).collect();
        self.origins = left;
        self
    }

    /// Counts what is in the import, as if nothing were held.
    pub(super) fn counted(mut self) -> Self {
        let logs = self.logs.iter().map(Log::date);
        let dates = || logs.clone().chain(self.weigh_ins.iter().map(|weight| weight.date));
        self.summary = Summary {
            first_date: dates().min(),
            last_date: dates().max(),
            profiles: Counts { new: self.profiles.len(), ..Counts::default() },
            logs: Counts { new: self.logs.len(), ..Counts::default() },
            weigh_ins: self.weigh_ins.len(),
            quarantined: self.quarantine.len(),
            problems: self.problems.len(),
            ..self.summary
        };
        self
    }
}

impl Counts {
    /// Counts one record, and says whether it has to be stored.
    fn take<T: PartialEq>(&mut self, held: Option<&T>, found: &T) -> bool {
        match held {
            None => self.new += 1,
            Some(held) if held == found => self.held += 1,
            Some(_) => self.changed += 1,
        }
        held != Some(found)
    }
}
