//! Requests already carried out.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{error::Result, row::Table, tx::Tx, value::values};
use crate::UserId;

const REQUESTS: Table = Table { name: "request_log", key: &["principal", "request_id"] };

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

    /// Forgets what a client asked for himself, and what was answered about him; the marks of others'
    /// requests stay, so that none is carried out twice.
    pub(super) async fn forget_answers_about(&mut self, user_id: UserId) -> Result<u64> {
        let mut forgotten =
            self.execute("DELETE FROM request_log WHERE principal = $1", &values![user_id]).await?;
        // An answer names him as `clients/{user_id}`, or as a text that is his id alone: in protobuf its
        // length stands before it.
        let id = user_id.as_str();
        let length = u8::try_from(id.len()).expect("at most 20 digits");
        for naming in [format!("clients/{id}"), format!("{}{id}", char::from(length))] {
            let about = "UPDATE request_log SET response = '' WHERE response LIKE $1";
            let pattern = format!("%{}%", hex(&naming));
            forgotten += self.execute(about, &values![pattern]).await?;
        }
        Ok(forgotten)
    }

    /// Forgets answers that have expired; returns how many.
    pub async fn forget_answers(&mut self, now: Timestamp) -> Result<u64> {
        self.execute("DELETE FROM request_log WHERE expires_at <= $1", &values![now]).await
    }
}

/// Writes a text as answers are kept: the hexadecimal digits of its bytes.
fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").expect("a String takes any text");
        digits
    })
}
