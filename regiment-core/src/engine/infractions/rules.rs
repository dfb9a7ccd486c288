//! The four rules over effective logs.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::first_loaded;
use crate::{
    Dossier, Policy,
    calendar::{days_after, days_before, local_date, resolve},
    policy::Threshold,
    record::{Actor, Infraction, InfractionKind, Log, OrderKind, Stream, Voided},
};

/// Counted misses of one kind by local date: meals one by one, everything else once a date.
type Misses = BTreeMap<Date, u32>;

/// Returns the events that differ from those recorded: new ones, ones to be counted again, ones
/// whose misses changed, and ones to be voided.
///
/// Only dates whose whole window is loaded are judged; older events stand.
pub(super) fn revise(
    dossier: &Dossier,
    logs: &[&Log],
    policy: &Policy,
    now: Timestamp,
) -> Vec<Infraction> {
    let today = local_date(&dossier.client.timezone_offset, now);
    let first_judged = first_loaded(today).max(dossier.logs_from);
    let mut revised = Vec::new();
    for kind in InfractionKind::ALL.iter().copied() {
        let rule = threshold(kind, policy);
        let misses = counted_misses(dossier, logs, policy, kind, now);
        let judged = days_after(first_judged, i64::from(rule.days) - 1)..=today;
        let holding = misses
            .keys()
            .filter(|date| judged.contains(date))
            .filter_map(|date| Some((*date, violation(dossier, &misses, *date, rule)?)))
            .collect::<BTreeMap<_, _>>();
        let recorded = dossier
            .infractions
            .iter()
            .filter(|event| event.kind == kind && judged.contains(&event.date))
            .map(|event| (event.date, event))
            .collect::<BTreeMap<_, _>>();
        for (date, event) in &recorded {
            if event.counts() && !holding.contains_key(date) {
                let reason = "the rule no longer holds".to_owned();
                let voided = Some(Voided { reason, by: Actor::System, at: now });
                revised.push(Infraction { voided, ..(*event).clone() });
            }
        }
        for (date, miss_dates) in holding {
            let event = match recorded.get(&date) {
                None => Infraction {
                    user_id: dossier.user_id(),
                    kind,
                    date,
                    miss_dates,
                    recorded_at: now,
                    voided: None,
                },
                Some(event) if stands_voided(event) || is_same(event, &miss_dates) => continue,
                Some(event) => Infraction { miss_dates, voided: None, ..(*event).clone() },
            };
            revised.push(event);
        }
    }
    revised.sort_by_key(|event| (event.date, event.kind));
    revised
}

const fn threshold(kind: InfractionKind, policy: &Policy) -> Threshold {
    let rules = &policy.infractions;
    match kind {
        InfractionKind::Meals => rules.meals,
        InfractionKind::Training => rules.training,
        InfractionKind::Checkins => rules.checkins,
        InfractionKind::Cardio => rules.cardio,
    }
}

const fn stream(kind: InfractionKind) -> Stream {
    match kind {
        InfractionKind::Meals => Stream::Meal,
        InfractionKind::Training => Stream::Training,
        InfractionKind::Checkins => Stream::Checkin,
        InfractionKind::Cardio => Stream::Cardio,
    }
}

fn counted_misses(
    dossier: &Dossier,
    logs: &[&Log],
    policy: &Policy,
    kind: InfractionKind,
    now: Timestamp,
) -> Misses {
    let mut misses = Misses::new();
    let counted = logs.iter().filter(|log| log.stream() == stream(kind) && log.is_counted_miss());
    for log in counted.filter(|log| is_final(dossier, policy, log, now)) {
        let count = misses.entry(log.date()).or_default();
        *count = if kind == InfractionKind::Meals { *count + 1 } else { 1 };
    }
    misses
}

/// Whether the item's deadline has passed, so that the client can't change the answer.
fn is_final(dossier: &Dossier, policy: &Policy, log: &Log, now: Timestamp) -> bool {
    let zone = &dossier.client.timezone_offset;
    let date = log.date();
    if dossier.closed.contains(&date) {
        return true;
    }
    let (kind, close) = match log.stream() {
        Stream::Checkin => (OrderKind::Checkin, policy.times.checkin_close),
        Stream::Meal | Stream::Cardio => (OrderKind::Fuel, policy.times.day_close),
        Stream::Training => (OrderKind::Training, policy.times.day_close),
    };
    let ordered = dossier.orders_of(date).find(|order| order.kind() == kind);
    let deadline = ordered
        .map(|order| order.deadline)
        .or_else(|| resolve(zone, date, close).map(|moment| moment.at));
    // What the closing wrote is final also when the clock has since been set back.
    deadline.is_none_or(|deadline| deadline <= now.max(log.at()))
}

/// Returns the dates of the misses in the window that ends on a date, where they break the rule.
fn violation(dossier: &Dossier, misses: &Misses, date: Date, rule: Threshold) -> Option<Vec<Date>> {
    let start = dossier.client.start_date;
    if date < start {
        return None;
    }
    let first = days_before(date, i64::from(rule.days) - 1).max(start);
    let window = || misses.range(first..=date);
    let count = window().map(|(_, count)| count).sum::<u32>();
    (count >= rule.count).then(|| window().map(|(date, _)| *date).collect())
}

/// Whether a coach has voided the event: his word outlasts the rule.
fn stands_voided(event: &Infraction) -> bool {
    event.voided.as_ref().is_some_and(|voided| voided.by != Actor::System)
}

fn is_same(event: &Infraction, miss_dates: &[Date]) -> bool {
    event.counts() && event.miss_dates == miss_dates
}
