//! What the weekly scans of the past would have said, and what came of it.

use std::collections::BTreeMap;

use rayon::prelude::*;
use regiment_core::policy::Policy;
use serde::Serialize;

use super::scores::Judged;
use crate::history::{ClientHistory, Day, History};
use crate::label::{HORIZON, LAPSE_BELOW, adherence, lapsed};
use crate::rules::{self, Known};
use crate::stats::{count, weekday};
use crate::{anomaly, notes};

/// What became of one flag.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Fired {
    /// How many client-weeks it was raised in.
    pub fired: usize,
    /// For how many of those the next week is known and the client was at risk.
    pub judged: usize,
    /// How many of those lapsed within the seven days after.
    pub lapsed: usize,
    /// The mean number of days from the scan to the first bad day of a lapse.
    pub days_ahead: Option<f64>,
}

/// The scans of a span of time under one policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Backtest {
    /// How many Sundays.
    pub scans: usize,
    /// How many client-weeks.
    pub scanned: usize,
    /// Of those that were judged, the share that lapsed: what a flag is to be compared with.
    pub base_rate: Option<f64>,
    /// How many judged client-weeks bore no flag at all and lapsed.
    pub lapsed_unflagged: usize,
    /// What became of each flag, by its name without what it is about.
    pub flags: BTreeMap<String, Fired>,
}

/// Replays the scans of the Sundays between two days, both inclusive.
pub fn backtest(history: &History, from: Day, until: Day, policy: &Policy) -> Backtest {
    let sundays: Vec<Day> = (from..=until).filter(|day| weekday(*day) == 6).collect();
    let weeks: Vec<Week> = history
        .clients
        .par_iter()
        .flat_map_iter(|client| sundays.iter().map(move |day| (client, *day)))
        .filter(|(client, day)| rules::is_scanned(client, *day))
        .map(|(client, day)| week(history, client, day, policy))
        .collect();
    let mut flags: BTreeMap<String, Fired> = BTreeMap::new();
    let mut ahead: BTreeMap<String, usize> = BTreeMap::new();
    for week in &weeks {
        for flag in &week.flags {
            let fired = flags.entry(flag.clone()).or_default();
            fired.fired += 1;
            fired.judged += usize::from(week.lapsed.is_some());
            if week.lapsed == Some(true) {
                fired.lapsed += 1;
                *ahead.entry(flag.clone()).or_default() += week.days_ahead;
            }
        }
    }
    for (flag, fired) in &mut flags {
        let days = ahead.get(flag).copied().unwrap_or_default();
        fired.days_ahead = (fired.lapsed > 0).then(|| count(days) / count(fired.lapsed));
    }
    let judged: Vec<bool> = weeks.iter().filter_map(|week| week.lapsed).collect();
    let lapses = judged.iter().filter(|lapsed| **lapsed).count();
    let silent = |week: &&Week| week.flags.is_empty() && week.lapsed == Some(true);
    Backtest {
        scans: sundays.len(),
        scanned: weeks.len(),
        base_rate: (!judged.is_empty()).then(|| count(lapses) / count(judged.len())),
        lapsed_unflagged: weeks.iter().filter(silent).count(),
        flags,
    }
}

/// Returns the mean squared error of predictions.
pub fn brier(judged: &[Judged]) -> Option<f64> {
    let squares = judged.iter().map(|one| (one.risk - f64::from(u8::from(one.lapsed))).powi(2));
    (!judged.is_empty()).then(|| squares.sum::<f64>() / count(judged.len()))
}

struct Week {
    flags: Vec<String>,
    lapsed: Option<bool>,
    /// Days to the first bad one, for a lapse.
    days_ahead: usize,
}

fn week(history: &History, client: &ClientHistory, day: Day, policy: &Policy) -> Week {
    let known = Known::default();
    let verdict = rules::check(client, &history.exercises, day, &policy.flags, &known);
    let mut flags: Vec<String> = verdict
        .flags
        .into_iter()
        .chain(anomaly::findings(client, day))
        .chain(notes::findings(client, None, day))
        .map(|finding| finding.evidence.flag.flag.to_string())
        .collect();
    flags.sort();
    flags.dedup();
    let is_bad = |day: Day| adherence(client, &(day..=day)).is_some_and(|done| done < LAPSE_BELOW);
    let first = (1..=HORIZON).find(|ahead| is_bad(day + ahead));
    Week {
        flags,
        lapsed: lapsed(client, day),
        days_ahead: first.and_then(|days| usize::try_from(days).ok()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Outcome;
    use crate::testing::{client, history};

    /// A client whose meals are done up to a day and missed from then on.
    fn until(user_id: &str, last_good: Day) -> ClientHistory {
        (0..84).fold(client(user_id), |life, day| {
            let outcome = if day <= last_good { Outcome::Completed } else { Outcome::Missed };
            life.with_meals(day, &[outcome; 3])
        })
    }

    #[test]
    fn each_flag_is_told_with_what_came_of_it() {
        // Days 38, 45, 52, 59 and 66 are Sundays.
        let steady = until("1", 100);
        let leaves = until("2", 60);
        let told = backtest(&history([steady, leaves]), 35, 66, &Policy::default());
        assert_eq!((told.scans, told.scanned), (5, 10));
        // At risk on nine client-weeks: on day 66 the second has lapsed already.
        assert_eq!(told.base_rate, Some(1.0 / 9.0));
        assert_eq!(told.lapsed_unflagged, 1);
        let soft = &told.flags["soft_compliance"];
        assert_eq!((soft.fired, soft.judged, soft.lapsed, soft.days_ahead), (1, 0, 0, None));
    }

    #[test]
    fn a_lapse_is_as_many_days_ahead_as_its_first_bad_day() {
        // Two meals of the Sunday are missed, and everything from Tuesday on.
        let leaves = (0..84).fold(client("1"), |life, day| {
            let of_day = match day {
                59 => [Outcome::Completed, Outcome::Missed, Outcome::Missed],
                61.. => [Outcome::Missed; 3],
                _ => [Outcome::Completed; 3],
            };
            life.with_meals(day, &of_day)
        });
        let told = backtest(&history([leaves]), 59, 59, &Policy::default());
        let soft = &told.flags["soft_compliance"];
        assert_eq!((soft.fired, soft.judged, soft.lapsed), (1, 1, 1));
        assert_eq!(soft.days_ahead, Some(2.0));
    }

    #[test]
    fn another_policy_fires_on_other_weeks() {
        let slips = (0..84).fold(client("1"), |life, day| {
            let outcome = if day == 57 { Outcome::Missed } else { Outcome::Completed };
            life.with_meals(day, &[outcome, Outcome::Completed])
        });
        let history = history([slips]);
        let mut strict = Policy::default();
        strict.flags.soft_compliance_meals = 1;
        assert!(backtest(&history, 59, 59, &Policy::default()).flags.is_empty());
        assert_eq!(backtest(&history, 59, 59, &strict).flags["soft_compliance"].fired, 1);
    }
}
