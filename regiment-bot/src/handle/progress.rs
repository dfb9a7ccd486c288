//! `/progress`: weight, adherence and top sets as one picture.

use jiff::civil::Date;
use regiment_proto::v1::{
    Day, GetWeightTrendRequest, GetWeightTrendResponse, Lift, ListDaysRequest, ListLiftsRequest,
};

use super::{Outcome, Trouble, Visit, words};
use crate::{
    Answer, File, Note,
    chart::{self, Labels, Progress, Weight},
    inert,
    texts::Key,
};

/// How many dates of weight and of adherence are shown.
const WEIGHT_DAYS: i32 = 84;
const ADHERENCE_DAYS: i32 = 28;

/// The longest name of a lift in the picture.
const NAME: usize = 40;

impl Visit<'_> {
    /// Shows the client's own progress.
    pub(super) async fn progress(&self) -> Outcome {
        let (mut weights, mut days, mut lifts) =
            (self.calls.logs.clone(), self.calls.logs.clone(), self.calls.logs.clone());
        let client = || self.name();
        let (weights, days, lifts) = tokio::try_join!(
            weights.get_weight_trend(GetWeightTrendRequest { client: client(), days: WEIGHT_DAYS }),
            days.list_days(ListDaysRequest {
                client: client(),
                page_size: ADHERENCE_DAYS,
                ..ListDaysRequest::default()
            }),
            lifts.list_lifts(ListLiftsRequest {
                client: client(),
                page_size: 1000,
                ..ListLiftsRequest::default()
            }),
        )?;
        let progress = Progress {
            weights: read_weights(weights.get_ref()),
            days: read_days(&days.get_ref().days),
            lifts: read_lifts(&lifts.get_ref().lifts),
        };
        let label = |key: Key| words::label(self.texts(), key);
        let labels = Labels {
            weight: label(Key::ProgressWeight),
            adherence: label(Key::ProgressAdherence),
            lifts: label(Key::ProgressLifts),
            nothing: label(Key::ProgressNothing),
        };
        let drawn = tokio::task::spawn_blocking(move || chart::draw(&progress, &labels)).await;
        let bytes = match drawn {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(error)) => {
                tracing::error!(outcome = "failed", %error, "progress was not drawn");
                return Err(Trouble::Said(Key::Failed));
            }
            Err(error) => {
                tracing::error!(outcome = "failed", %error, "progress was not drawn");
                return Err(Trouble::Said(Key::Failed));
            }
        };
        let file = File { name: "progress.png".to_owned(), bytes, content_type: "image/png" };
        let note = words::note(self.texts(), Key::ProgressTitle);
        Ok(Answer::Note(Note { files: vec![file], ..note }))
    }
}

fn read_weights(trend: &GetWeightTrendResponse) -> Vec<Weight> {
    let weight = |point: &regiment_proto::v1::WeightPoint| {
        let limits = point.level_kg_low.zip(point.level_kg_high);
        Some(Weight {
            date: point.date.parse().ok()?,
            weigh_in: point.weight_kg,
            level: point.level_kg.zip(limits).map(|(level, (low, high))| [level, low, high]),
        })
    };
    trend.points.iter().filter_map(weight).collect()
}

/// Days come newest first.
fn read_days(days: &[Day]) -> Vec<(Date, f64)> {
    let share = |day: &Day| {
        let summary = day.summary.as_ref()?;
        let assigned = f64::from(summary.assigned);
        let is_asked = summary.assigned > 0;
        Some((summary.date.parse().ok()?, summary.done / assigned)).filter(|_| is_asked)
    };
    days.iter().rev().filter_map(share).collect()
}

/// Returns the lifts with most sessions of late, most first.
fn read_lifts(lifts: &[Lift]) -> Vec<(String, Vec<(Date, f64)>)> {
    let sets = |lift: &Lift| -> Vec<(Date, f64)> {
        let set = |set: &regiment_proto::v1::DatedSet| Some((set.date.parse().ok()?, set.e1rm_kg?));
        lift.sets.iter().filter_map(set).collect()
    };
    let name = |lift: &Lift| inert::clip(&inert::name(&lift.exercise), NAME);
    let mut read: Vec<(String, Vec<(Date, f64)>)> = lifts
        .iter()
        .map(|lift| (name(lift), sets(lift)))
        .filter(|(_, it)| !it.is_empty())
        .collect();
    read.sort_by_key(|(_, sets)| std::cmp::Reverse(sets.len()));
    read.truncate(chart::LIFTS);
    read
}

#[cfg(test)]
mod tests {
    use regiment_core::testing::date;
    use regiment_proto::v1::{DatedSet, DaySummary};

    use super::*;

    #[test]
    fn days_are_read_oldest_first_and_only_where_something_was_asked() {
        let day = |date: &str, assigned, done| Day {
            summary: Some(DaySummary { date: date.to_owned(), assigned, done, checkin: None }),
            streams: Vec::new(),
        };
        let days =
            [day("2026-11-24", 4, 3.0), day("2026-11-23", 0, 0.0), day("2026-11-22", 2, 2.0)];
        let expected = [(date("2026-11-22"), 1.0), (date("2026-11-24"), 0.75)];
        assert_eq!(read_days(&days), expected);
    }

    #[test]
    fn the_lifts_with_most_sessions_are_shown() {
        let lift = |name: &str, sessions: i8| Lift {
            exercise: name.to_owned(),
            sets: (1..=sessions)
                .map(|day| DatedSet {
                    date: Date::constant(2026, 11, day).to_string(),
                    e1rm_kg: Some(100.0),
                    top_set: None,
                })
                .collect(),
            ..Lift::default()
        };
        let lifts =
            [lift("A", 1), lift("B", 5), lift("C", 0), lift("D", 3), lift("E", 2), lift("F", 4)];
        let names: Vec<String> = read_lifts(&lifts).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["B", "F", "D", "E"]);
    }
}
