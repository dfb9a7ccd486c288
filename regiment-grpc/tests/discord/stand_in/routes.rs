//! What each route does to the world.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::components;
use super::interactions;
use super::rest::{Call, Reply};
use super::shapes;
use super::transcript::Event;
use super::world::{Access, EPHEMERAL, Id, Message, Place, World};

/// Does what a call asks for, which Discord's description allows.
pub(crate) fn answer(world: &mut World, call: &Call) -> Reply {
    let (method, template) = (call.route.method.as_str(), call.route.template.as_str());
    match (method, template) {
        ("get", "/gateway") => Reply::ok(json!({ "url": gateway_url(world) })),
        ("get", "/gateway/bot") => Reply::ok(json!({
            "url": gateway_url(world),
            "shards": 1,
            "session_start_limit":
                { "total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1 },
        })),
        ("get", "/users/@me") => Reply::ok(shapes::me(world)),
        ("get", "/applications/@me" | "/oauth2/applications/@me") => {
            Reply::ok(shapes::application(world))
        }
        ("get", template) if template.starts_with("/guilds/{guild_id}") => guild(world, call),
        (_, "/applications/{application_id}/commands") => commands(world, call, None),
        (_, "/applications/{application_id}/guilds/{guild_id}/commands") => {
            let guild = Some(world.guild);
            if call.id("guild_id") != guild || !world.is_invited {
                return Reply::refused(403, 50001, "Missing Access");
            }
            commands(world, call, guild)
        }
        ("post", "/users/@me/channels") => open_direct(world, call),
        ("get", "/channels/{channel_id}") => match reachable(world, call) {
            Ok(channel) => Reply::ok(shapes::channel(world, channel).expect("it is reachable")),
            Err(refused) => refused,
        },
        ("get", "/channels/{channel_id}/messages") => find_messages(world, call),
        ("post", "/channels/{channel_id}/messages") => create_message(world, call),
        (_, "/channels/{channel_id}/messages/{message_id}") => one_message(world, call),
        ("post", "/interactions/{interaction_id}/{interaction_token}/callback") => {
            interactions::callback(world, call)
        }
        (_, template) if template.starts_with("/webhooks/{webhook_id}/{webhook_token}") => {
            interactions::webhook(world, call)
        }
        _ => {
            world.violations.push(format!("{method} {template}: the stand-in does not know how"));
            Reply::refused(404, 0, "404: Not Found")
        }
    }
}

fn gateway_url(world: &World) -> String {
    format!("ws://{}/gateway", world.gateway)
}

fn guild(world: &World, call: &Call) -> Reply {
    if call.id("guild_id") != Some(world.guild) || !world.is_invited {
        return Reply::refused(404, 10004, "Unknown Guild");
    }
    match call.route.template.as_str() {
        "/guilds/{guild_id}" => Reply::ok(shapes::guild(world)),
        "/guilds/{guild_id}/roles" => Reply::ok(shapes::roles(world)),
        "/guilds/{guild_id}/channels" => {
            let texts = world.channels.iter().filter(|(_, p)| matches!(p, Place::Text { .. }));
            Reply::ok(texts.filter_map(|(id, _)| shapes::channel(world, *id)).collect())
        }
        "/guilds/{guild_id}/members/{user_id}" => {
            match call.id("user_id").and_then(|id| shapes::member(world, id)) {
                Some(member) => Reply::ok(member),
                None => Reply::refused(404, 10007, "Unknown Member"),
            }
        }
        _ => Reply::refused(404, 0, "404: Not Found"),
    }
}

fn commands(world: &mut World, call: &Call, guild: Option<Id>) -> Reply {
    if call.id("application_id") != Some(world.bot) {
        return Reply::refused(403, 20012, "You are not authorized to perform this action");
    }
    if call.route.method == "put" {
        let asked = call.body.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        let mut kept = Vec::new();
        for command in &asked {
            let id = world.snowflake();
            kept.push(shapes::command(world, id, command, guild));
        }
        *if guild.is_some() { &mut world.guild_commands } else { &mut world.global_commands } =
            kept;
    }
    let kept = if guild.is_some() { &world.guild_commands } else { &world.global_commands };
    Reply::ok(Value::Array(kept.clone()))
}

fn open_direct(world: &mut World, call: &Call) -> Reply {
    let recipient = call.body.as_ref().and_then(|body| body["recipient_id"].as_str());
    let recipient = recipient.and_then(|id| id.parse().ok());
    let Some(recipient) = recipient.filter(|id| world.people.contains_key(id)) else {
        return Reply::refused(400, 50033, "Invalid Recipient(s)");
    };
    let id = world.direct(recipient);
    Reply::ok(shapes::channel(world, id).expect("it was opened"))
}

/// Returns the channel of a call, if the bot may look into it.
fn reachable(world: &World, call: &Call) -> Result<Id, Reply> {
    let id = call.id("channel_id").filter(|id| world.channels.contains_key(id));
    let id = id.ok_or_else(|| Reply::refused(404, 10003, "Unknown Channel"))?;
    match &world.channels[&id] {
        Place::Text { access: Access::Hidden, .. } => {
            Err(Reply::refused(403, 50001, "Missing Access"))
        }
        Place::Text { .. } if !world.is_invited => {
            Err(Reply::refused(403, 50001, "Missing Access"))
        }
        Place::Text { .. } | Place::Direct(_) => Ok(id),
    }
}

/// Returns the channel of a call, if the bot may write there.
fn writable(world: &World, call: &Call) -> Result<Id, Reply> {
    let id = reachable(world, call)?;
    match &world.channels[&id] {
        Place::Direct(of) => {
            let human = &world.people[of];
            if !human.is_member || !world.is_invited {
                return Err(Reply::refused(403, 50278, "No mutual guilds"));
            }
            if !human.takes_messages {
                return Err(Reply::refused(403, 50007, "Cannot send messages to this user"));
            }
            Ok(id)
        }
        Place::Text { access: Access::Write, .. } => Ok(id),
        Place::Text { .. } => Err(Reply::refused(403, 50013, "Missing Permissions")),
    }
}

fn create_message(world: &mut World, call: &Call) -> Reply {
    let channel = match writable(world, call) {
        Ok(channel) => channel,
        Err(refused) => return refused,
    };
    let body = call.body.as_ref().expect("judged");
    let nonce = &body["nonce"];
    let number = || nonce.as_i64().map(|number| number.to_string());
    let nonce = nonce.as_str().map(ToOwned::to_owned).or_else(number);
    let now = world.now();
    let kept = SignedDuration::try_from(world.timings.nonce).expect("minutes");
    if let (Some(nonce), true) = (&nonce, body["enforce_nonce"] == json!(true)) {
        let before = world.nonces.get(&(channel, nonce.clone()));
        if let Some((at, id)) = before
            && now.duration_since(*at).abs() <= kept
        {
            let found = &world.messages[id];
            if found.is_deleted {
                return Reply::refused(404, 10008, "Unknown Message");
            }
            return Reply::ok(with_nonce(world, found));
        }
    }
    let mut message = world.blank(channel);
    message.nonce = nonce;
    fill(&mut message, call);
    let id = world.post(message);
    if let Some(nonce) = world.messages[&id].nonce.clone() {
        world.nonces.insert((channel, nonce), (now, id));
    }
    Reply::ok(with_nonce(world, &world.messages[&id]))
}

/// The sender alone is told the nonce again, and only in the answer to his request.
fn with_nonce(world: &World, message: &Message) -> Value {
    let mut shown = shapes::message(world, message);
    if let Some(nonce) = &message.nonce {
        shown["nonce"] = json!(nonce);
    }
    shown
}

/// Writes what a body says into a message; what it does not name stays.
pub(crate) fn fill(message: &mut Message, call: &Call) {
    let body = call.body.as_ref().expect("judged");
    let body = body.get("data").unwrap_or(body);
    if let Some(content) = body.get("content") {
        content.as_str().unwrap_or_default().clone_into(&mut message.content);
    }
    if let Some(components) = body.get("components") {
        message.components = components::shown(Some(components));
    }
    if let Some(embeds) = body.get("embeds") {
        message.embeds = if embeds.is_null() { json!([]) } else { embeds.clone() };
    }
    if body.get("attachments").is_some() {
        message.files.clear();
    }
    message.files.extend(call.files.iter().cloned());
    if let Some(flags) = body.get("flags").and_then(Value::as_u64) {
        message.flags = flags | message.flags & EPHEMERAL;
    }
}

fn find_messages(world: &World, call: &Call) -> Reply {
    let channel = match reachable(world, call) {
        Ok(channel) => channel,
        Err(refused) => return refused,
    };
    let parameter = |name: &str| {
        let pairs = call.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(key, _)| *key == name).find_map(|(_, value)| value.parse::<Id>().ok())
    };
    let limit = usize::try_from(parameter("limit").unwrap_or(50)).expect("a small number");
    let (before, after) = (parameter("before"), parameter("after"));
    let found = world.messages.values().rev().filter(|message| {
        message.channel == channel
            && !message.is_deleted
            && message.only_for.is_none()
            && before.is_none_or(|before| message.id < before)
            && after.is_none_or(|after| message.id > after)
    });
    Reply::ok(found.take(limit.min(100)).map(|message| shapes::message(world, message)).collect())
}

fn one_message(world: &mut World, call: &Call) -> Reply {
    let method = call.route.method.as_str();
    let channel = if method == "get" { reachable(world, call) } else { writable(world, call) };
    let channel = match channel {
        Ok(channel) => channel,
        Err(refused) => return refused,
    };
    let now = world.now();
    let found = call.id("message_id").and_then(|id| world.messages.get_mut(&id));
    let found = found.filter(|message| {
        message.channel == channel && !message.is_deleted && message.only_for.is_none()
    });
    let Some(found) = found else { return Reply::refused(404, 10008, "Unknown Message") };
    match method {
        "patch" => {
            fill(found, call);
            found.edits += 1;
            let found = found.clone();
            world.events.push(Event::changed(now, &found));
            Reply::ok(shapes::message(world, &found))
        }
        "delete" => {
            found.is_deleted = true;
            Reply::nothing()
        }
        _ => {
            let found = found.clone();
            Reply::ok(shapes::message(world, &found))
        }
    }
}
