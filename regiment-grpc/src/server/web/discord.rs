//! Sign-in with Discord: who somebody is, and which roles he bears in the practice's guild.

use std::time::Duration;

use anyhow::Context as _;
use oauth2::basic::BasicClient;
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse as _,
    TokenUrl,
};
use regiment_core::UserId;
use regiment_core::regiment::Account;
use regiment_core::store::Role;
use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::config::{self, Config};
use crate::secret::Secret;

/// How long Discord may take to answer.
const PATIENCE: Duration = Duration::from_secs(8);

/// What knows where to send people, and where to redeem their codes.
type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// The practice's application at Discord.
#[derive(Debug)]
pub(crate) struct Discord {
    client: Client,
    http: reqwest::Client,
    settings: config::Discord,
    bot_token: Secret,
}

/// What a browser takes along to Discord.
pub(crate) struct Asked {
    pub(crate) url: Url,
    pub(crate) state: String,
    pub(crate) verifier: String,
}

/// Why nobody was signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// The code is not one that Discord gave to this browser.
    #[error("Discord does not know that sign-in: begin again")]
    Code,
    /// The person bears none of the configured roles.
    #[error("your Discord account has no role in this practice")]
    NoRole,
    /// Discord did not answer as it should.
    #[error("Discord does not answer: try again in a minute")]
    Away,
}

#[derive(Deserialize)]
struct User {
    id: UserId,
    username: String,
    global_name: Option<String>,
}

#[derive(Deserialize)]
struct Member {
    roles: Vec<String>,
}

impl Discord {
    /// Returns the application, where all of it is configured.
    pub(crate) fn new(config: &Config, redirect: &Url) -> anyhow::Result<Option<Self>> {
        let settings = config.discord.clone();
        let (Some(secret), Some(bot_token)) = (&config.discord_secret, &config.discord_token)
        else {
            return Ok(None);
        };
        if settings.client_id.is_empty() || settings.guild_id.is_empty() {
            return Ok(None);
        }
        let authorize = settings.api_base.join("/oauth2/authorize").context("discord.api_base")?;
        let client = BasicClient::new(ClientId::new(settings.client_id.clone()))
            .set_client_secret(ClientSecret::new(secret.expose().to_owned()))
            .set_auth_uri(AuthUrl::from_url(authorize))
            .set_token_uri(TokenUrl::from_url(below(&settings.api_base, "oauth2/token")))
            .set_redirect_uri(RedirectUrl::from_url(redirect.clone()));
        // A redirect would carry secrets to whoever it names.
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Some(Self { client, http, settings, bot_token: bot_token.clone() }))
    }

    /// Begins a sign-in.
    pub(crate) fn ask(&self) -> Asked {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state) = self
            .client
            .authorize_url(CsrfToken::new_random)
            .add_scope(Scope::new("identify".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Asked { url, state: state.into_secret(), verifier: verifier.into_secret() }
    }

    /// Redeems the code with which Discord sent a browser back.
    pub(crate) async fn account(&self, code: String, verifier: String) -> Result<Account, Refused> {
        let granted = self
            .client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&self.http)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(_) => Refused::Code,
                RequestTokenError::Request(_)
                | RequestTokenError::Parse(..)
                | RequestTokenError::Other(_) => away(&error),
            })?;
        let authorization = format!("Bearer {}", granted.access_token().secret());
        let user: Option<User> = self.get("users/@me", &authorization).await?;
        let User { id, username, global_name } = user.ok_or(Refused::Away)?;
        let role = self.role(id).await?.ok_or(Refused::NoRole)?;
        Ok(Account { user_id: Some(id), name: global_name.unwrap_or(username), role })
    }

    /// Returns what a person may do by the roles that he bears now.
    pub(crate) async fn role(&self, user_id: UserId) -> Result<Option<Role>, Refused> {
        let path = format!("guilds/{}/members/{}", self.settings.guild_id, user_id.as_str());
        let authorization = format!("Bot {}", self.bot_token.expose());
        let member: Option<Member> = self.get(&path, &authorization).await?;
        Ok(member.and_then(|member| role_of(&self.settings, &member.roles)))
    }

    /// Reads from Discord; what it does not find is nothing.
    async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        authorization: &str,
    ) -> Result<Option<T>, Refused> {
        let url = below(&self.settings.api_base, path);
        let asked = self.http.get(url).header("authorization", authorization).send().await;
        let answer = asked.map_err(|error| away(&error.without_url()))?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let answer = answer.error_for_status().map_err(|error| away(&error.without_url()))?;
        answer.json().await.map(Some).map_err(|error| away(&error.without_url()))
    }
}

/// Returns the highest role that a member's roles give.
fn role_of(settings: &config::Discord, borne: &[String]) -> Option<Role> {
    let bears = |ids: &[String]| ids.iter().any(|id| borne.contains(id));
    [
        (&settings.admin_role_ids, Role::Admin),
        (&settings.coach_role_ids, Role::Coach),
        (&settings.viewer_role_ids, Role::Viewer),
    ]
    .into_iter()
    .find(|(ids, _)| bears(ids))
    .map(|(_, role)| role)
}

/// Tells in the log what Discord did, which is nothing to the person who waits.
fn away(error: &(dyn std::error::Error + 'static)) -> Refused {
    tracing::warn!(outcome = "failed", error, "Discord did not answer a sign-in");
    Refused::Away
}

fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let path = format!("{}/{path}", base.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_role_counts() {
        let ids = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        let settings = config::Discord {
            coach_role_ids: ids("11 12"),
            admin_role_ids: ids("21"),
            viewer_role_ids: ids("31"),
            ..config::Discord::default()
        };
        assert_eq!(role_of(&settings, &ids("5 12")), Some(Role::Coach));
        assert_eq!(role_of(&settings, &ids("11 21 31")), Some(Role::Admin));
        assert_eq!(role_of(&settings, &ids("31")), Some(Role::Viewer));
        assert_eq!(role_of(&settings, &ids("5 111")), None);
        assert_eq!(role_of(&settings, &[]), None);
    }

    #[test]
    fn a_path_stands_below_the_base() {
        let base = Url::parse("https://discord.com/api/v10").unwrap();
        assert_eq!(below(&base, "users/@me").as_str(), "https://discord.com/api/v10/users/@me");
    }
}
