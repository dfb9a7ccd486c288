//! What Discord refuses and its description does not say.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::spec::Route;
use super::world::EPHEMERAL;

/// The flag of messages that are laid out by components alone.
const COMPONENTS_V2: u64 = 1 << 15;

/// Characters of a message, <https://docs.discord.com/developers/resources/message#create-message>.
const CONTENT: usize = 2000;

/// Characters over all embeds of a message.
const EMBEDS: usize = 6000;

/// Rows of a message, and components of a form.
const ROWS: usize = 5;

/// Characters of a command with everything in it.
const COMMAND: usize = 8000;

/// Says what is wrong with the body of a request, which came with so many files.
pub(crate) fn judge(route: &Route, body: &Value, files: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let template = route.template.as_str();
    match (route.method.as_str(), template) {
        ("post", "/channels/{channel_id}/messages") => {
            message(body, files, Kind::New, &mut wrong);
            if has_flag(body, EPHEMERAL) {
                wrong.push("an ephemeral message that answers nothing".to_owned());
            }
            if body["enforce_nonce"] == json!(true) && body["nonce"].is_null() {
                wrong.push("enforce_nonce without a nonce".to_owned());
            }
        }
        ("patch", "/channels/{channel_id}/messages/{message_id}") => {
            message(body, files, Kind::Edit, &mut wrong);
        }
        ("patch", template) if template.starts_with("/webhooks/") => {
            message(body, files, Kind::Edit, &mut wrong);
        }
        ("post", "/webhooks/{webhook_id}/{webhook_token}") => {
            message(body, files, Kind::New, &mut wrong);
        }
        ("post", "/interactions/{interaction_id}/{interaction_token}/callback") => {
            callback(body, files, &mut wrong);
        }
        ("put", template) if template.ends_with("/commands") => {
            commands(body.as_array().map_or(&[], Vec::as_slice), &mut wrong);
        }
        _ => {}
    }
    wrong
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    New,
    Edit,
}

fn has_flag(body: &Value, flag: u64) -> bool {
    body["flags"].as_u64().unwrap_or_default() & flag != 0
}

fn length(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.chars().count())
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of[name].as_array().map_or(&[], Vec::as_slice)
}

fn callback(body: &Value, files: usize, wrong: &mut Vec<String>) {
    let data = &body["data"];
    match body["type"].as_u64() {
        Some(4) => message(data, files, Kind::New, wrong),
        Some(5) => {
            if data["flags"].as_u64().unwrap_or_default() & !EPHEMERAL != 0 {
                wrong.push("a deferral with flags other than the ephemeral one".to_owned());
            }
            let fields = data.as_object().into_iter().flatten();
            wrong.extend(
                fields
                    .filter(|(name, _)| *name != "flags")
                    .map(|(name, _)| format!("a deferral with '{name}'")),
            );
        }
        Some(7) => message(data, files, Kind::Edit, wrong),
        Some(8) if list(data, "choices").len() > 25 => {
            wrong.push("more than 25 choices".to_owned());
        }
        Some(9) => form(data, wrong),
        _ => {}
    }
}

fn message(body: &Value, files: usize, kind: Kind, wrong: &mut Vec<String>) {
    if length(&body["content"]) > CONTENT {
        wrong.push(format!("{} characters of content", length(&body["content"])));
    }
    let embeds = list(body, "embeds");
    let characters: usize = embeds.iter().map(embed).sum();
    if characters > EMBEDS {
        wrong.push(format!("{characters} characters of embeds"));
    }
    if has_flag(body, COMPONENTS_V2) {
        if body.get("content").is_some() || body.get("embeds").is_some() {
            wrong.push("content or embeds in a message of components alone".to_owned());
        }
    } else {
        rows(list(body, "components"), wrong);
    }
    let says = length(&body["content"]) > 0 || !embeds.is_empty() || files > 0;
    let shows = !list(body, "components").is_empty();
    if kind == Kind::New && !says && !shows {
        wrong.push("an empty message".to_owned());
    }
    let parse = body.pointer("/allowed_mentions/parse");
    if length(&body["content"]) > 0 && parse != Some(&json!([])) {
        wrong.push("content without allowed_mentions that parse nothing".to_owned());
    }
    let ids = list(body, "attachments").iter().filter_map(|file| file["id"].as_u64());
    if ids.max().is_some_and(|last| last >= u64::try_from(files).expect("a few")) {
        wrong.push("an attachment without its file".to_owned());
    }
}

fn embed(embed: &Value) -> usize {
    let fields = list(embed, "fields").iter();
    let fields: usize = fields.map(|field| length(&field["name"]) + length(&field["value"])).sum();
    let own = length(&embed["title"]) + length(&embed["description"]);
    own + fields + length(&embed["footer"]["text"]) + length(&embed["author"]["name"])
}

/// Judges rows under a message.
fn rows(rows: &[Value], wrong: &mut Vec<String>) {
    if rows.len() > ROWS {
        wrong.push(format!("{} rows", rows.len()));
    }
    let mut ids = BTreeSet::new();
    for row in rows {
        let components = list(row, "components");
        let is_button = |component: &&Value| component["type"] == json!(2);
        let buttons = components.iter().filter(is_button).count();
        if components.is_empty() {
            wrong.push("an empty row".to_owned());
        } else if buttons > 0 && buttons < components.len() {
            wrong.push("buttons and a menu in one row".to_owned());
        } else if buttons == 0 && components.len() > 1 {
            wrong.push("two menus in one row".to_owned());
        } else if buttons > 5 {
            wrong.push(format!("{buttons} buttons in a row"));
        }
        for component in components {
            control(component, &mut ids, wrong);
        }
    }
}

/// Judges one button or menu.
fn control<'a>(component: &'a Value, ids: &mut BTreeSet<&'a str>, wrong: &mut Vec<String>) {
    let id = component["custom_id"].as_str();
    let is_link = component["style"] == json!(5) && component["type"] == json!(2);
    match (is_link, id) {
        (true, Some(_)) => wrong.push("a link with a custom_id".to_owned()),
        (true, None) if component["url"].is_null() => wrong.push("a link to nowhere".to_owned()),
        (false, None) => wrong.push("a control without a custom_id".to_owned()),
        (false, Some(id)) if !ids.insert(id) => wrong.push(format!("the custom_id '{id}' twice")),
        (true, None) | (false, Some(_)) => {}
    }
    if component["type"] == json!(2) {
        if length(&component["label"]) == 0 && component["emoji"].is_null() {
            wrong.push("a button that says nothing".to_owned());
        }
        return;
    }
    let options = list(component, "options");
    let values: BTreeSet<_> = options.iter().map(|option| option["value"].as_str()).collect();
    if values.len() < options.len() {
        wrong.push("two options with one value".to_owned());
    }
    let most = component["max_values"].as_u64().unwrap_or(1);
    let defaults = options.iter().filter(|option| option["default"] == json!(true)).count();
    if u64::try_from(defaults).expect("a few") > most {
        wrong.push(format!("{defaults} defaults in a menu that takes {most}"));
    }
    if most > u64::try_from(options.len()).expect("a few") {
        wrong.push(format!("a menu that takes {most} of {} options", options.len()));
    }
}

/// Judges a form of text inputs.
fn form(data: &Value, wrong: &mut Vec<String>) {
    let rows = list(data, "components");
    if rows.is_empty() || rows.len() > ROWS {
        wrong.push(format!("a form of {} components", rows.len()));
    }
    let mut ids = BTreeSet::new();
    for row in rows {
        let inputs = list(row, "components");
        let [input] = inputs else {
            wrong.push(format!("{} inputs in a row of a form", inputs.len()));
            continue;
        };
        if input["type"] != json!(4) {
            wrong.push("something else than a text input in a row of a form".to_owned());
        }
        if input.get("disabled").is_some() {
            wrong.push("disabled in a form".to_owned());
        }
        let id = input["custom_id"].as_str().unwrap_or_default();
        if !ids.insert(id) {
            wrong.push(format!("the custom_id '{id}' twice"));
        }
        let number = |name: &str, or: u64| input[name].as_u64().unwrap_or(or);
        let (least, most) = (number("min_length", 0), number("max_length", 4000));
        if least > most {
            wrong.push(format!("an input of {least} to {most} characters"));
        }
        if u64::try_from(length(&input["value"])).expect("short") > most {
            wrong.push("an input that is prefilled with more than it takes".to_owned());
        }
    }
}

/// Judges commands that replace all others.
fn commands(commands: &[Value], wrong: &mut Vec<String>) {
    let mut names = BTreeSet::new();
    for command in commands {
        let name = command["name"].as_str().unwrap_or_default();
        let kind = command["type"].as_u64().unwrap_or(1);
        if !names.insert((kind, name)) {
            wrong.push(format!("the command '{name}' twice"));
        }
        if kind == 1 {
            called(command, wrong);
            if characters(command) > COMMAND {
                wrong.push(format!("'{name}' has {} characters", characters(command)));
            }
            options(list(command, "options"), name, wrong);
        }
    }
}

/// Judges the name and the description of a command or an option.
fn called(what: &Value, wrong: &mut Vec<String>) {
    let name = what["name"].as_str().unwrap_or_default();
    let is_fit = |c: char| {
        c == '-' || c == '_' || c == '\'' || c.is_alphanumeric() && c.to_lowercase().eq([c])
    };
    if !(1..=32).contains(&name.chars().count()) || !name.chars().all(is_fit) {
        wrong.push(format!("the name '{name}'"));
    }
    if !(1..=100).contains(&length(&what["description"])) {
        wrong.push(format!(
            "'{name}' has a description of {} characters",
            length(&what["description"])
        ));
    }
}

fn characters(of: &Value) -> usize {
    let own = length(&of["name"]) + length(&of["description"]);
    let choices = list(of, "choices").iter();
    let choices: usize = choices.map(|c| length(&c["name"]) + length(&c["value"])).sum();
    own + choices + list(of, "options").iter().map(characters).sum::<usize>()
}

fn options(all: &[Value], of: &str, wrong: &mut Vec<String>) {
    let mut names = BTreeSet::new();
    let mut is_optional = false;
    for option in all {
        called(option, wrong);
        let name = option["name"].as_str().unwrap_or_default();
        if !names.insert(name) {
            wrong.push(format!("'{of}' has the option '{name}' twice"));
        }
        let is_required = option["required"] == json!(true);
        if is_required && is_optional {
            wrong.push(format!("'{of}' asks for '{name}' after what may be left out"));
        }
        is_optional |= !is_required;
        if option["autocomplete"] == json!(true) && !list(option, "choices").is_empty() {
            wrong.push(format!("'{name}' of '{of}' has choices and completes too"));
        }
        options(list(option, "options"), name, wrong);
    }
}
