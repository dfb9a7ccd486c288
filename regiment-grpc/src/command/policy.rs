//! `regiment policy`: every threshold and time the engines obey.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use regiment_core::Policy;
use regiment_core::record::Actor;

use crate::cli::PolicyCommand;
use crate::config::Config;
use crate::terminal::print;

pub(crate) async fn run(command: PolicyCommand, config: &Config) -> anyhow::Result<()> {
    match command {
        PolicyCommand::Show => {
            let regiment = super::practice(config).await?;
            let (version, policy) = regiment.policy();
            print(&format!("# version {version}\n\n{}", policy.to_toml()))?;
        }
        PolicyCommand::Check { file } => {
            read(&file)?;
            print(&format!("{} is a valid policy\n", file.display()))?;
        }
        PolicyCommand::Apply { file } => {
            let policy = read(&file)?;
            let regiment = super::practice(config).await?;
            if *regiment.policy().1 == policy {
                print("that policy is in force already\n")?;
                return Ok(());
            }
            let by = Actor::Admin("operator".to_owned());
            let version = regiment.apply_policy(&policy, &by).await?;
            print(&format!("version {version} is in force\n"))?;
        }
    }
    Ok(())
}

/// Reads a policy from TOML.
pub(crate) fn read(file: &Path) -> anyhow::Result<Policy> {
    let text =
        fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    Policy::from_toml(&text).with_context(|| format!("{} is refused", file.display()))
}
