//! What changed lately, as names and versions: a hint to read again, never the record itself.

use jiff::Timestamp;

use super::{error::Result, row::Table, tx::Tx, value::values};
use crate::words::words;

const CHANGES: Table = Table { name: "changes", key: &["id"] };

words! {
    /// What a change is of.
    pub enum Changing("changing") {
        /// A client's profile.
        Client = "client",
        /// A client's logs, excuses or pauses.
        Activity = "activity",
        /// What a client's day asks of him.
        Today = "today",
        /// A job card.
        Card = "card",
        /// An alert.
        Alert = "alert",
        /// The outbox as a whole.
        Outbox = "outbox",
        /// The policy.
        Policy = "policy",
    }
}

/// A record that changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// What it is.
    pub of: Changing,
    /// The client that it is about; empty where it is about none.
    pub user_id: String,
    /// Its id; empty where the client is enough, or there is one alone.
    pub id: String,
    /// Grows with every change.
    pub version: i64,
}

/// Each reads who, which and the version of what changed since `$1`, the latest first, at most `$2`.
const LATELY: [(Changing, &str); 6] = [
    (
        Changing::Client,
        "SELECT user_id, '' AS id, version AS n FROM clients WHERE updated_at >= $1 \
         ORDER BY updated_at DESC LIMIT $2",
    ),
    (
        Changing::Activity,
        "SELECT user_id, '' AS id, changed_at AS n FROM client_activity WHERE changed_at >= $1 \
         ORDER BY changed_at DESC LIMIT $2",
    ),
    (
        Changing::Today,
        "SELECT subject AS user_id, '' AS id, fired_at AS n FROM scheduled_runs \
         WHERE fired_at >= $1 AND subject <> 'system' ORDER BY fired_at DESC LIMIT $2",
    ),
    (
        Changing::Card,
        "SELECT user_id, id, version AS n FROM job_cards WHERE updated_at >= $1 \
         ORDER BY updated_at DESC LIMIT $2",
    ),
    (
        Changing::Alert,
        "SELECT about AS user_id, id, last_at AS n FROM alerts WHERE last_at >= $1 \
         ORDER BY last_at DESC LIMIT $2",
    ),
    (
        Changing::Alert,
        "SELECT about AS user_id, id, closed_at AS n FROM alerts WHERE closed_at >= $1 \
         ORDER BY closed_at DESC LIMIT $2",
    ),
];

impl Tx {
    /// Returns what changed at or after an instant, at most `limit` of each kind: as many as that
    /// means that there may be more.
    pub async fn changes_since(&mut self, since: Timestamp, limit: u32) -> Result<Vec<Change>> {
        let mut found = Vec::new();
        for (of, sql) in LATELY {
            for row in self.fetch(&CHANGES, sql, &values![since, limit]).await? {
                found.push(Change {
                    of,
                    user_id: row.text("user_id")?.to_owned(),
                    id: row.text("id")?.to_owned(),
                    version: row.integer("n")?,
                });
            }
        }
        let alone = |of, version| Change { of, user_id: String::new(), id: String::new(), version };
        let outbox = self
            .fetch_optional(
                &CHANGES,
                "SELECT '' AS id, COALESCE((SELECT MAX(created_at) FROM outbox), 0) AS written, \
                 COALESCE((SELECT MAX(ended_at) FROM outbox), 0) AS ended",
                &[],
            )
            .await?;
        if let Some(row) = outbox {
            let version = row.integer("written")?.max(row.integer("ended")?);
            if version >= since.as_microsecond() {
                found.push(alone(Changing::Outbox, version));
            }
        }
        let (policy, _) = self.rule_versions().await?;
        found.push(alone(Changing::Policy, policy.into()));
        Ok(found)
    }
}
