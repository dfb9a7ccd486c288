//! A lapse model judged on clients and dates, beside persistence and a logistic baseline.

use serde::Serialize;

use super::bootstrap::{Interval, by_person};
use super::scores::{Bin, Judged, Scores, bins, precision_at};
use crate::features::features;
use crate::history::{ClientHistory, Day, History};
use crate::label::{HORIZON, adherence, lapsed};
use crate::model::{LapseModel, Logistic};

/// The seed of the bootstrap.
const SEED: u64 = 1;

/// The shares of clients at the top for which precision is given, in percent.
const TOPS: [usize; 4] = [1, 5, 10, 20];

/// How a model did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Which model.
    pub model_version: String,
    /// The model.
    pub model: Option<Scores>,
    /// 1 - adherence of the last seven days.
    pub persistence: Option<Scores>,
    /// Logistic regression on the same features, where one was trained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logistic: Option<Scores>,
    /// The model on those who did five sevenths of the last week or more.
    pub onset: Option<Scores>,
    /// Persistence on the same.
    pub onset_persistence: Option<Scores>,
    /// The model's AUROC less that of persistence: 95% of draws of persons.
    pub auroc_gain: Option<Interval>,
    /// The same of average precision.
    pub ap_gain: Option<Interval>,
    /// How many persons.
    pub persons: usize,
    /// Dates on which the model abstained; they are judged with risk 0.
    pub abstained: usize,
    /// Precision among the riskiest.
    pub precision_at: Vec<Precision>,
    /// Tenths by risk.
    #[serde(skip)]
    pub bins: Vec<Bin>,
}

/// The share that lapsed among the riskiest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Precision {
    /// How many percent of all dates.
    pub percent: usize,
    /// How many dates those are.
    pub k: usize,
    /// The share of lapses by the model's order.
    pub model: f64,
    /// The share of lapses by the order of persistence.
    pub persistence: f64,
}

/// A date of a client at risk.
#[derive(Debug, Clone, Copy)]
struct Date {
    lapsed: bool,
    rate7: f64,
    risk: Option<f64>,
    logistic: f64,
}

impl Date {
    fn model(self) -> Judged {
        Judged { risk: self.risk.unwrap_or(0.0), lapsed: self.lapsed }
    }

    fn persistence(self) -> Judged {
        Judged { risk: 1.0 - self.rate7, lapsed: self.lapsed }
    }
}

/// Judges a model on every client at risk on the dates.
pub fn evaluate(
    model: &LapseModel,
    baseline: Option<&Logistic>,
    history: &History,
    dates: &[Day],
) -> Evaluation {
    let persons: Vec<Vec<Date>> = persons(model, baseline, history, dates);
    let all: Vec<Date> = persons.iter().flatten().copied().collect();
    let onset: Vec<Date> = all.iter().copied().filter(|date| date.rate7 >= 5.0 / 7.0).collect();
    let judged = |dates: &[Date], judge: fn(Date) -> Judged| -> Vec<Judged> {
        dates.iter().copied().map(judge).collect()
    };
    let gain = |score: fn(&Scores) -> f64| {
        by_person(&persons, SEED, |dates: &[Date]| {
            let model = Scores::of(&judged(dates, Date::model))?;
            Some(score(&model) - score(&Scores::of(&judged(dates, Date::persistence))?))
        })
    };
    let (by_model, by_persistence) = (judged(&all, Date::model), judged(&all, Date::persistence));
    Evaluation {
        model_version: model.manifest().version.clone(),
        model: Scores::of(&by_model),
        persistence: Scores::of(&by_persistence),
        logistic: baseline.and_then(|_| {
            Scores::of(&judged(&all, |date| Judged { risk: date.logistic, lapsed: date.lapsed }))
        }),
        onset: Scores::of(&judged(&onset, Date::model)),
        onset_persistence: Scores::of(&judged(&onset, Date::persistence)),
        auroc_gain: gain(|scores| scores.auroc),
        ap_gain: gain(|scores| scores.ap),
        persons: persons.len(),
        abstained: all.iter().filter(|date| date.risk.is_none()).count(),
        precision_at: TOPS
            .into_iter()
            .map(|percent| (percent, all.len() * percent / 100))
            .filter(|(_, k)| *k > 0)
            .map(|(percent, k)| Precision {
                percent,
                k,
                model: precision_at(&by_model, k),
                persistence: precision_at(&by_persistence, k),
            })
            .collect(),
        bins: if all.is_empty() { Vec::new() } else { bins(&by_model) },
    }
}

/// The dates of each person who was at risk on one.
fn persons(
    model: &LapseModel,
    baseline: Option<&Logistic>,
    history: &History,
    dates: &[Day],
) -> Vec<Vec<Date>> {
    let mut persons = vec![Vec::new(); history.clients.len()];
    for as_of in dates {
        let known = history.clients.iter().enumerate();
        let at_risk: Vec<(usize, &ClientHistory, bool)> =
            known.filter_map(|(at, client)| Some((at, client, lapsed(client, *as_of)?))).collect();
        let clients: Vec<&ClientHistory> = at_risk.iter().map(|(_, client, _)| *client).collect();
        let risks = model.score_all(&clients, *as_of);
        for ((at, client, lapsed), risk) in at_risk.into_iter().zip(risks) {
            let week = as_of - HORIZON + 1..=*as_of;
            let logistic = baseline.zip(features(client, *as_of).ok());
            persons[at].push(Date {
                lapsed,
                rate7: adherence(client, &week).unwrap_or(1.0),
                risk: risk.ok().map(|risk| risk.probability),
                logistic: logistic.map_or(0.0, |(baseline, features)| baseline.risk(&features)),
            });
        }
    }
    persons.retain(|dates| !dates.is_empty());
    persons
}
