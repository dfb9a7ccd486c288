//! Settings, from the environment alone: most of them are secrets.

use std::{collections::BTreeMap, fmt::Display, fs, path::PathBuf, str::FromStr};

use regiment_core::Secret;
use thiserror::Error;
use url::Url;

use crate::Texts;

/// The shortest key that signs the ids of controls.
const SHORTEST_KEY: usize = 32;

/// The version of Discord's API that is spoken.
const API_PATH: &str = "/api/v10";

/// Everything that a deployment decides about the bot.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the server is.
    pub server: Url,
    /// The bot's token at the server.
    pub bot_token: Secret,
    /// What is Discord's.
    pub discord: Discord,
    /// Every word that the bot says.
    pub texts: Texts,
    /// The key that signs the ids of controls.
    pub key: Secret,
    /// The key before it, under which older controls are still taken.
    pub old_key: Option<Secret>,
}

/// The bot on Discord, and the channels in which it writes.
#[derive(Debug, Clone)]
pub struct Discord {
    /// The bot's token.
    pub token: Secret,
    /// Where Discord is, without a path: `https://discord.com`.
    pub base: Url,
    /// Where Discord learns who runs the bot: it wants to be shown an address with every request.
    pub about: Url,
    /// The practice's community.
    pub guild_id: u64,
    /// Roles whose bearers are coaches; without one, nobody is.
    pub coach_role_ids: Vec<String>,
    /// The coaches' channel.
    pub coach_channel_id: u64,
    /// The public channel; without one, nothing is said in public.
    pub public_channel_id: Option<u64>,
    /// The honors channel; without one, no board is shown.
    pub honors_channel_id: Option<u64>,
}

/// What is wrong with the settings, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", .0.join("; "))]
pub struct InvalidConfig(pub Vec<String>);

impl Config {
    /// Reads the settings from the variables of a process. A variable that is empty counts as absent.
    ///
    /// # Errors
    /// [`InvalidConfig`] with everything that is wrong.
    pub fn load(
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, InvalidConfig> {
        let set = environment.into_iter().filter(|(_, value)| !value.trim().is_empty());
        let mut read = Read { variables: set.collect(), wrong: Vec::new() };
        let config = read.config();
        match config {
            Some(config) if read.wrong.is_empty() => Ok(config),
            _ => Err(InvalidConfig(read.wrong)),
        }
    }
}

/// The reading of settings, which goes on after the first that is wrong.
struct Read {
    variables: BTreeMap<String, String>,
    wrong: Vec<String>,
}

impl Read {
    fn config(&mut self) -> Option<Config> {
        let server = self
            .optional("REGIMENT_URL", "an address")
            .unwrap_or_else(|| Url::parse("http://127.0.0.1:8080").expect("it is an address"));
        let bot_token = self.secret("REGIMENT_BOT_TOKEN");
        let token = self.secret("DISCORD_TOKEN");
        let base = self.base();
        let about = self
            .optional("REGIMENT_BOT_URL", "an address")
            .unwrap_or_else(|| Url::parse("https://regiment.invalid/").expect("it is an address"));
        let guild_id = self.required("DISCORD_GUILD_ID", ID);
        let coach_role_ids = self.roles();
        let coach_channel_id = self.required("DISCORD_COACH_CHANNEL_ID", ID);
        let public_channel_id = self.optional("DISCORD_PUBLIC_CHANNEL_ID", ID);
        let honors_channel_id = self.optional("DISCORD_HONORS_CHANNEL_ID", ID);
        let texts = self.texts();
        let key = self.secret("REGIMENT_BOT_KEY");
        let old_key = self.variables.get("REGIMENT_BOT_OLD_KEY").map(Secret::new);
        for (name, key) in [("REGIMENT_BOT_KEY", &key), ("REGIMENT_BOT_OLD_KEY", &old_key)] {
            let length = key.as_ref().map(|key| key.expose().len());
            if length.is_some_and(|length| length < SHORTEST_KEY) {
                self.wrong.push(format!("{name} must be at least {SHORTEST_KEY} bytes long"));
            }
        }
        Some(Config {
            server,
            bot_token: bot_token?,
            discord: Discord {
                token: token?,
                base: base?,
                about,
                guild_id: guild_id?,
                coach_role_ids,
                coach_channel_id: coach_channel_id?,
                public_channel_id,
                honors_channel_id,
            },
            texts: texts?,
            key: key?,
            old_key,
        })
    }

    fn secret(&mut self, name: &'static str) -> Option<Secret> {
        let found = self.variables.get(name).map(|text| Secret::new(text.trim()));
        if found.is_none() {
            self.wrong.push(format!("{name} is not set"));
        }
        found
    }

    fn required<T: FromStr>(&mut self, name: &'static str, accepted: impl Display) -> Option<T> {
        if !self.variables.contains_key(name) {
            self.wrong.push(format!("{name} is not set: {accepted}"));
        }
        self.optional(name, accepted)
    }

    fn optional<T: FromStr>(&mut self, name: &'static str, accepted: impl Display) -> Option<T> {
        let text = self.variables.get(name)?.trim();
        let read = text.parse().ok();
        if read.is_none() {
            self.wrong.push(format!("{name} must be {accepted}, not {text}"));
        }
        read
    }

    /// Reads where Discord is. The server's setting of that name bears the API's path.
    fn base(&mut self) -> Option<Url> {
        const NAME: &str = "DISCORD_API_BASE";
        let accepted = format!("an http address with no path but {API_PATH}");
        if !self.variables.contains_key(NAME) {
            return Some(Url::parse("https://discord.com").expect("it is an address"));
        }
        let mut base: Url = self.optional(NAME, &accepted)?;
        let path = base.path().trim_end_matches('/');
        if !["", API_PATH].contains(&path) || base.cannot_be_a_base() {
            self.wrong.push(format!("{NAME} must be {accepted}, not {base}"));
            return None;
        }
        base.set_path("");
        Some(base)
    }

    fn roles(&mut self) -> Vec<String> {
        const NAME: &str = "DISCORD_COACH_ROLE_IDS";
        let listed = self.variables.get(NAME).map_or("", String::as_str);
        let roles: Vec<String> = listed
            .split(',')
            .map(str::trim)
            .filter(|role| !role.is_empty())
            .map(str::to_owned)
            .collect();
        if let Some(role) = roles.iter().find(|role| role.parse::<u64>().is_err()) {
            self.wrong.push(format!("{NAME} must be ids with commas between them, not {role}"));
        }
        roles
    }

    fn texts(&mut self) -> Option<Texts> {
        let Some(file) = self.variables.get("REGIMENT_BOT_TEXTS").map(PathBuf::from) else {
            return Some(Texts::built_in());
        };
        let read = fs::read_to_string(&file).map_err(|error| error.to_string());
        let texts = read.and_then(|toml| Texts::parse(&toml).map_err(|error| error.to_string()));
        texts
            .map_err(|error| {
                self.wrong.push(format!("REGIMENT_BOT_TEXTS {}: {error}", file.display()));
            })
            .ok()
    }
}

const ID: &str = "an id of Discord's: up to 20 digits";

#[cfg(test)]
mod tests;
