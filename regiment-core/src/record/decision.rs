//! What coaches decide on job cards: the training signal of the priority.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Actor, CardAction, CardSource, CardState, DismissReason, FlagName, JobCard, Resolution,
    Severity, Snooze, SuggestionAnswer, TrainingTemplate,
};
use crate::{Id, Slug, UserId, words::words};

words! {
    /// What a coach thinks of one flag, whatever he does about its card.
    pub enum Judgment("judgment") {
        /// It says something true that he acts on.
        Right = "right",
        /// It says something that is not so.
        Wrong = "wrong",
    }
}

/// What a coach does about a card when he resolves it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// It was done elsewhere: only record it.
    Recorded(CardAction),
    /// Sends the client a private message.
    Callout {
        /// The words.
        text: String,
    },
    /// Assigns another block.
    Reassign {
        /// The block.
        block: Slug<TrainingTemplate>,
    },
    /// Pauses the client.
    Pause {
        /// The local date on which orders begin again.
        until: Date,
    },
    /// Alerts the admins, and silences automatic warnings until the card closes.
    Escalate,
}

impl Taken {
    /// Returns the action's name.
    pub const fn action(&self) -> CardAction {
        match self {
            Self::Recorded(action) => *action,
            Self::Callout { .. } => CardAction::Callout,
            Self::Reassign { .. } => CardAction::Reassign,
            Self::Pause { .. } => CardAction::Pause,
            Self::Escalate => CardAction::Escalate,
        }
    }
}

/// A coach's decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// He has seen it.
    Acknowledge,
    /// It is dealt with.
    Resolve {
        /// How.
        taken: Taken,
        /// His words, for other coaches.
        note: String,
    },
    /// It can wait.
    Snooze {
        /// Until when.
        until: Snooze,
    },
    /// It is set aside.
    Dismiss {
        /// Why.
        reason: DismissReason,
        /// His words.
        note: String,
    },
    /// It is not dealt with after all.
    Reopen,
    /// Something to remember.
    Note {
        /// The words.
        text: String,
    },
    /// He raised the card himself.
    Raise,
    /// A suggestion is answered; one that is accepted or edited is applied.
    Answer {
        /// The suggestion's place on the card, from 0.
        suggestion: usize,
        /// What he makes of it.
        answer: SuggestionAnswer,
        /// The values to apply instead, where he edits it.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        values: BTreeMap<String, f64>,
        /// The message to send, where the suggestion is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// One flag of the card is judged.
    Judge {
        /// The flag.
        flag: FlagName,
        /// What he thinks of it; of several, the last one counts.
        judgment: Judgment,
    },
    /// An earlier decision is taken back: card and pause stand as before it. A sent message stays
    /// sent.
    Undo {
        /// The decision.
        decision: Id<CardDecision>,
    },
}

/// Where a card stood before a decision, to be restored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stood {
    /// Its state.
    pub state: CardState,
    /// How it had been closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// Until when it had been put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snooze: Option<Snooze>,
}

/// One decision on a card, kept for good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CardDecision {
    /// Minted by the shell.
    pub id: Id<CardDecision>,
    /// The card.
    pub card: Id<JobCard>,
    /// Counts from 1 for each card.
    pub number: u32,
    /// The client it is about.
    pub user_id: UserId,
    /// Who raised the card.
    pub source: CardSource,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// What.
    pub verdict: Verdict,
    /// The card's flags at the time.
    pub flags: Vec<FlagName>,
    /// The card's severity at the time.
    pub severity: Severity,
    /// The card's priority at the time, 0 to 1.
    pub priority: f64,
    /// When the card was raised or last changed.
    pub raised_at: Timestamp,
    /// Where the card stood before.
    pub stood: Stood,
}
