//! API tokens, and requests already carried out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    error::Result,
    row::{Row, Table},
    tx::Tx,
    value::values,
};
use crate::{Id, words::words};

const TOKENS: Table = Table { name: "api_tokens", key: &["id"] };
const REQUESTS: Table = Table { name: "request_log", key: &["principal", "request_id"] };

words! {
    /// What the holder of a token may do.
    pub enum TokenRole("role") {
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
    pub role: TokenRole,
    /// What the operator called it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A request under the name that its caller gave it: the same one again is carried out once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Who asks.
    pub principal: String,
    /// What the caller calls it; unique among the principal's.
    pub id: String,
    /// The method that is called.
    pub method: String,
    /// The hash of what is asked: the same id with another content is a mistake of the caller.
    pub hash: String,
}

/// Whether a request is carried out for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    /// It is, by this transaction.
    First,
    /// It has been already.
    Repeated,
}

/// A request that has been carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The method that was called.
    pub method: String,
    /// The hash of what was asked.
    pub request_hash: String,
    /// The answer, as the server wrote it; absent where the server died before it could.
    pub response: Option<String>,
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

    /// Returns what became of a request that has been carried out, if that is still remembered.
    pub async fn answered(
        &mut self,
        principal: &str,
        request_id: &str,
        now: Timestamp,
    ) -> Result<Option<Answered>> {
        let row = self
            .fetch_optional(
                &REQUESTS,
                "SELECT principal, request_id, method, request_hash, response FROM request_log \
                 WHERE principal = $1 AND request_id = $2 AND expires_at > $3",
                &values![principal, request_id, now],
            )
            .await?;
        row.map(|row| {
            Ok(Answered {
                method: row.text("method")?.to_owned(),
                request_hash: row.text("request_hash")?.to_owned(),
                response: Some(row.text("response")?.to_owned()).filter(|text| !text.is_empty()),
            })
        })
        .transpose()
    }

    /// Marks a request as carried out, in the transaction that does its work, and remembers it until
    /// `expires_at`. A second one waits until the first has committed or given up.
    pub async fn mark_request(
        &mut self,
        request: &Request,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Marked> {
        let marked = self
            .execute(
                "INSERT INTO request_log (principal, request_id, method, request_hash, response, \
                 expires_at) VALUES ($1, $2, $3, $4, '', $5) \
                 ON CONFLICT (principal, request_id) DO UPDATE SET method = excluded.method, \
                 request_hash = excluded.request_hash, response = '', \
                 expires_at = excluded.expires_at WHERE request_log.expires_at <= $6",
                &values![
                    &request.principal,
                    &request.id,
                    &request.method,
                    &request.hash,
                    expires_at,
                    now,
                ],
            )
            .await?;
        Ok(if marked == 1 { Marked::First } else { Marked::Repeated })
    }

    /// Keeps the answer to a request that is marked; the first one stands.
    pub async fn keep_answer(&mut self, request: &Request, response: &str) -> Result<()> {
        self.execute(
            "UPDATE request_log SET response = $4 WHERE principal = $1 AND request_id = $2 \
             AND request_hash = $3 AND response = ''",
            &values![&request.principal, &request.id, &request.hash, response],
        )
        .await?;
        Ok(())
    }

    /// Forgets answers that have expired; returns how many.
    pub async fn forget_answers(&mut self, now: Timestamp) -> Result<u64> {
        self.execute("DELETE FROM request_log WHERE expires_at <= $1", &values![now]).await
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
