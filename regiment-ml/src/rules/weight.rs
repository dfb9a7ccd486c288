//! How the weight goes against the goal.

use regiment_core::measure::exceeds;
use regiment_core::record::{Flag, Goal, Severity};

use super::Win;
use super::adherence::missed_checkins;
use super::line::Line;
use super::week::{WEEK, Week, days, number, reaches};
use crate::finding::Finding;
use crate::history::{Day, Outcome};

/// The line through the weigh-ins of some dates.
#[derive(Debug, Clone, Copy)]
struct Trend {
    weigh_ins: usize,
    line: Line,
}

impl Trend {
    /// Fits the weigh-ins of the last so many dates, where there are enough.
    fn of(week: &Week<'_>, n_days: Day, at_least: u32) -> Option<Self> {
        let checkins = week.checkins(n_days).iter();
        let points =
            checkins.filter_map(|row| Some((f64::from(row.day - week.as_of), row.weight_kg?)));
        let weigh_ins = points.clone().count();
        let line = Line::through(points).filter(|_| reaches(weigh_ins, at_least))?;
        Some(Self { weigh_ins, line })
    }

    /// The change along the line from the first to the last of so many dates, in kg.
    fn change(&self, n_days: Day) -> f64 {
        self.line.slope * f64::from(n_days - 1)
    }

    /// A share of the mean weight, in kg.
    fn share(&self, percent: f64) -> f64 {
        percent / 100.0 * self.line.mean
    }

    /// Adds the figures of the change over so many dates.
    fn tell(&self, finding: Finding, n_days: Day) -> Finding {
        let change = self.change(n_days);
        finding
            .number("weigh_ins", number(self.weigh_ins))
            .number("mean_kg", self.line.mean)
            .number("change_kg", change)
            .number("change_percent", 100.0 * change / self.line.mean)
    }
}

/// The trend of the week.
fn weekly(week: &Week<'_>) -> Option<Trend> {
    Trend::of(week, WEEK, week.policy.weekly_weigh_ins)
}

/// No change in spite of full compliance.
pub(super) fn weight_stall(week: &Week<'_>) -> Option<Finding> {
    let rule = &week.policy.weight_stall;
    let n_days = days(rule.days);
    if !matches!(week.client.profile.goal, Goal::Cut | Goal::Bulk) {
        return None;
    }
    let meals = week.meals(n_days);
    let is_compliant = reaches(meals.len(), rule.meals)
        && meals.iter().all(|meal| meal.outcome == Outcome::Completed);
    let trend = Trend::of(week, n_days, rule.weigh_ins).filter(|_| is_compliant)?;
    exceeds(-trend.change(n_days).abs(), -trend.share(rule.percent)).then(|| {
        let finding = week.flag(Severity::Medium, Flag::WeightStall, n_days);
        trend.tell(finding, n_days).number("completed_meals", number(meals.len()))
    })
}

/// Weight rises on a cut.
pub(super) fn cut_failure(week: &Week<'_>) -> Option<Finding> {
    let trend = weekly(week).filter(|_| week.client.profile.goal == Goal::Cut)?;
    exceeds(trend.change(WEEK), trend.share(week.policy.cut_failure_percent))
        .then(|| trend.tell(week.flag(Severity::High, Flag::CutFailure, WEEK), WEEK))
}

/// Weight rises on a cut, and check-ins of the same week are missing.
pub(super) fn unreported_gain(week: &Week<'_>, rise: &Finding) -> Option<Finding> {
    let missed = missed_checkins(week);
    reaches(missed.len(), week.policy.unreported_gain_checkins).then(|| {
        let mut finding = week.flag(Severity::High, Flag::UnreportedGain, WEEK);
        finding.evidence.numbers.clone_from(&rise.evidence.numbers);
        finding.number("missed_checkins", number(missed.len())).on(missed)
    })
}

/// Weight falls on a bulk.
pub(super) fn bulk_failure(week: &Week<'_>) -> Option<Finding> {
    let trend = weekly(week).filter(|_| week.client.profile.goal == Goal::Bulk)?;
    exceeds(-trend.change(WEEK), trend.share(week.policy.bulk_failure_percent))
        .then(|| trend.tell(week.flag(Severity::Medium, Flag::BulkFailure, WEEK), WEEK))
}

/// Weight falls faster than is safe, whatever the goal.
pub(super) fn rapid_weight_loss(week: &Week<'_>) -> Option<Finding> {
    let rule = &week.policy.rapid_weight_loss;
    let trend = Trend::of(week, days(rule.days), rule.weigh_ins)?;
    exceeds(-trend.change(WEEK), trend.share(rule.percent)).then(|| {
        let finding = week.flag(Severity::Critical, Flag::RapidWeightLoss, days(rule.days));
        trend.tell(finding, WEEK)
    })
}

/// The week's change lies in the band of the goal, its ends included.
pub(super) fn weight_on_target(week: &Week<'_>) -> Option<Win> {
    let (low, high) = match week.client.profile.goal {
        Goal::Cut => week.policy.cut_band_percent,
        Goal::Bulk => week.policy.bulk_band_percent,
        Goal::Recomp => return None,
    };
    let trend = weekly(week)?;
    let change = trend.change(WEEK);
    let is_on_target = !exceeds(-change, -trend.share(low)) && !exceeds(change, trend.share(high));
    is_on_target.then(|| {
        Win::new(
            "weight_on_target",
            [
                ("weigh_ins", number(trend.weigh_ins)),
                ("mean_kg", trend.line.mean),
                ("change_kg", change),
                ("change_percent", 100.0 * change / trend.line.mean),
            ],
        )
    })
}
