//! Onboarding: how a person enlists, comes under orders, pauses and leaves, and what may change
//! in between.

mod edit;
mod form;
mod pause;

use jiff::{Timestamp, civil::Date};

use super::Refusal;
use crate::{
    Dossier, Effect, Invalid, Library, Policy,
    calendar::{cycle_start, local_date, next_tuesday_after},
    message::{Dispatch, Message, Priority, Recipient},
    record::{ClientProfile, Status},
};

pub use edit::{Override, Settings, assign_block, edit, set};
pub use form::{Form, NAME_CHARACTERS, alias};
pub use pause::{archive, pause, pause_end, reopen, resume};

/// What becomes of a form.
#[derive(Debug, Clone, PartialEq)]
pub enum Enlistment {
    /// A pending profile, to be saved.
    Enlisted(Vec<Effect>),
    /// There is a profile already: the answer is where it stands, and nothing changes.
    Known {
        /// Where the client stands.
        status: Status,
        /// Whether he is paused.
        paused: bool,
        /// The first local date of his orders.
        start_date: Date,
    },
}

/// Which start date an activation means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartDate {
    /// The profile's; one that has passed while waiting rolls to the next Tuesday.
    Planned,
    /// This one, which must not have passed.
    On(Date),
    /// This one, even where it has passed: an explicit override.
    OnPast(Date),
}

/// Takes a form: a first one, or one over a profile that a coach has reopened, makes a pending
/// profile that starts on the next Tuesday.
///
/// # Errors
/// Every field that is refused, each with what would be accepted.
pub fn enlist(
    known: Option<&ClientProfile>,
    form: &Form,
    now: Timestamp,
) -> Result<Enlistment, Vec<Invalid>> {
    match known {
        Some(profile) if !profile.reopened => Ok(Enlistment::Known {
            status: profile.status,
            paused: profile.paused,
            start_date: profile.start_date,
        }),
        Some(profile) => {
            let fresh = form.profile(now)?;
            let renewed = ClientProfile { reopened: false, ..form::renew(profile, fresh) };
            Ok(Enlistment::Enlisted(vec![Effect::Profile(renewed)]))
        }
        None => Ok(Enlistment::Enlisted(vec![Effect::Profile(form.profile(now)?)])),
    }
}

/// Puts a pending client under orders and sends the pre-mission message, in the coach's own words
/// where he gives some.
///
/// # Errors
/// [`Refusal`] unless the client is pending and has macros and a training block; for templates that
/// the library does not have; where he would get the default meal template and it holds one of his
/// allergens; for a start date that has passed.
pub fn activate(
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    start: StartDate,
    words: Option<String>,
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    let client = &dossier.client;
    if client.status != Status::Pending {
        return Err(Refusal::WrongStatus { status: client.status });
    }
    let today = local_date(&client.timezone_offset, now);
    let start_date = match start {
        StartDate::Planned if client.start_date >= today => client.start_date,
        StartDate::Planned => next_tuesday_after(today),
        StartDate::On(start) if start < today => {
            return Err(Refusal::StartPassed { start, today });
        }
        StartDate::On(start) | StartDate::OnPast(start) => start,
    };
    let mut active = ClientProfile {
        status: Status::Active,
        paused: false,
        paused_until: None,
        reopened: false,
        start_date,
        cycle_start_date: cycle_start(start_date),
        block_id: client.training_template_id.clone(),
        block_start_date: Some(start_date),
        updated_at: Some(now),
        ..client.clone()
    };
    if let Some(assigned) = &active.meal_template_id {
        edit::meal_template(assigned, library)?;
    } else {
        active.meal_template_id = Some(policy.meals.fallback_template.clone());
        edit::check_meals(&active, library, &[])?;
    }
    edit::check_block(&active, library)?;
    edit::check_complete(&active)?;
    let welcome = Dispatch {
        key: format!("{}:welcome:{start_date}", client.user_id),
        to: Recipient::Client(client.user_id),
        message: Message::Welcome { start_date, text: words },
        priority: Priority::Order,
        not_before: now,
        expires_at: None,
        delivers: None,
    };
    Ok(vec![Effect::Profile(active), Effect::Send(welcome)])
}

#[cfg(test)]
mod tests;
