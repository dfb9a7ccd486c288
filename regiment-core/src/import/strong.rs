//! The workout history of Strong.

use super::day;
use super::lift::{self, Found, Load};
use super::reading::{
    Lifted, MassUnit, PassedOver, Problem, Reading, SetKind, Settings, Unreadable,
};
use super::sheet::Sheet;

/// Columns that every version has.
pub(super) const SIGNATURE: [&str; 4] = ["date", "exercise name", "set order", "reps"];

/// Reads a history. Where no column names the unit, whoever imports must.
pub(super) fn read(sheet: Sheet, settings: &Settings) -> Result<Reading, Unreadable> {
    sheet.require("strong", &SIGNATURE)?;
    let units = [
        ("weight (kg)", MassUnit::Kg),
        ("weight (kgs)", MassUnit::Kg),
        ("weight (lbs)", MassUnit::Lb),
        ("weight (lb)", MassUnit::Lb),
    ];
    let load = Load::find(&sheet, "strong", &units, "weight unit", settings)?;
    let [date, exercise, order, reps] = SIGNATURE.map(|name| sheet.column(&[name]).unwrap_or(0));
    Ok(lift::read_rows(sheet, |row| {
        let kind = match row.cell(order) {
            "Rest Timer" => return Ok(Found::Nothing(PassedOver::RestTimer)),
            "Note" => return Ok(Found::Nothing(PassedOver::Note)),
            "W" | "w" => SetKind::WarmUp,
            "D" | "d" => SetKind::Drop,
            "F" | "f" => SetKind::Failure,
            number if number.parse::<u32>().is_ok() => SetKind::Working,
            other => {
                let accepted = "a number, W, D, F, Note or Rest Timer";
                return Err(Problem::new(row.line, "Set Order", other, accepted));
            }
        };
        let text = row.cell(date);
        let moment = day::iso(text, &settings.zone);
        let (date, time) =
            day::believed(moment, row.line, "Date", text, "2025-03-28 17:29:00", settings)?;
        let exercise = lift::exercise(row, exercise, "Exercise Name")?;
        let Some(reps) = lift::reps(row, reps, "Reps")? else {
            return Ok(Found::Nothing(PassedOver::NoReps));
        };
        let weight = load.read(row)?;
        Ok(Found::Lift(Lifted { line: row.line, date, time, exercise, kind, weight, reps }))
    }))
}
