//! The loop that fires what falls due and sends what waits in the outbox.
//!
//! All its state is in the store: it may be killed at any line, and as many processes as you like may run it beside
//! each other on PostgreSQL.

use std::time::Duration;

use regiment_core::regiment::{Notifier, Regiment, Result};
use tokio::sync::watch;
use tokio::time::Instant;

/// The longest sleep: what other processes put into the store is seen within it.
const LONGEST: Duration = Duration::from_secs(1);

/// How often it is written down that turns are being made.
const ALIVE: Duration = Duration::from_secs(10);

/// How long to wait before changes are passed on again.
const RELAY_PAUSE: Duration = Duration::from_secs(5);

/// Runs until `stop` turns true, or its sender is gone. No error ends it: what fails is tried again.
pub async fn run(regiment: &Regiment, notifier: &impl Notifier, mut stop: watch::Receiver<bool>) {
    let mut said_at: Option<Instant> = None;
    while !*stop.borrow() {
        let pause = match turn(regiment, notifier).await {
            Ok(pause) => {
                if said_at.is_none_or(|at| at.elapsed() >= ALIVE) {
                    said_at = Some(Instant::now());
                    say_alive(regiment).await;
                }
                pause
            }
            Err(error) => {
                let error: &(dyn std::error::Error + 'static) = &error;
                tracing::error!(engine = "scheduler", outcome = "failed", error, "a turn failed");
                LONGEST
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            changed = stop.changed() => if changed.is_err() { break },
        }
    }
}

/// Passes the word of commits on between processes, for as long as it runs. Nothing relies on it, so a failure is
/// only waited out.
pub async fn relay(regiment: &Regiment) {
    loop {
        if let Err(error) = regiment.store().relay_changes().await {
            tracing::warn!(engine = "relay", outcome = "failed", %error, "changes are not passed on");
        }
        tokio::time::sleep(RELAY_PAUSE).await;
    }
}

/// Says that turns are being made, for whoever watches.
async fn say_alive(regiment: &Regiment) {
    if let Err(error) = regiment.note_tick().await {
        tracing::warn!(engine = "scheduler", outcome = "failed", %error, "a turn was not noted");
    }
}

/// Decides and sends everything that is due, and returns how long nothing will be.
async fn turn(regiment: &Regiment, notifier: &impl Notifier) -> Result<Duration> {
    let ticked = regiment.tick().await?;
    let sent = regiment.deliver(notifier).await?;
    if ticked != regiment_core::regiment::Ticked::default() {
        tracing::info!(
            engine = "scheduler",
            outcome = "done",
            ?ticked,
            ?sent,
            "a turn of the scheduler"
        );
    }
    let Some(next) = regiment.next_due().await? else { return Ok(LONGEST) };
    let wait = Duration::try_from(next.duration_since(regiment.now())).unwrap_or_default();
    Ok(wait.min(LONGEST))
}
