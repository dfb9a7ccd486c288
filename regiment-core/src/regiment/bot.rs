//! What the practice keeps for the bot, which has no database of its own.

use jiff::{SignedDuration, civil::Date};

use super::{Regiment, Result, apply::Changes};
use crate::{
    Effect, UserId,
    record::{AlertKind, Severity},
    store::{Bot, BotReport, Contact, Draft, OwedEdit},
};

/// How long a bot counts as connected after it was last seen.
pub(super) const CONNECTED: SignedDuration = SignedDuration::from_secs(60);

/// The name under which the hash of a scope's commands is kept.
fn commands_of(scope: &str) -> String {
    format!("bot.commands.{scope}")
}

impl Regiment {
    /// Begins a stream of a bot, and returns its number; the bot's older streams are replaced.
    ///
    /// # Errors
    /// The store's.
    pub async fn begin_stream(&self, bot_id: &str) -> Result<u32> {
        let mut tx = self.store.begin().await?;
        let stream = tx.begin_stream(bot_id, self.clock.now()).await?;
        tx.commit().await?;
        Ok(stream)
    }

    /// Notes that a stream of a bot is alive; returns whether it is still the bot's newest.
    ///
    /// # Errors
    /// The store's.
    pub async fn see_stream(&self, bot_id: &str, stream: u32) -> Result<bool> {
        let mut tx = self.store.begin().await?;
        let is_newest = tx.see_stream(bot_id, stream, self.clock.now()).await?;
        tx.commit().await?;
        Ok(is_newest)
    }

    /// Returns whether a stream of a bot is still its newest.
    ///
    /// # Errors
    /// The store's.
    pub async fn is_newest_stream(&self, bot_id: &str, stream: u32) -> Result<bool> {
        Ok(self.store.read().await?.is_newest_stream(bot_id, stream).await?)
    }

    /// Keeps what a bot says of itself; returns whether it is known.
    ///
    /// # Errors
    /// The store's.
    pub async fn report_bot(&self, bot_id: &str, report: &BotReport) -> Result<bool> {
        let (mut tx, context) = self.begin().await?;
        let is_known = tx.save_bot_report(bot_id, report, context.now).await?;
        tx.commit().await?;
        Ok(is_known)
    }

    /// Returns the bots that are connected, the last seen first.
    ///
    /// # Errors
    /// The store's.
    pub async fn connected_bots(&self) -> Result<Vec<Bot>> {
        let since = self.clock.now() - CONNECTED;
        Ok(self.store.read().await?.bots_since(since).await?)
    }

    /// Returns how a person is reached.
    ///
    /// # Errors
    /// The store's.
    pub async fn contact(&self, user_id: UserId) -> Result<Contact> {
        let found = self.store.read().await?.contacts([user_id]).await?;
        let unknown = Contact { user_id, dm_channel_id: None, dm_closed_at: None };
        Ok(found.into_iter().next().unwrap_or(unknown))
    }

    /// Saves how a person is reached: the channel of direct messages, and whether they are refused.
    ///
    /// # Errors
    /// The store's.
    pub async fn save_contact(
        &self,
        user_id: UserId,
        dm_channel_id: Option<String>,
        dm: Dm,
    ) -> Result<Contact> {
        let (mut tx, context) = self.begin().await?;
        let known = tx.contacts([user_id]).await?.into_iter().next();
        let since = known.and_then(|known| known.dm_closed_at).unwrap_or(context.now);
        let dm_closed_at = match dm {
            Dm::Open => None,
            Dm::Closed => Some(since),
        };
        let contact = Contact { user_id, dm_channel_id, dm_closed_at };
        tx.save_contact(&contact, context.now).await?;
        tx.commit().await?;
        Ok(contact)
    }

    /// Returns a form that somebody has begun.
    ///
    /// # Errors
    /// The store's.
    pub async fn draft(
        &self,
        user_id: UserId,
        form: &str,
        date: Option<Date>,
    ) -> Result<Option<Draft>> {
        Ok(self.store.read().await?.draft(user_id, form, date, self.clock.now()).await?)
    }

    /// Keeps a form that somebody has begun, over what was kept of it.
    ///
    /// # Errors
    /// The store's.
    pub async fn save_draft(&self, draft: &Draft) -> Result<()> {
        let (mut tx, context) = self.begin().await?;
        tx.save_draft(draft, context.now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Forgets a form that was submitted or given up.
    ///
    /// # Errors
    /// The store's.
    pub async fn delete_draft(
        &self,
        user_id: UserId,
        form: &str,
        date: Option<Date>,
    ) -> Result<()> {
        let (mut tx, _) = self.begin().await?;
        tx.delete_draft(user_id, form, date).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Remembers an answer that the bot has put off.
    ///
    /// # Errors
    /// The store's.
    pub async fn owe_edit(&self, edit: &OwedEdit) -> Result<()> {
        let (mut tx, context) = self.begin().await?;
        tx.owe_edit(edit, context.now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Forgets an answer that was given, or can't be any more.
    ///
    /// # Errors
    /// The store's.
    pub async fn settle_edit(&self, interaction_id: &str) -> Result<()> {
        let (mut tx, _) = self.begin().await?;
        tx.settle_edit(interaction_id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lists up to `limit` answers that are still owed, after one interaction.
    ///
    /// # Errors
    /// The store's.
    pub async fn owed_edits(&self, after: &str, limit: u32) -> Result<Vec<OwedEdit>> {
        Ok(self.store.read().await?.owed_edits(after, self.clock.now(), limit).await?)
    }

    /// Returns the hash of the commands that were registered last in a scope.
    ///
    /// # Errors
    /// The store's.
    pub async fn command_hash(&self, scope: &str) -> Result<Option<String>> {
        Ok(self.store.read().await?.setting(&commands_of(scope)).await?)
    }

    /// Remembers the hash of the commands that were registered in a scope.
    ///
    /// # Errors
    /// The store's.
    pub async fn save_command_hash(&self, scope: &str, hash: &str) -> Result<()> {
        let (mut tx, context) = self.begin().await?;
        tx.put_setting(&commands_of(scope), hash, context.now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Raises an alert over what the bot met, or counts up the open one.
    ///
    /// # Errors
    /// The store's.
    pub async fn raise_bot_trouble(
        &self,
        severity: Severity,
        user_id: Option<UserId>,
        text: &str,
    ) -> Result<()> {
        let (mut tx, context) = self.begin().await?;
        let mut changes = Changes::default();
        let kind = AlertKind::BotTrouble;
        changes.add(Effect::Alert { kind, severity, user_id, text: text.to_owned() });
        changes.write(&mut tx, &context).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Whether a person takes direct messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dm {
    /// As far as is known.
    Open,
    /// The platform refuses them.
    Closed,
}
