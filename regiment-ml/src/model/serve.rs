//! A fitted model at work.

use std::sync::LazyLock;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::artifact::{self, Manifest};
use super::blend::{Blend, Calibration};
use super::drivers::{Driver, drivers};
use super::linear::{Linear, sigmoid};
use super::net::{self, Gru, Mlp};
use super::rows::inputs;
use crate::features::{Abstained, Features, Plan, features};
use crate::history::{ClientHistory, Day};

/// Clients that are scored at a time.
const BATCH: usize = 512;

/// A client's lapse risk on a date.
#[derive(Debug, Clone, PartialEq)]
pub struct Risk {
    /// The probability that adherence over the next seven days is below 0.60.
    pub probability: f64,
    /// What moved it most, the strongest first.
    pub drivers: Vec<Driver>,
}

/// What a model file holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Parameters {
    pub(crate) orders: Part,
    pub(crate) checkins: Part,
    /// The share of each part in the risk of a client under orders.
    pub(crate) blend: Blend,
}

/// The linear model of one plan, and the calibration of what it goes into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) linear: Linear,
    pub(crate) calibration: Calibration,
}

/// The nets of clients under orders.
#[derive(Debug)]
pub(crate) struct Nets {
    pub(crate) mlp: Mlp,
    pub(crate) gru: Gru,
}

/// The lapse model.
#[derive(Debug)]
pub struct LapseModel {
    pub(crate) manifest: Manifest,
    pub(crate) parameters: Parameters,
    pub(crate) nets: Option<Nets>,
}

impl LapseModel {
    /// Returns the model that ships with the program. It was trained on simulated clients.
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<LapseModel> = LazyLock::new(|| {
            artifact::parse(artifact::SHIPPED, "the shipped model")
                .expect("the shipped model is tested to load")
        });
        &SHIPPED
    }

    /// Returns what is known of how the model was made.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Returns a client's risk on a date. Nothing dated after it is read.
    pub fn score(&self, client: &ClientHistory, as_of: Day) -> Result<Risk, Abstained> {
        self.score_all(&[client], as_of).pop().expect("one client has one risk")
    }

    /// Returns the risks of clients on a date, in their order.
    pub fn score_all(
        &self,
        clients: &[&ClientHistory],
        as_of: Day,
    ) -> Vec<Result<Risk, Abstained>> {
        let batches = clients.par_chunks(BATCH).map(|clients| self.score_batch(clients, as_of));
        batches.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    fn score_batch(&self, clients: &[&ClientHistory], as_of: Day) -> Vec<Result<Risk, Abstained>> {
        let seen: Vec<_> = clients.iter().map(|client| features(client, as_of)).collect();
        let under_orders = |one: &&Features| one.plan == Plan::Orders;
        let orders: Vec<&Features> = seen.iter().flatten().filter(under_orders).collect();
        let mut orders = self.log_odds(&orders).into_iter();
        let mut risk = |features: Features| match features.plan {
            Plan::Orders => {
                let log_odds = orders.next().expect("every client under orders has log-odds");
                self.parameters.orders.risk(&features, log_odds)
            }
            Plan::CheckinsOnly => {
                let part = &self.parameters.checkins;
                let inputs = inputs(Plan::CheckinsOnly, &features);
                part.risk(&features, part.linear.log_odds(&inputs))
            }
        };
        seen.into_iter().map(|features| features.map(&mut risk)).collect()
    }

    /// Returns the blended log-odds of clients under orders, before calibration.
    fn log_odds(&self, clients: &[&Features]) -> Vec<f64> {
        let Parameters { orders, blend, .. } = &self.parameters;
        let inputs: Vec<Vec<f64>> =
            clients.iter().map(|client| inputs(Plan::Orders, client)).collect();
        let linear = inputs.iter().map(|inputs| orders.linear.log_odds(inputs));
        let Some(nets) = &self.nets else { return linear.collect() };
        let sequences: Vec<&[f32]> = clients.iter().map(|one| one.sequence.as_slice()).collect();
        let (mlp, gru) = nets.log_odds(&orders.linear, &inputs, &sequences);
        linear.zip(mlp).zip(gru).map(|((linear, mlp), gru)| blend.of(linear, mlp, gru)).collect()
    }
}

impl Part {
    fn risk(&self, features: &Features, log_odds: f64) -> Risk {
        let inputs = inputs(features.plan, features);
        let log_odds = self.calibration.of(log_odds);
        Risk {
            probability: sigmoid(log_odds),
            drivers: drivers(features.plan, &self.linear, &inputs, self.calibration, log_odds),
        }
    }
}

impl Nets {
    /// Returns the log-odds of the perceptron and of the recurrent net.
    pub(crate) fn log_odds(
        &self,
        linear: &Linear,
        inputs: &[Vec<f64>],
        sequences: &[&[f32]],
    ) -> (Vec<f64>, Vec<f64>) {
        let standard: Vec<Vec<f32>> = inputs.iter().map(|row| standardized(linear, row)).collect();
        let standard: Vec<&[f32]> = standard.iter().map(Vec::as_slice).collect();
        net::single_threaded(|| {
            let works = "the shapes of a model that was trained or loaded fit its features";
            let mlp = net::log_odds(&self.mlp, &standard).expect(works);
            (mlp, net::log_odds(&self.gru, sequences).expect(works))
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the nets compute in single precision")]
pub(crate) fn standardized(linear: &Linear, row: &[f64]) -> Vec<f32> {
    linear.standardize(row).into_iter().map(|value| value as f32).collect()
}
