//! A stored row that does not decode costs that row, and stops nothing else.

#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::sync::Arc;

use jiff::SignedDuration;
use regiment_core::{
    ManualClock, Outcome,
    engine::schedule::Trigger,
    import::Import,
    record::{Actor, AlertKind},
    regiment::Regiment,
    store::{Occasion, Store},
    testing::{at, client, date, user},
};

struct Practice {
    regiment: Regiment,
    clock: Arc<ManualClock>,
}

impl Practice {
    /// Opens a practice with two clients who have started.
    async fn open() -> Self {
        let now = at("2026-03-03T00:00:00Z");
        let clock = Arc::new(ManualClock::at(now));
        let store = Store::open("sqlite::memory:").await.unwrap();
        store.migrate_up(now).await.unwrap();
        let regiment = Regiment::open(store, clock.clone()).await.unwrap();
        let mut import = Import::default();
        import.profiles = vec![client("1"), client("2")];
        regiment.import(import, &Actor::Admin("a".to_owned())).await.unwrap();
        Self { regiment, clock }
    }

    async fn live(&self, hours: i64) {
        for _ in 0..hours * 2 {
            self.clock.advance(SignedDuration::from_mins(30));
            self.regiment.tick().await.unwrap();
        }
    }

    async fn break_rows(&self, sql: &str) {
        let mut tx = self.regiment.store().begin().await.unwrap();
        tx.tamper(sql).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn outcome(&self, user_id: &str, trigger: Trigger, day: &str) -> Option<Outcome> {
        let occasion = Occasion::Client { user_id: user(user_id), trigger, date: date(day) };
        let mut tx = self.regiment.store().read().await.unwrap();
        tx.run_of(occasion).await.unwrap().map(|run| run.outcome)
    }
}

#[tokio::test]
async fn a_broken_order_is_quarantined_and_both_clients_days_close() {
    let practice = Practice::open().await;
    practice.live(8).await;
    practice
        .break_rows("UPDATE orders SET body = '{}' WHERE user_id = '1' AND kind = 'fuel'")
        .await;
    practice.live(24).await;

    for user_id in ["1", "2"] {
        for trigger in [Trigger::CheckinClose, Trigger::DayClose] {
            let outcome = practice.outcome(user_id, trigger, "2026-03-03").await;
            assert_eq!(outcome, Some(Outcome::Done), "{trigger} of {user_id}");
        }
        let next = practice.outcome(user_id, Trigger::MealDrop, "2026-03-04").await;
        assert_eq!(next, Some(Outcome::Done));
    }
    let mut tx = practice.regiment.store().read().await.unwrap();
    let quarantined = tx.quarantined(10).await.unwrap();
    assert_eq!(quarantined.len(), 1);
    assert_eq!(quarantined[0].source, "orders:1/2026-03-03/fuel");
    let alerts = tx.open_alerts(100).await.unwrap();
    let told: Vec<_> = alerts.iter().filter(|alert| alert.kind == AlertKind::Quarantine).collect();
    assert_eq!((told.len(), told[0].user_id, told[0].count), (1, Some(user("1")), 1));
}

#[tokio::test]
async fn a_broken_profile_is_set_aside_and_the_other_client_goes_on() {
    let practice = Practice::open().await;
    practice.live(1).await;
    practice.break_rows("UPDATE clients SET body = '{}' WHERE user_id = '1'").await;
    practice.live(23).await;

    let healthy = practice.outcome("2", Trigger::DayClose, "2026-03-03").await;
    assert_eq!(healthy, Some(Outcome::Done));
    // Tried again and again, then set aside where the coach sees it; never silent.
    let broken = practice.outcome("1", Trigger::CheckinDrop, "2026-03-03").await;
    assert_eq!(broken, Some(Outcome::Dead));
    let mut tx = practice.regiment.store().read().await.unwrap();
    let alerts = tx.open_alerts(100).await.unwrap();
    assert!(alerts.iter().any(|alert| alert.kind == AlertKind::TriggerDead));
}
