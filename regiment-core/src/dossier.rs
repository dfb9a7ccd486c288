//! All the state an engine may read about one client.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use crate::{
    Effect, Slug, UserId,
    calendar::{cycle_start, days_before},
    message::{Dispatch, Message},
    record::{
        ClientProfile, CompiledPlan, Excuse, ExcuseRequest, Exercise, Infraction, JobCard, LastSet,
        Log, LogKey, Order, Ordered, PlanChoice, RequestState, Standing, Stream, TrainingLog,
        TrainingOrder,
    },
};

/// What the shell loaded about one client before asking an engine.
///
/// Logs are effective ones (the latest revision of each key) of at most the last
/// [`Dossier::LOG_DAYS`] local dates, in key order. Older top sets that an engine needs stand in `last_sets` and
/// `best_sets`.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    /// The profile.
    pub client: ClientProfile,
    /// Effective logs, ordered by key.
    pub logs: BTreeMap<LogKey, Log>,
    /// The first local date whose logs are all here; a closing looks back on fewer than
    /// [`Dossier::LOG_DAYS`], and somewhat further on check-ins alone.
    pub logs_from: Date,
    /// Orders of the same dates, ordered by date and kind.
    pub orders: Vec<Order>,
    /// The running and the coming cycle's plans.
    pub plans: Vec<CompiledPlan>,
    /// The client's choices for those cycles.
    pub choices: Vec<PlanChoice>,
    /// The cycles, by their Tuesday, whose plan prompt reached the client.
    pub prompted: Vec<Date>,
    /// Excuses that touch those dates or lie ahead.
    pub excuses: Vec<Excuse>,
    /// Requests nobody has decided.
    pub requests: Vec<ExcuseRequest>,
    /// Events of those dates, voided ones included.
    pub infractions: Vec<Infraction>,
    /// What escalation has done.
    pub standing: Standing,
    /// Unresolved cards.
    pub cards: Vec<JobCard>,
    /// The last top set of each exercise, of any block.
    pub last_sets: BTreeMap<Slug<Exercise>, LastSet>,
    /// The best top set, by estimated one-repetition maximum, of each exercise before the date of
    /// the last one.
    pub best_sets: BTreeMap<Slug<Exercise>, LastSet>,
    /// The number of the running block's last mission, 0 before the first. The shell notes the last
    /// workout that took place, and the last that was logged where none was ordered.
    pub missions: u32,
    /// Local dates that are closed, of the same window.
    pub closed: Vec<Date>,
}

impl Dossier {
    /// How many local dates of logs, orders and events an engine sees.
    pub const LOG_DAYS: i64 = 35;

    /// Starts a dossier that holds the profile alone.
    pub fn new(client: ClientProfile) -> Self {
        let standing = Standing::clean(client.user_id);
        Self {
            client,
            logs: BTreeMap::new(),
            logs_from: Date::MIN,
            orders: Vec::new(),
            plans: Vec::new(),
            choices: Vec::new(),
            prompted: Vec::new(),
            excuses: Vec::new(),
            requests: Vec::new(),
            infractions: Vec::new(),
            standing,
            cards: Vec::new(),
            last_sets: BTreeMap::new(),
            best_sets: BTreeMap::new(),
            missions: 0,
            closed: Vec::new(),
        }
    }

    /// Brings the dossier up to date with a consequence of a decision about this client, so that
    /// the next engine sees it before anything is stored.
    pub fn apply(&mut self, effect: &Effect) {
        match effect {
            Effect::Record(entry) => {
                self.logs.insert(entry.log.key(), entry.log.clone());
                if let Log::Training(log) = &entry.log {
                    self.remember_set(log);
                    self.note_logged(log);
                }
            }
            Effect::Issue(order) => {
                self.count_mission(order);
                put(&mut self.orders, order.clone(), |o| (o.date, o.kind()));
                self.orders.sort_by_key(|order| (order.date, order.kind()));
            }
            Effect::Close { date, .. } => {
                if !self.closed.contains(date) {
                    self.closed.push(*date);
                    self.closed.sort_unstable();
                }
            }
            Effect::Infraction(event) => {
                put(&mut self.infractions, event.clone(), |e| (e.kind, e.date));
            }
            Effect::Standing(standing) => self.standing = standing.clone(),
            Effect::Card(card) => {
                put(&mut self.cards, card.clone(), |c| (c.source, c.date));
                self.cards.retain(|card| card.state.is_unresolved());
            }
            Effect::Profile(client) => {
                let block = |client: &ClientProfile| {
                    (client.training_template_id.clone(), client.block_start_date)
                };
                if block(client) != block(&self.client) {
                    self.missions = 0;
                }
                self.client = client.clone();
            }
            Effect::Plan(plan) => put(&mut self.plans, plan.clone(), |p| p.cycle_start),
            Effect::Choose(choice) => put(&mut self.choices, choice.clone(), |c| c.cycle_start),
            Effect::Excuse(excuse) => self.excuses.push(excuse.clone()),
            Effect::Request(request) => {
                put(&mut self.requests, request.clone(), |r| r.id);
                self.requests.retain(|request| request.state == RequestState::Asked);
            }
            Effect::Send(_) | Effect::Decided(_) | Effect::Alert { .. } | Effect::Paused(_) => {}
        }
    }

    /// Notes that a message reached the client: an order binds him from now on, and silence on a
    /// prompt is an answer.
    pub fn note_delivery(&mut self, dispatch: &Dispatch, at: Timestamp) {
        if let Some((kind, date)) = dispatch.delivers {
            let order = self.orders.iter_mut().find(|o| (o.kind(), o.date) == (kind, date));
            if let Some(order) = order {
                order.delivered_at.get_or_insert(at);
            }
        }
        if let Message::PlanPrompt { cycle_start, .. } = dispatch.message {
            self.prompted.push(cycle_start);
        }
    }

    /// Forgets what no engine will read on or after a local date, as the shell's next load would.
    pub fn forget_before(&mut self, today: Date) {
        let first = days_before(today, Self::LOG_DAYS - 1);
        self.logs.retain(|key, _| key.date >= first);
        self.orders.retain(|order| order.date >= first);
        self.infractions.retain(|event| event.date >= first);
        self.excuses.retain(|excuse| excuse.until >= first);
        self.closed.retain(|date| *date >= first);
        let running = cycle_start(today);
        self.plans.retain(|plan| plan.cycle_start >= running);
        self.choices.retain(|choice| choice.cycle_start >= running);
        self.prompted.retain(|cycle| *cycle >= running);
    }

    /// Notes a mission that was ordered, where it belongs to the running block: it dates from the
    /// block's first week or later. Where that date is unknown the block was imported, and no other
    /// has been ordered since.
    pub fn note_ordered(&mut self, mission: &TrainingOrder, date: Date) {
        if self.client.block_start_date.is_none_or(|start| date >= start) {
            self.missions = self.missions.max(mission.day_index);
        }
    }

    /// Notes a mission that was logged, where it belongs to the running block: it dates from the
    /// block's first week or later, or, where that is unknown, names the block.
    pub fn note_logged(&mut self, log: &TrainingLog) {
        let belongs = match self.client.block_start_date {
            Some(start) => log.date >= start,
            None => self.client.training_template_id.as_ref() == Some(&log.block_id),
        };
        if belongs {
            self.missions = self.missions.max(log.day_index);
        }
    }

    /// Counts an issued mission. One that is withdrawn before any of its top sets was logged did
    /// not take place, and its number is used again.
    fn count_mission(&mut self, order: &Order) {
        let Ordered::Training(mission) = &order.ordered else { return };
        let was_tried = || {
            let keys = order.keys();
            keys.iter().any(|key| self.logs.contains_key(key))
        };
        if order.stands() {
            self.note_ordered(mission, order.date);
        } else if self.missions == mission.day_index && !was_tried() {
            self.missions -= 1;
        }
    }

    fn remember_set(&mut self, log: &TrainingLog) {
        let Some(set) = log.set else { return };
        let id = &log.exercise_id;
        match self.last_sets.get(id) {
            Some(last) if last.date > log.date => return,
            Some(last) if last.date < log.date => {
                let best = self.best_sets.get(id).and_then(LastSet::e1rm);
                if last.e1rm() > best {
                    self.best_sets.insert(id.clone(), last.clone());
                }
            }
            _ => {}
        }
        self.last_sets.insert(id.clone(), LastSet::new(set, log.date));
    }

    /// Returns the client's id.
    pub const fn user_id(&self) -> UserId {
        self.client.user_id
    }

    /// Returns the effective logs of a stream within `days` local dates that end on `last`.
    pub fn window(&self, stream: Stream, last: Date, days: u32) -> impl Iterator<Item = &Log> {
        let first = days_before(last, i64::from(days) - 1);
        self.logs
            .values()
            .filter(move |log| log.stream() == stream && (first..=last).contains(&log.date()))
    }

    /// Returns the orders of a local date that stand.
    pub fn orders_of(&self, date: Date) -> impl Iterator<Item = &Order> {
        self.orders.iter().filter(move |order| order.date == date && order.stands())
    }

    /// Returns the effective log of a key.
    pub fn log(&self, key: &LogKey) -> Option<&Log> {
        self.logs.get(key)
    }

    /// Returns the plan of the cycle that begins on a Tuesday.
    pub fn plan(&self, cycle_start: Date) -> Option<&CompiledPlan> {
        self.plans.iter().find(|plan| plan.cycle_start == cycle_start)
    }
}

/// Replaces the value of the same key, or adds it.
fn put<T, K: PartialEq>(values: &mut Vec<T>, value: T, key: impl Fn(&T) -> K) {
    match values.iter().position(|old| key(old) == key(&value)) {
        Some(at) => values[at] = value,
        None => values.push(value),
    }
}
