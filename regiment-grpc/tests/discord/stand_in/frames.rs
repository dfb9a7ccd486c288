//! Interactions as the gateway brings them.

use serde_json::{Value, json};

use super::shapes;
use super::world::{Id, Interaction, Kind, Place, World};

/// Writes an interaction with its data.
pub(crate) fn interaction(world: &World, of: &Interaction, data: &Value) -> Value {
    let number = match of.kind {
        Kind::Command => 2,
        Kind::Component => 3,
        Kind::Complete => 4,
        Kind::Modal => 5,
    };
    let is_direct = matches!(world.channels.get(&of.channel), Some(Place::Direct(_)) | None);
    let owner = if is_direct { "0".to_owned() } else { world.guild.to_string() };
    let mut frame = json!({
        "id": of.id.to_string(),
        "application_id": world.bot.to_string(),
        "type": number,
        "token": of.token,
        "version": 1,
        "data": data,
        "channel_id": of.channel.to_string(),
        "channel": shapes::channel(world, of.channel),
        "app_permissions": "2248473465835073",
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": { "0": owner },
        "context": i32::from(is_direct),
        "attachment_size_limit": 10_485_760,
    });
    if is_direct {
        frame["user"] = shapes::user(world, of.user);
    } else {
        frame["member"] = shapes::member_in(world, of.user).expect("a member");
        frame["guild_id"] = json!(world.guild.to_string());
        frame["guild_locale"] = json!("en-US");
        frame["guild"] =
            json!({ "id": world.guild.to_string(), "locale": "en-US", "features": [] });
    }
    if let Some(found) = of.message.and_then(|id| world.messages.get(&id)) {
        frame["message"] = shapes::message(world, found);
    }
    frame
}

/// The data of a button that was pressed.
pub(crate) fn button(custom_id: &str) -> Value {
    json!({ "component_type": 2, "id": 2, "custom_id": custom_id })
}

/// The data of a menu out of which something was chosen.
pub(crate) fn menu(custom_id: &str, values: &[String]) -> Value {
    json!({ "component_type": 3, "id": 2, "custom_id": custom_id, "values": values })
}

/// The data of a form that was submitted: ids of inputs and what stands in them.
pub(crate) fn modal(custom_id: &str, values: &[(String, String)]) -> Value {
    let rows = values.iter().zip(1..).map(|((id, value), place)| {
        let input = json!({ "type": 4, "id": 2 * place, "custom_id": id, "value": value });
        json!({ "type": 1, "id": 2 * place - 1, "components": [input] })
    });
    json!({ "custom_id": custom_id, "components": rows.collect::<Vec<_>>() })
}

/// The data of a command; `path` names subcommands.
pub(crate) fn command(id: &Value, path: &[&str], options: Vec<Value>, resolved: &Value) -> Value {
    let mut inner = options;
    for (depth, name) in path.iter().enumerate().skip(1).rev() {
        let kind = if depth + 1 < path.len() { 2 } else { 1 };
        inner = vec![json!({ "type": kind, "name": name, "options": inner })];
    }
    let mut data = json!({ "id": id, "name": path[0], "type": 1, "options": inner });
    if resolved.as_object().is_some_and(|resolved| !resolved.is_empty()) {
        data["resolved"] = resolved.clone();
    }
    data
}

/// Returns the users whom options name.
pub(crate) fn resolved(world: &World, users: &[Id]) -> Value {
    let mut resolved = json!({});
    for user in users {
        resolved["users"][user.to_string()] = shapes::user(world, *user);
        if let Some(mut member) = shapes::member_in(world, *user) {
            member.as_object_mut().expect("an object").remove("user");
            resolved["members"][user.to_string()] = member;
        }
    }
    resolved
}
