use regiment_core::record::{Level, Mood};

use super::*;
use crate::chance::Draws;
use crate::eval::planted::life::{at, checkin};
use crate::history::{CheckinRow, MealRow, Outcome};
use crate::testing::client;

/// A day on which nothing is out of the ordinary: weight and mood vary.
fn ordinary(day: Day) -> CheckinRow {
    let mut draws = Draws::new(1, u64::try_from(day).unwrap());
    let mut row = checkin(day, 90.0 + draws.normal(0.0, 0.35));
    row.mood = Some([Mood::Great, Mood::Okay, Mood::Bad][usize::try_from(day % 3).unwrap()]);
    row
}

/// Fifty-six days of check-ins, changed.
fn checked(change: impl Fn(&mut CheckinRow)) -> ClientHistory {
    (0..56).fold(client("7"), |client, day| {
        let mut row = ordinary(day);
        change(&mut row);
        client.with_checkin(row)
    })
}

fn sign(client: &ClientHistory, kind: SignKind) -> Option<Sign> {
    assess(client, 55).signs.into_iter().find(|sign| sign.kind == kind)
}

/// A client who logged three meals on each of the last fourteen days, at the times given.
fn ate(times: impl Fn(Day, i64) -> i64) -> ClientHistory {
    let mut client = client("7");
    for day in 42..56 {
        for n in 0..3 {
            client.meals.push(MealRow { day, at: times(day, n), outcome: Outcome::Completed });
        }
    }
    client
}

#[test]
fn ordinary_logs_show_nothing() {
    let assessment = assess(&checked(|_| ()), 55);
    assert_eq!(assessment.signs, []);
    assert!(!assessment.deserves_a_look());
    assert!((assessment.score() - 0.01).abs() < 0.001);
    assert_eq!(findings(&checked(|_| ()), 55), []);
}

#[test]
fn six_equal_answers_are_no_run_and_seven_are() {
    let equal = |from| {
        checked(move |row| row.mood = if row.day < from { row.mood } else { Some(Mood::Bad) })
    };
    // Day 50 is Bad anyway; day 49 is not.
    assert_eq!(sign(&equal(50), SignKind::SameAnswers), None);
    let found = sign(&equal(49), SignKind::SameAnswers).unwrap();
    assert_eq!((found.n, found.days), (7, (49..56).collect()));
}

#[test]
fn one_who_always_answers_the_same_shows_little() {
    let always = checked(|row| row.mood = Some(Mood::Okay));
    let found = sign(&always, SignKind::SameAnswers).unwrap();
    assert_eq!(found.n, 56);
    let suddenly = checked(|row| {
        if row.day >= 45 {
            row.stress = Some(Level::Low);
            row.mood = Some(Mood::Okay);
        }
    });
    let run = sign(&suddenly, SignKind::SameAnswers).unwrap();
    assert!((run.log_odds - log_odds::ANSWERS_CAP).abs() < 1e-9, "{run:?}");
    // Straight-lining alone deserves no look; with another sign it does.
    assert!(!assess(&suddenly, 55).deserves_a_look());
    let also = suddenly.with_checkin(checkin(56, 95.0));
    assert!(assess(&also, 56).deserves_a_look());
    // Half a year of habit counts for more than a week of copying.
    let half = checked(|row| {
        row.mood = if row.day % 14 == 0 { Some(Mood::Bad) } else { Some(Mood::Okay) }
    });
    let habitual = sign(&half, SignKind::SameAnswers).unwrap();
    assert!(habitual.log_odds < 4.0, "{habitual:?}");
}

#[test]
fn five_equal_weights_are_no_run_and_six_are() {
    let equal = |from| {
        checked(move |row| row.weight_kg = if row.day < from { row.weight_kg } else { Some(91.7) })
    };
    assert_eq!(sign(&equal(51), SignKind::SameWeight), None);
    let found = sign(&equal(50), SignKind::SameWeight).unwrap();
    assert_eq!(found.n, 6);
    assert!(found.log_odds > 4.6, "{found:?}");
}

#[test]
fn a_scale_of_whole_kilograms_repeats_itself() {
    let coarse = checked(|row| row.weight_kg = row.weight_kg.map(f64::round));
    let assessment = assess(&coarse, 55);
    assert!(!assessment.deserves_a_look(), "{assessment:?}");
}

#[test]
fn last_digits_that_come_up_too_often_are_seen() {
    // Invented: half of them end in .5, over a range in which a scale spreads evenly.
    let invented = checked(|row| {
        let kg = 90.0 + f64::from(row.day % 5) * 0.7;
        row.weight_kg =
            Some(if row.day % 2 == 0 { kg.round() + 0.5 } else { (kg * 10.0).round() / 10.0 });
    });
    assert!(sign(&invented, SignKind::Digits).is_some());
}

#[test]
fn a_jump_takes_noise_and_percent() {
    let jump = |kg| {
        checked(move |row| {
            if row.day == 50 {
                row.weight_kg = Some(kg);
            }
        })
    };
    assert!(sign(&jump(95.0), SignKind::Jump).is_some());
    assert_eq!(sign(&jump(91.2), SignKind::Jump), None);
    // A slip of the finger alone deserves no look.
    assert!(!assess(&jump(95.0), 55).deserves_a_look());
}

#[test]
fn six_logs_within_sixty_seconds_are_a_burst() {
    let logs = |step: i64, n: i64| {
        let mut client = client("7");
        for i in 0..n {
            let at = at(50, 20, 0) + i * step;
            client.meals.push(MealRow { day: 50, at, outcome: Outcome::Completed });
        }
        sign(&client, SignKind::Burst)
    };
    assert!(logs(12_000_000, 6).is_some());
    assert_eq!(logs(12_000_001, 6), None);
    assert_eq!(logs(1_000_000, 5), None);
    // A file's logs all have one instant.
    assert_eq!(logs(0, 20), None);
}

#[test]
fn the_small_hours_are_those_of_the_clients_zone() {
    let at_hour = |hour| ate(move |day, n| at(day, hour, n));
    assert!(sign(&at_hour(4), SignKind::Night).is_some());
    assert_eq!(sign(&at_hour(5), SignKind::Night), None);
    let berlin =
        |hour| at_hour(hour).who(|who| "Europe/Berlin".clone_into(&mut who.timezone_offset));
    // 1970 in Berlin is UTC+1: 03:00 UTC is 04:00 there, 04:00 UTC is 05:00.
    assert!(sign(&berlin(3), SignKind::Night).is_some());
    assert_eq!(sign(&berlin(4), SignKind::Night), None);
    let unreadable = at_hour(4).who(|who| "Mars".clone_into(&mut who.timezone_offset));
    assert_eq!(sign(&unreadable, SignKind::Night), None);
}

#[test]
fn what_is_entered_after_its_date_is_backfilled() {
    let late = ate(|day, n| at(day + 1, 9, n));
    let found = sign(&late, SignKind::Backfilled).unwrap();
    assert_eq!(found.n, 14);
    assert_eq!(sign(&ate(|day, n| at(day, 23, n)), SignKind::Backfilled), None);
    assert!(assess(&late, 55).deserves_a_look());
    // One corrected day is a coach's doing.
    let corrected = ate(|day, n| if day == 50 { at(51, 9, n) } else { at(day, 12, n) });
    assert!(!assess(&corrected, 55).deserves_a_look());
}

#[test]
fn thirteen_exact_cardios_are_no_sign_and_fourteen_are_a_weak_one() {
    let exact = |n| (56 - n..56).fold(client("7"), |client, day| client.with_cardio(day, Some(30)));
    assert_eq!(sign(&exact(13), SignKind::ExactCardio), None);
    assert!(sign(&exact(14), SignKind::ExactCardio).is_some());
    assert_eq!(sign(&exact(14).with_cardio(41, Some(31)), SignKind::ExactCardio), None);
    assert!(!assess(&exact(14), 55).deserves_a_look());
}

#[test]
fn the_flag_asks_for_a_look_and_names_what_was_seen() {
    let copied = checked(|row| {
        if row.day >= 45 {
            row.weight_kg = Some(90.3);
        }
    });
    let [finding] = &findings(&copied, 55)[..] else { panic!("one finding") };
    let evidence = &finding.evidence;
    assert_eq!(evidence.flag, Flag::LogAnomaly.into());
    assert_eq!(evidence.detail, "check this: the same weight 11 times in a row");
    assert_eq!(evidence.numbers["same_weight"].to_bits(), 11.0_f64.to_bits());
    assert_eq!(evidence.dates.len(), 11);
    for word in ["lying", "lie", "fake", "cheat"] {
        assert!(!evidence.detail.contains(word));
    }
}

#[test]
fn nothing_that_is_dated_later_is_read() {
    let copied = checked(|row| {
        if row.day >= 40 {
            row.weight_kg = Some(91.7);
        }
    });
    let mut cut = copied.clone();
    cut.checkins.retain(|row| row.day <= 42);
    assert_eq!(assess(&copied, 42), assess(&cut, 42));
}
