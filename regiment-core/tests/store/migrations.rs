//! Up, back, and up again; what is kept, what is refused.

use regiment_core::store::{Backup, Direction, Error, Migration, Step, Store};

use crate::harness::{Database, Kind, at};

const LATEST: i64 = 8;

async fn put(store: &Store, key: &str) {
    let mut tx = store.begin().await.unwrap();
    tx.put_setting(key, "1", at(0)).await.unwrap();
    tx.commit().await.unwrap();
}

fn versions(steps: &[Step]) -> Vec<i64> {
    steps.iter().map(|step| step.version).collect()
}

on_both! {
    async fn the_way_up_is_walked_once(database: &Database) {
        let status = database.store.migration_status().await.unwrap();
        assert_eq!(status.len(), usize::try_from(LATEST).unwrap());
        assert!(status.iter().all(|status| status.applied_at == Some(at(0))));
        assert_eq!(database.store.migrate_up(at(1)).await.unwrap(), []);
    }

    async fn every_step_has_a_way_back_and_up_again(database: &Database) {
        let down = database.store.migrate_down(0, Backup::Taken, at(1)).await.unwrap();
        assert_eq!(versions(&down), [8, 7, 6, 5, 4, 3, 2, 1]);
        assert!(down.iter().all(|step| step.direction == Direction::Down));
        assert!(down.last().unwrap().rows_after.is_empty(), "nothing is left behind");
        let status = database.store.migration_status().await.unwrap();
        assert!(status.iter().all(|status| status.applied_at.is_none()));

        let up = database.store.migrate_up(at(2)).await.unwrap();
        assert_eq!(versions(&up), [1, 2, 3, 4, 5, 6, 7, 8]);
        put(&database.store, "a").await;
    }

    async fn the_latest_step_back_and_up_keeps_every_row(database: &Database) {
        put(&database.store, "a").await;
        let down = database.store.migrate_down(LATEST - 1, Backup::Make, at(1)).await.unwrap();
        let up = database.store.migrate_up(at(2)).await.unwrap();
        assert_eq!((down.len(), up.len()), (1, 1));
        assert_eq!(down[0].rows_before["settings"], 1);
        assert_eq!(down[0].rows_before, up[0].rows_after);
        assert_eq!(down[0].backup, None, "it drops indices alone");
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
                Error::Migration(Migration::Newer { found: 99, latest: LATEST })
            ),
            "{refused:?}"
        );
    }

    async fn a_target_that_does_not_exist_is_refused(database: &Database) {
        for target in [-1, LATEST + 1] {
            let refused =
                database.store.migrate_down(target, Backup::Taken, at(1)).await.unwrap_err();
            let Error::Migration(Migration::NoSuchTarget { asked, current: LATEST }) = refused
            else {
                panic!("{refused:?}")
            };
            assert_eq!(asked, target);
        }
        assert_eq!(database.store.migrate_up(at(1)).await.unwrap(), []);
    }

    async fn two_programs_that_start_at_once_apply_each_step_once(database: &Database) {
        database.store.migrate_down(0, Backup::Taken, at(1)).await.unwrap();
        let (one, two) =
            tokio::join!(database.store.migrate_up(at(2)), database.store.migrate_up(at(2)));
        let mut applied = versions(&one.unwrap());
        applied.extend(versions(&two.unwrap()));
        applied.sort_unstable();
        assert_eq!(applied, [1, 2, 3, 4, 5, 6, 7, 8]);
    }
}

#[tokio::test]
async fn a_step_that_drops_data_backs_up_a_file_first() {
    let database = Database::fresh(Kind::File).await.unwrap();
    put(&database.store, "kept").await;
    let steps = database.store.migrate_down(6, Backup::Make, at(1)).await.unwrap();
    let backup = steps[1].backup.clone().expect("step 7 drops tables");

    let copy = Store::open(&format!("sqlite://{}", backup.display())).await.unwrap();
    let mut tx = copy.begin().await.unwrap();
    assert_eq!(tx.setting("kept").await.unwrap().as_deref(), Some("1"));
}

#[tokio::test]
async fn a_step_that_drops_data_needs_a_backup_on_a_server() {
    let Some(database) = Database::fresh(Kind::Postgres).await else { return };
    let refused = database.store.migrate_down(6, Backup::Make, at(1)).await.unwrap_err();
    assert!(
        matches!(refused, Error::Migration(Migration::NoBackup { version: 7, .. })),
        "{refused:?}"
    );
    put(&database.store, "still there").await;
}
