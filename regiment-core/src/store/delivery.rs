//! The outbox as somebody looks at it: every message, and how it stands.

use jiff::Timestamp;

use super::{error::Result, outbox::OUTBOX, row::Row, tx::Tx, value::values};
use crate::{message::Dispatch, words::words};

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
    /// When the sender's lease ends, where one holds it.
    pub lease_until: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Tx {
    /// Lists up to `limit` messages by key, after `after`.
    pub async fn list_messages(&mut self, after: &str, limit: u32) -> Result<Vec<Tracked>> {
        let rows = self
            .fetch(
                &OUTBOX,
                "SELECT dedup_key, body, state, attempts, lease_until_at, ended_at FROM outbox \
                 WHERE dedup_key > $1 ORDER BY dedup_key LIMIT $2",
                &values![after, limit],
            )
            .await?;
        rows.iter().map(tracked).collect()
    }
}

fn tracked(row: &Row) -> Result<Tracked> {
    Ok(Tracked {
        dispatch: row.json("body")?,
        state: row.parsed("state")?,
        attempts: row.count("attempts")?,
        lease_until: row.optional_instant("lease_until_at")?,
        ended_at: row.optional_instant("ended_at")?,
    })
}
