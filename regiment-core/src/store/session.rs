//! Who is signed in, and the hashes of what shows it.

use jiff::Timestamp;

use super::{
    error::Result,
    row::{Row, Table},
    token::Role,
    tx::Tx,
    value::values,
};
use crate::{Id, UserId, words::words};

const SESSIONS: Table = Table { name: "sessions", key: &["id"] };
const SECRETS: Table = Table { name: "session_secrets", key: &["hash"] };

words! {
    /// What a secret of a session opens.
    pub enum SecretKind("kind") {
        /// The session itself, once.
        Link = "link",
        /// Calls.
        Access = "access",
        /// The next pair of secrets, once.
        Refresh = "refresh",
    }
}

/// A person who is signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The session's id.
    pub id: Id<Session>,
    /// The person's Discord id; absent where a one-time link signed in.
    pub user_id: Option<UserId>,
    /// What the person is called.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When the session ends unless it is refreshed.
    pub ends_at: Timestamp,
}

/// Leaves out who it is.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// A secret of a session as it is shown by somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presented {
    /// It is valid, until an instant.
    Valid(Session, Timestamp),
    /// It was spent before: somebody holds a copy.
    Spent(Session),
    /// Nobody knows it, or it has expired, or its session was revoked.
    Unknown,
}

impl Tx {
    /// Stores a session, or its new role and end.
    pub async fn save_session(&mut self, session: &Session) -> Result<()> {
        self.execute(
            "INSERT INTO sessions (id, user_id, name, role, created_at, ends_at) \
             VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (id) DO UPDATE SET role = excluded.role, ends_at = excluded.ends_at",
            &values![
                session.id.to_string(),
                session.user_id,
                &session.name,
                session.role.as_str(),
                session.created_at,
                session.ends_at,
            ],
        )
        .await?;
        Ok(())
    }

    /// Stores a secret of a session under its hash.
    pub async fn save_session_secret(
        &mut self,
        session: Id<Session>,
        kind: SecretKind,
        hash: &str,
        expires_at: Timestamp,
    ) -> Result<()> {
        self.execute(
            "INSERT INTO session_secrets (hash, session_id, kind, expires_at) \
             VALUES ($1, $2, $3, $4)",
            &values![hash, session.to_string(), kind.as_str(), expires_at],
        )
        .await?;
        Ok(())
    }

    /// Says what the secret with this hash is worth now.
    pub async fn session_secret(
        &mut self,
        kind: SecretKind,
        hash: &str,
        now: Timestamp,
    ) -> Result<Presented> {
        let row = self
            .fetch_optional(
                &SECRETS,
                "SELECT hash, session_id, expires_at, spent_at FROM session_secrets \
                 WHERE hash = $1 AND kind = $2 AND expires_at > $3",
                &values![hash, kind.as_str(), now],
            )
            .await?;
        let Some(secret) = row else { return Ok(Presented::Unknown) };
        let row = self
            .fetch_optional(
                &SESSIONS,
                "SELECT id, user_id, name, role, created_at, ends_at FROM sessions \
                 WHERE id = $1 AND revoked_at IS NULL",
                &values![secret.text("session_id")?],
            )
            .await?;
        let Some(session) = row.as_ref().map(session).transpose()? else {
            return Ok(Presented::Unknown);
        };
        Ok(match secret.optional_instant("spent_at")? {
            Some(_) => Presented::Spent(session),
            None => Presented::Valid(session, secret.instant("expires_at")?),
        })
    }

    /// Spends a secret that opens something once; returns how many were spent: 0 if somebody was faster.
    pub async fn spend_session_secret(
        &mut self,
        kind: SecretKind,
        hash: &str,
        now: Timestamp,
    ) -> Result<u64> {
        self.execute(
            "UPDATE session_secrets SET spent_at = $3 \
             WHERE hash = $1 AND kind = $2 AND spent_at IS NULL",
            &values![hash, kind.as_str(), now],
        )
        .await
    }

    /// Ends a session with all its secrets; returns how many were ended.
    pub async fn revoke_session(&mut self, id: Id<Session>, now: Timestamp) -> Result<u64> {
        self.execute(
            "UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
            &values![id.to_string(), now],
        )
        .await
    }

    /// Forgets sessions that have ended; returns how many.
    pub async fn forget_sessions(&mut self, now: Timestamp) -> Result<u64> {
        self.execute("DELETE FROM sessions WHERE ends_at <= $1", &values![now]).await
    }
}

fn session(row: &Row) -> Result<Session> {
    let user_id = match row.optional_text("user_id")? {
        Some(_) => Some(row.parsed("user_id")?),
        None => None,
    };
    Ok(Session {
        id: row.parsed("id")?,
        user_id,
        name: row.text("name")?.to_owned(),
        role: row.parsed("role")?,
        created_at: row.instant("created_at")?,
        ends_at: row.instant("ends_at")?,
    })
}
