//! The stream by which a bot gets what falls due.
//!
//! All that matters is in the store: a message leaves it under a lease, and whatever dies afterwards, the lease
//! ends and the message comes again. What is kept here only says how many the bot has in hand.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, stream};
use jiff::Timestamp;
use regiment_core::OrderNumber;
use regiment_core::regiment::{Destination, Leased, Regiment};
use regiment_core::store::Lease;
use regiment_proto::v1;
use regiment_proto::v1::leased_delivery::Destination as To;
use regiment_proto::v1::{LeasedDelivery, SubscribeResponse};
use tokio::sync::watch;
use tokio::time::Instant;
use tonic::Status;

use super::super::convert::{Twin as _, proto_instant, saturating};
use super::{failed, json};
use crate::status;

/// The stream of responses.
pub(in super::super) type Outgoing =
    Pin<Box<dyn Stream<Item = Result<SubscribeResponse, Status>> + Send>>;

/// How long the stream may be silent: a bot that hears nothing for longer connects anew.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// How often the outbox is looked at when nobody says that it changed.
const LOOK: Duration = Duration::from_secs(1);

/// One bot's stream.
pub(super) struct Deliveries {
    regiment: Arc<Regiment>,
    bot_id: String,
    /// The number of this stream among the bot's.
    number: u32,
    /// How many messages the bot takes in hand at once.
    room: usize,
    /// What it was given, and perhaps still has.
    in_hand: Vec<Lease>,
    /// What it is given next.
    queue: VecDeque<Leased>,
    changes: watch::Receiver<u64>,
    heartbeat_at: Instant,
}

impl Deliveries {
    /// Begins a stream; the bot's older ones end.
    pub(super) async fn begin(
        regiment: Arc<Regiment>,
        bot_id: String,
        room: usize,
    ) -> Result<Self, Status> {
        let number = regiment.begin_stream(&bot_id).await.map_err(failed)?;
        tracing::info!(bot = bot_id, number, room, "a bot has subscribed");
        Ok(Self {
            changes: regiment.store().changes(),
            regiment,
            bot_id,
            number,
            room,
            in_hand: Vec::new(),
            queue: VecDeque::new(),
            heartbeat_at: Instant::now(),
        })
    }

    /// Turns it into what the transport polls.
    pub(super) fn items(self) -> impl Stream<Item = Result<SubscribeResponse, Status>> + Send {
        stream::try_unfold(self, async |mut deliveries| {
            let next = deliveries.next().await?;
            Ok(Some((next, deliveries)))
        })
    }

    /// Waits for the next message, or for a heartbeat.
    async fn next(&mut self) -> Result<SubscribeResponse, Status> {
        loop {
            if let Some(leased) = self.queue.pop_front() {
                return Ok(SubscribeResponse {
                    delivery: Some(delivery(leased, self.regiment.now())?),
                });
            }
            self.changes.mark_unchanged();
            if self.heartbeat_at <= Instant::now() {
                self.heartbeat_at = Instant::now() + HEARTBEAT;
                let seen = self.regiment.see_stream(&self.bot_id, self.number).await;
                self.check_newest(seen.map_err(failed)?)?;
                return Ok(SubscribeResponse { delivery: None });
            }
            self.lease().await?;
            if self.queue.is_empty() {
                let wake = (Instant::now() + LOOK).min(self.heartbeat_at);
                // The sender lives as long as the store does, and this holds the store.
                let _ = tokio::time::timeout_at(wake, self.changes.changed()).await;
            }
        }
    }

    /// Takes as many due messages as the bot has room for.
    async fn lease(&mut self) -> Result<(), Status> {
        if !self.in_hand.is_empty() {
            self.in_hand = self.regiment.leases_held(&self.in_hand).await.map_err(failed)?;
        }
        let room = self.room.saturating_sub(self.in_hand.len());
        if room == 0 {
            return Ok(());
        }
        let newest = self.regiment.is_newest_stream(&self.bot_id, self.number).await;
        self.check_newest(newest.map_err(failed)?)?;
        let limit = u32::try_from(room).unwrap_or(u32::MAX);
        let leased = self.regiment.lease_messages(limit).await.map_err(failed)?;
        self.in_hand.extend(leased.iter().map(|leased| leased.claimed.lease.clone()));
        self.queue.extend(leased);
        Ok(())
    }

    fn check_newest(&self, is_newest: bool) -> Result<(), Status> {
        if is_newest {
            return Ok(());
        }
        tracing::info!(bot = self.bot_id, number = self.number, "a newer stream takes over");
        Err(status::aborted("a newer stream of this bot has taken over", "REPLACED"))
    }
}

fn delivery(leased: Leased, now: Timestamp) -> Result<LeasedDelivery, Status> {
    let Leased { claimed, until, destination, is_expired } = leased;
    let dispatch = &claimed.dispatch;
    let number = OrderNumber::of(&dispatch.key);
    Ok(LeasedDelivery {
        name: format!("deliveries/{}", dispatch.key),
        lease_token: claimed.lease.token(),
        lease_expire_time: Some(proto_instant(until)),
        attempt: saturating(claimed.attempts),
        is_doubtful: claimed.is_doubtful,
        is_expired,
        destination: Some(to(destination)),
        message_json: json(&dispatch.message)?,
        key: dispatch.key.clone(),
        wording_version: claimed.wording.clone(),
        nonce: number.nonce().to_owned(),
        order_number: number.visible().to_owned(),
        priority: v1::DeliveryPriority::from_record(dispatch.priority).into(),
        expire_time: dispatch.expires_at.map(proto_instant),
        lease_duration: prost_types::Duration::try_from(until.duration_since(now).unsigned_abs())
            .ok(),
    })
}

fn to(destination: Destination) -> To {
    match destination {
        Destination::Direct { user_id, channel_id } => To::DirectMessages(v1::DirectMessages {
            user_id: user_id.to_string(),
            channel_id: channel_id.unwrap_or_default(),
        }),
        Destination::Private { user_id, channel_id } => {
            To::PrivateChannel(v1::PrivateChannel { user_id: user_id.to_string(), channel_id })
        }
        Destination::Coaches => To::CoachChannel(v1::CoachChannel {}),
        Destination::Public(guild_id) => To::PublicChannel(v1::PublicChannel { guild_id }),
        Destination::Honors(guild_id) => To::HonorsChannel(v1::HonorsChannel { guild_id }),
    }
}
