//! Answers that waited for the database.

use jiff::Timestamp;

use super::{
    Error, Regiment, Result,
    context::random_name,
    logs::{Submitted, decide},
};
use crate::{
    engine::logging::Via,
    store::{Quarantined, Replay, Spool, Spooled},
};

/// Writes an answer to the spool; it is on the disk when this returns.
pub(super) async fn keep(spool: Spool, submitted: Submitted, now: Timestamp) -> Result<()> {
    let mut submitted = submitted;
    submitted.entered_at.get_or_insert(now);
    let key = random_name();
    let entry = Spooled { key, at: now, entry: submitted };
    tokio::task::spawn_blocking(move || spool.append(&entry))
        .await
        .map_err(|_| Error::Engine { engine: "spool".to_owned() })??;
    Ok(())
}

impl Regiment {
    /// Stores what waits in the spool, in order and once, before anything else is decided.
    pub(super) async fn replay_spool(&self) -> Result<()> {
        let Some(spool) = self.spool.as_ref().filter(|spool| !spool.is_empty()) else {
            return Ok(());
        };
        let recovered = spool.read::<Submitted>()?;
        for damage in &recovered.damage {
            tracing::error!(engine = "spool", outcome = "damaged", ?damage, "a part is unreadable");
        }
        // By value: a reference held over an await would keep the future from moving to a thread.
        for waiting in recovered.entries.clone() {
            let mut tx = self.store.begin().await?;
            let context = self.context(&mut tx).await?;
            if tx.apply_spooled(&waiting.key, context.now).await? == Replay::AlreadyStored {
                continue;
            }
            let mark = tx.savepoint().await?;
            let submitted = waiting.entry.clone();
            let stored = self
                .decide_in(&mut tx, &context, submitted.user_id, move |dossier, context| {
                    decide(&submitted, Via::Spool, dossier, context)
                })
                .await;
            match tx.settle(mark, stored).await? {
                Ok(_) => {}
                Err(error @ (Error::Refused(_) | Error::Invalid(_) | Error::UnknownClient)) => {
                    // What the rules refuse is not lost: a coach finds it in quarantine.
                    let row = refused(&waiting, &error, context.now)?;
                    tx.quarantine(&[row]).await?;
                }
                Err(error) => return Err(error),
            }
            tx.commit().await?;
        }
        spool.clear(&recovered)?;
        tracing::info!(engine = "spool", outcome = "replayed", answers = recovered.entries.len());
        Ok(())
    }
}

fn refused(waiting: &Spooled<Submitted>, error: &Error, now: Timestamp) -> Result<Quarantined> {
    let Submitted { user_id, date, .. } = waiting.entry;
    Ok(Quarantined {
        user_id: Some(user_id),
        date: Some(date),
        source: format!("spool:{}", waiting.key),
        line: None,
        reason: error.to_string(),
        record: serde_json::to_string(&waiting.entry).map_err(crate::store::Error::from)?,
        found_at: now,
    })
}
