//! What was due against the ledger.

use std::collections::BTreeSet;

use jiff::civil::Date;
use regiment_core::calendar::days_after;
use regiment_core::engine::schedule::{self, Next, Trigger};
use regiment_core::record::ClientProfile;
use regiment_core::store::{ClientTrigger, Occasion};
use regiment_core::{Policy, UserId};

use super::{Found, Rule, counted};
use crate::evidence::Evidence;

/// An occurrence of a client's trigger.
type Occurrence = (UserId, Trigger, Date);

pub(super) fn check(evidence: &Evidence, policy: &Policy, found: &mut Found) {
    let mut due = BTreeSet::new();
    for trigger in &evidence.triggers {
        found.unless(trigger.due.moment.at > evidence.at, Rule::NothingIsOverdue, || {
            format!("{} of {} for {}", trigger.due.trigger, trigger.due.date, trigger.user_id)
        });
        if let Some(client) = evidence.clients.get(&trigger.user_id) {
            due.extend(occurrences(client, trigger, policy));
        }
    }
    let mut ran = BTreeSet::new();
    for (occasion, times) in counted(evidence.runs.iter().map(|run| run.occasion)) {
        found.unless(times == 1, Rule::NoOccurrenceRunsTwice, || format!("{occasion:?}"));
        if let Occasion::Client { user_id, trigger, date } = occasion {
            ran.insert((user_id, trigger, date));
        }
    }
    for missing in due.difference(&ran) {
        found.add(Rule::EveryOccurrenceHasARun, format!("{missing:?}"));
    }
    for invented in ran.difference(&due) {
        found.add(Rule::NoRunIsInvented, format!("{invented:?}"));
    }
}

/// Returns what fell due for a client from the moment he came to the occurrence that is next.
fn occurrences<'a>(
    client: &'a ClientProfile,
    row: &'a ClientTrigger,
    policy: &'a Policy,
) -> impl Iterator<Item = Occurrence> + 'a {
    let trigger = row.due.trigger;
    let came = client.created_at.expect("a stored profile says when it was made");
    let first = schedule::first(trigger, client, policy, came);
    let following = move |last: &Next| {
        let after = days_after(last.due.date, 1);
        Some(schedule::next(trigger, &client.timezone_offset, policy, after))
    };
    std::iter::successors(Some(first), following)
        .take_while(|next| next.due.date <= row.due.date)
        .flat_map(|next| next.skipped.into_iter().chain([next.due.date]))
        .filter(|date| *date < row.due.date)
        .map(move |date| (client.user_id, trigger, date))
}
