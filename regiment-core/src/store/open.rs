//! From a URL to connections.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    str::FromStr as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::{
    SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    Options, Postgres, Sharing, Sqlite, Store,
    error::{Error, Result},
    tally::Counter,
    wake::Wake,
};

/// Keeps a second process out of an SQLite file for as long as it lives.
#[derive(Debug)]
pub(super) struct ProcessLock {
    _file: File,
}

pub(super) async fn open(url: &str, options: &Options) -> Result<Store> {
    if url == "sqlite::memory:" {
        return memory().await;
    }
    match url.split_once("://") {
        Some(("sqlite", path)) if !path.is_empty() => file(Path::new(path), options).await,
        Some(("sqlite", _)) => Err(Error::Url("sqlite:// without a path".to_owned())),
        Some(("postgres" | "postgresql", _)) => server(url, options).await,
        Some((scheme, _)) => Err(Error::Url(format!("{scheme}://…"))),
        // A path was meant, or anything else: it is shown, since a URL with a password has a scheme.
        None => Err(Error::Url(format!("{url:?}"))),
    }
}

/// Rows that SQLite's thread reads ahead. The default of 50 wakes the reading task, and is woken by
/// it, hundreds of times for one batch of dossiers.
const ROW_BUFFER: usize = 4096;

async fn memory() -> Result<Store> {
    static OPENED: AtomicU64 = AtomicU64::new(0);
    // A connection may be given up with a call that is, and a private database would be lost with it. This
    // one has a name in the process, and lives as long as a connection to it that is never used.
    let name = format!("/regiment-{}", OPENED.fetch_add(1, Ordering::Relaxed));
    let connect = SqliteConnectOptions::new()
        .filename(name)
        .vfs("memdb")
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .row_buffer_size(ROW_BUFFER);
    let one = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None);
    let anchor = one.clone().connect_with(connect.clone()).await?;
    let pool = one.connect_with(connect).await?;
    Ok(Store::Sqlite(Sqlite {
        writer: pool.clone(),
        readers: pool,
        file: None,
        wake: Wake::new(),
        counter: Counter::default(),
        _anchor: Some(anchor),
        _lock: None,
    }))
}

async fn file(path: &Path, options: &Options) -> Result<Store> {
    let lock = match options.sharing {
        Sharing::Shared => None,
        Sharing::Exclusive => Some(Arc::new(lock(path)?)),
    };
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // What is deleted is overwritten: an erased client is not to be found in the file's free pages.
        .pragma("secure_delete", "ON")
        .optimize_on_close(true, None)
        .row_buffer_size(ROW_BUFFER);
    let writer = pool(1, options, connect.clone()).await?;
    let readers = pool(options.readers, options, connect.pragma("query_only", "ON")).await?;
    Ok(Store::Sqlite(Sqlite {
        writer,
        readers,
        file: Some(path.to_owned()),
        wake: Wake::new(),
        counter: Counter::default(),
        _anchor: None,
        _lock: lock,
    }))
}

async fn pool(size: u32, options: &Options, connect: SqliteConnectOptions) -> Result<SqlitePool> {
    Ok(SqlitePoolOptions::new()
        .max_connections(size.max(1))
        .acquire_timeout(options.acquire_timeout)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(connect)
        .await?)
}

async fn server(url: &str, options: &Options) -> Result<Store> {
    let milliseconds = |duration: Duration| duration.as_millis().to_string();
    let connect = PgConnectOptions::from_str(url)
        .map_err(|error| Error::Url(format!("a postgres:// URL that does not parse ({error})")))?
        .application_name("regiment")
        .options([
            ("statement_timeout", milliseconds(options.statement_timeout)),
            (
                "idle_in_transaction_session_timeout",
                milliseconds(options.idle_in_transaction_timeout),
            ),
        ]);
    let pool = PgPoolOptions::new()
        .max_connections(options.connections.max(1))
        .acquire_timeout(options.acquire_timeout)
        .connect_with(connect)
        .await?;
    let is_away = Arc::default();
    Ok(Store::Postgres(Postgres { pool, is_away, wake: Wake::new(), counter: Counter::default() }))
}

pub(super) fn lock(database: &Path) -> Result<ProcessLock> {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);
    let unavailable = |error| Error::Unavailable(sqlx::Error::Io(error));
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(unavailable)?;
    match file.try_lock() {
        Ok(()) => Ok(ProcessLock { _file: file }),
        Err(TryLockError::WouldBlock) => {
            Err(Error::InUse { database: database.to_owned(), lock: path })
        }
        Err(TryLockError::Error(error)) => Err(unavailable(error)),
    }
}
