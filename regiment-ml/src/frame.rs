//! Log frames: a folder of five Parquet files that hold clients and their logs.
//!
//! [`Frames::read`] gives exactly the columns of `docs/frames.md`, in their order and types, with one
//! row per key. [`Frames::of_records`] and [`Frames::to_records`] lead from records and back.

mod column;
mod effective;
mod history;
mod records;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::PoisonError;

use polars::prelude::*;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};
use regiment_core::Invalid;
use thiserror::Error;

use column::{Kind, Spec};
use effective::effective;
pub use history::Extent;
pub use records::{BadRow, Records};

/// Rows that are compressed together.
const GROUP: usize = 1 << 18;

/// The five tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Frames {
    /// One row per client.
    pub clients: DataFrame,
    /// One row per client, date and meal.
    pub meal_logs: DataFrame,
    /// One row per client, date and exercise.
    pub training_logs: DataFrame,
    /// One row per client and date.
    pub cardio_logs: DataFrame,
    /// One row per client and date.
    pub checkin_logs: DataFrame,
}

/// One of the five tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// `clients.parquet`
    Clients,
    /// `meal_logs.parquet`
    MealLogs,
    /// `training_logs.parquet`
    TrainingLogs,
    /// `cardio_logs.parquet`
    CardioLogs,
    /// `checkin_logs.parquet`
    CheckinLogs,
}

impl Table {
    /// Every table, clients first.
    pub const ALL: [Self; 5] =
        [Self::Clients, Self::MealLogs, Self::TrainingLogs, Self::CardioLogs, Self::CheckinLogs];

    /// Returns the name of the table's file.
    pub const fn file(self) -> &'static str {
        match self {
            Self::Clients => "clients.parquet",
            Self::MealLogs => "meal_logs.parquet",
            Self::TrainingLogs => "training_logs.parquet",
            Self::CardioLogs => "cardio_logs.parquet",
            Self::CheckinLogs => "checkin_logs.parquet",
        }
    }

    /// The column that says which of a date's items a row is about.
    const fn item(self) -> Option<&'static str> {
        match self {
            Self::MealLogs => Some("meal_id"),
            Self::TrainingLogs => Some("exercise_id"),
            Self::Clients | Self::CardioLogs | Self::CheckinLogs => None,
        }
    }

    /// The column of dates, where a client has a row per date.
    const fn date(self) -> Option<&'static str> {
        match self {
            Self::Clients => None,
            Self::MealLogs | Self::TrainingLogs | Self::CardioLogs | Self::CheckinLogs => {
                Some("date")
            }
        }
    }

    /// The column that decides between rows of one key; among clients the later row counts.
    const fn entered_at(self) -> Option<&'static str> {
        match self {
            Self::Clients => None,
            Self::MealLogs => Some("logged_at"),
            Self::TrainingLogs | Self::CardioLogs | Self::CheckinLogs => Some("timestamp"),
        }
    }
}

/// Why a folder holds no log frames.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FrameError {
    /// A file can't be opened or created.
    #[error("{file} can't be opened")]
    File {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is no Parquet, or broken.
    #[error("{file} can't be read as Parquet")]
    Parquet {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: PolarsError,
    },
    /// A column is missing.
    #[error("{file} must have a column {column} of type {expected}, and has none")]
    MissingColumn {
        /// The file.
        file: String,
        /// The column.
        column: &'static str,
        /// The type it must have.
        expected: &'static str,
    },
    /// A column has another type.
    #[error("{file}: column {column} must be of type {expected}, not {found}")]
    WrongType {
        /// The file.
        file: String,
        /// The column.
        column: &'static str,
        /// The type it must have.
        expected: &'static str,
        /// The type it has.
        found: String,
    },
    /// A value does not fit its column's type.
    #[error("{file}: column {column} must fit {expected}, and row {row} does not")]
    OutOfRange {
        /// The file.
        file: String,
        /// The column.
        column: &'static str,
        /// The type it must have.
        expected: &'static str,
        /// The first such row, from 1.
        row: usize,
    },
    /// A cell that must be given is empty.
    #[error("{file}: column {column} must not be empty, and row {row} is")]
    EmptyCell {
        /// The file.
        file: String,
        /// The column.
        column: &'static str,
        /// The first such row, from 1.
        row: usize,
    },
    /// A cell holds none of its column's words, or no identifier.
    #[error("{file}, row {row}: {refused}")]
    Refused {
        /// The file.
        file: String,
        /// The row, from 1.
        row: usize,
        /// The column, the value, and what would be accepted.
        refused: Invalid,
    },
}

impl Frames {
    /// Reads a folder. Of rows with one key the one entered last counts, and of those entered at one
    /// instant the later row.
    pub fn read(folder: &Path) -> Result<Self, FrameError> {
        let mut frames = Self::read_all_rows(folder)?;
        for table in Table::ALL {
            let df = frames.table_mut(table);
            *df = effective(table, df).map_err(|source| FrameError::Parquet {
                file: folder.join(table.file()).display().to_string(),
                source,
            })?;
        }
        Ok(frames)
    }

    /// Reads a folder with every row of it, superseded ones included.
    pub fn read_all_rows(folder: &Path) -> Result<Self, FrameError> {
        Ok(Self {
            clients: read_table(folder, Table::Clients, &[])?,
            meal_logs: read_table(folder, Table::MealLogs, &[])?,
            training_logs: read_table(folder, Table::TrainingLogs, &[])?,
            cardio_logs: read_table(folder, Table::CardioLogs, &[])?,
            checkin_logs: read_table(folder, Table::CheckinLogs, &[])?,
        })
    }

    /// Writes the folder, and makes it where there is none. The same frames give the same bytes.
    pub fn write(&self, folder: &Path) -> Result<(), FrameError> {
        fs::create_dir_all(folder)
            .map_err(|source| FrameError::File { file: folder.display().to_string(), source })?;
        for table in Table::ALL {
            let path = folder.join(table.file());
            let file = path.display().to_string();
            let out = File::create(&path)
                .map_err(|source| FrameError::File { file: file.clone(), source })?;
            write_table(self.table(table), BufWriter::new(out))
                .map_err(|source| FrameError::Parquet { file, source })?;
        }
        Ok(())
    }

    /// Returns a table.
    pub const fn table(&self, table: Table) -> &DataFrame {
        match table {
            Table::Clients => &self.clients,
            Table::MealLogs => &self.meal_logs,
            Table::TrainingLogs => &self.training_logs,
            Table::CardioLogs => &self.cardio_logs,
            Table::CheckinLogs => &self.checkin_logs,
        }
    }

    fn table_mut(&mut self, table: Table) -> &mut DataFrame {
        match table {
            Table::Clients => &mut self.clients,
            Table::MealLogs => &mut self.meal_logs,
            Table::TrainingLogs => &mut self.training_logs,
            Table::CardioLogs => &mut self.cardio_logs,
            Table::CheckinLogs => &mut self.checkin_logs,
        }
    }
}

/// Writes one table in groups of [`GROUP`] rows.
fn write_table(df: &DataFrame, out: impl Write) -> PolarsResult<()> {
    let mut df = df.clone();
    let df = df.rechunk_mut_par();
    let zstd = ParquetCompression::Zstd(None);
    let mut batches = ParquetWriter::new(out).with_compression(zstd).batched(df.schema())?;
    let mut from = 0;
    while from == 0 || from < df.height() {
        batches.write_batch(&df.slice(i64::try_from(from).unwrap_or(i64::MAX), GROUP))?;
        from += GROUP;
    }
    // Without metadata: in the writer's own, texts have a type that older tools don't know.
    let writer = batches.get_writer().lock();
    writer.unwrap_or_else(PoisonError::into_inner).end(Some(Vec::new()))?;
    Ok(())
}

/// Reads one file: its schema first, so that a wrong type is named before any cell is decoded, and
/// columns of no interest are never decoded at all. Of the table's own columns, those in `without`
/// are checked and left out.
fn read_table(folder: &Path, table: Table, without: &[&str]) -> Result<DataFrame, FrameError> {
    let path = folder.join(table.file());
    let file = path.display().to_string();
    let opened =
        File::open(&path).map_err(|source| FrameError::File { file: file.clone(), source })?;
    let parquet = |source| FrameError::Parquet { file: file.clone(), source };
    let mut reader = ParquetReader::new(opened);
    let schema = reader.schema().map_err(parquet)?;
    let specs = column::of(table);
    let mut untyped = Vec::new();
    for spec in specs {
        let expected = spec.kind.name();
        let Some(field) = schema.get(spec.name) else {
            return Err(FrameError::MissingColumn { file, column: spec.name, expected });
        };
        match spec.kind.accepts(field.dtype()) {
            column::Fit::Typed => {}
            column::Fit::AllNull => untyped.push(spec.name),
            column::Fit::Wrong => {
                let found = format!("{:?}", field.dtype());
                return Err(FrameError::WrongType { file, column: spec.name, expected, found });
            }
        }
    }
    let specs: Vec<&Spec> = specs.iter().filter(|spec| !without.contains(&spec.name)).collect();
    let stored = specs.iter().filter(|spec| !untyped.contains(&spec.name));
    let names: Vec<String> = stored.map(|spec| spec.name.to_owned()).collect();
    let height = reader.num_rows().map_err(parquet)?;
    let df = if names.is_empty() {
        DataFrame::empty_with_height(height)
    } else {
        reader.with_columns(Some(names)).set_rechunk(true).finish().map_err(parquet)?
    };
    let columns = specs.iter().map(|spec| {
        if untyped.contains(&spec.name) {
            return Ok(Column::full_null(spec.name.into(), height, &spec.kind.dtype()));
        }
        let stored = df.column(spec.name).map_err(parquet)?;
        let column = typed(stored, spec).map_err(parquet)?;
        match first_lost(stored, &column).filter(|_| spec.kind != Kind::Number) {
            None => Ok(column),
            Some(at) => Err(FrameError::OutOfRange {
                file: file.clone(),
                column: spec.name,
                expected: spec.kind.name(),
                row: at + 1,
            }),
        }
    });
    let columns = columns.collect::<Result<Vec<Column>, FrameError>>()?;
    let df = DataFrame::new(height, columns).map_err(parquet)?;
    for spec in specs.iter().filter(|spec| spec.identifies) {
        if let Some(row) = first_empty(df.column(spec.name).map_err(parquet)?) {
            return Err(FrameError::EmptyCell { file, column: spec.name, row });
        }
    }
    Ok(df)
}

/// The first row without a value, from 1.
fn first_empty(column: &Column) -> Option<usize> {
    if column.null_count() == 0 {
        return None;
    }
    column.is_null().iter().position(|empty| empty == Some(true)).map(|at| at + 1)
}

/// A column in its own type, `NaN` read as null.
fn typed(column: &Column, spec: &Spec) -> PolarsResult<Column> {
    let series = column.as_materialized_series();
    let series = match (spec.kind, series.dtype()) {
        (Kind::Instant, DataType::Datetime(unit, _)) => {
            // The label, where there is one, says UTC, and so do the values: only the label goes.
            let ticks = series.to_physical_repr();
            let micros = ticks.i64()?.apply_values(|ticks| match unit {
                TimeUnit::Nanoseconds => ticks.div_euclid(1000),
                TimeUnit::Microseconds => ticks,
                TimeUnit::Milliseconds => ticks.saturating_mul(1000),
            });
            micros.into_datetime(TimeUnit::Microseconds, None).into_series()
        }
        (Kind::Number, _) => {
            let numbers = series.cast(&DataType::Float64)?;
            let numbers = numbers.f64()?;
            if numbers.iter().flatten().any(f64::is_nan) {
                let held = numbers.iter().map(|number| number.filter(|held| !held.is_nan()));
                Float64Chunked::from_iter_options(spec.name.into(), held).into_series()
            } else {
                numbers.clone().into_series()
            }
        }
        (Kind::Text | Kind::Whole | Kind::Day | Kind::Instant | Kind::Flag, _) => {
            series.cast(&spec.kind.dtype())?
        }
    };
    Ok(series.into_column())
}

/// The first row whose cell was lost in a conversion.
fn first_lost(stored: &Column, typed: &Column) -> Option<usize> {
    if stored.null_count() == typed.null_count() {
        return None;
    }
    let (before, after) = (stored.is_null(), typed.is_null());
    before.iter().zip(after.iter()).position(|(before, after)| before != after)
}

#[cfg(test)]
mod tests;
