//! The features that sum up the last 56 days.

use crate::day::{ClientDay, Share};

use super::{FEATURES, N, WINDOW};

/// The share that is taken for granted where nothing is known: of everything, and by stream.
const USUAL: f64 = 0.8;
const USUAL_OF: [f64; 4] = [0.85, 0.8, 0.75, 0.85];

/// What a report says where none was made: mood, stress, sleep, soreness.
const USUALLY_FELT: [f64; 4] = [0.3, -0.3, 0.3, -0.3];

/// Hours from the prompt to the check-in where they are not known.
const USUAL_DELAY: f64 = 0.5;

/// A day on which less than this was done is a low day.
const LOW: f64 = 0.5;

/// Runs of days longer than this tell no more.
const LONGEST_RUN: u8 = 14;

pub(super) fn values(days: &[ClientDay], rate7: f64) -> [f64; N] {
    let all: Vec<Share> = days.iter().map(ClientDay::all).collect();
    let mut values = Vec::with_capacity(FEATURES.len());

    // How fast each rate forgets a day, and how many usual items it is shrunk by.
    for (keeps, items) in [(0.6, 1.0), (0.85, 1.5), (0.93, 3.0), (0.965, 4.0), (1.0, 5.0)] {
        values.push(log_odds(recent(&all, keeps, items, USUAL)));
    }
    values.push(all[WINDOW - 1].rate().unwrap_or(USUAL));
    values.push(rate7);
    values.push(weekdays_ahead(&all));
    values.extend(runs(&all));
    values.extend(troughs(&all));

    for (stream, usual) in USUAL_OF.into_iter().enumerate() {
        let shares: Vec<Share> = days.iter().map(|day| day.shares[stream]).collect();
        let rate = |keeps| log_odds(recent(&shares[WINDOW - 28..], keeps, 1.0, usual));
        if stream != 1 {
            values.push(rate(0.6));
        }
        values.extend([rate(0.85), rate(1.0)]);
    }

    let felt: [fn(&ClientDay) -> Option<f64>; 4] =
        [|day| day.felt.mood, |day| day.felt.stress, |day| day.felt.sleep, |day| day.felt.soreness];
    for (scale, (said, usual)) in felt.into_iter().zip(USUALLY_FELT).enumerate() {
        let said: Vec<Option<f64>> = days[WINDOW - 28..].iter().map(said).collect();
        if scale < 3 {
            values.push(mean(&said, 0.5, usual));
        }
        values.extend([mean(&said, 0.85, usual), mean(&said, 1.0, usual)]);
    }

    for stream in 0..4 {
        let later: Vec<_> = days[WINDOW - 28..].iter().map(|day| day.later[stream]).collect();
        values.push(mean(&later, 0.7, 0.0));
    }
    let delay: Vec<Option<f64>> = days[WINDOW - 28..].iter().map(|day| day.delay).collect();
    values.extend([mean(&delay, 0.6, USUAL_DELAY), mean(&delay, 1.0, USUAL_DELAY)]);
    values.push(if delay.iter().all(Option::is_none) { 1.0 } else { 0.0 });
    values.try_into().expect("as many values as features have names")
}

pub(super) fn log_odds(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// The share done, each day counting `keeps` times the next, shrunk by `items` usual ones.
fn recent(shares: &[Share], keeps: f64, items: f64, usual: f64) -> f64 {
    let (mut weight, mut done, mut assigned) = (1.0, items * usual, items);
    for share in shares.iter().rev() {
        done += weight * share.done;
        assigned += weight * share.assigned;
        weight *= keeps;
    }
    done / assigned
}

/// The mean of what was said, each day counting `keeps` times the next, shrunk by one usual day.
fn mean(said: &[Option<f64>], keeps: f64, usual: f64) -> f64 {
    let (mut weight, mut sum, mut n) = (1.0, usual, 1.0);
    for value in said.iter().rev() {
        if let Some(value) = value {
            sum += weight * value;
            n += weight;
        }
        weight *= keeps;
    }
    sum / n
}

/// The mean log-odds of the weekdays of the next seven days, each by its last eight occurrences.
fn weekdays_ahead(all: &[Share]) -> f64 {
    let ahead = (1..=7).map(|ahead| {
        let same: Vec<Share> =
            (1..=8).rev().map(|weeks| all[WINDOW - 1 + ahead - 7 * weeks]).collect();
        log_odds(recent(&same, 0.8, 1.0, USUAL).clamp(0.05, 0.97))
    });
    ahead.sum::<f64>() / 7.0
}

/// Days in a row that were not low and that were, up to the last one, and the longest low run of
/// the last 28 days: ln(1 + days).
fn runs(all: &[Share]) -> [f64; 3] {
    let low = |share: &Share| share.rate().is_some_and(|rate| rate < LOW);
    let count = |n: usize| f64::from(u8::try_from(n).unwrap_or(LONGEST_RUN).min(LONGEST_RUN));
    let streak = all.iter().rev().take_while(|share| !low(share)).count();
    let gap = all.iter().rev().take_while(|share| low(share)).count();
    let longest = all[WINDOW - 28..].chunk_by(|a, b| low(a) == low(b)).filter(|run| low(&run[0]));
    let longest = longest.map(<[Share]>::len).max().unwrap_or(0);
    [streak, gap, longest].map(|n| count(n).ln_1p())
}

/// The share of low days, the worst week and the spread of the days, over the last 28 days.
fn troughs(all: &[Share]) -> [f64; 3] {
    let month = &all[WINDOW - 28..];
    let rates: Vec<f64> = month.iter().filter_map(|share| share.rate()).collect();
    let low = month.iter().filter(|share| share.rate().is_some_and(|rate| rate < LOW)).count();
    let weeks = month.chunks(7).filter_map(|week| week.iter().copied().sum::<Share>().rate());
    let n = f64::from(u8::try_from(rates.len()).expect("at most 28")).max(1.0);
    let middle = rates.iter().sum::<f64>() / n;
    let spread = (rates.iter().map(|rate| (rate - middle).powi(2)).sum::<f64>() / n).sqrt();
    let low = f64::from(u8::try_from(low).expect("at most 28"));
    [low / 28.0, weeks.fold(1.0, f64::min), spread]
}
