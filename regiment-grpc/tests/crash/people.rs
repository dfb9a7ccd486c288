//! Clients who came days ago, so that a server on the machine's clock has days of triggers to catch up with.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use regiment_core::calendar::{DayOfWeek, Zone, cycle_start, local_date};
use regiment_core::record::{Actor, ClientProfile, Goal};
use regiment_core::regiment::{Inbox, Regiment};
use regiment_core::store::Store;
use regiment_core::{Clock as _, ManualClock, OrderNumber, Policy, SystemClock, UserId, testing};

/// A client of the load.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Counts from 1.
    pub(crate) number: u32,
    pub(crate) user_id: UserId,
}

/// The days for which a client who comes between two lives has been one.
const DAYS: i64 = 9;

/// Opens the practice as it was at an instant.
async fn open(url: &str, policy: &Policy, at: Timestamp) -> (Regiment, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(at));
    let store = Store::open(url).await.expect("a database");
    store.migrate_up(at).await.expect("migrations apply");
    let regiment = Regiment::open_with(store, clock.clone(), policy).await.expect("a practice");
    (regiment, clock)
}

/// Lets `n` clients come five days ago and live until thirty hours ago: they were sent orders, and answer none. Returns
/// them with the numbers of the messages they got.
pub(crate) async fn old_company(url: &str, policy: &Policy, n: u32) -> (Vec<Person>, Vec<String>) {
    let now = SystemClock.now();
    let begin = now - SignedDuration::from_hours(5 * 24);
    let (regiment, clock) = open(url, policy, begin).await;
    let people = enlist(&regiment, 1..=n, begin).await;
    let inbox = Inbox::default();
    while clock.now() < now - SignedDuration::from_hours(30) {
        clock.advance(SignedDuration::from_hours(1));
        regiment.tick().await.expect("what is due is decided");
        regiment.deliver(&inbox).await.expect("messages leave");
    }
    regiment.store().close().await;
    let received = inbox.take();
    let number = |key: &str| OrderNumber::of(key).visible().to_owned();
    (people, received.iter().map(|received| number(&received.key)).collect())
}

/// Lets clients come nine days ago, of whom no server has heard.
pub(crate) async fn newcomers(
    url: &str,
    policy: &Policy,
    numbers: std::ops::RangeInclusive<u32>,
) -> Vec<Person> {
    let came = SystemClock.now() - SignedDuration::from_hours(DAYS * 24);
    let (regiment, _) = open(url, policy, came).await;
    let people = enlist(&regiment, numbers, came).await;
    regiment.store().close().await;
    people
}

async fn enlist(
    regiment: &Regiment,
    numbers: std::ops::RangeInclusive<u32>,
    came: Timestamp,
) -> Vec<Person> {
    let coach = Actor::Coach("1".to_owned());
    let mut people = Vec::new();
    for number in numbers {
        let profile = profile(number, came);
        let user_id = profile.user_id;
        regiment.create(profile, &coach).await.expect("a new client");
        people.push(Person { number, user_id });
    }
    people
}

/// Returns the id of the client with a number.
pub(crate) fn user_id(number: u32) -> UserId {
    format!("{}", 8_000_000_000_u64 + u64::from(number)).parse().expect("digits")
}

fn profile(number: u32, came: Timestamp) -> ClientProfile {
    let zone = zone(number);
    let start = cycle_start(local_date(&zone, came));
    let today = local_date(&zone, SystemClock.now());
    let templates = ["template_a", "template_b", "template_c", "template_d"];
    let goals = [Goal::Cut, Goal::Bulk, Goal::Recomp];
    ClientProfile {
        subject: None,
        goal: goals[number as usize % goals.len()],
        meal_template_id: Some(testing::slug(templates[number as usize % templates.len()])),
        start_date: start,
        cycle_start_date: start,
        block_start_date: Some(start),
        // He trains today.
        training_days: [0, 2, 4]
            .map(|days| DayOfWeek::of(regiment_core::calendar::days_after(today, days)))
            .to_vec(),
        timezone_offset: zone,
        version: 0,
        ..testing::client(user_id(number).as_str())
    }
}

/// For half of them it is morning now, so that every stream is open; the others live anywhere.
pub(crate) fn zone(number: u32) -> Zone {
    const ANYWHERE: [&str; 5] =
        ["Asia/Kathmandu", "America/New_York", "Europe/London", "UTC-3:30", "Pacific/Auckland"];
    let hour = i32::from(SystemClock.now().to_zoned(TimeZone::UTC).hour());
    let at = |local: i32| {
        let east = (local - hour).rem_euclid(24);
        let offset = if east > 14 { east - 24 } else { east };
        format!("UTC{offset:+}")
    };
    let text = match number % 4 {
        0 | 1 => at(8),
        2 => at(15),
        _ => ANYWHERE[(number / 4) as usize % ANYWHERE.len()].to_owned(),
    };
    Zone::parse(&text).expect("a zone")
}
