//! Where a client's weight and lifts go.

use std::collections::BTreeMap;

use jiff::civil::Date;
use regiment_core::calendar::{days_before, local_date};
use regiment_core::record::{CheckinReport, Exercise, LastSet, Log};
use regiment_core::regiment::{Error, Regiment};
use regiment_core::store::Lift;
use regiment_core::{Invalid, Library, Slug};
use regiment_ml::finding::day_of;
use regiment_ml::history::History;
use regiment_ml::stats::{lift, weight};
use regiment_proto::v1::{
    self, GetWeightTrendRequest, GetWeightTrendResponse, ListLiftsRequest, ListLiftsResponse,
};
use tonic::Status;

use crate::server::{convert, history, page};
use crate::status;

/// The local dates whose sets are shown, and that a lift's trend looks at.
const LIFT_DAYS: u32 = 112;

/// The dates of a weight trend where nobody says how many.
const WEIGHT_DAYS: i32 = 84;

/// The dates before the first shown that its level rests on.
const BEFORE: i64 = 27;

/// Returns one page of the exercises that a client has lifted.
pub(super) async fn lifts(
    regiment: &Regiment,
    mut filters: ListLiftsRequest,
) -> Result<ListLiftsResponse, Status> {
    let size = page::size(std::mem::take(&mut filters.page_size))?;
    let token = std::mem::take(&mut filters.page_token);
    let after = page::after(&filters, &token)?;
    let user_id = convert::user_id("client", &filters.client)?;
    let recent = regiment.recent_logs(user_id, LIFT_DAYS).await;
    let (client, today, logs) = recent.map_err(|error| status::of(error, ""))?;
    let mut lifts = regiment.lifts(user_id).await.map_err(|error| status::of(error, ""))?;
    lifts
        .retain(|lift| after.as_ref().is_none_or(|last| lift.exercise_id.as_str() > last.as_str()));
    let next_page_token = match lifts.get(size) {
        Some(_) => page::token(&filters, lifts[size - 1].exercise_id.as_str()),
        None => String::new(),
    };
    lifts.truncate(size);
    let mut sets = best_of_days(&logs);
    let history = history::of_logs(client, &logs)?;
    let library = regiment.library();
    let shown = lifts.into_iter().map(|lift| {
        let trend = trend(&history, &lift.exercise_id, today);
        let sets = sets.remove(&lift.exercise_id).unwrap_or_default();
        shown_lift(&library, lift, trend, &sets)
    });
    Ok(ListLiftsResponse { lifts: shown.collect(), next_page_token })
}

/// Returns where a client's weight goes.
pub(super) async fn weight_trend(
    regiment: &Regiment,
    asked: GetWeightTrendRequest,
) -> Result<GetWeightTrendResponse, Status> {
    let GetWeightTrendRequest { client, days } = asked;
    let user_id = convert::user_id("client", &client)?;
    let days = match days {
        0 => WEIGHT_DAYS,
        days if (1..=365).contains(&days) => days,
        days => {
            let refused = Invalid::new("days", days, "1 to 365, or 0 for 84");
            return Err(status::invalid("days", &refused));
        }
    };
    let client = regiment.client(user_id).await.map_err(|error| status::of(error, ""))?;
    let client = client.ok_or_else(|| status::of(Error::UnknownClient, ""))?;
    let today = local_date(&client.timezone_offset, regiment.now());
    let first = days_before(today, i64::from(days) - 1);
    let mornings = regiment.days(user_id, days_before(first, BEFORE), today).await;
    let mornings = mornings.map_err(|error| status::of(error, ""))?;
    let history = history::of_days(&client, &mornings);
    let shown = mornings.iter().filter(|day| day.date >= first);
    let points = shown.map(|day| {
        let level = weight::trend(&history, day_of(day.date)).ok();
        let limits = level.as_ref().map(weight::WeightTrend::level_limits);
        v1::WeightPoint {
            date: day.date.to_string(),
            weight_kg: day.checkin.as_ref().and_then(CheckinReport::trusted_weight),
            level_kg: level.map(|level| level.level_kg),
            level_kg_low: limits.map(|(low, _)| low),
            level_kg_high: limits.map(|(_, high)| high),
        }
    });
    let points = points.collect();
    Ok(match weight::trend(&history, day_of(today)) {
        Ok(trend) => GetWeightTrendResponse {
            trend: Some(convert::weight_trend(&trend)),
            missing: String::new(),
            points,
        },
        Err(missing) => {
            GetWeightTrendResponse { trend: None, missing: missing.to_string(), points }
        }
    })
}

/// Returns the best set of each date of each exercise, oldest first.
fn best_of_days(logs: &[Log]) -> BTreeMap<Slug<Exercise>, Vec<LastSet>> {
    let mut best: BTreeMap<Slug<Exercise>, Vec<LastSet>> = BTreeMap::new();
    for log in logs {
        let Log::Training(log) = log else { continue };
        let Some(set) = log.set else { continue };
        // Logs come by date, and a date has one top set of an exercise.
        best.entry(log.exercise_id.clone()).or_default().push(LastSet::new(set, log.date));
    }
    best
}

fn trend(history: &History, exercise: &Slug<Exercise>, today: Date) -> Option<v1::LiftTrend> {
    let place = history.exercises.iter().position(|known| known.id == exercise.as_str())?;
    let place = u32::try_from(place).ok()?;
    let trend = lift::trend(history.clients.first()?, place, day_of(today)).ok()?;
    Some(v1::LiftTrend {
        sessions: i32::try_from(trend.sessions).unwrap_or(i32::MAX),
        percent_per_week: trend.percent_per_week,
        percent_per_week_low: trend.low,
        percent_per_week_high: trend.high,
        e1rm_kg: trend.e1rm_kg,
    })
}

fn shown_lift(
    library: &Library,
    lift: Lift,
    trend: Option<v1::LiftTrend>,
    sets: &[LastSet],
) -> v1::Lift {
    let Lift { user_id: _, exercise_id, last, best_before } = lift;
    let best = match best_before {
        Some(before) if before.e1rm() >= last.e1rm() => before,
        Some(_) | None => last.clone(),
    };
    let name = library.exercises.get(&exercise_id).map(|exercise| exercise.name.clone());
    v1::Lift {
        exercise: name.unwrap_or_else(|| exercise_id.to_string()),
        exercise_id: exercise_id.to_string(),
        last: Some(dated(&last)),
        best: Some(dated(&best)),
        trend,
        sets: sets.iter().map(dated).collect(),
    }
}

fn dated(set: &LastSet) -> v1::DatedSet {
    v1::DatedSet {
        date: set.date.to_string(),
        top_set: Some(v1::TopSet { weight_kg: set.weight_kg.get(), reps: set.reps.get().into() }),
        e1rm_kg: set.e1rm(),
    }
}
