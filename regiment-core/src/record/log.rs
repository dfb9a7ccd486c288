//! One record of an assigned item's outcome, of any stream.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::{CardioLog, CheckinLog, MealLog, TrainingLog};
use crate::{UserId, words::words};

words! {
    /// The four streams of logs; in a record's JSON it is the `source_engine`.
    pub enum Stream("source_engine") {
        /// Meals.
        Meal = "meal",
        /// Top sets.
        Training = "training",
        /// Cardio.
        Cardio = "cardio",
        /// Check-ins.
        Checkin = "checkin",
    }
}

words! {
    /// Why a miss is nobody's fault.
    pub enum Cause("cause") {
        /// The order did not reach the client in time.
        NotDelivered = "not_delivered",
        /// A coach excused it.
        Excused = "excused",
    }
}

words! {
    /// The two outcomes of a meal, a top set and a check-in.
    pub enum DoneOrMissed("status") {
        /// Done.
        Completed = "completed",
        /// Not done, or not logged by the deadline.
        Missed = "missed",
    }
}

/// An effective log: what is held true of one assigned item. Its JSON is the record's own, and
/// `source_engine` says which record it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Log {
    /// A meal.
    Meal(MealLog),
    /// A top set.
    Training(TrainingLog),
    /// A day's cardio.
    Cardio(CardioLog),
    /// A day's check-in.
    Checkin(CheckinLog),
}

/// What a log is about. The effective log of a key is its latest revision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogKey {
    /// The client.
    pub user_id: UserId,
    /// The local date.
    pub date: Date,
    /// The stream.
    pub stream: Stream,
    /// `meal_id`, `exercise_id`, or empty for cardio and check-in.
    pub item: String,
}

impl Log {
    /// Returns what the log is about.
    pub fn key(&self) -> LogKey {
        let item = match self {
            Self::Meal(log) => log.meal_id.as_str(),
            Self::Training(log) => log.exercise_id.as_str(),
            Self::Cardio(_) | Self::Checkin(_) => "",
        };
        LogKey {
            user_id: self.user_id(),
            date: self.date(),
            stream: self.stream(),
            item: item.to_owned(),
        }
    }

    /// Returns the client.
    pub fn user_id(&self) -> UserId {
        match self {
            Self::Meal(log) => log.user_id,
            Self::Training(log) => log.user_id,
            Self::Cardio(log) => log.user_id,
            Self::Checkin(log) => log.user_id,
        }
    }

    /// Returns the local date.
    pub fn date(&self) -> Date {
        match self {
            Self::Meal(log) => log.date,
            Self::Training(log) => log.date,
            Self::Cardio(log) => log.date,
            Self::Checkin(log) => log.date,
        }
    }

    /// Returns the stream.
    pub const fn stream(&self) -> Stream {
        match self {
            Self::Meal(_) => Stream::Meal,
            Self::Training(_) => Stream::Training,
            Self::Cardio(_) => Stream::Cardio,
            Self::Checkin(_) => Stream::Checkin,
        }
    }

    /// Returns when the log was entered.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Meal(log) => log.logged_at,
            Self::Training(log) => log.timestamp,
            Self::Cardio(log) => log.timestamp,
            Self::Checkin(log) => log.timestamp,
        }
    }

    /// Returns whether the item was not done at all.
    pub fn is_missed(&self) -> bool {
        match self {
            Self::Meal(log) => log.status == DoneOrMissed::Missed,
            Self::Training(log) => log.set.is_none(),
            Self::Cardio(log) => log.actual_minutes.is_none(),
            Self::Checkin(log) => log.report.is_none(),
        }
    }

    /// Returns why a miss is nobody's fault.
    pub const fn cause(&self) -> Option<Cause> {
        match self {
            Self::Meal(log) => log.cause,
            Self::Training(log) => log.cause,
            Self::Cardio(log) => log.cause,
            Self::Checkin(log) => log.cause,
        }
    }

    /// Returns whether the log is a miss that counts against the client.
    pub fn is_counted_miss(&self) -> bool {
        self.is_missed() && self.cause().is_none()
    }

    /// Returns the same log with another cause.
    #[must_use]
    pub fn with_cause(mut self, cause: Option<Cause>) -> Self {
        match &mut self {
            Self::Meal(log) => log.cause = cause,
            Self::Training(log) => log.cause = cause,
            Self::Cardio(log) => log.cause = cause,
            Self::Checkin(log) => log.cause = cause,
        }
        self
    }
}

impl<'de> Deserialize<'de> for Log {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let record = serde_json::Value::deserialize(deserializer)?;
        let stream = Stream::deserialize(&record["source_engine"]).map_err(D::Error::custom)?;
        match stream {
            Stream::Meal => serde_json::from_value(record).map(Self::Meal),
            Stream::Training => serde_json::from_value(record).map(Self::Training),
            Stream::Cardio => serde_json::from_value(record).map(Self::Cardio),
            Stream::Checkin => serde_json::from_value(record).map(Self::Checkin),
        }
        .map_err(D::Error::custom)
    }
}

/// Who did something.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "role", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// The program itself.
    System,
    /// A client, for himself.
    Client(UserId),
    /// A coach, by account id.
    Coach(String),
    /// An admin, by account id.
    Admin(String),
}

impl Actor {
    /// Returns the role's name.
    pub const fn role(&self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Client(_) => "client",
            Self::Coach(_) => "coach",
            Self::Admin(_) => "admin",
        }
    }

    /// Returns whether the actor may do what a coach may.
    pub const fn is_staff(&self) -> bool {
        matches!(self, Self::Coach(_) | Self::Admin(_))
    }
}

/// Names the role alone: ids lead to people.
impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.role())
    }
}

/// One version of a log. A correction adds one; none is ever rewritten.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// What is held true from this revision on.
    pub log: Log,
    /// Counts from 1 for each key.
    pub number: u32,
    /// When the person entered it.
    pub entered_at: Timestamp,
    /// When it was stored.
    pub recorded_at: Timestamp,
    /// Who entered it.
    pub by: Actor,
    /// Why, where the deadline had passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Refuses a record that names another stream as its source.
pub(super) fn same_stream(found: Option<Stream>, own: Stream) -> Result<(), crate::Invalid> {
    match found {
        Some(other) if other != own => {
            Err(crate::Invalid::new("source_engine", other, format!("{own} in this record")))
        }
        _ => Ok(()),
    }
}

/// Refuses a cause on anything but a miss.
pub(super) fn cause_fits(cause: Option<Cause>, is_missed: bool) -> Result<(), crate::Invalid> {
    match cause {
        Some(cause) if !is_missed => {
            Err(crate::Invalid::new("cause", cause, "absent where the item was done"))
        }
        _ => Ok(()),
    }
}
