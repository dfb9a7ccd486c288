//! `ClientService`: validate, convert, call, convert.

use std::sync::Arc;

use regiment_core::UserId;
use regiment_core::engine::onboarding::{Form, Override, StartDate};
use regiment_core::record::{Actor, ClientProfile, Goal, Status as Standing};
use regiment_core::regiment::{Error, Intake, Regiment};
use regiment_proto::v1;
use regiment_proto::v1::client_service_server::ClientService;
use regiment_proto::v1::{
    ActivateClientRequest, ActivateClientResponse, CreateClientRequest, CreateClientResponse,
    GetClientRequest, GetClientResponse, GetStandingRequest, GetStandingResponse, GetTodayRequest,
    GetTodayResponse, ListClientsRequest, ListClientsResponse, PauseClientRequest,
    PauseClientResponse, ResumeClientRequest, ResumeClientResponse, UpdateClientRequest,
    UpdateClientResponse,
};
use tonic::{Request, Response, Status};

use super::auth::Principal;
use super::once::{Asked, once};
use super::{convert, page, profile};
use crate::status::{self, Violations};

/// How many clients are looked at in one reading while a list is filtered.
const READ_AT_ONCE: u32 = 500;

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
        let created = regiment.recruit(&form(&client), complete, intake, by).await;
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
        let mut filters = request.into_inner();
        let size = page::size(std::mem::take(&mut filters.page_size))?;
        let token = std::mem::take(&mut filters.page_token);
        let mut after = match page::after(&filters, &token)? {
            Some(last) => Some(last.parse::<UserId>().map_err(|_| page::refused())?),
            None => None,
        };
        let filter = Filter::read(&filters)?;
        let mut found = Vec::new();
        while found.len() <= size {
            let read = self.regiment.clients(after, READ_AT_ONCE).await.map_err(failed)?;
            let Some(last) = read.last() else { break };
            after = Some(last.user_id);
            found.extend(read.into_iter().filter(|client| filter.lets_through(client)));
        }
        let next_page_token = match found.get(size) {
            Some(_) => page::token(&filters, found[size - 1].user_id.as_str()),
            None => String::new(),
        };
        let clients = found.into_iter().take(size).map(convert::client).collect();
        Ok(Response::new(ListClientsResponse { clients, next_page_token }))
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
        let report = self.regiment.standing(user_id).await.map_err(failed)?;
        Ok(Response::new(GetStandingResponse { standing: Some(convert::standing(report)) }))
    }
}

/// Which clients a list shows.
struct Filter {
    query: String,
    statuses: Vec<Standing>,
    goals: Vec<Goal>,
}

impl Filter {
    fn read(filters: &ListClientsRequest) -> Result<Self, Status> {
        let mut violations = Violations::default();
        let statuses = filters
            .statuses
            .iter()
            .filter_map(|&number| {
                let accepted = "pending, active or archived";
                let chosen = convert::chosen::<Standing, v1::ClientStatus>("", number, accepted);
                violations.check("statuses", chosen)
            })
            .collect();
        let goals = filters
            .goals
            .iter()
            .filter_map(|&number| {
                let chosen = convert::chosen::<Goal, v1::Goal>("", number, "cut, bulk or recomp");
                violations.check("goals", chosen)
            })
            .collect();
        violations.done()?;
        Ok(Self { query: filters.query.trim().to_lowercase(), statuses, goals })
    }

    fn lets_through(&self, client: &ClientProfile) -> bool {
        let is_named = |name: &Option<String>| {
            name.as_ref().is_some_and(|name| name.to_lowercase().contains(&self.query))
        };
        (self.statuses.is_empty() || self.statuses.contains(&client.status))
            && (self.goals.is_empty() || self.goals.contains(&client.goal))
            && (client.user_id.as_str().starts_with(&self.query)
                || is_named(&client.name)
                || is_named(&client.alias))
    }
}

/// Writes a request as the form that a person would have filled in.
fn form(client: &v1::Client) -> Form {
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    Form {
        user_id: client.user_id.clone(),
        name: some(&client.display_name),
        email: some(&client.email),
        age: client.age.map(i64::from),
        gender: some(&client.gender),
        height_cm: Some(client.height_cm.into()).filter(|height| *height != 0),
        weight_kg: Some(client.weight_kg).filter(|weight| *weight != 0.0),
        timezone_offset: client.timezone_offset.clone(),
        goal: match client.goal() {
            v1::Goal::Unspecified => String::new(),
            v1::Goal::Cut => Goal::Cut.to_string(),
            v1::Goal::Bulk => Goal::Bulk.to_string(),
            v1::Goal::Recomp => Goal::Recomp.to_string(),
        },
        photo_url: some(&client.photo_url),
        guild_id: some(&client.guild_id),
    }
}

fn failed(error: Error) -> Status {
    status::of(error, "")
}
