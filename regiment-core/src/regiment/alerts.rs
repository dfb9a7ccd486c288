//! Tells the coaches of alerts.

use jiff::{SignedDuration, Timestamp};

use super::{Result, apply::Changes, context::Context};
use crate::{
    Effect,
    engine::alerts,
    message::Dispatch,
    record::{AlertKind, JobCard, Severity},
    store::{NewAlert, Tx},
};

/// Until when the last digest looked, as a setting.
const TOLD: &str = "alerts_told_through";

/// How long a decision may take to commit what it raised: a digest looks no nearer.
const SETTLED: SignedDuration = SignedDuration::from_mins(1);

/// Returns the messages of the alerts that were raised just now and can't wait for the digest. An
/// escalation whose card is told of anyway, `news`, is not told twice.
pub(super) async fn urgent(
    tx: &mut Tx,
    raised: &[NewAlert],
    news: &[JobCard],
    now: Timestamp,
) -> Result<Vec<Dispatch>> {
    if raised.iter().all(|alert| alert.severity < Severity::High) {
        return Ok(Vec::new());
    }
    // What stands is read back: an open alert keeps its id, and its severity if that is higher.
    let mut standing = tx.alerts_between(now, now + SignedDuration::from_micros(1)).await?;
    standing.retain(|alert| {
        let points_at = |card: &JobCard| Some(card.user_id) == alert.user_id;
        alert.kind != AlertKind::Escalation || !news.iter().any(points_at)
    });
    Ok(standing.iter().filter_map(|alert| alerts::urgent(alert, now)).collect())
}

/// Tells the coaches what was raised since the last digest.
pub(super) async fn digest(
    tx: &mut Tx,
    context: &Context,
    changes: &mut Changes,
    due_at: Timestamp,
) -> Result<()> {
    let since = tx.setting(TOLD).await?.and_then(|text| text.parse().ok());
    let until = due_at - SETTLED;
    let raised = tx.alerts_between(since.unwrap_or(Timestamp::MIN), until).await?;
    if let Some(dispatch) = alerts::digest(raised, due_at, context.now) {
        changes.add(Effect::Send(dispatch));
    }
    tx.put_setting(TOLD, &until.to_string(), context.now).await?;
    Ok(())
}
