//! A fitted model at work.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::artifact::{self, Manifest};
use super::blend::{Blend, Calibration};
use super::drivers::Driver;
use super::linear::Linear;
use super::net::{self, Gru, Mlp};
use super::rows::inputs;
use super::service::InService;
use crate::features::{Abstained, Features, Plan, features};
use crate::history::{ClientHistory, Day};
use crate::program::{Calibrated, Mean, Node, Rule, Signature, Step};

/// A client's lapse risk on a date.
#[derive(Debug, Clone, PartialEq)]
pub struct Risk {
    /// The probability that adherence over the next seven days is below 0.60.
    pub probability: f64,
    /// What moved it most, the strongest first.
    pub drivers: Vec<Driver>,
    /// What the parts said.
    pub answers: Answers,
    /// How the answers became the probability, in log-odds.
    pub steps: Vec<Step>,
}

/// What the parts of a model say of a client, in log-odds, before they are put together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    /// Which model answers.
    pub plan: Plan,
    /// The linear model.
    pub linear: f64,
    /// The perceptron; 0 where there is none.
    pub perceptron: f64,
    /// The recurrent net; 0 where there is none.
    pub recurrent: f64,
    /// How many days are known of the client.
    pub known: usize,
}

/// The lapse risk as a signature of the program layer: from what the parts of a model say, as they
/// are worked out for many clients at once, to the risk.
#[derive(Debug)]
pub struct LapseRisk;

impl Signature for LapseRisk {
    type In = Answers;
    const NAME: &'static str = "lapse-7d";
    const VERSION: u32 = 1;

    fn numbers(of: &Answers) -> Vec<f64> {
        vec![of.linear, of.perceptron, of.recurrent]
    }

    fn schema() -> Vec<&'static str> {
        vec!["linear", "perceptron", "recurrent"]
    }

    fn known(of: &Answers) -> usize {
        of.known
    }
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
        InService::new(self).score_all(clients, as_of)
    }

    /// Returns the model of a plan as a program: the mean of its parts' log-odds, calibrated.
    pub fn program(&self, plan: Plan) -> Node {
        let answer = |input| Node::Rule(Rule { input, at_zero: 0.0, per_unit: 1.0 });
        let (of, calibration) = match plan {
            Plan::Orders => {
                let Blend { linear, mlp, gru } = self.parameters.blend;
                let parts = vec![answer(0), answer(1), answer(2)];
                let mean = Mean { parts, shares: vec![linear, mlp, gru] };
                (Node::Mean(mean), self.parameters.orders.calibration)
            }
            Plan::CheckinsOnly => (answer(0), self.parameters.checkins.calibration),
        };
        let Calibration { slope, intercept } = calibration;
        Node::Calibrated(Calibrated { of: Box::new(of), slope, offset: intercept })
    }

    /// Returns what the parts say of clients on a date, and what they saw, in their order.
    pub(crate) fn answers(
        &self,
        clients: &[&ClientHistory],
        as_of: Day,
    ) -> Vec<Result<(Features, Answers), Abstained>> {
        let seen: Vec<_> = clients.iter().map(|client| features(client, as_of)).collect();
        let under_orders = |one: &&Features| one.plan == Plan::Orders;
        let orders: Vec<&Features> = seen.iter().flatten().filter(under_orders).collect();
        let mut of_nets = self.answers_of_nets(&orders).into_iter();
        let mut answers = |features: Features| {
            let inputs = inputs(features.plan, &features);
            let linear = self.part(features.plan).linear.log_odds(&inputs);
            let (perceptron, recurrent) = match features.plan {
                Plan::Orders => of_nets.next().expect("every client under orders is answered"),
                Plan::CheckinsOnly => (0.0, 0.0),
            };
            let Features { plan, known, .. } = features;
            (features, Answers { plan, linear, perceptron, recurrent, known })
        };
        seen.into_iter().map(|features| features.map(&mut answers)).collect()
    }

    fn answers_of_nets(&self, clients: &[&Features]) -> Vec<(f64, f64)> {
        let Some(nets) = &self.nets else { return vec![(0.0, 0.0); clients.len()] };
        let inputs: Vec<Vec<f64>> =
            clients.iter().map(|client| inputs(Plan::Orders, client)).collect();
        let sequences: Vec<&[f32]> = clients.iter().map(|one| one.sequence.as_slice()).collect();
        let (mlp, gru) = nets.log_odds(&self.parameters.orders.linear, &inputs, &sequences);
        mlp.into_iter().zip(gru).collect()
    }

    /// Puts answers together as they were trained to be, in log-odds.
    pub(crate) fn trained(&self, answers: &Answers) -> f64 {
        let Answers { linear, perceptron, recurrent, .. } = *answers;
        let of = match answers.plan {
            Plan::Orders => self.parameters.blend.of(linear, perceptron, recurrent),
            Plan::CheckinsOnly => linear,
        };
        self.part(answers.plan).calibration.of(of)
    }

    /// Returns the linear model of a plan, and the calibration of what it goes into.
    pub(crate) fn part(&self, plan: Plan) -> &Part {
        match plan {
            Plan::Orders => &self.parameters.orders,
            Plan::CheckinsOnly => &self.parameters.checkins,
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
