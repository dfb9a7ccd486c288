use regiment_core::OrderNumber;
use regiment_core::testing::date;

use super::*;
use crate::{
    Attachment, Choice, SelectAnswer,
    answer::{InputStyle, Later},
};

fn ids() -> CustomIds {
    CustomIds::new(&[7; 32], None)
}

fn ana() -> For {
    For::Person("7".parse().unwrap())
}

fn asked() -> Interaction {
    let frame = json!({"id": "5", "type": 2, "token": "t", "user": {"id": "7", "username": "ana"},
        "data": {"name": "today", "type": 1}});
    Interaction::parse(&frame).unwrap()
}

fn rest(seconds: u16, style: Style) -> Button {
    Button { action: Action::Rest { seconds }, label: "Rest".to_owned(), style }
}

fn id(action: &Action) -> String {
    ids().write(action, ana())
}

#[test]
fn a_note_is_for_one_and_mentions_nobody() {
    let note = Note::new("Filed, @everyone.");
    let body = Body::first(&Answer::Note(note), &asked(), &ids());
    assert_eq!(
        body.json,
        json!({"type": 4, "data": {"content": "Filed, @everyone.", "components": [],
            "allowed_mentions": {"parse": []}, "attachments": [], "flags": 64}})
    );
    assert!(body.files.is_empty());
}

#[test]
fn each_answer_has_its_kind_and_only_a_note_is_hidden() {
    let note = || Note::new("words");
    let form = Form { action: Action::Alias, title: "Alias".to_owned(), inputs: Vec::new() };
    let cases = [
        (Answer::Note(note()), 4, json!(64)),
        (Answer::Post(note()), 4, Value::Null),
        (Answer::Changed(note()), 7, Value::Null),
        (Answer::Form(form), 9, Value::Null),
        (Answer::Choices(Vec::new()), 8, Value::Null),
    ];
    for (answer, kind, flags) in cases {
        let json = Body::first(&answer, &asked(), &ids()).json;
        assert_eq!((&json["type"], &json["data"]["flags"]), (&json!(kind), &flags));
    }
    assert_eq!(Body::deferred_note().json, json!({"type": 5, "data": {"flags": 64}}));
    assert_eq!(Body::deferred_change().json, json!({"type": 6}));
    assert_eq!(Body::no_choices().json, json!({"type": 8, "data": {"choices": []}}));
    assert_eq!(Body::plain("words").json["data"]["flags"], 64);
}

#[test]
fn buttons_menus_and_questions_are_written_with_their_ids() {
    let open = Action::Open { url: "https://example.org/".to_owned() };
    let question =
        Action::CheckinAnswer { date: date("2026-11-24"), question: crate::Question::Mood };
    let answers = [("1", false), ("2", true)].map(|(value, is_chosen)| SelectAnswer {
        value: value.to_owned(),
        label: format!("Mood {value}"),
        is_chosen,
    });
    let choice = Choice { action: Action::Rest { seconds: 90 }, label: "90 s".to_owned() };
    let link = Button { action: open, label: "Video".to_owned(), style: Style::Link };
    let rows = vec![
        Row::Buttons(vec![rest(60, Style::Danger), link]),
        Row::Menu(vec![choice]),
        Row::Select(Select {
            action: question.clone(),
            placeholder: "Mood".to_owned(),
            answers: answers.into(),
        }),
    ];
    let note = Note { content: "x".to_owned(), rows, ..Note::default() };
    let body = Body::edit(&note, &ids(), ana()).json;
    assert_eq!(
        body["components"],
        json!([
            {"type": 1, "components": [
                {"type": 2, "style": 4, "label": "Rest", "custom_id": id(&Action::Rest { seconds: 60 })},
                {"type": 2, "style": 5, "label": "Video", "url": "https://example.org/"}]},
            {"type": 1, "components": [{"type": 3, "custom_id": id(&Action::Menu { row: 1 }),
                "options": [{"label": "90 s", "value": id(&Action::Rest { seconds: 90 })}]}]},
            {"type": 1, "components": [{"type": 3, "custom_id": id(&question), "placeholder": "Mood",
                "options": [{"label": "Mood 1", "value": "1", "default": false},
                            {"label": "Mood 2", "value": "2", "default": true}]}]},
        ])
    );
}

#[test]
fn styles_have_discords_numbers() {
    let styles = [Style::Primary, Style::Secondary, Style::Success, Style::Danger];
    let written = styles.map(|style| button(&rest(60, style), &ids(), ana())["style"].clone());
    assert_eq!(written, [1, 2, 3, 4].map(Value::from));
}

#[test]
fn no_limit_is_ever_exceeded() {
    let long = "…".repeat(5_000);
    let button = Button { label: long.clone(), ..rest(60, Style::Primary) };
    let choice = Choice { action: Action::Rest { seconds: 90 }, label: long.clone() };
    let rows = vec![Row::Buttons(vec![button; 9]), Row::Menu(vec![choice; 40])];
    let rows = rows.into_iter().cycle().take(9).collect();
    let file = File { name: "a".to_owned(), bytes: Vec::new(), content_type: "text/plain" };
    let note = Note { content: long.clone(), rows, files: vec![file; 12], later: None };
    let body = Body::edit(&note, &ids(), ana());
    let units = |value: &Value| value.as_str().unwrap().encode_utf16().count();
    let length = |value: &Value| value.as_array().unwrap().len();
    let rows = &body.json["components"];
    assert_eq!(units(&body.json["content"]), 2_000);
    assert_eq!(length(rows), 5);
    assert_eq!(length(&rows[0]["components"]), 5);
    assert_eq!(units(&rows[0]["components"][0]["label"]), 80);
    assert_eq!(length(&rows[1]["components"][0]["options"]), 25);
    assert_eq!(units(&rows[1]["components"][0]["options"][0]["label"]), 100);
    assert_eq!((body.files.len(), length(&body.json["attachments"])), (10, 10));
    let choices = choices(&vec![(long.clone(), long); 30]);
    assert_eq!(length(&choices["choices"]), 25);
    assert_eq!(units(&choices["choices"][0]["name"]), 100);
}

fn field(max: Option<u16>, min: Option<u16>) -> Input {
    Input {
        id: "weight",
        label: "W".repeat(46),
        style: InputStyle::Long,
        required: true,
        min,
        max,
        value: Some("v".repeat(5_000)),
        placeholder: Some("p".repeat(101)),
    }
}

#[test]
fn a_form_keeps_the_limits_of_its_fields() {
    let action = Action::Alias;
    let form =
        Form { action: action.clone(), title: "T".repeat(46), inputs: vec![field(None, None); 6] };
    let written = self::form(&form, &ids(), ana());
    assert_eq!(written["custom_id"], id(&action));
    assert_eq!(written["title"].as_str().unwrap().encode_utf16().count(), 45);
    assert_eq!(written["components"].as_array().unwrap().len(), 5);
    let input = &written["components"][0]["components"][0];
    assert_eq!(
        (&input["type"], &input["style"], &input["required"]),
        (&json!(4), &json!(2), &json!(true))
    );
    assert_eq!(input["label"].as_str().unwrap().encode_utf16().count(), 45);
    assert_eq!(input["placeholder"].as_str().unwrap().encode_utf16().count(), 100);
    assert_eq!(input["max_length"], 4_000);
    assert_eq!(input["value"].as_str().unwrap().encode_utf16().count(), 4_000);
    assert_eq!(input["min_length"], Value::Null);
}

#[test]
fn what_stands_in_a_field_is_no_longer_than_the_field_takes() {
    let written = input(&field(Some(7), Some(9)));
    assert_eq!((&written["max_length"], &written["min_length"]), (&json!(7), &json!(7)));
    assert_eq!(written["value"].as_str().unwrap().encode_utf16().count(), 7);
    assert_eq!(input(&field(Some(0), None))["max_length"], 1);
    assert_eq!(input(&field(Some(5_000), None))["max_length"], 4_000);
}

#[test]
fn a_message_bears_its_nonce_and_its_file() {
    let rendered = crate::Rendered {
        title: "FUEL".to_owned(),
        body: "-# Order Q9W1DFWF".to_owned(),
        attachment: Some(Attachment { name: "order.txt".to_owned(), text: "Oats".to_owned() }),
        rows: vec![Row::Buttons(vec![rest(60, Style::Primary)])],
        order_number: OrderNumber::of("abc"),
    };
    let nonce = rendered.order_number.nonce().to_owned();
    let body = Body::message(&rendered, &nonce, &ids(), ana());
    assert_eq!(body.json["content"], "**FUEL**\n-# Order Q9W1DFWF");
    assert_eq!((&body.json["nonce"], &body.json["enforce_nonce"]), (&json!(nonce), &json!(true)));
    assert_eq!(body.json["attachments"], json!([{"id": 0, "filename": "order.txt"}]));
    assert_eq!(body.json["allowed_mentions"], json!({"parse": []}));
    assert_eq!(body.files[0].bytes, b"Oats");
    assert_eq!(body.json.get("flags"), None);
}

#[test]
fn what_is_said_later_is_not_said_now() {
    let later = Later { after: std::time::Duration::from_mins(1), content: "Next set.".to_owned() };
    let note = Note { later: Some(later), ..Note::new("Rest.") };
    assert!(!Body::edit(&note, &ids(), ana()).json.to_string().contains("Next set."));
}
