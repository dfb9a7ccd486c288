//! A closed loop: each connection asks again as soon as it is answered.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task::JoinSet;

use super::calls::{Call, Target};
use crate::process::Taken;

/// How long is not counted.
const WARM_UP: Duration = Duration::from_secs(1);

/// What one run came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// Answers a second.
    pub(super) per_second: f64,
    /// Half of the answers came within, milliseconds.
    p50: f64,
    /// 99 of 100 answers came within, milliseconds.
    pub(super) p99: f64,
    /// Shares of all processors' time: the server's, this program's, and everything else's (the database's).
    shares: [f64; 3],
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { per_second, p50, p99, shares: [server, load, rest] } = self;
        write!(
            f,
            "{per_second:>7.0} a second, p50 {p50:>6.2} ms, p99 {p99:>6.2} ms; of the processors: server \
             {:.0} %, load {:.0} %, database and system {:.0} %",
            server * 100.0,
            load * 100.0,
            rest * 100.0,
        )
    }
}

/// Makes a call on so many connections for so long.
pub(super) async fn run(
    target: &Target,
    call: Call,
    connections: usize,
    seconds: u64,
) -> Result<Run> {
    let counted = Duration::from_secs(seconds);
    let next = Arc::new(AtomicU64::new(0));
    let mut opened = Vec::with_capacity(connections);
    for _ in 0..connections {
        opened.push(target.connect().await?);
    }
    let began = Instant::now();
    let mut callers = JoinSet::new();
    for mut connection in opened {
        let next = next.clone();
        callers.spawn(async move {
            let mut took = Vec::new();
            loop {
                let asked = Instant::now();
                connection.ask(call, next.fetch_add(1, Ordering::Relaxed)).await?;
                let since = began.elapsed();
                if since > WARM_UP + counted {
                    return anyhow::Ok(took);
                }
                if since > WARM_UP {
                    took.push(asked.elapsed());
                }
            }
        });
    }
    tokio::time::sleep(WARM_UP).await;
    let before = target.process.taken()?;
    tokio::time::sleep(counted).await;
    let after = target.process.taken()?;
    let mut took = Vec::new();
    while let Some(ended) = callers.join_next().await {
        took.extend(ended??);
    }
    took.sort_unstable();
    let milliseconds = |of: usize| took[took.len() * of / 100].as_secs_f64() * 1000.0;
    Ok(Run {
        per_second: f64::from(u32::try_from(took.len())?) / counted.as_secs_f64(),
        p50: milliseconds(50),
        p99: milliseconds(99),
        shares: shares(before, after, counted)?,
    })
}

/// Returns the median of each figure.
pub(super) fn median(runs: &[Run]) -> Run {
    let of = |figure: fn(&Run) -> f64| {
        let mut figures: Vec<f64> = runs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    Run {
        per_second: of(|run| run.per_second),
        p50: of(|run| run.p50),
        p99: of(|run| run.p99),
        shares: [of(|run| run.shares[0]), of(|run| run.shares[1]), of(|run| run.shares[2])],
    }
}

fn shares(before: Taken, after: Taken, during: Duration) -> Result<[f64; 3]> {
    let cores = u32::try_from(thread::available_parallelism()?.get())?;
    let whole = during.as_secs_f64() * f64::from(cores);
    let server = after.there - before.there;
    let load = after.here - before.here;
    let rest = after.all - before.all - server - load;
    Ok([server, load, rest].map(|seconds| seconds / whole))
}
