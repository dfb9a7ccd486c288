//! `ClientService`: validate, convert, call, convert.

mod excuses;
mod form;
mod leave;
mod list;
mod own;
mod plans;
mod summary;

use std::sync::Arc;

use regiment_core::UserId;
use regiment_core::engine::onboarding::{Override, StartDate};
use regiment_core::record::{Actor, ClientProfile};
use regiment_core::regiment::{Error, Intake, Regiment};
use regiment_proto::v1;
use regiment_proto::v1::Permission;
use regiment_proto::v1::client_service_server::ClientService;
use regiment_proto::v1::{
    ActivateClientRequest, ActivateClientResponse, ArchiveClientRequest, ArchiveClientResponse,
    ChoosePlanRequest, ChoosePlanResponse, CreateClientRequest, CreateClientResponse,
    DecideExcuseRequestRequest, DecideExcuseRequestResponse, EnlistRequest, EnlistResponse,
    EraseClientRequest, EraseClientResponse, ExcuseClientRequest, ExcuseClientResponse,
    ExportClientRequest, GetClientRequest, GetClientResponse, GetPlanRequest, GetPlanResponse,
    GetSettingsRequest, GetSettingsResponse, GetStandingRequest, GetStandingResponse,
    GetTodayRequest, GetTodayResponse, LiftRefeedBlockRequest, LiftRefeedBlockResponse,
    ListClientsRequest, ListClientsResponse, ListExcuseRequestsRequest, ListExcuseRequestsResponse,
    PauseClientRequest, PauseClientResponse, PlanRefeedRequest, PlanRefeedResponse,
    RecompilePlanRequest, RecompilePlanResponse, ReopenClientRequest, ReopenClientResponse,
    RequestExcuseRequest, RequestExcuseResponse, ResumeClientRequest, ResumeClientResponse,
    UpdateClientRequest, UpdateClientResponse, UpdateSettingsRequest, UpdateSettingsResponse,
    VoidInfractionRequest, VoidInfractionResponse,
};
use tonic::{Request, Response, Status};

pub(super) use self::summary::day as day_summary;
use super::auth::Principal;
use super::once::{Asked, act, once};
use super::{convert, profile};
use crate::status::{self, Violations};

/// Answers for the clients of a practice.
#[derive(Debug)]
pub(super) struct Clients {
    regiment: Arc<Regiment>,
}

impl Clients {
    pub(super) fn new(regiment: Arc<Regiment>) -> Self {
        Self { regiment }
    }

    async fn find(&self, user_id: UserId) -> Result<ClientProfile, Status> {
        let found = self.regiment.client(user_id).await.map_err(failed)?;
        found.ok_or_else(|| failed(Error::UnknownClient))
    }

    /// Returns the client that a change is about, if its etag is current or absent.
    async fn find_at(&self, name: &str, etag: &str) -> Result<ClientProfile, Status> {
        let found = self.find(convert::user_id("name", name)?).await?;
        if etag.is_empty() || etag == found.version.to_string() {
            Ok(found)
        } else {
            Err(status::stale())
        }
    }

    /// Returns the infraction record of a client.
    async fn standing(&self, user_id: UserId) -> Result<Option<v1::Standing>, Status> {
        let report = self.regiment.standing(user_id).await.map_err(failed)?;
        Ok(Some(convert::standing(report)))
    }

    async fn answer(&self, user_id: UserId) -> Result<Option<v1::Client>, Status> {
        Ok(Some(convert::client(self.find(user_id).await?)))
    }

    async fn answer_named(&self, name: &str) -> Result<Option<v1::Client>, Status> {
        self.answer(convert::user_id("name", name)?).await
    }

    async fn create(
        &self,
        regiment: &Regiment,
        asked: &CreateClientRequest,
        by: &Actor,
    ) -> Result<CreateClientResponse, Status> {
        let client = asked.client.clone().unwrap_or_default();
        let mut violations = Violations::default();
        violations.check("client.user_id", client.user_id.parse::<UserId>());
        let changes = profile::changes(&client, &[], &mut violations);
        violations.done()?;
        let complete = |pending: &mut ClientProfile| {
            for change in changes {
                change(pending);
            }
        };
        let intake = if asked.activate { Intake::Activate } else { Intake::Wait };
        let created = regiment.recruit(&form::form(&client), complete, intake, by).await;
        let created = created.map_err(|error| status::of(error, "client"))?;
        Ok(CreateClientResponse { client: Some(convert::client(created)) })
    }

    async fn update(
        &self,
        regiment: &Regiment,
        asked: &UpdateClientRequest,
        by: &Actor,
    ) -> Result<UpdateClientResponse, Status> {
        let client = asked.client.clone().unwrap_or_default();
        let mut edited = self.find_at(&client.name, &client.etag).await?;
        let user_id = edited.user_id;
        let mask = asked.update_mask.clone().unwrap_or_default().paths;
        let mut violations = Violations::default();
        let changes = profile::changes(&client, &mask, &mut violations);
        violations.done()?;
        for change in changes {
            change(&mut edited);
        }
        let mut overrides = Vec::new();
        if asked.allow_past_start {
            overrides.push(Override::PastStart);
        }
        if asked.allow_allergens {
            overrides.push(Override::Allergens);
        }
        let reason = Some(asked.reason.as_str()).filter(|reason| !reason.is_empty());
        let saved = regiment.edit(edited, &overrides, reason, by).await;
        saved.map_err(|error| status::of(error, "client"))?;
        Ok(UpdateClientResponse { client: self.answer(user_id).await? })
    }
}

#[tonic::async_trait]
impl ClientService for Clients {
    async fn get_client(
        &self,
        request: Request<GetClientRequest>,
    ) -> Result<Response<GetClientResponse>, Status> {
        let GetClientRequest { name } = request.into_inner();
        let client = self.answer_named(&name).await?;
        Ok(Response::new(GetClientResponse { client }))
    }

    async fn list_clients(
        &self,
        request: Request<ListClientsRequest>,
    ) -> Result<Response<ListClientsResponse>, Status> {
        list::list(&self.regiment, request.into_inner()).await.map(Response::new)
    }

    async fn create_client(
        &self,
        request: Request<CreateClientRequest>,
    ) -> Result<Response<CreateClientResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "CreateClient", request_id: &content.request_id, content };
        let actor = by.staff()?;
        let work =
            async move |regiment: Regiment| Box::pin(self.create(&regiment, content, &actor)).await;
        let read = async {
            let client = content.client.clone().unwrap_or_default();
            let user_id = client.user_id.parse().map_err(|_| failed(Error::UnknownClient))?;
            Ok(CreateClientResponse { client: self.answer(user_id).await? })
        };
        once(&self.regiment, asked, work, read).await
    }

    async fn enlist(
        &self,
        request: Request<EnlistRequest>,
    ) -> Result<Response<EnlistResponse>, Status> {
        own::enlist(self, request).await
    }

    async fn update_client(
        &self,
        request: Request<UpdateClientRequest>,
    ) -> Result<Response<UpdateClientResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "UpdateClient", request_id: &content.request_id, content };
        let actor = by.staff()?;
        let work =
            async move |regiment: Regiment| Box::pin(self.update(&regiment, content, &actor)).await;
        let read = async {
            let name = content.client.clone().unwrap_or_default().name;
            Ok(UpdateClientResponse { client: self.answer_named(&name).await? })
        };
        once(&self.regiment, asked, work, read).await
    }

    async fn activate_client(
        &self,
        request: Request<ActivateClientRequest>,
    ) -> Result<Response<ActivateClientResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked =
            Asked { by, method: "ActivateClient", request_id: &content.request_id, content };
        let actor = by.staff()?;
        let read =
            async || Ok(ActivateClientResponse { client: self.answer_named(&content.name).await? });
        let work = async |regiment: Regiment| {
            let user_id = self.find_at(&content.name, &content.etag).await?.user_id;
            let words = Some(content.welcome.clone()).filter(|words| !words.is_empty());
            let planned = StartDate::Planned;
            let activated = regiment.activate(user_id, planned, words, &actor).await;
            activated.map_err(|error| status::of(error, "client"))?;
            read().await
        };
        once(&self.regiment, asked, work, read()).await
    }

    async fn pause_client(
        &self,
        request: Request<PauseClientRequest>,
    ) -> Result<Response<PauseClientResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "PauseClient", request_id: &content.request_id, content };
        let actor = by.staff()?;
        let read =
            async || Ok(PauseClientResponse { client: self.answer_named(&content.name).await? });
        let work = async |regiment: Regiment| {
            let until = convert::date("until", &content.until)
                .map_err(|refused| status::invalid("until", &refused))?;
            let user_id = self.find_at(&content.name, &content.etag).await?.user_id;
            let paused = regiment.pause(user_id, until, &content.reason, &actor).await;
            paused.map_err(failed)?;
            read().await
        };
        once(&self.regiment, asked, work, read()).await
    }

    async fn resume_client(
        &self,
        request: Request<ResumeClientRequest>,
    ) -> Result<Response<ResumeClientResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "ResumeClient", request_id: &content.request_id, content };
        let actor = by.staff()?;
        let read =
            async || Ok(ResumeClientResponse { client: self.answer_named(&content.name).await? });
        let work = async |regiment: Regiment| {
            let user_id = self.find_at(&content.name, &content.etag).await?.user_id;
            let resumed = regiment.resume(user_id, &content.reason, &actor).await;
            resumed.map_err(failed)?;
            read().await
        };
        once(&self.regiment, asked, work, read()).await
    }

    async fn archive_client(
        &self,
        request: Request<ArchiveClientRequest>,
    ) -> Result<Response<ArchiveClientResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let ArchiveClientRequest { name, reason, etag, request_id } = content;
        let asked = Asked { by, method: "ArchiveClient", request_id, content };
        let actor = by.staff()?;
        let archive = async |regiment: Regiment| {
            let user_id = self.find_at(name, etag).await?.user_id;
            regiment.archive(user_id, reason, &actor).await.map_err(failed)
        };
        let read = async || Ok(ArchiveClientResponse { client: self.answer_named(name).await? });
        act(&self.regiment, asked, archive, read).await
    }

    async fn reopen_client(
        &self,
        request: Request<ReopenClientRequest>,
    ) -> Result<Response<ReopenClientResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let ReopenClientRequest { name, etag, request_id } = content;
        let asked = Asked { by, method: "ReopenClient", request_id, content };
        let actor = by.staff()?;
        let reopen = async |regiment: Regiment| {
            let user_id = self.find_at(name, etag).await?.user_id;
            regiment.reopen(user_id, &actor).await.map_err(failed)
        };
        let read = async || Ok(ReopenClientResponse { client: self.answer_named(name).await? });
        act(&self.regiment, asked, reopen, read).await
    }

    async fn excuse_client(
        &self,
        request: Request<ExcuseClientRequest>,
    ) -> Result<Response<ExcuseClientResponse>, Status> {
        excuses::excuse(self, request).await
    }

    async fn request_excuse(
        &self,
        request: Request<RequestExcuseRequest>,
    ) -> Result<Response<RequestExcuseResponse>, Status> {
        own::request_excuse(self, request).await
    }

    async fn list_excuse_requests(
        &self,
        request: Request<ListExcuseRequestsRequest>,
    ) -> Result<Response<ListExcuseRequestsResponse>, Status> {
        excuses::list(self, request.into_inner()).await.map(Response::new)
    }

    async fn decide_excuse_request(
        &self,
        request: Request<DecideExcuseRequestRequest>,
    ) -> Result<Response<DecideExcuseRequestResponse>, Status> {
        excuses::decide(self, request).await
    }

    async fn void_infraction(
        &self,
        request: Request<VoidInfractionRequest>,
    ) -> Result<Response<VoidInfractionResponse>, Status> {
        excuses::void(self, request).await
    }

    async fn lift_refeed_block(
        &self,
        request: Request<LiftRefeedBlockRequest>,
    ) -> Result<Response<LiftRefeedBlockResponse>, Status> {
        excuses::lift_refeed_block(self, request).await
    }

    type ExportClientStream = leave::Parts;

    async fn export_client(
        &self,
        request: Request<ExportClientRequest>,
    ) -> Result<Response<leave::Parts>, Status> {
        leave::export(self, request).await.map(Response::new)
    }

    async fn erase_client(
        &self,
        request: Request<EraseClientRequest>,
    ) -> Result<Response<EraseClientResponse>, Status> {
        leave::erase(self, request).await
    }

    async fn get_plan(
        &self,
        request: Request<GetPlanRequest>,
    ) -> Result<Response<GetPlanResponse>, Status> {
        plans::get(self, request.into_inner()).await.map(Response::new)
    }

    async fn choose_plan(
        &self,
        request: Request<ChoosePlanRequest>,
    ) -> Result<Response<ChoosePlanResponse>, Status> {
        own::choose_plan(self, request).await
    }

    async fn recompile_plan(
        &self,
        request: Request<RecompilePlanRequest>,
    ) -> Result<Response<RecompilePlanResponse>, Status> {
        plans::recompile(self, request).await
    }

    async fn plan_refeed(
        &self,
        request: Request<PlanRefeedRequest>,
    ) -> Result<Response<PlanRefeedResponse>, Status> {
        plans::refeed(self, request).await
    }

    async fn get_today(
        &self,
        request: Request<GetTodayRequest>,
    ) -> Result<Response<GetTodayResponse>, Status> {
        let by = Principal::of(&request)?;
        let user_id = convert::user_id("name", &request.into_inner().name)?;
        by.check_reads(user_id)?;
        let today = self.regiment.today(user_id).await.map_err(failed)?;
        Ok(Response::new(convert::today(today)))
    }

    async fn get_standing(
        &self,
        request: Request<GetStandingRequest>,
    ) -> Result<Response<GetStandingResponse>, Status> {
        let by = Principal::of(&request)?;
        let user_id = convert::user_id("name", &request.into_inner().name)?;
        by.check_reads(user_id)?;
        let mut standing = self.standing(user_id).await?;
        if !by.may(Permission::Read) {
            let events = standing.iter_mut().flat_map(|standing| &mut standing.infractions);
            events.for_each(|event| event.void_reason.clear());
        }
        Ok(Response::new(GetStandingResponse { standing }))
    }

    async fn get_settings(
        &self,
        request: Request<GetSettingsRequest>,
    ) -> Result<Response<GetSettingsResponse>, Status> {
        own::settings(self, request).await.map(Response::new)
    }

    async fn update_settings(
        &self,
        request: Request<UpdateSettingsRequest>,
    ) -> Result<Response<UpdateSettingsResponse>, Status> {
        own::update_settings(self, request).await
    }
}

fn failed(error: Error) -> Status {
    status::of(error, "")
}
