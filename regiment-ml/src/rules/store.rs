//! What only the store knows: plans that nobody chose, and rows in quarantine.

use jiff::civil::Date;
use regiment_core::calendar::days_between;
use regiment_core::record::{Flag, Severity};

use super::week::{WEEK, Week, number};
use crate::finding::{Finding, date_of};

/// What the store knows of a client beside its logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The first date of the coming cycle, where a plan was asked for and nobody chose one.
    pub unanswered_cycle: Option<Date>,
    /// The client's rows that are no records.
    pub quarantined: Vec<QuarantinedRow>,
}

/// A row that is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantinedRow {
    /// Its local date.
    pub date: Date,
    /// Where it came from, and what is wrong with it.
    pub what: String,
}

/// No plan was chosen for a cycle that begins within a week of the last closed date.
pub(super) fn no_response(week: &Week<'_>, known: &Known) -> Option<Finding> {
    let cycle = known.unanswered_cycle?;
    let ahead = days_between(date_of(week.as_of), cycle);
    (0..=i64::from(WEEK)).contains(&ahead).then(|| {
        let mut finding = week.flag(Severity::Low, Flag::NoResponse, WEEK);
        finding.evidence.dates.push(cycle);
        finding
    })
}

/// Rows of the week are in quarantine.
pub(super) fn flag_parse_error(week: &Week<'_>, known: &Known) -> Option<Finding> {
    let window = week.last(WEEK);
    let (first, last) = (date_of(*window.start()), date_of(*window.end()));
    let mut rows: Vec<&QuarantinedRow> =
        known.quarantined.iter().filter(|row| (first..=last).contains(&row.date)).collect();
    rows.sort_by_key(|row| (row.date, row.what.as_str()));
    (!rows.is_empty()).then(|| {
        let what: Vec<&str> = rows.iter().map(|row| row.what.as_str()).collect();
        let mut finding = week
            .flag(Severity::Low, Flag::FlagParseError, WEEK)
            .number("rows", number(rows.len()))
            .saying(what.join("; "));
        finding.evidence.dates.extend(rows.iter().map(|row| row.date));
        finding.evidence.dates.dedup();
        finding
    })
}
