//! What a URL opens, and what it says when it does not.

use std::time::Duration;

use regiment_core::store::{Error, Options, Sharing, Store};

use crate::harness::{Database, Kind, at, server};

#[tokio::test]
async fn any_other_url_is_refused_with_what_is_accepted_and_without_its_password() {
    for url in ["mysql://root:hunter2@localhost/db", "sqlite://", "regiment.db", "", "postgres"] {
        let refused = Store::open(url).await.unwrap_err();
        let message = refused.to_string();
        assert!(matches!(refused, Error::Url(_)), "{url}: {message}");
        assert!(message.contains("sqlite://PATH, sqlite::memory: or postgres://"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[tokio::test]
async fn a_file_that_can_not_be_made_is_unavailable() {
    let refused = Store::open("sqlite:///no/such/folder/regiment.db").await.unwrap_err();
    assert!(refused.is_unavailable(), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_its_password_is_not_shown() {
    let url = "postgres://regiment:hunter2@127.0.0.1:1/practice";
    let mut options = Options::default();
    options.acquire_timeout = Duration::from_millis(300);
    let refused = Store::open_with(url, &options).await.unwrap_err();
    assert!(refused.is_unavailable(), "{refused:?}");
    assert!(!format!("{refused:?} {refused}").contains("hunter2"));
}

#[tokio::test]
async fn the_password_is_never_in_debug() {
    let Some(server) = server() else { return };
    let (scheme, rest) = server.split_once("://").unwrap();
    let (user, rest) = rest.split_once('@').unwrap();
    let user = user.split(':').next().unwrap();
    // The test server trusts whoever asks, so any password will do.
    let store = Store::open(&format!("{scheme}://{user}:hunter2@{rest}")).await.unwrap();
    let shown = format!("{store:?}");
    assert!(shown.contains("Postgres") && !shown.contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn a_second_server_is_kept_out_of_an_exclusive_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("regiment.db").display());
    let mut exclusive = Options::default();
    exclusive.sharing = Sharing::Exclusive;
    let first = Store::open_with(&url, &exclusive).await.unwrap();
    let refused = Store::open_with(&url, &exclusive).await.unwrap_err();
    assert!(matches!(refused, Error::InUse { .. }), "{refused:?}");

    first.close().await;
    drop(first);
    Store::open_with(&url, &exclusive).await.unwrap();
}

#[tokio::test]
async fn a_file_is_durable_and_checks_its_references() {
    let database = Database::fresh(Kind::File).await.unwrap();
    let path = database.url.strip_prefix("sqlite://").unwrap();
    let mut tx = database.store.begin().await.unwrap();
    let refused = tx
        .tamper("INSERT INTO closed_dates (user_id, date, closed_at) VALUES ('1', '2026-01-01', 0)")
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Conflict(_)), "{refused:?}");
    drop(tx);
    assert!(std::path::Path::new(&format!("{path}-wal")).exists(), "WAL is on");
}

#[tokio::test]
async fn a_lost_connection_is_unavailable_and_the_next_transaction_works() {
    let Some(database) = Database::fresh(Kind::Postgres).await else { return };
    let mut tx = database.store.begin().await.unwrap();
    let lost = tx.tamper("SELECT pg_terminate_backend(pg_backend_pid())").await.unwrap_err();
    assert!(lost.is_unavailable(), "{lost:?}");
    assert!(matches!(tx.commit().await, Err(Error::Poisoned { .. })));

    let mut tx = database.store.begin().await.unwrap();
    tx.put_setting("a", "1", at(0)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_statement_that_runs_too_long_is_ended_as_unavailable() {
    let Some(database) = Database::fresh(Kind::Postgres).await else { return };
    let mut options = Options::default();
    options.statement_timeout = Duration::from_millis(50);
    let store = Store::open_with(&database.url, &options).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let ended = tx.tamper("SELECT pg_sleep(5)").await.unwrap_err();
    assert!(ended.is_unavailable(), "{ended:?}");
}

#[tokio::test]
async fn waiting_for_a_connection_ends() {
    let Some(database) = Database::bare(Kind::File).await else { return };
    let mut options = Options::default();
    options.acquire_timeout = Duration::from_millis(50);
    let store = Store::open_with(&database.url, &options).await.unwrap();
    let _writer = store.begin().await.unwrap();
    let refused = store.begin().await.unwrap_err();
    assert!(refused.is_unavailable(), "{refused:?}");
}

#[tokio::test]
async fn a_deadlock_is_contention_to_be_tried_again() {
    let Some(database) = Database::fresh(Kind::Postgres).await else { return };
    let mut tx = database.store.begin().await.unwrap();
    for key in ["a", "b"] {
        tx.put_setting(key, "0", at(0)).await.unwrap();
    }
    tx.commit().await.unwrap();

    let mut first = database.store.begin().await.unwrap();
    let mut second = database.store.begin().await.unwrap();
    first.put_setting("a", "1", at(0)).await.unwrap();
    second.put_setting("b", "2", at(0)).await.unwrap();
    let (one, two) =
        tokio::join!(first.put_setting("b", "1", at(0)), second.put_setting("a", "2", at(0)));
    let lost = one.and(two).unwrap_err();
    assert!(lost.is_contended(), "{lost:?}");
}
