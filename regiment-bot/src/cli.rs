//! The command line of `regiment-bot`.

use clap::{Parser, Subcommand, ValueEnum};

/// Carries The Regiment's orders to Discord, and answers what people press, type and submit there.
///
/// Settings are variables of the environment; docs/bot.md lists them.
#[derive(Debug, Parser)]
#[command(name = "regiment-bot", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// How log lines look [default: pretty on a terminal, json elsewhere]
    #[arg(long, global = true, env = "REGIMENT_LOG", value_name = "FORMAT")]
    pub(crate) log: Option<LogFormat>,
    /// Which log lines are written, as tracing's directives.
    #[arg(
        long,
        global = true,
        env = "REGIMENT_LOG_FILTER",
        value_name = "FILTER",
        default_value = "info"
    )]
    pub(crate) log_filter: String,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What `regiment-bot` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Connects, sends and answers, until it is told to stop.
    #[command(after_help = "Example:\n  regiment-bot run --log json")]
    Run,
    /// Registers the slash commands, where they have changed since they were registered last.
    #[command(after_help = "Examples:\n  regiment-bot register\n  regiment-bot register --again")]
    Register {
        /// Registers them even where they have not changed.
        #[arg(long)]
        again: bool,
    },
    /// Looks at everything that can be wrong with the bot, and says what to do.
    #[command(after_help = "Examples:\n  regiment-bot doctor\n  regiment-bot doctor --live")]
    Doctor {
        /// Sends the owner of the application one direct message.
        #[arg(long)]
        live: bool,
    },
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Pretty on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Pretty,
    /// For machines: one object a line.
    Json,
}
