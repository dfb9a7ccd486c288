//! Moves the schema forward and back, one migration a transaction.
//!
//! A migration is a pair of files in `migrations/`, both held by the program. A line `-- sqlite:`,
//! `-- postgres:` or `-- both:` opens a part that is for that database; everything else is shared.
//! An applied migration is never edited: its checksum is stored, and a changed one is refused. A
//! table that outlives a step must keep its number of rows, or the step is rolled back.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use sqlx::AssertSqlSafe;

use super::{
    Store,
    error::{Error, Migration as Refusal, Result},
    row::Table,
    tx::Tx,
    value::values,
};

const APPLIED: Table = Table { name: "schema_migrations", key: &["version"] };
const CATALOG: Table = Table { name: "catalog", key: &["name"] };

/// A migration as the program holds it.
struct Script {
    name: &'static str,
    up: &'static str,
    down: &'static str,
}

macro_rules! scripts {
    ($($name:literal),+ $(,)?) => {
        &[$(Script {
            name: $name,
            up: include_str!(concat!("../../../migrations/", $name, ".up.sql")),
            down: include_str!(concat!("../../../migrations/", $name, ".down.sql")),
        }),+]
    };
}

/// Every migration; the position is its number, from 1.
const SCRIPTS: &[Script] = scripts![
    "0001_clients_and_logs",
    "0002_plans_and_templates",
    "0003_coaching",
    "0004_schedule",
    "0005_outbox",
    "0006_audit",
    "0007_operations",
    "0008_hot_paths",
    "0009_weigh_ins",
    "0010_card_decisions",
    "0011_claim_in_order",
    "0012_alert_digest",
    "0013_bot",
    "0014_sessions",
    "0015_changes",
    "0016_cards_by_date",
];

/// Which way a step goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Forward.
    Up,
    /// Back.
    Down,
}

/// Who makes the backup before a step that drops data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backup {
    /// The store: a copy beside the SQLite file. On PostgreSQL such a step is refused.
    Make,
    /// The operator has one (`pg_dump`, a snapshot).
    Taken,
}

/// A migration, and whether it is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The migration's number, from 1.
    pub version: i64,
    /// The migration's name, which begins with its number.
    pub name: String,
    /// When it was applied.
    pub applied_at: Option<Timestamp>,
}

/// A migration that was applied or taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The migration's number, from 1.
    pub version: i64,
    /// The migration's name.
    pub name: String,
    /// Which way.
    pub direction: Direction,
    /// How many rows each table had before.
    pub rows_before: BTreeMap<String, i64>,
    /// How many rows each table has now.
    pub rows_after: BTreeMap<String, i64>,
    /// Where the backup is, if the step drops data.
    pub backup: Option<PathBuf>,
}

impl Store {
    /// Applies every migration that is not applied yet.
    pub async fn migrate_up(&self, now: Timestamp) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        while let Some(step) = self.step_up(now).await? {
            steps.push(step);
        }
        Ok(steps)
    }

    /// Takes back every migration above number `to`, newest first.
    pub async fn migrate_down(&self, to: i64, backup: Backup, now: Timestamp) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        while let Some(step) = self.step_down(to, backup, now).await? {
            steps.push(step);
        }
        Ok(steps)
    }

    /// Lists every migration that the program holds.
    pub async fn migration_status(&self) -> Result<Vec<Status>> {
        let mut tx = self.begin_migration().await?;
        let applied = applied(&mut tx).await?;
        tx.rollback().await?;
        Ok((1..)
            .zip(SCRIPTS)
            .map(|(version, script)| Status {
                version,
                name: script.name.to_owned(),
                applied_at: applied.get(&version).copied(),
            })
            .collect())
    }

    async fn step_up(&self, now: Timestamp) -> Result<Option<Step>> {
        let mut tx = self.begin_migration().await?;
        let current = current(&applied(&mut tx).await?);
        let (version, Some(script)) = (current + 1, script(current + 1)) else {
            tx.rollback().await?;
            return Ok(None);
        };
        let rows_before = count_rows(&mut tx).await?;
        tx.execute_script(self.part(script.up)).await?;
        tx.execute(
            "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
            &values![version, script.name, checksum(script), now],
        )
        .await?;
        let rows_after = survivors(&mut tx, version, &rows_before).await?;
        tx.commit().await?;
        Ok(Some(Step {
            version,
            name: script.name.to_owned(),
            direction: Direction::Up,
            rows_before,
            rows_after,
            backup: None,
        }))
    }

    async fn step_down(&self, to: i64, backup: Backup, now: Timestamp) -> Result<Option<Step>> {
        let mut tx = self.begin_migration().await?;
        let version = current(&applied(&mut tx).await?);
        if to < 0 || to > version {
            return Err(Refusal::NoSuchTarget { asked: to, current: version }.into());
        }
        let Some(script) = script(version).filter(|_| version > to) else {
            tx.rollback().await?;
            return Ok(None);
        };
        let rows_before = count_rows(&mut tx).await?;
        // SQLite copies itself only outside of a transaction.
        tx.rollback().await?;
        let backup = if drops_data(&self.part(script.down)) {
            self.copy_before(version, backup, now).await?
        } else {
            None
        };
        let mut tx = self.begin_migration().await?;
        tx.execute_script(self.part(script.down)).await?;
        tx.execute("DELETE FROM schema_migrations WHERE version = $1", &values![version]).await?;
        let rows_after = survivors(&mut tx, version, &rows_before).await?;
        tx.commit().await?;
        Ok(Some(Step {
            version,
            name: script.name.to_owned(),
            direction: Direction::Down,
            rows_before,
            rows_after,
            backup,
        }))
    }

    /// Begins a transaction in which no other process migrates and nothing times out.
    async fn begin_migration(&self) -> Result<Tx> {
        let mut tx = self.begin().await?;
        if let Store::Postgres(_) = self {
            tx.execute("SET LOCAL statement_timeout = 0", &[]).await?;
            // Any number that no other program on the server is likely to use.
            tx.execute("SELECT pg_advisory_xact_lock(7345728201)", &[]).await?;
        }
        tx.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations (
                version BIGINT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                checksum TEXT NOT NULL,
                applied_at BIGINT NOT NULL
            )",
            &[],
        )
        .await?;
        Ok(tx)
    }

    async fn copy_before(
        &self,
        version: i64,
        backup: Backup,
        now: Timestamp,
    ) -> Result<Option<PathBuf>> {
        match (self, backup) {
            (_, Backup::Taken) => Ok(None),
            (Store::Sqlite(sqlite), Backup::Make) => {
                let Some(file) = &sqlite.file else { return Ok(None) };
                let mut copy = file.as_os_str().to_owned();
                copy.push(format!(".before-down-{version}-{}", now.as_microsecond()));
                let copy = PathBuf::from(copy);
                let path = copy.to_str().ok_or_else(|| Refusal::NoBackup {
                    version,
                    reason: "the database's path is not UTF-8".to_owned(),
                })?;
                sqlx::query("VACUUM INTO $1").bind(path).execute(&sqlite.writer).await?;
                Ok(Some(copy))
            }
            (Store::Postgres(_), Backup::Make) => Err(Refusal::NoBackup {
                version,
                reason: "make one with pg_dump, and say that it is taken".to_owned(),
            }
            .into()),
        }
    }

    /// The text of a script that is for this database.
    fn part(&self, script: &str) -> String {
        let own = match self {
            Store::Sqlite(_) => "-- sqlite:",
            Store::Postgres(_) => "-- postgres:",
        };
        let mut wanted = true;
        let mut text = String::with_capacity(script.len());
        for line in script.lines() {
            match line.trim_end() {
                "-- both:" => wanted = true,
                marker @ ("-- sqlite:" | "-- postgres:") => wanted = marker == own,
                line if wanted => {
                    text.push_str(line);
                    text.push('\n');
                }
                _ => {}
            }
        }
        text
    }
}

/// The texts of all steps forward.
#[cfg(test)]
pub(super) fn up_scripts() -> impl Iterator<Item = &'static str> {
    SCRIPTS.iter().map(|script| script.up)
}

/// Reads what is applied, and refuses a database that this program does not know.
async fn applied(tx: &mut Tx) -> Result<BTreeMap<i64, Timestamp>> {
    let rows = tx
        .fetch(
            &APPLIED,
            "SELECT version, name, checksum, applied_at FROM schema_migrations ORDER BY version",
            &[],
        )
        .await?;
    let mut applied = BTreeMap::new();
    for row in rows {
        let version = row.integer("version")?;
        let Some(script) = script(version) else {
            let latest = i64::try_from(SCRIPTS.len()).expect("few");
            return Err(Refusal::Newer { found: version, latest }.into());
        };
        if row.text("checksum")? != checksum(script) {
            return Err(Refusal::Changed { version, name: row.text("name")?.to_owned() }.into());
        }
        applied.insert(version, row.instant("applied_at")?);
    }
    Ok(applied)
}

/// Returns the newest applied migration, and refuses a database that this program does not know.
pub(super) async fn schema_of(tx: &mut Tx) -> Result<i64> {
    Ok(current(&applied(tx).await?))
}

fn current(applied: &BTreeMap<i64, Timestamp>) -> i64 {
    applied.last_key_value().map_or(0, |(version, _)| *version)
}

fn script(version: i64) -> Option<&'static Script> {
    SCRIPTS.get(usize::try_from(version).ok()?.checked_sub(1)?)
}

fn checksum(script: &Script) -> String {
    // A checkout may have changed the line ends.
    let text: Vec<_> = script.up.lines().collect();
    format!("{:x}", Sha256::digest(text.join("\n")))
}

fn drops_data(script: &str) -> bool {
    let script = script.to_uppercase();
    ["DROP TABLE", "DROP COLUMN", "DELETE FROM", "UPDATE "].iter().any(|verb| script.contains(verb))
}

/// Counts the rows of every table after a step, and refuses the step if a table that outlived it
/// has other rows than before.
async fn survivors(
    tx: &mut Tx,
    version: i64,
    before: &BTreeMap<String, i64>,
) -> Result<BTreeMap<String, i64>> {
    let after = count_rows(tx).await?;
    for (table, &after) in &after {
        match before.get(table) {
            Some(&before) if before != after => {
                return Err(Error::from(Refusal::RowsChanged {
                    version,
                    table: table.clone(),
                    before,
                    after,
                }));
            }
            Some(_) | None => {}
        }
    }
    Ok(after)
}

/// Counts the rows of every table but the runner's own.
pub(super) async fn count_rows(tx: &mut Tx) -> Result<BTreeMap<String, i64>> {
    let names = if tx.is_sqlite() {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    } else {
        "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
         WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
    };
    let mut tables = BTreeSet::new();
    for row in tx.fetch(&CATALOG, names, &[]).await? {
        tables.insert(row.text("name")?.to_owned());
    }
    // The runner's own table changes with every step.
    tables.remove(APPLIED.name);
    let mut counts = BTreeMap::new();
    for table in tables {
        let sql = AssertSqlSafe(format!("SELECT '{table}' AS name, COUNT(*) AS n FROM {table}"));
        for row in tx.fetch(&CATALOG, sql, &[]).await? {
            counts.insert(table.clone(), row.integer("n")?);
        }
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_held_and_numbered_through() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.rsplit_once('.').is_some_and(|(_, kind)| kind == "sql"))
            .collect();
        files.sort();
        let held: Vec<_> = SCRIPTS
            .iter()
            .flat_map(|script| ["down", "up"].map(|way| format!("{}.{way}.sql", script.name)))
            .collect();
        assert_eq!(files, held);
        for (number, script) in (1..).zip(SCRIPTS) {
            assert!(script.name.starts_with(&format!("{number:04}_")), "{}", script.name);
        }
    }

    #[tokio::test]
    async fn each_database_gets_its_own_parts() {
        let script = "a\n-- sqlite:\nb\n-- postgres:\nc\n-- both:\nd\n";
        let store = Store::open("sqlite::memory:").await.unwrap();
        assert_eq!(store.part(script), "a\nb\nd\n");
    }

    #[test]
    fn a_step_that_drops_indices_alone_drops_no_data() {
        assert!(!drops_data(script(8).unwrap().down));
        assert!(drops_data(script(1).unwrap().down));
    }
}
