//! The outbox as somebody looks at it: every message, and how it stands.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    error::Result,
    outbox::{Lease, OUTBOX},
    row::Row,
    tx::Tx,
    value::{Value, values},
};
use crate::{
    UserId,
    message::{Dispatch, Priority},
    words::words,
};

words! {
    /// How a message stands.
    pub enum DeliveryState("state") {
        /// It has not ended.
        Pending = "pending",
        /// The platform has it.
        Delivered = "delivered",
        /// The platform does not take it.
        Refused = "refused",
        /// It may have been sent, and could not be looked up.
        Unknown = "unknown",
        /// It was too late to be of use.
        Missed = "missed",
        /// It was taken back before it was sent.
        Withdrawn = "withdrawn",
    }
}

/// A message of the outbox, and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Tracked {
    /// What is sent, and to whom.
    pub dispatch: Dispatch,
    /// How it stands.
    pub state: DeliveryState,
    /// How many leases it has had.
    pub attempts: u32,
    /// The lease that it had last, or has.
    pub lease: Lease,
    /// When the sender's lease ends, where one holds it.
    pub lease_until: Option<Timestamp>,
    /// Whether an earlier lease ended without a word.
    pub is_doubtful: bool,
    /// When it was written.
    pub created_at: Timestamp,
    /// The platform's id of the message, once it was delivered.
    pub remote_id: Option<String>,
    /// Why the last attempt that failed did, without personal data.
    pub last_error: Option<String>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// Which messages a list shows. The newest come first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Only messages that stand so; absent means all.
    pub state: Option<DeliveryState>,
    /// Only messages to a client; absent means all.
    pub user_id: Option<UserId>,
    /// Only what comes after this message; absent means from the first.
    pub after: Option<(Timestamp, String)>,
}

/// The columns of a [`Tracked`] message.
const COLUMNS: &str = "dedup_key, body, state, attempts, lease_token, lease_until_at, doubtful, \
                       created_at, remote_id, last_error, ended_at";

impl Tx {
    /// Lists up to `limit` messages by key, after `after`.
    pub async fn list_messages(&mut self, after: &str, limit: u32) -> Result<Vec<Tracked>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE dedup_key > $1 ORDER BY dedup_key LIMIT $2"
        );
        let rows = self.fetch(&OUTBOX, AssertSqlSafe(sql), &values![after, limit]).await?;
        rows.iter().map(tracked).collect()
    }

    /// Lists up to `limit` messages of a listing.
    pub async fn browse_messages(&mut self, listing: &Listing, limit: u32) -> Result<Vec<Tracked>> {
        let Listing { state, user_id, after } = listing;
        let mut bound = vec![Value::from(limit)];
        let mut conditions = vec!["TRUE".to_owned()];
        if let Some(state) = state {
            bound.push(Value::from(state.as_str()));
            conditions.push(format!("state = ${}", bound.len()));
        }
        if let Some(user_id) = user_id {
            bound.push(Value::from(*user_id));
            conditions.push(format!("user_id = ${}", bound.len()));
        }
        if let Some((created_at, key)) = after {
            bound.extend(values![*created_at, key]);
            let (at, key) = (bound.len() - 1, bound.len());
            conditions.push(format!(
                "(created_at < ${at} OR (created_at = ${at} AND dedup_key > ${key}))"
            ));
        }
        let conditions = conditions.join(" AND ");
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE {conditions} \
             ORDER BY created_at DESC, dedup_key LIMIT $1"
        );
        let rows = self.fetch(&OUTBOX, AssertSqlSafe(sql), &bound).await?;
        self.read_all(&rows, tracked)
    }

    /// Returns a message.
    pub async fn message(&mut self, dedup_key: &str) -> Result<Option<Tracked>> {
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE dedup_key = $1");
        let row = self.fetch_optional(&OUTBOX, AssertSqlSafe(sql), &values![dedup_key]).await?;
        row.as_ref().map(tracked).transpose()
    }

    /// Returns a message, which nobody else changes until this transaction ends.
    pub async fn message_locked(&mut self, dedup_key: &str) -> Result<Option<Tracked>> {
        let lock = self.locking("FOR UPDATE");
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE dedup_key = $1 {lock}");
        let row = self.fetch_optional(&OUTBOX, AssertSqlSafe(sql), &values![dedup_key]).await?;
        row.as_ref().map(tracked).transpose()
    }

    /// Puts a message that ended undelivered back into the outbox, due now, or brings one forward
    /// that waits; returns how many. One whose fate was unknown is looked up before it is sent; one
    /// that a sender holds, or that has expired, is left alone.
    pub async fn requeue_message(&mut self, dedup_key: &str, now: Timestamp) -> Result<u64> {
        self.execute(
            "UPDATE outbox SET doubtful = doubtful OR state = 'unknown', state = 'pending', \
             not_before_at = $2, ended_at = NULL \
             WHERE dedup_key = $1 AND state IN ('pending', 'refused', 'unknown', 'missed') \
             AND lease_until_at IS NULL AND (expires_at IS NULL OR expires_at > $2)",
            &values![dedup_key, now],
        )
        .await
    }

    /// Ends a message that waits, or whose fate is unknown; returns how many. One that a sender
    /// holds is left alone, and so is one that is to be looked up.
    pub async fn discard_message(&mut self, dedup_key: &str, now: Timestamp) -> Result<u64> {
        self.execute(
            "UPDATE outbox SET state = 'withdrawn', ended_at = $2 WHERE dedup_key = $1 \
             AND (state = 'unknown' \
             OR (state = 'pending' AND lease_until_at IS NULL AND NOT doubtful))",
            &values![dedup_key, now],
        )
        .await
    }

    /// Returns which of some leases still hold at an instant.
    pub async fn leases_held(&mut self, leases: &[Lease], now: Timestamp) -> Result<Vec<Lease>> {
        let rows = self
            .fetch_in(
                &OUTBOX,
                "SELECT dedup_key, lease_token FROM outbox WHERE state = 'pending' \
                 AND lease_until_at > $1 AND dedup_key IN ({keys})",
                &values![now],
                leases.iter().map(|lease| Value::from(lease.key())),
            )
            .await?;
        let held = rows
            .iter()
            .map(|row| Ok(Lease::new(row.text("dedup_key")?, row.integer("lease_token")?)))
            .collect::<Result<Vec<_>>>()?;
        Ok(leases.iter().filter(|lease| held.contains(lease)).cloned().collect())
    }

    /// Counts the messages that have not ended, by priority; one that none has is left out.
    pub async fn pending_by_priority(&mut self) -> Result<Vec<(Priority, u32)>> {
        let rows = self
            .fetch(
                &OUTBOX,
                "SELECT priority, COUNT(*) AS pending FROM outbox WHERE state = 'pending' \
                 GROUP BY priority ORDER BY priority",
                &[],
            )
            .await?;
        rows.iter().map(|row| Ok((row.parsed("priority")?, row.count("pending")?))).collect()
    }
}

fn tracked(row: &Row) -> Result<Tracked> {
    Ok(Tracked {
        dispatch: row.json("body")?,
        state: row.parsed("state")?,
        attempts: row.count("attempts")?,
        lease: Lease::new(row.text("dedup_key")?, row.integer("lease_token")?),
        lease_until: row.optional_instant("lease_until_at")?,
        is_doubtful: row.boolean("doubtful")?,
        created_at: row.instant("created_at")?,
        remote_id: row.optional_text("remote_id")?.map(str::to_owned),
        last_error: row.optional_text("last_error")?.map(str::to_owned),
        ended_at: row.optional_instant("ended_at")?,
    })
}
