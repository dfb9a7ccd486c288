//! A request that bears a `request_id` is carried out once: the same one again gets the first answer.
//!
//! The answer is kept right after the work is committed, not within its transaction: a crash between the two lets
//! a repeated request through to the engines, which refuse what is done already.

use std::future::Future;

use jiff::SignedDuration;
use prost::Message;
use regiment_core::Invalid;
use regiment_core::regiment::{Error, Regiment};
use regiment_core::store::{self, Answered, Conflict};
use sha2::{Digest as _, Sha256};
use tonic::{Response, Status};

use super::OPERATOR;
use super::page::{hex, unhex};
use crate::status;

/// How long an answer is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Carries a request out, unless one with this id has been.
pub(super) async fn once<A>(
    regiment: &Regiment,
    method: &str,
    request_id: &str,
    request: &impl Message,
    work: impl Future<Output = Result<Response<A>, Status>>,
) -> Result<Response<A>, Status>
where
    A: Message + Default,
{
    if request_id.is_empty() {
        return work.await;
    }
    if request_id.len() > 64 || !request_id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(refuse(request_id, "1 to 64 visible ASCII characters, or absent"));
    }
    let request_hash = hex(&Sha256::digest(request.encode_to_vec()));
    if let Some(known) = known(regiment, request_id).await.map_err(failed)? {
        if known.method != method || known.request_hash != request_hash {
            return Err(refuse(request_id, "an id that no other request of the last 24 hours had"));
        }
        let bytes = unhex(&known.response).unwrap_or_default();
        return match A::decode(bytes.as_slice()) {
            Ok(answer) => Ok(Response::new(answer)),
            Err(error) => Err(status::internal(&error)),
        };
    }
    let answer = work.await?;
    let response = hex(&answer.get_ref().encode_to_vec());
    let kept = Answered { method: method.to_owned(), request_hash, response };
    keep(regiment, request_id, &kept).await.map_err(failed)?;
    Ok(answer)
}

async fn known(regiment: &Regiment, request_id: &str) -> store::Result<Option<Answered>> {
    let mut tx = regiment.store().read().await?;
    tx.answered(OPERATOR, request_id, regiment.now()).await
}

async fn keep(regiment: &Regiment, request_id: &str, answer: &Answered) -> store::Result<()> {
    let now = regiment.now();
    let mut tx = regiment.store().begin().await?;
    tx.forget_answers(now).await?;
    match tx.remember_answer(OPERATOR, request_id, answer, now + KEPT).await {
        Ok(()) => tx.commit().await,
        // The same request ran beside this one and kept its answer first.
        Err(store::Error::Conflict(Conflict::Exists(_))) => tx.rollback().await,
        Err(error) => Err(error),
    }
}

fn refuse(request_id: &str, accepted: &str) -> Status {
    status::invalid("request_id", &Invalid::new("request_id", request_id, accepted))
}

fn failed(error: store::Error) -> Status {
    status::of(Error::Store(error), "")
}
