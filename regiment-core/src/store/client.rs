//! Clients.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

use super::{
    error::{Conflict, Error, Result},
    row::{Row, Table},
    tx::Tx,
    value::{Value, list, sizes, values},
};
use crate::{
    UserId,
    record::{ClientProfile, Status},
};

pub(super) const CLIENTS: Table = Table { name: "clients", key: &["user_id"] };

/// Where a client stood in a list by need when it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NeedPlace {
    /// Twice the worst open card's severity plus its priority; -1 without an open card.
    pub need: f64,
    /// The client; absent before the first.
    pub user_id: Option<UserId>,
}

impl Tx {
    /// Enlists a client; refuses with [`Conflict::Exists`] if there is one with this id. A new
    /// profile gets version 1 and the present instant; one that comes back keeps its own.
    pub async fn enlist(&mut self, profile: &ClientProfile, now: Timestamp) -> Result<()> {
        let profile = ClientProfile {
            version: profile.version.max(1),
            created_at: profile.created_at.or(Some(now)),
            updated_at: profile.updated_at.or(Some(now)),
            ..profile.clone()
        };
        let inserted = self
            .execute(
                "INSERT INTO clients (user_id, subject, status, paused, version, created_at, \
                 updated_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                 ON CONFLICT (user_id) DO NOTHING",
                &values![
                    profile.user_id,
                    profile.subject(),
                    profile.status.as_str(),
                    profile.paused,
                    profile.version,
                    profile.created_at,
                    profile.updated_at,
                    serde_json::to_string(&profile)?,
                ],
            )
            .await?;
        if inserted == 1 {
            Ok(())
        } else {
            Err(Conflict::Exists("a client with this user_id".to_owned()).into())
        }
    }

    /// Saves a profile over the version that was read, as the next one; refuses with
    /// [`Conflict::Stale`] if somebody saved it in between. Returns the new version.
    pub async fn save_client(&mut self, profile: &ClientProfile, now: Timestamp) -> Result<u32> {
        let version = profile.version + 1;
        let next = ClientProfile { version, updated_at: Some(now), ..profile.clone() };
        let saved = self
            .execute(
                "UPDATE clients SET subject = $3, status = $4, paused = $5, version = version + 1, \
                 updated_at = $6, body = $7 WHERE user_id = $1 AND version = $2",
                &values![
                    next.user_id,
                    profile.version,
                    next.subject(),
                    next.status.as_str(),
                    next.paused,
                    now,
                    serde_json::to_string(&next)?,
                ],
            )
            .await?;
        if saved == 1 {
            Ok(version)
        } else {
            Err(Error::Conflict(Conflict::Stale {
                table: CLIENTS.name,
                id: profile.user_id.to_string(),
                expected: profile.version.into(),
            }))
        }
    }

    /// Returns a client.
    pub async fn client(&mut self, user_id: UserId) -> Result<Option<ClientProfile>> {
        let sql = "SELECT user_id, version, body FROM clients WHERE user_id = $1";
        let row = self.fetch_optional(&CLIENTS, sql, &values![user_id]).await?;
        row.as_ref().map(profile).transpose()
    }

    /// Returns a client, under the lock on him.
    pub async fn lock_client(&mut self, user_id: UserId) -> Result<Option<ClientProfile>> {
        let lock = self.locking("FOR NO KEY UPDATE");
        let sql = format!("SELECT user_id, version, body FROM clients WHERE user_id = $1 {lock}");
        let row = self.fetch_optional(&CLIENTS, AssertSqlSafe(sql), &values![user_id]).await?;
        row.as_ref().map(profile).transpose()
    }

    /// Returns some clients, in no particular order.
    pub async fn clients(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
    ) -> Result<Vec<ClientProfile>> {
        let rows = self
            .fetch_in(
                &CLIENTS,
                "SELECT user_id, version, body FROM clients WHERE user_id IN ({keys})",
                &[],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        self.read_all(&rows, profile)
    }

    /// Returns the ids of all clients, in order.
    pub(super) async fn client_ids(&mut self) -> Result<Vec<UserId>> {
        let sql = "SELECT user_id FROM clients ORDER BY user_id";
        let rows = self.fetch(&CLIENTS, sql, &[]).await?;
        rows.iter().map(|row| row.parsed("user_id")).collect()
    }

    /// Takes the lock on some clients, under which everything about a client is done.
    ///
    /// Log writes and deadlines take it, so that they come one after the other. On SQLite a write
    /// transaction is alone anyway.
    pub async fn lock_clients(&mut self, user_ids: impl IntoIterator<Item = UserId>) -> Result<()> {
        if self.is_sqlite() {
            return Ok(());
        }
        let mut user_ids: Vec<UserId> = user_ids.into_iter().collect();
        // In one order for everybody, or two of them wait for each other.
        user_ids.sort_unstable();
        user_ids.dedup();
        let mut rest = user_ids.as_slice();
        for size in sizes(user_ids.len()) {
            let (part, tail) = rest.split_at(size);
            rest = tail;
            let sql = format!(
                "SELECT user_id FROM clients WHERE user_id IN ({}) \
                 ORDER BY user_id FOR NO KEY UPDATE",
                list(1, size)
            );
            let keys: Vec<Value> = part.iter().copied().map(Value::from).collect();
            self.execute(AssertSqlSafe(sql), &keys).await?;
        }
        Ok(())
    }

    /// Lists up to `limit` clients after `after`, by `user_id`.
    pub async fn list_clients(
        &mut self,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<ClientProfile>> {
        let after = after.map_or_else(String::new, |after| after.to_string());
        let rows = self
            .fetch(
                &CLIENTS,
                "SELECT user_id, version, body FROM clients WHERE user_id > $1 \
                 ORDER BY user_id LIMIT $2",
                &values![after, limit],
            )
            .await?;
        self.read_all(&rows, profile)
    }

    /// Lists up to `limit` clients after a place, by how much they need the coach, then by
    /// `user_id`.
    pub async fn list_clients_by_need(
        &mut self,
        after: Option<&NeedPlace>,
        limit: u32,
    ) -> Result<Vec<(ClientProfile, NeedPlace)>> {
        let first = NeedPlace { need: f64::MAX, user_id: None };
        let NeedPlace { need, user_id } = after.unwrap_or(&first);
        let after_id = user_id.map_or_else(String::new, |user_id| user_id.to_string());
        // A card's severity weighs two of its priority, which is 1 at most.
        let rows = self
            .fetch(
                &CLIENTS,
                "SELECT c.user_id, c.version, c.body, COALESCE(n.need, -1.0) AS need FROM clients c \
                 LEFT JOIN (SELECT user_id, MAX(severity * 2 + priority) AS need FROM job_cards \
                 WHERE state IN ('open', 'acknowledged') GROUP BY user_id) n \
                 ON n.user_id = c.user_id WHERE COALESCE(n.need, -1.0) < $1 \
                 OR (COALESCE(n.need, -1.0) = $1 AND c.user_id > $2) \
                 ORDER BY COALESCE(n.need, -1.0) DESC, c.user_id LIMIT $3",
                &values![*need, after_id, limit],
            )
            .await?;
        self.read_all(&rows, |row| {
            let profile = profile(row)?;
            let place = NeedPlace { need: row.real("need")?, user_id: Some(profile.user_id) };
            Ok((profile, place))
        })
    }

    /// Remembers that logs, excuses or pauses of some clients changed.
    pub(super) async fn note_activity(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
        now: Timestamp,
    ) -> Result<()> {
        let user_ids: BTreeSet<UserId> = user_ids.into_iter().collect();
        let rows = user_ids.into_iter().map(|user_id| values![user_id, now]);
        self.insert(
            "INSERT INTO client_activity (user_id, changed_at) VALUES",
            rows.collect(),
            "ON CONFLICT (user_id) DO UPDATE SET changed_at = excluded.changed_at \
             WHERE client_activity.changed_at < excluded.changed_at",
        )
        .await?;
        Ok(())
    }

    /// Returns the active clients whose logs, excuses or pauses changed at or after `since`.
    pub async fn clients_with_activity(&mut self, since: Timestamp) -> Result<Vec<UserId>> {
        let rows = self
            .fetch(
                &CLIENTS,
                "SELECT c.user_id FROM client_activity a JOIN clients c ON c.user_id = a.user_id \
                 WHERE a.changed_at >= $1 AND c.status = 'active'",
                &values![since],
            )
            .await?;
        let mut user_ids: Vec<UserId> =
            rows.iter().map(|row| row.parsed("user_id")).collect::<Result<_>>()?;
        user_ids.sort_unstable();
        Ok(user_ids)
    }

    /// Counts the clients of each status.
    pub async fn count_clients(&mut self) -> Result<BTreeMap<Status, u32>> {
        let rows = self
            .fetch(&CLIENTS, "SELECT status, COUNT(*) AS n FROM clients GROUP BY status", &[])
            .await?;
        rows.iter().map(|row| Ok((row.parsed("status")?, row.count("n")?))).collect()
    }
}

fn profile(row: &Row) -> Result<ClientProfile> {
    let profile: ClientProfile = row.json("body")?;
    if i64::from(profile.version) != row.integer("version")? {
        return Err(row.corrupt("body", "does not have the row's version").into());
    }
    Ok(profile)
}
