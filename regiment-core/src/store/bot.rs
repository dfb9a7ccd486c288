//! What the Discord process remembers: it has no database of its own.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    error::Result,
    row::{Row, Table},
    tx::Tx,
    value::{Value, values},
};
use crate::UserId;

const BOTS: Table = Table { name: "bots", key: &["bot_id"] };
const CONTACTS: Table = Table { name: "contacts", key: &["user_id"] };
const DRAFTS: Table = Table { name: "drafts", key: &["user_id", "form", "date"] };
const EDITS: Table = Table { name: "owed_edits", key: &["interaction_id"] };

/// What a run of the bot says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BotReport {
    /// The program's version.
    pub version: String,
    /// Whether its gateway connection stands.
    pub is_connected: bool,
    /// Requests to the platform since it started, by route and answer.
    pub requests: Vec<RequestCount>,
    /// Milliseconds spent waiting for the platform's rate limits since it started.
    pub waited_ms: u64,
    /// Requests of the last 10 minutes that count toward the platform's ban: 401, 403 and 429.
    pub invalid_requests: u32,
    /// Until when it sends nothing because the platform said so.
    pub paused_until: Option<Timestamp>,
}

/// How often a route was answered in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestCount {
    /// The route, without ids: `POST /channels/{channel}/messages`.
    pub route: String,
    /// The HTTP status; 0 where there was no answer.
    pub code: u32,
    /// How often, since the bot started.
    pub count: u64,
}

/// A run of the bot as the practice knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bot {
    /// What it calls itself; another one each time it starts.
    pub bot_id: String,
    /// When its newest stream began.
    pub subscribed_at: Timestamp,
    /// When it was last known to be there.
    pub seen_at: Timestamp,
    /// What it said of itself last.
    pub report: BotReport,
}

/// How a person is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The person.
    pub user_id: UserId,
    /// The channel of direct messages, where one was opened.
    pub dm_channel_id: Option<String>,
    /// Since when direct messages are refused.
    pub dm_closed_at: Option<Timestamp>,
}

/// A form that somebody has begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// Who; perhaps no client yet.
    pub user_id: UserId,
    /// Which form.
    pub form: String,
    /// The local date that it is for; absent where it is for none.
    pub date: Option<Date>,
    /// What was filled in so far, as the bot wrote it.
    pub body: String,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

/// An answer that was put off: the bot still owes it.
#[derive(Clone, PartialEq, Eq)]
pub struct OwedEdit {
    /// The interaction that it answers.
    pub interaction_id: String,
    /// Whose interaction it is.
    pub user_id: UserId,
    /// The credential with which the platform takes the answer.
    pub token: String,
    /// What the answer needs, as the bot wrote it.
    pub body: String,
    /// When the platform takes it no more.
    pub expires_at: Timestamp,
}

/// Shows which form, never whose or what was filled in.
impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft").field("form", &self.form).finish_non_exhaustive()
    }
}

/// Shows which interaction, never the credential.
impl std::fmt::Debug for OwedEdit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwedEdit")
            .field("interaction_id", &self.interaction_id)
            .finish_non_exhaustive()
    }
}

impl Tx {
    /// Begins a stream of a bot, and returns its number: the bot's older streams are replaced.
    pub async fn begin_stream(&mut self, bot_id: &str, now: Timestamp) -> Result<u32> {
        let row = self
            .fetch_optional(
                &BOTS,
                "INSERT INTO bots (bot_id, stream, subscribed_at, seen_at, body) \
                 VALUES ($1, 1, $2, $2, $3) ON CONFLICT (bot_id) DO UPDATE SET \
                 stream = bots.stream + 1, subscribed_at = $2, seen_at = $2 \
                 RETURNING bot_id, stream",
                &values![bot_id, now, serde_json::to_string(&BotReport::default())?],
            )
            .await?;
        row.map_or(Ok(0), |row| row.count("stream"))
    }

    /// Notes that a stream of a bot is alive; returns whether it is still the bot's newest.
    pub async fn see_stream(&mut self, bot_id: &str, stream: u32, now: Timestamp) -> Result<bool> {
        let seen = self
            .execute(
                "UPDATE bots SET seen_at = $3 WHERE bot_id = $1 AND stream = $2",
                &values![bot_id, stream, now],
            )
            .await?;
        Ok(seen == 1)
    }

    /// Returns whether a stream of a bot is still its newest.
    pub async fn is_newest_stream(&mut self, bot_id: &str, stream: u32) -> Result<bool> {
        let sql = "SELECT bot_id, stream FROM bots WHERE bot_id = $1 AND stream = $2";
        Ok(self.fetch_optional(&BOTS, sql, &values![bot_id, stream]).await?.is_some())
    }

    /// Keeps what a bot says of itself; returns whether it is known, that is, has had a stream.
    pub async fn save_bot_report(
        &mut self,
        bot_id: &str,
        report: &BotReport,
        now: Timestamp,
    ) -> Result<bool> {
        let saved = self
            .execute(
                "UPDATE bots SET body = $2, seen_at = $3 WHERE bot_id = $1",
                &values![bot_id, serde_json::to_string(report)?, now],
            )
            .await?;
        Ok(saved == 1)
    }

    /// Lists the bots that were seen since an instant, the last seen first.
    pub async fn bots_since(&mut self, since: Timestamp) -> Result<Vec<Bot>> {
        let rows = self
            .fetch(
                &BOTS,
                "SELECT bot_id, subscribed_at, seen_at, body FROM bots WHERE seen_at >= $1 \
                 ORDER BY seen_at DESC, bot_id",
                &values![since],
            )
            .await?;
        self.read_all(&rows, |row| {
            Ok(Bot {
                bot_id: row.text("bot_id")?.to_owned(),
                subscribed_at: row.instant("subscribed_at")?,
                seen_at: row.instant("seen_at")?,
                report: row.json("body")?,
            })
        })
    }

    /// Returns whether messages are a bot's to deliver: one has been connected, or a token for one
    /// is in force.
    pub async fn has_bot(&mut self) -> Result<bool> {
        let row = self
            .fetch_optional(
                &BOTS,
                "SELECT EXISTS (SELECT 1 FROM bots) OR EXISTS (SELECT 1 FROM api_tokens \
                 WHERE role = 'bot' AND revoked_at IS NULL) AS has_bot",
                &[],
            )
            .await?;
        row.map_or(Ok(false), |row| row.boolean("has_bot"))
    }

    /// Forgets the bots that were last seen before an instant, except the last of all, which shows
    /// that the practice has had one.
    pub async fn prune_bots(&mut self, before: Timestamp) -> Result<u64> {
        self.execute(
            "DELETE FROM bots WHERE seen_at < $1 AND seen_at < (SELECT MAX(seen_at) FROM bots)",
            &values![before],
        )
        .await
    }

    /// Returns how some people are reached; one of whom nothing is known is left out.
    pub async fn contacts(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
    ) -> Result<Vec<Contact>> {
        let rows = self
            .fetch_in(
                &CONTACTS,
                "SELECT user_id, dm_channel_id, dm_closed_at FROM contacts WHERE user_id IN ({keys})",
                &[],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        self.read_all(&rows, |row| {
            Ok(Contact {
                user_id: row.parsed("user_id")?,
                dm_channel_id: row.optional_text("dm_channel_id")?.map(str::to_owned),
                dm_closed_at: row.optional_instant("dm_closed_at")?,
            })
        })
    }

    /// Saves how a person is reached.
    pub async fn save_contact(&mut self, contact: &Contact, now: Timestamp) -> Result<()> {
        self.execute(
            "INSERT INTO contacts (user_id, dm_channel_id, dm_closed_at, updated_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (user_id) DO UPDATE SET \
             dm_channel_id = excluded.dm_channel_id, dm_closed_at = excluded.dm_closed_at, \
             updated_at = excluded.updated_at",
            &values![contact.user_id, contact.dm_channel_id.as_deref(), contact.dm_closed_at, now],
        )
        .await?;
        Ok(())
    }

    /// Returns a form that was begun and has not expired.
    pub async fn draft(
        &mut self,
        user_id: UserId,
        form: &str,
        date: Option<Date>,
        now: Timestamp,
    ) -> Result<Option<Draft>> {
        let row = self
            .fetch_optional(
                &DRAFTS,
                "SELECT user_id, form, date, body, expires_at FROM drafts \
                 WHERE user_id = $1 AND form = $2 AND date = $3 AND expires_at > $4",
                &values![user_id, form, text_of(date), now],
            )
            .await?;
        row.as_ref().map(draft).transpose()
    }

    /// Saves a form that was begun, over what was there.
    pub async fn save_draft(&mut self, draft: &Draft, now: Timestamp) -> Result<()> {
        self.execute(
            "INSERT INTO drafts (user_id, form, date, body, updated_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, form, date) DO UPDATE SET \
             body = excluded.body, updated_at = excluded.updated_at, \
             expires_at = excluded.expires_at",
            &values![
                draft.user_id,
                &draft.form,
                text_of(draft.date),
                &draft.body,
                now,
                draft.expires_at,
            ],
        )
        .await?;
        Ok(())
    }

    /// Forgets a form; returns how many there were.
    pub async fn delete_draft(
        &mut self,
        user_id: UserId,
        form: &str,
        date: Option<Date>,
    ) -> Result<u64> {
        self.execute(
            "DELETE FROM drafts WHERE user_id = $1 AND form = $2 AND date = $3",
            &values![user_id, form, text_of(date)],
        )
        .await
    }

    /// Remembers an answer that is owed, over what was remembered of the same interaction.
    pub async fn owe_edit(&mut self, edit: &OwedEdit, now: Timestamp) -> Result<()> {
        self.execute(
            "INSERT INTO owed_edits (interaction_id, user_id, token, body, owed_since_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (interaction_id) DO UPDATE SET \
             body = excluded.body, token = excluded.token, expires_at = excluded.expires_at",
            &values![
                &edit.interaction_id,
                edit.user_id,
                &edit.token,
                &edit.body,
                now,
                edit.expires_at,
            ],
        )
        .await?;
        Ok(())
    }

    /// Forgets an answer that is owed no more; returns how many there were.
    pub async fn settle_edit(&mut self, interaction_id: &str) -> Result<u64> {
        let sql = "DELETE FROM owed_edits WHERE interaction_id = $1";
        self.execute(sql, &values![interaction_id]).await
    }

    /// Lists up to `limit` owed answers that the platform still takes, by interaction, after one.
    pub async fn owed_edits(
        &mut self,
        after: &str,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<OwedEdit>> {
        let rows = self
            .fetch(
                &EDITS,
                "SELECT interaction_id, user_id, token, body, expires_at FROM owed_edits \
                 WHERE interaction_id > $1 AND expires_at > $2 ORDER BY interaction_id LIMIT $3",
                &values![after, now, limit],
            )
            .await?;
        self.read_all(&rows, |row| {
            Ok(OwedEdit {
                interaction_id: row.text("interaction_id")?.to_owned(),
                user_id: row.parsed("user_id")?,
                token: row.text("token")?.to_owned(),
                body: row.text("body")?.to_owned(),
                expires_at: row.instant("expires_at")?,
            })
        })
    }

    /// Forgets forms and owed answers that have expired; returns how many.
    pub async fn prune_drafts_and_edits(&mut self, now: Timestamp) -> Result<u64> {
        let expired = values![now];
        let drafts = self.execute("DELETE FROM drafts WHERE expires_at <= $1", &expired).await?;
        let edits = self.execute("DELETE FROM owed_edits WHERE expires_at <= $1", &expired).await?;
        Ok(drafts + edits)
    }
}

fn draft(row: &Row) -> Result<Draft> {
    Ok(Draft {
        user_id: row.parsed("user_id")?,
        form: row.text("form")?.to_owned(),
        date: match row.text("date")? {
            "" => None,
            _ => Some(row.date("date")?),
        },
        body: row.text("body")?.to_owned(),
        expires_at: row.instant("expires_at")?,
    })
}

/// A date as part of a key: a null would escape it.
fn text_of(date: Option<Date>) -> String {
    date.map_or_else(String::new, |date| date.to_string())
}
