//! Settings of who may come in, and how much they may ask.

use std::num::NonZeroU32;

use figment::Figment;
use figment::providers::Serialized;
use serde::{Deserialize, Serialize};
use url::Url;

use super::InvalidConfig;
use crate::secret::is_loopback;

/// How much callers may ask.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Calls a minute from one address by those who are not signed in.
    pub before_sign_in_per_minute: NonZeroU32,
    /// Calls a minute by one account, token or person; a heavy method counts for several.
    pub per_caller_per_minute: NonZeroU32,
    /// Calls that are answered at once; one more is refused.
    pub calls_at_once: u32,
}

/// The guild whose coaches sign in, and whose members the bot speaks for.
///
/// Each is also a variable, as the bot has it: `DISCORD_GUILD_ID`; a list has commas.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Discord {
    /// The application through which people sign in; empty where nobody does.
    pub client_id: String,
    /// The practice's guild.
    pub guild_id: String,
    /// Roles whose bearers are coaches.
    pub coach_role_ids: Vec<String>,
    /// Roles whose bearers are admins.
    pub admin_role_ids: Vec<String>,
    /// Roles whose bearers may look and change nothing.
    pub viewer_role_ids: Vec<String>,
    /// Where Discord's API is; a stand-in's address in tests.
    pub api_base: Url,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            before_sign_in_per_minute: positive(100),
            per_caller_per_minute: positive(6_000),
            calls_at_once: 256,
        }
    }
}

impl Default for Discord {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            guild_id: String::new(),
            coach_role_ids: Vec::new(),
            admin_role_ids: Vec::new(),
            viewer_role_ids: Vec::new(),
            api_base: Url::parse("https://discord.com/api/v10").expect("it is an address"),
        }
    }
}

/// Takes a variable that the bot has too; any other is somebody else's.
pub(super) fn merge(figment: Figment, name: &str, text: &str) -> Figment {
    let list = || -> Vec<&str> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect()
    };
    match name {
        "DISCORD_CLIENT_ID" => figment.merge(Serialized::default("discord.client_id", text)),
        "DISCORD_GUILD_ID" => figment.merge(Serialized::default("discord.guild_id", text)),
        "DISCORD_API_BASE" => figment.merge(Serialized::default("discord.api_base", text)),
        "DISCORD_COACH_ROLE_IDS" => {
            figment.merge(Serialized::default("discord.coach_role_ids", list()))
        }
        "DISCORD_ADMIN_ROLE_IDS" => {
            figment.merge(Serialized::default("discord.admin_role_ids", list()))
        }
        "DISCORD_VIEWER_ROLE_IDS" => {
            figment.merge(Serialized::default("discord.viewer_role_ids", list()))
        }
        _ => figment,
    }
}

/// Refuses an address over which cookies would travel in the open.
pub(super) fn check_public_url(url: &Url) -> Result<(), InvalidConfig> {
    let is_site = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_safe = match url.scheme() {
        "https" => true,
        "http" => is_loopback(url),
        _ => false,
    };
    if is_site && is_safe {
        return Ok(());
    }
    Err(InvalidConfig(format!(
        "serve.public_url must be https://HOST, or http:// on loopback such as http://127.0.0.1:8080, not {url}"
    )))
}

/// Refuses what is not an origin as browsers write it.
pub(super) fn check_origin(text: &str) -> Result<(), InvalidConfig> {
    match Url::parse(text) {
        Ok(url) if url.origin().ascii_serialization() == text => Ok(()),
        _ => Err(InvalidConfig(format!(
            "serve.allowed_origins must be origins such as https://coach.example.org, not {text}"
        ))),
    }
}

const fn positive(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("the defaults are positive")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_never_travel_in_the_open() {
        let check = |url: &str| check_public_url(&Url::parse(url).unwrap()).is_ok();
        assert!(check("https://coach.example.org"));
        assert!(
            check("http://127.0.0.1:8080") && check("http://[::1]:1") && check("http://localhost")
        );
        assert!(!check("http://coach.example.org") && !check("http://10.0.0.7:8080"));
        assert!(!check("https://coach.example.org/app") && !check("ftp://127.0.0.1"));
    }

    #[test]
    fn an_origin_is_as_browsers_write_it() {
        check_origin("https://coach.example.org").unwrap();
        check_origin("http://127.0.0.1:5173").unwrap();
        for wrong in ["*", "null", "https://coach.example.org/", "coach.example.org"] {
            let error = check_origin(wrong).unwrap_err().to_string();
            assert!(error.contains("serve.allowed_origins") && error.contains(wrong), "{error}");
        }
    }
}
