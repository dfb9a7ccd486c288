//! What a client says against what the scale shows.

use regiment_core::record::{Flag, Goal, Mood};

use super::weight::{SURE, WeightTrend};
use super::{count, within};
use crate::finding::Finding;
use crate::history::{ClientHistory, Day, Outcome};

/// The days that are looked at.
const WINDOW: Day = 21;

/// The fewest meal logs that say anything.
const MIN_MEALS: usize = 42;

/// The share of meals that counts as every one of them.
const ALL_MEALS: f64 = 0.95;

/// The share of moods that counts as always great.
const ALWAYS_GREAT: f64 = 0.8;

/// Tells that all is reported well while the weight moves against the goal, beside the flag of that
/// goal's failure.
///
/// All is reported well where at least 95% of 42 or more meals of the last 21 days are logged as done,
/// or where four moods of five are great. The weight moves against the goal where
/// [`WeightTrend::against`] is 0.8 or more. Water, salt, a cycle or a scale explain it as well as
/// unlogged food does; it is a question, not an answer.
pub fn finding(client: &ClientHistory, trend: &WeightTrend, as_of: Day) -> Option<Finding> {
    let flag = match client.profile.goal {
        Goal::Cut => Flag::CutFailure,
        Goal::Bulk => Flag::BulkFailure,
        Goal::Recomp => return None,
    };
    let against = trend.against(client.profile.goal).filter(|against| *against >= SURE)?;
    let window = as_of.saturating_sub(WINDOW - 1)..=as_of;
    let moods = within(&client.checkins, |row| row.day, &window)
        .iter()
        .filter_map(|row| row.mood)
        .collect::<Vec<_>>();
    let great = moods.iter().filter(|mood| **mood == Mood::Great).count();
    let great_share = count(great) / count(moods.len().max(1));
    let says_meals = all_meals(client, as_of).is_some();
    let says_great = moods.len() >= 10 && great_share >= ALWAYS_GREAT;
    let said = match (says_meals, says_great) {
        (false, false) => return None,
        (true, false) => "meals are logged as done",
        (false, true) => "mood is logged as great",
        (true, true) => "meals are logged as done and mood as great",
    };
    Some(
        Finding::beside(flag, window)
            .number("meals_all_done", f64::from(u8::from(says_meals)))
            .number("mood_great_share", great_share)
            .number("kg_per_week", trend.kg_per_week)
            .number("probability_against_goal", against)
            .saying(format!(
                "{said}, and weight moves {:+.2} kg a week on a {}",
                trend.kg_per_week, client.profile.goal
            )),
    )
}

/// Returns how many meals of the last 21 days there are, where all but all of them are logged as done.
pub(crate) fn all_meals(client: &ClientHistory, as_of: Day) -> Option<usize> {
    let window = as_of.saturating_sub(WINDOW - 1)..=as_of;
    let meals = within(&client.meals, |row| row.day, &window);
    let done = meals.iter().filter(|row| row.outcome == Outcome::Completed).count();
    let share = count(done) / count(meals.len().max(1));
    (meals.len() >= MIN_MEALS && share >= ALL_MEALS).then_some(meals.len())
}

#[cfg(test)]
mod tests;
