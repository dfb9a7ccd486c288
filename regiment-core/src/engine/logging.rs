//! Who may enter or correct a log, and until when: the one place where every stream asks.
//!
//! A client answers an item of a standing order, and may change the answer, until the item's
//! deadline. What counts is when the entry was made, not when it arrived: one that was made in time
//! supersedes the automatic miss as a revision. After the deadline only a coach may override, with
//! a reason.

use jiff::Timestamp;

use super::Refusal;
use crate::{
    Dossier, Policy,
    calendar::local_time,
    effect::Entry,
    record::{Actor, Cause, Log, LogKey, Order},
};

/// Which way an entry came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// Straight from the person.
    Live,
    /// From the spool that kept it while the database was away: it may be of any age.
    Spool,
}

/// Who made an entry, when and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// Who.
    pub by: Actor,
    /// When the person made it, by the clock of whoever took it.
    pub entered_at: Timestamp,
    /// When it arrived.
    pub now: Timestamp,
    /// Which way it came.
    pub via: Via,
    /// Why, where the deadline has passed.
    pub reason: Option<String>,
}

impl Submission {
    /// Describes an entry that arrives as it is made.
    pub const fn at(now: Timestamp, by: Actor) -> Self {
        Self { by, entered_at: now, now, via: Via::Live, reason: None }
    }

    /// Returns when the entry counts as made: a clock that runs ahead of ours gains nothing.
    pub fn made_at(&self) -> Timestamp {
        self.entered_at.min(self.now)
    }

    /// Turns a log into its next revision.
    pub fn entry(&self, log: Log) -> Entry {
        let reason = self.stated_reason().map(str::to_owned);
        Entry { log, entered_at: self.made_at(), by: self.by.clone(), reason }
    }

    fn stated_reason(&self) -> Option<&str> {
        self.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty())
    }
}

/// Admits an entry for an item, or says why not.
///
/// # Errors
/// A client is refused what is not his, what no standing order asks, an entry that is stale or made
/// at or after the deadline, and one that is older than the answer that stands. A coach is refused
/// what was neither ordered nor logged, and an override without a reason.
pub fn admit(
    dossier: &Dossier,
    policy: &Policy,
    key: &LogKey,
    submission: &Submission,
) -> Result<(), Refusal> {
    let standing = dossier.log(key);
    let order = order_of(dossier, key);
    match &submission.by {
        Actor::Client(id) if *id == key.user_id => {
            let order = order?;
            let minutes = policy.delivery.entered_at_minutes;
            let made_at = submission.made_at();
            let age = submission.now.duration_since(made_at);
            if submission.via == Via::Live && age.as_micros() > i128::from(minutes) * 60_000_000 {
                return Err(Refusal::Stale { minutes });
            }
            if made_at >= order.deadline {
                let time = local_time(&dossier.client.timezone_offset, order.deadline);
                return Err(Refusal::Closed { date: order.date, time });
            }
            match standing {
                Some(log) if log.at() > made_at && !is_automatic(log, order) => {
                    Err(Refusal::Superseded)
                }
                _ => Ok(()),
            }
        }
        Actor::Client(_) | Actor::System => Err(Refusal::NotYours),
        Actor::Coach(_) | Actor::Admin(_) => {
            let is_open = match order {
                Ok(order) => submission.now < order.deadline,
                Err(refusal) if standing.is_none() => return Err(refusal),
                Err(_) => false,
            };
            if is_open || submission.stated_reason().is_some() {
                Ok(())
            } else {
                Err(Refusal::ReasonNeeded { to: "override a closed log" })
            }
        }
    }
}

/// Returns why a miss of an item is nobody's fault: the cause that stands already, or an excuse.
pub fn cause_of_miss(dossier: &Dossier, key: &LogKey) -> Option<Cause> {
    let standing = dossier.log(key).and_then(Log::cause);
    standing.or_else(|| {
        let excused = dossier.excuses.iter().any(|excuse| excuse.covers(key));
        excused.then_some(Cause::Excused)
    })
}

/// Returns whether a log is the miss that the closing wrote.
fn is_automatic(log: &Log, order: &Order) -> bool {
    log.is_missed() && log.at() >= order.deadline
}

fn order_of<'a>(dossier: &'a Dossier, key: &LogKey) -> Result<&'a Order, Refusal> {
    let date = key.date;
    let mut orders =
        dossier.orders.iter().filter(|order| order.date == date && order.keys().contains(key));
    match orders.clone().find(|order| order.stands()) {
        Some(order) => Ok(order),
        None if orders.next().is_some() => Err(Refusal::Withdrawn { date }),
        None => Err(Refusal::NotOrdered { date }),
    }
}

#[cfg(test)]
mod tests;
