//! Records that broke their schema, as they came.

use jiff::{Timestamp, civil::Date};
use sha2::{Digest as _, Sha256};

use super::{
    client::CLIENTS,
    error::Result,
    row::{Row, Table},
    tx::{Broken, Tx},
    value::{Value, values},
};
use crate::UserId;

const QUARANTINE: Table = Table { name: "quarantine", key: &["hash"] };

/// A record that broke its schema.
#[derive(Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// The client, where it could be read.
    pub user_id: Option<UserId>,
    /// The record's local date, where it could be read.
    pub date: Option<Date>,
    /// Where it came from: a file, the spool, a table.
    pub source: String,
    /// Its line there, from 1.
    pub line: Option<u32>,
    /// What is wrong with it.
    pub reason: String,
    /// The record as it came.
    pub record: String,
    /// When it was found.
    pub found_at: Timestamp,
}

/// Shows where it came from and what is wrong, never the record.
impl std::fmt::Debug for Quarantined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Quarantined")
            .field("source", &self.source)
            .field("line", &self.line)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl Quarantined {
    /// The same record of the same source is the same row.
    fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update((self.source.len() as u64).to_be_bytes());
        hasher.update(&self.source);
        hasher.update(&self.record);
        format!("{:x}", hasher.finalize())
    }
}

impl Tx {
    /// Puts records into quarantine, and returns how many were not there yet.
    pub async fn quarantine(&mut self, records: &[Quarantined]) -> Result<u64> {
        let rows = records.iter().map(|record| {
            values![
                record.hash(),
                record.user_id.map_or_else(String::new, |user_id| user_id.to_string()),
                record.date.map_or_else(String::new, |date| date.to_string()),
                &record.source,
                record.line,
                &record.reason,
                &record.record,
                record.found_at,
            ]
        });
        self.insert(
            "INSERT INTO quarantine (hash, user_id, date, source, line, reason, record, found_at) \
             VALUES",
            rows.collect(),
            "ON CONFLICT (hash) DO NOTHING",
        )
        .await
    }

    /// Puts the rows that readings of this transaction left out into quarantine, and returns those
    /// that were not there yet, so that the coach is told once.
    ///
    /// A profile stays noted: nothing can be decided about a client without one.
    pub async fn quarantine_corrupt(&mut self, now: Timestamp) -> Result<Vec<Quarantined>> {
        let left_out: Vec<Broken> = self
            .broken_mut()
            .extract_if(.., |broken| broken.corrupt.table != CLIENTS.name)
            .collect();
        let mut found = Vec::new();
        for Broken { corrupt, user_id, date, body } in left_out {
            let record = Quarantined {
                user_id,
                date,
                source: format!("{}:{}", corrupt.table, corrupt.id),
                line: None,
                reason: format!("{} {}", corrupt.column, corrupt.reason),
                record: body,
                found_at: now,
            };
            if self.quarantine(std::slice::from_ref(&record)).await? == 1 {
                found.push(record);
            }
        }
        Ok(found)
    }

    /// Lists up to `limit` records in quarantine, oldest first.
    pub async fn quarantined(&mut self, limit: u32) -> Result<Vec<Quarantined>> {
        let rows = self
            .fetch(
                &QUARANTINE,
                "SELECT hash, user_id, date, source, line, reason, record, found_at \
                 FROM quarantine WHERE released_at IS NULL ORDER BY found_at, hash LIMIT $1",
                &values![limit],
            )
            .await?;
        self.read_all(&rows, quarantined)
    }

    /// Lists up to `limit` records in quarantine with their ids, oldest first, after one.
    pub async fn quarantine_after(
        &mut self,
        after: Option<(Timestamp, String)>,
        limit: u32,
    ) -> Result<Vec<(String, Quarantined)>> {
        let (at, id) = after.unwrap_or((Timestamp::MIN, String::new()));
        let rows = self
            .fetch(
                &QUARANTINE,
                "SELECT hash, user_id, date, source, line, reason, record, found_at \
                 FROM quarantine WHERE released_at IS NULL \
                 AND (found_at > $1 OR (found_at = $1 AND hash > $2)) \
                 ORDER BY found_at, hash LIMIT $3",
                &values![at, id, limit],
            )
            .await?;
        self.read_all(&rows, |row| Ok((row.text("hash")?.to_owned(), quarantined(row)?)))
    }

    /// Counts the records in quarantine.
    pub async fn count_quarantined(&mut self) -> Result<u32> {
        let sql = "SELECT '' AS hash, COUNT(*) AS n FROM quarantine WHERE released_at IS NULL";
        let row = self.fetch_optional(&QUARANTINE, sql, &[]).await?;
        row.map_or(Ok(0), |row| row.count("n"))
    }

    /// Releases the record with an id; returns how many were in quarantine.
    pub async fn release_by_id(&mut self, id: &str, now: Timestamp) -> Result<u64> {
        self.execute(
            "UPDATE quarantine SET released_at = $2 WHERE hash = $1 AND released_at IS NULL",
            &values![id, now],
        )
        .await
    }

    /// Gives the record with an id up: what it said is forgotten, and the same record does not come
    /// back. Returns how many were in quarantine.
    pub async fn discard_by_id(&mut self, id: &str, now: Timestamp) -> Result<u64> {
        self.execute(
            "UPDATE quarantine SET released_at = $2, record = '' \
             WHERE hash = $1 AND released_at IS NULL",
            &values![id, now],
        )
        .await
    }

    /// Returns the records of some clients in quarantine whose local date lies between two, both
    /// inclusive.
    pub async fn quarantined_between(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
        from: Date,
        until: Date,
    ) -> Result<Vec<Quarantined>> {
        let rows = self
            .fetch_in(
                &QUARANTINE,
                "SELECT hash, user_id, date, source, line, reason, record, found_at \
                 FROM quarantine WHERE released_at IS NULL AND date >= $1 AND date <= $2 \
                 AND user_id IN ({keys})",
                &values![from, until],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        self.read_all(&rows, quarantined)
    }

    /// Releases a record that was mended or given up; returns how many were.
    pub async fn release(&mut self, record: &Quarantined, now: Timestamp) -> Result<u64> {
        self.release_by_id(&record.hash(), now).await
    }
}

fn quarantined(row: &Row) -> Result<Quarantined> {
    Ok(Quarantined {
        user_id: match row.text("user_id")? {
            "" => None,
            _ => Some(row.parsed("user_id")?),
        },
        date: match row.text("date")? {
            "" => None,
            _ => Some(row.date("date")?),
        },
        source: row.text("source")?.to_owned(),
        line: row.optional_count("line")?,
        reason: row.text("reason")?.to_owned(),
        record: row.text("record")?.to_owned(),
        found_at: row.instant("found_at")?,
    })
}
