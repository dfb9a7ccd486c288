use std::collections::BTreeSet;

use super::*;
use crate::history::Outcome;
use crate::testing::{checkin, client, missed_checkin};

/// A client with every stream, who lives by a small pseudo-random rule.
fn life(seed: u32, days: Day) -> ClientHistory {
    let mut state = seed;
    let mut happens = |percent: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % 100 < percent
    };
    let mut life = client("1");
    for day in 0..days {
        let outcome = |done| if done { Outcome::Completed } else { Outcome::Missed };
        let meals = [happens(85), happens(80), happens(70)].map(outcome);
        life = life.with_meals(day, &meals).with_cardio(day, happens(70).then_some(25));
        if day % 2 == 0 {
            life = life.with_set(day, 0, happens(80).then_some((80.0, 5)));
        }
        let mut row = if happens(85) { checkin(day, None) } else { missed_checkin(day) };
        row.at += i64::from(happens(50)) * 3_000_000_000;
        life = life.with_checkin(row);
    }
    life
}

fn until(mut life: ClientHistory, as_of: Day) -> ClientHistory {
    life.meals.retain(|row| row.day <= as_of);
    life.sets.retain(|row| row.day <= as_of);
    life.cardio.retain(|row| row.day <= as_of);
    life.checkins.retain(|row| row.day <= as_of);
    life
}

#[test]
fn what_follows_the_date_changes_no_bit() {
    for seed in 0..40 {
        let life = life(seed, 100);
        for as_of in [13, 14, 27, 28, 55, 56, 70, 98] {
            let known = features(&life, as_of).unwrap();
            let truncated = features(&until(life.clone(), as_of), as_of).unwrap();
            assert_eq!(known.values.map(f64::to_bits), truncated.values.map(f64::to_bits));
            let bits = |features: &Features| {
                features.sequence.iter().map(|value| value.to_bits()).collect::<Vec<_>>()
            };
            assert_eq!(bits(&known), bits(&truncated));
            assert_eq!(known, truncated);
        }
    }
}

#[test]
fn what_lies_before_the_window_changes_nothing() {
    let life = life(3, 120);
    let mut recent = life.clone();
    recent.meals.retain(|row| row.day > 119 - 56);
    recent.sets.retain(|row| row.day > 119 - 56);
    recent.cardio.retain(|row| row.day > 119 - 56);
    recent.checkins.retain(|row| row.day > 119 - 56);
    assert_eq!(features(&life, 119), features(&recent, 119));
}

#[test]
fn who_the_client_is_changes_nothing() {
    let life = life(5, 80);
    let other = life.clone().who(|profile| {
        profile.user_id = "99".parse().unwrap();
        profile.goal = regiment_core::record::Goal::Bulk;
        profile.weight_kg = Some(140.0);
        profile.start = -400;
        profile.cardio_minutes = 5;
    });
    assert_eq!(features(&life, 79), features(&other, 79));
}

#[test]
fn every_feature_is_finite_and_bounded() {
    let never = (0..90).fold(client("1"), |life, day| {
        life.with_checkin(missed_checkin(day)).with_meals(day, &[Outcome::Missed; 4])
    });
    let always = (0..90).fold(client("1"), |life, day| {
        life.with_checkin(checkin(day, None)).with_meals(day, &[Outcome::Completed; 4])
    });
    for life in [never, always, life(1, 90), life(2, 90)] {
        let features = features(&life, 89).unwrap();
        for (feature, value) in FEATURES.iter().zip(features.values) {
            assert!(value.is_finite() && value.abs() <= 8.0, "{}: {value}", feature.name);
        }
        assert!(features.sequence.iter().all(|value| value.abs() <= 4.0));
        assert_eq!(features.sequence.len(), SEQUENCE_DAYS * CHANNELS);
    }
}

#[test]
fn names_are_unique() {
    let names = FEATURES.iter().map(|feature| feature.name).collect::<BTreeSet<_>>();
    assert_eq!(names.len(), N);
}

#[test]
fn thirteen_days_are_too_little_and_fourteen_are_enough() {
    let life = life(1, 30);
    assert_eq!(features(&life, 12), Err(Abstained::TooLittleHistory { days: 13 }));
    assert!(features(&life, 13).is_ok());
}

#[test]
fn a_week_without_orders_is_not_scored() {
    let life = until(life(1, 60), 30);
    assert!(features(&life, 36).is_ok());
    assert_eq!(features(&life, 37), Err(Abstained::NothingAsked));
}

#[test]
fn a_client_who_only_checks_in_is_known_as_one() {
    let full = life(1, 60);
    assert_eq!(features(&full, 59).unwrap().plan, Plan::Orders);
    let alone = ClientHistory { checkins: full.checkins, ..ClientHistory::new(full.profile) };
    assert_eq!(features(&alone, 59).unwrap().plan, Plan::CheckinsOnly);
}

#[test]
fn a_weekday_that_always_fails_darkens_the_days_ahead() {
    // Every day is done but those of one weekday; seven days hold each weekday once, so the worse
    // client is the one with two such weekdays.
    let life = |bad: &[i32]| {
        (0..60).fold(client("1"), |life, day| {
            let done = !bad.contains(&(day % 7));
            life.with_checkin(if done { checkin(day, None) } else { missed_checkin(day) })
        })
    };
    let at = FEATURES.iter().position(|feature| feature.name == "weekdays_ahead").unwrap();
    let ahead = |bad: &[i32]| features(&life(bad), 59).unwrap().values[at];
    assert!(ahead(&[5]) > ahead(&[5, 6]) + 0.3);
    assert!(ahead(&[]) > ahead(&[5]) + 0.3);
}

#[test]
fn rates_are_shrunk_log_odds_over_their_windows() {
    let life = (0..56).fold(client("1"), |life, day| life.with_checkin(checkin(day, None)));
    let values = features(&life, 55).unwrap().values;
    // 56 done, and 4 of 5 usual ones.
    assert!((values[4] - (60.0_f64 / 1.0).ln()).abs() < 1e-12, "{}", values[4]);
}
