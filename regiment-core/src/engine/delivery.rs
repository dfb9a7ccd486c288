//! What follows when a message does not reach its client, or a trigger can't be decided.

use jiff::{Timestamp, civil::Date};

use super::schedule::Due;
use crate::{
    Effect, UserId,
    message::{Dispatch, Recipient},
    record::{AlertKind, CardAction, CardSource, Evidence, Flag, JobCard, Severity},
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

/// Decides what a coach hears of a message that did not arrive. Its items stay ordered: the closing
/// finds that the order was not delivered, and counts them as nobody's fault.
pub fn undelivered(
    dispatch: &Dispatch,
    failure: Failure,
    cards: &[JobCard],
    date: Date,
    now: Timestamp,
) -> Vec<Effect> {
    let user_id = match dispatch.to {
        Recipient::Client(user_id) => Some(user_id),
        Recipient::Coaches | Recipient::Public(_) | Recipient::Honors(_) => None,
    };
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
