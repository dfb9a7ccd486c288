//! The command line of `regiment`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::{LogFormat, Overrides, Role, ServeOverrides};
use crate::secret::DatabaseUrl;

/// Runs a discipline-first coaching practice: the server and its operator commands.
#[derive(Debug, Parser)]
#[command(name = "regiment", version, disable_help_subcommand = true)]
pub struct Cli {
    /// Settings in TOML; without it, regiment.toml is read if there is one.
    #[arg(long, global = true, env = "REGIMENT_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where the records are.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help = "Where the records are: sqlite://FILE, sqlite::memory: or postgres://… [default: sqlite://regiment.db]"
    )]
    pub database: Option<String>,
    /// How log lines look [default: pretty on a terminal, json elsewhere]
    #[arg(long, global = true, value_name = "FORMAT")]
    pub log: Option<LogFormat>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What `regiment` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves the API and runs the scheduler.
    #[command(
        after_help = "Example:\n  regiment serve --listen 127.0.0.1:8080 --roles api,scheduler"
    )]
    Serve(ServeArgs),
    /// Shows, checks or changes the policy: every threshold and time the engines obey.
    #[command(
        subcommand,
        after_help = "Example:\n  regiment policy show > policy.toml\n  regiment policy check policy.toml\n  regiment policy apply policy.toml"
    )]
    Policy(PolicyCommand),
    /// Moves the store's schema forth and back.
    #[command(
        subcommand,
        after_help = "Example:\n  regiment migrate status\n  regiment migrate up\n  regiment migrate down --to 3"
    )]
    Migrate(MigrateCommand),
    /// Writes the JSON Schema of every record.
    #[command(after_help = "Example:\n  regiment schemas --out docs/schemas")]
    Schemas(SchemasArgs),
}

/// `regiment serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The address to listen on; any other than loopback needs `REGIMENT_API_TOKEN` [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// What this process takes part in [default: api,scheduler]
    #[arg(long, value_delimiter = ',', value_name = "ROLES")]
    pub roles: Option<Vec<Role>>,
}

/// `regiment policy`.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Prints the policy in force, or the shipped defaults where there is no store yet.
    Show,
    /// Checks a policy file and changes nothing.
    Check {
        /// A policy in TOML; what it leaves out keeps its default.
        file: PathBuf,
    },
    /// Stores a policy as the next version; a changed time acts from each client's next occurrence.
    Apply {
        /// A policy in TOML; what it leaves out takes its default.
        file: PathBuf,
    },
}

/// `regiment migrate`.
#[derive(Debug, Subcommand)]
pub enum MigrateCommand {
    /// Applies every migration that is not applied yet.
    Up,
    /// Lists the migrations and when each was applied.
    Status,
    /// Takes migrations back. An SQLite file is copied first; of PostgreSQL, make a backup yourself.
    Down {
        /// The number of the last migration that stays.
        #[arg(long, value_name = "N")]
        to: i64,
        /// Says that a backup exists already.
        #[arg(long)]
        backup_taken: bool,
    },
}

/// `regiment schemas`.
#[derive(Debug, Args)]
pub struct SchemasArgs {
    /// The folder to write to.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

impl Cli {
    /// Returns what the command line says over file and environment.
    pub fn overrides(&self) -> Overrides {
        let serve = match &self.command {
            Command::Serve(args) => {
                ServeOverrides { listen: args.listen, roles: args.roles.clone() }
            }
            Command::Policy(_) | Command::Migrate(_) | Command::Schemas(_) => {
                ServeOverrides::default()
            }
        };
        Overrides { database: self.database.clone().map(DatabaseUrl::new), log: self.log, serve }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_help_of_every_command_has_an_example() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let example = format!("regiment {}", command.get_name());
            assert!(help.contains(&example), "{}: {help:?}", command.get_name());
        }
    }

    #[test]
    fn every_example_parses() {
        let mut n_examples = 0;
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in help.lines().filter_map(|line| line.strip_prefix("  ")) {
                let words = line.split(" > ").next().unwrap().split(' ');
                Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
                n_examples += 1;
            }
        }
        assert!(n_examples >= 8, "only {n_examples} examples were tried");
    }
}
