//! What is known of each client, day by day: the one shape that rules, statistics and features read.
//!
//! Built from [`Frames`](crate::frame::Frames); holds effective rows only, without those that bear a
//! `cause` (excused, not delivered), which every rule leaves out.

use regiment_core::{
    UserId,
    record::{Goal, Level, Mood, Sleep},
};

/// A local date as days since 1970-01-01.
pub type Day = i32;

/// Every client of a set of frames, in the order of `user_id` by bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// The clients.
    pub clients: Vec<ClientHistory>,
    /// The exercises by id, which [`SetRow::exercise`] points into.
    pub exercises: Vec<Exercise>,
}

/// An exercise as the frames name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exercise {
    /// `ex_bp_001`
    pub id: String,
    /// What a person calls it.
    pub name: String,
}

/// One client and what the client logged, each stream ordered by day.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientHistory {
    /// Who the client is.
    pub profile: Profile,
    /// One row per day and meal, the meals of a day by `meal_id`.
    pub meals: Vec<MealRow>,
    /// One row per day and exercise, the sets of a day by exercise.
    pub sets: Vec<SetRow>,
    /// One row per day.
    pub cardio: Vec<CardioRow>,
    /// One row per day.
    pub checkins: Vec<CheckinRow>,
}

/// What the frames say of a client.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The client.
    pub user_id: UserId,
    /// What the client works toward.
    pub goal: Goal,
    /// The zone or offset, as written: `UTC+5:45`, `Europe/London`.
    pub timezone_offset: String,
    /// The first day under orders.
    pub start: Day,
    /// Whether the client gets no orders.
    pub paused: bool,
    /// In kg, at the start, where it is known.
    pub weight_kg: Option<f64>,
    /// The assigned training block.
    pub training_template_id: Option<String>,
    /// Minutes of cardio a day; 0 for none, 30 where nobody has said.
    pub cardio_minutes: i32,
}

/// How an assigned thing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Done.
    Completed,
    /// Done in part; only cardio.
    Underperformed,
    /// Not logged by its deadline, or logged as missed.
    Missed,
}

/// A meal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MealRow {
    /// The local date.
    pub day: Day,
    /// When it was logged, in Unix microseconds.
    pub at: i64,
    /// How it ended.
    pub outcome: Outcome,
}

/// A top set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SetRow {
    /// The local date.
    pub day: Day,
    /// When it was logged, in Unix microseconds.
    pub at: i64,
    /// Which of [`History::exercises`].
    pub exercise: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// In kg, where there is one.
    pub weight_kg: Option<f64>,
    /// Repetitions, where there are any.
    pub reps: Option<i32>,
}

/// A day's cardio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardioRow {
    /// The local date.
    pub day: Day,
    /// When it was logged, in Unix microseconds.
    pub at: i64,
    /// Minutes ordered.
    pub assigned: i32,
    /// Minutes done.
    pub actual: i32,
    /// How it ended.
    pub outcome: Outcome,
}

/// A check-in.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckinRow {
    /// The local date.
    pub day: Day,
    /// When it was logged, in Unix microseconds.
    pub at: i64,
    /// How it ended.
    pub outcome: Outcome,
    /// In kg, where the client weighed in.
    pub weight_kg: Option<f64>,
    /// Mood.
    pub mood: Option<Mood>,
    /// Soreness.
    pub soreness: Option<Level>,
    /// Sleep.
    pub sleep: Option<Sleep>,
    /// Stress.
    pub stress: Option<Level>,
    /// The client's words.
    pub notes: Option<Box<str>>,
}

impl SetRow {
    /// Returns the estimated one-repetition maximum in kg: the weight for 1 repetition, otherwise
    /// `weight * (1 + reps / 30)` (Epley 1985). A missed set has none, and neither has one without
    /// added weight.
    pub fn e1rm(&self) -> Option<f64> {
        let weight = self.weight_kg.filter(|kg| *kg > 0.0)?;
        let reps = self.reps.filter(|_| self.outcome == Outcome::Completed)?;
        Some(if reps == 1 { weight } else { weight * (1.0 + f64::from(reps) / 30.0) })
    }
}

impl ClientHistory {
    /// Starts the history of a client who has logged nothing.
    pub const fn new(profile: Profile) -> Self {
        Self {
            profile,
            meals: Vec::new(),
            sets: Vec::new(),
            cardio: Vec::new(),
            checkins: Vec::new(),
        }
    }
}
