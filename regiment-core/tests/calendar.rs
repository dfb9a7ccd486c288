//! Promises of the calendar and the schedule, over every zone that exists.

use std::thread;

use jiff::civil::{Date, Time};
use proptest::prelude::*;
use regiment_core::{
    Policy,
    calendar::{Resolution, Zone, days_after, days_between, local_date, local_time, resolve},
    engine::schedule::{Trigger, moved, next},
    testing::date,
};

/// Fires a trigger over `[first, last]` and returns how many dates it fired on, after checking that
/// each local date comes once, in order, at an instant that lies on it.
fn fire_all(trigger: Trigger, zone: &Zone, policy: &Policy, first: Date, last: Date) -> i64 {
    let mut fired = 0;
    let mut from = first;
    let mut previous = None;
    loop {
        let found = next(trigger, zone, policy, from);
        let due = found.due;
        if due.date > last {
            return fired;
        }
        let weekly = trigger.weekday(policy).is_some();
        for skipped in &found.skipped {
            assert!(resolve(zone, *skipped, trigger.time(policy)).is_none(), "{zone} {skipped}");
        }
        if !weekly {
            let passed = days_between(from, due.date);
            assert_eq!(passed, i64::try_from(found.skipped.len()).expect("few"), "{zone} {from}");
        }
        assert_eq!(local_date(zone, due.moment.at), due.date, "{zone}");
        if due.moment.resolution != Resolution::GapShifted {
            assert_eq!(
                local_time(zone, due.moment.at),
                trigger.time(policy),
                "{zone} {}",
                due.date
            );
        }
        assert!(previous.is_none_or(|earlier| earlier < due.moment.at), "{zone} {}", due.date);
        previous = Some(due.moment.at);
        fired += 1;
        from = days_after(due.date, 1);
    }
}

#[test]
fn every_trigger_fires_once_per_local_date_in_every_zone_over_ten_years() {
    let (first, last) = (date("2020-01-01"), date("2029-12-31"));
    let days = days_between(first, last) + 1;
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    assert!(names.len() > 400, "the bundled zones are {}", names.len());
    let (left, right) = names.split_at(names.len() / 2);
    thread::scope(|scope| {
        for part in [left, right] {
            scope.spawn(move || {
                let policy = Policy::default();
                for zone in part.iter().filter_map(|name| Zone::parse(name).ok()) {
                    for trigger in Trigger::RECURRING {
                        let fired = fire_all(trigger, &zone, &policy, first, last);
                        let expected = if trigger.weekday(&policy).is_some() { 522 } else { days };
                        assert!((fired - expected).abs() <= 1, "{zone} {trigger}: {fired}");
                        if trigger.weekday(&policy).is_none() {
                            assert_eq!(fired, days, "{zone} {trigger}");
                        }
                    }
                }
            });
        }
    });
}

#[test]
fn a_date_that_a_zone_skipped_has_no_triggers() {
    let policy = Policy::default();
    for (name, skipped) in [("Pacific/Apia", "2011-12-30"), ("Pacific/Kwajalein", "1993-08-21")] {
        let zone = Zone::parse(name).unwrap();
        let skipped = date(skipped);
        for trigger in Trigger::RECURRING {
            if trigger.weekday(&policy).is_none() {
                let (first, last) = (days_after(skipped, -3), days_after(skipped, 3));
                assert_eq!(fire_all(trigger, &zone, &policy, first, last), 6, "{name} {trigger}");
            }
        }
    }
}

fn any_zone() -> impl Strategy<Value = Zone> {
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    let iana =
        prop::sample::select(names).prop_filter_map("not a zone", |name| Zone::parse(&name).ok());
    let fixed = (-12 * 4..=14 * 4_i32).prop_map(|quarters| {
        let (sign, quarters) = (if quarters < 0 { '-' } else { '+' }, quarters.abs());
        Zone::parse(&format!("UTC{sign}{}:{:02}", quarters / 4, quarters % 4 * 15))
            .expect("in range")
    });
    prop_oneof![iana, fixed]
}

fn any_date() -> impl Strategy<Value = Date> {
    (0..36_524_i64).prop_map(|days| days_after(date("1970-01-01"), days))
}

fn any_time() -> impl Strategy<Value = Time> {
    (0..24_i8, 0..60_i8).prop_map(|(hour, minute)| Time::constant(hour, minute, 0, 0))
}

proptest! {
    #[test]
    fn a_resolved_time_lies_on_its_date(zone in any_zone(), day in any_date(), time in any_time()) {
        if let Some(moment) = resolve(&zone, day, time) {
            prop_assert_eq!(local_date(&zone, moment.at), day);
            if moment.resolution != Resolution::GapShifted {
                prop_assert_eq!(local_time(&zone, moment.at), time);
            }
        }
    }

    #[test]
    fn moving_between_zones_never_changes_what_an_occurrence_is(
        home in any_zone(),
        away in any_zone(),
        day in any_date(),
        trigger in prop::sample::select(Trigger::RECURRING.to_vec()),
    ) {
        let policy = Policy::default();
        let due = next(trigger, &home, &policy, day).due;
        let there = moved(due, &away, &policy);
        // The date stays, unless the other zone has no such date.
        prop_assert!(there.due.date == due.date || there.skipped.contains(&due.date));
        prop_assert_eq!(there.due.trigger, trigger);
    }

    #[test]
    fn zone_texts_never_panic_and_survive_printing(text in "\\PC{0,24}") {
        if let Ok(zone) = Zone::parse(&text) {
            prop_assert_eq!(Zone::parse(zone.as_str()).unwrap(), zone);
        }
    }
}
