//! The server process `regiment` and its operator commands.
//!
//! This crate is the edge: it reads the configuration, owns the sockets and the terminal, and converts between the
//! API's messages and the records of `regiment-core`. No rule of coaching stands here.

pub mod cli;
mod command;
mod company;
pub mod config;
mod failure;
pub mod logging;
pub mod scheduler;
pub mod secret;
pub mod server;
mod status;
pub mod terminal;
pub mod weekly;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::logging::Traces;

pub use crate::command::schemas::schemas;
pub use crate::failure::Usage;

/// Runs `regiment` with the arguments and the environment of a process, to its exit code: 0 done, 1 failed, 2 wrong
/// usage or configuration. An error is one line on standard error.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error)
            if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) =>
        {
            // Help that was asked for goes to standard output and is no error.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => return failure::report(&failure::usage(&error).into()),
    };
    match start(cli, environment) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::report(&error),
    }
}

fn start(cli: Cli, environment: impl IntoIterator<Item = (String, String)>) -> anyhow::Result<()> {
    let mut config = Config::load(cli.config.as_deref(), environment, &cli.overrides())?;
    let is_simulated = matches!(cli.command, Command::Demo(_) | Command::Simulate(_));
    if is_simulated && config.log_filter == Config::default().log_filter {
        // Weeks of a whole company would bury what the command itself has to say.
        "error".clone_into(&mut config.log_filter);
    }
    let traces = logging::start(&config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let exporting = traces.map(Traces::begin);
        let ended = carry_out(cli.command, &config).await;
        if let Some(exporting) = exporting {
            exporting.finish().await;
        }
        ended
    })
}

async fn carry_out(command: Command, config: &Config) -> anyhow::Result<()> {
    match command {
        Command::Serve(_) => command::serve::run(config).await,
        Command::Demo(args) => Box::pin(command::demo::run(&args)).await,
        Command::Simulate(args) => command::simulate::run(&args).await,
        Command::Policy(command) => command::policy::run(command, config).await,
        Command::Migrate(command) => command::migrate::run(command, config).await,
        Command::Backup(command) => command::backup::run(command, config).await,
        Command::Audit(command) => command::audit::run(&command, config).await,
        Command::Doctor => command::doctor::run(config).await,
        Command::Import(args) => command::import::run(&args, config).await,
        Command::Export(args) => command::export::run(&args, config).await,
        Command::Train(args) => command::train::run(&args),
        Command::Predict(args) => command::predict::run(&args),
        Command::Evaluate(args) => command::evaluate::run(&args),
        Command::Scan(args) => command::scan::run(&args, config).await,
        Command::Backtest(args) => command::backtest::run(&args, config),
        Command::Token(command) => command::token::run(command, config).await,
        Command::Schemas(args) => command::schemas::run(&args),
    }
}
