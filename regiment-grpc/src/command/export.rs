//! `regiment export`: everything about one client, or everybody's logs as frames.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use regiment_core::export::tables;
use regiment_core::record::{ClientProfile, Log};
use regiment_core::regiment::Regiment;
use regiment_core::{Invalid, UserId};
use regiment_ml::frame::{Frames, Table};

use crate::Usage;
use crate::cli::{ExportArgs, ExportFormat};
use crate::config::Config;
use crate::terminal::{count, print};

/// How many clients are read at once.
const PAGE: u32 = 500;

pub(crate) async fn run(args: &ExportArgs, config: &Config) -> anyhow::Result<()> {
    let regiment = super::practice(config).await?;
    if let Some(folder) = &args.frames {
        let written = frames(&regiment, folder).await?;
        print(&written)?;
    } else if let (Some(user_id), Some(folder)) = (args.user_id, &args.out) {
        client(&regiment, user_id, folder, args.format).await?;
    } else {
        let refused = Invalid::new("--frames", "none", "given where --user-id is not");
        return Err(Usage(refused.to_string()).into());
    }
    regiment.store().close().await;
    Ok(())
}

/// Writes all effective logs as frames, and says how many.
pub(super) async fn frames(regiment: &Regiment, folder: &Path) -> anyhow::Result<String> {
    let (clients, logs) = everything(regiment).await?;
    Frames::of_records(&clients, &logs).write(folder)?;
    let files: Vec<_> = Table::ALL.iter().map(|table| table.file()).collect();
    Ok(format!(
        "{} clients and {} logs in {}: {}\n",
        count(clients.len() as u64),
        count(logs.len() as u64),
        folder.display(),
        files.join(", ")
    ))
}

/// Returns every client and every effective log.
pub(crate) async fn everything(
    regiment: &Regiment,
) -> anyhow::Result<(Vec<ClientProfile>, Vec<Log>)> {
    let (mut clients, mut logs) = (Vec::new(), Vec::new());
    let mut after = None;
    loop {
        let (page, mut theirs) = regiment.effective(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok((clients, logs)) };
        after = Some(last.user_id);
        clients.extend(page);
        logs.append(&mut theirs);
    }
}

async fn client(
    regiment: &Regiment,
    user_id: UserId,
    folder: &Path,
    format: ExportFormat,
) -> anyhow::Result<()> {
    let archive =
        regiment.archive_of(user_id).await.with_context(|| format!("--user-id {user_id}"))?;
    fs::create_dir_all(folder)
        .with_context(|| format!("can't make the folder {}", folder.display()))?;
    let files = match format {
        ExportFormat::Json => vec![("client.json", archive.to_json())],
        ExportFormat::Csv => {
            tables(&archive).into_iter().map(|table| (table.file, table.csv)).collect()
        }
    };
    for (name, text) in files {
        let file = folder.join(name);
        fs::write(&file, text).with_context(|| format!("can't write {}", file.display()))?;
        print(&format!("{}\n", file.display()))?;
    }
    Ok(())
}
