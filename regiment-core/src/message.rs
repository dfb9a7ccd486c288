//! What to say, as data; the bot finds the words.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    Id, Slug, UserId,
    record::{
        Alert, Board, CardAction, CardioOrder, FlagName, JobCard, LastSet, MealOrder, MealTemplate,
        OrderKind, Severity, TopSet, TrainingOrder,
    },
    words::words,
};

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Recipient {
    /// A client, in private.
    Client(UserId),
    /// The coaches' channel.
    Coaches,
    /// The public channel of a community.
    Public(String),
    /// The honors channel of a community.
    Honors(String),
}

words! {
    /// Which message leaves first.
    pub enum Priority("priority") {
        /// Coaches wait for it.
        Alert = "0_alert",
        /// A client's orders and answers.
        Order = "1_order",
        /// Everything that may wait.
        Digest = "2_digest",
    }
}

/// A message to be sent: what, to whom, and how long it is of use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dispatch {
    /// The key that makes it unique: a second one with the same key is dropped.
    pub key: String,
    /// To whom.
    pub to: Recipient,
    /// What.
    pub message: Message,
    /// Which leaves first.
    pub priority: Priority,
    /// Not sent earlier.
    pub not_before: Timestamp,
    /// Not sent later; absent where it never goes stale.
    pub expires_at: Option<Timestamp>,
    /// The order whose delivery this is.
    pub delivers: Option<(OrderKind, Date)>,
}

/// What to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Message {
    /// The check-in is due.
    CheckinOrder {
        /// The local date.
        date: Date,
        /// When it closes.
        deadline: Timestamp,
    },
    /// The day's meals and cardio. Never holds macros or calories.
    FuelOrder {
        /// The local date.
        date: Date,
        /// The meals, in order.
        meals: Vec<MealOrder>,
        /// The cardio, where any is assigned.
        cardio: Option<CardioOrder>,
        /// When both close.
        deadline: Timestamp,
    },
    /// The day's workout.
    TrainingOrder {
        /// The local date.
        date: Date,
        /// What to lift.
        order: TrainingOrder,
        /// When it closes.
        deadline: Timestamp,
    },
    /// Choose the coming cycle's plan.
    PlanPrompt {
        /// The Tuesday on which the cycle begins.
        cycle_start: Date,
        /// What can be chosen, with each template's name.
        choices: Vec<(Slug<MealTemplate>, String)>,
        /// When silence decides.
        deadline: Timestamp,
    },
    /// What to buy for the coming cycle.
    RearmingOrder {
        /// The cycle's first date.
        from: Date,
        /// The cycle's last date.
        until: Date,
        /// The sum over the cycle, in kitchen units.
        items: Vec<ShoppingItem>,
        /// What each day takes of it, Tuesday first.
        daily: Vec<Vec<MealOrder>>,
        /// How to prepare it.
        instructions: String,
    },
    /// The pre-mission message, on activation.
    Welcome {
        /// The first local date of orders.
        start_date: Date,
        /// The coach's own words instead of the template's.
        text: Option<String>,
    },
    /// A private warning.
    Warning {
        /// Events counted.
        events: u32,
        /// In so many days.
        days: u32,
    },
    /// A warning that was sent no longer holds.
    WarningWithdrawn,
    /// A public callout, by alias.
    Callout {
        /// The only name ever posted.
        alias: String,
        /// Events counted.
        events: u32,
        /// In so many days.
        days: u32,
    },
    /// A personal record.
    PersonalRecord {
        /// The exercise's name.
        exercise: String,
        /// What was lifted.
        set: LastSet,
        /// The best before.
        previous: LastSet,
    },
    /// The honors board.
    Honors(Board),
    /// A coach's own words to a client.
    Private {
        /// The words.
        text: String,
    },
    /// The answer to a request to be excused.
    ExcuseAnswer {
        /// The coach's decision.
        decision: Decision,
        /// The first local date asked for.
        from: Date,
        /// The last.
        until: Date,
    },
    /// Alerts for the coaches' channel.
    Alerts {
        /// In the order in which they were raised.
        alerts: Vec<Alert>,
    },
    /// Job cards that can't wait, for the coaches' channel.
    Cards {
        /// Worst first.
        cards: Vec<CardLine>,
    },
    /// What the weekly scan came to, for the coaches' channel.
    WeeklySummary {
        /// The scan's Sunday.
        sunday: Date,
        /// How many clients were scanned: each has a card.
        clients: u32,
        /// How many of the cards ask for a decision, by severity, worst first; a severity without
        /// any is left out.
        counts: Vec<(Severity, u32)>,
        /// The worst of them, worst first, as many as a message holds.
        worst: Vec<CardLine>,
    },
}

/// A job card as the coaches' channel shows it: enough to act on, and no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CardLine {
    /// The card, for the buttons that decide on it.
    pub id: Id<JobCard>,
    /// The client.
    pub user_id: UserId,
    /// The name that the client goes by in public, where he has given one. His own name is not
    /// written into a channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// How much it matters.
    pub severity: Severity,
    /// What the coach is asked to do.
    pub action: CardAction,
    /// What was found, ordered by bytes.
    pub flags: Vec<FlagName>,
    /// One line that says why.
    pub why: String,
}

words! {
    /// A coach's answer.
    pub enum Decision("decision") {
        /// Yes.
        Granted = "granted",
        /// No.
        Refused = "refused",
    }
}

/// One line of a rearming order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShoppingItem {
    /// The food's kitchen name.
    pub food: String,
    /// Raw grams over the cycle.
    pub grams: u32,
    /// Whole units over the cycle, where the kitchen counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<u32>,
}

impl Message {
    /// Returns the words for a set in a personal record.
    pub const fn record(exercise: String, set: TopSet, date: Date, previous: LastSet) -> Self {
        Self::PersonalRecord { exercise, set: LastSet::new(set, date), previous }
    }

    /// Takes a person out of a message to many; `None` where that leaves nothing to say.
    #[must_use]
    pub fn without(mut self, user_id: UserId) -> Option<Self> {
        let is_left = match &mut self {
            Self::Alerts { alerts } => {
                alerts.retain(|alert| alert.user_id != Some(user_id));
                !alerts.is_empty()
            }
            Self::Cards { cards } => {
                cards.retain(|card| card.user_id != user_id);
                !cards.is_empty()
            }
            Self::WeeklySummary { worst, .. } => {
                worst.retain(|card| card.user_id != user_id);
                true
            }
            Self::Honors(board) => {
                board.forget(user_id);
                board.lists.iter().any(|(_, places)| !places.is_empty())
            }
            Self::CheckinOrder { .. }
            | Self::FuelOrder { .. }
            | Self::TrainingOrder { .. }
            | Self::PlanPrompt { .. }
            | Self::RearmingOrder { .. }
            | Self::Welcome { .. }
            | Self::Warning { .. }
            | Self::WarningWithdrawn
            | Self::Callout { .. }
            | Self::PersonalRecord { .. }
            | Self::Private { .. }
            | Self::ExcuseAnswer { .. } => true,
        };
        is_left.then_some(self)
    }
}
