//! What becomes of a message when Discord, the network or the bot fail: cases 16 to 26 of `docs/discord-cases.md`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use regiment_core::message::{Dispatch, Message, Priority, Recipient};
use regiment_core::record::AlertKind;
use regiment_core::store::{AlertsWanted, DeliveryState, Tracked};
use regiment_core::{Clock as _, testing};

use crate::company::Company;
use crate::stand_in::PATIENCE;
use crate::stand_in::faults::{Fault, Limit, On};
use crate::stand_in::person::Person;
use crate::stand_in::world::{Access, Place, Timings};

const MONDAY: &str = "2026-03-02T12:00:00Z";

/// The most requests in a second that the bot makes, of Discord's 50.
const MOST_A_SECOND: usize = 40;

impl Company {
    /// Puts words of a coach for somebody into the outbox, due now; they say their key.
    pub(crate) async fn tell(&self, keys: &[(&Person, &str)]) {
        self.tell_until(keys, None).await;
    }

    async fn tell_until(&self, keys: &[(&Person, &str)], lasts: Option<SignedDuration>) {
        let now = self.clock.now();
        let dispatch = |(to, key): &(&Person, &str)| Dispatch {
            key: (*key).to_owned(),
            to: Recipient::Client(testing::user(&to.id.to_string())),
            message: Message::Private { text: format!("This is {key}.") },
            priority: Priority::Order,
            not_before: now,
            expires_at: lasts.map(|lasts| now + lasts),
            delivers: None,
        };
        self.put(&keys.iter().map(dispatch).collect::<Vec<_>>()).await;
    }

    async fn put(&self, messages: &[Dispatch]) {
        let mut tx = self.regiment.store().begin().await.expect("a transaction");
        tx.put_messages(messages, self.clock.now()).await.expect("messages are written");
        tx.commit().await.expect("they are kept");
    }

    async fn message(&self, key: &str) -> Tracked {
        let mut tx = self.regiment.store().read().await.expect("the store is there");
        tx.message(key).await.expect("the store is there").expect("a message")
    }

    /// Waits until a message is as it must be.
    async fn comes_to(&self, key: &str, is_so: impl Fn(&Tracked) -> bool) -> Tracked {
        let since = Instant::now();
        loop {
            let found = self.message(key).await;
            if is_so(&found) {
                return found;
            }
            assert!(since.elapsed() < PATIENCE, "{found:#?}\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn is_delivered(&self, key: &str) -> Tracked {
        self.comes_to(key, |found| found.state == DeliveryState::Delivered).await
    }

    async fn alerts(&self) -> Vec<AlertKind> {
        let alerts = self.regiment.alerts(&AlertsWanted::default(), 100).await;
        alerts.expect("the store is there").into_iter().map(|alert| alert.kind).collect()
    }
}

impl Person {
    /// Returns how often a message with a key came.
    fn got(&self, key: &str) -> usize {
        let text = format!("This is {key}.");
        self.sees(self.direct()).iter().filter(|seen| seen.content.contains(&text)).count()
    }
}

#[tokio::test]
async fn what_waited_for_a_bot_is_sent_once_by_the_next() {
    let mut company = Company::without_bot(MONDAY, Timings::default()).await;
    let anna = company.soldier("Anna").await;
    company.tell(&[(&anna, "first")]).await;
    company.start_bot(&[]).await;
    company.is_delivered("first").await;
    assert_eq!(anna.got("first"), 1);
    company.kill_bot();
    company.tell(&[(&anna, "second")]).await;
    company.start_bot(&[]).await;
    company.is_delivered("second").await;
    assert_eq!((anna.got("first"), anna.got("second")), (1, 1));
    company.assert_clean();
}

/// Kills the bot between the moment in which Discord has a message and the moment in which the bot knows it.
async fn killed_before_it_knew(later: SignedDuration) {
    let mut company = Company::muster(MONDAY).await;
    let anna = company.soldier("Anna").await;
    company.sent().await;
    company.discord.fail(On::CreateMessage, 1, Fault::SilentAfter);
    company.tell(&[(&anna, "first")]).await;
    anna.reads("This is first.").await;
    company.kill_bot();
    company.clock.advance(later);
    company.start_bot(&[]).await;
    company.is_delivered("first").await;
    assert_eq!(anna.got("first"), 1);
    company.assert_clean();
}

#[tokio::test]
async fn a_bot_that_dies_before_it_knows_repeats_nothing() {
    killed_before_it_knew(SignedDuration::from_secs(61)).await;
}

#[tokio::test]
async fn a_bot_that_dies_before_it_knows_repeats_nothing_after_the_nonce_is_forgotten() {
    killed_before_it_knew(SignedDuration::from_mins(10)).await;
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_no_second_message() {
    let company = Company::muster(MONDAY).await;
    let anna = company.soldier("Anna").await;
    for (fault, key) in [
        (Fault::HangUpAfter, "hung-up"),
        (Fault::Cut, "cut"),
        (Fault::Trickle(Duration::from_millis(800)), "slow"),
        (Fault::Embellish, "embellished"),
        (Fault::HangUp, "never-sent"),
    ] {
        company.sent().await;
        company.discord.fail(On::CreateMessage, 1, fault);
        company.tell(&[(&anna, key)]).await;
        company.is_delivered(key).await;
        assert_eq!(anna.got(key), 1, "{key}");
    }
    assert_eq!(company.discord.with(|world| world.faults.len()), 0);
    company.assert_clean();
}

#[tokio::test]
async fn a_limit_is_waited_for() {
    let company = Company::muster(MONDAY).await;
    let anna = company.soldier("Anna").await;
    for (fault, key) in [
        (Fault::Limit(Limit::Route, 1.2), "route"),
        (Fault::Limit(Limit::Shared, 1.2), "shared"),
        (Fault::Limit(Limit::Global, 1.2), "global"),
        (Fault::Limit(Limit::Bare, 1.2), "bare"),
    ] {
        company.sent().await;
        company.discord.fail(On::CreateMessage, 1, fault);
        let before = Instant::now();
        company.tell(&[(&anna, key)]).await;
        company.is_delivered(key).await;
        assert!(before.elapsed() >= Duration::from_millis(1_150), "{key}: {:?}", before.elapsed());
        assert_eq!(anna.got(key), 1, "{key}");
    }
    company.assert_clean();
}

#[tokio::test]
async fn a_limit_of_an_hour_is_left_to_the_server() {
    let company = Company::muster(MONDAY).await;
    let anna = company.soldier("Anna").await;
    company.sent().await;
    company.discord.fail(On::CreateMessage, 1, Fault::Limit(Limit::Route, 3_600.0));
    company.tell(&[(&anna, "late")]).await;
    company.comes_to("late", |found| found.last_error.is_some()).await;
    let next = company.next_message().await.expect("it waits");
    let wait = next.duration_since(company.clock.now());
    assert!(wait > SignedDuration::from_mins(55), "{wait:?}");
    assert_eq!(anna.got("late"), 0);
    company.assert_clean();
}

#[tokio::test]
async fn what_is_in_front_of_discord_is_believed_to_be_down() {
    let company = Company::muster(MONDAY).await;
    let anna = company.soldier("Anna").await;
    for (status, key) in [(502, "bad-gateway"), (500, "broken")] {
        company.sent().await;
        company.discord.fail(On::CreateMessage, 1, Fault::Html(status));
        company.tell(&[(&anna, key)]).await;
        company.is_delivered(key).await;
        assert_eq!(anna.got(key), 1, "{key}");
    }
    company.assert_clean();
}

#[tokio::test]
async fn a_page_of_html_with_429_stops_everything() {
    let company = Company::muster(MONDAY).await;
    let (anna, ben) = (company.soldier("Anna").await, company.soldier("Ben").await);
    company.sent().await;
    company.discord.fail(On::CreateMessage, 1, Fault::Html(429));
    company.tell(&[(&anna, "banned")]).await;
    company.comes_to("banned", |found| found.last_error.is_some()).await;
    let before = company.discord.asked(On::CreateMessage);
    company.tell(&[(&ben, "waits")]).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(company.discord.asked(On::CreateMessage), before, "nothing is sent in a ban");
    company.assert_clean();
}

#[tokio::test]
async fn closed_direct_messages_lead_to_the_private_channel_or_to_a_card() {
    let company = Company::muster(MONDAY).await;
    let (anna, ben) = (company.discord.member("Anna"), company.soldier("Ben").await);
    let private = company.discord.with(|world| {
        let id = world.snowflake();
        let name = "anna-private".to_owned();
        let place = Place::Text { name, readers: None, access: Access::Write };
        world.channels.insert(id, place);
        id
    });
    company.enlist(&anna, |profile| profile.fallback_channel_id = Some(private.to_string())).await;
    company.sent().await;
    for person in [&anna, &ben] {
        person.takes_messages(false);
    }
    company.tell(&[(&anna, "to-anna"), (&ben, "to-ben")]).await;
    anna.reads_in(private, "This is to-anna.").await;
    company.is_delivered("to-anna").await;
    company.comes_to("to-ben", |found| found.state == DeliveryState::Refused).await;
    assert_eq!((anna.got("to-anna"), ben.got("to-ben")), (0, 0));
    let cards = company.regiment.open_cards(10).await.unwrap();
    assert_eq!(cards.len(), 1, "{cards:#?}");
    assert!(company.alerts().await.contains(&AlertKind::Unreachable));
    company.assert_clean();
}

#[tokio::test]
async fn somebody_who_left_the_guild_is_unreachable() {
    let company = Company::muster(MONDAY).await;
    let anna = company.soldier("Anna").await;
    company.sent().await;
    company.discord.with(|world| world.people.get_mut(&anna.id).unwrap().is_member = false);
    company.tell(&[(&anna, "gone")]).await;
    company.comes_to("gone", |found| found.state == DeliveryState::Refused).await;
    assert!(company.alerts().await.contains(&AlertKind::Unreachable));
    company.assert_clean();
}

#[tokio::test]
async fn a_channel_that_is_gone_is_opened_anew() {
    let company = Company::muster(MONDAY).await;
    let anna = company.soldier("Anna").await;
    company.sent().await;
    let old = anna.direct();
    company.discord.with(|world| world.channels.remove(&old));
    company.tell(&[(&anna, "found")]).await;
    company.is_delivered("found").await;
    assert_ne!(anna.direct(), old);
    assert_eq!((anna.got("found"), company.discord.asked(On::OpenDirect)), (1, 1));
    company.assert_clean();
}

#[tokio::test]
async fn opening_too_many_direct_messages_waits() {
    let company = Company::muster(MONDAY).await;
    let anna = company.soldier("Anna").await;
    company.sent().await;
    let old = anna.direct();
    company.discord.with(|world| world.channels.remove(&old));
    company.discord.fail(On::OpenDirect, 1, Fault::Refuse(403, 40003));
    company.tell(&[(&anna, "late")]).await;
    let is_throttled = |found: &Tracked| found.last_error.as_deref() == Some("dm_throttled");
    company.comes_to("late", is_throttled).await;
    let next = company.next_message().await.expect("it waits");
    assert!(next.duration_since(company.clock.now()) >= SignedDuration::from_secs(50), "{next}");
    company.assert_clean();
}

#[tokio::test]
async fn a_channel_that_is_closed_to_the_bot_raises_one_alert() {
    let mut company = Company::muster(MONDAY).await;
    let channel = company.discord.coaches();
    let close = |access| {
        company.discord.with(|world| {
            if let Some(Place::Text { access: is, .. }) = world.channels.get_mut(&channel) {
                *is = access;
            }
        });
    };
    close(Access::ReadOnly);
    let now = company.clock.now();
    let dispatch = Dispatch {
        key: "to-the-coaches".to_owned(),
        to: Recipient::Coaches,
        message: Message::Private { text: "This is news.".to_owned() },
        priority: Priority::Alert,
        not_before: now,
        expires_at: None,
        delivers: None,
    };
    company.put(&[dispatch]).await;
    let waits = company.comes_to("to-the-coaches", |found| found.last_error.is_some()).await;
    assert_eq!(waits.last_error.as_deref(), Some("no_access"));
    let lost = |kinds: &[AlertKind]| kinds.iter().filter(|k| **k == AlertKind::ChannelLost).count();
    assert_eq!(lost(&company.alerts().await), 1);
    close(Access::Write);
    // The bot leaves the channel alone for a quarter of an hour of its own; another one does not know of it.
    company.kill_bot();
    company.clock.advance(SignedDuration::from_mins(16));
    company.start_bot(&[]).await;
    company.is_delivered("to-the-coaches").await;
    company.assert_clean();
}

#[tokio::test]
async fn a_message_that_discord_finds_malformed_ends_with_an_alert() {
    let company = Company::muster(MONDAY).await;
    let anna = company.soldier("Anna").await;
    company.sent().await;
    company.discord.fail(On::CreateMessage, 1, Fault::Refuse(400, 50035));
    company.tell(&[(&anna, "bad")]).await;
    company.comes_to("bad", |found| found.state == DeliveryState::Refused).await;
    assert!(company.alerts().await.contains(&AlertKind::MessageRejected));
    company.assert_clean();
}

#[tokio::test]
async fn a_bot_whose_token_is_revoked_does_not_hammer() {
    let mut company = Company::muster(MONDAY).await;
    let people = [company.soldier("Anna").await, company.soldier("Ben").await];
    company.sent().await;
    let token = company.discord.with(|world| std::mem::replace(&mut world.token, "new".to_owned()));
    let before = company.discord.asked(On::Anything);
    company.tell(&[(&people[0], "a"), (&people[1], "b"), (&people[0], "c")]).await;
    let mut bot = company.bot.take().expect("a bot");
    let since = Instant::now();
    while bot.ended().is_none() {
        assert!(since.elapsed() < PATIENCE, "it goes on: {}", bot.says());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let asked = company.discord.asked(On::Anything) - before;
    assert!(asked <= 4, "{asked} requests with a token that Discord does not know");
    let alerts = company.alerts().await;
    let told = |kind| alerts.iter().filter(|alert| **alert == kind).count();
    let (unauthorized, trouble) = (told(AlertKind::BotUnauthorized), told(AlertKind::BotTrouble));
    assert_eq!((unauthorized, trouble), (1, 1), "{alerts:?}");

    company.discord.with(|world| world.token = token);
    company.clock.advance(SignedDuration::from_mins(6));
    company.start_bot(&[]).await;
    for (person, key) in [(&people[0], "a"), (&people[1], "b"), (&people[0], "c")] {
        company.is_delivered(key).await;
        assert_eq!(person.got(key), 1, "{key}");
    }
    company.assert_clean();
}

#[tokio::test]
async fn two_bots_send_everything_once() {
    let mut company = Company::muster(MONDAY).await;
    let anna = company.soldier("Anna").await;
    let ben = company.soldier("Ben").await;
    let mut second = company.spawn_bot(&[]);
    company.discord.until("two bots", |world| (world.sessions.begun >= 2).then_some(())).await;
    let keys: Vec<String> = (0..20).map(|n| format!("number-{n}-")).collect();
    let of = |n: usize| if n.is_multiple_of(2) { &anna } else { &ben };
    let all: Vec<(&Person, &str)> =
        keys.iter().enumerate().map(|(n, key)| (of(n), key.as_str())).collect();
    company.tell(&all).await;
    company.sent().await;
    for (person, key) in all {
        assert_eq!(person.got(key), 1, "{key}");
    }
    assert_eq!(second.ended(), None);
    company.assert_clean();
}

#[tokio::test]
async fn what_is_too_late_is_not_sent() {
    let mut company = Company::without_bot(MONDAY, Timings::default()).await;
    let anna = company.soldier("Anna").await;
    company.tell_until(&[(&anna, "stale")], Some(SignedDuration::from_mins(30))).await;
    company.clock.advance(SignedDuration::from_mins(31));
    company.start_bot(&[]).await;
    company.happen().await;
    company.comes_to("stale", |found| found.state == DeliveryState::Missed).await;
    company.sent().await;
    assert_eq!(anna.got("stale"), 0);
    company.assert_clean();
}

#[tokio::test]
async fn a_clock_that_jumps_sends_nothing_twice() {
    let company = Company::muster(MONDAY).await;
    let anna = company.soldier("Anna").await;
    company.sent().await;
    for (key, jump) in [("ahead", 1), ("back", -1), ("now", 0)] {
        company.clock.advance(SignedDuration::from_hours(jump));
        company.tell(&[(&anna, key)]).await;
        company.happen().await;
        company.is_delivered(key).await;
    }
    company.clock.advance(SignedDuration::from_hours(2));
    company.happen().await;
    company.sent().await;
    assert_eq!(["ahead", "back", "now"].map(|key| anna.got(key)), [1, 1, 1]);
    company.assert_clean();
}

#[tokio::test]
async fn five_hundred_messages_leave_in_order_and_below_the_limit() {
    let company = Company::muster(MONDAY).await;
    let mut people = Vec::new();
    for n in 0..50 {
        people.push(company.soldier(&format!("Person {n}")).await);
    }
    company.sent().await;
    let keys: Vec<String> = (0..500).map(|n| format!("number-{n:03}")).collect();
    let all: Vec<(&Person, &str)> =
        keys.iter().enumerate().map(|(n, key)| (&people[n % 50], key.as_str())).collect();
    let since = Instant::now();
    company.tell(&all).await;
    company.sent().await;
    let lasted = since.elapsed();
    for person in &people {
        let said = person.sees(person.direct());
        let keys: Vec<&str> =
            said.iter().filter_map(|seen| seen.content.split("This is ").nth(1)).collect();
        assert_eq!(keys.len(), 10);
        assert!(keys.is_sorted(), "{keys:?}");
    }
    let mut a_second: BTreeMap<u64, usize> = BTreeMap::new();
    company.discord.with(|world| {
        let first = world.requests[0].at;
        for request in &world.requests {
            *a_second.entry(request.at.duration_since(first).as_secs()).or_default() += 1;
        }
    });
    let most = a_second.values().max().copied().unwrap_or_default();
    eprintln!("500 messages in {lasted:?}, at most {most} requests in a second");
    // A window that is laid otherwise than the bot's may catch a few more.
    assert!(most <= MOST_A_SECOND + 5, "{a_second:?}");
    company.assert_clean();
}

#[tokio::test]
async fn a_bot_that_was_kicked_is_invited_again_and_goes_on() {
    let mut company = Company::muster(MONDAY).await;
    let anna = company.soldier("Anna").await;
    company.sent().await;
    company.discord.with(|world| world.is_invited = false);
    let now = company.clock.now();
    let board = Dispatch {
        key: "kicked".to_owned(),
        to: Recipient::Coaches,
        message: Message::Private { text: "This is kicked.".to_owned() },
        priority: Priority::Alert,
        not_before: now,
        expires_at: None,
        delivers: None,
    };
    company.put(&[board]).await;
    company.comes_to("kicked", |found| found.last_error.is_some()).await;
    company.discord.with(|world| world.is_invited = true);
    company.kill_bot();
    company.clock.advance(SignedDuration::from_mins(16));
    company.start_bot(&[]).await;
    company.is_delivered("kicked").await;
    company.tell(&[(&anna, "back")]).await;
    company.is_delivered("back").await;
    assert_eq!(anna.got("back"), 1);
    company.assert_clean();
}

#[tokio::test]
async fn a_thousand_refusals_stop_the_sender() {
    let company = Company::muster(MONDAY).await;
    let mut people = Vec::new();
    for n in 0..50 {
        people.push(company.soldier(&format!("Person {n}")).await);
    }
    company.sent().await;
    let before = company.discord.asked(On::Anything);
    company.discord.fail(On::CreateMessage, 100_000, Fault::Limit(Limit::Route, 0.1));
    let keys: Vec<String> = (0..50).map(|n| format!("number-{n}")).collect();
    let all: Vec<(&Person, &str)> = people.iter().zip(keys.iter().map(String::as_str)).collect();
    company.tell(&all).await;
    let (mut asked, mut since) = (0, Instant::now());
    while since.elapsed() < Duration::from_secs(5) {
        let now = company.discord.asked(On::Anything) - before;
        assert!(now < 1_200, "it goes on: {now} requests");
        if now != asked {
            (asked, since) = (now, Instant::now());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!((990..1_200).contains(&asked), "{asked} requests before it stopped");
    assert!(company.alerts().await.contains(&AlertKind::BotTrouble), "{}", company.log());
    company.assert_clean();
}

#[tokio::test]
async fn the_night_in_which_clocks_change_sends_each_order_once() {
    let company = Company::muster("2026-03-28T12:00:00Z").await;
    let anna = company.discord.member("Anna");
    company
        .enlist(&anna, |profile| {
            profile.timezone_offset = testing::zone("Europe/London");
        })
        .await;
    company.live_until("2026-03-29T04:29:00Z").await;
    let orders = || {
        let said = anna.sees(anna.direct());
        said.into_iter().filter(|seen| seen.content.contains("Sunday, 2026-03-29")).count()
    };
    assert_eq!(orders(), 0, "it is 05:29");
    company.live_until("2026-03-29T04:30:00Z").await;
    assert_eq!(orders(), 1, "the check-in");
    company.live_until("2026-03-29T12:00:00Z").await;
    assert_eq!(orders(), 2, "and the fuel");
    company.assert_clean();
}
