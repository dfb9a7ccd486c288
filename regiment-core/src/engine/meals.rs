//! Meal delivery: which plan runs the coming cycle, what it weighs, what goes out, what was eaten.
//!
//! The one rule: a client's messages hold foods and amounts, never calories or macros. Those stand
//! on the stored plan and on the coach's cards. `docs/engines/meals.md` walks through a cycle.

pub mod compile;
mod cycle;
mod deliver;
mod revise;
mod select;
mod shopping;
mod solve;
mod why;

pub use deliver::{deliver, log};
pub use revise::{Basis, recompile, refeed};
pub use select::{PromptDelivery, choose, close, offered, prompt, prompt_key};
pub use shopping::rearm;

use jiff::{Timestamp, civil::Date};

use super::schedule::{Due, Trigger};
use crate::{
    Decision, Effect, Outcome, Policy,
    calendar::{days_after, local_date, resolve},
    record::{AlertKind, ClientProfile, Gate, Severity},
};

/// Whether a client takes part in the cycle that begins on a Tuesday, asked at `now`: a start
/// within the cycle is enough.
fn gate(client: &ClientProfile, cycle_start: Date, now: Timestamp) -> Gate {
    let today = local_date(&client.timezone_offset, now);
    match client.gate(today) {
        Gate::NotStarted if client.start_date <= days_after(cycle_start, 6) => Gate::Open,
        Gate::Open if client.start_date > days_after(cycle_start, 6) => Gate::NotStarted,
        gate @ (Gate::Open | Gate::NotActive | Gate::Paused | Gate::NotStarted) => gate,
    }
}

/// The occurrence of a trigger on a local date; `None` on a date that the zone skipped.
fn due(client: &ClientProfile, policy: &Policy, trigger: Trigger, date: Date) -> Option<Due> {
    let moment = resolve(&client.timezone_offset, date, trigger.time(policy))?;
    Some(Due { trigger, date, moment })
}

/// Ends a message's occurrence that comes too late to be of use.
fn too_late(client: &ClientProfile, what: &str, date: Date) -> Decision {
    let alert = Effect::Alert {
        kind: AlertKind::DeliveryMissed,
        severity: Severity::Medium,
        user_id: Some(client.user_id),
        text: format!("the {what} of {date} was too late to be of use"),
    };
    Decision { outcome: Outcome::SkippedLate, effects: vec![alert] }
}

#[cfg(test)]
mod tests;
