//! The promotion gate: a challenger replaces what is there only where it is better.

use serde::{Deserialize, Serialize};

use super::blend::Blend;
use crate::eval::scores::Scores;

/// How much average precision on onset rows a challenger may lose.
const ONSET_SLACK: f64 = 0.01;

/// Nets are challengers only from so many rows and so many lapses that nobody saw coming.
pub(crate) const LEAST_ROWS: usize = 5_000;
pub(crate) const LEAST_ONSETS: usize = 100;

/// A challenger on the held-out weeks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The share of each part in the log-odds.
    pub blend: Blend,
    /// Scores over all held-out rows.
    pub all: Scores,
    /// Scores over the rows of clients who did five sevenths of the last week or more.
    pub onset: Scores,
    /// Whether it replaced what was there before.
    pub promoted: bool,
}

/// Whether a challenger replaces the incumbent: its Brier score is not worse, its average precision
/// is better, and on onset rows its average precision is at most 0.01 worse.
pub(crate) fn promotes(incumbent: &Trial, all: &Scores, onset: &Scores) -> bool {
    all.brier <= incumbent.all.brier
        && all.ap > incumbent.all.ap
        && onset.ap >= incumbent.onset.ap - ONSET_SLACK
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(brier: f64, ap: f64) -> Scores {
        Scores { n: 100, rate: 0.1, auroc: 0.8, ap, brier, ece: 0.01, p_at_10: 0.4 }
    }

    fn incumbent() -> Trial {
        let (all, onset) = (scores(0.06, 0.40), scores(0.05, 0.30));
        Trial { blend: Blend::LINEAR, all, onset, promoted: true }
    }

    #[test]
    fn better_precision_at_an_equal_brier_is_promoted() {
        assert!(promotes(&incumbent(), &scores(0.06, 0.41), &scores(0.05, 0.30)));
    }

    #[test]
    fn equal_precision_is_not_promoted() {
        assert!(!promotes(&incumbent(), &scores(0.05, 0.40), &scores(0.05, 0.30)));
    }

    #[test]
    fn a_worse_brier_is_not_promoted() {
        assert!(!promotes(&incumbent(), &scores(0.060_001, 0.50), &scores(0.05, 0.40)));
    }

    #[test]
    fn onset_precision_may_fall_by_a_hundredth_and_no_further() {
        assert!(promotes(&incumbent(), &scores(0.06, 0.41), &scores(0.05, 0.30 - 0.01)));
        assert!(!promotes(&incumbent(), &scores(0.06, 0.41), &scores(0.05, 0.289)));
    }
}
