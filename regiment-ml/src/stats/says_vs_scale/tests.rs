use super::*;
use crate::stats::weight;
use crate::testing::{checkin, client};

/// Four weeks of three meals a day, `missed` of the last ones missed, and weight that changes.
fn lived(kg_per_week: f64, missed: usize, mood: Mood) -> ClientHistory {
    let mut client = (0..28).fold(client("7"), |client, day| {
        let mut row = checkin(day, 90.0 + kg_per_week / 7.0 * f64::from(day));
        row.mood = Some(mood);
        client.with_checkin(row).with_meals(day, &[Outcome::Completed; 3])
    });
    for row in client.meals.iter_mut().rev().take(missed) {
        row.outcome = Outcome::Missed;
    }
    client
}

fn found(client: &ClientHistory) -> Option<Finding> {
    finding(client, &weight::trend(client, 27).unwrap(), 27)
}

#[test]
fn meals_that_are_all_done_while_a_cut_gains_are_told() {
    let finding = found(&lived(0.6, 0, Mood::Okay)).unwrap();
    assert_eq!(finding.evidence.flag, Flag::CutFailure.into());
    assert!(finding.evidence.detail.starts_with("meals are logged as done, and weight moves +0.6"));
}

#[test]
fn a_twentieth_of_the_meals_may_be_missed() {
    // 63 meals in 21 days: 3 missed leave 95.2%, 4 leave 93.7%.
    assert!(found(&lived(0.6, 3, Mood::Okay)).is_some());
    assert_eq!(found(&lived(0.6, 4, Mood::Okay)), None);
}

#[test]
fn great_mood_is_told_too() {
    let finding = found(&lived(0.6, 10, Mood::Great)).unwrap();
    assert!(finding.evidence.detail.starts_with("mood is logged as great, and"), "{finding:?}");
}

#[test]
fn a_weight_that_follows_the_goal_or_stands_still_is_no_contradiction() {
    assert_eq!(found(&lived(-0.6, 0, Mood::Great)), None);
    assert_eq!(found(&lived(0.0, 0, Mood::Great)), None);
}

#[test]
fn a_bulk_that_loses_is_told_and_a_recomp_never() {
    let bulk = lived(-0.6, 0, Mood::Okay).who(|profile| profile.goal = Goal::Bulk);
    assert_eq!(found(&bulk).unwrap().evidence.flag, Flag::BulkFailure.into());
    let recomp = lived(0.6, 0, Mood::Okay).who(|profile| profile.goal = Goal::Recomp);
    assert_eq!(found(&recomp), None);
}
