//! A practice whose clock the test moves, its server, the stand-in for Discord, and the bot between them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use regiment_core::record::{Actor, ClientProfile, Macros};
use regiment_core::regiment::{Dm, Log, Regiment};
use regiment_core::store::{DeliveryState, Listing, Role, Spool, Store, Tracked};
use regiment_core::testing::{client, date, slug};
use regiment_core::{Clock as _, ManualClock, UserId};
use regiment_grpc::config::Config;
use regiment_grpc::secret::Secret;
use regiment_grpc::server;
use regiment_grpc::weekly::FlagEngine;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::process::{self, Process, Server, Settings, TOKEN};
use crate::stand_in::Discord;
use crate::stand_in::person::Person;
use crate::stand_in::world::Timings;

/// How long the outbox may take to be empty.
const PATIENCE: Duration = Duration::from_mins(1);

/// Everything that a client's day takes.
pub(crate) struct Company {
    pub(crate) regiment: Arc<Regiment>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) discord: Discord,
    pub(crate) bot: Option<Process>,
    pub(crate) server: Server,
    folder: TempDir,
    stop: watch::Sender<bool>,
    serving: Option<JoinHandle<anyhow::Result<()>>>,
    /// Counts the bot's lives.
    lives: u32,
}

impl Company {
    /// Opens a practice at an instant, with a bot that is connected.
    pub(crate) async fn muster(at: &str) -> Self {
        let mut company = Self::without_bot(at, Timings::default()).await;
        company.start_bot(&[]).await;
        company
    }

    /// Opens a practice at an instant.
    pub(crate) async fn without_bot(at: &str, timings: Timings) -> Self {
        Self::over("sqlite::memory:", at, timings).await
    }

    /// Opens a practice over a database, at an instant.
    pub(crate) async fn over(database: &str, at: &str, timings: Timings) -> Self {
        let clock = Arc::new(ManualClock::at(at.parse().expect("an instant")));
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(database).await.expect("a database");
        store.migrate_up(clock.now()).await.expect("migrations apply");
        let regiment = Regiment::open(store, clock.clone()).await.expect("a practice");
        let engine = Arc::new(FlagEngine::default());
        let (spool, _) = Spool::open(folder.path().join("spool")).expect("a spool");
        let regiment = regiment.with_spool(spool).with_scanner(engine).await;
        let regiment = Arc::new(regiment.expect("a practice"));

        let bot_token = bot_token(&regiment).await;

        let time = clock.clone();
        let discord = Discord::start(move || time.now(), timings).await;
        let mut company = Self {
            regiment,
            clock,
            discord,
            bot: None,
            server: Server { url: String::new(), bot_token },
            folder,
            stop: watch::Sender::new(false),
            serving: None,
            lives: 0,
        };
        company.start_server("127.0.0.1:0").await;
        company
    }

    async fn start_server(&mut self, address: &str) {
        let listener = TcpListener::bind(address).await.expect("the port is free");
        self.server.url = format!("http://{}", listener.local_addr().expect("an address"));
        let mut config = Config { api_token: Some(Secret::new(TOKEN)), ..Config::default() };
        config.discord.coach_role_ids = vec![self.discord.coach_role().to_string()];
        config.discord.guild_id = self.discord.with(|world| world.guild.to_string());
        let (stop, stopped) = watch::channel(false);
        self.stop = stop;
        let stopped = server::told(stopped);
        let serving = server::serve(self.regiment.clone(), listener, config, stopped);
        self.serving = Some(tokio::spawn(serving));
    }

    /// Lets the server go away: nobody answers any more.
    pub(crate) async fn stop_server(&mut self) {
        self.stop.send_replace(true);
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _ = serving.await;
        }
    }

    /// Lets the server come back where it was.
    pub(crate) async fn restart_server(&mut self) {
        let address = self.server.url.trim_start_matches("http://").to_owned();
        self.start_server(&address).await;
    }

    /// Starts a bot, and waits until it stands at the gateway.
    pub(crate) async fn start_bot(&mut self, settings: &Settings<'_>) {
        let began = self.discord.with(|world| world.sessions.begun);
        let bot = self.spawn_bot(settings);
        self.bot = Some(bot);
        let is_there = |world: &mut crate::stand_in::world::World| {
            (world.sessions.begun > began && world.sessions.is_live()).then_some(())
        };
        let found = self.discord.within(crate::stand_in::PATIENCE, is_there).await;
        assert!(found.is_some(), "the bot does not connect: {}", self.log());
    }

    /// Starts a bot.
    pub(crate) fn spawn_bot(&mut self, settings: &Settings<'_>) -> Process {
        self.lives += 1;
        let log = self.folder.path().join(format!("bot-{}.log", self.lives));
        Process::bot(&log, &self.discord, &self.server, settings)
    }

    /// Runs one of the bot's commands to its end.
    pub(crate) fn run(&self, arguments: &[&str], settings: &Settings<'_>) -> std::process::Output {
        process::run(arguments, &self.discord, &self.server, settings)
    }

    /// Kills the bot.
    pub(crate) fn kill_bot(&mut self) {
        self.bot.take().expect("a bot").kill();
    }

    /// What the bot logged so far.
    pub(crate) fn log(&self) -> String {
        self.bot.as_ref().map(Process::says).unwrap_or_default()
    }

    /// Lets everything due happen until an instant, each thing at its own time, with the bot sending what there is.
    pub(crate) async fn live_until(&self, at: &str) {
        let until: Timestamp = at.parse().expect("an instant");
        loop {
            self.happen().await;
            self.sent().await;
            let now = self.clock.now();
            if now >= until {
                break;
            }
            let next = self.regiment.next_due().await.expect("the store is there");
            let next = next.unwrap_or(until).max(now + SignedDuration::from_secs(1));
            self.clock.set(next.min(until));
        }
    }

    /// Lets what is due happen.
    pub(crate) async fn happen(&self) {
        self.regiment.tick().await.expect("what is due is decided");
        self.regiment.deliver(&Log).await.expect("messages are left to the bot");
    }

    /// Waits until nothing is being sent, nor due.
    pub(crate) async fn sent(&self) {
        let since = Instant::now();
        loop {
            let mut due = self.deliveries(DeliveryState::Pending).await;
            due.retain(|message| message.lease_until.is_some());
            let next = self.next_message().await;
            if due.is_empty() && next.is_none_or(|next| next > self.clock.now()) {
                return;
            }
            assert!(since.elapsed() < PATIENCE, "not sent: {due:#?}\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Returns when the next message is due.
    pub(crate) async fn next_message(&self) -> Option<Timestamp> {
        let mut tx = self.regiment.store().read().await.expect("the store is there");
        tx.next_message_at().await.expect("the store is there")
    }

    /// Returns the messages of the outbox that stand so.
    pub(crate) async fn deliveries(&self, state: DeliveryState) -> Vec<Tracked> {
        let listing = Listing { state: Some(state), ..Listing::default() };
        self.regiment.messages(&listing, 10_000).await.expect("the store is there")
    }

    /// Lets a client join who is active, in UTC, under orders from Tuesday, 3 March 2026, and whose direct messages are
    /// open.
    pub(crate) async fn soldier(&self, name: &str) -> Person {
        let person = self.discord.member(name);
        self.enlist(&person, |_| {}).await;
        person
    }

    /// Enlists a member as an active client.
    pub(crate) async fn enlist(&self, person: &Person, change: impl FnOnce(&mut ClientProfile)) {
        let user_id = person.id.to_string();
        let start = date("2026-03-03");
        let mut profile = ClientProfile {
            name: Some(self.discord.with(|world| world.name(person.id))),
            meal_template_id: Some(slug("template_b")),
            macros: Some(Macros::new(180, 200, 60).expect("in range")),
            start_date: start,
            cycle_start_date: start,
            block_start_date: Some(start),
            subject: None,
            version: 0,
            ..client(&user_id)
        };
        change(&mut profile);
        let coach = Actor::Coach("1".to_owned());
        self.regiment.create(profile, &coach).await.expect("a new client");
        let user_id: UserId = user_id.parse().expect("digits");
        let channel = Some(person.direct().to_string());
        self.regiment.save_contact(user_id, channel, Dm::Open).await.expect("a contact");
    }

    /// Asserts that nothing was asked of Discord that it forbids, and that no secret reached the bot's log.
    pub(crate) fn assert_clean(&self) {
        self.discord.assert_clean();
        let log = self.log();
        let bot_token = self.server.bot_token.as_str();
        for secret in [bot_token, process::KEY, "a-token-of-the-stand-in", "token-of-"] {
            assert!(!log.contains(secret), "the log tells a secret:\n{log}");
        }
    }
}

/// Makes a token for a bot.
pub(crate) async fn bot_token(regiment: &Regiment) -> String {
    let by = Actor::Admin("1".to_owned());
    let made = regiment.create_token(Role::Bot, "discord", &by).await;
    made.expect("a token").1.secret
}
