//! Training: blocks, and the top sets a client logs.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Cause, DoneOrMissed, Stream};
use crate::{
    Invalid, Slug, UserId,
    calendar::{DayOfWeek, Zone},
    measure::{Load, Reps},
};

pub use crate::library::Exercise;

/// The last working set of an exercise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TopSet {
    /// The weight on the bar, or the added load of a bodyweight exercise.
    pub weight: Load,
    /// Repetitions.
    pub reps: Reps,
}

impl TopSet {
    /// Returns the estimated one-repetition maximum in kilograms, or `None` for a weight of 0.
    ///
    /// Epley (1985): the weight for 1 repetition, otherwise `weight * (1 + reps / 30)`.
    pub fn e1rm(&self) -> Option<f64> {
        let weight = self.weight.get();
        if weight <= 0.0 {
            return None;
        }
        let reps = self.reps.get();
        Some(if reps == 1 { weight } else { weight * (1.0 + f64::from(reps) / 30.0) })
    }
}

/// One top set's outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "RawTrainingLog", into = "RawTrainingLog")]
#[schemars(with = "RawTrainingLog")]
pub struct TrainingLog {
    /// The client.
    pub user_id: UserId,
    /// The running block.
    pub block_id: Slug<TrainingTemplate>,
    /// Counts the block's training days from 1.
    pub day_index: u32,
    /// The exercise's canonical name.
    pub exercise: String,
    /// The exercise.
    pub exercise_id: Slug<Exercise>,
    /// What was lifted; `None` when the top set was missed.
    pub set: Option<TopSet>,
    /// The local date.
    pub date: Date,
    /// When it was entered.
    pub timestamp: Timestamp,
    /// The client's zone at that time.
    pub timezone: Zone,
    /// Why a miss is nobody's fault.
    pub cause: Option<Cause>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct RawTrainingLog {
    user_id: UserId,
    block_id: Slug<TrainingTemplate>,
    day_index: u32,
    exercise: String,
    exercise_id: Slug<Exercise>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weight_kg: Option<Load>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reps: Option<Reps>,
    date: Date,
    timestamp: Timestamp,
    timezone: Zone,
    status: DoneOrMissed,
    #[serde(default)]
    source_engine: Option<Stream>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
}

impl TryFrom<RawTrainingLog> for TrainingLog {
    type Error = Invalid;

    fn try_from(raw: RawTrainingLog) -> Result<Self, Invalid> {
        let RawTrainingLog {
            user_id,
            block_id,
            day_index,
            exercise,
            exercise_id,
            weight_kg,
            reps,
            date,
            timestamp,
            timezone,
            status,
            source_engine,
            cause,
        } = raw;
        super::log::same_stream(source_engine, Stream::Training)?;
        super::log::cause_fits(cause, status == DoneOrMissed::Missed)?;
        let set = match (status, weight_kg, reps) {
            (DoneOrMissed::Completed, Some(weight), Some(reps)) => Some(TopSet { weight, reps }),
            (DoneOrMissed::Completed, None, _) => {
                return Err(Invalid::new("weight_kg", "", "given for a completed top set"));
            }
            (DoneOrMissed::Completed, _, None) => {
                return Err(Invalid::new("reps", "", "given for a completed top set"));
            }
            (DoneOrMissed::Missed, None, None) => None,
            (DoneOrMissed::Missed, Some(weight), _) => {
                return Err(Invalid::new("weight_kg", weight, "absent from a missed top set"));
            }
            (DoneOrMissed::Missed, None, Some(reps)) => {
                return Err(Invalid::new("reps", reps, "absent from a missed top set"));
            }
        };
        Ok(Self {
            user_id,
            block_id,
            day_index,
            exercise,
            exercise_id,
            set,
            date,
            timestamp,
            timezone,
            cause,
        })
    }
}

impl From<TrainingLog> for RawTrainingLog {
    fn from(log: TrainingLog) -> Self {
        let TrainingLog {
            user_id,
            block_id,
            day_index,
            exercise,
            exercise_id,
            set,
            date,
            timestamp,
            timezone,
            cause,
        } = log;
        Self {
            user_id,
            block_id,
            day_index,
            exercise,
            exercise_id,
            weight_kg: set.map(|set| set.weight),
            reps: set.map(|set| set.reps),
            date,
            timestamp,
            timezone,
            status: if set.is_some() { DoneOrMissed::Completed } else { DoneOrMissed::Missed },
            source_engine: Some(Stream::Training),
            cause,
        }
    }
}

/// A training block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrainingTemplate {
    /// The block's id.
    pub template_id: Slug<TrainingTemplate>,
    /// What a coach calls it.
    pub block_name: String,
    /// Training days a week, 1 to 7.
    pub days_per_week: u8,
    /// The week's sessions, one per training day.
    pub schedule: Vec<BlockDay>,
    /// How many weeks the block runs; imported blocks without one run 8.
    #[serde(default = "default_weeks")]
    pub weeks: u8,
    /// The weekdays of the sessions; empty means the usual ones for `days_per_week`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedule_days: Vec<DayOfWeek>,
    /// Sets and reps that differ in some week.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub week_overrides: Vec<WeekOverride>,
    /// Counts changes.
    #[serde(default)]
    pub version: u32,
}

impl TrainingTemplate {
    /// Returns the weekdays of the sessions, in order.
    pub fn weekdays(&self) -> Vec<DayOfWeek> {
        use DayOfWeek::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        if !self.schedule_days.is_empty() {
            return self.schedule_days.clone();
        }
        match self.days_per_week {
            0 | 1 => vec![Mon],
            2 => vec![Mon, Thu],
            3 => vec![Mon, Wed, Fri],
            4 => vec![Mon, Tue, Thu, Fri],
            5 => vec![Mon, Tue, Wed, Thu, Fri],
            6 => vec![Mon, Tue, Wed, Thu, Fri, Sat],
            _ => vec![Mon, Tue, Wed, Thu, Fri, Sat, Sun],
        }
    }
}

/// One session of a block's week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BlockDay {
    /// 1 to `days_per_week`.
    pub day_index: u8,
    /// What the session is called.
    pub day_name: String,
    /// What is lifted, in order.
    pub exercises: Vec<Prescription>,
}

/// One exercise of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Prescription {
    /// The exercise's canonical name.
    pub exercise: String,
    /// Working sets.
    pub sets: u8,
    /// Repetitions as text: `5`, `8-12`, `AMRAP`; an imported number is read as text.
    #[serde(deserialize_with = "text_or_number")]
    pub reps: String,
    /// Rest between sets, seconds.
    pub rest_seconds: u16,
    /// A video that was checked, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub video_url: String,
    /// The exercise's id; absent in imported data, where the name decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exercise_id: Option<Slug<Exercise>>,
}

/// What a week of a block prescribes differently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WeekOverride {
    /// The week, from 1.
    pub week: u8,
    /// The exercise whose prescription differs.
    pub exercise_id: Slug<Exercise>,
    /// Working sets in that week.
    pub sets: u8,
    /// Repetitions in that week, as text.
    pub reps: String,
}

const fn default_weeks() -> u8 {
    8
}

fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum TextOrNumber {
        Text(String),
        Number(u16),
    }
    Ok(match TextOrNumber::deserialize(deserializer)? {
        TextOrNumber::Text(text) => text,
        TextOrNumber::Number(number) => number.to_string(),
    })
}
