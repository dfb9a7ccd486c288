//! `JobCardService`: validate, convert, call, convert.

mod list;
mod show;
mod verdict;

use std::sync::Arc;

use prost::Message;
use regiment_core::record::{Actor, JobCard, Severity, Verdict};
use regiment_core::regiment::{Chosen, Error, Regiment};
use regiment_core::{Id, Invalid, UserId};
use regiment_proto::v1;
use regiment_proto::v1::job_card_service_server::JobCardService;
use regiment_proto::v1::{
    AcknowledgeJobCardRequest, AcknowledgeJobCardResponse, AnswerSuggestionRequest,
    AnswerSuggestionResponse, BatchDecideJobCardsRequest, BatchDecideJobCardsResponse,
    DismissJobCardRequest, DismissJobCardResponse, GetJobCardRequest, GetJobCardResponse,
    JudgeFlagRequest, JudgeFlagResponse, ListJobCardsRequest, ListJobCardsResponse,
    NoteJobCardRequest, NoteJobCardResponse, RaiseFlagRequest, RaiseFlagResponse,
    ReopenJobCardRequest, ReopenJobCardResponse, ResolveJobCardRequest, ResolveJobCardResponse,
    SnoozeJobCardRequest, SnoozeJobCardResponse, UndoJobCardRequest, UndoJobCardResponse,
};
use tonic::{Request, Response, Status};

use self::verdict::At;
use super::auth::Principal;
use super::convert;
use super::once::{Asked, once};
use crate::status::{self, Violations};

/// The most cards that one call decides on.
const MOST_AT_ONCE: usize = 200;

/// Answers for the coach's desk.
#[derive(Debug)]
pub(super) struct Cards {
    regiment: Arc<Regiment>,
}

/// The card that a decision is about, as its caller named it.
struct Named<'a> {
    name: &'a str,
    etag: &'a str,
}

impl Cards {
    pub(super) fn new(regiment: Arc<Regiment>) -> Self {
        Self { regiment }
    }

    /// Returns a card as it stands, with everything that was decided on it.
    async fn show(&self, name: &str) -> Result<v1::JobCard, Status> {
        let (user_id, id) = card_name("name", name)?;
        self.shown(&[(user_id, id)]).await?.pop().ok_or_else(status::no_card)
    }

    /// Returns cards as they stand; one that is not its client's does not exist.
    async fn shown(&self, named: &[(UserId, Id<JobCard>)]) -> Result<Vec<v1::JobCard>, Status> {
        let ids: Vec<_> = named.iter().map(|(_, id)| *id).collect();
        let found = self.regiment.shown_cards(&ids).await;
        let found = found.map_err(|error| status::of(error, ""))?;
        let is_named = |card: &JobCard| {
            named.iter().any(|(user_id, id)| card.user_id == *user_id && card.id == Some(*id))
        };
        Ok(found
            .into_iter()
            .filter(|(shown, _)| is_named(&shown.card))
            .map(|(shown, decided)| show::with_decisions(shown, &decided))
            .collect())
    }

    /// Carries one decision out, once; fields of it that are refused stand where `read` puts them.
    async fn decide<R: Message, A: Message + Default>(
        &self,
        asked: Asked<'_, R>,
        on: Named<'_>,
        read: impl FnOnce(&mut Violations) -> Option<(Verdict, At)>,
        say: fn(Option<v1::JobCard>) -> A,
    ) -> Result<Response<A>, Status> {
        let actor = asked.by.staff()?;
        let mut violations = Violations::default();
        let name = violations.check("name", parse_name(on.name));
        let verdict = read(&mut violations);
        violations.done()?;
        let complete = "a decision is complete where no field of it is refused";
        let ((_, id), (verdict, at)) = name.zip(verdict).expect(complete);
        let answer = async || Ok(say(Some(self.show(on.name).await?)));
        let work = async |regiment: Regiment| {
            self.show(on.name).await?;
            let decided = regiment.decide_card(id, version(on.etag)?, verdict, &actor).await;
            decided.map_err(|error| status::of(error, &at.0))?;
            answer().await
        };
        once(&self.regiment, asked, work, answer()).await
    }

    async fn raise(
        &self,
        regiment: &Regiment,
        asked: &RaiseFlagRequest,
        by: &Actor,
    ) -> Result<RaiseFlagResponse, Status> {
        let RaiseFlagRequest { client, flag, severity, note, request_id: _ } = asked;
        let mut violations = Violations::default();
        let user_id = violations.check("client", convert::client_name("client", client));
        let accepted = "low, medium, high or critical";
        let severity = convert::chosen::<Severity, v1::Severity>("severity", *severity, accepted);
        let severity = violations.check("severity", severity);
        violations.done()?;
        let (user_id, severity) = user_id.zip(severity).expect("neither was refused");
        let raised = regiment.raise_flag(user_id, (flag, note), severity, by).await;
        let raised = raised.map_err(|error| status::of(error, ""))?;
        let id = raised.id.ok_or_else(status::no_card)?;
        Ok(RaiseFlagResponse { job_card: self.shown(&[(user_id, id)]).await?.pop() })
    }

    /// Reads what became of a flag that was raised by a request whose answer was lost.
    async fn raised(&self, asked: &RaiseFlagRequest) -> Result<RaiseFlagResponse, Status> {
        let user_id = convert::user_id("client", &asked.client)?;
        let card = self.regiment.manual_card_of_today(user_id).await;
        let card = card.map_err(|error| status::of(error, ""))?;
        let id = card.and_then(|card| card.id).ok_or_else(status::no_card)?;
        Ok(RaiseFlagResponse { job_card: self.shown(&[(user_id, id)]).await?.pop() })
    }

    async fn batch(
        &self,
        regiment: &Regiment,
        asked: &BatchDecideJobCardsRequest,
        by: &Actor,
    ) -> Result<BatchDecideJobCardsResponse, Status> {
        let mut violations = Violations::default();
        let n = asked.decisions.len();
        if !(1..=MOST_AT_ONCE).contains(&n) {
            let accepted = format!("1 to {MOST_AT_ONCE} decisions");
            violations.add("decisions", &Invalid::new("decisions", n, accepted));
        }
        let mut names = Vec::with_capacity(n);
        let (mut chosen, mut places) = (Vec::with_capacity(n), Vec::with_capacity(n));
        for (place, v1::CardVerdict { name, verdict, etag }) in asked.decisions.iter().enumerate() {
            let path = format!("decisions[{place}]");
            let name = violations.check(&format!("{path}.name"), parse_name(name));
            let at = At(format!("{path}.verdict"));
            let verdict = verdict::read(&at, verdict.clone(), &mut violations);
            if let Some(((user_id, card), (verdict, at))) = name.zip(verdict) {
                let version = version(etag).map_err(|stale| status::about(&path, &stale))?;
                names.push((user_id, card));
                chosen.push(Chosen { card, version, verdict });
                places.push(at);
            }
        }
        violations.done()?;
        let known = self.shown(&names).await?;
        let is_known =
            |id: &Id<JobCard>| known.iter().any(|card| card.name.ends_with(&id.to_string()));
        if let Some(place) = names.iter().position(|(_, id)| !is_known(id)) {
            return Err(status::about(&format!("decisions[{place}]"), &status::no_card()));
        }
        regiment.decide_cards(chosen, by).await.map_err(|error| {
            let Error::OneOf { place, source } = error else { return status::of(error, "") };
            let at = places.get(place).map_or("", |at| at.0.as_str());
            status::about(&format!("decisions[{place}]"), &status::of(*source, at))
        })?;
        self.batch_answer(asked).await
    }

    async fn batch_answer(
        &self,
        asked: &BatchDecideJobCardsRequest,
    ) -> Result<BatchDecideJobCardsResponse, Status> {
        let named = asked.decisions.iter().map(|decision| card_name("name", &decision.name));
        let named: Vec<_> = named.collect::<Result<_, _>>()?;
        Ok(BatchDecideJobCardsResponse { job_cards: self.shown(&named).await? })
    }
}

#[tonic::async_trait]
impl JobCardService for Cards {
    async fn list_job_cards(
        &self,
        request: Request<ListJobCardsRequest>,
    ) -> Result<Response<ListJobCardsResponse>, Status> {
        list::list(&self.regiment, request.into_inner()).await.map(Response::new)
    }

    async fn get_job_card(
        &self,
        request: Request<GetJobCardRequest>,
    ) -> Result<Response<GetJobCardResponse>, Status> {
        let GetJobCardRequest { name } = request.into_inner();
        let job_card = Some(self.show(&name).await?);
        Ok(Response::new(GetJobCardResponse { job_card }))
    }

    async fn acknowledge_job_card(
        &self,
        request: Request<AcknowledgeJobCardRequest>,
    ) -> Result<Response<AcknowledgeJobCardResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let AcknowledgeJobCardRequest { name, etag, request_id } = content;
        let asked = Asked { by, method: "AcknowledgeJobCard", request_id, content };
        let read = |_: &mut Violations| Some((Verdict::Acknowledge, At::TOP));
        let say = |job_card| AcknowledgeJobCardResponse { job_card };
        self.decide(asked, Named { name, etag }, read, say).await
    }

    async fn resolve_job_card(
        &self,
        request: Request<ResolveJobCardRequest>,
    ) -> Result<Response<ResolveJobCardResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let ResolveJobCardRequest { name, resolve, etag, request_id } = content;
        let asked = Asked { by, method: "ResolveJobCard", request_id, content };
        let read = |violations: &mut Violations| {
            let resolve = resolve.clone().unwrap_or_default();
            verdict::resolve(&At::TOP.of("resolve"), resolve, violations)
        };
        let say = |job_card| ResolveJobCardResponse { job_card };
        self.decide(asked, Named { name, etag }, read, say).await
    }

    async fn snooze_job_card(
        &self,
        request: Request<SnoozeJobCardRequest>,
    ) -> Result<Response<SnoozeJobCardResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let SnoozeJobCardRequest { name, snooze, etag, request_id } = content;
        let asked = Asked { by, method: "SnoozeJobCard", request_id, content };
        let read = |violations: &mut Violations| {
            verdict::snooze(&At::TOP.of("snooze"), snooze.unwrap_or_default(), violations)
        };
        let say = |job_card| SnoozeJobCardResponse { job_card };
        self.decide(asked, Named { name, etag }, read, say).await
    }

    async fn dismiss_job_card(
        &self,
        request: Request<DismissJobCardRequest>,
    ) -> Result<Response<DismissJobCardResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let DismissJobCardRequest { name, dismiss, etag, request_id } = content;
        let asked = Asked { by, method: "DismissJobCard", request_id, content };
        let read = |violations: &mut Violations| {
            let dismiss = dismiss.clone().unwrap_or_default();
            verdict::dismiss(&At::TOP.of("dismiss"), dismiss, violations)
        };
        let say = |job_card| DismissJobCardResponse { job_card };
        self.decide(asked, Named { name, etag }, read, say).await
    }

    async fn reopen_job_card(
        &self,
        request: Request<ReopenJobCardRequest>,
    ) -> Result<Response<ReopenJobCardResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let ReopenJobCardRequest { name, etag, request_id } = content;
        let asked = Asked { by, method: "ReopenJobCard", request_id, content };
        let read = |_: &mut Violations| Some((Verdict::Reopen, At::TOP));
        let say = |job_card| ReopenJobCardResponse { job_card };
        self.decide(asked, Named { name, etag }, read, say).await
    }

    async fn undo_job_card(
        &self,
        request: Request<UndoJobCardRequest>,
    ) -> Result<Response<UndoJobCardResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let UndoJobCardRequest { name, decision, etag, request_id } = content;
        let asked = Asked { by, method: "UndoJobCard", request_id, content };
        let read = |violations: &mut Violations| verdict::undo(&At::TOP, decision, violations);
        let say = |job_card| UndoJobCardResponse { job_card };
        self.decide(asked, Named { name, etag }, read, say).await
    }

    async fn note_job_card(
        &self,
        request: Request<NoteJobCardRequest>,
    ) -> Result<Response<NoteJobCardResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let NoteJobCardRequest { name, text, etag, request_id } = content;
        let asked = Asked { by, method: "NoteJobCard", request_id, content };
        let read = |_: &mut Violations| Some((Verdict::Note { text: text.clone() }, At::TOP));
        let say = |job_card| NoteJobCardResponse { job_card };
        self.decide(asked, Named { name, etag }, read, say).await
    }

    async fn answer_suggestion(
        &self,
        request: Request<AnswerSuggestionRequest>,
    ) -> Result<Response<AnswerSuggestionResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let AnswerSuggestionRequest { name, answer, etag, request_id } = content;
        let asked = Asked { by, method: "AnswerSuggestion", request_id, content };
        let read = |violations: &mut Violations| {
            let answer = answer.clone().unwrap_or_default();
            verdict::answer(&At::TOP.of("answer"), answer, violations)
        };
        let say = |job_card| AnswerSuggestionResponse { job_card };
        self.decide(asked, Named { name, etag }, read, say).await
    }

    async fn judge_flag(
        &self,
        request: Request<JudgeFlagRequest>,
    ) -> Result<Response<JudgeFlagResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let JudgeFlagRequest { name, judge, etag, request_id } = content;
        let asked = Asked { by, method: "JudgeFlag", request_id, content };
        let read = |violations: &mut Violations| {
            let judge = judge.clone().unwrap_or_default();
            verdict::judge(&At::TOP.of("judge"), judge, violations)
        };
        let say = |job_card| JudgeFlagResponse { job_card };
        self.decide(asked, Named { name, etag }, read, say).await
    }

    async fn raise_flag(
        &self,
        request: Request<RaiseFlagRequest>,
    ) -> Result<Response<RaiseFlagResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "RaiseFlag", request_id: &content.request_id, content };
        let actor = by.staff()?;
        let work = async |regiment: Regiment| self.raise(&regiment, content, &actor).await;
        once(&self.regiment, asked, work, self.raised(content)).await
    }

    async fn batch_decide_job_cards(
        &self,
        request: Request<BatchDecideJobCardsRequest>,
    ) -> Result<Response<BatchDecideJobCardsResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let request_id = &content.request_id;
        let asked = Asked { by, method: "BatchDecideJobCards", request_id, content };
        let actor = by.staff()?;
        let work =
            async |regiment: Regiment| Box::pin(self.batch(&regiment, content, &actor)).await;
        once(&self.regiment, asked, work, self.batch_answer(content)).await
    }
}

/// Reads `clients/{user_id}/jobCards/{id}`.
fn card_name(path: &str, name: &str) -> Result<(UserId, Id<JobCard>), Status> {
    parse_name(name).map_err(|refused| status::invalid(path, &refused))
}

fn parse_name(name: &str) -> Result<(UserId, Id<JobCard>), Invalid> {
    let parsed = || {
        let (user_id, id) = name.strip_prefix("clients/")?.split_once("/jobCards/")?;
        Some((user_id.parse().ok()?, id.parse().ok()?))
    };
    parsed().ok_or_else(|| Invalid::new("name", name, "clients/{user_id}/jobCards/{id}"))
}

/// Reads an etag: the version that the caller saw, where he gives one.
fn version(etag: &str) -> Result<Option<u32>, Status> {
    if etag.is_empty() {
        return Ok(None);
    }
    etag.parse().map(Some).map_err(|_| status::stale())
}
