//! Floods, deadlines, sizes, origins, and how the server stops.

use std::time::{Duration, Instant};

use prost::Message as _;
use regiment_proto::v1::{CreateClientRequest, PauseClientRequest, WhoAmIRequest};
use reqwest::StatusCode;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt as _;

use crate::browser::{Browser, frame};
use crate::practice::{Practice, TOKEN, recruit};

const SUNDAY: &str = "2026-03-01T12:00:00Z";
const WHO: &str = "/regiment.v1.AuthService/WhoAmI";

fn operator(practice: &Practice) -> Browser {
    let mut browser = Browser::at(&practice.address);
    browser.headers.insert("authorization", format!("Bearer {TOKEN}"));
    browser
}

#[tokio::test]
async fn a_flood_of_strangers_is_refused_after_100_calls_and_told_when_to_come_again() {
    let practice = Practice::open(SUNDAY).await;
    let mut stranger = Browser::at(&practice.address);
    for n in 0..100 {
        // Guesses count like calls without anything.
        if n % 2 == 0 {
            stranger.headers.insert("authorization", format!("Bearer guess {n}"));
        } else {
            stranger.headers.remove("authorization");
        }
        let code = stranger.call(WHO, &WhoAmIRequest {}).await.status.code();
        assert_eq!(code, Code::Unauthenticated, "call {n}");
    }
    let refused = loop {
        let refused = stranger.call(WHO, &WhoAmIRequest {}).await;
        // The allowance grows while the calls are made.
        if refused.status.code() != Code::Unauthenticated {
            break refused;
        }
    };
    assert_eq!(refused.refused(), (Code::ResourceExhausted, "TOO_MUCH".to_owned()));
    let pause = refused.status.get_error_details().retry_info().unwrap().retry_delay.unwrap();
    assert!(pause > Duration::ZERO && pause < Duration::from_secs(1), "{pause:?}");
    let page = stranger.open("/auth/link?token=guess").await;
    assert_eq!(page.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(page.headers().contains_key("retry-after"));

    let mut health = HealthClient::new(practice.channel.clone());
    health.check(HealthCheckRequest::default()).await.expect("health is asked at any rate");
    let code = operator(&practice).call(WHO, &WhoAmIRequest {}).await.status.code();
    assert_eq!(code, Code::Ok, "who is known is let in");
}

#[tokio::test]
async fn a_caller_who_asks_too_much_is_refused_alone() {
    let practice = Practice::open_with(SUNDAY, |config| {
        config.limits.per_caller_per_minute = 5.try_into().expect("it is positive");
    })
    .await;
    let mut busy = operator(&practice);
    for n in 0..5 {
        assert_eq!(busy.call(WHO, &WhoAmIRequest {}).await.status.code(), Code::Ok, "call {n}");
    }
    let refused = busy.call(WHO, &WhoAmIRequest {}).await;
    assert_eq!(refused.refused(), (Code::ResourceExhausted, "TOO_MUCH".to_owned()));
    let mut other = operator(&practice);
    other.headers.insert("regiment-acting-user", "42".to_owned());
    assert_eq!(other.call(WHO, &WhoAmIRequest {}).await.status.code(), Code::Ok);
}

#[tokio::test]
async fn one_call_more_than_can_be_answered_is_told_to_come_again() {
    let practice = Practice::open_with(SUNDAY, |config| config.limits.calls_at_once = 0).await;
    let refused = operator(&practice).call(WHO, &WhoAmIRequest {}).await;
    assert_eq!(refused.refused(), (Code::ResourceExhausted, "BUSY".to_owned()));
    assert!(refused.status.get_error_details().retry_info().is_some());
}

#[tokio::test]
async fn a_deadline_ends_the_call_and_its_work() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let asked = PauseClientRequest {
        name: "clients/42".to_owned(),
        reason: "travel".to_owned(),
        ..Default::default()
    };
    let mut browser = operator(&practice);
    browser.headers.insert("grpc-timeout", "300m".to_owned());
    let path = "/regiment.v1.ClientService/PauseClient";
    // Whoever holds the database keeps the call waiting.
    let held = practice.regiment.store().begin().await.expect("a transaction");
    let since = Instant::now();
    let late = browser.call(path, &asked).await;
    assert_eq!(late.refused(), (Code::DeadlineExceeded, "TOO_LATE".to_owned()));
    assert!(since.elapsed() < Duration::from_millis(1500), "{:?}", since.elapsed());
    held.rollback().await.expect("it is let go");
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut tx = practice.regiment.store().read().await.expect("a transaction");
    let pauses = tx.pauses("42".parse().expect("an id")).await.expect("pauses");
    assert!(pauses.is_empty(), "the call went on after its deadline");
    drop(tx);
    assert_eq!(browser.call(path, &asked).await.status.code(), Code::Ok);
}

#[tokio::test]
async fn what_is_too_large_or_no_message_is_refused_and_stored_nowhere() {
    let practice = Practice::open(SUNDAY).await;
    let mut browser = operator(&practice);
    let path = "/regiment.v1.ClientService/CreateClient";
    let mut client = recruit("42");
    client.coaching_notes = "x".repeat(1 << 20);
    let large = CreateClientRequest { client: Some(client), ..Default::default() };
    let code = browser.call(path, &large).await.status.code();
    assert_eq!(code, Code::OutOfRange);
    let whole = frame(&large.encode_to_vec()[..64]);
    for (what, body) in [
        ("a message that ends too early", whole),
        ("no frame", b"hello".to_vec()),
        ("a frame without its message", vec![0, 0, 0, 0, 9]),
        ("a compressed frame", [&[1, 0, 0, 0, 1][..], b"x"].concat()),
        ("bytes that mean nothing", frame(&[0xff; 40])),
    ] {
        let code = browser.send(path, body).await.status.code();
        assert_ne!(code, Code::Ok, "{what}");
    }
    let mut tx = practice.regiment.store().read().await.expect("a transaction");
    assert!(tx.client("42".parse().expect("an id")).await.expect("a look").is_none());
}

#[tokio::test]
async fn only_configured_origins_are_answered_to() {
    const TOOLS: &str = "https://tools.example.org";
    let practice = Practice::open_with(SUNDAY, |config| {
        config.serve.allowed_origins = vec![TOOLS.to_owned()];
    })
    .await;
    let http = reqwest::Client::new();
    let ask = async |origin: &str| {
        let asked = http.request(reqwest::Method::OPTIONS, format!("{}{WHO}", practice.address));
        let asked = asked
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,x-grpc-web");
        asked.send().await.expect("an answer").headers().clone()
    };
    let answered = ask(TOOLS).await;
    assert_eq!(answered["access-control-allow-origin"], TOOLS);
    assert_eq!(answered["access-control-allow-credentials"], "true");
    let answered = ask("https://evil.example").await;
    assert!(!answered.contains_key("access-control-allow-origin"), "{answered:?}");
}

#[tokio::test]
async fn every_answer_tells_browsers_what_they_must_not_do_with_it() {
    let practice = Practice::open(SUNDAY).await;
    let mut browser = Browser::at(&practice.address);
    let page = browser.open("/nothing.txt").await;
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
    let call = browser.call(WHO, &WhoAmIRequest {}).await;
    for headers in [page.headers(), &call.headers] {
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'self'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert!(!headers.contains_key("strict-transport-security"), "loopback has no https");
    }
}

#[tokio::test]
async fn a_stream_that_never_ends_does_not_keep_the_server() {
    let mut practice = Practice::open(SUNDAY).await;
    let mut health = HealthClient::new(practice.channel.clone());
    let mut watched = health.watch(HealthCheckRequest::default()).await.expect("a stream");
    watched.get_mut().message().await.expect("the first answer");
    let since = Instant::now();
    practice.stop().await;
    let taken = since.elapsed();
    assert!(taken > Duration::from_secs(9) && taken < Duration::from_secs(12), "{taken:?}");
}
