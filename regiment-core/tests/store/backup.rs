//! A copy is whole, says so when it is not, and can be put back.

use std::{fs, io::Seek as _, io::SeekFrom, io::Write as _, path::Path};

use regiment_core::store::{BackupError, Error, Options, Sharing, Store, restore};

use crate::{
    clients::enlist,
    harness::{Database, Kind, at},
    outbox::{LEASE, message},
};

/// A migrated database in a folder, with two clients and a message that waits.
async fn practice(folder: &Path) -> Store {
    let store = Store::open(&url(&folder.join("regiment.db"))).await.unwrap();
    store.migrate_up(at(0)).await.unwrap();
    enlist(&store, &["1", "2"]).await;
    let mut tx = store.begin().await.unwrap();
    tx.put_messages(&[message("a", 0, None)], at(0)).await.unwrap();
    tx.commit().await.unwrap();
    store
}

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

async fn n_clients(store: &Store) -> usize {
    store.read().await.unwrap().list_clients(None, 10).await.unwrap().len()
}

#[tokio::test]
async fn a_copy_is_made_beside_a_running_server_and_holds_what_was_committed() {
    let folder = tempfile::tempdir().unwrap();
    let server = practice(folder.path()).await;
    let other = Store::open(&url(&folder.path().join("regiment.db"))).await.unwrap();
    let copy = folder.path().join("copy.db");
    let examined = other.back_up(&copy, at(9)).await.unwrap();
    assert!(examined.is_sound(), "{examined:?}");
    assert_eq!(examined.rows["clients"], 2);
    assert_eq!(server.read().await.unwrap().backed_up_at().await.unwrap(), Some(at(9)));

    enlist(&server, &["3"]).await;
    let copied = Store::open_copy(&copy).await.unwrap();
    assert_eq!((n_clients(&copied).await, n_clients(&server).await), (2, 3));
    assert!(!folder.path().join("copy.db.partial").exists());
    let refused = other.back_up(&copy, at(10)).await.unwrap_err();
    assert!(matches!(refused, BackupError::File { .. }), "{refused:?}");
}

#[tokio::test]
async fn a_copy_is_put_back_and_what_it_replaces_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (database, copy) = (folder.path().join("regiment.db"), folder.path().join("copy.db"));
    let store = practice(folder.path()).await;
    store.back_up(&copy, at(9)).await.unwrap();
    enlist(&store, &["3"]).await;
    store.close().await;

    let aside = restore(&copy, &database, at(10)).await.unwrap().expect("there was one");
    let restored = Store::open(&url(&database)).await.unwrap();
    assert_eq!(n_clients(&restored).await, 2);
    assert_eq!(n_clients(&Store::open(&url(&aside)).await.unwrap()).await, 3);
    // The message may have left since the copy was made.
    let mut tx = restored.begin().await.unwrap();
    let claims = tx.claim_messages(at(11), LEASE, 10, "v1").await.unwrap();
    assert_eq!(
        claims.messages.iter().map(|claimed| claimed.is_doubtful).collect::<Vec<_>>(),
        [true]
    );
    assert!(
        fs::read_dir(folder.path())
            .unwrap()
            .all(|entry| { !entry.unwrap().file_name().to_string_lossy().contains(".restoring") })
    );
}

#[tokio::test]
async fn a_copy_is_put_where_there_is_none_and_over_a_damaged_one() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    practice(folder.path()).await.back_up(&copy, at(9)).await.unwrap();
    let fresh = folder.path().join("fresh.db");
    assert_eq!(restore(&copy, &fresh, at(10)).await.unwrap(), None);
    assert_eq!(n_clients(&Store::open(&url(&fresh)).await.unwrap()).await, 2);

    let damaged = folder.path().join("damaged.db");
    fs::write(&damaged, b"no database at all").unwrap();
    fs::write(folder.path().join("damaged.db-wal"), b"nor a log").unwrap();
    let aside = restore(&copy, &damaged, at(10)).await.unwrap().expect("there was one");
    assert_eq!(fs::read(&aside).unwrap(), b"no database at all");
    assert_eq!(n_clients(&Store::open(&url(&damaged)).await.unwrap()).await, 2);
}

#[tokio::test]
async fn nothing_is_restored_under_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let (database, copy) = (folder.path().join("regiment.db"), folder.path().join("copy.db"));
    let store = practice(folder.path()).await;
    store.back_up(&copy, at(9)).await.unwrap();
    store.close().await;
    let mut options = Options::default();
    options.sharing = Sharing::Exclusive;
    let server = Store::open_with(&url(&database), &options).await.unwrap();
    let refused = restore(&copy, &database, at(10)).await.unwrap_err();
    assert!(matches!(refused, BackupError::Store(Error::InUse { .. })), "{refused:?}");
    assert_eq!(n_clients(&server).await, 2);
}

#[tokio::test]
async fn a_damaged_copy_is_not_sound() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    practice(folder.path()).await.back_up(&copy, at(9)).await.unwrap();
    let mut file = fs::File::options().write(true).open(&copy).unwrap();
    // The third page on: tables and indices, no longer the schema.
    file.seek(SeekFrom::Start(3 * 4096 + 100)).unwrap();
    file.write_all(&[0xAA; 3 * 4096]).unwrap();
    let opened = Store::open_copy(&copy).await.unwrap();
    let examined = opened.examine().await;
    assert!(examined.as_ref().map_or(true, |examined| !examined.is_sound()), "{examined:?}");
}

#[tokio::test]
async fn postgres_is_left_to_its_own_tools() {
    let Some(database) = Database::fresh(Kind::Postgres).await else { return };
    let folder = tempfile::tempdir().unwrap();
    let refused = database.store.back_up(&folder.path().join("copy"), at(0)).await.unwrap_err();
    assert!(matches!(refused, BackupError::NotAFile), "{refused:?}");
    let examined = database.store.examine().await.unwrap();
    assert!(examined.is_sound() && examined.rows.contains_key("clients"), "{examined:?}");
    database.end().await;
}
