//! `regiment audit`: the chain of who did what.

use anyhow::bail;
use regiment_core::store::AuditHead;

use crate::cli::AuditCommand;
use crate::config::Config;
use crate::failure::Usage;
use crate::terminal::{count, print};

pub(crate) async fn run(command: &AuditCommand, config: &Config) -> anyhow::Result<()> {
    let AuditCommand::Verify { head } = command;
    let kept = head.as_deref().map(parse).transpose()?;
    let store = super::open(config).await?;
    let report = store.read().await?.verify_audit(kept.as_ref()).await?;
    store.close().await;
    if let Some(broken) = report.broken {
        bail!("the audit chain breaks at entry {}: {}", broken.sequence, broken.reason);
    }
    print(&format!(
        "the audit chain holds: {} entries, {} with details erased\nhead {}:{}\n",
        count(report.head.sequence.unsigned_abs()),
        count(report.erased.into()),
        report.head.sequence,
        report.head.hash,
    ))?;
    Ok(())
}

/// Reads a head as it is printed.
fn parse(head: &str) -> Result<AuditHead, Usage> {
    let parts = head.split_once(':');
    let sequence = parts.and_then(|(sequence, _)| sequence.parse().ok());
    match (sequence, parts) {
        (Some(sequence), Some((_, hash))) => Ok(AuditHead { sequence, hash: hash.to_owned() }),
        _ => Err(Usage(format!(
            "--head must be a number, a colon and a hash, as `regiment audit verify` prints it, not {head}"
        ))),
    }
}
