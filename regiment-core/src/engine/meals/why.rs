//! Why a day misses a macro, and the smallest change that would mend it.

use super::{
    compile::{GRAM, Plate},
    solve::{self, Bands, Item, Three},
};
use crate::record::MacroGap;

/// Programs that one trial of another bound may cost.
const TRIAL: u32 = 60;

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
    let mut best: Option<(i64, usize, i64)> = None;
    for (place, item) in items.iter().enumerate() {
        if steps[place] != item.min && steps[place] != item.max {
            continue;
        }
        let mut opened = items.to_vec();
        opened[place].min = 0;
        opened[place].max = item.max * 3 + 3;
        // Every other amount stays within its bounds; the opened one moves as little as it must.
        let solved = solve::solve(&opened, bands, TRIAL);
        if solve::outside(bands, solve::totals(items, &solved.steps)) != [0; 3] {
            continue;
        }
        let amount = nearest_that_fits(&opened, bands, place, item, solved.steps[place]);
        let beyond = (item.min - amount).max(amount - item.max) * plates[place].step;
        if best.is_none_or(|(least, _, _)| beyond < least) {
            best = Some((beyond, place, amount));
        }
    }
    match best {
        None => "no single amount mends it: the template needs other foods".to_owned(),
        Some((_, place, amount)) => {
            let bound = if amount < items[place].min { "from" } else { "up to" };
            let Plate { food, meal_id, step, .. } = &plates[place];
            format!("{} of {meal_id} {bound} {} g would mend it", food.name, amount * step)
        }
    }
}

/// Walks the opened amount back towards its bound for as long as the day still fits.
fn nearest_that_fits(
    opened: &[Item],
    bands: &Bands,
    place: usize,
    item: &Item,
    amount: i64,
) -> i64 {
    let (mut outer, mut inner) =
        if amount > item.max { (amount, item.max) } else { (amount, item.min) };
    let mut trial = opened.to_vec();
    while (outer - inner).abs() > 1 {
        let middle = i64::midpoint(outer, inner);
        trial[place].min = middle;
        trial[place].max = middle;
        let solved = solve::solve(&trial, bands, TRIAL);
        if solve::outside(bands, solve::totals(&trial, &solved.steps)) == [0; 3] {
            outer = middle;
        } else {
            inner = middle;
        }
    }
    outer
}

#[expect(clippy::cast_precision_loss, reason = "a day's macros are far below 2^53")]
fn grams(amount: i64) -> f64 {
    amount as f64 / GRAM as f64
}
