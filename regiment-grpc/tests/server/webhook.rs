//! Urgent alerts reach a receiver outside, each until it is taken.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use http::StatusCode;
use regiment_core::SystemClock;
use regiment_core::record::Severity;
use regiment_grpc::logging;
use regiment_grpc::secret::WebhookUrl;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::practice::Practice;

const SUNDAY: &str = "2026-03-01T12:00:00Z";
const SECRET: &str = "canary-of-the-hook";

/// A receiver that answers each post with the next of some statuses, and with 200 when they are used up.
#[derive(Debug, Clone, Default)]
struct Receiver {
    answers: Arc<Mutex<Vec<StatusCode>>>,
    got: Arc<Mutex<Vec<(StatusCode, Value)>>>,
}

impl Receiver {
    /// Listens on loopback, and returns where.
    async fn listen(&self) -> WebhookUrl {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/{SECRET}", listener.local_addr().expect("an address"));
        let routes =
            Router::new().route(&format!("/{SECRET}"), post(take)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        WebhookUrl::parse(&url).expect("loopback may do without TLS")
    }

    /// Waits until so many posts have come.
    async fn wait_for(&self, n_posts: usize) -> Vec<(StatusCode, Value)> {
        for _ in 0..600 {
            let got = self.got.lock().expect("no test panics with it").clone();
            if got.len() >= n_posts {
                return got;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{n_posts} posts did not come within 30 s");
    }
}

async fn take(State(receiver): State<Receiver>, body: String) -> StatusCode {
    let answer = receiver.answers.lock().expect("no test panics with it").pop();
    let answer = answer.unwrap_or(StatusCode::OK);
    let told = serde_json::from_str(&body).expect("it is JSON");
    receiver.got.lock().expect("no test panics with it").push((answer, told));
    answer
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn an_urgent_alert_is_posted_until_it_is_taken_and_then_no_more() {
    let captured = Captured::default();
    let writer = captured.clone();
    let filter = logging::filter("trace").unwrap();
    let lines = logging::json_lines(filter, SystemClock, move || writer.clone());
    let _logging = tracing::subscriber::set_default(lines);

    let receiver = Receiver::default();
    receiver.answers.lock().unwrap().push(StatusCode::INTERNAL_SERVER_ERROR);
    let url = receiver.listen().await;
    let practice = Practice::open_with(SUNDAY, |config| {
        config.alert_webhook = Some(url);
        assert!(!format!("{config:?}").contains(SECRET));
    })
    .await;
    practice.enlist("80351110224678912").await;
    let client = Some("80351110224678912".parse().unwrap());
    practice.regiment.raise_bot_trouble(Severity::Medium, None, "a trifle").await.unwrap();
    practice.regiment.raise_bot_trouble(Severity::High, client, "he is unreachable").await.unwrap();
    let got = receiver.wait_for(2).await;
    let answers: Vec<u16> = got.iter().map(|(answer, _)| answer.as_u16()).collect();
    assert_eq!(answers, [500, 200]);
    assert_eq!(got[0].1, got[1].1, "a repetition says the same");
    let mut told = got[1].1.clone();
    let name = told["name"].take();
    assert!(name.as_str().unwrap().starts_with("alerts/"), "{name}");
    assert_eq!(told["text"], "he is unreachable");
    assert_eq!((&told["kind"], &told["severity"]), (&"bot_trouble".into(), &"high".into()));
    assert_eq!(told["raised_at"], SUNDAY);
    assert!(!told.to_string().contains("80351110224678912"), "{told}");

    // It goes on, and what was taken does not come again.
    practice
        .regiment
        .raise_bot_trouble(Severity::Critical, client, "he is unreachable still")
        .await
        .unwrap();
    let got = receiver.wait_for(3).await;
    assert_eq!((got[2].1["severity"].as_str(), got.len()), (Some("critical"), 3));
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(receiver.wait_for(3).await.len(), 3);

    let metrics = reqwest::get(format!("{}/metrics", practice.address)).await.unwrap();
    let metrics = metrics.text().await.unwrap();
    for line in ["{outcome=\"taken\"} 2\n", "{outcome=\"failed\"} 1\n"] {
        assert!(metrics.contains(&format!("regiment_webhook_posts_total{line}")), "{metrics}");
    }
    let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("the receiver answered 500"), "{log}");
    assert!(!log.contains(SECRET), "{log}");
}

#[tokio::test]
async fn a_receiver_that_is_away_gets_its_alert_when_it_is_back() {
    let practice = Practice::open_with(SUNDAY, |config| {
        // Nobody listens there.
        config.alert_webhook = WebhookUrl::parse(&format!("http://127.0.0.1:9/{SECRET}"));
    })
    .await;
    practice.regiment.raise_bot_trouble(Severity::High, None, "a test").await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(practice.regiment.untold("another").await.unwrap(), [], "one tells at a time");
    practice.clock.advance(jiff::SignedDuration::from_secs(61));
    assert_eq!(practice.regiment.untold("another").await.unwrap().len(), 1, "it is not forgotten");
}
