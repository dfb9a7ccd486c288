//! `regiment migrate`: the schema, forth and back.

use regiment_core::store::{Backup, Direction, Step};
use regiment_core::{Clock as _, SystemClock};

use crate::cli::MigrateCommand;
use crate::config::Config;
use crate::terminal::{Align, print, table};

pub(crate) async fn run(command: MigrateCommand, config: &Config) -> anyhow::Result<()> {
    let store = super::open(config).await?;
    let now = SystemClock.now();
    match command {
        MigrateCommand::Up => report(&store.migrate_up(now).await?)?,
        MigrateCommand::Down { to, backup_taken } => {
            let backup = if backup_taken { Backup::Taken } else { Backup::Make };
            report(&store.migrate_down(to, backup, now).await?)?;
        }
        MigrateCommand::Status => {
            let rows: Vec<_> = store
                .migration_status()
                .await?
                .into_iter()
                .map(|status| {
                    let applied = status.applied_at.map(|at| at.to_string());
                    [status.name, applied.unwrap_or_else(|| "not applied".to_owned())]
                })
                .collect();
            print(&table([("migration", Align::Left), ("applied", Align::Left)], &rows))?;
        }
    }
    store.close().await;
    Ok(())
}

/// Says what was done, and where a backup is.
fn report(steps: &[Step]) -> anyhow::Result<()> {
    if steps.is_empty() {
        print("nothing to do\n")?;
    }
    for step in steps {
        let done = match step.direction {
            Direction::Up => "applied",
            Direction::Down => "taken back",
        };
        let n_rows: i64 = step.rows_after.values().sum();
        let mut line = format!("{} {done}, {n_rows} rows in place", step.name);
        if let Some(backup) = &step.backup {
            line = format!("{line}, backup in {}", backup.display());
        }
        print(&format!("{line}\n"))?;
    }
    Ok(())
}
