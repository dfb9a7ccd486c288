//! Closing the check-in at noon and the day at night: what nobody logged becomes a miss.
//!
//! A closing runs for every date, however late, in order of dates. It writes each miss at the
//! item's deadline, lapses requests that nobody decided, closes the date and has the infraction
//! monitor look at what it wrote, all in one decision.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{
    cards, excuses,
    infractions::{self, Changes},
};
use crate::{
    Decision, Dossier, Effect, Outcome, Policy,
    effect::Entry,
    record::{
        AlertKind, CardioLog, Cause, CheckinLog, DoneOrMissed, Log, LogKey, MealLog, Order,
        OrderKind, Ordered, Severity, Stream, TrainingLog,
    },
};

/// Closes the check-in of a local date. One that was submitted stands as it is, with a weight that
/// nobody confirmed left unconfirmed.
pub fn close_checkin(dossier: &Dossier, policy: &Policy, date: Date, now: Timestamp) -> Decision {
    if !dossier.orders_of(date).any(|order| order.kind() == OrderKind::Checkin) {
        return Decision::skip(Outcome::NothingDue);
    }
    let misses = misses(dossier, policy, date, |kind| kind == OrderKind::Checkin);
    let mut effects = record(&misses, now);
    if misses.iter().any(Log::is_counted_miss) {
        effects.push(Effect::Alert {
            kind: AlertKind::MissedCheckin,
            severity: Severity::Medium,
            user_id: Some(dossier.user_id()),
            text: format!("the check-in of {date} was not submitted"),
        });
    }
    let woken = if misses.is_empty() { Vec::new() } else { cards::wake_on_checkin(dossier, now) };
    let mut seen = Cow::Borrowed(dossier);
    for woken in &woken {
        seen.to_mut().apply(woken);
    }
    effects.extend(woken);
    let changes = Changes { logs: &misses, closes: None };
    effects.extend(infractions::review(&seen, changes, policy, now));
    Decision::done(effects)
}

/// Closes a local date: every item of its orders has an outcome from now on.
pub fn close_day(dossier: &Dossier, policy: &Policy, date: Date, now: Timestamp) -> Decision {
    if dossier.closed.contains(&date) {
        return Decision::skip(Outcome::NothingDue);
    }
    let misses = misses(dossier, policy, date, |_| true);
    let mut effects = record(&misses, now);
    effects.push(Effect::Close { user_id: dossier.user_id(), date });
    effects.extend(excuses::lapse(dossier, policy, now));
    let changes = Changes { logs: &misses, closes: Some(date) };
    effects.extend(infractions::review(dossier, changes, policy, now));
    Decision::done(effects)
}

/// Returns a miss for each item of the standing orders of a date that has no log.
fn misses(
    dossier: &Dossier,
    policy: &Policy,
    date: Date,
    closes: impl Fn(OrderKind) -> bool,
) -> Vec<Log> {
    let mut misses = BTreeMap::new();
    for order in dossier.orders_of(date).filter(|order| closes(order.kind())) {
        for key in order.keys() {
            if dossier.log(&key).is_none() {
                let cause = cause(dossier, policy, order, &key);
                misses.insert(key.clone(), miss(dossier, order, &key, cause));
            }
        }
    }
    misses.into_values().collect()
}

/// Decides why a miss is nobody's fault. A coach's excuse comes before what the program found: it
/// is a person's word, and it holds for the item however its order fared.
fn cause(dossier: &Dossier, policy: &Policy, order: &Order, key: &LogKey) -> Option<Cause> {
    if dossier.excuses.iter().any(|excuse| excuse.covers(key)) {
        return Some(Cause::Excused);
    }
    let notice = SignedDuration::from_hours(policy.misfire.fair_notice_hours.into());
    let in_time = order
        .delivered_at
        .is_some_and(|delivered| order.deadline.duration_since(delivered) >= notice);
    (!in_time).then_some(Cause::NotDelivered)
}

/// Writes the miss of an item, dated to its deadline.
fn miss(dossier: &Dossier, order: &Order, key: &LogKey, cause: Option<Cause>) -> Log {
    let (user_id, date, at) = (order.user_id, order.date, order.deadline);
    let zone = dossier.client.timezone_offset.clone();
    match &order.ordered {
        Ordered::Checkin => {
            Log::Checkin(CheckinLog { user_id, date, timestamp: at, report: None, cause })
        }
        Ordered::Fuel { cardio: Some(cardio), .. } if key.stream == Stream::Cardio => {
            Log::Cardio(CardioLog {
                user_id,
                date,
                timestamp: at,
                assigned_minutes: cardio.minutes,
                actual_minutes: None,
                cause,
            })
        }
        Ordered::Fuel { meals, .. } => {
            let meal = meals.iter().find(|meal| meal.meal_id.as_str() == key.item);
            Log::Meal(MealLog {
                user_id,
                meal_id: meal.expect("an order's keys name its meals").meal_id.clone(),
                date,
                logged_at: at,
                timezone_offset: zone,
                status: DoneOrMissed::Missed,
                source_engine: Stream::Meal,
                cause,
            })
        }
        Ordered::Training(workout) => {
            let set = workout.sets.iter().find(|set| set.exercise_id.as_str() == key.item);
            let set = set.expect("an order's keys name its exercises");
            Log::Training(TrainingLog {
                user_id,
                block_id: workout.block_id.clone(),
                day_index: workout.day_index,
                exercise: set.exercise.clone(),
                exercise_id: set.exercise_id.clone(),
                set: None,
                date,
                timestamp: at,
                timezone: zone,
                cause,
            })
        }
    }
}

fn record(misses: &[Log], now: Timestamp) -> Vec<Effect> {
    misses.iter().map(|log| Effect::Record(Entry::system(log.clone(), now))).collect()
}

#[cfg(test)]
mod tests;
