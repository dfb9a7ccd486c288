//! Carries one message: finds its channel, looks it up where it may be there already, sends it, and
//! says to the server how it ended.

use std::{sync::Arc, time::Duration};

use regiment_core::message::Message;
use regiment_proto::v1::{
    AcknowledgeRequest, DeliveryErrorClass as Class, DeliveryResult, LeasedDelivery,
    leased_delivery::Destination,
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use tonic::Code;

use super::{
    InHand,
    lookup::{self, Found, Marks},
    tries::{PAUSES, Tries, Use, Word, judge, judge_unreached},
};
use crate::{
    Api, CustomIds, For, Texts,
    api::patiently,
    config,
    contact::{self, Shown},
    discord::{Body, Failure, Rest, Route},
    render,
};

/// How long the opening of direct messages waits for its turn; longer, and the server waits.
const TURN: Duration = Duration::from_secs(10);

/// How long the server is waited for, with the word on a message.
const PATIENCE: Duration = Duration::from_mins(1);

/// Carries messages. Cloning it is cheap.
#[derive(Debug, Clone)]
pub(crate) struct Courier(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    api: Api,
    rest: Rest,
    ids: CustomIds,
    texts: Arc<Texts>,
    channels: config::Discord,
    /// The bot's own id, by which it knows its messages.
    me: u64,
}

impl Courier {
    /// Prepares to carry messages.
    pub(crate) fn new(
        (api, rest): (Api, Rest),
        (ids, texts): (CustomIds, Arc<Texts>),
        channels: config::Discord,
        me: u64,
    ) -> Self {
        Self(Arc::new(Inner { api, rest, ids, texts, channels, me }))
    }

    /// Carries a message to its end under this lease.
    pub(super) async fn carry(&self, in_hand: InHand) {
        let InHand { leased, until } = in_hand;
        let order = &leased.order_number;
        let word = self.deliver(&leased, until).await;
        tracing::info!(order, attempt = leased.attempt, ?word, "a message was carried");
        let (result, remote_id, class, retry_after) = match word {
            Word::None => return,
            Word::Delivered(id) => (DeliveryResult::Delivered, id, Class::Unspecified, None),
            Word::Failed(class, wait) => {
                let wait = wait.and_then(|wait| prost_types::Duration::try_from(wait).ok());
                (DeliveryResult::Failed, String::new(), class, wait)
            }
        };
        let request = AcknowledgeRequest {
            name: leased.name.clone(),
            lease_token: leased.lease_token,
            result: result.into(),
            remote_id,
            error_class: class.into(),
            retry_after,
            request_id: String::new(),
        };
        let told = patiently(PATIENCE, || {
            let (mut deliveries, request) = (self.0.api.own().deliveries, request.clone());
            async move { deliveries.acknowledge(request).await }
        });
        match told.await {
            Ok(_) => {}
            Err(status) if [Code::Aborted, Code::NotFound].contains(&status.code()) => {
                tracing::info!(order, "a message went to another bot, or is gone");
            }
            // The lease ends, and the message is looked up.
            Err(status) => tracing::warn!(order, code = ?status.code(), "a word was not taken"),
        }
    }

    async fn deliver(&self, leased: &LeasedDelivery, until: Instant) -> Word {
        if Instant::now() > until {
            return Word::None;
        }
        let of = if leased.is_expired { Use::Expired } else { Use::Fresh };
        let is_doubtful = leased.is_doubtful || leased.is_expired;
        let (channel, reader) = match self.channel(leased, until).await {
            Ok(found) => found,
            Err(word) if is_doubtful => return judge_unreached(word, of),
            Err(word) => return word,
        };
        if is_doubtful && let Some(word) = judge(self.find(leased, channel, until).await, of) {
            return word;
        }
        match self.body(leased, reader) {
            Some(body) => self.send(leased, channel, &body, until).await,
            None => Word::Failed(Class::BadMessage, None),
        }
    }

    /// Writes the message. One that can't be written is a mistake of ours, which the log names.
    fn body(&self, leased: &LeasedDelivery, reader: For) -> Option<Body> {
        let order = &leased.order_number;
        let message: Message = serde_json::from_str(&leased.message_json)
            .inspect_err(|_| tracing::error!(order, "a message can't be read"))
            .ok()?;
        let rendered = render(&self.0.texts, &leased.key, &message)
            .inspect_err(|error| tracing::error!(order, %error, "a message can't be written"))
            .ok()?;
        Some(Body::message(&rendered, &leased.nonce, &self.0.ids, reader))
    }

    /// Sends a message, with the same nonce in every try.
    async fn send(
        &self,
        leased: &LeasedDelivery,
        channel: u64,
        body: &Body,
        until: Instant,
    ) -> Word {
        let route = Route::CreateMessage(channel);
        let mut tries = Tries::default();
        while let Some(pause) = tries.next().filter(|pause| Instant::now() + *pause <= until) {
            sleep(pause).await;
            let patience = until.saturating_duration_since(Instant::now());
            let failure = match self.0.rest.ask(&route, Some(body), patience).await {
                Ok(sent) => match sent.get("id").and_then(Value::as_str) {
                    Some(id) => return Word::Delivered(id.to_owned()),
                    None => Failure::Unanswered,
                },
                Err(failure) => self.0.rest.held(failure),
            };
            if let Some(word) = tries.fail(failure) {
                return word;
            }
        }
        if tries.is_doubtful() {
            return tries.conclude(self.find(leased, channel, until).await);
        }
        tries.last().into()
    }

    async fn find(&self, leased: &LeasedDelivery, channel: u64, until: Instant) -> Found {
        let marks =
            Marks { author: self.0.me, nonce: &leased.nonce, order_number: &leased.order_number };
        let patience = until.saturating_duration_since(Instant::now());
        lookup::find(&self.0.rest, channel, marks, patience).await
    }

    /// Returns where a message goes, and for whom it is.
    async fn channel(&self, leased: &LeasedDelivery, until: Instant) -> Result<(u64, For), Word> {
        let gone = || Word::Failed(Class::ChannelGone, None);
        let id = |text: &str| text.parse::<u64>().map_err(|_| gone());
        let person = |user_id: &str| user_id.parse().map(For::Person).map_err(|_| gone());
        let config = &self.0.channels;
        let ours = |guild_id: &str, channel: Option<u64>| {
            let is_ours = guild_id.parse() == Ok(config.guild_id);
            // A channel that is not configured is as good as none.
            channel.filter(|_| is_ours).map(|channel| (channel, For::Coaches)).ok_or_else(gone)
        };
        match &leased.destination {
            Some(Destination::DirectMessages(to)) => {
                if let Some(wait) = self.0.rest.quarantine() {
                    return Err(Word::Failed(Class::BotQuarantined, Some(wait)));
                }
                let channel = match to.channel_id.as_str() {
                    "" => self.open(&to.user_id, until).await?,
                    known => id(known)?,
                };
                Ok((channel, person(&to.user_id)?))
            }
            Some(Destination::PrivateChannel(to)) => {
                Ok((id(&to.channel_id)?, person(&to.user_id)?))
            }
            Some(Destination::CoachChannel(_)) => Ok((config.coach_channel_id, For::Coaches)),
            Some(Destination::PublicChannel(to)) => ours(&to.guild_id, config.public_channel_id),
            Some(Destination::HonorsChannel(to)) => ours(&to.guild_id, config.honors_channel_id),
            None => Err(Word::Failed(Class::BadMessage, None)),
        }
    }

    /// Opens somebody's direct messages, which is as good twice as once, and keeps the channel.
    async fn open(&self, user_id: &str, until: Instant) -> Result<u64, Word> {
        let recipient = Body::of(json!({"recipient_id": user_id}));
        let mut last = Failure::Unreachable;
        for pause in PAUSES {
            if Instant::now() + pause > until {
                break;
            }
            sleep(pause).await;
            let patience = TURN.min(until.saturating_duration_since(Instant::now()));
            last = match self.0.rest.ask(&Route::OpenDm, Some(&recipient), patience).await {
                Ok(opened) => {
                    let id = opened.get("id").and_then(|id| id.as_str()?.parse().ok());
                    let Some(channel) = id else { continue };
                    contact::keep(&self.0.api, user_id, channel, Shown::Opened).await;
                    return Ok(channel);
                }
                Err(failure) if failure.is_passing() => failure,
                Err(failure) => {
                    return Err(self.0.rest.held(failure).into());
                }
            };
        }
        // Nothing was sent, whatever became of the channel.
        Err(Word::Failed(if last.is_passing() { Class::Unavailable } else { last.class().0 }, None))
    }
}
