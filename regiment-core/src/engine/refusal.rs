use jiff::civil::{Date, Time};

use crate::{
    Invalid,
    record::{CardState, InfractionKind, Status},
};

/// Why an engine refused what somebody asked. Nothing is stored; the text is for that person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A value is out of range.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The item is on no order of that date.
    #[error("not an item of the orders of {date}")]
    NotOrdered {
        /// The local date.
        date: Date,
    },
    /// A pause withdrew the order before it was answered.
    #[error("the order of {date} was withdrawn")]
    Withdrawn {
        /// The local date.
        date: Date,
    },
    /// The item's deadline has passed; only a coach may override it now.
    #[error("the {} deadline of {date} has passed", time.strftime("%H:%M"))]
    Closed {
        /// The local date.
        date: Date,
        /// The local time of the deadline.
        time: Time,
    },
    /// The entry was made too long ago to be taken for a fresh one.
    #[error("entered more than {minutes} minutes ago; enter it again")]
    Stale {
        /// How old an entry may be.
        minutes: u32,
    },
    /// A later answer has been stored already.
    #[error("a later answer stands")]
    Superseded,
    /// A client may answer for himself alone.
    #[error("not an item of yours")]
    NotYours,
    /// An override, or a change that wants explaining, without a reason.
    #[error("a reason is needed to {to}")]
    ReasonNeeded {
        /// What was asked, as a phrase that follows "to".
        to: &'static str,
    },
    /// Nothing is there to be confirmed.
    #[error("no weight of {date} waits for confirmation")]
    NothingToConfirm {
        /// The local date.
        date: Date,
    },
    /// Where the client stands does not allow it.
    #[error("the client is {status}")]
    WrongStatus {
        /// Where the client stands.
        status: Status,
    },
    /// The client is paused already.
    #[error("the client is paused already")]
    AlreadyPaused,
    /// The client is not paused.
    #[error("the client is not paused")]
    NotPaused,
    /// A paused profile is locked until it is resumed.
    #[error("the profile is locked while the client is paused; resume him first")]
    Locked,
    /// A start date in the past needs an explicit override.
    #[error("the start date {start} is before {today}; override it to start in the past")]
    StartPassed {
        /// The start date.
        start: Date,
        /// The client's local date.
        today: Date,
    },
    /// The template holds what the client is allergic to, and nobody has overridden that.
    #[error("{template} holds {}, which the client is allergic to", allergens.join(" and "))]
    Allergens {
        /// The template.
        template: String,
        /// The allergens.
        allergens: Vec<String>,
    },
    /// An active profile would lack what its orders are made of.
    #[error("the profile lacks {}", missing.join(" and "))]
    Incomplete {
        /// The fields.
        missing: Vec<&'static str>,
    },
    /// Nothing but an alias is ever posted publicly.
    #[error("choose an alias first: it is the only name that is ever posted")]
    AliasNeeded,
    /// Planning a refeed is blocked by the escalation.
    #[error("refeeds are blocked: lift the block, or wait for {days} days without an infraction")]
    RefeedBlocked {
        /// How many days without an infraction lift the block.
        days: u32,
    },
    /// No such event was recorded.
    #[error("no infraction of {kind} on {date}")]
    NoInfraction {
        /// What was violated.
        kind: InfractionKind,
        /// The local date.
        date: Date,
    },
    /// The request has been decided, has lapsed or was never made.
    #[error("no such request waits for a decision")]
    NothingAsked,
    /// There is no such card.
    #[error("no such card")]
    NoCard,
    /// Where the card stands does not allow it.
    #[error("the card is {state}")]
    CardState {
        /// Where it stands.
        state: CardState,
    },
    /// Nothing on the card can be taken back.
    #[error("no decision on the card can be taken back")]
    NothingToUndo,
    /// The card has no such suggestion, or it was answered.
    #[error("no such suggestion waits for an answer")]
    NoSuggestion,
    /// A suggestion that raises load or cuts food while the client's safety is in question.
    #[error("not while the client's safety is in question: close the card that says so first")]
    Unsafe,
    /// Where the message stands does not allow it.
    #[error("the message {how}")]
    MessageStands {
        /// How it stands, as a phrase that follows "the message".
        how: &'static str,
    },
    /// The occurrence has run.
    #[error("that has run; repeat it to send its messages again")]
    HasRun,
    /// The occurrence does not fall due yet, or never will.
    #[error("that is not due{}", until.map(|at| format!(" before {at}")).unwrap_or_default())]
    NotDue {
        /// When it is due, where that is known.
        until: Option<jiff::Timestamp>,
    },
    /// A condition of the system closes by itself.
    #[error("the condition still lasts, and closes by itself when it is over")]
    Lasts,
    /// Only a coach may do it.
    #[error("only a coach may {to}")]
    CoachOnly {
        /// What was asked, as a phrase that follows "may".
        to: &'static str,
    },
    /// An id that the library does not have: names are never free text.
    #[error("{kind} {id} is not in the library")]
    NotInLibrary {
        /// What it would be.
        kind: &'static str,
        /// The id.
        id: String,
    },
}
