//! From histories to a model: fit, try challengers on the last four weeks, calibrate, fit again.

use super::artifact::{HeldOut, Judgement, Manifest, RowCounts};
use super::blend::{Blend, Calibration};
use super::gate::{LEAST_ONSETS, LEAST_ROWS, Trial, promotes};
use super::linear::{Linear, sigmoid};
use super::net::{self, Gru, Mlp, Schedule};
use super::rows::{Row, inputs, rows};
use super::serve::{LapseModel, Nets, Parameters, Part, standardized};
use crate::eval::scores::{Judged, Scores, ratio};
use crate::features::{CHANNELS, Features, Plan, SEQUENCE_DAYS};
use crate::history::{Day, History};
use crate::label::HORIZON;

/// Days at the end that judge challengers and calibrate.
const HELD_OUT: Day = 28;

/// A plan with fewer rows or lapses than this, before or in the held-out weeks, is not fitted.
const LEAST_FITTED: usize = 200;
const LEAST_LAPSES: usize = 20;

/// The penalties on squared weights: clients under orders, clients who only check in.
const PENALTY: f64 = 33.0;
const PENALTY_ALONE: f64 = 333.0;

const MLP: Schedule = Schedule { epochs: 4, rate: 2e-3, decay: 0.3 };
const GRU: Schedule = Schedule { epochs: 6, rate: 4e-3, decay: 1e-2 };

/// What training is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Working out features and labels.
    Rows,
    /// Trying challengers on the held-out weeks.
    Trial,
    /// Fitting on everything.
    Fit,
}

/// Why nothing was trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// Too few rows.
    #[error(
        "too little to learn from: {rows} dates with {lapses} lapses of {plan} {when} the last 28 days, {LEAST_FITTED} with {LEAST_LAPSES} lapses are needed"
    )]
    TooLittle {
        /// Of whom.
        plan: &'static str,
        /// On which side of the held-out weeks.
        when: &'static str,
        /// Dates of clients at risk.
        rows: usize,
        /// Lapses among them.
        lapses: usize,
    },
    /// The linear fit failed.
    #[error("the linear model was not fitted")]
    Linear(#[from] linfa_logistic::error::Error),
    /// A net failed.
    #[error("a net was not fitted")]
    Net(#[from] candle_core::Error),
}

impl LapseModel {
    /// Fits a model on what is known by `until`. The same histories and seed give the same model.
    ///
    /// `progress` hears the stage and which part of it is done.
    pub fn train(
        histories: &[&History],
        until: Day,
        seed: u64,
        progress: &mut (dyn FnMut(Stage, f64) + Send),
    ) -> Result<Self, TrainError> {
        progress(Stage::Rows, 0.0);
        let (orders, checkins) = rows(histories, until);
        let (past, held) = split(&orders, until, "clients under orders")?;
        let (past_alone, held_alone) = split(&checkins, until, "check-ins")?;

        let onsets = past.iter().filter(|row| row.is_onset() && row.lapsed).count();
        let tries_nets = past.len() >= LEAST_ROWS && onsets >= LEAST_ONSETS;
        let early = Fitted::new(&past, tries_nets, seed, &mut |done| progress(Stage::Trial, done))?;
        let parts = early.log_odds(&held);
        let trials = trials(&held, &parts);
        let blend = trials.iter().rev().find(|trial| trial.promoted);
        let blend = blend.map_or(Blend::LINEAR, |trial| trial.blend);
        let (calibration, held_orders) = calibrate(&held, &parts.blended(blend));

        let all: Vec<&Row> = orders.iter().collect();
        let fitted = Fitted::new(&all, blend.has_nets(), seed, &mut |done| {
            progress(Stage::Fit, done);
        })?;

        let alone = linear(Plan::CheckinsOnly, &past_alone)?;
        let log_odds: Vec<f64> =
            held_alone.iter().map(|row| alone.log_odds(&seen_by_alone(row))).collect();
        let (calibration_alone, held_checkins) = calibrate(&held_alone, &log_odds);
        let all_alone: Vec<&Row> = checkins.iter().collect();
        let alone = linear(Plan::CheckinsOnly, &all_alone)?;

        let parameters = Parameters {
            orders: Part { linear: fitted.linear, calibration },
            checkins: Part { linear: alone, calibration: calibration_alone },
            blend,
        };
        let dates = orders.iter().chain(&checkins).map(|row| row.as_of);
        let window = (dates.clone().min().unwrap_or(until), dates.max().unwrap_or(until));
        let counts = RowCounts::of(&orders, &checkins);
        let manifest = Manifest::new(
            (&parameters, fitted.nets.as_ref()),
            (window, until),
            seed,
            counts,
            HeldOut { orders: held_orders, checkins: held_checkins, trials },
        );
        Ok(Self { manifest, parameters, nets: fitted.nets })
    }
}

/// Logistic regression on the same features, which a model has to beat.
#[derive(Debug)]
pub struct Logistic {
    orders: Linear,
    checkins: Linear,
}

impl Logistic {
    /// Fits the regression on what is known by `until`.
    pub fn train(histories: &[&History], until: Day) -> Result<Self, TrainError> {
        let (orders, checkins) = rows(histories, until);
        let fit = |plan, rows: &[Row]| linear(plan, &rows.iter().collect::<Vec<_>>());
        Ok(Self {
            orders: fit(Plan::Orders, &orders)?,
            checkins: fit(Plan::CheckinsOnly, &checkins)?,
        })
    }

    /// Returns the probability of a lapse.
    pub fn risk(&self, features: &Features) -> f64 {
        let linear = match features.plan {
            Plan::Orders => &self.orders,
            Plan::CheckinsOnly => &self.checkins,
        };
        sigmoid(linear.log_odds(&inputs(features.plan, features)))
    }
}

/// The parts of the model of clients under orders.
struct Fitted {
    linear: Linear,
    nets: Option<Nets>,
}

/// The log-odds of each part.
struct Seen {
    linear: Vec<f64>,
    nets: Option<(Vec<f64>, Vec<f64>)>,
}

impl Seen {
    fn blended(&self, blend: Blend) -> Vec<f64> {
        let Some((mlp, gru)) = &self.nets else { return self.linear.clone() };
        let parts = self.linear.iter().zip(mlp).zip(gru);
        parts.map(|((linear, mlp), gru)| blend.of(*linear, *mlp, *gru)).collect()
    }
}

impl Fitted {
    fn new(
        rows: &[&Row],
        with_nets: bool,
        seed: u64,
        tick: &mut (dyn FnMut(f64) + Send),
    ) -> Result<Self, TrainError> {
        let linear = linear(Plan::Orders, rows)?;
        let nets = if with_nets { Some(nets(&linear, rows, seed, tick)?) } else { None };
        Ok(Self { linear, nets })
    }

    fn log_odds(&self, rows: &[&Row]) -> Seen {
        let inputs: Vec<_> = rows.iter().map(|row| inputs(Plan::Orders, &row.features)).collect();
        let sequences: Vec<_> = rows.iter().map(|row| row.features.sequence.as_slice()).collect();
        let nets = self.nets.as_ref();
        Seen {
            linear: inputs.iter().map(|inputs| self.linear.log_odds(inputs)).collect(),
            nets: nets.map(|nets| nets.log_odds(&self.linear, &inputs, &sequences)),
        }
    }
}

fn seen_by_alone(row: &Row) -> Vec<f64> {
    inputs(Plan::CheckinsOnly, &row.features)
}

fn linear(plan: Plan, rows: &[&Row]) -> Result<Linear, TrainError> {
    let inputs: Vec<Vec<f64>> = rows.iter().map(|row| inputs(plan, &row.features)).collect();
    let lapsed: Vec<bool> = rows.iter().map(|row| row.lapsed).collect();
    let penalty = if plan == Plan::Orders { PENALTY } else { PENALTY_ALONE };
    Ok(Linear::fit(&inputs, &lapsed, penalty)?)
}

fn nets(
    linear: &Linear,
    rows: &[&Row],
    seed: u64,
    tick: &mut (dyn FnMut(f64) + Send),
) -> Result<Nets, TrainError> {
    let lapsed: Vec<bool> = rows.iter().map(|row| row.lapsed).collect();
    let standard: Vec<Vec<f32>> =
        rows.iter().map(|row| standardized(linear, &inputs(Plan::Orders, &row.features))).collect();
    let standard: Vec<&[f32]> = standard.iter().map(Vec::as_slice).collect();
    let sequences: Vec<&[f32]> = rows.iter().map(|row| row.features.sequence.as_slice()).collect();
    let rate = ratio(lapsed.iter().filter(|lapsed| **lapsed).count(), lapsed.len());
    #[expect(clippy::cast_possible_truncation, reason = "the nets compute in single precision")]
    let bias = (rate / (1.0 - rate)).ln() as f32;
    let fitted = net::single_threaded(|| {
        let mlp = Mlp::new(linear.width(), bias, seed)?;
        net::fit(&mlp, &standard, &lapsed, MLP, seed, &mut |done| tick(0.1 * done))?;
        let gru = Gru::new(SEQUENCE_DAYS, CHANNELS, bias, seed)?;
        net::fit(&gru, &sequences, &lapsed, GRU, seed, &mut |done| tick(0.1 + 0.9 * done))?;
        Ok(Nets { mlp, gru })
    });
    fitted.map_err(TrainError::Net)
}

/// The rows before the held-out weeks, whose outcomes were known when those began, and the rows in
/// them.
fn split<'a>(
    rows: &'a [Row],
    until: Day,
    plan: &'static str,
) -> Result<(Vec<&'a Row>, Vec<&'a Row>), TrainError> {
    let held_from = until - HORIZON - HELD_OUT + 1;
    let past: Vec<&Row> = rows.iter().filter(|row| row.as_of < held_from - HORIZON).collect();
    let held: Vec<&Row> = rows.iter().filter(|row| row.as_of >= held_from).collect();
    for (rows, when) in [(&past, "before"), (&held, "in")] {
        let lapses = rows.iter().filter(|row| row.lapsed).count();
        if rows.len() < LEAST_FITTED || lapses < LEAST_LAPSES {
            return Err(TrainError::TooLittle { plan, when, rows: rows.len(), lapses });
        }
    }
    Ok((past, held))
}

/// Tries the linear model and, where there are nets, every challenger, each against the last that
/// was promoted.
fn trials(held: &[&Row], seen: &Seen) -> Vec<Trial> {
    let score = |blend: Blend| {
        let log_odds = seen.blended(blend);
        let judged = held.iter().zip(log_odds).map(|(row, log_odds)| row.judged(sigmoid(log_odds)));
        let judged: Vec<Judged> = judged.collect();
        let onset = held.iter().zip(&judged).filter(|(row, _)| row.is_onset());
        let onset: Vec<Judged> = onset.map(|(_, judged)| *judged).collect();
        Scores::of(&judged).zip(Scores::of(&onset))
    };
    let Some((all, onset)) = score(Blend::LINEAR) else { return Vec::new() };
    let mut incumbent = Trial { blend: Blend::LINEAR, all, onset, promoted: true };
    let mut trials = vec![incumbent.clone()];
    let challengers = if seen.nets.is_some() { &Blend::CHALLENGERS[..] } else { &[] };
    for blend in challengers {
        let Some((all, onset)) = score(*blend) else { continue };
        let promoted = promotes(&incumbent, &all, &onset);
        let trial = Trial { blend: *blend, all, onset, promoted };
        if promoted {
            incumbent = trial.clone();
        }
        trials.push(trial);
    }
    trials
}

/// Fits the calibration to the held-out weeks, and scores them as they were before it, beside
/// persistence.
fn calibrate(held: &[&Row], log_odds: &[f64]) -> (Calibration, Judgement) {
    let lapsed: Vec<bool> = held.iter().map(|row| row.lapsed).collect();
    let risks = held.iter().zip(log_odds).map(|(row, log_odds)| row.judged(sigmoid(*log_odds)));
    let persistence = held.iter().map(|row| row.judged(1.0 - row.features.rate7));
    let judgement = Judgement {
        model: Scores::of(&risks.collect::<Vec<_>>()),
        persistence: Scores::of(&persistence.collect::<Vec<_>>()),
    };
    (Calibration::fit(log_odds, &lapsed), judgement)
}
