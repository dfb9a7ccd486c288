//! The compiler: a template and a client's macros become a week that a kitchen scale can serve.
//!
//! Per day, every item is scaled by the ratio of the target's energy to the template day's, and
//! then moved as little as brings protein, carbs and fats within tolerance. The same template,
//! macros, foods and policy always give the same plan, in whatever order a meal lists its foods.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::{
    solve::{self, Bands, Item, Three},
    why,
};
use crate::{
    Invalid, Library, Slug,
    library::Food,
    policy::MealPolicy,
    record::{CompiledDay, CompiledPlan, Macros, Meal, MealOrder, MealTemplate, Portion},
};

/// Compiles the day of a template for a day of the cycle (1 is Tuesday).
///
/// # Errors
/// [`Invalid`] when the template fails [`Library::check_meals`].
pub fn day(
    template: &MealTemplate,
    cycle_day: u8,
    macros: Macros,
    library: &Library,
    policy: &MealPolicy,
) -> Result<CompiledDay, Invalid> {
    library.check_meals(template)?;
    let kitchen = Kitchen { library, policy, without: &BTreeSet::new() };
    Ok(kitchen.day(template, cycle_day, macros))
}

/// A compiled cycle, before it is a client's plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Week {
    /// Seven days, Tuesday first.
    pub days: Vec<CompiledDay>,
    /// A digest of everything the compiler read.
    pub inputs: String,
}

/// What the compiler works with.
#[derive(Clone, Copy)]
pub(super) struct Kitchen<'a> {
    pub(super) library: &'a Library,
    pub(super) policy: &'a MealPolicy,
    /// Allergens whose foods are left off the plate.
    pub(super) without: &'a BTreeSet<String>,
}

impl Kitchen<'_> {
    /// Compiles a template that passed its check. A week of the same inputs is taken over from
    /// `running` instead of being solved again.
    pub(super) fn week(
        self,
        template: &MealTemplate,
        macros: Macros,
        running: &[CompiledPlan],
    ) -> Week {
        let inputs = self.digest(template, macros);
        let days = match running.iter().find(|plan| plan.inputs == inputs) {
            Some(plan) => plan.days.clone(),
            None => (1..=7).map(|index| self.day(template, index, macros)).collect(),
        };
        Week { days, inputs }
    }

    /// Compiles one day of a template that passed its check.
    pub(super) fn day(self, template: &MealTemplate, cycle_day: u8, macros: Macros) -> CompiledDay {
        let mut plates = self.plates(template, cycle_day);
        // Items are solved in an order of their own, so that the template's makes no difference.
        plates.sort_by(|a, b| a.key().cmp(&b.key()));
        let targets = targets(macros);
        let items = items(&plates, targets);
        let bands = bands(targets, self.policy);
        let solved = solve::solve(&items, &bands, self.policy.node_limit);
        let gaps = why::gaps(&plates, &items, &bands, targets, &solved.steps);
        let mut served: Vec<_> = plates.iter().zip(solved.steps).collect();
        served.sort_by_key(|(plate, _)| plate.place);
        let mut meals: Vec<MealOrder> = Vec::new();
        for (plate, steps) in served {
            let portion = plate.portion(steps);
            match meals.last_mut().filter(|meal| &meal.meal_id == plate.meal_id) {
                Some(meal) => meal.portions.push(portion),
                None => meals
                    .push(MealOrder { meal_id: plate.meal_id.clone(), portions: vec![portion] }),
            }
        }
        CompiledDay { day_index: cycle_day, meals, gaps, proven_best: solved.proven }
    }

    /// The items of a day, in the template's order.
    fn plates<'t>(&'t self, template: &'t MealTemplate, cycle_day: u8) -> Vec<Plate<'t>> {
        let meals = template.day(cycle_day).map_or(&[][..], |day| &day.meals);
        let items = meals.iter().flat_map(|meal| meal.items.iter().map(move |item| (meal, item)));
        items
            .filter_map(|(meal, item)| Some((meal, item, self.library.food_of(item)?)))
            .filter(|(_, _, food)| !food.allergens.iter().any(|held| self.without.contains(held)))
            .enumerate()
            .map(|(place, (meal, item, food))| {
                let grams = |grams: f64| milligrams(grams) / 1_000;
                let raw = milligrams(item.raw_grams).max(1);
                let step = i64::from(food.unit_grams.unwrap_or(self.policy.step_grams).max(1));
                // A template knows better than the food's own bounds what it wants.
                let least = item
                    .min_grams
                    .map_or_else(|| i64::from(food.min_grams).min(raw / 1_000), grams);
                let most = item.max_grams.map_or_else(
                    || i64::from(food.max_grams).max(raw / 1_000 + i64::from(raw % 1_000 > 0)),
                    grams,
                );
                let min = (least + step - 1) / step;
                Plate {
                    place,
                    meal_id: &meal.meal_id,
                    food,
                    raw,
                    step,
                    min,
                    max: (most / step).max(min),
                    per_gram: [food.protein, food.carbs, food.fats].map(hundredths),
                }
            })
            .collect()
    }

    fn digest(self, template: &MealTemplate, macros: Macros) -> String {
        let mut hash = Sha256::new();
        for index in 1..=7 {
            for plate in self.plates(template, index) {
                hash.update(plate.meal_id.as_str());
                hash.update([0]);
                hash.update(&plate.food.name);
                let Plate { raw, step, min, max, per_gram, .. } = plate;
                for number in [raw, step, min, max].into_iter().chain(per_gram) {
                    hash.update(number.to_le_bytes());
                }
            }
            hash.update([index]);
        }
        for number in targets(macros).into_iter().chain([
            tolerance(self.policy),
            i64::from(self.policy.node_limit),
            // Counts changes of the compiler itself.
            1,
        ]) {
            hash.update(number.to_le_bytes());
        }
        format!("{:x}", hash.finalize())
    }
}

/// One item of a day, in whole numbers.
pub(super) struct Plate<'a> {
    /// Its place in the template's day.
    place: usize,
    pub(super) meal_id: &'a Slug<Meal>,
    pub(super) food: &'a Food,
    /// The template's amount, milligrams.
    raw: i64,
    /// Grams that one step weighs.
    pub(super) step: i64,
    min: i64,
    max: i64,
    /// What a gram brings, in tenths of a milligram.
    per_gram: Three,
}

impl Plate<'_> {
    fn key(&self) -> (&Slug<Meal>, &Slug<Food>, i64, i64, i64) {
        (self.meal_id, &self.food.food_id, self.raw, self.min, self.max)
    }

    fn portion(&self, steps: i64) -> Portion {
        let whole = |n: i64| u32::try_from(n).expect("amounts are neither negative nor huge");
        Portion {
            food: self.food.name.clone(),
            grams: whole(steps * self.step),
            units: self.food.unit_grams.map(|_| whole(steps)),
        }
    }
}

/// Tenths of a milligram in a gram.
pub(super) const GRAM: i64 = 10_000;

fn targets(macros: Macros) -> Three {
    let Macros { protein, carbs, fats } = macros;
    [protein, carbs, fats].map(|grams| i64::from(grams) * GRAM)
}

/// The solver's items: the template's proportions, scaled to the target's energy.
fn items(plates: &[Plate<'_>], targets: Three) -> Vec<Item> {
    const KCAL: Three = [4, 4, 9];
    let energy = |macros: Three| -> i128 {
        macros.iter().zip(KCAL).map(|(amount, kcal)| i128::from(amount * kcal)).sum()
    };
    let wanted = energy(targets);
    // In thousandths of the target's unit, since the template's amounts are milligrams.
    let held: i128 =
        plates.iter().map(|plate| energy(plate.per_gram) * i128::from(plate.raw)).sum();
    plates
        .iter()
        .map(|plate| {
            let scaled = i128::from(plate.raw) * 1_000 * wanted / held.max(1);
            let scaled = if held == 0 { i128::from(plate.raw) } else { scaled };
            Item {
                per_step: plate.per_gram.map(|brings| brings * plate.step),
                min: plate.min,
                max: plate.max,
                wanted: i64::try_from(scaled / i128::from(plate.step))
                    .unwrap_or(i64::MAX / 1_000)
                    .clamp(1, 1_000_000_000),
            }
        })
        .collect()
}

fn bands(targets: Three, policy: &MealPolicy) -> Bands {
    let tolerance = tolerance(policy);
    Bands {
        low: targets.map(|target| (target * (10_000 - tolerance) + 9_999) / 10_000),
        high: targets.map(|target| target * (10_000 + tolerance) / 10_000),
    }
}

/// The tolerance in hundredths of a percent.
fn tolerance(policy: &MealPolicy) -> i64 {
    hundredths(policy.tolerance_percent)
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be at most a few thousand")]
fn hundredths(figure: f64) -> i64 {
    (figure * 100.0).round() as i64
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be at most 5000 g")]
fn milligrams(grams: f64) -> i64 {
    (grams * 1_000.0).round() as i64
}
