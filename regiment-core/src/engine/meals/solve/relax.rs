//! The linear relaxation of a day: parts of a step are allowed.
//!
//! Departures are linear between whole steps, so a basic solution has no more broken items than
//! there are macros, and the search has little to decide. The program is built once; each node of
//! the search adds one bound to its parent's solution, from which the solver goes on.

use microlp::{ComparisonOp, OptimizationDirection, Problem, Solution, Variable};

use super::{Day, Node, ONE, PRICE, PRIORITY, totals};

/// An amount this near to a whole number of steps is that number.
const WHOLE: f64 = 1e-6;

/// The most broken items whose roundings are all tried.
const ROUNDED: usize = 6;

/// The program of a day.
pub(super) struct Program {
    /// The variables that move each item away from its reference, each with its direction.
    moves: Vec<Vec<(Variable, f64)>>,
    /// The variables that count how far each macro is outside its band.
    outside: Vec<Variable>,
    problem: Problem,
}

/// What a program minimizes.
#[derive(Clone, Copy)]
pub(super) enum Costs {
    /// Departures, and what is outside the bands.
    All,
    /// What is outside the bands alone.
    OutsideOnly,
}

/// On which side of an amount a child of a node lies.
#[derive(Clone, Copy)]
pub(super) enum Side {
    /// At most the amount.
    UpTo(i64),
    /// At least the amount.
    From(i64),
}

impl Program {
    pub(super) fn new(day: &Day<'_>, costs: Costs) -> Self {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let mut rows: [Vec<(Variable, f64)>; 3] = std::array::from_fn(|_| Vec::new());
        let mut moves = Vec::with_capacity(day.items.len());
        for (item, departure) in day.items.iter().zip(&day.departures) {
            let mut columns = Vec::new();
            for segment in departure.segments((item.min, item.max)) {
                let cost = match costs {
                    Costs::All => as_float(segment.cost) / as_float(ONE),
                    Costs::OutsideOnly => 0.0,
                };
                let steps = problem.add_var(cost, (0.0, as_float(segment.steps)));
                let direction = as_float(segment.direction);
                for (m, row) in rows.iter_mut().enumerate() {
                    if item.per_step[m] != 0 {
                        let brings = as_float(item.per_step[m]) * direction;
                        row.push((steps, brings / as_float(day.tolerance[m])));
                    }
                }
                columns.push((steps, direction));
            }
            moves.push(columns);
        }
        let from = totals(day.items, &day.reference());
        let mut outside = Vec::with_capacity(6);
        for (m, mut row) in rows.into_iter().enumerate() {
            let tolerance = as_float(day.tolerance[m]);
            let price = as_float(PRICE * PRIORITY[m]) / as_float(ONE);
            let width = as_float(day.bands.high[m] - day.bands.low[m]) / tolerance;
            let below = problem.add_var(price, (0.0, f64::INFINITY));
            let above = problem.add_var(price, (0.0, f64::INFINITY));
            let within = problem.add_var(0.0, (0.0, width));
            row.extend([(below, 1.0), (above, -1.0), (within, -1.0)]);
            let missing = as_float(day.bands.low[m] - from[m]) / tolerance;
            problem.add_constraint(row, ComparisonOp::Eq, missing);
            outside.extend([below, above]);
        }
        Self { moves, outside, problem }
    }

    /// Solves the whole day. There always is an answer: being outside is allowed, at its price.
    /// `None` means that the solver lost its way.
    pub(super) fn root(&self, day: &Day<'_>) -> Option<Node> {
        Some(self.node(day, self.problem.solve().ok()?, 0))
    }

    /// Solves the part of a node that lies on one side of an amount of an item.
    pub(super) fn child(
        &self,
        day: &Day<'_>,
        node: &Node,
        item: usize,
        side: Side,
        opened: u32,
    ) -> Option<Node> {
        let (op, at) = match side {
            Side::UpTo(at) => (ComparisonOp::Le, at),
            Side::From(at) => (ComparisonOp::Ge, at),
        };
        let beyond = as_float(at - day.departures[item].reference);
        let solution = node.solution.clone();
        let solution = solution.add_constraint(&self.moves[item], op, beyond).ok()?;
        Some(self.node(day, solution, opened))
    }

    fn node(&self, day: &Day<'_>, solution: Solution, opened: u32) -> Node {
        let away = |moves: &Vec<(Variable, f64)>| -> f64 {
            moves.iter().map(|(steps, direction)| solution[*steps] * direction).sum()
        };
        let amounts = day
            .departures
            .iter()
            .zip(&self.moves)
            .map(|(departure, moves)| as_float(departure.reference) + away(moves))
            .collect();
        #[expect(clippy::cast_possible_truncation, reason = "a bound is far below 2^53")]
        let bound = (solution.objective() * as_float(ONE)).floor() as i64;
        let is_outside = self.outside.iter().any(|off| solution[*off] > WHOLE);
        Node { bound, opened, amounts, is_outside, solution }
    }
}

impl Day<'_> {
    /// Returns whether parts of steps would bring every macro into its band.
    pub(super) fn fits_relaxed(&self) -> bool {
        let root = Program::new(self, Costs::OutsideOnly).root(self);
        root.is_some_and(|root| !root.is_outside)
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

    /// Returns the item to split a node at, and the whole amount below its own: where rounding
    /// costs most. Coarse items (eggs, oil) are decided first, and the fine ones then fall into
    /// place.
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
