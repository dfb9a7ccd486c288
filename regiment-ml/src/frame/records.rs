//! Records as frames, and frames as records.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use polars::prelude::*;
use regiment_core::Slug;
use regiment_core::calendar::{cycle_start, days_after, days_between};
use regiment_core::record::{
    CardioLog, Cause, CheckinLog, CheckinReport, ClientProfile, DoneOrMissed, Log, LogKey, MealLog,
    Status, TrainingLog,
};
use serde_json::{Map, Value, json};

use super::column::{self, Kind};
use super::{Frames, Table};

const EPOCH: Date = date(1970, 1, 1);

/// Days from the epoch to the end of 2199; a date beyond is no date of a log.
const LAST_DAY: i32 = 84_005;

/// What frames hold, as records.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Records {
    /// Clients in the order of their rows.
    pub clients: Vec<ClientProfile>,
    /// Logs in the order of their keys, one per key.
    pub logs: Vec<Log>,
    /// Rows that are no records.
    pub bad_rows: Vec<BadRow>,
}

/// A row that is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The table.
    pub table: Table,
    /// The row, from 1.
    pub row: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl Frames {
    /// Writes records as frames, in the given order. Logs are effective ones. A client who gets no
    /// orders stands as paused; a weight that nobody has confirmed is left out.
    ///
    /// # Panics
    /// Never: every column is made with the height of its table.
    pub fn of_records(clients: &[ClientProfile], logs: &[Log]) -> Self {
        let meals: Vec<&MealLog> = logs.iter().filter_map(meal).collect();
        let sets: Vec<&TrainingLog> = logs.iter().filter_map(training).collect();
        let cardio: Vec<&CardioLog> = logs.iter().filter_map(self::cardio).collect();
        let checkins: Vec<&CheckinLog> = logs.iter().filter_map(checkin).collect();
        Self {
            clients: client_table(clients),
            meal_logs: meal_table(&meals),
            training_logs: training_table(&sets),
            cardio_logs: cardio_table(&cardio),
            checkin_logs: checkin_table(&checkins),
        }
    }

    /// Reads frames as records. Meals and top sets get their client's zone; a client's cycle begins
    /// on the Tuesday on or before the start date, and the running block is the assigned one.
    pub fn to_records(&self) -> PolarsResult<Records> {
        let mut records = Records::default();
        let mut zones: HashMap<String, Value> = HashMap::new();
        let mut clients: Vec<Option<ClientProfile>> = Vec::new();
        let mut by_id: HashMap<String, usize> = HashMap::new();
        for (at, row) in rows(Table::Clients, &self.clients)?.enumerate() {
            match client(row) {
                Ok((id, profile)) => {
                    let zone = json!(profile.timezone_offset.as_str());
                    zones.insert(id.clone(), zone);
                    // Of two rows of one client the later counts.
                    if let Some(earlier) = by_id.insert(id, clients.len()) {
                        clients[earlier] = None;
                    }
                    clients.push(Some(profile));
                }
                Err(reason) => {
                    records.bad_rows.push(BadRow { table: Table::Clients, row: at + 1, reason });
                }
            }
        }
        records.clients = clients.into_iter().flatten().collect();
        let mut logs: BTreeMap<LogKey, Log> = BTreeMap::new();
        for table in [Table::MealLogs, Table::TrainingLogs, Table::CardioLogs, Table::CheckinLogs] {
            for (at, row) in rows(table, self.table(table))?.enumerate() {
                match log(table, row, &zones) {
                    Ok(log) => {
                        let stands = logs.get(&log.key()).is_some_and(|held| held.at() > log.at());
                        if !stands {
                            logs.insert(log.key(), log);
                        }
                    }
                    Err(reason) => records.bad_rows.push(BadRow { table, row: at + 1, reason }),
                }
            }
        }
        records.logs = logs.into_values().collect();
        Ok(records)
    }
}

const fn meal(log: &Log) -> Option<&MealLog> {
    if let Log::Meal(log) = log { Some(log) } else { None }
}

const fn training(log: &Log) -> Option<&TrainingLog> {
    if let Log::Training(log) = log { Some(log) } else { None }
}

const fn cardio(log: &Log) -> Option<&CardioLog> {
    if let Log::Cardio(log) = log { Some(log) } else { None }
}

const fn checkin(log: &Log) -> Option<&CheckinLog> {
    if let Log::Checkin(log) = log { Some(log) } else { None }
}

fn client_table(rows: &[ClientProfile]) -> DataFrame {
    let macros = |pick: fn(&regiment_core::record::Macros) -> u16| {
        whole(rows, move |row| row.macros.as_ref().map(|macros| i32::from(pick(macros))))
    };
    table(
        Table::Clients,
        rows.len(),
        vec![
            text(rows, |row| Some(row.user_id.as_str())),
            text(rows, |row| Some(row.goal.as_str())),
            text(rows, |row| Some(row.timezone_offset.as_str())),
            day(rows, |row| row.start_date),
            Series::new("".into(), rows.iter().map(is_without_orders).collect::<Vec<bool>>()),
            whole(rows, |row| Some(i32::from(row.height_cm.get()))),
            number(rows, |row| Some(row.weight_kg.get())),
            text(rows, |row| row.training_template_id.as_ref().map(Slug::as_str)),
            text(rows, |row| row.meal_template_id.as_ref().map(Slug::as_str)),
            macros(|macros| macros.protein.get()),
            macros(|macros| macros.carbs.get()),
            macros(|macros| macros.fats.get()),
            whole(rows, |row| row.cardio_minutes.map(|minutes| i32::from(minutes.get()))),
            whole(rows, |row| row.age.map(|age| i32::from(age.get()))),
        ],
    )
}

fn is_without_orders(client: &ClientProfile) -> bool {
    client.paused || client.status != Status::Active
}

fn meal_table(rows: &[&MealLog]) -> DataFrame {
    table(
        Table::MealLogs,
        rows.len(),
        vec![
            text(rows, |row| Some(row.user_id.as_str())),
            text(rows, |row| Some(row.meal_id.as_str())),
            day(rows, |row| row.date),
            instant(rows, |row| row.logged_at),
            text(rows, |row| Some(row.status.as_str())),
            text(rows, |row| row.cause.map(Cause::as_str)),
        ],
    )
}

fn training_table(rows: &[&TrainingLog]) -> DataFrame {
    table(
        Table::TrainingLogs,
        rows.len(),
        vec![
            text(rows, |row| Some(row.user_id.as_str())),
            text(rows, |row| Some(row.block_id.as_str())),
            whole(rows, |row| Some(i32::try_from(row.day_index).unwrap_or(i32::MAX))),
            text(rows, |row| Some(row.exercise_id.as_str())),
            text(rows, |row| Some(row.exercise.as_str())),
            day(rows, |row| row.date),
            instant(rows, |row| row.timestamp),
            number(rows, |row| row.set.map(|set| set.weight.get())),
            whole(rows, |row| row.set.map(|set| i32::from(set.reps.get()))),
            text(rows, |row| Some(done(row.set.is_some()))),
            text(rows, |row| row.cause.map(Cause::as_str)),
        ],
    )
}

fn cardio_table(rows: &[&CardioLog]) -> DataFrame {
    table(
        Table::CardioLogs,
        rows.len(),
        vec![
            text(rows, |row| Some(row.user_id.as_str())),
            day(rows, |row| row.date),
            instant(rows, |row| row.timestamp),
            whole(rows, |row| Some(i32::from(row.assigned_minutes.get()))),
            whole(rows, |row| Some(row.actual_minutes.map_or(0, |done| i32::from(done.get())))),
            text(rows, |row| Some(row.status().as_str())),
            text(rows, |row| row.cause.map(Cause::as_str)),
        ],
    )
}

fn checkin_table(rows: &[&CheckinLog]) -> DataFrame {
    table(
        Table::CheckinLogs,
        rows.len(),
        vec![
            text(rows, |row| Some(row.user_id.as_str())),
            day(rows, |row| row.date),
            instant(rows, |row| row.timestamp),
            number(rows, |row| row.report.as_ref().and_then(CheckinReport::trusted_weight)),
            text(rows, |row| row.report.as_ref().map(|said| said.mood.as_str())),
            text(rows, |row| row.report.as_ref().map(|said| said.soreness.as_str())),
            text(rows, |row| row.report.as_ref().map(|said| said.sleep.as_str())),
            text(rows, |row| row.report.as_ref().map(|said| said.stress.as_str())),
            text(rows, |row| {
                let notes = row.report.as_ref().map(|said| said.notes.as_str());
                notes.filter(|notes| !notes.is_empty())
            }),
            text(rows, |row| Some(done(row.report.is_some()))),
            text(rows, |row| row.cause.map(Cause::as_str)),
        ],
    )
}

const fn done(is_done: bool) -> &'static str {
    if is_done { DoneOrMissed::Completed.as_str() } else { DoneOrMissed::Missed.as_str() }
}

fn table(table: Table, height: usize, series: Vec<Series>) -> DataFrame {
    let named = column::of(table).iter().zip(series).map(|(spec, series)| {
        debug_assert_eq!(*series.dtype(), spec.kind.dtype(), "{}", spec.name);
        series.with_name(spec.name.into()).into_column()
    });
    DataFrame::new(height, named.collect()).expect("columns of one height with distinct names")
}

fn text<'a, R>(rows: &'a [R], cell: impl Fn(&'a R) -> Option<&'a str>) -> Series {
    Series::new("".into(), rows.iter().map(cell).collect::<Vec<_>>())
}

fn whole<'a, R>(rows: &'a [R], cell: impl Fn(&'a R) -> Option<i32>) -> Series {
    Series::new("".into(), rows.iter().map(cell).collect::<Vec<_>>())
}

fn number<'a, R>(rows: &'a [R], cell: impl Fn(&'a R) -> Option<f64>) -> Series {
    Series::new("".into(), rows.iter().map(cell).collect::<Vec<_>>())
}

fn day<'a, R>(rows: &'a [R], cell: impl Fn(&'a R) -> Date) -> Series {
    let days = |row| i32::try_from(days_between(EPOCH, cell(row))).unwrap_or(i32::MAX);
    let days = Int32Chunked::from_vec("".into(), rows.iter().map(days).collect());
    days.into_date().into_series()
}

fn instant<'a, R>(rows: &'a [R], cell: impl Fn(&'a R) -> Timestamp) -> Series {
    let micros = rows.iter().map(|row| cell(row).as_microsecond()).collect();
    let micros = Int64Chunked::from_vec("".into(), micros);
    micros.into_datetime(TimeUnit::Microseconds, None).into_series()
}

/// The rows of a table as JSON objects without empty cells, or what is wrong with one.
fn rows(
    table: Table,
    df: &DataFrame,
) -> PolarsResult<impl Iterator<Item = Result<Map<String, Value>, String>>> {
    let mut cells: Vec<(&'static str, Cells)> = Vec::new();
    for spec in column::of(table) {
        let column = df.column(spec.name)?.as_materialized_series().rechunk();
        let held = match spec.kind {
            Kind::Text => Cells::Text(column.str()?.clone()),
            Kind::Whole => Cells::Whole(column.i32()?.clone()),
            Kind::Number => Cells::Number(column.f64()?.clone()),
            Kind::Day => Cells::Day(column.date()?.physical().clone()),
            Kind::Instant => Cells::Instant(column.datetime()?.physical().clone()),
            Kind::Flag => Cells::Flag(column.bool()?.clone()),
        };
        cells.push((spec.name, held));
    }
    Ok((0..df.height()).map(move |row| {
        let mut object = Map::new();
        for (name, cells) in &cells {
            if let Some(value) = cells.get(row).map_err(|what| format!("{name} must be {what}"))? {
                object.insert((*name).to_owned(), value);
            }
        }
        Ok(object)
    }))
}

/// One column, typed.
enum Cells {
    Text(StringChunked),
    Whole(Int32Chunked),
    Number(Float64Chunked),
    Day(Int32Chunked),
    Instant(Int64Chunked),
    Flag(BooleanChunked),
}

impl Cells {
    fn get(&self, row: usize) -> Result<Option<Value>, &'static str> {
        Ok(match self {
            Self::Text(cells) => cells.get(row).map(Value::from),
            Self::Whole(cells) => cells.get(row).map(Value::from),
            Self::Number(cells) => cells.get(row).map(Value::from),
            Self::Flag(cells) => cells.get(row).map(Value::from),
            Self::Day(cells) => match cells.get(row) {
                Some(days) if (0..=LAST_DAY).contains(&days) => {
                    Some(json!(days_after(EPOCH, i64::from(days))))
                }
                Some(_) => return Err("a date from 1970 to 2199"),
                None => None,
            },
            Self::Instant(cells) => match cells.get(row).map(Timestamp::from_microsecond) {
                Some(Ok(at)) => Some(json!(at)),
                Some(Err(_)) => return Err("an instant of the years 1 to 9999"),
                None => None,
            },
        })
    }
}

fn client(row: Result<Map<String, Value>, String>) -> Result<(String, ClientProfile), String> {
    let mut row = row?;
    let macros = ["protein", "carbs", "fats"].map(|name| (name, row.remove(name)));
    if macros.iter().any(|(_, grams)| grams.is_some()) {
        let given = macros.into_iter().filter_map(|(name, grams)| Some((name.to_owned(), grams?)));
        row.insert("macros".to_owned(), Value::Object(given.collect()));
    }
    if let Some(block) = row.get("training_template_id").cloned() {
        row.insert("block_id".to_owned(), block);
    }
    let start = row.get("start_date").and_then(Value::as_str).and_then(|day| day.parse().ok());
    let start: Date = start.ok_or("start_date must be given")?;
    row.insert("cycle_start_date".to_owned(), json!(cycle_start(start)));
    let id = row.get("user_id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let profile = serde_json::from_value(Value::Object(row)).map_err(|error| error.to_string())?;
    Ok((id, profile))
}

fn log(
    table: Table,
    row: Result<Map<String, Value>, String>,
    zones: &HashMap<String, Value>,
) -> Result<Log, String> {
    let mut row = row?;
    let id = row.get("user_id").and_then(Value::as_str).unwrap_or_default();
    let zone = zones.get(id).ok_or("user_id must stand in clients.parquet")?.clone();
    let read = |row| -> Result<Log, serde_json::Error> {
        Ok(match table {
            Table::MealLogs => Log::Meal(serde_json::from_value(row)?),
            Table::TrainingLogs => Log::Training(serde_json::from_value(row)?),
            Table::CardioLogs => Log::Cardio(serde_json::from_value(row)?),
            Table::Clients | Table::CheckinLogs => Log::Checkin(serde_json::from_value(row)?),
        })
    };
    match table {
        Table::MealLogs => drop(row.insert("timezone_offset".to_owned(), zone)),
        Table::TrainingLogs => drop(row.insert("timezone".to_owned(), zone)),
        Table::Clients | Table::CardioLogs | Table::CheckinLogs => {}
    }
    read(Value::Object(row)).map_err(|error| error.to_string())
}
