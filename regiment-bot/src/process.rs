//! The process `regiment-bot`: what runs in it, and how it ends.

use std::{
    ffi::OsString, fmt::Write as _, io::Write as _, process::ExitCode, sync::Arc, time::Duration,
};

use anyhow::anyhow;
use clap::{Parser as _, error::ErrorKind};
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Api, Config, CustomIds, Desk, InvalidConfig,
    cli::{Cli, Command, LogFormat},
    discord::{
        Failure, Rest, Route,
        gateway::{self, Connection, GatewayEnd},
    },
    doctor,
    guard::Guard,
    logging,
    register::{self, Which},
    report::{self, Alarm},
    sender::{self, Courier},
};

/// How long what is in hand may take after the bot was told to stop.
const GRACE: Duration = Duration::from_secs(20);

/// From one try to reach Discord at the start to the next.
const PAUSE: Duration = Duration::from_secs(2);

/// How long requests at the start wait for the limits.
const PATIENCE: Duration = Duration::from_mins(1);

/// Wrong usage: what was asked for can't be asked for like this.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// Who the bot is on Discord.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity {
    /// The application.
    pub(crate) application: u64,
    /// The bot's user.
    pub(crate) user: u64,
}

/// Runs `regiment-bot` with the arguments and the environment of a process, to its exit code: 0 done,
/// 1 failed, 2 wrong usage or configuration. An error is one line on standard error.
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
        Err(error) => return fail(&usage(&error).into()),
    };
    match start(&cli, environment) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn start(cli: &Cli, environment: impl IntoIterator<Item = (String, String)>) -> anyhow::Result<()> {
    logging::start(cli.log.unwrap_or(LogFormat::Auto), &cli.log_filter)
        .map_err(|error| Usage(format!("--log-filter: {error}")))?;
    let config = Config::load(environment)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Run => serve(config).await,
            Command::Register { again } => {
                let (api, rest) = (Api::connect(&config)?, Rest::new(&config.discord)?);
                let me = identity(&rest).await?;
                let which = if again { Which::All } else { Which::Changed };
                register::run(&api, &rest, &config, me, which).await
            }
            Command::Doctor { live } => doctor::run(&config, live).await,
        }
    })
}

/// Connects, sends and answers until a signal says to stop, or the connection can't be kept.
async fn serve(config: Config) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    tokio::spawn(on_signal(stop.clone()));
    let (api, rest) = (Api::connect(&config)?, Rest::new(&config.discord)?);
    let connection = Connection::default();
    let tasks = TaskTracker::new();
    let dice = getrandom::u64().map_err(|error| anyhow!("the machine has no dice: {error}"))?;
    let bot_id = format!("bot-{dice:016x}");
    let reporting = tokio::spawn(report::run(
        api.clone(),
        rest.clone(),
        connection.clone(),
        bot_id.clone(),
        stop.clone(),
    ));
    let ended = work(&config, &api, &rest, &connection, (&tasks, &stop), bot_id).await;
    if let Err(error) = &ended {
        report::raise(&api, Alarm::end(format!("The bot has stopped: {error}."))).await;
    }
    stop.cancel();
    tasks.close();
    let finished = tokio::time::timeout(GRACE, tasks.wait()).await;
    tracing::info!(is_finished = finished.is_ok(), "the bot has stopped");
    // The last report says that the bot is gone; it waits for nobody.
    let _ = reporting.await;
    ended
}

async fn work(
    config: &Config,
    api: &Api,
    rest: &Rest,
    connection: &Connection,
    (tasks, stop): (&TaskTracker, &CancellationToken),
    bot_id: String,
) -> anyhow::Result<()> {
    let me = tokio::select! {
        me = identity(rest) => me?,
        () = stop.cancelled() => return Ok(()),
    };
    let ids = CustomIds::new(
        config.key.expose().as_bytes(),
        config.old_key.as_ref().map(|key| key.expose().as_bytes()),
    );
    let texts = Arc::new(config.texts.clone());
    let discord = &config.discord;
    let desk = Desk::new(
        api.clone(),
        texts.clone(),
        ids.clone(),
        discord.coach_role_ids.clone(),
        Some(discord.guild_id),
    );
    let guard = Guard::new(
        desk,
        (rest.clone(), api.clone()),
        (ids.clone(), texts.clone()),
        me.application,
        (tasks.clone(), stop.clone()),
    );
    let courier = Courier::new((api.clone(), rest.clone()), (ids, texts), discord.clone(), me.user);
    tasks.spawn(sender::run(api.clone(), courier, bot_id, stop.clone()));
    tokio::spawn(stop.clone().run_until_cancelled_owned({
        let guard = guard.clone();
        async move { guard.make_good().await }
    }));
    tokio::spawn(stop.clone().run_until_cancelled_owned({
        let (api, rest, config) = (api.clone(), rest.clone(), config.clone());
        async move {
            // Without it, people have the commands of before.
            if let Err(error) = register::run(&api, &rest, &config, me, Which::Changed).await {
                report::raise(&api, Alarm::commands(&error)).await;
            }
        }
    }));
    gateway::listen(discord, rest, guard, connection.clone(), stop.clone()).await?;
    Ok(())
}

/// Asks Discord who the bot is, until it says so.
async fn identity(rest: &Rest) -> anyhow::Result<Identity> {
    let mut found = [0; 2];
    for (route, id) in [Route::Application, Route::Me].iter().zip(&mut found) {
        *id = loop {
            let failure = match rest.ask(route, None, PATIENCE).await {
                Ok(answer) => match answer.get("id").and_then(Value::as_str).map(str::parse) {
                    Some(Ok(id)) => break id,
                    _ => Failure::Unanswered,
                },
                Err(Failure::Unauthorized) => return Err(GatewayEnd::Token.into()),
                Err(failure) => failure,
            };
            tracing::warn!(?failure, route = route.line(), "Discord does not say who the bot is");
            tokio::time::sleep(PAUSE).await;
        };
    }
    let [application, user] = found;
    Ok(Identity { application, user })
}

async fn on_signal(stop: CancellationToken) {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals can't be heard: stop the bot with SIGKILL");
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("told to stop");
    stop.cancel();
}

/// Prints an error as one line and returns its exit code.
fn fail(error: &anyhow::Error) -> ExitCode {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        // A cause that the text before it quotes is not said twice.
        if !line.contains(&cause) {
            let separator = if line.is_empty() { "" } else { ": " };
            let _ = write!(line, "{separator}{}", cause.replace('\n', " "));
        }
    }
    // Nowhere is left to say that standard error is closed.
    let _ = writeln!(std::io::stderr(), "error: {line}");
    ExitCode::from(if is_usage(error) { 2 } else { 1 })
}

fn is_usage(error: &anyhow::Error) -> bool {
    error.is::<Usage>()
        || error.is::<InvalidConfig>()
        || error.is::<crate::ApiError>()
        || matches!(error.downcast_ref(), Some(GatewayEnd::Token | GatewayEnd::Intents))
}

/// Says in one line what clap says in a paragraph.
fn usage(error: &clap::Error) -> Usage {
    let text = error.to_string();
    let said: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .filter(|line| !line.is_empty())
        .collect();
    let line = said.join("; ");
    Usage(format!("{} (see --help)", line.strip_prefix("error: ").unwrap_or(&line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_usage_is_one_line_and_exits_with_2() {
        let error = Cli::try_parse_from(["regiment-bot", "registr"]).unwrap_err();
        let said = usage(&error).to_string();
        assert_eq!(
            said,
            "unrecognized subcommand 'registr'; tip: a similar subcommand exists: 'register' (see --help)"
        );
        assert!(is_usage(&usage(&error).into()));
    }

    #[test]
    fn a_token_that_discord_does_not_know_is_a_matter_of_configuration() {
        assert!(is_usage(&GatewayEnd::Token.into()) && is_usage(&GatewayEnd::Intents.into()));
        assert!(is_usage(&InvalidConfig(vec!["DISCORD_TOKEN is not set".to_owned()]).into()));
        assert!(!is_usage(&GatewayEnd::Lost.into()));
        assert!(!is_usage(&anyhow::anyhow!("the disk is full")));
    }
}
