//! Clients as a coach sees them at a glance, many at once.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::{Error, Regiment, Result, read::Item};
use crate::{
    UserId,
    calendar::{cycle_start, days_after, days_before, local_date, offset_seconds},
    engine::schedule::Trigger,
    measure::Minutes,
    record::{
        CardSource, CheckinReport, ClientProfile, CompiledPlan, Gate, Infraction, JobCard, Log,
        LogKey, Order, Ordered, Standing, Stream,
    },
    store::{Lift, NeedPlace},
};

/// The local dates that an overview shows, today included.
pub const OVERVIEW_DAYS: u32 = 28;

/// How far back the last weekly card is looked for, days.
const WEEKLY_DAYS: i64 = 13;

/// A client as a coach sees him at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// The profile.
    pub client: ClientProfile,
    /// The local date.
    pub date: Date,
    /// The local clock's offset from UTC, in seconds.
    pub utc_offset_seconds: i32,
    /// Whether the client takes part on the date.
    pub gate: Gate,
    /// What the date asks of him, in the order it was asked.
    pub items: Vec<Item>,
    /// What comes next, and when.
    pub next: Option<(Trigger, Timestamp)>,
    /// The last [`OVERVIEW_DAYS`] local dates, oldest first.
    pub days: Vec<DayMarks>,
    /// What escalation has done.
    pub standing: Standing,
    /// Events that count, in the last 7, 10 and 14 local dates.
    pub counts: [(u32, u32); 3],
    /// The cards that ask for a decision.
    pub cards: Vec<JobCard>,
    /// The last weekly card, of the last two weeks.
    pub weekly: Option<JobCard>,
}

/// What became of one local date.
#[derive(Debug, Clone, PartialEq)]
pub struct DayMarks {
    /// The date.
    pub date: Date,
    /// By stream, in the order of [`Stream::ALL`].
    pub marks: [Mark; 4],
    /// What the client reported.
    pub checkin: Option<CheckinReport>,
}

/// What was done of what was asked. A miss that is nobody's fault is in neither.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Mark {
    /// How many items.
    pub assigned: u32,
    /// How many were done, cardio by its share of the assigned minutes.
    pub done: f64,
}

impl DayMarks {
    /// Returns the marks of all streams together.
    pub fn total(&self) -> Mark {
        self.marks.iter().fold(Mark::default(), |sum, mark| Mark {
            assigned: sum.assigned + mark.assigned,
            done: sum.done + mark.done,
        })
    }
}

impl Regiment {
    /// Returns some clients at a glance, in their order, in few statements however many they are.
    ///
    /// # Errors
    /// The store's.
    pub async fn overviews(&self, clients: Vec<ClientProfile>) -> Result<Vec<Overview>> {
        let now = self.clock.now();
        let dated: Vec<(ClientProfile, Date)> = clients
            .into_iter()
            .map(|client| (local_date(&client.timezone_offset, now), client))
            .map(|(date, client)| (client, date))
            .collect();
        let earliest = dated.iter().map(|(_, date)| *date).min().unwrap_or(Date::MAX);
        let latest = dated.iter().map(|(_, date)| *date).max().unwrap_or(Date::MIN);
        let first = days_before(earliest, i64::from(OVERVIEW_DAYS) - 1);
        let ids: Vec<UserId> = dated.iter().map(|(client, _)| client.user_id).collect();
        let ids = || ids.clone();

        let mut tx = self.store.read().await?;
        let mut orders = by_client(tx.orders_from(ids(), earliest).await?, |one| one.user_id);
        let mut logs = by_client(tx.effective_logs(ids(), first, latest).await?, Log::user_id);
        let mut cards = by_client(tx.unresolved_cards(ids()).await?, |one| one.user_id);
        let weekly_from = days_before(earliest, WEEKLY_DAYS);
        let mut recent = by_client(tx.cards_from(ids(), weekly_from).await?, |one| one.user_id);
        let mut events = by_client(tx.infractions_from(ids(), first).await?, |one| one.user_id);
        let mut standings = by_client(tx.standings(ids()).await?, |one| one.user_id);
        let mut triggers = by_client(tx.triggers_of(ids()).await?, |one| one.user_id);
        drop(tx);

        let overview = |(client, date): (ClientProfile, Date)| {
            let user_id = client.user_id;
            let logs = logs.remove(&user_id).unwrap_or_default();
            let of_today: BTreeMap<LogKey, Log> = logs
                .iter()
                .filter(|log| log.date() == date)
                .map(|log| (log.key(), log.clone()))
                .collect();
            let orders = orders.remove(&user_id).unwrap_or_default();
            let orders: Vec<Order> =
                orders.into_iter().filter(|order| order.date == date && order.stands()).collect();
            let events = events.remove(&user_id).unwrap_or_default();
            let next = triggers.remove(&user_id).unwrap_or_default().into_iter();
            let weekly = recent.remove(&user_id).unwrap_or_default();
            let standing = standings.remove(&user_id).and_then(|mut of_one| of_one.pop());
            Overview {
                date,
                utc_offset_seconds: offset_seconds(&client.timezone_offset, now),
                gate: client.gate(date),
                items: items(&orders, |key| of_today.get(key).cloned()),
                next: next
                    .map(|row| (row.due.trigger, row.due.moment.at))
                    .min_by_key(|(_, at)| *at),
                days: marks(&logs, days_before(date, i64::from(OVERVIEW_DAYS) - 1), date),
                standing: standing.unwrap_or_else(|| Standing::clean(user_id)),
                counts: counts(&events, date),
                cards: cards.remove(&user_id).unwrap_or_default(),
                // They come by date.
                weekly: weekly.into_iter().rfind(|card| card.source == CardSource::WeeklyScan),
                client,
            }
        };
        Ok(dated.into_iter().map(overview).collect())
    }

    /// Lists up to `limit` clients after a place, those who need the coach most first.
    ///
    /// # Errors
    /// The store's.
    pub async fn clients_by_need(
        &self,
        after: Option<&NeedPlace>,
        limit: u32,
    ) -> Result<Vec<(ClientProfile, NeedPlace)>> {
        Ok(self.store.read().await?.list_clients_by_need(after, limit).await?)
    }

    /// Returns the cards of some clients that ask for a decision.
    ///
    /// # Errors
    /// The store's.
    pub async fn unresolved_cards(&self, user_ids: Vec<UserId>) -> Result<Vec<JobCard>> {
        Ok(self.store.read().await?.unresolved_cards(user_ids).await?)
    }

    /// Returns what became of each local date between two, both inclusive, oldest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn days(&self, user_id: UserId, from: Date, until: Date) -> Result<Vec<DayMarks>> {
        let mut tx = self.store.read().await?;
        let logs = tx.effective_logs([user_id], from, until).await?;
        Ok(marks(&logs, from, until))
    }

    /// Returns a profile, its local date, and the effective logs of its last `days` local dates.
    ///
    /// # Errors
    /// [`Error::UnknownClient`], and the store's.
    pub async fn recent_logs(
        &self,
        user_id: UserId,
        days: u32,
    ) -> Result<(ClientProfile, Date, Vec<Log>)> {
        let mut tx = self.store.read().await?;
        let client = tx.client(user_id).await?.ok_or(Error::UnknownClient)?;
        let today = local_date(&client.timezone_offset, self.clock.now());
        let first = days_before(today, i64::from(days) - 1);
        let logs = tx.effective_logs([user_id], first, today).await?;
        Ok((client, today, logs))
    }

    /// Returns the last and the best top set of each exercise of a client, by exercise.
    ///
    /// # Errors
    /// The store's.
    pub async fn lifts(&self, user_id: UserId) -> Result<Vec<Lift>> {
        let mut lifts = self.store.read().await?.lifts([user_id]).await?;
        lifts.sort_by(|one, other| one.exercise_id.cmp(&other.exercise_id));
        Ok(lifts)
    }

    /// Returns the compiled plan of the cycle that holds a local date, today's where none is named.
    ///
    /// # Errors
    /// [`Error::UnknownClient`], and the store's.
    pub async fn plan(&self, user_id: UserId, date: Option<Date>) -> Result<Option<CompiledPlan>> {
        let mut tx = self.store.read().await?;
        let client = tx.client(user_id).await?.ok_or(Error::UnknownClient)?;
        let today = local_date(&client.timezone_offset, self.clock.now());
        let start = cycle_start(date.unwrap_or(today));
        let plans = tx.plans_from([user_id], start).await?;
        Ok(plans.into_iter().find(|plan| plan.cycle_start == start))
    }
}

/// Lists the items of a date's orders with what became of each.
pub(super) fn items(orders: &[Order], log: impl Fn(&LogKey) -> Option<Log>) -> Vec<Item> {
    orders
        .iter()
        .flat_map(|order| order.keys().into_iter().map(move |key| (order, key)))
        .map(|(order, key)| item(order, log(&key), key))
        .collect()
}

fn item(order: &Order, log: Option<Log>, key: LogKey) -> Item {
    let (exercise, minutes) = match (&order.ordered, key.stream) {
        (Ordered::Training(training), _) => {
            let set = training.sets.iter().find(|set| set.exercise_id.as_str() == key.item);
            (set.map(|set| set.exercise.clone()), None)
        }
        (Ordered::Fuel { cardio: Some(cardio), .. }, Stream::Cardio) => {
            (None, Some(cardio.minutes))
        }
        (Ordered::Fuel { .. } | Ordered::Checkin, _) => (None, None),
    };
    Item { key, order: order.kind(), exercise, minutes, deadline: order.deadline, log }
}

/// Counts the events that count, over the windows of the escalation that end on a local date.
pub(super) fn counts(events: &[Infraction], today: Date) -> [(u32, u32); 3] {
    [7, 10, 14].map(|days| {
        let first = days_before(today, i64::from(days) - 1);
        let counted =
            events.iter().filter(|event| event.counts() && (first..=today).contains(&event.date));
        (days, u32::try_from(counted.count()).unwrap_or(u32::MAX))
    })
}

fn by_client<T>(rows: Vec<T>, of: impl Fn(&T) -> UserId) -> BTreeMap<UserId, Vec<T>> {
    let mut found: BTreeMap<UserId, Vec<T>> = BTreeMap::new();
    for row in rows {
        found.entry(of(&row)).or_default().push(row);
    }
    found
}

/// Marks every date between two by a client's effective logs.
fn marks(logs: &[Log], from: Date, until: Date) -> Vec<DayMarks> {
    let mut days: BTreeMap<Date, DayMarks> = BTreeMap::new();
    let mut date = from;
    while date <= until {
        days.insert(date, DayMarks { date, marks: [Mark::default(); 4], checkin: None });
        let next = days_after(date, 1);
        if next == date {
            break;
        }
        date = next;
    }
    for log in logs {
        let Some(day) = days.get_mut(&log.date()) else { continue };
        if let Log::Checkin(checkin) = log {
            day.checkin.clone_from(&checkin.report);
        }
        let place = Stream::ALL.iter().position(|stream| *stream == log.stream());
        let Some(mark) = place.and_then(|place| day.marks.get_mut(place)) else { continue };
        if log.cause().is_none() {
            mark.assigned += 1;
            mark.done += share_done(log);
        }
    }
    days.into_values().collect()
}

/// Returns how much of an item was done, 0 to 1.
fn share_done(log: &Log) -> f64 {
    match log {
        Log::Cardio(log) => {
            let actual = log.actual_minutes.map_or(0, Minutes::get);
            let assigned = log.assigned_minutes.get();
            if assigned == 0 { 1.0 } else { (f64::from(actual) / f64::from(assigned)).min(1.0) }
        }
        Log::Meal(_) | Log::Training(_) | Log::Checkin(_) => f64::from(u8::from(!log.is_missed())),
    }
}
