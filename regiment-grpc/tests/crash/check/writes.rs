//! What was asked against what is there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use regiment_core::UserId;
use regiment_core::effect::PauseChange;
use regiment_core::record::{Actor, ClientProfile, LogKey, Revision, Status};

use super::{Found, Rule, counted};
use crate::evidence::Evidence;
use crate::history::{Answer, Asked, What};

pub(super) fn check(asked: &[Asked], evidence: &Evidence, found: &mut Found) {
    let mut revisions: BTreeMap<(LogKey, Timestamp), Vec<&Revision>> = BTreeMap::new();
    for revision in &evidence.revisions {
        if revision.by != Actor::System {
            let name = (revision.log.key(), revision.entered_at);
            revisions.entry(name).or_default().push(revision);
        }
    }
    for asked in asked {
        let write = &asked.write;
        let times = match &write.what {
            What::Log { key, entered_at, says } => revisions
                .remove(&(key.clone(), *entered_at))
                .unwrap_or_default()
                .iter()
                .filter(|revision| says.matches(&revision.log))
                .count(),
            What::Pause(change) => evidence
                .pauses
                .iter()
                .filter(|row| row.change == *change && row.reason == write.request_id)
                .count(),
            What::Create => usize::from(evidence.clients.contains_key(&write.user_id)),
        };
        count(asked, times, is_quarantined(asked, evidence), found);
    }
    for (key, entered_at) in revisions.into_keys() {
        found.add(Rule::NothingIsInvented, format!("{key:?} of {entered_at}"));
    }
    pauses(asked, evidence, found);
    clients(evidence, found);
    audit(evidence, found);
}

/// Compares how often a write is there with how often it may be.
fn count(asked: &Asked, times: usize, is_quarantined: bool, found: &mut Found) {
    let at = || format!("{} ({:?}): {times} times", asked.write.request_id, asked.write.what);
    found.unless(times <= 1, Rule::NoWriteIsRepeated, at);
    match &asked.answer {
        Answer::Stored => found.unless(times >= 1, Rule::NoWriteIsLost, at),
        // What waited, and was overtaken by a later answer, is with the coach.
        Answer::Spooled => found.unless(times >= 1 || is_quarantined, Rule::NoWriteIsLost, at),
        Answer::Refused(_) => found.unless(times == 0, Rule::NoRefusedWriteIsKept, at),
        Answer::Unknown => {}
    }
}

fn is_quarantined(asked: &Asked, evidence: &Evidence) -> bool {
    let What::Log { entered_at, .. } = &asked.write.what else { return false };
    let entered_at = entered_at.to_string();
    evidence.quarantined.iter().any(|row| {
        row.source.starts_with("spool:")
            && row.user_id == Some(asked.write.user_id)
            && row.record.contains(&entered_at)
    })
}

/// Every pause was asked for, and each client's pauses and resumptions take turns.
fn pauses(asked: &[Asked], evidence: &Evidence, found: &mut Found) {
    let mut last: BTreeMap<UserId, PauseChange> = BTreeMap::new();
    for row in &evidence.pauses {
        let is_asked = asked.iter().any(|asked| asked.write.request_id == row.reason);
        found.unless(is_asked, Rule::NothingIsInvented, || format!("a pause of {}", row.user_id));
        let before = last.insert(row.user_id, row.change).unwrap_or(PauseChange::Resumed);
        found.unless(before != row.change, Rule::NoWriteIsRepeated, || {
            format!("{} of {} follows another", row.change, row.user_id)
        });
    }
    for client in evidence.clients.values() {
        let is_paused = last.get(&client.user_id) == Some(&PauseChange::Paused);
        found.unless(client.paused == is_paused, Rule::NoHalfClient, || {
            format!("{} is paused: {}", client.user_id, client.paused)
        });
    }
}

/// Every client of these tests comes active, with his triggers.
fn clients(evidence: &Evidence, found: &mut Found) {
    let triggers = counted(evidence.triggers.iter().map(|trigger| trigger.user_id));
    for client in evidence.clients.values() {
        let is_whole = client.status == Status::Active && triggers.contains_key(&client.user_id);
        found.unless(is_whole, Rule::NoHalfClient, || {
            format!("{} is {}", client.user_id, client.status)
        });
    }
}

/// Each creation, pause and resumption has its entry, and each entry its act.
fn audit(evidence: &Evidence, found: &mut Found) {
    let chain = &evidence.chain;
    found.unless(chain.broken.is_none(), Rule::TheChainHolds, || format!("{:?}", chain.broken));
    let whole = chain.head.sequence == i64::try_from(evidence.audit.len()).unwrap_or(i64::MAX);
    found.unless(whole, Rule::TheChainHolds, || format!("{} entries", evidence.audit.len()));

    let subject = |user_id| evidence.clients.get(user_id).map(ClientProfile::subject);
    let created = evidence.clients.values().map(|client| ("created", Some(client.subject())));
    let paused = evidence.pauses.iter().map(|row| (row.change.as_str(), subject(&row.user_id)));
    let done = counted(created.chain(paused));
    let audited = counted(
        evidence
            .audit
            .iter()
            .filter(|entry| ["created", "paused", "resumed"].contains(&entry.action.as_str()))
            .map(|entry| (entry.action.as_str(), Some(entry.subject.as_str()))),
    );
    for act in done.keys().chain(audited.keys()) {
        let (done, audited) = (done.get(act), audited.get(act));
        found.unless(done == audited, Rule::EveryActIsAudited, || {
            format!("{act:?}: {done:?} done, {audited:?} audited")
        });
    }
}
