//! The daily check-in: its order, its answers, and the trends they make.

mod trends;

use std::borrow::Cow;

use jiff::{Timestamp, civil::Date};

use super::{
    Refusal, cards, care,
    logging::{self, Submission},
    orders,
};
use crate::{
    Decision, Dossier, Effect, Policy,
    calendar::days_before,
    effect::Entry,
    measure::exceeds,
    record::{Actor, CheckinLog, CheckinReport, Log, LogKey, Ordered, Stream},
};

pub use trends::{Streak, TrendPoint, streak, trends};

/// What becomes of an answered check-in. Its effects are to be applied either way.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It is stored.
    Accepted(Vec<Effect>),
    /// It is stored, and its weight is far from the recent ones: the client is asked to confirm it,
    /// and until he or a coach does, the weight counts nowhere.
    Confirm {
        /// The median of the recent weights, kilograms.
        median: f64,
        /// What stores the check-in with `weight_unconfirmed`.
        effects: Vec<Effect>,
    },
}

/// Issues the check-in of a local date and sends its form.
pub fn drop(dossier: &Dossier, policy: &Policy, date: Date, now: Timestamp) -> Decision {
    orders::gated(dossier.client.gate(date))
        .unwrap_or_else(|| orders::issue(dossier, policy, date, Ordered::Checkin, now))
}

/// Records a check-in; `None` records that there was none, as a coach's override may.
///
/// The weight a client enters is odd when it differs from the recent median by more than the policy
/// allows. One that he has confirmed already for the date, or that a coach enters, is not asked
/// about. A note that speaks of harm raises the care guard's card.
///
/// # Errors
/// [`Refusal`] as [`logging::admit`] says.
pub fn log(
    dossier: &Dossier,
    policy: &Policy,
    date: Date,
    report: Option<CheckinReport>,
    submission: &Submission,
) -> Result<Answer, Refusal> {
    let key = key(dossier, date);
    logging::admit(dossier, policy, &key, submission)?;
    let cause = if report.is_none() { logging::cause_of_miss(dossier, &key) } else { None };
    let odd = report.as_ref().and_then(|report| {
        let weight = report.weight.get();
        let is_known = trusted_weight(dossier, &key) == Some(weight) || submission.by.is_staff();
        if is_known { None } else { odd_against(dossier, policy, date, weight) }
    });
    let report = report.map(|report| CheckinReport { weight_unconfirmed: odd.is_some(), ..report });
    let log =
        CheckinLog { user_id: key.user_id, date, timestamp: submission.made_at(), report, cause };
    let mut effects = cards::wake_on_checkin(dossier, submission.now);
    let mut seen = Cow::Borrowed(dossier);
    for woken in &effects {
        seen.to_mut().apply(woken);
    }
    effects.extend(care::raise(&seen, &log, submission.now));
    effects.insert(0, Effect::Record(submission.entry(Log::Checkin(log))));
    Ok(match odd {
        None => Answer::Accepted(effects),
        Some(median) => Answer::Confirm { median, effects },
    })
}

/// Confirms the odd weight of a check-in: it counts from now on. That changes no answer, so it may
/// come after the deadline.
///
/// # Errors
/// [`Refusal`] where somebody else's check-in is meant, or no weight of the date waits.
pub fn confirm(
    dossier: &Dossier,
    date: Date,
    by: Actor,
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    match &by {
        Actor::Client(id) if *id == dossier.user_id() => {}
        Actor::Coach(_) | Actor::Admin(_) => {}
        Actor::Client(_) | Actor::System => return Err(Refusal::NotYours),
    }
    let mut log =
        stored(dossier, &key(dossier, date)).cloned().ok_or(Refusal::NothingToConfirm { date })?;
    match &mut log.report {
        Some(report) if report.weight_unconfirmed => report.weight_unconfirmed = false,
        _ => return Err(Refusal::NothingToConfirm { date }),
    }
    let entry = Entry { log: Log::Checkin(log), entered_at: now, by, reason: None };
    Ok(vec![Effect::Record(entry)])
}

/// Returns the trusted weights of a dossier's check-ins, oldest first.
pub fn weights(dossier: &Dossier) -> Vec<(Date, f64)> {
    let weighed = dossier.logs.values().filter_map(|log| match log {
        Log::Checkin(log) => Some((log.date, log.report.as_ref()?.trusted_weight()?)),
        Log::Meal(_) | Log::Training(_) | Log::Cardio(_) => None,
    });
    weighed.collect()
}

/// Returns the median of the trusted weights of the days before a date, where a weight differs
/// from it by more than the policy allows.
fn odd_against(dossier: &Dossier, policy: &Policy, date: Date, weight: f64) -> Option<f64> {
    let first = days_before(date, policy.checkin.median_days.into());
    let recent = weights(dossier).into_iter().filter(|(day, _)| (first..date).contains(day));
    let median = median(recent.map(|(_, weight)| weight).collect())?;
    let allowed = median * policy.checkin.odd_weight_percent / 100.0;
    exceeds((weight - median).abs(), allowed).then_some(median)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = values.get(middle)?;
    if values.len() % 2 == 1 {
        Some(*upper)
    } else {
        Some(f64::midpoint(values[middle - 1], *upper))
    }
}

fn trusted_weight(dossier: &Dossier, key: &LogKey) -> Option<f64> {
    stored(dossier, key)?.report.as_ref()?.trusted_weight()
}

fn stored<'a>(dossier: &'a Dossier, key: &LogKey) -> Option<&'a CheckinLog> {
    match dossier.log(key)? {
        Log::Checkin(log) => Some(log),
        Log::Meal(_) | Log::Training(_) | Log::Cardio(_) => None,
    }
}

fn key(dossier: &Dossier, date: Date) -> LogKey {
    LogKey { user_id: dossier.user_id(), date, stream: Stream::Checkin, item: String::new() }
}

#[cfg(test)]
mod tests;
