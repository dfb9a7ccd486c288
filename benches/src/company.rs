//! A practice as it stands on an ordinary day of the real clock, and the server that serves it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use regiment_core::calendar::{Zone, local_date};
use regiment_core::import::Import;
use regiment_core::measure::Minutes;
use regiment_core::record::{
    Actor, CardAction, CardSource, CardState, CardioOrder, ClientProfile, Evidence, Flag, JobCard,
    MealOrder, Order, Ordered, Portion, Severity,
};
use regiment_core::regiment::Regiment;
use regiment_core::store::{Role, Store};
use regiment_core::testing::slug;
use regiment_core::{Clock as _, Id, SystemClock, UserId};

use crate::practice::{profile, user};
use crate::process::{Process, free_address, program};
use crate::request::Http;

/// The meals of everybody's day.
pub(crate) const MEALS: [&str; 4] = ["breakfast", "lunch", "snack", "dinner"];

/// How many clients there are for each open card.
const CLIENTS_PER_CARD: usize = 10;

/// How long a server may take to be ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// What `--database` says for a file of its own.
const SQLITE: &str = "sqlite";

/// A practice in a store, and the folder that goes with it.
pub(crate) struct Company {
    pub(crate) store: Store,
    pub(crate) url: String,
    /// The date for which everybody has orders.
    pub(crate) date: Date,
    /// The token of a coach.
    pub(crate) coach: String,
    /// The token of the bot.
    pub(crate) bot: String,
    folder: tempfile::TempDir,
}

/// What a server takes part in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Roles {
    /// Everything.
    All,
    /// Answers, and decides nothing by itself.
    Api,
}

/// The real server, ready.
pub(crate) struct Served {
    pub(crate) process: Process,
    /// Host and port.
    pub(crate) address: String,
    /// From its start until `/readyz` said that it can serve.
    pub(crate) start: Duration,
}

impl Company {
    /// Fills a new store: clients, orders of today that reached them, and an open card for one client in ten.
    pub(crate) async fn open(database: &str, clients: u64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = match database {
            SQLITE => format!("sqlite://{}", folder.path().join("regiment.db").display()),
            url => url.to_owned(),
        };
        let now = SystemClock.now();
        let date = local_date(&Zone::utc(), now);
        let store = Store::open(&url).await?;
        store.migrate_up(now).await?;
        let regiment = Regiment::open(store.clone(), Arc::new(SystemClock)).await?;
        ensure!(regiment.clients(None, 1).await?.is_empty(), "--database must name an empty one");
        let by = Actor::Admin("bench".to_owned());
        let ids: Vec<u64> = (0..clients).collect();
        for part in ids.chunks(1_000) {
            let mut import = Import::default();
            import.profiles = part.iter().map(|n| named(*n)).collect();
            regiment.import(import, &by).await?;
            let mut tx = store.begin().await?;
            let orders: Vec<Order> = part.iter().map(|n| fuel(user(*n), date, now)).collect();
            tx.save_orders(&orders).await?;
            let bearers = part.iter().step_by(CLIENTS_PER_CARD);
            let cards: Vec<JobCard> = bearers.flat_map(|n| cards(*n, date, now)).collect();
            tx.save_cards(&cards, now).await?;
            tx.commit().await?;
        }
        let (_, coach) = regiment.create_token(Role::Coach, "bench coach", &by).await?;
        let (_, bot) = regiment.create_token(Role::Bot, "bench bot", &by).await?;
        Ok(Self { store, url, date, coach: coach.secret, bot: bot.secret, folder })
    }

    /// Returns whether the store is a file.
    pub(crate) fn is_sqlite(&self) -> bool {
        self.url.starts_with(SQLITE)
    }

    /// Returns a file beside the practice.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Forgets every log, and every request that was carried out.
    pub(crate) async fn forget_logs(&self) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let sql = if self.is_sqlite() {
            "DELETE FROM logs; DELETE FROM client_activity; DELETE FROM request_log"
        } else {
            // Leaves no dead rows to the next run.
            "TRUNCATE logs, client_activity, request_log"
        };
        tx.tamper(sql).await?;
        Ok(tx.commit().await?)
    }

    /// Starts the real server and waits until it is ready.
    pub(crate) async fn serve(&self, roles: Roles) -> Result<Served> {
        let address = free_address()?.to_string();
        let roles = match roles {
            Roles::All => "api,scheduler",
            Roles::Api => "api",
        };
        let mut command = Command::new(program("regiment")?);
        command
            .args(["serve", "--log", "json", "--listen", &address, "--roles", roles])
            .current_dir(self.folder.path())
            .env_clear()
            .env("REGIMENT_DATABASE", &self.url)
            // One caller asks for all of them.
            .env("REGIMENT_LIMITS__PER_CALLER_PER_MINUTE", "4000000000");
        let began = Instant::now();
        let process = Process::start(&mut command, &self.file("server.log"))?;
        wait_until_ready(&address, &self.file("server.log")).await?;
        Ok(Served { process, address, start: began.elapsed() })
    }
}

/// Waits until `/readyz` says that a server can serve.
pub(crate) async fn wait_until_ready(address: &str, log: &Path) -> Result<()> {
    let began = Instant::now();
    loop {
        if let Ok(mut connection) = Http::connect(address).await
            && connection.ask(b"GET /readyz HTTP/1.1\r\nhost: bench\r\n\r\n").await.is_ok()
        {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            bail!("the server is not ready:\n{}", std::fs::read_to_string(log)?);
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn named(n: u64) -> ClientProfile {
    let coaching_notes = "Trains before work. Knee: no deep lunges.".to_owned();
    ClientProfile {
        name: Some(format!("Client Number {n}")),
        alias: Some(format!("Runner {n}")),
        email: Some(format!("client-{n}@example.com")),
        coaching_notes,
        ..profile(n)
    }
}

/// Four meals and cardio, delivered an hour ago and open for six more.
fn fuel(user_id: UserId, date: Date, now: Timestamp) -> Order {
    let portion = |food: &str, grams| Portion { food: food.to_owned(), grams, units: None };
    let meal = |id: &str| MealOrder {
        meal_id: slug(id),
        portions: vec![portion("oats", 80), portion("skyr", 250), portion("blueberries", 100)],
    };
    let ordered = Ordered::Fuel {
        meals: MEALS.map(meal).to_vec(),
        cardio: Some(CardioOrder {
            minutes: Minutes::new(30).expect("in range"),
            cardio_type: "zone2".to_owned(),
            heart_rate: Some((112, 130)),
        }),
        template_id: slug("template_a"),
    };
    let ordered_at = now - SignedDuration::from_hours(1);
    Order {
        user_id,
        date,
        ordered,
        ordered_at,
        deadline: now + SignedDuration::from_hours(6),
        delivered_at: Some(ordered_at),
        withdrawn_at: None,
    }
}

/// Last week's card, resolved, and this week's, open.
fn cards(n: u64, date: Date, now: Timestamp) -> [JobCard; 2] {
    [(7, CardState::Resolved, Flag::SoftCompliance), (0, CardState::Open, Flag::WeightStall)].map(
        |(days_ago, state, flag)| {
            let day = date - days_ago.days();
            let mut card = JobCard::open(user(n), CardSource::WeeklyScan, day, now);
            let mut bytes = [0; 10];
            bytes[..8].copy_from_slice(&n.to_be_bytes());
            bytes[9] = u8::from(state == CardState::Open);
            card.id = Some(Id::mint(now, bytes));
            card.state = state;
            card.resolved = state == CardState::Resolved;
            for flag in [flag, Flag::MealComplianceLow] {
                card.flags.push(flag.into());
                card.evidence.push(evidence(flag, day));
            }
            card.severity = Severity::ALL[usize::try_from(n / 10).expect("few clients") % 4];
            card.priority = 1.0 / (2.0 + f64::from(u32::try_from(n % 97).expect("below 97")));
            card.action_suggested = CardAction::Callout;
            card.summary.push_str("12 of 28 meals in 7 days; weight 90.1 kg, unchanged.");
            card
        },
    )
}

fn evidence(flag: Flag, day: Date) -> Evidence {
    Evidence {
        flag: flag.into(),
        window_start: day - 6.days(),
        window_end: day,
        dates: (0..5).map(|ago| day - ago.days()).collect(),
        numbers: [("kg_per_week", -0.02), ("share", 0.43)].map(|(k, v)| (k.to_owned(), v)).into(),
        detail: "two weeks in a row".to_owned(),
    }
}
