//! Copies of an SQLite database: made while it is used, examined, and put back.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::{
    Sqlite, Store,
    audit::AuditReport,
    error::Result,
    migrate::{count_rows, schema_of},
    row::Table,
    spool::sync_folder,
    tally::Counter,
    tx::Tx,
    wake::Wake,
};

const CHECKS: Table = Table { name: "pragma", key: &[] };

/// When the last backup was made, as a setting of the database that it is a copy of.
const MADE: &str = "backup_made_at";

/// Why a copy could not be made or put back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// Only a file of SQLite is copied by this program.
    #[error("only an SQLite file can be copied: of PostgreSQL make a backup with pg_dump")]
    NotAFile,
    /// A file is in the way, or is not there.
    #[error("{}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What failed.
        #[source]
        source: io::Error,
    },
    /// A path that SQLite can't be told.
    #[error("the path {} is not UTF-8", .0.display())]
    Path(PathBuf),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] super::Error),
}

/// What a look at a whole database found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// The newest applied migration.
    pub schema: i64,
    /// How many rows each table has.
    pub rows: BTreeMap<String, i64>,
    /// What SQLite says of a damaged file, or of rows that point nowhere; empty for a good one.
    pub damage: Vec<String>,
    /// Whether the audit chain holds.
    pub audit: AuditReport,
}

impl Examination {
    /// Returns whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty() && self.audit.broken.is_none()
    }
}

impl Store {
    /// Copies an SQLite database to a new file while it is used; the copy is on the disk, and has
    /// been examined, when it bears its name.
    ///
    /// # Errors
    /// [`BackupError::NotAFile`] for PostgreSQL, [`BackupError::File`] where the copy can't be
    /// written or something has its name.
    pub async fn back_up(&self, to: &Path, now: Timestamp) -> Result<Examination, BackupError> {
        let Store::Sqlite(Sqlite { writer, .. }) = self else {
            return Err(BackupError::NotAFile);
        };
        if to.exists() {
            return Err(failed(to)(io::ErrorKind::AlreadyExists.into()));
        }
        let partial = beside(to, ".partial");
        remove(&partial)?;
        let path = partial.to_str().ok_or_else(|| BackupError::Path(partial.clone()))?;
        sqlx::query("VACUUM INTO $1")
            .bind(path)
            .execute(writer)
            .await
            .map_err(super::Error::from)?;
        File::open(&partial).and_then(|copy| copy.sync_all()).map_err(failed(&partial))?;
        let copy = Store::open_copy(&partial).await?;
        let examined = copy.examine().await;
        copy.close().await;
        let examined = examined?;
        fs::rename(&partial, to).and_then(|()| sync_folder(to)).map_err(failed(to))?;
        let mut tx = self.begin().await?;
        tx.put_setting(MADE, &now.to_string(), now).await?;
        tx.commit().await?;
        Ok(examined)
    }

    /// Opens a copy to be read; the file is not changed.
    ///
    /// # Errors
    /// [`super::Error::Unavailable`] where there is no such file.
    pub async fn open_copy(path: &Path) -> Result<Store> {
        let connect = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(connect).await?;
        let file = Some(path.to_owned());
        Ok(Store::Sqlite(Sqlite {
            writer: pool.clone(),
            readers: pool,
            file,
            wake: Wake::new(),
            counter: Counter::default(),
            _anchor: None,
            _lock: None,
        }))
    }

    /// Looks at the whole database: its pages, its references, its rows and the audit chain.
    ///
    /// # Errors
    /// The store's; a database that a newer program migrated is refused.
    pub async fn examine(&self) -> Result<Examination> {
        let mut tx = self.read().await?;
        let mut damage = Vec::new();
        if tx.is_sqlite() {
            for row in tx.fetch(&CHECKS, "PRAGMA integrity_check", &[]).await? {
                let said = row.text("integrity_check")?;
                if said != "ok" {
                    damage.push(said.to_owned());
                }
            }
            for row in tx.fetch(&CHECKS, "PRAGMA foreign_key_check", &[]).await? {
                damage.push(format!("a row of {} points nowhere", row.text("table")?));
            }
        }
        let schema = schema_of(&mut tx).await?;
        let rows = count_rows(&mut tx).await?;
        let audit = tx.verify_audit(None).await?;
        Ok(Examination { schema, rows, damage, audit })
    }
}

impl Tx {
    /// Returns when the last copy was made with [`Store::back_up`].
    pub async fn backed_up_at(&mut self) -> Result<Option<Timestamp>> {
        Ok(self.setting(MADE).await?.and_then(|text| text.parse().ok()))
    }

    /// Marks what waits to be sent as doubtful: it may have been sent.
    async fn doubt_messages(&mut self) -> Result<()> {
        self.execute("UPDATE outbox SET doubtful = TRUE WHERE state = 'pending'", &[]).await?;
        Ok(())
    }
}

/// Puts a copy in the place of an SQLite database that no process has open, and returns where the
/// replaced one is now. A crash leaves the one or the other in place, whole.
///
/// What the copy was about to send may have been sent since: it is marked doubtful, so that it is
/// looked up before it is repeated.
///
/// # Errors
/// [`super::Error::InUse`] while a server runs on the database; [`BackupError::File`] where files
/// can't be written.
pub async fn restore(
    copy: &Path,
    database: &Path,
    now: Timestamp,
) -> Result<Option<PathBuf>, BackupError> {
    let _lock = super::open::lock(database)?;
    let next = beside(database, ".restoring");
    for name in [&next, &beside(&next, "-wal"), &beside(&next, "-shm")] {
        remove(name)?;
    }
    fs::copy(copy, &next).map_err(failed(&next))?;
    let restored = Store::open(&url_of(&next)?).await?;
    let mut tx = restored.begin().await?;
    tx.doubt_messages().await?;
    tx.commit().await?;
    restored.close().await;
    File::open(&next).and_then(|file| file.sync_all()).map_err(failed(&next))?;

    let aside = beside(database, &format!(".before-restore-{}", now.as_microsecond()));
    let had_one = database.exists();
    if had_one {
        // What stands in the log of a good database goes into its file; of a damaged one, the log
        // is kept beside it.
        if let Ok(old) = Store::open(&url_of(database)?).await {
            old.close().await;
        }
        fs::hard_link(database, &aside).map_err(failed(&aside))?;
    }
    for end in ["-wal", "-shm"] {
        let log = beside(database, end);
        if log.exists() {
            fs::rename(&log, beside(&aside, end)).map_err(failed(&log))?;
        }
    }
    fs::rename(&next, database).and_then(|()| sync_folder(database)).map_err(failed(database))?;
    Ok(had_one.then_some(aside))
}

fn url_of(path: &Path) -> Result<String, BackupError> {
    let path = path.to_str().ok_or_else(|| BackupError::Path(path.to_owned()))?;
    Ok(format!("sqlite://{path}"))
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn remove(path: &Path) -> Result<(), BackupError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path)(error)),
        _ => Ok(()),
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.to_owned();
    |source| BackupError::File { path, source }
}
