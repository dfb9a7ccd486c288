//! Cardio: minutes assigned and minutes done.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cause, Stream};
use crate::{Invalid, UserId, measure::Minutes, words::words};

words! {
    /// A day's cardio against what was assigned.
    pub enum CardioStatus("status") {
        /// At least the assigned minutes.
        Completed = "completed",
        /// Fewer, a reported 0 included.
        Underperformed = "underperformed",
        /// Nothing was reported.
        Missed = "missed",
    }
}

/// One day's cardio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "RawCardioLog", into = "RawCardioLog")]
#[schemars(with = "RawCardioLog")]
pub struct CardioLog {
    /// The client.
    pub user_id: UserId,
    /// The local date.
    pub date: Date,
    /// When it was entered.
    pub timestamp: Timestamp,
    /// What was ordered.
    pub assigned_minutes: Minutes,
    /// What was reported; `None` when nothing was.
    pub actual_minutes: Option<Minutes>,
    /// Why a miss is nobody's fault.
    pub cause: Option<Cause>,
}

impl CardioLog {
    /// Returns how the minutes done compare to those assigned.
    pub fn status(&self) -> CardioStatus {
        match self.actual_minutes {
            None => CardioStatus::Missed,
            Some(actual) if actual >= self.assigned_minutes => CardioStatus::Completed,
            Some(_) => CardioStatus::Underperformed,
        }
    }
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct RawCardioLog {
    user_id: UserId,
    date: Date,
    timestamp: Timestamp,
    assigned_minutes: Minutes,
    actual_minutes: Minutes,
    status: CardioStatus,
    #[serde(default)]
    source_engine: Option<Stream>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
}

impl TryFrom<RawCardioLog> for CardioLog {
    type Error = Invalid;

    fn try_from(raw: RawCardioLog) -> Result<Self, Invalid> {
        let RawCardioLog {
            user_id,
            date,
            timestamp,
            assigned_minutes,
            actual_minutes,
            status,
            source_engine,
            cause,
        } = raw;
        super::log::same_stream(source_engine, Stream::Cardio)?;
        super::log::cause_fits(cause, status == CardioStatus::Missed)?;
        let reported = (status != CardioStatus::Missed).then_some(actual_minutes);
        let log =
            Self { user_id, date, timestamp, assigned_minutes, actual_minutes: reported, cause };
        if status == CardioStatus::Missed && actual_minutes.get() != 0 {
            return Err(Invalid::new(
                "actual_minutes",
                actual_minutes,
                "0 where cardio was missed",
            ));
        }
        if log.status() != status {
            return Err(Invalid::new(
                "status",
                status,
                format!("{} for {actual_minutes} of {assigned_minutes} minutes", log.status()),
            ));
        }
        Ok(log)
    }
}

impl From<CardioLog> for RawCardioLog {
    fn from(log: CardioLog) -> Self {
        let status = log.status();
        let CardioLog { user_id, date, timestamp, assigned_minutes, actual_minutes, cause } = log;
        Self {
            user_id,
            date,
            timestamp,
            assigned_minutes,
            actual_minutes: actual_minutes.unwrap_or(Minutes::new(0).expect("0 is in range")),
            status,
            source_engine: Some(Stream::Cardio),
            cause,
        }
    }
}
