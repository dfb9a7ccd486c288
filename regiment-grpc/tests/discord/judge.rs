//! The stand-in, before any bot: it refuses what Discord refuses, and Discord's own samples pass.

use serde_json::{Value, json};

use crate::stand_in::rules;
use crate::stand_in::spec::{Spec, published};

/// Says what is wrong with a request: by Discord's description, and by the rules that it leaves out.
fn wrong(method: &str, path: &str, body: &Value) -> Vec<String> {
    let route = Spec::get().route(method, path).expect("a route of Discord's");
    let mut wrong = Spec::get().judge_request(&route, Some(body));
    wrong.extend(rules::judge(&route, body, 0));
    wrong
}

const MESSAGES: &str = "/channels/1/messages";
const CALLBACK: &str = "/interactions/1/token/callback";
const COMMANDS: &str = "/applications/1/commands";

fn message(change: impl FnOnce(&mut Value)) -> Value {
    let mut message = json!({ "content": "x", "allowed_mentions": { "parse": [] } });
    change(&mut message);
    message
}

fn buttons(ids: impl IntoIterator<Item = &'static str>) -> Value {
    let button = |id| json!({ "type": 2, "style": 1, "label": "x", "custom_id": id });
    let buttons: Vec<Value> = ids.into_iter().map(button).collect();
    json!({ "type": 1, "components": buttons })
}

fn menu(id: &str, options: usize) -> Value {
    let option = |n: usize| json!({ "label": n.to_string(), "value": n.to_string() });
    let options: Vec<Value> = (0..options).map(option).collect();
    json!({ "type": 1, "components": [{ "type": 3, "custom_id": id, "options": options }] })
}

fn form(n: usize, change: impl FnOnce(&mut Value)) -> Value {
    let input = |n: usize| {
        let input = json!({ "type": 4, "custom_id": n.to_string(), "label": "x", "style": 1 });
        json!({ "type": 1, "components": [input] })
    };
    let rows: Vec<Value> = (0..n).map(input).collect();
    let mut data = json!({ "title": "x", "custom_id": "x", "components": rows });
    change(&mut data);
    json!({ "type": 9, "data": data })
}

fn command(change: impl FnOnce(&mut Value)) -> Value {
    let mut command = json!({ "name": "log", "description": "Logs a meal." });
    change(&mut command);
    json!([command])
}

#[track_caller]
fn passes(method: &str, path: &str, body: &Value) {
    assert_eq!(wrong(method, path, body), Vec::<String>::new(), "{body}");
}

#[track_caller]
fn fails(method: &str, path: &str, body: &Value, with: &str) {
    let wrong = wrong(method, path, body);
    assert!(wrong.iter().any(|what| what.contains(with)), "{body}: {wrong:?}");
}

#[test]
fn a_message_has_2000_characters_at_most() {
    let of = |n: usize| message(|message| message["content"] = json!("x".repeat(n)));
    passes("post", MESSAGES, &of(2000));
    fails("post", MESSAGES, &of(2001), "2001 characters of content");
    fails("post", MESSAGES, &of(0), "an empty message");
}

#[test]
fn embeds_have_6000_characters_at_most_together() {
    let of = |n: usize| {
        message(|message| {
            let embeds = [4096, n - 4096].map(|n| json!({ "description": "x".repeat(n) }));
            message["embeds"] = json!(embeds);
        })
    };
    passes("post", MESSAGES, &of(6000));
    fails("post", MESSAGES, &of(6001), "6001 characters of embeds");
}

#[test]
fn a_message_has_five_rows_at_most() {
    const IDS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
    let of = |n: usize| {
        let rows: Vec<Value> = IDS.into_iter().take(n).map(|id| buttons([id])).collect();
        message(|message| message["components"] = json!(rows))
    };
    passes("post", MESSAGES, &of(5));
    fails("post", MESSAGES, &of(6), "6 rows");
}

#[test]
fn a_row_has_five_buttons_or_one_menu() {
    let of = |row: Value| message(|message| message["components"] = json!([row]));
    passes("post", MESSAGES, &of(buttons(["a", "b", "c", "d", "e"])));
    let six = of(buttons(["a", "b", "c", "d", "e", "f"]));
    assert!(!wrong("post", MESSAGES, &six).is_empty());
    passes("post", MESSAGES, &of(menu("a", 25)));
    assert!(!wrong("post", MESSAGES, &of(menu("a", 26))).is_empty());
    let mut both = buttons(["a"]);
    let row = both["components"].as_array_mut().unwrap();
    row.push(menu("b", 2)["components"][0].clone());
    fails("post", MESSAGES, &of(both), "buttons and a menu in one row");
}

#[test]
fn a_control_has_an_id_of_its_own() {
    let of = |row: Value| message(|message| message["components"] = json!([row]));
    fails("post", MESSAGES, &of(buttons(["a", "a"])), "the custom_id 'a' twice");
    let mut anonymous = buttons(["a"]);
    anonymous["components"][0].as_object_mut().unwrap().remove("custom_id");
    fails("post", MESSAGES, &of(anonymous), "a control without a custom_id");
    let link = json!({ "type": 2, "style": 5, "label": "x", "url": "https://example.com" });
    passes("post", MESSAGES, &of(json!({ "type": 1, "components": [link] })));
}

#[test]
fn what_discord_describes_is_enforced() {
    let long = "x".repeat(101);
    let button = json!({ "type": 2, "style": 1, "label": "x", "custom_id": long });
    let row = json!({ "type": 1, "components": [button] });
    assert!(!wrong("post", MESSAGES, &message(|m| m["components"] = json!([row]))).is_empty());
    assert!(!wrong("post", MESSAGES, &message(|m| m["nonce"] = json!("x".repeat(26)))).is_empty());
    let titled = form(1, |data| data["title"] = json!("x".repeat(46)));
    assert!(!wrong("post", CALLBACK, &titled).is_empty());
    assert!(!wrong("post", CALLBACK, &json!({ "type": 99 })).is_empty());
    assert!(!wrong("post", "/users/@me/channels", &json!({ "recipient_id": "Anna" })).is_empty());
}

#[test]
fn a_property_that_nobody_knows_is_refused() {
    fails("post", MESSAGES, &message(|m| m["contents"] = json!("x")), "'/contents'");
    let mut row = buttons(["a"]);
    row["components"][0]["lable"] = json!("x");
    let body = message(|m| m["components"] = json!([row]));
    fails("post", MESSAGES, &body, "'/components/0/components/0/lable'");
}

#[test]
fn mentions_are_always_said_to_be_none() {
    let bare = json!({ "content": "@everyone" });
    fails("post", MESSAGES, &bare, "allowed_mentions");
    let all = message(|m| m["allowed_mentions"]["parse"] = json!(["everyone"]));
    fails("post", MESSAGES, &all, "allowed_mentions");
}

#[test]
fn a_plain_message_is_not_ephemeral_and_a_nonce_is_there_to_be_enforced() {
    fails("post", MESSAGES, &message(|m| m["flags"] = json!(64)), "ephemeral");
    fails("post", MESSAGES, &message(|m| m["enforce_nonce"] = json!(true)), "nonce");
    let both = message(|m| {
        m["enforce_nonce"] = json!(true);
        m["nonce"] = json!("rg1");
    });
    passes("post", MESSAGES, &both);
    let two = message(|m| m["flags"] = json!(1 << 15));
    fails("post", MESSAGES, &two, "components alone");
}

#[test]
fn a_form_has_one_to_five_text_inputs() {
    passes("post", CALLBACK, &form(5, |_| {}));
    fails("post", CALLBACK, &form(6, |_| {}), "a form of 6 components");
    fails("post", CALLBACK, &form(0, |_| {}), "a form of 0 components");
    let disabled = form(1, |data| data["components"][0]["components"][0]["disabled"] = json!(true));
    fails("post", CALLBACK, &disabled, "disabled in a form");
    let menu = form(1, |data| data["components"][0] = menu("a", 2));
    assert!(!wrong("post", CALLBACK, &menu).is_empty());
    let prefilled = form(1, |data| {
        data["components"][0]["components"][0]["value"] = json!("xx");
        data["components"][0]["components"][0]["max_length"] = json!(1);
    });
    fails("post", CALLBACK, &prefilled, "prefilled");
}

#[test]
fn a_deferral_says_nothing_but_for_whom() {
    passes("post", CALLBACK, &json!({ "type": 5, "data": { "flags": 64 } }));
    fails("post", CALLBACK, &json!({ "type": 5, "data": { "flags": 4 } }), "flags");
}

#[test]
fn commands_have_names_and_descriptions() {
    passes("put", COMMANDS, &command(|_| {}));
    fails("put", COMMANDS, &command(|c| c["name"] = json!("Log meal")), "the name 'Log meal'");
    fails("put", COMMANDS, &command(|c| c["description"] = json!("")), "description of 0");
    let option = |name: &str, required: bool| json!({ "type": 3, "name": name, "description": "x", "required": required });
    let of = |options: [Value; 2]| command(|c| c["options"] = json!(options));
    passes("put", COMMANDS, &of([option("a", true), option("b", false)]));
    fails("put", COMMANDS, &of([option("a", false), option("b", true)]), "after what may be left");
    fails("put", COMMANDS, &of([option("a", false), option("a", false)]), "'a' twice");
}

#[test]
fn discords_own_samples_pass() {
    let examples = published().join("examples");
    let index = std::fs::read_to_string(examples.join("INDEX.tsv")).unwrap();
    let mut judged = 0;
    for line in index.lines() {
        let name = line.split('\t').next().unwrap();
        let text = std::fs::read_to_string(examples.join(name)).unwrap();
        let sample: Value = serde_json::from_str(&text).unwrap();
        let route = |method, path| Spec::get().route(method, path).unwrap();
        let found = if name.ends_with("-slash-command.json") || name.ends_with("-user-command.json")
        {
            Spec::get().judge_request(&route("post", COMMANDS), Some(&sample))
        } else if sample.get("title").is_some() && sample.get("components").is_some() {
            let modal = json!({ "type": 9, "data": sample });
            Spec::get().judge_request(&route("post", CALLBACK), Some(&modal))
        } else if sample["type"] == json!(9) {
            Spec::get().judge_request(&route("post", CALLBACK), Some(&sample))
        } else if sample.get("components").is_some() && sample.get("data").is_none() {
            Spec::get().judge_request(&route("post", MESSAGES), Some(&sample))
        } else if name == "get-gateway-bot-json-response.json" {
            Spec::get().judge_answer(&route("get", "/gateway/bot"), 200, Some(&sample))
        } else if name == "permissions-example-of-editing-permissions.json" {
            Spec::get().judge_request(&route("post", COMMANDS), Some(&sample))
        } else {
            continue;
        };
        assert_eq!(found, Vec::<String>::new(), "{name}");
        judged += 1;
    }
    assert!(judged >= 28, "only {judged} samples were judged");
}
