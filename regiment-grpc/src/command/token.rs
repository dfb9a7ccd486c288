//! `regiment token`: the access of programs.

use anyhow::bail;
use jiff::Timestamp;
use regiment_core::record::Actor;
use regiment_core::store::ApiToken;

use super::practice;
use crate::cli::TokenCommand;
use crate::config::Config;
use crate::terminal::{Align, print, table};

pub(crate) async fn run(command: TokenCommand, config: &Config) -> anyhow::Result<()> {
    let regiment = practice(config).await?;
    let by = Actor::Admin("operator".to_owned());
    match command {
        TokenCommand::Create { role, name } => {
            let (token, minted) = regiment.create_token(role, &name, &by).await?;
            print(&format!(
                "{}\n\nThis is token {} with the role {role}. It is shown this once.\n",
                minted.secret, token.id
            ))?;
        }
        TokenCommand::List => {
            let tokens = regiment.tokens().await?;
            let rows: Vec<_> = tokens.iter().map(row).collect();
            let columns = ["token", "role", "name", "created", "last used", "revoked"];
            print(&table(columns.map(|column| (column, Align::Left)), &rows))?;
        }
        TokenCommand::Revoke { id } => {
            if !regiment.revoke_token(id, &by).await? {
                bail!("no valid token has the id {id}: see `regiment token list`");
            }
            print(&format!("{id} is revoked\n"))?;
        }
    }
    regiment.store().close().await;
    Ok(())
}

fn row(token: &ApiToken) -> [String; 6] {
    let instant =
        |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), |at| format!("{at:.0}"));
    [
        token.id.to_string(),
        token.role.to_string(),
        token.name.clone(),
        instant(Some(token.created_at)),
        instant(token.last_used_at),
        instant(token.revoked_at),
    ]
}
