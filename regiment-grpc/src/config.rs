//! What the process is told from outside: a TOML file, then `REGIMENT_*` variables, then command-line options.
//!
//! A name that is not a setting is an error that says which source it came from. Secrets come from the
//! environment alone. `regiment.example.toml` shows every setting with its default, which a test holds.

mod access;
mod telemetry;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::providers::{Format as _, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::secret::{DatabaseUrl, Secret, WebhookUrl};

pub use self::access::{Discord, Limits};
pub use self::telemetry::Telemetry;

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
    /// How much callers may ask.
    pub limits: Limits,
    /// The guild whose coaches sign in.
    pub discord: Discord,
    /// The operator's token. From `REGIMENT_API_TOKEN` alone.
    #[serde(skip)]
    pub api_token: Option<Secret>,
    /// The secret of the Discord application. From `DISCORD_CLIENT_SECRET` alone.
    #[serde(skip)]
    pub discord_secret: Option<Secret>,
    /// The bot's token, with which the roles of a member are read. From `DISCORD_TOKEN` alone.
    #[serde(skip)]
    pub discord_token: Option<Secret>,
    /// Where urgent alerts are posted. From `REGIMENT_ALERT_WEBHOOK` alone: whoever knows it can post too.
    #[serde(skip)]
    pub alert_webhook: Option<WebhookUrl>,
    /// Where spans are exported to. From the variables `OTEL_…` alone.
    #[serde(skip)]
    pub telemetry: Option<Telemetry>,
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
    /// The address that browsers know, where it is not the one that is listened on: `https://…` of a proxy.
    pub public_url: Option<Url>,
    /// Other origins whose pages may call, with the cookies of whoever looks at them.
    pub allowed_origins: Vec<String>,
    /// Networks of the proxies in front, whose word on a caller's address is taken.
    pub trusted_proxies: Vec<IpNet>,
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
            limits: Limits::default(),
            discord: Discord::default(),
            api_token: None,
            discord_secret: None,
            discord_token: None,
            alert_webhook: None,
            telemetry: None,
        }
    }
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            roles: vec![Role::Api, Role::Scheduler],
            migrate: true,
            public_url: None,
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
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
        let mut secrets = [const { None }; 3];
        let [api_token, discord_secret, discord_token] = &mut secrets;
        let mut alert_webhook = None;
        let mut otel = telemetry::Variables::new();
        for (name, text) in environment {
            let secret = || Some(text.as_str()).filter(|text| !text.is_empty()).map(Secret::new);
            match (name.as_str(), name.strip_prefix(PREFIX)) {
                ("REGIMENT_API_TOKEN", _) => *api_token = secret(),
                ("DISCORD_CLIENT_SECRET", _) => *discord_secret = secret(),
                ("DISCORD_TOKEN", _) => *discord_token = secret(),
                ("REGIMENT_ALERT_WEBHOOK", _) => alert_webhook = webhook(&text)?,
                (name, _) if name.starts_with("OTEL_") => {
                    otel.insert(name.to_owned(), text);
                }
                // `--config` itself, and what belongs to the bot and to the tests.
                (_, Some("CONFIG" | "URL" | "BOT_TOKEN")) => {}
                (_, Some(key)) if key.starts_with("TEST_") => {}
                (_, Some(_)) => figment = figment.merge(Variable { name, text }),
                (_, None) => figment = access::merge(figment, &name, &text),
            }
        }
        let config: Self = figment
            .merge(Serialized::defaults(overrides))
            .extract()
            .map_err(|error| InvalidConfig(one_line(error)))?;
        config.validate()?;
        let [api_token, discord_secret, discord_token] = secrets;
        let telemetry = Telemetry::read(&otel)?;
        Ok(Self { api_token, discord_secret, discord_token, alert_webhook, telemetry, ..config })
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
        self.serve.public_url.as_ref().map_or(Ok(()), access::check_public_url)?;
        self.serve.allowed_origins.iter().try_for_each(|origin| access::check_origin(origin))
    }
}

/// Reads where alerts are posted; an error does not repeat it.
fn webhook(text: &str) -> Result<Option<WebhookUrl>, InvalidConfig> {
    if text.is_empty() {
        return Ok(None);
    }
    let said = "REGIMENT_ALERT_WEBHOOK must be https://…, or http:// on loopback such as \
                http://127.0.0.1:9000/alerts";
    WebhookUrl::parse(text).map(Some).ok_or_else(|| InvalidConfig(said.to_owned()))
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
mod tests;
