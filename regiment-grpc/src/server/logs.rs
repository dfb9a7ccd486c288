//! `LogService`: validate, convert, call, convert.

mod list;
mod stats;

use std::sync::Arc;

use jiff::civil::Date;
use prost::Message;
use prost_types::Timestamp;
use regiment_core::UserId;
use regiment_core::calendar::local_date;
use regiment_core::measure::Minutes;
use regiment_core::record::{LogKey, Stream};
use regiment_core::regiment::{Answer, Durability, Error, Regiment, Submitted};
use regiment_proto::v1;
use regiment_proto::v1::Permission;
use regiment_proto::v1::log::Report;
use regiment_proto::v1::log_service_server::LogService;
use regiment_proto::v1::{
    ConfirmWeightRequest, ConfirmWeightResponse, GetWeightTrendRequest, GetWeightTrendResponse,
    ListDaysRequest, ListDaysResponse, ListLiftsRequest, ListLiftsResponse, ListLogsRequest,
    ListLogsResponse, Log, LogCardioRequest, LogCardioResponse, LogCheckinRequest,
    LogCheckinResponse, LogMealRequest, LogMealResponse, LogTopSetRequest, LogTopSetResponse,
};
use tonic::{Request, Response, Status};

use super::auth::Principal;
use super::convert;
use super::once::{Asked, once};
use crate::status::{self, Violations};

/// Answers for the logs of a practice.
#[derive(Debug)]
pub(super) struct Logs {
    regiment: Arc<Regiment>,
}

/// What every entry says beside its answer.
struct Entry {
    client: String,
    date: String,
    entered_at: Option<Timestamp>,
    override_reason: String,
}

/// What became of an entry.
struct Stored {
    log: Option<Log>,
    durability: i32,
    confirm_weight: bool,
}

impl Logs {
    pub(super) fn new(regiment: Arc<Regiment>) -> Self {
        Self { regiment }
    }

    /// Takes an answer whose fields, but for those of its entry, are checked; a field that the rules
    /// refuse stands under `at`.
    async fn store<A, R>(
        &self,
        asked: Asked<'_, R>,
        entry: Entry,
        (mut violations, answer): (Violations, Option<Answer>),
        at: &str,
        say: fn(Stored) -> A,
    ) -> Result<Response<A>, Status>
    where
        A: Message + Default,
        R: Message,
    {
        let Entry { client, date, entered_at, override_reason } = entry;
        let user_id = convert::user_id("client", &client)?;
        let (by, reason) = if override_reason.is_empty() {
            (asked.by.himself_or_staff(user_id)?, None)
        } else {
            (asked.by.staff()?, Some(override_reason))
        };
        let date = violations.check("date", convert::date("date", &date)).flatten();
        let entered_at =
            violations.check("entered_at", convert::instant("entered_at", entered_at)).flatten();
        violations.done()?;
        let answer = answer.expect("an answer is complete where no field of it is refused");
        let date = self.date_or_today(user_id, date).await?;
        let key = &key_of(user_id, date, &answer);
        let submitted = Submitted { user_id, date, answer, by, entered_at, reason };
        let work = async |regiment: Regiment| {
            let logged = regiment.log(submitted).await.map_err(|error| status::of(error, at))?;
            Ok(say(match logged.durability {
                Durability::Stored => self.stored(key).await?,
                Durability::Spooled => Stored {
                    log: None,
                    durability: v1::Durability::Spooled.into(),
                    confirm_weight: false,
                },
            }))
        };
        once(&self.regiment, asked, work, async { Ok(say(self.stored(key).await?)) }).await
    }

    /// Says how an entry stands in the database.
    async fn stored(&self, key: &LogKey) -> Result<Stored, Status> {
        let log = self.latest(key).await?;
        let report = log.as_ref().and_then(|log| log.report.as_ref());
        let confirm_weight =
            matches!(report, Some(Report::Checkin(report)) if report.weight_unconfirmed);
        Ok(Stored { log, durability: v1::Durability::Committed.into(), confirm_weight })
    }

    async fn date_or_today(&self, user_id: UserId, date: Option<Date>) -> Result<Date, Status> {
        if let Some(date) = date {
            return Ok(date);
        }
        let client = self.regiment.client(user_id).await.map_err(|error| status::of(error, ""))?;
        let client = client.ok_or_else(|| status::of(Error::UnknownClient, ""))?;
        Ok(local_date(&client.timezone_offset, self.regiment.now()))
    }

    async fn latest(&self, key: &LogKey) -> Result<Option<Log>, Status> {
        let revisions = self
            .regiment
            .revisions(key.user_id, Some(key.stream), key.date, key.date)
            .await
            .map_err(|error| status::of(error, ""))?;
        Ok(revisions
            .into_iter()
            .filter(|revision| revision.log.key() == *key)
            .max_by_key(|revision| revision.number)
            .map(convert::revision))
    }
}

#[tonic::async_trait]
impl LogService for Logs {
    async fn log_meal(
        &self,
        request: Request<LogMealRequest>,
    ) -> Result<Response<LogMealResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let LogMealRequest {
            client,
            date,
            meal_id,
            status,
            entered_at,
            override_reason,
            request_id,
        } = content.clone();
        let mut violations = Violations::default();
        let meal_id = violations.check("meal_id", meal_id.parse());
        let status = violations.check("status", convert::eaten("status", status));
        let answer = meal_id.zip(status).map(|(meal_id, status)| Answer::Meal { meal_id, status });
        let asked = Asked { by, method: "LogMeal", request_id: &request_id, content };
        let entry = Entry { client, date, entered_at, override_reason };
        self.store(asked, entry, (violations, answer), "", |stored| LogMealResponse {
            log: stored.log,
            durability: stored.durability,
        })
        .await
    }

    async fn log_top_set(
        &self,
        request: Request<LogTopSetRequest>,
    ) -> Result<Response<LogTopSetResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let LogTopSetRequest {
            client,
            date,
            exercise_id,
            top_set,
            entered_at,
            override_reason,
            request_id,
        } = content.clone();
        let mut violations = Violations::default();
        let exercise_id = violations.check("exercise_id", exercise_id.parse());
        let set = convert::top_set(top_set, &mut violations);
        let answer = exercise_id
            .zip(set)
            .map(|(exercise_id, set)| Answer::TopSet { exercise_id, set: Some(set) });
        let asked = Asked { by, method: "LogTopSet", request_id: &request_id, content };
        let entry = Entry { client, date, entered_at, override_reason };
        self.store(asked, entry, (violations, answer), "top_set", |stored| LogTopSetResponse {
            log: stored.log,
            durability: stored.durability,
        })
        .await
    }

    async fn log_cardio(
        &self,
        request: Request<LogCardioRequest>,
    ) -> Result<Response<LogCardioResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let LogCardioRequest { client, date, minutes, entered_at, override_reason, request_id } =
            content.clone();
        let mut violations = Violations::default();
        let minutes = violations.check("minutes", Minutes::new(minutes.into()));
        let answer = minutes.map(|minutes| Answer::Cardio { minutes: Some(minutes) });
        let asked = Asked { by, method: "LogCardio", request_id: &request_id, content };
        let entry = Entry { client, date, entered_at, override_reason };
        self.store(asked, entry, (violations, answer), "", |stored| LogCardioResponse {
            log: stored.log,
            durability: stored.durability,
        })
        .await
    }

    async fn log_checkin(
        &self,
        request: Request<LogCheckinRequest>,
    ) -> Result<Response<LogCheckinResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let LogCheckinRequest { client, date, report, entered_at, override_reason, request_id } =
            content.clone();
        let mut violations = Violations::default();
        let report = convert::report(report, &mut violations);
        let answer = report.map(|report| Answer::Checkin { report: Some(report) });
        let asked = Asked { by, method: "LogCheckin", request_id: &request_id, content };
        let entry = Entry { client, date, entered_at, override_reason };
        self.store(asked, entry, (violations, answer), "report", |stored| LogCheckinResponse {
            log: stored.log,
            durability: stored.durability,
            confirm_weight: stored.confirm_weight,
        })
        .await
    }

    async fn confirm_weight(
        &self,
        request: Request<ConfirmWeightRequest>,
    ) -> Result<Response<ConfirmWeightResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "ConfirmWeight", request_id: &content.request_id, content };
        let user_id = convert::user_id("client", &content.client)?;
        let actor = by.himself_or_staff(user_id)?;
        let work = async |regiment: Regiment| {
            let date = convert::date("date", &content.date)
                .map_err(|refused| status::invalid("date", &refused))?;
            let date = self.date_or_today(user_id, date).await?;
            let confirmed = regiment.confirm_weight(user_id, date, actor).await;
            confirmed.map_err(|error| status::of(error, ""))?;
            Ok(ConfirmWeightResponse {})
        };
        once(&self.regiment, asked, work, async { Ok(ConfirmWeightResponse {}) }).await
    }

    async fn list_logs(
        &self,
        request: Request<ListLogsRequest>,
    ) -> Result<Response<ListLogsResponse>, Status> {
        let by = Principal::of(&request)?;
        let asked = request.into_inner();
        by.check_reads(convert::user_id("client", &asked.client)?)?;
        let mut listed = list::list(&self.regiment, asked).await?;
        if !by.may(Permission::Read) {
            listed.logs.iter_mut().for_each(|log| log.override_reason.clear());
        }
        Ok(Response::new(listed))
    }

    async fn list_days(
        &self,
        request: Request<ListDaysRequest>,
    ) -> Result<Response<ListDaysResponse>, Status> {
        let asked = readable(request, |asked| &asked.client)?;
        list::days(&self.regiment, asked).await.map(Response::new)
    }

    async fn list_lifts(
        &self,
        request: Request<ListLiftsRequest>,
    ) -> Result<Response<ListLiftsResponse>, Status> {
        let asked = readable(request, |asked| &asked.client)?;
        stats::lifts(&self.regiment, asked).await.map(Response::new)
    }

    async fn get_weight_trend(
        &self,
        request: Request<GetWeightTrendRequest>,
    ) -> Result<Response<GetWeightTrendResponse>, Status> {
        let asked = readable(request, |asked| &asked.client)?;
        stats::weight_trend(&self.regiment, asked).await.map(Response::new)
    }
}

/// Returns a request of somebody who may read about the client whom it names.
fn readable<R>(request: Request<R>, client: impl Fn(&R) -> &str) -> Result<R, Status> {
    let by = Principal::of(&request)?;
    let asked = request.into_inner();
    by.check_reads(convert::user_id("client", client(&asked))?)?;
    Ok(asked)
}

fn key_of(user_id: UserId, date: Date, answer: &Answer) -> LogKey {
    let (stream, item) = match answer {
        Answer::Meal { meal_id, .. } => (Stream::Meal, meal_id.as_str()),
        Answer::TopSet { exercise_id, .. } => (Stream::Training, exercise_id.as_str()),
        Answer::Cardio { .. } => (Stream::Cardio, ""),
        Answer::Checkin { .. } => (Stream::Checkin, ""),
    };
    LogKey { user_id, date, stream, item: item.to_owned() }
}
