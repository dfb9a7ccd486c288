//! The bot as the sender of the outbox: it takes messages under lease, makes its calls, and says how
//! each attempt ended. What follows from that is decided here, by [`crate::engine::delivery`].

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    Error, Regiment, Result,
    apply::Changes,
    context::Context,
    deliver::{claim, mark_delivered},
    entry, subject_of,
};
use crate::{
    UserId,
    calendar::{Zone, local_date},
    engine::{
        Refusal,
        delivery::{Attempt, Failure, Fate, Lesson, Way, Ways, complain, follow},
    },
    message::{Dispatch, Recipient},
    record::Actor,
    store::{Claimed, Contact, DeliveryState, Ending, Finished, Lease, Listing, Tracked, Tx},
};

/// A message in the bot's hands, until its lease ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Leased {
    /// The message and its lease.
    pub claimed: Claimed,
    /// When the lease ends; after that another bot may get the message.
    pub until: Timestamp,
    /// The channel it is to be sent to.
    pub destination: Destination,
    /// Whether it is too late to be sent: it is looked up, and nothing more.
    pub is_expired: bool,
}

/// Where the bot sends a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A client's direct messages, in the channel that is known, if one is.
    Direct {
        /// The client.
        user_id: UserId,
        /// The channel; absent where it is to be opened.
        channel_id: Option<String>,
    },
    /// A client's own private channel: he takes no direct messages.
    Private {
        /// The client.
        user_id: UserId,
        /// The channel.
        channel_id: String,
    },
    /// The coaches' channel.
    Coaches,
    /// The public channel of a community.
    Public(String),
    /// The honors channel of a community.
    Honors(String),
}

/// What became of an acknowledgment.
#[derive(Debug, Clone, PartialEq)]
pub enum Acknowledged {
    /// It was recorded; the message stands so now.
    Recorded(DeliveryState),
    /// It, or another word on the same lease, was recorded before; nothing changed.
    Before(DeliveryState),
    /// The lease has gone to another sender; nothing changed.
    Stale,
    /// There is no such message, perhaps because its client was erased.
    NoMessage,
}

impl Regiment {
    /// Takes up to `limit` due messages for the bot, most urgent first.
    ///
    /// # Errors
    /// The store's.
    pub async fn lease_messages(&self, limit: u32) -> Result<Vec<Leased>> {
        let mut tx = self.store.begin().await?;
        let context = self.context(&mut tx).await?;
        let claimed = claim(&mut tx, &context, limit).await?;
        if claimed.is_empty() {
            tx.rollback().await?;
            return Ok(Vec::new());
        }
        let clients: Vec<UserId> =
            claimed.iter().filter_map(|claimed| client_of(&claimed.dispatch)).collect();
        let reached = Reached::load(&mut tx, clients).await?;
        tx.commit().await?;
        let lease = SignedDuration::from_secs(context.policy.delivery.lease_seconds.into());
        let leased = claimed.into_iter().map(|claimed| Leased {
            destination: reached.destination(&claimed.dispatch.to),
            until: context.now + lease,
            is_expired: claimed.dispatch.expires_at.is_some_and(|at| at <= context.now),
            claimed,
        });
        Ok(leased.collect())
    }

    /// Records how an attempt under a lease ended, with all that follows from it. A lease that has
    /// ended still counts as long as nobody else was given the message.
    ///
    /// # Errors
    /// The store's.
    pub async fn acknowledge(&self, lease: &Lease, attempt: &Attempt) -> Result<Acknowledged> {
        let (mut tx, context) = self.begin().await?;
        let Some(message) = tx.message_locked(lease.key()).await? else {
            return Ok(Acknowledged::NoMessage);
        };
        if message.lease != *lease {
            return Ok(Acknowledged::Stale);
        }
        if message.lease_until.is_none() {
            return Ok(Acknowledged::Before(message.state));
        }
        let dispatch = &message.dispatch;
        let user_id = client_of(dispatch);
        let reached = Reached::load(&mut tx, user_id).await?;
        let ways = user_id.map(|user_id| reached.ways(user_id)).unwrap_or_default();
        let (fate, lesson) = follow(attempt, dispatch, ways, &context.policy.delivery, context.now);
        let ending = ending(attempt, &fate);
        if tx.finish_message(lease, &ending, context.now).await? == Finished::Superseded {
            return Ok(Acknowledged::Stale);
        }
        if fate == Fate::Delivered {
            mark_delivered(&mut tx, dispatch, context.now).await?;
        }
        if let Some(user_id) = user_id {
            learn(&mut tx, reached.contact(user_id), lesson, context.now).await?;
        }
        tell(&mut tx, &context, dispatch, attempt, &fate).await?;
        tx.commit().await?;
        Ok(Acknowledged::Recorded(state_of(&fate)))
    }

    /// Returns which of some leases still hold, so that a sender knows how many it has in hand.
    ///
    /// # Errors
    /// The store's.
    pub async fn leases_held(&self, leases: &[Lease]) -> Result<Vec<Lease>> {
        Ok(self.store.read().await?.leases_held(leases, self.clock.now()).await?)
    }

    /// Returns up to `limit` messages of the outbox, the newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn messages(&self, listing: &Listing, limit: u32) -> Result<Vec<Tracked>> {
        Ok(self.store.read().await?.browse_messages(listing, limit).await?)
    }

    /// Sends a message again that ended undelivered, or one that waits at once. One whose fate is
    /// unknown is looked up first.
    ///
    /// # Errors
    /// [`Error::Refused`] for a message that a sender holds, that was delivered or withdrawn, or
    /// that is of no use any more; `None` where there is no such message.
    pub async fn retry_message(&self, key: &str, by: &Actor) -> Result<Option<Tracked>> {
        self.decide_message(key, by, Verdict::Retry).await
    }

    /// Takes a message back that was not sent, or gives up one whose fate is unknown.
    ///
    /// # Errors
    /// [`Error::Refused`] for a message that a sender holds or that has ended; `None` where there
    /// is no such message.
    pub async fn discard_message(&self, key: &str, by: &Actor) -> Result<Option<Tracked>> {
        self.decide_message(key, by, Verdict::Discard).await
    }

    async fn decide_message(
        &self,
        key: &str,
        by: &Actor,
        verdict: Verdict,
    ) -> Result<Option<Tracked>> {
        let (mut tx, context) = self.begin().await?;
        let Some(message) = tx.message_locked(key).await? else { return Ok(None) };
        let (changed, action) = match verdict {
            Verdict::Retry => (tx.requeue_message(key, context.now).await?, "delivery_retried"),
            Verdict::Discard => (tx.discard_message(key, context.now).await?, "delivery_discarded"),
        };
        if changed == 0 {
            return Err(Error::Refused(Refusal::MessageStands { how: how(&message) }));
        }
        let subject = match client_of(&message.dispatch) {
            Some(user_id) => subject_of(&mut tx, user_id).await?,
            None => "practice".to_owned(),
        };
        tx.append_audit(&[entry(by, action, &subject)], context.now).await?;
        let message = tx.message_locked(key).await?;
        tx.commit().await?;
        Ok(message)
    }
}

/// What staff decides on a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Retry,
    Discard,
}

/// How some clients are reached.
#[derive(Debug, Default)]
struct Reached {
    contacts: BTreeMap<UserId, Contact>,
    fallbacks: BTreeMap<UserId, String>,
}

impl Reached {
    async fn load(tx: &mut Tx, user_ids: impl IntoIterator<Item = UserId>) -> Result<Self> {
        let user_ids: Vec<UserId> = user_ids.into_iter().collect();
        let mut reached = Self::default();
        for contact in tx.contacts(user_ids.iter().copied()).await? {
            reached.contacts.insert(contact.user_id, contact);
        }
        for client in tx.clients(user_ids).await? {
            if let Some(channel_id) = client.fallback_channel_id {
                reached.fallbacks.insert(client.user_id, channel_id);
            }
        }
        Ok(reached)
    }

    fn contact(&self, user_id: UserId) -> Contact {
        let unknown = Contact { user_id, dm_channel_id: None, dm_closed_at: None };
        self.contacts.get(&user_id).cloned().unwrap_or(unknown)
    }

    fn ways(&self, user_id: UserId) -> Ways {
        let contact = self.contact(user_id);
        Ways {
            is_dm_closed: contact.dm_closed_at.is_some(),
            has_fallback: self.fallbacks.contains_key(&user_id),
            has_dm_channel: contact.dm_channel_id.is_some(),
        }
    }

    fn destination(&self, to: &Recipient) -> Destination {
        match to {
            Recipient::Client(user_id) => {
                let user_id = *user_id;
                match (self.ways(user_id).way(), self.fallbacks.get(&user_id)) {
                    (Way::Fallback, Some(channel_id)) => {
                        Destination::Private { user_id, channel_id: channel_id.clone() }
                    }
                    (Way::Direct | Way::Fallback, _) => {
                        let channel_id = self.contact(user_id).dm_channel_id;
                        Destination::Direct { user_id, channel_id }
                    }
                }
            }
            Recipient::Coaches => Destination::Coaches,
            Recipient::Public(guild_id) => Destination::Public(guild_id.clone()),
            Recipient::Honors(guild_id) => Destination::Honors(guild_id.clone()),
        }
    }
}

const fn client_of(dispatch: &Dispatch) -> Option<UserId> {
    match dispatch.to {
        Recipient::Client(user_id) => Some(user_id),
        Recipient::Coaches | Recipient::Public(_) | Recipient::Honors(_) => None,
    }
}

fn ending(attempt: &Attempt, fate: &Fate) -> Ending {
    let error = || match attempt {
        Attempt::Delivered { .. } => String::new(),
        Attempt::Failed { class, .. } => class.to_string(),
    };
    match fate {
        Fate::Delivered => {
            let remote_id = match attempt {
                Attempt::Delivered { remote_id } => remote_id.clone(),
                Attempt::Failed { .. } => String::new(),
            };
            Ending::Delivered { remote_id }
        }
        Fate::Again { not_before } => Ending::Retry { not_before: *not_before, error: error() },
        Fate::Failed(Failure::Refused) => Ending::Refused { error: error() },
        Fate::Failed(Failure::Unknown) => Ending::Unknown { error: error() },
        Fate::Failed(Failure::Missed) => Ending::Missed,
    }
}

const fn state_of(fate: &Fate) -> DeliveryState {
    match fate {
        Fate::Delivered => DeliveryState::Delivered,
        Fate::Again { .. } => DeliveryState::Pending,
        Fate::Failed(Failure::Refused) => DeliveryState::Refused,
        Fate::Failed(Failure::Unknown) => DeliveryState::Unknown,
        Fate::Failed(Failure::Missed) => DeliveryState::Missed,
    }
}

/// Remembers what an attempt taught about the ways to a client.
async fn learn(tx: &mut Tx, known: Contact, lesson: Lesson, now: Timestamp) -> Result<()> {
    let learned = match lesson {
        Lesson::None => return Ok(()),
        Lesson::DmOpen => Contact { dm_closed_at: None, ..known.clone() },
        Lesson::DmClosed => {
            Contact { dm_closed_at: known.dm_closed_at.or(Some(now)), ..known.clone() }
        }
        Lesson::DmForgotten => Contact { dm_channel_id: None, ..known.clone() },
    };
    if learned != known {
        tx.save_contact(&learned, now).await?;
    }
    Ok(())
}

/// Tells who can act on it of an attempt that failed.
async fn tell(
    tx: &mut Tx,
    context: &Context,
    dispatch: &Dispatch,
    attempt: &Attempt,
    fate: &Fate,
) -> Result<()> {
    let Attempt::Failed { class, .. } = attempt else { return Ok(()) };
    tracing::warn!(engine = "outbox", outcome = "failed", class = class.as_str(), "not delivered");
    let cards = tx.unresolved_cards(client_of(dispatch)).await?;
    let today = local_date(&Zone::utc(), context.now);
    let mut changes = Changes::default();
    for effect in complain(*class, dispatch, fate, &cards, today, context.now) {
        changes.add(effect);
    }
    changes.write(tx, context).await
}

/// Says how a message stands that can't be changed.
fn how(message: &Tracked) -> &'static str {
    match message.state {
        DeliveryState::Pending if message.lease_until.is_some() => "is being sent",
        DeliveryState::Pending if message.is_doubtful => "may have been sent, and is looked up",
        DeliveryState::Pending | DeliveryState::Unknown => "is of no use any more",
        DeliveryState::Delivered => "was delivered",
        DeliveryState::Refused => "was refused",
        DeliveryState::Missed => "was too late to be of use",
        DeliveryState::Withdrawn => "was withdrawn",
    }
}
