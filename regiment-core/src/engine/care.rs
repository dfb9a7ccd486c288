//! The care guard: who must not be warned or called out by a program.
//!
//! A client whose safety is in question is a person's business. The guard holds back messages and
//! nothing else: flags, cards, events and the refeed block stand as they would without it.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use crate::{
    Dossier, Effect, Policy,
    calendar::days_before,
    record::{
        AlertKind, CardAction, CardSource, CardState, CheckinLog, Evidence, Flag, FlagName,
        JobCard, Log, Severity,
    },
};

#[cfg(any(test, feature = "testing"))]
pub mod graded;
pub mod lexicon;

use lexicon::{Concern, State, Topic, read};

/// Why automatic messages to a client are held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grounds {
    /// An unresolved card bears a safety flag.
    Flag {
        /// The flag.
        flag: FlagName,
        /// The card's date.
        date: Date,
    },
    /// A coach has escalated an unresolved card.
    Escalated {
        /// The card's date.
        date: Date,
    },
    /// A recent note speaks of harm.
    Note {
        /// Of what.
        topic: Topic,
        /// The note's local date.
        date: Date,
    },
}

/// Returns every reason to hold back automatic messages on a local date; none means that they go
/// out. Notes count for the policy's days, `today` included.
pub fn grounds(dossier: &Dossier, policy: &Policy, today: Date) -> Vec<Grounds> {
    let unresolved = || dossier.cards.iter().filter(|card| card.state.is_unresolved());
    let flags = unresolved().flat_map(|card| {
        let safety = card.flags.iter().filter(|flag| flag.is_safety());
        safety.map(|flag| Grounds::Flag { flag: flag.clone(), date: card.date })
    });
    let escalated = unresolved()
        .filter(|card| {
            card.resolution.as_ref().is_some_and(|taken| taken.action == CardAction::Escalate)
        })
        .map(|card| Grounds::Escalated { date: card.date });
    let first = days_before(today, i64::from(policy.care.note_days) - 1);
    let notes = dossier
        .logs
        .values()
        .filter_map(|log| match log {
            Log::Checkin(log) if (first..=today).contains(&log.date) => Some(log),
            Log::Checkin(_) | Log::Meal(_) | Log::Training(_) | Log::Cardio(_) => None,
        })
        .flat_map(|log| {
            let date = log.date;
            safety_concerns(log)
                .into_iter()
                .map(move |found| Grounds::Note { topic: found.topic, date })
        });
    flags.chain(escalated).chain(notes).collect()
}

/// Raises the critical card for a check-in whose note speaks of harm; nothing where it does not.
///
/// Concerns join the client's unresolved card of source check-in, so that a week of the same sore
/// knee is one card. A note that was read before changes nothing.
pub fn raise(dossier: &Dossier, log: &CheckinLog, now: Timestamp) -> Vec<Effect> {
    let concerns = safety_concerns(log);
    if concerns.is_empty() {
        return Vec::new();
    }
    let found = dossier
        .cards
        .iter()
        .filter(|card| card.source == CardSource::Checkin && card.state.is_unresolved())
        .max_by_key(|card| card.date);
    let mut card = found
        .cloned()
        .unwrap_or_else(|| JobCard::open(dossier.user_id(), CardSource::Checkin, log.date, now));
    let before = card.clone();
    for concern in concerns {
        card.add(Severity::Critical, evidence(log.date, &concern));
    }
    if card == before {
        return Vec::new();
    }
    let topics = card.flags.iter().filter_map(|flag| flag.about.as_deref());
    card.summary = format!("A note speaks of {}.", topics.collect::<Vec<_>>().join(", "));
    card.action_suggested = card.action_suggested.max(CardAction::Escalate);
    card.timestamp = now;
    if card.state == CardState::Snoozed {
        card.wake();
    }
    let alert = Effect::Alert {
        kind: AlertKind::Escalation,
        severity: Severity::Critical,
        user_id: Some(dossier.user_id()),
        text: format!("a note of {} wants a look today", log.date),
    };
    vec![Effect::Card(card), alert]
}

/// Returns what a check-in's note says is so now, of the topics that concern safety.
fn safety_concerns(log: &CheckinLog) -> Vec<Concern> {
    let note = log.report.as_ref().map_or("", |report| report.notes.as_str());
    let mut concerns = read(note);
    concerns.retain(|found| found.topic.is_safety() && found.state == State::Present);
    concerns
}

/// Points at the words by their byte range; the note itself stays in the check-in alone.
fn evidence(date: Date, concern: &Concern) -> Evidence {
    let position = |at: usize| f64::from(u32::try_from(at).unwrap_or(u32::MAX));
    Evidence {
        flag: FlagName::about(Flag::NoteConcern, concern.topic.as_str()),
        window_start: date,
        window_end: date,
        dates: vec![date],
        numbers: BTreeMap::from([
            ("phrase_start".to_owned(), position(concern.phrase.start)),
            ("phrase_end".to_owned(), position(concern.phrase.end)),
        ]),
        detail: String::new(),
    }
}

#[cfg(test)]
mod tests;
