use super::*;
use crate::chance::Draws;
use crate::testing::{checkin, client, missed_checkin};

/// Sixty-three days of check-ins, given or not.
fn checked(is_given: impl Fn(Day) -> bool) -> ClientHistory {
    (0..63).fold(client("7"), |client, day| {
        client.with_checkin(if is_given(day) { checkin(day, 90.0) } else { missed_checkin(day) })
    })
}

#[test]
fn three_earlier_weeks_are_too_few_and_four_are_enough() {
    let from = |first| {
        let client = checked(|_| true);
        let checkins = client.checkins.iter().filter(|row| row.day >= first).cloned().collect();
        adherence(&ClientHistory { checkins, ..client }, Stream::Checkin, 62)
    };
    assert_eq!(from(35).unwrap_err(), TooLittle { what: "earlier weeks", have: 3, need: 4 });
    assert_eq!(from(28).unwrap().weeks, 4);
    assert_eq!(from(0).unwrap().weeks, 8);
}

#[test]
fn nothing_assigned_this_week_says_nothing() {
    let mut client = checked(|_| true);
    client.checkins.retain(|row| row.day < 56);
    let error = adherence(&client, Stream::Checkin, 62).unwrap_err();
    assert_eq!(error.what, "days with anything assigned");
    assert!(adherence(&client, Stream::Cardio, 62).is_err());
}

#[test]
fn weekends_that_are_always_missed_are_no_drop_and_weekdays_are() {
    let weekend = |day| weekday(day) >= 5;
    let usual = adherence(&checked(|day| !weekend(day)), Stream::Checkin, 62).unwrap();
    assert!(!usual.is_drop(), "{usual:?}");
    assert!((usual.usual - 5.0 / 7.0).abs() < 0.05, "{usual:?}");
    let drops = checked(|day| !weekend(day) && (day < 56 || weekday(day) < 2));
    let found = adherence(&drops, Stream::Checkin, 62).unwrap();
    assert!(found.is_drop(), "{found:?}");
    assert!((found.share - 2.0 / 7.0).abs() < 1e-9);
}

#[test]
fn fifteen_points_make_a_drop_and_fourteen_do_not() {
    let drop = |share| Adherence { share, usual: 0.9, spread: 0.05, weeks: 8 };
    assert!(!drop(0.76).is_drop());
    assert!(drop(0.74).is_drop());
    assert!(!Adherence { spread: 0.12, ..drop(0.74) }.is_drop());
}

#[test]
fn one_who_is_always_erratic_drops_further_before_it_counts() {
    // Alternates between a whole week and half a week.
    let erratic = |day: Day| day / 7 % 2 == 1 || weekday(day) < 4;
    let found = adherence(&checked(erratic), Stream::Checkin, 62).unwrap();
    assert!(found.share < 0.6 && !found.is_drop(), "{found:?}");
}

#[test]
fn cardio_counts_in_part() {
    let client = (0..63).fold(client("7"), |client, day| {
        client.with_cardio(day, Some(if day < 56 { 60 } else { 15 }))
    });
    let found = adherence(&client, Stream::Cardio, 62).unwrap();
    assert!((found.share - 0.5).abs() < 1e-9 && (found.usual - 1.0).abs() < 1e-9, "{found:?}");
}

#[test]
fn a_drop_is_told_beside_the_flag_of_its_stream() {
    let client = checked(|day| day < 56 || weekday(day) < 2);
    let [finding] = &findings(&client, 62)[..] else { panic!("one finding") };
    assert_eq!(finding.evidence.flag, Flag::NonRespondingClient.into());
    assert_eq!(finding.evidence.detail, "check-ins: 29% this week, on these weekdays usually 100%");
}

#[test]
fn steady_people_rarely_drop_and_people_who_halve_mostly_do() {
    let drops = |this_week: f64| {
        let dropped = (0..500).filter(|stream| {
            let draws = std::cell::RefCell::new(Draws::new(9, *stream));
            let client =
                checked(|day| draws.borrow_mut().happens(if day < 56 { 0.85 } else { this_week }));
            adherence(&client, Stream::Checkin, 62).unwrap().is_drop()
        });
        count(dropped.count()) / 500.0
    };
    let (steady, halved) = (drops(0.85), drops(0.425));
    println!("steady {steady}, halved {halved}");
    assert!(steady <= 0.08, "{steady}");
    assert!(halved >= 0.7, "{halved}");
}
