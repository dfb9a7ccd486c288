//! Rule violations, counted for escalation.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Actor, card::Flag};
use crate::{UserId, words::words};

words! {
    /// What was violated.
    pub enum InfractionKind("kind") {
        /// Meals.
        Meals = "meals",
        /// Training.
        Training = "training",
        /// Check-ins.
        Checkins = "checkins",
        /// Cardio.
        Cardio = "cardio",
    }
}

impl InfractionKind {
    /// Returns the flag that a violation puts on the job card.
    pub const fn flag(self) -> Flag {
        match self {
            Self::Meals => Flag::SoftCompliance,
            Self::Training => Flag::TrainingInconsistency,
            Self::Checkins => Flag::NonRespondingClient,
            Self::Cardio => Flag::GritViolation,
        }
    }
}

/// One violation event, keyed by client, kind and local date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Infraction {
    /// The client.
    pub user_id: UserId,
    /// What was violated.
    pub kind: InfractionKind,
    /// The local date on which the rule held.
    pub date: Date,
    /// The dates of the misses in the rule's window.
    pub miss_dates: Vec<Date>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Why it no longer counts; kept all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voided: Option<Voided>,
}

/// Why an infraction no longer counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Voided {
    /// The coach's reason, or that the rule no longer holds.
    pub reason: String,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

impl Infraction {
    /// Returns whether the event counts for escalation.
    pub const fn counts(&self) -> bool {
        self.voided.is_none()
    }
}

/// A warning that was sent, with the events that led to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// The local date it was sent.
    pub date: Date,
    /// The events (kind, date) it counted.
    pub events: Vec<(InfractionKind, Date)>,
    /// Whether a correcting message has followed.
    #[serde(default)]
    pub corrected: bool,
}

/// What escalation has done to a client so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// The client.
    pub user_id: UserId,
    /// Consecutive closed dates without a counted miss.
    pub streak: u32,
    /// The last date the streak saw, so that a late closing counts once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streak_through: Option<Date>,
    /// The local date of the last event that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_infraction: Option<Date>,
    /// Private warnings sent, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// The local date of the last public callout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callout_posted: Option<Date>,
    /// Since when planning a refeed is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refeed_blocked_since: Option<Date>,
}

impl Standing {
    /// Returns a clean slate.
    pub const fn clean(user_id: UserId) -> Self {
        Self {
            user_id,
            streak: 0,
            streak_through: None,
            last_infraction: None,
            warnings: Vec::new(),
            callout_posted: None,
            refeed_blocked_since: None,
        }
    }
}
