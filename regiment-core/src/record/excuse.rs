//! Excuses: a coach's word that a miss is nobody's fault.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Actor, LogKey, Stream};
use crate::{Id, UserId, words::words};

words! {
    /// Why a client is excused.
    pub enum ExcuseReason("reason") {
        /// Injured.
        Injury = "injury",
        /// Ill.
        Illness = "illness",
        /// Traveling.
        Travel = "travel",
        /// Family.
        Family = "family",
        /// Something else.
        Other = "other",
    }
}

words! {
    /// Where a client's request stands.
    pub enum RequestState("state") {
        /// Waits for the coach.
        Asked = "asked",
        /// Granted.
        Granted = "granted",
        /// Refused.
        Refused = "refused",
        /// Nobody decided within the policy's days.
        Lapsed = "lapsed",
    }
}

/// A span of local dates, or one item of one date, whose misses don't count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Excuse {
    /// The client.
    pub user_id: UserId,
    /// The first local date.
    pub from: Date,
    /// The last local date, inclusive. The excuse ends by itself.
    pub until: Date,
    /// The streams it covers; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub streams: Vec<Stream>,
    /// One item alone (`meal_id`, `exercise_id`); absent means every item of the streams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Why.
    pub reason: ExcuseReason,
    /// The coach's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Who granted it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

impl Excuse {
    /// Returns whether the excuse covers a log.
    pub fn covers(&self, key: &LogKey) -> bool {
        self.user_id == key.user_id
            && (self.from..=self.until).contains(&key.date)
            && (self.streams.is_empty() || self.streams.contains(&key.stream))
            && self.item.as_ref().is_none_or(|item| *item == key.item)
    }
}

/// A client's request to be excused. Meanwhile the deadlines run; granting changes nothing but the
/// cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExcuseRequest {
    /// Minted by the shell.
    pub id: Id<ExcuseRequest>,
    /// The client.
    pub user_id: UserId,
    /// The first local date.
    pub from: Date,
    /// The last local date, inclusive.
    pub until: Date,
    /// The streams it asks for; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub streams: Vec<Stream>,
    /// One item alone; absent means every item of the streams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Why.
    pub reason: ExcuseReason,
    /// Where it stands.
    pub state: RequestState,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Actor>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Timestamp>,
}
