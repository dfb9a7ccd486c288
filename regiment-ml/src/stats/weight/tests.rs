use super::*;
use crate::chance::Draws;
use crate::eval::planted::life;
use crate::testing::{checkin, client, missed_checkin};

fn weighed(weights: impl IntoIterator<Item = (Day, f64)>) -> ClientHistory {
    weights.into_iter().fold(client("7"), |client, (day, kg)| client.with_checkin(checkin(day, kg)))
}

#[test]
fn nine_weigh_ins_or_thirteen_days_are_too_little() {
    let error = trend(&weighed((0..9).map(|n| (2 * n, 90.0))), 20).unwrap_err();
    assert_eq!(error, TooLittle { what: "weigh-ins", have: 9, need: 10 });
    let error = trend(&weighed((0..14).map(|day| (day, 90.0))), 20).unwrap_err();
    assert_eq!(error, TooLittle { what: "days between weigh-ins", have: 13, need: 14 });
    assert!(trend(&weighed((0..10).map(|n| (2 * n, 90.0))), 20).is_ok());
    assert!(trend(&weighed((0..15).map(|day| (day, 90.0))), 20).is_ok());
}

#[test]
fn a_missed_check_in_is_no_weigh_in() {
    let client = (0..30).fold(client("7"), |client, day| client.with_checkin(missed_checkin(day)));
    assert_eq!(trend(&client, 29).unwrap_err().have, 0);
}

#[test]
fn a_steady_loss_is_measured_with_and_without_gaps() {
    let loses = |day: Day| (day, 90.0 - 0.6 / 7.0 * f64::from(day));
    let daily = trend(&weighed((0..28).map(loses)), 27).unwrap();
    let gappy =
        trend(&weighed((0..28).filter(|day| !(8..19).contains(day)).map(loses)), 27).unwrap();
    for trend in [&daily, &gappy] {
        assert!((trend.kg_per_week + 0.6).abs() < 0.05, "{trend:?}");
        assert!((trend.level_kg - loses(27).1).abs() < 0.1, "{trend:?}");
    }
    // A gap widens the interval.
    assert!(gappy.error > daily.error, "{gappy:?} {daily:?}");
}

#[test]
fn the_interval_holds_the_drift_four_times_of_five() {
    let mut held = 0;
    for stream in 0..1_000 {
        let mut draws = Draws::new(5, stream);
        let client = life::weighing(28, -0.4, 0.45, &mut draws);
        let (low, high) = trend(&client, life::FIRST + 27).unwrap().limits();
        held += usize::from((low..high).contains(&-0.4));
    }
    let share = count(held) / 1_000.0;
    assert!((0.70..0.88).contains(&share), "{share}");
}

#[test]
fn a_heavy_monday_is_told_from_a_drift() {
    // Day 4 is a Monday: two weeks end on it, and each Monday is 1 kg heavier.
    let heavy = |day: Day| (day, 90.0 + if weekday(day) == 0 { 1.0 } else { 0.0 });
    let trend = trend(&weighed((5..33).map(heavy)), 32).unwrap();
    assert!(trend.weekday_kg[0] > 0.5, "{trend:?}");
    assert!(trend.kg_per_week.abs() < 0.1, "{trend:?}");
    assert!(trend.is_stalled());
}

#[test]
fn a_mistyped_weight_moves_the_drift_little() {
    let mut weights: Vec<(Day, f64)> =
        (0..28).map(|day| (day, 90.0 + 0.2 * f64::from(day % 2))).collect();
    weights[26].1 = 98.0;
    let trend = trend(&weighed(weights), 27).unwrap();
    assert!(trend.kg_per_week.abs() < 0.3, "{trend:?}");
}

#[test]
fn the_goal_says_which_way_is_wrong() {
    let gains = trend(&weighed((0..28).map(|day| (day, 90.0 + 0.1 * f64::from(day)))), 27).unwrap();
    assert!(gains.against(Goal::Cut).unwrap() > 0.95, "{gains:?}");
    assert!(gains.against(Goal::Bulk).unwrap() < 0.05);
    assert_eq!(gains.against(Goal::Recomp), None);
    assert!(gains.flat() < 0.05 && !gains.is_stalled());
}

#[test]
fn a_flat_fortnight_after_a_loss_is_called_flat_by_the_line_alone() {
    // Loses 1 kg a week for two weeks; the last two look flat by chance of noise at both ends.
    let kg = |day: Day| match day {
        0..14 => 92.0 - f64::from(day) / 7.0,
        18..24 => 89.2,
        _ => 89.6,
    };
    let trend = trend(&weighed((0..28).map(|day| (day, kg(day)))), 27).unwrap();
    assert!(trend.is_flat_by_rule);
    let finding = trend.finding();
    assert_eq!(finding.evidence.numbers["weigh_ins"].to_bits(), 28.0_f64.to_bits());
    let contradicts = finding.evidence.numbers["contradicts_weight_stall"];
    assert_eq!(contradicts.to_bits(), 1.0_f64.to_bits(), "{finding:?}");
    assert!(finding.evidence.detail.ends_with("the 14-day line alone looks flat"));
}
