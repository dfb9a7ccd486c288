//! The requests to Discord: about a dozen routes, each under the limits, each with an end.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use regiment_core::Secret;
use reqwest::{
    RequestBuilder,
    header::{HeaderMap, HeaderName, HeaderValue},
    multipart::{Form, Part},
};
use serde_json::Value;
use tokio::{sync::Notify, time::Instant};
use url::Url;

use super::{
    body::Body,
    limit::{Admission, Limits},
    outcome::{Failure, judge},
    route::{Credential, Route},
};
use crate::config;

/// The version of the API that is spoken.
const API: &str = "api/v10/";

/// How long it may take to connect.
const CONNECT: Duration = Duration::from_secs(3);

/// How long a request may take, and one with files.
const TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT_WITH_FILES: Duration = Duration::from_secs(15);

/// The way to Discord. Cloning it is cheap.
#[derive(Debug, Clone)]
pub(crate) struct Rest(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    http: reqwest::Client,
    base: Url,
    token: Secret,
    limits: Mutex<Limits>,
    counts: Mutex<Counts>,
    /// Told when something happened of which somebody should hear at once.
    trouble: Notify,
}

/// What was asked since the bot started.
#[derive(Debug, Default)]
struct Counts {
    requests: BTreeMap<(&'static str, u16), i64>,
    waited: Duration,
}

/// How it stands with the requests, for the report.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Standing {
    /// How often each route was answered with each status; 0 where there was no answer.
    pub(crate) requests: BTreeMap<(&'static str, u16), i64>,
    /// How long requests waited for limits.
    pub(crate) waited: Duration,
    /// Invalid requests of the last 10 minutes.
    pub(crate) invalid: usize,
    /// For how much longer nothing is asked.
    pub(crate) pause: Option<Duration>,
    /// Whether Discord does not know the bot's token.
    pub(crate) is_unauthorized: bool,
}

impl Rest {
    /// Prepares to ask.
    ///
    /// # Errors
    /// Where the machine's TLS can't be used.
    pub(crate) fn new(config: &config::Discord) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .user_agent(format!("DiscordBot ({}, {})", config.about, env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .timeout(TIMEOUT_WITH_FILES)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self(Arc::new(Inner {
            http,
            base: config.base.join(API).expect("the API's path follows any address"),
            token: config.token.clone(),
            limits: Mutex::default(),
            counts: Mutex::default(),
            trouble: Notify::new(),
        })))
    }

    /// Returns the client, for the gateway to ask with.
    pub(super) fn http(&self) -> reqwest::Client {
        self.0.http.clone()
    }

    /// Asks under the bot's limits, and waits for them no longer than `patience`.
    ///
    /// # Errors
    /// [`Failure`]; [`Failure::Held`] where the limits would not let it through in time.
    pub(crate) async fn ask(
        &self,
        route: &Route,
        body: Option<&Body>,
        patience: Duration,
    ) -> Result<Value, Failure> {
        let until = Instant::now() + patience;
        loop {
            let now = Instant::now();
            let admission = self.limits().admit(route, now);
            match admission {
                Admission::Now => break,
                Admission::Never => return Err(Failure::Unauthorized),
                Admission::After(wait, by) if now + wait > until => {
                    return Err(Failure::Held { wait, by });
                }
                Admission::After(wait, _) => {
                    self.counts().waited += wait;
                    tokio::time::sleep(wait).await;
                }
            }
        }
        let timeout = match body {
            Some(body) if !body.files.is_empty() => TIMEOUT_WITH_FILES,
            _ => TIMEOUT,
        };
        self.go(route, body, timeout).await
    }

    /// Answers an interaction, which no limit of the bot's concerns.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) async fn answer(
        &self,
        route: &Route,
        body: Option<&Body>,
        timeout: Duration,
    ) -> Result<Value, Failure> {
        debug_assert_eq!(route.credential(), Credential::Interaction);
        self.go(route, body, timeout).await
    }

    /// Adds to a refusal for how long the limits hold such requests after it, if they do.
    pub(crate) fn held(&self, failure: Failure) -> Failure {
        self.limits().held(failure, Instant::now())
    }

    /// Returns for how much longer no direct messages may be written.
    pub(crate) fn quarantine(&self) -> Option<Duration> {
        self.limits().quarantine(Instant::now())
    }

    /// Returns how it stands with the requests.
    pub(crate) fn standing(&self) -> Standing {
        let now = Instant::now();
        let mut limits = self.limits();
        let (invalid, pause) = (limits.invalid(now), limits.pause_left(now));
        let is_unauthorized = limits.is_unauthorized();
        drop(limits);
        let counts = self.counts();
        Standing {
            requests: counts.requests.clone(),
            waited: counts.waited,
            invalid,
            pause,
            is_unauthorized,
        }
    }

    /// Waits until something happened of which somebody should hear at once.
    pub(crate) async fn trouble(&self) {
        self.0.trouble.notified().await;
    }

    async fn go(
        &self,
        route: &Route,
        body: Option<&Body>,
        timeout: Duration,
    ) -> Result<Value, Failure> {
        let began = Instant::now();
        let sent = self.request(route, body).timeout(timeout).send().await;
        let (status, outcome) = match sent {
            Err(error) => (0, Err(unsent(&error))),
            Ok(response) => {
                let (status, headers) = (response.status(), response.headers().clone());
                self.limits().hear(route, &headers, Instant::now());
                let outcome = match response.bytes().await {
                    Ok(bytes) => judge(status, &headers, &bytes),
                    // What went wrong is clear without the words.
                    Err(_) if !status.is_success() => judge(status, &headers, b"{}"),
                    Err(_) => Err(Failure::Unanswered),
                };
                (status.as_u16(), outcome)
            }
        };
        *self.counts().requests.entry((route.line(), status)).or_default() += 1;
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &outcome {
            Ok(_) => {
                self.limits().succeed(route);
                tracing::debug!(route = route.line(), status, took_ms, "asked Discord");
            }
            Err(failure) => {
                self.suffer(route, *failure);
                tracing::info!(route = route.line(), status, took_ms, ?failure, "Discord refused");
            }
        }
        outcome
    }

    fn suffer(&self, route: &Route, failure: Failure) {
        let now = Instant::now();
        let mut limits = self.limits();
        let before = limits.pause_left(now);
        limits.suffer(route, failure, now);
        let is_news = before.is_none() && limits.pause_left(now).is_some();
        drop(limits);
        if is_news || failure == Failure::Unauthorized {
            self.0.trouble.notify_one();
        }
    }

    fn request(&self, route: &Route, body: Option<&Body>) -> RequestBuilder {
        let url = self.0.base.join(&route.path()).expect("ids and tokens stand in a path");
        let mut request = self.0.http.request(route.method(), url);
        if route.credential() == Credential::Bot {
            request = request.headers(authorization(&self.0.token));
        }
        match body {
            None => request,
            Some(Body { json, files }) if files.is_empty() => request.json(json),
            Some(Body { json, files }) => {
                let json = Part::text(json.to_string()).mime_str("application/json");
                let mut form = Form::new().part("payload_json", json.expect("it is a type"));
                for (n, file) in files.iter().enumerate() {
                    let part = Part::bytes(file.bytes.clone()).file_name(file.name.clone());
                    let part = part.mime_str(file.content_type).expect("it is a type");
                    form = form.part(format!("files[{n}]"), part);
                }
                request.multipart(form)
            }
        }
    }

    fn limits(&self) -> MutexGuard<'_, Limits> {
        self.0.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells what never left from what was not answered.
fn unsent(error: &reqwest::Error) -> Failure {
    if error.is_connect() || error.is_builder() {
        Failure::Unreachable
    } else {
        Failure::Unanswered
    }
}

fn authorization(token: &Secret) -> HeaderMap {
    let mut headers = HeaderMap::new();
    // A token that can't stand in a header is no token; Discord says so.
    if let Ok(mut value) = HeaderValue::from_str(&format!("Bot {}", token.expose())) {
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static("authorization"), value);
    }
    headers
}

#[cfg(test)]
mod tests;
