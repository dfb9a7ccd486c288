//! The spreadsheet export of FitNotes, Android or iOS.

use super::day;
use super::lift::{self, Found, Load};
use super::reading::{Lifted, MassUnit, PassedOver, Reading, SetKind, Settings, Unreadable};
use super::sheet::Sheet;

/// Columns that every version has.
pub(super) const SIGNATURE: [&str; 4] = ["date", "exercise", "category", "reps"];

/// Reads an export. On iOS both units have a column; the first that is not empty is read.
pub(super) fn read(sheet: Sheet, settings: &Settings) -> Result<Reading, Unreadable> {
    sheet.require("fitnotes", &SIGNATURE)?;
    let units = [
        ("weight (kg)", MassUnit::Kg),
        ("weight (kgs)", MassUnit::Kg),
        ("weight (lbs)", MassUnit::Lb),
        ("weight (lb)", MassUnit::Lb),
    ];
    let load = Load::find(&sheet, "fitnotes", &units, "weight unit", settings)?;
    let [date, exercise, _, reps] = SIGNATURE.map(|name| sheet.column(&[name]).unwrap_or(0));
    let kind = sheet.column(&["kind"]);
    Ok(lift::read_rows(sheet, |row| {
        let text = row.cell(date);
        let moment = day::iso(text, &settings.zone);
        let (date, time) = day::believed(moment, row.line, "Date", text, "2025-03-28", settings)?;
        let exercise = lift::exercise(row, exercise, "Exercise")?;
        let Some(reps) = lift::reps(row, reps, "Reps")? else {
            return Ok(Found::Nothing(PassedOver::NoReps));
        };
        let weight = load.read(row)?;
        // The column is free text on some phones; only a word that is known changes the kind.
        let kind = lift::kind(row.cell(kind)).unwrap_or(SetKind::Working);
        Ok(Found::Lift(Lifted { line: row.line, date, time, exercise, kind, weight, reps }))
    }))
}
