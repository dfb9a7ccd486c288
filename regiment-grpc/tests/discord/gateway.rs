//! What goes wrong with the gateway: cases 27 to 32 of `docs/discord-cases.md`.

use std::time::Duration;

use serde_json::json;

use crate::company::Company;
use crate::stand_in::faults::{Fault, On};
use crate::stand_in::gateway::Out;
use crate::stand_in::person::{Person, Reply, Seen};
use crate::stand_in::world::{Timings, World};
use crate::wire::Wire;

/// The morning on which orders begin.
const EVE: &str = "2026-03-02T12:00:00Z";
const MORNING: &str = "2026-03-03T06:00:00Z";

/// How long a bot may take to come back: it waits five seconds before it begins a session anew.
const PATIENCE: Duration = Duration::from_secs(30);

impl Company {
    /// Opens a practice in the morning, with a client who has the day's fuel order before him.
    pub(crate) async fn with_an_order(timings: Timings) -> (Self, Person, Seen) {
        Self::with_an_order_in("sqlite::memory:", timings).await
    }

    /// As [`Company::with_an_order`], over a database.
    pub(crate) async fn with_an_order_in(database: &str, timings: Timings) -> (Self, Person, Seen) {
        let mut company = Self::over(database, EVE, timings).await;
        company.start_bot(&[]).await;
        company.in_the_morning().await
    }

    /// Lets a client join, and the morning come.
    async fn in_the_morning(self) -> (Self, Person, Seen) {
        let anna = self.soldier("Anna").await;
        self.live_until(MORNING).await;
        let order = anna.reads("Fuel and cardio").await;
        (self, anna, order)
    }

    /// Waits until the bot has come back to the gateway.
    async fn comes_back(&self, is_back: impl Fn(&World) -> bool) {
        let back = |world: &mut World| (world.sessions.is_live() && is_back(world)).then_some(());
        let back = self.discord.within(PATIENCE, back).await;
        assert!(back.is_some(), "it does not come back: {}", self.log());
    }

    /// Asserts that a press on a meal is answered and logged once.
    async fn still_logs(&self, anna: &Person, order: &Seen, meal: u32) {
        let reply = anna.press(order, &format!("✅ Meal {meal}")).await.expect("a button");
        assert!(matches!(reply, Reply::Changed(_)), "{reply:?}\n{}", self.log());
        assert_eq!(self.meals_of(anna).await, usize::try_from(meal).expect("small"));
        self.assert_clean();
    }
}

#[tokio::test]
async fn a_bot_that_is_told_to_reconnect_resumes() {
    let (company, anna, order) = Company::with_an_order(Timings::default()).await;
    let again = json!({ "op": 7, "d": null }).to_string();
    company.discord.with(|world| world.sessions.tell(&Out::Text(again)));
    company.comes_back(|world| world.sessions.resumed == 1).await;
    company.still_logs(&anna, &order, 1).await;
}

#[tokio::test]
async fn a_connection_that_drops_is_resumed_and_the_click_is_heard() {
    let (company, anna, order) = Company::with_an_order(Timings::default()).await;
    company.discord.with(|world| world.sessions.tell(&Out::Drop));
    company.discord.until("it is gone", |world| (!world.sessions.is_live()).then_some(())).await;
    let pressed = anna.begin_press(&order, "✅ Meal 1").unwrap();
    company.comes_back(|world| world.sessions.resumed == 1).await;
    let reply = anna.outcome(pressed).await;
    assert!(!matches!(reply, Reply::Failed | Reply::Thinking), "{reply:?}");
    assert_eq!(company.meals_of(&anna).await, 1);
    company.still_logs(&anna, &order, 2).await;
}

#[tokio::test]
async fn a_session_that_is_not_valid_any_more_is_begun_anew() {
    let (company, anna, order) = Company::with_an_order(Timings::default()).await;
    company.discord.with(|world| {
        world.sessions.tell(&Out::Text(json!({ "op": 9, "d": false }).to_string()));
        world.sessions.forget();
    });
    company.comes_back(|world| world.sessions.begun == 2).await;
    company.still_logs(&anna, &order, 1).await;
}

#[tokio::test]
async fn a_session_that_may_be_resumed_is() {
    let (company, anna, order) = Company::with_an_order(Timings::default()).await;
    let again = json!({ "op": 9, "d": true }).to_string();
    company.discord.with(|world| world.sessions.tell(&Out::Text(again)));
    company.comes_back(|world| world.sessions.resumed + world.sessions.begun >= 2).await;
    company.still_logs(&anna, &order, 1).await;
}

#[tokio::test]
async fn a_connection_that_is_closed_with_a_code_comes_back() {
    for code in [4000, 4009] {
        let (company, anna, order) = Company::with_an_order(Timings::default()).await;
        company.discord.with(|world| world.sessions.tell(&Out::Close(code)));
        company.comes_back(|world| world.sessions.resumed + world.sessions.begun >= 2).await;
        company.still_logs(&anna, &order, 1).await;
    }
}

#[tokio::test]
async fn a_bot_whose_token_or_intents_are_refused_says_so_and_ends() {
    for code in [4004, 4014] {
        let mut company = Company::without_bot(EVE, Timings::default()).await;
        company.discord.with(|world| world.sessions.turned_away = Some(code));
        let mut bot = company.spawn_bot(&[]);
        let since = std::time::Instant::now();
        let status = loop {
            if let Some(status) = bot.ended() {
                break status;
            }
            assert!(since.elapsed() < PATIENCE, "it goes on: {}", bot.says());
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert!(matches!(status.code(), Some(1 | 2)), "{status}: {}", bot.says());
        assert!(!bot.says().contains("panicked"), "{}", bot.says());
    }
}

#[tokio::test]
async fn a_connection_on_which_nobody_answers_is_left() {
    let timings = Timings { heartbeat: Duration::from_millis(500), ..Timings::default() };
    let (company, anna, order) = Company::with_an_order(timings).await;
    company.discord.with(|world| world.sessions.is_mute = true);
    let gone = |world: &mut World| (!world.sessions.is_live()).then_some(());
    let gone = company.discord.within(PATIENCE, gone).await;
    assert!(gone.is_some(), "it stays with a dead connection: {}", company.log());
    company.discord.with(|world| world.sessions.is_mute = false);
    company.comes_back(|world| world.sessions.resumed + world.sessions.begun >= 2).await;
    company.still_logs(&anna, &order, 1).await;
}

#[tokio::test]
async fn an_event_that_comes_twice_is_done_once() {
    let (company, anna, order) = Company::with_an_order(Timings::default()).await;
    let pressed = anna.begin_press(&order, "✅ Meal 1").unwrap();
    company.discord.with(|world| world.sessions.repeat_last());
    let reply = anna.outcome(pressed).await;
    assert!(!matches!(reply, Reply::Failed | Reply::Thinking), "{reply:?}");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(company.meals_of(&anna).await, 1);
    let said = anna.sees(order.channel).iter().filter(|seen| seen.id > pressed).count();
    assert!(said <= 1, "it is answered once");
    company.still_logs(&anna, &order, 2).await;
}

#[tokio::test]
async fn a_bot_that_is_started_again_hears_what_is_pressed_then() {
    let (mut company, anna, order) = Company::with_an_order(Timings::default()).await;
    company.kill_bot();
    company.discord.until("it is gone", |world| (!world.sessions.is_live()).then_some(())).await;
    // Another process can't take the session over: what is pressed now fails visibly, and is pressed again.
    assert_eq!(anna.press(&order, "✅ Meal 1").await, Ok(Reply::Failed));
    company.start_bot(&[]).await;
    company.still_logs(&anna, &order, 1).await;
}

#[tokio::test]
async fn a_gateway_that_can_not_be_asked_for_is_asked_for_again() {
    let mut company = Company::without_bot(EVE, Timings::default()).await;
    company.discord.fail(On::GatewayUrl, 2, Fault::Refuse(503, 0));
    company.start_bot(&[]).await;
    assert!(company.discord.asked(On::GatewayUrl) >= 3);
    company.assert_clean();
}

#[tokio::test]
async fn frames_that_nobody_can_read_end_nothing() {
    let (company, anna, order) = Company::with_an_order(Timings::default()).await;
    let large = json!({ "op": 0, "s": 900, "t": "A_LARGE_EVENT", "d": "x".repeat(2 << 20) });
    let began = company.discord.with(|world| world.sessions.begun + world.sessions.resumed);
    for frame in [
        Out::Text("this is no JSON".to_owned()),
        Out::Text(json!({ "op": 99, "d": null }).to_string()),
        Out::Text(json!({ "op": 0, "s": null, "t": null, "d": null }).to_string()),
        Out::Binary(vec![0xff, 0xfe, 0x00, 0x9f]),
    ] {
        company.discord.with(|world| world.sessions.tell(&frame));
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let is_back = |world: &World| world.sessions.begun + world.sessions.resumed >= began;
    company.comes_back(is_back).await;
    company.still_logs(&anna, &order, 1).await;
    company.discord.with(|world| world.sessions.tell(&Out::Text(large.to_string())));
    tokio::time::sleep(Duration::from_millis(300)).await;
    company.comes_back(is_back).await;
    company.still_logs(&anna, &order, 2).await;
}

#[tokio::test]
async fn a_text_that_is_no_utf_8_ends_the_connection_and_nothing_is_lost() {
    let mut company = Company::without_bot(EVE, Timings::default()).await;
    let wire = Wire::lay(&company.discord.with(|world| world.address.clone())).await;
    company.discord.with(|world| world.gateway = wire.address.to_string());
    company.start_bot(&[]).await;
    let (company, anna, order) = company.in_the_morning().await;
    let began = company.discord.with(|world| world.sessions.begun + world.sessions.resumed);
    // A whole text frame of two bytes: the first promises a second that does not follow.
    wire.put(&[0x81, 0x02, 0xc3, 0x28]);
    company.comes_back(|world| world.sessions.begun + world.sessions.resumed > began).await;
    company.still_logs(&anna, &order, 1).await;
}
