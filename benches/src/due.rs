//! The same jobs, due at one instant, given to this scheduler and to `APScheduler`, the scheduler of
//! the original design: each job takes as long as one call to Discord.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use regiment_core::regiment::{Delivery, Notifier, Receipt, Undelivered};

use crate::{
    Options,
    practice::{Practice, START, instant},
};

/// Takes as long over each message as a call to Discord.
struct Slow(Duration);

impl Notifier for Slow {
    async fn deliver(&self, _: &Delivery, _: Timestamp) -> Result<Receipt, Undelivered> {
        tokio::time::sleep(self.0).await;
        Ok(Receipt { remote_id: "bench".to_owned() })
    }
}

/// Runs both, one after the other.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let jobs = options.number("jobs", 1_000)?;
    let work = options.number("work-ms", 100)?;
    let practice = Practice::open(options.text("database", "sqlite"), jobs).await?;
    practice.clock.set(instant(START, "05:30")?);
    let began = Instant::now();
    let ticked = practice.regiment.tick().await?;
    let decided = began.elapsed().as_secs_f64();
    let sent = practice.regiment.deliver(&Slow(Duration::from_millis(work))).await?;
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "The Regiment: {} due, {} decided in {decided:.2} s, {} delivered and {} missed in \
         {seconds:.1} s",
        jobs,
        ticked.fired,
        sent.delivered,
        jobs - u64::from(sent.delivered),
    );
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/apscheduler_due.py");
    let python = options.text("python", "python3");
    let peer = Command::new(python)
        .args([script, "--jobs", &jobs.to_string(), "--work-ms", &work.to_string()])
        .output()
        .with_context(|| format!("{python} with apscheduler==3.11.0 is needed for the peer"))?;
    print!("APScheduler 3.11.0: {}", String::from_utf8_lossy(&peer.stdout));
    eprint!("{}", String::from_utf8_lossy(&peer.stderr));
    Ok(())
}
