//! Tables as a [`History`].

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::str::FromStr;

use polars::prelude::*;
use regiment_core::record::{CardioStatus, Cause, DoneOrMissed, Goal};
use regiment_core::{Invalid, Policy, UserId};

use super::effective::{Interned, Keys, NOBODY};
use super::{FrameError, Frames, Table, first_empty, read_table};
use crate::history::{
    CardioRow, CheckinRow, ClientHistory, Day, Exercise, History, MealRow, Outcome, Profile, SetRow,
};

/// How much of a folder is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Every row.
    All,
    /// No row after `until`, of the streams other than training none before the last `days` days
    /// either, and no notes.
    Recent {
        /// The last day.
        until: Day,
        /// How many days, `until` included.
        days: i32,
    },
}

impl History {
    /// Reads a folder, one table at a time. Of rows with one key the one entered last counts, and
    /// of those entered at one instant the later row. Rows of nobody in `clients.parquet` are left
    /// out, and so are those that bear a cause.
    pub fn read(folder: &Path, extent: Extent) -> Result<Self, FrameError> {
        let without: &[&str] = if extent == Extent::All { &[] } else { &["notes"] };
        gather(extent, |table| {
            let file = folder.join(table.file()).display().to_string();
            Ok(Sheet { table, file, df: read_table(folder, table, without)? })
        })
    }

    /// Takes frames as a history.
    pub fn of(frames: &Frames) -> Result<Self, FrameError> {
        gather(Extent::All, |table| {
            let mut df = frames.table(table).clone();
            df.rechunk_mut_par();
            Ok(Sheet { table, file: table.file().to_owned(), df })
        })
    }
}

/// A table, each column in one piece, and the name of its file for errors.
struct Sheet {
    table: Table,
    file: String,
    df: DataFrame,
}

/// Which place in the history each client's id has.
type Places<'a> = HashMap<&'a str, u32>;

fn gather(
    extent: Extent,
    mut sheet: impl FnMut(Table) -> Result<Sheet, FrameError>,
) -> Result<History, FrameError> {
    let mut clients = clients(&sheet(Table::Clients)?)?;
    let ids: Vec<UserId> = clients.iter().map(|client| client.profile.user_id).collect();
    let places = ids.iter().enumerate().map(|(at, id)| (id.as_str(), place(at))).collect();
    fill(&mut clients, meals(&sheet(Table::MealLogs)?, &places, extent)?, |c| &mut c.meals);
    let (exercises, sets) = sets(&sheet(Table::TrainingLogs)?, &places, extent)?;
    fill(&mut clients, sets, |client| &mut client.sets);
    fill(&mut clients, cardio(&sheet(Table::CardioLogs)?, &places, extent)?, |c| &mut c.cardio);
    fill(&mut clients, checkins(&sheet(Table::CheckinLogs)?, &places, extent)?, |c| {
        &mut c.checkins
    });
    Ok(History { clients, exercises })
}

fn fill<R>(
    clients: &mut [ClientHistory],
    rows: Vec<Vec<R>>,
    stream: fn(&mut ClientHistory) -> &mut Vec<R>,
) {
    for (client, rows) in clients.iter_mut().zip(rows) {
        *stream(client) = rows;
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).expect("a table has fewer rows than 2^32")
}

/// The clients in the order of their ids; of two rows of one client the later counts.
fn clients(sheet: &Sheet) -> Result<Vec<ClientHistory>, FrameError> {
    let ids = sheet.text("user_id")?;
    let goals = sheet.text("goal")?;
    let zones = sheet.text("timezone_offset")?;
    let starts = sheet.days("start_date")?;
    let paused = sheet.given("paused")?.bool().map_err(|source| sheet.broken(source))?;
    let weights = sheet.numbers("weight_kg")?;
    let blocks = sheet.words("training_template_id")?;
    let minutes = sheet.wholes("cardio_minutes")?;
    let unset = Policy::default().cardio.default_minutes;
    let mut found = BTreeMap::new();
    for (row, start) in starts.iter().enumerate() {
        let profile = Profile {
            user_id: sheet.word("user_id", ids, row)?,
            goal: sheet.word::<Goal>("goal", goals, row)?,
            timezone_offset: zones.get(row).unwrap_or_default().to_owned(),
            start: *start,
            paused: paused.get(row).unwrap_or_default(),
            weight_kg: weights.get(row).filter(|kg| !kg.is_nan()),
            training_template_id: blocks.get(row).map(str::to_owned),
            cardio_minutes: minutes.get(row).unwrap_or(i32::from(unset)),
        };
        found.insert(profile.user_id, profile);
    }
    Ok(found.into_values().map(ClientHistory::new).collect())
}

fn meals(
    sheet: &Sheet,
    places: &Places<'_>,
    extent: Extent,
) -> Result<Vec<Vec<MealRow>>, FrameError> {
    let items = Interned::of(sheet.text("meal_id")?);
    let log = Log::of(sheet, places, extent, Some(&items.rows))?;
    log.rows(|row| Ok(MealRow { day: log.days[row], at: log.at[row], outcome: log.outcome(row)? }))
}

fn sets(
    sheet: &Sheet,
    places: &Places<'_>,
    extent: Extent,
) -> Result<(Vec<Exercise>, Vec<Vec<SetRow>>), FrameError> {
    let items = Interned::of(sheet.text("exercise_id")?);
    let log = Log::of(sheet, places, extent, Some(&items.rows))?;
    let weights = sheet.numbers("weight_kg")?;
    let reps = sheet.wholes("reps")?;
    let rows = log.rows(|row| {
        Ok(SetRow {
            day: log.days[row],
            at: log.at[row],
            exercise: items.rows[row],
            outcome: log.outcome(row)?,
            weight_kg: weights.get(row).filter(|kg| !kg.is_nan()),
            reps: reps.get(row),
        })
    })?;
    let mut names = items.names.clone();
    for (name, exercise) in sheet.words("exercise")?.iter().zip(&items.rows) {
        if let Some(name) = name {
            names[*exercise as usize] = name;
        }
    }
    let exercises = items.names.iter().zip(names);
    let exercises =
        exercises.map(|(id, name)| Exercise { id: (*id).to_owned(), name: name.to_owned() });
    Ok((exercises.collect(), rows))
}

fn cardio(
    sheet: &Sheet,
    places: &Places<'_>,
    extent: Extent,
) -> Result<Vec<Vec<CardioRow>>, FrameError> {
    let log = Log::of(sheet, places, extent, None)?;
    let assigned = sheet.wholes("assigned_minutes")?;
    let actual = sheet.wholes("actual_minutes")?;
    log.rows(|row| {
        Ok(CardioRow {
            day: log.days[row],
            at: log.at[row],
            assigned: assigned.get(row).unwrap_or_default(),
            actual: actual.get(row).unwrap_or_default(),
            outcome: log.outcome(row)?,
        })
    })
}

fn checkins(
    sheet: &Sheet,
    places: &Places<'_>,
    extent: Extent,
) -> Result<Vec<Vec<CheckinRow>>, FrameError> {
    let log = Log::of(sheet, places, extent, None)?;
    let weights = sheet.numbers("weight_kg")?;
    let (mood, soreness) = (sheet.words("mood")?, sheet.words("soreness")?);
    let (sleep, stress) = (sheet.words("sleep")?, sheet.words("stress")?);
    let notes = if extent == Extent::All { Some(sheet.words("notes")?) } else { None };
    log.rows(|row| {
        Ok(CheckinRow {
            day: log.days[row],
            at: log.at[row],
            outcome: log.outcome(row)?,
            weight_kg: weights.get(row).filter(|kg| !kg.is_nan()),
            mood: sheet.said("mood", mood, row)?,
            soreness: sheet.said("soreness", soreness, row)?,
            sleep: sheet.said("sleep", sleep, row)?,
            stress: sheet.said("stress", stress, row)?,
            notes: notes.and_then(|notes| notes.get(row)).map(Box::from),
        })
    })
}

/// What every table of logs has.
struct Log<'a> {
    sheet: &'a Sheet,
    clients: Vec<u32>,
    n_clients: usize,
    items: Option<&'a [u32]>,
    days: &'a [Day],
    at: &'a [i64],
    status: &'a StringChunked,
    cause: &'a StringChunked,
}

impl<'a> Log<'a> {
    fn of(
        sheet: &'a Sheet,
        places: &Places<'_>,
        extent: Extent,
        items: Option<&'a [u32]>,
    ) -> Result<Self, FrameError> {
        let days = sheet.days("date")?;
        let entered_at = sheet.table.entered_at().expect("every log is entered at an instant");
        let at = sheet.given(entered_at)?.datetime().and_then(|at| at.physical().cont_slice());
        let is_wanted = |day: Day| match extent {
            Extent::All => true,
            Extent::Recent { until, .. } if sheet.table == Table::TrainingLogs => day <= until,
            Extent::Recent { until, days } => (until - days + 1..=until).contains(&day),
        };
        let mut last = ("", NOBODY);
        let users = sheet.text("user_id")?.iter().map(Option::unwrap_or_default);
        let client = |(user, day): (&'a str, &Day)| {
            if last.0 != user {
                last = (user, places.get(user).copied().unwrap_or(NOBODY));
            }
            if is_wanted(*day) { last.1 } else { NOBODY }
        };
        Ok(Self {
            sheet,
            clients: users.zip(days).map(client).collect(),
            n_clients: places.len(),
            items,
            days,
            at: at.map_err(|source| sheet.broken(source))?,
            status: sheet.text("status")?,
            cause: sheet.words("cause")?,
        })
    }

    /// Makes the rows that count of each client.
    fn rows<R: Send>(
        &self,
        row: impl Fn(usize) -> Result<R, FrameError> + Sync,
    ) -> Result<Vec<Vec<R>>, FrameError> {
        let Self { clients, items, days, at, .. } = self;
        let keys = Keys { clients, items: *items, days, instants: at };
        let made = keys.per_client(self.n_clients, |rows| {
            let mut made = Vec::with_capacity(rows.len());
            for at in rows {
                if self.sheet.said::<Cause>("cause", self.cause, *at)?.is_none() {
                    made.push(row(*at)?);
                }
            }
            Ok(made)
        });
        made.into_iter().collect()
    }

    fn outcome(&self, row: usize) -> Result<Outcome, FrameError> {
        Ok(if self.sheet.table == Table::CardioLogs {
            match self.sheet.word("status", self.status, row)? {
                CardioStatus::Completed => Outcome::Completed,
                CardioStatus::Underperformed => Outcome::Underperformed,
                CardioStatus::Missed => Outcome::Missed,
            }
        } else {
            match self.sheet.word("status", self.status, row)? {
                DoneOrMissed::Completed => Outcome::Completed,
                DoneOrMissed::Missed => Outcome::Missed,
            }
        })
    }
}

impl Sheet {
    fn broken(&self, source: PolarsError) -> FrameError {
        FrameError::Parquet { file: self.file.clone(), source }
    }

    fn refused(&self, row: usize, refused: Invalid) -> FrameError {
        FrameError::Refused { file: self.file.clone(), row: row + 1, refused }
    }

    fn column(&self, name: &'static str) -> Result<&Column, FrameError> {
        self.df.column(name).map_err(|source| self.broken(source))
    }

    /// A column in which every cell must be given.
    fn given(&self, name: &'static str) -> Result<&Column, FrameError> {
        let column = self.column(name)?;
        match first_empty(column) {
            None => Ok(column),
            Some(row) => Err(FrameError::EmptyCell { file: self.file.clone(), column: name, row }),
        }
    }

    fn text(&self, name: &'static str) -> Result<&StringChunked, FrameError> {
        self.given(name)?.str().map_err(|source| self.broken(source))
    }

    /// A column of text in which cells may be empty.
    fn words(&self, name: &'static str) -> Result<&StringChunked, FrameError> {
        self.column(name)?.str().map_err(|source| self.broken(source))
    }

    fn days(&self, name: &'static str) -> Result<&[Day], FrameError> {
        let days = self.given(name)?.date().and_then(|days| days.physical().cont_slice());
        days.map_err(|source| self.broken(source))
    }

    fn numbers(&self, name: &'static str) -> Result<&Float64Chunked, FrameError> {
        self.column(name)?.f64().map_err(|source| self.broken(source))
    }

    fn wholes(&self, name: &'static str) -> Result<&Int32Chunked, FrameError> {
        self.column(name)?.i32().map_err(|source| self.broken(source))
    }

    fn word<T: FromStr<Err = Invalid>>(
        &self,
        name: &'static str,
        cells: &StringChunked,
        row: usize,
    ) -> Result<T, FrameError> {
        let word = cells.get(row).unwrap_or_default();
        word.parse().map_err(|refused: Invalid| self.refused(row, refused.named(name)))
    }

    /// A word that may be left out.
    fn said<T: FromStr<Err = Invalid>>(
        &self,
        name: &'static str,
        cells: &StringChunked,
        row: usize,
    ) -> Result<Option<T>, FrameError> {
        cells.get(row).map(|_| self.word(name, cells, row)).transpose()
    }
}

#[cfg(test)]
mod tests;
