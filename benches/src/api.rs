//! Four methods of the real server beside the same four of the original design's stack, on the same rows, the same
//! processors and in turn: so many connections, each with one call at a time, for a few seconds.

mod calls;
mod load;
mod peer;

use anyhow::{Context as _, Result, ensure};

use self::calls::{Call, Target};
use self::load::Run;
use crate::Options;
use crate::company::{Company, Roles};

/// Measures every call with every number of connections.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let clients = options.number("clients", 10_000)?;
    let company = Company::open(options.text("database", "sqlite"), clients).await?;
    let workers = options.number("workers", 2)?;
    let seconds = options.number("seconds", 3)?;
    let runs = options.number("runs", 3)?;
    let connections = options.text("connections", "1,16,64").split(',');
    let connections: Vec<usize> =
        connections.map(str::parse).collect::<Result<_, _>>().context("--connections 1,16,64")?;

    let ours = company.serve(Roles::Api).await?;
    let mut targets = vec![Target::ours(&company, clients, ours)];
    if company.is_sqlite() {
        println!("SQLite: the peer needs PostgreSQL, and is left out");
    } else {
        let served = peer::serve(&company, options.text("python", "python3"), workers).await?;
        targets.push(Target::peer(&company, clients, served, workers));
    }
    println!("{clients} clients; {runs} runs of {seconds} s each after 1 s, in turn; medians");
    agree(&company, &targets).await?;
    for call in Call::ALL {
        for n in &connections {
            println!("{call}, connections: {n}");
            let mut measured = vec![Vec::new(); targets.len()];
            for _ in 0..runs {
                for (target, runs) in targets.iter().zip(&mut measured) {
                    company.forget_logs().await?;
                    runs.push(load::run(target, call, *n, seconds).await?);
                }
            }
            let medians: Vec<Run> = measured.iter().map(|runs| load::median(runs)).collect();
            for (target, median) in targets.iter().zip(&medians) {
                println!("  {:<24}{median}", target.name);
            }
            if let [ours, peer] = medians[..] {
                println!(
                    "  {:.1} times the throughput, {:.2} times the p99",
                    ours.per_second / peer.per_second,
                    ours.p99 / peer.p99,
                );
            }
        }
    }
    Ok(())
}

/// Makes sure that all answer the same before it is measured how fast.
async fn agree(company: &Company, targets: &[Target]) -> Result<()> {
    for call in Call::ALL {
        let mut told = Vec::new();
        for target in targets {
            company.forget_logs().await?;
            let answer = target.connect().await?.ask(call, 0).await?;
            told.push(target.told(call, &answer)?);
        }
        let agreed = told.windows(2).all(|two| two[0] == two[1]);
        ensure!(agreed && !told[0].is_empty(), "{call}: the answers differ: {told:#?}");
    }
    Ok(())
}
