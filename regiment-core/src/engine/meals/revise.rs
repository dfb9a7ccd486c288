//! What a coach changes in a plan that is compiled already.

use jiff::{Timestamp, civil::Date};

use super::{compile::Kitchen, cycle, shopping};
use crate::{
    Dossier, Effect, Invalid, Library, Policy,
    calendar::{cycle_day, cycle_start, days_after, days_before, local_date, resolve},
    engine::{Refusal, orders, schedule},
    message::{Dispatch, Priority, Recipient},
    record::{Choice, CompiledPlan, Macros, OrderKind},
};

/// Which template a cycle is compiled again from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The one that the plan runs: the client's choice, where he made one, stands.
    Running,
    /// The one that the coach has assigned.
    Assigned,
}

/// Compiles a running or coming cycle again, to the client's present macros. Days whose order has
/// gone out stay as they were; a new rearming order says what the rest takes.
///
/// # Errors
/// [`Refusal`] for a cycle that is over, or that the selection deadline has yet to compile.
pub fn recompile(
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    (start, basis): (Date, Basis),
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    let before = compiled(dossier, start, now)?;
    let from = first_open_day(dossier, start, now);
    let template = match basis {
        Basis::Running => Some(before.template_id.clone()),
        Basis::Assigned => dossier.client.meal_template_id.clone(),
    };
    let selected = (template, Choice::Coach);
    let compiled = cycle::compile(dossier, library, policy, start, selected, now);
    let mut plan = compiled.plan;
    // What has been ordered is history.
    for (day, old) in plan.days.iter_mut().zip(&before.days) {
        if days_after(start, i64::from(day.day_index) - 1) < from && day != old {
            day.clone_from(old);
            plan.inputs.clear();
        }
    }
    let mut effects = compiled.effects;
    for effect in &mut effects {
        if let Effect::Plan(saved) = effect {
            saved.clone_from(&plan);
        }
    }
    effects.extend(rearm_again(dossier, library, policy, &plan, from, now));
    Ok(effects)
}

/// Plans a refeed: one day of a compiled cycle gets macros of its own, with more energy.
///
/// # Errors
/// [`Refusal`] while refeeds are blocked, for a day whose order has gone out, for a cycle that is
/// not compiled, and for macros that are no more than the cycle's.
pub fn refeed(
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    (date, macros): (Date, Macros),
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    if dossier.client.blocked_refeed {
        let days = policy.escalation.refeed_clears_after_days;
        return Err(Refusal::RefeedBlocked { days });
    }
    let start = cycle_start(date);
    let mut plan = compiled(dossier, start, now)?.clone();
    let from = first_open_day(dossier, start, now);
    if date < from {
        return Err(Invalid::new("date", date, format!("{from} or later")).into());
    }
    if energy(macros) <= energy(plan.macros) {
        let accepted = format!("above the cycle's {} kcal", energy(plan.macros));
        let value = format!("{} kcal", energy(macros));
        return Err(Invalid::new("macros", value, accepted).into());
    }
    let template = cycle::usable(library, &plan.template_id).map_err(|_| {
        Refusal::NotInLibrary { kind: "meal template", id: plan.template_id.to_string() }
    })?;
    let kitchen = Kitchen { library, policy: &policy.meals, without: &plan.without };
    let day = kitchen.day(template, cycle_day(date), macros);
    let index = usize::from(day.day_index) - 1;
    plan.days[index] = day;
    plan.compiled_at = now;
    plan.inputs.clear();
    let mut effects = vec![Effect::Plan(plan.clone())];
    effects.extend(cycle::report_gaps(dossier, &plan, &plan.days[index..=index], now));
    effects.extend(rearm_again(dossier, library, policy, &plan, from, now));
    Ok(effects)
}

/// The plan of a cycle that is not over.
fn compiled(dossier: &Dossier, start: Date, now: Timestamp) -> Result<&CompiledPlan, Refusal> {
    let today = local_date(&dossier.client.timezone_offset, now);
    match dossier.plan(start) {
        Some(plan) if today <= days_after(start, 6) => Ok(plan),
        _ => {
            Err(Invalid::new("cycle_start", start, "a cycle that is compiled and not over").into())
        }
    }
}

/// The first date of a cycle whose order has not gone out.
fn first_open_day(dossier: &Dossier, start: Date, now: Timestamp) -> Date {
    let today = local_date(&dossier.client.timezone_offset, now);
    let gone_out = orders::has_gone_out(dossier, OrderKind::Fuel, today);
    start.max(if gone_out { days_after(today, 1) } else { today })
}

/// The rearming order of a changed plan, unless the first one has yet to go out.
fn rearm_again(
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    plan: &CompiledPlan,
    from: Date,
    now: Timestamp,
) -> Option<Effect> {
    let client = &dossier.client;
    let zone = &client.timezone_offset;
    let week_before = days_before(plan.cycle_start, 7);
    let first = schedule::next(schedule::Trigger::ShoppingList, zone, policy, week_before).due;
    if now < first.moment.at {
        return None;
    }
    let last = days_after(plan.cycle_start, 6);
    Some(Effect::Send(Dispatch {
        key: format!("{}:rearming:{}:{now}", client.user_id, plan.cycle_start),
        to: Recipient::Client(client.user_id),
        message: shopping::message(client, library, plan, from)?,
        priority: Priority::Order,
        not_before: now,
        expires_at: resolve(zone, last, policy.misfire.orders_until).map(|moment| moment.at),
        delivers: None,
    }))
}

fn energy(macros: Macros) -> u32 {
    let Macros { protein, carbs, fats } = macros;
    4 * u32::from(protein.get()) + 4 * u32::from(carbs.get()) + 9 * u32::from(fats.get())
}
