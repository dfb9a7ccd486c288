//! Orders, logs, closed dates and infractions against the ledger and each other.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use regiment_core::calendar::days_before;
use regiment_core::engine::schedule::Trigger;
use regiment_core::message::Recipient;
use regiment_core::policy::Threshold;
use regiment_core::record::{Actor, InfractionKind, Log, LogKey, OrderKind, Revision, Stream};
use regiment_core::store::Occasion;
use regiment_core::{Outcome, Policy, UserId};

use super::{Found, Rule, counted};
use crate::evidence::Evidence;

pub(super) fn check(evidence: &Evidence, policy: &Policy, found: &mut Found) {
    let mut outcomes = BTreeMap::new();
    for run in &evidence.runs {
        if let Occasion::Client { user_id, trigger, date } = run.occasion {
            outcomes.insert((user_id, trigger, date), run.outcome);
        }
    }
    let logs = effective(&evidence.revisions);
    closings(evidence, &outcomes, &logs, found);
    orders(evidence, &outcomes, found);
    infractions(evidence, &logs, policy, found);
}

/// Returns the log that counts for each key: the latest revision.
fn effective(revisions: &[Revision]) -> BTreeMap<LogKey, &Log> {
    let mut latest: BTreeMap<LogKey, &Revision> = BTreeMap::new();
    for revision in revisions {
        let kept = latest.entry(revision.log.key()).or_insert(revision);
        if revision.number > kept.number {
            *kept = revision;
        }
    }
    latest.into_iter().map(|(key, revision)| (key, &revision.log)).collect()
}

fn closings(
    evidence: &Evidence,
    outcomes: &BTreeMap<(UserId, Trigger, Date), Outcome>,
    logs: &BTreeMap<LogKey, &Log>,
    found: &mut Found,
) {
    let ran = |trigger: Trigger| {
        outcomes
            .iter()
            .filter(move |((_, ran, _), outcome)| *ran == trigger && **outcome == Outcome::Done)
            .map(|((user_id, _, date), _)| (*user_id, *date))
    };
    let closed: BTreeSet<(UserId, Date)> = evidence.closed.iter().copied().collect();
    let days: BTreeSet<(UserId, Date)> = ran(Trigger::DayClose).collect();
    for (user_id, date) in days.symmetric_difference(&closed) {
        found.add(Rule::ClosingsMatchTheLedger, format!("{date} of {user_id}"));
    }
    let mornings: BTreeSet<(UserId, Date)> = ran(Trigger::CheckinClose).collect();
    for order in evidence.orders.iter().filter(|order| order.stands()) {
        let date = (order.user_id, order.date);
        let morning = order.kind() == OrderKind::Checkin && mornings.contains(&date);
        if days.contains(&date) || morning {
            for key in order.keys() {
                found.unless(logs.contains_key(&key), Rule::EveryItemHasAnOutcome, || {
                    format!("{key:?}")
                });
            }
        }
    }
    revisions(&evidence.revisions, found);
}

/// The revisions of a key count from 1, and the closing writes one miss at most.
fn revisions(revisions: &[Revision], found: &mut Found) {
    let mut numbers: BTreeMap<LogKey, Vec<u32>> = BTreeMap::new();
    for revision in revisions {
        numbers.entry(revision.log.key()).or_default().push(revision.number);
    }
    for (key, mut numbers) in numbers {
        numbers.sort_unstable();
        let holds = numbers.iter().zip(1..).all(|(number, place)| *number == place);
        found.unless(holds, Rule::NoWriteIsLost, || format!("{key:?}: revisions {numbers:?}"));
    }
    let automatic = revisions.iter().filter(|revision| revision.by == Actor::System);
    for (key, times) in counted(automatic.map(|revision| revision.log.key())) {
        found.unless(times == 1, Rule::NoWriteIsRepeated, || format!("{key:?}: {times} closings"));
    }
}

fn orders(
    evidence: &Evidence,
    outcomes: &BTreeMap<(UserId, Trigger, Date), Outcome>,
    found: &mut Found,
) {
    let messages: BTreeSet<(OrderKind, Date, &Recipient)> = evidence
        .messages
        .iter()
        .filter_map(|message| {
            let (kind, date) = message.dispatch.delivers?;
            Some((kind, date, &message.dispatch.to))
        })
        .collect();
    let mut ordered = BTreeSet::new();
    for order in &evidence.orders {
        let occurrence = (order.user_id, drop_of(order.kind()), order.date);
        ordered.insert(occurrence);
        let to = Recipient::Client(order.user_id);
        let is_sent = messages.contains(&(order.kind(), order.date, &to));
        let holds = match outcomes.get(&occurrence) {
            Some(Outcome::Done) => is_sent,
            Some(Outcome::SkippedLate) => !is_sent,
            _ => false,
        };
        found.unless(holds, Rule::OrdersMatchTheLedger, || format!("{occurrence:?}"));
    }
    for (occurrence, outcome) in outcomes {
        let is_drop = [Trigger::CheckinDrop, Trigger::MealDrop, Trigger::TrainingDrop];
        if is_drop.contains(&occurrence.1)
            && [Outcome::Done, Outcome::SkippedLate].contains(outcome)
        {
            let is_ordered = ordered.contains(occurrence);
            found.unless(is_ordered, Rule::OrdersMatchTheLedger, || format!("{occurrence:?}"));
        }
    }
}

const fn drop_of(kind: OrderKind) -> Trigger {
    match kind {
        OrderKind::Checkin => Trigger::CheckinDrop,
        OrderKind::Fuel => Trigger::MealDrop,
        OrderKind::Training => Trigger::TrainingDrop,
    }
}

/// Counts misses again, by section 6 of the domain. A client whose closed logs were overridden is left out: his events
/// are corrected by the hourly scan.
fn infractions(
    evidence: &Evidence,
    logs: &BTreeMap<LogKey, &Log>,
    policy: &Policy,
    found: &mut Found,
) {
    let overridden: BTreeSet<UserId> = evidence
        .revisions
        .iter()
        .filter(|revision| revision.by.is_staff())
        .map(|revision| revision.log.user_id())
        .chain(evidence.pauses.iter().map(|row| row.user_id))
        .collect();
    let recorded: BTreeSet<(UserId, InfractionKind, Date)> = evidence
        .infractions
        .iter()
        .filter(|event| event.counts() && !overridden.contains(&event.user_id))
        .map(|event| (event.user_id, event.kind, event.date))
        .collect();
    let mut misses: BTreeMap<(UserId, InfractionKind), BTreeMap<Date, u32>> = BTreeMap::new();
    let closed: BTreeSet<(UserId, Date)> = evidence.closed.iter().copied().collect();
    for (key, log) in logs {
        let date = (key.user_id, key.date);
        // A check-in closes at noon: its event may come before the day's.
        let is_closed = closed.contains(&date) || key.stream == Stream::Checkin;
        if log.is_counted_miss() && is_closed && !overridden.contains(&key.user_id) {
            let kind = kind_of(key.stream);
            let count = misses.entry((key.user_id, kind)).or_default().entry(key.date).or_default();
            *count = if kind == InfractionKind::Meals { *count + 1 } else { 1 };
        }
    }
    let mut held = BTreeSet::new();
    for ((user_id, kind), dates) in &misses {
        let start = evidence.clients.get(user_id).map_or(Date::MAX, |client| client.start_date);
        let Threshold { count, days, .. } = threshold(*kind, policy);
        for date in dates.keys().filter(|date| **date >= start) {
            let first = days_before(*date, i64::from(days) - 1).max(start);
            if dates.range(first..=*date).map(|(_, n)| n).sum::<u32>() >= count {
                held.insert((*user_id, *kind, *date));
            }
        }
    }
    for event in held.symmetric_difference(&recorded) {
        found.add(Rule::InfractionsMatchTheLogs, format!("{event:?}"));
    }
}

const fn kind_of(stream: Stream) -> InfractionKind {
    match stream {
        Stream::Meal => InfractionKind::Meals,
        Stream::Training => InfractionKind::Training,
        Stream::Cardio => InfractionKind::Cardio,
        Stream::Checkin => InfractionKind::Checkins,
    }
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
