//! Registers the slash commands: those of clients everywhere, those of coaches in the practice's
//! community.
//!
//! Discord takes 200 new commands a day, so that what has not changed is not registered again.

use std::time::Duration;

use anyhow::anyhow;
use regiment_proto::v1::{GetCommandHashRequest, SaveCommandHashRequest};
use serde_json::Value;
use tonic::Status;

use crate::{
    Api, Config,
    api::patiently,
    commands,
    discord::{Body, Rest, Route},
    process::Identity,
};

/// How long the server is waited for.
const PATIENCE: Duration = Duration::from_mins(10);

/// How long Discord's limits are waited for.
const LIMITS: Duration = Duration::from_mins(5);

/// Under what the server keeps the hash of the clients' commands; that of the coaches' commands stands
/// under the community's id.
pub(crate) const GLOBAL: &str = "global";

/// Which commands are registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those that have changed since they were registered last.
    Changed,
    /// All.
    All,
}

/// Registers the commands.
///
/// # Errors
/// Where server or Discord do not take part.
pub(crate) async fn run(
    api: &Api,
    rest: &Rest,
    config: &Config,
    me: Identity,
    which: Which,
) -> anyhow::Result<()> {
    let guild = config.discord.guild_id;
    let sets = [
        (GLOBAL.to_owned(), None, commands::global(&config.texts)),
        (guild.to_string(), Some(guild), commands::coaches(&config.texts)),
    ];
    for (scope, guild, commands) in sets {
        let hash = commands::hash(&commands);
        if which == Which::Changed && known(api, &scope).await? == hash {
            tracing::info!(scope, "the commands have not changed");
            continue;
        }
        let route = Route::Commands { application: me.application, guild };
        let body = Body::of(Value::Array(commands));
        rest.ask(&route, Some(&body), LIMITS).await.map_err(|failure| {
            anyhow!("Discord does not take the commands of {scope}: {failure:?}")
        })?;
        keep(api, &scope, &hash).await?;
        tracing::info!(scope, "the commands are registered");
    }
    Ok(())
}

async fn known(api: &Api, scope: &str) -> anyhow::Result<String> {
    let request = GetCommandHashRequest { scope: scope.to_owned() };
    let known = patiently(PATIENCE, || {
        let (mut bot, request) = (api.own().bot, request.clone());
        async move { bot.get_command_hash(request).await }
    });
    Ok(known.await.map_err(|status| refused(&status))?.into_inner().hash)
}

async fn keep(api: &Api, scope: &str, hash: &str) -> anyhow::Result<()> {
    let request = SaveCommandHashRequest {
        scope: scope.to_owned(),
        hash: hash.to_owned(),
        request_id: String::new(),
    };
    let kept = patiently(PATIENCE, || {
        let (mut bot, request) = (api.own().bot, request.clone());
        async move { bot.save_command_hash(request).await }
    });
    kept.await.map(drop).map_err(|status| refused(&status))
}

fn refused(status: &Status) -> anyhow::Error {
    anyhow!("the server says {:?}: {}", status.code(), status.message())
}
