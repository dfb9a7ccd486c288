mod escalation;
mod properties;
mod rules;

use super::*;
use crate::{
    record::{Cause, DoneOrMissed, JobCard, Note, Stream, Voided},
    testing::{at, date, dossier, report, set},
};

/// Days of March 2026; the client of the tests started in January.
fn day(n: i64) -> String {
    crate::calendar::days_after(date("2026-03-01"), n - 1).to_string()
}

/// The instant of the closing, in UTC.
fn close(n: i64) -> Timestamp {
    at(&format!("{}T22:00:00Z", day(n)))
}

/// Adds a day with as many missed meals of three.
fn meals(dossier: Dossier, n: i64, missed: usize) -> Dossier {
    (0..3).fold(dossier, |dossier, meal| {
        let status = if meal < missed { DoneOrMissed::Missed } else { DoneOrMissed::Completed };
        dossier.with_meal(&day(n), &format!("template_a_meal{meal}"), status)
    })
}

/// Adds a day that is a violation by itself, once.
fn bad(dossier: Dossier, n: i64) -> Dossier {
    meals(dossier, n, 2)
}

/// Reviews at a closing and brings the dossier up to date.
fn reviewed(dossier: &mut Dossier, policy: &Policy, n: i64) -> Vec<Effect> {
    let closed = date(&day(n));
    let changes = Changes { logs: &[], closes: Some(closed) };
    let mut effects = review(dossier, changes, policy, close(n));
    effects.push(Effect::Close { user_id: dossier.user_id(), date: closed });
    for effect in &effects {
        dossier.apply(effect);
    }
    effects
}

/// Lives through bad days one by one; returns the effects of the last.
fn lived(mut dossier: Dossier, policy: &Policy, days: &[i64]) -> (Dossier, Vec<Effect>) {
    let mut last = Vec::new();
    for n in days {
        dossier = bad(dossier, *n);
        last = reviewed(&mut dossier, policy, *n);
    }
    (dossier, last)
}

fn events(dossier: &Dossier) -> Vec<(InfractionKind, String)> {
    let counted = dossier.infractions.iter().filter(|event| event.counts());
    let mut events = counted.map(|event| (event.kind, event.date.to_string())).collect::<Vec<_>>();
    events.sort();
    events
}

fn cards(effects: &[Effect]) -> Vec<&JobCard> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Card(card) = effect { Some(card) } else { None })
        .collect()
}

fn said(effects: &[Effect]) -> Vec<&crate::message::Message> {
    effects
        .iter()
        .filter_map(
            |effect| if let Effect::Send(sent) = effect { Some(&sent.message) } else { None },
        )
        .collect()
}
