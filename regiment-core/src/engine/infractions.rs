//! The infraction monitor: which misses are violations, and what they lead to.
//!
//! [`review`] recomputes a client's events from the effective logs, so that an excuse, an override
//! or a late log corrects what was recorded before. It is run after every closing, hourly where
//! something changed, and whenever a coach changes what happened; run twice, it changes nothing.
//! Only an answer that can no longer change counts: a miss before its deadline is none yet.

mod card;
mod escalation;
mod rules;

use jiff::{Timestamp, civil::Date};

use super::Refusal;
use crate::{
    Dossier, Effect, Policy,
    calendar::{days_before, local_date},
    record::{Actor, Gate, Infraction, InfractionKind, Log, LogKey, Voided},
};

use escalation::Settlement;

/// Logs and a closing that belong to the same decision, and are in no dossier yet.
#[derive(Debug, Clone, Copy, Default)]
pub struct Changes<'a> {
    /// The new effective logs.
    pub logs: &'a [Log],
    /// The local date that closes.
    pub closes: Option<Date>,
}

/// Recomputes the client's events and everything that rests on them.
///
/// New events are recorded only while the client takes part; old ones are corrected all the same.
pub fn review(
    dossier: &Dossier,
    changes: Changes<'_>,
    policy: &Policy,
    now: Timestamp,
) -> Vec<Effect> {
    let today = local_date(&dossier.client.timezone_offset, now);
    let logs = effective_logs(dossier, changes.logs);
    let mut revised = rules::revise(dossier, &logs, policy, now);
    if dossier.client.gate(today) != Gate::Open {
        revised.retain(|event| !event.counts());
    }
    // A voided event counted until now, so it is never among the fresh ones.
    let fresh =
        revised.iter().filter(|event| !counts_already(dossier, event)).cloned().collect::<Vec<_>>();
    settle(dossier, changes, &logs, revised, &fresh, policy, now)
}

/// Voids an event on a coach's word. It is kept, never counted again, and what rested on it is
/// corrected.
///
/// # Errors
/// Refuses an event that does not exist, and a missing reason.
pub fn void(
    dossier: &Dossier,
    policy: &Policy,
    kind: InfractionKind,
    date: Date,
    reason: &str,
    by: Actor,
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::ReasonNeeded { to: "void an infraction" });
    }
    let event = dossier
        .infractions
        .iter()
        .find(|event| (event.kind, event.date) == (kind, date))
        .ok_or(Refusal::NoInfraction { kind, date })?;
    if event.voided.as_ref().is_some_and(|voided| voided.by.is_staff()) {
        return Ok(Vec::new());
    }
    let voided = Some(Voided { reason: reason.to_owned(), by, at: now });
    let event = Infraction { voided, ..event.clone() };
    let logs = effective_logs(dossier, &[]);
    let changes = Changes::default();
    Ok(settle(dossier, changes, &logs, vec![event], &[], policy, now))
}

/// Lifts the refeed block on a coach's word; nothing where there is none.
pub fn lift_refeed_block(dossier: &Dossier) -> Vec<Effect> {
    let mut settlement = Settlement::of(dossier);
    settlement.lift_refeed_block();
    settlement.effects(dossier)
}

/// Returns how many events of all kinds count in `days` local dates that end on `last`.
pub fn count(dossier: &Dossier, last: Date, days: u32) -> u32 {
    escalation::count_in(&escalation::dates(&dossier.infractions), last, days)
}

/// Returns how many local dates of logs a review must see to judge the last of them: the days of
/// the longest rule.
pub fn days_read(policy: &Policy) -> i64 {
    let rules = &policy.infractions;
    let longest = [rules.meals, rules.training, rules.checkins, rules.cardio]
        .iter()
        .map(|rule| rule.days)
        .max();
    longest.unwrap_or(1).into()
}

fn settle(
    dossier: &Dossier,
    changes: Changes<'_>,
    logs: &[&Log],
    revised: Vec<Infraction>,
    fresh: &[Infraction],
    policy: &Policy,
    now: Timestamp,
) -> Vec<Effect> {
    let today = local_date(&dossier.client.timezone_offset, now);
    let mut events = dossier.infractions.clone();
    for event in &revised {
        events.retain(|old| (old.kind, old.date) != (event.kind, event.date));
        events.push(event.clone());
    }
    let closed = dossier.closed.iter().copied().chain(changes.closes).collect::<Vec<_>>();

    let mut settlement = Settlement::of(dossier);
    // Of dates before that, only check-ins may be here: what broke a streak is not.
    let whole = closed.iter().copied().filter(|date| *date >= dossier.logs_from);
    settlement.count_streak(&whole.collect::<Vec<_>>(), logs);
    settlement.remember_last(&events, first_loaded(today));
    let steps = settlement.escalate(dossier, policy, &events, fresh, now);
    settlement.correct_warnings(dossier, policy, &events, now);
    settlement.review_refeed_block(policy, &events, closed.iter().max().copied(), today);

    let mut effects = revised.into_iter().map(Effect::Infraction).collect::<Vec<_>>();
    effects.extend(card::raise(dossier, policy, fresh, &steps, now));
    effects.extend(settlement.effects(dossier));
    effects
}

fn effective_logs<'a>(dossier: &'a Dossier, changed: &'a [Log]) -> Vec<&'a Log> {
    let keys = changed.iter().map(Log::key).collect::<std::collections::BTreeSet<LogKey>>();
    let stored = dossier.logs.iter().filter(|(key, _)| !keys.contains(key)).map(|(_, log)| log);
    stored.chain(changed).collect()
}

fn counts_already(dossier: &Dossier, event: &Infraction) -> bool {
    dossier
        .infractions
        .iter()
        .any(|old| (old.kind, old.date) == (event.kind, event.date) && old.counts())
}

/// The first local date whose logs and events a dossier holds.
fn first_loaded(today: Date) -> Date {
    days_before(today, Dossier::LOG_DAYS - 1)
}

#[cfg(test)]
mod tests;
