//! A simulated year through the engines alone: every occurrence and every ordered item gets exactly
//! one outcome.
//!
//! The long run is `REGIMENT_YEAR_CLIENTS=1000 cargo test --release -p regiment-core --test year`.

#![cfg(feature = "testing")]
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
};

use jiff::{SignedDuration, Timestamp, civil::Date};
use regiment_core::{
    Library, Outcome, Policy,
    calendar::days_after,
    engine::schedule::{self, Trigger},
    record::{Cause, LogKey},
    simulate::tour::{Service, Span, serve},
};

fn year() -> Span {
    let begins: Timestamp = "2026-01-05T00:00:00Z".parse().unwrap();
    let until = begins + SignedDuration::from_hours(366 * 24);
    Span { seed: 11, begins, until, recruiting_days: 60 }
}

fn n_clients() -> u32 {
    std::env::var("REGIMENT_YEAR_CLIENTS").map_or(6, |n| n.parse().unwrap())
}

/// What an audited service adds to the sums.
#[derive(Debug, Default)]
struct Counts {
    occurrences: usize,
    items: usize,
    revisions: u32,
    refused: u32,
    not_delivered: usize,
    excused: usize,
    infractions: usize,
}

#[test]
fn a_year_gives_every_due_item_exactly_one_outcome() {
    let (policy, library) = (Policy::default(), Library::built_in());
    let n = n_clients();
    let counts: Vec<Counts> = thread::scope(|scope| {
        let live = |worker| {
            let (policy, library) = (&policy, &library);
            scope.spawn(move || {
                let mine = (0..n).filter(|index| index % 2 == worker);
                mine.map(|index| audited(&serve(index, year(), policy, library), policy))
                    .collect::<Vec<_>>()
            })
        };
        let workers = [live(0), live(1)];
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let mut sum = Counts::default();
    for one in counts {
        sum.occurrences += one.occurrences;
        sum.items += one.items;
        sum.revisions += one.revisions;
        sum.refused += one.refused;
        sum.not_delivered += one.not_delivered;
        sum.excused += one.excused;
        sum.infractions += one.infractions;
    }
    println!("{n} clients: {sum:?}");
    // The year is not an empty one: each of its ways to end is there.
    assert!(sum.items > 2_000 * usize::try_from(n).unwrap());
    assert!(sum.refused > 0 && sum.not_delivered > 0 && sum.excused > 0 && sum.infractions > 0);
}

fn audited(service: &Service, policy: &Policy) -> Counts {
    let due = due_once(service, policy);
    let items = one_outcome_each(service);
    let closed: BTreeSet<Date> = service.closed.iter().copied().collect();
    assert_eq!(closed.len(), service.closed.len(), "a date closed twice");
    for (date, trigger, outcome) in &service.ledger {
        if *trigger == Trigger::DayClose {
            assert_eq!(closed.contains(date), *outcome == Outcome::Done, "{date}");
        }
    }
    let caused = |cause| service.logs.values().filter(|log| log.cause() == Some(cause)).count();
    Counts {
        occurrences: due,
        items,
        revisions: service.revisions.values().sum(),
        refused: service.refused,
        not_delivered: caused(Cause::NotDelivered),
        excused: caused(Cause::Excused),
        infractions: service.infractions.len(),
    }
}

/// Each trigger was decided once for each date on which it was due from activation on; returns how
/// many occurrences that is.
fn due_once(service: &Service, policy: &Policy) -> usize {
    let zone = &service.client.as_ref().expect("all enlist within 60 days").timezone_offset;
    let mut decided: BTreeMap<Trigger, BTreeSet<Date>> = BTreeMap::new();
    for (date, trigger, _) in &service.ledger {
        let first = decided.entry(*trigger).or_default().insert(*date);
        assert!(first, "{trigger} of {date} was decided twice");
    }
    for trigger in Trigger::RECURRING {
        let dates = &decided[&trigger];
        let mut due = schedule::next(trigger, zone, policy, *dates.first().unwrap()).due;
        let mut n = 0;
        while due.moment.at <= year().until {
            assert!(dates.contains(&due.date), "{trigger} of {} was never decided", due.date);
            n += 1;
            due = schedule::next(trigger, zone, policy, days_after(due.date, 1)).due;
        }
        assert_eq!(n, dates.len(), "{trigger} was decided on dates on which it was not due");
    }
    service.ledger.len()
}

/// Each item of each order that stands has a log once its deadline has passed, nothing else has
/// one, and an order that did not arrive is nobody's fault; returns how many items there are.
fn one_outcome_each(service: &Service) -> usize {
    let mut items: BTreeSet<LogKey> = BTreeSet::new();
    for order in service.orders.values() {
        for key in order.keys() {
            let (date, item) = (key.date, key.item.clone());
            let log = service.logs.get(&key);
            if order.stands() && order.deadline <= year().until {
                let log = log.unwrap_or_else(|| panic!("{date} {item} has no outcome"));
                if order.delivered_at.is_none() {
                    let causes = [Some(Cause::NotDelivered), Some(Cause::Excused)];
                    assert!(causes.contains(&log.cause()), "{date} {item} never arrived");
                }
            }
            assert!(items.insert(key), "{date} {item} was ordered twice");
        }
    }
    for key in service.logs.keys() {
        assert!(items.contains(key), "nobody ordered {} {}", key.date, key.item);
    }
    items.len()
}

#[test]
fn the_same_seed_gives_the_same_service() {
    let (policy, library) = (Policy::default(), Library::built_in());
    let until = year().begins + SignedDuration::from_hours(60 * 24);
    let serve = |index| serve(index, Span { until, ..year() }, &policy, &library);
    for index in 0..3 {
        assert_eq!(serve(index), serve(index));
    }
    assert_ne!(serve(0).logs, serve(1).logs);
}
