//! Benchmarks of The Regiment: the real domain step on a real store.
//!
//! ```text
//! cargo run --release -p regiment-benches -- scheduler [--database URL] [--clients 10000] [--days 3]
//! cargo run --release -p regiment-benches -- herd      [--database URL] [--clients 100000]
//! cargo run --release -p regiment-benches -- store     [--database URL] [--clients 10000] [--batch 200]
//! cargo run --release -p regiment-benches -- plans     [--runs 5]
//! cargo run --release -p regiment-benches -- due       [--jobs 1000] [--work-ms 100] [--python PATH]
//! cargo run --release -p regiment-benches -- interactions [--rate 50] [--seconds 30] [--clients 100] [--runs 3]
//! cargo run --release -p regiment-benches -- api    --database URL [--connections 1,16,64] [--seconds 3] [--runs 3]
//!                                                    [--clients 10000] [--workers 2] [--python PATH]
//! cargo run --release -p regiment-benches -- watch  [--database URL] [--watchers 500] [--rate 10] [--seconds 20]
//! cargo run --release -p regiment-benches -- rest   [--database URL] [--clients 10000] [--runs 5]
//! ```
//!
//! Each prints the machine, what was run, every run's figure and the median. SQLite runs on a file
//! with `synchronous = FULL`; PostgreSQL is used where `--database` names one that is empty.

#![expect(clippy::print_stdout, reason = "figures are what a benchmark prints")]

mod api;
mod company;
mod due;
mod herd;
mod interactions;
mod plans;
mod practice;
mod process;
mod request;
mod rest;
mod scheduler;
#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../../regiment-grpc/tests/discord/stand_in/mod.rs"]
mod stand_in;
mod store;
mod watch;

use std::{collections::BTreeMap, env, process::ExitCode};

use anyhow::{Context as _, Result, bail};

/// The options of a command, by name.
struct Options(BTreeMap<String, String>);

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = BTreeMap::new();
        while let Some(name) = arguments.next() {
            let name = name.strip_prefix("--").context("options begin with --")?.to_owned();
            let value = arguments.next().with_context(|| format!("--{name} needs a value"))?;
            options.insert(name, value);
        }
        Ok(Self(options))
    }

    fn number(&self, name: &str, default: u64) -> Result<u64> {
        self.0.get(name).map_or(Ok(default), |text| {
            text.parse().with_context(|| format!("--{name} must be a whole number, not {text}"))
        })
    }

    fn text<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.0.get(name).map_or(default, String::as_str)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let options = Options::read(arguments)?;
    practice::say_machine();
    match command.as_str() {
        "scheduler" => scheduler::run(&options).await,
        "herd" => herd::run(&options).await,
        "store" => store::run(&options).await,
        "plans" => plans::run(&options),
        "due" => due::run(&options).await,
        "interactions" => interactions::run(&options).await,
        "api" => api::run(&options).await,
        "watch" => watch::run(&options).await,
        "rest" => rest::run(&options).await,
        other => bail!(
            "the command must be scheduler, herd, store, plans, due, interactions, api, watch or \
             rest, not {other:?}"
        ),
    }
}
