//! What was assigned and what was done: the rules that count.

use regiment_core::record::{Flag, Severity};

use super::Win;
use super::week::{WEEK, Week, dates, days, missed, number, reaches};
use crate::finding::Finding;
use crate::history::{Day, Outcome};

/// Missed meals on two consecutive dates of the week, together at least two.
pub(super) fn soft_compliance(week: &Week<'_>) -> Option<Finding> {
    let missed_on = |day: Day| {
        let of_day = week.meals(WEEK).iter().filter(|meal| meal.day == day);
        of_day.filter(|meal| meal.outcome == Outcome::Missed).count()
    };
    let missed: Vec<(Day, usize)> = week.last(WEEK).map(|day| (day, missed_on(day))).collect();
    // The first date stands alone; each further one is added to the one before.
    let alone = missed.first().map(|(day, missed)| (*day, *missed));
    let pairs = missed.windows(2).map(|pair| (pair[1].0, pair[0].1 + pair[1].1));
    let (worst_day, worst) = alone
        .into_iter()
        .chain(pairs)
        .reduce(|worst, next| if next.1 > worst.1 { next } else { worst })?;
    let counted = missed
        .iter()
        .filter(|(day, missed)| (worst_day - 1..=worst_day).contains(day) && *missed > 0);
    reaches(worst, week.policy.soft_compliance_meals).then(|| {
        week.flag(Severity::Medium, Flag::SoftCompliance, WEEK)
            .on(counted.map(|(day, _)| *day))
            .number("missed_meals", number(worst))
    })
}

/// Too small a share of the week's meals.
pub(super) fn meal_compliance_low(week: &Week<'_>) -> Option<Finding> {
    let meals = week.meals(WEEK);
    let done = meals.iter().filter(|meal| meal.outcome == Outcome::Completed).count();
    let is_judged = reaches(meals.len(), week.policy.meal_compliance_logs);
    let is_low = 100 * done < week.policy.meal_compliance_percent as usize * meals.len();
    (is_judged && is_low).then(|| {
        week.flag(Severity::Medium, Flag::MealComplianceLow, WEEK)
            .on(dates(meals, |meal| missed(meal.day, meal.outcome)))
            .number("completed_meals", number(done))
            .number("logged_meals", number(meals.len()))
            .number("percent", 100.0 * number(done) / number(meals.len()))
    })
}

/// Dates with a missed top set.
pub(super) fn training_inconsistency(week: &Week<'_>) -> Option<Finding> {
    let sets = week.sets(WEEK);
    let dates = dates(sets, |set| missed(set.day, set.outcome));
    let n_missed = sets.iter().filter(|set| set.outcome == Outcome::Missed).count();
    reaches(dates.len(), week.policy.training_inconsistency_dates).then(|| {
        week.flag(Severity::Medium, Flag::TrainingInconsistency, WEEK)
            .number("missed_dates", number(dates.len()))
            .number("missed_sets", number(n_missed))
            .on(dates)
    })
}

/// Missed check-ins.
pub(super) fn non_responding_client(week: &Week<'_>) -> Option<Finding> {
    let dates = missed_checkins(week);
    reaches(dates.len(), week.policy.non_responding_checkins).then(|| {
        week.flag(Severity::High, Flag::NonRespondingClient, WEEK)
            .number("missed_checkins", number(dates.len()))
            .on(dates)
    })
}

/// The dates of the week whose check-in was missed.
pub(super) fn missed_checkins(week: &Week<'_>) -> Vec<Day> {
    dates(week.checkins(WEEK), |checkin| missed(checkin.day, checkin.outcome))
}

/// Cardio of the week missed or cut short.
pub(super) fn grit_violation(week: &Week<'_>) -> Option<Finding> {
    let cardio = week.cardio(WEEK);
    let short = dates(cardio, |row| (row.outcome != Outcome::Completed).then_some(row.day));
    let n_missed = cardio.iter().filter(|row| row.outcome == Outcome::Missed).count();
    reaches(short.len(), week.policy.grit_violation_dates).then(|| {
        week.flag(Severity::Medium, Flag::GritViolation, WEEK)
            .number("missed", number(n_missed))
            .number("cut_short", number(short.len() - n_missed))
            .on(short)
    })
}

/// Cardio cut short again and again.
pub(super) fn cardio_underperformance(week: &Week<'_>) -> Option<Finding> {
    let rule = week.policy.cardio_underperformance;
    let cardio = week.cardio(days(rule.days));
    let short = cardio.iter().filter(|row| row.outcome == Outcome::Underperformed);
    let minutes = |of: fn(i32, i32) -> i32| -> f64 {
        short.clone().map(|row| f64::from(of(row.actual, row.assigned))).sum()
    };
    reaches(short.clone().count(), rule.count).then(|| {
        week.flag(Severity::Low, Flag::CardioUnderperformance, days(rule.days))
            .on(short.clone().map(|row| row.day))
            .number("cut_short", number(short.clone().count()))
            .number("minutes_done", minutes(|done, _| done))
            .number("minutes_assigned", minutes(|_, assigned| assigned))
    })
}

/// Nothing but misses for days.
pub(super) fn silent_client(week: &Week<'_>) -> Option<Finding> {
    let rule = week.policy.silent_client;
    let n_days = days(rule.days);
    let outcomes = (week.meals(n_days).iter().map(|row| row.outcome))
        .chain(week.sets(n_days).iter().map(|row| row.outcome))
        .chain(week.cardio(n_days).iter().map(|row| row.outcome))
        .chain(week.checkins(n_days).iter().map(|row| row.outcome));
    let n_logs = outcomes.clone().count();
    let is_silent = reaches(n_logs, rule.count) && !outcomes.clone().any(|o| o != Outcome::Missed);
    is_silent.then(|| {
        week.flag(Severity::High, Flag::SilentClient, n_days).number("missed", number(n_logs))
    })
}

/// Every log of the week completed, and enough of them.
pub(super) fn perfect_week(week: &Week<'_>) -> Option<Win> {
    let (meals, checkins) = (week.meals(WEEK), week.checkins(WEEK));
    let (sets, cardio) = (week.sets(WEEK), week.cardio(WEEK));
    let enough = |dates: usize| reaches(dates, week.policy.perfect_week_dates);
    let has_cardio = week.client.profile.cardio_minutes == 0 || !cardio.is_empty();
    let is_done = |outcome: Outcome| outcome == Outcome::Completed;
    let is_perfect = enough(dates(meals, |meal| Some(meal.day)).len())
        && enough(checkins.len())
        && has_cardio
        && meals.iter().all(|row| is_done(row.outcome))
        && sets.iter().all(|row| is_done(row.outcome))
        && cardio.iter().all(|row| is_done(row.outcome))
        && checkins.iter().all(|row| is_done(row.outcome));
    is_perfect.then(|| {
        Win::new(
            "perfect_week",
            [
                ("meals", number(meals.len())),
                ("sets", number(sets.len())),
                ("cardio", number(cardio.len())),
                ("checkins", number(checkins.len())),
            ],
        )
    })
}
