//! A morning of drops for a whole company, during which bot and server are killed again and again.
//!
//! `REGIMENT_DISCORD_KILLS` says how often; `docs/discord-cases.md` tells of the long form.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use regiment_core::calendar::{DayOfWeek, Zone, cycle_start, local_date};
use regiment_core::record::{Actor, ClientProfile};
use regiment_core::regiment::{Dm, Regiment};
use regiment_core::store::{DeliveryState, Listing, Store};
use regiment_core::testing::{client, date, user};
use regiment_core::{Clock as _, ManualClock, SystemClock};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::company::bot_token;
use crate::process::{Process, Server};
use crate::stand_in::Discord;
use crate::stand_in::person::{Person, Reply};
use crate::stand_in::world::Timings;

/// The short form, which every run of the tests includes.
const KILLS: u32 = 10;

const CLIENTS: u32 = 200;

/// The longest that a process lives before it is killed, in milliseconds.
const LONGEST_LIFE: u64 = 2_500;

/// How large a file may get on a disk that is almost full, in kibibytes.
const SMALL_DISK: u32 = 256;

/// How long everything may take to be sent and answered once nobody is killed any more.
const PATIENCE: Duration = Duration::from_mins(3);

/// Server and bot, wherever they are in their lives.
struct Pair {
    folder: TempDir,
    port: u16,
    discord: Discord,
    known: Server,
    server: Option<Process>,
    bot: Option<Process>,
    lives: u32,
}

impl Pair {
    fn new(folder: TempDir, discord: &Discord, bot_token: String) -> Self {
        let port = free_port();
        let known = Server { url: format!("http://127.0.0.1:{port}"), bot_token };
        Self { folder, port, discord: discord.clone(), known, server: None, bot: None, lives: 0 }
    }

    fn log(&mut self, name: &str) -> std::path::PathBuf {
        self.lives += 1;
        self.folder.path().join(format!("{name}-{}.log", self.lives))
    }

    fn start_server(&mut self, limit: Option<u32>) {
        let log = self.log("server");
        self.server = Some(Process::server(self.folder.path(), &log, self.port, limit));
    }

    fn start_bot(&mut self) {
        let log = self.log("bot");
        self.bot = Some(Process::bot(&log, &self.discord, &self.known, &[]));
    }

    fn database(&self) -> String {
        database(self.folder.path())
    }
}

fn database(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("regiment.db").display())
}

/// Returns a zone in which it is eight in the morning.
fn morning() -> Zone {
    let hour = i32::from(SystemClock.now().to_zoned(TimeZone::UTC).hour());
    let east = (8 - hour).rem_euclid(24);
    let offset = if east > 14 { east - 24 } else { east };
    Zone::parse(&format!("UTC{offset:+}")).expect("a zone")
}

/// Lets a company enlist in the night before, as many as there are.
async fn company(folder: &Path, discord: &Discord, n: u32) -> (Vec<Person>, String) {
    let zone = morning();
    let now = SystemClock.now();
    let night = now - SignedDuration::from_hours(8);
    let clock = Arc::new(ManualClock::at(night));
    let store = Store::open(&database(folder)).await.expect("a database");
    store.migrate_up(night).await.expect("migrations apply");
    let regiment = Regiment::open(store, clock).await.expect("a practice");
    let today = local_date(&zone, now);
    let start = cycle_start(today);
    let mut people = Vec::new();
    for number in 1..=n {
        let person = discord.member(&format!("Person {number}"));
        let profile = ClientProfile {
            subject: None,
            start_date: start,
            cycle_start_date: start,
            block_start_date: Some(start),
            training_days: vec![DayOfWeek::of(today)],
            timezone_offset: zone.clone(),
            version: 0,
            ..client(&person.id.to_string())
        };
        regiment.create(profile, &Actor::Coach("1".to_owned())).await.expect("a new client");
        let channel = Some(person.direct().to_string());
        let user_id = user(&person.id.to_string());
        regiment.save_contact(user_id, channel, Dm::Open).await.expect("a contact");
        people.push(person);
    }
    let token = bot_token(&regiment).await;
    regiment.store().close().await;
    (people, token)
}

/// Lets a client answer two meals of the day's order, each until he is told that it is filed.
async fn soldier(person: Person, filed: Arc<AtomicU32>) {
    let direct = person.direct();
    let order = loop {
        let seen = person.sees(direct);
        if let Some(order) = seen.into_iter().find(|seen| seen.content.contains("Fuel and cardio"))
        {
            break order;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    for label in ["✅ Meal 1", "❌ Meal 2"] {
        loop {
            let reply = person.press(&order, label).await.expect("the button stays");
            let is_filed = match &reply {
                Reply::Changed(_) => true,
                Reply::Note(seen) => seen.content.contains("Received and kept"),
                Reply::Form(_)
                | Reply::Choices(_)
                | Reply::Nothing
                | Reply::Thinking
                | Reply::Failed => false,
            };
            if is_filed {
                filed.fetch_add(1, Ordering::Relaxed);
                break;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_morning_of_kills_loses_no_log_and_sends_nothing_twice() {
    let kills = std::env::var("REGIMENT_DISCORD_KILLS");
    let kills = kills.map_or(KILLS, |text| text.parse().expect("a number of kills"));
    let discord = Discord::start(|| SystemClock.now(), Timings::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let (people, bot_token) = company(folder.path(), &discord, CLIENTS).await;
    let mut pair = Pair::new(folder, &discord, bot_token);
    pair.start_server(None);
    pair.start_bot();

    let since = Instant::now();
    let filed = Arc::new(AtomicU32::new(0));
    let mut soldiers = JoinSet::new();
    for person in &people {
        soldiers.spawn(soldier(person.clone(), filed.clone()));
    }
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..kills {
        tokio::time::sleep(Duration::from_millis(rng.random_range(200..LONGEST_LIFE))).await;
        if rng.random_bool(0.5) {
            pair.bot.take().expect("a bot").kill();
            pair.start_bot();
        } else {
            pair.server.take().expect("a server").kill();
            pair.start_server(None);
        }
    }
    let finished =
        tokio::time::timeout(PATIENCE, async { while soldiers.join_next().await.is_some() {} });
    assert!(finished.await.is_ok(), "{} of {} filed", filed.load(Ordering::Relaxed), 2 * CLIENTS);
    let quiet = wait_until_all_is_sent(&discord).await;
    let lasted = since.elapsed().saturating_sub(quiet);
    let told = pair.bot.take().map(|bot| (bot.says(), bot.stop())).expect("a bot");
    assert!(told.1.success(), "{}", told.0);
    assert!(pair.server.take().expect("a server").stop().success());

    let (sent, logs) = check(&pair.database(), &discord, &people).await;
    discord.assert_clean();
    eprintln!(
        "{kills} kills in {} s: {CLIENTS} clients, {sent} messages, {logs} logs, {} interactions",
        lasted.as_secs(),
        discord.with(|world| world.interactions.len()),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_is_said_and_nothing_that_was_taken_is_lost() {
    let discord = Discord::start(|| SystemClock.now(), Timings::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let (people, bot_token) = company(folder.path(), &discord, 1).await;
    let mut pair = Pair::new(folder, &discord, bot_token);
    pair.start_server(None);
    pair.start_bot();
    let person = &people[0];
    let order = person.reads("Fuel and cardio").await;
    pair.server.take().expect("a server").kill();
    pair.start_server(Some(SMALL_DISK));
    let mut said = String::new();
    let mut taken = 0;
    for n in 0..200 {
        let label = if n % 2 == 0 { "✅ Meal 1" } else { "❌ Meal 1" };
        match person.press(&order, label).await.expect("the button stays") {
            Reply::Changed(_) => taken += 1,
            Reply::Note(seen) if is_honest(&seen.content) => {
                said = seen.content;
                if n > 20 {
                    break;
                }
            }
            reply @ (Reply::Note(_)
            | Reply::Form(_)
            | Reply::Choices(_)
            | Reply::Nothing
            | Reply::Thinking
            | Reply::Failed) => panic!("{reply:?}"),
        }
    }
    assert!(!said.is_empty(), "the disk is never full");
    pair.server.take().expect("a server").kill();
    pair.start_server(None);
    loop {
        if let Reply::Changed(_) = person.press(&order, "✅ Meal 2").await.expect("a button") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(pair.server.take().expect("a server").stop().success());
    let store = Store::open(&pair.database()).await.unwrap();
    let regiment = Regiment::open(store, Arc::new(SystemClock)).await.unwrap();
    let user_id = user(&person.id.to_string());
    let (from, until) = (date("2020-01-01"), date("2100-01-01"));
    let mut found = regiment.revisions(user_id, None, from, until).await.unwrap();
    found.retain(|revision| revision.by != Actor::System);
    assert!(found.len() > taken, "{taken} were taken, {} are there", found.len());
    discord.assert_clean();
}

/// Whether words say that something was not filed, or waits.
fn is_honest(said: &str) -> bool {
    said.contains("Not filed") || said.contains("Received and kept")
}

/// Waits until no message has come for a while, and returns how long that was.
async fn wait_until_all_is_sent(discord: &Discord) -> Duration {
    // A lease that ended without a word ends after a minute.
    let quiet = Duration::from_secs(70);
    let (mut count, mut since) = (0, Instant::now());
    let began = Instant::now();
    while since.elapsed() < quiet && began.elapsed() < PATIENCE {
        let now = discord.with(|world| world.messages.len());
        if now != count {
            (count, since) = (now, Instant::now());
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    since.elapsed()
}

/// Compares what people saw with what the server kept: every message once, every log that was confirmed.
async fn check(url: &str, discord: &Discord, people: &[Person]) -> (usize, usize) {
    let store = Store::open(url).await.expect("the store is there");
    let regiment = Regiment::open(store, Arc::new(SystemClock)).await.expect("the store is there");
    let kept = regiment.messages(&Listing::default(), 100_000).await.expect("the store is there");
    let to_clients: Vec<_> = kept
        .iter()
        .filter(|kept| matches!(kept.dispatch.to, regiment_core::message::Recipient::Client(_)))
        .collect();
    assert!(to_clients.len() >= 3 * people.len(), "{} messages", to_clients.len());
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    discord.with(|world| {
        for message in world.messages.values().filter(|message| message.only_for.is_none()) {
            if let Some((_, number)) = message.content.rsplit_once("Order ") {
                *seen.entry(number.trim().to_owned()).or_default() += 1;
            }
        }
    });
    for kept in &to_clients {
        let number = regiment_core::OrderNumber::of(&kept.dispatch.key);
        assert_eq!(kept.state, DeliveryState::Delivered, "{kept:#?}");
        assert_eq!(seen.get(number.visible()), Some(&1), "{} came so often", kept.dispatch.key);
    }
    assert!(seen.values().all(|count| *count == 1), "{seen:?}");
    let mut logs = 0;
    for person in people {
        let user_id = user(&person.id.to_string());
        let (from, until) = (date("2020-01-01"), date("2100-01-01"));
        let mut found =
            regiment.revisions(user_id, None, from, until).await.expect("the store is there");
        found.retain(|revision| revision.by != Actor::System);
        assert_eq!(found.len(), 2, "each answer is filed once: {found:#?}");
        logs += found.len();
    }
    regiment.store().close().await;
    (to_clients.len(), logs)
}
