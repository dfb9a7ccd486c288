//! Messages on their way: written with the decision that caused them, sent outside any transaction.
//!
//! A sender claims rows under a lease, makes its network calls, and finishes each row with the lease
//! token it was given. A lease that ends without a word is given to the next sender, marked
//! doubtful: the message may have gone out and is looked up before it is sent again. The token
//! counts leases, so that a sender that was slow, and has been replaced, can finish nothing.

use jiff::{SignedDuration, Timestamp};
use sqlx::AssertSqlSafe;

use super::{
    error::{Corrupt, Error, Result},
    row::{Row, Table},
    tx::Tx,
    value::{Value, values},
};
use crate::message::{Dispatch, Recipient};

pub(super) const OUTBOX: Table = Table { name: "outbox", key: &["dedup_key"] };

/// A message under lease.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// What is to be sent, and to whom.
    pub dispatch: Dispatch,
    /// The lease; [`Tx::finish_message`] asks for it.
    pub lease: Lease,
    /// How many leases the message has had, this one included.
    pub attempts: u32,
    /// Whether an earlier lease ended without a word. Such a message is looked up before it is
    /// sent, and only looked up if it has expired.
    pub is_doubtful: bool,
    /// The version of the texts with which the first attempt was rendered.
    pub wording: String,
}

/// The right to finish one message, until another sender gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    key: String,
    token: i64,
}

impl Lease {
    /// Names a lease by the message's key and the fencing token.
    pub fn new(key: impl Into<String>, token: i64) -> Self {
        Self { key: key.into(), token }
    }

    /// Returns the message's key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the fencing token: it counts the message's leases.
    pub const fn token(&self) -> i64 {
        self.token
    }
}

/// What a claim found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    /// Messages under lease, most urgent first.
    pub messages: Vec<Claimed>,
    /// Messages that do not decode; they ended as refused, and nothing was sent.
    pub corrupt: Vec<Corrupt>,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The platform has it, under this id.
    Delivered {
        /// The platform's id of the message.
        remote_id: String,
    },
    /// It was not sent, and may be tried again.
    Retry {
        /// Not before.
        not_before: Timestamp,
        /// Why, without personal data.
        error: String,
    },
    /// The platform will not take it.
    Refused {
        /// Why, without personal data.
        error: String,
    },
    /// It may have been sent, and can't be looked up. Not repeated; a coach decides.
    Unknown {
        /// Why, without personal data.
        error: String,
    },
    /// It was not sent in time.
    Missed,
}

/// Whether an ending was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finished {
    /// It was.
    Done,
    /// Another sender holds the message by now, or it has ended: this ending is void.
    Superseded,
}

/// How many messages wait, and how long the oldest that is due has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Messages that have not ended.
    pub pending: u32,
    /// When the oldest that is due could first have been sent.
    pub oldest_due: Option<Timestamp>,
}

impl Tx {
    /// Writes messages, and returns how many were new: one whose key is known is left alone.
    pub async fn put_messages(&mut self, dispatches: &[Dispatch], now: Timestamp) -> Result<u64> {
        let mut rows = Vec::with_capacity(dispatches.len());
        for dispatch in dispatches {
            let user_id = match &dispatch.to {
                Recipient::Client(user_id) => user_id.as_str(),
                Recipient::Coaches | Recipient::Public(_) | Recipient::Honors(_) => "",
            };
            rows.push(values![
                &dispatch.key,
                user_id,
                dispatch.priority.as_str(),
                serde_json::to_string(dispatch)?,
                now,
                dispatch.not_before,
                dispatch.expires_at,
                "pending",
                0,
                0,
                false,
            ]);
        }
        self.insert(
            "INSERT INTO outbox (dedup_key, user_id, priority, body, created_at, not_before_at, \
             expires_at, state, attempts, lease_token, doubtful) VALUES",
            rows,
            "ON CONFLICT (dedup_key) DO NOTHING",
        )
        .await
    }

    /// Takes up to `limit` due messages under a lease that ends at `now + lease`, most urgent first.
    ///
    /// `wording` is the version of the texts now in force; a message keeps that of its first lease.
    /// An expired message comes only if it is doubtful: it is to be looked up, not sent.
    pub async fn claim_messages(
        &mut self,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
        wording: &str,
    ) -> Result<Claims> {
        let lock = self.locking("FOR UPDATE SKIP LOCKED");
        let sql = format!(
            "UPDATE outbox SET lease_token = lease_token + 1, attempts = attempts + 1, \
             doubtful = doubtful OR lease_until_at IS NOT NULL, lease_until_at = $2, \
             wording = COALESCE(wording, $3) \
             WHERE dedup_key IN (SELECT dedup_key FROM outbox \
             WHERE state = 'pending' AND not_before_at <= $1 \
             AND (lease_until_at IS NULL OR lease_until_at <= $1) \
             AND (expires_at IS NULL OR expires_at > $1 OR doubtful OR lease_until_at IS NOT NULL) \
             ORDER BY priority, not_before_at, dedup_key LIMIT $4 {lock}) \
             RETURNING dedup_key, priority, body, not_before_at, attempts, lease_token, doubtful, wording"
        );
        let until = now.saturating_add(lease).expect("a duration without calendar units");
        let mut rows = self
            .fetch(&OUTBOX, AssertSqlSafe(sql), &values![now, until, wording, limit])
            .await?
            .into_iter()
            .map(|row| {
                let rank = (row.text("priority")?.to_owned(), row.integer("not_before_at")?);
                Ok((rank, row.text("dedup_key")?.to_owned(), row))
            })
            .collect::<Result<Vec<_>>>()?;
        rows.sort_by(|(rank, key, _), (other_rank, other_key, _)| {
            (rank, key).cmp(&(other_rank, other_key))
        });
        let mut claims = Claims::default();
        for (_, key, row) in rows {
            match claimed(&key, &row) {
                Ok(claimed) => claims.messages.push(claimed),
                Err(Error::Corrupt(corrupt)) => {
                    self.refuse_corrupt(&key, &corrupt, now).await?;
                    claims.corrupt.push(corrupt);
                }
                Err(other) => return Err(other),
            }
        }
        Ok(claims)
    }

    /// Ends a message that can't be read, so that it does not come up again.
    async fn refuse_corrupt(&mut self, key: &str, corrupt: &Corrupt, now: Timestamp) -> Result<()> {
        self.execute(
            "UPDATE outbox SET state = 'refused', last_error = $2, ended_at = $3, \
             lease_until_at = NULL WHERE dedup_key = $1",
            &values![key, corrupt.to_string(), now],
        )
        .await?;
        Ok(())
    }

    /// Moves the end of a lease to `until`, while its holder is still at work.
    pub async fn extend_lease(&mut self, lease: &Lease, until: Timestamp) -> Result<Finished> {
        let changed = self
            .execute(
                "UPDATE outbox SET lease_until_at = $3 \
                 WHERE dedup_key = $1 AND lease_token = $2 AND state = 'pending' \
                 AND lease_until_at IS NOT NULL",
                &values![&lease.key, lease.token, until],
            )
            .await?;
        Ok(if changed == 1 { Finished::Done } else { Finished::Superseded })
    }

    /// Writes how an attempt ended, if the lease still holds.
    pub async fn finish_message(
        &mut self,
        lease: &Lease,
        ending: &Ending,
        now: Timestamp,
    ) -> Result<Finished> {
        let (state, not_before, remote_id, error) = match ending {
            Ending::Delivered { remote_id } => ("delivered", None, Some(remote_id), None),
            Ending::Retry { not_before, error } => {
                ("pending", Some(*not_before), None, Some(error))
            }
            Ending::Refused { error } => ("refused", None, None, Some(error)),
            Ending::Unknown { error } => ("unknown", None, None, Some(error)),
            Ending::Missed => ("missed", None, None, None),
        };
        let ended_at = (state != "pending").then_some(now);
        let changed = self
            .execute(
                "UPDATE outbox SET state = $3, not_before_at = COALESCE($4, not_before_at), \
                 remote_id = $5, last_error = COALESCE($6, last_error), ended_at = $7, \
                 lease_until_at = NULL, doubtful = FALSE \
                 WHERE dedup_key = $1 AND lease_token = $2 AND state = 'pending' \
                 AND lease_until_at IS NOT NULL",
                &values![
                    &lease.key,
                    lease.token,
                    state,
                    not_before,
                    remote_id.map(String::as_str),
                    error.map(String::as_str),
                    ended_at,
                ],
            )
            .await?;
        Ok(if changed == 1 { Finished::Done } else { Finished::Superseded })
    }

    /// Ends as missed up to `limit` messages that expired unsent, and returns them.
    ///
    /// One that is under lease, or was and is doubtful, is left to its sender.
    pub async fn miss_messages(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Dispatch>> {
        let lock = self.locking("FOR UPDATE SKIP LOCKED");
        let sql = format!(
            "UPDATE outbox SET state = 'missed', ended_at = $1 \
             WHERE dedup_key IN (SELECT dedup_key FROM outbox WHERE state = 'pending' AND expires_at <= $1 \
             AND lease_until_at IS NULL AND NOT doubtful ORDER BY expires_at LIMIT $2 {lock}) \
             RETURNING dedup_key, body"
        );
        let rows = self.fetch(&OUTBOX, AssertSqlSafe(sql), &values![now, limit]).await?;
        rows.iter().map(|row| row.json("body")).collect()
    }

    /// Withdraws messages that no sender holds, by their keys, and returns how many.
    pub async fn withdraw_messages<'a>(
        &mut self,
        dedup_keys: impl IntoIterator<Item = &'a str>,
        now: Timestamp,
    ) -> Result<u64> {
        self.execute_in(
            "UPDATE outbox SET state = 'withdrawn', ended_at = $1 WHERE state = 'pending' \
             AND lease_until_at IS NULL AND NOT doubtful AND dedup_key IN ({keys})",
            &values![now],
            dedup_keys.into_iter().map(Value::from),
        )
        .await
    }

    /// Ends a message whose fate was unknown, once it is known; returns whether it was unknown.
    pub async fn settle_unknown(
        &mut self,
        dedup_key: &str,
        ending: &Ending,
        now: Timestamp,
    ) -> Result<Finished> {
        let (state, not_before, remote_id) = match ending {
            Ending::Delivered { remote_id } => ("delivered", None, Some(remote_id.as_str())),
            Ending::Retry { not_before, .. } => ("pending", Some(*not_before), None),
            Ending::Refused { .. } => ("refused", None, None),
            Ending::Unknown { .. } => return Ok(Finished::Superseded),
            Ending::Missed => ("missed", None, None),
        };
        let changed = self
            .execute(
                "UPDATE outbox SET state = $2, not_before_at = COALESCE($3, not_before_at), \
                 remote_id = $4, ended_at = $5 WHERE dedup_key = $1 AND state = 'unknown'",
                &values![
                    dedup_key,
                    state,
                    not_before,
                    remote_id,
                    (state != "pending").then_some(now)
                ],
            )
            .await?;
        Ok(if changed == 1 { Finished::Done } else { Finished::Superseded })
    }

    /// Counts what waits.
    pub async fn backlog(&mut self, now: Timestamp) -> Result<Backlog> {
        let row = self
            .fetch_optional(
                &OUTBOX,
                "SELECT COUNT(*) AS pending, \
                 MIN(CASE WHEN not_before_at <= $1 THEN not_before_at END) AS oldest_due_at \
                 FROM outbox WHERE state = 'pending'",
                &values![now],
            )
            .await?;
        match row {
            Some(row) => Ok(Backlog {
                pending: row.count("pending")?,
                oldest_due: row.optional_instant("oldest_due_at")?,
            }),
            None => Ok(Backlog { pending: 0, oldest_due: None }),
        }
    }

    /// Returns when the next message becomes due: that of a lease's end, or `not_before`.
    pub async fn next_message_at(&mut self) -> Result<Option<Timestamp>> {
        let row = self
            .fetch_optional(
                &OUTBOX,
                "SELECT MIN(CASE WHEN lease_until_at > not_before_at THEN lease_until_at \
                 ELSE not_before_at END) AS next_at FROM outbox WHERE state = 'pending'",
                &[],
            )
            .await?;
        row.map_or(Ok(None), |row| row.optional_instant("next_at"))
    }

    /// Returns which of some messages, by their keys, reached their recipient.
    pub async fn delivered_among(
        &mut self,
        dedup_keys: impl IntoIterator<Item = String>,
    ) -> Result<Vec<String>> {
        let rows = self
            .fetch_in(
                &OUTBOX,
                "SELECT dedup_key FROM outbox WHERE state = 'delivered' AND dedup_key IN ({keys})",
                &[],
                dedup_keys.into_iter().map(Value::from),
            )
            .await?;
        rows.iter().map(|row| Ok(row.text("dedup_key")?.to_owned())).collect()
    }

    /// Deletes up to `limit` messages that ended before `before`.
    ///
    /// Their keys are forgotten, so `before` lies further back than any message may be repeated.
    pub async fn prune_messages(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            "DELETE FROM outbox WHERE dedup_key IN (SELECT dedup_key FROM outbox \
             WHERE state NOT IN ('pending', 'unknown') AND ended_at < $1 LIMIT $2)",
            &values![before, limit],
        )
        .await
    }
}

fn claimed(key: &str, row: &Row) -> Result<Claimed> {
    Ok(Claimed {
        dispatch: row.json("body")?,
        lease: Lease::new(key, row.integer("lease_token")?),
        attempts: row.count("attempts")?,
        is_doubtful: row.boolean("doubtful")?,
        wording: row.text("wording")?.to_owned(),
    })
}
