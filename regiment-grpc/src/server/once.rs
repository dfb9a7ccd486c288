//! A request that bears a `request_id` is carried out once: the same one again gets the first answer.
//!
//! The request's mark commits with its work. The answer is kept right after; where a crash came in between, a
//! repeated request is answered by reading what it did.

use std::future::Future;

use prost::Message;
use regiment_core::Invalid;
use regiment_core::regiment::{Error, Regiment};
use regiment_core::store::{self, Answered, Request};
use sha2::{Digest as _, Sha256};
use tonic::{Response, Status};

use super::auth::Principal;
use super::page::{hex, unhex};
use crate::status;

/// A request as its caller sent it.
pub(super) struct Asked<'a, R> {
    pub(super) by: &'a Principal,
    pub(super) method: &'a str,
    pub(super) request_id: &'a str,
    pub(super) content: &'a R,
}

/// Carries a request out with `work`, unless it has been; then `read` says how things stand.
pub(super) async fn once<A, R, W>(
    regiment: &Regiment,
    asked: Asked<'_, R>,
    work: impl FnOnce(Regiment) -> W,
    read: impl Future<Output = Result<A, Status>>,
) -> Result<Response<A>, Status>
where
    A: Message + Default,
    R: Message,
    W: Future<Output = Result<A, Status>>,
{
    let Asked { by, method, request_id, content } = asked;
    if request_id.is_empty() {
        return work(regiment.clone()).await.map(Response::new);
    }
    if request_id.len() > 64 || !request_id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(refuse(request_id, "1 to 64 visible ASCII characters, or absent"));
    }
    let request = Request {
        principal: by.scope(),
        id: request_id.to_owned(),
        method: method.to_owned(),
        hash: hex(&Sha256::digest(content.encode_to_vec())),
    };
    match known(regiment, &request).await {
        Ok(Some(known)) if known.method != request.method || known.request_hash != request.hash => {
            Err(refuse(request_id, "an id that no other request of the last 24 hours had"))
        }
        Ok(Some(Answered { response: Some(kept), .. })) => {
            let bytes = unhex(&kept).unwrap_or_default();
            let answer = A::decode(bytes.as_slice()).map_err(|error| status::internal(&error))?;
            Ok(Response::new(answer))
        }
        Ok(Some(_)) => read.await.map(Response::new),
        // A client's log is taken also while the database is away; the rest finds that out itself.
        Err(error) if !error.is_unavailable() => Err(status::of(Error::Store(error), "")),
        Ok(None) | Err(_) => {
            let answer = work(regiment.answering(request.clone())).await?;
            if let Err(error) = keep(regiment, &request, &answer).await {
                // It is done and marked: a repeated request reads the answer.
                tracing::warn!(outcome = "not_kept", %error, "an answer was not kept");
            }
            Ok(Response::new(answer))
        }
    }
}

/// Carries a request out with `work`, unless it has been; either way `read` says how things stand.
pub(super) async fn act<A, R, W, Q>(
    regiment: &Regiment,
    asked: Asked<'_, R>,
    work: impl FnOnce(Regiment) -> W,
    read: impl Fn() -> Q,
) -> Result<Response<A>, Status>
where
    A: Message + Default,
    R: Message,
    W: Future<Output = Result<(), Status>>,
    Q: Future<Output = Result<A, Status>>,
{
    let work_and_read = async |regiment: Regiment| {
        work(regiment).await?;
        read().await
    };
    once(regiment, asked, work_and_read, read()).await
}

async fn known(regiment: &Regiment, request: &Request) -> store::Result<Option<Answered>> {
    let mut tx = regiment.store().read().await?;
    tx.answered(&request.principal, &request.id, regiment.now()).await
}

async fn keep(regiment: &Regiment, request: &Request, answer: &impl Message) -> store::Result<()> {
    let mut tx = regiment.store().begin().await?;
    tx.forget_answers(regiment.now()).await?;
    tx.keep_answer(request, &hex(&answer.encode_to_vec())).await?;
    tx.commit().await
}

fn refuse(request_id: &str, accepted: &str) -> Status {
    status::invalid("request_id", &Invalid::new("request_id", request_id, accepted))
}
