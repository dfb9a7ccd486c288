//! API tokens.

use jiff::Timestamp;

use super::{
    error::Result,
    row::{Row, Table},
    tx::Tx,
    value::values,
};
use crate::{Id, words::words};

const TOKENS: Table = Table { name: "api_tokens", key: &["id"] };

words! {
    /// What an account or the holder of a token may do.
    pub enum Role("role") {
        /// Read clients, logs and cards.
        Viewer = "viewer",
        /// What a coach may.
        Coach = "coach",
        /// Everything.
        Admin = "admin",
        /// Act for a named person: the Discord process.
        Bot = "bot",
    }
}

/// A token as it is stored: the secret itself is shown once and kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// The token's id.
    pub id: Id<ApiToken>,
    /// What its holder may do.
    pub role: Role,
    /// What the operator called it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Tx {
    /// Stores a token under the hash of its secret.
    pub async fn save_token(&mut self, token: &ApiToken, hash: &str) -> Result<()> {
        self.execute(
            "INSERT INTO api_tokens (id, hash, role, name, created_at) VALUES ($1, $2, $3, $4, $5)",
            &values![
                token.id.to_string(),
                hash,
                token.role.as_str(),
                &token.name,
                token.created_at,
            ],
        )
        .await?;
        Ok(())
    }

    /// Returns the token with this hash, unless it is revoked.
    pub async fn token(&mut self, hash: &str) -> Result<Option<ApiToken>> {
        let row = self
            .fetch_optional(
                &TOKENS,
                "SELECT id, role, name, created_at, last_used_at, revoked_at FROM api_tokens \
                 WHERE hash = $1 AND revoked_at IS NULL",
                &values![hash],
            )
            .await?;
        row.as_ref().map(token).transpose()
    }

    /// Lists every token, revoked ones too, oldest first.
    pub async fn tokens(&mut self) -> Result<Vec<ApiToken>> {
        let rows = self
            .fetch(
                &TOKENS,
                "SELECT id, role, name, created_at, last_used_at, revoked_at FROM api_tokens \
                 ORDER BY created_at, id",
                &[],
            )
            .await?;
        self.read_all(&rows, token)
    }

    /// Remembers that a token was used.
    pub async fn touch_token(&mut self, id: Id<ApiToken>, now: Timestamp) -> Result<()> {
        self.execute(
            "UPDATE api_tokens SET last_used_at = $2 WHERE id = $1",
            &values![id.to_string(), now],
        )
        .await?;
        Ok(())
    }

    /// Revokes a token; returns how many were revoked.
    pub async fn revoke_token(&mut self, id: Id<ApiToken>, now: Timestamp) -> Result<u64> {
        self.execute(
            "UPDATE api_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
            &values![id.to_string(), now],
        )
        .await
    }
}

fn token(row: &Row) -> Result<ApiToken> {
    Ok(ApiToken {
        id: row.parsed("id")?,
        role: row.parsed("role")?,
        name: row.text("name")?.to_owned(),
        created_at: row.instant("created_at")?,
        last_used_at: row.optional_instant("last_used_at")?,
        revoked_at: row.optional_instant("revoked_at")?,
    })
}
