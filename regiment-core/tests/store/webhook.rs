//! A receiver outside is told of every urgent alert, by one process at a time.

use std::sync::Arc;

use jiff::SignedDuration;
use regiment_core::{
    Id, ManualClock,
    record::{Actor, AlertKind, Severity},
    regiment::Regiment,
    store::{NewAlert, Store},
};

use crate::harness::at;

struct Tellers {
    store: Store,
    clock: Arc<ManualClock>,
    regiment: Regiment,
}

impl Tellers {
    async fn open(store: &Store) -> Self {
        let clock = Arc::new(ManualClock::at(at(0)));
        let regiment = Regiment::open(store.clone(), clock.clone()).await.unwrap();
        Self { store: store.clone(), clock, regiment }
    }

    fn wait(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    async fn raise(&self, kind: AlertKind, severity: Severity) {
        let now = self.regiment.now();
        let text = kind.to_string();
        let id = Id::mint(now, [u8::try_from(now.as_second() % 251).unwrap(); 10]);
        let alert = NewAlert { id, kind, severity, user_id: None, text, count: 1 };
        let mut tx = self.store.begin().await.unwrap();
        tx.raise_alerts(&[alert], now).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Returns what a process would tell now, and notes that it did.
    async fn tells(&self, teller: &str) -> Vec<(AlertKind, Severity)> {
        let untold = self.regiment.untold(teller).await.unwrap();
        for alert in &untold {
            self.regiment.note_told(teller, alert).await.unwrap();
        }
        untold.into_iter().map(|alert| (alert.kind, alert.severity)).collect()
    }
}

on_both! {
    async fn an_urgent_alert_is_told_once_for_each_severity_it_reaches(database: &Database) {
        let practice = Tellers::open(&database.store).await;
        assert_eq!(practice.tells("a").await, []);
        practice.wait(1);
        for (kind, severity) in [
            (AlertKind::SlowAnswers, Severity::Medium),
            (AlertKind::BackupOld, Severity::High),
            (AlertKind::NoTick, Severity::Critical),
        ] {
            practice.raise(kind, severity).await;
            practice.wait(1);
        }
        let expected = [(AlertKind::BackupOld, Severity::High), (AlertKind::NoTick, Severity::Critical)];
        assert_eq!(practice.tells("a").await, expected);
        assert_eq!(practice.tells("a").await, []);
        // It is raised again while it is open, a day later.
        practice.wait(86_400);
        assert_eq!(practice.tells("a").await, []);
        practice.raise(AlertKind::BackupOld, Severity::High).await;
        assert_eq!(practice.tells("a").await, []);
        practice.raise(AlertKind::BackupOld, Severity::Critical).await;
        practice.raise(AlertKind::SlowAnswers, Severity::High).await;
        let expected = [(AlertKind::SlowAnswers, Severity::High), (AlertKind::BackupOld, Severity::Critical)];
        assert_eq!(practice.tells("a").await, expected);
    }

    async fn what_was_not_taken_comes_again_even_when_it_is_over(database: &Database) {
        let practice = Tellers::open(&database.store).await;
        assert_eq!(practice.regiment.untold("a").await.unwrap(), []);
        practice.raise(AlertKind::NoTick, Severity::Critical).await;
        let untold = practice.regiment.untold("a").await.unwrap();
        assert_eq!(untold.len(), 1);
        let mut tx = database.store.begin().await.unwrap();
        tx.close_alert(untold[0].id, &Actor::System, practice.regiment.now()).await.unwrap();
        tx.commit().await.unwrap();
        practice.wait(7_200);
        assert_eq!(practice.tells("a").await, [(AlertKind::NoTick, Severity::Critical)]);
        assert_eq!(practice.tells("a").await, []);
        // The same condition anew is another alert.
        practice.wait(10);
        practice.raise(AlertKind::NoTick, Severity::Critical).await;
        assert_eq!(practice.tells("a").await, [(AlertKind::NoTick, Severity::Critical)]);
    }

    async fn one_process_tells_until_it_is_silent_for_a_minute(database: &Database) {
        let practice = Tellers::open(&database.store).await;
        assert_eq!(practice.tells("a").await, []);
        practice.raise(AlertKind::NoTick, Severity::Critical).await;
        assert_eq!(practice.regiment.untold("a").await.unwrap().len(), 1);
        practice.wait(59);
        assert_eq!(practice.tells("b").await, []);
        practice.wait(1);
        assert_eq!(practice.tells("b").await, [(AlertKind::NoTick, Severity::Critical)]);
        assert_eq!(practice.tells("a").await, []);
    }

    async fn what_is_raised_and_committed_late_is_not_passed_over(database: &Database) {
        let practice = Tellers::open(&database.store).await;
        practice.wait(3_600);
        assert_eq!(practice.tells("a").await, []);
        // Decided before that look, and committed after it.
        practice.clock.set(at(3_600 - 59));
        practice.raise(AlertKind::NoTick, Severity::Critical).await;
        practice.clock.set(at(3_601));
        assert_eq!(practice.tells("a").await, [(AlertKind::NoTick, Severity::Critical)]);
    }
}
