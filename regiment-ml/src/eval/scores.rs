//! How well probabilities rank and how true they are: the scores of the reference, to the digit.

use serde::{Deserialize, Serialize};

/// A prediction and what came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// The predicted probability of a lapse.
    pub risk: f64,
    /// Whether there was one.
    pub lapsed: bool,
}

impl Judged {
    fn outcome(self) -> f64 {
        f64::from(u8::from(self.lapsed))
    }
}

/// The scores of a set of predictions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// How many predictions.
    pub n: usize,
    /// The share that lapsed.
    pub rate: f64,
    /// Area under the ROC curve.
    pub auroc: f64,
    /// Average precision.
    pub ap: f64,
    /// Mean squared error.
    pub brier: f64,
    /// Expected calibration error over ten bins by quantile.
    pub ece: f64,
    /// The share that lapsed among the riskiest tenth.
    pub p_at_10: f64,
}

impl Scores {
    /// Scores predictions; `None` where all lapsed or none did, as nothing can be ranked then.
    pub fn of(judged: &[Judged]) -> Option<Self> {
        let lapses = judged.iter().filter(|one| one.lapsed).count();
        if lapses == 0 || lapses == judged.len() {
            return None;
        }
        let squares = judged.iter().map(|one| (one.risk.clamp(0.0, 1.0) - one.outcome()).powi(2));
        let tenth = (judged.len() / 10).max(1);
        Some(Self {
            n: judged.len(),
            rate: ratio(lapses, judged.len()),
            auroc: auroc(judged),
            ap: average_precision(judged),
            brier: squares.sum::<f64>() / ratio(judged.len(), 1),
            ece: bins(judged).iter().map(|bin| bin.share * (bin.lapsed - bin.risk).abs()).sum(),
            p_at_10: precision_at(judged, tenth),
        })
    }
}

/// A tenth of the predictions, by risk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// The mean predicted risk.
    pub risk: f64,
    /// The share that lapsed.
    pub lapsed: f64,
    /// The share of all predictions.
    pub share: f64,
}

/// Cuts predictions into ten bins at the deciles of the risk; empty ones are left out.
pub fn bins(judged: &[Judged]) -> Vec<Bin> {
    let mut risks: Vec<f64> = judged.iter().map(|one| one.risk).collect();
    risks.sort_by(f64::total_cmp);
    // Three times 0.1 is not 0.3: the reference's edges are these, and a risk may lie on one.
    let edges: Vec<f64> = (0..=10).map(|tenth| quantile(&risks, f64::from(tenth) * 0.1)).collect();
    let mut sums = [(0_usize, 0.0, 0.0); 10];
    for one in judged {
        let above = edges.partition_point(|edge| *edge <= one.risk);
        let sum = &mut sums[above.saturating_sub(1).min(9)];
        *sum = (sum.0 + 1, sum.1 + one.risk, sum.2 + one.outcome());
    }
    let full = sums.into_iter().filter(|(n, ..)| *n > 0);
    full.map(|(n, risk, lapsed)| Bin {
        risk: risk / ratio(n, 1),
        lapsed: lapsed / ratio(n, 1),
        share: ratio(n, judged.len()),
    })
    .collect()
}

/// Returns the share that lapsed among the `k` riskiest; equals keep their order.
pub fn precision_at(judged: &[Judged], k: usize) -> f64 {
    let ranked = ranked(judged);
    let top = &ranked[..k.min(ranked.len())];
    ratio(top.iter().filter(|one| one.lapsed).count(), top.len().max(1))
}

/// The riskiest first.
fn ranked(judged: &[Judged]) -> Vec<Judged> {
    let mut ranked = judged.to_vec();
    ranked.sort_by(|a, b| b.risk.total_cmp(&a.risk));
    ranked
}

/// The probability that who lapsed was given the higher risk, ties counting half.
fn auroc(judged: &[Judged]) -> f64 {
    let ranked = ranked(judged);
    let lapses = ranked.iter().filter(|one| one.lapsed).count();
    let (mut above, mut won) = (0_usize, 0.0);
    for equal in ranked.chunk_by(same_risk) {
        let positive = equal.iter().filter(|one| one.lapsed).count();
        won += ratio(equal.len() - positive, 1) * (ratio(above, 1) + ratio(positive, 2));
        above += positive;
    }
    won / (ratio(lapses, 1) * ratio(ranked.len() - lapses, 1))
}

/// The mean precision over the steps of recall, equal risks being one step.
fn average_precision(judged: &[Judged]) -> f64 {
    let ranked = ranked(judged);
    let lapses = ranked.iter().filter(|one| one.lapsed).count();
    let (mut seen, mut found, mut sum) = (0, 0, 0.0);
    for equal in ranked.chunk_by(same_risk) {
        let positive = equal.iter().filter(|one| one.lapsed).count();
        seen += equal.len();
        found += positive;
        sum += ratio(positive, lapses) * ratio(found, seen);
    }
    sum
}

#[expect(clippy::float_cmp, reason = "a tie is the same number")]
fn same_risk(a: &Judged, b: &Judged) -> bool {
    a.risk == b.risk
}

/// The quantile of sorted values by linear interpolation.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * ratio(sorted.len() - 1, 1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within the values"
    )]
    let below = at.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    let (low, high, part) = (sorted[below], sorted[above], at - at.floor());
    // From the nearer end, so that the last quantile is the last value.
    if part < 0.5 { low + (high - low) * part } else { high - (high - low) * (1.0 - part) }
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
pub(crate) fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(rows: &[(f64, u8)]) -> Vec<Judged> {
        rows.iter().map(|(risk, lapsed)| Judged { risk: *risk, lapsed: *lapsed == 1 }).collect()
    }

    /// Twelve rows with ties, scored by the reference.
    const ROWS: [(f64, u8); 12] = [
        (0.1, 0),
        (0.4, 0),
        (0.35, 1),
        (0.8, 1),
        (0.35, 0),
        (0.2, 0),
        (0.9, 0),
        (0.05, 0),
        (0.6, 1),
        (0.6, 0),
        (0.3, 0),
        (0.15, 1),
    ];

    /// AUROC, average precision, Brier, ECE, precision at 10%.
    const REFERENCE: [f64; 5] = [0.625, 0.457_143, 0.245, 0.258_333, 0.0];

    #[test]
    fn scores_equal_the_reference() {
        let scores = Scores::of(&judged(&ROWS)).unwrap();
        let close = |a: f64, b: f64| (a - b).abs() < 5e-5;
        assert!(close(scores.auroc, REFERENCE[0]), "{scores:?}");
        assert!(close(scores.ap, REFERENCE[1]), "{scores:?}");
        assert!(close(scores.brier, REFERENCE[2]), "{scores:?}");
        assert!(close(scores.ece, REFERENCE[3]), "{scores:?}");
        assert!(close(scores.p_at_10, REFERENCE[4]), "{scores:?}");
    }

    #[test]
    fn a_perfect_order_scores_one_and_its_reverse_zero() {
        let perfect = judged(&[(0.9, 1), (0.8, 1), (0.2, 0), (0.1, 0)]);
        let scores = Scores::of(&perfect).unwrap();
        assert!((scores.auroc - 1.0).abs() < 1e-12 && (scores.ap - 1.0).abs() < 1e-12);
        let reverse = judged(&[(0.1, 1), (0.2, 1), (0.8, 0), (0.9, 0)]);
        assert!(Scores::of(&reverse).unwrap().auroc.abs() < 1e-12);
    }

    #[test]
    fn one_risk_for_all_ranks_nobody() {
        let scores = Scores::of(&judged(&[(0.5, 1), (0.5, 0), (0.5, 0), (0.5, 0)])).unwrap();
        assert!((scores.auroc - 0.5).abs() < 1e-12);
        assert!((scores.ap - 0.25).abs() < 1e-12);
    }

    #[test]
    fn nothing_is_scored_where_all_or_none_lapsed() {
        assert_eq!(Scores::of(&judged(&[(0.5, 1), (0.6, 1)])), None);
        assert_eq!(Scores::of(&judged(&[(0.5, 0)])), None);
        assert_eq!(Scores::of(&[]), None);
    }
}
