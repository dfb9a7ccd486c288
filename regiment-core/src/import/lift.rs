//! The parts of a set that every table of sets has: load, repetitions, kind.

use super::number::Notation;
use super::reading::{
    Lifted, Mass, MassUnit, PassedOver, Problem, Reading, SetKind, Settings, Unreadable,
};
use super::sheet::{Row, Sheet};

/// The heaviest load that is believed, in kilograms; it is itself too heavy.
const TOO_HEAVY_KG: f64 = 1000.0;

/// The most repetitions of one set.
const MOST_REPS: f64 = 99.0;

/// What a row gives.
pub(super) enum Found {
    /// A set.
    Lift(Lifted),
    /// Nothing, and nothing is wrong.
    Nothing(PassedOver),
}

/// Reads every row of a sheet that holds one set per row.
pub(super) fn read_rows(
    sheet: Sheet,
    mut read: impl FnMut(&Row) -> Result<Found, Problem>,
) -> Reading {
    let mut reading = Reading { n_rows: sheet.rows.len(), ..Reading::default() };
    reading.problems = sheet.problems;
    for row in &sheet.rows {
        match read(row) {
            Ok(Found::Lift(lift)) => reading.lifts.push(lift),
            Ok(Found::Nothing(why)) => *reading.passed_over.entry(why).or_default() += 1,
            Err(problem) => reading.problems.push(problem),
        }
    }
    reading.problems.sort_by_key(|problem| problem.line);
    reading
}

/// The columns that hold the load, and in which unit.
#[derive(Debug)]
pub(super) struct Load {
    columns: Vec<(usize, String, Unit)>,
    notation: Notation,
}

/// Where the unit of a column stands.
#[derive(Debug, Clone, Copy)]
enum Unit {
    /// In the column's name, or said by whoever imports.
    Known(MassUnit),
    /// In another column, and where that is empty, as whoever imports says.
    Column(usize, Option<MassUnit>),
}

impl Load {
    /// Finds the load of a tracker's file: columns with the unit in their name, or one column
    /// `weight` with a column of units beside it, or with a unit stated by whoever imports.
    pub(super) fn find(
        sheet: &Sheet,
        format: &'static str,
        named: &[(&str, MassUnit)],
        unit_column: &str,
        settings: &Settings,
    ) -> Result<Self, Unreadable> {
        let stated: Vec<(usize, MassUnit)> = named
            .iter()
            .filter_map(|(name, unit)| sheet.column(&[name]).map(|at| (at, *unit)))
            .collect();
        if !stated.is_empty() {
            if let Some(given) = settings.unit
                && stated.iter().all(|(_, unit)| *unit != given)
            {
                let (at, found) = stated[0];
                let column = sheet.title(at).to_owned();
                return Err(Unreadable::OtherUnit { column, found, given });
            }
            let columns = stated.into_iter().map(|(at, unit)| (at, Unit::Known(unit)));
            return Ok(Self::new(sheet, columns));
        }
        let Some(at) = sheet.column(&["weight"]) else {
            let missing: Vec<&str> = named.iter().map(|(name, _)| *name).collect();
            return Err(sheet.wrong(format, &format!("{} or weight", missing.join(", "))));
        };
        let unit = match (sheet.column(&[unit_column]), settings.unit) {
            (Some(column), given) => Unit::Column(column, given),
            (None, Some(unit)) => Unit::Known(unit),
            (None, None) => {
                let column = sheet.title(at).to_owned();
                return Err(Unreadable::NoUnit { format, column });
            }
        };
        Ok(Self::new(sheet, [(at, unit)]))
    }

    /// The load in one column of a known unit.
    pub(super) fn known(sheet: &Sheet, column: usize, unit: MassUnit) -> Self {
        Self::new(sheet, [(column, Unit::Known(unit))])
    }

    fn new(sheet: &Sheet, columns: impl IntoIterator<Item = (usize, Unit)>) -> Self {
        let columns: Vec<(usize, String, Unit)> =
            columns.into_iter().map(|(at, unit)| (at, sheet.title(at).to_owned(), unit)).collect();
        let at: Vec<usize> = columns.iter().map(|(at, ..)| *at).collect();
        Self { notation: sheet.notation(&at), columns }
    }

    /// The same columns, with numbers written as in the whole of a wide table.
    pub(super) fn written_as(self, notation: Notation) -> Self {
        Self { notation, ..self }
    }

    /// The load of a row: the first column that is not empty. `None` is body weight.
    pub(super) fn read(&self, row: &Row) -> Result<Option<Mass>, Problem> {
        let Some((at, title, unit)) =
            self.columns.iter().find(|(at, ..)| !row.cell(*at).is_empty())
        else {
            return Ok(None);
        };
        let text = row.cell(*at);
        let refuse = |accepted: &str| Err(Problem::new(row.line, title, text, accepted));
        let unit = match *unit {
            Unit::Known(unit) => unit,
            Unit::Column(column, given) => match (row.cell(column), given) {
                ("", Some(unit)) => unit,
                ("", None) => return refuse("a weight with its unit"),
                (word, _) => match word.parse() {
                    Ok(unit) => unit,
                    Err(_) => {
                        return Err(Problem::new(row.line, "weight unit", word, "kg or lb"));
                    }
                },
            },
        };
        let Some(value) = self.notation.read(text) else { return refuse("a number") };
        let mass = Mass { value, unit };
        if (0.0..TOO_HEAVY_KG).contains(&mass.kg()) {
            Ok(Some(mass))
        } else {
            refuse("a weight from 0 kg to below 1000 kg")
        }
    }
}

/// The repetitions in a cell; `None` where it is empty.
pub(super) fn reps(row: &Row, column: usize, title: &str) -> Result<Option<u32>, Problem> {
    let text = row.cell(column);
    if text.is_empty() {
        return Ok(None);
    }
    // Some programs write repetitions as `5.0` or `5,0`.
    match Notation::Mixed.read(text) {
        Some(reps) if (0.0..=MOST_REPS).contains(&reps) && reps.fract() == 0.0 =>
        {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a whole number from 0 to 99"
            )]
            Ok(Some(reps as u32))
        }
        _ => Err(Problem::new(row.line, title, text, "a whole number from 0 to 99")),
    }
}

/// The name of an exercise.
pub(super) fn exercise(row: &Row, column: usize, title: &str) -> Result<String, Problem> {
    named(row.line, title, row.cell(column))
}

/// A name that can be one: present, in UTF-8, and not a page of text.
pub(super) fn named(line: u64, title: &str, text: &str) -> Result<String, Problem> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Problem::new(line, title, text, "a name of 1 to 100 characters"));
    }
    if name.contains('\u{fffd}') || name.chars().any(char::is_control) {
        return Err(Problem::new(line, title, text, "a name in UTF-8 text"));
    }
    Ok(name)
}

/// The kind of set that a word or letter stands for, in any of the trackers.
pub(super) fn kind(word: &str) -> Option<SetKind> {
    Some(match word.to_lowercase().as_str() {
        "" | "normal" | "working" | "work" | "work set" | "1" => SetKind::Working,
        "warmup" | "warm-up" | "warm up" | "warm_up" | "w" | "2" => SetKind::WarmUp,
        "failure" | "to failure" | "f" | "3" => SetKind::Failure,
        "dropset" | "drop set" | "drop-set" | "drop_set" | "drop" | "d" | "4" => SetKind::Drop,
        _ => return None,
    })
}
