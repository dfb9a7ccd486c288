//! The operator commands, one file each.

pub(crate) mod audit;
pub(crate) mod backtest;
pub(crate) mod backup;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod evaluate;
pub(crate) mod export;
mod frames;
pub(crate) mod import;
pub(crate) mod migrate;
pub(crate) mod policy;
pub(crate) mod predict;
pub(crate) mod scan;
pub(crate) mod schemas;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod token;
pub(crate) mod train;

use std::sync::Arc;

use anyhow::{Context as _, bail};
use regiment_core::SystemClock;
use regiment_core::regiment::Regiment;
use regiment_core::store::Store;

use crate::config::Config;

/// Opens the store that the configuration names.
async fn open(config: &Config) -> anyhow::Result<Store> {
    Store::open(config.database.expose())
        .await
        .with_context(|| format!("can't open the database {}", config.database))
}

/// Opens the practice on the store that the configuration names, which must be migrated.
async fn practice(config: &Config) -> anyhow::Result<Regiment> {
    let store = open(config).await?;
    let waiting = store.migration_status().await?.into_iter().find(|at| at.applied_at.is_none());
    if let Some(first) = waiting {
        bail!(
            "the database {} lacks migration {}: run `regiment migrate up`",
            config.database,
            first.name
        );
    }
    Ok(Regiment::open(store, Arc::new(SystemClock)).await?)
}
