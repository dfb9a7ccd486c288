//! Everything an engine may ask for. The shell applies the effects of one decision, and the
//! decision's own record, in one transaction.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    UserId,
    message::Dispatch,
    record::{
        Actor, AlertKind, CardDecision, ClientProfile, CompiledPlan, Excuse, ExcuseRequest,
        Infraction, JobCard, Log, Order, PlanChoice, Severity, Standing,
    },
    words::words,
};

/// One consequence of a decision.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Effect {
    /// Puts a message into the outbox.
    Send(Dispatch),
    /// Issues an order, or replaces the order of the same kind and date.
    Issue(Order),
    /// Adds a revision to a log.
    Record(Entry),
    /// Closes a local date: every assigned item has an outcome.
    Close {
        /// The client.
        user_id: UserId,
        /// The date.
        date: Date,
    },
    /// Records an infraction, or replaces the event of the same kind and date (to void it, or to
    /// count it again).
    Infraction(Infraction),
    /// Saves what escalation has done.
    Standing(Standing),
    /// Stores a card. One with an id replaces the card that the engine read; one without joins the
    /// card of the same client, source and date, where there is one.
    Card(JobCard),
    /// Keeps a coach's decision on a card.
    Decided(CardDecision),
    /// Raises an alert, or counts up the open one of the same kind and client.
    Alert {
        /// What it is about.
        kind: AlertKind,
        /// How much it matters.
        severity: Severity,
        /// The client, where there is one.
        user_id: Option<UserId>,
        /// What happened, without personal data.
        text: String,
    },
    /// Saves a profile over the version the engine read.
    Profile(ClientProfile),
    /// Saves a compiled plan for its cycle.
    Plan(CompiledPlan),
    /// Saves the client's choice for its cycle.
    Choose(PlanChoice),
    /// Saves an excuse.
    Excuse(Excuse),
    /// Saves a request to be excused, or its new state.
    Request(ExcuseRequest),
    /// Writes a row of the pause log.
    Paused(PauseRow),
}

/// A log to be stored as the next revision of its key.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What is held true from now on.
    pub log: Log,
    /// When the person entered it.
    pub entered_at: jiff::Timestamp,
    /// Who.
    pub by: Actor,
    /// Why, where the deadline had passed.
    pub reason: Option<String>,
}

impl Entry {
    /// Records what the program itself found at an instant.
    pub fn system(log: Log, now: jiff::Timestamp) -> Self {
        Self { log, entered_at: now, by: Actor::System, reason: None }
    }
}

/// One pause, or its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PauseRow {
    /// The client.
    pub user_id: UserId,
    /// Whether this row begins the pause or ends it.
    pub change: PauseChange,
    /// When.
    pub at: jiff::Timestamp,
    /// Who.
    pub by: Actor,
    /// Why.
    pub reason: String,
    /// The local date on which it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Whole days it lasted, on the row that ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

words! {
    /// Which end of a pause.
    pub enum PauseChange("change") {
        /// Orders stop.
        Paused = "paused",
        /// Orders resume.
        Resumed = "resumed",
    }
}

words! {
    /// How a due occurrence of a trigger ended. Each has exactly one, in the ledger.
    pub enum Outcome("outcome") {
        /// The engine acted.
        Done = "done",
        /// Not a training day, no cycle to ask about, or another reason that is no fault.
        NothingDue = "nothing_due",
        /// The client was paused.
        SkippedPaused = "skipped_paused",
        /// `start_date` lay after the date.
        SkippedNotStarted = "skipped_not_started",
        /// The client was pending or archived.
        SkippedNotActive = "skipped_not_active",
        /// Too late to be of use.
        SkippedLate = "skipped_late",
        /// The zone skipped the date.
        DateSkipped = "date_skipped",
        /// The engine failed again and again; the coach has a card.
        Dead = "dead",
    }
}

/// What an engine decided about one occurrence.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// How the occurrence ended.
    pub outcome: Outcome,
    /// Its consequences.
    pub effects: Vec<Effect>,
}

impl Decision {
    /// Ends an occurrence without consequences.
    pub const fn skip(outcome: Outcome) -> Self {
        Self { outcome, effects: Vec::new() }
    }

    /// Ends an occurrence with consequences.
    pub const fn done(effects: Vec<Effect>) -> Self {
        Self { outcome: Outcome::Done, effects }
    }
}
