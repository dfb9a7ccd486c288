//! Orders: what one drop asked of a client for one local date.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Exercise, LogKey, Meal, MealTemplate, Stream, TopSet, TrainingTemplate};
use crate::{
    Slug, UserId,
    measure::{Load, Minutes, Reps},
    words::words,
};

words! {
    /// Which drop issued an order. A client has at most one of each for a local date.
    pub enum OrderKind("kind") {
        /// The check-in, due at noon.
        Checkin = "checkin",
        /// Meals and cardio, due at 22:00.
        Fuel = "fuel",
        /// The workout, due at 22:00.
        Training = "training",
    }
}

/// What one drop asked of a client for one local date.
///
/// The assigned items of a day are the items of its orders that are not withdrawn; the day's
/// closing marks each item that has no log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    /// The client.
    pub user_id: UserId,
    /// The local date.
    pub date: Date,
    /// What is asked.
    pub ordered: Ordered,
    /// When the order was issued.
    pub ordered_at: Timestamp,
    /// When its items close.
    pub deadline: Timestamp,
    /// When it reached the client; absent while it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
    /// When a pause withdrew it; its open items vanish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Timestamp>,
}

/// The items of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Ordered {
    /// A check-in.
    Checkin,
    /// Meals, and cardio where minutes are assigned.
    Fuel {
        /// The day's meals, in order.
        meals: Vec<MealOrder>,
        /// The day's cardio; absent where 0 minutes are assigned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cardio: Option<CardioOrder>,
        /// The template the meals came from.
        template_id: Slug<MealTemplate>,
    },
    /// A workout.
    Training(TrainingOrder),
}

/// One meal of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MealOrder {
    /// The meal.
    pub meal_id: Slug<Meal>,
    /// What is on the plate.
    pub portions: Vec<Portion>,
}

/// An amount of one food that a kitchen scale can serve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Portion {
    /// The food's kitchen name.
    pub food: String,
    /// Raw grams.
    pub grams: u32,
    /// Whole units (eggs), where the kitchen counts instead of weighing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<u32>,
}

/// The day's cardio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CardioOrder {
    /// Assigned minutes, above 0.
    pub minutes: Minutes,
    /// `zone2` or what the coach wrote.
    pub cardio_type: String,
    /// The client's heart-rate range in beats a minute, low and high; absent without an age, and
    /// then the talk test guides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heart_rate: Option<(u16, u16)>,
}

/// The day's workout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrainingOrder {
    /// The running block.
    pub block_id: Slug<TrainingTemplate>,
    /// What a coach calls it.
    pub block_name: String,
    /// The mission number: counts the block's training days from 1.
    pub day_index: u32,
    /// The block's week, from 1.
    pub week: u32,
    /// What the session is called.
    pub day_name: String,
    /// What is lifted, in order.
    pub sets: Vec<SetOrder>,
}

/// One exercise of a workout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SetOrder {
    /// The exercise.
    pub exercise_id: Slug<Exercise>,
    /// Its canonical name, or the block's stored name where the library has none.
    pub exercise: String,
    /// Working sets.
    pub sets: u8,
    /// Repetitions, as text.
    pub reps: String,
    /// Rest between sets, seconds.
    pub rest_seconds: u16,
    /// A video that was checked, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub video_url: String,
    /// The last top set, from any block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<LastSet>,
}

/// A top set of the past.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LastSet {
    /// The weight.
    pub weight_kg: Load,
    /// The repetitions.
    pub reps: Reps,
    /// When.
    pub date: Date,
}

impl LastSet {
    /// Remembers a top set of a date.
    pub const fn new(set: TopSet, date: Date) -> Self {
        Self { weight_kg: set.weight, reps: set.reps, date }
    }

    /// Returns the estimated one-repetition maximum, as [`TopSet::e1rm`] does.
    pub fn e1rm(&self) -> Option<f64> {
        TopSet { weight: self.weight_kg, reps: self.reps }.e1rm()
    }
}

impl Order {
    /// Returns which drop issued the order.
    pub const fn kind(&self) -> OrderKind {
        match self.ordered {
            Ordered::Checkin => OrderKind::Checkin,
            Ordered::Fuel { .. } => OrderKind::Fuel,
            Ordered::Training(_) => OrderKind::Training,
        }
    }

    /// Returns the key of each item's log, in the order they were asked.
    pub fn keys(&self) -> Vec<LogKey> {
        let key = |stream, item: &str| LogKey {
            user_id: self.user_id,
            date: self.date,
            stream,
            item: item.to_owned(),
        };
        match &self.ordered {
            Ordered::Checkin => vec![key(Stream::Checkin, "")],
            Ordered::Fuel { meals, cardio, .. } => meals
                .iter()
                .map(|meal| key(Stream::Meal, meal.meal_id.as_str()))
                .chain(cardio.iter().map(|_| key(Stream::Cardio, "")))
                .collect(),
            Ordered::Training(order) => order
                .sets
                .iter()
                .map(|set| key(Stream::Training, set.exercise_id.as_str()))
                .collect(),
        }
    }

    /// Returns whether the order stands.
    pub const fn stands(&self) -> bool {
        self.withdrawn_at.is_none()
    }
}
