//! What the process is told from outside: a TOML file, then `REGIMENT_*` variables, then command-line options.
//!
//! A name that is not a setting is an error that says which source it came from. The API token comes from the
//! environment alone. `regiment.example.toml` shows every setting with its default, which a test holds.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::providers::{Format as _, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use serde::{Deserialize, Serialize};

use crate::secret::{DatabaseUrl, Secret};

const PREFIX: &str = "REGIMENT_";

/// The file that is read when it exists and no other is named.
pub const DEFAULT_FILE: &str = "regiment.toml";

/// Every setting of the `regiment` process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the records are kept: `sqlite://FILE`, `sqlite::memory:` or `postgres://…`.
    pub database: DatabaseUrl,
    /// The policy that seeds a new store. Without one, the shipped defaults do.
    pub policy: Option<PathBuf>,
    /// Where client logs wait while the database is away.
    pub spool: PathBuf,
    /// How log lines look.
    pub log: LogFormat,
    /// Which log lines are written: a level, or `target=level` pairs separated by commas.
    pub log_filter: String,
    /// What `regiment serve` does.
    pub serve: Serve,
    /// The guild whose coaches sign in.
    pub discord: Discord,
    /// The bearer token that API callers show. From `REGIMENT_API_TOKEN` alone.
    #[serde(skip)]
    pub api_token: Option<Secret>,
}

/// What `regiment serve` does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Serve {
    /// The address to listen on. Any other than loopback needs an API token.
    pub listen: SocketAddr,
    /// What this process takes part in.
    pub roles: Vec<Role>,
    /// Whether a store of an older version is migrated on start.
    pub migrate: bool,
}

/// The guild whose coaches sign in, and whose members the bot speaks for.
///
/// Each is also a variable of its own, as the bot has it: `DISCORD_COACH_ROLE_IDS` is a list with commas.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Discord {
    /// Roles whose bearers are coaches.
    pub coach_role_ids: Vec<String>,
}

/// What a process takes part in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers the API.
    Api,
    /// Fires what falls due.
    Scheduler,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Pretty on a terminal, JSON elsewhere.
    Auto,
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
}

/// What the command line says over file and environment.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Overrides {
    /// `--database`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<DatabaseUrl>,
    /// `--log`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<LogFormat>,
    /// Options of `serve`.
    pub serve: ServeOverrides,
}

/// What the command line of `serve` says over file and environment.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ServeOverrides {
    /// `--listen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// `--roles`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Role>>,
}

/// Why a configuration is refused: which setting, which source, which value.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct InvalidConfig(String);

impl Default for Config {
    fn default() -> Self {
        Self {
            database: DatabaseUrl::new("sqlite://regiment.db"),
            policy: None,
            spool: PathBuf::from("spool"),
            log: LogFormat::Auto,
            log_filter: "info".to_owned(),
            serve: Serve::default(),
            discord: Discord::default(),
            api_token: None,
        }
    }
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            roles: vec![Role::Api, Role::Scheduler],
            migrate: true,
        }
    }
}

impl Config {
    /// Reads `file`, then `environment`, then `overrides`, each over the one before.
    ///
    /// Without a `file`, [`DEFAULT_FILE`] is read if there is one.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        overrides: &Overrides,
    ) -> Result<Self, InvalidConfig> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        match file {
            // A file that was asked for by name must be there.
            Some(file) if !file.is_file() => {
                return Err(InvalidConfig(format!(
                    "configuration file {} not found: name a TOML file as regiment.example.toml shows",
                    file.display()
                )));
            }
            Some(file) => figment = figment.merge(Toml::file_exact(file)),
            None if Path::new(DEFAULT_FILE).is_file() => {
                figment = figment.merge(Toml::file_exact(DEFAULT_FILE));
            }
            None => {}
        }
        let mut api_token = None;
        for (name, text) in environment {
            if let "DISCORD_COACH_ROLE_IDS" = name.as_str() {
                let ids: Vec<&str> = text.split(',').map(str::trim).collect();
                figment = figment.merge(Serialized::default("discord.coach_role_ids", ids));
                continue;
            }
            let Some(key) = name.strip_prefix(PREFIX) else { continue };
            match key {
                "API_TOKEN" => api_token = Some(text).filter(|text| !text.is_empty()),
                // `--config` itself, and what belongs to the bot and to the tests.
                "CONFIG" | "URL" | "BOT_TOKEN" => {}
                _ if key.starts_with("TEST_") => {}
                _ => figment = figment.merge(Variable { name, text }),
            }
        }
        let config: Self = figment
            .merge(Serialized::defaults(overrides))
            .extract()
            .map_err(|error| InvalidConfig(one_line(error)))?;
        config.validate()?;
        Ok(Self { api_token: api_token.map(Secret::new), ..config })
    }

    fn validate(&self) -> Result<(), InvalidConfig> {
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&self.log_filter) {
            return Err(InvalidConfig(format!(
                "log_filter must be a level such as info, or target=level pairs, not {:?} ({error})",
                self.log_filter
            )));
        }
        if self.serve.roles.is_empty() {
            return Err(InvalidConfig(
                "serve.roles must name at least one of api, scheduler, not []".to_owned(),
            ));
        }
        Ok(())
    }
}

/// One `REGIMENT_*` variable as a source of its own, so that an error names it.
struct Variable {
    name: String,
    text: String,
}

impl Provider for Variable {
    fn metadata(&self) -> Metadata {
        Metadata::named(format!("environment variable {}", self.name))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let key = self.name[PREFIX.len()..].to_lowercase().replace("__", ".");
        // Reading a value never fails: what is no number, list or boolean is text.
        let value = self.text.parse::<Value>().unwrap_or_else(|never| match never {});
        let nested = figment::util::nest(&key, value);
        Ok(nested.into_dict().map_or_else(Map::new, |dict| Profile::Default.collect(dict)))
    }
}

fn one_line(error: figment::Error) -> String {
    error
        .into_iter()
        .map(|error| error.to_string().replace("default.", "").replace('\n', " "))
        .collect::<Vec<_>>()
        .join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../regiment.example.toml");

    fn variables<'a>(pairs: &'a [(&str, &str)]) -> impl Iterator<Item = (String, String)> + 'a {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
    }

    fn load(pairs: &[(&str, &str)]) -> Result<Config, String> {
        Config::load(Some(Path::new(EXAMPLE)), variables(pairs), &Overrides::default())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_example_equals_the_defaults() {
        assert_eq!(load(&[]), Ok(Config::default()));
        let text = std::fs::read_to_string(EXAMPLE).unwrap();
        let defaults = toml::Table::try_from(Config::default()).unwrap();
        for (name, value) in &defaults {
            assert!(text.contains(name.as_str()), "the example says nothing about {name}");
            for nested in value.as_table().into_iter().flat_map(toml::Table::keys) {
                assert!(text.contains(nested.as_str()), "the example says nothing about {nested}");
            }
        }
        assert!(text.contains("# policy ="), "the example says nothing about policy");
    }

    #[test]
    fn a_variable_goes_over_the_file_and_an_option_over_both() {
        let pairs = [
            ("REGIMENT_DATABASE", "postgres://a@b/c"),
            ("REGIMENT_SERVE__LISTEN", "127.0.0.1:9"),
            ("REGIMENT_SERVE__ROLES", "[scheduler]"),
        ];
        let overrides = Overrides {
            serve: ServeOverrides { listen: Some(([127, 0, 0, 1], 7).into()), roles: None },
            ..Overrides::default()
        };
        let config = Config::load(Some(Path::new(EXAMPLE)), variables(&pairs), &overrides).unwrap();
        assert_eq!(config.database, DatabaseUrl::new("postgres://a@b/c"));
        assert_eq!(config.serve.listen.port(), 7);
        assert_eq!(config.serve.roles, [Role::Scheduler]);
    }

    #[test]
    fn a_name_that_is_no_setting_is_refused_with_its_source() {
        let error = load(&[("REGIMENT_SERVE__LISTN", "127.0.0.1:9")]).unwrap_err();
        assert!(error.contains("listn"), "{error}");
        assert!(error.contains("environment variable REGIMENT_SERVE__LISTN"), "{error}");
        assert!(error.contains("`listen`"), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }

    #[test]
    fn a_bad_value_is_refused_with_what_would_be_accepted() {
        let error = load(&[("REGIMENT_LOG", "xml")]).unwrap_err();
        assert!(error.contains("xml") && error.contains("`json`"), "{error}");
        let error = load(&[("REGIMENT_LOG_FILTER", "=nonsense=")]).unwrap_err();
        assert!(error.contains("log_filter") && error.contains("=nonsense="), "{error}");
        let error = load(&[("REGIMENT_SERVE__ROLES", "[]")]).unwrap_err();
        assert!(error.contains("serve.roles"), "{error}");
    }

    #[test]
    fn the_token_is_taken_from_the_environment_and_shown_nowhere() {
        let config = load(&[("REGIMENT_API_TOKEN", "0042")]).unwrap();
        assert_eq!(config.api_token, Some(Secret::new("0042")));
        assert!(!format!("{config:?}").contains("0042"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("with-token.toml");
        std::fs::write(&file, "api_token = \"0042\"\n").unwrap();
        let error = Config::load(Some(&file), variables(&[]), &Overrides::default()).unwrap_err();
        assert!(error.to_string().contains("api_token"), "{error}");
    }

    #[test]
    fn variables_of_the_tests_and_of_the_bot_are_left_alone() {
        let others = [("REGIMENT_TEST_DATA", "x"), ("REGIMENT_URL", "x"), ("PATH", "x")];
        assert_eq!(load(&others), Ok(Config::default()));
    }

    #[test]
    fn a_file_that_was_named_must_be_there() {
        let missing = Path::new("no/such.toml");
        let error = Config::load(Some(missing), variables(&[]), &Overrides::default()).unwrap_err();
        assert!(error.to_string().contains("no/such.toml"), "{error}");
    }
}
