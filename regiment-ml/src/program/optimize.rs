//! Optimizers, and the gate that they all pass through.

use serde::{Deserialize, Serialize};

use super::predictor::{Calibrated, Linear, Mean, Node, Predictor, Signature, Trace, sigmoid};
use crate::eval::scores::{Judged, Scores};
use crate::history::Day;
use crate::label::HORIZON;
use crate::priority::step;
use crate::stats::count;

/// How many weeks at the end are held out: optimizers never see them.
const HELD_OUT_DAYS: Day = 28;

/// The fewest outcomes, and the fewest of them lapses, on which anything is fitted.
const LEAST: (usize, usize) = (200, 30);

/// Newton steps of a fit; each is exact for a quadratic, and a dozen are plenty.
const STEPS: usize = 25;

/// What happened to one client on one date.
#[derive(Debug, Clone, PartialEq)]
pub struct Example<I> {
    /// What was known.
    pub input: I,
    /// The date on which it was known.
    pub day: Day,
    /// What happened.
    pub lapsed: bool,
}

/// How good a program is on examples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Mean squared error.
    pub brier: f64,
    /// Average precision.
    pub ap: f64,
    /// Area under the ROC curve.
    pub auroc: f64,
    /// Over how many.
    pub n: usize,
}

/// Two programs on the same held-out weeks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The one that serves.
    pub incumbent: Judgement,
    /// The one that would.
    pub candidate: Judgement,
}

/// Why a candidate was not taken.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Refused {
    /// There is too little to go by.
    #[error("{n} outcomes with {lapses} lapses; 200 with 30 are needed")]
    TooLittle {
        /// Outcomes.
        n: usize,
        /// Lapses among them.
        lapses: usize,
    },
    /// It is not better on weeks that neither has seen.
    #[error(
        "not better on the held-out weeks: Brier {:.4} against {:.4}, average precision {:.4} against {:.4}",
        .0.candidate.brier, .0.incumbent.brier, .0.candidate.ap, .0.incumbent.ap
    )]
    NotBetter(Report),
}

/// Judges a program; `None` where all lapsed or none did.
pub fn judge<S: Signature<In: Sized>>(
    program: &Node,
    examples: &[&Example<S::In>],
) -> Option<Judgement> {
    let judged: Vec<Judged> = examples
        .iter()
        .map(|example| Judged {
            risk: Predictor::<S>::probability(program, &example.input, &mut Trace::default()),
            lapsed: example.lapsed,
        })
        .collect();
    let scores = Scores::of(&judged)?;
    Some(Judgement { brier: scores.brier, ap: scores.ap, auroc: scores.auroc, n: scores.n })
}

/// Has an optimizer make a candidate out of the earlier weeks, whose outcomes were known when the last
/// four began, and takes it only when it is better on those four: its Brier score not worse and its
/// average precision higher, or as high with a better Brier score.
///
/// # Errors
/// [`Refused`] where it is not, or too little is known to tell; the incumbent goes on serving.
pub fn promote<S: Signature<In: Sized>>(
    incumbent: &Node,
    examples: &[Example<S::In>],
    optimize: impl FnOnce(&Node, &[&Example<S::In>]) -> Result<Node, Refused>,
) -> Result<(Node, Report), Refused> {
    let last = examples.iter().map(|example| example.day).max().unwrap_or_default();
    let held_from = last - HELD_OUT_DAYS + 1;
    let seen: Vec<_> = examples.iter().filter(|one| one.day < held_from - HORIZON).collect();
    let held: Vec<_> = examples.iter().filter(|one| one.day >= held_from).collect();
    enough::<S>(&seen)?;
    let candidate = optimize(incumbent, &seen)?;
    let (Some(of_incumbent), Some(of_candidate)) =
        (judge::<S>(incumbent, &held), judge::<S>(&candidate, &held))
    else {
        return Err(too_little::<S>(&held));
    };
    let report = Report { incumbent: of_incumbent, candidate: of_candidate };
    let better_ranked = of_candidate.ap > of_incumbent.ap;
    let truer = of_candidate.brier < of_incumbent.brier && of_candidate.ap >= of_incumbent.ap;
    if of_candidate.brier <= of_incumbent.brier && (better_ranked || truer) {
        Ok((candidate, report))
    } else {
        Err(Refused::NotBetter(report))
    }
}

/// Fits slope and offset of a program's log-odds to what came of them (Platt).
///
/// # Errors
/// [`Refused::TooLittle`].
pub fn fit_platt<S: Signature<In: Sized>>(
    program: &Node,
    examples: &[&Example<S::In>],
) -> Result<Node, Refused> {
    enough::<S>(examples)?;
    let rows: Vec<Vec<f64>> =
        examples.iter().map(|example| vec![raw::<S>(program, &example.input)]).collect();
    let lapsed: Vec<bool> = examples.iter().map(|example| example.lapsed).collect();
    // A trace of a penalty toward leaving it as it is keeps a separable sample finite.
    let fitted = newton(&rows, &lapsed, &[0.0, 1.0], &[1e-3, 1e-3]);
    Ok(Node::Calibrated(Calibrated {
        of: Box::new(program.clone()),
        slope: fitted[1],
        offset: fitted[0],
    }))
}

/// Finds the shares of a mean that give the lowest Brier score, a twentieth at a time.
///
/// # Errors
/// [`Refused::TooLittle`].
pub fn fit_weights<S: Signature<In: Sized>>(
    parts: [Node; 2],
    examples: &[&Example<S::In>],
) -> Result<Node, Refused> {
    enough::<S>(examples)?;
    let [one, other] = parts;
    let mixed = |share: f64| {
        let (parts, shares) = (vec![one.clone(), other.clone()], vec![share, 1.0 - share]);
        Node::Mean(Mean { parts, shares })
    };
    let scored = (0..=20_u32).filter_map(|twentieth| {
        let program = mixed(f64::from(twentieth) / 20.0);
        judge::<S>(&program, examples).map(|judged| (judged.brier, program))
    });
    scored
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, program)| program)
        .ok_or_else(|| too_little::<S>(examples))
}

/// Refits a linear model on examples, pulled toward what it knows by so many pseudo-examples: with
/// few of our own it stays what was shipped, with many it becomes ours.
///
/// # Errors
/// [`Refused::TooLittle`].
pub fn refit_from_prior<S: Signature<In: Sized>>(
    prior: &Linear,
    pseudo_examples: f64,
    examples: &[&Example<S::In>],
) -> Result<Linear, Refused> {
    enough::<S>(examples)?;
    let rows: Vec<Vec<f64>> =
        examples.iter().map(|example| prior.standardized(&S::numbers(&example.input))).collect();
    let lapsed: Vec<bool> = examples.iter().map(|example| example.lapsed).collect();
    let start: Vec<f64> =
        [prior.intercept].into_iter().chain(prior.weights.iter().copied()).collect();
    // An example at even odds adds a quarter to the curvature of a standardized weight.
    let pull = vec![pseudo_examples / 4.0; start.len()];
    let fitted = newton(&rows, &lapsed, &start, &pull);
    Ok(Linear { intercept: fitted[0], weights: fitted[1..].to_vec(), ..prior.clone() })
}

/// Returns the probability above which the riskiest `share` of the examples lie, a tenth of the
/// present threshold away from it at most.
pub fn fit_threshold<S: Signature<In: Sized>>(
    program: &Node,
    examples: &[&Example<S::In>],
    present: f64,
    share: f64,
) -> f64 {
    let mut risks: Vec<f64> =
        examples.iter().map(|example| sigmoid(raw::<S>(program, &example.input))).collect();
    risks.sort_by(|a, b| b.total_cmp(a));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a length lies within it"
    )]
    let place = (share.clamp(0.0, 1.0) * count(risks.len())) as usize;
    risks.get(place.min(risks.len().saturating_sub(1))).map_or(present, |risk| step(present, *risk))
}

fn raw<S: Signature<In: Sized>>(program: &Node, of: &S::In) -> f64 {
    Predictor::<S>::log_odds(program, of, &mut Trace::default())
}

fn enough<S: Signature<In: Sized>>(examples: &[&Example<S::In>]) -> Result<(), Refused> {
    let lapses = examples.iter().filter(|example| example.lapsed).count();
    if examples.len() >= LEAST.0 && lapses >= LEAST.1 {
        Ok(())
    } else {
        Err(too_little::<S>(examples))
    }
}

fn too_little<S: Signature<In: Sized>>(examples: &[&Example<S::In>]) -> Refused {
    let lapses = examples.iter().filter(|example| example.lapsed).count();
    Refused::TooLittle { n: examples.len(), lapses }
}

/// Fits a logistic model, intercept first, by Newton's method, each coefficient pulled toward where
/// it starts.
fn newton(rows: &[Vec<f64>], lapsed: &[bool], start: &[f64], pull: &[f64]) -> Vec<f64> {
    let n = start.len();
    let mut now = start.to_vec();
    for _ in 0..STEPS {
        let mut gradient: Vec<f64> = (0..n).map(|i| pull[i] * (now[i] - start[i])).collect();
        let mut curvature = vec![vec![0.0; n]; n];
        for (i, row) in curvature.iter_mut().enumerate() {
            row[i] = pull[i];
        }
        for (row, lapsed) in rows.iter().zip(lapsed) {
            let inputs: Vec<f64> = [1.0].into_iter().chain(row.iter().copied()).collect();
            let log_odds = inputs.iter().zip(&now).map(|(x, weight)| x * weight).sum::<f64>();
            let p = sigmoid(log_odds);
            let (error, weight) = (p - f64::from(u8::from(*lapsed)), p * (1.0 - p));
            for ((x, gradient), curvature) in inputs.iter().zip(&mut gradient).zip(&mut curvature) {
                *gradient += error * x;
                for (other, curvature) in inputs.iter().zip(curvature) {
                    *curvature += weight * x * other;
                }
            }
        }
        let Some(change) = solved(curvature, gradient) else { break };
        let mut largest: f64 = 0.0;
        for (value, change) in now.iter_mut().zip(change) {
            // A step of more than one unit of log-odds overshoots where the data separate.
            *value -= change.clamp(-1.0, 1.0);
            largest = largest.max(change.abs());
        }
        if largest < 1e-10 {
            break;
        }
    }
    now
}

/// Solves a symmetric system by elimination with pivots; `None` where it has no single solution.
fn solved(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let n = right.len();
    for at in 0..n {
        let pivot = (at..n).max_by(|a, b| matrix[*a][at].abs().total_cmp(&matrix[*b][at].abs()))?;
        if matrix[pivot][at].abs() < 1e-12 {
            return None;
        }
        matrix.swap(at, pivot);
        right.swap(at, pivot);
        for row in at + 1..n {
            let factor = matrix[row][at] / matrix[at][at];
            let pivot = matrix[at].clone();
            for (value, pivot) in matrix[row].iter_mut().zip(pivot).skip(at) {
                *value -= factor * pivot;
            }
            right[row] -= factor * right[at];
        }
    }
    for at in (0..n).rev() {
        let known: f64 = (at + 1..n).map(|column| matrix[at][column] * right[column]).sum();
        right[at] = (right[at] - known) / matrix[at][at];
    }
    Some(right)
}
