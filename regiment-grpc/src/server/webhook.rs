//! Tells a receiver outside of urgent alerts: each is posted as JSON until it is taken.

use std::fmt::Write as _;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use regiment_core::record::{Alert, AlertKind, Severity};
use regiment_core::regiment::Regiment;
use reqwest::redirect::Policy;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::page::hex;
use crate::secret::WebhookUrl;

/// How often alerts are looked for.
const LOOK: Duration = Duration::from_secs(1);

/// The longest wait after a failure; the waits before it double.
const LONGEST: Duration = Duration::from_mins(5);

/// How long the receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What posting came to in this process.
#[derive(Debug, Clone, Default)]
pub(super) struct Posts(Arc<Mutex<Counts>>);

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    taken: u64,
    failed: u64,
    failing_since: Option<Timestamp>,
}

/// An alert as the receiver gets it. It names no client.
#[derive(Serialize)]
struct Told<'a> {
    /// The same for each attempt, so that a receiver can tell a repetition.
    name: String,
    kind: AlertKind,
    severity: Severity,
    text: &'a str,
    raised_at: Timestamp,
}

/// Everything that posting needs.
struct Posting {
    regiment: Arc<Regiment>,
    http: reqwest::Client,
    to: WebhookUrl,
    posts: Posts,
    /// What this process calls itself.
    teller: String,
}

/// Why an alert was not taken. It never shows the address, which is a secret.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the receiver answered {0}")]
    Answered(reqwest::StatusCode),
    #[error(transparent)]
    Unreached(reqwest::Error),
    #[error(transparent)]
    Store(#[from] regiment_core::regiment::Error),
}

impl Posts {
    /// Returns since when no alert could be posted; absent while the last attempt succeeded.
    pub(super) fn failing_since(&self) -> Option<Timestamp> {
        self.counts().failing_since
    }

    /// Writes the counts as Prometheus reads them.
    pub(super) fn write(&self, text: &mut String) {
        let Counts { taken, failed, failing_since: _ } = *self.counts();
        let name = "regiment_webhook_posts_total";
        let help = "Attempts to post an alert to the webhook.";
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter");
        for (outcome, count) in [("taken", taken), ("failed", failed)] {
            let _ = writeln!(text, "{name}{{outcome=\"{outcome}\"}} {count}");
        }
    }

    fn note(&self, posted: &Result<(), Failure>, now: Timestamp) {
        let mut counts = self.counts();
        if posted.is_ok() {
            counts.taken += 1;
            counts.failing_since = None;
        } else {
            counts.failed += 1;
            counts.failing_since.get_or_insert(now);
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the work of posting alerts to `to` until the server stops.
pub(super) fn tell(
    regiment: Arc<Regiment>,
    to: WebhookUrl,
    posts: Posts,
    stopping: CancellationToken,
) -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    // A redirect could lead the alerts to somebody else.
    let http = reqwest::Client::builder().timeout(PATIENCE).redirect(Policy::none()).build()?;
    let mut id = [0; 8];
    getrandom::fill(&mut id).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    let posting = Posting { regiment, http, to, posts, teller: hex(&id) };
    Ok(posting.until(stopping))
}

impl Posting {
    async fn until(self, stopping: CancellationToken) {
        let mut pause = LOOK;
        while stopping.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
            pause = match self.tell().await {
                Ok(()) => LOOK,
                Err(error) => {
                    let error: &(dyn std::error::Error + 'static) = &error;
                    tracing::warn!(
                        engine = "webhook",
                        outcome = "failed",
                        error,
                        "an alert was not taken"
                    );
                    (pause * 2).min(LONGEST)
                }
            };
        }
    }

    /// Tells of everything that is to be told, up to the first failure.
    async fn tell(&self) -> Result<(), Failure> {
        for alert in self.regiment.untold(&self.teller).await? {
            let posted = self.post(&alert).await;
            self.posts.note(&posted, self.regiment.now());
            posted?;
            self.regiment.note_told(&self.teller, &alert).await?;
        }
        Ok(())
    }

    async fn post(&self, alert: &Alert) -> Result<(), Failure> {
        let Alert { id, kind, severity, text, raised_at, .. } = alert;
        let told = Told {
            name: format!("alerts/{id}"),
            kind: *kind,
            severity: *severity,
            text,
            raised_at: *raised_at,
        };
        let sent = self.http.post(self.to.expose().clone()).json(&told).send().await;
        let status = sent.map_err(|error| Failure::Unreached(error.without_url()))?.status();
        if status.is_success() { Ok(()) } else { Err(Failure::Answered(status)) }
    }
}
