//! The loop that fires what falls due and sends what waits in the outbox.
//!
//! All its state is in the store: it may be killed at any line, and as many processes as you like may run it beside
//! each other on PostgreSQL.

use std::time::Duration;

use regiment_core::regiment::{Notifier, Regiment, Result};
use tokio::sync::watch;

/// The longest sleep: what other processes put into the store is seen within it.
const LONGEST: Duration = Duration::from_secs(1);

/// Runs until `stop` turns true, or its sender is gone. No error ends it: what fails is tried again.
pub async fn run(regiment: &Regiment, notifier: &impl Notifier, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let pause = match turn(regiment, notifier).await {
            Ok(pause) => pause,
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
