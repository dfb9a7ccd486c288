use jiff::{Timestamp, civil::Date};

use crate::{
    Decision, Dossier, Effect, Invalid, Outcome,
    calendar::{days_between, local_date},
    effect::{PauseChange, PauseRow},
    engine::{Refusal, orders},
    record::{Actor, ClientProfile, Status},
};

/// Pauses a client until a local date, on which orders begin again by themselves, or until he is
/// resumed: today's open items vanish.
///
/// # Errors
/// [`Refusal`] unless the client is active and not paused, for a date that is not in the future,
/// and without a reason.
pub fn pause(
    dossier: &Dossier,
    until: Option<Date>,
    reason: &str,
    by: Actor,
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    let client = &dossier.client;
    only_active(client)?;
    let today = local_date(&client.timezone_offset, now);
    if client.is_paused_on(today) {
        return Err(Refusal::AlreadyPaused);
    }
    if let Some(until) = until
        && until <= today
    {
        return Err(Invalid::new("until", until, format!("after {today}")).into());
    }
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::ReasonNeeded { to: "pause a client" });
    }
    // A pause may have ended this very day, before its own trigger has run.
    let mut effects: Vec<Effect> = ended_row(client, Actor::System, "", now).into_iter().collect();
    effects.push(Effect::Profile(ClientProfile {
        paused: true,
        paused_until: until,
        paused_since: Some(today),
        updated_at: Some(now),
        ..client.clone()
    }));
    effects.extend(orders::withdraw_open(dossier, now));
    effects.push(Effect::Paused(PauseRow {
        user_id: client.user_id,
        change: PauseChange::Paused,
        at: now,
        by,
        reason: reason.to_owned(),
        until,
        days: None,
    }));
    Ok(effects)
}

/// Ends a pause: orders begin with the next trigger.
///
/// # Errors
/// [`Refusal`] unless the client is active and paused: a pending one is activated, an archived one
/// reopened.
pub fn resume(
    dossier: &Dossier,
    reason: &str,
    by: Actor,
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    let client = &dossier.client;
    only_active(client)?;
    let row = ended_row(client, by, reason, now).ok_or(Refusal::NotPaused)?;
    Ok(vec![Effect::Profile(unpaused(client, now)), row])
}

/// Ends a pause whose last day is over; a pause that was ended or prolonged meanwhile has nothing
/// due.
pub fn pause_end(dossier: &Dossier, date: Date, now: Timestamp) -> Decision {
    let client = &dossier.client;
    let is_over = client.status == Status::Active
        && client.paused
        && client.paused_until.is_some_and(|until| until <= date);
    match ended_row(client, Actor::System, "", now) {
        Some(row) if is_over => Decision::done(vec![Effect::Profile(unpaused(client, now)), row]),
        _ => Decision::skip(Outcome::NothingDue),
    }
}

/// Lets a client go: nothing is ordered any more, and what is open vanishes.
///
/// # Errors
/// [`Refusal`] for a client who has left already.
pub fn archive(
    dossier: &Dossier,
    reason: &str,
    by: Actor,
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    let client = &dossier.client;
    if client.status == Status::Archived {
        return Err(Refusal::WrongStatus { status: client.status });
    }
    let archived =
        ClientProfile { status: Status::Archived, reopened: false, ..unpaused(client, now) };
    let mut effects = vec![Effect::Profile(archived)];
    effects.extend(orders::withdraw_open(dossier, now));
    if client.status == Status::Active {
        effects.extend(ended_row(client, by, reason, now));
    }
    Ok(effects)
}

/// Lets a person who is pending or has left enlist anew, over the profile that is there.
///
/// # Errors
/// [`Refusal`] for an active client, whose profile a coach edits.
pub fn reopen(client: &ClientProfile, now: Timestamp) -> Result<Vec<Effect>, Refusal> {
    if client.status == Status::Active {
        return Err(Refusal::WrongStatus { status: client.status });
    }
    let reopened = ClientProfile {
        status: Status::Pending,
        paused: true,
        reopened: true,
        updated_at: Some(now),
        ..client.clone()
    };
    Ok(vec![Effect::Profile(reopened)])
}

fn only_active(client: &ClientProfile) -> Result<(), Refusal> {
    if client.status == Status::Active {
        Ok(())
    } else {
        Err(Refusal::WrongStatus { status: client.status })
    }
}

fn unpaused(client: &ClientProfile, now: Timestamp) -> ClientProfile {
    ClientProfile {
        paused: false,
        paused_until: None,
        paused_since: None,
        updated_at: Some(now),
        ..client.clone()
    }
}

/// Returns the row that ends a client's pause, where he is paused; it counts the local dates on
/// which nothing was ordered, or would have been without what went out before the pause began.
fn ended_row(client: &ClientProfile, by: Actor, reason: &str, now: Timestamp) -> Option<Effect> {
    if !client.paused {
        return None;
    }
    let today = local_date(&client.timezone_offset, now);
    let end = client.paused_until.map_or(today, |until| until.min(today));
    let days = client.paused_since.map(|since| days_between(since, end).max(0));
    Some(Effect::Paused(PauseRow {
        user_id: client.user_id,
        change: PauseChange::Resumed,
        at: now,
        by,
        reason: reason.trim().to_owned(),
        until: client.paused_until,
        days: days.and_then(|days| u32::try_from(days).ok()),
    }))
}
