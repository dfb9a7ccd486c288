//! How an engine puts what it found about a plan or a delivery on the coach's desk.

use jiff::{Timestamp, civil::Date};

use crate::{
    Dossier, Effect,
    record::{CardAction, CardSource, Evidence, JobCard, Severity},
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
/// its cause lasts; `None` when that leaves nothing to say.
pub fn raise(
    dossier: &Dossier,
    date: Date,
    now: Timestamp,
    findings: Vec<Finding>,
) -> Option<Effect> {
    let system = || dossier.cards.iter().filter(|card| card.source == CardSource::System);
    let known = |finding: &Finding| {
        system()
            .any(|card| card.state.is_unresolved() && card.flags.contains(&finding.evidence.flag))
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
        card.action_suggested = weightier(card.action_suggested, action);
    }
    card.summary = summary(&card);
    Some(Effect::Card(card))
}

/// Returns the suggestion that asks more of the coach.
fn weightier(one: CardAction, other: CardAction) -> CardAction {
    let weight = |action| match action {
        CardAction::None => 0,
        CardAction::Callout => 1,
        CardAction::Pause => 2,
        CardAction::Reassign => 3,
        CardAction::Escalate => 4,
    };
    if weight(other) > weight(one) { other } else { one }
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
