mod fire;

use super::*;
use crate::testing::{at, client, date, zone};

fn policy() -> Policy {
    Policy::default()
}

#[track_caller]
fn check_next(trigger: Trigger, in_zone: &str, from: &str, expected: &str) {
    let found = next(trigger, &zone(in_zone), &policy(), date(from));
    assert_eq!(found.due.moment.at, at(expected));
    assert!(found.skipped.is_empty());
}

#[test]
fn triggers_fire_to_the_minute_in_every_kind_of_zone() {
    check_next(Trigger::CheckinDrop, "UTC", "2026-03-01", "2026-03-01T05:30:00Z");
    check_next(Trigger::CheckinDrop, "UTC+5:45", "2026-03-01", "2026-02-28T23:45:00Z");
    check_next(Trigger::DayClose, "America/Los_Angeles", "2026-03-08", "2026-03-09T05:00:00Z");
    check_next(Trigger::PlanPrompt, "UTC", "2026-03-01", "2026-03-06T09:00:00Z");
    check_next(Trigger::PlanDeadline, "UTC", "2026-03-06", "2026-03-06T21:00:00Z");
    check_next(Trigger::ShoppingList, "UTC", "2026-03-08", "2026-03-14T06:00:00Z");
}

#[test]
fn a_date_that_the_zone_skipped_is_reported_and_passed_over() {
    let found = next(Trigger::MealDrop, &zone("Pacific/Apia"), &policy(), date("2011-12-30"));
    assert_eq!(found.skipped, [date("2011-12-30")]);
    assert_eq!(found.due.date, date("2011-12-31"));
    // A Friday prompt on a skipped Friday waits for the next Friday.
    let found = next(Trigger::PlanPrompt, &zone("Pacific/Apia"), &policy(), date("2011-12-30"));
    assert_eq!(found.skipped, [date("2011-12-30")]);
    assert_eq!(found.due.date, date("2012-01-06"));
}

#[track_caller]
fn check_first(trigger: Trigger, now: &str, expected: &str) {
    let found = first(trigger, &client("1"), &policy(), at(now));
    assert_eq!(found.due.date, date(expected), "{trigger} at {now}");
}

#[test]
fn a_new_client_begins_with_the_next_daily_trigger() {
    check_first(Trigger::MealDrop, "2026-03-04T05:59:59Z", "2026-03-04");
    check_first(Trigger::MealDrop, "2026-03-04T06:00:00Z", "2026-03-04");
    check_first(Trigger::MealDrop, "2026-03-04T06:00:01Z", "2026-03-05");
    check_first(Trigger::DayClose, "2026-03-04T21:59:00Z", "2026-03-04");
}

#[test]
fn a_new_client_gets_the_steps_of_the_coming_cycle_at_once() {
    // The coming cycle begins on Tuesday 2026-03-10; its Friday is the 6th, its Saturday the 7th.
    for now in ["2026-03-04T12:00:00Z", "2026-03-08T12:00:00Z", "2026-03-09T23:59:00Z"] {
        check_first(Trigger::PlanPrompt, now, "2026-03-06");
        check_first(Trigger::PlanDeadline, now, "2026-03-06");
        check_first(Trigger::ShoppingList, now, "2026-03-07");
    }
    check_first(Trigger::PlanDeadline, "2026-03-10T00:00:00Z", "2026-03-13");
}

#[track_caller]
fn check_use(trigger: Trigger, day: &str, now: &str, expected: bool) {
    let zone = zone("UTC");
    let due = next(trigger, &zone, &policy(), date(day)).due;
    assert_eq!(is_of_use(&due, &zone, &policy(), at(now)), expected, "{trigger} at {now}");
}

#[test]
fn a_late_run_is_of_use_up_to_its_bound() {
    check_use(Trigger::CheckinDrop, "2026-03-04", "2026-03-04T11:30:00Z", true);
    check_use(Trigger::CheckinDrop, "2026-03-04", "2026-03-04T11:30:01Z", false);
    for trigger in [Trigger::MealDrop, Trigger::TrainingDrop] {
        check_use(trigger, "2026-03-04", "2026-03-04T20:00:00Z", true);
        check_use(trigger, "2026-03-04", "2026-03-04T20:00:01Z", false);
    }
    check_use(Trigger::PlanPrompt, "2026-03-06", "2026-03-06T21:00:00Z", true);
    check_use(Trigger::PlanPrompt, "2026-03-06", "2026-03-06T21:00:01Z", false);
    check_use(Trigger::ShoppingList, "2026-03-07", "2026-03-09T20:00:00Z", true);
    check_use(Trigger::ShoppingList, "2026-03-07", "2026-03-09T20:00:01Z", false);
    for trigger in [Trigger::CheckinClose, Trigger::DayClose, Trigger::PlanDeadline] {
        check_use(trigger, "2026-03-04", "2027-03-04T20:00:01Z", true);
    }
}

#[test]
fn a_message_is_of_use_for_as_long_as_a_late_run() {
    let los_angeles = zone("America/Los_Angeles");
    let ends = |trigger, day: &str| {
        let due = next(trigger, &los_angeles, &policy(), date(day)).due;
        of_use_until(&due, &los_angeles, &policy())
    };
    assert_eq!(ends(Trigger::CheckinDrop, "2026-03-04"), Some(at("2026-03-04T19:30:00Z")));
    assert_eq!(ends(Trigger::PlanPrompt, "2026-03-06"), Some(at("2026-03-07T05:00:00Z")));
    // The Monday after the clocks went forward.
    assert_eq!(ends(Trigger::ShoppingList, "2026-03-07"), Some(at("2026-03-10T03:00:00Z")));
    assert_eq!(ends(Trigger::DayClose, "2026-03-04"), None);
}

#[test]
fn a_new_zone_keeps_the_date_and_moves_the_instant() {
    let due = next(Trigger::MealDrop, &zone("UTC"), &policy(), date("2026-03-04")).due;
    let east = moved(due, &zone("Asia/Tokyo"), &policy()).due;
    assert_eq!((east.date, east.moment.at), (due.date, at("2026-03-03T21:00:00Z")));
    let west = moved(due, &zone("America/New_York"), &policy()).due;
    assert_eq!((west.date, west.moment.at), (due.date, at("2026-03-04T11:00:00Z")));
}

#[track_caller]
fn check_system(trigger: SystemTrigger, now: &str, latest: &str, following: &str) {
    assert_eq!(latest_due(trigger, &policy(), at(now)), at(latest));
    assert_eq!(next_system(trigger, &policy(), at(now)), at(following));
}

#[test]
fn system_triggers_know_their_latest_and_next_instant() {
    use SystemTrigger::{Honors, InfractionScan, Retention};
    // 2026-03-01 is a Sunday.
    check_system(Honors, "2026-03-01T22:29:59Z", "2026-02-22T22:30:00Z", "2026-03-01T22:30:00Z");
    check_system(Honors, "2026-03-01T22:30:00Z", "2026-03-01T22:30:00Z", "2026-03-08T22:30:00Z");
    check_system(Honors, "2026-03-04T00:00:00Z", "2026-03-01T22:30:00Z", "2026-03-08T22:30:00Z");
    check_system(Retention, "2026-03-04T02:59:59Z", "2026-03-03T03:00:00Z", "2026-03-04T03:00:00Z");
    check_system(Retention, "2026-03-04T03:00:00Z", "2026-03-04T03:00:00Z", "2026-03-05T03:00:00Z");
    check_system(
        InfractionScan,
        "2026-03-04T01:59:59Z",
        "2026-03-04T01:00:00Z",
        "2026-03-04T02:00:00Z",
    );
}

#[test]
fn closings_come_before_drops_at_one_instant() {
    use Trigger::{CheckinClose, DayClose, PauseEnd, PlanDeadline};
    let (closings, drops): (Vec<Trigger>, Vec<Trigger>) =
        Trigger::ALL.iter().partition(|trigger| trigger.is_closing());
    assert_eq!(closings, [PauseEnd, CheckinClose, DayClose, PlanDeadline]);
    assert!(closings.iter().max() < drops.iter().min());
}
