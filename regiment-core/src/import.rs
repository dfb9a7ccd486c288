//! Reads other people's files into records.
//!
//! A reader takes bytes and gives sets and weigh-ins in one neutral form. What it can't read becomes
//! a [`Problem`] with its line and stops nothing else; only a file that is not what it was said to be
//! is [`Unreadable`]. Units are never guessed. `docs/import.md` shows every header that is read.

mod day;
mod fitnotes;
mod hevy;
mod history;
mod lift;
mod map;
mod number;
mod original;
mod plan;
mod reading;
mod sheet;
mod strong;
mod top_set;
mod weights;

use std::collections::BTreeSet;

pub use history::{Source, history};
pub use map::{DateColumn, ExerciseColumns, LongSets, Map, SetColumns, WideSets};
pub use original::original;
pub use plan::{Counts, Import, Known, Origin, Quarantined, Summary, WeighIn};
pub use reading::{
    Lifted, Mass, MassUnit, PassedOver, Problem, Reading, SetKind, Settings, Unreadable, Weighed,
};
pub use sheet::{MAX_BYTES, MAX_ROWS};
pub use top_set::{LeftOut, top_sets};

use sheet::Sheet;

/// A kind of delimited text that can be read.
#[derive(Debug, Clone, Copy)]
pub enum Layout<'a> {
    /// The workout history of Hevy.
    Hevy,
    /// The workout history of Strong.
    Strong,
    /// The spreadsheet export of FitNotes, Android or iOS.
    FitNotes,
    /// Two columns, a date and a body weight.
    Weights,
    /// Any table, with a map that says what its columns mean.
    Mapped(&'a Map),
}

impl Layout<'_> {
    /// The layout's name, as `--format` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hevy => "hevy",
            Self::Strong => "strong",
            Self::FitNotes => "fitnotes",
            Self::Weights => "weights-csv",
            Self::Mapped(_) => "csv",
        }
    }
}

/// Reads a delimited file of the given layout.
pub fn read(layout: Layout<'_>, bytes: &[u8], settings: &Settings) -> Result<Reading, Unreadable> {
    let sheet = Sheet::open(bytes)?;
    match layout {
        Layout::Hevy => hevy::read(sheet, settings),
        Layout::Strong => strong::read(sheet, settings),
        Layout::FitNotes => fitnotes::read(sheet, settings),
        Layout::Weights => weights::read(sheet, settings),
        Layout::Mapped(map) => map::read(sheet, map, settings),
    }
}

/// The name of the layout whose headers these are, for an error that helps.
fn looks_like(headers: &[String]) -> Option<&'static str> {
    let found: BTreeSet<&str> = headers.iter().map(String::as_str).collect();
    let has = |names: &[&str]| names.iter().all(|name| found.contains(name));
    if has(&hevy::SIGNATURE) {
        Some("hevy")
    } else if has(&strong::SIGNATURE) {
        Some("strong")
    } else if has(&fitnotes::SIGNATURE) {
        Some("fitnotes")
    } else if weights::is_weights(headers) {
        Some("weights-csv")
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
