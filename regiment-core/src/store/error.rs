//! What can go wrong between the practice and its database, told apart by what a caller does next.

use std::path::PathBuf;

/// The result of everything in the store.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The URL names no database that the store can open. Never holds the URL, which has a password in it.
    #[error(
        "the database URL must be sqlite://PATH, sqlite::memory: or postgres://USER@HOST/NAME, not {0}"
    )]
    Url(String),
    /// Another process has this SQLite file open.
    #[error("{} is in use by another process (its lock is {})", .database.display(), .lock.display())]
    InUse {
        /// The database file.
        database: PathBuf,
        /// The file that carries the lock.
        lock: PathBuf,
    },
    /// The database did not answer: refused, lost, shutting down, full, or out of time.
    ///
    /// After a `commit` it is not known whether the transaction holds; every write of the store is
    /// keyed, so that it can be made again.
    #[error("the database is unavailable")]
    Unavailable(#[source] sqlx::Error),
    /// Another transaction was in the way: made again from the start, it should succeed.
    #[error("another transaction was in the way")]
    Contended(#[source] sqlx::Error),
    /// What is stored stands against what was to be written.
    #[error(transparent)]
    Conflict(Conflict),
    /// A stored row does not decode.
    #[error(transparent)]
    Corrupt(Corrupt),
    /// An earlier statement of this transaction failed; nothing of it is kept.
    #[error("the transaction failed earlier and was not committed: {first}")]
    Poisoned {
        /// The first error of the transaction.
        first: String,
    },
    /// The schema could not be moved.
    #[error(transparent)]
    Migration(#[from] Migration),
    /// A value could not be written as JSON.
    #[error("the record could not be written as JSON")]
    Encode(#[from] serde_json::Error),
    /// The database refused the statement: an error in the program or in the schema.
    #[error("the database refused the statement")]
    Database(#[source] sqlx::Error),
}

/// What is stored stands against what was to be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Conflict {
    /// Someone else changed the record since it was read.
    #[error("{table} {id} has changed since it was read at version {expected}")]
    Stale {
        /// The table.
        table: &'static str,
        /// The key of the record, its parts joined by `/`.
        id: String,
        /// The version that the writer had read.
        expected: i64,
    },
    /// A record with this key exists.
    #[error("there is a record with this key already: {0}")]
    Exists(String),
    /// The record names another that does not exist, or is named by one that does.
    #[error("a record that this one needs does not exist: {0}")]
    Missing(String),
}

/// A stored row that does not decode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{table} {id} does not decode: {column} {reason}")]
pub struct Corrupt {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The key of the row, its parts joined by `/`.
    pub id: String,
    /// What is wrong with the value. Never the value itself, which may be personal.
    pub reason: String,
}

/// Why the schema could not be moved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Migration {
    /// An applied migration is not the one this program holds.
    #[error("migration {version} ({name}) was changed after it was applied")]
    Changed {
        /// The migration's number.
        version: i64,
        /// The migration's name.
        name: String,
    },
    /// The database was migrated by a newer program.
    #[error("the database is at migration {found}, this program knows up to {latest}")]
    Newer {
        /// The newest applied migration.
        found: i64,
        /// The newest migration of this program.
        latest: i64,
    },
    /// The target of a way back does not exist.
    #[error("there is no migration {asked}: the target must be between 0 and {current}")]
    NoSuchTarget {
        /// The number that was asked for.
        asked: i64,
        /// The newest applied migration.
        current: i64,
    },
    /// A table has other rows after the step than before. The step was rolled back.
    #[error("migration {version} would have changed the rows of {table} from {before} to {after}")]
    RowsChanged {
        /// The migration's number.
        version: i64,
        /// The table.
        table: String,
        /// How many rows it had.
        before: i64,
        /// How many rows it would have had.
        after: i64,
    },
    /// A step that drops data needs a backup, and none was or could be made.
    #[error("migration {version} drops data and there is no backup: {reason}")]
    NoBackup {
        /// The migration's number.
        version: i64,
        /// Why there is none.
        reason: String,
    },
}

impl Error {
    /// Whether the same transaction, made again from its first statement, may succeed at once.
    pub fn is_contended(&self) -> bool {
        matches!(self, Error::Contended(_))
    }

    /// Whether the database may be back later: a client's log is spooled, anything else refused.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Error::Unavailable(_) | Error::Contended(_))
    }
}

impl From<Corrupt> for Error {
    fn from(corrupt: Corrupt) -> Self {
        Error::Corrupt(corrupt)
    }
}

impl From<Conflict> for Error {
    fn from(conflict: Conflict) -> Self {
        Error::Conflict(conflict)
    }
}

impl From<sqlx::Error> for Error {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "sqlx's errors grow; what is not known to be passing is reported as it is"
    )]
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Error::Unavailable(error),
            sqlx::Error::Database(refusal) => {
                let code = refusal.code().unwrap_or_default().into_owned();
                match Refusal::of(&code) {
                    Refusal::Contention => Error::Contended(error),
                    Refusal::Outage => Error::Unavailable(error),
                    Refusal::Duplicate => {
                        Error::Conflict(Conflict::Exists(refusal.message().to_owned()))
                    }
                    Refusal::Dangling => {
                        Error::Conflict(Conflict::Missing(refusal.message().to_owned()))
                    }
                    Refusal::Other => Error::Database(error),
                }
            }
            _ => Error::Database(error),
        }
    }
}

/// What a database's error code means to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    Contention,
    Outage,
    Duplicate,
    Dangling,
    Other,
}

impl Refusal {
    /// Reads a SQLSTATE (five characters, PostgreSQL) or an extended result code (a number, SQLite).
    fn of(code: &str) -> Self {
        if code.len() == 5 { Self::of_sqlstate(code) } else { Self::of_sqlite(code) }
    }

    fn of_sqlstate(code: &str) -> Self {
        match code {
            // Serialization failure, deadlock, lock not available.
            "40001" | "40P01" | "55P03" => Refusal::Contention,
            // Shutting down, crashed, starting up; too many connections; a timeout of ours (of the
            // statement, of an idle transaction); read-only after a failover; no room.
            "57P01" | "57P02" | "57P03" | "57014" | "25P03" | "25006" => Refusal::Outage,
            "23505" => Refusal::Duplicate,
            "23503" => Refusal::Dangling,
            _ if code.starts_with("08") || code.starts_with("53") || code.starts_with("58") => {
                Refusal::Outage
            }
            _ => Refusal::Other,
        }
    }

    fn of_sqlite(code: &str) -> Self {
        match code.parse::<u32>() {
            // SQLITE_CONSTRAINT_PRIMARYKEY, _UNIQUE; _FOREIGNKEY.
            Ok(1555 | 2067) => Refusal::Duplicate,
            Ok(787) => Refusal::Dangling,
            // The low byte is the primary code: SQLITE_BUSY, SQLITE_LOCKED.
            Ok(extended) if matches!(extended & 0xff, 5 | 6) => Refusal::Contention,
            // SQLITE_NOMEM, _READONLY, _IOERR, _FULL, _CANTOPEN.
            Ok(extended) if matches!(extended & 0xff, 7 | 8 | 10 | 13 | 14) => Refusal::Outage,
            Ok(_) | Err(_) => Refusal::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_what_to_do_next() {
        let cases = [
            ("40001", Refusal::Contention),
            ("40P01", Refusal::Contention),
            ("55P03", Refusal::Contention),
            ("57P01", Refusal::Outage),
            ("57P03", Refusal::Outage),
            ("08006", Refusal::Outage),
            ("53300", Refusal::Outage),
            ("53100", Refusal::Outage),
            ("57014", Refusal::Outage),
            ("25P03", Refusal::Outage),
            ("23505", Refusal::Duplicate),
            ("23503", Refusal::Dangling),
            ("23514", Refusal::Other),
            ("42P01", Refusal::Other),
            ("5", Refusal::Contention),
            ("517", Refusal::Contention),
            ("6", Refusal::Contention),
            ("10", Refusal::Outage),
            ("522", Refusal::Outage),
            ("13", Refusal::Outage),
            ("14", Refusal::Outage),
            ("1555", Refusal::Duplicate),
            ("2067", Refusal::Duplicate),
            ("787", Refusal::Dangling),
            ("275", Refusal::Other),
            ("1", Refusal::Other),
            ("", Refusal::Other),
        ];
        for (code, expected) in cases {
            assert_eq!(Refusal::of(code), expected, "{code:?}");
        }
    }

    #[test]
    fn a_lost_connection_is_an_outage_and_a_spool_may_take_the_log() {
        let lost = Error::from(sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into()));
        assert!(lost.is_unavailable());
        assert!(!lost.is_contended());
    }
}
