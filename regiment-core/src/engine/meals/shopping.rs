//! The rearming order: what to buy for a cycle.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::{
    cycle::{self, Cycle},
    due, gate, too_late,
};
use crate::{
    Decision, Dossier, Effect, Library, Outcome, Policy,
    calendar::days_after,
    engine::{
        orders,
        schedule::{self, Trigger},
    },
    message::{Dispatch, Message, Priority, Recipient, ShoppingItem},
    record::{ClientProfile, CompiledPlan, MealOrder},
};

/// Orders the shopping for the cycle that follows a date.
pub fn rearm(
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
    let Some(due) = due(client, policy, Trigger::ShoppingList, date) else {
        return Decision::skip(Outcome::DateSkipped);
    };
    if !schedule::is_of_use(&due, &client.timezone_offset, policy, now) {
        return too_late(client, "rearming order", date);
    }
    let Cycle { plan, mut effects } = cycle::standing(dossier, library, policy, cycle_start, now);
    let Some(message) = message(client, library, &plan, cycle_start) else {
        return Decision { outcome: Outcome::NothingDue, effects };
    };
    effects.push(Effect::Send(Dispatch {
        key: format!("{}:rearming:{cycle_start}", client.user_id),
        to: Recipient::Client(client.user_id),
        message,
        priority: Priority::Order,
        not_before: now,
        expires_at: schedule::of_use_until(&due, &client.timezone_offset, policy),
        delivers: None,
    }));
    Decision::done(effects)
}

/// Says what to buy for the days of a plan from a date on; `None` where no day is left. Days
/// before the client's start are not bought for.
pub(super) fn message(
    client: &ClientProfile,
    library: &Library,
    plan: &CompiledPlan,
    from: Date,
) -> Option<Message> {
    let from = from.max(plan.cycle_start).max(client.start_date);
    let until = days_after(plan.cycle_start, 6);
    let daily: Vec<Vec<MealOrder>> = plan
        .days
        .iter()
        .filter(|day| days_after(plan.cycle_start, i64::from(day.day_index) - 1) >= from)
        .map(|day| day.meals.clone())
        .collect();
    (!daily.is_empty()).then(|| Message::RearmingOrder {
        from,
        until,
        items: sum(library, &daily),
        daily,
        instructions: cycle::instructions(library, plan),
    })
}

/// Adds up what days take, ordered as a shop is: by food group, then by name.
fn sum(library: &Library, daily: &[Vec<MealOrder>]) -> Vec<ShoppingItem> {
    let mut sums: BTreeMap<&str, (u32, Option<u32>)> = BTreeMap::new();
    for portion in daily.iter().flatten().flat_map(|meal| &meal.portions) {
        let (grams, units) = sums.entry(&portion.food).or_default();
        *grams += portion.grams;
        if let Some(more) = portion.units {
            *units = Some(units.unwrap_or(0) + more);
        }
    }
    let mut items: Vec<ShoppingItem> = sums
        .into_iter()
        .map(|(food, (grams, units))| ShoppingItem { food: food.to_owned(), grams, units })
        .collect();
    let group = |item: &ShoppingItem| {
        library.food_named(&item.food).one().map(|food| food.category.clone())
    };
    items.sort_by_cached_key(|item| (group(item), item.food.clone()));
    items
}
