//! Reading the audit trail, the latest entry first.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::AUDIT;
use crate::{
    UserId,
    store::{
        error::Result,
        row::Row,
        tx::Tx,
        value::{Value, values},
    },
};

/// Which entries a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditWanted {
    /// Only what this role did.
    pub actor: Option<String>,
    /// Only what was done to this.
    pub about: Option<AuditAbout>,
    /// Only what happened at this instant or later.
    pub from: Option<Timestamp>,
    /// Only what happened before this instant.
    pub until: Option<Timestamp>,
    /// Only what stands before this place of the chain.
    pub before: Option<i64>,
}

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditAbout {
    /// Somebody who is a client; nobody finds one who was erased.
    Client(UserId),
    /// A subject, as an entry names it.
    Subject(String),
}

/// A recorded entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place in the chain, from 1.
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// Who, as a role.
    pub actor: String,
    /// What.
    pub action: String,
    /// To what.
    pub subject: String,
    /// The client whose subject that is, while he is one.
    pub client: Option<UserId>,
    /// The particulars, where there are any and they are not erased.
    pub details: Option<String>,
    /// Whether there were particulars that an erasure took away.
    pub is_erased: bool,
    /// Its link of the chain, in hexadecimal.
    pub hash: String,
}

impl Tx {
    /// Lists up to `limit` entries, the latest first.
    ///
    /// The entries of one subject are found by an index; any other filter is asked of one entry
    /// after the other.
    pub async fn audit_entries(
        &mut self,
        wanted: &AuditWanted,
        limit: u32,
    ) -> Result<Vec<AuditEntry>> {
        let AuditWanted { actor, about, from, until, before } = wanted;
        let mut values = values![
            before.unwrap_or(i64::MAX),
            from.unwrap_or(Timestamp::MIN),
            until.unwrap_or(Timestamp::MAX),
            limit,
            actor.as_deref(),
        ]
        .to_vec();
        let subject = match about {
            None => "a.subject",
            Some(AuditAbout::Subject(subject)) => {
                values.push(Value::from(subject));
                "$6"
            }
            Some(AuditAbout::Client(user_id)) => {
                values.push(Value::from(*user_id));
                "(SELECT subject FROM clients WHERE user_id = $6)"
            }
        };
        let sql = format!(
            "SELECT a.sequence, a.at, a.actor, a.action, a.subject, a.details_hash, a.hash, \
             d.details, c.user_id FROM audit a \
             LEFT JOIN audit_details d ON d.sequence = a.sequence \
             LEFT JOIN clients c ON c.subject = a.subject \
             WHERE a.sequence < $1 AND a.at >= $2 AND a.at < $3 \
             AND a.actor = COALESCE($5, a.actor) AND a.subject = {subject} \
             ORDER BY a.sequence DESC LIMIT $4"
        );
        let rows = self.fetch(&AUDIT, AssertSqlSafe(sql), &values).await?;
        rows.iter().map(entry).collect()
    }
}

fn entry(row: &Row) -> Result<AuditEntry> {
    let details = row.optional_text("details")?.map(str::to_owned);
    let client = match row.optional_text("user_id")? {
        Some(_) => Some(row.parsed("user_id")?),
        None => None,
    };
    Ok(AuditEntry {
        sequence: row.integer("sequence")?,
        at: row.instant("at")?,
        actor: row.text("actor")?.to_owned(),
        action: row.text("action")?.to_owned(),
        subject: row.text("subject")?.to_owned(),
        client,
        is_erased: details.is_none() && !row.text("details_hash")?.is_empty(),
        details,
        hash: row.text("hash")?.to_owned(),
    })
}
