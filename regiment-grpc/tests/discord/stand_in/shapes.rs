//! How Discord writes what it knows.

use serde_json::{Value, json};

use super::world::{Access, Id, Interaction, Kind, Message, Place, World};

/// Administrator, for the role of coaches and in what interactions say of the bot's rights: who may do what is the
/// bot's own to decide.
const PERMISSIONS: &str = "2147483647";

/// View, send, attach, read history: what `docs/discord.md` asks an owner for.
const BOT_PERMISSIONS: &str = "101376";

pub(crate) fn user(world: &World, id: Id) -> Value {
    let name = if id == world.bot { "The Regiment".to_owned() } else { world.name(id) };
    let mut user = json!({
        "id": id.to_string(),
        "username": name.to_lowercase().replace(' ', "_"),
        "avatar": null,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "global_name": name,
        "primary_guild": null,
    });
    if id == world.bot {
        user["bot"] = json!(true);
    }
    user
}

/// The bot's user as it sees itself.
pub(crate) fn me(world: &World) -> Value {
    let mut user = user(world, world.bot);
    user["mfa_enabled"] = json!(true);
    user["locale"] = json!("en-US");
    user["verified"] = json!(true);
    user["email"] = json!(null);
    user
}

/// A member of the guild; `None` for those who are not.
pub(crate) fn member(world: &World, id: Id) -> Option<Value> {
    let roles: Vec<String> = if id == world.bot {
        Vec::new()
    } else {
        let human = world.people.get(&id).filter(|human| human.is_member)?;
        human.roles.iter().map(ToString::to_string).collect()
    };
    Some(json!({
        "user": user(world, id),
        "avatar": null,
        "banner": null,
        "communication_disabled_until": null,
        "flags": 0,
        "joined_at": "2026-01-05T08:00:00+00:00",
        "nick": null,
        "pending": false,
        "premium_since": null,
        "roles": roles,
        "mute": false,
        "deaf": false,
    }))
}

/// A member as an interaction shows him, with his rights in the channel.
pub(crate) fn member_in(world: &World, id: Id) -> Option<Value> {
    let mut member = member(world, id)?;
    member["permissions"] = json!("2248473465835073");
    Some(member)
}

pub(crate) fn role(id: Id, name: &str, position: i32) -> Value {
    json!({
        "id": id.to_string(),
        "name": name,
        "permissions": if position == 0 { BOT_PERMISSIONS } else { PERMISSIONS },
        "position": position,
        "color": 0,
        "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null },
        "hoist": false,
        "managed": false,
        "mentionable": false,
        "icon": null,
        "unicode_emoji": null,
        "flags": 0,
    })
}

pub(crate) fn roles(world: &World) -> Value {
    let everyone = role(world.guild, "@everyone", 0);
    let others = world.roles.iter().zip(1..).map(|((id, name), place)| role(*id, name, place));
    std::iter::once(everyone).chain(others).collect()
}

/// A channel; `None` where there is none, or the bot must not see it.
pub(crate) fn channel(world: &World, id: Id) -> Option<Value> {
    Some(match world.channels.get(&id)? {
        Place::Direct(of) => json!({
            "id": id.to_string(),
            "type": 1,
            "flags": 0,
            "last_message_id": null,
            "recipients": [user(world, *of)],
        }),
        Place::Text { name, access, .. } => {
            if *access == Access::Hidden || !world.is_invited {
                return None;
            }
            json!({
                "id": id.to_string(),
                "type": 0,
                "flags": 0,
                "guild_id": world.guild.to_string(),
                "name": name,
                "position": 0,
                "permission_overwrites": overwrites(world, *access),
                "parent_id": null,
                "topic": null,
                "nsfw": false,
                "rate_limit_per_user": 0,
                "last_message_id": null,
            })
        }
    })
}

/// What a channel allows the bot beyond its role.
fn overwrites(world: &World, access: Access) -> Value {
    let deny = match access {
        Access::Write => return json!([]),
        Access::ReadOnly => "2048",
        Access::Hidden => "1024",
    };
    json!([{ "id": world.bot.to_string(), "type": 1, "allow": "0", "deny": deny }])
}

pub(crate) fn guild(world: &World) -> Value {
    json!({
        "id": world.guild.to_string(), "name": "The Regiment's company", "icon": null, "description": null,
        "home_header": null, "splash": null, "discovery_splash": null, "features": [], "banner": null,
        "owner_id": world.owner.to_string(), "application_id": null, "region": "deprecated", "afk_channel_id": null,
        "afk_timeout": 300, "system_channel_id": null, "system_channel_flags": 0, "widget_enabled": false,
        "widget_channel_id": null, "verification_level": 1, "roles": roles(world),
        "default_message_notifications": 1, "mfa_level": 0, "explicit_content_filter": 0,
        "max_presences": null, "max_members": 500_000, "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25, "vanity_url_code": null, "premium_tier": 0,
        "premium_subscription_count": 0, "preferred_locale": "en-US", "rules_channel_id": null,
        "safety_alerts_channel_id": null, "public_updates_channel_id": null,
        "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0, "emojis": [],
        "stickers": [], "incidents_data": null,
    })
}

/// The guild as the gateway brings it: with its channels and the bot's own membership.
pub(crate) fn guild_created(world: &World) -> Value {
    let mut guild = guild(world);
    let channels = world.channels.iter().filter(|(_, place)| matches!(place, Place::Text { .. }));
    let channels: Vec<Value> = channels.filter_map(|(id, _)| channel(world, *id)).collect();
    let more = json!({
        "joined_at": "2026-01-05T08:00:00+00:00", "large": false, "unavailable": false,
        "member_count": world.people.len() + 1, "voice_states": [], "threads": [], "presences": [],
        "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        "members": [member(world, world.bot)], "channels": channels,
    });
    let fields = guild.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    guild
}

pub(crate) fn application(world: &World) -> Value {
    json!({
        "id": world.bot.to_string(), "name": "The Regiment", "icon": null, "description": "",
        "type": null, "bot": user(world, world.bot), "bot_public": false, "bot_require_code_grant": false,
        "verify_key": "00", "flags": 0, "flags_new": "0", "owner": user(world, world.owner), "team": null,
        "redirect_uris": [], "interactions_endpoint_url": null, "role_connections_verification_url": null,
        "approximate_guild_count": 1, "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0, "integration_types_config": {},
        "explicit_content_filter": 0, "tags": [], "eligible_oauth2_scopes": [], "max_participants": null,
    })
}

pub(crate) fn message(world: &World, message: &Message) -> Value {
    let at = |id: Id| {
        let milliseconds = i64::try_from(id >> 22).expect("42 bits") + 1_420_070_400_000;
        jiff::Timestamp::from_millisecond(milliseconds).expect("in range").to_string()
    };
    let files: Vec<Value> = message.files.iter().zip(0_u64..).map(|(file, place)| {
        let url = format!("http://{}/attachments/{}/{}", world.address, message.id, file.name);
        json!({
            "id": (message.id + place).to_string(), "filename": file.name, "size": file.bytes.len(),
            "url": url, "proxy_url": url, "content_type": file.content_type,
        })
    }).collect();
    let mut shown = json!({
        "id": message.id.to_string(),
        "channel_id": message.channel.to_string(),
        "type": 0,
        "content": message.content,
        "author": user(world, world.bot),
        "mentions": [],
        "mention_roles": [],
        "attachments": files,
        "embeds": message.embeds,
        "components": message.components,
        "timestamp": at(message.id),
        "edited_timestamp": (message.edits > 0).then(|| world.now().to_string()),
        "flags": message.flags,
        "pinned": false,
        "mention_everyone": false,
        "tts": false,
    });
    if message.only_for.is_some() {
        shown["webhook_id"] = json!(world.bot.to_string());
        shown["application_id"] = json!(world.bot.to_string());
    }
    shown
}

/// A command as Discord keeps it.
pub(crate) fn command(world: &World, id: Id, asked: &Value, guild: Option<Id>) -> Value {
    let mut command = asked.clone();
    command["id"] = json!(id.to_string());
    command["version"] = json!(id.to_string());
    command["application_id"] = json!(world.bot.to_string());
    for (name, default) in [
        ("type", json!(1)),
        ("description", json!("")),
        ("default_member_permissions", json!(null)),
        ("nsfw", json!(false)),
    ] {
        if command.get(name).is_none_or(Value::is_null) {
            command[name] = default;
        }
    }
    if let Some(number) = command["default_member_permissions"].as_u64() {
        command["default_member_permissions"] = json!(number.to_string());
    }
    match guild {
        Some(guild) => command["guild_id"] = json!(guild.to_string()),
        None => command["integration_types"] = json!([0]),
    }
    prune(&mut command);
    command
}

/// Drops what says nothing.
fn prune(value: &mut Value) {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|name, value| name == "default_member_permissions" || !value.is_null());
        fields.values_mut().for_each(prune);
    }
    value.as_array_mut().into_iter().flatten().for_each(prune);
}

/// What `with_response=true` asks for.
pub(crate) fn callback(world: &World, of: &Interaction, kind: u64, about: Option<Id>) -> Value {
    let number = match of.kind {
        Kind::Command => 2,
        Kind::Component => 3,
        Kind::Complete => 4,
        Kind::Modal => 5,
    };
    let mut answer = json!({
        "interaction": {
            "id": of.id.to_string(), "type": number, "response_message_id": about.map(|id| id.to_string()),
            "response_message_loading": kind == 5, "response_message_ephemeral": false,
            "channel_id": of.channel.to_string(),
        },
    });
    prune(&mut answer);
    if let Some(found) = about.and_then(|id| world.messages.get(&id)) {
        answer["resource"] = json!({ "type": kind, "message": message(world, found) });
    }
    answer
}
