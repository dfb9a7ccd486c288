//! One client's service without a store: the same kernel, the same engines, a dossier in memory.
//!
//! Clients do not touch one another, so each is lived through alone, from enlisting to the end,
//! and a company is lived through by as many threads as there are.

mod perform;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::{coach, company::Company};
use crate::{
    Dossier, Effect, Library, Outcome, Policy, Slug,
    calendar::{days_after, local_date},
    engine::schedule::{self, Due, Trigger},
    message::{Dispatch, Recipient},
    record::{
        ClientProfile, CompiledPlan, Infraction, InfractionKind, Log, LogKey, MealTemplate, Order,
        OrderKind, Status,
    },
};

/// Who is lived through, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The seed of the company.
    pub seed: u64,
    /// When the first may enlist.
    pub begins: Timestamp,
    /// When the simulation ends; what is due then is done.
    pub until: Timestamp,
    /// Over how many days the others enlist.
    pub recruiting_days: u32,
}

/// What one client's service left behind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    /// The profile at the end; `None` for who had not enlisted by then.
    pub client: Option<ClientProfile>,
    /// Effective logs.
    pub logs: BTreeMap<LogKey, Log>,
    /// How many revisions each log has.
    pub revisions: BTreeMap<LogKey, u32>,
    /// Every order.
    pub orders: BTreeMap<(Date, OrderKind), Order>,
    /// How each occurrence of each trigger ended, in the order of deciding.
    pub ledger: Vec<(Date, Trigger, Outcome)>,
    /// Local dates that were closed.
    pub closed: Vec<Date>,
    /// Every infraction, voided ones included.
    pub infractions: BTreeMap<(Date, InfractionKind), Infraction>,
    /// How many deeds the engines refused.
    pub refused: u32,
}

/// Lives client `index` of the company through `span`, under the given rules.
pub fn serve(index: u32, span: Span, policy: &Policy, library: &Library) -> Service {
    Tour::begin(index, span, policy, library).run()
}

struct Tour<'a> {
    span: Span,
    policy: &'a Policy,
    library: &'a Library,
    company: Company,
    dossier: Option<Dossier>,
    next: BTreeMap<Trigger, Due>,
    now: Timestamp,
    /// The local date for which the dossier was last trimmed.
    today: Option<Date>,
    service: Service,
    /// The latest plan of each template.
    compiled: BTreeMap<Slug<MealTemplate>, CompiledPlan>,
}

impl<'a> Tour<'a> {
    fn begin(index: u32, span: Span, policy: &'a Policy, library: &'a Library) -> Self {
        Self {
            span,
            policy,
            library,
            company: Company::of(span.seed, index..index + 1, span.begins, span.recruiting_days),
            dossier: None,
            next: BTreeMap::new(),
            now: span.begins,
            today: None,
            service: Service::default(),
            compiled: BTreeMap::new(),
        }
    }

    /// Goes from event to event. At one instant what is due comes first, as a deadline does before
    /// an answer that is late by nothing.
    fn run(mut self) -> Service {
        loop {
            let due = self.next.values().min_by_key(|due| (due.moment.at, due.trigger)).copied();
            let due_at = due.map(|due| due.moment.at);
            let act_at = self.company.next_at();
            let events = [due_at, act_at, Some(self.company.coach_at)];
            let at = events.into_iter().flatten().min().expect("the coach always comes back");
            if at > self.span.until {
                break;
            }
            // What fell due before the client was active is done now.
            self.now = self.now.max(at);
            if let Some(due) = due.filter(|due| due.moment.at == at) {
                self.fire(due);
            } else if let Some(act) = self.company.take(at) {
                self.perform(&act);
            } else {
                self.company.coach_at = coach::next_sitting(self.now);
                self.coach();
            }
        }
        self.service.client = self.dossier.map(|dossier| dossier.client);
        self.service
    }

    fn fire(&mut self, due: Due) {
        let Some(dossier) = &mut self.dossier else { return };
        let today = local_date(&dossier.client.timezone_offset, self.now);
        if self.today != Some(today) {
            dossier.forget_before(today.min(due.date));
            self.today = Some(today);
        }
        if due.trigger == Trigger::PlanDeadline {
            // A plan of the same inputs is taken over: who changes between two is spared the sums.
            let known = |plan: &&CompiledPlan| dossier.plan(plan.cycle_start).is_none();
            let earlier: Vec<_> = self.compiled.values().filter(known).cloned().collect();
            dossier.plans.extend(earlier);
        }
        let decision = schedule::fire(&due, dossier, self.library, self.policy, self.now);
        self.service.ledger.push((due.date, due.trigger, decision.outcome));
        self.next.remove(&due.trigger);
        if due.trigger != Trigger::PauseEnd {
            let zone = &dossier.client.timezone_offset;
            let next = schedule::next(due.trigger, zone, self.policy, days_after(due.date, 1));
            for date in next.skipped {
                self.service.ledger.push((date, due.trigger, Outcome::DateSkipped));
            }
            self.next.insert(due.trigger, next.due);
        }
        self.apply(decision.effects);
    }

    /// Applies effects as the shell does: the dossier sees them, triggers follow the profile,
    /// messages reach the client.
    fn apply(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let Some(dossier) = &mut self.dossier else { return };
            let before = matches!(effect, Effect::Profile(_)).then(|| dossier.client.clone());
            dossier.apply(&effect);
            if let Some(before) = before {
                self.replan(&before);
            }
            self.keep(effect);
        }
    }

    /// Sets the triggers after the profile changed.
    fn replan(&mut self, old: &ClientProfile) {
        let Some(dossier) = &self.dossier else { return };
        let new = &dossier.client;
        let zone = &new.timezone_offset;
        if new.status != Status::Active {
            self.next.clear();
            return;
        }
        if old.status != Status::Active {
            for trigger in Trigger::RECURRING {
                let next = schedule::first(trigger, new, self.policy, self.now);
                self.next.insert(trigger, next.due);
            }
        } else if old.timezone_offset != new.timezone_offset {
            for due in self.next.values_mut() {
                *due = schedule::moved(*due, zone, self.policy).due;
            }
        }
        if let Some(until) = new.paused_until.filter(|_| new.paused) {
            let next = schedule::next(Trigger::PauseEnd, zone, self.policy, until);
            self.next.insert(Trigger::PauseEnd, next.due);
        }
    }

    fn keep(&mut self, effect: Effect) {
        match effect {
            Effect::Send(dispatch) => self.deliver(&dispatch),
            Effect::Issue(order) => {
                self.service.orders.insert((order.date, order.kind()), order);
            }
            Effect::Record(entry) => {
                *self.service.revisions.entry(entry.log.key()).or_default() += 1;
                self.service.logs.insert(entry.log.key(), entry.log);
            }
            Effect::Close { date, .. } => self.service.closed.push(date),
            Effect::Infraction(event) => {
                self.service.infractions.insert((event.date, event.kind), event);
            }
            Effect::Plan(plan) => {
                self.compiled.insert(plan.template_id.clone(), plan);
            }
            Effect::Standing(_)
            | Effect::Card(_)
            | Effect::Decided(_)
            | Effect::Alert { .. }
            | Effect::Profile(_)
            | Effect::Choose(_)
            | Effect::Excuse(_)
            | Effect::Request(_)
            | Effect::Paused(_) => {}
        }
    }

    /// Lets a message reach the client at once, except on the day that nothing reaches him.
    fn deliver(&mut self, dispatch: &Dispatch) {
        let Recipient::Client(user_id) = dispatch.to else { return };
        if self.company.is_out_of_reach(user_id, self.now) {
            return;
        }
        let Some(dossier) = &mut self.dossier else { return };
        dossier.note_delivery(dispatch, self.now);
        if let Some(order) = dispatch.delivers.and_then(|(kind, date)| {
            dossier.orders.iter().find(|order| (order.kind(), order.date) == (kind, date))
        }) {
            self.service.orders.insert((order.date, order.kind()), order.clone());
        }
        self.company.hears(user_id, &dispatch.message, self.now, self.library);
    }
}
