//! A simulated company on each kind of database: what is due happens once, and the store changes
//! nothing about what the engines decide.

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

/// How the ledger says that each occurrence of a client's triggers ended.
async fn ledger(regiment: &Regiment, user_id: UserId) -> BTreeMap<(Date, Trigger), Outcome> {
    let until = span().until + SignedDuration::from_secs(1);
    let mut tx = regiment.store().read().await.unwrap();
    let runs = tx.runs_between(span().begins, until, 100_000).await.unwrap();
    runs.into_iter()
        .filter_map(|run| match run.occasion {
            Occasion::Client { user_id: of, trigger, date } if of == user_id => {
                Some(((date, trigger), run.outcome))
            }
            Occasion::Client { .. } | Occasion::System { .. } => None,
        })
        .collect()
}

on_both! {
    async fn two_weeks_give_every_due_item_the_one_outcome_it_has_without_a_store(
        database: &Database
    ) {
        let (regiment, tally) = live(&database.store, 0..6).await;
        assert_eq!((tally.enlisted, tally.activated), (6, 6));
        assert!(tally.answers > 300, "{tally:?}");
        assert!(tally.refused > 0 && tally.granted > 0, "{tally:?}");
        let clients = regiment.clients(None, 100).await.unwrap();
        assert_eq!(clients.len(), 6);
        for (index, client) in (0..).zip(&clients) {
            let service = alone(index);
            assert_eq!(stored_logs(&regiment, client.user_id).await, logs_of(&service));
            let decided: BTreeMap<_, _> =
                service.ledger.iter().map(|(date, kind, how)| ((*date, *kind), *how)).collect();
            assert_eq!(decided.len(), service.ledger.len(), "an occurrence was decided twice");
            assert_eq!(ledger(&regiment, client.user_id).await, decided);
        }
    }
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
