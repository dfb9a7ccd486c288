use std::{env, fs, path::PathBuf};

use serde_json::{Map, json};

use super::*;

/// Discord's own payloads, from its documentation. The folder is no part of the repository: without it
/// the tests that need it say so, and where `CI=true` they fail.
struct Samples(PathBuf);

impl Samples {
    fn find() -> Option<Self> {
        let root = env::var_os("REGIMENT_TEST_DATA")
            .map_or_else(|| PathBuf::from("../../shared/data"), PathBuf::from);
        let folder = root.join("discord/examples");
        if folder.is_dir() {
            return Some(Self(folder));
        }
        assert!(env::var("CI").as_deref() != Ok("true"), "{} is not there", folder.display());
        println!("not run: {} is not there", folder.display());
        None
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn get(&self, name: &str) -> Value {
        serde_json::from_str(&self.text(name)).unwrap()
    }

    /// Returns a sample with the envelope of a whole one where the documentation leaves it out.
    fn whole(&self, name: &str) -> Value {
        let mut whole = self.get("slash-commands-example-interaction.json");
        let Value::Object(own) = self.get(name) else { panic!("{name} is no object") };
        whole.as_object_mut().unwrap().extend(own);
        whole
    }
}

fn submit(custom_id: &str, fields: &[(&str, &str)]) -> Asks {
    let fields = fields.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect();
    Asks::Submit { custom_id: custom_id.to_owned(), fields }
}

fn choose(custom_id: &str, values: &[&str]) -> Asks {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Asks::Choose { custom_id: custom_id.to_owned(), values }
}

/// What becomes of each interaction that Discord's documentation shows.
fn samples() -> Vec<(&'static str, Result<Asks, &'static str>)> {
    const NO_TEXT: Result<Asks, &str> =
        Err("data.components[0].component.type stands in no form of ours");
    let command = json!({"name": "cardsearch",
        "options": {"cardname": {"text": "The Gitrog Monster"}}});
    let command = serde_json::from_value(json!({"command": command})).unwrap();
    let feedback =
        "The recent changes to acceleration feel much better, but shadows still need help";
    vec![
        ("slash-commands-example-interaction", Ok(command)),
        // We have no commands in the menus of users and messages.
        ("user-commands-example-interaction", Err("data.type is no command of ours")),
        ("message-commands-example-interaction", Err("data.type is no command of ours")),
        (
            "button-message-interaction-response-example",
            Ok(Asks::Press { custom_id: "click_me".to_owned() }),
        ),
        (
            "string-select-message-interaction-data-example",
            Ok(choose("favorite_bug", &["butterfly"])),
        ),
        (
            "role-select-message-interaction-data-example",
            Ok(choose("role_ids", &["222222222222222222"])),
        ),
        (
            "channel-select-message-interaction-data-example",
            Ok(choose("notification_channel", &["333333333333333333"])),
        ),
        (
            "text-input-modal-submit-interaction-data-example",
            Ok(submit("game_feedback_modal", &[("game_feedback", feedback)])),
        ),
        // Our forms have fields of text alone.
        ("string-select-modal-submit-interaction-data-example", NO_TEXT),
        ("user-select-modal-submit-interaction-data-example", NO_TEXT),
        ("role-select-modal-submit-interaction-data-example", NO_TEXT),
        ("mentionable-select-modal-submit-interaction-data-example", NO_TEXT),
        ("channel-select-modal-submit-interaction-data-example", NO_TEXT),
        ("file-upload-modal-submit-interaction-data-example", NO_TEXT),
        ("radio-group-modal-submit-interaction-data-example", NO_TEXT),
        ("checkbox-group-modal-submit-interaction-data-example", NO_TEXT),
        ("checkbox-modal-submit-interaction-data-example", NO_TEXT),
    ]
}

#[test]
fn discords_own_samples_are_read_without_loss_or_refused_by_name() {
    let Some(files) = Samples::find() else { return };
    for (name, expected) in samples() {
        let read = Interaction::parse(&files.whole(&format!("{name}.json")));
        let expected = expected.map_err(str::to_owned);
        let read = read.map(|read| read.asks).map_err(|unreadable| unreadable.to_string());
        // Not `assert_eq!`: what is asked does not print what it holds.
        assert!(read == expected, "{name}: {read:?}");
    }
}

#[test]
fn no_sample_of_an_interaction_is_left_out() {
    let Some(files) = Samples::find() else { return };
    let known: Vec<String> = samples().iter().map(|(name, _)| format!("{name}.json")).collect();
    let index = files.text("INDEX.tsv");
    for file in index.lines().filter_map(|line| line.split('\t').next()) {
        let sample = files.get(file);
        // Answers and components have a `type` too, but no data with the marks of an interaction.
        let data = sample.get("data");
        let has = |name| data.is_some_and(|data| data.get(name).is_some());
        let is_asked = sample.get("token").is_some()
            || has("component_type")
            || (has("custom_id") && !has("title"));
        assert_eq!(is_asked, known.contains(&file.to_owned()), "{file}");
    }
}

#[test]
fn the_whole_sample_is_read() {
    let Some(files) = Samples::find() else { return };
    let read = files.get("slash-commands-example-interaction.json");
    let read = Interaction::parse(&read).unwrap();
    assert_eq!(read.id, 786_008_729_715_212_338);
    assert_eq!(read.token.expose(), "A_UNIQUE_TOKEN");
    assert_eq!(read.guild_id, Some(290_926_798_626_357_999));
    assert_eq!(read.channel_id, Some(645_027_906_669_510_667));
    assert_eq!(read.person.user_id.as_str(), "53908232506183680");
    assert_eq!(read.person.name, "Mason");
    assert_eq!(read.person.roles, ["539082325061836999"]);
    assert!(read.message.is_none());
    assert_eq!(read.request_id(), "786008729715212338");
}

/// A press in direct messages.
fn press() -> Value {
    json!({
        "id": "175928847299117063", "type": 3, "token": "t", "channel_id": "5",
        "application_id": null, "version": 1, "user": {"id": "7", "username": "ana"},
        "message": {"id": "9", "content": "**FUEL**", "components": [{"type": 1, "components": []}]},
        "data": {"component_type": 2, "custom_id": "r1.x"}
    })
}

fn changed(mut frame: Value, path: &str, value: Value) -> Value {
    *frame.pointer_mut(path).unwrap() = value;
    frame
}

#[test]
fn a_direct_message_has_a_user_and_no_roles() {
    let read = Interaction::parse(&press()).unwrap();
    assert_eq!((read.guild_id, read.channel_id), (None, Some(5)));
    assert!(read.person.roles.is_empty());
    let shown = read.message.as_ref().unwrap();
    assert_eq!((shown.id, shown.content.as_str(), shown.components.len()), (9, "**FUEL**", 1));
    // Discord's documentation says of this id when it was made.
    assert_eq!(read.entered_at().to_string(), "2016-04-30T11:18:25.796Z");
}

#[test]
fn a_person_is_called_what_the_community_calls_him() {
    let mut frame = press();
    frame["member"] = json!({"user": {"id": "7", "username": "mason"}, "roles": ["3"]});
    let read = Interaction::parse(&frame).unwrap();
    assert_eq!((read.person.name.as_str(), read.person.roles), ("mason", vec!["3".to_owned()]));
    frame["member"]["user"]["global_name"] = json!("Mace");
    assert_eq!(Interaction::parse(&frame).unwrap().person.name, "Mace");
    frame["member"]["nick"] = json!("M.");
    assert_eq!(Interaction::parse(&frame).unwrap().person.name, "M.");
}

#[test]
fn what_concerns_us_and_is_wrong_is_named() {
    let cases = [
        ("/id", Value::Null, "id is missing"),
        ("/id", json!(1), "id is no text"),
        ("/id", json!("1x"), "id is no id"),
        ("/type", json!(1), "type is of no known kind"),
        ("/type", json!(6), "type is of no known kind"),
        ("/token", Value::Null, "token is missing"),
        ("/user", json!({}), "user.id is missing"),
        ("/user/id", json!("ana"), "user.id is no id"),
        ("/channel_id", json!("here"), "channel_id is no id"),
        ("/message/id", Value::Null, "message.id is missing"),
        ("/data", Value::Null, "data.custom_id is missing"),
        ("/data/component_type", json!(99), "data.component_type is no control of ours"),
        ("/data/component_type", json!(3), "data.values is missing"),
    ];
    for (path, value, said) in cases {
        let unreadable = Interaction::parse(&changed(press(), path, value)).unwrap_err();
        assert_eq!(unreadable.to_string(), said);
    }
}

#[test]
fn a_classic_form_is_read_and_an_empty_field_is_an_empty_text() {
    let input = |id: &str, value: Value| json!({"type": 1, "components": [{"type": 4, "custom_id": id, "value": value}]});
    let mut frame = press();
    frame["type"] = json!(5);
    frame["data"] = json!({"custom_id": "form", "components":
        [input("weight", json!("82,5")), input("notes", Value::Null)]});
    let read = Interaction::parse(&frame).unwrap();
    assert!(read.asks == submit("form", &[("weight", "82,5"), ("notes", "")]));
}

#[test]
fn a_form_whose_fields_were_lost_on_the_way_is_refused() {
    let mut frame = press();
    frame["type"] = json!(5);
    frame["data"] = json!({"custom_id": "form", "components": [{"type": 18, "components": []}]});
    let unreadable = Interaction::parse(&frame).unwrap_err();
    assert_eq!(unreadable.to_string(), "data.components[0].component.type is missing");
}

fn command(kind: u64, data: Value) -> Value {
    let mut frame = press();
    frame["type"] = json!(kind);
    frame["data"] = data;
    frame
}

#[test]
fn subcommands_are_part_of_the_name() {
    let frame = command(
        2,
        json!({"name": "log", "type": 1, "options": [{"name": "topset", "type": 1, "options": [
        {"name": "exercise", "type": 3, "value": "squat"},
        {"name": "reps", "type": 4, "value": 5},
        {"name": "weight", "type": 10, "value": 82.5},
        {"name": "again", "type": 5, "value": true},
        {"name": "for", "type": 6, "value": "80351110224678912"},
        {"name": "photo", "type": 11, "value": "3"}]}],
        "resolved": {"attachments": {"3": {"id": "3", "url": "https://cdn.example/3.png"}}}}),
    );
    let Asks::Command { name, options } = Interaction::parse(&frame).unwrap().asks else {
        panic!()
    };
    assert_eq!(name, "log topset");
    assert_eq!(options.text("exercise"), Some("squat"));
    assert_eq!((options.whole("reps"), options.number("reps")), (Some(5), Some(5.0)));
    assert_eq!((options.number("weight"), options.whole("weight")), (Some(82.5), None));
    assert_eq!(options.flag("again"), Some(true));
    assert_eq!(options.user("for").unwrap().as_str(), "80351110224678912");
    assert_eq!(options.text("photo"), Some("https://cdn.example/3.png"));
    assert_eq!(options.text("nothing"), None);
}

#[test]
fn what_is_being_typed_is_no_option_yet() {
    let frame = command(
        4,
        json!({"name": "onboard", "type": 1, "options": [
        {"name": "zone", "type": 3, "value": "lond", "focused": true},
        {"name": "age", "type": 4, "value": 30}]}),
    );
    let Asks::Complete { name, option, typed, options } = Interaction::parse(&frame).unwrap().asks
    else {
        panic!()
    };
    assert_eq!((name.as_str(), option.as_str(), typed.as_str()), ("onboard", "zone", "lond"));
    assert_eq!((options.whole("age"), options.text("zone")), (Some(30), None));
}

#[test]
fn a_frame_that_can_not_be_read_may_still_be_answered() {
    let ticket = Ticket::of(&json!({"id": "3", "token": "t", "type": 77})).unwrap();
    assert_eq!((ticket.id, ticket.token.expose()), (3, "t"));
    assert_eq!(Ticket::of(&json!({"id": "3"})), None);
    assert_eq!(Ticket::of(&Value::Object(Map::new())), None);
}

#[test]
fn printing_shows_neither_person_nor_credential() {
    let printed = format!("{:?}", Interaction::parse(&press()).unwrap());
    assert_eq!(printed, "Interaction { id: 175928847299117063, asks: press, .. }");
}

#[test]
fn an_interaction_that_is_kept_comes_back_without_its_credential() {
    let read = Interaction::parse(&press()).unwrap();
    let kept = serde_json::to_string(&read).unwrap();
    assert!(!kept.contains("token"));
    let mut back: Interaction = serde_json::from_str(&kept).unwrap();
    back.token = read.token.clone();
    assert!(back == read);
}
