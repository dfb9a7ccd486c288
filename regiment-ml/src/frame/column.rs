//! The columns of the five tables, and which stored types are accepted for each.

use polars::prelude::*;

use super::Table;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Whole,
    /// A number with decimals; `NaN` is null.
    Number,
    /// A local date.
    Day,
    /// An instant in UTC, to the microsecond.
    Instant,
    /// True or false.
    Flag,
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Whether the cell is needed to tell which row this is and whether it counts.
    pub(super) identifies: bool,
}

/// How a stored type fits a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// It holds such values.
    Typed,
    /// It holds nothing at all.
    AllNull,
    /// It holds something else.
    Wrong,
}

impl Kind {
    /// The name of the type as Parquet tools print it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Whole => "int32",
            Self::Number => "double",
            Self::Day => "date",
            Self::Instant => "timestamp in microseconds, UTC",
            Self::Flag => "boolean",
        }
    }

    /// The type in a frame.
    pub(super) const fn dtype(self) -> DataType {
        match self {
            Self::Text => DataType::String,
            Self::Whole => DataType::Int32,
            Self::Number => DataType::Float64,
            Self::Day => DataType::Date,
            Self::Instant => DataType::Datetime(TimeUnit::Microseconds, None),
            Self::Flag => DataType::Boolean,
        }
    }

    /// How a stored type fits. Wider whole numbers and finer or coarser instants are converted.
    pub(super) fn accepts(self, stored: &ArrowDataType) -> Fit {
        use ArrowDataType as Stored;
        let whole =
            matches!(stored, Stored::Int32 | Stored::Int64 | Stored::UInt32 | Stored::UInt64);
        let typed = match self {
            _ if *stored == Stored::Null => return Fit::AllNull,
            Self::Text => matches!(stored, Stored::Utf8 | Stored::LargeUtf8 | Stored::Utf8View),
            Self::Whole => whole,
            Self::Number => whole || matches!(stored, Stored::Float32 | Stored::Float64),
            Self::Day => matches!(stored, Stored::Date32),
            Self::Instant => {
                let utc = |label: &PlSmallStr| {
                    ["", "UTC", "Z", "+00:00", "Etc/UTC"].contains(&label.as_str())
                };
                matches!(stored, Stored::Timestamp(_, label) if label.as_ref().is_none_or(utc))
            }
            Self::Flag => matches!(stored, Stored::Boolean),
        };
        if typed { Fit::Typed } else { Fit::Wrong }
    }
}

/// The columns of a table, in order.
pub(super) const fn of(table: Table) -> &'static [Spec] {
    match table {
        Table::Clients => &CLIENTS,
        Table::MealLogs => &MEAL_LOGS,
        Table::TrainingLogs => &TRAINING_LOGS,
        Table::CardioLogs => &CARDIO_LOGS,
        Table::CheckinLogs => &CHECKIN_LOGS,
    }
}

const fn key(name: &'static str, kind: Kind) -> Spec {
    Spec { name, kind, identifies: true }
}

const fn plain(name: &'static str, kind: Kind) -> Spec {
    Spec { name, kind, identifies: false }
}

const CLIENTS: [Spec; 14] = [
    key("user_id", Kind::Text),
    plain("goal", Kind::Text),
    plain("timezone_offset", Kind::Text),
    plain("start_date", Kind::Day),
    plain("paused", Kind::Flag),
    plain("height_cm", Kind::Whole),
    plain("weight_kg", Kind::Number),
    plain("training_template_id", Kind::Text),
    plain("meal_template_id", Kind::Text),
    plain("protein", Kind::Whole),
    plain("carbs", Kind::Whole),
    plain("fats", Kind::Whole),
    plain("cardio_minutes", Kind::Whole),
    plain("age", Kind::Whole),
];

const MEAL_LOGS: [Spec; 6] = [
    key("user_id", Kind::Text),
    key("meal_id", Kind::Text),
    key("date", Kind::Day),
    key("logged_at", Kind::Instant),
    plain("status", Kind::Text),
    plain("cause", Kind::Text),
];

const TRAINING_LOGS: [Spec; 11] = [
    key("user_id", Kind::Text),
    plain("block_id", Kind::Text),
    plain("day_index", Kind::Whole),
    key("exercise_id", Kind::Text),
    plain("exercise", Kind::Text),
    key("date", Kind::Day),
    key("timestamp", Kind::Instant),
    plain("weight_kg", Kind::Number),
    plain("reps", Kind::Whole),
    plain("status", Kind::Text),
    plain("cause", Kind::Text),
];

const CARDIO_LOGS: [Spec; 7] = [
    key("user_id", Kind::Text),
    key("date", Kind::Day),
    key("timestamp", Kind::Instant),
    plain("assigned_minutes", Kind::Whole),
    plain("actual_minutes", Kind::Whole),
    plain("status", Kind::Text),
    plain("cause", Kind::Text),
];

const CHECKIN_LOGS: [Spec; 11] = [
    key("user_id", Kind::Text),
    key("date", Kind::Day),
    key("timestamp", Kind::Instant),
    plain("weight_kg", Kind::Number),
    plain("mood", Kind::Text),
    plain("soreness", Kind::Text),
    plain("sleep", Kind::Text),
    plain("stress", Kind::Text),
    plain("notes", Kind::Text),
    plain("status", Kind::Text),
    plain("cause", Kind::Text),
];
