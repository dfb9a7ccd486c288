//! How far the lapse model can be trusted.

use jiff::SignedDuration;
use regiment_core::Invalid;
use regiment_core::calendar::{Zone, local_date};
use regiment_core::regiment::Regiment;
use regiment_ml::eval::drift::{Moved, drift};
use regiment_ml::eval::lapse::{Precision, evaluate};
use regiment_ml::eval::scores::{Bin, Scores};
use regiment_ml::finding::day_of;
use regiment_ml::history::Day;
use regiment_ml::model::LapseModel;
use regiment_ml::priority::Priorities;
use regiment_proto::v1;
use regiment_proto::v1::{GetModelReportRequest, GetModelReportResponse};
use tonic::Status;

use super::{failed, off_thread};
use crate::server::history;
use crate::status;

/// How many Sundays back the model is judged where nobody says.
const WEEKS: i32 = 8;

/// How many weeks count as recent for the drift.
const RECENT_WEEKS: Day = 4;

/// How long decisions teach, and the most of them.
const DECISION_DAYS: i64 = 365;
const DECISIONS: u32 = 50_000;

pub(super) async fn report(
    regiment: &Regiment,
    asked: GetModelReportRequest,
) -> Result<GetModelReportResponse, Status> {
    let weeks = match asked.weeks {
        0 => WEEKS,
        weeks if (1..=26).contains(&weeks) => weeks,
        weeks => {
            let refused = Invalid::new("weeks", weeks, "1 to 26, or 0 for 8");
            return Err(status::invalid("weeks", &refused));
        }
    };
    let now = regiment.now();
    let since = now - SignedDuration::from_hours(24 * DECISION_DAYS);
    let decisions = regiment.decisions_since(since, DECISIONS).await.map_err(failed)?;
    let everything = history::of_everybody(regiment).await?;
    let today = day_of(local_date(&Zone::utc(), now));
    off_thread(move || {
        let model = LapseModel::shipped();
        let manifest = model.manifest();
        // 1970-01-01 was a Thursday: day 3 is a Sunday.
        let sunday = today - (today - 3).rem_euclid(7);
        // The week after the last one is not over yet.
        let dates: Vec<Day> = (1..=weeks).map(|back| sunday - 7 * back).collect();
        let judged = evaluate(model, None, &everything, &dates);
        let priorities = Priorities::learn(&decisions, now);
        let moved = drift(&everything, today, RECENT_WEEKS, &priorities);
        let of_features = moved.features.into_iter();
        let acceptance = moved.acceptance.into_iter();
        Ok(GetModelReportResponse {
            model_version: manifest.version.clone(),
            trained_by: manifest.trained_by.clone(),
            trained_until: manifest.until.to_string(),
            held_out: manifest.held_out.orders.model.map(scores),
            model: judged.model.map(scores),
            persistence: judged.persistence.map(scores),
            reliability: judged.bins.into_iter().map(bin).collect(),
            precision_at: judged.precision_at.into_iter().map(precision).collect(),
            drift: of_features
                .map(|Moved { feature, psi, level: _ }| v1::FeatureDrift { feature, psi })
                .collect(),
            base_rate_ratio: moved.base_rate_ratio,
            acceptance: acceptance
                .map(|(flag, acceptance)| v1::FlagAcceptance { flag, acceptance })
                .collect(),
        })
    })
    .await
}

fn scores(scores: Scores) -> v1::Scores {
    let Scores { n, rate, auroc, ap, brier, ece, p_at_10 } = scores;
    v1::Scores {
        n: i32::try_from(n).unwrap_or(i32::MAX),
        rate,
        auroc,
        average_precision: ap,
        brier,
        calibration_error: ece,
        precision_at_10: p_at_10,
    }
}

fn bin(bin: Bin) -> v1::ReliabilityBin {
    let Bin { risk, lapsed, share } = bin;
    v1::ReliabilityBin { risk, lapsed, share }
}

fn precision(precision: Precision) -> v1::PrecisionAt {
    let Precision { percent, k, model, persistence } = precision;
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    v1::PrecisionAt { percent: count(percent), k: count(k), model, persistence }
}
