//! A practice with many clients, and the figures that are printed.

use std::{fs, sync::Arc, thread};

use anyhow::Result;
use jiff::{Timestamp, civil::Date};
use regiment_core::{
    Clock as _, ManualClock, UserId,
    calendar::{Zone, cycle_start},
    effect::Entry,
    import::Import,
    record::{
        Actor, CardioLog, CheckinLog, ClientProfile, DoneOrMissed, Log, MealLog, Order, OrderKind,
        Ordered, Stream, TrainingLog,
    },
    regiment::Regiment,
    store::Store,
    testing::{client, date, report, set, slug},
};

/// The local date of the first orders: a Tuesday.
pub(crate) const START: &str = "2026-03-03";

/// A practice on a store, with its clock and, on SQLite, the folder that goes with it.
pub(crate) struct Practice {
    pub(crate) regiment: Regiment,
    pub(crate) clock: Arc<ManualClock>,
    store: Store,
    _folder: Option<tempfile::TempDir>,
}

impl Practice {
    /// Opens a practice with `n_clients` active clients in UTC who start on [`START`].
    pub(crate) async fn open(url: &str, n_clients: u64) -> Result<Self> {
        let (url, folder) = if url == "sqlite" {
            let folder = tempfile::tempdir()?;
            (format!("sqlite://{}", folder.path().join("bench.db").display()), Some(folder))
        } else {
            (url.to_owned(), None)
        };
        let clock = Arc::new(ManualClock::at(instant(START, "00:00")?));
        let store = Store::open(&url).await?;
        store.migrate_up(instant(START, "00:00")?).await?;
        let regiment = Regiment::open(store.clone(), clock.clone()).await?;
        let by = Actor::Admin("bench".to_owned());
        let ids: Vec<u64> = (0..n_clients).collect();
        for part in ids.chunks(5_000) {
            let mut import = Import::default();
            import.profiles = part.iter().map(|n| profile(*n)).collect();
            regiment.import(import, &by).await?;
        }
        Ok(Self { regiment, clock, store, _folder: folder })
    }

    /// Has every client get the orders of a date and do nine of ten things, as the engines would
    /// record it.
    pub(crate) async fn live(&self, n_clients: u64, day: Date, kinds: &[OrderKind]) -> Result<()> {
        let now = self.clock.now();
        let ids: Vec<u64> = (0..n_clients).collect();
        for part in ids.chunks(1_000) {
            let mut tx = self.store.begin().await?;
            let orders = tx.orders_from(part.iter().map(|n| user(*n)), day).await?;
            let mut reached: Vec<Order> =
                orders.into_iter().filter(|order| kinds.contains(&order.kind())).collect();
            for order in &mut reached {
                order.delivered_at = Some(order.ordered_at);
            }
            tx.save_orders(&reached).await?;
            let logs: Vec<Log> = reached.iter().flat_map(|order| answers(order, now)).collect();
            let entries = logs.into_iter().enumerate().filter(|(n, _)| n % 10 != 0);
            let entries: Vec<Entry> = entries
                .map(|(_, log)| {
                    let by = Actor::Client(log.user_id());
                    Entry { log, entered_at: now, by, reason: None }
                })
                .collect();
            tx.append_logs(&entries, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Reads an instant from a UTC date and time of day.
pub(crate) fn instant(day: &str, time: &str) -> Result<Timestamp> {
    Ok(format!("{day}T{time}:00Z").parse()?)
}

/// Prints a heading's runs and their median.
pub(crate) fn say(what: &str, unit: &str, mut runs: Vec<f64>) {
    let shown: Vec<String> = runs.iter().map(|run| format!("{run:.1}")).collect();
    runs.sort_by(f64::total_cmp);
    let median = runs.get(runs.len() / 2).copied().unwrap_or(f64::NAN);
    println!("{what:<44} median {median:>10.1} {unit:<14} runs {}", shown.join(", "));
}

/// Prints the machine.
pub(crate) fn say_machine() {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown", |rest| rest.trim_start_matches([' ', '\t', ':']));
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("machine: {model}, {cores} cores; load {}", load.trim());
}

/// Returns the most memory that the process has held so far, MiB.
pub(crate) fn peak_mib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib / 1024.0)
}

/// Writes that everything of an order was done.
fn answers(order: &Order, at: Timestamp) -> Vec<Log> {
    let (user_id, date, zone) = (order.user_id, order.date, Zone::utc());
    match &order.ordered {
        Ordered::Checkin => {
            let report = Some(report(80.0));
            vec![Log::Checkin(CheckinLog { user_id, date, timestamp: at, report, cause: None })]
        }
        Ordered::Fuel { meals, cardio, template_id: _ } => {
            let eaten = meals.iter().map(|meal| {
                Log::Meal(MealLog {
                    user_id,
                    meal_id: meal.meal_id.clone(),
                    date,
                    logged_at: at,
                    timezone_offset: zone.clone(),
                    status: DoneOrMissed::Completed,
                    source_engine: Stream::Meal,
                    cause: None,
                })
            });
            let walked = cardio.iter().map(|cardio| {
                Log::Cardio(CardioLog {
                    user_id,
                    date,
                    timestamp: at,
                    assigned_minutes: cardio.minutes,
                    actual_minutes: Some(cardio.minutes),
                    cause: None,
                })
            });
            eaten.chain(walked).collect()
        }
        Ordered::Training(workout) => workout
            .sets
            .iter()
            .map(|line| {
                Log::Training(TrainingLog {
                    user_id,
                    block_id: workout.block_id.clone(),
                    day_index: workout.day_index,
                    exercise: line.exercise.clone(),
                    exercise_id: line.exercise_id.clone(),
                    set: Some(set(60.0, 8)),
                    date,
                    timestamp: at,
                    timezone: zone.clone(),
                    cause: None,
                })
            })
            .collect(),
    }
}

/// Returns the id of a client.
pub(crate) fn user(n: u64) -> UserId {
    (100_000_000_000_000_000 + n).to_string().parse().expect("18 digits")
}

/// Writes the profile of an active client in UTC who starts on [`START`].
pub(crate) fn profile(n: u64) -> ClientProfile {
    let user_id = user(n);
    let start = date(START);
    let templates = ["template_a", "template_b", "template_c", "template_d"];
    let template = templates[usize::try_from(n % 4).expect("below 4")];
    ClientProfile {
        user_id,
        subject: None,
        start_date: start,
        cycle_start_date: cycle_start(start),
        block_start_date: Some(start),
        meal_template_id: Some(slug(template)),
        plan_choices: vec![slug(template)],
        ..client("1")
    }
}
