//! Why a day misses a macro, and the smallest change that would mend it.

use super::{
    compile::{GRAM, Plate},
    solve::{self, Bands, Item, Three},
};
use crate::record::MacroGap;

/// Programs that the trial of another bound may cost.
const TRIAL: u32 = 200;

/// Explains each macro that the amounts leave outside its band; empty when all are within.
pub(super) fn gaps(
    plates: &[Plate<'_>],
    items: &[Item],
    bands: &Bands,
    targets: Three,
    steps: &[i64],
) -> Vec<MacroGap> {
    let totals = solve::totals(items, steps);
    let off = solve::outside(bands, totals);
    if off == [0; 3] {
        return Vec::new();
    }
    let remedy = remedy(plates, items, bands, steps);
    (0..3)
        .filter(|m| off[*m] != 0)
        .map(|m| {
            let limits = limits(plates, items, steps, m, off[m]);
            let (side, band) =
                if off[m] < 0 { ("below", bands.low[m]) } else { ("above", bands.high[m]) };
            MacroGap {
                name: ["protein", "carbs", "fats"][m].to_owned(),
                target_grams: grams(targets[m]),
                actual_grams: grams(totals[m]),
                why: format!(
                    "{:.1} g {side} the {:.1} g that the tolerance allows{limits}; {remedy}",
                    grams(off[m].abs()),
                    grams(band),
                ),
            }
        })
        .collect()
}

/// The items that would bring more (or less) of a macro, were they not at their bounds already.
fn limits(plates: &[Plate<'_>], items: &[Item], steps: &[i64], m: usize, off: i64) -> String {
    let mut held: Vec<(i64, String)> = plates
        .iter()
        .zip(items)
        .zip(steps)
        .filter(|((_, item), n)| **n == if off < 0 { item.max } else { item.min })
        .filter(|((_, item), _)| item.per_step[m] > 0)
        .map(|((plate, item), n)| {
            let bound = if off < 0 { "most" } else { "least" };
            let text = format!("{} is at its {bound}, {} g", plate.food.name, n * plate.step);
            (item.per_step[m] * n, text)
        })
        .collect();
    held.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    match held.len() {
        0 => String::new(),
        n => {
            let shown: Vec<String> = held.into_iter().take(3).map(|(_, text)| text).collect();
            let rest = if n > 3 { format!(", and {} more", n - 3) } else { String::new() };
            format!(": {}{rest}", shown.join(", "))
        }
    }
}

/// The one bound whose smallest change brings every macro into its band, or that there is none.
fn remedy(plates: &[Plate<'_>], items: &[Item], bands: &Bands, steps: &[i64]) -> String {
    let mut remedies: Vec<(i64, usize, i64)> = Vec::new();
    for (place, item) in items.iter().enumerate() {
        // Only a bound that an amount has reached stands in the way.
        let ends = [(item.min, 0), (item.max, item.max * 3 + 3)];
        for (bound, end) in ends.into_iter().filter(|(bound, _)| *bound == steps[place]) {
            if let Some(amount) = nearest_that_fits(items, bands, place, bound, end) {
                remedies.push(((amount - bound).abs() * plates[place].step, place, amount));
            }
        }
    }
    remedies.sort_unstable();
    let holds = |&&(_, place, amount): &&(i64, usize, i64)| {
        let solved = solve::solve(&opened(items, place, amount), bands, TRIAL);
        solve::outside(bands, solve::totals(items, &solved.steps)) == [0; 3]
    };
    match remedies.iter().find(holds) {
        None => "no single amount mends it: the template needs other foods".to_owned(),
        Some(&(_, place, amount)) => {
            let bound = if amount < items[place].min { "from" } else { "up to" };
            let Plate { food, meal_id, step, .. } = &plates[place];
            format!("{} of {meal_id} {bound} {} g would mend it", food.name, amount * step)
        }
    }
}

/// Looks between a bound and the end it may be opened to for the nearest amount with which the
/// bands can be met, if parts of steps are allowed; whether whole steps do is asked of the best.
fn nearest_that_fits(
    items: &[Item],
    bands: &Bands,
    place: usize,
    bound: i64,
    end: i64,
) -> Option<i64> {
    let fits = |amount| solve::can_fit(&opened(items, place, amount), bands);
    if bound == end || !fits(end) {
        return None;
    }
    let (mut outer, mut inner) = (end, bound);
    while (outer - inner).abs() > 1 {
        let middle = i64::midpoint(outer, inner);
        if fits(middle) {
            outer = middle;
        } else {
            inner = middle;
        }
    }
    Some(outer)
}

/// The same items, with the bounds of one opened as far as an amount.
fn opened(items: &[Item], place: usize, amount: i64) -> Vec<Item> {
    let mut items = items.to_vec();
    items[place].min = items[place].min.min(amount);
    items[place].max = items[place].max.max(amount);
    items
}

#[expect(clippy::cast_precision_loss, reason = "a day's macros are far below 2^53")]
fn grams(amount: i64) -> f64 {
    amount as f64 / GRAM as f64
}
