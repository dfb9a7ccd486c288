//! Up, back, and up again; what is kept, what is refused.

use regiment_core::store::{Backup, Direction, Error, Migration, Step, Store};

use crate::harness::{Database, Kind, at};

async fn put(store: &Store, key: &str) {
    let mut tx = store.begin().await.unwrap();
    tx.put_setting(key, "1", at(0)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn latest(store: &Store) -> i64 {
    store.migration_status().await.unwrap().last().unwrap().version
}

fn versions(steps: &[Step]) -> Vec<i64> {
    steps.iter().map(|step| step.version).collect()
}

on_both! {
    async fn the_way_up_is_walked_once(database: &Database) {
        let status = database.store.migration_status().await.unwrap();
        assert!(status.len() >= 8);
        assert!(status.iter().all(|status| status.applied_at == Some(at(0))));
        assert_eq!(database.store.migrate_up(at(1)).await.unwrap(), []);
    }

    async fn every_step_has_a_way_back_and_up_again(database: &Database) {
        let all: Vec<i64> = (1..=latest(&database.store).await).collect();
        let down = database.store.migrate_down(0, Backup::Taken, at(1)).await.unwrap();
        assert_eq!(versions(&down), all.iter().rev().copied().collect::<Vec<_>>());
        assert!(down.iter().all(|step| step.direction == Direction::Down));
        assert!(down.last().unwrap().rows_after.is_empty(), "nothing is left behind");
        let status = database.store.migration_status().await.unwrap();
        assert!(status.iter().all(|status| status.applied_at.is_none()));

        let up = database.store.migrate_up(at(2)).await.unwrap();
        assert_eq!(versions(&up), all);
        put(&database.store, "a").await;
    }

    async fn what_outlives_a_step_back_and_up_keeps_every_row(database: &Database) {
        put(&database.store, "a").await;
        let latest = latest(&database.store).await;
        // Step 8 makes indices alone; settings come with step 7.
        let down = database.store.migrate_down(7, Backup::Taken, at(1)).await.unwrap();
        let up = database.store.migrate_up(at(2)).await.unwrap();
        assert_eq!(versions(&up), (8..=latest).collect::<Vec<_>>());
        assert_eq!(down[0].rows_before["settings"], 1);
        let step_8 = down.last().unwrap();
        assert_eq!((step_8.version, &step_8.rows_before), (8, &step_8.rows_after));
        assert_eq!(step_8.rows_after, up[0].rows_after);
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.setting("a").await.unwrap().as_deref(), Some("1"));
    }

    async fn a_changed_migration_is_refused(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        tx.tamper("UPDATE schema_migrations SET checksum = 'other' WHERE version = 3").await.unwrap();
        tx.commit().await.unwrap();
        let refused = database.store.migrate_up(at(1)).await.unwrap_err();
        let Error::Migration(Migration::Changed { version: 3, name }) = &refused else {
            panic!("{refused:?}")
        };
        assert_eq!(name, "0003_coaching");
    }

    async fn a_database_of_a_newer_program_is_refused(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        tx.tamper("INSERT INTO schema_migrations VALUES (99, '0099_later', '', 0)").await.unwrap();
        tx.commit().await.unwrap();
        let refused = database.store.migrate_up(at(1)).await.unwrap_err();
        assert!(
            matches!(
                refused,
                Error::Migration(Migration::Newer { found: 99, .. })
            ),
            "{refused:?}"
        );
    }

    async fn a_target_that_does_not_exist_is_refused(database: &Database) {
        let latest = latest(&database.store).await;
        for target in [-1, latest + 1] {
            let refused =
                database.store.migrate_down(target, Backup::Taken, at(1)).await.unwrap_err();
            let Error::Migration(Migration::NoSuchTarget { asked, current }) = refused else {
                panic!("{refused:?}")
            };
            assert_eq!((asked, current), (target, latest));
        }
        assert_eq!(database.store.migrate_up(at(1)).await.unwrap(), []);
    }

    async fn two_programs_that_start_at_once_apply_each_step_once(database: &Database) {
        let all: Vec<i64> = (1..=latest(&database.store).await).collect();
        database.store.migrate_down(0, Backup::Taken, at(1)).await.unwrap();
        let (one, two) =
            tokio::join!(database.store.migrate_up(at(2)), database.store.migrate_up(at(2)));
        let mut applied = versions(&one.unwrap());
        applied.extend(versions(&two.unwrap()));
        applied.sort_unstable();
        assert_eq!(applied, all);
    }
}

#[tokio::test]
async fn a_step_that_drops_data_backs_up_a_file_first() {
    let database = Database::fresh(Kind::File).await.unwrap();
    put(&database.store, "kept").await;
    let steps = database.store.migrate_down(6, Backup::Make, at(1)).await.unwrap();
    let step_8 = steps.iter().find(|step| step.version == 8).unwrap();
    assert_eq!(step_8.backup, None, "it drops indices alone");
    let step_7 = steps.iter().find(|step| step.version == 7).unwrap();
    let backup = step_7.backup.clone().expect("it drops tables");

    let copy = Store::open(&format!("sqlite://{}", backup.display())).await.unwrap();
    let mut tx = copy.begin().await.unwrap();
    assert_eq!(tx.setting("kept").await.unwrap().as_deref(), Some("1"));
}

#[tokio::test]
async fn a_step_that_drops_data_needs_a_backup_on_a_server() {
    let Some(database) = Database::fresh(Kind::Postgres).await else { return };
    let refused = database.store.migrate_down(6, Backup::Make, at(1)).await.unwrap_err();
    assert!(matches!(refused, Error::Migration(Migration::NoBackup { .. })), "{refused:?}");
    put(&database.store, "still there").await;
}
