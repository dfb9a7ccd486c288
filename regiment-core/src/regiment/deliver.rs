//! The sender of the outbox: takes messages under lease, delivers them outside any transaction, and
//! writes how each attempt ended.

use std::collections::BTreeMap;

use futures_util::{FutureExt as _, future::join_all};
use jiff::{SignedDuration, Timestamp};

use super::{
    Regiment, Result,
    apply::Changes,
    context::Context,
    notify::{Delivery, GivesWay, Notifier, Undelivered, name_of},
};
use crate::{
    UserId,
    calendar::{Zone, local_date},
    engine::delivery::{Failure, undelivered},
    message::{Dispatch, Recipient},
    record::JobCard,
    store::{Claimed, Ending, Finished, Tx},
};

/// The most messages under lease at once.
const BATCH: u32 = 100;

/// The most calls to the platform under way at once.
const AT_ONCE: usize = 16;

/// What one turn of the sender did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Messages that the platform has.
    pub delivered: u32,
    /// Messages that wait for another try.
    pub waiting: u32,
    /// Messages that will not arrive: refused, in doubt, or too late.
    pub failed: u32,
}

impl Regiment {
    /// Delivers every message that is due, and ends those that came too late. A notifier that
    /// gives way leaves the rest to the bot, which takes them by [`Regiment::lease_messages`].
    ///
    /// A crash at any line loses nothing: a lease that ends without a word makes the message
    /// doubtful, and the notifier looks it up before it repeats it.
    ///
    /// # Errors
    /// The store's, where it can't be reached.
    pub async fn deliver(&self, notifier: &impl Notifier) -> Result<Sent> {
        let mut sent = Sent::default();
        loop {
            let claimed = self.claim_deliveries(notifier.gives_way()).await?;
            if claimed.is_empty() {
                break;
            }
            let mut attempts = Vec::with_capacity(claimed.len());
            let mut claimed = claimed.into_iter();
            while claimed.len() > 0 {
                let now = self.clock.now();
                let side_by_side = claimed.by_ref().take(AT_ONCE);
                let mut calls = Vec::new();
                for claim in side_by_side {
                    calls.push(attempt(claim, notifier, now).boxed());
                }
                attempts.extend(join_all(calls).await);
            }
            self.finish(attempts, &mut sent).await?;
        }
        sent.failed += self.end_missed().await?;
        Ok(sent)
    }

    async fn claim_deliveries(&self, gives_way: GivesWay) -> Result<Vec<Claimed>> {
        let mut tx = self.store.begin().await?;
        if gives_way == GivesWay::ToTheBot && tx.has_bot().await? {
            return Ok(Vec::new());
        }
        let context = self.context(&mut tx).await?;
        let claimed = claim(&mut tx, &context, BATCH).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    async fn finish(
        &self,
        attempts: Vec<(Claimed, Result<super::Receipt, Undelivered>)>,
        sent: &mut Sent,
    ) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let context = self.context(&mut tx).await?;
        let mut failures = Vec::new();
        for (claim, attempt) in attempts {
            let ending = ending(attempt, &context);
            let finished = tx.finish_message(&claim.lease, &ending, context.now).await?;
            let say = name_of(&claim.dispatch.message);
            if finished == Finished::Superseded {
                tracing::warn!(
                    engine = "outbox",
                    outcome = "superseded",
                    say,
                    "another sender holds it"
                );
                continue;
            }
            let failure = match ending {
                Ending::Delivered { .. } => {
                    sent.delivered += 1;
                    mark_delivered(&mut tx, &claim.dispatch, context.now).await?;
                    continue;
                }
                Ending::Retry { error, .. } => {
                    sent.waiting += 1;
                    tracing::warn!(engine = "outbox", outcome = "retry", say, error, "not sent");
                    continue;
                }
                Ending::Refused { .. } => Failure::Refused,
                Ending::Unknown { .. } => Failure::Unknown,
                Ending::Missed => Failure::Missed,
            };
            sent.failed += 1;
            failures.push((claim.dispatch, failure));
        }
        report(&mut tx, &context, &failures).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends the messages that are no longer of use, with an alert for each client.
    async fn end_missed(&self) -> Result<u32> {
        let mut tx = self.store.begin().await?;
        let context = self.context(&mut tx).await?;
        let missed = tx.miss_messages(context.now, 1_000).await?;
        let failures: Vec<_> =
            missed.into_iter().map(|dispatch| (dispatch, Failure::Missed)).collect();
        report(&mut tx, &context, &failures).await?;
        tx.commit().await?;
        Ok(u32::try_from(failures.len()).unwrap_or(u32::MAX))
    }
}

/// Takes messages under a lease of the policy's length.
pub(super) async fn claim(tx: &mut Tx, context: &Context, limit: u32) -> Result<Vec<Claimed>> {
    let lease = SignedDuration::from_secs(context.policy.delivery.lease_seconds.into());
    let claims = tx.claim_messages(context.now, lease, limit, super::WORDING).await?;
    for corrupt in &claims.corrupt {
        tracing::error!(engine = "outbox", outcome = "corrupt", %corrupt, "a message is unreadable");
    }
    Ok(claims.messages)
}

async fn attempt(
    claim: Claimed,
    notifier: &impl Notifier,
    now: Timestamp,
) -> (Claimed, Result<super::Receipt, Undelivered>) {
    let delivery = Delivery {
        dispatch: claim.dispatch.clone(),
        attempt: claim.attempts,
        is_doubtful: claim.is_doubtful,
        wording: claim.wording.clone(),
    };
    let ending = notifier.deliver(&delivery, now).await;
    (claim, ending)
}

fn ending(attempt: Result<super::Receipt, Undelivered>, context: &Context) -> Ending {
    match attempt {
        Ok(receipt) => Ending::Delivered { remote_id: receipt.remote_id },
        Err(Undelivered::Retry { after, error }) => {
            let pause = SignedDuration::from_mins(context.policy.delivery.pause_minutes.into());
            Ending::Retry { not_before: context.now + after.unwrap_or(pause), error }
        }
        Err(Undelivered::Refused { error }) => Ending::Refused { error },
        Err(Undelivered::Unknown { error }) => Ending::Unknown { error },
    }
}

/// An order that arrived binds the client from now on.
pub(super) async fn mark_delivered(tx: &mut Tx, dispatch: &Dispatch, now: Timestamp) -> Result<()> {
    if let (Recipient::Client(user_id), Some((kind, date))) = (&dispatch.to, dispatch.delivers) {
        tx.order_delivered(*user_id, date, kind, now).await?;
    }
    Ok(())
}

/// Tells the coach of messages that will not arrive.
async fn report(tx: &mut Tx, context: &Context, failures: &[(Dispatch, Failure)]) -> Result<()> {
    let mut clients = Vec::new();
    for (dispatch, _) in failures {
        if let Recipient::Client(user_id) = dispatch.to {
            clients.push(user_id);
        }
    }
    let mut cards: BTreeMap<UserId, Vec<JobCard>> = BTreeMap::new();
    for card in tx.unresolved_cards(clients).await? {
        cards.entry(card.user_id).or_default().push(card);
    }
    let today = local_date(&Zone::utc(), context.now);
    let mut changes = Changes::default();
    for (dispatch, failure) in failures {
        let known = match dispatch.to {
            Recipient::Client(user_id) => cards.get(&user_id).map_or(&[][..], Vec::as_slice),
            Recipient::Coaches | Recipient::Public(_) | Recipient::Honors(_) => &[],
        };
        for effect in undelivered(dispatch, *failure, known, today, context.now) {
            changes.add(effect);
        }
    }
    changes.write(tx, context).await
}
