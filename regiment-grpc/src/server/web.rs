//! What the port answers beside gRPC: signing in, and the headers that every page bears.

pub(super) mod discord;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::get;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, StatusCode};
use jiff::SignedDuration;
use regiment_core::regiment::{Regiment, SignedIn};
use regiment_core::store::{Presented, SecretKind};
use serde::Deserialize;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;

use self::discord::{Asked, Discord, Refused};
use super::limit::{Limits, TooMuch};
use super::page::{hex, unhex};
use super::site::{Purpose, Site};

/// Where a browser goes to sign in, where Discord sends it back to, and where a one-time link points.
pub(super) const SIGN_IN: &str = "/auth/sign-in";
pub(super) const CALLBACK: &str = "/auth/callback";
pub(super) const LINK: &str = "/auth/link";

/// How long somebody may take at Discord.
const AT_DISCORD: SignedDuration = SignedDuration::from_mins(10);

/// What pages may load: what comes from here. Styles may stand in the page, for components set theirs so.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What signing in needs.
#[derive(Clone)]
pub(super) struct Web {
    pub(super) regiment: Arc<Regiment>,
    pub(super) site: Arc<Site>,
    pub(super) limits: Arc<Limits>,
    pub(super) discord: Option<Arc<Discord>>,
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct SentBack {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    token: String,
}

/// Why a page is not shown, as a person reads it.
struct Sorry(StatusCode, String);

/// Returns the pages of signing in.
pub(super) fn routes(web: Web) -> Router {
    Router::new()
        .route(SIGN_IN, get(sign_in))
        .route(CALLBACK, get(callback))
        .route(LINK, get(link))
        .route_layer(from_fn_with_state(web.clone(), limit))
        .layer(CatchPanicLayer::new())
        .with_state(web)
}

/// Lets pages of the configured origins call, with the cookies of whoever looks at them; those of no other.
pub(super) fn cors(site: &Site) -> CorsLayer {
    const ASKED: [HeaderName; 6] = [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        HeaderName::from_static("grpc-timeout"),
        HeaderName::from_static("traceparent"),
        HeaderName::from_static("x-grpc-web"),
        HeaderName::from_static("x-user-agent"),
    ];
    const ANSWERED: [HeaderName; 3] = [
        HeaderName::from_static("grpc-message"),
        HeaderName::from_static("grpc-status"),
        HeaderName::from_static("grpc-status-details-bin"),
    ];
    let origins = site.allowed().iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(origins.collect::<Vec<_>>())
        .allow_credentials(true)
        .allow_methods([Method::POST])
        .allow_headers(ASKED)
        .expose_headers(ANSWERED)
        .max_age(Duration::from_hours(1))
}

/// Adds the headers that keep a browser from doing with an answer what it should not.
pub(super) async fn harden(
    State(site): State<Arc<Site>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if site.is_https() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// Counts a request of somebody who is not signed in yet.
async fn limit(State(web): State<Web>, request: Request, next: Next) -> Response {
    let address = web.limits.address(request.extensions(), request.headers());
    if let Err(TooMuch(pause)) = web.limits.take_for_address(address) {
        let seconds = pause.as_secs() + 1;
        let sorry = Sorry(StatusCode::TOO_MANY_REQUESTS, "too much was asked: wait".to_owned());
        return ([(header::RETRY_AFTER, seconds.to_string())], sorry).into_response();
    }
    next.run(request).await
}

/// Sends a browser to Discord.
async fn sign_in(State(web): State<Web>, Query(wanted): Query<Wanted>) -> Result<Response, Sorry> {
    let Asked { url, state, verifier } = web.discord()?.ask();
    let next = if is_ours(&wanted.next) { wanted.next } else { "/".to_owned() };
    let kept = format!("{state}:{verifier}:{}", hex(next.as_bytes()));
    let cookie = web.site.set(Purpose::SignIn, &kept, AT_DISCORD);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(url.as_str())).into_response())
}

/// Takes a browser back from Discord, and signs in whoever sits before it.
async fn callback(
    State(web): State<Web>,
    headers: HeaderMap,
    Query(SentBack { code, state }): Query<SentBack>,
) -> Result<Response, Sorry> {
    let discord = web.discord()?;
    let kept = web.site.cookie(&headers, Purpose::SignIn).unwrap_or_default();
    let mut parts = kept.split(':');
    let (asked, verifier, next) = (parts.next(), parts.next(), parts.next());
    // Whoever was sent by somebody else's link, and not by this browser, is not signed in.
    if state.is_empty() || asked != Some(&state) {
        return Err(Refused::Code.into());
    }
    let account = discord.account(code, verifier.unwrap_or_default().to_owned()).await?;
    let signed_in = web.regiment.sign_in(account).await.map_err(failed)?;
    let next = next.and_then(unhex).and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(web.welcome(&signed_in, next.as_deref().filter(|next| is_ours(next)).unwrap_or("/")))
}

/// Signs in whoever opens a one-time link first.
async fn link(
    State(web): State<Web>,
    Query(Link { token }): Query<Link>,
) -> Result<Response, Sorry> {
    let kind = SecretKind::Link;
    let Presented::Valid(session, _) =
        web.regiment.presented(kind, &token).await.map_err(failed)?
    else {
        return Err(spent());
    };
    let signed_in = web.regiment.renew(kind, &token, session.role).await.map_err(failed)?;
    Ok(web.welcome(&signed_in.ok_or_else(spent)?, "/"))
}

impl Web {
    fn discord(&self) -> Result<&Discord, Sorry> {
        self.discord.as_deref().ok_or_else(|| {
            Sorry(StatusCode::NOT_FOUND, "sign-in with Discord is not set up here".to_owned())
        })
    }

    /// Hands a browser its cookies and sends it on.
    fn welcome(&self, signed_in: &SignedIn, next: &str) -> Response {
        let [access, refresh] = self.site.cookies_of(signed_in, self.regiment.now());
        let cookies = [access, refresh, self.site.clear(Purpose::SignIn)];
        let cookies = AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
        (cookies, Redirect::to(next)).into_response()
    }
}

impl IntoResponse for Sorry {
    fn into_response(self) -> Response {
        let Self(code, text) = self;
        tracing::warn!(outcome = "refused", code = code.as_u16(), "a page was refused");
        (code, format!("{text}\n")).into_response()
    }
}

impl From<Refused> for Sorry {
    fn from(refused: Refused) -> Self {
        let code = match refused {
            Refused::Code => StatusCode::BAD_REQUEST,
            Refused::NoRole => StatusCode::FORBIDDEN,
            Refused::Away => StatusCode::BAD_GATEWAY,
        };
        Self(code, refused.to_string())
    }
}

fn spent() -> Sorry {
    Sorry(StatusCode::FORBIDDEN, "that link was opened before, or is too old".to_owned())
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where an error is mapped")]
fn failed(error: regiment_core::regiment::Error) -> Sorry {
    let error: &(dyn std::error::Error + 'static) = &error;
    tracing::error!(outcome = "failed", error, "a sign-in failed");
    Sorry(StatusCode::SERVICE_UNAVAILABLE, "the server can't sign you in now: try again".to_owned())
}

/// Returns whether a path stays on this server.
fn is_ours(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert!(is_ours("/") && is_ours("/clients/42?tab=logs#top"));
        for wrong in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\tb", "a"]
        {
            assert!(!is_ours(wrong), "{wrong:?}");
        }
    }
}
