//! Planted cases: lives in which it is known what there is to find.
//!
//! How often a detector finds what was planted, and how often it finds what was not.

pub(crate) mod life;

use serde::{Deserialize, Serialize};

use crate::chance::Draws;
use crate::stats::{count, lift, weight};

/// Lives that are drawn for each figure.
const LIVES: u32 = 1_000;

/// How often a detector was right on planted cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// The share of planted cases that were found, 0 to 1.
    pub recall: f64,
    /// The share of cases without the plant that were raised all the same, 0 to 1.
    pub false_alarms: f64,
    /// How many cases had the plant.
    pub planted: usize,
    /// How many had not.
    pub clean: usize,
}

impl Rates {
    fn of(planted: &[bool], clean: &[bool]) -> Self {
        let share = |found: &[bool]| {
            count(found.iter().filter(|found| **found).count()) / count(found.len().max(1))
        };
        Self {
            recall: share(planted),
            false_alarms: share(clean),
            planted: planted.len(),
            clean: clean.len(),
        }
    }
}

/// Measures the weight trend: 21 daily weigh-ins of a client of 90 kg with noise of 0.35 kg, who
/// stands still or loses 0.5 kg a week.
pub fn weight_stalls(seed: u64) -> Rates {
    let stalled = |kg_per_week: f64, stream: u64| {
        let is_stalled = |index: u32| {
            let mut draws = Draws::new(seed, stream + u64::from(index));
            let client = life::weighing(21, kg_per_week, 0.35, &mut draws);
            weight::trend(&client, life::FIRST + 20).is_ok_and(|trend| trend.is_stalled())
        };
        (0..LIVES).map(is_stalled).collect::<Vec<_>>()
    };
    Rates::of(&stalled(0.0, 1 << 32), &stalled(-0.5, 2 << 32))
}

/// Measures the lift trend: 16 sessions, two a week, of e1RMs with 4% of noise, of a lift that stands
/// still or gains 0.5% a week.
pub fn lift_stalls(seed: u64) -> Rates {
    lift_stalls_with(seed, lift::LiftTrend::is_stalled)
}

/// Measures the rule of attempts, `stalled_lift`, on the same lives.
pub fn lift_stalls_by_attempts(seed: u64) -> Rates {
    lift_stalls_with(seed, |trend| trend.attempts == lift::Attempts::Stalled)
}

fn lift_stalls_with(seed: u64, is_stalled: fn(&lift::LiftTrend) -> bool) -> Rates {
    let stalled = |percent_per_week: f64, stream: u64| {
        let is_found = |index: u32| {
            let mut draws = Draws::new(seed, stream + u64::from(index));
            let client = life::lifting(16, percent_per_week, 0.04, &mut draws);
            let last = client.sets.last().map_or(life::FIRST, |set| set.day);
            lift::trend(&client, 0, last).is_ok_and(|trend| is_stalled(&trend))
        };
        (0..LIVES).map(is_found).collect::<Vec<_>>()
    };
    Rates::of(&stalled(0.0, 3 << 32), &stalled(0.5, 4 << 32))
}

#[cfg(test)]
mod tests;
