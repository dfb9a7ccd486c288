//! What an import would store.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{LeftOut, PassedOver, Problem};
use crate::{
    Slug, UserId,
    export::Archive,
    measure::BodyWeight,
    record::{
        CardSource, ClientProfile, Exercise, JobCard, Log, LogKey, MealTemplate, TrainingTemplate,
    },
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
    /// Weigh-ins against those held.
    pub weigh_ins: Counts,
    /// Job cards against those held.
    pub cards: Counts,
    /// Templates against those of the library.
    pub templates: Counts,
    /// Whole clients against those enlisted.
    pub archives: Counts,
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

/// What is held of that which an import touches.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Profiles of the clients.
    pub profiles: BTreeMap<UserId, ClientProfile>,
    /// Effective logs of the same keys.
    pub logs: BTreeMap<LogKey, Log>,
    /// Weigh-ins of the same dates.
    pub weigh_ins: BTreeMap<(UserId, Date), WeighIn>,
    /// Cards by what they are keyed by.
    pub cards: BTreeSet<(UserId, CardSource, Date)>,
    /// Meal templates of the library.
    pub meal_templates: BTreeMap<Slug<MealTemplate>, MealTemplate>,
    /// Training blocks of the library.
    pub training_templates: BTreeMap<Slug<TrainingTemplate>, TrainingTemplate>,
    /// Clients as they would be exported.
    pub archives: BTreeMap<UserId, Archive>,
}

impl Import {
    /// Returns the same import without what is held already, and counts it: importing twice stores
    /// nothing twice. A log that is held with another content stays in, as its next revision. Of an
    /// enlisted client only what the file says changes, and never where he stands. A card that is held
    /// is not touched; an archive of somebody who is held otherwise is refused.
    #[must_use]
    pub fn against(mut self, held: &Known) -> Self {
        let mut summary = std::mem::take(&mut self.summary);
        summary.logs = sift(&mut self.logs, |log| held.logs.get(&log.key()));
        self.profiles = self
            .profiles
            .into_iter()
            .map(|client| match held.profiles.get(&client.user_id) {
                Some(known) => over(&client, known),
                None => client,
            })
            .collect();
        summary.profiles = sift(&mut self.profiles, |client| held.profiles.get(&client.user_id));
        summary.weigh_ins =
            sift(&mut self.weigh_ins, |weight| held.weigh_ins.get(&(weight.user_id, weight.date)));
        let n_cards = self.cards.len();
        self.cards.retain(|card| !held.cards.contains(&(card.user_id, card.source, card.date)));
        let new = self.cards.len();
        summary.cards = Counts { new, changed: 0, held: n_cards - new };
        // A template's version counts its changes here, and is no content.
        for template in &mut self.meal_templates {
            let known = held.meal_templates.get(&template.template_id);
            template.version = known.map_or(template.version, |known| known.version);
        }
        for template in &mut self.training_templates {
            let known = held.training_templates.get(&template.template_id);
            template.version = known.map_or(template.version, |known| known.version);
        }
        let meals = sift(&mut self.meal_templates, |template| {
            held.meal_templates.get(&template.template_id)
        });
        let blocks = sift(&mut self.training_templates, |template| {
            held.training_templates.get(&template.template_id)
        });
        summary.templates = meals.and(blocks);
        summary.archives =
            sift(&mut self.archives, |archive| held.archives.get(&archive.client.user_id));
        for archive in &self.archives {
            if held.archives.contains_key(&archive.client.user_id) {
                let id = archive.client.user_id.to_string();
                let accepted = "a client who is not enlisted, or is exactly as in the file";
                self.problems.push(Problem::new(1, "user_id", &id, accepted));
            }
        }
        self.archives.retain(|archive| !held.archives.contains_key(&archive.client.user_id));
        summary.problems = self.problems.len();
        self.summary = summary;
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
            weigh_ins: Counts { new: self.weigh_ins.len(), ..Counts::default() },
            cards: Counts { new: self.cards.len(), ..Counts::default() },
            templates: Counts {
                new: self.meal_templates.len() + self.training_templates.len(),
                ..Counts::default()
            },
            archives: Counts { new: self.archives.len(), ..Counts::default() },
            quarantined: self.quarantine.len(),
            problems: self.problems.len(),
            ..self.summary
        };
        self
    }
}

impl Counts {
    fn and(self, other: Self) -> Self {
        Self {
            new: self.new + other.new,
            changed: self.changed + other.changed,
            held: self.held + other.held,
        }
    }
}

/// Takes out what is held as it is, and counts all.
fn sift<'a, T: PartialEq + 'a>(found: &mut Vec<T>, held: impl Fn(&T) -> Option<&'a T>) -> Counts {
    let mut counts = Counts::default();
    found.retain(|found| {
        let known = held(found);
        match known {
            None => counts.new += 1,
            Some(known) if known == found => counts.held += 1,
            Some(_) => counts.changed += 1,
        }
        known != Some(found)
    });
    counts
}

/// Where a client stands is decided here, and not by a file about the past.
const STANDING: [&str; 12] = [
    "status",
    "paused",
    "paused_until",
    "blocked_refeed",
    "public_callout_opt_in",
    "honors_opt_in",
    "subject",
    "version",
    "created_at",
    "updated_at",
    "coach_id",
    "guild_id",
];

/// A held profile with what a file says of it; what the file does not say stays.
fn over(found: &ClientProfile, held: &ClientProfile) -> ClientProfile {
    let fields = |client| match serde_json::to_value(client) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let mut merged = fields(held);
    let said = fields(found).into_iter().filter(|(name, _)| !STANDING.contains(&name.as_str()));
    merged.extend(said);
    serde_json::from_value(merged.into()).unwrap_or_else(|_| held.clone())
}
