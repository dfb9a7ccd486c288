use super::*;
use crate::{
    effect::Entry,
    engine::logging::Submission,
    record::{Actor, CardioStatus, Cause, Goal},
    testing::{at, client, date, dossier, user},
};

const DAY: &str = "2026-03-04";

fn minutes(n: i64) -> Minutes {
    Minutes::new(n).unwrap()
}

fn by_client(now: &str) -> Submission {
    Submission::at(at(now), Actor::Client(user("7")))
}

fn recorded(effects: &[Effect]) -> &CardioLog {
    let [Effect::Record(Entry { log: Log::Cardio(log), .. })] = effects else {
        panic!("not one cardio log: {effects:?}")
    };
    log
}

#[test]
fn the_profile_decides_and_the_policy_fills_in() {
    let mut client = client("7");
    let mut policy = Policy::default();
    let assigned = |client: &ClientProfile, policy: &Policy| {
        order(client, policy).map(|order| order.minutes.get())
    };
    client.cardio_minutes = Some(minutes(45));
    assert_eq!(assigned(&client, &policy), Some(45));
    client.cardio_minutes = Some(minutes(1));
    assert_eq!(assigned(&client, &policy), Some(1));
    client.cardio_minutes = Some(minutes(0));
    assert_eq!(assigned(&client, &policy), None);
    client.cardio_minutes = None;
    assert_eq!(assigned(&client, &policy), Some(30));
    policy.cardio.cut_minutes = Some(40);
    assert_eq!(assigned(&client, &policy), Some(40));
    client.goal = Goal::Bulk;
    assert_eq!(assigned(&client, &policy), Some(30));
    policy.cardio.bulk_minutes = Some(0);
    assert_eq!(assigned(&client, &policy), None);
}

#[test]
fn the_heart_rate_range_needs_an_age() {
    let mut client = client("7");
    client.age = None;
    assert_eq!(order(&client, &Policy::default()).unwrap().heart_rate, None);
    client.age = Some(Age::new(40).unwrap());
    // 208 - 28 = 180 beats; 64% is 115.2 and 76% is 136.8.
    assert_eq!(order(&client, &Policy::default()).unwrap().heart_rate, Some((115, 137)));
}

#[test]
fn the_heart_rate_range_falls_with_age_and_stays_below_the_maximum() {
    let mut last = (u16::MAX, u16::MAX);
    for years in 14..=100 {
        let (low, high) = heart_rate(Age::new(years).unwrap());
        assert!(low < high && (low, high) <= last, "at {years}");
        assert!(
            f64::from(high)
                <= 0.76 * (208.0 - 0.7 * f64::from(u32::try_from(years).unwrap())) + 0.5
        );
        last = (low, high);
    }
    assert_eq!(heart_rate(Age::new(14).unwrap()), (127, 151));
    assert_eq!(heart_rate(Age::new(100).unwrap()), (88, 105));
}

#[test]
fn a_report_is_weighed_against_what_was_ordered() {
    let dossier = dossier("7").with_fuel_order(DAY, &[], Some(30));
    for (actual, status) in [
        (0, CardioStatus::Underperformed),
        (29, CardioStatus::Underperformed),
        (30, CardioStatus::Completed),
        (31, CardioStatus::Completed),
    ] {
        let submission = by_client("2026-03-04T18:00:00Z");
        let effects =
            log(&dossier, &Policy::default(), date(DAY), Some(minutes(actual)), &submission);
        let effects = effects.unwrap();
        let log = recorded(&effects);
        assert_eq!(log.status(), status, "{actual} minutes");
        assert_eq!(log.assigned_minutes, minutes(30));
        assert_eq!(log.timestamp, at("2026-03-04T18:00:00Z"));
    }
}

#[test]
fn minutes_count_against_the_order_even_after_the_coach_changed_them() {
    let mut dossier = dossier("7").with_fuel_order(DAY, &[], Some(30));
    dossier.client.cardio_minutes = Some(minutes(60));
    let submission = by_client("2026-03-04T18:00:00Z");
    let effects = log(&dossier, &Policy::default(), date(DAY), Some(minutes(30)), &submission);
    assert_eq!(recorded(&effects.unwrap()).status(), CardioStatus::Completed);
}

#[test]
fn a_day_without_assigned_cardio_takes_no_report() {
    let dossier = dossier("7").with_fuel_order(DAY, &["template_a_meal1"], None);
    let submission = by_client("2026-03-04T18:00:00Z");
    let refused = log(&dossier, &Policy::default(), date(DAY), Some(minutes(30)), &submission);
    assert_eq!(refused, Err(Refusal::NotOrdered { date: date(DAY) }));
}

#[test]
fn a_coach_overrides_a_day_and_a_miss_keeps_its_cause() {
    let missed = CardioLog {
        user_id: user("7"),
        date: date(DAY),
        timestamp: at("2026-03-04T22:00:00Z"),
        assigned_minutes: minutes(20),
        actual_minutes: None,
        cause: Some(Cause::NotDelivered),
    };
    let dossier = dossier("7").with_log(Log::Cardio(missed));
    let mut submission = Submission::at(at("2026-03-05T09:00:00Z"), Actor::Coach("c".to_owned()));
    submission.reason = Some("logged on paper".to_owned());
    let policy = Policy::default();
    let done = log(&dossier, &policy, date(DAY), Some(minutes(20)), &submission).unwrap();
    assert_eq!(recorded(&done).status(), CardioStatus::Completed);
    assert_eq!(recorded(&done).cause, None);
    let undone = log(&dossier, &policy, date(DAY), None, &submission).unwrap();
    assert_eq!(recorded(&undone).status(), CardioStatus::Missed);
    assert_eq!(recorded(&undone).cause, Some(Cause::NotDelivered));
}
