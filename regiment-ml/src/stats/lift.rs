//! The trend of a lift: the slope of its e1RM over the last sessions, with an interval.
//!
//! Three attempts without a record are the rule for most lifters who progress, because a session's
//! e1RM is known to about 4%. A line through a dozen sessions knows more.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use regiment_core::record::{Flag, FlagName};

use super::line::{Line, student};
use super::{TooLittle, count, within};
use crate::finding::Finding;
use crate::history::{ClientHistory, Day, Exercise, SetRow};

/// The fewest sessions that make a trend.
pub const MIN_SESSIONS: usize = 12;

/// The most recent sessions that are looked at.
pub const MAX_SESSIONS: usize = 16;

/// The days in which they must lie: sixteen sessions at one a week.
const WINDOW: Day = 112;

/// A lift that was not trained for so many days has no trend now.
const FRESH: Day = 28;

/// Epley's formula overstates beyond this many repetitions.
const MAX_REPS: i32 = 12;

/// A lift that gains less than this, percent of its e1RM per week, stands still.
pub const TARGET_PERCENT_PER_WEEK: f64 = 0.25;

/// The standard normal's quantile of 0.8: each limit is passed with a probability of one in five.
const LIMIT: f64 = 0.841_62;

/// The window of the rule of attempts.
const ATTEMPTS_WINDOW: Day = 42;

/// How a lift moves, in percent of its mean e1RM per week.
#[derive(Debug, Clone, PartialEq)]
pub struct LiftTrend {
    /// The first and the last session.
    pub window: RangeInclusive<Day>,
    /// How many sessions there are.
    pub sessions: usize,
    /// The slope.
    pub percent_per_week: f64,
    /// The true slope is below this with a probability of 0.2.
    pub low: f64,
    /// The true slope is above this with a probability of 0.2.
    pub high: f64,
    /// The line's e1RM on the last session, in kg.
    pub e1rm_kg: f64,
    /// What the rule of attempts (`stalled_lift`) says.
    pub attempts: Attempts,
}

/// What the rule of attempts says of a lift: whether the best of the last three sessions is above
/// the best of the earlier ones of six weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attempts {
    /// It is.
    Progress,
    /// It is not.
    Stalled,
    /// There are fewer than four sessions.
    TooFew,
}

impl LiftTrend {
    /// Returns whether the lift stands still: the upper limit is below the target.
    pub fn is_stalled(&self) -> bool {
        self.high < TARGET_PERCENT_PER_WEEK
    }

    /// Returns whether the lift gains: the lower limit is above nothing.
    pub fn is_progressing(&self) -> bool {
        self.low > 0.0
    }

    /// Returns whether the trend and the rule of attempts say opposite things.
    pub fn contradicts_attempts(&self) -> bool {
        match self.attempts {
            Attempts::Stalled => self.is_progressing(),
            Attempts::Progress => self.is_stalled(),
            Attempts::TooFew => false,
        }
    }
}

/// Returns a set's [estimated one-repetition maximum](SetRow::e1rm), where the formula is fair to it:
/// `None` for a set of more than twelve repetitions.
pub fn e1rm(set: &SetRow) -> Option<f64> {
    set.reps.filter(|reps| (1..=MAX_REPS).contains(reps))?;
    set.e1rm().filter(|kg| kg.is_finite())
}

/// Returns the trend of one exercise over its last 12 to 16 sessions on or before `as_of`.
///
/// The slope is that of the ordinary least-squares line of e1RM on day number, its limits
/// `slope -+ t * error` with Student's t of n - 2 degrees of freedom at 0.8, both as a percentage of
/// the mean e1RM per week. A session is a day, and its best set counts.
pub fn trend(client: &ClientHistory, exercise: u32, as_of: Day) -> Result<LiftTrend, TooLittle> {
    let mut by_exercise = sessions(client, as_of);
    of_sessions(&by_exercise.remove(&exercise).unwrap_or_default(), as_of)
}

fn of_sessions(all: &[(Day, f64)], as_of: Day) -> Result<LiftTrend, TooLittle> {
    let sessions = all.get(all.len().saturating_sub(MAX_SESSIONS)..).unwrap_or_default();
    let too_little = TooLittle { what: "sessions", have: sessions.len(), need: MIN_SESSIONS };
    let (Some((first, _)), Some((last, _))) = (sessions.first(), sessions.last()) else {
        return Err(too_little);
    };
    if sessions.len() < MIN_SESSIONS || as_of - last >= FRESH {
        return Err(too_little);
    }
    let points = sessions.iter().map(|(day, kg)| (f64::from(day - first), *kg)).collect::<Vec<_>>();
    let line = Line::through(&points).ok_or(too_little)?;
    let mean = points.iter().map(|(_, kg)| kg).sum::<f64>() / count(points.len());
    let percent = |per_day: f64| 100.0 * 7.0 * per_day / mean;
    let reach = student(LIMIT, line.freedom) * line.slope_error;
    Ok(LiftTrend {
        window: *first..=*last,
        sessions: sessions.len(),
        percent_per_week: percent(line.slope),
        low: percent(line.slope - reach),
        high: percent(line.slope + reach),
        e1rm_kg: line.at(f64::from(last - first)),
        attempts: attempts(all, as_of),
    })
}

/// Returns the lifts that stand still, and those on which the rule of attempts fires, with what the
/// trend says to it.
pub(super) fn findings(client: &ClientHistory, exercises: &[Exercise], as_of: Day) -> Vec<Finding> {
    sessions(client, as_of)
        .iter()
        .filter_map(|(index, sessions)| {
            let exercise = exercises.get(usize::try_from(*index).ok()?)?;
            let trend = of_sessions(sessions, as_of).ok()?;
            let is_told = trend.is_stalled() || trend.attempts == Attempts::Stalled;
            is_told.then(|| finding(&trend, exercise))
        })
        .collect()
}

fn finding(trend: &LiftTrend, exercise: &Exercise) -> Finding {
    let verdict = match (trend.is_stalled(), trend.is_progressing(), trend.attempts) {
        (true, _, Attempts::Progress) => {
            "stands still, though one of the last three sessions was a best"
        }
        (true, _, Attempts::Stalled | Attempts::TooFew) => "stands still",
        (false, true, Attempts::Stalled) => "gains, though the last three sessions were no best",
        (false, true, Attempts::Progress | Attempts::TooFew) => "gains",
        (false, false, _) => "may gain or stand still",
    };
    let LiftTrend { sessions, percent_per_week, low, high, e1rm_kg, .. } = trend;
    Finding::beside(
        FlagName::about(Flag::LiftPlateau, exercise.id.as_str()),
        trend.window.clone(),
    )
    .number("sessions", count(*sessions))
    .number("percent_per_week", *percent_per_week)
    .number("percent_per_week_low", *low)
    .number("percent_per_week_high", *high)
    .number("e1rm_kg", *e1rm_kg)
    .number("target_percent_per_week", TARGET_PERCENT_PER_WEEK)
    .number("contradicts_stalled_lift", f64::from(u8::from(trend.contradicts_attempts())))
    .saying(format!(
        "{} {verdict}: {percent_per_week:+.2}% a week ({low:+.2} to {high:+.2}) over {sessions} \
         sessions",
        exercise.name
    ))
}

/// Returns each exercise's sessions: the days, in order, with the best e1RM of each.
fn sessions(client: &ClientHistory, as_of: Day) -> BTreeMap<u32, Vec<(Day, f64)>> {
    let window = as_of.saturating_sub(WINDOW - 1)..=as_of;
    let mut by_exercise = BTreeMap::<u32, Vec<(Day, f64)>>::new();
    for set in within(&client.sets, |set| set.day, &window) {
        let Some(e1rm) = e1rm(set) else { continue };
        let sessions = by_exercise.entry(set.exercise).or_default();
        match sessions.last_mut() {
            Some((day, best)) if *day == set.day => *best = best.max(e1rm),
            _ => sessions.push((set.day, e1rm)),
        }
    }
    by_exercise
}

fn attempts(sessions: &[(Day, f64)], as_of: Day) -> Attempts {
    let from = sessions.partition_point(|(day, _)| *day <= as_of - ATTEMPTS_WINDOW);
    let recent = sessions.get(from..).unwrap_or_default();
    let Some(earlier) = recent.len().checked_sub(3).filter(|earlier| *earlier > 0) else {
        return Attempts::TooFew;
    };
    let best = |part: &[(Day, f64)]| part.iter().map(|(_, kg)| *kg).fold(0.0, f64::max);
    let (before, last) = recent.split_at(earlier);
    if best(last) > best(before) { Attempts::Progress } else { Attempts::Stalled }
}

#[cfg(test)]
mod tests;
