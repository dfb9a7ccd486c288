//! A map that says what the columns of any table mean.
//!
//! It is TOML, checked before a row is read, and an unknown key in it is an error.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::day;
use super::lift::{self, Load};
use super::reading::{Lifted, MassUnit, PassedOver, Problem, Reading, Settings, Unreadable};
use super::sheet::{Row, Sheet};

/// What the columns of a table mean.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// The unit of every weight in the table.
    pub unit: MassUnit,
    /// The column of dates.
    pub date: DateColumn,
    /// The columns that together name the exercise.
    pub exercise: ExerciseColumns,
    /// The columns of sets.
    pub sets: SetColumns,
    /// Which exercise of the library a name means (`exercise_id`), by the name as joined.
    #[serde(default)]
    pub exercises: BTreeMap<String, String>,
    /// Names that are left out on purpose.
    #[serde(default)]
    pub leave_out: BTreeSet<String>,
}

/// The column of dates.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateColumn {
    /// The column's name.
    pub column: String,
    /// How dates are written, as in `strftime`; `%Y-%m-%d` unless said.
    #[serde(default = "iso_form")]
    pub format: String,
}

fn iso_form() -> String {
    "%Y-%m-%d".to_owned()
}

/// The columns that together name the exercise.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExerciseColumns {
    /// Their names, in the order in which they are joined; empty cells are left out.
    pub columns: Vec<String>,
    /// What stands between them; `, ` unless said.
    #[serde(default = "comma")]
    pub separator: String,
}

fn comma() -> String {
    ", ".to_owned()
}

/// The columns of sets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "layout", rename_all = "lowercase")]
pub enum SetColumns {
    /// One set per row.
    Long(LongSets),
    /// Several sets side by side.
    Wide(WideSets),
}

/// One set per row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongSets {
    /// The column of weights; an empty cell is body weight.
    pub weight: String,
    /// The column of repetitions.
    pub reps: String,
    /// The column that says warm-up, drop or failure, if there is one.
    pub kind: Option<String>,
}

/// Several sets side by side, numbered from 1: `{n}` stands for the number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WideSets {
    /// The columns of weights, such as `set{n}weight`; an empty cell is body weight.
    pub weight: String,
    /// The columns of repetitions, such as `set{n}reps`.
    pub reps: String,
}

impl Map {
    /// Reads a map.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let map: Self = toml::from_str(text)
            .map_err(|error| Unreadable::Map(error.to_string().trim_end().replace('\n', "; ")))?;
        let bad = |what: &str| Err(Unreadable::Map(what.to_owned()));
        if map.exercise.columns.is_empty() {
            return bad("exercise.columns must name at least one column");
        }
        if jiff::fmt::strtime::format(&map.date.format, jiff::civil::date(2025, 3, 28)).is_err() {
            return bad("date.format must be written as in strftime, such as %Y-%m-%d");
        }
        if let SetColumns::Wide(wide) = &map.sets
            && !(wide.weight.contains("{n}") && wide.reps.contains("{n}"))
        {
            return bad("sets.weight and sets.reps must hold {n}, such as set{n}weight");
        }
        if let Some(name) = map.leave_out.iter().find(|name| map.exercises.contains_key(*name)) {
            return bad(&format!("{name:?} stands in exercises and in leave_out"));
        }
        Ok(map)
    }
}

/// One set's columns.
struct Slot {
    load: Load,
    reps: usize,
    reps_title: String,
}

/// Reads a table as its map says.
pub(super) fn read(sheet: Sheet, map: &Map, settings: &Settings) -> Result<Reading, Unreadable> {
    if let Some(given) = settings.unit
        && given != map.unit
    {
        let column = "map".to_owned();
        return Err(Unreadable::OtherUnit { column, found: map.unit, given });
    }
    let find = |name: &str| sheet.column(&[name.to_lowercase().as_str()]);
    let need = |name: &str| find(name).ok_or_else(|| sheet.wrong("csv", name));
    let date = need(&map.date.column)?;
    let mut names = Vec::new();
    for column in &map.exercise.columns {
        names.push(need(column)?);
    }
    let mut pairs = Vec::new();
    let mut kind = None;
    match &map.sets {
        SetColumns::Long(long) => {
            pairs.push((need(&long.weight)?, need(&long.reps)?));
            kind = long.kind.as_deref().map(need).transpose()?;
        }
        SetColumns::Wide(wide) => {
            let at = |template: &str, n: usize| find(&template.replace("{n}", &n.to_string()));
            pairs.extend((1..).map_while(|n| Some((at(&wide.weight, n)?, at(&wide.reps, n)?))));
            if pairs.is_empty() {
                let missing = format!("{} and {}", wide.weight, wide.reps).replace("{n}", "1");
                return Err(sheet.wrong("csv", &missing));
            }
        }
    }
    let notation = sheet.notation(&pairs.iter().map(|(weight, _)| *weight).collect::<Vec<_>>());
    let slots: Vec<Slot> = pairs
        .into_iter()
        .map(|(weight, reps)| Slot {
            load: Load::known(&sheet, weight, map.unit).written_as(notation),
            reps,
            reps_title: sheet.title(reps).to_owned(),
        })
        .collect();
    let form = settings.date_format.as_deref().unwrap_or(&map.date.format);
    let columns = Columns { date, names, kind, slots, form };
    let mut reading = Reading { n_rows: sheet.rows.len(), ..Reading::default() };
    reading.problems = sheet.problems;
    for row in &sheet.rows {
        if let Err(problem) = columns.read(row, map, settings, &mut reading) {
            reading.problems.push(problem);
        }
    }
    reading.problems.sort_by_key(|problem| problem.line);
    Ok(reading)
}

/// Where everything stands.
struct Columns<'a> {
    date: usize,
    names: Vec<usize>,
    kind: Option<usize>,
    slots: Vec<Slot>,
    form: &'a str,
}

impl Columns<'_> {
    /// Reads the sets of a row. A problem with one set leaves the others in place.
    fn read(
        &self,
        row: &Row,
        map: &Map,
        settings: &Settings,
        reading: &mut Reading,
    ) -> Result<(), Problem> {
        let parts: Vec<&str> =
            self.names.iter().map(|&at| row.cell(at)).filter(|part| !part.is_empty()).collect();
        let name = parts.join(&map.exercise.separator);
        let exercise = lift::named(row.line, &map.exercise.columns.join(" + "), &name)?;
        if map.leave_out.contains(&exercise) {
            *reading.passed_over.entry(PassedOver::Unwanted).or_default() += 1;
            return Ok(());
        }
        let text = row.cell(self.date);
        let moment = day::in_form(text, self.form);
        let (date, time) =
            day::believed(moment, row.line, &map.date.column, text, self.form, settings)?;
        let word = row.cell(self.kind);
        let Some(kind) = lift::kind(word) else {
            let accepted = "normal, warmup, failure or drop";
            return Err(Problem::new(row.line, "kind", word, accepted));
        };
        let mut found = false;
        for slot in &self.slots {
            match slot.read(row) {
                Ok(None) => {}
                Ok(Some((weight, reps))) => {
                    found = true;
                    let exercise = exercise.clone();
                    let line = row.line;
                    reading.lifts.push(Lifted { line, date, time, exercise, kind, weight, reps });
                }
                Err(problem) => {
                    found = true;
                    reading.problems.push(problem);
                }
            }
        }
        if !found {
            *reading.passed_over.entry(PassedOver::NoReps).or_default() += 1;
        }
        Ok(())
    }
}

impl Slot {
    /// The set in these columns; `None` where no repetitions are written.
    fn read(&self, row: &Row) -> Result<Option<(Option<super::Mass>, u32)>, Problem> {
        match lift::reps(row, self.reps, &self.reps_title)? {
            None => Ok(None),
            Some(reps) => Ok(Some((self.load.read(row)?, reps))),
        }
    }
}
