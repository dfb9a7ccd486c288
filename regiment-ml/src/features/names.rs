//! The features by name.

use serde::{Deserialize, Serialize};

/// What a feature tells about, as the coach would say it. Drivers are told by family: the features
/// of one family go together, and only their sum means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// The share of everything asked that was done.
    Adherence,
    /// The share of meals.
    Meals,
    /// The share of top sets.
    Training,
    /// The share of cardio.
    Cardio,
    /// The share of check-ins.
    Checkins,
    /// Low days in a row, and the longest such gap.
    Gaps,
    /// How the weekdays ahead usually go.
    WeekdaysAhead,
    /// Mood.
    Mood,
    /// Stress.
    Stress,
    /// Sleep.
    Sleep,
    /// Soreness.
    Soreness,
    /// How late things are logged.
    Lateness,
    /// The course of the last 28 days, as the nets read it beyond all the above.
    Course,
}

/// A feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Its name, unique.
    pub name: &'static str,
    /// What it tells about.
    pub family: Family,
    /// Whether the model of clients who only check in uses it.
    pub checkins_only: bool,
}

const fn any(name: &'static str, family: Family) -> Feature {
    Feature { name, family, checkins_only: true }
}

const fn orders(name: &'static str, family: Family) -> Feature {
    Feature { name, family, checkins_only: false }
}

/// Every feature, in order.
pub const FEATURES: [Feature; 43] = [
    any("rate_3", Family::Adherence),
    any("rate_7", Family::Adherence),
    any("rate_14", Family::Adherence),
    any("rate_28", Family::Adherence),
    any("rate_56", Family::Adherence),
    orders("rate_last", Family::Adherence),
    orders("share_7", Family::Adherence),
    any("weekdays_ahead", Family::WeekdaysAhead),
    any("streak", Family::Gaps),
    any("gap_now", Family::Gaps),
    any("gap_longest", Family::Gaps),
    orders("low_days", Family::Gaps),
    orders("worst_week", Family::Gaps),
    orders("spread", Family::Gaps),
    orders("meals_3", Family::Meals),
    orders("meals_7", Family::Meals),
    orders("meals_28", Family::Meals),
    orders("training_7", Family::Training),
    orders("training_28", Family::Training),
    orders("cardio_3", Family::Cardio),
    orders("cardio_7", Family::Cardio),
    orders("cardio_28", Family::Cardio),
    orders("checkins_3", Family::Checkins),
    orders("checkins_7", Family::Checkins),
    orders("checkins_28", Family::Checkins),
    orders("mood_2", Family::Mood),
    orders("mood_7", Family::Mood),
    orders("mood_28", Family::Mood),
    orders("stress_2", Family::Stress),
    orders("stress_7", Family::Stress),
    orders("stress_28", Family::Stress),
    orders("sleep_2", Family::Sleep),
    orders("sleep_7", Family::Sleep),
    orders("sleep_28", Family::Sleep),
    orders("soreness_7", Family::Soreness),
    orders("soreness_28", Family::Soreness),
    orders("later_meals", Family::Lateness),
    orders("later_training", Family::Lateness),
    orders("later_cardio", Family::Lateness),
    orders("later_checkins", Family::Lateness),
    orders("delay_3", Family::Lateness),
    orders("delay_28", Family::Lateness),
    orders("delay_unknown", Family::Lateness),
];
