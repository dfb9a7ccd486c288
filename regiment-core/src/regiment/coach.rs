//! What a coach decides.

use jiff::{Timestamp, civil::Date};

use super::{Regiment, Result};
use crate::{
    Id, UserId,
    engine::{excuses, infractions},
    message::Decision,
    record::{Actor, Excuse, ExcuseReason, ExcuseRequest, InfractionKind, RequestState, Stream},
};

/// The span and the items that somebody wants excused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The first local date.
    pub from: Date,
    /// The last local date, inclusive.
    pub until: Date,
    /// The streams; empty means all.
    pub streams: Vec<Stream>,
    /// One item alone; absent means every item of the streams.
    pub item: Option<String>,
    /// Why.
    pub reason: ExcuseReason,
}

impl Regiment {
    /// Excuses a client, before or after the fact.
    ///
    /// # Errors
    /// [`Error::Refused`](super::Error::Refused) for anybody but a coach, and for spans that can't
    /// be excused.
    pub async fn excuse(&self, user_id: UserId, span: Span, note: &str, by: Actor) -> Result<()> {
        self.act_as(user_id, &by, "excused", |dossier, context| {
            let excuse = Excuse {
                user_id,
                from: span.from,
                until: span.until,
                streams: span.streams,
                item: span.item,
                reason: span.reason,
                note: note.to_owned(),
                by: by.clone(),
                at: context.now,
            };
            Ok((excuses::grant(dossier, &context.policy, excuse, context.now)?, ()))
        })
        .await
    }

    /// Takes a client's request to be excused; the coach decides it.
    ///
    /// # Errors
    /// [`Error::Refused`](super::Error::Refused) for a span that ends before it begins.
    pub async fn ask_excuse(&self, user_id: UserId, span: Span) -> Result<()> {
        self.act(user_id, |dossier, context| {
            let request = ExcuseRequest {
                id: context.mint(),
                user_id,
                from: span.from,
                until: span.until,
                streams: span.streams,
                item: span.item,
                reason: span.reason,
                state: RequestState::Asked,
                asked_at: context.now,
                decided_by: None,
                decided_at: None,
            };
            Ok((excuses::ask(dossier, request)?, ()))
        })
        .await
    }

    /// Returns a client's requests that wait for a decision.
    ///
    /// # Errors
    /// The store's.
    pub async fn requests(&self, user_id: UserId) -> Result<Vec<ExcuseRequest>> {
        Ok(self.store.read().await?.open_requests([user_id]).await?)
    }

    /// Returns every client's requests that wait for a decision, oldest first, at most `limit`.
    ///
    /// # Errors
    /// The store's.
    pub async fn waiting_requests(&self, limit: u32) -> Result<Vec<ExcuseRequest>> {
        Ok(self.store.read().await?.undecided_requests(limit).await?)
    }

    /// Answers a client's request; granting it excuses the client.
    ///
    /// # Errors
    /// [`Error::Refused`](super::Error::Refused) for anybody but a coach, and for a request that
    /// does not wait.
    pub async fn decide_request(
        &self,
        user_id: UserId,
        id: Id<ExcuseRequest>,
        decision: Decision,
        note: &str,
        by: Actor,
    ) -> Result<()> {
        self.act_as(user_id, &by, "request_decided", |dossier, context| {
            let (policy, now) = (&context.policy, context.now);
            Ok((excuses::decide(dossier, policy, id, decision, &by, note, now)?, ()))
        })
        .await
    }

    /// Voids an infraction; what rested on it is corrected.
    ///
    /// # Errors
    /// [`Error::Refused`](super::Error::Refused) for an event that does not exist, and without a
    /// reason.
    pub async fn void_infraction(
        &self,
        user_id: UserId,
        (kind, date): (InfractionKind, Date),
        reason: &str,
        by: Actor,
    ) -> Result<()> {
        self.act_as(user_id, &by, "infraction_voided", |dossier, context| {
            let (policy, now): (_, Timestamp) = (&context.policy, context.now);
            Ok((infractions::void(dossier, policy, kind, date, reason, by.clone(), now)?, ()))
        })
        .await
    }

    /// Lifts the refeed block; nothing where there is none.
    ///
    /// # Errors
    /// The store's.
    pub async fn lift_refeed_block(&self, user_id: UserId, by: &Actor) -> Result<()> {
        self.act_as(user_id, by, "refeed_block_lifted", |dossier, _| {
            Ok((infractions::lift_refeed_block(dossier), ()))
        })
        .await
    }
}
