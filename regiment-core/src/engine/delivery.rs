//! Where a message goes, what follows from how its delivery ended, and from a trigger that can't be
//! decided.

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::schedule::Due;
use crate::{
    Effect, UserId,
    message::{Dispatch, Recipient},
    policy::DeliveryPolicy,
    record::{AlertKind, CardAction, CardSource, Evidence, Flag, JobCard, Severity},
    words::words,
};

/// How a message failed to arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It was too late to be of use.
    Missed,
    /// The platform refuses it for good.
    Refused,
    /// It may or may not have been sent.
    Unknown,
}

words! {
    /// Why an attempt to deliver did not succeed, as the bot found it.
    pub enum ErrorClass("error_class") {
        /// The person takes no direct messages from the bot.
        DmClosed = "dm_closed",
        /// Too many direct messages were opened at once.
        DmThrottled = "dm_throttled",
        /// The bot may write no direct messages until somebody at the platform has looked.
        BotQuarantined = "bot_quarantined",
        /// The bot may not write in the channel.
        NoAccess = "no_access",
        /// The channel does not exist.
        ChannelGone = "channel_gone",
        /// The message can't be written, or the platform finds it malformed.
        BadMessage = "bad_message",
        /// The platform does not know the bot's token.
        Unauthorized = "unauthorized",
        /// The platform said to wait.
        RateLimited = "rate_limited",
        /// The platform could not be reached, or failed: nothing was sent.
        Unavailable = "unavailable",
        /// The message left and no answer came, and it can't be looked up.
        Unanswered = "unanswered",
        /// The message was looked up, is not there, and has expired.
        TooLate = "too_late",
    }
}

/// How the bot's attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The platform has the message.
    Delivered {
        /// The platform's id of the message.
        remote_id: String,
    },
    /// It does not.
    Failed {
        /// Why.
        class: ErrorClass,
        /// As long as the platform said to wait, if it did.
        retry_after: Option<SignedDuration>,
    },
}

/// The channel that a client's messages take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Direct messages.
    Direct,
    /// His own private channel.
    Fallback,
}

/// What is known of the ways to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ways {
    /// Whether direct messages were refused, and nothing says that they are taken again.
    pub is_dm_closed: bool,
    /// Whether he has a private channel of his own.
    pub has_fallback: bool,
    /// Whether the channel of his direct messages is known.
    pub has_dm_channel: bool,
}

impl Ways {
    /// Returns the way that his next message takes. Without a private channel a direct message is
    /// tried even where the last was refused: he may have opened them again.
    pub const fn way(self) -> Way {
        if self.is_dm_closed && self.has_fallback { Way::Fallback } else { Way::Direct }
    }
}

/// What becomes of a message after an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is there.
    Delivered,
    /// It is tried again.
    Again {
        /// Not earlier.
        not_before: Timestamp,
    },
    /// It ended.
    Failed(Failure),
}

/// What an attempt taught about the ways to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lesson {
    /// Nothing.
    None,
    /// Direct messages are taken.
    DmOpen,
    /// Direct messages are refused.
    DmClosed,
    /// The known channel of direct messages is not his any more.
    DmForgotten,
}

/// Decides what follows from an attempt.
pub fn follow(
    attempt: &Attempt,
    dispatch: &Dispatch,
    ways: Ways,
    policy: &DeliveryPolicy,
    now: Timestamp,
) -> (Fate, Lesson) {
    let is_direct = matches!(dispatch.to, Recipient::Client(_)) && ways.way() == Way::Direct;
    let (class, retry_after) = match attempt {
        Attempt::Delivered { .. } if is_direct => return (Fate::Delivered, Lesson::DmOpen),
        Attempt::Delivered { .. } => return (Fate::Delivered, Lesson::None),
        Attempt::Failed { class, retry_after } => (*class, *retry_after),
    };
    let pause = SignedDuration::from_mins(policy.pause_minutes.into());
    let again =
        |wait: SignedDuration| Fate::Again { not_before: now + retry_after.unwrap_or(wait) };
    // At once where the next try takes another way, and after a pause where it would not.
    let at_once =
        |is_news: bool| Fate::Again { not_before: if is_news { now } else { now + pause } };
    match class {
        ErrorClass::DmClosed if ways.has_fallback => {
            (at_once(!ways.is_dm_closed), Lesson::DmClosed)
        }
        ErrorClass::DmClosed => (Fate::Failed(Failure::Refused), Lesson::DmClosed),
        ErrorClass::ChannelGone if is_direct => (at_once(ways.has_dm_channel), Lesson::DmForgotten),
        ErrorClass::ChannelGone | ErrorClass::BadMessage => {
            (Fate::Failed(Failure::Refused), Lesson::None)
        }
        ErrorClass::NoAccess => {
            let wait = SignedDuration::from_mins(policy.channel_pause_minutes.into());
            (again(wait), Lesson::None)
        }
        ErrorClass::DmThrottled
        | ErrorClass::BotQuarantined
        | ErrorClass::Unauthorized
        | ErrorClass::RateLimited
        | ErrorClass::Unavailable => (again(pause), Lesson::None),
        ErrorClass::Unanswered => (Fate::Failed(Failure::Unknown), Lesson::None),
        ErrorClass::TooLate => (Fate::Failed(Failure::Missed), Lesson::None),
    }
}

/// Decides what a coach or an admin hears of a failed attempt, whatever becomes of the message.
pub fn complain(
    class: ErrorClass,
    dispatch: &Dispatch,
    fate: &Fate,
    cards: &[JobCard],
    date: Date,
    now: Timestamp,
) -> Vec<Effect> {
    let user_id = recipient(dispatch);
    let alert = |kind, severity, user_id, text: &str| {
        vec![Effect::Alert { kind, severity, user_id, text: text.to_owned() }]
    };
    match (class, fate) {
        (ErrorClass::DmClosed, Fate::Again { .. }) => alert(
            AlertKind::Unreachable,
            Severity::Medium,
            user_id,
            "direct messages are closed; the private channel is used",
        ),
        (ErrorClass::BadMessage, _) => alert(
            AlertKind::MessageRejected,
            Severity::High,
            user_id,
            "a message could not be written: look at the server's and the bot's versions",
        ),
        (ErrorClass::ChannelGone, Fate::Failed(_)) if user_id.is_none() => alert(
            AlertKind::ChannelLost,
            Severity::High,
            None,
            "a channel that the bot writes to does not exist",
        ),
        (ErrorClass::NoAccess, _) => alert(
            AlertKind::ChannelLost,
            Severity::High,
            user_id,
            "the bot may not write in a channel that it writes to",
        ),
        (ErrorClass::Unauthorized, _) => alert(
            AlertKind::BotUnauthorized,
            Severity::Critical,
            None,
            "the platform does not know the bot's token",
        ),
        (ErrorClass::BotQuarantined, _) => alert(
            AlertKind::BotQuarantined,
            Severity::Critical,
            None,
            "the platform lets the bot write no direct messages",
        ),
        (_, Fate::Failed(failure)) => undelivered(dispatch, *failure, cards, date, now),
        (_, Fate::Delivered | Fate::Again { .. }) => Vec::new(),
    }
}

/// Decides what a coach hears of a message that did not arrive. Its items stay ordered: the closing
/// finds that the order was not delivered, and counts them as nobody's fault.
pub fn undelivered(
    dispatch: &Dispatch,
    failure: Failure,
    cards: &[JobCard],
    date: Date,
    now: Timestamp,
) -> Vec<Effect> {
    let user_id = recipient(dispatch);
    let (kind, severity, text) = match failure {
        Failure::Missed => {
            (AlertKind::DeliveryMissed, Severity::Medium, "a message was too late to be of use")
        }
        Failure::Refused => {
            (AlertKind::Unreachable, Severity::High, "the platform refuses messages")
        }
        Failure::Unknown => {
            (AlertKind::DeliveryUnknown, Severity::Medium, "a message may not have arrived")
        }
    };
    let mut effects = vec![Effect::Alert { kind, severity, user_id, text: text.to_owned() }];
    if let (Failure::Refused, Some(user_id)) = (failure, user_id) {
        let mut card = JobCard::open_or_find(cards, user_id, CardSource::System, date, now);
        "Messages can't be delivered: direct messages are closed.".clone_into(&mut card.summary);
        card.action_suggested = CardAction::Escalate;
        card.add(Severity::High, evidence(Flag::Unreachable, date, "direct messages are closed"));
        effects.push(Effect::Card(card));
    }
    effects
}

/// Tells the coach that an occurrence failed again and again and was set aside.
pub fn dead_trigger(user_id: UserId, due: Due, now: Timestamp) -> Vec<Effect> {
    let text = format!("{} of {} failed again and again", due.trigger, due.date);
    let mut card = JobCard::open(user_id, CardSource::System, due.date, now);
    card.summary = format!("The program could not decide {} of {}.", due.trigger, due.date);
    card.action_suggested = CardAction::Escalate;
    card.add(Severity::High, evidence(Flag::FlagParseError, due.date, due.trigger.as_str()));
    vec![
        Effect::Alert {
            kind: AlertKind::TriggerDead,
            severity: Severity::High,
            user_id: Some(user_id),
            text,
        },
        Effect::Card(card),
    ]
}

/// Returns the client that a message is for.
const fn recipient(dispatch: &Dispatch) -> Option<UserId> {
    match dispatch.to {
        Recipient::Client(user_id) => Some(user_id),
        Recipient::Coaches | Recipient::Public(_) | Recipient::Honors(_) => None,
    }
}

fn evidence(flag: Flag, date: Date, detail: &str) -> Evidence {
    Evidence {
        flag: flag.into(),
        window_start: date,
        window_end: date,
        dates: vec![date],
        numbers: std::collections::BTreeMap::new(),
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests;
