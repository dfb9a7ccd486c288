//! What people press, type and submit when something is wrong: cases 1 to 15 of `docs/discord-cases.md`.

use std::time::Duration;

use jiff::SignedDuration;
use regiment_core::record::Actor;
use regiment_core::testing::{date, user};
use serde_json::{Value, json};

use crate::company::Company;
use crate::process::KEY;
use crate::stand_in::PATIENCE;
use crate::stand_in::components::Control;
use crate::stand_in::faults::{Fault, On};
use crate::stand_in::person::{Person, Reply, Seen};
use crate::stand_in::world::{Answered, Timings, World};

/// The longest that the first answer may take, whatever hangs.
const LONGEST: Duration = Duration::from_millis(2_500);

/// How long a handler is stalled.
const STALL: Duration = Duration::from_secs(5);

impl Company {
    /// Returns what stands in the records of what a client entered, every revision.
    pub(crate) async fn entered(&self, person: &Person) -> Vec<String> {
        let (from, until) = (date("2026-01-01"), date("2026-12-31"));
        let user_id = user(&person.id.to_string());
        let found = self.regiment.revisions(user_id, None, from, until).await;
        let mut found = found.expect("the store is there");
        found.retain(|revision| revision.by != Actor::System);
        found.sort_by_key(|revision| (revision.recorded_at, revision.number));
        let told = found.iter().map(|revision| {
            let key = revision.log.key();
            let log = serde_json::to_value(&revision.log).expect("a record is JSON");
            let status = log["status"].as_str().unwrap_or_default();
            format!("{} {} {} {status}", key.date, key.stream, key.item)
        });
        told.collect()
    }

    /// Returns how many meals stand as eaten.
    pub(crate) async fn meals_of(&self, person: &Person) -> usize {
        let entered = self.entered(person).await;
        entered.iter().filter(|log| log.contains(" meal ") && log.ends_with(" completed")).count()
    }
}

/// Asserts that somebody was answered, and not left with a failure.
#[track_caller]
fn answered(reply: &Reply) {
    assert!(!matches!(reply, Reply::Failed | Reply::Thinking | Reply::Nothing), "{reply:?}");
}

/// Returns the custom id of a button.
fn id_of(seen: &Seen, named: &str) -> String {
    let buttons = seen.rows.iter().flatten().filter_map(|control| match control {
        Control::Button { custom_id, label, .. } => Some((custom_id, label)),
        Control::Link { .. } | Control::Menu { .. } => None,
    });
    let mut found = buttons.filter(|(_, label)| label.contains(named)).map(|(id, _)| id.clone());
    found.next().unwrap_or_else(|| panic!("no button '{named}': {seen:?}"))
}

#[tokio::test]
async fn a_handler_that_takes_five_seconds_is_put_off_and_finished() {
    let (company, anna, order) = Company::with_an_order(Timings::default()).await;
    let stalled = company.regiment.store().begin().await.unwrap();
    let pressed = anna.begin_press(&order, "✅ Meal 1").unwrap();
    let let_go = async {
        tokio::time::sleep(STALL).await;
        drop(stalled);
    };
    let (reply, ()) = tokio::join!(anna.outcome(pressed), let_go);
    answered(&reply);
    let (took, how) = company.discord.with(|world| {
        let found = &world.interactions[&pressed];
        (found.took.unwrap(), found.answered.clone().unwrap())
    });
    assert!(took < LONGEST, "{took:?}");
    assert!(matches!(how, Answered::Deferred(_) | Answered::DeferredUpdate), "{how:?}");
    assert_eq!(company.meals_of(&anna).await, 1);
    company.assert_clean();
}

#[tokio::test]
async fn an_interaction_that_discord_has_forgotten_is_filed_and_said() {
    let (company, anna, order) = Company::with_an_order(Timings::default()).await;
    company.discord.fail(On::Callback, 1, Fault::Refuse(404, 10062));
    assert_eq!(anna.press(&order, "✅ Meal 1").await, Ok(Reply::Failed));
    assert_eq!(company.meals_of(&anna).await, 1);
    // What Discord did not take as an answer shows on the message itself.
    let shows = |world: &mut World| (world.messages[&order.id].edits > 0).then_some(());
    company.discord.until("the order shows it", shows).await;
    answered(&anna.press(&order, "✅ Meal 1").await.unwrap());
    assert_eq!(company.meals_of(&anna).await, 1);
    company.assert_clean();
}

#[tokio::test]
async fn an_answer_that_came_through_unheard_is_gone_on_with() {
    for fault in [Fault::HangUpAfter, Fault::SilentAfter] {
        let (company, anna, order) = Company::with_an_order(Timings::default()).await;
        company.discord.fail(On::Callback, 1, fault);
        answered(&anna.press(&order, "✅ Meal 1").await.unwrap());
        assert_eq!(company.meals_of(&anna).await, 1);
        company.assert_clean();
    }
}

#[tokio::test]
async fn two_devices_that_press_at_once_file_once() {
    let (company, anna, order) = Company::with_an_order(Timings::default()).await;
    let first = anna.begin_press(&order, "✅ Meal 1").unwrap();
    let second = anna.begin_press(&order, "✅ Meal 1").unwrap();
    let (first, second) = tokio::join!(anna.outcome(first), anna.outcome(second));
    answered(&first);
    answered(&second);
    assert_eq!(company.meals_of(&anna).await, 1);
    company.assert_clean();
}

#[tokio::test]
async fn the_last_answer_before_the_deadline_counts() {
    let (company, anna, order) = Company::with_an_order(Timings::default()).await;
    answered(&anna.press(&order, "✅ Meal 1").await.unwrap());
    company.clock.advance(SignedDuration::from_mins(1));
    answered(&anna.press(&order, "❌ Meal 1").await.unwrap());
    let entered = company.entered(&anna).await;
    let told: Vec<&str> = entered.iter().filter_map(|log| log.rsplit(' ').next()).collect();
    assert_eq!(told, ["completed", "missed"], "{entered:?}");
    company.assert_clean();
}

#[tokio::test]
async fn a_button_of_somebody_else_files_nothing() {
    let (company, anna, order) = Company::with_an_order(Timings::default()).await;
    let ben = company.soldier("Ben").await;
    company.tell(&[(&ben, "his")]).await;
    let his = ben.reads("This is his.").await;
    let stolen = ben.forge(&his, &id_of(&order, "✅ Meal 1")).await;
    assert!(stolen.note().content.contains("not yours"));
    assert_eq!((company.meals_of(&anna).await, company.meals_of(&ben).await), (0, 0));
    company.assert_clean();
}

#[tokio::test]
async fn a_button_of_another_time_is_refused_in_words() {
    let (mut company, anna, order) = Company::with_an_order(Timings::default()).await;
    let id = id_of(&order, "✅ Meal 1");
    let mut tampered = id.clone().into_bytes();
    let last = tampered.len() - 1;
    tampered[last] = if tampered[last] == b'A' { b'B' } else { b'A' };
    let tampered = String::from_utf8(tampered).unwrap();
    let outdated = id.replacen("r1", "r0", 1);
    let shorter = id[..id.len() - 4].to_owned();
    for id in [tampered.as_str(), &outdated, &shorter, "r1", "r1.zz.1.AAAAAAAAAAAAAA", "hello", "é"]
    {
        let said = anna.forge(&order, id).await.note();
        assert!(said.is_for_one && said.content.contains("/today"), "{id}: {}", said.content);
    }
    assert_eq!(company.meals_of(&anna).await, 0);

    // A bot with another key is another bot, unless it knows the key before.
    company.kill_bot();
    let other = "another key of the tests, more than 32 bytes";
    company.start_bot(&[("REGIMENT_BOT_KEY", other)]).await;
    let said = anna.press(&order, "✅ Meal 1").await.unwrap();
    assert!(matches!(said, Reply::Note(_)), "{said:?}");
    assert_eq!(company.meals_of(&anna).await, 0);
    company.kill_bot();
    company.start_bot(&[("REGIMENT_BOT_KEY", other), ("REGIMENT_BOT_OLD_KEY", KEY)]).await;
    answered(&anna.press(&order, "✅ Meal 1").await.unwrap());
    assert_eq!(company.meals_of(&anna).await, 1);

    company.clock.advance(SignedDuration::from_hours(24 * 90));
    let said = anna.press(&order, "✅ Meal 2").await.unwrap();
    answered(&said);
    assert_eq!(company.meals_of(&anna).await, 1, "it has long been closed: {said:?}");
    company.assert_clean();
}

#[tokio::test]
async fn a_form_outlives_the_bot_that_opened_it() {
    let (mut company, anna, order) = Company::with_an_order(Timings::default()).await;
    let form = anna.press(&order, "Log cardio").await.unwrap().form();
    company.kill_bot();
    company.start_bot(&[]).await;
    // Whoever takes a quarter of an hour over a form submits it under a token of its own.
    company.clock.advance(SignedDuration::from_secs(15 * 60 + 1));
    answered(&anna.submit(&form, &[("Minutes", "30")]).await.unwrap());
    let entered = company.entered(&anna).await;
    assert!(entered[0].contains("cardio") && entered[0].ends_with("completed"), "{entered:?}");
    company.assert_clean();
}

#[tokio::test]
async fn of_two_open_forms_the_one_submitted_last_counts() {
    let (company, anna, order) = Company::with_an_order(Timings::default()).await;
    let first = anna.press(&order, "Log cardio").await.unwrap().form();
    let second = anna.press(&order, "Log cardio").await.unwrap().form();
    answered(&anna.submit(&second, &[("Minutes", "30")]).await.unwrap());
    company.clock.advance(SignedDuration::from_mins(1));
    answered(&anna.submit(&first, &[("Minutes", "12")]).await.unwrap());
    let entered = company.entered(&anna).await;
    assert_eq!(entered.len(), 2, "{entered:?}");
    assert!(entered[1].ends_with("underperformed"), "{entered:?}");
    company.assert_clean();
}

/// Puts an answer off that is filed at once, lets so much time go by before Discord takes it, and returns what became
/// of it.
async fn put_off_for(later: SignedDuration) -> (Company, Person, Seen, Reply) {
    let (company, anna, order) = Company::with_an_order(Timings::default()).await;
    let stalled = company.regiment.store().begin().await.expect("a transaction");
    company.discord.fail(On::EditAnswer, 1_000, Fault::Refuse(500, 0));
    let pressed = anna.begin_press(&order, "✅ Meal 1").expect("a button");
    let answered = |world: &mut World| world.interactions[&pressed].answered.clone();
    company.discord.until("it is put off", answered).await;
    drop(stalled);
    let is_filed = async {
        while company.meals_of(&anna).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, is_filed).await.expect("it is filed");
    company.clock.advance(later);
    company.discord.heal();
    let reply = anna.outcome(pressed).await;
    (company, anna, order, reply)
}

#[tokio::test]
async fn an_answer_that_was_put_off_comes_until_its_token_ends() {
    let (company, _, _, reply) = put_off_for(SignedDuration::from_secs(14 * 60 + 59)).await;
    assert!(matches!(reply, Reply::Changed(_)), "{reply:?}");
    company.assert_clean();
}

#[tokio::test]
async fn an_answer_whose_token_has_ended_is_lost_and_the_log_is_not() {
    let (company, anna, order, reply) = put_off_for(SignedDuration::from_secs(15 * 60 + 1)).await;
    assert_eq!(reply, Reply::Nothing);
    assert_eq!(company.meals_of(&anna).await, 1);
    answered(&anna.press(&order, "✅ Meal 2").await.unwrap());
    assert_eq!(company.meals_of(&anna).await, 2);
    company.assert_clean();
}

#[tokio::test]
async fn a_frame_with_what_nobody_knows_is_answered_or_survived() {
    let (company, anna, order) = Company::with_an_order(Timings::default()).await;
    let id = id_of(&order, "✅ Meal 1");
    let press = |change: &dyn Fn(&mut Value)| {
        company.discord.with(|world| {
            let pressed = world.snowflake();
            let mut frame = json!({
                "id": pressed.to_string(), "application_id": world.bot.to_string(), "type": 3,
                "token": format!("token-of-{pressed}"), "version": 1,
                "channel_id": order.channel.to_string(),
                "user": { "id": anna.id.to_string(), "username": "anna", "discriminator": "0" },
                "data": { "component_type": 2, "custom_id": id },
            });
            change(&mut frame);
            world.sessions.dispatch("INTERACTION_CREATE", &frame);
        });
    };
    press(&|frame| frame["data"]["component_type"] = json!(99));
    press(&|frame| frame["type"] = json!(77));
    press(&|frame| frame["application_id"] = Value::Null);
    press(&|frame| frame["something_new"] = json!({ "a": [1, null] }));
    press(&|frame| {
        frame.as_object_mut().expect("an object").remove("user");
    });
    press(&|frame| frame["data"] = Value::Null);
    press(&|frame| frame["id"] = json!("none"));
    tokio::time::sleep(Duration::from_secs(2)).await;
    answered(&anna.press(&order, "✅ Meal 2").await.unwrap());
    company.assert_clean();
}

#[tokio::test]
async fn a_choice_that_was_not_offered_is_refused() {
    let (company, anna, _) = Company::with_an_order(Timings::default()).await;
    let order = anna.reads("Check-in").await;
    let report = anna.press(&order, "Report in").await.unwrap().note();
    let mut menus = report.rows.iter().flatten().filter_map(|control| match control {
        Control::Menu { custom_id, .. } => Some(custom_id.clone()),
        Control::Button { .. } | Control::Link { .. } => None,
    });
    let menu = menus.next().expect("a menu");
    let said = anna.forge_choice(&report, &menu, "a value of another time").await;
    answered(&said);
    assert!(company.entered(&anna).await.is_empty());
    company.assert_clean();
}

#[tokio::test]
async fn a_server_that_is_away_is_said_and_what_comes_after_is_filed() {
    let (mut company, anna, order) = Company::with_an_order(Timings::default()).await;
    company.stop_server().await;
    let said = anna.press(&order, "✅ Meal 1").await.unwrap();
    assert!(said.note().content.contains("Not filed"));
    company.restart_server().await;
    let mut reply = Reply::Failed;
    for _ in 0..20 {
        reply = anna.press(&order, "✅ Meal 1").await.unwrap();
        if company.meals_of(&anna).await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    answered(&reply);
    assert_eq!(company.meals_of(&anna).await, 1, "{}", company.log());
    company.assert_clean();
}
