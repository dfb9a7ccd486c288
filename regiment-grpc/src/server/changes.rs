//! `WatchService`: hints of what changed, for any number of dashboards at the price of one.
//!
//! One task looks at the store, when somebody watches: at once when it hears of a commit, and every few seconds
//! anyway. All streams share what it finds, so a dashboard costs a queue and a timer.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, stream};
use jiff::SignedDuration;
use regiment_core::Invalid;
use regiment_core::regiment::{Regiment, Result as Read};
use regiment_core::store::{Change, Changing};
use regiment_proto::v1;
use regiment_proto::v1::watch_service_server::WatchService;
use regiment_proto::v1::{WatchRequest, WatchResponse};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::stop::until_stopped;
use crate::status;

/// How long a stream may be silent.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// How often the store is looked at when nobody says that it changed.
const LOOK: Duration = Duration::from_secs(2);

/// How long commits are gathered before the store is looked at.
const GATHER: Duration = Duration::from_millis(200);

/// How far back each look goes: a transaction writes the instant at which it began, and is seen when it ends.
const REACH: SignedDuration = SignedDuration::from_secs(30);

/// As many changes of a kind are told one by one; of more, only that there were many.
const MANY: u32 = 500;

/// As many batches of hints wait for a slow reader; one who is slower reads everything again.
const WAITING: usize = 64;

/// The most prefixes of a request, and the longest.
const PREFIXES: usize = 100;

/// What a look found.
type Batch = Arc<Vec<v1::Change>>;

/// Answers those who watch.
#[derive(Debug)]
pub(super) struct Watches {
    found: broadcast::Sender<Batch>,
    stopping: CancellationToken,
}

impl Watches {
    /// Begins to look at the store whenever somebody watches, until the server stops.
    pub(super) fn begin(regiment: Arc<Regiment>, stopping: CancellationToken) -> Self {
        let (found, _) = broadcast::channel(WAITING);
        let looking = stopping.clone().run_until_cancelled_owned(look(regiment, found.clone()));
        tokio::spawn(looking);
        Self { found, stopping }
    }
}

#[tonic::async_trait]
impl WatchService for Watches {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<WatchResponse, Status>> + Send>>;

    async fn watch(
        &self,
        request: Request<WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let WatchRequest { prefixes } = request.into_inner();
        let is_good = |prefix: &String| (1..=100).contains(&prefix.chars().count());
        if prefixes.len() > PREFIXES || !prefixes.iter().all(is_good) {
            let refused = Invalid::new(
                "prefixes",
                format!("{} of them", prefixes.len()),
                "at most 100, of 1 to 100 characters each",
            );
            return Err(status::invalid("prefixes", &refused));
        }
        let watch = Watch { found: self.found.subscribe(), prefixes, heartbeat_at: Instant::now() };
        let items = stream::unfold(watch, async |mut watch| {
            let next = watch.next().await?;
            Some((Ok(next), watch))
        });
        Ok(Response::new(Box::pin(until_stopped(items, self.stopping.clone()))))
    }
}

/// One stream.
struct Watch {
    found: broadcast::Receiver<Batch>,
    prefixes: Vec<String>,
    heartbeat_at: Instant,
}

impl Watch {
    /// Waits for hints or for a heartbeat; `None` when the server looks no more.
    async fn next(&mut self) -> Option<WatchResponse> {
        loop {
            let heard = tokio::time::timeout_at(self.heartbeat_at, self.found.recv()).await;
            let changes = match heard {
                Err(_) => Vec::new(),
                Ok(Ok(batch)) => {
                    let wanted = batch.iter().filter(|change| self.wants(&change.name)).cloned();
                    let wanted: Vec<_> = wanted.collect();
                    if wanted.is_empty() {
                        continue;
                    }
                    wanted
                }
                Ok(Err(RecvError::Lagged(_))) => vec![many()],
                Ok(Err(RecvError::Closed)) => return None,
            };
            self.heartbeat_at = Instant::now() + HEARTBEAT;
            return Some(WatchResponse { changes });
        }
    }

    fn wants(&self, name: &str) -> bool {
        name == MANY_NAME
            || self.prefixes.is_empty()
            || self.prefixes.iter().any(|prefix| name.starts_with(prefix))
    }
}

/// Stands for everything.
const MANY_NAME: &str = "-";

fn many() -> v1::Change {
    v1::Change { name: MANY_NAME.to_owned(), version: 0 }
}

/// Looks at the store while somebody watches, and tells what is new.
async fn look(regiment: Arc<Regiment>, found: broadcast::Sender<Batch>) {
    let mut changes = regiment.store().changes();
    let mut seen = Seen::default();
    loop {
        let _ = tokio::time::timeout(LOOK, changes.changed()).await;
        tokio::time::sleep(GATHER).await;
        changes.mark_unchanged();
        if found.receiver_count() == 0 {
            continue;
        }
        match seen.look(&regiment).await {
            Ok(new) if new.is_empty() => {}
            // Nobody may be left who listens.
            Ok(new) => drop(found.send(Arc::new(new))),
            Err(error) => {
                tracing::warn!(outcome = "failed", %error, "changes could not be looked at");
            }
        }
    }
}

/// What the last look found, so that only what is new is told.
#[derive(Default)]
struct Seen(HashMap<String, i64>);

impl Seen {
    async fn look(&mut self, regiment: &Regiment) -> Read<Vec<v1::Change>> {
        let since = regiment.now() - REACH;
        Ok(self.take(regiment.changes_since(since, MANY).await?))
    }

    /// Returns what is new among what changed lately.
    fn take(&mut self, changes: Vec<Change>) -> Vec<v1::Change> {
        let mut counts: HashMap<Changing, u32> = HashMap::new();
        let mut now: HashMap<String, i64> = HashMap::with_capacity(changes.len());
        for change in changes {
            *counts.entry(change.of).or_default() += 1;
            let version = now.entry(name_of(&change)).or_default();
            *version = change.version.max(*version);
        }
        let mut new: Vec<_> = now
            .iter()
            .filter(|(name, version)| self.0.get(*name) != Some(*version))
            .map(|(name, version)| v1::Change { name: name.clone(), version: *version })
            .collect();
        self.0 = now;
        if !new.is_empty() && counts.values().any(|count| *count >= MANY) {
            return vec![many()];
        }
        new.sort_by(|one, other| one.name.cmp(&other.name));
        new
    }
}

fn name_of(change: &Change) -> String {
    let Change { of, user_id, id, version: _ } = change;
    match of {
        Changing::Client => format!("clients/{user_id}"),
        Changing::Activity => format!("clients/{user_id}/logs"),
        Changing::Today => format!("clients/{user_id}/today"),
        Changing::Card => format!("clients/{user_id}/jobCards/{id}"),
        Changing::Alert => format!("alerts/{id}"),
        Changing::Outbox => "deliveries".to_owned(),
        Changing::Policy => "policy".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(of: Changing, user_id: &str, version: i64) -> Change {
        Change { of, user_id: user_id.to_owned(), id: String::new(), version }
    }

    fn names(new: &[v1::Change]) -> Vec<&str> {
        new.iter().map(|change| change.name.as_str()).collect()
    }

    #[test]
    fn what_was_told_is_not_told_again_until_its_version_changes() {
        let mut seen = Seen::default();
        let first = vec![change(Changing::Client, "1", 3), change(Changing::Policy, "", 1)];
        assert_eq!(names(&seen.take(first.clone())), ["clients/1", "policy"]);
        assert_eq!(names(&seen.take(first)), [""; 0]);
        let next = vec![change(Changing::Client, "1", 4), change(Changing::Policy, "", 1)];
        assert_eq!(names(&seen.take(next)), ["clients/1"]);
    }

    #[test]
    fn of_many_changes_only_that_there_were_many_is_told() {
        let clients = |n: u32| -> Vec<_> {
            (0..n).map(|id| change(Changing::Client, &id.to_string(), 1)).collect()
        };
        assert_eq!(Seen::default().take(clients(MANY - 1)).len(), 499);
        let mut seen = Seen::default();
        assert_eq!(names(&seen.take(clients(MANY))), ["-"]);
        assert_eq!(names(&seen.take(clients(MANY))), [""; 0]);
    }
}
