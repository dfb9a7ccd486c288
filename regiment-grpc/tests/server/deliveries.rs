use std::time::Duration;

use jiff::SignedDuration;
use regiment_core::Clock as _;
use regiment_core::message::{Dispatch, Message, Priority, Recipient};
use regiment_core::regiment::Log;
use regiment_proto::v1::leased_delivery::Destination;
use regiment_proto::v1::{
    AcknowledgeRequest, DeliveryErrorClass, DeliveryResult, DeliveryState, DiscardDeliveryRequest,
    LeasedDelivery, ListDeliveriesRequest, RetryDeliveryRequest, SubscribeRequest,
    SubscribeResponse,
};
use tonic::{Code, Streaming};

use crate::errors::check;
use crate::practice::Practice;

const SUNDAY: &str = "2026-03-01T12:00:00Z";

/// Puts messages for client 42 into the outbox, due now.
async fn put(practice: &Practice, keys: &[&str]) {
    let now = practice.clock.now();
    let message = |key: &&str| Dispatch {
        key: (*key).to_owned(),
        to: Recipient::Client("42".parse().expect("an id")),
        message: Message::Private { text: format!("for {key}") },
        priority: Priority::Order,
        not_before: now,
        expires_at: None,
        delivers: None,
    };
    let messages: Vec<_> = keys.iter().map(message).collect();
    let mut tx = practice.regiment.store().begin().await.expect("a transaction");
    tx.put_messages(&messages, now).await.expect("messages are written");
    tx.commit().await.expect("they are kept");
}

async fn subscribe(practice: &Practice, bot_id: &str, max: i32) -> Streaming<SubscribeResponse> {
    let asked = SubscribeRequest { bot_id: bot_id.to_owned(), max_in_hand: max };
    practice.sender().subscribe(asked).await.expect("a stream").into_inner()
}

/// Waits for the next message on a stream.
async fn next(stream: &mut Streaming<SubscribeResponse>) -> LeasedDelivery {
    let next = async {
        loop {
            let said = stream.message().await.expect("it stands").expect("it goes on");
            if let Some(delivery) = said.delivery {
                return delivery;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), next).await.expect("a message comes")
}

fn delivered(of: &LeasedDelivery) -> AcknowledgeRequest {
    AcknowledgeRequest {
        name: of.name.clone(),
        lease_token: of.lease_token,
        result: DeliveryResult::Delivered.into(),
        remote_id: "900".to_owned(),
        ..Default::default()
    }
}

fn failed(of: &LeasedDelivery, class: DeliveryErrorClass) -> AcknowledgeRequest {
    AcknowledgeRequest {
        name: of.name.clone(),
        lease_token: of.lease_token,
        result: DeliveryResult::Failed.into(),
        error_class: class.into(),
        ..Default::default()
    }
}

async fn listed(practice: &Practice) -> Vec<(String, DeliveryState)> {
    let found = practice.deliveries().list_deliveries(ListDeliveriesRequest::default()).await;
    let found = found.expect("a list").into_inner().deliveries;
    found.into_iter().map(|found| (found.name.clone(), found.state())).collect()
}

#[tokio::test]
async fn a_bot_gets_a_message_with_everything_it_takes_and_says_how_it_went() {
    let practice = Practice::open(SUNDAY).await;
    let mut stream = subscribe(&practice, "bot-1", 0).await;
    let first = stream.message().await.unwrap().unwrap();
    assert!(first.delivery.is_none(), "a stream begins with a heartbeat");
    put(&practice, &["a"]).await;
    let leased = next(&mut stream).await;
    assert_eq!((leased.name.as_str(), leased.key.as_str()), ("deliveries/a", "a"));
    assert_eq!((leased.lease_token, leased.attempt, leased.is_doubtful), (1, 1, false));
    assert_eq!((leased.nonce.len(), &leased.nonce[..8]), (25, leased.order_number.as_str()));
    let Some(Destination::DirectMessages(direct)) = &leased.destination else {
        panic!("{:?}", leased.destination)
    };
    assert_eq!((direct.user_id.as_str(), direct.channel_id.as_str()), ("42", ""));
    let message: Message = serde_json::from_str(&leased.message_json).unwrap();
    assert_eq!(message, Message::Private { text: "for a".to_owned() });

    let answer = practice.sender().acknowledge(delivered(&leased)).await.unwrap().into_inner();
    assert_eq!(answer.state(), DeliveryState::Delivered);
    assert_eq!(listed(&practice).await, [("deliveries/a".to_owned(), DeliveryState::Delivered)]);
}

#[tokio::test]
async fn the_orders_of_a_day_reach_the_bot() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let mut stream = subscribe(&practice, "bot-1", 0).await;
    let welcome = next(&mut stream).await;
    assert!(welcome.message_json.contains("\"say\":\"welcome\""), "{}", welcome.message_json);
    practice.sender().acknowledge(delivered(&welcome)).await.unwrap();
    practice.clock.set("2026-03-03T05:30:00Z".parse().unwrap());
    practice.regiment.tick().await.unwrap();
    practice.regiment.deliver(&Log).await.unwrap();
    let order = next(&mut stream).await;
    assert!(order.message_json.contains("\"say\":\"checkin_order\""), "{}", order.message_json);
    practice.sender().acknowledge(delivered(&order)).await.unwrap();
    let mut tx = practice.regiment.store().read().await.unwrap();
    let orders = tx.orders_from(["42".parse().unwrap()], "2026-03-03".parse().unwrap()).await;
    assert_eq!(orders.unwrap()[0].delivered_at, Some(practice.clock.now()));
}

#[tokio::test]
async fn a_bot_has_no_more_in_hand_than_it_asked_for() {
    let practice = Practice::open(SUNDAY).await;
    put(&practice, &["a", "b", "c"]).await;
    let mut stream = subscribe(&practice, "bot-1", 2).await;
    let (a, b) = (next(&mut stream).await, next(&mut stream).await);
    let third = tokio::time::timeout(Duration::from_millis(1_500), next(&mut stream)).await;
    assert!(third.is_err(), "{third:?}");
    practice.sender().acknowledge(delivered(&b)).await.unwrap();
    assert_eq!((a.key.as_str(), next(&mut stream).await.key.as_str()), ("a", "c"));
}

#[tokio::test]
async fn a_stream_that_is_cut_after_a_lease_loses_nothing() {
    let practice = Practice::open(SUNDAY).await;
    put(&practice, &["a"]).await;
    let mut cut = subscribe(&practice, "bot-1", 0).await;
    let first = next(&mut cut).await;
    drop(cut);
    let mut stream = subscribe(&practice, "bot-2", 0).await;
    practice.clock.advance(SignedDuration::from_secs(60));
    let again = next(&mut stream).await;
    assert_eq!((again.key.as_str(), again.lease_token, again.is_doubtful), ("a", 2, true));

    let stale = practice.sender().acknowledge(delivered(&first)).await.unwrap_err();
    check(&stale, Code::Aborted, "STALE_LEASE", &[]);
    assert_eq!(listed(&practice).await[0].1, DeliveryState::Pending);
    let answer = practice.sender().acknowledge(delivered(&again)).await.unwrap().into_inner();
    assert_eq!(answer.state(), DeliveryState::Delivered);
    // The answer was lost; the same word again is answered and changes nothing.
    let answer = practice.sender().acknowledge(delivered(&again)).await.unwrap().into_inner();
    assert_eq!(answer.state(), DeliveryState::Delivered);
}

#[tokio::test]
async fn a_second_stream_of_the_same_bot_replaces_the_first() {
    let practice = Practice::open(SUNDAY).await;
    let mut first = subscribe(&practice, "bot-1", 0).await;
    first.message().await.unwrap();
    let mut second = subscribe(&practice, "bot-1", 0).await;
    let ended = loop {
        match first.message().await {
            Ok(Some(heartbeat)) => assert!(heartbeat.delivery.is_none()),
            Ok(None) => panic!("the stream ended without a word"),
            Err(ended) => break ended,
        }
    };
    check(&ended, Code::Aborted, "REPLACED", &[]);
    put(&practice, &["a"]).await;
    assert_eq!(next(&mut second).await.key, "a");
}

#[tokio::test]
async fn two_bots_share_the_messages() {
    let practice = Practice::open(SUNDAY).await;
    let mut one = subscribe(&practice, "bot-1", 2).await;
    let mut other = subscribe(&practice, "bot-2", 2).await;
    put(&practice, &["a", "b", "c", "d"]).await;
    let mut keys = Vec::new();
    for stream in [&mut one, &mut other] {
        keys.push(next(stream).await.key);
        keys.push(next(stream).await.key);
    }
    keys.sort();
    assert_eq!(keys, ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn a_bot_that_is_connected_keeps_the_server_from_writing_messages_to_its_log() {
    let practice = Practice::open(SUNDAY).await;
    let stream = subscribe(&practice, "bot-1", 0).await;
    drop(stream);
    put(&practice, &["a"]).await;
    assert_eq!(practice.regiment.deliver(&Log).await.unwrap().delivered, 0);
    assert_eq!(listed(&practice).await[0].1, DeliveryState::Pending);
}

#[tokio::test]
async fn a_coach_retries_and_discards() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let mut stream = subscribe(&practice, "bot-1", 0).await;
    let welcome = next(&mut stream).await;
    let retry = |etag: &str| RetryDeliveryRequest {
        name: welcome.name.clone(),
        etag: etag.to_owned(),
        request_id: String::new(),
    };
    let held = practice.deliveries().retry_delivery(retry("")).await.unwrap_err();
    check(&held, Code::FailedPrecondition, "MESSAGE_STATE", &[]);
    let unanswered = failed(&welcome, DeliveryErrorClass::Unanswered);
    practice.sender().acknowledge(unanswered).await.unwrap();
    let stale = practice.deliveries().retry_delivery(retry("0")).await.unwrap_err();
    check(&stale, Code::Aborted, "STALE_ETAG", &[]);
    let retried = practice.deliveries().retry_delivery(retry("")).await.unwrap().into_inner();
    assert!(retried.delivery.unwrap().is_doubtful);
    let again = next(&mut stream).await;
    assert_eq!((again.key.as_str(), again.is_doubtful), (welcome.key.as_str(), true));
    let unanswered = failed(&again, DeliveryErrorClass::Unanswered);
    practice.sender().acknowledge(unanswered).await.unwrap();

    let discard = DiscardDeliveryRequest {
        name: welcome.name.clone(),
        request_id: "discard-1".to_owned(),
        ..Default::default()
    };
    let first = practice.deliveries().discard_delivery(discard.clone()).await.unwrap();
    let first = first.into_inner().delivery.unwrap();
    assert_eq!(first.state(), DeliveryState::Withdrawn);
    let again = practice.deliveries().discard_delivery(discard).await.unwrap().into_inner();
    assert_eq!(again.delivery, Some(first));
    let nothing = RetryDeliveryRequest { name: "deliveries/x".to_owned(), ..Default::default() };
    let missing = practice.deliveries().retry_delivery(nothing).await.unwrap_err();
    check(&missing, Code::NotFound, "UNKNOWN_DELIVERY", &[]);
}

#[tokio::test]
async fn a_list_is_paged_and_filtered() {
    let practice = Practice::open(SUNDAY).await;
    put(&practice, &["a", "b", "c"]).await;
    let mut asked = ListDeliveriesRequest { page_size: 2, ..Default::default() };
    let first = practice.deliveries().list_deliveries(asked.clone()).await.unwrap().into_inner();
    asked.page_token = first.next_page_token;
    let rest = practice.deliveries().list_deliveries(asked.clone()).await.unwrap().into_inner();
    let names = first.deliveries.iter().chain(&rest.deliveries).map(|found| found.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["deliveries/a", "deliveries/b", "deliveries/c"]);
    assert_eq!(rest.next_page_token, "");
    asked.client = "clients/7".to_owned();
    let other = practice.deliveries().list_deliveries(asked).await.unwrap_err();
    check(&other, Code::InvalidArgument, "INVALID_FIELD", &["page_token"]);
    let nobody = ListDeliveriesRequest { client: "clients/7".to_owned(), ..Default::default() };
    let nobody = practice.deliveries().list_deliveries(nobody).await.unwrap().into_inner();
    assert_eq!(nobody.deliveries, []);
    let wrong = ListDeliveriesRequest { state: 99, ..Default::default() };
    let wrong = practice.deliveries().list_deliveries(wrong).await.unwrap_err();
    check(&wrong, Code::InvalidArgument, "INVALID_FIELD", &["state"]);
}

#[tokio::test]
async fn a_word_that_contradicts_itself_is_refused() {
    let practice = Practice::open(SUNDAY).await;
    let good = AcknowledgeRequest {
        name: "deliveries/a".to_owned(),
        lease_token: 1,
        result: DeliveryResult::Failed.into(),
        error_class: DeliveryErrorClass::RateLimited.into(),
        ..Default::default()
    };
    let wait = |seconds| Some(prost_types::Duration { seconds, nanos: 0 });
    for (asked, path) in [
        (AcknowledgeRequest { result: 0, ..good.clone() }, "result"),
        (AcknowledgeRequest { error_class: 0, ..good.clone() }, "error_class"),
        (AcknowledgeRequest { remote_id: "9".to_owned(), ..good.clone() }, "remote_id"),
        (AcknowledgeRequest { retry_after: wait(-1), ..good.clone() }, "retry_after"),
        (AcknowledgeRequest { retry_after: wait(86_401), ..good.clone() }, "retry_after"),
        (AcknowledgeRequest { name: "a".to_owned(), ..good.clone() }, "name"),
    ] {
        let refused = practice.sender().acknowledge(asked).await.unwrap_err();
        check(&refused, Code::InvalidArgument, "INVALID_FIELD", &[path]);
    }
    let longest = AcknowledgeRequest { retry_after: wait(86_400), ..good };
    let missing = practice.sender().acknowledge(longest).await.unwrap_err();
    check(&missing, Code::NotFound, "UNKNOWN_DELIVERY", &[]);
    for (bot_id, max_in_hand, path) in
        [("", 1, "bot_id"), ("b", 101, "max_in_hand"), ("b", -1, "max_in_hand")]
    {
        let asked = SubscribeRequest { bot_id: bot_id.to_owned(), max_in_hand };
        let refused = practice.sender().subscribe(asked).await.unwrap_err();
        check(&refused, Code::InvalidArgument, "INVALID_FIELD", &[path]);
    }
}

#[tokio::test]
async fn only_the_bot_takes_messages() {
    let practice = Practice::open(SUNDAY).await;
    let asked = SubscribeRequest { bot_id: "b".to_owned(), max_in_hand: 1 };
    let refused = practice.deliveries().subscribe(asked).await.unwrap_err();
    check(&refused, Code::PermissionDenied, "PERMISSION_DENIED", &[]);
}
