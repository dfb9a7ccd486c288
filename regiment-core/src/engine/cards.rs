//! The coach's desk: how findings become cards, how cards meet again, and what the coach decides.

mod decide;
mod tell;
mod weekly;

use jiff::{Timestamp, civil::Date};

pub use decide::{Case, decide, draft, last_undoable, raise_manual, wake_on_checkin};
pub use tell::{CARDS_PER_MESSAGE, is_news, tell, weekly_summary};
pub use weekly::{adds_strain, unanswered_cycle, weekly};

use crate::{
    Dossier, Effect,
    record::{CardAction, CardSource, CardState, Evidence, JobCard, Severity},
};

/// The longest summary of a card, characters.
pub const SUMMARY_CHARACTERS: usize = 500;

/// Something a coach has to know, found while an order was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The flag, with what stands behind it.
    pub evidence: Evidence,
    /// How much it matters.
    pub severity: Severity,
    /// What the coach is asked to do.
    pub action: CardAction,
}

/// Puts findings on the client's system card of a date.
///
/// A flag that stands on an unresolved system card already is not raised again, however many days
/// its cause lasts, unless the window behind it began after that card's evidence ended: another
/// block is complete. `None` when that leaves nothing to say.
pub fn raise(
    dossier: &Dossier,
    date: Date,
    now: Timestamp,
    findings: Vec<Finding>,
) -> Option<Effect> {
    let system = || dossier.cards.iter().filter(|card| card.source == CardSource::System);
    let known = |finding: &Finding| {
        system()
            .filter(|card| card.state.is_unresolved())
            .flat_map(|card| &card.evidence)
            .any(|known| known.flag == finding.evidence.flag && !is_later(&finding.evidence, known))
    };
    let fresh: Vec<Finding> = findings.into_iter().filter(|finding| !known(finding)).collect();
    if fresh.is_empty() {
        return None;
    }
    let mut card = match system().find(|card| card.date == date) {
        Some(card) => JobCard { timestamp: now, ..card.clone() },
        None => JobCard {
            goal: Some(dossier.client.goal),
            block_id: dossier.client.training_template_id.clone(),
            ..JobCard::open(dossier.user_id(), CardSource::System, date, now)
        },
    };
    for Finding { evidence, severity, action } in fresh {
        card.add(severity, evidence);
        card.action_suggested = card.action_suggested.weightier(action);
    }
    card.summary = summary(&card);
    if card.state == CardState::Snoozed {
        card.wake();
    }
    Some(Effect::Card(card))
}

/// Whether evidence is of another occurrence than what is known: a window of days that began when
/// the known one had ended.
fn is_later(evidence: &Evidence, known: &Evidence) -> bool {
    evidence.window_start < evidence.window_end && evidence.window_start >= known.window_end
}

/// Joins what was found anew with the card of the same client, source and date that is stored
/// already.
///
/// The findings of both stand on one card. A closed one opens only when a flag was added, and a
/// snoozed one wakes when it got worse.
#[must_use]
pub fn again(stored: &JobCard, found: JobCard) -> JobCard {
    let mut card = stored.clone();
    for evidence in found.evidence {
        card.add(found.severity, evidence);
    }
    for carried in found.carried {
        card.carry(carried);
    }
    let added = card.flags.iter().any(|flag| !stored.flags.contains(flag));
    if added {
        card.action_suggested = card.action_suggested.weightier(found.action_suggested);
        card.summary = joined(&stored.summary, &found.summary);
        card.timestamp = found.timestamp;
    }
    match stored.state {
        CardState::Snoozed if card.is_worse_than(stored) => card.wake(),
        CardState::Resolved | CardState::Dismissed | CardState::Merged if added => card.reopen(),
        CardState::Open
        | CardState::Acknowledged
        | CardState::Snoozed
        | CardState::Resolved
        | CardState::Dismissed
        | CardState::Merged => {}
    }
    card
}

/// Returns two summaries as one, the newer first, within what a card holds.
fn joined(older: &str, newer: &str) -> String {
    if older.is_empty() || newer.contains(older) {
        return newer.to_owned();
    }
    format!("{newer} {older}").chars().take(SUMMARY_CHARACTERS).collect()
}

/// Sums a card up: each finding in a sentence, as far as they fit.
fn summary(card: &JobCard) -> String {
    let lines: Vec<String> = card
        .evidence
        .iter()
        .map(|evidence| {
            let flag = &evidence.flag;
            if evidence.detail.is_empty() {
                flag.to_string()
            } else {
                format!("{}: {}", flag.flag, evidence.detail)
            }
        })
        .collect();
    lines.join("; ").chars().take(SUMMARY_CHARACTERS).collect()
}

#[cfg(test)]
mod tests;
