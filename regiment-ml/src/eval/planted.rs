//! Planted cases: lives in which it is known what there is to find.
//!
//! How often a detector finds what was planted, and how often it finds what was not.

pub mod falsify;
pub(crate) mod life;
mod table;

use std::collections::BTreeMap;

use regiment_core::engine::care::graded::{GradedNote, graded_notes};
use regiment_core::engine::care::lexicon::{State, Topic, read};
use serde::{Deserialize, Serialize};

use crate::anomaly;
use crate::chance::Draws;
use crate::history::{ClientHistory, Day, History, Outcome};
use crate::stats::{count, lift, weight, within};
use falsify::Falsehood;

/// Lives that are drawn for each figure.
const LIVES: u32 = 1_000;

/// The most clients whose logs are falsified.
const MOST_CLIENTS: usize = 500;

/// How often each detector found what was planted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planted {
    /// The seed of every draw.
    pub seed: u64,
    /// The weight trend, [`weight_stalls`].
    pub weight_stalls: Rates,
    /// The lift trend, [`lift_stalls`].
    pub lift_stalls: Rates,
    /// The rule of attempts on the same lifts.
    pub lift_stalls_by_attempts: Rates,
    /// The anomaly score, [`falsified_logs`].
    pub falsified_logs: FalsifiedLogs,
    /// The lexicon, [`injury_notes`].
    pub injury_notes: Rates,
}

/// Measures every detector. `logs` are taken as clean, and falsified copies of them are what the
/// anomaly score has to find.
pub fn measure(logs: &History, seed: u64) -> Planted {
    Planted {
        seed,
        weight_stalls: weight_stalls(seed),
        lift_stalls: lift_stalls(seed),
        lift_stalls_by_attempts: lift_stalls_by_attempts(seed),
        falsified_logs: falsified_logs(logs, seed),
        injury_notes: injury_notes(),
    }
}

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
    /// Returns the share of what was raised that had the plant, 0 to 1; 1 where nothing was raised.
    pub fn precision(&self) -> f64 {
        let hits = self.recall * count(self.planted);
        let raised = hits + self.false_alarms * count(self.clean);
        if raised > 0.0 { hits / raised } else { 1.0 }
    }

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

/// How often falsified logs were raised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FalsifiedLogs {
    /// All ways together, and the clean client-weeks.
    pub all: Rates,
    /// By the way in which they were falsified.
    pub by_kind: BTreeMap<String, Rates>,
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

/// Measures the anomaly score on every client-week of `clean` that is long enough: as it is, and with
/// one [`Falsehood`] planted, each in turn. The weeks end on the seven-day steps back from the last
/// check-in of each client; clients with fewer than ten given check-ins in the last 28 days are left
/// out, and of many clients the first 500 are taken.
pub fn falsified_logs(clean: &History, seed: u64) -> FalsifiedLogs {
    let mut planted = BTreeMap::<Falsehood, Vec<bool>>::new();
    let mut raised = Vec::new();
    for (stream, client) in (5u64 << 32..).zip(clean.clients.iter().take(MOST_CLIENTS)) {
        let mut draws = Draws::new(seed, stream);
        for as_of in weeks(client) {
            raised.push(anomaly::assess(client, as_of).deserves_a_look());
            let falsehood = Falsehood::ALL[raised.len() % Falsehood::ALL.len()];
            let Some(falsified) = falsify::falsify(client, falsehood, as_of, &mut draws) else {
                continue;
            };
            let found = anomaly::assess(&falsified, as_of).deserves_a_look();
            planted.entry(falsehood).or_default().push(found);
        }
    }
    let all = planted.values().flatten().copied().collect::<Vec<_>>();
    FalsifiedLogs {
        all: Rates::of(&all, &raised),
        by_kind: planted
            .iter()
            .map(|(kind, found)| (kind.name().to_owned(), Rates::of(found, &[])))
            .collect(),
    }
}

/// Measures the reading of notes on the graded ones: which of them speak of an injury as present. The
/// lexicon was tuned on them, so the figure says that it still does what it did.
pub fn injury_notes() -> Rates {
    let (injured, others): (Vec<_>, Vec<_>) =
        graded_notes().into_iter().partition(|graded| graded.topics.contains(&Topic::Injury));
    let raised = |graded: &[GradedNote]| {
        let is_raised = |graded: &GradedNote| {
            let concerns = read(graded.note);
            concerns.iter().any(|c| c.topic == Topic::Injury && c.state == State::Present)
        };
        graded.iter().map(is_raised).collect::<Vec<_>>()
    };
    Rates::of(&raised(&injured), &raised(&others))
}

/// The client-weeks in which there is enough to falsify: at least six weeks in, every seven days.
fn weeks(client: &ClientHistory) -> impl Iterator<Item = Day> + '_ {
    let last = client.checkins.last().map_or(Day::MIN, |row| row.day);
    let first = client.checkins.first().map_or(Day::MAX, |row| row.day).saturating_add(41);
    (first..=last).rev().step_by(7).filter(|as_of| {
        within(&client.checkins, |row| row.day, &(as_of - 27..=*as_of))
            .iter()
            .filter(|row| row.outcome == Outcome::Completed)
            .count()
            >= 10
    })
}

#[cfg(test)]
mod tests;
