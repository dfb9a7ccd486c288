//! A row of either database, read by column name.

use std::str::FromStr;

use jiff::{Timestamp, civil::Date};
use serde::de::DeserializeOwned;
use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};

use super::{
    error::{Corrupt, Result},
    tx::Broken,
};

/// A table, as far as naming one of its rows in an error needs it.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) key: &'static [&'static str],
}

/// A row of either database.
#[derive(Debug)]
pub(super) struct Row {
    table: &'static Table,
    on: On,
}

enum On {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl std::fmt::Debug for On {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            On::Sqlite(_) => "Sqlite",
            On::Postgres(_) => "Postgres",
        })
    }
}

macro_rules! read {
    ($row:expr, $column:expr, $type:ty) => {
        match &$row.on {
            On::Sqlite(row) => row.try_get::<$type, _>($column),
            On::Postgres(row) => row.try_get::<$type, _>($column),
        }
        .map_err(|error| $row.corrupt($column, describe(&error)))
    };
}

impl Row {
    pub(super) fn sqlite(table: &'static Table, row: SqliteRow) -> Self {
        Row { table, on: On::Sqlite(row) }
    }

    pub(super) fn postgres(table: &'static Table, row: PgRow) -> Self {
        Row { table, on: On::Postgres(row) }
    }

    pub(super) fn text(&self, column: &'static str) -> Result<&str> {
        Ok(read!(self, column, &str)?)
    }

    pub(super) fn optional_text(&self, column: &'static str) -> Result<Option<&str>> {
        Ok(read!(self, column, Option<&str>)?)
    }

    pub(super) fn integer(&self, column: &'static str) -> Result<i64> {
        Ok(read!(self, column, i64)?)
    }

    pub(super) fn real(&self, column: &'static str) -> Result<f64> {
        Ok(read!(self, column, f64)?)
    }

    pub(super) fn boolean(&self, column: &'static str) -> Result<bool> {
        Ok(read!(self, column, bool)?)
    }

    /// Reads a count or a number that is never negative.
    pub(super) fn count(&self, column: &'static str) -> Result<u32> {
        let number = self.integer(column)?;
        u32::try_from(number).map_err(|_| self.corrupt(column, "is out of range").into())
    }

    pub(super) fn optional_count(&self, column: &'static str) -> Result<Option<u32>> {
        let number = read!(self, column, Option<i64>)?;
        number
            .map(|number| {
                u32::try_from(number).map_err(|_| self.corrupt(column, "is out of range").into())
            })
            .transpose()
    }

    pub(super) fn instant(&self, column: &'static str) -> Result<Timestamp> {
        let microseconds = self.integer(column)?;
        self.to_instant(column, microseconds)
    }

    pub(super) fn optional_instant(&self, column: &'static str) -> Result<Option<Timestamp>> {
        read!(self, column, Option<i64>)?
            .map(|microseconds| self.to_instant(column, microseconds))
            .transpose()
    }

    pub(super) fn date(&self, column: &'static str) -> Result<Date> {
        self.parsed(column)
    }

    /// Reads a value that is written as its text: a date, an id, an enum.
    pub(super) fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T> {
        let text = self.text(column)?;
        text.parse().map_err(|_| self.corrupt(column, "is not one of its values").into())
    }

    /// Reads a payload.
    pub(super) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T> {
        let text = self.text(column)?;
        serde_json::from_str(text).map_err(|error| {
            // serde names the offending value in its message, and the value may be personal.
            let reason = match error.classify() {
                serde_json::error::Category::Data => "does not fit the record",
                serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
                    "is not JSON"
                }
                serde_json::error::Category::Eof => "ends too early",
            };
            self.corrupt(column, format!("{reason} (at {}:{})", error.line(), error.column()))
                .into()
        })
    }

    /// Says that the value of `column` can't be what it should be.
    pub(super) fn corrupt(&self, column: &'static str, reason: impl Into<String>) -> Corrupt {
        Corrupt { table: self.table.name, column, id: self.id(), reason: reason.into() }
    }

    /// Keeps what can still be read of a row that does not decode.
    pub(super) fn broken(&self, corrupt: Corrupt) -> Broken {
        Broken {
            user_id: self.parsed("user_id").ok(),
            date: self.date("date").ok(),
            body: self.text("body").unwrap_or_default().to_owned(),
            corrupt,
        }
    }

    fn to_instant(&self, column: &'static str, microseconds: i64) -> Result<Timestamp> {
        Timestamp::from_microsecond(microseconds)
            .map_err(|_| self.corrupt(column, "is out of range").into())
    }

    fn id(&self) -> String {
        let part = |column: &&'static str| match &self.on {
            On::Sqlite(row) => row
                .try_get::<String, _>(*column)
                .or_else(|_| row.try_get::<i64, _>(*column).map(|n| n.to_string())),
            On::Postgres(row) => row
                .try_get::<String, _>(*column)
                .or_else(|_| row.try_get::<i64, _>(*column).map(|n| n.to_string())),
        };
        let parts: Vec<_> =
            self.table.key.iter().map(|key| part(key).unwrap_or_else(|_| "?".to_owned())).collect();
        parts.join("/")
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "only two of sqlx's errors come from reading a column; the rest is told as it is"
)]
fn describe(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::ColumnNotFound(_) => "is missing".to_owned(),
        sqlx::Error::ColumnDecode { .. } => "has another type, or no value".to_owned(),
        other => other.to_string(),
    }
}
