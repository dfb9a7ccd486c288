//! All the state an engine may read about one client.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{
    Slug, UserId,
    calendar::days_before,
    record::{
        ClientProfile, CompiledPlan, Excuse, ExcuseRequest, Exercise, Infraction, JobCard, LastSet,
        Log, LogKey, Order, PlanChoice, Standing, Stream,
    },
};

/// What the shell loaded about one client before asking an engine.
///
/// Logs are effective ones (the latest revision of each key) of the last [`Dossier::LOG_DAYS`]
/// local dates, in key order. Older top sets that an engine needs stand in `last_sets` and
/// `best_sets`.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    /// The profile.
    pub client: ClientProfile,
    /// Effective logs, ordered by key.
    pub logs: BTreeMap<LogKey, Log>,
    /// Orders of the same dates, ordered by date and kind.
    pub orders: Vec<Order>,
    /// The running and the coming cycle's plans.
    pub plans: Vec<CompiledPlan>,
    /// The client's choices for those cycles.
    pub choices: Vec<PlanChoice>,
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
    /// The last top set of each exercise, by exercise.
    pub last_sets: BTreeMap<Slug<Exercise>, LastSet>,
    /// The best top set (by estimated one-repetition maximum) of each exercise before today.
    pub best_sets: BTreeMap<Slug<Exercise>, LastSet>,
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
            orders: Vec::new(),
            plans: Vec::new(),
            choices: Vec::new(),
            excuses: Vec::new(),
            requests: Vec::new(),
            infractions: Vec::new(),
            standing,
            cards: Vec::new(),
            last_sets: BTreeMap::new(),
            best_sets: BTreeMap::new(),
            closed: Vec::new(),
        }
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
