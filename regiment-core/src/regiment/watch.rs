//! How the practice fares as a system: its state, the alerts that follow, and what is forgotten.

use jiff::{SignedDuration, Timestamp};

use super::{Error, Regiment, Result, apply::Changes, audit, context::Context, entry};
use crate::{
    Effect, Id,
    engine::{
        Refusal,
        conditions::{Condition, OF_PRACTICE, OF_PROCESS, Practice, of_practice},
    },
    message::Priority,
    record::{Actor, Alert, AlertKind},
    store::{AlertsWanted, Backlog, Bot, Change, Quarantined, Tx},
};

/// When something was last decided, as a setting.
const TICKED: &str = "scheduler.ticked_at";

/// How often a condition that lasts is said to.
const CONFIRMED: SignedDuration = SignedDuration::from_mins(1);

/// After how long a process that raised a condition, and says nothing of it, counts as gone.
const SILENT: SignedDuration = SignedDuration::from_mins(10);

/// How many messages one statement deletes.
const AT_ONCE: u32 = 10_000;

/// How long a bot is remembered that is gone.
const BOTS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 7);

/// How the practice stands as a system.
#[derive(Debug, Clone, PartialEq)]
pub struct SystemState {
    /// What conditions follow from.
    pub practice: Practice,
    /// What waits in the outbox.
    pub backlog: Backlog,
    /// The same by priority.
    pub pending: Vec<(Priority, u32)>,
    /// The bots that are connected, the last seen first.
    pub bots: Vec<Bot>,
    /// Alerts that are open, by severity, low first.
    pub open_alerts: [u32; 4],
    /// Records in quarantine.
    pub quarantined: u32,
    /// When the next occurrence falls due; one in the past is late by that much.
    pub next_due: Option<Timestamp>,
}

impl Regiment {
    /// Notes that the scheduler is alive.
    ///
    /// # Errors
    /// The store's.
    pub async fn note_tick(&self) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        tx.put_setting(TICKED, &now.to_string(), now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Returns how the practice stands as a system.
    ///
    /// # Errors
    /// The store's.
    pub async fn system_state(&self) -> Result<SystemState> {
        let mut tx = self.store.read().await?;
        let now = self.clock.now();
        let backlog = tx.backlog(now).await?;
        let bots = tx.bots_since(now - super::bot::CONNECTED).await?;
        let practice = Practice {
            last_tick: instant(&mut tx, TICKED).await?,
            has_bot: tx.has_bot().await?,
            bot_seen: bots.first().map(|bot| bot.seen_at),
            oldest_due: backlog.oldest_due,
            last_backup: tx.backed_up_at().await?,
        };
        Ok(SystemState {
            practice,
            backlog,
            pending: tx.pending_by_priority().await?,
            bots,
            open_alerts: tx.count_open_alerts().await?,
            quarantined: tx.count_quarantined().await?,
            next_due: tx.next_trigger_at(self.system_triggers()).await?,
        })
    }

    /// Raises what holds and is not raised, and closes what is over: of the practice, and of the
    /// process that calls. `raised` is what this process has raised of its own before, and gets what
    /// it has raised now.
    ///
    /// # Errors
    /// The store's.
    pub async fn watch_over(
        &self,
        of_process: Vec<Condition>,
        raised: &mut Vec<AlertKind>,
    ) -> Result<()> {
        let state = self.system_state().await?;
        let mut tx = self.store.begin().await?;
        let context = self.context(&mut tx).await?;
        let now = context.now;
        let open = tx.open_alerts_of(&[&OF_PRACTICE[..], &OF_PROCESS[..]].concat()).await?;
        let own: Vec<AlertKind> = of_process.iter().map(|condition| condition.kind).collect();
        let mut changes = Changes::default();
        let mut lasting = of_practice(&state.practice, now);
        lasting.extend(of_process);
        for (alert, last_at) in &open {
            let silence = now.duration_since(*last_at);
            let is_shared = OF_PRACTICE.contains(&alert.kind);
            if lasting.iter().any(|condition| condition.kind == alert.kind) {
                if silence >= CONFIRMED {
                    tx.confirm_alert(alert.id, now).await?;
                }
            } else if is_shared || raised.contains(&alert.kind) || silence > SILENT {
                tx.close_alert(alert.id, &Actor::System, now).await?;
            }
        }
        lasting.retain(|condition| open.iter().all(|(alert, _)| alert.kind != condition.kind));
        for Condition { kind, severity, text } in lasting {
            tracing::error!(engine = "watch", condition = kind.as_str(), text, "a condition holds");
            changes.add(Effect::Alert { kind, severity, user_id: None, text });
        }
        changes.write(&mut tx, &context).await?;
        tx.commit().await?;
        *raised = own;
        Ok(())
    }

    /// Returns up to `limit` alerts, the last raised first.
    ///
    /// # Errors
    /// The store's.
    pub async fn alerts(&self, wanted: &AlertsWanted, limit: u32) -> Result<Vec<Alert>> {
        Ok(self.store.read().await?.alerts(wanted, limit).await?)
    }

    /// Closes an alert that somebody has seen to; `None` where there is none with this id. One that
    /// is closed stays as it is.
    ///
    /// # Errors
    /// [`Error::Refused`] for a condition of the system: it closes by itself when it is over.
    pub async fn acknowledge_alert(&self, id: Id<Alert>, by: &Actor) -> Result<Option<Alert>> {
        let (mut tx, context) = self.begin().await?;
        let Some(alert) = tx.alert(id).await? else { return Ok(None) };
        if OF_PRACTICE.contains(&alert.kind) || OF_PROCESS.contains(&alert.kind) {
            return Err(Error::Refused(Refusal::Lasts));
        }
        tx.close_alert(id, by, context.now).await?;
        tx.append_audit(&[entry(by, "alert_acknowledged", alert.kind.as_str())], context.now)
            .await?;
        let alert = tx.alert(id).await?;
        tx.commit().await?;
        Ok(alert)
    }

    /// Returns up to `limit` records in quarantine with their ids, oldest first, after one.
    ///
    /// # Errors
    /// The store's.
    pub async fn quarantine(
        &self,
        after: Option<(Timestamp, String)>,
        limit: u32,
    ) -> Result<Vec<(String, Quarantined)>> {
        Ok(self.store.read().await?.quarantine_after(after, limit).await?)
    }

    /// Lets a record out of quarantine that was mended at its source; returns whether it was in.
    ///
    /// # Errors
    /// The store's.
    pub async fn release_quarantined(&self, id: &str, by: &Actor) -> Result<bool> {
        let (mut tx, context) = self.begin().await?;
        let released = tx.release_by_id(id, context.now).await? == 1;
        if released {
            tx.append_audit(&[entry(by, "quarantine_released", "practice")], context.now).await?;
        }
        tx.commit().await?;
        Ok(released)
    }

    /// Gives a record in quarantine up, and forgets what it said; returns whether it was in.
    ///
    /// # Errors
    /// The store's.
    pub async fn discard_quarantined(&self, id: &str, by: &Actor) -> Result<bool> {
        let (mut tx, context) = self.begin().await?;
        let discarded = tx.discard_by_id(id, context.now).await? == 1;
        if discarded {
            tx.append_audit(&[entry(by, "quarantine_discarded", "practice")], context.now).await?;
        }
        tx.commit().await?;
        Ok(discarded)
    }

    /// Returns what changed at or after an instant, at most `limit` of each kind.
    ///
    /// # Errors
    /// The store's.
    pub async fn changes_since(&self, since: Timestamp, limit: u32) -> Result<Vec<Change>> {
        Ok(self.store.read().await?.changes_since(since, limit).await?)
    }
}

/// Forgets what is kept no longer, and looks whether the audit chain holds.
pub(super) async fn retain(tx: &mut Tx, context: &Context, changes: &mut Changes) -> Result<()> {
    let now = context.now;
    let days = i64::from(context.policy.retention.messages_days);
    let before = now - SignedDuration::from_hours(24 * days);
    let mut messages = 0;
    loop {
        let pruned = tx.prune_messages(before, AT_ONCE).await?;
        messages += pruned;
        if pruned < AT_ONCE.into() {
            break;
        }
    }
    let expired = tx.prune_drafts_and_edits(now).await? + tx.forget_answers(now).await?;
    tx.prune_bots(now - BOTS_KEPT).await?;
    tracing::info!(engine = "retention", outcome = "done", messages, expired, "forgotten");
    audit::check(tx, now, changes).await
}

async fn instant(tx: &mut Tx, setting: &str) -> Result<Option<Timestamp>> {
    Ok(tx.setting(setting).await?.and_then(|text| text.parse().ok()))
}
