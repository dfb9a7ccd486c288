//! Very many clients due at one instant: how long until all are decided, and the memory it took.

use std::time::Instant;

use anyhow::Result;

use crate::{
    Options,
    practice::{Practice, START, instant, peak_mib},
};

/// Decides one check-in drop of everybody.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let clients = options.number("clients", 100_000)?;
    let practice = Practice::open(options.text("database", "sqlite"), clients).await?;
    let before = peak_mib();
    practice.clock.set(instant(START, "05:30")?);
    let began = Instant::now();
    let ticked = practice.regiment.tick().await?;
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{} due at one instant decided in {seconds:.1} s ({:.0} a second); peak memory {:.0} MiB \
         (set-up alone {before:.0} MiB)",
        ticked.fired,
        f64::from(ticked.fired) / seconds,
        peak_mib(),
    );
    Ok(())
}
