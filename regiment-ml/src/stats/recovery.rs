//! When recovery turned: the point from which on a client is worse than usual for that client.

use regiment_core::record::{Flag, Level, Mood, Sleep};

use super::{TooLittle, count, within};
use crate::finding::Finding;
use crate::history::{CheckinRow, ClientHistory, Day, Outcome};

/// The days that are watched.
const WATCHED: Day = 14;

/// The days before them that say what is usual.
const USUAL: Day = 28;

/// The fewest check-ins that say what is usual.
pub const MIN_USUAL: usize = 14;

/// The fewest check-ins among those that are watched.
pub const MIN_WATCHED: usize = 4;

/// What a day may be worse by, in standard deviations, without adding to the sum. More than the 0.5 of
/// the textbook, because a bad day is followed by another.
const SLACK: f64 = 0.75;

/// The sum from which on recovery has turned, in standard deviations.
const ALARM: f64 = 5.0;

/// The least standard deviation, in points: an answer moves by whole points.
const LEAST_SPREAD: f64 = 1.0;

/// A turn for the worse.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The first check-in of the worse days.
    pub since: Day,
    /// The sum on the last check-in, in standard deviations.
    pub sum: f64,
    /// The mean strain of the 28 usual days, in points from -4 to 4.
    pub usual: f64,
    /// The mean strain since the turn.
    pub now: f64,
    /// The check-ins since the turn.
    pub days: Vec<Day>,
}

/// Returns a check-in's strain, in points from -4 (well) to 4: soreness, stress, short sleep and bad
/// mood count 1 each at their worst and -1 at their best. `None` where one of them is missing.
pub fn strain(row: &CheckinRow) -> Option<i32> {
    if row.outcome != Outcome::Completed {
        return None;
    }
    let level = |level: Level| match level {
        Level::Low => -1,
        Level::Medium => 0,
        Level::High => 1,
    };
    let sleep = match row.sleep? {
        Sleep::Four => 1,
        Sleep::Six => 0,
        Sleep::Eight => -1,
    };
    let mood = match row.mood? {
        Mood::Bad => 1,
        Mood::Okay => 0,
        Mood::Great => -1,
    };
    Some(level(row.soreness?) + level(row.stress?) + sleep + mood)
}

/// Returns the turn for the worse that still holds on `as_of`, if there is one.
///
/// A one-sided cumulative sum (Page 1954) of the strain over the last 14 days, standardised by the
/// mean and standard deviation of the 28 days before them: `S = max(0, S + z - 0.75)`. It alarms while
/// `S > 5`; the turn is the first check-in after the sum last stood at 0.
pub fn turn(client: &ClientHistory, as_of: Day) -> Result<Option<Turn>, TooLittle> {
    let first_watched = as_of.saturating_sub(WATCHED - 1);
    let strains = |window| {
        within(&client.checkins, |row| row.day, &window)
            .iter()
            .filter_map(|row| Some((row.day, f64::from(strain(row)?))))
            .collect::<Vec<_>>()
    };
    let usual = strains(first_watched.saturating_sub(USUAL)..=first_watched - 1);
    let watched = strains(first_watched..=as_of);
    for (what, have, need) in [
        ("check-ins of the usual days", usual.len(), MIN_USUAL),
        ("check-ins of the last 14 days", watched.len(), MIN_WATCHED),
    ] {
        if have < need {
            return Err(TooLittle { what, have, need });
        }
    }
    let mean = mean(usual.iter().map(|(_, strain)| *strain));
    let squares = usual.iter().map(|(_, strain)| (strain - mean).powi(2)).sum::<f64>();
    let spread = (squares / (count(usual.len()) - 1.0)).sqrt().max(LEAST_SPREAD);
    let mut sum = 0.0;
    let mut since = None;
    for (day, strain) in &watched {
        sum = f64::max(0.0, sum + (strain - mean) / spread - SLACK);
        since = if sum > 0.0 { since.or(Some(*day)) } else { None };
    }
    let Some(since) = since.filter(|_| sum > ALARM) else { return Ok(None) };
    let worse = watched.iter().filter(|(day, _)| *day >= since);
    Ok(Some(Turn {
        since,
        sum,
        usual: mean,
        now: self::mean(worse.clone().map(|(_, strain)| *strain)),
        days: worse.map(|(day, _)| *day).collect(),
    }))
}

/// Tells a turn for the worse beside the flag `recovery_risk`.
pub(super) fn finding(client: &ClientHistory, as_of: Day) -> Option<Finding> {
    let turn = turn(client, as_of).ok().flatten()?;
    let finding = Finding::beside(Flag::RecoveryRisk, turn.since..=as_of)
        .number("strain_usual", turn.usual)
        .number("strain_now", turn.now)
        .number("cusum", turn.sum)
        .saying(format!(
            "soreness, stress, sleep and mood together are worse than usual for {} check-ins: {:+.1} \
             points, usually {:+.1} (-4 to 4)",
            turn.days.len(),
            turn.now,
            turn.usual
        ));
    Some(finding.on(turn.days))
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    if n > 0.0 { sum / n } else { 0.0 }
}

#[cfg(test)]
mod tests;
