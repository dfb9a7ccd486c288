//! Plan selection: who is asked, what he chose, and what silence means.

use jiff::{Timestamp, civil::Date};

use super::{cycle, due, gate, too_late};
use crate::{
    Decision, Dossier, Effect, Library, Outcome, Policy, Slug, UserId,
    calendar::{cycle_start, days_after, days_before, local_date, local_time},
    engine::{
        Refusal, orders,
        schedule::{self, Trigger},
    },
    message::{Dispatch, Message, Priority, Recipient},
    record::{Choice, ClientProfile, Gate, MealTemplate, PlanChoice},
};

/// A client with any other template keeps it without being asked.
const SELECTABLE: [&str; 4] = ["template_a", "template_b", "template_c", "template_d"];

/// What became of a plan prompt by its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptDelivery {
    /// It reached the client: silence is his answer.
    Delivered,
    /// It did not: nothing changes, and nobody is blamed.
    NotDelivered,
}

/// Returns the key under which a prompt's delivery is unique, so that the deadline can ask whether
/// it arrived.
pub fn prompt_key(user_id: UserId, cycle_start: Date) -> String {
    format!("{user_id}:plan_prompt:{cycle_start}")
}

/// Returns what a client may choose from; nothing where he is not asked.
///
/// A client is asked who has a template of A to D and more than one entry to choose from. A
/// template that can't be compiled is not offered, nor one that holds an allergen of the client,
/// unless the coach assigned that very one.
pub fn offered<'a>(client: &ClientProfile, library: &'a Library) -> Vec<&'a MealTemplate> {
    let assigned = client.meal_template_id.as_ref();
    let has_choice = assigned.is_none_or(|id| SELECTABLE.contains(&id.as_str()));
    let mut ids = client.choices();
    ids.sort_unstable();
    ids.dedup();
    let mut templates = Vec::new();
    if has_choice {
        templates = ids.iter().filter_map(|id| cycle::usable(library, id).ok()).collect();
        templates.retain(|template| {
            assigned == Some(&template.template_id)
                || !library.conflicts(template, &client.allergens)
        });
    }
    if templates.len() > 1 { templates } else { Vec::new() }
}

/// Asks a client for the plan of the cycle that follows a date.
pub fn prompt(
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    date: Date,
    now: Timestamp,
) -> Decision {
    let client = &dossier.client;
    let cycle_start = schedule::coming_cycle(date);
    if let Some(skip) = orders::gated(gate(client, cycle_start, now)) {
        return skip;
    }
    let offered = offered(client, library);
    if offered.is_empty() || dossier.plan(cycle_start).is_some() {
        return Decision::skip(Outcome::NothingDue);
    }
    let Some(due) = due(client, policy, Trigger::PlanPrompt, date) else {
        return Decision::skip(Outcome::DateSkipped);
    };
    let deadline = deadline(client, policy, cycle_start);
    if now >= deadline {
        // Who was not under orders on that date yet missed nothing.
        return if date < client.start_date {
            Decision::skip(Outcome::NothingDue)
        } else {
            too_late(client, "plan prompt", date)
        };
    }
    let choices = offered
        .into_iter()
        .map(|template| (template.template_id.clone(), template.name.clone()))
        .collect();
    Decision::done(vec![Effect::Send(Dispatch {
        key: prompt_key(client.user_id, cycle_start),
        to: Recipient::Client(client.user_id),
        message: Message::PlanPrompt { cycle_start, choices, deadline },
        priority: Priority::Order,
        not_before: due.moment.at.max(now),
        expires_at: Some(deadline),
        delivers: None,
    })])
}

/// Records a client's choice for one cycle; until the deadline he may choose again. His assigned
/// template stays what it is.
///
/// # Errors
/// [`Refusal`] at and after the deadline, for what was not offered, and for a client who takes no
/// part in the cycle.
pub fn choose(
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    (cycle_start, template_id): (Date, Slug<MealTemplate>),
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    let client = &dossier.client;
    match gate(client, cycle_start, now) {
        Gate::Open => {}
        Gate::NotActive => return Err(Refusal::WrongStatus { status: client.status }),
        Gate::Paused => return Err(Refusal::Locked),
        Gate::NotStarted => return Err(Refusal::NotOrdered { date: cycle_start }),
    }
    let deadline = deadline(client, policy, cycle_start);
    if now >= deadline {
        let zone = &client.timezone_offset;
        return Err(Refusal::Closed {
            date: local_date(zone, deadline),
            time: local_time(zone, deadline),
        });
    }
    let today = local_date(&client.timezone_offset, now);
    if cycle_start != schedule::coming_cycle(today) {
        return Err(Refusal::NotOrdered { date: cycle_start });
    }
    let offered = offered(client, library);
    if !offered.iter().any(|template| template.template_id == template_id) {
        let ids: Vec<&str> = offered.iter().map(|template| template.template_id.as_str()).collect();
        let accepted = match ids.as_slice() {
            [] => "left to the coach".to_owned(),
            ids => format!("one of {}", ids.join(", ")),
        };
        return Err(crate::Invalid::new("template_id", template_id, accepted).into());
    }
    let user_id = client.user_id;
    Ok(vec![Effect::Choose(PlanChoice { user_id, cycle_start, template_id, chosen_at: now })])
}

/// Closes the selection for the cycle that follows a date, and compiles that cycle.
pub fn close(
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    date: Date,
    prompt: PromptDelivery,
    now: Timestamp,
) -> Decision {
    let client = &dossier.client;
    let coming = schedule::coming_cycle(date);
    if let Some(skip) = orders::gated(gate(client, coming, now)) {
        return skip;
    }
    let today = local_date(&client.timezone_offset, now);
    if today > days_after(coming, 6) {
        return Decision::skip(Outcome::SkippedLate);
    }
    if dossier.plan(coming).is_some() {
        return Decision::skip(Outcome::NothingDue);
    }
    let selected = selected(dossier, library, policy, coming, prompt);
    Decision::done(cycle::compile(dossier, library, policy, coming, selected, now).effects)
}

/// The template of a cycle, as the client's answer, or its absence, decides.
fn selected(
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    coming: Date,
    prompt: PromptDelivery,
) -> (Option<Slug<MealTemplate>>, Choice) {
    let client = &dossier.client;
    let offered = offered(client, library);
    if offered.is_empty() {
        return (client.meal_template_id.clone(), Choice::Assigned);
    }
    if let Some(chosen) = chosen(dossier, library, coming) {
        return (Some(chosen), Choice::Chosen);
    }
    if prompt == PromptDelivery::NotDelivered {
        let running = dossier.plan(cycle_start(days_before(coming, 1)));
        let running = running.map(|plan| plan.template_id.clone());
        return (running.or_else(|| client.meal_template_id.clone()), Choice::NotDelivered);
    }
    let fallback = &policy.meals.fallback_template;
    if offered.iter().any(|template| &template.template_id == fallback) {
        return (Some(fallback.clone()), Choice::NoResponse);
    }
    (client.meal_template_id.clone(), Choice::NoResponse)
}

/// The template of a cycle whose selection nobody is waiting for: what was chosen, or assigned.
pub(super) fn standing(
    dossier: &Dossier,
    library: &Library,
    cycle_start: Date,
) -> (Option<Slug<MealTemplate>>, Choice) {
    match chosen(dossier, library, cycle_start) {
        Some(chosen) => (Some(chosen), Choice::Chosen),
        None => (dossier.client.meal_template_id.clone(), Choice::Assigned),
    }
}

/// What the client chose, while the coach still allows it.
fn chosen(dossier: &Dossier, library: &Library, cycle_start: Date) -> Option<Slug<MealTemplate>> {
    let choice = dossier.choices.iter().find(|choice| choice.cycle_start == cycle_start)?;
    let allowed = offered(&dossier.client, library);
    allowed
        .iter()
        .any(|template| template.template_id == choice.template_id)
        .then(|| choice.template_id.clone())
}

/// When the selection for a cycle closes.
fn deadline(client: &ClientProfile, policy: &Policy, cycle_start: Date) -> Timestamp {
    let from = days_before(cycle_start, 7);
    schedule::next(Trigger::PlanDeadline, &client.timezone_offset, policy, from).due.moment.at
}
