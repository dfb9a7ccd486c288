//! The checker: a plain function of what was asked and what is left.
//!
//! It knows the promises and nothing of how they are kept. Each promise that is broken is a [`Violation`] that names
//! the rule; `tampered.rs` shows that it finds every one.

mod days;
mod ledger;
mod messages;
mod writes;

use std::collections::BTreeMap;

use regiment_core::Policy;

use crate::evidence::Evidence;
use crate::history::Asked;

/// A promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// A write that was acknowledged is there.
    NoWriteIsLost,
    /// It is there once.
    NoWriteIsRepeated,
    /// A write that was refused is not there.
    NoRefusedWriteIsKept,
    /// Nothing is there that nobody asked for.
    NothingIsInvented,
    /// A client is there as a whole or not at all.
    NoHalfClient,
    /// Each occurrence that was due has its row in the ledger.
    EveryOccurrenceHasARun,
    /// It has one.
    NoOccurrenceRunsTwice,
    /// No other has one.
    NoRunIsInvented,
    /// Nothing that is due waits.
    NothingIsOverdue,
    /// A date is closed if and only if its closing ran.
    ClosingsMatchTheLedger,
    /// Each item of a closed date has an outcome.
    EveryItemHasAnOutcome,
    /// An order stands where its drop ran, and only there; its message lies in the outbox.
    OrdersMatchTheLedger,
    /// Infractions say what the logs say.
    InfractionsMatchTheLogs,
    /// No message was let go twice.
    NoMessageIsSentTwice,
    /// A message that counts as delivered was let go.
    NoDeliveryIsInvented,
    /// What was let go is a message of the outbox.
    NoMessageIsInvented,
    /// An order counts as delivered if and only if its message does.
    DeliveriesMatchTheOrders,
    /// No message waits that could leave, and no two bear one key.
    EveryMessageEnds,
    /// The chain of the audit trail holds.
    TheChainHolds,
    /// Whatever staff did stands in the audit trail, and nothing else.
    EveryActIsAudited,
}

/// A promise that was broken, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    pub(crate) rule: Rule,
    pub(crate) at: String,
}

/// The violations found so far.
#[derive(Debug, Default)]
pub(crate) struct Found(Vec<Violation>);

impl Found {
    fn add(&mut self, rule: Rule, at: impl Into<String>) {
        self.0.push(Violation { rule, at: at.into() });
    }

    /// Notes a violation unless `holds`.
    fn unless(&mut self, holds: bool, rule: Rule, at: impl FnOnce() -> String) {
        if !holds {
            self.add(rule, at());
        }
    }
}

/// Returns every promise that was broken.
pub(crate) fn check(asked: &[Asked], evidence: &Evidence, policy: &Policy) -> Vec<Violation> {
    let mut found = Found::default();
    writes::check(asked, evidence, &mut found);
    ledger::check(evidence, policy, &mut found);
    days::check(evidence, policy, &mut found);
    messages::check(evidence, &mut found);
    found.0.sort();
    found.0
}

/// Counts how often each value occurs.
fn counted<T: Ord>(values: impl IntoIterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
}
