use jiff::Timestamp;

use super::{Due, Trigger, coming_cycle, next};
use crate::{
    Decision, Dossier, Effect, Library, Outcome, Policy,
    calendar::{cycle_start, days_after, local_date},
    engine::{
        checkin,
        meals::{self, PromptDelivery},
        onboarding, sweep, training,
    },
};

/// Decides a due occurrence by asking its engine, which asks the gate. However the occurrence ends,
/// it ends once, and a skip says why.
pub fn fire(
    due: &Due,
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    now: Timestamp,
) -> Decision {
    let date = due.date;
    match due.trigger {
        Trigger::PauseEnd => pause_end(due, dossier, library, policy, now),
        Trigger::CheckinClose => sweep::close_checkin(dossier, policy, date, now),
        Trigger::DayClose => sweep::close_day(dossier, policy, date, now),
        Trigger::CheckinDrop => checkin::drop(dossier, policy, date, now),
        Trigger::MealDrop => meals::deliver(dossier, library, policy, date, now),
        Trigger::TrainingDrop => training::drop(dossier, library, policy, date, now),
        Trigger::PlanPrompt => meals::prompt(dossier, library, policy, date, now),
        Trigger::PlanDeadline => {
            let reached = dossier.prompted.contains(&coming_cycle(date));
            let prompt =
                if reached { PromptDelivery::Delivered } else { PromptDelivery::NotDelivered };
            meals::close(dossier, library, policy, date, prompt, now)
        }
        Trigger::ShoppingList => meals::rearm(dossier, library, policy, date, now),
    }
}

/// Runs the steps of the coming cycle that passed while a client could not take part: he gets them
/// at once.
pub fn catch_up(
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    now: Timestamp,
) -> Vec<Effect> {
    let zone = &dossier.client.timezone_offset;
    let week = cycle_start(local_date(zone, now));
    let mut seen = dossier.clone();
    let mut effects = Vec::new();
    for trigger in [Trigger::PlanPrompt, Trigger::PlanDeadline, Trigger::ShoppingList] {
        let due = next(trigger, zone, policy, week).due;
        let compiled = seen.plan(days_after(week, 7)).is_some();
        if due.moment.at > now || (compiled && trigger == Trigger::PlanPrompt) {
            continue;
        }
        for effect in fire(&due, &seen, library, policy, now).effects {
            seen.apply(&effect);
            effects.push(effect);
        }
    }
    effects
}

/// Ends a pause whose day has come, and catches up with the coming cycle.
fn pause_end(
    due: &Due,
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    now: Timestamp,
) -> Decision {
    let mut decision = onboarding::pause_end(dossier, due.date, now);
    if decision.outcome == Outcome::Done {
        let mut resumed = dossier.clone();
        decision.effects.iter().for_each(|effect| resumed.apply(effect));
        decision.effects.extend(catch_up(&resumed, library, policy, now));
    }
    decision
}
