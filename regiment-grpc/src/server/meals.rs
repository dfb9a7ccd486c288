//! Compiled meals as a coach reads them.

use regiment_core::Library;
use regiment_core::record::{CompiledDay, CompiledPlan, MacroGap, Macros, MealOrder, Portion};
use regiment_proto::v1;

use super::convert::{proto_instant, saturating};

/// Shows a compiled cycle.
pub(super) fn plan(library: &Library, plan: CompiledPlan) -> v1::CompiledPlan {
    let CompiledPlan {
        user_id: _,
        cycle_start,
        template_id,
        template_version,
        choice,
        macros,
        days,
        compiled_at,
        without: _,
        inputs: _,
    } = plan;
    v1::CompiledPlan {
        cycle_start_date: cycle_start.to_string(),
        meal_template_id: template_id.to_string(),
        template_version: saturating(template_version),
        choice: choice.to_string(),
        macros: Some(shown_macros(macros)),
        days: days.into_iter().map(|of_day| day(library, of_day)).collect(),
        compile_time: Some(proto_instant(compiled_at)),
    }
}

/// Shows a compiled day, with what it holds.
pub(super) fn day(library: &Library, day: CompiledDay) -> v1::CompiledDay {
    let CompiledDay { day_index, meals, gaps, proven_best: _ } = day;
    let totals = totals(library, &meals);
    v1::CompiledDay {
        day_index: day_index.into(),
        meals: meals.into_iter().map(meal).collect(),
        totals: Some(totals),
        gaps: gaps.into_iter().map(gap).collect(),
    }
}

pub(super) fn shown_macros(macros: Macros) -> v1::Macros {
    let Macros { protein, carbs, fats } = macros;
    v1::Macros { protein: protein.get().into(), carbs: carbs.get().into(), fats: fats.get().into() }
}

fn meal(meal: MealOrder) -> v1::CompiledMeal {
    let MealOrder { meal_id, portions } = meal;
    v1::CompiledMeal {
        meal_id: meal_id.to_string(),
        portions: portions.into_iter().map(portion).collect(),
    }
}

fn portion(portion: Portion) -> v1::Portion {
    let Portion { food, grams, units } = portion;
    v1::Portion { food, grams: saturating(grams), units: units.map_or(0, saturating) }
}

fn gap(gap: MacroGap) -> v1::MacroGap {
    let MacroGap { name, target_grams, actual_grams, why } = gap;
    v1::MacroGap { r#macro: name, target_grams, actual_grams, reason: why }
}

/// Sums the macros of meals up, in whole grams. A food that the library no longer has adds nothing.
fn totals(library: &Library, meals: &[MealOrder]) -> v1::Macros {
    let portions = meals.iter().flat_map(|meal| &meal.portions);
    let held = portions.filter_map(|portion| {
        let food = library.food_named(&portion.food).one()?;
        let hundreds = f64::from(portion.grams) / 100.0;
        Some([food.protein, food.carbs, food.fats].map(|per_100| per_100 * hundreds))
    });
    let sums =
        held.fold([0.0; 3], |[p, c, f], [protein, carbs, fats]| [p + protein, c + carbs, f + fats]);
    #[expect(clippy::cast_possible_truncation, reason = "a day's grams, far below the limit")]
    let [protein, carbs, fats] = sums.map(|grams: f64| grams.round() as i32);
    v1::Macros { protein, carbs, fats }
}
