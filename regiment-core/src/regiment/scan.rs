//! The system triggers: the hourly look at clients whose records changed, and Sunday's board.

use jiff::Timestamp;

use super::{Regiment, Result, apply::Changes, context::Context, load};
use crate::{
    calendar::{Zone, local_date},
    engine::{
        honors::{self, Candidate},
        infractions,
    },
    record::Status,
    store::Tx,
};

/// Until when the last infraction scan looked, as a setting.
const SCANNED: &str = "infraction_scan_through";

/// How many clients are in memory at once.
const PAGE: u32 = 200;

impl Regiment {
    /// Recomputes the events of clients whose logs, excuses or pauses changed since the last scan.
    pub(super) async fn rescan(
        &self,
        tx: &mut Tx,
        context: &Context,
        changes: &mut Changes,
    ) -> Result<()> {
        let since = tx.setting(SCANNED).await?.and_then(|text| text.parse().ok());
        let touched = tx.clients_with_activity(since.unwrap_or(Timestamp::MIN)).await?;
        for part in touched.chunks(PAGE as usize) {
            tx.lock_clients(part.iter().copied()).await?;
            let today = local_date(&Zone::utc(), context.now);
            for dossier in load::dossiers(tx, part, today, load::Scope::Full).await?.values_mut() {
                let none = infractions::Changes::default();
                let effects = infractions::review(dossier, none, &context.policy, context.now);
                changes.take(dossier, effects);
            }
        }
        tx.put_setting(SCANNED, &context.now.to_string(), context.now).await?;
        Ok(())
    }

    /// Makes each community's honors board.
    pub(super) async fn rank(
        &self,
        tx: &mut Tx,
        context: &Context,
        changes: &mut Changes,
        due_at: Timestamp,
    ) -> Result<()> {
        let sunday = local_date(&Zone::utc(), due_at);
        let (mut candidates, mut after) = (Vec::new(), None);
        loop {
            let page = tx.list_clients(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.user_id);
            let ids: Vec<_> = page
                .iter()
                .filter(|client| client.status == Status::Active && client.honors_opt_in)
                .map(|client| client.user_id)
                .collect();
            for dossier in load::dossiers(tx, &ids, sunday, load::Scope::Full).await?.values() {
                candidates.extend(Candidate::of(dossier, &context.policy));
            }
        }
        for (board, effect) in honors::boards(candidates, &context.policy, sunday, context.now) {
            tx.save_board(&board, context.now).await?;
            changes.add(effect);
        }
        Ok(())
    }
}
