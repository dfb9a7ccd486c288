//! Sends what falls due: takes messages from the server's stream, each under its lease, and says how
//! each ended.
//!
//! The one rule: no message is sent twice. What may have been sent is looked up before it is sent
//! again, and where nobody can tell now, nothing is said: the lease ends, and the message comes back
//! as doubtful.

mod courier;
mod lanes;
mod lookup;
mod tries;

use std::{ops::ControlFlow, time::Duration};

use regiment_proto::v1::{
    LeasedDelivery, SubscribeRequest, SubscribeResponse, leased_delivery::Destination,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

pub(crate) use self::courier::Courier;
use self::lanes::Lanes;
use crate::Api;

/// How many messages are in hand at once.
const IN_HAND: i32 = 16;

/// How long the stream may be silent: the server says something every 20 seconds.
const SILENCE: Duration = Duration::from_secs(45);

/// From one try to subscribe to the next: at first, and at most.
const PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long a lease is where the server does not say.
const LEASE: Duration = Duration::from_mins(1);

/// A message in hand, and until when a try to send it may begin.
#[derive(Debug)]
pub(crate) struct InHand {
    /// The message.
    leased: LeasedDelivery,
    /// Two thirds of the lease after it came, so that the last try ends within it.
    until: Instant,
}

/// What goes one after the other.
type Lane = String;

/// Sends until `stop` is given, and then what is in hand.
pub(crate) async fn run(api: Api, courier: Courier, bot_id: String, stop: CancellationToken) {
    let mut sender = Sender { courier, lanes: Lanes::default(), carried: JoinSet::new() };
    let mut pause = PAUSE;
    while !stop.is_cancelled() {
        let request = SubscribeRequest { bot_id: bot_id.clone(), max_in_hand: IN_HAND };
        let ended = match api.stream().subscribe(request).await {
            Ok(stream) => {
                tracing::info!("subscribed to the outbox");
                pause = PAUSE;
                sender.take(stream.into_inner(), &stop).await
            }
            Err(status) => status,
        };
        if stop.is_cancelled() {
            break;
        }
        tracing::warn!(code = ?ended.code(), "the stream of the outbox is not there");
        tokio::select! {
            () = sender.work() => {}
            () = sleep(pause) => {}
            () = stop.cancelled() => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    while let ControlFlow::Continue(()) = sender.finish_one().await {}
}

struct Sender {
    courier: Courier,
    lanes: Lanes<Lane, InHand>,
    carried: JoinSet<Lane>,
}

impl Sender {
    /// Takes messages for as long as the stream stands.
    async fn take(
        &mut self,
        mut stream: Streaming<SubscribeResponse>,
        stop: &CancellationToken,
    ) -> Status {
        loop {
            let message = tokio::select! {
                message = timeout(SILENCE, stream.message()) => message,
                () = self.work() => continue,
                () = stop.cancelled() => return Status::cancelled("the bot stops"),
            };
            match message {
                Ok(Ok(Some(SubscribeResponse { delivery: Some(leased) }))) => self.accept(leased),
                // A heartbeat.
                Ok(Ok(Some(SubscribeResponse { delivery: None }))) => {}
                Ok(Ok(None)) => return Status::unavailable("the stream ended"),
                Ok(Err(status)) => return status,
                Err(_) => return Status::unavailable("the stream is silent"),
            }
        }
    }

    fn accept(&mut self, leased: LeasedDelivery) {
        let lease = leased.lease_duration.and_then(|lease| lease.try_into().ok()).unwrap_or(LEASE);
        let until = Instant::now() + lease * 2 / 3;
        let lane = lane(&leased);
        if let Some(in_hand) = self.lanes.enter(lane.clone(), InHand { leased, until }) {
            self.carry(lane, in_hand);
        }
    }

    fn carry(&mut self, lane: Lane, in_hand: InHand) {
        let courier = self.courier.clone();
        let carried = tokio::spawn(async move { courier.carry(in_hand).await });
        self.carried.spawn(async move {
            // A mistake of ours closes no lane: the lease ends, and the message is looked up.
            if let Err(error) = carried.await {
                tracing::error!(%error, "a message was dropped by a mistake of ours");
            }
            lane
        });
    }

    /// Works on what is in hand, without end.
    async fn work(&mut self) {
        loop {
            if self.finish_one().await == ControlFlow::Break(()) {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Waits until one message is done and begins the next of its lane; breaks where none is in hand.
    async fn finish_one(&mut self) -> ControlFlow<()> {
        let Some(carried) = self.carried.join_next().await else { return ControlFlow::Break(()) };
        let lane = carried.expect("it only waits");
        if let Some(next) = self.lanes.leave(&lane) {
            self.carry(lane, next);
        }
        ControlFlow::Continue(())
    }
}

/// Returns what a message may not overtake: whatever goes to the same person, or to the same channel.
fn lane(leased: &LeasedDelivery) -> Lane {
    match &leased.destination {
        Some(Destination::DirectMessages(to)) => to.user_id.clone(),
        Some(Destination::PrivateChannel(to)) => to.user_id.clone(),
        Some(Destination::CoachChannel(_)) => "coaches".to_owned(),
        Some(Destination::PublicChannel(to)) => format!("public {}", to.guild_id),
        Some(Destination::HonorsChannel(to)) => format!("honors {}", to.guild_id),
        None => String::new(),
    }
}
