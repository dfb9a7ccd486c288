//! Training: which workout a date brings, and the top sets a client logs.

mod mission;
mod sets;

use jiff::{Timestamp, civil::Date};

use super::{cards, orders};
use crate::{Decision, Dossier, Library, Outcome, Policy, record::Ordered};

pub use mission::{Mission, mission, training_days};
pub use sets::log;

/// Issues the workout of a local date and sends it.
///
/// A rest day has nothing due. Where the template is missing or an exercise unknown, the workout
/// goes out all the same and the coach has a card; so he has when the block has run its weeks.
pub fn drop(
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    date: Date,
    now: Timestamp,
) -> Decision {
    if let Some(gated) = orders::gated(dossier.client.gate(date)) {
        return gated;
    }
    let (mut decision, findings) = match mission(dossier, library, policy, date) {
        Mission::Rest => return Decision::skip(Outcome::NothingDue),
        Mission::NoBlock(finding) => (Decision::skip(Outcome::NothingDue), vec![finding]),
        Mission::Due { order, findings } => {
            (orders::issue(dossier, policy, date, Ordered::Training(order), now), findings)
        }
    };
    decision.effects.extend(cards::raise(dossier, date, now, findings));
    decision
}

#[cfg(test)]
mod tests;
