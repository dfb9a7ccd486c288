//! How the top sets of each exercise go: stalls, plateaus and personal records.

use std::collections::BTreeMap;

use regiment_core::measure::exceeds;
use regiment_core::record::{Flag, FlagName, Severity};

use super::Win;
use super::line::Line;
use super::week::{WEEK, Week, days, number, reaches};
use crate::finding::Finding;
use crate::history::{Day, Exercise};

/// The best estimated one-repetition maximum of each date on which an exercise has one, in kg.
#[derive(Debug)]
pub(super) struct Lift<'a> {
    exercise: &'a Exercise,
    sessions: Vec<(Day, f64)>,
}

/// Every exercise with a completed set up to the last closed date.
pub(super) fn lifts<'a>(week: &Week<'a>) -> Vec<Lift<'a>> {
    let mut by_exercise: BTreeMap<u32, Vec<(Day, f64)>> = BTreeMap::new();
    for set in week.all_sets() {
        if let Some(e1rm) = set.e1rm() {
            by_exercise.entry(set.exercise).or_default().push((set.day, e1rm));
        }
    }
    let lifts = by_exercise.into_iter();
    lifts
        .map(|(exercise, sessions)| Lift { exercise: &week.exercises[exercise as usize], sessions })
        .collect()
}

impl Lift<'_> {
    /// The sessions of the last so many dates.
    fn last(&self, week: &Week<'_>, n_days: Day) -> &[(Day, f64)] {
        let first = *week.last(n_days).start();
        &self.sessions[self.sessions.partition_point(|(day, _)| *day < first)..]
    }

    fn named(&self, flag: Flag) -> FlagName {
        FlagName::about(flag, self.exercise.id.as_str())
    }
}

/// The last attempts do not beat the best of the earlier ones.
pub(super) fn stalled(week: &Week<'_>, lift: &Lift<'_>) -> Option<Finding> {
    let rule = &week.policy.stalled_lift;
    let sessions = lift.last(week, days(rule.days));
    let (earlier, attempts) =
        sessions.split_at(sessions.len().saturating_sub(rule.attempts as usize));
    let (before, now) = (best(earlier)?, best(attempts)?);
    (reaches(sessions.len(), rule.dates) && !exceeds(now, before)).then(|| {
        week.flag(Severity::Low, lift.named(Flag::StalledLift), days(rule.days))
            .on(attempts.iter().map(|(day, _)| *day))
            .number("best_e1rm_kg", now)
            .number("earlier_e1rm_kg", before)
            .saying(lift.exercise.name.as_str())
    })
}

/// The sets of twelve weeks rise by less than could matter, as far as their spread can tell.
pub(super) fn plateau(week: &Week<'_>, lift: &Lift<'_>) -> Option<Finding> {
    let rule = &week.policy.lift_plateau;
    let sessions = lift.last(week, days(rule.days));
    let ((first, _), (last, _)) = (sessions.first()?, sessions.last()?);
    if !reaches(sessions.len(), rule.dates) || last - first < days(rule.span_days) {
        return None;
    }
    let points = sessions.iter().map(|(day, e1rm)| (f64::from(day - week.as_of), *e1rm));
    let line = Line::through(points)?;
    let upper = line.slope + rule.standard_errors * line.slope_error;
    let enough = rule.percent_per_week / 100.0 * line.mean / 7.0;
    let percent = |slope: f64| 100.0 * slope * 7.0 / line.mean;
    exceeds(-upper, -enough).then(|| {
        week.flag(Severity::Medium, lift.named(Flag::LiftPlateau), days(rule.days))
            .on([*first, *last])
            .number("sessions", line.n)
            .number("mean_e1rm_kg", line.mean)
            .number("percent_per_week", percent(line.slope))
            .number("percent_per_week_at_most", percent(upper))
            .saying(lift.exercise.name.as_str())
    })
}

/// The week's best beats every earlier date, of which there is one at least.
pub(super) fn personal_record(week: &Week<'_>, lift: &Lift<'_>) -> Option<Win> {
    let of_week = lift.last(week, WEEK);
    let earlier = &lift.sessions[..lift.sessions.len() - of_week.len()];
    let (now, before) = (best(of_week)?, best(earlier)?);
    exceeds(now, before).then(|| Win {
        detail: lift.exercise.name.clone(),
        ..Win::new(
            format!("personal_record:{}", lift.exercise.id),
            [("best_e1rm_kg", now), ("earlier_e1rm_kg", before), ("dates", number(earlier.len()))],
        )
    })
}

/// The highest of some sessions.
fn best(sessions: &[(Day, f64)]) -> Option<f64> {
    sessions.iter().map(|(_, e1rm)| *e1rm).reduce(f64::max)
}
