//! What it costs to serve another amount than the template's own.

use super::{Item, ONE};

/// How dear a departure is, by its size in percent of the wanted amount: each further part costs
/// more, so that a change is spread over the plate instead of doubling one food.
const BRACKETS: [(i64, i64); 4] = [(10, 1), (25, 2), (50, 4), (i64::MAX, 8)];

/// The departure of one item: 0 at the reference, convex, and linear between whole steps.
pub(super) struct Departure {
    /// The whole amount nearest to the wanted one, within the item's bounds.
    pub(super) reference: i64,
    /// Steps from the reference at which each bracket ends, and the cost of a step within it.
    brackets: [(i64, i64); BRACKETS.len()],
}

/// Steps on one side of the reference that cost the same each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    /// +1 above the reference, -1 below.
    pub(super) direction: i64,
    /// How many.
    pub(super) steps: i64,
    /// What each costs.
    pub(super) cost: i64,
}

impl Departure {
    pub(super) fn new(item: &Item) -> Self {
        let wanted = item.wanted.max(1);
        let brackets = BRACKETS.map(|(percent, slope)| {
            let end = if percent == i64::MAX { percent } else { wanted * percent / 100_000 };
            (end, slope * ONE * 1_000 / wanted)
        });
        Self { reference: ((wanted + 500) / 1_000).clamp(item.min, item.max), brackets }
    }

    pub(super) fn cost(&self, steps: i64) -> i64 {
        let away = (steps - self.reference).abs();
        let mut from = 0;
        let mut cost = 0;
        for (end, step_cost) in self.brackets {
            let end = end.min(away);
            cost += (end - from).max(0) * step_cost;
            from = from.max(end);
        }
        cost
    }

    /// The segments on both sides of the reference, as far as bounds that hold it reach.
    pub(super) fn segments(&self, (min, max): (i64, i64)) -> impl Iterator<Item = Segment> {
        let sides = [(1, max - self.reference), (-1, self.reference - min)];
        sides.into_iter().flat_map(move |(direction, reach)| {
            let mut from = 0;
            self.brackets.into_iter().filter_map(move |(end, cost)| {
                let steps = end.min(reach) - from;
                from += steps.max(0);
                (steps > 0).then_some(Segment { direction, steps, cost })
            })
        })
    }
}
