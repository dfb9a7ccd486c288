//! Logistic regression on standardized features, fitted by linfa.

use linfa::prelude::*;
use linfa_logistic::{LogisticRegression, error::Error};
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

/// Standardized features beyond this many deviations count as this many.
const FARTHEST: f64 = 4.0;

/// Steps that the solver may take.
const STEPS: u64 = 300;

/// A fitted logistic regression: `log-odds = intercept + sum of weight * (value - mean) / sd`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Linear {
    mean: Vec<f64>,
    sd: Vec<f64>,
    weights: Vec<f64>,
    intercept: f64,
}

impl Linear {
    /// Fits rows of features to whether each lapsed. `penalty` multiplies half the squared weights
    /// against the summed loss.
    pub(crate) fn fit(rows: &[Vec<f64>], lapsed: &[bool], penalty: f64) -> Result<Self, Error> {
        let width = rows.first().map_or(0, Vec::len);
        let column = |at: usize| rows.iter().map(move |row| row[at]);
        #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
        let n = rows.len() as f64;
        let mean: Vec<f64> = (0..width).map(|at| column(at).sum::<f64>() / n).collect();
        let sd = (0..width).map(|at| {
            let variance = column(at).map(|value| (value - mean[at]).powi(2)).sum::<f64>() / n;
            // A constant column tells nothing; it stays at zero.
            if variance > 1e-12 { variance.sqrt() } else { 1.0 }
        });
        let mut linear = Self { sd: sd.collect(), mean, weights: vec![0.0; width], intercept: 0.0 };
        let standard: Vec<f64> = rows.iter().flat_map(|row| linear.standardize(row)).collect();
        let records = Array2::from_shape_vec((rows.len(), width), standard)
            .expect("every row has as many features");
        let targets: Array1<bool> = lapsed.iter().copied().collect();
        let fitted = LogisticRegression::default()
            .alpha(penalty)
            .max_iterations(STEPS)
            .gradient_tolerance(1e-6)
            .fit(&Dataset::new(records, targets))?;
        // linfa calls the more frequent class positive, whichever that is.
        let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
        linear.weights = fitted.params().iter().map(|weight| sign * weight).collect();
        linear.intercept = sign * fitted.intercept();
        Ok(linear)
    }

    /// Returns the features in standard deviations from their means.
    pub(crate) fn standardize(&self, row: &[f64]) -> Vec<f64> {
        let scaled = row.iter().zip(&self.mean).zip(&self.sd);
        scaled.map(|((value, mean), sd)| ((value - mean) / sd).clamp(-FARTHEST, FARTHEST)).collect()
    }

    /// Returns the log-odds of a lapse.
    pub(crate) fn log_odds(&self, row: &[f64]) -> f64 {
        self.intercept + self.contributions(row).iter().sum::<f64>()
    }

    /// Returns what each feature adds to the log-odds over its mean.
    pub(crate) fn contributions(&self, row: &[f64]) -> Vec<f64> {
        self.standardize(row).iter().zip(&self.weights).map(|(z, weight)| z * weight).collect()
    }

    /// How many features it takes.
    pub(crate) fn width(&self) -> usize {
        self.weights.len()
    }
}

/// Returns the probability of log-odds, never `NaN`.
pub(crate) fn sigmoid(log_odds: f64) -> f64 {
    if log_odds >= 0.0 {
        1.0 / (1.0 + (-log_odds).exp())
    } else {
        let odds = log_odds.exp();
        odds / (1.0 + odds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of one feature, of which the high ones lapse; `percent` in a hundred do.
    fn sorted(percent: u32) -> (Vec<Vec<f64>>, Vec<bool>) {
        let rows: Vec<u32> = (0..400).map(|at| at % 100).collect();
        let lapsed = rows.iter().map(|value| *value >= 100 - percent).collect();
        (rows.iter().map(|value| vec![f64::from(*value), 3.0]).collect(), lapsed)
    }

    #[test]
    fn the_rare_class_is_the_lapse_and_so_is_the_frequent_one() {
        for lapses in [10, 30, 50, 70, 90] {
            let (rows, lapsed) = sorted(lapses);
            let linear = Linear::fit(&rows, &lapsed, 1.0).unwrap();
            let risk = |value: f64| sigmoid(linear.log_odds(&[value, 3.0]));
            assert!(risk(99.0) > 0.6 && risk(0.0) < 0.4, "{lapses}: {} {}", risk(99.0), risk(0.0));
            let mean = rows.iter().map(|row| risk(row[0])).sum::<f64>() / 400.0;
            assert!((mean - f64::from(lapses) / 100.0).abs() < 0.01, "{lapses}: {mean}");
        }
    }

    #[test]
    fn a_constant_feature_adds_nothing() {
        let (rows, lapsed) = sorted(30);
        let linear = Linear::fit(&rows, &lapsed, 1.0).unwrap();
        assert!(linear.contributions(&[50.0, 3.0])[1].abs() < 1e-9);
    }

    #[test]
    fn one_class_alone_is_refused() {
        let (rows, _) = sorted(30);
        assert!(Linear::fit(&rows, &[false; 400], 1.0).is_err());
    }

    #[test]
    fn extreme_log_odds_are_probabilities() {
        assert!(sigmoid(-800.0).abs() < 1e-300 && (sigmoid(800.0) - 1.0).abs() < 1e-15);
        assert!((sigmoid(0.0) - 0.5).abs() < 1e-15);
    }
}
