//! Where messages leave, and the two ways that need no network.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

use crate::{
    OrderNumber,
    message::{Dispatch, Message, Recipient},
};

/// One attempt to deliver a message, under lease.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// What is to be sent, and to whom.
    pub dispatch: Dispatch,
    /// How many attempts there were, this one included.
    pub attempt: u32,
    /// Whether an earlier attempt ended without a word: look the message up before sending it.
    pub is_doubtful: bool,
    /// The version of the texts with which the first attempt was rendered.
    pub wording: String,
}

/// The platform has the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The platform's id of the message.
    pub remote_id: String,
}

/// Why a message was not delivered. Texts hold no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undelivered {
    /// It was not sent; try again.
    Retry {
        /// As long as the platform said, or none for the policy's pause.
        after: Option<SignedDuration>,
        /// Why.
        error: String,
    },
    /// The platform refuses it for good: a closed direct message.
    Refused {
        /// Why.
        error: String,
    },
    /// It was sent, perhaps: it is looked up before it is repeated.
    Unknown {
        /// Why.
        error: String,
    },
}

/// Whether a notifier leaves messages to somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivesWay {
    /// It takes every message.
    ToNobody,
    /// It takes none once the practice has a bot, connected or not.
    ToTheBot,
}

/// A way for messages to leave.
pub trait Notifier: Send + Sync {
    /// Returns whether messages are left to the bot where the practice has one.
    fn gives_way(&self) -> GivesWay {
        GivesWay::ToNobody
    }

    /// Delivers one message, or says why not. Called outside any transaction.
    fn deliver(
        &self,
        delivery: &Delivery,
        now: Timestamp,
    ) -> impl Future<Output = Result<Receipt, Undelivered>> + Send;
}

/// Keeps every message: for tests, the demo, and a preview of what a client would see.
#[derive(Debug, Default)]
pub struct Inbox(Mutex<Vec<Received>>);

/// A message in an [`Inbox`].
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// When it came.
    pub at: Timestamp,
    /// The key that makes it unique.
    pub key: String,
    /// For whom.
    pub to: Recipient,
    /// What it says.
    pub message: Message,
}

impl Inbox {
    /// Takes out everything that has come so far.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Received>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Notifier for Inbox {
    async fn deliver(&self, delivery: &Delivery, now: Timestamp) -> Result<Receipt, Undelivered> {
        let mut received = self.lock();
        let Dispatch { key, to, message, .. } = delivery.dispatch.clone();
        received.push(Received { at: now, key, to, message });
        Ok(Receipt { remote_id: format!("inbox-{}", received.len()) })
    }
}

impl<N: Notifier> Notifier for std::sync::Arc<N> {
    fn gives_way(&self) -> GivesWay {
        (**self).gives_way()
    }

    async fn deliver(&self, delivery: &Delivery, now: Timestamp) -> Result<Receipt, Undelivered> {
        (**self).deliver(delivery, now).await
    }
}

/// Writes that a message would have left, with its number and without what it says: for a server
/// that has no bot. It can't look a line up again, so one that was perhaps written is not repeated.
#[derive(Debug, Clone, Copy, Default)]
pub struct Log;

impl Notifier for Log {
    fn gives_way(&self) -> GivesWay {
        GivesWay::ToTheBot
    }

    async fn deliver(&self, delivery: &Delivery, _: Timestamp) -> Result<Receipt, Undelivered> {
        if delivery.is_doubtful {
            let error = "an earlier attempt ended without a word".to_owned();
            return Err(Undelivered::Unknown { error });
        }
        let say = name_of(&delivery.dispatch.message);
        let order = OrderNumber::of(&delivery.dispatch.key);
        tracing::info!(engine = "outbox", outcome = "logged", say, %order, "no bot is connected");
        Ok(Receipt { remote_id: "log".to_owned() })
    }
}

/// Returns the kind of a message, which is safe to log.
pub fn name_of(message: &Message) -> &'static str {
    match message {
        Message::CheckinOrder { .. } => "checkin_order",
        Message::FuelOrder { .. } => "fuel_order",
        Message::TrainingOrder { .. } => "training_order",
        Message::PlanPrompt { .. } => "plan_prompt",
        Message::RearmingOrder { .. } => "rearming_order",
        Message::Welcome { .. } => "welcome",
        Message::Warning { .. } => "warning",
        Message::WarningWithdrawn => "warning_withdrawn",
        Message::Callout { .. } => "callout",
        Message::PersonalRecord { .. } => "personal_record",
        Message::Honors(_) => "honors",
        Message::Private { .. } => "private",
        Message::ExcuseAnswer { .. } => "excuse_answer",
        Message::Alerts { .. } => "alerts",
        Message::Cards { .. } => "cards",
        Message::WeeklySummary { .. } => "weekly_summary",
    }
}
