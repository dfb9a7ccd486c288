//! Statistics: what the rules say crudely, said with an interval.
//!
//! They need no training and raise no flag of their own. Each is a plain function of one client's
//! history up to `as_of`, and says how much is missing where there is too little to go by. The
//! formulas, with sources and examples, are in `docs/statistics.md`.

pub mod adherence;
pub mod lift;
mod line;
pub mod recovery;
pub mod says_vs_scale;
pub mod weight;

use std::fmt;
use std::ops::RangeInclusive;

use crate::finding::Finding;
use crate::history::{ClientHistory, Day, Exercise};

/// Why a statistic says nothing: there is too little to go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLittle {
    /// What is counted: weigh-ins, sessions.
    pub what: &'static str,
    /// How many there are.
    pub have: usize,
    /// How many it takes.
    pub need: usize,
}

impl fmt::Display for TooLittle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}, and {} are needed", self.have, self.what, self.need)
    }
}

/// Returns what the statistics tell a coach about a client on the evening of `as_of`. Nothing that
/// is dated later is read.
///
/// Lifts come first, in the order of `exercises`; of those only the ones that stand still, or that
/// the rule of attempts calls stalled. Then weight, recovery, adherence by stream, and what is
/// said against what the scale shows.
pub fn findings(client: &ClientHistory, exercises: &[Exercise], as_of: Day) -> Vec<Finding> {
    let mut findings = lift::findings(client, exercises, as_of);
    let weight = weight::trend(client, as_of).ok();
    findings.extend(weight.as_ref().map(weight::WeightTrend::finding));
    findings.extend(recovery::finding(client, as_of));
    findings.extend(adherence::findings(client, as_of));
    findings.extend(weight.and_then(|trend| says_vs_scale::finding(client, &trend, as_of)));
    findings
}

/// Returns the rows of a window out of rows that are ordered by day.
pub(crate) fn within<'a, T>(
    rows: &'a [T],
    day: impl Fn(&T) -> Day,
    window: &RangeInclusive<Day>,
) -> &'a [T] {
    let from = rows.partition_point(|row| day(row) < *window.start());
    let to = rows.partition_point(|row| day(row) <= *window.end());
    rows.get(from..to).unwrap_or_default()
}

/// Returns a count as a number to reckon with.
pub(crate) fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Returns the weekday of a day: 0 for Monday to 6 for Sunday.
pub(crate) fn weekday(day: Day) -> usize {
    // 1970-01-01 was a Thursday.
    usize::try_from((i64::from(day) + 3).rem_euclid(7)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
