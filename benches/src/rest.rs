//! The real server with nothing to do: how soon it is ready, and what it holds.

use std::time::Duration;

use anyhow::Result;

use crate::Options;
use crate::company::{Company, Roles};
use crate::practice::say;

/// How long it rests: longer than it takes to look around.
const REST: Duration = Duration::from_secs(12);

/// Starts the server again and again.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let clients = options.number("clients", 10_000)?;
    let company = Company::open(options.text("database", "sqlite"), clients).await?;
    let (mut starts, mut held) = (Vec::new(), Vec::new());
    for _ in 0..options.number("runs", 5)? {
        let served = company.serve(Roles::All).await?;
        starts.push(served.start.as_secs_f64() * 1000.0);
        tokio::time::sleep(REST).await;
        held.push(served.process.resident_mib()?);
    }
    say(&format!("{clients} clients, start to ready"), "ms", starts);
    say(&format!("{clients} clients, resident at rest"), "MiB", held);
    Ok(())
}
