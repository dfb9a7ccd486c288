//! What a coach forgives: excuses, requests to be excused, infractions, the refeed block.

use regiment_core::message::Decision;
use regiment_core::record::{ExcuseReason, ExcuseRequest, InfractionKind, Stream};
use regiment_core::regiment::{Error, Regiment, Span};
use regiment_core::{Id, Invalid, UserId};
use regiment_proto::v1;
use regiment_proto::v1::{
    DecideExcuseRequestRequest, DecideExcuseRequestResponse, ExcuseClientRequest,
    ExcuseClientResponse, LiftRefeedBlockRequest, LiftRefeedBlockResponse,
    ListExcuseRequestsRequest, ListExcuseRequestsResponse, VoidInfractionRequest,
    VoidInfractionResponse,
};
use tonic::{Request, Response, Status};

use super::{Clients, failed};
use crate::server::auth::Principal;
use crate::server::convert::{self, Twin as _, proto_instant, twins};
use crate::server::once::{Asked, act};
use crate::server::page;
use crate::status::{self, Violations};

/// The most requests that wait at once.
const WAITING: u32 = 10_000;

twins! {
    ExcuseReason = ExcuseReason: Injury, Illness, Travel, Family, Other;
}

pub(super) async fn excuse(
    clients: &Clients,
    request: Request<ExcuseClientRequest>,
) -> Result<Response<ExcuseClientResponse>, Status> {
    let by = &Principal::of(&request)?;
    let content = &request.into_inner();
    let ExcuseClientRequest { name, span, note, request_id } = content;
    let asked = Asked { by, method: "ExcuseClient", request_id, content };
    let actor = by.staff()?;
    let mut violations = Violations::default();
    let user_id = violations.check("name", convert::client_name("name", name));
    let span = read_span(span.clone().unwrap_or_default(), &mut violations);
    violations.done()?;
    let (user_id, span) = user_id.zip(span).expect("neither was refused");
    let excuse = async |regiment: Regiment| {
        regiment.excuse(user_id, span, note, actor).await.map_err(refused)
    };
    let read = async || Ok(ExcuseClientResponse { standing: clients.standing(user_id).await? });
    act(&clients.regiment, asked, excuse, read).await
}

pub(super) async fn list(
    clients: &Clients,
    mut filters: ListExcuseRequestsRequest,
) -> Result<ListExcuseRequestsResponse, Status> {
    let size = page::size(std::mem::take(&mut filters.page_size))?;
    let token = std::mem::take(&mut filters.page_token);
    let after = page::after(&filters, &token)?;
    let mut waiting = match filters.parent.as_str() {
        "" | "clients/-" => clients.regiment.waiting_requests(WAITING).await,
        parent => clients.regiment.requests(convert::user_id("parent", parent)?).await,
    }
    .map_err(failed)?;
    waiting.sort_by_key(|request| (request.asked_at, request.id));
    if let Some(last) = after {
        let (at, id): (jiff::Timestamp, Id<ExcuseRequest>) =
            serde_json::from_str(&last).map_err(|_| page::refused())?;
        waiting.retain(|request| (request.asked_at, request.id) > (at, id));
    }
    let next_page_token = match waiting.get(size) {
        Some(_) => {
            let last = &waiting[size - 1];
            page::token(&filters, &page::place(&(last.asked_at, last.id))?)
        }
        None => String::new(),
    };
    let excuse_requests = waiting.into_iter().take(size).map(shown).collect();
    Ok(ListExcuseRequestsResponse { excuse_requests, next_page_token })
}

pub(super) async fn decide(
    clients: &Clients,
    request: Request<DecideExcuseRequestRequest>,
) -> Result<Response<DecideExcuseRequestResponse>, Status> {
    let by = &Principal::of(&request)?;
    let content = &request.into_inner();
    let DecideExcuseRequestRequest { name, decision, note, request_id } = content;
    let asked = Asked { by, method: "DecideExcuseRequest", request_id, content };
    let actor = by.staff()?;
    let mut violations = Violations::default();
    let named = violations.check("name", request_name(name));
    let decision = match v1::ExcuseDecision::try_from(*decision) {
        Ok(v1::ExcuseDecision::Grant) => Ok(Decision::Granted),
        Ok(v1::ExcuseDecision::Refuse) => Ok(Decision::Refused),
        Ok(v1::ExcuseDecision::Unspecified) | Err(_) => {
            Err(Invalid::new("decision", decision, "grant or refuse"))
        }
    };
    let decision = violations.check("decision", decision);
    violations.done()?;
    let ((user_id, id), decision) = named.zip(decision).expect("neither was refused");
    let decide = async |regiment: Regiment| {
        regiment.decide_request(user_id, id, decision, note, actor).await.map_err(failed)
    };
    act(&clients.regiment, asked, decide, async || Ok(DecideExcuseRequestResponse {})).await
}

pub(super) async fn void(
    clients: &Clients,
    request: Request<VoidInfractionRequest>,
) -> Result<Response<VoidInfractionResponse>, Status> {
    let by = &Principal::of(&request)?;
    let content = &request.into_inner();
    let VoidInfractionRequest { name, kind, date, reason, request_id } = content;
    let asked = Asked { by, method: "VoidInfraction", request_id, content };
    let actor = by.staff()?;
    let mut violations = Violations::default();
    let user_id = violations.check("name", convert::client_name("name", name));
    let accepted = "meals, training, checkins or cardio";
    let kind = convert::chosen::<InfractionKind, v1::InfractionKind>("kind", *kind, accepted);
    let kind = violations.check("kind", kind);
    let date = violations.check("date", convert::required_date("date", date));
    violations.done()?;
    let ((user_id, kind), date) = user_id.zip(kind).zip(date).expect("none was refused");
    let void = async |regiment: Regiment| {
        regiment.void_infraction(user_id, (kind, date), reason, actor).await.map_err(failed)
    };
    let read = async || Ok(VoidInfractionResponse { standing: clients.standing(user_id).await? });
    act(&clients.regiment, asked, void, read).await
}

pub(super) async fn lift_refeed_block(
    clients: &Clients,
    request: Request<LiftRefeedBlockRequest>,
) -> Result<Response<LiftRefeedBlockResponse>, Status> {
    let by = &Principal::of(&request)?;
    let content = &request.into_inner();
    let LiftRefeedBlockRequest { name, request_id } = content;
    let asked = Asked { by, method: "LiftRefeedBlock", request_id, content };
    let actor = by.staff()?;
    let user_id = convert::user_id("name", name)?;
    let lift = async |regiment: Regiment| {
        regiment.lift_refeed_block(user_id, &actor).await.map_err(failed)
    };
    let read = async || Ok(LiftRefeedBlockResponse { standing: clients.standing(user_id).await? });
    act(&clients.regiment, asked, lift, read).await
}

pub(super) fn read_span(span: v1::ExcuseSpan, violations: &mut Violations) -> Option<Span> {
    let v1::ExcuseSpan { from_date, until_date, streams, item, reason } = span;
    let from = convert::required_date("from_date", &from_date);
    let from = violations.check("span.from_date", from);
    let until = convert::required_date("until_date", &until_date);
    let until = violations.check("span.until_date", until);
    let streams: Vec<Stream> = streams
        .into_iter()
        .filter_map(|number| violations.check("span.streams", convert::stream(number)))
        .collect();
    let accepted = "injury, illness, travel, family or other";
    let reason = convert::chosen::<ExcuseReason, v1::ExcuseReason>("reason", reason, accepted);
    let reason = violations.check("span.reason", reason);
    let item = Some(item).filter(|item| !item.is_empty());
    Some(Span { from: from?, until: until?, streams, item, reason: reason? })
}

/// Names what the engine refuses of a span as the request does.
pub(super) fn refused(error: Error) -> Status {
    status::renamed(error, &[("from", "span.from_date"), ("until", "span.until_date")])
}

pub(super) fn shown(request: ExcuseRequest) -> v1::ExcuseRequest {
    let ExcuseRequest { id, user_id, from, until, streams, item, reason, asked_at, .. } = request;
    let streams = streams.into_iter().map(|stream| v1::Stream::from_record(stream).into());
    v1::ExcuseRequest {
        name: format!("clients/{user_id}/excuseRequests/{id}"),
        span: Some(v1::ExcuseSpan {
            from_date: from.to_string(),
            until_date: until.to_string(),
            streams: streams.collect(),
            item: item.unwrap_or_default(),
            reason: v1::ExcuseReason::from_record(reason).into(),
        }),
        ask_time: Some(proto_instant(asked_at)),
    }
}

/// Reads `clients/{user_id}/excuseRequests/{id}`.
fn request_name(name: &str) -> Result<(UserId, Id<ExcuseRequest>), Invalid> {
    let parsed = || {
        let (user_id, id) = name.strip_prefix("clients/")?.split_once("/excuseRequests/")?;
        Some((user_id.parse().ok()?, id.parse().ok()?))
    };
    parsed().ok_or_else(|| Invalid::new("name", name, "clients/{user_id}/excuseRequests/{id}"))
}
