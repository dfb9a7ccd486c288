//! The parts of the model of clients under orders, and how their log-odds are put together.

use serde::{Deserialize, Serialize};

use super::linear::Linear;

/// The share of each part in the log-odds; together 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Blend {
    /// The linear model.
    pub linear: f64,
    /// The perceptron over the same features.
    pub mlp: f64,
    /// The recurrent net over the last 28 days.
    pub gru: f64,
}

impl Blend {
    /// The linear model alone.
    pub const LINEAR: Self = Self { linear: 1.0, mlp: 0.0, gru: 0.0 };

    /// The challengers, in the order in which they are tried.
    pub(crate) const CHALLENGERS: [Self; 5] = [
        Self { linear: 0.5, mlp: 0.5, gru: 0.0 },
        Self { linear: 0.5, mlp: 0.0, gru: 0.5 },
        Self { linear: 0.3, mlp: 0.0, gru: 0.7 },
        Self { linear: 0.2, mlp: 0.2, gru: 0.6 },
        Self { linear: 0.15, mlp: 0.0, gru: 0.85 },
    ];

    /// Whether nets take part.
    pub(crate) fn has_nets(self) -> bool {
        self.mlp > 0.0 || self.gru > 0.0
    }

    /// Puts log-odds together.
    pub(crate) fn of(self, linear: f64, mlp: f64, gru: f64) -> f64 {
        self.linear * linear + self.mlp * mlp + self.gru * gru
    }
}

/// Platt's calibration: log-odds to better log-odds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Calibration {
    pub(crate) slope: f64,
    pub(crate) intercept: f64,
}

/// Fewer outcomes than this calibrate nothing.
const LEAST_ROWS: usize = 200;
const LEAST_LAPSES: usize = 30;

impl Calibration {
    /// Changes nothing.
    pub(crate) const NONE: Self = Self { slope: 1.0, intercept: 0.0 };

    /// Fits outcomes to log-odds; nothing is changed where there are fewer than 200 outcomes or 30
    /// lapses.
    pub(crate) fn fit(log_odds: &[f64], lapsed: &[bool]) -> Self {
        let positive = lapsed.iter().filter(|lapsed| **lapsed).count();
        if lapsed.len() < LEAST_ROWS || positive < LEAST_LAPSES {
            return Self::NONE;
        }
        let rows: Vec<Vec<f64>> = log_odds.iter().map(|value| vec![*value]).collect();
        let Ok(line) = Linear::fit(&rows, lapsed, 1.0) else { return Self::NONE };
        let (low, high) = (line.log_odds(&[-3.0]), line.log_odds(&[-1.0]));
        let slope = (high - low) / 2.0;
        // A calibration that turned the order round would say that the model is worthless.
        if slope > 0.0 { Self { slope, intercept: low + 3.0 * slope } } else { Self::NONE }
    }

    pub(crate) fn of(self, log_odds: f64) -> f64 {
        self.intercept + self.slope * log_odds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::linear::sigmoid;

    /// Log-odds twice too sure of themselves and one too high, with outcomes by their truth.
    fn overconfident(n: u32) -> (Vec<f64>, Vec<bool>) {
        let rows = (0..n).map(|at| {
            let truth = -4.0 + 4.0 * f64::from(at % 50) / 50.0;
            let drawn = f64::from(at * 37 % 101) / 101.0;
            (2.0 * truth + 1.0, drawn < sigmoid(truth))
        });
        rows.unzip()
    }

    #[test]
    fn overconfidence_is_put_right() {
        let (log_odds, lapsed) = overconfident(20_000);
        let calibration = Calibration::fit(&log_odds, &lapsed);
        assert!((calibration.slope - 0.5).abs() < 0.05, "{calibration:?}");
        assert!((calibration.of(1.0 - 4.0) + 2.0).abs() < 0.1, "{calibration:?}");
    }

    #[test]
    fn few_outcomes_change_nothing() {
        let (log_odds, lapsed) = overconfident(199);
        assert_eq!(Calibration::fit(&log_odds, &lapsed), Calibration::NONE);
        let mut rare = vec![false; 400];
        rare[..29].fill(true);
        let spread: Vec<f64> = (0..400).map(|at| f64::from(at) / 100.0 - 4.0).collect();
        assert_eq!(Calibration::fit(&spread, &rare), Calibration::NONE);
    }

    #[test]
    fn shares_of_every_challenger_sum_to_one() {
        for blend in Blend::CHALLENGERS {
            assert!((blend.of(1.0, 1.0, 1.0) - 1.0).abs() < 1e-12, "{blend:?}");
            assert!(blend.linear > 0.0, "drivers are told by the linear part");
        }
    }
}
