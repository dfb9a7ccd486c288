//! Excuses: a miss stays in the log; its cause decides whether it counts, and only a coach grants
//! one.
//!
//! An excuse covers what is still to come through the closings, which ask for it, and what has been
//! missed through a revision that changes the cause and nothing else. It ends by itself.

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{
    Refusal,
    infractions::{self, Changes},
};
use crate::{
    Dossier, Effect, Id, Invalid, Policy,
    calendar::{days_before, local_date},
    effect::Entry,
    message::{Decision, Dispatch, Message, Priority, Recipient},
    record::{Actor, AlertKind, Cause, Excuse, ExcuseRequest, Log, RequestState, Severity},
};

/// Excuses a client, before or after the fact. An excuse that stands already changes nothing.
///
/// # Errors
/// Refuses anybody but a coach, a span that ends before it begins, and one that begins before the
/// dates that can still be corrected.
pub fn grant(
    dossier: &Dossier,
    policy: &Policy,
    excuse: Excuse,
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    if !excuse.by.is_staff() {
        return Err(Refusal::CoachOnly { to: "excuse a client" });
    }
    let today = local_date(&dossier.client.timezone_offset, now);
    let first = days_before(today, Dossier::LOG_DAYS - 1);
    if excuse.from < first {
        return Err(Invalid::new("from", excuse.from, format!("{first} or later")).into());
    }
    in_order(excuse.from, excuse.until)?;
    if dossier.excuses.iter().any(|standing| is_same(standing, &excuse)) {
        return Ok(Vec::new());
    }
    let excused = dossier
        .logs
        .iter()
        .filter(|(key, log)| excuse.covers(key) && log.is_counted_miss())
        .map(|(_, log)| log.clone().with_cause(Some(Cause::Excused)))
        .collect::<Vec<_>>();
    let mut effects = excused.iter().map(|log| revision(log, &excuse, now)).collect::<Vec<_>>();
    effects.push(Effect::Excuse(excuse));
    let changes = Changes { logs: &excused, closes: None };
    effects.extend(infractions::review(dossier, changes, policy, now));
    Ok(effects)
}

/// Takes a client's request and tells the coach. Meanwhile the deadlines run. A request for the
/// same items that still waits is answered as that one.
///
/// # Errors
/// Refuses a request for another client, and a span that ends before it begins.
pub fn ask(dossier: &Dossier, request: ExcuseRequest) -> Result<Vec<Effect>, Refusal> {
    if request.user_id != dossier.user_id() {
        return Err(Refusal::NotYours);
    }
    in_order(request.from, request.until)?;
    let same = |waiting: &ExcuseRequest| {
        (waiting.from, waiting.until) == (request.from, request.until)
            && waiting.streams == request.streams
            && waiting.item == request.item
            && waiting.state == RequestState::Asked
    };
    if dossier.requests.iter().any(same) {
        return Ok(Vec::new());
    }
    let alert = Effect::Alert {
        kind: AlertKind::ExcuseAsked,
        severity: Severity::Medium,
        user_id: Some(request.user_id),
        text: format!("asks to be excused from {} to {}", request.from, request.until),
    };
    Ok(vec![Effect::Request(request), alert])
}

/// Answers a client's request; granting it excuses the client.
///
/// # Errors
/// Refuses anybody but a coach, a request that does not wait or has waited too long, and what
/// [`grant`] refuses.
pub fn decide(
    dossier: &Dossier,
    policy: &Policy,
    id: Id<ExcuseRequest>,
    decision: Decision,
    by: &Actor,
    note: &str,
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    if !by.is_staff() {
        return Err(Refusal::CoachOnly { to: "decide a request" });
    }
    let request = dossier
        .requests
        .iter()
        .find(|request| request.id == id && waits(request, policy, now))
        .ok_or(Refusal::NothingAsked)?;
    let (state, mut effects) = match decision {
        Decision::Refused => (RequestState::Refused, Vec::new()),
        Decision::Granted => {
            let excuse = Excuse {
                user_id: request.user_id,
                from: request.from,
                until: request.until,
                streams: request.streams.clone(),
                item: request.item.clone(),
                reason: request.reason,
                note: note.to_owned(),
                by: by.clone(),
                at: now,
            };
            (RequestState::Granted, grant(dossier, policy, excuse, now)?)
        }
    };
    effects.push(Effect::Request(ExcuseRequest {
        state,
        decided_by: Some(by.clone()),
        decided_at: Some(now),
        ..request.clone()
    }));
    let (from, until) = (request.from, request.until);
    effects.push(Effect::Send(Dispatch {
        key: format!("{}:excuse_answer:{id}", request.user_id),
        to: Recipient::Client(request.user_id),
        message: Message::ExcuseAnswer { decision, from, until },
        priority: Priority::Order,
        not_before: now,
        expires_at: None,
        delivers: None,
    }));
    Ok(effects)
}

/// Lapses the requests that nobody decided within the policy's days.
pub fn lapse(dossier: &Dossier, policy: &Policy, now: Timestamp) -> Vec<Effect> {
    let asked = dossier.requests.iter().filter(|request| request.state == RequestState::Asked);
    asked
        .filter(|request| !waits(request, policy, now))
        .map(|request| {
            Effect::Request(ExcuseRequest {
                state: RequestState::Lapsed,
                decided_at: Some(now),
                ..request.clone()
            })
        })
        .collect()
}

/// Whether a request still waits for its decision.
fn waits(request: &ExcuseRequest, policy: &Policy, now: Timestamp) -> bool {
    let hours = i64::from(policy.excuses.request_lapses_after_days) * 24;
    request.state == RequestState::Asked
        && now.duration_since(request.asked_at) < SignedDuration::from_hours(hours)
}

fn revision(log: &Log, excuse: &Excuse, now: Timestamp) -> Effect {
    let reason = match excuse.note.trim() {
        "" => excuse.reason.to_string(),
        note => format!("{}: {note}", excuse.reason),
    };
    Effect::Record(Entry {
        log: log.clone(),
        entered_at: now,
        by: excuse.by.clone(),
        reason: Some(reason),
    })
}

fn in_order(from: Date, until: Date) -> Result<(), Invalid> {
    if until < from {
        return Err(Invalid::new("until", until, format!("{from} or later")));
    }
    Ok(())
}

/// Whether two excuses cover the same for the same reason, whoever granted them and when.
fn is_same(standing: &Excuse, new: &Excuse) -> bool {
    let Excuse { user_id, from, until, streams, item, reason, note: _, by: _, at: _ } = standing;
    (*user_id, *from, *until, *reason) == (new.user_id, new.from, new.until, new.reason)
        && *streams == new.streams
        && *item == new.item
}

#[cfg(test)]
mod tests;
