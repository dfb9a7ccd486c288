//! `EngineService`: what runs when, by which policy, and what has run.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use regiment_core::engine::schedule::Trigger;
use regiment_core::policy::PolicyError;
use regiment_core::regiment::{Error, ManualRun, Preview, RanByHand, Regiment};
use regiment_core::store::{ClientTrigger, PolicyVersion, Ran, RanAfter};
use regiment_core::{Invalid, Policy, UserId};
use regiment_proto::v1;
use regiment_proto::v1::engine_service_server::EngineService;
use regiment_proto::v1::{
    ApplyPolicyRequest, ApplyPolicyResponse, GetPolicyRequest, GetPolicyResponse,
    ListPolicyVersionsRequest, ListPolicyVersionsResponse, ListRunsRequest, ListRunsResponse,
    ListScheduleRequest, ListScheduleResponse, PreviewPolicyRequest, PreviewPolicyResponse,
    TriggerEngineRequest, TriggerEngineResponse,
};
use tonic::{Request, Response, Status};

use super::auth::Principal;
use super::convert::{self, proto_instant, saturating};
use super::once::{Asked, once};
use super::page;
use crate::status::{self, Violations};

/// Answers for the engines of a practice.
#[derive(Debug)]
pub(super) struct Engines {
    regiment: Arc<Regiment>,
}

impl Engines {
    pub(super) fn new(regiment: Arc<Regiment>) -> Self {
        Self { regiment }
    }

    async fn find_policy(&self, version: Option<u32>) -> Result<v1::Policy, Status> {
        let found = self.regiment.policy_at(version).await.map_err(failed)?;
        let (version, policy) = found
            .ok_or_else(|| status::not_found("no policy has that version", "UNKNOWN_POLICY"))?;
        Ok(v1::Policy {
            name: format!("policyVersions/{version}"),
            version: saturating(version),
            toml: policy.to_toml(),
            etag: version.to_string(),
        })
    }
}

#[tonic::async_trait]
impl EngineService for Engines {
    async fn trigger_engine(
        &self,
        request: Request<TriggerEngineRequest>,
    ) -> Result<Response<TriggerEngineResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "TriggerEngine", request_id: &content.request_id, content };
        let actor = by.staff()?;
        let user_id = convert::user_id("client", &content.client)?;
        let mut violations = Violations::default();
        let trigger = violations.check("trigger", content.trigger.parse::<Trigger>());
        let date = violations.check("date", convert::date("date", &content.date));
        violations.done()?;
        let trigger = trigger.expect("nothing was refused");
        let date: Option<Date> = date.expect("nothing was refused");
        let how = if content.repeat { ManualRun::Repeat } else { ManualRun::Due };
        let work = async |regiment: Regiment| {
            let ran = regiment.run_by_hand(user_id, trigger, date, how, &actor).await;
            let RanByHand { outcome, messages } = ran.map_err(failed)?;
            let outcome = outcome.to_string();
            Ok(TriggerEngineResponse { outcome, messages: saturating(messages) })
        };
        // What it did stands in the ledger; that it was done is the answer.
        let read = async { Ok(TriggerEngineResponse { outcome: "done".to_owned(), messages: 0 }) };
        once(&self.regiment, asked, work, read).await
    }

    async fn get_policy(
        &self,
        request: Request<GetPolicyRequest>,
    ) -> Result<Response<GetPolicyResponse>, Status> {
        let GetPolicyRequest { name } = request.into_inner();
        let version = match name.as_str() {
            "" => None,
            name => Some(version_of("name", name.strip_prefix("policyVersions/"), name)?),
        };
        Ok(Response::new(GetPolicyResponse { policy: Some(self.find_policy(version).await?) }))
    }

    async fn preview_policy(
        &self,
        request: Request<PreviewPolicyRequest>,
    ) -> Result<Response<PreviewPolicyResponse>, Status> {
        let policy = read_policy("toml", &request.into_inner().toml)
            .map_err(|refused| status::invalid("toml", &refused))?;
        let previewed = self.regiment.preview_policy(&policy).await.map_err(failed)?;
        let Preview { changes, moved, version } = previewed;
        let changes = changes.into_iter().map(|(setting, old_json, new_json)| v1::PolicyChange {
            setting,
            old_json,
            new_json,
        });
        let moved_triggers = moved.into_iter().map(|(trigger, clients)| v1::MovedTriggers {
            trigger: trigger.to_string(),
            clients: saturating(clients),
        });
        Ok(Response::new(PreviewPolicyResponse {
            changes: changes.collect(),
            moved_triggers: moved_triggers.collect(),
            etag: version.to_string(),
        }))
    }

    async fn apply_policy(
        &self,
        request: Request<ApplyPolicyRequest>,
    ) -> Result<Response<ApplyPolicyResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "ApplyPolicy", request_id: &content.request_id, content };
        let actor = by.staff()?;
        let policy = read_policy("toml", &content.toml)
            .map_err(|refused| status::invalid("toml", &refused))?;
        let base = match content.etag.as_str() {
            "" => None,
            etag => Some(version_of("etag", Some(etag), etag)?),
        };
        let work = async |regiment: Regiment| {
            let version = regiment.apply_policy_over(base, &policy, &actor).await;
            let version = version.map_err(|error| status::of(error, "toml"))?;
            Ok(ApplyPolicyResponse { policy: Some(self.find_policy(Some(version)).await?) })
        };
        let read =
            async { Ok(ApplyPolicyResponse { policy: Some(self.find_policy(None).await?) }) };
        once(&self.regiment, asked, work, read).await
    }

    async fn list_policy_versions(
        &self,
        request: Request<ListPolicyVersionsRequest>,
    ) -> Result<Response<ListPolicyVersionsResponse>, Status> {
        let mut filters = request.into_inner();
        let size = page::size(std::mem::take(&mut filters.page_size))?;
        let token = std::mem::take(&mut filters.page_token);
        let below = page::after(&filters, &token)?;
        let below = below.map(|last| last.parse().map_err(|_| page::refused())).transpose()?;
        let limit = u32::try_from(size + 1).unwrap_or(u32::MAX);
        let found = self.regiment.policy_versions(below, limit).await.map_err(failed)?;
        let next_page_token = match found.get(size) {
            Some(_) => page::token(&filters, &found[size - 1].version.to_string()),
            None => String::new(),
        };
        let versions = found.into_iter().take(size).map(policy_version).collect();
        Ok(Response::new(ListPolicyVersionsResponse { versions, next_page_token }))
    }

    async fn list_schedule(
        &self,
        request: Request<ListScheduleRequest>,
    ) -> Result<Response<ListScheduleResponse>, Status> {
        let ListScheduleRequest { client, page_size, page_token } = request.into_inner();
        page::size(page_size)?;
        if !page_token.is_empty() {
            return Err(page::refused());
        }
        let occurrences = if client.is_empty() {
            let found = self.regiment.schedule().await.map_err(failed)?;
            let of_practice = found.into_iter().map(|(trigger, at)| v1::Occurrence {
                client: String::new(),
                trigger: trigger.to_string(),
                date: String::new(),
                due_time: Some(proto_instant(at)),
                zone: "UTC".to_owned(),
            });
            of_practice.collect()
        } else {
            let user_id = convert::user_id("client", &client)?;
            let found = self.regiment.schedule_of(user_id).await.map_err(failed)?;
            found.into_iter().map(occurrence).collect()
        };
        Ok(Response::new(ListScheduleResponse { occurrences, next_page_token: String::new() }))
    }

    async fn list_runs(
        &self,
        request: Request<ListRunsRequest>,
    ) -> Result<Response<ListRunsResponse>, Status> {
        let mut filters = request.into_inner();
        let size = page::size(std::mem::take(&mut filters.page_size))?;
        let token = std::mem::take(&mut filters.page_token);
        let after = page::after(&filters, &token)?;
        let after = after.map(|last| place(&last).ok_or_else(page::refused)).transpose()?;
        let user_id: Option<UserId> = match filters.client.as_str() {
            "" => None,
            name => Some(convert::user_id("client", name)?),
        };
        let limit = u32::try_from(size + 1).unwrap_or(u32::MAX);
        let found = self.regiment.ledger(user_id, after, limit).await.map_err(failed)?;
        let next_page_token = match found.get(size) {
            Some(_) => page::token(&filters, &place_of(&found[size - 1].place)),
            None => String::new(),
        };
        let runs = found.into_iter().take(size).map(run).collect();
        Ok(Response::new(ListRunsResponse { runs, next_page_token }))
    }
}

/// Reads a policy; a setting out of range is named by its own path in the text.
pub(super) fn read_policy(field: &str, toml: &str) -> Result<Policy, Invalid> {
    Policy::from_toml(toml).map_err(|error| match error {
        PolicyError::Invalid(invalid) => {
            let found = format!("{} = {}", invalid.field(), invalid.value());
            Invalid::new(field, found, format!("{} {}", invalid.field(), invalid.accepted()))
        }
        PolicyError::Toml(error) => {
            let said = error.message().replace('\n', " ");
            Invalid::new(field, format!("a text of which is said: {said}"), "a policy in TOML")
        }
    })
}

fn version_of(path: &str, number: Option<&str>, found: &str) -> Result<u32, Status> {
    number.and_then(|number| number.parse().ok()).ok_or_else(|| {
        let accepted =
            if path == "name" { "policyVersions/{version}" } else { "an etag of a policy" };
        status::invalid(path, &Invalid::new(path, found, accepted))
    })
}

fn policy_version(version: PolicyVersion) -> v1::PolicyVersion {
    let PolicyVersion { version, applied_at, by } = version;
    v1::PolicyVersion {
        name: format!("policyVersions/{version}"),
        version: saturating(version),
        apply_time: Some(proto_instant(applied_at)),
        applied_by: by.role().to_owned(),
    }
}

fn occurrence(next: ClientTrigger) -> v1::Occurrence {
    let ClientTrigger { user_id, due, zone } = next;
    v1::Occurrence {
        client: format!("clients/{user_id}"),
        trigger: due.trigger.to_string(),
        date: due.date.to_string(),
        due_time: Some(proto_instant(due.moment.at)),
        zone: zone.to_string(),
    }
}

fn run(run: Ran) -> v1::Run {
    let Ran { user_id, place, due_at, zone, resolution, outcome, attempts } = run;
    v1::Run {
        client: user_id.map(|user_id| format!("clients/{user_id}")).unwrap_or_default(),
        trigger: place.kind,
        occurrence: place.occurrence,
        due_time: Some(proto_instant(due_at)),
        fire_time: Some(proto_instant(place.fired_at)),
        zone: zone.to_string(),
        resolution: resolution.to_string(),
        outcome: outcome.to_string(),
        attempts: saturating(attempts),
    }
}

/// Names a run's place in the list.
fn place_of(place: &RanAfter) -> String {
    let RanAfter { fired_at, subject, kind, occurrence } = place;
    format!("{}/{subject}/{kind}/{occurrence}", fired_at.as_microsecond())
}

fn place(last: &str) -> Option<RanAfter> {
    let mut parts = last.splitn(4, '/').map(str::to_owned);
    let fired_at = Timestamp::from_microsecond(parts.next()?.parse().ok()?).ok()?;
    Some(RanAfter {
        fired_at,
        subject: parts.next()?,
        kind: parts.next()?,
        occurrence: parts.next()?,
    })
}

fn failed(error: Error) -> Status {
    status::of(error, "")
}
