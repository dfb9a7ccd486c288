//! A simulated company on each kind of database: what is due happens once, and the store changes
//! nothing about what the engines decide.
//!
//! The long run is `REGIMENT_COMPANY_CLIENTS=1000 cargo test --release -p regiment-core --test company`.

#![cfg(all(feature = "store", feature = "testing"))]
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

#[path = "store/harness.rs"]
#[macro_use]
#[expect(dead_code, reason = "the promises of the store use the rest")]
mod harness;

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use jiff::{SignedDuration, Timestamp, civil::Date};
use regiment_core::{
    Library, ManualClock, Outcome, Policy, UserId,
    engine::schedule::Trigger,
    record::{Log, LogKey},
    regiment::Regiment,
    simulate::{
        Company, Tally,
        tour::{Service, Span, serve},
    },
    store::{Occasion, Store},
};

/// Seventeen days over the end of European winter time: two weeks of orders for whoever enlists at
/// once.
fn span() -> Span {
    let begins: Timestamp = "2026-03-22T00:00:00Z".parse().unwrap();
    let until = begins + SignedDuration::from_hours(17 * 24);
    Span { seed: 42, begins, until, recruiting_days: 2 }
}

fn n_clients() -> u32 {
    std::env::var("REGIMENT_COMPANY_CLIENTS").map_or(6, |n| n.parse().unwrap())
}

/// Lives the people of these numbers on a store.
async fn live(store: &Store, numbers: Range<u32>) -> (Regiment, Tally) {
    let Span { seed, begins, until, recruiting_days } = span();
    let clock = Arc::new(ManualClock::at(begins));
    let regiment = Regiment::open(store.clone(), clock.clone()).await.unwrap();
    let mut company = Company::of(seed, numbers, begins, recruiting_days);
    let tally = company.live(&regiment, &clock, until).await.unwrap();
    (regiment, tally)
}

/// The same person without a store.
fn alone(index: u32) -> Service {
    serve(index, span(), &Policy::default(), &Library::built_in())
}

/// Effective logs, and how many revisions each has.
type Logs = BTreeMap<LogKey, (u32, Log)>;

async fn stored_logs(regiment: &Regiment, user_id: UserId) -> Logs {
    let dates: [Date; 2] = ["2026-03-01", "2026-05-01"].map(|date| date.parse().unwrap());
    let revisions = regiment.revisions(user_id, None, dates[0], dates[1]).await.unwrap();
    revisions.into_iter().map(|r| (r.log.key(), (r.number, r.log))).collect()
}

fn logs_of(service: &Service) -> Logs {
    let numbered =
        |(key, log): (&LogKey, &Log)| (key.clone(), (service.revisions[key], log.clone()));
    service.logs.iter().map(numbered).collect()
}

/// How the ledger says that each occurrence of each client's triggers ended.
async fn ledgers(regiment: &Regiment) -> BTreeMap<UserId, BTreeMap<(Date, Trigger), Outcome>> {
    let until = span().until + SignedDuration::from_secs(1);
    let mut tx = regiment.store().read().await.unwrap();
    let mut ledgers: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for run in tx.runs_between(span().begins, until, u32::MAX).await.unwrap() {
        if let Occasion::Client { user_id, trigger, date } = run.occasion {
            ledgers.entry(user_id).or_default().insert((date, trigger), run.outcome);
        }
    }
    ledgers
}

on_both! {
    async fn two_weeks_give_every_due_item_the_one_outcome_it_has_without_a_store(
        database: &Database
    ) {
        let n = n_clients();
        let (regiment, tally) = live(&database.store, 0..n).await;
        assert_eq!((tally.enlisted, tally.activated), (n, n));
        assert!(tally.answers > 50 * n, "{tally:?}");
        assert!(tally.refused > 0 && tally.granted > 0, "{tally:?}");
        let clients = regiment.clients(None, n + 1).await.unwrap();
        assert_eq!(clients.len(), n as usize);
        let ledgers = ledgers(&regiment).await;
        for (index, client) in (0..).zip(&clients) {
            let service = alone(index);
            assert_eq!(stored_logs(&regiment, client.user_id).await, logs_of(&service));
            let decided: BTreeMap<_, _> =
                service.ledger.iter().map(|(date, kind, how)| ((*date, *kind), *how)).collect();
            assert_eq!(decided.len(), service.ledger.len(), "an occurrence was decided twice");
            assert_eq!(ledgers.get(&client.user_id), Some(&decided));
        }
    }
}

#[tokio::test]
async fn how_many_are_decided_at_once_changes_nothing() {
    let Span { seed, begins, until, recruiting_days } = span();
    let mut seen = Vec::new();
    for size in [1, 7, 200] {
        let store = Store::open("sqlite::memory:").await.unwrap();
        store.migrate_up(begins).await.unwrap();
        let clock = Arc::new(ManualClock::at(begins));
        let regiment = Regiment::open(store, clock.clone()).await.unwrap().with_batches_of(size);
        let mut company = Company::of(seed, 0..4, begins, recruiting_days);
        let tally = company.live(&regiment, &clock, until).await.unwrap();
        let mut logs = Vec::new();
        for client in regiment.clients(None, 10).await.unwrap() {
            logs.push(stored_logs(&regiment, client.user_id).await);
        }
        seen.push((tally, logs, ledgers(&regiment).await));
    }
    assert!(seen[0].0.answers > 200, "{:?}", seen[0].0);
    assert!(seen.iter().all(|of| *of == seen[0]));
}

#[tokio::test]
async fn who_else_is_there_changes_nothing() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    store.migrate_up(span().begins).await.unwrap();
    let (regiment, _) = live(&store, 3..5).await;
    let clients = regiment.clients(None, 100).await.unwrap();
    assert_eq!(clients.len(), 2);
    for (index, client) in (3..).zip(&clients) {
        assert_eq!(stored_logs(&regiment, client.user_id).await, logs_of(&alone(index)));
    }
}
