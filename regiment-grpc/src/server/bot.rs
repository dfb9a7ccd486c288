//! `BotService`: what the bot remembers, since it has no database of its own.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use regiment_core::record::Severity;
use regiment_core::regiment::{Dm, Error, Regiment};
use regiment_core::store::{BotReport, Contact, Draft, OwedEdit, RequestCount};
use regiment_core::{Invalid, UserId};
use regiment_proto::v1;
use regiment_proto::v1::bot_service_server::BotService;
use regiment_proto::v1::{
    DeleteDraftRequest, DeleteDraftResponse, GetCommandHashRequest, GetCommandHashResponse,
    GetContactRequest, GetContactResponse, GetDraftRequest, GetDraftResponse, ListOwedEditsRequest,
    ListOwedEditsResponse, ListZonesRequest, ListZonesResponse, OweEditRequest, OweEditResponse,
    RaiseAlertRequest, RaiseAlertResponse, ReportBotRequest, ReportBotResponse,
    SaveCommandHashRequest, SaveCommandHashResponse, SaveContactRequest, SaveContactResponse,
    SaveDraftRequest, SaveDraftResponse, SettleEditRequest, SettleEditResponse,
};
use tonic::{Request, Response, Status};

use super::auth::Principal;
use super::convert::{self, proto_instant};
use super::once::{Asked, once};
use super::page;
use super::zones;
use crate::status::{self, Violations};

/// The longest form or owed answer, in bytes.
const LONGEST_BODY: usize = 8_000;

/// How long a form that was begun is kept.
const DRAFT_KEPT: SignedDuration = SignedDuration::from_hours(48);

/// The longest that an answer may be owed: the platform takes it for 15 minutes.
const OWED: SignedDuration = SignedDuration::from_hours(1);

/// Answers for what the bot remembers.
#[derive(Debug)]
pub(super) struct Bots {
    regiment: Arc<Regiment>,
}

impl Bots {
    pub(super) fn new(regiment: Arc<Regiment>) -> Self {
        Self { regiment }
    }

    async fn find_draft(&self, which: &Which) -> Result<Draft, Status> {
        let Which { user_id, form, date } = which;
        let found = self.regiment.draft(*user_id, form, *date).await.map_err(failed)?;
        found.ok_or_else(|| status::not_found("there is no such draft", "UNKNOWN_DRAFT"))
    }
}

#[tonic::async_trait]
impl BotService for Bots {
    async fn get_draft(
        &self,
        request: Request<GetDraftRequest>,
    ) -> Result<Response<GetDraftResponse>, Status> {
        let GetDraftRequest { user_id, form, date } = request.into_inner();
        let mut violations = Violations::default();
        let which = Which::read("", [&user_id, &form, &date], &mut violations);
        violations.done()?;
        let found = self.find_draft(&which.expect("nothing was refused")).await?;
        Ok(Response::new(GetDraftResponse { draft: Some(draft(found)) }))
    }

    async fn save_draft(
        &self,
        request: Request<SaveDraftRequest>,
    ) -> Result<Response<SaveDraftResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "SaveDraft", request_id: &content.request_id, content };
        let v1::Draft { user_id, form, date, body, expire_time: _ } =
            content.draft.clone().unwrap_or_default();
        let mut violations = Violations::default();
        let which = Which::read("draft.", [&user_id, &form, &date], &mut violations);
        violations.check("draft.body", body_of(&body));
        violations.done()?;
        let which = which.expect("nothing was refused");
        let work = async |regiment: Regiment| {
            let saved = Draft {
                user_id: which.user_id,
                form: which.form.clone(),
                date: which.date,
                body: body.clone(),
                expires_at: regiment.now() + DRAFT_KEPT,
            };
            regiment.save_draft(&saved).await.map_err(failed)?;
            Ok(SaveDraftResponse { draft: Some(draft(saved)) })
        };
        let read =
            async { Ok(SaveDraftResponse { draft: Some(draft(self.find_draft(&which).await?)) }) };
        once(&self.regiment, asked, work, read).await
    }

    async fn delete_draft(
        &self,
        request: Request<DeleteDraftRequest>,
    ) -> Result<Response<DeleteDraftResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "DeleteDraft", request_id: &content.request_id, content };
        let mut violations = Violations::default();
        let texts = [&content.user_id, &content.form, &content.date];
        let which = Which::read("", texts, &mut violations);
        violations.done()?;
        let Which { user_id, form, date } = which.expect("nothing was refused");
        let work = async |regiment: Regiment| {
            regiment.delete_draft(user_id, &form, date).await.map_err(failed)?;
            Ok(DeleteDraftResponse {})
        };
        once(&self.regiment, asked, work, async { Ok(DeleteDraftResponse {}) }).await
    }

    async fn get_contact(
        &self,
        request: Request<GetContactRequest>,
    ) -> Result<Response<GetContactResponse>, Status> {
        let user_id = person("user_id", &request.into_inner().user_id)?;
        let found = self.regiment.contact(user_id).await.map_err(failed)?;
        Ok(Response::new(GetContactResponse { contact: Some(contact(found)) }))
    }

    async fn save_contact(
        &self,
        request: Request<SaveContactRequest>,
    ) -> Result<Response<SaveContactResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "SaveContact", request_id: &content.request_id, content };
        let v1::Contact { user_id, dm_channel_id, is_dm_closed, dm_closed_time: _ } =
            content.contact.clone().unwrap_or_default();
        let mut violations = Violations::default();
        let user_id = violations.check("contact.user_id", user_id.parse::<UserId>());
        let channel = Some(dm_channel_id).filter(|id| !id.is_empty());
        if let Some(id) = &channel {
            violations.check("contact.dm_channel_id", snowflake(id));
        }
        violations.done()?;
        let user_id = user_id.expect("nothing was refused");
        let dm = if is_dm_closed { Dm::Closed } else { Dm::Open };
        let work = async |regiment: Regiment| {
            let saved =
                regiment.save_contact(user_id, channel.clone(), dm).await.map_err(failed)?;
            Ok(SaveContactResponse { contact: Some(contact(saved)) })
        };
        let read = async {
            let found = self.regiment.contact(user_id).await.map_err(failed)?;
            Ok(SaveContactResponse { contact: Some(contact(found)) })
        };
        once(&self.regiment, asked, work, read).await
    }

    async fn get_command_hash(
        &self,
        request: Request<GetCommandHashRequest>,
    ) -> Result<Response<GetCommandHashResponse>, Status> {
        let scope = request.into_inner().scope;
        scope_of(&scope).map_err(|refused| status::invalid("scope", &refused))?;
        let hash = self.regiment.command_hash(&scope).await.map_err(failed)?.unwrap_or_default();
        Ok(Response::new(GetCommandHashResponse { hash }))
    }

    async fn save_command_hash(
        &self,
        request: Request<SaveCommandHashRequest>,
    ) -> Result<Response<SaveCommandHashResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked =
            Asked { by, method: "SaveCommandHash", request_id: &content.request_id, content };
        let mut violations = Violations::default();
        violations.check("scope", scope_of(&content.scope));
        violations.check("hash", visible("hash", &content.hash, 128));
        violations.done()?;
        let work = async |regiment: Regiment| {
            let saved = regiment.save_command_hash(&content.scope, &content.hash).await;
            saved.map_err(failed)?;
            Ok(SaveCommandHashResponse {})
        };
        once(&self.regiment, asked, work, async { Ok(SaveCommandHashResponse {}) }).await
    }

    async fn list_owed_edits(
        &self,
        request: Request<ListOwedEditsRequest>,
    ) -> Result<Response<ListOwedEditsResponse>, Status> {
        let mut filters = request.into_inner();
        let size = page::size(std::mem::take(&mut filters.page_size))?;
        let token = std::mem::take(&mut filters.page_token);
        let after = page::after(&filters, &token)?.unwrap_or_default();
        let limit = u32::try_from(size + 1).unwrap_or(u32::MAX);
        let found = self.regiment.owed_edits(&after, limit).await.map_err(failed)?;
        let next_page_token = match found.get(size) {
            Some(_) => page::token(&filters, &found[size - 1].interaction_id),
            None => String::new(),
        };
        let edits = found.into_iter().take(size).map(edit).collect();
        Ok(Response::new(ListOwedEditsResponse { edits, next_page_token }))
    }

    async fn owe_edit(
        &self,
        request: Request<OweEditRequest>,
    ) -> Result<Response<OweEditResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "OweEdit", request_id: &content.request_id, content };
        let owed = owed(content.edit.clone().unwrap_or_default(), self.regiment.now())?;
        let work = async |regiment: Regiment| {
            regiment.owe_edit(&owed).await.map_err(failed)?;
            Ok(OweEditResponse {})
        };
        once(&self.regiment, asked, work, async { Ok(OweEditResponse {}) }).await
    }

    async fn settle_edit(
        &self,
        request: Request<SettleEditRequest>,
    ) -> Result<Response<SettleEditResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "SettleEdit", request_id: &content.request_id, content };
        snowflake(&content.interaction_id)
            .map_err(|refused| status::invalid("interaction_id", &refused))?;
        let work = async |regiment: Regiment| {
            regiment.settle_edit(&content.interaction_id).await.map_err(failed)?;
            Ok(SettleEditResponse {})
        };
        once(&self.regiment, asked, work, async { Ok(SettleEditResponse {}) }).await
    }

    async fn raise_alert(
        &self,
        request: Request<RaiseAlertRequest>,
    ) -> Result<Response<RaiseAlertResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "RaiseAlert", request_id: &content.request_id, content };
        let mut violations = Violations::default();
        let accepted = "low, medium, high or critical";
        let severity = convert::chosen::<Severity, v1::Severity>("", content.severity, accepted);
        let severity = violations.check("severity", severity);
        let text = content.text.trim();
        if text.is_empty() || text.chars().count() > 300 {
            violations.add("text", &Invalid::new("text", text, "1 to 300 characters"));
        }
        violations.done()?;
        let user_id = match content.client.as_str() {
            "" => None,
            name => Some(convert::user_id("client", name)?),
        };
        let severity = severity.expect("nothing was refused");
        let work = async |regiment: Regiment| {
            regiment.raise_bot_trouble(severity, user_id, text).await.map_err(failed)?;
            Ok(RaiseAlertResponse {})
        };
        once(&self.regiment, asked, work, async { Ok(RaiseAlertResponse {}) }).await
    }

    async fn report_bot(
        &self,
        request: Request<ReportBotRequest>,
    ) -> Result<Response<ReportBotResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "ReportBot", request_id: &content.request_id, content };
        let report = report(content)?;
        let work = async |regiment: Regiment| {
            if regiment.report_bot(&content.bot_id, &report).await.map_err(failed)? {
                Ok(ReportBotResponse {})
            } else {
                let message = "no bot of that bot_id has subscribed";
                Err(status::not_found(message, "UNKNOWN_BOT"))
            }
        };
        once(&self.regiment, asked, work, async { Ok(ReportBotResponse {}) }).await
    }

    async fn list_zones(
        &self,
        request: Request<ListZonesRequest>,
    ) -> Result<Response<ListZonesResponse>, Status> {
        let mut filters = request.into_inner();
        let size = page::size(std::mem::take(&mut filters.page_size))?;
        let token = std::mem::take(&mut filters.page_token);
        let after = page::after(&filters, &token)?.unwrap_or_default();
        let mut found: Vec<_> = zones::like(&filters.query)
            .filter(|name| name.as_str() > after.as_str())
            .take(size + 1)
            .collect();
        let next_page_token = match found.get(size) {
            Some(_) => page::token(&filters, &found[size - 1]),
            None => String::new(),
        };
        found.truncate(size);
        let now = self.regiment.now();
        let zones = found.into_iter().map(|name| zones::zone(name, now)).collect();
        Ok(Response::new(ListZonesResponse { zones, next_page_token }))
    }
}

/// Which draft.
struct Which {
    user_id: UserId,
    form: String,
    date: Option<Date>,
}

impl Which {
    /// Reads person, form and date; their paths begin with `at`.
    fn read(at: &str, texts: [&String; 3], violations: &mut Violations) -> Option<Self> {
        let [user_id, form, date] = texts;
        let user_id = violations.check(&format!("{at}user_id"), user_id.parse::<UserId>());
        let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if form.is_empty() || form.len() > 40 || !form.bytes().all(is_word) {
            let accepted = "1 to 40 lowercase letters, digits and underscores";
            violations.add(&format!("{at}form"), &Invalid::new("form", form, accepted));
            return None;
        }
        let date = violations.check(&format!("{at}date"), convert::date("date", date));
        Some(Self { user_id: user_id?, form: form.clone(), date: date? })
    }
}

fn person(path: &str, id: &str) -> Result<UserId, Status> {
    id.parse().map_err(|refused| status::invalid(path, &refused))
}

/// Accepts an id of the platform: digits, as a user's.
fn snowflake(id: &str) -> Result<(), Invalid> {
    id.parse::<UserId>().map(|_| ()).map_err(|refused| refused.named("id"))
}

fn visible(field: &str, text: &str, longest: usize) -> Result<(), Invalid> {
    if (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Invalid::new(field, text, format!("1 to {longest} visible ASCII characters")))
}

fn scope_of(scope: &str) -> Result<(), Invalid> {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if (1..=20).contains(&scope.len()) && scope.bytes().all(is_word) {
        return Ok(());
    }
    Err(Invalid::new("scope", scope, "global or a guild's id"))
}

fn body_of(body: &str) -> Result<(), Invalid> {
    if (1..=LONGEST_BODY).contains(&body.len()) {
        return Ok(());
    }
    let found = format!("{} bytes", body.len());
    Err(Invalid::new("body", found, format!("1 to {LONGEST_BODY} bytes")))
}

/// Reads an owed answer. What is refused is never repeated to the caller: the token is a credential.
fn owed(edit: v1::OwedEdit, now: Timestamp) -> Result<OwedEdit, Status> {
    let v1::OwedEdit { interaction_id, user_id, token, body, expire_time } = edit;
    let mut violations = Violations::default();
    violations.check("edit.interaction_id", snowflake(&interaction_id));
    let user_id = violations.check("edit.user_id", user_id.parse::<UserId>());
    if visible("token", &token, 512).is_err() {
        let accepted = "1 to 512 visible ASCII characters";
        violations.add("edit.token", &Invalid::new("token", "another text", accepted));
    }
    violations.check("edit.body", body_of(&body));
    let expires = convert::instant("expire_time", expire_time).and_then(|at| {
        at.filter(|at| *at > now && *at <= now + OWED)
            .ok_or_else(|| Invalid::new("expire_time", "another instant", "within the next hour"))
    });
    let expires_at = violations.check("edit.expire_time", expires);
    violations.done()?;
    Ok(OwedEdit {
        interaction_id,
        user_id: user_id.expect("nothing was refused"),
        token,
        body,
        expires_at: expires_at.expect("nothing was refused"),
    })
}

/// Reads what a bot says of itself.
fn report(asked: &ReportBotRequest) -> Result<BotReport, Status> {
    let mut violations = Violations::default();
    violations.check("bot_id", convert::bot_id(&asked.bot_id));
    if asked.version.len() > 40 {
        let refused = Invalid::new("version", &asked.version, "up to 40 characters");
        violations.add("version", &refused);
    }
    if asked.requests.len() > 200 {
        let refused = Invalid::new("requests", asked.requests.len(), "at most 200 rows");
        violations.add("requests", &refused);
    }
    let mut requests = Vec::with_capacity(asked.requests.len());
    for v1::DiscordRequests { route, code, count } in &asked.requests {
        let is_shown = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
        if !(1..=100).contains(&route.len()) || !route.bytes().all(is_shown) {
            let accepted = "1 to 100 visible ASCII characters and spaces";
            violations.add("requests.route", &Invalid::new("route", route, accepted));
        }
        let code = violations.check("requests.code", natural("code", (*code).into()));
        let count = violations.check("requests.count", natural("count", *count));
        if let (Some(code), Some(count)) = (code, count) {
            let code = u32::try_from(code).unwrap_or(u32::MAX);
            requests.push(RequestCount { route: route.clone(), code, count });
        }
    }
    let waited_ms = violations.check("waited_ms", natural("waited_ms", asked.waited_ms));
    let invalid = natural("invalid_requests", asked.invalid_requests.into());
    let invalid = violations.check("invalid_requests", invalid).unwrap_or_default();
    let paused = convert::instant("paused_until_time", asked.paused_until_time);
    let paused_until = violations.check("paused_until_time", paused).flatten();
    violations.done()?;
    Ok(BotReport {
        version: asked.version.clone(),
        is_connected: asked.is_connected,
        requests,
        waited_ms: waited_ms.unwrap_or_default(),
        invalid_requests: u32::try_from(invalid).unwrap_or(u32::MAX),
        paused_until,
    })
}

fn natural(field: &str, number: i64) -> Result<u64, Invalid> {
    u64::try_from(number).map_err(|_| Invalid::new(field, number, "0 or a positive number"))
}

fn draft(draft: Draft) -> v1::Draft {
    let Draft { user_id, form, date, body, expires_at } = draft;
    v1::Draft {
        user_id: user_id.to_string(),
        form,
        date: date.map(|date| date.to_string()).unwrap_or_default(),
        body,
        expire_time: Some(proto_instant(expires_at)),
    }
}

fn contact(contact: Contact) -> v1::Contact {
    let Contact { user_id, dm_channel_id, dm_closed_at } = contact;
    v1::Contact {
        user_id: user_id.to_string(),
        dm_channel_id: dm_channel_id.unwrap_or_default(),
        is_dm_closed: dm_closed_at.is_some(),
        dm_closed_time: dm_closed_at.map(proto_instant),
    }
}

fn edit(edit: OwedEdit) -> v1::OwedEdit {
    let OwedEdit { interaction_id, user_id, token, body, expires_at } = edit;
    v1::OwedEdit {
        interaction_id,
        user_id: user_id.to_string(),
        token,
        body,
        expire_time: Some(proto_instant(expires_at)),
    }
}

fn failed(error: Error) -> Status {
    status::of(error, "")
}
