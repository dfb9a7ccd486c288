//! What this process has done to the database since it began, counted for its metrics.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Store, schedule::Run};
use crate::Outcome;

/// Upper bounds of how late an occurrence fired, seconds.
pub const LAG_BOUNDS: [f64; 8] = [1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 21_600.0];

/// Counts of what was committed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Occurrences of triggers, by kind and how they ended.
    pub runs: BTreeMap<(&'static str, Outcome), u64>,
    /// How late they fired, by kind.
    pub lags: BTreeMap<&'static str, Lags>,
    /// Transactions that were made again because another was in the way.
    pub retries: u64,
}

/// How late the occurrences of a kind fired.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lags {
    /// How many were at most as late as each of [`LAG_BOUNDS`].
    pub within: [u64; LAG_BOUNDS.len()],
    /// How many there were.
    pub count: u64,
    /// How late they were together, seconds.
    pub seconds: f64,
}

/// One end of an occurrence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fired {
    kind: &'static str,
    outcome: Outcome,
    lag: f64,
}

/// The counts of a store, shared by everything that uses it.
#[derive(Debug, Clone, Default)]
pub(super) struct Counter(Arc<Mutex<Tally>>);

impl Fired {
    pub(super) fn of(run: &Run) -> Self {
        let lag = run.fired_at.duration_since(run.due_at).as_secs_f64().max(0.0);
        Self { kind: run.occasion.kind(), outcome: run.outcome, lag }
    }
}

impl Counter {
    /// Counts what a transaction has committed.
    pub(super) fn note(&self, fired: &[Fired]) {
        let mut tally = self.lock();
        for Fired { kind, outcome, lag } in fired {
            *tally.runs.entry((kind, *outcome)).or_default() += 1;
            tally.lags.entry(kind).or_default().note(*lag);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lags {
    fn note(&mut self, lag: f64) {
        for (n, bound) in self.within.iter_mut().zip(LAG_BOUNDS) {
            *n += u64::from(lag <= bound);
        }
        self.count += 1;
        self.seconds += lag;
    }
}

impl Store {
    pub(super) fn counter(&self) -> &Counter {
        match self {
            Store::Sqlite(sqlite) => &sqlite.counter,
            Store::Postgres(postgres) => &postgres.counter,
        }
    }

    /// Returns what this process has done since it opened the store.
    pub fn tally(&self) -> Tally {
        self.counter().lock().clone()
    }

    /// Counts a transaction that is made again because another was in the way.
    pub(crate) fn note_retry(&self) {
        self.counter().lock().retries += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lag_is_within_every_bound_that_it_does_not_pass() {
        let mut lags = Lags::default();
        lags.note(1.0);
        lags.note(1.5);
        lags.note(30_000.0);
        assert_eq!(lags.within, [1, 2, 2, 2, 2, 2, 2, 2]);
        assert_eq!((lags.count, lags.seconds), (3, 30_002.5));
    }
}
