//! From what somebody does on Discord to the first answer: the real bot and the real server, as two processes, and
//! the tests' stand-in for Discord.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use regiment_core::calendar::{Zone, cycle_start, local_date};
use regiment_core::record::{Actor, ClientProfile};
use regiment_core::regiment::{Dm, Regiment};
use regiment_core::store::{Role, Store};
use regiment_core::testing::client;
use regiment_core::{Clock as _, ManualClock, SystemClock};
use tokio::task::JoinSet;

use crate::Options;
use crate::process::{Process, free_address, program};
use crate::stand_in::Discord;
use crate::stand_in::person::{Person, Seen};
use crate::stand_in::world::Timings;

const TOKEN: &str = "a token of the benches";
const KEY: &str = "a key of the benches, more than 32 bytes long";

/// How long the server stands still in the second part.
const STALL: Duration = Duration::from_secs(5);

/// Presses buttons at a rate, first while all is well, then while the server stands still.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let rate = u32::try_from(options.number("rate", 50)?)?;
    let seconds = u32::try_from(options.number("seconds", 30)?)?;
    let runs = options.number("runs", 3)?;
    let clients = options.number("clients", 100)?;
    let folder = tempfile::tempdir()?;
    let discord = Discord::start(|| SystemClock.now(), Timings::default()).await;
    let (people, bot_token) = company(folder.path(), &discord, clients).await?;
    let (server, _bot) = start(folder.path(), &discord, &bot_token)?;
    let mut orders = Vec::new();
    for person in people {
        let order = person.reads("Fuel and cardio").await;
        orders.push((person, order));
    }
    println!("{clients} clients, {rate} interactions a second");
    let mut nines = Vec::new();
    for run in 1..=runs {
        let took = press(&discord, &orders, rate, rate * seconds, run).await?;
        nines.push(percentile(&took, 99));
        tell(&format!("run {run}"), &took);
    }
    nines.sort();
    println!("median of the 99th percentiles: {} ms", nines[nines.len() / 2].as_millis());

    server.signal("-STOP")?;
    let stalled = async {
        tokio::time::sleep(STALL).await;
        server.signal("-CONT")
    };
    let pressed = press(&discord, &orders, rate, rate * 4, runs + 1);
    let (took, stalled) = tokio::join!(pressed, stalled);
    stalled?;
    tell(&format!("server still for {} s", STALL.as_secs()), &took?);
    discord.assert_clean();
    Ok(())
}

/// Lets clients enlist in the night before, for whom it is eight in the morning.
async fn company(folder: &Path, discord: &Discord, n: u64) -> Result<(Vec<Person>, String)> {
    let now = SystemClock.now();
    let hour = i32::from(now.to_zoned(TimeZone::UTC).hour());
    let east = (8 - hour).rem_euclid(24);
    let zone = Zone::parse(&format!("UTC{:+}", if east > 14 { east - 24 } else { east }))?;
    let night = now - SignedDuration::from_hours(8);
    let store = Store::open(&format!("sqlite://{}", folder.join("regiment.db").display())).await?;
    store.migrate_up(night).await?;
    let regiment = Regiment::open(store, Arc::new(ManualClock::at(night))).await?;
    let start = cycle_start(local_date(&zone, now));
    let mut people = Vec::new();
    for number in 1..=n {
        let person = discord.member(&format!("Person {number}"));
        let profile = ClientProfile {
            subject: None,
            start_date: start,
            cycle_start_date: start,
            block_start_date: Some(start),
            timezone_offset: zone.clone(),
            version: 0,
            ..client(&person.id.to_string())
        };
        let user_id = profile.user_id;
        regiment.create(profile, &Actor::Coach("1".to_owned())).await?;
        regiment.save_contact(user_id, Some(person.direct().to_string()), Dm::Open).await?;
        people.push(person);
    }
    let by = Actor::Admin("1".to_owned());
    let (_, token) = regiment.create_token(Role::Bot, "discord", &by).await?;
    regiment.store().close().await;
    Ok((people, token.secret))
}

/// Starts server and bot.
fn start(folder: &Path, discord: &Discord, bot_token: &str) -> Result<(Process, Process)> {
    let address = free_address()?;
    let server = Process::start(
        Command::new(program("regiment")?)
            .args(["serve", "--log", "json", "--listen", &address.to_string()])
            .current_dir(folder)
            .env_clear()
            .env("REGIMENT_DATABASE", "sqlite://regiment.db")
            .env("REGIMENT_API_TOKEN", TOKEN)
            .env("REGIMENT_LIMITS__PER_CALLER_PER_MINUTE", "4000000000"),
        &folder.join("server.log"),
    )?;
    let (guild, token) = discord.with(|world| (world.guild, world.token.clone()));
    let bot = Process::start(
        Command::new(program("regiment-bot")?)
            .arg("run")
            .env_clear()
            .env("REGIMENT_URL", format!("http://{address}"))
            .env("REGIMENT_BOT_TOKEN", bot_token)
            .env("REGIMENT_BOT_KEY", KEY)
            .env("DISCORD_TOKEN", token)
            .env("DISCORD_API_BASE", discord.base())
            .env("DISCORD_GUILD_ID", guild.to_string())
            .env("DISCORD_COACH_ROLE_IDS", discord.coach_role().to_string())
            .env("DISCORD_COACH_CHANNEL_ID", discord.coaches().to_string()),
        &folder.join("bot.log"),
    )?;
    Ok((server, bot))
}

/// Presses so many buttons at a rate, and returns how long each first answer took.
async fn press(
    discord: &Discord,
    orders: &[(Person, Seen)],
    rate: u32,
    n: u32,
    run: u64,
) -> Result<Vec<Duration>> {
    let mut outcomes = JoinSet::new();
    let mut pressed = Vec::new();
    let began = Instant::now();
    for number in 0..n {
        let due = Duration::from_secs(1) * number / rate;
        tokio::time::sleep(due.saturating_sub(began.elapsed())).await;
        let (person, order) = &orders[usize::try_from(number)? % orders.len()];
        let mark = if (run + u64::from(number)).is_multiple_of(2) { "✅" } else { "❌" };
        let meal = 1 + usize::try_from(number)? / orders.len() % 3;
        let id = person.begin_press(order, &format!("{mark} Meal {meal}"));
        let id = id.map_err(|cannot| anyhow::anyhow!("{cannot:?}"))?;
        pressed.push(id);
        let person = person.clone();
        outcomes.spawn(async move { person.outcome(id).await });
    }
    while outcomes.join_next().await.is_some() {}
    let took: Option<Vec<Duration>> =
        discord.with(|world| pressed.iter().map(|id| world.interactions[id].took).collect());
    let mut took = took.context("an interaction was not answered within three seconds")?;
    took.sort();
    Ok(took)
}

fn percentile(sorted: &[Duration], of: usize) -> Duration {
    sorted[(sorted.len() * of).div_ceil(100).saturating_sub(1)]
}

fn tell(what: &str, took: &[Duration]) {
    println!(
        "{what}: {} first answers, median {} ms, p99 {} ms, longest {} ms",
        took.len(),
        percentile(took, 50).as_millis(),
        percentile(took, 99).as_millis(),
        percentile(took, 100).as_millis(),
    );
}
