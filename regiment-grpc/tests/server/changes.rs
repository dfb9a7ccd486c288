use std::time::Duration;

use regiment_core::record::Severity;
use regiment_proto::v1::{PauseClientRequest, WatchRequest, WatchResponse};
use tonic::{Code, Streaming};

use crate::errors::check;
use crate::practice::Practice;

const SUNDAY: &str = "2026-03-01T12:00:00Z";

async fn watch(practice: &Practice, prefixes: &[&str]) -> Streaming<WatchResponse> {
    let prefixes = prefixes.iter().map(|prefix| (*prefix).to_owned()).collect();
    let mut stream =
        practice.watches().watch(WatchRequest { prefixes }).await.expect("a stream").into_inner();
    let first = stream.message().await.expect("it stands").expect("it goes on");
    assert!(first.changes.is_empty(), "a stream begins with an empty response");
    stream
}

/// Waits until a resource is named.
async fn named(stream: &mut Streaming<WatchResponse>, name: &str) -> i64 {
    let named = async {
        loop {
            let said = stream.message().await.expect("it stands").expect("it goes on");
            if let Some(change) = said.changes.iter().find(|change| change.name == name) {
                return change.version;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), named).await.expect("the hint comes")
}

#[tokio::test]
async fn a_dashboard_is_told_what_changed() {
    let practice = Practice::open(SUNDAY).await;
    let mut stream = watch(&practice, &[]).await;
    let client = practice.enlist("42").await;
    let first = named(&mut stream, "clients/42").await;
    assert_eq!(first.to_string(), client.etag);
    let reason = "travel".to_owned();
    let pause = PauseClientRequest { name: client.name, reason, ..Default::default() };
    practice.clients().pause_client(pause).await.unwrap();
    assert!(named(&mut stream, "clients/42").await > first);
}

#[tokio::test]
async fn a_dashboard_hears_only_of_what_it_asked_for() {
    let practice = Practice::open(SUNDAY).await;
    let mut alerts = watch(&practice, &["alerts/"]).await;
    practice.enlist("42").await;
    practice.regiment.raise_bot_trouble(Severity::Low, None, "once").await.unwrap();
    let next = async { alerts.message().await.unwrap().unwrap() };
    let said = tokio::time::timeout(Duration::from_secs(10), next).await.unwrap();
    assert!(said.changes.iter().all(|change| change.name.starts_with("alerts/")), "{said:?}");
}

#[tokio::test]
async fn five_hundred_dashboards_hear_of_one_change() {
    let practice = crate::access::practice().await;
    let mut streams = Vec::new();
    for _ in 0..500 {
        streams.push(watch(&practice, &["clients/42"]).await);
    }
    practice.enlist("42").await;
    for stream in &mut streams {
        named(stream, "clients/42").await;
    }
}

#[tokio::test]
async fn prefixes_out_of_bounds_are_refused() {
    let practice = Practice::open(SUNDAY).await;
    for prefixes in [vec![String::new()], vec!["a".to_owned(); 101], vec!["a".repeat(101)]] {
        let refused = practice.watches().watch(WatchRequest { prefixes }).await.unwrap_err();
        check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["prefixes"]);
    }
}
