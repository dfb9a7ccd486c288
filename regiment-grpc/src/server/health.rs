//! How the process is watched from outside, and how it watches itself: `/livez`, `/readyz`, `/metrics`, and the look
//! around every 10 seconds from which alerts follow.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use regiment_core::engine::conditions::{Process, of_process};
use regiment_core::regiment::{Regiment, SystemState};
use regiment_core::store::{self, RequestCount};
use tokio_util::sync::CancellationToken;

use super::calls::{Calls, Tally};
use super::tally;
use super::webhook::Posts;

/// How often the process looks around.
const LOOK: Duration = Duration::from_secs(10);

/// A scheduler that was silent for longer is not ready.
const TICK: SignedDuration = SignedDuration::from_secs(15);

/// What is watched.
#[derive(Debug, Clone)]
pub(super) struct Health {
    pub(super) regiment: Arc<Regiment>,
    pub(super) calls: Calls,
    /// Whether this process fires what falls due: then it is ready only while it does.
    pub(super) decides: bool,
    /// What posting alerts came to.
    pub(super) posts: Posts,
}

/// Answers `/livez`, `/readyz` and `/metrics`. They hold nothing personal and ask for no token.
pub(super) fn routes(health: Health) -> Router {
    Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

/// Looks around until the server stops: raises what holds, and closes what is over.
pub(super) async fn look_around(health: Health, stopping: CancellationToken) {
    let Health { regiment, calls, posts, decides: _ } = &health;
    let mut process = Process::default();
    let mut raised = Vec::new();
    while stopping.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
        let now = regiment.now();
        // Before the check, whose own connection may not be back yet when it is done.
        process.pool_full_since = match (regiment.store().is_pool_full(), process.pool_full_since) {
            (false, _) => None,
            (true, since) => since.or(Some(now)),
        };
        process.failed_checks = match health.check().await {
            Ok(()) => 0,
            Err(reason) => {
                tracing::warn!(
                    engine = "watch",
                    outcome = "not_ready",
                    reason,
                    "a health check failed"
                );
                process.failed_checks + 1
            }
        };
        Tally { calls: process.calls, errors: process.errors, slow: process.slow } =
            calls.lately(now);
        process.webhook_failing_since = posts.failing_since();
        let found = of_process(&process, now);
        if let Err(error) = regiment.watch_over(found, &mut raised).await {
            let error: &(dyn std::error::Error + 'static) = &error;
            tracing::error!(
                engine = "watch",
                outcome = "failed",
                error,
                "alerts could not be kept"
            );
        }
    }
}

impl Health {
    /// Returns why the process is not ready, if it is not.
    async fn check(&self) -> Result<(), String> {
        let store = self.regiment.store();
        store.probe(self.regiment.now()).await.map_err(|error| reason(&error))?;
        let state = self.regiment.system_state().await;
        let state = state.map_err(|error| format!("the state can't be read: {error}"))?;
        let age = state.practice.last_tick.map(|at| self.regiment.now().duration_since(at));
        match age {
            Some(age) if self.decides && age > TICK => {
                Err(format!("nothing was decided for {} s", age.as_secs()))
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn reason(error: &store::Error) -> String {
    format!("the database does not take a write: {error}")
}

async fn ready(State(health): State<Health>) -> Response {
    match health.check().await {
        Ok(()) => (StatusCode::OK, "ready\n").into_response(),
        Err(reason) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")).into_response()
        }
    }
}

async fn metrics(State(health): State<Health>) -> Response {
    let mut text = String::new();
    match health.regiment.system_state().await {
        Ok(state) => write(&state, health.regiment.now(), &mut text),
        Err(error) => {
            tracing::warn!(outcome = "failed", %error, "the state could not be read for metrics");
        }
    }
    health.calls.write(&mut text);
    tally::write(&health.regiment.store().tally(), &mut text);
    health.posts.write(&mut text);
    let _ = write!(
        text,
        "# HELP regiment_build_info The program.\n# TYPE regiment_build_info gauge\n\
         regiment_build_info{{version=\"{}\"}} 1\n",
        env!("CARGO_PKG_VERSION")
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

/// Writes how the practice stands, as Prometheus reads it.
fn write(state: &SystemState, now: Timestamp, text: &mut String) {
    let mut gauge = |name: &str, help: &str, rows: &[(String, f64)]| {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (labels, value) in rows {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    let seconds = |age: SignedDuration| age.max(SignedDuration::ZERO).as_secs_f64();
    let alone = |value: f64| [(String::new(), value)];
    if let Some(at) = state.practice.last_tick {
        let name = "regiment_scheduler_last_tick_timestamp_seconds";
        gauge(name, "When something was last decided.", &alone(seconds(at.as_duration())));
    }
    let lag = state.next_due.map(|at| seconds(now.duration_since(at))).unwrap_or_default();
    gauge("regiment_scheduler_lag_seconds", "By how much what is due is late.", &alone(lag));
    let pending: Vec<_> = state
        .pending
        .iter()
        .map(|(priority, count)| (format!("{{priority=\"{priority}\"}}"), f64::from(*count)))
        .collect();
    gauge("regiment_outbox_pending", "Messages that have not ended.", &pending);
    let oldest = state.backlog.oldest_due.map(|at| seconds(now.duration_since(at)));
    let oldest = alone(oldest.unwrap_or_default());
    gauge("regiment_outbox_oldest_seconds", "For how long the oldest due message waits.", &oldest);
    let alerts: Vec<_> = ["low", "medium", "high", "critical"]
        .iter()
        .zip(state.open_alerts)
        .map(|(severity, count)| (format!("{{severity=\"{severity}\"}}"), f64::from(count)))
        .collect();
    gauge("regiment_alerts_open", "Alerts that are open.", &alerts);
    let quarantined = alone(f64::from(state.quarantined));
    gauge("regiment_quarantined_records", "Records in quarantine.", &quarantined);
    let connected = alone(f64::from(u32::try_from(state.bots.len()).unwrap_or(u32::MAX)));
    gauge("regiment_bots_connected", "Bots that are connected.", &connected);
    if let Some(bot) = state.bots.first() {
        let waited = Duration::from_millis(bot.report.waited_ms).as_secs_f64();
        let name = "regiment_discord_ratelimit_wait_seconds";
        gauge(name, "Waited for rate limits since the bot started.", &alone(waited));
        let name = "regiment_discord_requests_total";
        let help = "Requests to Discord since the bot started.";
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter");
        for RequestCount { route, code, count } in &bot.report.requests {
            // A route may hold neither quotes nor backslashes unescaped.
            let route = route.replace('\\', "\\\\").replace('"', "\\\"");
            let _ = writeln!(text, "{name}{{route=\"{route}\",code=\"{code}\"}} {count}");
        }
    }
}
