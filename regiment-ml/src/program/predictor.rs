//! Predictors and how they compose.

use serde::{Deserialize, Serialize};

/// What a program is asked and what it answers.
pub trait Signature {
    /// What goes in.
    type In: ?Sized;
    /// Its name.
    const NAME: &'static str;
    /// Counts up when what goes in or comes out changes its meaning.
    const VERSION: u32;

    /// Returns the numbers that learned parts read, in a fixed order.
    fn numbers(of: &Self::In) -> Vec<f64>;

    /// Names those numbers.
    fn schema() -> Vec<&'static str>;

    /// Returns how much is known of what goes in, for gates: days of history.
    fn known(of: &Self::In) -> usize;
}

/// What a predictor has learned, as it is saved.
pub type State = Node;

/// Answers with log-odds, and says how.
pub trait Predictor<S: Signature> {
    /// Predicts, and leaves a step for itself and each of its parts.
    fn log_odds(&self, of: &S::In, trace: &mut Trace) -> f64;

    /// Returns the probability that log-odds are.
    fn probability(&self, of: &S::In, trace: &mut Trace) -> f64 {
        sigmoid(self.log_odds(of, trace))
    }
}

/// One step of a prediction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Which predictor.
    pub node: String,
    /// What it answered, in log-odds.
    pub log_odds: f64,
}

/// The steps of a prediction, parts before the whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// The steps.
    pub steps: Vec<Step>,
}

impl Trace {
    fn step(&mut self, node: &str, log_odds: f64) -> f64 {
        self.steps.push(Step { node: node.to_owned(), log_odds });
        log_odds
    }
}

/// Any predictor whose state can be saved: a tree of the kinds below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "node", rename_all = "snake_case")]
pub enum Node {
    /// A hand-written rule.
    Rule(Rule),
    /// A linear model.
    Linear(Linear),
    /// A weighed mean.
    Mean(Mean),
    /// A calibrated predictor.
    Calibrated(Calibrated),
    /// A predictor for those of whom enough is known.
    Gate(Gate),
    /// A predictor that is checked.
    Guard(Guard),
}

/// One number of the input, taken as it stands: the baseline that a model must beat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The number's place.
    pub input: usize,
    /// Log-odds at 0.
    pub at_zero: f64,
    /// What a unit of it adds.
    pub per_unit: f64,
}

/// A weight for each number of the input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Linear {
    /// Log-odds of the mean input.
    pub intercept: f64,
    /// A weight for each number, standardized.
    pub weights: Vec<f64>,
    /// The mean of each number in training.
    pub means: Vec<f64>,
    /// The standard deviation of each, 1 where it does not vary.
    pub deviations: Vec<f64>,
}

/// The weighed mean of several predictors' log-odds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// The parts.
    pub parts: Vec<Node>,
    /// Their shares: none is negative, and they sum to 1.
    pub shares: Vec<f64>,
}

/// A predictor whose log-odds are stretched and moved so that its probabilities come true (Platt).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibrated {
    /// The predictor.
    pub of: Box<Node>,
    /// The factor of its log-odds.
    pub slope: f64,
    /// What is added.
    pub offset: f64,
}

/// A predictor for those of whom enough is known, and another for the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Days of history that it takes.
    pub least_known: usize,
    /// For those of whom so much is known.
    pub of: Box<Node>,
    /// For the rest.
    pub otherwise: Box<Node>,
}

/// A predictor whose answer must be a finite number within bounds; another answers otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Guard {
    /// The largest log-odds that are believed, either way.
    pub most: f64,
    /// The predictor.
    pub of: Box<Node>,
    /// Who answers where it is not believed.
    pub otherwise: Box<Node>,
}

impl<S: Signature> Predictor<S> for Node {
    fn log_odds(&self, of: &S::In, trace: &mut Trace) -> f64 {
        match self {
            Self::Rule(rule) => {
                let input = S::numbers(of).get(rule.input).copied().unwrap_or_default();
                trace.step("rule", rule.at_zero + rule.per_unit * input)
            }
            Self::Linear(linear) => trace.step("linear", linear.of(&S::numbers(of))),
            Self::Mean(mean) => {
                let parts = mean.parts.iter().zip(&mean.shares);
                let sum = parts
                    .map(|(part, share)| share * Predictor::<S>::log_odds(part, of, trace))
                    .sum();
                trace.step("mean", sum)
            }
            Self::Calibrated(Calibrated { of: part, slope, offset }) => {
                let raw = Predictor::<S>::log_odds(&**part, of, trace);
                trace.step("calibrated", slope * raw + offset)
            }
            Self::Gate(Gate { least_known, of: part, otherwise }) => {
                let chosen = if S::known(of) >= *least_known { part } else { otherwise };
                let answer = Predictor::<S>::log_odds(&**chosen, of, trace);
                trace.step("gate", answer)
            }
            Self::Guard(Guard { most, of: part, otherwise }) => {
                let answer = Predictor::<S>::log_odds(&**part, of, trace);
                let answer = if answer.is_finite() && answer.abs() <= *most {
                    answer
                } else {
                    Predictor::<S>::log_odds(&**otherwise, of, trace)
                };
                trace.step("guard", answer)
            }
        }
    }
}

impl Linear {
    /// Returns the log-odds of an input.
    pub fn of(&self, numbers: &[f64]) -> f64 {
        let standardized = self.standardized(numbers);
        self.intercept + standardized.iter().zip(&self.weights).map(|(x, w)| x * w).sum::<f64>()
    }

    /// Returns an input in standard deviations from the mean of the training.
    pub(super) fn standardized(&self, numbers: &[f64]) -> Vec<f64> {
        let scales = self.means.iter().zip(&self.deviations);
        numbers.iter().zip(scales).map(|(x, (mean, sd))| (x - mean) / sd).collect()
    }
}

/// Returns the probability that log-odds are.
pub(super) fn sigmoid(log_odds: f64) -> f64 {
    if log_odds >= 0.0 {
        1.0 / (1.0 + (-log_odds).exp())
    } else {
        let odds = log_odds.exp();
        odds / (1.0 + odds)
    }
}
