//! The system's own conditions, its quarantine and alerts, what is forgotten, and what changed.

use std::sync::Arc;

use jiff::SignedDuration;
use regiment_core::{
    ManualClock, Outcome,
    engine::{
        conditions::{self, Process},
        schedule::SystemTrigger,
    },
    record::{Actor, Alert, AlertKind},
    regiment::{Error, Inbox, Regiment},
    store::{
        AlertsWanted, AuditWanted, Changing, DeliveryState, Ending, Listing, Occasion, Quarantined,
        Store,
    },
    testing::{client, user},
};

use super::outbox::message;
use crate::harness::{Database, at};

struct Watch {
    regiment: Regiment,
    clock: Arc<ManualClock>,
}

impl Watch {
    async fn open(store: &Store) -> Self {
        let clock = Arc::new(ManualClock::at(at(0)));
        let regiment = Regiment::open(store.clone(), clock.clone()).await.unwrap();
        Self { regiment, clock }
    }

    fn wait(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// Looks over the practice as a process that sees this of itself.
    async fn look(&self, process: Process, raised: &mut Vec<AlertKind>) {
        let found = conditions::of_process(&process, self.regiment.now());
        self.regiment.watch_over(found, raised).await.unwrap();
    }

    async fn open_alerts(&self) -> Vec<Alert> {
        self.regiment.alerts(&AlertsWanted::default(), 100).await.unwrap()
    }

    async fn open_kinds(&self) -> Vec<AlertKind> {
        self.open_alerts().await.into_iter().map(|alert| alert.kind).collect()
    }
}

fn well() -> Process {
    Process::default()
}

fn slow() -> Process {
    Process { slow: 1, ..Process::default() }
}

on_both! {
    async fn a_condition_is_raised_once_while_it_lasts_and_closed_when_it_is_over(database: &Database) {
        let watch = Watch::open(&database.store).await;
        let mut raised = Vec::new();
        watch.regiment.note_tick().await.unwrap();
        watch.wait(60);
        watch.look(well(), &mut raised).await;
        assert_eq!(watch.open_kinds().await, []);
        for _ in 0..3 {
            watch.wait(10);
            watch.look(well(), &mut raised).await;
        }
        let open = watch.open_alerts().await;
        assert_eq!((open.len(), open[0].kind, open[0].count), (1, AlertKind::NoTick, 1));
        // The coaches' channel hears of it once.
        let inbox = Inbox::default();
        watch.regiment.deliver(&inbox).await.unwrap();
        assert_eq!(inbox.take().len(), 1);
        watch.regiment.note_tick().await.unwrap();
        watch.look(well(), &mut raised).await;
        assert_eq!(watch.open_kinds().await, []);
        watch.wait(61);
        watch.look(well(), &mut raised).await;
        assert_eq!(watch.open_kinds().await, [AlertKind::NoTick]);
    }

    async fn a_process_closes_what_it_raised_and_not_what_another_did(database: &Database) {
        let watch = Watch::open(&database.store).await;
        let (mut one, mut other) = (Vec::new(), Vec::new());
        watch.look(slow(), &mut one).await;
        for _ in 0..80 {
            watch.wait(10);
            watch.look(well(), &mut other).await;
            watch.look(slow(), &mut one).await;
        }
        let open = watch.open_alerts().await;
        assert_eq!((open.len(), open[0].kind, open[0].count), (1, AlertKind::SlowAnswers, 1));
        watch.look(well(), &mut one).await;
        assert_eq!(watch.open_kinds().await, []);
    }

    async fn the_condition_of_a_process_that_is_gone_is_closed_after_ten_minutes(database: &Database) {
        let watch = Watch::open(&database.store).await;
        watch.look(slow(), &mut Vec::new()).await;
        let mut other = Vec::new();
        watch.wait(600);
        watch.look(well(), &mut other).await;
        assert_eq!(watch.open_kinds().await, [AlertKind::SlowAnswers]);
        watch.wait(1);
        watch.look(well(), &mut other).await;
        assert_eq!(watch.open_kinds().await, []);
    }

    async fn the_bot_is_missed_a_minute_after_it_was_last_seen(database: &Database) {
        let watch = Watch::open(&database.store).await;
        let mut raised = Vec::new();
        let stream = watch.regiment.begin_stream("bot-1").await.unwrap();
        watch.wait(60);
        watch.look(well(), &mut raised).await;
        assert_eq!(watch.open_kinds().await, []);
        watch.wait(1);
        watch.look(well(), &mut raised).await;
        assert_eq!(watch.open_kinds().await, [AlertKind::BotDisconnected]);
        assert!(watch.regiment.see_stream("bot-1", stream).await.unwrap());
        watch.look(well(), &mut raised).await;
        assert_eq!(watch.open_kinds().await, []);
    }

    async fn an_alert_is_acknowledged_and_a_condition_that_lasts_is_not(database: &Database) {
        let watch = Watch::open(&database.store).await;
        let coach = Actor::Coach("7".to_owned());
        let severity = regiment_core::record::Severity::Low;
        watch.regiment.raise_bot_trouble(severity, None, "an unknown interaction").await.unwrap();
        let alert = watch.open_alerts().await.remove(0);
        let closed = watch.regiment.acknowledge_alert(alert.id, &coach).await.unwrap().unwrap();
        assert_eq!((closed.closed_at, closed.closed_by), (Some(at(0)), Some(coach.clone())));
        assert_eq!(watch.open_kinds().await, []);
        let all = AlertsWanted { closed_too: true, after: None };
        assert_eq!(watch.regiment.alerts(&all, 10).await.unwrap().len(), 1);
        watch.look(slow(), &mut Vec::new()).await;
        let lasting = watch.open_alerts().await.remove(0);
        let refused = watch.regiment.acknowledge_alert(lasting.id, &coach).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    }

    async fn a_list_of_alerts_is_continued_after_its_last(database: &Database) {
        let watch = Watch::open(&database.store).await;
        let severity = regiment_core::record::Severity::Low;
        for user_id in ["1", "2", "3"] {
            watch.regiment.raise_bot_trouble(severity, Some(user(user_id)), "t").await.unwrap();
        }
        let mut found: Vec<Alert> = Vec::new();
        loop {
            let after = found.last().map(|last| (last.raised_at, last.id.to_string()));
            let wanted = AlertsWanted { closed_too: false, after };
            let page = watch.regiment.alerts(&wanted, 2).await.unwrap();
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        let mut clients: Vec<_> = found.iter().map(|alert| alert.user_id).collect();
        clients.sort();
        clients.dedup();
        assert_eq!((found.len(), clients.len()), (3, 3));
    }

    async fn a_record_in_quarantine_is_released_or_forgotten(database: &Database) {
        let watch = Watch::open(&database.store).await;
        let coach = Actor::Coach("7".to_owned());
        let broken = |record: &str| Quarantined {
            user_id: None,
            date: None,
            source: "file.json".to_owned(),
            line: Some(1),
            reason: "weight_kg is out of range".to_owned(),
            record: record.to_owned(),
            found_at: at(0),
        };
        let mut tx = database.store.begin().await.unwrap();
        tx.quarantine(&[broken("one"), broken("two")]).await.unwrap();
        tx.commit().await.unwrap();
        let held = watch.regiment.quarantine(None, 10).await.unwrap();
        assert_eq!(held.len(), 2);
        let after = Some((held[0].1.found_at, held[0].0.clone()));
        assert_eq!(watch.regiment.quarantine(after, 10).await.unwrap(), &held[1..]);
        assert!(watch.regiment.release_quarantined(&held[0].0, &coach).await.unwrap());
        assert!(!watch.regiment.release_quarantined(&held[0].0, &coach).await.unwrap());
        assert!(watch.regiment.discard_quarantined(&held[1].0, &coach).await.unwrap());
        assert_eq!(watch.regiment.quarantine(None, 10).await.unwrap(), []);
        let mut tx = database.store.begin().await.unwrap();
        let again = tx.quarantine(&[held[1].1.clone()]).await.unwrap();
        assert_eq!(again, 0, "what was given up does not come back");
        assert_eq!(tx.count_quarantined().await.unwrap(), 0);
    }

    async fn what_ended_is_forgotten_after_the_policy_s_days_and_once_a_day(database: &Database) {
        let watch = Watch::open(&database.store).await;
        let mut tx = database.store.begin().await.unwrap();
        tx.put_messages(&[message("old", 0, None), message("waits", i64::from(u32::MAX), None)], at(0)).await.unwrap();
        let old = tx.claim_messages(at(0), SignedDuration::from_secs(60), 1, "1").await.unwrap();
        let ending = Ending::Delivered { remote_id: "1".to_owned() };
        tx.finish_message(&old.messages[0].lease, &ending, at(0)).await.unwrap();
        tx.commit().await.unwrap();
        // The run of the 90th day, at 03:00, is still within 90 days of midnight.
        for (day, left) in [(89, 2), (90, 1)] {
            let run = at(day * 86_400 + 3 * 3_600);
            watch.clock.set(run);
            watch.regiment.tick().await.unwrap();
            let found = watch.regiment.messages(&Listing::default(), 10).await.unwrap();
            assert_eq!(found.len(), left, "day {day}");
            let occasion = Occasion::System { trigger: SystemTrigger::Retention, due_at: run };
            let mut tx = database.store.read().await.unwrap();
            assert_eq!(tx.run_of(occasion).await.unwrap().unwrap().outcome, Outcome::Done);
        }
        let found = watch.regiment.messages(&Listing::default(), 10).await.unwrap();
        assert_eq!(found[0].state, DeliveryState::Pending);
    }

    async fn a_broken_audit_chain_is_found_and_told(database: &Database) {
        let watch = Watch::open(&database.store).await;
        let coach = Actor::Coach("7".to_owned());
        let mut tx = database.store.begin().await.unwrap();
        tx.put_messages(&[message("a", 0, None)], at(0)).await.unwrap();
        tx.enlist(&client("1"), at(0)).await.unwrap();
        tx.commit().await.unwrap();
        watch.regiment.discard_message("a", &coach).await.unwrap();
        let checked = async || {
            let trail = watch.regiment.audit(&AuditWanted::default(), 10).await.unwrap();
            trail.checked.map(|check| (check.at, check.sequence, check.broken))
        };
        assert_eq!(checked().await, None);
        watch.wait(86_400);
        watch.regiment.tick().await.unwrap();
        assert_eq!(checked().await, Some((at(86_400), 1, None)));
        let mut tx = database.store.begin().await.unwrap();
        tx.tamper("UPDATE audit_head SET hash = 'x'").await.unwrap();
        tx.commit().await.unwrap();
        watch.wait(86_400);
        watch.regiment.tick().await.unwrap();
        assert!(watch.open_kinds().await.contains(&AlertKind::AuditBroken));
        let (_, _, broken) = checked().await.unwrap();
        let said = "the audit chain is broken at link 1: the chain does not end where its head says";
        assert_eq!(broken.as_deref(), Some(said));
    }

    async fn a_change_is_named_with_a_version_that_grows(database: &Database) {
        let watch = Watch::open(&database.store).await;
        let mut tx = database.store.begin().await.unwrap();
        tx.enlist(&client("1"), at(0)).await.unwrap();
        tx.put_messages(&[message("a", 0, None)], at(0)).await.unwrap();
        tx.commit().await.unwrap();
        watch.wait(10);
        let severity = regiment_core::record::Severity::Low;
        watch.regiment.raise_bot_trouble(severity, None, "t").await.unwrap();
        let kinds = async |since| {
            let found = watch.regiment.changes_since(at(since), 10).await.unwrap();
            found.into_iter().map(|change| change.of).collect::<Vec<_>>()
        };
        assert_eq!(kinds(10).await, [Changing::Alert, Changing::Policy]);
        assert_eq!(kinds(11).await, [Changing::Policy]);
        let found = watch.regiment.changes_since(at(10), 10).await.unwrap();
        let alert = watch.open_alerts().await.remove(0);
        assert_eq!((&found[0].id, found[0].version), (&alert.id.to_string(), at(10).as_microsecond()));
    }

    async fn every_commit_wakes_who_waits_and_a_reading_does_not(database: &Database) {
        let watch = Watch::open(&database.store).await;
        let mut changes = database.store.changes();
        drop(watch.regiment.client(user("1")).await.unwrap());
        assert!(!changes.has_changed().unwrap());
        watch.regiment.note_tick().await.unwrap();
        assert!(changes.has_changed().unwrap());
        changes.mark_unchanged();
        assert!(watch.regiment.lease_messages(1).await.unwrap().is_empty());
        assert!(!changes.has_changed().unwrap(), "an empty look is no change");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_of_another_process_wakes_who_waits_on_postgres() {
    let Some(database) = Database::fresh(crate::harness::Kind::Postgres).await else { return };
    let here = database.store.clone();
    let elsewhere = Store::open(&database.url).await.unwrap();
    let mut changes = here.changes();
    let relays = [here.clone(), elsewhere.clone()]
        .map(|store| tokio::spawn(async move { store.relay_changes().await }));
    // The relay rings once when it begins to listen.
    changes.changed().await.unwrap();
    let woken = async {
        loop {
            let mut tx = elsewhere.begin().await.unwrap();
            tx.put_setting("x", "y", at(0)).await.unwrap();
            tx.commit().await.unwrap();
            let waited = std::time::Duration::from_millis(500);
            if tokio::time::timeout(waited, changes.changed()).await.is_ok() {
                return;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), woken).await.expect("the word comes");
    for relay in relays {
        relay.abort();
    }
    elsewhere.close().await;
    database.end().await;
}
