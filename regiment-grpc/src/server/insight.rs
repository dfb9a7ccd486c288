//! `InsightService`: validate, convert, call, convert.

mod cohort;
mod report;

use std::sync::Arc;

use jiff::civil::Date;
use regiment_core::calendar::{Zone, days_between, local_date};
use regiment_core::engine::schedule::{SystemTrigger, latest_due};
use regiment_core::record::Log;
use regiment_core::regiment::{Regiment, ScanRun};
use regiment_core::{Invalid, Policy};
use regiment_ml::eval::backtest::{Backtest, backtest};
use regiment_ml::finding::day_of;
use regiment_ml::model::{Driver, LapseModel};
use regiment_proto::v1;
use regiment_proto::v1::insight_service_server::InsightService;
use regiment_proto::v1::{
    GetBacktestRequest, GetBacktestResponse, GetCohortAdherenceRequest, GetCohortAdherenceResponse,
    GetFlagHistoryRequest, GetFlagHistoryResponse, GetLapseRiskRequest, GetLapseRiskResponse,
    GetModelReportRequest, GetModelReportResponse, RunScanRequest, RunScanResponse,
};
use tonic::{Request, Response, Status};

use super::auth::Principal;
use super::once::{Asked, once};
use super::{convert, engines, history};
use crate::status::{self, Violations};

/// The local dates that a lapse risk looks at.
const RISK_DAYS: u32 = 182;

/// The longest span of a backtest, days.
const MOST_DAYS: i64 = 366;

/// Answers for the flag engine and its model.
#[derive(Debug)]
pub(super) struct Insight {
    regiment: Arc<Regiment>,
}

impl Insight {
    pub(super) fn new(regiment: Arc<Regiment>) -> Self {
        Self { regiment }
    }
}

#[tonic::async_trait]
impl InsightService for Insight {
    async fn run_scan(
        &self,
        request: Request<RunScanRequest>,
    ) -> Result<Response<RunScanResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let asked = Asked { by, method: "RunScan", request_id: &content.request_id, content };
        let actor = by.staff()?;
        if !self.regiment.has_scanner() {
            let message = "this process has no flag engine, so it can't scan";
            return Err(status::unmet(message, "NO_SCANNER"));
        }
        let work = async |regiment: Regiment| {
            let ran = Box::pin(regiment.scan_again(&actor)).await.map_err(failed)?;
            let ScanRun { sunday, scanned, flagged } = ran;
            let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
            let (scanned, flagged) = (count(scanned), count(flagged));
            Ok(RunScanResponse { date: sunday.to_string(), scanned, flagged })
        };
        let read = async {
            let due_at = latest_due(
                SystemTrigger::WeeklyScan,
                &self.regiment.policy().1,
                self.regiment.now(),
            );
            let sunday = local_date(&Zone::utc(), due_at);
            Ok(RunScanResponse { date: sunday.to_string(), ..RunScanResponse::default() })
        };
        once(&self.regiment, asked, work, read).await
    }

    async fn get_lapse_risk(
        &self,
        request: Request<GetLapseRiskRequest>,
    ) -> Result<Response<GetLapseRiskResponse>, Status> {
        let GetLapseRiskRequest { client } = request.into_inner();
        let user_id = convert::user_id("client", &client)?;
        let closed = self.regiment.last_closed(user_id).await.map_err(failed)?;
        let recent = self.regiment.recent_logs(user_id, RISK_DAYS).await.map_err(failed)?;
        let (client, _, mut logs) = recent;
        let model = LapseModel::shipped();
        let model_version = model.manifest().version.clone();
        let Some(as_of) = closed else {
            let abstained = "no date is closed yet".to_owned();
            let answer = GetLapseRiskResponse { abstained, model_version, ..Default::default() };
            return Ok(Response::new(answer));
        };
        logs.retain(|log: &Log| log.date() <= as_of);
        let scored = off_thread(move || {
            let history = history::of_logs(client, &logs)?;
            let found = history.clients.first().map(|client| model.score(client, day_of(as_of)));
            Ok(found)
        });
        let answer = GetLapseRiskResponse {
            as_of: as_of.to_string(),
            model_version,
            ..GetLapseRiskResponse::default()
        };
        Ok(Response::new(match scored.await? {
            Some(Ok(risk)) => GetLapseRiskResponse {
                probability: Some(risk.probability),
                drivers: risk.drivers.into_iter().map(driver).collect::<Result<_, _>>()?,
                ..answer
            },
            Some(Err(why)) => GetLapseRiskResponse { abstained: why.to_string(), ..answer },
            None => GetLapseRiskResponse { abstained: "nothing is logged".to_owned(), ..answer },
        }))
    }

    async fn get_backtest(
        &self,
        request: Request<GetBacktestRequest>,
    ) -> Result<Response<GetBacktestResponse>, Status> {
        let GetBacktestRequest { from_date, to_date, policy_toml } = request.into_inner();
        let mut violations = Violations::default();
        let span = span(&from_date, &to_date, &mut violations);
        let other = if policy_toml.is_empty() {
            None
        } else {
            violations.check("policy_toml", engines::read_policy("policy_toml", &policy_toml))
        };
        violations.done()?;
        let (from, to) = span.expect("neither was refused");
        let standing = self.regiment.policy().1;
        let everything = history::of_everybody(&self.regiment).await?;
        let told = off_thread(move || {
            let tell =
                |policy: &Policy| shown(backtest(&everything, day_of(from), day_of(to), policy));
            let other = other.as_ref().map(tell);
            Ok(GetBacktestResponse { standing: Some(tell(&standing)), other })
        });
        Ok(Response::new(told.await?))
    }

    async fn get_model_report(
        &self,
        request: Request<GetModelReportRequest>,
    ) -> Result<Response<GetModelReportResponse>, Status> {
        report::report(&self.regiment, request.into_inner()).await.map(Response::new)
    }

    async fn get_cohort_adherence(
        &self,
        request: Request<GetCohortAdherenceRequest>,
    ) -> Result<Response<GetCohortAdherenceResponse>, Status> {
        cohort::adherence(&self.regiment, request.into_inner()).await.map(Response::new)
    }

    async fn get_flag_history(
        &self,
        request: Request<GetFlagHistoryRequest>,
    ) -> Result<Response<GetFlagHistoryResponse>, Status> {
        cohort::flags(&self.regiment, request.into_inner()).await.map(Response::new)
    }
}

/// Reads a span of dates, both inclusive.
fn span(from_date: &str, to_date: &str, violations: &mut Violations) -> Option<(Date, Date)> {
    let from = violations.check("from_date", convert::required_date("from_date", from_date));
    let to = violations.check("to_date", convert::required_date("to_date", to_date));
    let (from, to) = from.zip(to)?;
    if (0..MOST_DAYS).contains(&days_between(from, to)) {
        return Some((from, to));
    }
    let accepted = format!("{from} or later, and within {MOST_DAYS} days");
    violations.add("to_date", &Invalid::new("to_date", to, accepted));
    None
}

/// Runs what takes a while where it keeps no other call waiting.
async fn off_thread<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, Status> + Send + 'static,
) -> Result<T, Status> {
    tokio::task::spawn_blocking(run).await.map_err(|error| status::internal(&error))?
}

fn driver(driver: Driver) -> Result<v1::RiskDriver, Status> {
    // A family's name is the word that it has in files.
    let feature = serde_json::to_value(driver.feature);
    let feature = feature.map_err(|error| status::internal(&error))?;
    let feature = feature.as_str().unwrap_or_default().to_owned();
    Ok(v1::RiskDriver { feature, effect: driver.effect })
}

fn shown(told: Backtest) -> v1::Backtest {
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let Backtest { scans, scanned, base_rate, lapsed_unflagged, flags } = told;
    let flags = flags.into_iter().map(|(flag, fired)| v1::FlagBacktest {
        flag,
        fired: count(fired.fired),
        judged: count(fired.judged),
        lapsed: count(fired.lapsed),
        days_ahead: fired.days_ahead,
    });
    v1::Backtest {
        scans: count(scans),
        scanned: count(scanned),
        base_rate,
        lapsed_unflagged: count(lapsed_unflagged),
        flags: flags.collect(),
    }
}

fn failed(error: regiment_core::regiment::Error) -> Status {
    status::of(error, "")
}
