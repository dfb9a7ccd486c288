//! Runs a second that the store carries: claim, read the client, ledger row, order, message, next
//! occurrence, commit; in batches, durably. Without the domain step: the floor under it.

use std::time::Instant;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp, civil::Date};
use regiment_core::{
    Outcome,
    calendar::{Moment, Resolution, Zone},
    engine::schedule::{Due, Trigger},
    message::{Dispatch, Message, Priority, Recipient},
    record::{Order, OrderKind, Ordered},
    store::{ClientTrigger, DueTrigger, Occasion, Run, Store},
    testing,
};

use crate::{
    Options,
    practice::{START, instant, say},
};

/// Days that are counted.
const DAYS: i64 = 3;

/// Fires one trigger of every client on each of some days.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let clients = u32::try_from(options.number("clients", 10_000)?)?;
    let batch = u32::try_from(options.number("batch", 200)?)?;
    let folder = tempfile::tempdir()?;
    let file = format!("sqlite://{}", folder.path().join("bench.db").display());
    let url = match options.text("database", "sqlite") {
        "sqlite" => file.as_str(),
        url => url,
    };
    let first = instant(START, "05:30")?;
    let store = Store::open(url).await?;
    store.migrate_up(first).await?;
    fill(&store, clients, first).await?;

    let mut rates = Vec::new();
    for day in 0..DAYS {
        let now = first + SignedDuration::from_hours(24 * day);
        let began = Instant::now();
        let mut runs = 0;
        loop {
            let fired = fire(&store, batch, now).await?;
            if fired == 0 {
                break;
            }
            runs += fired;
        }
        rates.push(f64::from(runs) / began.elapsed().as_secs_f64());
    }
    store.close().await;
    say(&format!("store alone, batches of {batch}"), "runs/s", rates);
    Ok(())
}

/// Enlists clients whose check-in is due at `now`.
async fn fill(store: &Store, clients: u32, now: Timestamp) -> Result<()> {
    let mut tx = store.begin().await?;
    let mut triggers = Vec::new();
    for number in 0..clients {
        let client = testing::client(&(100_000 + number).to_string());
        tx.enlist(&client, now).await?;
        triggers.push(occurrence(&client.user_id.to_string(), testing::date(START), now)?);
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
        runs.push(row(trigger, now));
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

fn row(trigger: &ClientTrigger, now: Timestamp) -> Run {
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
