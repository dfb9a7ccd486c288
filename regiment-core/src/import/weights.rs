//! Body weights: a date and a weight per row.

use super::day;
use super::number::Notation;
use super::reading::{Mass, MassUnit, Problem, Reading, Settings, Unreadable, Weighed};
use super::sheet::{Row, Sheet};

/// Names of the column of dates.
const DATE: [&str; 3] = ["date", "day", "datum"];

/// Names of the column of weights, with the unit that a name states.
const WEIGHT: [(&str, Option<MassUnit>); 10] = [
    ("weight", None),
    ("weight_kg", Some(MassUnit::Kg)),
    ("weight (kg)", Some(MassUnit::Kg)),
    ("weight kg", Some(MassUnit::Kg)),
    ("kg", Some(MassUnit::Kg)),
    ("weight_lbs", Some(MassUnit::Lb)),
    ("weight (lbs)", Some(MassUnit::Lb)),
    ("weight_lb", Some(MassUnit::Lb)),
    ("weight (lb)", Some(MassUnit::Lb)),
    ("lbs", Some(MassUnit::Lb)),
];

/// The lightest and the heaviest client, in kilograms.
const RANGE_KG: std::ops::RangeInclusive<f64> = 30.0..=300.0;

/// Whether these are the columns of such a file.
pub(super) fn is_weights(headers: &[String]) -> bool {
    let has = |name: &str| headers.iter().any(|header| header == name);
    DATE.iter().any(|name| has(name)) && WEIGHT.iter().any(|(name, _)| has(name))
}

/// Reads body weights.
pub(super) fn read(sheet: Sheet, settings: &Settings) -> Result<Reading, Unreadable> {
    let Some(date) = sheet.column(&DATE) else {
        return Err(sheet.wrong("weights-csv", "date, weight"));
    };
    let found = WEIGHT.iter().find_map(|(name, unit)| Some((sheet.column(&[name])?, *unit)));
    let Some((column, stated)) = found else {
        return Err(sheet.wrong("weights-csv", "date, weight"));
    };
    let units = sheet.column(&["unit", "weight unit", "weight_unit"]);
    let title = sheet.title(column).to_owned();
    let known = match (stated, settings.unit) {
        (Some(found), Some(given)) if found != given => {
            return Err(Unreadable::OtherUnit { column: title, found, given });
        }
        (None, None) if units.is_none() => {
            return Err(Unreadable::NoUnit { format: "weights-csv", column: title });
        }
        (stated, given) => stated.or(given),
    };
    let form = day::form_of(&sheet, date, settings)?;
    let notation = sheet.notation(&[column]);
    let mut reading = Reading { n_rows: sheet.rows.len(), ..Reading::default() };
    for row in &sheet.rows {
        let unit = unit(row, units, known);
        let read = unit.and_then(|unit| {
            weigh_in(row, date, &form, (column, &title), notation, unit, settings)
        });
        match read {
            Ok(weight) => reading.weights.push(weight),
            Err(problem) => reading.problems.push(problem),
        }
    }
    reading.problems.extend(sheet.problems);
    reading.problems.sort_by_key(|problem| problem.line);
    Ok(reading)
}

fn unit(row: &Row, column: Option<usize>, known: Option<MassUnit>) -> Result<MassUnit, Problem> {
    match (row.cell(column), known) {
        ("", Some(unit)) => Ok(unit),
        (word, _) => word.parse().map_err(|_| Problem::new(row.line, "unit", word, "kg or lb")),
    }
}

fn weigh_in(
    row: &Row,
    date: usize,
    form: &str,
    (column, title): (usize, &str),
    notation: Notation,
    unit: MassUnit,
    settings: &Settings,
) -> Result<Weighed, Problem> {
    let text = row.cell(date);
    let moment = day::in_form(text, form);
    let (date, time) = day::believed(moment, row.line, "date", text, form, settings)?;
    let text = row.cell(column);
    let kg = notation.read(text).map(|value| Mass { value, unit }.kg());
    if let Some(kg) = kg.filter(|kg| RANGE_KG.contains(kg)) {
        return Ok(Weighed { line: row.line, date, time, kg });
    }
    let accepted = match unit {
        MassUnit::Kg => "a weight from 30 to 300 kg",
        MassUnit::Lb => "a weight from 66.2 to 661.3 lb (30 to 300 kg)",
    };
    Err(Problem::new(row.line, title, text, accepted))
}
