//! The shell: load, decide, apply, commit.
//!
//! [`Regiment`] is the one place where engines meet the store. Each operation opens a transaction,
//! loads the [`Dossier`] of the client it is about, asks an engine, writes every
//! effect and commits: a decision and its consequences stand or fall together. Messages are rows of
//! the outbox until [`Regiment::deliver`] sends them, and scheduled work is rows until
//! [`Regiment::tick`] decides it.

mod access;
mod alerts;
mod apply;
mod audit;
mod bot;
mod cards;
mod clients;
mod coach;
mod context;
mod deliver;
mod desk;
mod error;
mod insight;
mod lease;
mod load;
mod logs;
mod manual;
mod notify;
mod overview;
mod read;
mod scan;
mod shared;
mod spooled;
mod tick;
mod transfer;
mod watch;
mod webhook;
mod weekly;

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::{SignedDuration, Timestamp};

pub use self::{
    access::{ACCESS, Account, LINK, Minted, REFRESH, SignedIn, hash_of},
    audit::{AuditCheck, AuditTrail},
    bot::Dm,
    cards::{Chosen, ShownCard},
    clients::{Enlisted, Intake},
    coach::Span,
    deliver::Sent,
    error::{Error, Result},
    lease::{Acknowledged, Destination, Leased},
    logs::{Answer, Durability, Logged, Submitted},
    manual::{ManualRun, Preview, RanByHand},
    notify::{Delivery, GivesWay, Inbox, Log, Notifier, Receipt, Received, Undelivered, name_of},
    overview::{DayMarks, Mark, OVERVIEW_DAYS, Overview},
    read::{Item, Report, Today},
    shared::{Assigned, Edition},
    tick::Ticked,
    transfer::Held,
    watch::SystemState,
    weekly::{Scan, ScanEnd, ScanOf, ScanPage, ScanRun, Scanned, Scanner},
};
use self::{
    apply::Changes,
    context::{Context, random},
    tick::Pace,
};
use crate::{
    Clock, Dossier, Effect, Library, Policy, UserId,
    engine::schedule::{SystemTrigger, next_system},
    record::Actor,
    store::{Conflict, Details, Marked, NewEntry, Request, Spool, Store, Tx},
};

/// The version of the texts that render a message. A message keeps the one of its first lease.
const WORDING: &str = "1";

/// How long a request that was carried out is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// What every process can run.
const WITHOUT_SCANNER: &[SystemTrigger] = &[
    SystemTrigger::InfractionScan,
    SystemTrigger::AlertDigest,
    SystemTrigger::Honors,
    SystemTrigger::Retention,
];

/// The practice, running on a store. Cheap to clone: clones share everything.
///
/// ```
/// use std::sync::Arc;
/// use regiment_core::{Clock, ManualClock, regiment::{Inbox, Regiment}, store::Store};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let clock = Arc::new(ManualClock::at("2026-03-01T00:00:00Z".parse().unwrap()));
/// let store = Store::open("sqlite::memory:").await?;
/// store.migrate_up(clock.now()).await?;
/// let regiment = Regiment::open(store, clock.clone()).await?;
///
/// // Whatever is due is decided now, and its messages leave.
/// let inbox = Inbox::default();
/// regiment.tick().await?;
/// regiment.deliver(&inbox).await?;
/// assert!(inbox.take().is_empty()); // no client yet
/// # Ok::<_, regiment_core::regiment::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Regiment {
    store: Store,
    clock: Arc<dyn Clock>,
    rules: Arc<RwLock<Rules>>,
    spool: Option<Spool>,
    scanner: Option<Arc<dyn Scanner>>,
    pace: Arc<Pace>,
    /// The request that what is done now belongs to.
    request: Option<Request>,
}

/// The policy and the library, and which stored version of each is in memory.
#[derive(Debug, Clone)]
struct Rules {
    policy_version: u32,
    policy: Arc<Policy>,
    library_version: u64,
    library: Arc<Library>,
}

impl Regiment {
    /// Opens the practice on a migrated store. A store without a policy gets the default one as
    /// version 1.
    ///
    /// # Errors
    /// The store's.
    pub async fn open(store: Store, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::open_with(store, clock, &Policy::default()).await
    }

    /// Opens the practice; `seed` becomes the policy's version 1 where the store has none.
    ///
    /// # Errors
    /// The store's.
    pub async fn open_with(store: Store, clock: Arc<dyn Clock>, seed: &Policy) -> Result<Self> {
        let now = clock.now();
        let mut tx = store.begin().await?;
        if tx.policy().await?.is_none() {
            tx.save_policy(seed, &Actor::System, now).await?;
        }
        let (policy_version, policy) = tx.policy().await?.expect("it was just saved");
        for trigger in WITHOUT_SCANNER {
            seed_trigger(&mut tx, *trigger, &policy, now).await?;
        }
        let (library_version, library) = library(&mut tx).await?;
        tx.commit().await?;
        let rules = Rules {
            policy_version,
            policy: Arc::new(policy),
            library_version,
            library: Arc::new(library),
        };
        let rules = Arc::new(RwLock::new(rules));
        let pace = Arc::default();
        Ok(Self { store, clock, rules, spool: None, scanner: None, pace, request: None })
    }

    /// Keeps clients' logs in a local file while the database is away.
    #[must_use]
    pub fn with_spool(mut self, spool: Spool) -> Self {
        self.spool = Some(spool);
        self
    }

    /// Decides at most so many occurrences in one transaction (default 200, at least 1).
    #[must_use]
    pub fn with_batches_of(mut self, most: u32) -> Self {
        self.pace = Arc::new(Pace::at_most(most));
        self
    }

    /// Runs the weekly flag scan with a scanner; a practice without one has no weekly cards.
    ///
    /// # Errors
    /// The store's.
    pub async fn with_scanner(mut self, scanner: Arc<dyn Scanner>) -> Result<Self> {
        let mut tx = self.store.begin().await?;
        let policy = self.rules().policy;
        seed_trigger(&mut tx, SystemTrigger::WeeklyScan, &policy, self.clock.now()).await?;
        tx.commit().await?;
        self.scanner = Some(scanner);
        Ok(self)
    }

    /// Returns whether this process can run the weekly scan.
    pub fn has_scanner(&self) -> bool {
        self.scanner.is_some()
    }

    /// Returns the system triggers that this process can run.
    fn system_triggers(&self) -> &'static [SystemTrigger] {
        if self.scanner.is_some() { SystemTrigger::ALL } else { WITHOUT_SCANNER }
    }

    /// Returns the practice as it acts for a named request. What is done and the request's mark
    /// commit together: the same request again is [`Error::Repeated`], whatever crashed in between.
    /// One request does one thing.
    #[must_use]
    pub fn answering(&self, request: Request) -> Self {
        Self { request: Some(request), ..self.clone() }
    }

    /// Returns the store, for what the shell has no operation for: migrations, backups, the ledger.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns the rules as they stand in memory, with the policy's version.
    pub fn policy(&self) -> (u32, Arc<Policy>) {
        let rules = self.rules();
        (rules.policy_version, rules.policy)
    }

    /// Returns the library as it stands in memory.
    pub fn library(&self) -> Arc<Library> {
        self.rules().library
    }

    /// Applies a policy as the next version. A changed time acts from each client's next occurrence.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a policy out of range, and the store's.
    pub async fn apply_policy(&self, policy: &Policy, by: &Actor) -> Result<u32> {
        self.apply_policy_over(None, policy, by).await
    }

    /// Applies a policy as [`Regiment::apply_policy`] does, over the version that was read.
    ///
    /// # Errors
    /// As there, and the store's conflict where another version is in force by now.
    pub async fn apply_policy_over(
        &self,
        base: Option<u32>,
        policy: &Policy,
        by: &Actor,
    ) -> Result<u32> {
        policy.validate().map_err(|invalid| Error::Invalid(vec![invalid]))?;
        let (mut tx, old) = self.begin().await?;
        let (in_force, _) = tx.rule_versions().await?;
        if let Some(base) = base.filter(|base| *base != in_force) {
            let (table, id) = ("policy_versions", in_force.to_string());
            let stale = Conflict::Stale { table, id, expected: base.into() };
            return Err(Error::Store(stale.into()));
        }
        let version = tx.save_policy(policy, by, old.now).await?;
        if policy.times != old.policy.times {
            apply::move_all(&mut tx, policy).await?;
        }
        let subject = format!("policy:{version}");
        tx.append_audit(&[entry(by, "policy_applied", &subject)], old.now).await?;
        tx.commit().await?;
        Ok(version)
    }

    fn rules(&self) -> Rules {
        self.rules.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the clock once, and the rules where another process has changed them.
    async fn context(&self, tx: &mut Tx) -> Result<Context> {
        let mut rules = self.rules();
        let (policy_version, library_version) = tx.rule_versions().await?;
        if (policy_version, library_version) != (rules.policy_version, rules.library_version) {
            if let Some((version, policy)) = tx.policy().await? {
                rules.policy_version = version;
                rules.policy = Arc::new(policy);
            }
            let (version, library) = library(tx).await?;
            rules.library_version = version;
            rules.library = Arc::new(library);
            *self.rules.write().unwrap_or_else(PoisonError::into_inner) = rules.clone();
        }
        Ok(Context { now: self.clock.now(), policy: rules.policy, library: rules.library })
    }

    /// Begins a transaction that does what somebody asked; the mark of a named request comes first.
    async fn begin(&self) -> Result<(Tx, Context)> {
        let mut tx = self.store.begin().await?;
        let context = self.context(&mut tx).await?;
        if let Some(request) = &self.request
            && mark(&mut tx, request, context.now).await? == Marked::Repeated
        {
            return Err(Error::Repeated);
        }
        Ok((tx, context))
    }

    /// Loads a client under his lock, decides, writes every effect and commits.
    async fn act<T>(
        &self,
        user_id: UserId,
        decide: impl FnOnce(&Dossier, &Context) -> Result<(Vec<Effect>, T)>,
    ) -> Result<T> {
        let (mut tx, context) = self.begin().await?;
        let dossier = load::locked(&mut tx, user_id, &context).await?;
        let answer = decide_in(&mut tx, &context, dossier, decide).await?;
        tx.commit().await?;
        Ok(answer)
    }

    /// As [`Regiment::act`], with a row of the audit trail: what staff does leaves one.
    async fn act_as<T>(
        &self,
        user_id: UserId,
        by: &Actor,
        action: &str,
        decide: impl FnOnce(&Dossier, &Context) -> Result<(Vec<Effect>, T)>,
    ) -> Result<T> {
        let (mut tx, context) = self.begin().await?;
        let subject = subject_of(&mut tx, user_id).await?;
        let dossier = load::locked(&mut tx, user_id, &context).await?;
        let answer = decide_in(&mut tx, &context, dossier, decide).await?;
        tx.append_audit(&[entry(by, action, &subject)], context.now).await?;
        tx.commit().await?;
        Ok(answer)
    }
}

impl fmt::Debug for Regiment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Regiment").finish_non_exhaustive()
    }
}

async fn mark(tx: &mut Tx, request: &Request, now: Timestamp) -> Result<Marked> {
    Ok(tx.mark_request(request, now, now + REMEMBERED).await?)
}

/// Decides about a client and writes every effect.
async fn decide_in<T>(
    tx: &mut Tx,
    context: &Context,
    mut dossier: Dossier,
    decide: impl FnOnce(&Dossier, &Context) -> Result<(Vec<Effect>, T)>,
) -> Result<T> {
    let (effects, answer) = decide(&dossier, context)?;
    let mut changes = Changes::default();
    changes.take(&mut dossier, effects);
    changes.write(tx, context).await?;
    Ok(answer)
}

/// Reads the built-in library with the deployment's own templates over it.
async fn library(tx: &mut Tx) -> Result<(u64, Library)> {
    let mut library = Library::built_in();
    let (version, meals, blocks) = tx.templates().await?;
    for template in meals {
        library.meal_templates.insert(template.template_id.clone(), template);
    }
    for template in blocks {
        library.training_templates.insert(template.template_id.clone(), template);
    }
    Ok((version, library))
}

/// Makes a system trigger known, first due after `now`.
async fn seed_trigger(
    tx: &mut Tx,
    trigger: SystemTrigger,
    policy: &Policy,
    now: Timestamp,
) -> Result<()> {
    tx.seed_system_trigger(trigger, next_system(trigger, policy, now)).await?;
    Ok(())
}

async fn subject_of(tx: &mut Tx, user_id: UserId) -> Result<String> {
    let client = tx.client(user_id).await?.ok_or(Error::UnknownClient)?;
    Ok(client.subject().to_owned())
}

/// Writes an entry of the audit trail. Who it was stands in the details, which an erasure takes
/// away; the chain itself names a role.
fn entry(by: &Actor, action: &str, subject: &str) -> NewEntry {
    let details = match by {
        Actor::System | Actor::Client(_) => None,
        Actor::Coach(id) | Actor::Admin(id) => {
            Some(Details { salt: random(), text: format!("by {id}") })
        }
    };
    NewEntry {
        actor: by.role().to_owned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        details,
    }
}

/// A server runs these on threads of their own.
#[cfg(test)]
mod tests {
    use super::*;

    const fn moves_between_threads<T: Send>(future: T) -> T {
        future
    }

    #[test]
    fn every_turn_can_move_between_threads() {
        fn turns(regiment: &Regiment, submitted: Submitted) {
            drop(moves_between_threads(regiment.tick()));
            drop(moves_between_threads(regiment.deliver(&Log)));
            drop(moves_between_threads(regiment.log(submitted)));
        }
        let _: fn(&Regiment, Submitted) = turns;
    }
}
