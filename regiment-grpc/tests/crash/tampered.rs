//! The checker finds what it is there to find: a good history, spoiled in each way.

use std::sync::Arc;

use jiff::SignedDuration;
use regiment_core::calendar::days_after;
use regiment_core::effect::PauseChange;
use regiment_core::record::{Actor, DoneOrMissed, LogKey, Stream};
use regiment_core::regiment::{Answer as Given, Inbox, Regiment, Submitted};
use regiment_core::store::{Break, DeliveryState, Occasion, Run, Store};
use regiment_core::testing::{at, client, date, slug, user};
use regiment_core::{Clock as _, ManualClock, OrderNumber, Policy};

use crate::check::{Rule, check};
use crate::evidence::Evidence;
use crate::history::{Answer, Asked, Says, What, Write};

/// Two clients who came on a Tuesday: one ate one meal of the next day and nothing else, the other was paused on the
/// sixth day.
async fn good() -> (Vec<Asked>, Evidence) {
    let clock = Arc::new(ManualClock::at(at("2026-01-06T01:00:00Z")));
    let store = Store::open("sqlite::memory:").await.expect("it goes well");
    store.migrate_up(clock.now()).await.expect("it goes well");
    let regiment = Regiment::open(store.clone(), clock.clone()).await.expect("it goes well");
    let coach = Actor::Coach("1".to_owned());
    let mut asked = Vec::new();
    for id in ["42", "43"] {
        regiment.create(client(id), &coach).await.expect("it goes well");
        asked.push(self::asked("1", id, What::Create));
    }
    let (inbox, mut sent) = (Inbox::default(), Vec::new());
    let mut hour = 0;
    while clock.now() < at("2026-01-11T12:30:00Z") {
        clock.advance(SignedDuration::from_hours(1));
        regiment.tick().await.expect("it goes well");
        regiment.deliver(&inbox).await.expect("it goes well");
        hour += 1;
        if hour == 32 {
            let entered_at = clock.now();
            let answer =
                Given::Meal { meal_id: slug("template_a_meal1"), status: DoneOrMissed::Completed };
            let by = Actor::Client(user("42"));
            let (user_id, date) = (user("42"), date("2026-01-07"));
            let entry =
                Submitted { user_id, date, answer, by, entered_at: Some(entered_at), reason: None };
            regiment.log(entry).await.expect("it goes well");
            let key =
                LogKey { user_id, date, stream: Stream::Meal, item: "template_a_meal1".to_owned() };
            let says = Says::Meal(DoneOrMissed::Completed);
            asked.push(self::asked("2", "42", What::Log { key, entered_at, says }));
        }
    }
    regiment.pause(user("43"), None, "3", &coach).await.expect("it goes well");
    asked.push(self::asked("3", "43", What::Pause(PauseChange::Paused)));
    sent.extend(inbox.take().iter().map(|got| OrderNumber::of(&got.key).visible().to_owned()));
    let evidence = Evidence::read(&store, sent, clock.now()).await.expect("it goes well");
    (asked, evidence)
}

fn asked(request_id: &str, id: &str, what: What) -> Asked {
    let write = Write { request_id: request_id.to_owned(), user_id: user(id), what };
    Asked { write, attempts: 1, answer: Answer::Stored }
}

fn broken(asked: &[Asked], evidence: &Evidence) -> Vec<Rule> {
    let violations = check(asked, evidence, &Policy::default());
    let mut broken: Vec<Rule> = violations.iter().map(|broken| broken.rule).collect();
    broken.dedup();
    broken
}

/// Asserts that a history breaks these rules and no other.
#[track_caller]
fn breaks(asked: &[Asked], evidence: &Evidence, rules: &[Rule]) {
    assert_eq!(broken(asked, evidence), rules);
}

/// Asserts that a history breaks a rule, whatever else it breaks.
#[track_caller]
fn finds(asked: &[Asked], evidence: &Evidence, rule: Rule) {
    let broken = broken(asked, evidence);
    assert!(broken.contains(&rule), "{rule:?}: {broken:?}");
}

#[tokio::test]
async fn a_good_history_breaks_no_promise() {
    let (asked, evidence) = good().await;
    breaks(&asked, &evidence, &[]);
    assert!(!evidence.infractions.is_empty() && evidence.closed.len() >= 4);
    assert!(evidence.revisions.len() > 20 && evidence.messages.len() > 10);
}

#[tokio::test]
async fn a_write_that_is_lost_doubled_refused_or_nobodys_is_found() {
    let (mut asked, mut evidence) = good().await;
    let mine = evidence.revisions.iter().position(|kept| kept.by != Actor::System).unwrap();
    let kept = evidence.revisions.remove(mine);
    breaks(&asked, &evidence, &[Rule::NoWriteIsLost, Rule::EveryItemHasAnOutcome]);
    asked[2].answer = Answer::Unknown;
    breaks(&asked, &evidence, &[Rule::EveryItemHasAnOutcome]);
    asked[2].answer = Answer::Stored;

    evidence.revisions.push(kept.clone());
    let mut again = kept;
    again.number = 2;
    evidence.revisions.push(again);
    breaks(&asked, &evidence, &[Rule::NoWriteIsRepeated]);
    evidence.revisions.pop();

    asked[2].answer = Answer::Refused("CLOSED".to_owned());
    breaks(&asked, &evidence, &[Rule::NoRefusedWriteIsKept]);
    asked.remove(2);
    breaks(&asked, &evidence, &[Rule::NothingIsInvented]);
}

#[tokio::test]
async fn a_pause_that_is_lost_doubled_or_half_is_found() {
    let (asked, mut evidence) = good().await;
    evidence.pauses.push(evidence.pauses[0].clone());
    breaks(&asked, &evidence, &[Rule::NoWriteIsRepeated, Rule::EveryActIsAudited]);
    evidence.pauses.clear();
    breaks(&asked, &evidence, &[Rule::NoWriteIsLost, Rule::NoHalfClient, Rule::EveryActIsAudited]);
}

#[tokio::test]
async fn a_client_without_his_triggers_is_found() {
    let (asked, mut evidence) = good().await;
    evidence.triggers.retain(|trigger| trigger.user_id != user("43"));
    breaks(&asked, &evidence, &[Rule::NoHalfClient, Rule::NoRunIsInvented]);
}

#[tokio::test]
async fn a_run_that_is_missing_doubled_invented_or_overdue_is_found() {
    let (asked, mut evidence) = good().await;
    let is_his = |run: &Run| matches!(run.occasion, Occasion::Client { .. });
    let place = evidence.runs.iter().position(is_his).unwrap();
    let run = evidence.runs.remove(place);
    finds(&asked, &evidence, Rule::EveryOccurrenceHasARun);
    evidence.runs.extend([run.clone(), run]);
    breaks(&asked, &evidence, &[Rule::NoOccurrenceRunsTwice]);
    evidence.runs.pop();

    evidence.triggers[0].due.date = days_after(evidence.triggers[0].due.date, -1);
    breaks(&asked, &evidence, &[Rule::NoRunIsInvented]);
    evidence.triggers[0].due.date = days_after(evidence.triggers[0].due.date, 1);
    evidence.triggers[0].due.moment.at = evidence.at;
    breaks(&asked, &evidence, &[Rule::NothingIsOverdue]);
}

#[tokio::test]
async fn a_day_that_does_not_match_the_ledger_is_found() {
    let (asked, mut evidence) = good().await;
    let closed = evidence.closed.pop().unwrap();
    finds(&asked, &evidence, Rule::ClosingsMatchTheLedger);
    evidence.closed.push(closed);

    let miss = evidence.revisions.iter().position(|kept| kept.log.is_missed()).unwrap();
    let mut again = evidence.revisions[miss].clone();
    again.number = 2;
    evidence.revisions.push(again);
    breaks(&asked, &evidence, &[Rule::NoWriteIsRepeated]);
    evidence.revisions.pop();

    let event = evidence.infractions.remove(0);
    breaks(&asked, &evidence, &[Rule::InfractionsMatchTheLogs]);
    evidence.infractions.insert(0, event);

    let order = evidence.orders.remove(0);
    breaks(&asked, &evidence, &[Rule::OrdersMatchTheLedger]);
    evidence.orders.insert(0, order);
    evidence.messages.retain(|message| message.dispatch.delivers.is_none());
    finds(&asked, &evidence, Rule::OrdersMatchTheLedger);
}

#[tokio::test]
async fn a_message_that_is_sent_twice_never_or_by_nobody_is_found() {
    let (asked, mut evidence) = good().await;
    let number = evidence.sent[0].clone();
    evidence.sent.push(number.clone());
    breaks(&asked, &evidence, &[Rule::NoMessageIsSentTwice]);
    evidence.sent.retain(|sent| *sent != number);
    breaks(&asked, &evidence, &[Rule::NoDeliveryIsInvented]);
    evidence.sent.extend([number, "00000000".to_owned()]);
    breaks(&asked, &evidence, &[Rule::NoMessageIsInvented]);
    evidence.sent.pop();

    let order = evidence.messages.iter().position(|of| of.dispatch.delivers.is_some()).unwrap();
    evidence.messages[order].state = DeliveryState::Unknown;
    breaks(&asked, &evidence, &[Rule::DeliveriesMatchTheOrders]);
    evidence.messages[order].state = DeliveryState::Missed;
    breaks(&asked, &evidence, &[Rule::NoMessageIsInvented, Rule::DeliveriesMatchTheOrders]);
    evidence.messages[order].state = DeliveryState::Pending;
    breaks(&asked, &evidence, &[Rule::DeliveriesMatchTheOrders, Rule::EveryMessageEnds]);
    evidence.messages[order].state = DeliveryState::Delivered;
    evidence.messages.push(evidence.messages[order].clone());
    breaks(&asked, &evidence, &[Rule::EveryMessageEnds]);
}

#[tokio::test]
async fn a_broken_chain_is_found() {
    let (asked, mut evidence) = good().await;
    evidence.chain.broken = Some(Break { sequence: 1, reason: "the hash does not match" });
    breaks(&asked, &evidence, &[Rule::TheChainHolds]);
    evidence.chain.broken = None;
    evidence.audit.pop();
    breaks(&asked, &evidence, &[Rule::TheChainHolds, Rule::EveryActIsAudited]);
}
