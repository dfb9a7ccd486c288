//! The signs, one by one.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use regiment_core::calendar::{Zone, offset_seconds};
use regiment_core::record::{Level, Mood, Sleep};

use super::{Sign, SignKind, WINDOW, log_odds};
use crate::history::{CheckinRow, ClientHistory, Day, Outcome};
use crate::stats::{count, says_vs_scale, weight, within};

/// The shortest run of equal answers that counts.
const ANSWER_RUN: usize = 7;

/// The shortest run of equal weights that counts.
const WEIGHT_RUN: usize = 6;

/// How far back a client's habits are looked up.
const HABITS: Day = 56;

/// Logs within [`BURST_SECONDS`] that make a burst.
const BURST: usize = 6;

/// The length of a burst.
const BURST_SECONDS: i64 = 60;

/// The local hour before which no order has gone out.
const SMALL_HOURS: i64 = 5;

/// Cardio logs without exception.
const CARDIO_RUN: usize = 14;

/// The fewest weigh-ins whose last digits are counted.
const MIN_DIGITS: usize = 20;

/// Chi-square of 9 degrees of freedom, passed by chance one time in a thousand.
const CHI_SQUARE: f64 = 27.88;

/// The spread of weights, in kg, from which on last digits are spread evenly.
const SPREAD_FOR_DIGITS: f64 = 0.4;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// When something was logged as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// In Unix microseconds of the client's wall clock.
    local: i64,
    /// The date it is about.
    about: Day,
}

impl Entry {
    fn entered(self) -> Day {
        Day::try_from(self.local.div_euclid(DAY)).unwrap_or(Day::MAX)
    }

    fn hour(self) -> i64 {
        self.local.rem_euclid(DAY) / (3_600 * SECOND)
    }
}

/// Returns when everything of a window was logged as done, in order. What the system logged as missed
/// is nobody's doing. Logs of one microsecond are one: no thumb is that fast, a file is.
pub(super) fn entries(
    client: &ClientHistory,
    zone: &Zone,
    window: &RangeInclusive<Day>,
) -> Vec<Entry> {
    let meals = within(&client.meals, |row| row.day, window)
        .iter()
        .map(|row| (row.day, row.at, row.outcome));
    let sets = within(&client.sets, |row| row.day, window)
        .iter()
        .map(|row| (row.day, row.at, row.outcome));
    let cardio = within(&client.cardio, |row| row.day, window)
        .iter()
        .map(|row| (row.day, row.at, row.outcome));
    let checkins = within(&client.checkins, |row| row.day, window)
        .iter()
        .map(|row| (row.day, row.at, row.outcome));
    let mut entries = meals
        .chain(sets)
        .chain(cardio)
        .chain(checkins)
        .filter(|(_, _, outcome)| *outcome != Outcome::Missed)
        .filter_map(|(about, at, _)| {
            let offset = offset_seconds(zone, Timestamp::from_microsecond(at).ok()?);
            Some(Entry { local: at + i64::from(offset) * SECOND, about })
        })
        .collect::<Vec<_>>();
    entries.sort_unstable();
    entries.dedup_by_key(|entry| entry.local);
    entries
}

/// The longest run of equal answers that reaches into the window. How much it says depends on how
/// often this client gives the same answers twice otherwise: each repetition adds
/// `ln(copies / habit)`.
pub(super) fn same_answers(client: &ClientHistory, window: &RangeInclusive<Day>) -> Option<Sign> {
    let answers = within(&client.checkins, |row| row.day, &habits(window))
        .iter()
        .filter_map(|row| Some((row.day, answers(row)?)))
        .collect::<Vec<_>>();
    let run = longest_run(&answers, window, |a, b| a == b)?;
    if run.len() < ANSWER_RUN {
        return None;
    }
    let others = answers.windows(2).filter(|pair| !run.contains(&pair[1].0));
    let (same, pairs) = others.fold((0.0, 0.0), |(same, pairs), pair| {
        (same + f64::from(u8::from(pair[0].1 == pair[1].1)), pairs + 1.0)
    });
    // As if ten pairs had been seen, two of them equal.
    let habit = (same + 2.0) / (pairs + 10.0);
    Some(of_run(SignKind::SameAnswers, run, habit, log_odds::ANSWERS_CAP))
}

/// The longest run of equal weights that reaches into the window. Noise of `s` kg on a scale of steps
/// of `d` kg repeats itself with a probability of about `d / (2 s sqrt(pi))`.
pub(super) fn same_weight(client: &ClientHistory, window: &RangeInclusive<Day>) -> Option<Sign> {
    let weights = weight::weigh_ins(client, &habits(window));
    let tenths = weights.iter().map(|(day, kg)| (*day, tenths(*kg))).collect::<Vec<_>>();
    let run = longest_run(&tenths, window, |a, b| a == b)?;
    if run.len() < WEIGHT_RUN {
        return None;
    }
    let changes = weights
        .windows(2)
        .filter(|pair| !run.contains(&pair[1].0))
        .map(|pair| (pair[1].1 - pair[0].1).abs() / std::f64::consts::SQRT_2)
        .collect();
    let step = step(&weights);
    let repeats = step / (2.0 * weight::noise(changes) * std::f64::consts::PI.sqrt());
    Some(of_run(SignKind::SameWeight, run, repeats.min(0.9), log_odds::WEIGHTS_CAP))
}

/// Whether the last digits of the last 56 days' weights are spread as a scale of 0.1 kg spreads them:
/// Pearson's chi-square against equal shares, where the weights vary enough for that.
pub(super) fn digits(client: &ClientHistory, as_of: Day) -> Option<Sign> {
    let weights = weight::weigh_ins(client, &(as_of.saturating_sub(HABITS - 1)..=as_of));
    let n = count(weights.len());
    let mean = weights.iter().map(|(_, kg)| kg).sum::<f64>() / n;
    let spread = (weights.iter().map(|(_, kg)| (kg - mean).powi(2)).sum::<f64>() / n).sqrt();
    let is_coarse = step(&weights) > 0.1;
    if weights.len() < MIN_DIGITS || spread < SPREAD_FOR_DIGITS || is_coarse {
        return None;
    }
    let mut seen = [0.0; 10];
    for (_, kg) in &weights {
        seen[usize::try_from(tenths(*kg).rem_euclid(10)).unwrap_or_default()] += 1.0;
    }
    let expected = n / 10.0;
    let chi_square = seen.iter().map(|n| (n - expected).powi(2) / expected).sum::<f64>();
    (chi_square > CHI_SQUARE).then(|| Sign {
        kind: SignKind::Digits,
        n: weights.len(),
        log_odds: log_odds::DIGITS,
        days: Vec::new(),
    })
}

/// The days on which the weight is further from the day before than noise and body explain.
pub(super) fn jumps(client: &ClientHistory, window: &RangeInclusive<Day>) -> Option<Sign> {
    let weights = weight::weigh_ins(client, &habits(window));
    let changes = weights
        .windows(2)
        .map(|pair| (pair[1].1 - pair[0].1).abs() / std::f64::consts::SQRT_2)
        .collect();
    // The change of two weigh-ins has the noise of both.
    let noise = weight::noise(changes) * std::f64::consts::SQRT_2;
    let days = weights
        .windows(2)
        .filter(|pair| {
            let (before, after) = (pair[0], pair[1]);
            let change = (after.1 - before.1).abs();
            window.contains(&after.0)
                && after.0 - before.0 == 1
                && change > 4.0 * noise
                && change > 0.015 * before.1
        })
        .map(|pair| pair[1].0)
        .collect::<Vec<_>>();
    (!days.is_empty()).then_some(Sign {
        kind: SignKind::Jump,
        n: days.len(),
        log_odds: log_odds::JUMP,
        days,
    })
}

/// The local dates on which six or more logs were entered within a minute.
pub(super) fn bursts(entries: &[Entry]) -> Option<Sign> {
    let days = entries
        .windows(BURST)
        .filter(|burst| burst[BURST - 1].local - burst[0].local <= BURST_SECONDS * SECOND)
        .map(|burst| burst[0].entered());
    of_days(SignKind::Burst, days, log_odds::BURST_DAY)
}

/// The local dates with logs between midnight and 05:00.
pub(super) fn nights(entries: &[Entry]) -> Option<Sign> {
    let days =
        entries.iter().filter(|entry| entry.hour() < SMALL_HOURS).map(|entry| entry.entered());
    of_days(SignKind::Night, days, log_odds::NIGHT_DAY)
}

/// The dates of which something was entered as done when they were over.
pub(super) fn backfilled(entries: &[Entry]) -> Option<Sign> {
    let days =
        entries.iter().filter(|entry| entry.entered() > entry.about).map(|entry| entry.about);
    of_days(SignKind::Backfilled, days, log_odds::BACKFILLED_DAY)
}

/// Cardio of the last 28 days that is, whenever it was done at all, exactly what was ordered.
pub(super) fn exact_cardio(client: &ClientHistory, as_of: Day) -> Option<Sign> {
    let window = as_of.saturating_sub(2 * WINDOW - 1)..=as_of;
    let done = within(&client.cardio, |row| row.day, &window)
        .iter()
        .filter(|row| row.outcome != Outcome::Missed)
        .collect::<Vec<_>>();
    let is_exact = done.len() >= CARDIO_RUN && done.iter().all(|row| row.actual == row.assigned);
    is_exact.then(|| Sign {
        kind: SignKind::ExactCardio,
        n: done.len(),
        log_odds: log_odds::EXACT_CARDIO,
        days: Vec::new(),
    })
}

/// Meals that are all done while the weight moves against the goal, with the log-odds of the latter.
pub(super) fn meals_against_scale(client: &ClientHistory, as_of: Day) -> Option<Sign> {
    let trend = weight::trend(client, as_of).ok()?;
    let against = trend.against(client.profile.goal).filter(|against| *against >= weight::SURE)?;
    let n = says_vs_scale::all_meals(client, as_of)?;
    let odds = (against / (1.0 - against)).ln();
    Some(Sign {
        kind: SignKind::MealsAgainstScale,
        n,
        log_odds: odds.min(log_odds::SCALE_CAP),
        days: Vec::new(),
    })
}

/// The window in which habits and runs are looked up.
fn habits(window: &RangeInclusive<Day>) -> RangeInclusive<Day> {
    window.end().saturating_sub(HABITS - 1)..=*window.end()
}

fn answers(row: &CheckinRow) -> Option<(Mood, Level, Sleep, Level)> {
    let answers = (row.mood?, row.soreness?, row.sleep?, row.stress?);
    (row.outcome == Outcome::Completed).then_some(answers)
}

fn tenths(kg: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a weight is a few hundred kilograms")]
    let tenths = (kg * 10.0).round() as i64;
    tenths
}

/// The coarsest step of a scale, in kg, that shows all of the weights.
fn step(weights: &[(Day, f64)]) -> f64 {
    [(10, 1.0), (5, 0.5), (2, 0.2)]
        .into_iter()
        .find(|(step, _)| weights.iter().all(|(_, kg)| tenths(*kg) % step == 0))
        .map_or(0.1, |(_, kg)| kg)
}

/// Returns the days of the longest run of equal values that ends in the window.
fn longest_run<T>(
    rows: &[(Day, T)],
    window: &RangeInclusive<Day>,
    is_same: impl Fn(&T, &T) -> bool,
) -> Option<Vec<Day>> {
    rows.chunk_by(|(_, a), (_, b)| is_same(a, b))
        .filter(|run| run.last().is_some_and(|(day, _)| window.contains(day)))
        .max_by_key(|run| run.len())
        .map(|run| run.iter().map(|(day, _)| *day).collect())
}

fn of_run(kind: SignKind, days: Vec<Day>, habit: f64, cap: f64) -> Sign {
    let each = (log_odds::COPIES / habit).ln().max(0.0);
    let repetitions = count(days.len().saturating_sub(1));
    Sign { kind, n: days.len(), log_odds: (repetitions * each).min(cap), days }
}

fn of_days(kind: SignKind, days: impl Iterator<Item = Day>, each: f64) -> Option<Sign> {
    let mut days = days.collect::<Vec<_>>();
    days.sort_unstable();
    days.dedup();
    let counted = count(days.len().min(log_odds::MOST_DAYS));
    (!days.is_empty()).then_some(Sign { kind, n: days.len(), log_odds: counted * each, days })
}
