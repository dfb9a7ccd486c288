//! From sets to top sets: of each exercise on each date, one set stands.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::reading::{Lifted, Mass, SetKind};

/// How many sets do not stand, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Warm-ups.
    pub warm_ups: usize,
    /// Drop sets.
    pub drops: usize,
    /// Working sets without a completed repetition.
    pub no_reps: usize,
    /// Working sets below the top set of their day.
    pub below_top: usize,
}

/// Picks, per date and exercise, the working set with the highest e1RM (Epley; the weight itself for
/// one repetition), and returns its position among the given sets. Equal e1RMs are decided by weight,
/// then by repetitions, then by who comes first.
///
/// `K` tells exercises apart: two names of one exercise must have one key.
pub fn top_sets<'a, K: Ord>(
    sets: impl IntoIterator<Item = (K, &'a Lifted)>,
) -> (BTreeMap<(Date, K), usize>, LeftOut) {
    let mut tops: BTreeMap<(Date, K), (usize, &'a Lifted)> = BTreeMap::new();
    let mut left_out = LeftOut::default();
    for (at, (exercise, set)) in sets.into_iter().enumerate() {
        match set.kind {
            SetKind::WarmUp => left_out.warm_ups += 1,
            SetKind::Drop => left_out.drops += 1,
            SetKind::Working | SetKind::Failure if set.reps == 0 => left_out.no_reps += 1,
            SetKind::Working | SetKind::Failure => {
                tops.entry((set.date, exercise))
                    .and_modify(|top| {
                        left_out.below_top += 1;
                        if strength(set) > strength(top.1) {
                            *top = (at, set);
                        }
                    })
                    .or_insert((at, set));
            }
        }
    }
    (tops.into_iter().map(|(key, (at, _))| (key, at)).collect(), left_out)
}

/// What sets are compared by: e1RM, weight, repetitions.
fn strength(set: &Lifted) -> (f64, f64, u32) {
    let e1rm = set.top_set().and_then(|top| top.e1rm()).unwrap_or(0.0);
    (e1rm, set.weight.map_or(0.0, Mass::kg), set.reps)
}
