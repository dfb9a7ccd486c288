//! The operator commands, one file each.

pub(crate) mod migrate;
pub(crate) mod policy;
pub(crate) mod schemas;
pub(crate) mod serve;

use regiment_core::store::Store;

use crate::config::Config;

/// Opens the store that the configuration names.
async fn open(config: &Config) -> anyhow::Result<Store> {
    use anyhow::Context as _;

    Store::open(config.database.expose())
        .await
        .with_context(|| format!("can't open the database {}", config.database))
}
