//! The weekly flag scan: the shell gathers what each client's card rests on, a [`Scanner`] writes
//! the cards, and the shell stores them.
//!
//! Cards are keyed by client and Sunday, and storing the same one twice changes nothing, so a scan
//! that a crash cut short is simply run again. The ledger's row is written last, in one transaction
//! with the trigger's next date.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{
    Error, Regiment, Result,
    apply::Changes,
    context::Context,
    load::{self, Scope},
};
use crate::{
    Effect, Policy, UserId,
    calendar::{Zone, days_before, local_date},
    engine::{
        cards,
        schedule::{SystemTrigger, latest_due},
    },
    record::{
        Actor, AlertKind, CardDecision, CardSource, ClientProfile, JobCard, Log, Ordered, Severity,
        Status,
    },
    store::{DueSystem, Tx},
};

/// How many clients' logs are in memory as records at once.
const PAGE: u32 = 50;

/// How many clients' cards one transaction stores.
const STORED: usize = 200;

/// How long a process holds the scan without giving a sign. One that dies is followed by another, or
/// by itself, when it is over.
const HOLD: SignedDuration = SignedDuration::from_mins(5);

/// Local dates of logs that a scan sees: sixteen weeks, as far as any statistic looks back. Top sets
/// it sees from the first on, as a record is one against all of them.
const LOG_DAYS: i64 = 112;

/// Local dates of cards that a scan sees beside the unresolved ones: what came of a quarter's risks.
const CARD_DAYS: i64 = 91;

/// How long decisions teach the priority, days; and the most of them.
const DECISION_DAYS: i64 = 365;
const DECISIONS: u32 = 50_000;

/// What writes the cards of a weekly scan. Plain computation: it reads no clock and stores nothing.
pub trait Scanner: Send + Sync {
    /// Begins a scan.
    fn begin(&self, of: ScanOf) -> Box<dyn Scan>;
}

/// A scan under way.
pub trait Scan: Send {
    /// Takes some of the clients.
    fn add(&mut self, page: ScanPage);

    /// Writes one card for each scanned client that was added.
    ///
    /// # Errors
    /// A line for the log, without personal data. The scan is tried again.
    fn end(self: Box<Self>) -> Result<ScanEnd, String>;
}

/// Some of the clients.
#[derive(Debug, Clone, Default)]
pub struct ScanPage {
    /// The coach of every active client among them, paused ones included.
    pub active: Vec<Option<String>>,
    /// Those of them that are scanned.
    pub scanned: Vec<Scanned>,
}

/// What a scan came to.
#[derive(Debug, Clone, Default)]
pub struct ScanEnd {
    /// One card for each scanned client.
    pub cards: Vec<JobCard>,
    /// Why the operator should doubt the model, if he should. Raised as an alert.
    pub drift: Option<String>,
}

/// Which scan it is, and under what rules.
#[derive(Debug, Clone)]
pub struct ScanOf {
    /// The scan's date: its Sunday, in UTC.
    pub sunday: Date,
    /// The instant it was due.
    pub due_at: Timestamp,
    /// The policy.
    pub policy: Arc<Policy>,
    /// Its version.
    pub policy_version: u32,
    /// What coaches decided in the last year, oldest first.
    pub decisions: Vec<CardDecision>,
}

/// A client to be scanned.
#[derive(Debug, Clone)]
pub struct Scanned {
    /// The profile.
    pub client: ClientProfile,
    /// The last closed local date: the window's end.
    pub as_of: Date,
    /// Effective logs, in key order, none later than `as_of`.
    pub logs: Vec<Log>,
    /// Unresolved cards, and all of the last thirteen weeks.
    pub cards: Vec<JobCard>,
    /// The first date of a coming cycle for which nobody chose a plan.
    pub unanswered_cycle: Option<Date>,
    /// The client's rows of the last two weeks in quarantine: the local date, and what is wrong
    /// where.
    pub broken: Vec<(Date, String)>,
    /// The running block's week.
    pub week: Option<u32>,
}

/// What a scan that somebody asked for found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanRun {
    /// The Sunday that its cards bear.
    pub sunday: Date,
    /// How many clients were scanned.
    pub scanned: usize,
    /// How many of them bear a flag.
    pub flagged: usize,
}

/// How a claimed scan ended.
pub(super) enum Scanning {
    /// Every card is stored.
    Done,
    /// It is not its time yet: closings due before it have not run.
    NotYet,
}

impl Regiment {
    /// Runs a claimed weekly scan up to its ledger row, which the caller writes.
    pub(super) async fn scan_claimed(
        &self,
        claimed: &DueSystem,
        due_at: Timestamp,
    ) -> Result<Scanning> {
        let mut tx = self.store.begin().await?;
        let context = self.context(&mut tx).await?;
        if tx.has_due_triggers(due_at).await? {
            tx.defer_system_trigger(claimed, context.now + SignedDuration::from_secs(5)).await?;
            tx.commit().await?;
            return Ok(Scanning::NotYet);
        }
        // Counted as a failure until it is done: a scan that takes the process down is given up on
        // like any other.
        tx.fail_system_trigger(claimed, context.now + HOLD).await?;
        tx.commit().await?;
        let sunday = local_date(&Zone::utc(), due_at);
        let ScanEnd { cards, drift } =
            self.compute(&context, sunday, due_at, Some(claimed)).await?;
        for part in cards.chunks(STORED) {
            self.store_cards(Some(claimed), part).await?;
        }
        if let Some(text) = drift {
            self.warn_of_drift(text).await?;
        }
        Ok(Scanning::Done)
    }

    /// Runs the scan that was due last again, on what is known now: cards that say the same stay as
    /// they are.
    ///
    /// # Errors
    /// As [`Regiment::preview_scan`].
    pub async fn scan_again(&self, by: &Actor) -> Result<ScanRun> {
        let mut tx = self.store.begin().await?;
        let context = self.context(&mut tx).await?;
        drop(tx);
        let due_at = latest_due(SystemTrigger::WeeklyScan, &context.policy, context.now);
        let sunday = local_date(&Zone::utc(), due_at);
        let cards = self.compute(&context, sunday, due_at, None).await?.cards;
        for part in cards.chunks(STORED) {
            self.store_cards(None, part).await?;
        }
        let (mut tx, context) = self.begin().await?;
        tx.append_audit(&[super::entry(by, "scan_run", "practice")], context.now).await?;
        tx.commit().await?;
        let flagged = cards.iter().filter(|card| !card.flags.is_empty()).count();
        Ok(ScanRun { sunday, scanned: cards.len(), flagged })
    }

    /// Computes the cards that a scan at the present instant would store, and stores none.
    ///
    /// # Errors
    /// [`Error::Engine`] where no scanner is at hand or it fails, and the store's.
    pub async fn preview_scan(&self, sunday: Date, due_at: Timestamp) -> Result<Vec<JobCard>> {
        let mut tx = self.store.begin().await?;
        let context = self.context(&mut tx).await?;
        drop(tx);
        Ok(self.compute(&context, sunday, due_at, None).await?.cards)
    }

    async fn compute(
        &self,
        context: &Context,
        sunday: Date,
        due_at: Timestamp,
        claimed: Option<&DueSystem>,
    ) -> Result<ScanEnd> {
        let scanner = self.scanner.as_ref().ok_or_else(failed)?;
        let since = context.now - SignedDuration::from_hours(24 * DECISION_DAYS);
        let of = ScanOf {
            sunday,
            due_at,
            policy: context.policy.clone(),
            policy_version: self.policy().0,
            decisions: self.decisions_since(since, DECISIONS).await?,
        };
        let mut scan = guarded(|| Ok(scanner.begin(of)))?;
        let mut after = None;
        loop {
            if let Some(claimed) = claimed {
                self.hold(claimed).await?;
            }
            let mut tx = self.store.read().await?;
            let page = tx.list_clients(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.user_id);
            let part = gather(&mut tx, &page, sunday).await?;
            drop(tx);
            guarded(|| {
                scan.add(part);
                Ok(())
            })?;
        }
        guarded(|| scan.end())
    }

    async fn warn_of_drift(&self, text: String) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let context = self.context(&mut tx).await?;
        let mut changes = Changes::default();
        changes.add(Effect::Alert {
            kind: AlertKind::ModelDrift,
            severity: Severity::Medium,
            user_id: None,
            text,
        });
        changes.write(&mut tx, &context).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Tells other processes that this one is still at it.
    async fn hold(&self, claimed: &DueSystem) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.defer_system_trigger(claimed, self.clock.now() + HOLD).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn store_cards(&self, claimed: Option<&DueSystem>, found: &[JobCard]) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let context = self.context(&mut tx).await?;
        if let Some(claimed) = claimed {
            tx.defer_system_trigger(claimed, context.now + HOLD).await?;
        }
        let ids: Vec<UserId> = found.iter().map(|card| card.user_id).collect();
        let first = found.iter().map(|card| card.date).min().unwrap_or(Date::MAX);
        tx.lock_clients(ids.clone()).await?;
        let mut known: BTreeMap<UserId, Vec<JobCard>> = BTreeMap::new();
        let unresolved = tx.unresolved_cards(ids.clone()).await?;
        let recent = tx.cards_from(ids, first).await?;
        for card in unresolved.into_iter().chain(recent) {
            let cards = known.entry(card.user_id).or_default();
            if !cards.iter().any(|other| other.id == card.id) {
                cards.push(card);
            }
        }
        let mut changes = Changes::default();
        for card in found {
            let cards = known.get(&card.user_id).map_or(&[][..], Vec::as_slice);
            for effect in cards::weekly(cards, card.clone(), context.mint(), context.now) {
                changes.add(effect);
            }
        }
        changes.write(&mut tx, &context).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Gathers what a scan needs to know of some clients.
async fn gather(tx: &mut Tx, page: &[ClientProfile], sunday: Date) -> Result<ScanPage> {
    let active = || page.iter().filter(|client| client.status == Status::Active);
    let ids: Vec<UserId> = active()
        .filter(|client| !client.is_paused_on(sunday))
        .map(|client| client.user_id)
        .collect();
    let mut closed: BTreeMap<UserId, Date> = BTreeMap::new();
    for (user_id, date) in tx.closed_from(ids.clone(), days_before(sunday, LOG_DAYS)).await? {
        let last = closed.entry(user_id).or_insert(date);
        *last = (*last).max(date);
    }
    let scope = Scope::Due { plans: true, lifts: false, cards: true, review: None };
    let mut dossiers = load::dossiers(tx, &ids, sunday, scope).await?;
    dossiers.retain(|user_id, dossier| {
        let as_of = closed.get(user_id);
        as_of.is_some_and(|as_of| dossier.client.start_date <= days_before(*as_of, 6))
    });
    let ids: Vec<UserId> = dossiers.keys().copied().collect();
    let mut logs: BTreeMap<UserId, Vec<Log>> = BTreeMap::new();
    let first = days_before(sunday, LOG_DAYS - 1);
    for log in tx.logs_and_all_sets(ids.clone(), first, sunday).await? {
        logs.entry(log.user_id()).or_default().push(log);
    }
    let mut recent: BTreeMap<UserId, Vec<JobCard>> = BTreeMap::new();
    for card in tx.cards_from(ids.clone(), days_before(sunday, CARD_DAYS)).await? {
        recent.entry(card.user_id).or_default().push(card);
    }
    let mut broken: BTreeMap<UserId, Vec<(Date, String)>> = BTreeMap::new();
    for row in tx.quarantined_between(ids.clone(), days_before(sunday, 13), sunday).await? {
        let line = row.line.map_or_else(String::new, |line| format!(" line {line}"));
        if let (Some(user_id), Some(date)) = (row.user_id, row.date) {
            let what = format!("{}{line}: {}", row.source, row.reason);
            broken.entry(user_id).or_default().push((date, what));
        }
    }
    let mut weeks: BTreeMap<UserId, u32> = BTreeMap::new();
    for order in tx.last_training_orders(ids).await? {
        if let Ordered::Training(mission) = &order.ordered {
            weeks.insert(order.user_id, mission.week);
        }
    }
    let scanned = dossiers.into_iter().filter_map(|(user_id, dossier)| {
        let as_of = *closed.get(&user_id)?;
        let broken = broken.remove(&user_id).unwrap_or_default();
        let unanswered_cycle = cards::unanswered_cycle(&dossier, as_of);
        let mut logs = logs.remove(&user_id).unwrap_or_default();
        logs.retain(|log| log.date() <= as_of);
        let mut cards = recent.remove(&user_id).unwrap_or_default();
        for card in &dossier.cards {
            if !cards.iter().any(|other| other.id == card.id) {
                cards.push(card.clone());
            }
        }
        cards.sort_by_key(|card| (card.date, card.source == CardSource::WeeklyScan, card.id));
        let week = weeks.get(&user_id).copied();
        let client = dossier.client;
        Some(Scanned { client, as_of, logs, cards, unanswered_cycle, broken, week })
    });
    Ok(ScanPage {
        active: active().map(|client| client.coach_id.clone()).collect(),
        scanned: scanned.collect(),
    })
}

/// Runs a scanner; one that panics has failed.
fn guarded<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(reason)) => {
            tracing::error!(engine = "weekly_scan", outcome = "failed", reason, "a scan failed");
            Err(failed())
        }
        Err(_) => Err(failed()),
    }
}

fn failed() -> Error {
    Error::Engine { engine: "weekly_scan".to_owned() }
}
