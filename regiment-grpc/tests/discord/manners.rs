//! The stand-in, before any bot: it treats a bot as Discord does.

use std::time::Duration;

use regiment_core::{Clock as _, ManualClock};
use serde_json::{Value, json};

use crate::stand_in::Discord;
use crate::stand_in::faults::{Fault, Limit, On};
use crate::stand_in::person::{Person, Reply, Seen};
use crate::stand_in::world::{Id, Timings};

/// A bot of a few lines that says what it is told to.
struct Puppet {
    discord: Discord,
    clock: std::sync::Arc<ManualClock>,
    http: reqwest::Client,
}

impl Puppet {
    async fn new(answer: Duration) -> Self {
        let clock = ManualClock::at("2026-03-03T05:30:00Z".parse().expect("an instant"));
        let clock = std::sync::Arc::new(clock);
        let timings = Timings { answer, ..Timings::default() };
        let its = clock.clone();
        let discord = Discord::start(move || its.now(), timings).await;
        let http = reqwest::Client::builder().user_agent("DiscordBot (https://example.com, 1)");
        Self { discord, clock, http: http.build().expect("a client") }
    }

    /// Asks for something, and returns the status with Discord's code, if there is one.
    async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/api/v10{path}", self.discord.base());
        let method = method.parse().expect("a method");
        let asked = self.http.request(method, url);
        let asked = asked.header("authorization", "Bot a-token-of-the-stand-in");
        let asked = if body.is_null() { asked } else { asked.json(&body) };
        let answer = asked.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn says(&self, channel: Id, body: Value) -> (u16, Value) {
        self.ask("POST", &format!("/channels/{channel}/messages"), body).await
    }

    /// Answers what somebody did.
    async fn answers(&self, interaction: Id, body: Value) -> (u16, Value) {
        let path = format!("/interactions/{interaction}/token-of-{interaction}/callback");
        self.ask("POST", &path, body).await
    }

    async fn edits(&self, interaction: Id, content: &str) -> (u16, Value) {
        let bot = self.discord.with(|world| world.bot);
        let path = format!("/webhooks/{bot}/token-of-{interaction}/messages/@original");
        self.ask("PATCH", &path, note(content)).await
    }

    /// Sends somebody a message with one button, and lets him read it.
    async fn order(&self, to: &Person) -> Seen {
        let button = json!({ "type": 2, "style": 1, "label": "Done", "custom_id": "done" });
        let mut body = note("Eat.");
        body["components"] = json!([{ "type": 1, "components": [button] }]);
        let (status, answer) = self.says(to.direct(), body).await;
        assert_eq!(status, 200, "{answer}");
        to.reads("Eat.").await
    }
}

fn note(content: &str) -> Value {
    json!({ "content": content, "allowed_mentions": { "parse": [] } })
}

fn reply(kind: u64, data: impl Into<Value>) -> Value {
    json!({ "type": kind, "data": data.into() })
}

fn code(answer: &(u16, Value)) -> (u16, u64) {
    (answer.0, answer.1["code"].as_u64().unwrap_or_default())
}

const LONG: Duration = Duration::from_secs(30);

#[tokio::test]
async fn an_interaction_is_answered_once_and_in_time() {
    let puppet = Puppet::new(Duration::from_millis(300)).await;
    let anna = puppet.discord.member("Anna");
    let order = puppet.order(&anna).await;
    let pressed = anna.begin_press(&order, "Done").unwrap();
    let unknown = puppet.answers(pressed + 1, reply(6, Value::Null)).await;
    assert_eq!(code(&unknown), (404, 10062));
    assert_eq!(code(&puppet.edits(pressed, "too soon").await), (404, 10015));
    assert_eq!(puppet.answers(pressed, reply(4, note("Logged."))).await.0, 204);
    assert_eq!(code(&puppet.answers(pressed, reply(6, Value::Null)).await), (400, 40060));
    assert_eq!(anna.outcome(pressed).await.note().content, "Logged.");

    let late = anna.begin_press(&order, "Done").unwrap();
    assert_eq!(anna.outcome(late).await, Reply::Failed);
    assert_eq!(code(&puppet.answers(late, reply(4, note("Late."))).await), (404, 10062));
}

#[tokio::test]
async fn a_token_lives_for_a_quarter_of_an_hour() {
    let puppet = Puppet::new(LONG).await;
    let anna = puppet.discord.member("Anna");
    let order = puppet.order(&anna).await;
    let pressed = anna.begin_press(&order, "Done").unwrap();
    assert_eq!(puppet.answers(pressed, reply(5, json!({ "flags": 64 }))).await.0, 204);
    puppet.clock.advance(jiff::SignedDuration::from_mins(15));
    assert_eq!(puppet.edits(pressed, "Logged.").await.0, 200);
    puppet.clock.advance(jiff::SignedDuration::from_secs(1));
    assert_eq!(code(&puppet.edits(pressed, "Again.").await), (401, 50027));
    assert_eq!(anna.outcome(pressed).await.note().content, "Logged.");
    puppet.discord.assert_clean();
}

#[tokio::test]
async fn a_nonce_is_sent_once_while_it_is_remembered() {
    let puppet = Puppet::new(LONG).await;
    let anna = puppet.discord.member("Anna");
    let channel = anna.direct();
    let mut body = note("Eat.");
    body["nonce"] = json!("rg1");
    body["enforce_nonce"] = json!(true);
    let first = puppet.says(channel, body.clone()).await.1;
    let again = puppet.says(channel, body.clone()).await.1;
    assert_eq!((&first["id"], &first["nonce"]), (&again["id"], &json!("rg1")));
    puppet.clock.advance(jiff::SignedDuration::from_mins(5));
    assert_eq!(puppet.says(channel, body.clone()).await.1["id"], first["id"]);
    puppet.clock.advance(jiff::SignedDuration::from_secs(1));
    assert_ne!(puppet.says(channel, body.clone()).await.1["id"], first["id"]);
    let id = first["id"].as_str().unwrap();
    let path = format!("/channels/{channel}/messages?limit=50");
    let found = puppet.ask("GET", &path, Value::Null).await.1;
    assert_eq!(found[1]["id"], json!(id), "the newest comes first");
    assert_eq!(found[1].get("nonce"), None, "nobody promises a nonce in a list");
    puppet.discord.assert_clean();
}

#[tokio::test]
async fn a_message_reaches_only_those_who_take_it() {
    let puppet = Puppet::new(LONG).await;
    let anna = puppet.discord.member("Anna");
    let channel = anna.direct();
    anna.takes_messages(false);
    assert_eq!(code(&puppet.says(channel, note("x")).await), (403, 50007));
    puppet.discord.with(|world| world.people.get_mut(&anna.id).unwrap().is_member = false);
    assert_eq!(code(&puppet.says(channel, note("x")).await), (403, 50278));
    assert_eq!(code(&puppet.says(7, note("x")).await), (404, 10003));
    puppet.discord.assert_clean();
}

#[tokio::test]
async fn a_person_does_only_what_his_screen_offers() {
    let puppet = Puppet::new(LONG).await;
    let (anna, ben) = (puppet.discord.member("Anna"), puppet.discord.member("Ben"));
    let order = puppet.order(&anna).await;
    assert!(anna.begin_press(&order, "Missed").is_err(), "no such button");
    assert!(ben.begin_press(&order, "Done").is_err(), "not his message");
    let pressed = anna.begin_press(&order, "Done").unwrap();
    let input = json!({
        "type": 4, "custom_id": "weight", "label": "Weight", "style": 1, "min_length": 2, "max_length": 4,
    });
    let row = json!({ "type": 1, "components": [input] });
    let form = json!({ "title": "Report", "custom_id": "report", "components": [row] });
    assert_eq!(puppet.answers(pressed, reply(9, form)).await.0, 204);
    let form = anna.outcome(pressed).await.form();
    assert!(ben.begin_submit(&form, &[("Weight", "82")]).is_err(), "not his form");
    assert!(anna.begin_submit(&form, &[]).is_err(), "it is required");
    assert!(anna.begin_submit(&form, &[("Weight", "8")]).is_err(), "too short");
    assert!(anna.begin_submit(&form, &[("Weight", "82.55")]).is_err(), "too long");
    assert!(anna.begin_submit(&form, &[("Height", "82.5")]).is_err(), "no such input");
    assert!(anna.begin_submit(&form, &[("Weight", "82.5")]).is_ok());
    assert!(anna.slash("/today", &[]).await.is_err(), "no such command");
    puppet.discord.assert_clean();
}

#[tokio::test]
async fn what_only_one_sees_nobody_else_does() {
    let puppet = Puppet::new(LONG).await;
    let (anna, ben) = (puppet.discord.member("Anna"), puppet.discord.member("Ben"));
    let public = puppet.discord.public();
    let button = json!({ "type": 2, "style": 1, "label": "Enlist", "custom_id": "enlist" });
    let mut body = note("Enlist here.");
    body["components"] = json!([{ "type": 1, "components": [button] }]);
    assert_eq!(puppet.says(public, body).await.0, 200);
    let seen = anna.reads_in(public, "Enlist").await;
    let pressed = anna.begin_press(&seen, "Enlist").unwrap();
    let mut whisper = note("Hello.");
    whisper["flags"] = json!(64);
    assert_eq!(puppet.answers(pressed, reply(4, whisper)).await.0, 204);
    assert_eq!((anna.sees(public).len(), ben.sees(public).len()), (2, 1));
    puppet.discord.assert_clean();
}

#[tokio::test]
async fn what_nobody_knows_is_a_violation() {
    let puppet = Puppet::new(LONG).await;
    assert_eq!(puppet.ask("GET", "/no/such/route", Value::Null).await.0, 404);
    let told = puppet.discord.with(|world| std::mem::take(&mut world.violations));
    assert!(told[0].contains("no such route"), "{told:?}");
    let anna = puppet.discord.member("Anna");
    let refused = puppet.says(anna.direct(), json!({ "contents": "x" })).await;
    assert_eq!(code(&refused), (400, 50035));
    let told = puppet.discord.with(|world| std::mem::take(&mut world.violations));
    assert!(told[0].contains("'/contents'"), "{told:?}");
}

#[tokio::test]
async fn what_shall_go_wrong_goes_wrong_so_often() {
    let puppet = Puppet::new(LONG).await;
    let channel = puppet.discord.member("Anna").direct();
    puppet.discord.fail(On::CreateMessage, 2, Fault::Refuse(500, 0));
    puppet.discord.fail(On::CreateMessage, 1, Fault::Limit(Limit::Global, 1.5));
    for status in [500, 500, 429, 200] {
        assert_eq!(puppet.says(channel, note("x")).await.0, status);
    }
    puppet.discord.fail(On::CreateMessage, 1, Fault::HangUpAfter);
    let url = format!("{}/api/v10/channels/{channel}/messages", puppet.discord.base());
    let asked = puppet.http.post(url).header("authorization", "Bot a-token-of-the-stand-in");
    assert!(asked.json(&note("y")).send().await.is_err());
    let kept = puppet.discord.with(|world| world.messages.len());
    assert_eq!((kept, puppet.discord.asked(On::CreateMessage)), (2, 5));
}

#[tokio::test]
async fn every_answer_of_its_own_is_as_discord_describes_it() {
    let puppet = Puppet::new(LONG).await;
    let anna = puppet.discord.member("Anna");
    let (bot, guild) = puppet.discord.with(|world| (world.bot, world.guild));
    let channel = puppet.discord.coaches();
    let order = puppet.order(&anna).await;
    for path in [
        "/gateway".to_owned(),
        "/gateway/bot".to_owned(),
        "/users/@me".to_owned(),
        "/applications/@me".to_owned(),
        "/oauth2/applications/@me".to_owned(),
        format!("/guilds/{guild}"),
        format!("/guilds/{guild}/roles"),
        format!("/guilds/{guild}/channels"),
        format!("/guilds/{guild}/members/{bot}"),
        format!("/guilds/{guild}/members/{}", anna.id),
        format!("/channels/{channel}"),
        format!("/channels/{}/messages/{}", order.channel, order.id),
        format!("/applications/{bot}/commands"),
    ] {
        assert_eq!(puppet.ask("GET", &path, Value::Null).await.0, 200, "{path}");
    }
    let option = json!({ "type": 6, "name": "client", "description": "Who.", "required": true });
    let command = json!({
        "name": "status", "description": "Shows a client.", "options": [option], "contexts": [0],
        "default_member_permissions": "0",
    });
    let path = format!("/applications/{bot}/guilds/{guild}/commands");
    assert_eq!(puppet.ask("PUT", &path, json!([command])).await.0, 200);
    let opened = json!({ "recipient_id": anna.id.to_string() });
    assert_eq!(puppet.ask("POST", "/users/@me/channels", opened).await.0, 200);
    puppet.discord.assert_clean();
}
