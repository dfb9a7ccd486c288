//! How many scheduled runs a second the store carries: claim, read the client, ledger row, order,
//! message, next occurrence, commit; in batches, durably.
//!
//! `cargo run --release -p regiment-benches --bin store -- [URL] [CLIENTS] [BATCH]`
//!
//! The URL is that of an empty database (default: a new SQLite file in the temporary folder, which
//! is removed afterwards). The domain step is left out: this is the floor under it.

use std::time::Instant;

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp, civil::Date};
use regiment_core::{
    Outcome,
    calendar::{Moment, Resolution, Zone},
    engine::schedule::{Due, Trigger},
    message::{Dispatch, Message, Priority, Recipient},
    record::{Order, OrderKind, Ordered},
    store::{Backup, ClientTrigger, DueTrigger, Occasion, Run, Store},
    testing,
};

const START: &str = "2026-01-06T05:30:00Z";

#[expect(clippy::print_stdout, reason = "the figures are what the program is for")]
#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file = std::env::temp_dir().join(format!("regiment-bench-{}.db", std::process::id()));
    let url = arguments.next().unwrap_or_else(|| format!("sqlite://{}", file.display()));
    let clients: u32 = arguments.next().map_or(Ok(10_000), |text| text.parse())?;
    let batch: u32 = arguments.next().map_or(Ok(200), |text| text.parse())?;
    let now: Timestamp = START.parse()?;

    let store = Store::open(&url).await?;
    store.migrate_up(now).await?;
    fill(&store, clients, now).await?;

    let started = Instant::now();
    let (mut runs, mut batches) = (0, 0);
    loop {
        let fired = fire(&store, batch, now).await?;
        if fired == 0 {
            break;
        }
        runs += fired;
        batches += 1;
    }
    let seconds = started.elapsed().as_secs_f64();
    let database = url.split(':').next().context("a URL")?;
    println!(
        "{database}: {runs} runs in {batches} batches of {batch}, {seconds:.2} s, {:.0} runs/s",
        f64::from(runs) / seconds
    );

    store.migrate_down(0, Backup::Taken, now).await?;
    store.close().await;
    for suffix in ["", "-wal", "-shm"] {
        // Only the default file exists under this name.
        drop(std::fs::remove_file(format!("{}{suffix}", file.display())));
    }
    Ok(())
}

/// Enlists clients whose check-in is due at `now`.
async fn fill(store: &Store, clients: u32, now: Timestamp) -> Result<()> {
    let mut tx = store.begin().await?;
    let mut triggers = Vec::new();
    for number in 0..clients {
        let client = testing::client(&(100_000 + number).to_string());
        tx.enlist(&client, now).await?;
        triggers.push(occurrence(&client.user_id.to_string(), testing::date("2026-01-06"), now)?);
    }
    tx.put_triggers(&triggers).await?;
    tx.commit().await?;
    Ok(())
}

/// Decides one batch as the scheduler does, and returns how many occurrences ran.
async fn fire(store: &Store, batch: u32, now: Timestamp) -> Result<u32> {
    let mut tx = store.begin().await?;
    let due = tx.claim_triggers(now, batch).await?;
    let profiles = tx.clients(due.iter().map(|due| due.trigger.user_id)).await?;
    let (mut runs, mut orders, mut messages, mut moves) = (vec![], vec![], vec![], vec![]);
    for (due, profile) in due.iter().zip(&profiles) {
        let DueTrigger { trigger, .. } = due;
        let date = trigger.due.date;
        let deadline = now + SignedDuration::from_mins(390);
        runs.push(run(trigger, now));
        orders.push(Order {
            user_id: trigger.user_id,
            date,
            ordered: Ordered::Checkin,
            ordered_at: now,
            deadline,
            delivered_at: None,
            withdrawn_at: None,
        });
        messages.push(Dispatch {
            key: format!("run/{}/{}/{date}/0", trigger.user_id, trigger.due.trigger),
            to: Recipient::Client(profile.user_id),
            message: Message::CheckinOrder { date, deadline },
            priority: Priority::Order,
            not_before: now,
            expires_at: Some(deadline),
            delivers: Some((OrderKind::Checkin, date)),
        });
        let next = now + SignedDuration::from_hours(24);
        let next = occurrence(trigger.user_id.as_str(), date.tomorrow()?, next)?;
        moves.push((trigger.clone(), next));
    }
    tx.record_runs(&runs).await?;
    tx.save_orders(&orders).await?;
    tx.put_messages(&messages, now).await?;
    tx.advance_triggers(&moves).await?;
    tx.commit().await?;
    Ok(u32::try_from(due.len())?)
}

fn occurrence(user_id: &str, date: Date, at: Timestamp) -> Result<ClientTrigger> {
    let moment = Moment { at, resolution: Resolution::Exact };
    Ok(ClientTrigger {
        user_id: user_id.parse()?,
        due: Due { trigger: Trigger::CheckinDrop, date, moment },
        zone: Zone::utc(),
    })
}

fn run(trigger: &ClientTrigger, now: Timestamp) -> Run {
    Run {
        occasion: Occasion::Client {
            user_id: trigger.user_id,
            trigger: trigger.due.trigger,
            date: trigger.due.date,
        },
        due_at: trigger.due.moment.at,
        fired_at: now,
        zone: trigger.zone.clone(),
        utc_offset_seconds: 0,
        resolution: trigger.due.moment.resolution,
        outcome: Outcome::Done,
        attempts: 1,
        detail: String::new(),
    }
}
