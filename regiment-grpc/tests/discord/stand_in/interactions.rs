//! Answers to what people did: the first one within three seconds, and edits for as long as the token lives.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::rest::{Call, Reply};
use super::routes::fill;
use super::shapes;
use super::transcript::{Event, What, text};
use super::world::{Answered, EPHEMERAL, Field, Form, Id, Interaction, Kind, World};

/// Takes the first answer.
pub(crate) fn callback(world: &mut World, call: &Call) -> Reply {
    let token = call.route.parameters.get("interaction_token");
    let found = call.id("interaction_id").and_then(|id| world.interactions.get(&id)).cloned();
    let found = found.filter(|found| Some(&found.token) == token);
    let Some(mut found) = found else { return unknown() };
    if found.answered.is_some() {
        return Reply::refused(400, 40060, "Interaction has already been acknowledged.");
    }
    let took = found.sent.elapsed();
    if took > world.timings.answer {
        return unknown();
    }
    let body = call.body.as_ref().expect("judged");
    let kind = body["type"].as_u64().unwrap_or_default();
    if let Some(wrong) = misplaced(&found, kind) {
        let what = format!("answer {kind} to {:?}: {wrong}", found.kind);
        world.violations.push(what);
        return Reply::refused(400, 50035, "Invalid Form Body");
    }
    let (answered, about) = take(world, call, &found, kind);
    found.answered = Some(answered);
    found.took = Some(took);
    found.is_settled = !matches!(kind, 5 | 6);
    let reply = if call.query.contains("with_response=true") {
        Reply::ok(shapes::callback(world, &found, kind, about))
    } else {
        Reply::nothing()
    };
    world.interactions.insert(found.id, found);
    reply
}

/// Does what a first answer says, and returns the message that it is about.
fn take(world: &mut World, call: &Call, found: &Interaction, kind: u64) -> (Answered, Option<Id>) {
    let data = &call.body.as_ref().expect("judged")["data"];
    let now = world.now();
    match kind {
        4 | 5 => {
            let mut message = world.blank(found.channel);
            message.is_loading = kind == 5;
            fill(&mut message, call);
            let is_for_one = message.flags & EPHEMERAL != 0;
            message.only_for = is_for_one.then_some(found.user);
            let id = world.post(message);
            (if kind == 4 { Answered::Message(id) } else { Answered::Deferred(id) }, Some(id))
        }
        6 => (Answered::DeferredUpdate, found.message),
        7 => {
            let id = found.message.expect("it stands on a message");
            change(world, id, call);
            (Answered::Update, Some(id))
        }
        8 => {
            let choices = data["choices"].as_array().into_iter().flatten();
            let choices: Vec<_> =
                choices.map(|choice| (text(&choice["name"]), choice["value"].clone())).collect();
            let labels = choices.iter().map(|(label, _)| label.clone()).collect();
            world.events.push(Event { at: now, what: What::Choices { user: found.user, labels } });
            (Answered::Choices(choices), None)
        }
        _ => {
            let form = form(data, found);
            world.events.push(Event { at: now, what: What::Form(Box::new(form.clone())) });
            (Answered::Form(form), None)
        }
    }
}

/// Says why an interaction can't be answered so.
fn misplaced(found: &Interaction, kind: u64) -> Option<&'static str> {
    let is_completion = found.kind == Kind::Complete;
    match kind {
        4 | 5 if is_completion => Some("choices are asked for"),
        6 | 7 if found.message.is_none() => Some("there is no message to change"),
        8 if !is_completion => Some("no choices are asked for"),
        9 if is_completion || found.kind == Kind::Modal => Some("a form can't open here"),
        4..=9 => None,
        _ => Some("an unknown type"),
    }
}

fn form(data: &Value, opened_by: &Interaction) -> Form {
    let rows = data["components"].as_array().into_iter().flatten();
    let fields = rows.map(|row| {
        let input = &row["components"][0];
        let number = |name: &str, or: u64| {
            usize::try_from(input[name].as_u64().unwrap_or(or)).expect("a small number")
        };
        Field {
            custom_id: text(&input["custom_id"]),
            label: text(&input["label"]),
            is_required: input["required"] != json!(false),
            min: number("min_length", 0),
            max: number("max_length", 4000),
            value: text(&input["value"]),
            placeholder: text(&input["placeholder"]),
        }
    });
    Form {
        custom_id: text(&data["custom_id"]),
        title: text(&data["title"]),
        fields: fields.collect(),
        user: opened_by.user,
        channel: opened_by.channel,
        message: opened_by.message,
    }
}

/// Takes what is said under a token after the first answer.
pub(crate) fn webhook(world: &mut World, call: &Call) -> Reply {
    let token = call.route.parameters.get("webhook_token");
    let found = world.interactions.values().find(|found| Some(&found.token) == token).cloned();
    let Some(mut found) = found.filter(|_| call.id("webhook_id") == Some(world.bot)) else {
        return Reply::refused(404, 10015, "Unknown Webhook");
    };
    let Some(answered) = found.answered.clone() else {
        return Reply::refused(404, 10015, "Unknown Webhook");
    };
    let began = i64::try_from(found.id >> 22).expect("42 bits") + 1_420_070_400_000;
    let age = SignedDuration::from_millis(world.now().as_millisecond() - began);
    if age > SignedDuration::try_from(world.timings.token).expect("minutes") {
        return Reply::refused(401, 50027, "Invalid Webhook Token");
    }
    let original = match answered {
        Answered::Message(id) | Answered::Deferred(id) => Some(id),
        Answered::DeferredUpdate | Answered::Update => found.message,
        Answered::Form(_) | Answered::Choices(_) => None,
    };
    let named = call.id("message_id").filter(|id| {
        world.messages.get(id).is_some_and(|message| message.channel == found.channel)
    });
    let is_original = call.route.template.ends_with("@original");
    let about = if is_original { original } else { named };
    let about = about.filter(|id| world.messages.get(id).is_some_and(|m| !m.is_deleted));
    match (call.route.method.as_str(), about) {
        ("post", _) => {
            let loading = original.filter(|id| world.messages[id].is_loading);
            let id = if let Some(id) = loading {
                change(world, id, call);
                id
            } else {
                let mut message = world.blank(found.channel);
                fill(&mut message, call);
                let is_for_one = message.flags & EPHEMERAL != 0;
                message.only_for = is_for_one.then_some(found.user);
                world.post(message)
            };
            settle(world, &mut found);
            Reply::ok(shapes::message(world, &world.messages[&id]))
        }
        (_, None) => Reply::refused(404, 10008, "Unknown Message"),
        ("patch", Some(id)) => {
            change(world, id, call);
            settle(world, &mut found);
            Reply::ok(shapes::message(world, &world.messages[&id]))
        }
        ("delete", Some(id)) => {
            world.messages.get_mut(&id).expect("found").is_deleted = true;
            settle(world, &mut found);
            Reply::nothing()
        }
        (_, Some(id)) => Reply::ok(shapes::message(world, &world.messages[&id])),
    }
}

fn settle(world: &mut World, found: &mut Interaction) {
    found.is_settled = true;
    world.interactions.insert(found.id, found.clone());
}

/// Changes a message; one that was still loading is new.
fn change(world: &mut World, id: Id, call: &Call) {
    let now = world.now();
    let message = world.messages.get_mut(&id).expect("the message of an answer");
    fill(message, call);
    let event = if message.is_loading {
        message.is_loading = false;
        Event::posted(now, message)
    } else {
        message.edits += 1;
        Event::changed(now, message)
    };
    world.events.push(event);
}

fn unknown() -> Reply {
    Reply::refused(404, 10062, "Unknown interaction")
}
