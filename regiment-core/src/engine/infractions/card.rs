//! The coach's card about violations.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::escalation::{Reached, StepName, Taken};
use crate::{
    Dossier, Effect, Policy,
    calendar::days_before,
    engine::care::Grounds,
    record::{
        AlertKind, CardAction, CardSource, CardState, Carried, Evidence, Flag, FlagName,
        Infraction, InfractionKind, JobCard, Severity,
    },
};

/// Puts fresh events and the steps they reached on the client's unresolved card of source
/// infraction or weekly scan, or opens one.
pub(super) fn raise(
    dossier: &Dossier,
    policy: &Policy,
    fresh: &[Infraction],
    steps: &[Reached],
    now: Timestamp,
) -> Vec<Effect> {
    let Some(date) = fresh.iter().map(|event| event.date).max() else { return Vec::new() };
    let mut card = unresolved(dossier, CardSource::Infraction)
        .or_else(|| unresolved(dossier, CardSource::WeeklyScan))
        .unwrap_or_else(|| {
            let mut card = JobCard::open(dossier.user_id(), CardSource::Infraction, date, now);
            card.goal = Some(dossier.client.goal);
            card.block_id.clone_from(&dossier.client.block_id);
            card
        });
    let (flags_before, severity_before) = (card.flags.len(), card.severity);
    let is_held_back = steps.iter().any(|reached| matches!(reached.taken, Taken::HeldBack(_)));
    let action = if is_held_back { CardAction::Escalate } else { CardAction::Callout };
    for event in fresh {
        put(&mut card, severity(event.kind), evidence_of(event, policy), action);
    }
    for reached in steps {
        put(&mut card, severity_of(reached.step), evidence_of_step(reached), action);
        if let Taken::HeldBack(grounds) = &reached.taken {
            put(&mut card, Severity::Critical, evidence_of_guard(reached, grounds), action);
        }
    }
    card.action_suggested = card.action_suggested.max(action);
    let got_worse = card.flags.len() > flags_before || card.severity > severity_before;
    if card.state == CardState::Snoozed && got_worse {
        card.wake();
    }
    if card.source == CardSource::Infraction {
        card.summary = summary(&card);
    }
    card.timestamp = now;
    let mut effects = vec![Effect::Card(card)];
    if is_held_back {
        effects.push(Effect::Alert {
            kind: AlertKind::Escalation,
            severity: Severity::Critical,
            user_id: Some(dossier.user_id()),
            text: "the care guard held a message back; the card says why".to_owned(),
        });
    }
    effects
}

/// Adds evidence to a card; on a weekly card it stands beside what the scan found.
fn put(card: &mut JobCard, severity: Severity, evidence: Evidence, action: CardAction) {
    if card.source == CardSource::WeeklyScan {
        card.carry(Carried { evidence, severity, action, from: None });
    } else {
        card.add(severity, evidence);
    }
}

fn unresolved(dossier: &Dossier, source: CardSource) -> Option<JobCard> {
    dossier
        .cards
        .iter()
        .filter(|card| card.source == source && card.state.is_unresolved())
        .max_by_key(|card| card.date)
        .cloned()
}

/// The severities that the same findings have in the weekly scan.
const fn severity(kind: InfractionKind) -> Severity {
    match kind {
        InfractionKind::Checkins => Severity::High,
        InfractionKind::Meals | InfractionKind::Training | InfractionKind::Cardio => {
            Severity::Medium
        }
    }
}

const fn severity_of(step: StepName) -> Severity {
    match step {
        StepName::Warning => Severity::Medium,
        StepName::Refeed | StepName::Callout => Severity::High,
    }
}

fn evidence_of(event: &Infraction, policy: &Policy) -> Evidence {
    let days = match event.kind {
        InfractionKind::Meals => policy.infractions.meals.days,
        InfractionKind::Training => policy.infractions.training.days,
        InfractionKind::Checkins => policy.infractions.checkins.days,
        InfractionKind::Cardio => policy.infractions.cardio.days,
    };
    Evidence {
        flag: event.kind.flag().into(),
        window_start: days_before(event.date, i64::from(days) - 1),
        window_end: event.date,
        dates: event.miss_dates.clone(),
        numbers: BTreeMap::new(),
        detail: String::new(),
    }
}

fn evidence_of_step(reached: &Reached) -> Evidence {
    let detail = match &reached.taken {
        Taken::Done => "taken".to_owned(),
        Taken::SwitchedOff => "switched off".to_owned(),
        Taken::Already(date) => format!("already taken on {date}"),
        Taken::NotAgreed => "the client has not agreed to be named".to_owned(),
        Taken::HeldBack(_) => "held back".to_owned(),
    };
    Evidence {
        flag: FlagName::about(Flag::Escalation, reached.step.as_str()),
        window_start: reached.window_start,
        window_end: reached.window_end,
        dates: Vec::new(),
        numbers: BTreeMap::from([
            ("events".to_owned(), reached.events.into()),
            ("days".to_owned(), reached.days.into()),
        ]),
        detail,
    }
}

/// Names what was held back, and on what grounds.
fn evidence_of_guard(reached: &Reached, grounds: &[Grounds]) -> Evidence {
    let grounds = grounds
        .iter()
        .map(|ground| match ground {
            Grounds::Flag { flag, date } => format!("{flag} on the card of {date}"),
            Grounds::Escalated { date } => format!("the escalated card of {date}"),
            Grounds::Note { topic, date } => format!("{topic} in the note of {date}"),
        })
        .collect::<Vec<_>>();
    Evidence {
        flag: FlagName::about(Flag::HeldBack, reached.step.as_str()),
        detail: grounds.join("; "),
        ..evidence_of_step(reached)
    }
}

fn summary(card: &JobCard) -> String {
    let flags = card.flags.iter().map(FlagName::in_words).collect::<Vec<_>>();
    let mut summary = format!("Violations: {}.", flags.join(", "));
    while summary.chars().count() > 500 {
        summary.pop();
    }
    summary
}
