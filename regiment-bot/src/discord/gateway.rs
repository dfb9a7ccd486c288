//! The gateway connection, by serenity: interactions come in by it, and nothing else.
//!
//! Frames that serenity reads are written back to JSON, and frames that it does not know come as
//! they were: [`Interaction::parse`](super::Interaction::parse) reads both, so that no press is lost
//! to a field that Discord has added or left out.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use serenity::{
    all::{
        ClientBuilder, Context, Event, EventHandler, GatewayError, GatewayIntents, HttpBuilder,
        RawEventHandler, ShardStageUpdateEvent,
    },
    async_trait,
    gateway::ConnectionStage,
};
use thiserror::Error;
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{Failure, Rest, Route};
use crate::{config, guard::Guard};

/// The event by which interactions come.
const INTERACTION: &str = "INTERACTION_CREATE";

/// How long requests at the start wait for the limits.
const PATIENCE: Duration = Duration::from_mins(1);

/// From one try to reach Discord at the start to the next: at first, and at most.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// How long a connection may be away before the process ends, for another to begin afresh.
const LOST: Duration = Duration::from_mins(10);

/// How often it is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Why the bot can't stay connected.
#[derive(Debug, Error)]
pub(crate) enum GatewayEnd {
    /// Discord does not know the token (close code 4004, or 401).
    #[error("Discord does not know the bot's token: set DISCORD_TOKEN")]
    Token,
    /// Discord does not allow what is asked for (close codes 4013 and 4014).
    #[error("Discord does not allow the intents that the bot asks for")]
    Intents,
    /// The connection did not come back.
    #[error("the connection to Discord did not come back within {} minutes", LOST.as_secs() / 60)]
    Lost,
    /// Anything else that serenity does not mend.
    #[error("the connection to Discord ended")]
    Ended(#[source] Box<serenity::Error>),
}

/// Whether the connection stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connection(Arc<watch::Sender<bool>>);

impl Connection {
    /// Returns whether interactions come in.
    pub(crate) fn stands(&self) -> bool {
        *self.0.borrow()
    }

    /// Tells of every change.
    pub(crate) fn changes(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }

    fn set(&self, stands: bool) {
        let is_news = self.0.send_if_modified(|stood| std::mem::replace(stood, stands) != stands);
        if is_news {
            tracing::info!(stands, "the connection to Discord changed");
        }
    }
}

struct Ears {
    guard: Guard,
    connection: Connection,
}

#[async_trait]
impl RawEventHandler for Ears {
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other event concerns the bot")]
    async fn raw_event(&self, _: Context, event: Event) {
        match event {
            Event::InteractionCreate(event) => self.guard.take(&written(&event.interaction)),
            Event::Unknown(event) if event.kind == INTERACTION => self.guard.take(&event.value),
            Event::Ready(_) | Event::Resumed(_) => self.connection.set(true),
            _ => {}
        }
    }
}

#[async_trait]
impl EventHandler for Ears {
    async fn shard_stage_update(&self, _: Context, event: ShardStageUpdateEvent) {
        self.connection.set(event.new == ConnectionStage::Connected);
    }
}

/// Writes an interaction back to JSON, with its type, which serenity leaves out.
fn written(interaction: &serenity::all::Interaction) -> Value {
    let mut frame = serde_json::to_value(interaction).unwrap_or_default();
    if let Some(fields) = frame.as_object_mut() {
        fields.insert("type".to_owned(), u8::from(interaction.kind()).into());
    }
    frame
}

/// Listens for interactions until `stop` is given, and hands each to the guard.
///
/// # Errors
/// [`GatewayEnd`], where the connection can't be had or kept.
pub(crate) async fn listen(
    config: &config::Discord,
    rest: &Rest,
    guard: Guard,
    connection: Connection,
    stop: CancellationToken,
) -> Result<(), GatewayEnd> {
    let Some(url) = address(rest, &stop).await? else { return Ok(()) };
    // With serenity's own rate limiter, the proxy would be ignored without a word.
    let http = HttpBuilder::new(config.token.expose())
        .client(rest.http())
        .proxy(config.base.as_str().trim_end_matches('/'))
        .ratelimiter_disabled(true)
        .build();
    let ears = || Ears { guard: guard.clone(), connection: connection.clone() };
    let mut client = ClientBuilder::new_with_http(http, GatewayIntents::GUILDS)
        .event_handler(ears())
        .raw_event_handler(ears())
        .await
        .map_err(|error| GatewayEnd::Ended(Box::new(error)))?;
    // Where its own request fails, serenity would fall back to the real Discord.
    *client.ws_url.lock().await = url;
    let shards = client.shard_manager.clone();
    tokio::select! {
        ended = client.start() => {
            connection.set(false);
            match ended {
                Ok(()) => Ok(()),
                Err(error) => Err(end(error)),
            }
        }
        end = trouble(rest, &connection) => Err(end),
        () = stop.cancelled() => {
            connection.set(false);
            shards.shutdown_all().await;
            Ok(())
        }
    }
}

/// Asks where the gateway is, until Discord says so.
async fn address(rest: &Rest, stop: &CancellationToken) -> Result<Option<String>, GatewayEnd> {
    let mut pause = PAUSE;
    loop {
        let failure = match rest.ask(&Route::Gateway, None, PATIENCE).await {
            Ok(answer) => match answer.get("url").and_then(Value::as_str) {
                Some(url) => return Ok(Some(url.to_owned())),
                None => Failure::Unanswered,
            },
            Err(Failure::Unauthorized) => return Err(GatewayEnd::Token),
            Err(failure) => failure,
        };
        tracing::warn!(?failure, "Discord does not say where its gateway is");
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return Ok(None),
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Waits until Discord does not know the token any more, or the connection has been away for too long.
async fn trouble(rest: &Rest, connection: &Connection) -> GatewayEnd {
    let mut stood = Instant::now();
    while stood.elapsed() < LOST {
        tokio::time::sleep(LOOK).await;
        if rest.standing().is_unauthorized {
            return GatewayEnd::Token;
        }
        if connection.stands() {
            stood = Instant::now();
        }
    }
    GatewayEnd::Lost
}

#[expect(clippy::wildcard_enum_match_arm, reason = "serenity mends the others, or nobody can")]
fn end(error: serenity::Error) -> GatewayEnd {
    match error {
        serenity::Error::Gateway(GatewayError::InvalidAuthentication) => GatewayEnd::Token,
        serenity::Error::Gateway(
            GatewayError::DisallowedGatewayIntents | GatewayError::InvalidGatewayIntents,
        ) => GatewayEnd::Intents,
        error => GatewayEnd::Ended(Box::new(error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Interaction;

    /// A frame with everything that serenity wants to find.
    fn frame(kind: u8, data: &Value) -> Value {
        let user = json!({"id": "7", "username": "ana", "discriminator": "0", "avatar": null,
            "global_name": "Ana"});
        json!({
            "id": "175928847299117063", "application_id": "1", "type": kind, "token": "t", "version": 1,
            "guild_id": "2", "channel_id": "5", "locale": "en-US", "app_permissions": "0",
            "entitlements": [], "authorizing_integration_owners": {"0": "2"}, "context": 0,
            "attachment_size_limit": 10_485_760,
            "member": {"user": user, "nick": "A.", "roles": ["3"], "permissions": "0", "deaf": false,
                "mute": false, "flags": 0, "pending": false, "guild_id": "2",
                "joined_at": "2026-01-01T00:00:00+00:00"},
            "data": data,
            "message": {"id": "9", "channel_id": "5", "type": 0, "content": "**FUEL**", "author": user,
                "timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": null, "tts": false,
                "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [],
                "embeds": [], "pinned": false, "components": [{"type": 1, "components": [
                    {"type": 2, "style": 1, "label": "Rest", "custom_id": "r1.x"}]}]},
        })
    }

    #[track_caller]
    fn check(kind: u8, data: &Value) {
        let frame = frame(kind, data);
        let known: serenity::all::Interaction = serde_json::from_value(frame.clone()).unwrap();
        let read = Interaction::parse(&frame).unwrap();
        let again = Interaction::parse(&written(&known)).unwrap();
        assert!(again.asks == read.asks && again.person == read.person && again.id == read.id);
        assert_eq!((again.guild_id, again.channel_id), (read.guild_id, read.channel_id));
        if let (Some(again), Some(read)) = (again.message, read.message) {
            assert_eq!((again.id, &again.content), (read.id, &read.content));
            assert_eq!(again.components[0]["components"][0]["custom_id"], "r1.x");
        }
    }

    #[test]
    fn what_serenity_reads_loses_nothing_on_its_way_to_us() {
        let option = json!({"name": "weight", "type": 10, "value": 82.5});
        check(
            2,
            &json!({"id": "4", "name": "log", "type": 1, "options": [
            {"name": "topset", "type": 1, "options": [option]}]}),
        );
        check(
            4,
            &json!({"id": "4", "name": "onboard", "type": 1, "options": [
            {"name": "zone", "type": 3, "value": "lon", "focused": true}]}),
        );
        check(3, &json!({"component_type": 2, "custom_id": "r1.x"}));
        check(3, &json!({"component_type": 3, "custom_id": "r1.x", "values": ["a", "b"]}));
        check(
            5,
            &json!({"custom_id": "r1.x", "components": [{"type": 1, "components": [
            {"type": 4, "custom_id": "weight", "value": "82,5"}]}]}),
        );
    }

    #[test]
    fn close_codes_that_can_not_be_mended_have_their_reasons() {
        let end = |error| end(serenity::Error::Gateway(error));
        assert!(matches!(end(GatewayError::InvalidAuthentication), GatewayEnd::Token));
        assert!(matches!(end(GatewayError::DisallowedGatewayIntents), GatewayEnd::Intents));
        assert!(matches!(end(GatewayError::InvalidGatewayIntents), GatewayEnd::Intents));
        assert!(matches!(end(GatewayError::ReconnectFailure), GatewayEnd::Ended(_)));
    }

    #[test]
    fn a_connection_tells_of_changes_alone() {
        let connection = Connection::default();
        let mut changes = connection.changes();
        connection.set(false);
        assert!(!changes.has_changed().unwrap());
        connection.set(true);
        assert!(changes.has_changed().unwrap() && connection.stands());
        changes.mark_unchanged();
        connection.set(true);
        assert!(!changes.has_changed().unwrap());
    }
}
