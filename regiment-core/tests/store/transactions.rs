//! Commit, rollback, poison, savepoints, and many writers.

use regiment_core::store::{Error, Tx};

use crate::harness::at;

async fn set(tx: &mut Tx, key: &str, value: &str) -> Result<(), Error> {
    tx.put_setting(key, value, at(0)).await
}

async fn get(tx: &mut Tx, key: &str) -> Option<String> {
    tx.setting(key).await.unwrap()
}

on_both! {
    async fn what_is_committed_is_kept(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        set(&mut tx, "a", "1").await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = database.store.read().await.unwrap();
        assert_eq!(get(&mut tx, "a").await.as_deref(), Some("1"));
    }

    async fn a_transaction_that_is_dropped_leaves_nothing(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        set(&mut tx, "a", "1").await.unwrap();
        drop(tx);

        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(get(&mut tx, "a").await, None);
    }

    async fn a_poisoned_transaction_refuses_to_commit(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        set(&mut tx, "a", "1").await.unwrap();
        let refused = tx.tamper("INSERT INTO no_such_table VALUES (1)").await.unwrap_err();
        assert!(matches!(refused, Error::Database(_)), "{refused:?}");

        let later = set(&mut tx, "b", "2").await.unwrap_err();
        assert!(matches!(later, Error::Poisoned { .. }), "{later:?}");
        let commit = tx.commit().await.unwrap_err();
        assert!(commit.to_string().contains("no_such_table"), "{commit}");

        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(get(&mut tx, "a").await, None);
    }

    async fn a_statement_abandoned_midway_poisons(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        {
            // Polled once, so that the statement is under way, and dropped before it can end.
            let slow = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) \
                        SELECT COUNT(*) FROM n";
            let mut statement = std::pin::pin!(tx.tamper(slow));
            let polled = std::future::poll_fn(|context| {
                std::task::Poll::Ready(statement.as_mut().poll(context))
            })
            .await;
            assert!(polled.is_pending());
        }
        assert!(matches!(tx.commit().await, Err(Error::Poisoned { .. })));
    }

    async fn a_failed_part_of_a_batch_is_undone_and_the_rest_is_kept(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        for (client, fails) in [("a", false), ("b", true), ("c", false)] {
            let mark = tx.savepoint().await.unwrap();
            let mut outcome = set(&mut tx, client, "done").await;
            if fails {
                outcome = tx.tamper("INSERT INTO no_such_table VALUES (1)").await;
            }
            let settled = tx.settle(mark, outcome).await.unwrap();
            assert_eq!(settled.is_err(), fails);
        }
        tx.commit().await.unwrap();

        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(get(&mut tx, "a").await.as_deref(), Some("done"));
        assert_eq!(get(&mut tx, "b").await, None);
        assert_eq!(get(&mut tx, "c").await.as_deref(), Some("done"));
    }

    async fn a_part_that_a_rule_refuses_is_undone_without_any_database_error(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        let mark = tx.savepoint().await.unwrap();
        set(&mut tx, "a", "1").await.unwrap();
        let refusal: Result<(), Error> = Err(Error::Url("a rule said no".to_owned()));
        assert!(tx.settle(mark, refusal).await.unwrap().is_err());
        set(&mut tx, "b", "2").await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(get(&mut tx, "a").await, None);
        assert_eq!(get(&mut tx, "b").await.as_deref(), Some("2"));
    }

    async fn a_part_that_swallowed_its_error_is_undone_and_reported(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        let mark = tx.savepoint().await.unwrap();
        set(&mut tx, "a", "1").await.unwrap();
        drop(tx.tamper("INSERT INTO no_such_table VALUES (1)").await);
        let settled: Result<(), Error> = tx.settle(mark, Ok(())).await.unwrap();
        assert!(matches!(settled, Err(Error::Poisoned { .. })));
        tx.commit().await.unwrap();

        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(get(&mut tx, "a").await, None);
    }

    async fn a_failure_inside_a_part_inside_a_part_undoes_the_inner_one(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        let outer = tx.savepoint().await.unwrap();
        set(&mut tx, "outer", "1").await.unwrap();
        let inner = tx.savepoint().await.unwrap();
        set(&mut tx, "inner", "1").await.unwrap();
        let failed = tx.tamper("INSERT INTO no_such_table VALUES (1)").await;
        assert!(tx.settle(inner, failed).await.unwrap().is_err());
        let outcome: Result<(), Error> = Ok(());
        assert!(tx.settle(outer, outcome).await.unwrap().is_ok());
        tx.commit().await.unwrap();

        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(get(&mut tx, "outer").await.as_deref(), Some("1"));
        assert_eq!(get(&mut tx, "inner").await, None);
    }

    async fn no_increment_of_many_writers_is_lost(database: &Database) {
        // On PostgreSQL the row lock is what keeps the reading from going stale.
        let mut tx = database.store.begin().await.unwrap();
        set(&mut tx, "count", "0").await.unwrap();
        tx.commit().await.unwrap();

        let mut writers = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let store = database.store.clone();
            writers.spawn(async move {
                for _ in 0..50 {
                    let mut tx = store.begin().await.unwrap();
                    let count: u32 = tx.setting_locked("count").await.unwrap().unwrap().parse().unwrap();
                    set(&mut tx, "count", &(count + 1).to_string()).await.unwrap();
                    tx.commit().await.unwrap();
                }
            });
        }
        while let Some(written) = writers.join_next().await {
            written.unwrap();
        }

        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(get(&mut tx, "count").await.as_deref(), Some("400"));
    }

    async fn a_reader_can_not_write(database: &Database) {
        if database.kind == crate::harness::Kind::Memory {
            // One connection serves both there.
            return;
        }
        let mut tx = database.store.read().await.unwrap();
        assert!(set(&mut tx, "a", "1").await.is_err());
    }

    async fn a_reader_sees_one_state_while_another_writes(database: &Database) {
        if database.kind == crate::harness::Kind::Memory {
            return;
        }
        let mut reader = database.store.read().await.unwrap();
        assert_eq!(get(&mut reader, "a").await, None);
        let mut writer = database.store.begin().await.unwrap();
        set(&mut writer, "a", "1").await.unwrap();
        writer.commit().await.unwrap();
        assert_eq!(get(&mut reader, "a").await, None);
        drop(reader);
        let mut reader = database.store.read().await.unwrap();
        assert_eq!(get(&mut reader, "a").await.as_deref(), Some("1"));
    }
}
