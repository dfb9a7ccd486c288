use super::*;
use crate::{
    record::{CardioLog, Excuse, ExcuseReason, Stream},
    testing::{at, date, dossier, user, zone},
};

const DAY: &str = "2026-03-04";

fn key(day: &str) -> LogKey {
    LogKey { user_id: user("7"), date: date(day), stream: Stream::Cardio, item: String::new() }
}

fn ordered() -> Dossier {
    dossier("7").with_fuel_order(DAY, &["template_a_meal1"], Some(30))
}

fn client(entered: &str, now: &str) -> Submission {
    let by = Actor::Client(user("7"));
    Submission { entered_at: at(entered), ..Submission::at(at(now), by) }
}

fn coach(now: &str, reason: Option<&str>) -> Submission {
    let by = Actor::Coach("c".to_owned());
    Submission { reason: reason.map(str::to_owned), ..Submission::at(at(now), by) }
}

fn admitted(dossier: &Dossier, submission: &Submission) -> Result<(), Refusal> {
    admit(dossier, &Policy::default(), &key(DAY), submission)
}

fn closed() -> Refusal {
    Refusal::Closed { date: date(DAY), time: "22:00".parse().unwrap() }
}

#[test]
fn an_entry_counts_until_the_instant_of_the_deadline() {
    let dossier = ordered();
    let before = "2026-03-04T21:59:59.999999Z";
    assert_eq!(admitted(&dossier, &client(before, before)), Ok(()));
    let after = "2026-03-04T22:00:00Z";
    assert_eq!(admitted(&dossier, &client(after, after)), Err(closed()));
    assert_eq!(closed().to_string(), "the 22:00 deadline of 2026-03-04 has passed");
}

#[test]
fn the_deadline_is_the_clients_own_also_where_daylight_saving_moves_it() {
    for (zone_name, day, deadline) in [
        ("UTC+14", "2026-03-04", "2026-03-04T08:00:00Z"),
        ("UTC-11", "2026-03-04", "2026-03-05T09:00:00Z"),
        ("Asia/Kathmandu", "2026-03-04", "2026-03-04T16:15:00Z"),
        ("America/New_York", "2026-03-07", "2026-03-08T03:00:00Z"),
        ("America/New_York", "2026-03-08", "2026-03-09T02:00:00Z"),
    ] {
        let mut dossier = dossier("7");
        dossier.client.timezone_offset = zone(zone_name);
        let dossier = dossier.with_fuel_order(day, &[], Some(30));
        let just_before = at(deadline) - jiff::SignedDuration::from_micros(1);
        let by = || Actor::Client(user("7"));
        let verdict =
            |now| admit(&dossier, &Policy::default(), &key(day), &Submission::at(now, by()));
        assert_eq!(verdict(just_before), Ok(()), "{zone_name} {day}");
        let time = "22:00".parse().unwrap();
        assert_eq!(verdict(at(deadline)), Err(Refusal::Closed { date: date(day), time }));
    }
}

#[test]
fn an_entry_made_in_time_supersedes_the_automatic_miss() {
    let missed = CardioLog { timestamp: at("2026-03-04T22:00:01Z"), ..cardio_log(None) };
    let dossier = ordered().with_log(Log::Cardio(missed));
    let late = client("2026-03-04T21:59:00Z", "2026-03-04T22:05:00Z");
    assert_eq!(admitted(&dossier, &late), Ok(()));
    assert_eq!(
        late.entry(Log::Cardio(cardio_log(Some(30)))).entered_at,
        at("2026-03-04T21:59:00Z")
    );
}

#[test]
fn an_entry_older_than_the_answer_that_stands_is_refused() {
    let stands = CardioLog { timestamp: at("2026-03-04T18:00:00Z"), ..cardio_log(Some(20)) };
    let dossier = ordered().with_log(Log::Cardio(stands));
    let spooled =
        |entered| Submission { via: Via::Spool, ..client(entered, "2026-03-04T20:00:00Z") };
    assert_eq!(admitted(&dossier, &spooled("2026-03-04T17:59:59Z")), Err(Refusal::Superseded));
    assert_eq!(admitted(&dossier, &spooled("2026-03-04T18:00:00Z")), Ok(()));
    assert_eq!(admitted(&dossier, &spooled("2026-03-04T18:00:01Z")), Ok(()));
}

#[test]
fn only_the_closings_own_miss_gives_way_to_an_older_entry() {
    let stands = |minutes, at_time: &str| {
        let log = CardioLog { timestamp: at(at_time), ..cardio_log(minutes) };
        ordered().with_log(Log::Cardio(log))
    };
    let late = client("2026-03-04T21:59:00Z", "2026-03-04T22:05:00Z");
    // The closing's miss, a miss said by hand, and a coach's override.
    assert_eq!(admitted(&stands(None, "2026-03-04T22:00:00Z"), &late), Ok(()));
    let by_hand = stands(None, "2026-03-04T21:59:30Z");
    assert_eq!(admitted(&by_hand, &late), Err(Refusal::Superseded));
    let overridden = stands(Some(30), "2026-03-04T22:01:00Z");
    assert_eq!(admitted(&overridden, &late), Err(Refusal::Superseded));
}

#[test]
fn a_live_entry_is_at_most_fifteen_minutes_old_and_a_spooled_one_of_any_age() {
    let dossier = ordered();
    let now = "2026-03-04T18:15:00Z";
    assert_eq!(admitted(&dossier, &client("2026-03-04T18:00:00.000001Z", now)), Ok(()));
    assert_eq!(admitted(&dossier, &client("2026-03-04T18:00:00Z", now)), Ok(()));
    let old = client("2026-03-04T17:59:59.999999Z", now);
    assert_eq!(admitted(&dossier, &old), Err(Refusal::Stale { minutes: 15 }));
    let next_week = "2026-03-11T09:00:00Z";
    let spooled = Submission { via: Via::Spool, ..client("2026-03-04T18:00:00Z", next_week) };
    assert_eq!(admitted(&dossier, &spooled), Ok(()));
    let spooled = Submission { via: Via::Spool, ..client("2026-03-04T22:00:00Z", next_week) };
    assert_eq!(admitted(&dossier, &spooled), Err(closed()));
}

#[test]
fn a_clock_that_runs_ahead_gains_nothing() {
    let ahead = client("2026-03-04T23:00:00Z", "2026-03-04T21:00:00Z");
    assert_eq!(ahead.made_at(), at("2026-03-04T21:00:00Z"));
    assert_eq!(admitted(&ordered(), &ahead), Ok(()));
}

#[test]
fn only_items_of_a_standing_order_of_the_client_are_taken() {
    let now = "2026-03-04T18:00:00Z";
    let nothing = dossier("7");
    let refused = Err(Refusal::NotOrdered { date: date(DAY) });
    assert_eq!(admitted(&nothing, &client(now, now)), refused);
    let rest = dossier("7").with_fuel_order(DAY, &["template_a_meal1"], None);
    assert_eq!(admitted(&rest, &client(now, now)), refused);

    let mut withdrawn = ordered();
    withdrawn.orders[0].withdrawn_at = Some(at("2026-03-04T10:00:00Z"));
    assert_eq!(
        admitted(&withdrawn, &client(now, now)),
        Err(Refusal::Withdrawn { date: date(DAY) })
    );

    let other = Submission::at(at(now), Actor::Client(user("8")));
    assert_eq!(admitted(&ordered(), &other), Err(Refusal::NotYours));
    let system = Submission::at(at(now), Actor::System);
    assert_eq!(admitted(&ordered(), &system), Err(Refusal::NotYours));
}

#[test]
fn a_coach_overrides_a_closed_log_with_a_reason_alone() {
    let needed = Err(Refusal::ReasonNeeded { to: "override a closed log" });
    let dossier = ordered();
    assert_eq!(admitted(&dossier, &coach("2026-03-04T21:59:59Z", None)), Ok(()));
    assert_eq!(admitted(&dossier, &coach("2026-03-04T22:00:00Z", None)), needed);
    assert_eq!(admitted(&dossier, &coach("2026-03-04T22:00:00Z", Some("  "))), needed);
    let told = coach("2026-03-09T08:00:00Z", Some(" power cut "));
    assert_eq!(admitted(&dossier, &told), Ok(()));
    let entry = told.entry(Log::Cardio(cardio_log(Some(30))));
    assert_eq!(entry.reason.as_deref(), Some("power cut"));
}

#[test]
fn a_coach_overrides_an_imported_log_that_was_never_ordered() {
    let imported = dossier("7").with_cardio(DAY, Some(10));
    let told = coach("2026-03-09T08:00:00Z", Some("typing error"));
    assert_eq!(admitted(&imported, &told), Ok(()));
    let untold = coach("2026-03-04T08:00:00Z", None);
    assert!(matches!(admitted(&imported, &untold), Err(Refusal::ReasonNeeded { .. })));
    assert_eq!(admitted(&dossier("7"), &told), Err(Refusal::NotOrdered { date: date(DAY) }));
}

#[test]
fn a_miss_keeps_its_cause_and_takes_one_from_an_excuse() {
    let excuse = |from: &str, until: &str| Excuse {
        user_id: user("7"),
        from: date(from),
        until: date(until),
        streams: vec![Stream::Cardio],
        item: None,
        reason: ExcuseReason::Illness,
        note: String::new(),
        by: Actor::Coach("c".to_owned()),
        at: at("2026-03-01T00:00:00Z"),
    };
    let mut dossier = ordered();
    assert_eq!(cause_of_miss(&dossier, &key(DAY)), None);
    dossier.excuses = vec![excuse("2026-03-01", "2026-03-03")];
    assert_eq!(cause_of_miss(&dossier, &key(DAY)), None);
    dossier.excuses = vec![excuse("2026-03-01", DAY)];
    assert_eq!(cause_of_miss(&dossier, &key(DAY)), Some(Cause::Excused));
    let missed = CardioLog { cause: Some(Cause::NotDelivered), ..cardio_log(None) };
    let dossier = dossier.with_log(Log::Cardio(missed));
    assert_eq!(cause_of_miss(&dossier, &key(DAY)), Some(Cause::NotDelivered));
}

fn cardio_log(minutes: Option<i64>) -> CardioLog {
    let dossier = dossier("7").with_cardio(DAY, minutes);
    let Some(Log::Cardio(log)) = dossier.log(&key(DAY)).cloned() else { panic!("a cardio log") };
    log
}
