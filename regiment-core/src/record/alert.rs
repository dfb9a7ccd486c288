//! Alerts: what went wrong, or wants a look, outside the job cards.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Actor, Severity};
use crate::{Id, UserId, words::words};

words! {
    /// What an alert is about. One is open at most for each kind and client.
    pub enum AlertKind("kind") {
        /// A check-in was not submitted by noon.
        MissedCheckin = "missed_checkin",
        /// A message was too late to be of use.
        DeliveryMissed = "delivery_missed",
        /// A message may or may not have been sent.
        DeliveryUnknown = "delivery_unknown",
        /// The platform refuses messages to the client.
        Unreachable = "unreachable",
        /// A trigger failed again and again for a client.
        TriggerDead = "trigger_dead",
        /// A client asks to be excused.
        ExcuseAsked = "excuse_asked",
        /// A record broke its schema.
        Quarantine = "quarantine",
        /// A client left messages unanswered before; a coach should look.
        Escalation = "escalation",
        /// Writes wait in the local spool.
        Spooled = "spooled",
        /// A compiled plan is off target.
        PlanGap = "plan_gap",
        /// The policy file differs from the stored policy.
        PolicyDiffers = "policy_differs",
        /// A message could not be written, or the platform found it malformed.
        MessageRejected = "message_rejected",
        /// A channel that the bot writes to is gone, or closed to it.
        ChannelLost = "channel_lost",
        /// The platform does not know the bot's token.
        BotUnauthorized = "bot_unauthorized",
        /// The platform lets the bot write no direct messages.
        BotQuarantined = "bot_quarantined",
        /// The bot met something that it can't handle.
        BotTrouble = "bot_trouble",
        /// Nothing was decided for a minute.
        NoTick = "no_tick",
        /// No bot has been connected for a minute.
        BotDisconnected = "bot_disconnected",
        /// A message that is due has waited for two minutes.
        DeliveryFailing = "delivery_failing",
        /// The newest backup is more than two hours old.
        BackupOld = "backup_old",
        /// The audit chain does not hold.
        AuditBroken = "audit_broken",
        /// Every connection of a process to the database is in use.
        PoolExhausted = "pool_exhausted",
        /// More than 5% of a process's calls failed in 5 minutes.
        ErrorRate = "error_rate",
        /// A process took longer than 10 seconds to answer.
        SlowAnswers = "slow_answers",
        /// Three health checks of a process failed one after the other.
        HealthFailed = "health_failed",
        /// The receiver of alerts has taken none for two minutes.
        WebhookFailing = "webhook_failing",
        /// The lapse model's risks no longer come true as they did when it was judged.
        ModelDrift = "model_drift",
    }
}

/// One condition, counted while it lasts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alert {
    /// Minted by the shell when the alert is first stored.
    pub id: Id<Alert>,
    /// What it is about.
    pub kind: AlertKind,
    /// How much it matters.
    pub severity: Severity,
    /// The client, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// What happened.
    pub text: String,
    /// When it first happened.
    pub raised_at: Timestamp,
    /// How often since.
    pub count: u32,
    /// When somebody closed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<Actor>,
}
