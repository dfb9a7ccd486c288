//! One client's week, and what stands in it.

use std::ops::RangeInclusive;

use regiment_core::policy::FlagPolicy;
use regiment_core::record::{FlagName, Severity};

use super::Win;
use crate::finding::Finding;
use crate::history::{
    CardioRow, CheckinRow, ClientHistory, Day, Exercise, MealRow, Outcome, SetRow,
};
use regiment_core::record::WinName;

/// The days of a week.
pub const WEEK: Day = 7;

/// What the rules read: a client, the last closed date and the thresholds.
#[derive(Debug, Clone, Copy)]
pub struct Week<'a> {
    /// The client and its logs.
    pub client: &'a ClientHistory,
    /// The exercises that the client's sets point into.
    pub exercises: &'a [Exercise],
    /// The last closed date, on which every window ends.
    pub as_of: Day,
    /// The thresholds.
    pub policy: &'a FlagPolicy,
}

impl<'a> Week<'a> {
    /// Names what the rules read.
    pub const fn new(
        client: &'a ClientHistory,
        exercises: &'a [Exercise],
        as_of: Day,
        policy: &'a FlagPolicy,
    ) -> Self {
        Self { client, exercises, as_of, policy }
    }

    /// Returns the last so many dates.
    pub fn last(&self, n_days: Day) -> RangeInclusive<Day> {
        self.as_of - (n_days - 1)..=self.as_of
    }

    /// Returns the meals of the last so many dates.
    pub fn meals(&self, n_days: Day) -> &'a [MealRow] {
        within(&self.client.meals, |row| row.day, &self.last(n_days))
    }

    /// Returns the top sets of the last so many dates.
    pub fn sets(&self, n_days: Day) -> &'a [SetRow] {
        within(&self.client.sets, |row| row.day, &self.last(n_days))
    }

    /// Returns every top set up to the last closed date.
    pub fn all_sets(&self) -> &'a [SetRow] {
        within(&self.client.sets, |row| row.day, &(Day::MIN..=self.as_of))
    }

    /// Returns the cardio of the last so many dates.
    pub fn cardio(&self, n_days: Day) -> &'a [CardioRow] {
        within(&self.client.cardio, |row| row.day, &self.last(n_days))
    }

    /// Returns the check-ins of the last so many dates.
    pub fn checkins(&self, n_days: Day) -> &'a [CheckinRow] {
        within(&self.client.checkins, |row| row.day, &self.last(n_days))
    }

    /// Starts a finding about the last so many dates.
    pub(super) fn flag(
        &self,
        severity: Severity,
        flag: impl Into<FlagName>,
        n_days: Day,
    ) -> Finding {
        Finding::flag(severity, flag, self.last(n_days))
    }
}

impl Win {
    pub(super) fn new<const N: usize>(name: impl Into<String>, numbers: [(&str, f64); N]) -> Self {
        let numbers = numbers.map(|(name, number)| (name.to_owned(), number));
        Self { name: WinName(name.into()), numbers: numbers.into(), detail: String::new() }
    }
}

/// Reads a number of days from the policy.
pub(super) fn days(days: u32) -> Day {
    Day::try_from(days).unwrap_or(Day::MAX)
}

/// Counts as a figure of evidence, or as a number in a formula.
pub(super) fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

/// Returns whether a count reaches its threshold.
pub(super) const fn reaches(count: usize, threshold: u32) -> bool {
    count >= threshold as usize
}

/// Returns the dates of rows with an outcome, each once.
pub(super) fn dates<R>(rows: &[R], day: impl Fn(&R) -> Option<Day>) -> Vec<Day> {
    let mut dates: Vec<Day> = rows.iter().filter_map(day).collect();
    dates.dedup();
    dates
}

/// Returns the date of a row that was missed.
pub(super) fn missed(day: Day, outcome: Outcome) -> Option<Day> {
    (outcome == Outcome::Missed).then_some(day)
}

/// The rows, ordered by day, that stand within a window.
fn within<'a, R>(rows: &'a [R], day: impl Fn(&R) -> Day, window: &RangeInclusive<Day>) -> &'a [R] {
    let from = rows.partition_point(|row| day(row) < *window.start());
    let to = rows.partition_point(|row| day(row) <= *window.end());
    &rows[from..to.max(from)]
}
