//! Answers that waited for the database.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Error, Regiment, Result,
    context::random_name,
    logs::{Submitted, answer_in},
    mark,
};
use crate::{
    engine::logging::Via,
    store::{Marked, Quarantined, Replay, Request, Spool, Spooled},
};

/// An answer that waits, and the request that brought it, where that has a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Waiting {
    #[serde(flatten)]
    submitted: Submitted,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<Request>,
}

/// Writes an answer to the spool; it is on the disk when this returns.
pub(super) async fn keep(
    spool: Spool,
    mut submitted: Submitted,
    request: Option<Request>,
    now: Timestamp,
) -> Result<()> {
    submitted.entered_at.get_or_insert(now);
    let key = random_name();
    let entry = Spooled { key, at: now, entry: Waiting { submitted, request } };
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
        let _turn = spool.turn().await;
        let recovered = spool.read::<Waiting>()?;
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
            // It may have been stored by a transaction whose commit was never heard of.
            if let Some(request) = &waiting.entry.request
                && mark(&mut tx, request, context.now).await? == Marked::Repeated
            {
                tx.commit().await?;
                continue;
            }
            let savepoint = tx.savepoint().await?;
            let submitted = &waiting.entry.submitted;
            let stored = answer_in(&mut tx, &context, submitted, Via::Spool).await;
            match tx.settle(savepoint, stored).await? {
                Ok(_) => {}
                // Erased meanwhile: what he entered goes as well.
                Err(Error::UnknownClient) => {
                    tracing::warn!(engine = "spool", outcome = "dropped", "nobody's answer");
                }
                Err(error @ (Error::Refused(_) | Error::Invalid(_))) => {
                    // What the rules refuse is not lost: a coach finds it in quarantine.
                    let row = refused(&waiting, &error, context.now)?;
                    tx.quarantine(&[row]).await?;
                }
                Err(error) => return Err(error),
            }
            tx.commit().await?;
        }
        if recovered.read == 0 {
            return Ok(());
        }
        spool.clear(&recovered)?;
        tracing::info!(engine = "spool", outcome = "replayed", answers = recovered.entries.len());
        Ok(())
    }
}

fn refused(waiting: &Spooled<Waiting>, error: &Error, now: Timestamp) -> Result<Quarantined> {
    let Submitted { user_id, date, .. } = waiting.entry.submitted;
    Ok(Quarantined {
        user_id: Some(user_id),
        date: Some(date),
        source: format!("spool:{}", waiting.key),
        line: None,
        reason: error.to_string(),
        record: serde_json::to_string(&waiting.entry.submitted)
            .map_err(crate::store::Error::from)?,
        found_at: now,
    })
}
