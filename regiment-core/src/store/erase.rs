//! Forgetting a person.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{error::Result, outbox::OUTBOX, tx::Tx, value::values};
use crate::{UserId, message::Dispatch};

/// Tables with a column that names the client, in an order that their references allow.
const OF_CLIENT: [(&str, &str); 25] = [
    ("logs", "user_id"),
    ("lifts", "user_id"),
    ("weigh_ins", "user_id"),
    ("orders", "user_id"),
    ("closed_dates", "user_id"),
    ("pause_log", "user_id"),
    ("plan_choices", "user_id"),
    ("plans", "user_id"),
    ("excuses", "user_id"),
    ("excuse_requests", "user_id"),
    ("infractions", "user_id"),
    ("standings", "user_id"),
    ("card_decisions", "user_id"),
    ("job_cards", "user_id"),
    ("alerts", "about"),
    ("achievements", "user_id"),
    ("client_triggers", "user_id"),
    ("outbox", "user_id"),
    ("quarantine", "user_id"),
    ("contacts", "user_id"),
    ("drafts", "user_id"),
    ("owed_edits", "user_id"),
    ("client_activity", "user_id"),
    ("sessions", "user_id"),
    ("clients", "user_id"),
];

impl Tx {
    /// Removes everything that leads to a person, and returns how many rows that was.
    ///
    /// The ledger stays, under the client's random subject: it counts runs, and says nothing of the
    /// person. Details of the audit trail are erased with it; the chain still verifies. A person
    /// who was forgotten may enlist again.
    pub async fn erase_client(
        &mut self,
        user_id: UserId,
        subject: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<u64> {
        let mut erased = 0;
        for (table, column) in OF_CLIENT {
            let sql = AssertSqlSafe(format!("DELETE FROM {table} WHERE {column} = $1"));
            erased += self.execute(sql, &values![user_id]).await?;
        }
        self.leave_boards(user_id, now).await?;
        erased += self.leave_messages(user_id).await?;
        erased += self.forget_answers_about(user_id).await?;
        self.execute(
            "UPDATE scheduled_runs SET subject = $2 WHERE subject = $1",
            &values![user_id, subject],
        )
        .await?;
        erased += self.erase_audit_details(subject, actor, now).await?;
        Ok(erased)
    }

    /// Takes a person out of the messages to channels: what told of him alone goes, and returns how
    /// many rows that was.
    async fn leave_messages(&mut self, user_id: UserId) -> Result<u64> {
        // A callout bears an alias alone; its key begins with the client.
        let sql = "DELETE FROM outbox WHERE user_id = '' AND dedup_key LIKE $1";
        let mut erased = self.execute(sql, &values![format!("{user_id}:%")]).await?;
        let rows = self
            .fetch(
                &OUTBOX,
                "SELECT dedup_key, body FROM outbox WHERE user_id = '' AND body LIKE $1",
                &values![format!("%\"{user_id}\"%")],
            )
            .await?;
        for row in &rows {
            let key = row.text("dedup_key")?;
            let left = match without(row.text("body")?, user_id)? {
                None => {
                    self.execute("DELETE FROM outbox WHERE dedup_key = $1", &values![key]).await
                }
                Some(body) => {
                    let sql = "UPDATE outbox SET body = $2 WHERE dedup_key = $1";
                    self.execute(sql, &values![key, body]).await
                }
            };
            erased += left?;
        }
        Ok(erased)
    }
}

/// Returns what is left of a message to many, as it is stored, without a person.
fn without(body: &str, user_id: UserId) -> Result<Option<String>> {
    let dispatch: Dispatch = serde_json::from_str(body)?;
    let Some(message) = dispatch.message.without(user_id) else { return Ok(None) };
    Ok(Some(serde_json::to_string(&Dispatch { message, ..dispatch })?))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::migrate::up_scripts;

    #[test]
    fn every_table_that_names_a_client_is_erased() {
        let mut named = BTreeSet::new();
        for script in up_scripts() {
            for table in script.split("CREATE TABLE ").skip(1) {
                let (name, rest) = table.split_once(" (").expect("a table has columns");
                let (columns, _) = rest.split_once(");").expect("a table ends");
                if columns.lines().any(|line| line.trim_start().starts_with("user_id ")) {
                    named.insert(name);
                }
            }
        }
        let erased = OF_CLIENT.iter().filter(|(_, column)| *column == "user_id");
        assert_eq!(erased.map(|(table, _)| *table).collect::<BTreeSet<_>>(), named);
    }
}
