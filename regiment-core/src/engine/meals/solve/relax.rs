//! The linear relaxation of a day: parts of a step are allowed.
//!
//! Departures are linear between whole steps, so a basic solution has no more broken items than
//! there are macros, and the search has little to decide.

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

use super::{Day, Node, ONE, PRICE, PRIORITY, totals};

/// An amount this near to a whole number of steps is that number.
const WHOLE: f64 = 1e-6;

/// The most broken items whose roundings are all tried.
const ROUNDED: usize = 6;

impl Day<'_> {
    /// Solves the relaxation within bounds; `None` when the solver finds no answer, which bounds
    /// that hold at least one amount do not let happen.
    pub(super) fn relax(&self, bounds: Vec<(i64, i64)>, opened: u32) -> Option<Node> {
        let (amounts, objective, is_outside) = self.program(&bounds, Costs::All)?;
        let start = self.nearest(&bounds);
        let base: i64 = self.departures.iter().zip(&start).map(|(d, n)| d.cost(*n)).sum();
        #[expect(clippy::cast_possible_truncation, reason = "a bound is far below 2^53")]
        let bound = base + (objective * as_float(ONE)).floor() as i64;
        Some(Node { bound, opened, bounds, amounts, is_outside })
    }

    /// Returns whether parts of steps would bring every macro into its band.
    pub(super) fn fits_relaxed(&self) -> bool {
        let bounds: Vec<_> = self.items.iter().map(|item| (item.min, item.max)).collect();
        self.program(&bounds, Costs::OutsideOnly).is_some_and(|(_, _, is_outside)| !is_outside)
    }

    /// Returns the best of the whole amounts next to a relaxation's.
    pub(super) fn rounded(&self, node: &Node) -> Vec<i64> {
        let floor: Vec<i64> = node.amounts.iter().map(|amount| floor(*amount)).collect();
        let broken: Vec<usize> =
            (0..floor.len()).filter(|item| fraction(node.amounts[*item]) > 0.0).collect();
        let choices = 0..1_u32 << broken.len().min(ROUNDED);
        let tried = choices.map(|choice| {
            let mut steps = floor.clone();
            for (bit, item) in broken.iter().enumerate().take(ROUNDED) {
                steps[*item] += i64::from(choice >> bit & 1);
            }
            steps
        });
        tried.min_by_key(|steps| self.cost(steps)).unwrap_or(floor)
    }

    /// Returns the item to split a node at, and the amount that divides it: where rounding costs
    /// most. Coarse items (eggs, oil) are decided first, and the fine ones then fall into place.
    pub(super) fn split(&self, node: &Node) -> Option<(usize, i64)> {
        let mut best = None;
        let mut dearest = 0.0;
        for (item, amount) in node.amounts.iter().enumerate() {
            let fraction = fraction(*amount);
            let at = floor(*amount);
            let step = self.departures[item].cost(at + 1) - self.departures[item].cost(at);
            let dear = fraction.min(1.0 - fraction) * as_float(step.abs());
            if fraction > 0.0 && (best.is_none() || dear > dearest) {
                dearest = dear;
                best = Some((item, at));
            }
        }
        best
    }

    /// The allowed amounts nearest to the reference.
    fn nearest(&self, bounds: &[(i64, i64)]) -> Vec<i64> {
        let clamp = |(departure, (min, max)): (&super::Departure, &(i64, i64))| {
            departure.reference.clamp(*min, *max)
        };
        self.departures.iter().zip(bounds).map(clamp).collect()
    }

    /// Builds and solves the program; returns amounts, objective and whether a macro stays outside.
    fn program(&self, bounds: &[(i64, i64)], costs: Costs) -> Option<(Vec<f64>, f64, bool)> {
        let start = self.nearest(bounds);
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let mut rows: [Vec<(Variable, f64)>; 3] = std::array::from_fn(|_| Vec::new());
        let mut moves = Vec::new();
        for (item, (departure, bounds)) in self.departures.iter().zip(bounds).enumerate() {
            for segment in departure.segments(*bounds) {
                let cost = match costs {
                    Costs::All => as_float(segment.cost) / as_float(ONE),
                    Costs::OutsideOnly => 0.0,
                };
                let steps = problem.add_var(cost, (0.0, as_float(segment.steps)));
                for (m, row) in rows.iter_mut().enumerate() {
                    let brings = self.items[item].per_step[m] * segment.direction;
                    if brings != 0 {
                        row.push((steps, as_float(brings) / as_float(self.tolerance[m])));
                    }
                }
                moves.push((item, segment.direction, steps));
            }
        }
        let from = totals(self.items, &start);
        let mut beyond = Vec::with_capacity(6);
        for (m, mut row) in rows.into_iter().enumerate() {
            let tolerance = as_float(self.tolerance[m]);
            let price = as_float(PRICE * PRIORITY[m]) / as_float(ONE);
            let width = as_float(self.bands.high[m] - self.bands.low[m]) / tolerance;
            let below = problem.add_var(price, (0.0, f64::INFINITY));
            let above = problem.add_var(price, (0.0, f64::INFINITY));
            let within = problem.add_var(0.0, (0.0, width));
            row.extend([(below, 1.0), (above, -1.0), (within, -1.0)]);
            let missing = as_float(self.bands.low[m] - from[m]) / tolerance;
            problem.add_constraint(row, ComparisonOp::Eq, missing);
            beyond.extend([below, above]);
        }
        let solution = problem.solve().ok()?;
        let mut amounts: Vec<f64> = start.into_iter().map(as_float).collect();
        for (item, direction, steps) in moves {
            amounts[item] += solution[steps] * as_float(direction);
        }
        let is_outside = beyond.into_iter().any(|off| solution[off] > WHOLE);
        Some((amounts, solution.objective(), is_outside))
    }
}

/// What a program minimizes.
#[derive(Clone, Copy)]
enum Costs {
    All,
    OutsideOnly,
}

fn fraction(amount: f64) -> f64 {
    let fraction = amount - (amount + WHOLE).floor();
    if fraction < WHOLE { 0.0 } else { fraction }
}

#[expect(clippy::cast_possible_truncation, reason = "amounts are a few hundred steps")]
fn floor(amount: f64) -> i64 {
    (amount + WHOLE).floor() as i64
}

#[expect(clippy::cast_precision_loss, reason = "every figure is far below 2^53")]
fn as_float(n: i64) -> f64 {
    n as f64
}
