//! `SystemService`: how the system fares, its alerts, and what it could not read.

mod audit;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use regiment_core::record::{Alert, Severity};
use regiment_core::regiment::{Error, Regiment, SystemState};
use regiment_core::store::{AlertsWanted, Bot, BotReport, Quarantined, RequestCount};
use regiment_core::{Id, Invalid};
use regiment_proto::v1;
use regiment_proto::v1::system_service_server::SystemService;
use regiment_proto::v1::{
    AcknowledgeAlertRequest, AcknowledgeAlertResponse, DiscardQuarantinedRecordRequest,
    DiscardQuarantinedRecordResponse, GetStatusRequest, GetStatusResponse, ListAlertsRequest,
    ListAlertsResponse, ListAuditEntriesRequest, ListAuditEntriesResponse,
    ListQuarantinedRecordsRequest, ListQuarantinedRecordsResponse, ReleaseQuarantinedRecordRequest,
    ReleaseQuarantinedRecordResponse,
};
use tonic::{Request, Response, Status};

use super::auth::Principal;
use super::convert::{Twin, proto_instant, saturating};
use super::once::{Asked, once};
use super::page;
use crate::status;

/// Answers for the system.
#[derive(Debug)]
pub(super) struct Systems {
    regiment: Arc<Regiment>,
}

impl Systems {
    pub(super) fn new(regiment: Arc<Regiment>) -> Self {
        Self { regiment }
    }
}

#[tonic::async_trait]
impl SystemService for Systems {
    async fn get_status(
        &self,
        _request: Request<GetStatusRequest>,
    ) -> Result<Response<GetStatusResponse>, Status> {
        let state = self.regiment.system_state().await.map_err(failed)?;
        let (policy_version, _) = self.regiment.policy();
        Ok(Response::new(state_of(state, policy_version, self.regiment.now())))
    }

    async fn list_alerts(
        &self,
        request: Request<ListAlertsRequest>,
    ) -> Result<Response<ListAlertsResponse>, Status> {
        let mut filters = request.into_inner();
        let size = page::size(std::mem::take(&mut filters.page_size))?;
        let token = std::mem::take(&mut filters.page_token);
        let after = place(page::after(&filters, &token)?)?;
        let wanted = AlertsWanted { closed_too: filters.show_closed, after };
        let limit = u32::try_from(size + 1).unwrap_or(u32::MAX);
        let found = self.regiment.alerts(&wanted, limit).await.map_err(failed)?;
        let next_page_token = match found.get(size) {
            Some(_) => {
                let last = &found[size - 1];
                page::token(&filters, &place_of(last.raised_at, &last.id.to_string()))
            }
            None => String::new(),
        };
        let alerts = found.into_iter().take(size).map(alert).collect();
        Ok(Response::new(ListAlertsResponse { alerts, next_page_token }))
    }

    async fn acknowledge_alert(
        &self,
        request: Request<AcknowledgeAlertRequest>,
    ) -> Result<Response<AcknowledgeAlertResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked =
            Asked { by, method: "AcknowledgeAlert", request_id: &content.request_id, content };
        let actor = by.staff()?;
        let accepted = "alerts/{id}";
        let id: Id<Alert> =
            content.name.strip_prefix("alerts/").and_then(|id| id.parse().ok()).ok_or_else(
                || status::invalid("name", &Invalid::new("name", &content.name, accepted)),
            )?;
        let nothing = || status::not_found("no alert has that name", "UNKNOWN_ALERT");
        let work = async |regiment: Regiment| {
            let closed = regiment.acknowledge_alert(id, &actor).await.map_err(failed)?;
            Ok(AcknowledgeAlertResponse { alert: Some(alert(closed.ok_or_else(nothing)?)) })
        };
        let read = async {
            let mut tx =
                self.regiment.store().read().await.map_err(|error| failed(error.into()))?;
            let found = tx.alert(id).await.map_err(|error| failed(error.into()))?;
            Ok(AcknowledgeAlertResponse { alert: Some(alert(found.ok_or_else(nothing)?)) })
        };
        once(&self.regiment, asked, work, read).await
    }

    async fn list_quarantined_records(
        &self,
        request: Request<ListQuarantinedRecordsRequest>,
    ) -> Result<Response<ListQuarantinedRecordsResponse>, Status> {
        let mut filters = request.into_inner();
        let size = page::size(std::mem::take(&mut filters.page_size))?;
        let token = std::mem::take(&mut filters.page_token);
        let after = place(page::after(&filters, &token)?)?;
        let limit = u32::try_from(size + 1).unwrap_or(u32::MAX);
        let found = self.regiment.quarantine(after, limit).await.map_err(failed)?;
        let next_page_token = match found.get(size) {
            Some(_) => {
                let (id, last) = &found[size - 1];
                page::token(&filters, &place_of(last.found_at, id))
            }
            None => String::new(),
        };
        let records = found.into_iter().take(size).map(record).collect();
        Ok(Response::new(ListQuarantinedRecordsResponse { records, next_page_token }))
    }

    async fn release_quarantined_record(
        &self,
        request: Request<ReleaseQuarantinedRecordRequest>,
    ) -> Result<Response<ReleaseQuarantinedRecordResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let method = "ReleaseQuarantinedRecord";
        let asked = Asked { by, method, request_id: &content.request_id, content };
        let actor = by.staff()?;
        let id = record_id(&content.name)?;
        let work = async |regiment: Regiment| {
            if regiment.release_quarantined(id, &actor).await.map_err(failed)? {
                Ok(ReleaseQuarantinedRecordResponse {})
            } else {
                Err(no_record())
            }
        };
        let read = async { Ok(ReleaseQuarantinedRecordResponse {}) };
        once(&self.regiment, asked, work, read).await
    }

    async fn discard_quarantined_record(
        &self,
        request: Request<DiscardQuarantinedRecordRequest>,
    ) -> Result<Response<DiscardQuarantinedRecordResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let method = "DiscardQuarantinedRecord";
        let asked = Asked { by, method, request_id: &content.request_id, content };
        let actor = by.staff()?;
        let id = record_id(&content.name)?;
        let work = async |regiment: Regiment| {
            if regiment.discard_quarantined(id, &actor).await.map_err(failed)? {
                Ok(DiscardQuarantinedRecordResponse {})
            } else {
                Err(no_record())
            }
        };
        let read = async { Ok(DiscardQuarantinedRecordResponse {}) };
        once(&self.regiment, asked, work, read).await
    }

    async fn list_audit_entries(
        &self,
        request: Request<ListAuditEntriesRequest>,
    ) -> Result<Response<ListAuditEntriesResponse>, Status> {
        audit::list(&self.regiment, request.into_inner()).await.map(Response::new)
    }
}

/// Names a place in a list that is ordered by instant and id.
fn place_of(at: Timestamp, id: &str) -> String {
    format!("{}/{id}", at.as_microsecond())
}

fn place(last: Option<String>) -> Result<Option<(Timestamp, String)>, Status> {
    let read = |last: String| {
        let (at, id) = last.split_once('/')?;
        Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, id.to_owned()))
    };
    last.map(|last| read(last).ok_or_else(page::refused)).transpose()
}

fn record_id(name: &str) -> Result<&str, Status> {
    let is_hash = |id: &&str| id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.strip_prefix("quarantinedRecords/").filter(is_hash).ok_or_else(|| {
        status::invalid("name", &Invalid::new("name", name, "quarantinedRecords/{id}"))
    })
}

fn state_of(state: SystemState, policy_version: u32, now: Timestamp) -> GetStatusResponse {
    let SystemState { practice, backlog, pending, bots, open_alerts, quarantined, next_due } =
        state;
    let age = |at: Option<Timestamp>| {
        let age = at.map(|at| now.duration_since(at)).unwrap_or_default();
        duration(age.max(SignedDuration::ZERO))
    };
    let open_alerts = Severity::ALL.iter().zip(open_alerts).rev().filter(|(_, count)| *count > 0);
    GetStatusResponse {
        time: Some(proto_instant(now)),
        build_version: env!("CARGO_PKG_VERSION").to_owned(),
        last_tick_time: practice.last_tick.map(proto_instant),
        scheduler_lag: Some(age(next_due)),
        next_due_time: next_due.map(proto_instant),
        pending_deliveries: pending
            .into_iter()
            .map(|(priority, count)| v1::PendingDeliveries {
                priority: v1::DeliveryPriority::from_record(priority).into(),
                count: saturating(count),
            })
            .collect(),
        oldest_due_age: Some(age(backlog.oldest_due)),
        bots: bots.into_iter().map(bot).collect(),
        has_bot: practice.has_bot,
        open_alerts: open_alerts
            .map(|(severity, count)| v1::OpenAlerts {
                severity: v1::Severity::from_record(*severity).into(),
                count: saturating(count),
            })
            .collect(),
        quarantined_records: saturating(quarantined),
        last_backup_time: practice.last_backup.map(proto_instant),
        policy_version: saturating(policy_version),
    }
}

fn bot(bot: Bot) -> v1::ConnectedBot {
    let Bot { bot_id, subscribed_at, seen_at, report } = bot;
    let BotReport { version, is_connected, requests, waited_ms, invalid_requests, paused_until } =
        report;
    v1::ConnectedBot {
        bot_id,
        version,
        subscribe_time: Some(proto_instant(subscribed_at)),
        seen_time: Some(proto_instant(seen_at)),
        is_connected,
        invalid_requests: saturating(invalid_requests),
        paused_until_time: paused_until.map(proto_instant),
        requests: requests
            .into_iter()
            .map(|RequestCount { route, code, count }| v1::DiscordRequests {
                route,
                code: saturating(code),
                count: i64::try_from(count).unwrap_or(i64::MAX),
            })
            .collect(),
        waited_ms: i64::try_from(waited_ms).unwrap_or(i64::MAX),
    }
}

fn alert(alert: Alert) -> v1::Alert {
    let Alert { id, kind, severity, user_id, text, raised_at, count, closed_at, closed_by } = alert;
    v1::Alert {
        name: format!("alerts/{id}"),
        kind: kind.to_string(),
        severity: v1::Severity::from_record(severity).into(),
        client: user_id.map(|user_id| format!("clients/{user_id}")).unwrap_or_default(),
        text,
        raise_time: Some(proto_instant(raised_at)),
        count: saturating(count),
        close_time: closed_at.map(proto_instant),
        closed_by: closed_by.map(|by| by.role().to_owned()).unwrap_or_default(),
    }
}

fn record((id, record): (String, Quarantined)) -> v1::QuarantinedRecord {
    let Quarantined { user_id, date, source, line, reason, record, found_at } = record;
    v1::QuarantinedRecord {
        name: format!("quarantinedRecords/{id}"),
        client: user_id.map(|user_id| format!("clients/{user_id}")).unwrap_or_default(),
        date: date.map(|date| date.to_string()).unwrap_or_default(),
        source,
        line: line.map(saturating).unwrap_or_default(),
        reason,
        record,
        find_time: Some(proto_instant(found_at)),
    }
}

fn duration(duration: SignedDuration) -> prost_types::Duration {
    prost_types::Duration { seconds: duration.as_secs(), nanos: duration.subsec_nanos() }
}

fn no_record() -> Status {
    status::not_found("no record in quarantine has that name", "UNKNOWN_RECORD")
}

fn failed(error: Error) -> Status {
    status::of(error, "")
}
