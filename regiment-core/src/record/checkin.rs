//! The daily check-in.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cause, DoneOrMissed, Stream};
use crate::{Invalid, UserId, measure::BodyWeight, words::words};

words! {
    /// How the client feels.
    pub enum Mood("mood") {
        /// 💪
        Great = "great",
        /// 😐
        Okay = "okay",
        /// 😕
        Bad = "bad",
    }
}

words! {
    /// Soreness (🟢🟡🔴) or stress (🌿⚡💣).
    pub enum Level("level") {
        /// 🟢 or 🌿
        Low = "low",
        /// 🟡 or ⚡
        Medium = "medium",
        /// 🔴 or 💣
        High = "high",
    }
}

words! {
    /// How long the client slept.
    pub enum Sleep("sleep") {
        /// 😵 four hours.
        Four = "4h",
        /// 🔥 six hours.
        Six = "6h",
        /// 💤 eight hours.
        Eight = "8h",
    }
}

/// The client's own words, up to 250 characters. Redacted in `Debug`.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct Note(String);

impl Note {
    /// Accepts up to 250 characters, trimmed.
    ///
    /// # Errors
    /// [`Invalid`] naming the length, never the text.
    pub fn new(text: impl AsRef<str>) -> Result<Self, Invalid> {
        let text = text.as_ref().trim();
        let length = text.chars().count();
        if length > 250 {
            return Err(Invalid::new(
                "notes",
                format!("{length} characters"),
                "up to 250 characters",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<String> for Note {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Note([redacted])")
    }
}

/// What a completed check-in says.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckinReport {
    /// Fasted, after waking, one decimal.
    pub weight: BodyWeight,
    /// Mood.
    pub mood: Mood,
    /// Soreness.
    pub soreness: Level,
    /// Sleep.
    pub sleep: Sleep,
    /// Stress.
    pub stress: Level,
    /// The client's own words.
    pub notes: Note,
    /// Whether the weight looked wrong and nobody has confirmed it: it is left out of trends, flags
    /// and frames.
    #[serde(default)]
    pub weight_unconfirmed: bool,
}

impl CheckinReport {
    /// Returns the weight in kilograms, unless it is unconfirmed.
    pub fn trusted_weight(&self) -> Option<f64> {
        (!self.weight_unconfirmed).then_some(self.weight.get())
    }
}

impl fmt::Debug for CheckinReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckinReport([redacted])")
    }
}

/// One day's check-in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "RawCheckinLog", into = "RawCheckinLog")]
#[schemars(with = "RawCheckinLog")]
pub struct CheckinLog {
    /// The client.
    pub user_id: UserId,
    /// The local date.
    pub date: Date,
    /// When it was entered.
    pub timestamp: Timestamp,
    /// What was reported; `None` when the check-in was missed.
    pub report: Option<CheckinReport>,
    /// Why a miss is nobody's fault.
    pub cause: Option<Cause>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct RawCheckinLog {
    user_id: UserId,
    date: Date,
    timestamp: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weight_kg: Option<BodyWeight>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mood: Option<Mood>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    soreness: Option<Level>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sleep: Option<Sleep>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stress: Option<Level>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notes: Option<Note>,
    #[serde(default, skip_serializing_if = "is_false")]
    weight_unconfirmed: bool,
    status: DoneOrMissed,
    #[serde(default)]
    source_engine: Option<Stream>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
}

impl TryFrom<RawCheckinLog> for CheckinLog {
    type Error = Invalid;

    fn try_from(raw: RawCheckinLog) -> Result<Self, Invalid> {
        let RawCheckinLog {
            user_id,
            date,
            timestamp,
            weight_kg,
            mood,
            soreness,
            sleep,
            stress,
            notes,
            weight_unconfirmed,
            status,
            source_engine,
            cause,
        } = raw;
        super::log::same_stream(source_engine, Stream::Checkin)?;
        super::log::cause_fits(cause, status == DoneOrMissed::Missed)?;
        let report = if status == DoneOrMissed::Completed {
            let absent = |field: &str| Invalid::new(field, "", "given in a completed check-in");
            Some(CheckinReport {
                weight: BodyWeight::weigh_in(weight_kg.ok_or_else(|| absent("weight_kg"))?.get())?,
                mood: mood.ok_or_else(|| absent("mood"))?,
                soreness: soreness.ok_or_else(|| absent("soreness"))?,
                sleep: sleep.ok_or_else(|| absent("sleep"))?,
                stress: stress.ok_or_else(|| absent("stress"))?,
                notes: notes.unwrap_or_default(),
                weight_unconfirmed,
            })
        } else {
            let given = [
                ("weight_kg", weight_kg.is_some()),
                ("mood", mood.is_some()),
                ("soreness", soreness.is_some()),
                ("sleep", sleep.is_some()),
                ("stress", stress.is_some()),
                ("notes", notes.is_some_and(|notes| !notes.is_empty())),
            ];
            if let Some((field, _)) = given.iter().find(|(_, given)| *given) {
                return Err(Invalid::new(*field, "given", "absent from a missed check-in"));
            }
            None
        };
        Ok(Self { user_id, date, timestamp, report, cause })
    }
}

impl From<CheckinLog> for RawCheckinLog {
    fn from(log: CheckinLog) -> Self {
        let CheckinLog { user_id, date, timestamp, report, cause } = log;
        let status = if report.is_some() { DoneOrMissed::Completed } else { DoneOrMissed::Missed };
        let given = report.as_ref();
        Self {
            user_id,
            date,
            timestamp,
            weight_kg: given.map(|report| report.weight),
            mood: given.map(|report| report.mood),
            soreness: given.map(|report| report.soreness),
            sleep: given.map(|report| report.sleep),
            stress: given.map(|report| report.stress),
            weight_unconfirmed: given.is_some_and(|report| report.weight_unconfirmed),
            notes: report.map(|report| report.notes).filter(|notes| !notes.is_empty()),
            status,
            source_engine: Some(Stream::Checkin),
            cause,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_false(value: &bool) -> bool {
    !*value
}
