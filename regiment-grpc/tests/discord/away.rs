//! The database of the server is away: case 33 of `docs/discord-cases.md`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::company::Company;
use crate::database::Database;
use crate::stand_in::PATIENCE;
use crate::stand_in::person::{Person, Reply, Seen};
use crate::stand_in::world::Timings;

/// How long it is away, seconds.
const AWAY: u32 = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_for_30_s_is_said_and_what_was_kept_is_filed_once() {
    let Some(database) = Database::postgres() else { return };
    let database = Arc::new(database);
    let (company, anna, order) =
        Company::with_an_order_in(&database.url(), Timings::default()).await;
    let cut = database.clone();
    let away = tokio::task::spawn_blocking(move || {
        cut.cluster().expect("a cluster").restart(AWAY);
    });
    let store = company.regiment.store();
    while store.probe(company.regiment.now()).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut kept = Vec::new();
    for meal in 1..=3 {
        assert!(
            !away.is_finished(),
            "the database was not away for long enough to be asked thrice"
        );
        let said = told(&company, &anna, &order, &format!("✅ Meal {meal}")).await;
        if said.contains("Received and kept") {
            kept.push(meal);
        } else {
            assert!(said.contains("Not filed"), "{said}");
        }
    }
    assert!(!kept.is_empty(), "nothing was kept: {}", company.log());
    away.await.expect("the database comes back");
    while store.probe(company.regiment.now()).await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // A turn of the scheduler stores what was kept; the next finds nothing more.
    company.happen().await;
    company.happen().await;
    let mut expected: Vec<String> =
        kept.iter().map(|meal| format!("meal{meal} completed")).collect();
    let mut entered = company.entered(&anna).await;
    entered.sort();
    expected.sort();
    assert_eq!(entered.len(), expected.len(), "{entered:?}, where {kept:?} were kept");
    for (entered, expected) in entered.iter().zip(&expected) {
        assert!(entered.ends_with(expected), "{entered}, not {expected}");
    }
    let mut reply = Reply::Failed;
    for _ in 0..20 {
        reply = anna.press(&order, "✅ Meal 4").await.expect("a button");
        if matches!(reply, Reply::Changed(_)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert!(matches!(reply, Reply::Changed(_)), "{reply:?}\n{}", company.log());
    assert_eq!(company.meals_of(&anna).await, kept.len() + 1);
    company.assert_clean();
}

/// Presses a button, and returns what is said of it; a press that was put off is spoken of afterwards.
async fn told(company: &Company, anna: &Person, order: &Seen, label: &str) -> String {
    let pressed = anna.begin_press(order, label).expect("the button stays");
    let reply = anna.outcome(pressed).await;
    assert!(!matches!(reply, Reply::Failed | Reply::Thinking), "{reply:?}\n{}", company.log());
    let since = Instant::now();
    loop {
        let seen = anna.sees(order.channel);
        if let Some(said) = seen.iter().find(|seen| seen.id > pressed) {
            return said.content.clone();
        }
        assert!(since.elapsed() < PATIENCE, "nothing is said of it: {}", company.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
