use jiff::Timestamp;

use super::form;
use crate::{
    Dossier, Effect, Invalid, Library, Slug,
    calendar::{Zone, cycle_start, days_after, local_date},
    engine::{Refusal, orders},
    measure::Minutes,
    record::{ClientProfile, MealTemplate, OrderKind, Status, TrainingTemplate},
};

/// What a coach says explicitly to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Override {
    /// A start date that has passed.
    PastStart,
    /// A meal template that holds one of the client's allergens.
    Allergens,
}

/// Saves what a coach changed in a profile.
///
/// Goal, zone and cardio act by themselves at the next trigger that reads them; macros and meal
/// template with the next cycle that is not yet compiled; a training block as [`assign_block`]
/// says. What the program itself keeps (status, pause, block, counters) is not taken from the
/// edited profile.
///
/// # Errors
/// [`Refusal`] for a profile that is archived or locked by a pause, ids the library does not have,
/// allergens and past start dates that are not overridden, cardio set to 0 without a reason, an
/// active profile without macros or templates, consent that is the client's to give, and texts out
/// of bounds.
pub fn edit(
    dossier: &Dossier,
    library: &Library,
    edited: ClientProfile,
    overrides: &[Override],
    reason: Option<&str>,
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    let client = &dossier.client;
    only_editable(client)?;
    let mut next = own_fields_of(client, texts_checked(edited)?);
    let today = local_date(&next.timezone_offset, now);
    let none = |minutes: Option<Minutes>| minutes.is_some_and(|minutes| minutes.get() == 0);
    if none(next.cardio_minutes)
        && !none(client.cardio_minutes)
        && reason.is_none_or(|reason| reason.trim().is_empty())
    {
        return Err(Refusal::ReasonNeeded { to: "assign no cardio" });
    }
    if next.start_date != client.start_date {
        let start = next.start_date;
        if start < today && !overrides.contains(&Override::PastStart) {
            return Err(Refusal::StartPassed { start, today });
        }
        next.cycle_start_date = cycle_start(start);
    }
    if next.meal_template_id != client.meal_template_id || next.allergens != client.allergens {
        check_meals(&next, library, overrides)?;
    }
    check_choices(&next, library)?;
    check_consent(client, &next)?;
    if next.training_template_id != client.training_template_id {
        check_block(&next, library)?;
        next = with_block(dossier, next, now);
    }
    if next.status == Status::Active {
        check_complete(&next)?;
    }
    next.updated_at = Some(now);
    Ok(vec![Effect::Profile(next)])
}

/// Assigns a training block, or the same one again from its first mission: at once, or from
/// tomorrow when today's workout has gone out.
///
/// # Errors
/// [`Refusal`] for a profile that is archived or locked by a pause, and for an unknown block.
pub fn assign_block(
    dossier: &Dossier,
    library: &Library,
    block: &Slug<TrainingTemplate>,
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    only_editable(&dossier.client)?;
    let next = ClientProfile {
        training_template_id: Some(block.clone()),
        updated_at: Some(now),
        ..dossier.client.clone()
    };
    check_block(&next, library)?;
    Ok(vec![Effect::Profile(with_block(dossier, next, now))])
}

/// What a client sets for himself; what is absent stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// Whether he agrees to public callouts.
    pub public_callout_opt_in: Option<bool>,
    /// Whether he agrees to appear on the honors board.
    pub honors_opt_in: Option<bool>,
    /// The only name ever posted publicly.
    pub alias: Option<String>,
    /// The time zone, which acts at once.
    pub timezone_offset: Option<Zone>,
}

/// Saves what a client sets for himself. A pause locks none of it: consent can be withdrawn at any
/// time.
///
/// # Errors
/// [`Refusal`] for an alias out of bounds, and for agreeing to be posted without one.
pub fn set(
    client: &ClientProfile,
    settings: Settings,
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    let Settings { public_callout_opt_in, honors_opt_in, alias, timezone_offset } = settings;
    if client.status == Status::Archived {
        return Err(Refusal::WrongStatus { status: client.status });
    }
    let agrees = public_callout_opt_in == Some(true) || honors_opt_in == Some(true);
    let alias = match alias {
        Some(text) => Some(form::alias(&text)?),
        None => client.alias.clone(),
    };
    if agrees && alias.is_none() {
        return Err(Refusal::AliasNeeded);
    }
    Ok(vec![Effect::Profile(ClientProfile {
        public_callout_opt_in: public_callout_opt_in.unwrap_or(client.public_callout_opt_in),
        honors_opt_in: honors_opt_in.unwrap_or(client.honors_opt_in),
        alias,
        timezone_offset: timezone_offset.unwrap_or_else(|| client.timezone_offset.clone()),
        updated_at: Some(now),
        ..client.clone()
    })])
}

/// Refuses a meal template that is not in the library, or that holds one of the client's allergens.
pub(super) fn check_meals(
    client: &ClientProfile,
    library: &Library,
    overrides: &[Override],
) -> Result<(), Refusal> {
    let Some(id) = &client.meal_template_id else { return Ok(()) };
    let template = meal_template(id, library)?;
    let holds = library.allergens_in(template);
    let allergens: Vec<String> =
        client.allergens.iter().filter(|it| holds.contains(it.as_str())).cloned().collect();
    if allergens.is_empty() || overrides.contains(&Override::Allergens) {
        return Ok(());
    }
    Err(Refusal::Allergens { template: id.to_string(), allergens })
}

/// Refuses a training block that is not in the library.
pub(super) fn check_block(client: &ClientProfile, library: &Library) -> Result<(), Refusal> {
    match &client.training_template_id {
        Some(id) if !library.training_templates.contains_key(id) => {
            Err(Refusal::NotInLibrary { kind: "training block", id: id.to_string() })
        }
        _ => Ok(()),
    }
}

/// Refuses an active profile that lacks what its orders are made of.
pub(super) fn check_complete(client: &ClientProfile) -> Result<(), Refusal> {
    let missing: Vec<&str> = [
        ("macros", client.macros.is_none()),
        ("meal_template_id", client.meal_template_id.is_none()),
        ("training_template_id", client.training_template_id.is_none()),
    ]
    .into_iter()
    .filter_map(|(field, is_missing)| is_missing.then_some(field))
    .collect();
    if missing.is_empty() { Ok(()) } else { Err(Refusal::Incomplete { missing }) }
}

/// Refuses to give a client's consent for him, and to post one who has no alias.
fn check_consent(client: &ClientProfile, next: &ClientProfile) -> Result<(), Refusal> {
    for (field, was, is) in [
        ("public_callout_opt_in", client.public_callout_opt_in, next.public_callout_opt_in),
        ("honors_opt_in", client.honors_opt_in, next.honors_opt_in),
    ] {
        if is && !was {
            return Err(Invalid::new(field, is, "agreed to by the client himself").into());
        }
        if is && next.alias.is_none() {
            return Err(Refusal::AliasNeeded);
        }
    }
    Ok(())
}

fn check_choices(client: &ClientProfile, library: &Library) -> Result<(), Refusal> {
    client.plan_choices.iter().try_for_each(|id| meal_template(id, library).map(|_| ()))
}

pub(super) fn meal_template<'a>(
    id: &Slug<MealTemplate>,
    library: &'a Library,
) -> Result<&'a MealTemplate, Refusal> {
    library
        .meal_templates
        .get(id)
        .ok_or_else(|| Refusal::NotInLibrary { kind: "meal template", id: id.to_string() })
}

fn only_editable(client: &ClientProfile) -> Result<(), Refusal> {
    match client.status {
        Status::Archived => Err(Refusal::WrongStatus { status: client.status }),
        Status::Active if client.paused => Err(Refusal::Locked),
        Status::Active | Status::Pending => Ok(()),
    }
}

/// Lets a profile's new block begin: a pending client's on his start date, by activation.
fn with_block(dossier: &Dossier, next: ClientProfile, now: Timestamp) -> ClientProfile {
    let block_start_date = match next.status {
        Status::Pending | Status::Archived => None,
        Status::Active => {
            let today = local_date(&next.timezone_offset, now);
            let has_gone_out = orders::has_gone_out(dossier, OrderKind::Training, today);
            let first = if has_gone_out { days_after(today, 1) } else { today };
            Some(first.max(next.start_date))
        }
    };
    ClientProfile { block_id: next.training_template_id.clone(), block_start_date, ..next }
}

/// Checks and tidies what was typed into a profile.
fn texts_checked(edited: ClientProfile) -> Result<ClientProfile, Refusal> {
    let mut training_days = edited.training_days.clone();
    training_days.sort_unstable();
    training_days.dedup();
    let mut allergens: Vec<String> = edited
        .allergens
        .iter()
        .map(|allergen| allergen.trim().to_lowercase())
        .filter(|allergen| !allergen.is_empty())
        .collect();
    allergens.sort_unstable();
    allergens.dedup();
    let cardio_type = form::text("cardio_type", Some(&edited.cardio_type))?;
    Ok(ClientProfile {
        name: form::text("name", edited.name.as_deref())?,
        email: form::email(edited.email.as_deref())?,
        gender: form::text("gender", edited.gender.as_deref())?,
        photo_url: form::link(edited.photo_url.as_deref())?,
        alias: edited.alias.as_deref().map(form::alias).transpose()?,
        cardio_type: cardio_type.unwrap_or_else(|| "zone2".to_owned()),
        training_days,
        allergens,
        ..edited
    })
}

/// Keeps what a coach does not edit as it is.
fn own_fields_of(client: &ClientProfile, edited: ClientProfile) -> ClientProfile {
    ClientProfile {
        user_id: client.user_id,
        status: client.status,
        paused: client.paused,
        paused_until: client.paused_until,
        paused_since: client.paused_since,
        reopened: client.reopened,
        blocked_refeed: client.blocked_refeed,
        cycle_start_date: client.cycle_start_date,
        block_id: client.block_id.clone(),
        block_start_date: client.block_start_date,
        subject: client.subject.clone(),
        created_at: client.created_at,
        version: client.version,
        ..edited
    }
}
