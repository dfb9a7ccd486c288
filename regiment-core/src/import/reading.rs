//! What a reader gives: sets, weigh-ins, problems and counts.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, Time, date};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    calendar::{Zone, local_date},
    measure::{Load, Reps},
    record::TopSet,
};

/// The earliest day that is believed; an older one is a typing error or an unset clock.
pub(super) const EARLIEST: Date = date(1980, 1, 1);

/// Everything that one file gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The sets, in the order of the file.
    pub lifts: Vec<Lifted>,
    /// The weigh-ins, in the order of the file.
    pub weights: Vec<Weighed>,
    /// What could not be read, by line.
    pub problems: Vec<Problem>,
    /// Rows that hold nothing to store, and why.
    pub passed_over: BTreeMap<PassedOver, usize>,
    /// Rows below the header, read or not.
    pub n_rows: usize,
}

/// One set of one exercise.
#[derive(Debug, Clone, PartialEq)]
pub struct Lifted {
    /// The line of the file it begins on; the header is line 1.
    pub line: u64,
    /// The client-local date.
    pub date: Date,
    /// The local time the workout began, where the file says.
    pub time: Option<Time>,
    /// The exercise as the file names it.
    pub exercise: String,
    /// What kind of set it was.
    pub kind: SetKind,
    /// The load, 0 kg up to below 1000 kg; `None` is body weight.
    pub weight: Option<Mass>,
    /// Repetitions done, 0 to 99.
    pub reps: u32,
}

impl Lifted {
    /// The set as a top set; `None` where no repetition was completed.
    pub fn top_set(&self) -> Option<TopSet> {
        let weight = Load::new(self.weight.map_or(0.0, Mass::kg)).ok()?;
        Some(TopSet { weight, reps: Reps::new(i64::from(self.reps)).ok()? })
    }
}

/// One body weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// The line of the file; the header is line 1.
    pub line: u64,
    /// The client-local date.
    pub date: Date,
    /// The local time, where the file says.
    pub time: Option<Time>,
    /// Kilograms, 30 to 300.
    pub kg: f64,
}

/// What kind of set it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetKind {
    /// A working set.
    Working,
    /// A warm-up.
    WarmUp,
    /// A drop set, taken right after a heavier one.
    Drop,
    /// A working set taken to failure.
    Failure,
}

impl SetKind {
    /// Whether the set may be a top set. A set taken to failure may: its repetitions were done.
    pub fn counts(self) -> bool {
        match self {
            Self::Working | Self::Failure => true,
            Self::WarmUp | Self::Drop => false,
        }
    }
}

/// A unit of mass, always stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MassUnit {
    /// Kilograms.
    Kg,
    /// International avoirdupois pounds of 0.45359237 kg.
    Lb,
}

impl fmt::Display for MassUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kg => "kg",
            Self::Lb => "lb",
        })
    }
}

impl FromStr for MassUnit {
    type Err = UnknownUnit;

    fn from_str(text: &str) -> Result<Self, UnknownUnit> {
        match text.trim().to_lowercase().as_str() {
            "kg" | "kgs" | "kilogram" | "kilograms" => Ok(Self::Kg),
            "lb" | "lbs" | "pound" | "pounds" => Ok(Self::Lb),
            other => Err(UnknownUnit(clip(other))),
        }
    }
}

/// A text that names no unit of mass.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unit must be kg or lb, not {0}")]
pub struct UnknownUnit(String);

/// A mass with its unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mass {
    /// The number as written.
    pub value: f64,
    /// Its unit.
    pub unit: MassUnit,
}

impl Mass {
    /// The mass in kilograms, to the tenth decimal: pounds with two decimals convert exactly, so that
    /// equal lifts stay equal.
    pub fn kg(self) -> f64 {
        match self.unit {
            MassUnit::Kg => self.value,
            MassUnit::Lb => (self.value * 0.453_592_37 * 1e10).round() / 1e10,
        }
    }
}

/// Why a row gave nothing, though nothing is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassedOver {
    /// A rest timer between two sets.
    RestTimer,
    /// A note in the place of a set.
    Note,
    /// A set without repetitions: timed, a distance, or left empty.
    NoReps,
    /// An exercise that the map leaves out on purpose.
    Unwanted,
}

/// A value that could not be read, and what would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The file, where several are read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// The line of the file; the header is line 1.
    pub line: u64,
    /// The column, as the file names it, or `row`.
    pub field: String,
    /// What stands there, cut to 80 characters.
    pub value: String,
    /// What would be accepted.
    pub accepted: String,
}

impl Problem {
    pub(super) fn new(line: u64, field: &str, value: &str, accepted: impl Into<String>) -> Self {
        let file = String::new();
        Self { file, line, field: clip(field), value: clip(value), accepted: accepted.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, field, value, accepted } = self;
        let gap = if file.is_empty() { "" } else { ", " };
        write!(f, "{file}{gap}line {line}: {field} must be {accepted}, not {value:?}")
    }
}

/// What the person who imports says about a file.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The unit of weights whose column does not name one.
    pub unit: Option<MassUnit>,
    /// How dates are written (`%d/%m/%Y`), where the file leaves it open.
    pub date_format: Option<String>,
    /// The client's zone: instants in the file become local dates in it.
    pub zone: Zone,
    /// The instant of the import; nothing can have happened after its local date.
    pub now: Timestamp,
}

impl Settings {
    /// The client's date at the instant of the import.
    pub(super) fn today(&self) -> Date {
        local_date(&self.zone, self.now)
    }
}

/// Why a whole file can't be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// The file is larger than is read.
    #[error("the file must be at most {cap} bytes, not {bytes}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The largest accepted size.
        cap: usize,
    },
    /// The file has more rows than are read.
    #[error("the file must have at most {cap} rows")]
    TooManyRows {
        /// The largest accepted number.
        cap: usize,
    },
    /// The file is not delimited UTF-8 text.
    #[error("the file must be delimited text in UTF-8, not {0}")]
    NotText(&'static str),
    /// There is no header row.
    #[error("the file is empty; its first line must name the columns")]
    Empty,
    /// The columns are not those of the format.
    #[error("{format} needs the columns {missing}; this file has {found}{}", hint(.like.as_deref()))]
    WrongColumns {
        /// The format asked for.
        format: &'static str,
        /// The columns that are missing.
        missing: String,
        /// The columns of the file.
        found: String,
        /// The format whose columns these are.
        like: Option<String>,
    },
    /// No column names the unit of the weights, and nobody else did.
    #[error(
        "{format} does not say whether {column} is in kg or lb; state the unit (--unit kg or --unit lb)"
    )]
    NoUnit {
        /// The format.
        format: &'static str,
        /// The column of weights.
        column: String,
    },
    /// The unit given contradicts the file.
    #[error("the file's {column} is in {found}, not in {given}; leave the unit out")]
    OtherUnit {
        /// The column of weights.
        column: String,
        /// The unit of the file.
        found: MassUnit,
        /// The unit given.
        given: MassUnit,
    },
    /// Dates can be read in several ways, or in none.
    #[error("the dates can be read as {forms}; say how they are written (--date-format %d/%m/%Y)")]
    UnclearDates {
        /// The ways that fit.
        forms: String,
    },
    /// The map is not one.
    #[error("the map is not valid: {0}")]
    Map(String),
}

fn hint(format: Option<&str>) -> String {
    format.map(|name| format!("; it looks like a file of --format {name}")).unwrap_or_default()
}

/// A text cut to 80 characters, for messages.
pub(super) fn clip(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
