//! A drop in adherence, held against what this client does on these weekdays.

use std::ops::RangeInclusive;

use regiment_core::record::{Flag, Stream};

use super::{TooLittle, count, weekday, within};
use crate::finding::Finding;
use crate::history::{ClientHistory, Day, Outcome};

/// The days of a week.
const WEEK: Day = 7;

/// The weeks before it that say what is usual.
const USUAL_WEEKS: usize = 8;

/// The fewest of them in which something was assigned.
pub const MIN_WEEKS: usize = 4;

/// How many days of a weekday the own overall rate counts for.
const OVERALL_WEIGHS: f64 = 2.0;

/// How many standard deviations below the usual a drop is: one week in twenty.
const DROP: f64 = 1.645;

/// The least drop, as a share of what is assigned.
const LEAST_DROP: f64 = 0.15;

/// A week's adherence beside the usual one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adherence {
    /// What was done of what was assigned in the last seven days, 0 to 1.
    pub share: f64,
    /// What this client usually does on those weekdays, 0 to 1.
    pub usual: f64,
    /// The standard deviation of a week's share about the usual one.
    pub spread: f64,
    /// How many earlier weeks say so.
    pub weeks: usize,
}

impl Adherence {
    /// Returns how far the week is from the usual, in standard deviations.
    pub fn deviations(&self) -> f64 {
        (self.share - self.usual) / self.spread
    }

    /// Returns whether this is a drop: one week in twenty is as low, and 15 points are missing.
    pub fn is_drop(&self) -> bool {
        self.usual - self.share >= LEAST_DROP && self.deviations() <= -DROP
    }
}

/// Returns a stream's adherence of the seven days up to `as_of` beside the client's own of the eight
/// weeks before.
///
/// Each day is the share done of what was assigned (cardio counts `min(1, actual / assigned)`). The
/// usual rate of a weekday is its mean over the eight weeks, shrunk to the overall mean of the client
/// by two days. A week's spread is the root mean square of the earlier weeks' own departures, but not
/// less than that of independent days, `sum p (1 - p)`: days of one person hang together.
pub fn adherence(
    client: &ClientHistory,
    stream: Stream,
    as_of: Day,
) -> Result<Adherence, TooLittle> {
    let usual_days = WEEK * Day::try_from(USUAL_WEEKS).unwrap_or_default();
    let first = as_of.saturating_sub(WEEK + usual_days - 1);
    let days = shares(client, stream, &(first..=as_of));
    let split = days.partition_point(|(day, _)| *day <= as_of - WEEK);
    let (before, week) = days.split_at(split);
    if week.is_empty() {
        return Err(TooLittle { what: "days with anything assigned", have: 0, need: 1 });
    }
    let rates = weekday_rates(before);
    let expected =
        |days: &[(Day, f64)]| -> f64 { days.iter().map(|(day, _)| rates[weekday(*day)]).sum() };
    let done = |days: &[(Day, f64)]| -> f64 { days.iter().map(|(_, share)| share).sum() };
    let departures = before
        .chunk_by(|(a, _), (b, _)| (as_of - a) / WEEK == (as_of - b) / WEEK)
        .map(|days| (done(days) - expected(days)) / count(days.len()))
        .collect::<Vec<_>>();
    if departures.len() < MIN_WEEKS {
        let (have, need) = (departures.len(), MIN_WEEKS);
        return Err(TooLittle { what: "earlier weeks", have, need });
    }
    let n = count(week.len());
    let squares = departures.iter().map(|departure| departure.powi(2)).sum::<f64>();
    let own = squares / count(departures.len());
    let independent = week
        .iter()
        .map(|(day, _)| rates[weekday(*day)])
        .map(|rate| rate * (1.0 - rate))
        .sum::<f64>()
        / n.powi(2);
    Ok(Adherence {
        share: done(week) / n,
        usual: expected(week) / n,
        spread: own.max(independent).sqrt().max(f64::EPSILON),
        weeks: departures.len(),
    })
}

/// Tells each stream's drop beside the flag that speaks of the stream.
pub(super) fn findings(client: &ClientHistory, as_of: Day) -> Vec<Finding> {
    [
        (Stream::Meal, Flag::MealComplianceLow, "meals"),
        (Stream::Training, Flag::TrainingInconsistency, "top sets"),
        (Stream::Cardio, Flag::GritViolation, "cardio"),
        (Stream::Checkin, Flag::NonRespondingClient, "check-ins"),
    ]
    .into_iter()
    .filter_map(|(stream, flag, name)| {
        let found = adherence(client, stream, as_of).ok().filter(Adherence::is_drop)?;
        Some(
            Finding::beside(flag, as_of - (WEEK - 1)..=as_of)
                .number("adherence", found.share)
                .number("adherence_usual", found.usual)
                .number("deviations", found.deviations())
                .number("weeks", count(found.weeks))
                .saying(format!(
                    "{name}: {:.0}% this week, on these weekdays usually {:.0}%",
                    100.0 * found.share,
                    100.0 * found.usual
                )),
        )
    })
    .collect()
}

/// Returns the share done of each day on which anything was assigned, by day.
fn shares(client: &ClientHistory, stream: Stream, window: &RangeInclusive<Day>) -> Vec<(Day, f64)> {
    let whole = |outcome| if outcome == Outcome::Completed { 1.0 } else { 0.0 };
    let rows: Vec<(Day, f64)> = match stream {
        Stream::Meal => within(&client.meals, |row| row.day, window)
            .iter()
            .map(|row| (row.day, whole(row.outcome)))
            .collect(),
        Stream::Training => within(&client.sets, |row| row.day, window)
            .iter()
            .map(|row| (row.day, whole(row.outcome)))
            .collect(),
        Stream::Cardio => within(&client.cardio, |row| row.day, window)
            .iter()
            .map(|row| {
                let ratio = f64::from(row.actual) / f64::from(row.assigned.max(1));
                (row.day, ratio.clamp(0.0, 1.0))
            })
            .collect(),
        Stream::Checkin => within(&client.checkins, |row| row.day, window)
            .iter()
            .map(|row| (row.day, whole(row.outcome)))
            .collect(),
    };
    rows.chunk_by(|(a, _), (b, _)| a == b)
        .map(|day| {
            let done = day.iter().map(|(_, share)| share).sum::<f64>();
            (day[0].0, done / count(day.len()))
        })
        .collect()
}

fn weekday_rates(days: &[(Day, f64)]) -> [f64; 7] {
    let overall = days.iter().map(|(_, share)| share).sum::<f64>() / count(days.len().max(1));
    let mut rates = [(OVERALL_WEIGHS * overall, OVERALL_WEIGHS); 7];
    for (day, share) in days {
        let (sum, n) = &mut rates[weekday(*day)];
        *sum += share;
        *n += 1.0;
    }
    rates.map(|(sum, n)| sum / n)
}

#[cfg(test)]
mod tests;
