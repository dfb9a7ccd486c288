//! The records of the practice, on SQLite or PostgreSQL.
//!
//! The one rule: SQL is written here and nowhere else, once, and runs on both databases. The URL
//! chooses which. [`Store::begin`] opens a [`Tx`]; the operations of a transaction are methods of it,
//! one file per aggregate. `docs/store.md` tells the promises and how each is tested.

mod alert;
mod audit;
mod backup;
mod bot;
mod card;
mod change;
mod client;
mod decision;
mod delivery;
mod erase;
mod error;
mod excuse;
mod honors;
mod infraction;
mod insight;
mod log;
mod migrate;
mod open;
mod order;
mod outbox;
mod plan;
mod quarantine;
mod request;
mod retry;
mod row;
mod rules;
mod schedule;
mod session;
mod setting;
mod spool;
mod tally;
mod token;
mod tx;
mod value;
mod wake;
mod weigh_in;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{PgPool, PgTransaction, SqlitePool};

pub use self::{
    alert::{AlertsWanted, Closed, NewAlert},
    audit::{
        AuditAbout, AuditEntry, AuditHead, AuditReport, AuditWanted, Break, Details, ERASED,
        NewEntry,
    },
    backup::{BackupError, Examination, restore},
    bot::{Bot, BotReport, Contact, Draft, OwedEdit, RequestCount},
    card::{CardOrder, CardPlace, CardsWanted, ListedCard, WeeklyCount},
    change::{Change, Changing},
    client::NeedPlace,
    delivery::{DeliveryState, Listing, Tracked},
    error::{Conflict, Corrupt, Error, Migration, Result},
    honors::Achievement,
    insight::{CohortMark, WeeklyFlags},
    log::{Lift, LogsWanted, RevisionPlace, Revisions},
    migrate::{Backup, Direction, Status, Step},
    outbox::{Backlog, Claimed, Claims, Ending, Finished, Lease},
    quarantine::Quarantined,
    request::{Answered, Marked, Request},
    retry::retry,
    rules::PolicyVersion,
    schedule::{ClientTrigger, DueSystem, DueTrigger, Occasion, Ran, RanAfter, Run},
    session::{Presented, SecretKind, Session},
    spool::{Damage, Recovered, Replay, Spool, SpoolError, Spooled},
    tally::{LAG_BOUNDS, Lags, Tally},
    token::{ApiToken, Role},
    tx::{Savepoint, Tx},
};
use self::{open::ProcessLock, tx::On};

/// A database, open. Cheap to clone: clones share the connections.
#[derive(Clone)]
pub enum Store {
    /// One file, or memory: one writer at a time, in this process.
    Sqlite(Sqlite),
    /// A server: any number of processes.
    Postgres(Postgres),
}

/// The connections to an SQLite database.
#[derive(Clone)]
pub struct Sqlite {
    /// One connection: SQLite has one writer, and waiting for it here is fair and cheap.
    writer: SqlitePool,
    readers: SqlitePool,
    /// Where the database is, unless it is in memory.
    file: Option<std::path::PathBuf>,
    wake: wake::Wake,
    counter: tally::Counter,
    /// Keeps a database in memory while no other connection does.
    _anchor: Option<SqlitePool>,
    _lock: Option<Arc<ProcessLock>>,
}

/// The connections to a PostgreSQL database.
#[derive(Clone)]
pub struct Postgres {
    pool: PgPool,
    /// Whether a connection was last waited for in vain.
    is_away: Arc<AtomicBool>,
    wake: wake::Wake,
    counter: tally::Counter,
}

impl Postgres {
    /// How long a connection is waited for after one was waited for in vain.
    const AGAIN: Duration = Duration::from_millis(500);

    /// Begins a transaction with a statement.
    ///
    /// A call begins several. While the database is away only the first waits its full time, so that
    /// the call is answered, and a log spooled, before the caller gives it up.
    async fn begin(&self, sql: &'static str) -> Result<PgTransaction<'static>> {
        let beginning = self.pool.begin_with(sql);
        let begun = if self.is_away.load(Ordering::Relaxed) {
            let late = |_| Err(sqlx::Error::PoolTimedOut);
            tokio::time::timeout(Self::AGAIN, beginning).await.unwrap_or_else(late)
        } else {
            beginning.await
        };
        self.is_away.store(begun.is_err(), Ordering::Relaxed);
        Ok(begun?)
    }
}

/// How a store is opened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Connections that read beside SQLite's one writer (default 4).
    pub readers: u32,
    /// Connections to PostgreSQL (default 10).
    pub connections: u32,
    /// How long to wait for a free connection before the database counts as unavailable (default 5 s).
    pub acquire_timeout: Duration,
    /// The longest that one statement may run on PostgreSQL (default 10 s).
    pub statement_timeout: Duration,
    /// The longest that a transaction may sit idle on PostgreSQL (default 30 s): a held snapshot
    /// keeps dead rows alive.
    pub idle_in_transaction_timeout: Duration,
    /// Whether other processes may open the same SQLite file (default: shared).
    pub sharing: Sharing,
}

/// Whether other processes may open the same SQLite file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Others may: a backup, a report.
    Shared,
    /// A lock file beside the database keeps a second server out.
    Exclusive,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            readers: 4,
            connections: 10,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(10),
            idle_in_transaction_timeout: Duration::from_secs(30),
            sharing: Sharing::Shared,
        }
    }
}

impl Store {
    /// Opens the database that `url` names: `sqlite://PATH`, `sqlite::memory:` or `postgres://…`.
    ///
    /// The schema is not touched: see [`Store::migrate_up`].
    pub async fn open(url: &str) -> Result<Store> {
        Store::open_with(url, &Options::default()).await
    }

    /// Opens the database that `url` names, with other than the default options.
    pub async fn open_with(url: &str, options: &Options) -> Result<Store> {
        open::open(url, options).await
    }

    /// Begins a transaction that may write.
    ///
    /// On SQLite it is the only one, from this moment and not from its first write (`BEGIN
    /// IMMEDIATE`): what it reads can't change before it writes. On PostgreSQL it sees what others
    /// commit, and takes row locks where that matters.
    pub async fn begin(&self) -> Result<Tx> {
        let on = match self {
            Store::Sqlite(sqlite) => On::Sqlite(sqlite.writer.begin_with("BEGIN IMMEDIATE").await?),
            Store::Postgres(postgres) => On::Postgres(postgres.begin("BEGIN").await?),
        };
        Ok(Tx::new(on, Some((self.wake().clone(), self.counter().clone()))))
    }

    /// Begins a transaction that reads one unchanging state of the database and can't write.
    ///
    /// In memory there is one connection for everything: don't ask for this while holding a
    /// transaction of the same task.
    pub async fn read(&self) -> Result<Tx> {
        let on = match self {
            Store::Sqlite(sqlite) => On::Sqlite(sqlite.readers.begin().await?),
            Store::Postgres(postgres) => On::Postgres(
                postgres.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
            ),
        };
        Ok(Tx::new(on, None))
    }

    /// Finds out whether the database takes a write; nothing is kept.
    pub async fn probe(&self, now: jiff::Timestamp) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.put_setting("probe", "", now).await?;
        tx.rollback().await
    }

    /// Returns whether every connection that may be open is in use.
    pub fn is_pool_full(&self) -> bool {
        match self {
            Store::Sqlite(sqlite) => is_full(&sqlite.readers),
            Store::Postgres(postgres) => is_full(&postgres.pool),
        }
    }

    /// Closes every connection; transactions that are open end first.
    pub async fn close(&self) {
        match self {
            Store::Sqlite(sqlite) => {
                sqlite.readers.close().await;
                sqlite.writer.close().await;
            }
            Store::Postgres(postgres) => postgres.pool.close().await,
        }
    }
}

fn is_full<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> bool {
    let most = usize::try_from(pool.options().get_max_connections()).unwrap_or(usize::MAX);
    let open = usize::try_from(pool.size()).unwrap_or(usize::MAX);
    open >= most && pool.num_idle() == 0
}

/// Says which database, and never how it is reached.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Store::Sqlite(sqlite) => fmt::Debug::fmt(sqlite, f),
            Store::Postgres(postgres) => fmt::Debug::fmt(postgres, f),
        }
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").field("file", &self.file).finish_non_exhaustive()
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = self.pool.connect_options();
        f.debug_struct("Postgres")
            .field("host", &options.get_host())
            .field("port", &options.get_port())
            .field("database", &options.get_database())
            .finish_non_exhaustive()
    }
}
