//! One turn of the scheduler: everything that is due, in batches, each in one transaction.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicU32, Ordering},
};

use futures_util::future::try_join;
use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{
    Error, Regiment, Result,
    alerts::digest,
    apply::{Changes, row},
    context::Context,
    desk,
    load::{self, Scope},
    watch::retain,
    weekly::Scanning,
};
use crate::{
    Decision, Dossier, Effect, Outcome, Policy, UserId,
    calendar::{Resolution, Zone, days_after, local_date, offset_seconds},
    engine::{
        delivery,
        schedule::{self, SystemTrigger, Trigger},
    },
    record::{AlertKind, Severity},
    store::{self, ClientTrigger, DueSystem, DueTrigger, Occasion, Run, Store, Tx},
};

/// How many occurrences one transaction decides.
///
/// A database ends a transaction that takes too long. On a machine too slow for a whole batch the next
/// one is smaller, so that the work goes on; after one that went well it is larger again.
#[derive(Debug)]
pub(super) struct Pace {
    next: AtomicU32,
    most: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self::at_most(200)
    }
}

impl Pace {
    pub(super) fn at_most(most: u32) -> Self {
        let most = most.max(1);
        Self { next: AtomicU32::new(most), most }
    }

    fn size(&self) -> u32 {
        self.next.load(Ordering::Relaxed)
    }

    fn went_well(&self) {
        self.next.store((self.size() * 2).min(self.most), Ordering::Relaxed);
    }

    fn failed(&self) {
        self.next.store((self.size() / 4).max(1), Ordering::Relaxed);
    }
}

/// What a turn of the scheduler did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Occurrences of clients that got their outcome.
    pub fired: u32,
    /// Occurrences that failed, and wait for another try.
    pub failed: u32,
    /// System triggers that ran.
    pub system: u32,
}

impl Regiment {
    /// Decides everything that is due, and returns when nothing is.
    ///
    /// An occurrence whose engine fails waits and is tried again; after the policy's attempts it is
    /// set aside with an alert and a job card, and the next one goes on.
    ///
    /// # Errors
    /// The store's, where it can't be reached; what was committed stays.
    pub async fn tick(&self) -> Result<Ticked> {
        self.replay_spool().await?;
        let mut ticked = match self.store {
            Store::Sqlite(_) => self.fire_due().await?,
            // While the database works for one transaction, the engines decide the next.
            Store::Postgres(_) => {
                let (one, other) =
                    try_join(Box::pin(self.fire_due()), Box::pin(self.fire_due())).await?;
                Ticked {
                    fired: one.fired + other.fired,
                    failed: one.failed + other.failed,
                    system: 0,
                }
            }
        };
        self.wake_cards().await?;
        while let Some(ran) = self.run_system().await? {
            ticked.system += ran.system;
            ticked.failed += ran.failed;
        }
        Ok(ticked)
    }

    /// Decides everything of clients that is due and that nobody else has in hand.
    async fn fire_due(&self) -> Result<Ticked> {
        let mut ticked = Ticked::default();
        loop {
            let batch = match self.fire_batch(self.pace.size()).await {
                Err(Error::Store(store::Error::Corrupt(_)) | Error::Engine { .. }) => {
                    self.fire_batch(1).await?
                }
                Err(error) => {
                    self.pace.failed();
                    return Err(error);
                }
                Ok(batch) => {
                    self.pace.went_well();
                    batch
                }
            };
            if batch == Ticked::default() {
                return Ok(ticked);
            }
            ticked.fired += batch.fired;
            ticked.failed += batch.failed;
        }
    }

    /// Returns when something next falls due, so that a loop knows how long to sleep.
    pub async fn next_due(&self) -> Result<Option<Timestamp>> {
        let mut tx = self.store.read().await?;
        Ok(tx.next_trigger_at(self.system_triggers()).await?)
    }

    /// Decides up to `limit` due occurrences in one transaction. With a limit of 1, a failure is
    /// that occurrence's own, and is counted.
    async fn fire_batch(&self, limit: u32) -> Result<Ticked> {
        let mut tx = self.store.begin().await?;
        let context = self.context(&mut tx).await?;
        let claimed = tx.claim_triggers(context.now, limit).await?;
        if claimed.is_empty() {
            return Ok(Ticked::default());
        }
        let mark = tx.savepoint().await?;
        let fired = self.decide(&mut tx, &context, &claimed).await;
        let fired = match tx.settle(mark, fired).await? {
            Err(error) if limit == 1 && is_own_failure(&error) => {
                give_up_or_wait(&mut tx, &context, &claimed[0], &error).await?;
                Ticked { failed: 1, ..Ticked::default() }
            }
            fired => fired?,
        };
        tx.commit().await?;
        Ok(fired)
    }

    pub(super) async fn decide(
        &self,
        tx: &mut Tx,
        context: &Context,
        claimed: &[DueTrigger],
    ) -> Result<Ticked> {
        let mut dossiers = load_for(tx, context, claimed).await?;
        let mut changes = Changes::default();
        let (mut runs, mut moves) = (Vec::new(), Vec::new());
        // Once a client's next occurrence is due as well, what is later than it waits its turn.
        let mut barrier: BTreeMap<UserId, Timestamp> = BTreeMap::new();
        for claim in claimed {
            let ClientTrigger { user_id, due, .. } = claim.trigger;
            if barrier.get(&user_id).is_some_and(|at| *at < due.moment.at) {
                continue;
            }
            let Some(dossier) = dossiers.get_mut(&user_id) else {
                continue;
            };
            if !claim.has_run {
                let decision = decide_one(due, dossier, context)?;
                runs.push(run(claim, context.now, decision.outcome));
                changes.take(dossier, decision.effects);
            }
            let next = following(due, &dossier.client.timezone_offset, &context.policy);
            runs.extend(next.skipped.iter().map(|date| skipped(claim, *date, context.now)));
            let first = barrier.entry(user_id).or_insert(next.due.moment.at);
            *first = (*first).min(next.due.moment.at);
            moves.push((claim.trigger.clone(), row(&dossier.client, next.due)));
        }
        let fired =
            Ticked { fired: u32::try_from(moves.len()).unwrap_or(u32::MAX), ..Ticked::default() };
        let (ended, moves): (Vec<_>, Vec<_>) =
            moves.into_iter().partition(|(was, _)| was.due.trigger == Trigger::PauseEnd);
        tx.record_runs(&runs).await?;
        tx.advance_triggers(&moves).await?;
        for (was, _) in &ended {
            tx.end_trigger(was).await?;
        }
        changes.write(tx, context).await?;
        Ok(fired)
    }

    /// Runs the system trigger that has been due longest; `None` where none is due.
    async fn run_system(&self) -> Result<Option<Ticked>> {
        let mut tx = self.store.begin().await?;
        let context = self.context(&mut tx).await?;
        let kinds = self.system_triggers();
        let Some(claimed) = tx.claim_system_trigger(context.now, kinds).await? else {
            return Ok(None);
        };
        // After downtime only the latest instant of a kind runs.
        let due_at =
            schedule::latest_due(claimed.trigger, &context.policy, context.now).max(claimed.due_at);
        if claimed.trigger == SystemTrigger::WeeklyScan {
            drop(tx);
            return self.run_scan(&claimed, due_at).await.map(Some);
        }
        let mark = tx.savepoint().await?;
        let ran = self.decide_system(&mut tx, &context, &claimed, due_at).await;
        let ran = match tx.settle(mark, ran).await? {
            Err(error) if is_own_failure(&error) => {
                system_failed(&mut tx, &context, &claimed, due_at, &error).await?;
                Ticked { failed: 1, ..Ticked::default() }
            }
            ran => {
                ran?;
                Ticked { system: 1, ..Ticked::default() }
            }
        };
        tx.commit().await?;
        Ok(Some(ran))
    }

    async fn decide_system(
        &self,
        tx: &mut Tx,
        context: &Context,
        claimed: &DueSystem,
        due_at: Timestamp,
    ) -> Result<()> {
        let mut changes = Changes::default();
        match claimed.trigger {
            SystemTrigger::InfractionScan => self.rescan(tx, context, &mut changes).await?,
            SystemTrigger::AlertDigest => digest(tx, context, &mut changes, due_at).await?,
            SystemTrigger::Honors => self.rank(tx, context, &mut changes, due_at).await?,
            SystemTrigger::Retention => retain(tx, context, &mut changes).await?,
            SystemTrigger::WeeklyScan => {}
        }
        end_system(tx, context, claimed, due_at, Outcome::Done).await?;
        changes.write(tx, context).await
    }

    /// Runs the weekly scan, which takes transactions of its own, and ends it in the ledger.
    async fn run_scan(&self, claimed: &DueSystem, due_at: Timestamp) -> Result<Ticked> {
        let scanned = self.scan_claimed(claimed, due_at).await;
        let mut tx = self.store.begin().await?;
        let context = self.context(&mut tx).await?;
        let ticked = match scanned {
            Ok(Scanning::NotYet) => return Ok(Ticked::default()),
            Ok(Scanning::Done) => {
                let occasion = Occasion::System { trigger: claimed.trigger, due_at };
                if tx.run_of(occasion).await?.is_none() {
                    end_system(&mut tx, &context, claimed, due_at, Outcome::Done).await?;
                    let sunday = local_date(&Zone::utc(), due_at);
                    let mut changes = Changes::default();
                    let summary = desk::summary(&mut tx, sunday, context.now).await?;
                    changes.add(Effect::Send(summary));
                    changes.write(&mut tx, &context).await?;
                }
                Ticked { system: 1, ..Ticked::default() }
            }
            Err(error) if is_own_failure(&error) => {
                system_failed(&mut tx, &context, claimed, due_at, &error).await?;
                Ticked { failed: 1, ..Ticked::default() }
            }
            Err(error) => return Err(error),
        };
        tx.commit().await?;
        Ok(ticked)
    }
}

/// Writes how a claimed occurrence ended, for the ledger.
fn run(claimed: &DueTrigger, now: Timestamp, outcome: Outcome) -> Run {
    let ClientTrigger { user_id, due, zone } = claimed.trigger.clone();
    Run {
        occasion: Occasion::Client { user_id, trigger: due.trigger, date: due.date },
        due_at: due.moment.at,
        fired_at: now,
        utc_offset_seconds: offset_seconds(&zone, due.moment.at),
        zone,
        resolution: due.moment.resolution,
        outcome,
        attempts: claimed.failures + 1,
        detail: String::new(),
    }
}

/// Writes a date that the client's zone skipped, for the ledger.
fn skipped(claimed: &DueTrigger, date: Date, now: Timestamp) -> Run {
    let (user_id, trigger) = (claimed.trigger.user_id, claimed.trigger.due.trigger);
    let occasion = Occasion::Client { user_id, trigger, date };
    Run { occasion, attempts: 1, ..run(claimed, now, Outcome::DateSkipped) }
}

/// Asks the engine; one that panics has failed, and the others go on.
pub(super) fn decide_one(
    due: schedule::Due,
    dossier: &Dossier,
    context: &Context,
) -> Result<Decision> {
    let Context { now, policy, library } = context;
    let fire = || schedule::fire(&due, dossier, library, policy, *now);
    catch_unwind(AssertUnwindSafe(fire))
        .map_err(|_| Error::Engine { engine: due.trigger.to_string() })
}

/// Returns the occurrence that follows one, in the zone that the client has by now.
fn following(due: schedule::Due, zone: &Zone, policy: &Policy) -> schedule::Next {
    schedule::next(due.trigger, zone, policy, days_after(due.date, 1))
}

/// Loads the clients of a batch, each as far back as its earliest occurrence asks.
async fn load_for(
    tx: &mut Tx,
    context: &Context,
    claimed: &[DueTrigger],
) -> Result<BTreeMap<UserId, Dossier>> {
    let triggers = claimed.iter().map(|claim| claim.trigger.due.trigger);
    let scope = Scope::of(triggers, &context.policy);
    let ids: BTreeSet<UserId> = claimed.iter().map(|claim| claim.trigger.user_id).collect();
    let ids: Vec<UserId> = ids.into_iter().collect();
    let earliest = claimed.iter().map(|claim| claim.trigger.due.date).min();
    let today = earliest.unwrap_or_else(|| local_date(&Zone::utc(), context.now));
    load::dossiers(tx, &ids, today, scope).await
}

/// Returns whether a failure belongs to the occurrence and not to the database.
const fn is_own_failure(error: &Error) -> bool {
    matches!(error, Error::Store(store::Error::Corrupt(_)) | Error::Engine { .. })
}

/// Counts a failure. After the policy's attempts the occurrence is set aside: the ledger says so,
/// the coach has a card, and the trigger moves on.
async fn give_up_or_wait(
    tx: &mut Tx,
    context: &Context,
    claimed: &DueTrigger,
    error: &Error,
) -> Result<()> {
    let ClientTrigger { user_id, due, zone } = &claimed.trigger;
    let attempts = claimed.failures + 1;
    let engine = due.trigger.as_str();
    tracing::error!(engine, outcome = "failed", attempts, %error, "a trigger failed");
    if attempts < context.policy.delivery.trigger_attempts {
        let wait = SignedDuration::from_secs(5 << attempts.min(7));
        tx.fail_trigger(&claimed.trigger, context.now + wait).await?;
        return Ok(());
    }
    let mut changes = Changes::default();
    for effect in delivery::dead_trigger(*user_id, *due, context.now) {
        changes.add(effect);
    }
    tx.record_runs(&[run(claimed, context.now, Outcome::Dead)]).await?;
    let next = following(*due, zone, &context.policy).due;
    let moved = ClientTrigger { due: next, ..claimed.trigger.clone() };
    tx.advance_triggers(&[(claimed.trigger.clone(), moved)]).await?;
    changes.write(tx, context).await
}

/// Counts a failure of a system trigger. After the policy's attempts the instant is set aside: the
/// ledger says so, an alert is raised, and the trigger moves on.
async fn system_failed(
    tx: &mut Tx,
    context: &Context,
    claimed: &DueSystem,
    due_at: Timestamp,
    error: &Error,
) -> Result<()> {
    let attempts = claimed.failures + 1;
    let engine = claimed.trigger.as_str();
    tracing::error!(engine, outcome = "failed", attempts, %error, "a system trigger failed");
    if attempts < context.policy.delivery.trigger_attempts {
        let until = context.now + SignedDuration::from_secs(5 << attempts.min(7));
        if claimed.trigger == SystemTrigger::WeeklyScan {
            // Counted when it began.
            tx.defer_system_trigger(claimed, until).await?;
        } else {
            tx.fail_system_trigger(claimed, until).await?;
        }
        return Ok(());
    }
    end_system(tx, context, claimed, due_at, Outcome::Dead).await?;
    let mut changes = Changes::default();
    changes.add(Effect::Alert {
        kind: AlertKind::TriggerDead,
        severity: Severity::High,
        user_id: None,
        text: format!("{engine} of {due_at} failed again and again"),
    });
    changes.write(tx, context).await
}

/// Writes how a claimed instant ended, and moves its trigger on.
async fn end_system(
    tx: &mut Tx,
    context: &Context,
    claimed: &DueSystem,
    due_at: Timestamp,
    outcome: Outcome,
) -> Result<()> {
    let run = Run {
        occasion: Occasion::System { trigger: claimed.trigger, due_at },
        due_at,
        fired_at: context.now,
        zone: Zone::utc(),
        utc_offset_seconds: 0,
        resolution: Resolution::Exact,
        outcome,
        attempts: claimed.failures + 1,
        detail: String::new(),
    };
    tx.record_runs(&[run]).await?;
    let next = schedule::next_system(claimed.trigger, &context.policy, context.now);
    tx.advance_system_trigger(claimed, next).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_shrink_while_they_fail_and_grow_again() {
        let pace = Pace::default();
        let mut sizes = vec![pace.size()];
        for _ in 0..5 {
            pace.failed();
            sizes.push(pace.size());
        }
        assert_eq!(sizes, [200, 50, 12, 3, 1, 1]);
        for _ in 0..9 {
            pace.went_well();
        }
        assert_eq!(pace.size(), 200);
    }
}
