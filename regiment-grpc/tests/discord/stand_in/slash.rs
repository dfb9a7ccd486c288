//! Commands as Discord's client offers them: only those that somebody may use where he is, with valid options.

use serde_json::{Value, json};

use super::frames;
use super::person::Cannot;
use super::world::{Id, Place, World};

/// Writes the data of a command, and how he who runs it would write it.
pub(crate) fn command(
    world: &World,
    user: Id,
    channel: Id,
    named: &str,
    options: &[(&str, &str)],
) -> Result<(Value, String), Cannot> {
    let path: Vec<&str> = named.trim_start_matches('/').split(' ').collect();
    let (id, known) = find(world, user, channel, &path)?;
    let required = known.iter().filter(|option| option["required"] == json!(true));
    for option in required {
        if !options.iter().any(|(name, _)| option["name"] == *name) {
            return Err(Cannot(format!("{named} needs the option {}", option["name"])));
        }
    }
    let (mut values, mut users) = (Vec::new(), Vec::new());
    for (name, written) in options {
        let option = known.iter().find(|option| option["name"] == *name);
        let option = option.ok_or_else(|| Cannot(format!("{named} has no option '{name}'")))?;
        let value = value(option, written).map_err(|wrong| Cannot(format!("{name}: {wrong}")))?;
        if option["type"] == json!(6) {
            users.extend(written.parse::<Id>().ok());
        }
        values.push(json!({ "name": name, "type": option["type"], "value": value }));
    }
    let written = options.iter().map(|(name, value)| match value.parse::<Id>() {
        Ok(id) if world.people.contains_key(&id) => format!(" {name}:@{}", world.name(id)),
        _ => format!(" {name}:{value}"),
    });
    let did = format!("runs {named}{}", written.collect::<String>());
    let resolved = frames::resolved(world, &users);
    Ok((frames::command(&id, &path, values, &resolved), did))
}

/// Writes the data of an option that somebody is typing into.
pub(crate) fn completion(
    world: &World,
    user: Id,
    channel: Id,
    named: &str,
    (name, typed): (&str, &str),
) -> Result<Value, Cannot> {
    let path: Vec<&str> = named.trim_start_matches('/').split(' ').collect();
    let (id, known) = find(world, user, channel, &path)?;
    let option = known.iter().find(|option| option["name"] == name);
    let option = option.filter(|option| option["autocomplete"] == json!(true));
    let option = option.ok_or_else(|| Cannot(format!("nothing completes '{name}'")))?;
    let typed = json!({ "name": name, "type": option["type"], "value": typed, "focused": true });
    Ok(frames::command(&id, &path, vec![typed], &json!({})))
}

/// Finds a command that somebody may use in a channel: its id, and its options.
fn find(
    world: &World,
    user: Id,
    channel: Id,
    path: &[&str],
) -> Result<(Value, Vec<Value>), Cannot> {
    let is_direct = matches!(world.channels.get(&channel), Some(Place::Direct(_)));
    let roles = &world.people[&user].roles;
    let context = json!(i32::from(is_direct));
    let of_guild = world.guild_commands.iter().filter(|_| !is_direct);
    let offered = world.global_commands.iter().chain(of_guild).filter(|command| {
        let contexts = command.get("contexts").and_then(Value::as_array);
        let is_here = contexts.is_none_or(|contexts| contexts.contains(&context));
        let is_hidden = command["default_member_permissions"] == json!("0");
        is_here && (!is_hidden || !roles.is_disjoint(&world.granted))
    });
    let mut offered = offered.filter(|command| command["name"] == path[0]);
    let nothing = || Cannot(format!("/{} is not offered", path.join(" ")));
    let command = offered.next().ok_or_else(nothing)?;
    let options = |of: &Value| of["options"].as_array().cloned().unwrap_or_default();
    let mut known = options(command);
    for name in &path[1..] {
        let found = known.iter().find(|option| option["name"] == *name);
        known = options(found.ok_or_else(nothing)?);
    }
    let has_more =
        known.iter().any(|option| option["type"] == json!(1) || option["type"] == json!(2));
    if has_more { Err(nothing()) } else { Ok((command["id"].clone(), known)) }
}

/// Reads what somebody wrote into an option, as Discord's client checks it.
fn value(option: &Value, written: &str) -> Result<Value, String> {
    let is_completed = option["autocomplete"] == json!(true);
    let choices = option["choices"].as_array().filter(|choices| !choices.is_empty());
    if let Some(choices) = choices.filter(|_| !is_completed) {
        let chosen = choices.iter().find(|choice| choice["name"] == written);
        let chosen = chosen.ok_or_else(|| format!("'{written}' is not among the choices"))?;
        return Ok(chosen["value"].clone());
    }
    let number = |from: &str, to: &str, value: f64| {
        let is_low = option[from].as_f64().is_some_and(|least| value < least);
        let is_high = option[to].as_f64().is_some_and(|most| value > most);
        if is_low || is_high { Err(format!("{written} is out of range")) } else { Ok(()) }
    };
    match option["type"].as_u64() {
        Some(3) => {
            let length = u32::try_from(written.chars().count()).expect("a short text");
            number("min_length", "max_length", f64::from(length))?;
            Ok(json!(written))
        }
        Some(4) => {
            let value: i32 = written.parse().map_err(|_| format!("'{written}' is no integer"))?;
            number("min_value", "max_value", f64::from(value))?;
            Ok(json!(value))
        }
        Some(5) => match written {
            "True" => Ok(json!(true)),
            "False" => Ok(json!(false)),
            _ => Err("True or False".to_owned()),
        },
        Some(10) => {
            let value: f64 = written.parse().map_err(|_| format!("'{written}' is no number"))?;
            number("min_value", "max_value", value)?;
            Ok(json!(value))
        }
        Some(6) => Ok(json!(written)),
        other => Err(format!("the stand-in knows no option of the type {other:?}")),
    }
}
