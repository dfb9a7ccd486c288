//! The word that something was committed, here or in another process: whoever looks at the database
//! every so often may look at once. Nothing relies on it; a word that is lost costs a second or two.

use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::watch;

use super::{Store, error::Result};

/// PostgreSQL's channel for the word between processes.
const CHANNEL: &str = "regiment_changed";

/// How long commits are gathered before other processes are told: telling takes a lock that every
/// process shares.
const GATHER: Duration = Duration::from_millis(100);

/// Rings at every commit.
#[derive(Clone, Debug)]
pub(super) struct Wake {
    here: watch::Sender<u64>,
    anywhere: watch::Sender<u64>,
}

impl Wake {
    pub(super) fn new() -> Self {
        Self { here: watch::Sender::new(0), anywhere: watch::Sender::new(0) }
    }

    /// Something was committed by this process.
    pub(super) fn ring_here(&self) {
        self.here.send_modify(|n| *n = n.wrapping_add(1));
        self.ring();
    }

    fn ring(&self) {
        self.anywhere.send_modify(|n| *n = n.wrapping_add(1));
    }
}

impl Store {
    /// Returns a receiver that changes whenever something was committed: by this process, and, while
    /// [`relay_changes`](Store::relay_changes) runs, by any other on the same PostgreSQL database.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.wake().anywhere.subscribe()
    }

    /// Passes the word on between the processes of a PostgreSQL database until it fails. An SQLite
    /// database has one process, and this never returns.
    pub async fn relay_changes(&self) -> Result<()> {
        let Store::Postgres(postgres) = self else { return std::future::pending().await };
        let wake = &postgres.wake;
        let mut own = [0; 16];
        getrandom::fill(&mut own).expect("the operating system gives random bytes");
        let own = format!("{:032x}", u128::from_be_bytes(own));
        let mut listener = PgListener::connect_with(&postgres.pool).await?;
        listener.listen(CHANNEL).await?;
        let mut here = wake.here.subscribe();
        // What was committed before this began to listen.
        wake.ring();
        loop {
            tokio::select! {
                heard = listener.recv() => {
                    if heard?.payload() != own {
                        wake.ring();
                    }
                }
                changed = here.changed() => {
                    if changed.is_err() {
                        return Ok(());
                    }
                    tokio::time::sleep(GATHER).await;
                    here.mark_unchanged();
                    sqlx::query("SELECT pg_notify($1, $2)")
                        .bind(CHANNEL)
                        .bind(&own)
                        .execute(&postgres.pool)
                        .await?;
                }
            }
        }
    }

    pub(super) fn wake(&self) -> &Wake {
        match self {
            Store::Sqlite(sqlite) => &sqlite.wake,
            Store::Postgres(postgres) => &postgres.wake,
        }
    }
}
