//! Whether the clients of now are still those that a model was judged on.
//!
//! The population stability index of a feature is the sum over ten bins of (now - then) x ln(now /
//! then), where `then` are the shares of the bins in the reference, cut at its deciles. Below 0.1
//! nothing happened; from 0.25 on something did (Siddiqi, *Credit Risk Scorecards*, 2006).

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::scores::Judged;
use crate::features::{FEATURES, Features, features};
use crate::history::{Day, History};
use crate::label::lapsed;
use crate::priority::Priorities;
use crate::rules;
use crate::stats::{count, weekday};

/// From this index on a feature is watched.
pub const WARN: f64 = 0.1;

/// From this index on a model is doubted.
pub const ACT: f64 = 0.25;

/// How many bins a feature is cut into.
const BINS: usize = 10;

/// The part of an observation that an empty bin counts as, so that its logarithm exists.
const EMPTY: f64 = 0.5;

/// Of fewer risks, or fewer lapses among them, nothing is said.
const LEAST: (usize, usize) = (200, 30);

/// A model that expects less than a half or more than twice the lapses that come is doubted.
const MOST_OFF: f64 = 2.0;

/// Whether risks that were given still come true.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rolling {
    /// How many risks.
    pub n: usize,
    /// Their mean.
    pub expected: f64,
    /// The share that lapsed.
    pub lapsed: f64,
    /// Their mean squared error.
    pub brier: f64,
}

impl Rolling {
    /// Judges risks by what came of them; `None` of fewer than 200, or with fewer than 30 lapses.
    pub fn of(judged: &[Judged]) -> Option<Self> {
        let lapses = judged.iter().filter(|one| one.lapsed).count();
        if judged.len() < LEAST.0 || lapses < LEAST.1 {
            return None;
        }
        let n = count(judged.len());
        let squares = judged.iter().map(|one| (one.risk - f64::from(u8::from(one.lapsed))).powi(2));
        Some(Self {
            n: judged.len(),
            expected: judged.iter().map(|one| one.risk).sum::<f64>() / n,
            lapsed: count(lapses) / n,
            brier: squares.sum::<f64>() / n,
        })
    }

    /// Returns the Brier score of saying the share that lapsed to everybody.
    pub fn brier_of_share(&self) -> f64 {
        self.lapsed * (1.0 - self.lapsed)
    }

    /// Returns why the model is to be doubted: its risks are worse than one risk for everybody, or it
    /// expects twice or half the lapses that come.
    pub fn doubt(&self) -> Option<String> {
        let ratio = self.expected / self.lapsed;
        let is_off = !(1.0 / MOST_OFF..=MOST_OFF).contains(&ratio);
        (is_off || self.brier > self.brier_of_share()).then(|| {
            format!(
                "the lapse model no longer fits: of {} risks {:.0}% were expected to come true and {:.0}% did; \
                 Brier score {:.3}, {:.3} by one risk for everybody",
                self.n,
                100.0 * self.expected,
                100.0 * self.lapsed,
                self.brier,
                self.brier_of_share(),
            )
        })
    }
}

/// How far a feature moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    /// The feature.
    pub feature: String,
    /// Its population stability index.
    pub psi: f64,
    /// What follows.
    pub level: Level,
}

/// What follows from an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing.
    Steady,
    /// Watch it.
    Warn,
    /// Doubt the model.
    Act,
}

impl Level {
    /// Returns what follows from an index.
    pub const fn of(psi: f64) -> Self {
        if psi >= ACT {
            Self::Act
        } else if psi >= WARN {
            Self::Warn
        } else {
            Self::Steady
        }
    }
}

/// The recent weeks against the ones before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// Every feature, the one that moved most first.
    pub features: Vec<Moved>,
    /// The rate of lapses of the recent weeks over that of the reference.
    pub base_rate_ratio: Option<f64>,
    /// The share of scanned client-weeks for which there was too little history.
    pub gated: Option<f64>,
    /// What share of the cards with a flag coaches acted on, by flag; the prior's where few decided.
    pub acceptance: BTreeMap<String, f64>,
}

/// Compares the Sundays of the `weeks` weeks up to a day with all Sundays before them.
pub fn drift(history: &History, until: Day, weeks: Day, priorities: &Priorities) -> Drift {
    let since = until - 7 * weeks;
    let first = history.clients.iter().map(|client| client.profile.start).min().unwrap_or(until);
    let then = observed(history, first, since);
    let now = observed(history, since + 1, until);
    let mut moved: Vec<Moved> = FEATURES
        .iter()
        .enumerate()
        .map(|(place, feature)| {
            let values =
                |of: &Observed| of.features.iter().map(|one| one.values[place]).collect::<Vec<_>>();
            let psi = psi(&values(&then), &values(&now));
            Moved { feature: feature.name.to_owned(), psi, level: Level::of(psi) }
        })
        .collect();
    moved.sort_by(|a, b| b.psi.total_cmp(&a.psi).then(a.feature.cmp(&b.feature)));
    let rates = then.rate().zip(now.rate()).filter(|(then, _)| *then > 0.0);
    let scanned = now.features.len() + now.gated;
    Drift {
        features: moved,
        base_rate_ratio: rates.map(|(then, now)| now / then),
        gated: (scanned > 0).then(|| count(now.gated) / count(scanned)),
        acceptance: priorities
            .all()
            .map(|(flag, learned)| (flag.to_string(), learned.acceptance()))
            .collect(),
    }
}

/// Returns the population stability index of values against a reference; 0 where either is empty.
pub fn psi(then: &[f64], now: &[f64]) -> f64 {
    if then.is_empty() || now.is_empty() {
        return 0.0;
    }
    let mut sorted = then.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut cuts: Vec<f64> = (1..BINS).map(|bin| sorted[bin * sorted.len() / BINS]).collect();
    cuts.dedup();
    let binned = |values: &[f64]| {
        let mut bins = vec![0.0_f64; cuts.len() + 1];
        for value in values {
            bins[cuts.partition_point(|cut| cut <= value)] += 1.0;
        }
        bins
    };
    let share = |n: f64, of: &[f64]| n.max(EMPTY) / count(of.len());
    binned(then)
        .into_iter()
        .zip(binned(now))
        .filter(|(before, after)| *before + *after > 0.0)
        .map(|(before, after)| (share(before, then), share(after, now)))
        .map(|(before, after)| (after - before) * (after / before).ln())
        .sum()
}

#[derive(Default)]
struct Observed {
    features: Vec<Features>,
    gated: usize,
    judged: usize,
    lapsed: usize,
}

impl Observed {
    fn rate(&self) -> Option<f64> {
        (self.judged > 0).then(|| count(self.lapsed) / count(self.judged))
    }
}

/// Looks at every scanned client on every Sunday between two days.
fn observed(history: &History, from: Day, until: Day) -> Observed {
    let sundays: Vec<Day> = (from..=until).filter(|day| weekday(*day) == 6).collect();
    let weeks: Vec<_> = history
        .clients
        .par_iter()
        .flat_map_iter(|client| sundays.iter().map(move |day| (client, *day)))
        .filter(|(client, day)| rules::is_scanned(client, *day))
        .map(|(client, day)| (features(client, day), lapsed(client, day)))
        .collect();
    let mut seen = Observed::default();
    for (features, lapsed) in weeks {
        match features {
            Ok(features) => seen.features.push(features),
            Err(_) => seen.gated += 1,
        }
        seen.judged += usize::from(lapsed.is_some());
        seen.lapsed += usize::from(lapsed == Some(true));
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Draws;
    use crate::history::Outcome;
    use crate::testing::{client, history};

    fn drawn(mean: f64, seed: u64) -> Vec<f64> {
        let mut draws = Draws::new(seed, 0);
        (0..5_000).map(|_| draws.normal(mean, 1.0)).collect()
    }

    #[test]
    fn the_same_people_are_steady_and_others_are_not() {
        let then = drawn(0.0, 1);
        assert!(psi(&then, &then).abs() < 1e-12);
        assert_eq!(Level::of(psi(&then, &drawn(0.0, 2))), Level::Steady);
        // A shift by d standard deviations of a normal has an index of d squared.
        let shifted = psi(&then, &drawn(0.4, 3));
        assert!((0.11..0.21).contains(&shifted), "{shifted}");
        assert_eq!(Level::of(shifted), Level::Warn);
        assert_eq!(Level::of(psi(&then, &drawn(1.0, 4))), Level::Act);
    }

    #[test]
    fn the_levels_begin_at_their_bounds() {
        let check = |psi: f64, level| assert_eq!(Level::of(psi), level, "{psi}");
        check(0.099, Level::Steady);
        check(0.1, Level::Warn);
        check(0.249, Level::Warn);
        check(0.25, Level::Act);
    }

    /// Risks of one height, and of each hundred so many lapses.
    fn given(risk: f64, percent: usize, n: usize) -> Vec<Judged> {
        (0..n).map(|at| Judged { risk, lapsed: at % 100 < percent }).collect()
    }

    #[test]
    fn a_model_is_doubted_when_twice_or_half_as_many_lapse() {
        let check = |risk: f64, is_doubted: bool| {
            let rolling = Rolling::of(&given(risk, 20, 400)).expect("enough");
            // Saying one risk to everybody is never better than the share that lapsed.
            assert_eq!(rolling.brier > rolling.brier_of_share() + 1e-12, (risk - 0.2).abs() > 1e-9);
            let off = Rolling { brier: 0.0, ..rolling };
            assert_eq!(off.doubt().is_some(), is_doubted, "{risk}");
        };
        check(0.099, true);
        check(0.101, false);
        check(0.2, false);
        check(0.399, false);
        check(0.401, true);
    }

    #[test]
    fn a_model_whose_order_is_worth_nothing_is_doubted_though_its_mean_is_right() {
        let mut judged = given(0.05, 0, 300);
        judged.extend(given(0.35, 40, 300));
        let ranks = Rolling::of(&judged).expect("enough");
        assert_eq!(ranks.doubt(), None);
        let turned: Vec<Judged> =
            judged.iter().map(|one| Judged { risk: 0.4 - one.risk, ..*one }).collect();
        let doubt = Rolling::of(&turned).expect("enough").doubt().expect("doubted");
        assert!(
            doubt.contains("of 600 risks 20% were expected to come true and 20% did"),
            "{doubt}"
        );
    }

    #[test]
    fn of_few_risks_nothing_is_said() {
        assert_eq!(Rolling::of(&given(0.2, 20, 199)), None);
        assert_eq!(Rolling::of(&given(0.2, 14, 200)), None);
        assert!(Rolling::of(&given(0.2, 15, 200)).is_some());
    }

    #[test]
    fn nothing_to_compare_is_no_drift() {
        assert!(psi(&[], &[1.0]).abs() < 1e-12);
        assert!(psi(&[1.0], &[]).abs() < 1e-12);
        assert!(psi(&[1.0; 50], &[1.0; 7]).abs() < 1e-12);
    }

    #[test]
    fn a_company_that_stops_logging_is_seen() {
        let clients = (1..=30).map(|n| {
            (0..140).fold(client(&n.to_string()), |life, day| {
                let missed = if day < 110 { day % 9 == n % 9 } else { day % 3 != n % 3 };
                let outcome = if missed { Outcome::Missed } else { Outcome::Completed };
                life.with_meals(day, &[outcome; 3])
            })
        });
        let told = drift(&history(clients), 139, 4, &Priorities::default());
        assert_eq!(told.features[0].level, Level::Act);
        assert_eq!(told.gated, Some(0.0));
        assert!(told.features.windows(2).all(|pair| pair[0].psi >= pair[1].psi));
    }
}
