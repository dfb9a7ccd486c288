//! A database of its own for each test, on each kind of database.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::{SignedDuration, Timestamp};
use regiment_core::store::Store;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

/// The kinds of database on which a promise is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Memory,
    File,
    Postgres,
}

/// A fresh database that goes away with the value.
pub(crate) struct Database {
    pub(crate) store: Store,
    pub(crate) kind: Kind,
    pub(crate) url: String,
    _folder: Option<tempfile::TempDir>,
    schema: Option<Schema>,
}

struct Schema {
    server: String,
    name: String,
}

impl Database {
    /// Makes a database without a schema; `None` where there is no server to make it on.
    pub(crate) async fn bare(kind: Kind) -> Option<Database> {
        let (url, folder, schema) = match kind {
            Kind::Memory => ("sqlite::memory:".to_owned(), None, None),
            Kind::File => {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("regiment.db");
                (format!("sqlite://{}", path.display()), Some(folder), None)
            }
            Kind::Postgres => {
                let schema = Schema::make(&server()?).await;
                (schema.url(), None, Some(schema))
            }
        };
        let store = Store::open(&url).await.unwrap();
        Some(Database { store, kind, url, _folder: folder, schema })
    }

    /// Makes a database with every migration applied.
    pub(crate) async fn fresh(kind: Kind) -> Option<Database> {
        let database = Self::bare(kind).await?;
        database.store.migrate_up(at(0)).await.unwrap();
        Some(database)
    }

    pub(crate) async fn end(self) {
        self.store.close().await;
    }
}

impl Schema {
    async fn make(server: &str) -> Schema {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{count}", std::process::id());
        let mut connection = PgConnection::connect(server).await.unwrap();
        let sql = format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}");
        connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
        Schema { server: server.to_owned(), name }
    }

    fn url(&self) -> String {
        let separator = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{separator}options[search_path]={}", self.server, self.name)
    }
}

impl Drop for Schema {
    /// Drops the schema, also after a failed test. `Drop` can't wait, hence the thread.
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropped = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&server).await?;
                connection.execute(AssertSqlSafe(format!("DROP SCHEMA {name} CASCADE"))).await
            })
        });
        if !matches!(dropped.join(), Ok(Ok(_))) {
            eprintln!("schema {} is left behind", self.name);
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Field order would do; this says that it matters: the schema goes after its users.
        drop(self.schema.take());
    }
}

/// The server for the tests on PostgreSQL.
pub(crate) fn server() -> Option<String> {
    let url = std::env::var("REGIMENT_TEST_POSTGRES").ok();
    if url.is_none() {
        let is_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!is_ci, "REGIMENT_TEST_POSTGRES is not set: nothing was tried on PostgreSQL");
        eprintln!("not run on PostgreSQL: REGIMENT_TEST_POSTGRES is not set");
    }
    url
}

/// Stamps each promise for every kind of database; it gets one that is fresh and migrated.
macro_rules! on_both {
    ($(async fn $name:ident($database:ident: &Database) $body:block)+) => {$(
        async fn $name($database: &$crate::harness::Database) $body

        mod $name {
            use $crate::harness::{Database, Kind};

            async fn try_on(kind: Kind) {
                if let Some(database) = Database::fresh(kind).await {
                    super::$name(&database).await;
                    database.end().await;
                }
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite_in_memory() {
                try_on(Kind::Memory).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite_in_a_file() {
                try_on(Kind::File).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                try_on(Kind::Postgres).await;
            }
        }
    )+};
}

/// The instant `seconds` after the beginning of 2026.
pub(crate) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}
