//! The command line of `regiment`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use regiment_core::store::{self, ApiToken};
use regiment_core::{Id, UserId};

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
    /// Simulates a company of clients on the real engines, then serves it.
    #[command(after_help = "Example:\n  regiment demo --clients 24 --weeks 8 --seed 1")]
    Demo(DemoArgs),
    /// Simulates a company of clients and writes their logs as frames.
    #[command(
        after_help = "Example:\n  regiment simulate --clients 200 --days 90 --seed 7 --out frames/"
    )]
    Simulate(SimulateArgs),
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
    /// Copies an SQLite database while it is used, examines a copy, or puts one back.
    #[command(
        subcommand,
        after_help = "Example:\n  regiment backup create backups/\n  regiment backup verify backups/regiment-20260301T040000Z.db\n  regiment backup restore backups/regiment-20260301T040000Z.db"
    )]
    Backup(BackupCommand),
    /// Examines the audit trail.
    #[command(subcommand, after_help = "Example:\n  regiment audit verify")]
    Audit(AuditCommand),
    /// Looks at everything that can be wrong with a deployment, and says what to do.
    #[command(after_help = "Example:\n  regiment doctor --config regiment.toml")]
    Doctor,
    /// Brings records in from other programs; twice stores nothing twice.
    #[command(
        after_help = "Examples:\n  regiment import --format hevy --user-id 80351110224678912 workouts.csv --dry-run\n  regiment import --format csv --map map.toml --user-id 80351110224678912 log.csv"
    )]
    Import(ImportArgs),
    /// Writes records out: everything about one client, or all logs as frames.
    #[command(
        after_help = "Examples:\n  regiment export --user-id 80351110224678912 --out client/\n  regiment export --frames frames/"
    )]
    Export(ExportArgs),
    /// Scans a week of every client's logs: flags, wins and the suggested action, one JSON line each.
    #[command(
        after_help = "Example:\n  regiment scan --logs frames/ --as-of 2026-03-01 --rules-only --out cards.jsonl"
    )]
    Scan(ScanArgs),
    /// Fits the lapse model to log frames and writes it, with its scores on held-out weeks.
    #[command(
        after_help = "Example:\n  regiment train --logs frames/ --until 2026-02-15 --out model/"
    )]
    Train(TrainArgs),
    /// Predicts the lapse risk of every client at risk, one JSON line each.
    #[command(after_help = "Example:\n  regiment predict --logs frames/ --as-of 2026-02-15")]
    Predict(PredictArgs),
    /// Judges the lapse model on dates whose week after is known, beside persistence.
    #[command(
        after_help = "Example:\n  regiment evaluate --logs frames/ --as-of 2026-02-08 --as-of 2026-02-15 --report report/"
    )]
    Evaluate(EvaluateArgs),
    /// Replays the weekly scans of a folder of log frames: what each flag was followed by.
    #[command(
        after_help = "Example:\n  regiment backtest --logs frames --from 2026-01-01 --to 2026-03-29"
    )]
    Backtest(BacktestArgs),
    /// Makes, lists and revokes the API tokens of programs.
    #[command(
        subcommand,
        after_help = "Examples:\n  regiment token create --role bot --name discord\n  regiment token list"
    )]
    Token(TokenCommand),
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

/// `regiment demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How many clients enlist.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub clients: u32,
    /// How many weeks they live before the demo serves.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=104))]
    pub weeks: u32,
    /// The same seed gives the same company.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The loopback address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Ends after the summary.
    #[arg(long)]
    pub no_serve: bool,
    /// Serves, asks its own health and API, and exits 0 if they answered.
    #[arg(long, conflicts_with = "no_serve")]
    pub check: bool,
}

/// `regiment simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// How many clients enlist.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub clients: u32,
    /// How many days they live.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3_660))]
    pub days: u32,
    /// The same seed gives the same frames.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The date on whose midnight (UTC) the simulation ends [default: today]
    #[arg(long, value_name = "DATE")]
    pub end: Option<Date>,
    /// The folder to write to.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// `regiment train`.
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// A folder of log frames; may be given several times.
    #[arg(long, required = true, value_name = "DIR")]
    pub logs: Vec<PathBuf>,
    /// The last date that is learned from.
    #[arg(long, value_name = "DATE")]
    pub until: Date,
    /// The folder to write to.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The same logs and seed give the same bytes.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// `regiment predict`.
#[derive(Debug, Args)]
pub struct PredictArgs {
    /// A folder of log frames.
    #[arg(long, value_name = "DIR")]
    pub logs: PathBuf,
    /// The last date that is known; may be given several times.
    #[arg(long, required = true, value_name = "DATE")]
    pub as_of: Vec<Date>,
    /// The folder of a trained model [default: the shipped one]
    #[arg(long, value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// The file to write to [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `regiment evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// A folder of log frames.
    #[arg(long, value_name = "DIR")]
    pub logs: PathBuf,
    /// A date to judge on; may be given several times.
    #[arg(long, required = true, value_name = "DATE")]
    pub as_of: Vec<Date>,
    /// The folder of a trained model [default: the shipped one]
    #[arg(long, value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// A folder of log frames for a logistic regression to compare with.
    #[arg(long, requires = "until", value_name = "DIR")]
    pub train: Option<PathBuf>,
    /// The last date that the regression learns from.
    #[arg(long, requires = "train", value_name = "DATE")]
    pub until: Option<Date>,
    /// A folder for the report: lapse.md, reliability.svg, and planted.md of the other detectors.
    #[arg(long, value_name = "DIR")]
    pub report: Option<PathBuf>,
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

/// `regiment backup`.
#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Copies the database into a folder, as regiment-DATETTIMEZ.db, and examines the copy.
    Create {
        /// The folder; it is made where there is none.
        #[arg(default_value = "backups", value_name = "DIR")]
        folder: PathBuf,
    },
    /// Examines a copy: its pages, its references, its schema and its audit chain.
    Verify {
        /// The copy.
        file: PathBuf,
    },
    /// Puts a copy in the place of the database, which is kept beside it. No server may run on it.
    Restore {
        /// The copy.
        file: PathBuf,
    },
}

/// `regiment audit`.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Recomputes every link of the chain, and says where it does not hold.
    Verify {
        /// A head that was kept elsewhere, as this command prints it: a rewritten chain shows.
        #[arg(long, value_name = "SEQUENCE:HASH")]
        head: Option<String>,
    },
}

/// `regiment token`.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Makes a token and prints its secret, which is shown here and nowhere else.
    Create {
        /// What its holder may do: viewer, coach, admin or bot.
        #[arg(long)]
        role: store::Role,
        /// What it is for.
        #[arg(long, default_value = "unnamed")]
        name: String,
    },
    /// Lists the tokens, revoked ones too.
    List,
    /// Revokes a token; a running server refuses it within 5 seconds.
    Revoke {
        /// The id that `token list` shows.
        id: Id<ApiToken>,
    },
}

/// `regiment import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// What the file is.
    #[arg(long, value_enum)]
    pub format: ImportFormat,
    /// The file, or the folder of frames.
    pub path: PathBuf,
    /// What the columns of a csv file mean.
    #[arg(long, value_name = "MAP.toml", required_if_eq("format", "csv"))]
    pub map: Option<PathBuf>,
    /// The client the rows belong to, where the file does not say.
    #[arg(long, value_name = "ID")]
    pub user_id: Option<UserId>,
    /// The unit of weights, where the file does not say.
    #[arg(long, value_enum)]
    pub unit: Option<Unit>,
    /// How dates are written, where the file leaves it open: %d/%m/%Y.
    #[arg(long, value_name = "FORMAT")]
    pub date_format: Option<String>,
    /// Reports what would be stored, and stores nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// What an imported file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// Records of the original system, flat or in envelopes.
    OriginalJson,
    /// A folder of Parquet log frames.
    Frames,
    /// The workout history of Hevy.
    Hevy,
    /// The workout history of Strong.
    Strong,
    /// The spreadsheet of FitNotes.
    Fitnotes,
    /// Dates and body weights.
    WeightsCsv,
    /// Any table, with a map.
    Csv,
}

/// A unit of weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Unit {
    /// Kilograms.
    Kg,
    /// Pounds.
    Lb,
}

/// `regiment export`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["user_id", "frames"]))]
pub struct ExportArgs {
    /// The client to write out.
    #[arg(long, value_name = "ID", requires = "out")]
    pub user_id: Option<UserId>,
    /// The folder for one client's records.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// How one client's records are written.
    #[arg(long, value_enum, default_value = "json")]
    pub format: ExportFormat,
    /// Writes the effective logs of everybody as Parquet frames into this folder.
    #[arg(long, value_name = "DIR")]
    pub frames: Option<PathBuf>,
}

/// How one client's records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// One JSON file; it imports again to the same records.
    Json,
    /// One CSV file for each kind of record.
    Csv,
}

/// `regiment scan`.
#[derive(Debug, Args)]
pub struct ScanArgs {
    /// The folder of Parquet log frames to scan [default: the store, as it stands]
    #[arg(long, value_name = "DIR")]
    pub logs: Option<PathBuf>,
    /// Every client's last closed date; over the store, the scan's Sunday.
    #[arg(long, value_name = "DATE")]
    pub as_of: Date,
    /// The folder of a trained model [default: the shipped one]
    #[arg(long, value_name = "DIR", conflicts_with = "rules_only")]
    pub model: Option<PathBuf>,
    /// Leaves everything but the rules out, and writes their part of each line alone.
    #[arg(long)]
    pub rules_only: bool,
    /// The file to write to [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `regiment backtest`.
#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// The folder of Parquet log frames.
    #[arg(long, value_name = "DIR")]
    pub logs: PathBuf,
    /// The first date; every Sunday from it on is replayed.
    #[arg(long, value_name = "DATE")]
    pub from: Date,
    /// The last date.
    #[arg(long, value_name = "DATE")]
    pub to: Date,
    /// Another policy, to stand beside the one that is configured.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
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
            Command::Demo(_)
            | Command::Simulate(_)
            | Command::Policy(_)
            | Command::Migrate(_)
            | Command::Backup(_)
            | Command::Audit(_)
            | Command::Doctor
            | Command::Import(_)
            | Command::Export(_)
            | Command::Scan(_)
            | Command::Train(_)
            | Command::Predict(_)
            | Command::Evaluate(_)
            | Command::Backtest(_)
            | Command::Token(_)
            | Command::Schemas(_) => ServeOverrides::default(),
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
