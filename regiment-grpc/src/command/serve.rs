//! `regiment serve`: the API and the scheduler, until a signal says stop.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use regiment_core::regiment::{Log, Regiment};
use regiment_core::store::{Options, Sharing, Spool, Store};
use regiment_core::{Clock as _, Policy, SystemClock};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::policy;
use crate::config::{Config, Role};
use crate::scheduler;
use crate::server;
use crate::weekly::FlagEngine;

/// The longest that stopping may take, whatever hangs.
const PATIENCE: Duration = Duration::from_secs(25);

pub(crate) async fn run(config: &Config) -> anyhow::Result<()> {
    let listen = config.serve.listen;
    server::check_exposure(listen, config.api_token.as_ref())?;
    let seed = config.policy.as_deref().map(policy::read).transpose()?;
    let regiment = Arc::new(open(config, seed.as_ref()).await?);

    let (stop, stopped) = watch::channel(false);
    // Before anybody hears where it serves, and may tell it to stop.
    let signals = Signals::listen()?;
    let serving = if config.serve.roles.contains(&Role::Api) {
        let listener = bind(listen).await?;
        if config.api_token.is_none() {
            tracing::info!("no REGIMENT_API_TOKEN: callers show a token of the store, or sign in");
        }
        let stopped = server::told(stopped.clone());
        Some(tokio::spawn(server::serve(regiment.clone(), listener, config.clone(), stopped)))
    } else {
        None
    };
    let relaying = tokio::spawn(relay(regiment.clone(), stopped.clone()));
    let work = async {
        if config.serve.roles.contains(&Role::Scheduler) {
            scheduler::run(&regiment, &Log, stopped).await;
        }
        match serving {
            Some(serving) => serving.await?,
            None => Ok(()),
        }
    };
    finish(work, signals, &stop).await?;
    drop(stop);
    relaying.await?;
    regiment.store().close().await;
    Ok(())
}

/// Tells other processes of commits, and hears of theirs, until told to stop.
async fn relay(regiment: Arc<Regiment>, stopped: watch::Receiver<bool>) {
    tokio::select! {
        () = scheduler::relay(&regiment) => {}
        () = server::told(stopped) => {}
    }
}

/// What tells a process to stop: Ctrl-C and SIGTERM, heard from the moment that this exists.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    pub(super) fn listen() -> anyhow::Result<Self> {
        let [interrupt, terminate] = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
        let said = "can't listen for signals";
        Ok(Self { interrupt: interrupt.context(said)?, terminate: terminate.context(said)? })
    }

    async fn heard(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Waits for work that never ends until it fails, or a signal comes and it has stopped.
pub(super) async fn finish(
    work: impl Future<Output = anyhow::Result<()>>,
    mut signals: Signals,
    stop: &watch::Sender<bool>,
) -> anyhow::Result<()> {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        () = signals.heard() => tracing::info!("stopping"),
        ended = &mut work => return ended,
    }
    stop.send_replace(true);
    tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| Err(anyhow::anyhow!("stopping took longer than 25 seconds")))
}

/// Listens on an address.
pub(super) async fn bind(listen: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener =
        TcpListener::bind(listen).await.with_context(|| format!("can't listen on {listen}"))?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    Ok(listener)
}

/// Opens the practice for serving: migrated, alone on its SQLite file, with a spool.
async fn open(config: &Config, seed: Option<&Policy>) -> anyhow::Result<Regiment> {
    let mut options = Options::default();
    options.sharing = Sharing::Exclusive;
    let store = Store::open_with(config.database.expose(), &options)
        .await
        .with_context(|| format!("can't open the database {}", config.database))?;
    if config.serve.migrate {
        for step in store.migrate_up(SystemClock.now()).await? {
            tracing::info!(migration = step.name, "applied");
        }
    }
    let default = Policy::default();
    let regiment =
        Regiment::open_with(store, Arc::new(SystemClock), seed.unwrap_or(&default)).await?;
    if let Some(seed) = seed
        && *regiment.policy().1 != *seed
    {
        tracing::warn!(
            version = regiment.policy().0,
            "the policy file differs from the store's policy, which stays in force: see `regiment policy apply`"
        );
    }
    let (spool, damage) = Spool::open(&config.spool)
        .with_context(|| format!("can't open the spool {}", config.spool.display()))?;
    if let Some(damage) = damage {
        tracing::error!(?damage, "the end of the spool was damaged and is set apart");
    }
    Ok(regiment.with_spool(spool).with_scanner(Arc::new(FlagEngine::default())).await?)
}
