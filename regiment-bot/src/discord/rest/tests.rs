use std::sync::Arc;

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap as Headers, StatusCode},
    response::{IntoResponse as _, Response},
};
use serde_json::json;
use tokio::net::TcpListener;

use super::*;
use crate::{
    answer::File,
    discord::{Hold, Scope, Ticket},
};

/// What somebody was asked.
#[derive(Debug, Clone)]
struct Asked {
    line: String,
    headers: Headers,
    body: Bytes,
}

/// Somebody who answers every request alike, and remembers it.
#[derive(Debug, Clone)]
struct Listener {
    answer: (u16, &'static str),
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Listener {
    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn listen(State(listener): State<Listener>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let line = format!("{} {}", parts.method, parts.uri);
    listener.asked.lock().unwrap().push(Asked { line, headers: parts.headers, body });
    let (status, body) = listener.answer;
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

fn rest(base: &str) -> Rest {
    Rest::new(&config::Discord {
        token: Secret::new("at-discord"),
        base: base.parse().unwrap(),
        about: "https://example.org/".parse().unwrap(),
        guild_id: 1,
        coach_role_ids: Vec::new(),
        coach_channel_id: 2,
        public_channel_id: None,
        honors_channel_id: None,
    })
    .unwrap()
}

async fn beside(status: u16, body: &'static str) -> (Rest, Listener) {
    let listener = Listener { answer: (status, body), asked: Arc::default() };
    let app = Router::new().fallback(listen).with_state(listener.clone());
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", socket.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(socket, app).await });
    (rest(&base), listener)
}

const SECOND: Duration = Duration::from_secs(1);

fn ticket() -> Ticket {
    Ticket { id: 3, token: Secret::new("hush") }
}

#[tokio::test]
async fn a_request_says_who_asks_and_shows_the_token() {
    let (rest, listener) = beside(200, "{\"id\":\"9\"}").await;
    let body = Body::of(json!({"content": "words"}));
    let answer = rest.ask(&Route::CreateMessage(5), Some(&body), SECOND).await;
    assert_eq!(answer.unwrap()["id"], "9");
    let [asked] = &listener.asked()[..] else { panic!() };
    assert_eq!(asked.line, "POST /api/v10/channels/5/messages");
    assert_eq!(asked.headers["authorization"], "Bot at-discord");
    let agent = format!("DiscordBot (https://example.org/, {})", env!("CARGO_PKG_VERSION"));
    assert_eq!(asked.headers["user-agent"], agent.as_str());
    assert_eq!(asked.headers["content-type"], "application/json");
    assert_eq!(asked.body, "{\"content\":\"words\"}");
    let count = rest.standing().requests;
    assert_eq!(count, [(("POST /channels/{channel}/messages", 200), 1)].into());
}

#[tokio::test]
async fn an_answer_to_an_interaction_shows_no_token_of_the_bot() {
    let (rest, listener) = beside(204, "").await;
    let body = Body::deferred_note();
    assert_eq!(rest.answer(&Route::Callback(ticket()), Some(&body), SECOND).await, Ok(Value::Null));
    let asked = &listener.asked()[0];
    assert_eq!(asked.line, "POST /api/v10/interactions/3/hush/callback");
    assert_eq!(asked.headers.get("authorization"), None);
}

#[tokio::test]
async fn files_go_beside_the_json_in_parts() {
    let (rest, listener) = beside(200, "{}").await;
    let file = File {
        name: "progress.png".to_owned(),
        bytes: b"not really a picture".to_vec(),
        content_type: "image/png",
    };
    let json = json!({"content": "", "attachments": [{"id": 0, "filename": "progress.png"}]});
    let body = Body { json: json.clone(), files: vec![file] };
    rest.ask(&Route::CreateMessage(5), Some(&body), SECOND).await.unwrap();
    let asked = &listener.asked()[0];
    assert!(asked.headers["content-type"].to_str().unwrap().starts_with("multipart/form-data;"));
    let text = String::from_utf8(asked.body.to_vec()).unwrap();
    let holds = |part: &str| assert!(text.contains(part), "{part} is not in {text}");
    holds("name=\"payload_json\"");
    holds(&json.to_string());
    holds("name=\"files[0]\"; filename=\"progress.png\"");
    holds("Content-Type: image/png\r\n\r\nnot really a picture");
}

#[tokio::test]
async fn what_is_limited_for_longer_than_one_waits_is_not_asked() {
    let (rest, listener) = beside(429, "{\"retry_after\": 3600}").await;
    let route = Route::CreateMessage(5);
    let wait = 3_600 * SECOND;
    let limited = rest.ask(&route, None, SECOND).await;
    assert_eq!(limited, Err(Failure::RateLimited { wait, scope: Scope::Route }));
    let Err(Failure::Held { wait: left, by: Hold::Limit }) = rest.ask(&route, None, SECOND).await
    else {
        panic!("it was asked")
    };
    assert!((3_590 * SECOND..=wait).contains(&left), "{left:?}");
    assert_eq!(listener.asked().len(), 1);
    assert_eq!(rest.standing().invalid, 1);
}

#[tokio::test]
async fn a_short_limit_is_waited_for_and_counted() {
    let (rest, listener) = beside(429, "{\"retry_after\": 0.2}").await;
    let route = Route::CreateMessage(5);
    for _ in 0..2 {
        assert!(rest.ask(&route, None, SECOND).await.is_err());
    }
    assert_eq!(listener.asked().len(), 2);
    let waited = rest.standing().waited;
    assert!(
        (Duration::from_millis(100)..=Duration::from_millis(200)).contains(&waited),
        "{waited:?}"
    );
}

#[tokio::test]
async fn a_token_that_is_not_known_is_shown_once() {
    let (rest, listener) = beside(401, "{\"message\": \"401: Unauthorized\", \"code\": 0}").await;
    for route in [Route::Me, Route::CreateMessage(5), Route::Me] {
        assert_eq!(rest.ask(&route, None, SECOND).await, Err(Failure::Unauthorized));
    }
    assert_eq!(listener.asked().len(), 1);
    assert!(rest.standing().is_unauthorized);
}

#[tokio::test]
async fn a_ban_is_told_at_once() {
    let (rest, listener) = beside(403, "<html>").await;
    assert_eq!(rest.ask(&Route::Me, None, SECOND).await, Err(Failure::Blocked));
    tokio::time::timeout(SECOND, rest.trouble()).await.expect("somebody is told");
    assert!(rest.standing().pause.is_some_and(|pause| pause > 590 * SECOND));
    assert!(matches!(rest.ask(&Route::Me, None, SECOND).await, Err(Failure::Held { .. })));
    assert_eq!(listener.asked().len(), 1);
}

#[tokio::test]
async fn what_never_left_is_told_from_what_was_not_answered() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    assert_eq!(rest(&base).ask(&Route::Me, None, SECOND).await, Err(Failure::Unreachable));

    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", silent.local_addr().unwrap());
    let rest = rest(&base);
    let unheard = rest.answer(&Route::Callback(ticket()), None, Duration::from_millis(100)).await;
    assert_eq!(unheard, Err(Failure::Unanswered));
    assert_eq!(rest.standing().requests.values().sum::<i64>(), 1);
}
