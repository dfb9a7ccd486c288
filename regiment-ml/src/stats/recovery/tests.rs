use super::*;
use crate::chance::Draws;
use crate::testing::{checkin, client, missed_checkin};

/// A check-in of a strain from -4 to 4, spread over its four answers.
fn strained(day: Day, strain: i32) -> CheckinRow {
    let mut left = strain + 4;
    let mut take = || {
        let part = left.clamp(0, 2);
        left -= part;
        part
    };
    let level = |part| [Level::Low, Level::Medium, Level::High][usize::try_from(part).unwrap()];
    let (soreness, stress) = (level(take()), level(take()));
    let sleep = [Sleep::Eight, Sleep::Six, Sleep::Four][usize::try_from(take()).unwrap()];
    let mood = [Mood::Great, Mood::Okay, Mood::Bad][usize::try_from(take()).unwrap()];
    CheckinRow {
        mood: Some(mood),
        soreness: Some(soreness),
        sleep: Some(sleep),
        stress: Some(stress),
        ..checkin(day, 90.0)
    }
}

fn lived(strains: impl IntoIterator<Item = (Day, i32)>) -> ClientHistory {
    strains.into_iter().fold(client("7"), |client, (day, s)| client.with_checkin(strained(day, s)))
}

#[test]
fn strain_counts_four_answers_from_well_to_worst() {
    for points in -4..=4 {
        assert_eq!(strain(&strained(0, points)), Some(points));
    }
    assert_eq!(strain(&missed_checkin(0)), None);
    assert_eq!(strain(&CheckinRow { stress: None, ..checkin(0, 90.0) }), None);
}

#[test]
fn a_turn_is_found_with_its_first_day() {
    // 42 days: around -1 until day 34, then 3.
    let lived = lived((0..42).map(|day| (day, if day < 35 { -1 + day % 2 } else { 3 })));
    let turn = turn(&lived, 41).unwrap().unwrap();
    assert_eq!(turn.since, 35);
    assert_eq!(turn.days, (35..42).collect::<Vec<_>>());
    assert!((turn.now - 3.0).abs() < 1e-9 && (turn.usual + 0.5).abs() < 1e-9, "{turn:?}");
}

#[test]
fn the_sum_alarms_above_five_and_not_at_five() {
    // Usual 0 and a spread of 1: each day at 2 adds 1.25, each at 1 adds 0.25.
    let after = |strains: &[i32]| {
        let usual = (0..28).map(|day| (day, 0));
        let watched = (0..).zip(strains).map(|(n, strain)| (28 + n, *strain));
        turn(&lived(usual.chain(watched)), 41).unwrap()
    };
    assert_eq!(after(&[2, 2, 2, 2]), None); // 5.0
    assert!((after(&[2, 2, 2, 2, 1]).unwrap().sum - 5.25).abs() < 1e-9);
    assert_eq!(after(&[2, 2, 2, 2, 1, 0]), None); // 4.5
}

#[test]
fn too_few_check_ins_say_nothing() {
    let error = turn(&lived((15..42).map(|day| (day, 0))), 41).unwrap_err();
    assert_eq!(error, TooLittle { what: "check-ins of the usual days", have: 13, need: 14 });
    assert!(turn(&lived((14..42).map(|day| (day, 0))), 41).is_ok());
    let error = turn(&lived((0..31).map(|day| (day, 0))), 41).unwrap_err();
    assert_eq!(error, TooLittle { what: "check-ins of the last 14 days", have: 3, need: 4 });
}

#[test]
fn one_who_is_always_strained_has_not_turned() {
    assert_eq!(turn(&lived((0..42).map(|day| (day, 3))), 41).unwrap(), None);
}

#[test]
fn ordinary_days_rarely_alarm_and_a_bad_week_mostly_does() {
    let alarms = |worse: f64| {
        let alarmed = (0..500).filter(|stream| {
            let mut draws = Draws::new(3, *stream);
            let mut latent = 0.0;
            let days = (0..42).map(|day| {
                // Autocorrelation 0.35, as in published daily reports; a spread of 1.3 points.
                latent = 0.35 * latent + draws.normal(0.0, 1.22);
                let worse = if day >= 35 { worse } else { 0.0 };
                let strain = [-4, -3, -2, -1, 0, 1, 2, 3, 4].into_iter().min_by_key(|point| {
                    ((f64::from(*point) - latent + 1.0 - worse).abs() * 1e6).to_bits()
                });
                (day, strain.unwrap())
            });
            turn(&lived(days), 41).unwrap().is_some()
        });
        count(alarmed.count()) / 500.0
    };
    let (ordinary, bad) = (alarms(0.0), alarms(2.6));
    println!("ordinary {ordinary}, two standard deviations worse {bad}");
    assert!(ordinary <= 0.05, "{ordinary}");
    assert!(bad >= 0.8, "{bad}");
}
