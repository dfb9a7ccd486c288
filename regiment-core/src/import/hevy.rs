//! The workout history of Hevy.

use super::day;
use super::lift::{self, Found, Load};
use super::reading::{Lifted, MassUnit, PassedOver, Problem, Reading, Settings, Unreadable};
use super::sheet::Sheet;

/// Columns that every version has.
pub(super) const SIGNATURE: [&str; 4] = ["start_time", "exercise_title", "set_type", "reps"];

/// Reads a history. A date is `28 Mar 2025, 17:29` in the phone's language, or ISO.
pub(super) fn read(sheet: Sheet, settings: &Settings) -> Result<Reading, Unreadable> {
    sheet.require("hevy", &SIGNATURE)?;
    let units =
        [("weight_kg", MassUnit::Kg), ("weight_lbs", MassUnit::Lb), ("weight_lb", MassUnit::Lb)];
    let load = Load::find(&sheet, "hevy", &units, "weight_unit", settings)?;
    let [start, exercise, kind, reps] = SIGNATURE.map(|name| sheet.column(&[name]).unwrap_or(0));
    Ok(lift::read_rows(sheet, |row| {
        let text = row.cell(start);
        let moment = day::worded(text).or_else(|| day::iso(text, &settings.zone));
        let example = "28 Mar 2025, 17:29 or 2025-03-28 17:29:00";
        let (date, time) = day::believed(moment, row.line, "start_time", text, example, settings)?;
        let word = row.cell(kind);
        let Some(kind) = lift::kind(word) else {
            let accepted = "normal, warmup, failure, dropset or 1 to 4";
            return Err(Problem::new(row.line, "set_type", word, accepted));
        };
        let exercise = lift::exercise(row, exercise, "exercise_title")?;
        let Some(reps) = lift::reps(row, reps, "reps")? else {
            return Ok(Found::Nothing(PassedOver::NoReps));
        };
        let weight = load.read(row)?;
        Ok(Found::Lift(Lifted { line: row.line, date, time, exercise, kind, weight, reps }))
    }))
}
