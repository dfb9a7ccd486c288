//! `DeliveryService`: the outbox as coaches see it, and the words of the bot about what it sent.

mod stream;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use regiment_core::engine::delivery::{Attempt, ErrorClass};
use regiment_core::message::{Priority, Recipient};
use regiment_core::regiment::{Acknowledged, Error, Regiment, name_of};
use regiment_core::store::{DeliveryState, Lease, Listing, Tracked};
use regiment_core::{Invalid, OrderNumber};
use regiment_proto::v1;
use regiment_proto::v1::delivery_service_server::DeliveryService;
use regiment_proto::v1::{
    AcknowledgeRequest, AcknowledgeResponse, DiscardDeliveryRequest, DiscardDeliveryResponse,
    ListDeliveriesRequest, ListDeliveriesResponse, RetryDeliveryRequest, RetryDeliveryResponse,
    SubscribeRequest,
};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use self::stream::Deliveries as Stream;
use super::auth::Principal;
use super::convert::{self, Twin, proto_instant, saturating};
use super::once::{Asked, once};
use super::page;
use super::stop::until_stopped;
use crate::status::{self, Violations};

/// How many messages a bot has in hand at once where it does not say.
const IN_HAND: usize = 16;

/// The most it may ask for.
const MOST_IN_HAND: usize = 100;

/// The longest that the platform may tell the bot to wait.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Answers for the outbox of a practice.
#[derive(Debug)]
pub(super) struct Deliveries {
    regiment: Arc<Regiment>,
    stopping: CancellationToken,
}

impl Deliveries {
    pub(super) fn new(regiment: Arc<Regiment>, stopping: CancellationToken) -> Self {
        Self { regiment, stopping }
    }

    /// Returns a message, if its etag is current or absent.
    async fn find_at(&self, key: &str, etag: &str) -> Result<Tracked, Status> {
        let mut tx = self.regiment.store().read().await.map_err(|error| failed(error.into()))?;
        let found = tx.message(key).await.map_err(|error| failed(error.into()))?;
        let found = found.ok_or_else(no_message)?;
        if etag.is_empty() || etag == etag_of(&found) { Ok(found) } else { Err(status::stale()) }
    }

    async fn acknowledge(
        &self,
        regiment: &Regiment,
        asked: &AcknowledgeRequest,
    ) -> Result<AcknowledgeResponse, Status> {
        let key = key("name", &asked.name)?;
        let attempt = attempt(asked)?;
        let lease = Lease::new(key, asked.lease_token);
        match regiment.acknowledge(&lease, &attempt).await.map_err(failed)? {
            Acknowledged::Recorded(state) | Acknowledged::Before(state) => {
                Ok(AcknowledgeResponse { state: v1::DeliveryState::from_record(state).into() })
            }
            Acknowledged::Stale => {
                Err(status::aborted("another bot was given the message", "STALE_LEASE"))
            }
            Acknowledged::NoMessage => Err(no_message()),
        }
    }
}

#[tonic::async_trait]
impl DeliveryService for Deliveries {
    type SubscribeStream = stream::Outgoing;

    async fn list_deliveries(
        &self,
        request: Request<ListDeliveriesRequest>,
    ) -> Result<Response<ListDeliveriesResponse>, Status> {
        let mut filters = request.into_inner();
        let size = page::size(std::mem::take(&mut filters.page_size))?;
        let token = std::mem::take(&mut filters.page_token);
        let after = page::after(&filters, &token)?;
        let after = after.map(|last| place(&last).ok_or_else(page::refused)).transpose()?;
        let state = if filters.state == 0 {
            None
        } else {
            let accepted = "one of the states of a delivery, or unspecified";
            let chosen =
                convert::chosen::<DeliveryState, v1::DeliveryState>("", filters.state, accepted);
            Some(chosen.map_err(|refused| status::invalid("state", &refused))?)
        };
        let user_id = match filters.client.as_str() {
            "" => None,
            name => Some(convert::user_id("client", name)?),
        };
        let listing = Listing { state, user_id, after };
        let limit = u32::try_from(size + 1).unwrap_or(u32::MAX);
        let found = self.regiment.messages(&listing, limit).await.map_err(failed)?;
        let next_page_token = match found.get(size) {
            Some(_) => page::token(&filters, &place_of(&found[size - 1])),
            None => String::new(),
        };
        let deliveries = found.into_iter().take(size).map(delivery).collect::<Result<_, _>>()?;
        Ok(Response::new(ListDeliveriesResponse { deliveries, next_page_token }))
    }

    async fn retry_delivery(
        &self,
        request: Request<RetryDeliveryRequest>,
    ) -> Result<Response<RetryDeliveryResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "RetryDelivery", request_id: &content.request_id, content };
        let actor = by.staff()?;
        let work = async |regiment: Regiment| {
            let key = key("name", &content.name)?;
            self.find_at(key, &content.etag).await?;
            let retried = regiment.retry_message(key, &actor).await.map_err(failed)?;
            let retried = delivery(retried.ok_or_else(no_message)?)?;
            Ok(RetryDeliveryResponse { delivery: Some(retried) })
        };
        let read = async {
            let found = self.find_at(key("name", &content.name)?, "").await?;
            Ok(RetryDeliveryResponse { delivery: Some(delivery(found)?) })
        };
        once(&self.regiment, asked, work, read).await
    }

    async fn discard_delivery(
        &self,
        request: Request<DiscardDeliveryRequest>,
    ) -> Result<Response<DiscardDeliveryResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked =
            Asked { by, method: "DiscardDelivery", request_id: &content.request_id, content };
        let actor = by.staff()?;
        let work = async |regiment: Regiment| {
            let key = key("name", &content.name)?;
            self.find_at(key, &content.etag).await?;
            let discarded = regiment.discard_message(key, &actor).await.map_err(failed)?;
            let discarded = delivery(discarded.ok_or_else(no_message)?)?;
            Ok(DiscardDeliveryResponse { delivery: Some(discarded) })
        };
        let read = async {
            let found = self.find_at(key("name", &content.name)?, "").await?;
            Ok(DiscardDeliveryResponse { delivery: Some(delivery(found)?) })
        };
        once(&self.regiment, asked, work, read).await
    }

    async fn subscribe(
        &self,
        request: Request<SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let SubscribeRequest { bot_id, max_in_hand } = request.into_inner();
        let mut violations = Violations::default();
        violations.check("bot_id", convert::bot_id(&bot_id));
        let room = match usize::try_from(max_in_hand) {
            Ok(0) => Ok(IN_HAND),
            Ok(asked) if asked <= MOST_IN_HAND => Ok(asked),
            Ok(_) | Err(_) => {
                Err(Invalid::new("max_in_hand", max_in_hand, format!("0 to {MOST_IN_HAND}")))
            }
        };
        let room = violations.check("max_in_hand", room);
        violations.done()?;
        let regiment = self.regiment.clone();
        let stream = Stream::begin(regiment, bot_id, room.unwrap_or(IN_HAND)).await?;
        let stopping = self.stopping.clone();
        Ok(Response::new(Box::pin(until_stopped(stream.items(), stopping))))
    }

    async fn acknowledge(
        &self,
        request: Request<AcknowledgeRequest>,
    ) -> Result<Response<AcknowledgeResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "Acknowledge", request_id: &content.request_id, content };
        let work = async |regiment: Regiment| self.acknowledge(&regiment, content).await;
        // The token makes the word harmless to repeat, and the answer to it is how things stand.
        let read = async { self.acknowledge(&self.regiment, content).await };
        once(&self.regiment, asked, work, read).await
    }
}

/// Reads the key of `deliveries/{key}`.
fn key<'a>(path: &str, name: &'a str) -> Result<&'a str, Status> {
    let key = name.strip_prefix("deliveries/").filter(|key| (1..=200).contains(&key.len()));
    let accepted = "deliveries/{key}, with a key of 1 to 200 bytes";
    key.ok_or_else(|| status::invalid(path, &Invalid::new(path, name, accepted)))
}

/// Reads how an attempt ended; what contradicts itself is refused.
fn attempt(asked: &AcknowledgeRequest) -> Result<Attempt, Status> {
    let mut violations = Violations::default();
    let remote_id = asked.remote_id.as_str();
    let has_id = (1..=64).contains(&remote_id.len()) && remote_id.is_ascii();
    let retry_after = violations.check("retry_after", wait(asked.retry_after)).flatten();
    let class = asked.error_class;
    let attempt = match v1::DeliveryResult::try_from(asked.result) {
        Ok(v1::DeliveryResult::Delivered) => {
            if !has_id {
                let accepted = "1 to 64 ASCII characters where the result is delivered";
                violations.add("remote_id", &Invalid::new("remote_id", remote_id, accepted));
            }
            if class != 0 {
                let accepted = "unspecified where the result is delivered";
                violations.add("error_class", &Invalid::new("error_class", class, accepted));
            }
            Some(Attempt::Delivered { remote_id: remote_id.to_owned() })
        }
        Ok(v1::DeliveryResult::Failed) => {
            if !remote_id.is_empty() {
                let accepted = "empty where the result is failed";
                violations.add("remote_id", &Invalid::new("remote_id", remote_id, accepted));
            }
            let accepted = "one of the error classes where the result is failed";
            let class = convert::chosen::<ErrorClass, v1::DeliveryErrorClass>("", class, accepted);
            violations
                .check("error_class", class)
                .map(|class| Attempt::Failed { class, retry_after })
        }
        Ok(v1::DeliveryResult::Unspecified) | Err(_) => {
            violations.add("result", &Invalid::new("result", asked.result, "delivered or failed"));
            None
        }
    };
    violations.done()?;
    Ok(attempt.expect("nothing was refused"))
}

/// Reads how long the platform said to wait; absent is nothing.
fn wait(asked: Option<prost_types::Duration>) -> Result<Option<SignedDuration>, Invalid> {
    let Some(prost_types::Duration { seconds, nanos }) = asked else { return Ok(None) };
    Some(SignedDuration::new(seconds, nanos))
        .filter(|wait| (SignedDuration::ZERO..=LONGEST_WAIT).contains(wait))
        .map(Some)
        .ok_or_else(|| Invalid::new("retry_after", format!("{seconds} s"), "0 s to 24 hours"))
}

/// Names a message's place in a list.
fn place_of(message: &Tracked) -> String {
    format!("{}/{}", message.created_at.as_microsecond(), message.dispatch.key)
}

fn place(last: &str) -> Option<(Timestamp, String)> {
    let (at, key) = last.split_once('/')?;
    Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, key.to_owned()))
}

fn etag_of(message: &Tracked) -> String {
    format!("{}-{}-{}", message.state, message.attempts, message.lease_until.is_some())
}

fn delivery(message: Tracked) -> Result<v1::Delivery, Status> {
    let etag = etag_of(&message);
    let Tracked {
        dispatch,
        state,
        attempts,
        lease: _,
        lease_until,
        is_doubtful,
        created_at,
        remote_id,
        last_error,
        ended_at,
    } = message;
    let client = match &dispatch.to {
        Recipient::Client(user_id) => format!("clients/{user_id}"),
        Recipient::Coaches | Recipient::Public(_) | Recipient::Honors(_) => String::new(),
    };
    Ok(v1::Delivery {
        name: format!("deliveries/{}", dispatch.key),
        client,
        kind: name_of(&dispatch.message).to_owned(),
        state: v1::DeliveryState::from_record(state).into(),
        priority: v1::DeliveryPriority::from_record(dispatch.priority).into(),
        not_before: Some(proto_instant(dispatch.not_before)),
        expire_time: dispatch.expires_at.map(proto_instant),
        create_time: Some(proto_instant(created_at)),
        end_time: ended_at.map(proto_instant),
        attempts: saturating(attempts),
        lease_expire_time: lease_until.map(proto_instant),
        is_doubtful,
        remote_id: remote_id.unwrap_or_default(),
        last_error: last_error.unwrap_or_default(),
        order_number: OrderNumber::of(&dispatch.key).visible().to_owned(),
        message_json: json(&dispatch.message)?,
        etag,
    })
}

fn json(message: &regiment_core::message::Message) -> Result<String, Status> {
    serde_json::to_string(message).map_err(|error| status::internal(&error))
}

convert::twins! {
    DeliveryState = DeliveryState: Pending, Delivered, Refused, Unknown, Missed, Withdrawn;
    Priority = DeliveryPriority: Alert, Order, Digest;
    ErrorClass = DeliveryErrorClass: DmClosed, DmThrottled, BotQuarantined, NoAccess, ChannelGone,
        BadMessage, Unauthorized, RateLimited, Unavailable, Unanswered, TooLate;
}

fn no_message() -> Status {
    status::not_found("no delivery has that name", "UNKNOWN_DELIVERY")
}

fn failed(error: Error) -> Status {
    status::of(error, "")
}
