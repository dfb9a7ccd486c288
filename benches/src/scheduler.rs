//! Triggers fired a second, with the real domain step: claim, load, decide, write, commit.

use std::time::Instant;

use anyhow::Result;
use jiff::ToSpan as _;
use regiment_core::{calendar::days_after, record::OrderKind};

use crate::{
    Options,
    practice::{Practice, START, instant, say},
};

/// What falls due in a day, and when.
const INSTANTS: [(&str, &str); 5] = [
    ("check-in drop", "05:30"),
    ("meal drop", "06:00"),
    ("training drop", "07:00"),
    ("check-in closing", "12:00"),
    ("day closing", "22:00"),
];

/// Lives some days of a practice whose clients do nine of ten things; the first day, which compiles
/// every plan, is not counted.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let clients = options.number("clients", 10_000)?;
    let days = options.number("days", 3)?;
    let database = options.text("database", "sqlite");
    let practice = Practice::open(database, clients).await?;
    println!("{clients} clients, {days} days, {}", kind(database));

    let mut by_kind = vec![Vec::new(); INSTANTS.len()];
    let mut whole = Vec::new();
    for day in 0..=i64::try_from(days)? {
        let local = days_after(START.parse()?, day);
        let date = local.to_string();
        let (mut fired, mut seconds) = (0, 0.0);
        for (n, (_, time)) in INSTANTS.iter().enumerate() {
            let at = instant(&date, time)?;
            // What people do between the orders and the closing is not the scheduler's work.
            practice.clock.set(at - 1.hour());
            match *time {
                "12:00" => practice.live(clients, local, &[OrderKind::Checkin]).await?,
                "22:00" => {
                    practice.live(clients, local, &[OrderKind::Fuel, OrderKind::Training]).await?;
                }
                _ => {}
            }
            practice.clock.set(at);
            let began = Instant::now();
            let ticked = practice.regiment.tick().await?;
            let took = began.elapsed().as_secs_f64();
            if day > 0 {
                by_kind[n].push(f64::from(ticked.fired) / took);
                fired += ticked.fired;
                seconds += took;
            }
        }
        if day > 0 {
            whole.push(f64::from(fired) / seconds);
        }
    }
    for ((what, _), runs) in INSTANTS.iter().zip(by_kind) {
        say(what, "triggers/s", runs);
    }
    say("the whole day", "triggers/s", whole);
    Ok(())
}

fn kind(database: &str) -> &str {
    if database.starts_with("postgres") { "PostgreSQL" } else { "SQLite (synchronous=FULL)" }
}
