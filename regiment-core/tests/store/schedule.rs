//! What is due is claimed by one worker, runs once, and moves on; failures wait and never block others.

use jiff::{Timestamp, civil::Date};
use regiment_core::{
    Outcome, UserId,
    calendar::{Moment, Resolution, Zone},
    engine::schedule::{Due, SystemTrigger, Trigger},
    store::{ClientTrigger, Conflict, DueTrigger, Error, Occasion, Run, Store, Tx},
    testing::{client, date},
};

use crate::harness::at;

fn next(user_id: &str, trigger: Trigger, day: &str, seconds: i64) -> ClientTrigger {
    ClientTrigger {
        user_id: user_id.parse().unwrap(),
        due: Due {
            trigger,
            date: date(day),
            moment: Moment { at: at(seconds), resolution: Resolution::Exact },
        },
        zone: Zone::parse("UTC+5:45").unwrap(),
    }
}

fn run(next: &ClientTrigger, fired_at: Timestamp) -> Run {
    Run {
        occasion: occasion(next),
        due_at: next.due.moment.at,
        fired_at,
        zone: next.zone.clone(),
        utc_offset_seconds: 20_700,
        resolution: next.due.moment.resolution,
        outcome: Outcome::Done,
        attempts: 1,
        detail: String::new(),
    }
}

fn occasion(next: &ClientTrigger) -> Occasion {
    Occasion::Client { user_id: next.user_id, trigger: next.due.trigger, date: next.due.date }
}

fn tomorrow(next: &ClientTrigger) -> ClientTrigger {
    let mut after = next.clone();
    after.due.date = after.due.date.tomorrow().unwrap();
    after.due.moment.at += jiff::SignedDuration::from_hours(24);
    after
}

async fn enlist(store: &Store, user_ids: impl IntoIterator<Item = String>) {
    let mut tx = store.begin().await.unwrap();
    for user_id in user_ids {
        tx.enlist(&client(&user_id), at(0)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn put(store: &Store, triggers: &[ClientTrigger]) {
    enlist(
        store,
        triggers
            .iter()
            .map(|next| next.user_id.to_string())
            .collect::<std::collections::BTreeSet<_>>(),
    )
    .await;
    let mut tx = store.begin().await.unwrap();
    tx.put_triggers(triggers).await.unwrap();
    tx.commit().await.unwrap();
}

async fn claim(tx: &mut Tx, now: i64) -> Vec<(String, Trigger, Date)> {
    let claimed = tx.claim_triggers(at(now), 100).await.unwrap();
    claimed.into_iter().map(|due| short(&due.trigger)).collect()
}

fn short(next: &ClientTrigger) -> (String, Trigger, Date) {
    (next.user_id.to_string(), next.due.trigger, next.due.date)
}

on_both! {
    async fn what_comes_back_is_what_was_put(database: &Database) {
        let drop = next("1", Trigger::MealDrop, "2026-01-01", 10);
        put(&database.store, std::slice::from_ref(&drop)).await;
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.next_trigger_at(SystemTrigger::ALL).await.unwrap(), Some(at(10)));
        assert_eq!(tx.claim_triggers(at(9), 100).await.unwrap(), []);
        assert!(!tx.has_due_triggers(at(9)).await.unwrap());
        let due = tx.claim_triggers(at(10), 100).await.unwrap();
        assert_eq!(due, [DueTrigger { trigger: drop.clone(), failures: 0, has_run: false }]);
        assert!(tx.has_due_triggers(at(10)).await.unwrap());
        assert_eq!(tx.triggers_of([drop.user_id]).await.unwrap(), [drop]);
    }

    async fn the_earlier_goes_first_and_at_one_instant_the_closing(database: &Database) {
        put(&database.store, &[
            next("1", Trigger::MealDrop, "2026-01-02", 20),
            next("2", Trigger::DayClose, "2026-01-01", 20),
            next("1", Trigger::CheckinClose, "2026-01-01", 20),
            next("2", Trigger::TrainingDrop, "2026-01-02", 5),
        ]).await;
        let mut tx = database.store.begin().await.unwrap();
        let order: Vec<_> = claim(&mut tx, 20).await.into_iter().map(|(_, kind, _)| kind).collect();
        assert_eq!(order, [Trigger::TrainingDrop, Trigger::CheckinClose, Trigger::DayClose, Trigger::MealDrop]);
        assert_eq!(tx.claim_triggers(at(20), 2).await.unwrap().len(), 2);
    }

    async fn a_run_is_recorded_and_the_trigger_moves_on(database: &Database) {
        let drop = next("1", Trigger::MealDrop, "2026-01-01", 10);
        put(&database.store, std::slice::from_ref(&drop)).await;
        let mut tx = database.store.begin().await.unwrap();
        claim(&mut tx, 10).await;
        tx.record_runs(&[run(&drop, at(11))]).await.unwrap();
        tx.advance_triggers(&[(drop.clone(), tomorrow(&drop))]).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(claim(&mut tx, 100).await, []);
        assert_eq!(tx.next_trigger_at(SystemTrigger::ALL).await.unwrap(), Some(at(10 + 86_400)));
        assert_eq!(tx.run_of(occasion(&drop)).await.unwrap(), Some(run(&drop, at(11))));
        assert_eq!(tx.run_of(occasion(&tomorrow(&drop))).await.unwrap(), None);
        assert_eq!(tx.runs_between(at(11), at(12), 10).await.unwrap(), [run(&drop, at(11))]);
        assert_eq!(tx.runs_between(at(12), at(99), 10).await.unwrap(), []);
    }

    async fn the_runs_of_who_was_erased_stay_in_the_ledger_without_a_name(database: &Database) {
        let (gone, stays) = (
            next("1", Trigger::MealDrop, "2026-01-01", 10),
            next("2", Trigger::MealDrop, "2026-01-01", 10),
        );
        put(&database.store, &[gone.clone(), stays.clone()]).await;
        let mut tx = database.store.begin().await.unwrap();
        tx.record_runs(&[run(&gone, at(11)), run(&stays, at(11))]).await.unwrap();
        tx.erase_client(gone.user_id, "subject-1", "admin", at(12)).await.unwrap();
        assert_eq!(tx.runs_between(at(11), at(12), 10).await.unwrap(), [run(&stays, at(11))]);
        let ledger = tx.ledger(None, None, 10).await.unwrap();
        let named: Vec<_> = ledger.iter().map(|ran| ran.user_id).collect();
        assert_eq!(named, [Some(stays.user_id), None]);
    }

    async fn what_was_committed_is_counted_and_what_was_given_up_is_not(database: &Database) {
        let [early, late, never] = ["2026-01-01", "2026-01-02", "2026-01-03"]
            .map(|date| next("1", Trigger::MealDrop, date, 10));
        put(&database.store, std::slice::from_ref(&early)).await;
        let before = database.store.tally();
        let mut tx = database.store.begin().await.unwrap();
        tx.record_runs(&[run(&never, at(11))]).await.unwrap();
        tx.rollback().await.unwrap();
        let mut tx = database.store.begin().await.unwrap();
        let mark = tx.savepoint().await.unwrap();
        tx.record_runs(&[run(&never, at(11))]).await.unwrap();
        let undone: Result<(), Error> = Err(Error::Poisoned { first: String::new() });
        assert!(tx.settle(mark, undone).await.unwrap().is_err());
        tx.record_runs(&[run(&early, at(11)), run(&late, at(100))]).await.unwrap();
        assert_eq!(database.store.tally(), before, "not yet");
        tx.commit().await.unwrap();
        let tally = database.store.tally();
        let done = Vec::from_iter(tally.runs);
        assert_eq!(done, [(("meal_drop", Outcome::Done), 2)]);
        let lags = &tally.lags["meal_drop"];
        assert_eq!((lags.count, lags.seconds, &lags.within[..4]), (2, 91.0, &[1, 1, 1, 1][..]));
    }

    async fn an_occurrence_never_runs_twice(database: &Database) {
        let drop = next("1", Trigger::MealDrop, "2026-01-01", 10);
        put(&database.store, std::slice::from_ref(&drop)).await;
        let mut tx = database.store.begin().await.unwrap();
        tx.record_runs(&[run(&drop, at(11))]).await.unwrap();
        tx.commit().await.unwrap();

        // As after a manual run, or a zone that moved back over the date line.
        let mut tx = database.store.begin().await.unwrap();
        let due = tx.claim_triggers(at(12), 10).await.unwrap();
        assert!(due[0].has_run);
        let refused = tx.record_runs(&[run(&drop, at(12))]).await.unwrap_err();
        assert!(matches!(refused, Error::Conflict(Conflict::Exists(_))), "{refused:?}");
    }

    async fn a_crash_before_the_commit_leaves_everything_due(database: &Database) {
        let drop = next("1", Trigger::MealDrop, "2026-01-01", 10);
        put(&database.store, std::slice::from_ref(&drop)).await;
        let mut tx = database.store.begin().await.unwrap();
        claim(&mut tx, 10).await;
        tx.record_runs(&[run(&drop, at(11))]).await.unwrap();
        tx.advance_triggers(&[(drop.clone(), tomorrow(&drop))]).await.unwrap();
        std::mem::drop(tx);

        let mut tx = database.store.begin().await.unwrap();
        // The dropped connection lets its locks go a moment later; a claim would skip the client.
        tx.lock_client(drop.user_id).await.unwrap();
        assert_eq!(claim(&mut tx, 10).await, [short(&drop)]);
        assert_eq!(tx.run_of(occasion(&drop)).await.unwrap(), None);
    }

    async fn a_trigger_that_somebody_moved_stays_where_it_is(database: &Database) {
        let drop = next("1", Trigger::MealDrop, "2026-01-01", 10);
        put(&database.store, std::slice::from_ref(&drop)).await;
        let moved = tomorrow(&drop);
        let mut tx = database.store.begin().await.unwrap();
        tx.advance_triggers(&[(drop.clone(), moved.clone())]).await.unwrap();
        tx.advance_triggers(&[(drop.clone(), tomorrow(&moved))]).await.unwrap();
        assert_eq!(tx.triggers_of([drop.user_id]).await.unwrap(), std::slice::from_ref(&moved));
        tx.end_trigger(&drop).await.unwrap();
        assert_eq!(tx.triggers_of([drop.user_id]).await.unwrap(), std::slice::from_ref(&moved));
        tx.end_trigger(&moved).await.unwrap();
        assert_eq!(tx.triggers_of([drop.user_id]).await.unwrap(), []);
    }

    async fn many_triggers_move_at_once(database: &Database) {
        let all: Vec<_> = (1..=200)
            .map(|user_id| next(&user_id.to_string(), Trigger::MealDrop, "2026-01-01", 10))
            .collect();
        put(&database.store, &all).await;
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.claim_triggers(at(10), 500).await.unwrap().len(), 200);
        let moves: Vec<_> = all.iter().map(|next| (next.clone(), tomorrow(next))).collect();
        tx.advance_triggers(&moves).await.unwrap();
        assert_eq!(tx.claim_triggers(at(10), 500).await.unwrap(), []);
        assert_eq!(tx.claim_triggers(at(10 + 86_400), 500).await.unwrap().len(), 200);
    }

    async fn a_failure_waits_and_is_counted(database: &Database) {
        let drop = next("1", Trigger::MealDrop, "2026-01-01", 10);
        let other = next("2", Trigger::MealDrop, "2026-01-01", 11);
        put(&database.store, &[drop.clone(), other.clone()]).await;
        for failures in 1..=5 {
            let mut tx = database.store.begin().await.unwrap();
            assert_eq!(tx.fail_trigger(&drop, at(100)).await.unwrap(), failures);
            tx.commit().await.unwrap();
        }
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(claim(&mut tx, 99).await, [short(&other)]);
        assert_eq!(tx.next_trigger_at(SystemTrigger::ALL).await.unwrap(), Some(at(11)));
        let due = tx.claim_triggers(at(100), 10).await.unwrap();
        assert_eq!(due[0].failures, 5);
        tx.advance_triggers(&[(drop.clone(), tomorrow(&drop)), (other.clone(), tomorrow(&other))]).await.unwrap();
        let due = tx.claim_triggers(at(10 + 86_400), 10).await.unwrap();
        assert_eq!(due[0].failures, 0);
        assert_eq!(tx.fail_trigger(&drop, at(100)).await.unwrap(), 0, "it has moved on");
    }

    async fn a_blocked_trigger_tells_when_it_is_tried_again(database: &Database) {
        let drop = next("1", Trigger::MealDrop, "2026-01-01", 10);
        put(&database.store, std::slice::from_ref(&drop)).await;
        let mut tx = database.store.begin().await.unwrap();
        tx.fail_trigger(&drop, at(70)).await.unwrap();
        assert_eq!(tx.next_trigger_at(SystemTrigger::ALL).await.unwrap(), Some(at(70)));
    }

    async fn a_closing_waits_for_the_blocked_closing_before_it_and_drops_do_not(database: &Database) {
        let noon = next("1", Trigger::CheckinClose, "2026-01-01", 10);
        let night = next("1", Trigger::DayClose, "2026-01-01", 20);
        let drop = next("1", Trigger::MealDrop, "2026-01-02", 30);
        let other = next("2", Trigger::DayClose, "2026-01-01", 20);
        put(&database.store, &[noon.clone(), night.clone(), drop.clone(), other.clone()]).await;
        let mut tx = database.store.begin().await.unwrap();
        tx.fail_trigger(&noon, at(100)).await.unwrap();
        assert_eq!(claim(&mut tx, 50).await, [short(&other), short(&drop)]);
        let all = claim(&mut tx, 100).await;
        assert_eq!(all, [short(&noon), short(&night), short(&other), short(&drop)]);
    }

    async fn a_client_who_left_has_no_triggers(database: &Database) {
        put(&database.store, &[
            next("1", Trigger::MealDrop, "2026-01-01", 10),
            next("1", Trigger::DayClose, "2026-01-01", 10),
            next("2", Trigger::DayClose, "2026-01-01", 10),
        ]).await;
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.remove_triggers("1".parse().unwrap()).await.unwrap(), 2);
        assert_eq!(tx.claim_triggers(at(10), 10).await.unwrap().len(), 1);
    }

    async fn a_system_trigger_runs_once_per_instant(database: &Database) {
        let honors = Occasion::System { trigger: SystemTrigger::Honors, due_at: at(10) };
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.next_trigger_at(SystemTrigger::ALL).await.unwrap(), None);
        tx.seed_system_trigger(SystemTrigger::Honors, at(10)).await.unwrap();
        tx.seed_system_trigger(SystemTrigger::Honors, at(99)).await.unwrap();
        tx.seed_system_trigger(SystemTrigger::InfractionScan, at(20)).await.unwrap();
        assert_eq!(tx.next_trigger_at(SystemTrigger::ALL).await.unwrap(), Some(at(10)));
        assert_eq!(tx.claim_system_trigger(at(9), SystemTrigger::ALL).await.unwrap(), None);
        let due = tx.claim_system_trigger(at(30), SystemTrigger::ALL).await.unwrap().unwrap();
        assert_eq!((due.trigger, due.due_at), (SystemTrigger::Honors, at(10)));
        let run = Run {
            occasion: honors,
            due_at: at(10),
            fired_at: at(30),
            zone: Zone::utc(),
            utc_offset_seconds: 0,
            resolution: Resolution::Exact,
            outcome: Outcome::Done,
            attempts: 1,
            detail: "12 clients".to_owned(),
        };
        tx.record_runs(std::slice::from_ref(&run)).await.unwrap();
        tx.advance_system_trigger(&due, at(10 + 604_800)).await.unwrap();
        let scan = tx.claim_system_trigger(at(30), SystemTrigger::ALL).await.unwrap().unwrap();
        assert_eq!(scan.trigger, SystemTrigger::InfractionScan);
        assert_eq!(tx.fail_system_trigger(&scan, at(60)).await.unwrap(), 1);
        assert_eq!(tx.claim_system_trigger(at(59), SystemTrigger::ALL).await.unwrap(), None);
        assert_eq!(tx.run_of(honors).await.unwrap(), Some(run));
    }

    async fn workers_at_once_run_each_occurrence_once_and_a_client_is_with_one_of_them(database: &Database) {
        let mut all = Vec::new();
        for user_id in 1..=30 {
            for trigger in [Trigger::DayClose, Trigger::MealDrop] {
                all.push(next(&user_id.to_string(), trigger, "2026-01-01", 10));
            }
        }
        put(&database.store, &all).await;
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let store = database.store.clone();
            workers.spawn(async move {
                let mut ran = Vec::new();
                loop {
                    let mut tx = store.begin().await.unwrap();
                    let due = tx.claim_triggers(at(10), 7).await.unwrap();
                    if due.is_empty() && !tx.has_due_triggers(at(10)).await.unwrap() {
                        return ran;
                    }
                    let runs: Vec<_> = due.iter().map(|due| run(&due.trigger, at(10))).collect();
                    let moves: Vec<_> =
                        due.iter().map(|due| (due.trigger.clone(), tomorrow(&due.trigger))).collect();
                    tx.record_runs(&runs).await.unwrap();
                    tx.advance_triggers(&moves).await.unwrap();
                    tx.commit().await.unwrap();
                    ran.extend(runs.into_iter().map(|run| run.occasion));
                }
            });
        }
        let mut ran = Vec::new();
        while let Some(worker) = workers.join_next().await {
            ran.extend(worker.unwrap());
        }
        ran.sort();
        let mut wanted: Vec<_> = all.iter().map(occasion).collect();
        wanted.sort();
        assert_eq!(ran, wanted);
    }

    async fn a_client_under_lock_is_left_to_its_holder(database: &Database) {
        if database.kind != crate::harness::Kind::Postgres {
            // A write transaction is alone there.
            return;
        }
        put(&database.store, &[
            next("1", Trigger::MealDrop, "2026-01-01", 10),
            next("2", Trigger::MealDrop, "2026-01-01", 10),
        ]).await;
        let one: UserId = "1".parse().unwrap();
        let mut writer = database.store.begin().await.unwrap();
        writer.lock_clients([one, one]).await.unwrap();
        let mut tx = database.store.begin().await.unwrap();
        let claimed: Vec<_> = claim(&mut tx, 10).await.into_iter().map(|(user_id, ..)| user_id).collect();
        assert_eq!(claimed, ["2"]);
    }
}
