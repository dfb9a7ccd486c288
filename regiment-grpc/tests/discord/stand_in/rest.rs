//! REST: every request is authorized, routed, judged, done and answered, unless something goes wrong on purpose.

use std::sync::Weak;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Multipart, Request as Incoming, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{any, get};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::faults::{self, Fault, Limit};
use super::spec::{Route, Spec};
use super::world::{File, Id, Request, World};
use super::{Discord, Shared, gateway, routes, rules};

/// The largest body that is read: more than Discord takes.
const LARGEST: usize = 30 << 20;

/// A request that may be answered.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) route: Route,
    pub(crate) query: String,
    pub(crate) body: Option<Value>,
    pub(crate) files: Vec<File>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
}

impl Reply {
    pub(crate) const fn ok(body: Value) -> Self {
        Self { status: 200, body: Some(body) }
    }

    pub(crate) const fn nothing() -> Self {
        Self { status: 204, body: None }
    }

    pub(crate) fn refused(status: u16, code: u32, message: &str) -> Self {
        Self { status, body: Some(json!({ "code": code, "message": message })) }
    }
}

impl Call {
    /// Reads an id out of the path.
    pub(crate) fn id(&self, name: &str) -> Option<Id> {
        self.route.parameters.get(name)?.parse().ok()
    }
}

pub(crate) fn router(discord: Weak<Shared>) -> Router {
    Router::new()
        .route("/gateway", get(gateway::connect))
        .route("/gateway/", get(gateway::connect))
        .fallback(any(answer))
        .with_state(discord)
}

/// Answers one request.
async fn answer(State(discord): State<Weak<Shared>>, incoming: Incoming) -> Response {
    let Some(discord) = discord.upgrade().map(Discord) else { return empty(503) };
    let (method, uri) = (incoming.method().to_string(), incoming.uri().clone());
    let headers = incoming.headers().clone();
    let read = read(incoming).await;
    let path = uri.path().strip_prefix("/api/v10").unwrap_or_default();
    let Some(route) = Spec::get().route(&method, path) else {
        let what = format!("{method} {}: no such route of Discord's API", uri.path());
        discord.with(|world| world.violations.push(what));
        return empty(404);
    };
    let at = Instant::now();
    let fault = discord.with(|world| faults::take(&mut world.faults, &route));
    if fault == Some(Fault::HangUp) {
        discord.with(|world| note(world, at, &route));
        hang_up()
    }
    let reply = match (fault.as_ref().and_then(refusal), read) {
        (Some(refused), _) => refused,
        (None, Err(what)) => {
            discord.with(|world| world.violations.push(format!("{method} {path}: {what}")));
            Reply::refused(400, 50109, "The request body contains invalid JSON.")
        }
        (None, Ok((body, files))) => {
            let query = uri.query().unwrap_or_default().to_owned();
            let call = Call { route: route.clone(), query, body, files };
            discord.with(|world| decide(world, &headers, &call))
        }
    };
    discord.with(|world| {
        note(world, at, &route);
        let is_ours = !matches!(fault, Some(Fault::Html(_) | Fault::Limit(..) | Fault::Refuse(..)));
        if is_ours {
            let wrong = Spec::get().judge_answer(&route, reply.status, reply.body.as_ref());
            let told =
                wrong.into_iter().map(|what| format!("the stand-in: {method} {path}: {what}"));
            world.violations.extend(told);
        }
    });
    match fault {
        Some(Fault::HangUpAfter) => hang_up(),
        Some(Fault::SilentAfter) => std::future::pending().await,
        _ => respond(fault, &reply),
    }
}

/// Ends the connection without an answer: the task that serves it ends.
fn hang_up() -> ! {
    // No panic is reported: nothing went wrong here.
    std::panic::resume_unwind(Box::new("hung up"))
}

fn note(world: &mut World, at: Instant, route: &Route) {
    let (method, template) = (route.method.clone(), route.template.clone());
    world.requests.push(Request { at, method, template });
}

/// What a fault refuses with.
fn refusal(fault: &Fault) -> Option<Reply> {
    match *fault {
        Fault::Refuse(status, code) => Some(Reply::refused(status, code, "refused on purpose")),
        Fault::Html(status) => Some(Reply { status, body: None }),
        Fault::Limit(limit, seconds) => Some(Reply {
            status: 429,
            body: Some(json!({
                "message": "You are being rate limited.",
                "retry_after": seconds,
                "global": limit == Limit::Global,
            })),
        }),
        Fault::HangUp
        | Fault::HangUpAfter
        | Fault::SilentAfter
        | Fault::Cut
        | Fault::Trickle(_)
        | Fault::Embellish => None,
    }
}

/// Reads a body: JSON, or a form whose `payload_json` is JSON, with files.
async fn read(incoming: Incoming) -> Result<(Option<Value>, Vec<File>), String> {
    let content_type = incoming.headers().get(header::CONTENT_TYPE).cloned();
    let content_type =
        content_type.as_ref().and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !content_type.starts_with("multipart/form-data") {
        let bytes = axum::body::to_bytes(incoming.into_body(), LARGEST).await;
        let bytes = bytes.map_err(|error| error.to_string())?;
        if bytes.is_empty() {
            return Ok((None, Vec::new()));
        }
        if content_type != "application/json" {
            return Err(format!("a body of the type '{content_type}'"));
        }
        let body = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
        return Ok((Some(body), Vec::new()));
    }
    let form = Multipart::from_request(incoming, &()).await;
    let mut form = form.map_err(|error| error.to_string())?;
    let (mut body, mut files) = (None, Vec::new());
    while let Some(field) = form.next_field().await.map_err(|error| error.to_string())? {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(ToOwned::to_owned);
        let content_type = field.content_type().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|error| error.to_string())?.to_vec();
        match file {
            Some(name) => files.push(File { name, content_type, bytes }),
            None if name == "payload_json" => {
                body = Some(serde_json::from_slice(&bytes).map_err(|error| error.to_string())?);
            }
            None => return Err(format!("an unknown part '{name}'")),
        }
    }
    Ok((body, files))
}

/// Authorizes, judges and does what is asked.
fn decide(world: &mut World, headers: &HeaderMap, call: &Call) -> Reply {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (method, template) = (&call.route.method, &call.route.template);
    let named = format!("{method} {template}");
    if !text(header::USER_AGENT).starts_with("DiscordBot (") {
        world.violations.push(format!("{named}: a User-Agent that Discord's proxy refuses"));
        return Reply::refused(403, 40333, "internal network error");
    }
    // The token in the path is enough.
    let is_open = template.starts_with("/interactions/") || template.starts_with("/webhooks/");
    let is_known = text(header::AUTHORIZATION) == format!("Bot {}", world.token);
    if !is_open && !is_known {
        return Reply::refused(401, 0, "401: Unauthorized");
    }
    let mut wrong = Spec::get().judge_request(&call.route, call.body.as_ref());
    if let Some(body) = &call.body {
        wrong.extend(rules::judge(&call.route, body, call.files.len()));
    }
    if !wrong.is_empty() {
        let body = call.body.as_ref().map(ToString::to_string).unwrap_or_default();
        world.violations.extend(wrong.iter().map(|what| format!("{named}: {what}\n    {body}")));
        return Reply::refused(400, 50035, "Invalid Form Body");
    }
    routes::answer(world, call)
}

/// Writes an answer down, with the headers of a limit that is far away, unless a fault says otherwise.
fn respond(fault: Option<Fault>, reply: &Reply) -> Response {
    let mut response = Response::builder().status(reply.status);
    let mut set = |name: &str, value: &str| {
        let headers = response.headers_mut().expect("nothing is wrong yet");
        let name = name.parse::<header::HeaderName>().expect("a name");
        headers.insert(name, value.parse().expect("ASCII"));
    };
    match fault {
        Some(Fault::Html(_)) => {
            set("content-type", "text/html; charset=UTF-8");
            let page =
                "<html><head><title>Access denied</title></head><body>Error 1015</body></html>";
            return response.body(Body::from(page)).expect("a response");
        }
        Some(Fault::Limit(Limit::Bare, _)) => {}
        Some(Fault::Limit(limit, seconds)) => {
            set("retry-after", &seconds.ceil().to_string());
            let scope = match limit {
                Limit::Global => "global",
                Limit::Shared => "shared",
                Limit::Route | Limit::Bare => "user",
            };
            set("x-ratelimit-scope", scope);
            if limit == Limit::Global {
                set("x-ratelimit-global", "true");
            } else {
                limits(&mut set, "0", seconds);
            }
        }
        _ => limits(&mut set, "49", 1.0),
    }
    let Some(mut body) = reply.body.clone() else {
        return response.body(Body::empty()).expect("a response");
    };
    set("content-type", "application/json");
    if fault == Some(Fault::Embellish) && body.is_object() {
        body["a_field_of_2031"] = json!({ "nobody": ["knows", 1, null] });
    }
    let text = body.to_string();
    let body = match fault {
        Some(Fault::Cut) => Body::from(text[..text.len() / 2].to_owned()),
        Some(Fault::Trickle(time)) => trickle(&text, time),
        _ => Body::from(text),
    };
    response.body(body).expect("a response")
}

fn limits(set: &mut impl FnMut(&str, &str), remaining: &str, reset_after: f64) {
    set("x-ratelimit-limit", "50");
    set("x-ratelimit-remaining", remaining);
    set("x-ratelimit-reset-after", &format!("{reset_after:.3}"));
    set("x-ratelimit-bucket", "a-bucket");
}

/// Sends a text in ten pieces.
fn trickle(text: &str, time: Duration) -> Body {
    let size = text.len().div_ceil(10).max(1);
    let pieces: Vec<Bytes> = text.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect();
    let pause = time / 10;
    let pieces = futures_util::stream::iter(pieces);
    Body::from_stream(futures_util::StreamExt::then(pieces, move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, std::convert::Infallible>(piece)
    }))
}

fn empty(status: u16) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    response
}
