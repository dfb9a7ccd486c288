//! `regiment backup`: copies of an SQLite database.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use jiff::Timestamp;
use regiment_core::store::{Examination, Store, restore};
use regiment_core::{Clock as _, SystemClock};

use crate::cli::BackupCommand;
use crate::config::Config;
use crate::terminal::{count, print};

pub(crate) async fn run(command: BackupCommand, config: &Config) -> anyhow::Result<()> {
    match command {
        BackupCommand::Create { folder } => create(&folder, config).await,
        BackupCommand::Verify { file } => {
            let examined = examine(&file).await?;
            print(&format!("{} is good: {}\n", file.display(), summary(&examined)))?;
            Ok(())
        }
        BackupCommand::Restore { file } => put_back(&file, config).await,
    }
}

async fn create(folder: &Path, config: &Config) -> anyhow::Result<()> {
    let now = SystemClock.now();
    std::fs::create_dir_all(folder)
        .with_context(|| format!("can't make the folder {}", folder.display()))?;
    let store = super::open(config).await?;
    let file = folder.join(name(now));
    let examined = store.back_up(&file, now).await.context("no backup was made")?;
    store.close().await;
    if let Some(what) = complaint(&examined) {
        bail!("the copy {} was made, but the database is not sound: {what}", file.display());
    }
    print(&format!("{}: {}\n", file.display(), summary(&examined)))?;
    Ok(())
}

async fn put_back(file: &Path, config: &Config) -> anyhow::Result<()> {
    let url = config.database.expose();
    let database = match url.strip_prefix("sqlite://") {
        Some(path) => PathBuf::from(path),
        None => bail!(
            "only an SQLite file can be restored, not {}: for PostgreSQL use pg_restore (docs/operations.md)",
            config.database
        ),
    };
    let examined = examine(file).await?;
    let aside =
        restore(file, &database, SystemClock.now()).await.context("nothing was restored")?;
    print(&format!("{} is restored: {}\n", database.display(), summary(&examined)))?;
    if let Some(aside) = aside {
        print(&format!("what it replaces is kept as {}\n", aside.display()))?;
    }
    Ok(())
}

/// Examines a copy, which must be sound.
async fn examine(file: &Path) -> anyhow::Result<Examination> {
    ensure!(file.is_file(), "there is no file {}", file.display());
    let unreadable = || format!("{} is no backup of a regiment", file.display());
    let copy = Store::open_copy(file).await.with_context(unreadable)?;
    let examined = copy.examine().await.with_context(unreadable);
    copy.close().await;
    let examined = examined?;
    match complaint(&examined) {
        Some(what) => bail!("{} is not sound: {what}", file.display()),
        None => Ok(examined),
    }
}

/// Says what is wrong, where something is.
fn complaint(examined: &Examination) -> Option<String> {
    let broken = examined.audit.broken.as_ref();
    let broken = broken.map(|at| format!("audit entry {}: {}", at.sequence, at.reason));
    examined.damage.first().cloned().or(broken)
}

fn summary(examined: &Examination) -> String {
    let rows: i64 = examined.rows.values().sum();
    let clients = examined.rows.get("clients").copied().unwrap_or(0);
    let [rows, clients] = [rows, clients].map(|n| count(n.unsigned_abs()));
    format!(
        "{rows} rows, {clients} clients, schema {}, {} audit entries",
        examined.schema, examined.audit.head.sequence
    )
}

/// Names a copy after the second in which it is made.
fn name(now: Timestamp) -> String {
    format!("regiment-{}.db", now.strftime("%Y%m%dT%H%M%SZ"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_named_so_that_names_sort_by_time() {
        let at = "2026-03-01T04:05:06.789Z".parse().unwrap();
        assert_eq!(name(at), "regiment-20260301T040506Z.db");
    }
}
