use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{
    calendar::{days_before, days_between},
    record::Log,
};

/// The share of a new day's weight in the smoothed weight: Walker's in The Hacker's Diet (1991).
const ALPHA: f64 = 0.1;

/// The days of the running average.
const AVERAGE_DAYS: i64 = 7;

/// A weigh-in and what it does to the trend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrendPoint {
    /// The local date.
    pub date: Date,
    /// The weight, kilograms.
    pub weight: f64,
    /// The smoothed weight, kilograms.
    pub smoothed: f64,
    /// The mean of the weigh-ins of the seven dates that end on this one, kilograms.
    pub average: f64,
}

/// Returns the trend of weigh-ins, oldest first; of two for one date the later one given counts.
///
/// The smoothed weight is an exponentially weighted mean that knows of gaps: over `n` days since
/// the last weigh-in, the new weight takes the share `1 - (1 - 0.1)^n`. It begins at the first
/// weight, and lags a steady change by nine days of it.
pub fn trends(weights: &[(Date, f64)]) -> Vec<TrendPoint> {
    let by_date: BTreeMap<Date, f64> = weights.iter().copied().collect();
    let mut points: Vec<TrendPoint> = Vec::with_capacity(by_date.len());
    for (&date, &weight) in &by_date {
        let smoothed = points.last().map_or(weight, |last| {
            let gap = i32::try_from(days_between(last.date, date)).unwrap_or(i32::MAX);
            let share = 1.0 - (1.0 - ALPHA).powi(gap);
            last.smoothed + share * (weight - last.smoothed)
        });
        let (sum, n) = by_date
            .range(days_before(date, AVERAGE_DAYS - 1)..=date)
            .fold((0.0, 0.0), |(sum, n), (_, weight)| (sum + weight, n + 1.0));
        points.push(TrendPoint { date, weight, smoothed, average: sum / n });
    }
    points
}

/// Consecutive dates on which everything asked was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Streak {
    /// Up to the last log.
    pub current: u32,
    /// The longest.
    pub longest: u32,
}

/// Returns the streak of a stream's logs.
///
/// Only dates on which something was asked count. One with a counted miss ends the streak, one
/// whose misses all have a cause and on which nothing was done neither breaks nor extends it.
pub fn streak<'a>(logs: impl IntoIterator<Item = &'a Log>) -> Streak {
    let mut days: BTreeMap<Date, (bool, bool)> = BTreeMap::new();
    for log in logs {
        let (done, missed) = days.entry(log.date()).or_default();
        *done |= !log.is_missed();
        *missed |= log.is_counted_miss();
    }
    days.values().fold(Streak::default(), |streak, &(done, missed)| {
        let current = match (done, missed) {
            (_, true) => 0,
            (true, false) => streak.current + 1,
            (false, false) => streak.current,
        };
        Streak { current, longest: streak.longest.max(current) }
    })
}
