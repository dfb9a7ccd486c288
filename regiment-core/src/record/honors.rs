//! The weekly honors board.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{UserId, words::words};

words! {
    /// What a list of the board ranks.
    pub enum Ranking("ranking") {
        /// Consecutive closed dates without a miss.
        Streak = "streak",
        /// Personal records of the week.
        PersonalRecords = "personal_records",
        /// Closeness of the weight trend to the goal's band, never speed.
        WeightOnTarget = "weight_on_target",
    }
}

/// One community's board for one week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Board {
    /// The community.
    pub guild_id: String,
    /// The Sunday it was made.
    pub date: Date,
    /// Each list that has a place on it.
    pub lists: Vec<(Ranking, Vec<Place>)>,
}

impl Board {
    /// Takes a person off every list; the others keep their ranks.
    pub fn forget(&mut self, user_id: UserId) {
        for (_, places) in &mut self.lists {
            places.retain(|place| place.user_id != user_id);
        }
    }
}

/// One place of a list. Ties share a rank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// From 1.
    pub rank: u32,
    /// The client, for the record; never posted.
    pub user_id: UserId,
    /// The only name ever posted.
    pub alias: String,
    /// Days, records, or percentage points off the middle of the goal band.
    pub score: f64,
}
