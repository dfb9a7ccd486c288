//! The command line of `regiment`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::{LogFormat, Overrides, ServeOverrides};
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
        Overrides {
            database: self.database.clone().map(DatabaseUrl::new),
            log: self.log,
            serve: ServeOverrides::default(),
        }
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
        assert!(n_examples >= 4, "only {n_examples} examples were tried");
    }
}
