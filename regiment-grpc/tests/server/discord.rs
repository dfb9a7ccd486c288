//! A stand-in for Discord: it asks nobody, but it checks what a server must send.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use oauth2::{PkceCodeChallenge, PkceCodeVerifier};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::json;
use tokio::net::TcpListener;
use url::Url;

pub(crate) const CLIENT_ID: &str = "700";
pub(crate) const CLIENT_SECRET: &str = "hunter2";
pub(crate) const BOT_TOKEN: &str = "a bot's token";
pub(crate) const GUILD: &str = "800";

/// Whoever sits before the browser.
pub(crate) const PERSON: &str = "80351110224678912";

/// What the stand-in knows.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The person's roles in the guild, if he is a member.
    pub(crate) roles: Option<Vec<String>>,
    /// Whether members can't be read now.
    pub(crate) is_away: bool,
    /// The challenge and the address that each code was given for.
    codes: HashMap<String, (String, String)>,
    tokens: Vec<String>,
}

/// The stand-in, as long as the test's runtime lives.
#[derive(Debug, Clone)]
pub(crate) struct Discord {
    pub(crate) api_base: Url,
    known: Arc<Mutex<Known>>,
}

impl Discord {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let known = Arc::new(Mutex::new(Known::default()));
        let app = Router::new()
            .route("/oauth2/authorize", get(authorize))
            .route("/api/v10/oauth2/token", post(token))
            .route("/api/v10/users/@me", get(user))
            .route("/api/v10/guilds/{guild}/members/{user}", get(member))
            .with_state(known.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let api_base = Url::parse(&format!("http://{address}/api/v10")).expect("an address");
        Self { api_base, known }
    }

    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().expect("no test panics with it")
    }

    pub(crate) fn gives(&self, roles: &[&str]) {
        self.known().roles = Some(roles.iter().map(|&role| role.to_owned()).collect());
    }
}

type Shared = State<Arc<Mutex<Known>>>;

/// The person says yes at once.
async fn authorize(State(known): Shared, Query(asked): Query<HashMap<String, String>>) -> Response {
    let of = |name: &str| asked.get(name).map_or("", String::as_str);
    let is_sound = of("client_id") == CLIENT_ID
        && of("response_type") == "code"
        && of("scope") == "identify"
        && of("code_challenge_method") == "S256"
        && !of("state").is_empty();
    if !is_sound {
        return (StatusCode::BAD_REQUEST, format!("{asked:?}")).into_response();
    }
    let mut known = known.lock().expect("no test panics with it");
    let code = format!("code-{}", known.codes.len());
    let given_for = (of("code_challenge").to_owned(), of("redirect_uri").to_owned());
    known.codes.insert(code.clone(), given_for);
    let mut back = Url::parse(of("redirect_uri")).expect("an address");
    back.query_pairs_mut().append_pair("code", &code).append_pair("state", of("state"));
    Redirect::to(back.as_str()).into_response()
}

async fn token(State(known): Shared, headers: HeaderMap, form: String) -> Response {
    let form: HashMap<String, String> =
        url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    let of = |name: &str| form.get(name).map_or("", String::as_str);
    // "700:hunter2" as HTTP's basic scheme writes it.
    let is_known =
        headers.get("authorization").is_some_and(|value| value == "Basic NzAwOmh1bnRlcjI=");
    let mut known = known.lock().expect("no test panics with it");
    let given_for = known.codes.remove(of("code"));
    let verifier = PkceCodeVerifier::new(of("code_verifier").to_owned());
    let proves = PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str().to_owned();
    let is_its_own = given_for == Some((proves, of("redirect_uri").to_owned()));
    if !is_known || of("grant_type") != "authorization_code" || !is_its_own {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    }
    let token = format!("token-{}", known.tokens.len());
    known.tokens.push(token.clone());
    Json(json!({"access_token": token, "token_type": "Bearer", "expires_in": 604_800}))
        .into_response()
}

async fn user(State(known): Shared, headers: HeaderMap) -> Response {
    let known = known.lock().expect("no test panics with it");
    let shown = headers.get("authorization").and_then(|value| value.to_str().ok());
    let token = shown.and_then(|shown| shown.strip_prefix("Bearer ")).unwrap_or_default();
    if !known.tokens.iter().any(|given| given == token) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    Json(json!({"id": PERSON, "username": "ana", "global_name": "Ana"})).into_response()
}

async fn member(
    State(known): Shared,
    Path((guild, user)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let known = known.lock().expect("no test panics with it");
    let is_bot = headers.get("authorization").is_some_and(|v| *v == format!("Bot {BOT_TOKEN}"));
    if !is_bot || guild != GUILD || known.is_away {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    match &known.roles {
        Some(roles) if user == PERSON => Json(json!({"roles": roles})).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
