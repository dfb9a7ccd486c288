//! A simulated company on a store in memory, for `demo` and `simulate`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use regiment_core::measure::Minutes;
use regiment_core::record::{CardSource, ClientProfile, Exercise, Log, LogKey};
use regiment_core::regiment::Regiment;
use regiment_core::simulate::{Company, Tally};
use regiment_core::store::Store;
use regiment_core::{ManualClock, Slug, SystemClock, UserId};

use crate::command::export::everything;
use crate::terminal::{Align, count, progress, table};
use crate::weekly::FlagEngine;

/// How far the clock goes between two drawings of the progress bar.
const STEP: SignedDuration = SignedDuration::from_hours(6);

/// A company that has lived for a while, and the store that remembers it.
#[derive(Debug)]
pub(crate) struct Simulated {
    pub(crate) store: Store,
    pub(crate) company: Company,
    pub(crate) tally: Tally,
    pub(crate) until: Timestamp,
}

impl Simulated {
    /// Lets `n` people live from `begins` to `until` through the real engines.
    pub(crate) async fn live(
        seed: u64,
        n: u32,
        begins: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Self> {
        let clock = Arc::new(ManualClock::at(begins));
        let store = Store::open("sqlite::memory:").await?;
        store.migrate_up(begins).await?;
        let regiment = Regiment::open(store.clone(), clock.clone()).await?;
        let regiment = regiment.with_scanner(Arc::new(FlagEngine::default())).await?;
        let n_days = u32::try_from(until.duration_since(begins).as_hours() / 24)?;
        // The last of them has been in service for three quarters of the time.
        let mut company = Company::new(seed, n, begins, n_days / 4);

        let n_steps = u64::from(n_days) * 24 / u64::try_from(STEP.as_hours())?;
        let bar = progress(n_steps, &format!("{n} clients, {n_days} days"));
        let mut tally = Tally::default();
        let mut now = begins;
        while now < until {
            now = (now + STEP).min(until);
            tally.add(company.live(&regiment, &clock, now).await?);
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(Self { store, company, tally, until })
    }

    /// Opens the practice again on the machine's clock.
    pub(crate) async fn on_the_system_clock(&self) -> anyhow::Result<Regiment> {
        let regiment = Regiment::open(self.store.clone(), Arc::new(SystemClock)).await?;
        Ok(regiment.with_scanner(Arc::new(FlagEngine::default())).await?)
    }

    /// Says what became of everybody: a row for each, and the sums.
    pub(crate) async fn summary(&self) -> anyhow::Result<String> {
        let regiment = self.on_the_system_clock().await?;
        let (clients, logs) = everything(&regiment).await?;
        let mut services: BTreeMap<UserId, Service> = BTreeMap::new();
        for client in clients {
            services.insert(client.user_id, Service::new(client));
        }
        let ids: Vec<UserId> = services.keys().copied().collect();
        let first = date(1, 1, 1);
        let mut tx = self.store.read().await?;
        for order in tx.orders_from(ids.iter().copied(), first).await? {
            services.entry(order.user_id).and_modify(|service| service.sums.orders += 1);
        }
        for event in tx.infractions_from(ids.iter().copied(), first).await? {
            if event.counts() {
                services.entry(event.user_id).and_modify(|service| service.sums.infractions += 1);
            }
        }
        let mut raised: BTreeMap<String, u64> = BTreeMap::new();
        for card in tx.cards_from(ids.iter().copied(), first).await? {
            let is_weekly = card.source == CardSource::WeeklyScan;
            services.entry(card.user_id).and_modify(|service| {
                service.sums.cards += u64::from(card.state.is_unresolved());
                service.sums.weekly += u64::from(is_weekly);
            });
            for evidence in card.evidence.iter().filter(|_| is_weekly) {
                if card.flags.contains(&evidence.flag) {
                    *raised.entry(evidence.flag.flag.to_string()).or_default() += 1;
                }
            }
        }
        let worst = tx.open_cards(3).await?;
        drop(tx);
        let mut by_date: Vec<(LogKey, Log)> =
            logs.into_iter().map(|log| (log.key(), log)).collect();
        by_date.sort_by(|(one, _), (other, _)| (one.date, one).cmp(&(other.date, other)));
        for (key, log) in by_date {
            services.entry(key.user_id).and_modify(|service| service.take(&log));
        }
        let mut text = self.laid_out(&services.into_values().collect::<Vec<_>>());
        let raised: Vec<String> =
            raised.into_iter().map(|(flag, n)| format!("{flag} {}", count(n))).collect();
        let _ = writeln!(text, "\nweekly findings: {}", raised.join(", "));
        for card in worst {
            let _ = writeln!(text, "{} {}: {}", card.severity, card.source, card.summary);
        }
        Ok(text)
    }

    fn laid_out(&self, services: &[Service]) -> String {
        let mut rows: Vec<[String; 11]> = services.iter().map(Service::row).collect();
        let mut total = Sums::default();
        for service in services {
            total.add(&service.sums);
        }
        rows.push(total.row([format!("{} clients", services.len()), String::new(), String::new()]));
        let columns = [
            ("client", Align::Left),
            ("goal", Align::Left),
            ("zone", Align::Left),
            ("orders", Align::Right),
            ("logs", Align::Right),
            ("missed", Align::Right),
            ("infractions", Align::Right),
            ("weekly cards", Align::Right),
            ("open cards", Align::Right),
            ("records", Align::Right),
            ("adherence", Align::Right),
        ];
        let tally = &self.tally;
        let events = [
            (tally.messages, "messages delivered"),
            (tally.answers, "answers stored"),
            (tally.refused, "entries refused"),
            (tally.confirmations, "odd weights asked about"),
            (tally.asked, "excuses asked for"),
            (tally.granted, "granted"),
            (tally.paused, "pauses"),
            (tally.reassigned, "blocks followed by another"),
            (tally.decided, "cards decided about"),
        ]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{} {what}", count(n.into())))
        .collect::<Vec<_>>()
        .join(", ");
        format!("{}\n{events}\n", table(columns, &rows))
    }
}

/// What one client's service came to.
struct Service {
    client: ClientProfile,
    sums: Sums,
    best: BTreeMap<Slug<Exercise>, f64>,
}

impl Service {
    fn new(client: ClientProfile) -> Self {
        Self { client, sums: Sums::default(), best: BTreeMap::new() }
    }

    /// Takes a log in; the client's logs come in the order of their dates.
    fn take(&mut self, log: &Log) {
        let sums = &mut self.sums;
        sums.logs += 1;
        sums.missed += u64::from(log.is_counted_miss());
        if log.cause().is_none() {
            sums.counted += 1.0;
            sums.done += share_done(log);
        }
        let Log::Training(log) = log else { return };
        let Some(lifted) = log.set.and_then(|set| set.e1rm()) else { return };
        let best = self.best.get(&log.exercise_id);
        sums.records += u64::from(best.is_some_and(|best| lifted > *best));
        if best.is_none_or(|best| lifted > *best) {
            self.best.insert(log.exercise_id.clone(), lifted);
        }
    }

    fn row(&self) -> [String; 11] {
        let client = &self.client;
        self.sums.row([
            client.alias.clone().or_else(|| client.name.clone()).unwrap_or_default(),
            client.goal.to_string(),
            client.timezone_offset.to_string(),
        ])
    }
}

/// Counts over one client or all of them.
#[derive(Default)]
struct Sums {
    orders: u64,
    logs: u64,
    missed: u64,
    infractions: u64,
    weekly: u64,
    cards: u64,
    records: u64,
    /// Items that count toward adherence, and how much of them was done.
    counted: f64,
    done: f64,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.orders += other.orders;
        self.logs += other.logs;
        self.missed += other.missed;
        self.infractions += other.infractions;
        self.weekly += other.weekly;
        self.cards += other.cards;
        self.records += other.records;
        self.counted += other.counted;
        self.done += other.done;
    }

    fn row(&self, [client, goal, zone]: [String; 3]) -> [String; 11] {
        [
            client,
            goal,
            zone,
            count(self.orders),
            count(self.logs),
            count(self.missed),
            count(self.infractions),
            count(self.weekly),
            count(self.cards),
            count(self.records),
            percent(self.done, self.counted),
        ]
    }
}

/// How much of an item was done: cardio counts up to its assigned minutes.
fn share_done(log: &Log) -> f64 {
    if log.is_missed() {
        return 0.0;
    }
    match log {
        Log::Cardio(log) if log.assigned_minutes.get() > 0 => {
            let done = log.actual_minutes.map_or(0, Minutes::get);
            (f64::from(done) / f64::from(log.assigned_minutes.get())).min(1.0)
        }
        Log::Meal(_) | Log::Training(_) | Log::Cardio(_) | Log::Checkin(_) => 1.0,
    }
}

fn percent(part: f64, whole: f64) -> String {
    if whole > 0.0 { format!("{:.0}%", 100.0 * part / whole) } else { "–".to_owned() }
}
