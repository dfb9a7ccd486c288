//! Solves one day for whole kitchen steps: branch and bound over linear programs, bounded by the
//! number of programs and never by time, so that the same day always gets the same plan.
//!
//! For each item `i` a whole number of steps `n` between its bounds, and for each macro `m`:
//!
//! ```text
//! minimize   Σ price(m) · outside(m)  +  OFF, where any macro is outside  +  Σ departure(i, n)
//! where      outside(m) = how far Σ per_step(i, m) · n(i) lies from low(m) ..= high(m)
//! ```
//!
//! `departure` counts how far an item is from its scaled template amount. The prices are so high
//! that a macro is never given up for a departure. All costs are integers, and the relaxation's
//! floating point only ever guides and bounds the search.

mod departure;
mod relax;

use std::{cmp::Ordering, collections::BinaryHeap};

use departure::Departure;
use relax::{Costs, Program, Side};

/// Protein, carbs and fats, in this order, in tenths of a milligram.
pub(super) type Three = [i64; 3];

/// An item as the solver sees it: amounts are whole steps.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// What one step brings.
    pub per_step: Three,
    /// The fewest steps that may be served.
    pub min: i64,
    /// The most steps that may be served.
    pub max: i64,
    /// The scaled template amount, in thousandths of a step; above zero.
    pub wanted: i64,
}

/// The band that each macro of the day must fall into.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bands {
    /// The least of each macro that is within tolerance.
    pub low: Three,
    /// The most of each macro that is within tolerance.
    pub high: Three,
}

/// The best amounts found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Solved {
    /// Steps of each item, in the order given.
    pub steps: Vec<i64>,
    /// True when no plan costs less by more than [`gap`].
    pub proven: bool,
    /// Linear programs that were solved.
    pub programs: u32,
}

/// The cost of a departure by one whole amount of one item.
const ONE: i64 = 1_000_000;

/// What one tolerance outside a band costs: more than any departure that could avoid it.
const PRICE: i64 = 10_000 * ONE;

/// What being outside any band costs, however little: more than all departures together.
const OFF: i64 = 1_000 * ONE;

/// A coach gives up carbs and fats before protein.
const PRIORITY: Three = [2, 1, 1];

/// A tolerance counts as no narrower than a gram: a target of 0 g has no 5%.
const NARROWEST: i64 = 10_000;

/// A difference in cost that is not worth a search: a hundredth, or a thousandth of one item.
pub(super) fn gap(cost: i64) -> i64 {
    (cost / 100).max(ONE / 1_000)
}

/// Solves a day, with no more than `limit` linear programs.
pub(super) fn solve(items: &[Item], bands: &Bands, limit: u32) -> Solved {
    let day = Day::new(items, bands);
    let mut best = day.improved(day.reference());
    let mut cost = day.cost(&best);
    if cost == 0 {
        return Solved { steps: best, proven: true, programs: 0 };
    }
    let program = Program::new(&day, Costs::All);
    let mut programs = 1;
    // A part of the search whose program the solver could not solve is neither searched nor ruled
    // out, so nothing is proven.
    let mut is_whole = true;
    let mut open = BinaryHeap::new();
    match program.root(&day) {
        Some(root) => open.push(root),
        None => is_whole = false,
    }
    // Added to every bound once it is known that no amounts fit.
    let mut unavoidable = 0;
    if open.peek().is_some_and(|root| root.is_outside) {
        programs += 1;
        unavoidable = if day.fits_relaxed() { 0 } else { OFF };
    }
    while let Some(node) = open.pop() {
        if node.bound + unavoidable + gap(cost) >= cost {
            open.clear();
            break;
        }
        let rounded = day.improved(day.rounded(&node));
        let found = day.cost(&rounded);
        if found < cost {
            (best, cost) = (rounded, found);
        }
        let Some((item, at)) = day.split(&node) else { continue };
        if programs + 2 > limit {
            open.push(node);
            break;
        }
        for side in [Side::UpTo(at), Side::From(at + 1)] {
            programs += 1;
            match program.child(&day, &node, item, side, programs) {
                Some(child) if child.bound + unavoidable + gap(cost) < cost => open.push(child),
                Some(_) => {}
                None => is_whole = false,
            }
        }
    }
    Solved { steps: best, proven: is_whole && open.is_empty(), programs }
}

/// Returns whether amounts within their bounds meet every band, parts of steps allowed.
pub(super) fn can_fit(items: &[Item], bands: &Bands) -> bool {
    Day::new(items, bands).fits_relaxed()
}

/// The total of each macro.
pub(super) fn totals(items: &[Item], steps: &[i64]) -> Three {
    let mut sum = [0; 3];
    for (item, n) in items.iter().zip(steps) {
        for (total, per_step) in sum.iter_mut().zip(item.per_step) {
            *total += per_step * n;
        }
    }
    sum
}

/// How far each macro is outside its band: below is negative, above is positive.
pub(super) fn outside(bands: &Bands, totals: Three) -> Three {
    std::array::from_fn(|m| (totals[m] - bands.high[m]).max(0) + (totals[m] - bands.low[m]).min(0))
}

/// The problem, with what is derived from it once.
struct Day<'a> {
    items: &'a [Item],
    bands: &'a Bands,
    departures: Vec<Departure>,
    /// The width of each tolerance, and the cost of a tenth of a milligram beyond it.
    tolerance: Three,
    price: Three,
}

/// A part of the search, and what its relaxation says.
struct Node {
    /// No plan within the part costs less.
    bound: i64,
    /// Breaks ties by the order in which nodes were opened.
    opened: u32,
    amounts: Vec<f64>,
    is_outside: bool,
    solution: microlp::Solution,
}

impl<'a> Day<'a> {
    fn new(items: &'a [Item], bands: &'a Bands) -> Self {
        let tolerance: Three =
            std::array::from_fn(|m| ((bands.high[m] - bands.low[m]) / 2).max(NARROWEST));
        Self {
            items,
            bands,
            departures: items.iter().map(Departure::new).collect(),
            tolerance,
            price: std::array::from_fn(|m| PRICE * PRIORITY[m] / tolerance[m]),
        }
    }

    fn reference(&self) -> Vec<i64> {
        self.departures.iter().map(|departure| departure.reference).collect()
    }

    fn cost(&self, steps: &[i64]) -> i64 {
        let away: i64 = self.departures.iter().zip(steps).map(|(d, n)| d.cost(*n)).sum();
        away + self.penalty(totals(self.items, steps))
    }

    fn penalty(&self, totals: Three) -> i64 {
        let off = outside(self.bands, totals);
        if off == [0; 3] {
            return 0;
        }
        OFF + off.iter().zip(self.price).map(|(off, price)| off.abs() * price).sum::<i64>()
    }

    /// Moves single items and pairs of items by a step for as long as that lowers the cost.
    fn improved(&self, mut steps: Vec<i64>) -> Vec<i64> {
        // Each pass costs the square of the items; none of the built-in templates needs ten.
        const PASSES: usize = 50;
        let mut moves = Vec::with_capacity(steps.len() * 2);
        for _ in 0..PASSES {
            let from = totals(self.items, &steps);
            let now = self.penalty(from);
            moves.clear();
            moves.extend((0..steps.len()).flat_map(|item| self.moves_of(item, steps[item])));
            let mut best = (0, None);
            for (position, first) in moves.iter().enumerate() {
                let after = first.apply(from);
                let gain = self.penalty(after) - now + first.cost;
                if gain < best.0 {
                    best = (gain, Some((*first, None)));
                }
                for second in &moves[position + 1..] {
                    let gain = self.penalty(second.apply(after)) - now + first.cost + second.cost;
                    if gain < best.0 && first.item != second.item {
                        best = (gain, Some((*first, Some(*second))));
                    }
                }
            }
            let Some((first, second)) = best.1 else { break };
            for step in std::iter::once(first).chain(second) {
                steps[step.item] += step.by;
            }
        }
        steps
    }

    fn moves_of(&self, item: usize, at: i64) -> impl Iterator<Item = Move> {
        let Item { per_step, min, max, .. } = self.items[item];
        let departure = &self.departures[item];
        [-1, 1].into_iter().filter(move |by| (min..=max).contains(&(at + by))).map(move |by| Move {
            item,
            by,
            cost: departure.cost(at + by) - departure.cost(at),
            brings: per_step.map(|macros| macros * by),
        })
    }
}

/// One item moved by one step.
#[derive(Clone, Copy)]
struct Move {
    item: usize,
    by: i64,
    cost: i64,
    brings: Three,
}

impl Move {
    fn apply(&self, totals: Three) -> Three {
        std::array::from_fn(|m| totals[m] + self.brings[m])
    }
}

/// The node with the lowest bound is the greatest: a heap gives it first.
impl Ord for Node {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.bound, other.opened).cmp(&(self.bound, self.opened))
    }
}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Node {}

#[cfg(test)]
mod tests;
