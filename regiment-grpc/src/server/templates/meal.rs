//! Meal templates, as requests hold them and as coaches read them.

use regiment_core::Library;
use regiment_core::record::{
    DayOfMeals, Goal, Ingredient, Meal, MealItem, MealTemplate, ShoppingList,
};
use regiment_core::regiment::Assigned;
use regiment_proto::v1;
use tonic::Status;

use super::check_mask;
use crate::server::convert::{self, Twin as _, saturating};
use crate::status::Violations;

/// What can be written.
const FIELDS: [&str; 5] = ["display_name", "goal", "days", "ingredients", "instructions"];

pub(super) fn create(from: &v1::MealTemplate, library: &Library) -> Result<MealTemplate, Status> {
    let mut violations = Violations::default();
    let id = violations.check("meal_template.template_id", from.template_id.parse());
    let goal = violations.check("meal_template.goal", goal(from.goal));
    let days = read_days(&from.days, library, &mut violations);
    violations.done()?;
    let (template_id, goal) = id.zip(goal).expect("neither was refused");
    Ok(MealTemplate {
        template_id,
        name: from.display_name.clone(),
        goal,
        days,
        shopping_list: ShoppingList {
            ingredients: ingredients(&from.ingredients),
            instructions: from.instructions.clone(),
        },
        version: 0,
    })
}

pub(super) fn update(
    held: MealTemplate,
    from: &v1::MealTemplate,
    mask: &[String],
    library: &Library,
) -> Result<MealTemplate, Status> {
    let mut violations = Violations::default();
    check_mask(mask, &FIELDS, &mut violations);
    let wants = |path: &str, is_populated: bool| {
        if mask.is_empty() { is_populated } else { mask.iter().any(|asked| asked == path) }
    };
    let mut next = held;
    if wants("display_name", !from.display_name.is_empty()) {
        next.name.clone_from(&from.display_name);
    }
    if wants("goal", from.goal != 0)
        && let Some(goal) = violations.check("meal_template.goal", goal(from.goal))
    {
        next.goal = goal;
    }
    if wants("days", !from.days.is_empty()) {
        next.days = read_days(&from.days, library, &mut violations);
    }
    if wants("ingredients", !from.ingredients.is_empty()) {
        next.shopping_list.ingredients = ingredients(&from.ingredients);
    }
    if wants("instructions", !from.instructions.is_empty()) {
        next.shopping_list.instructions.clone_from(&from.instructions);
    }
    violations.done()?;
    Ok(next)
}

/// Reads the goals of a filter.
pub(super) fn goals(numbers: &[i32]) -> Result<Vec<Goal>, Status> {
    let mut violations = Violations::default();
    let goals = numbers.iter().filter_map(|&number| violations.check("goals", goal(number)));
    let goals = goals.collect();
    violations.done()?;
    Ok(goals)
}

pub(super) fn shown(
    library: &Library,
    assigned: &Assigned,
    template: MealTemplate,
) -> v1::MealTemplate {
    let allergens = library.allergens_in(&template).into_iter().map(str::to_owned).collect();
    let MealTemplate { template_id, name, goal, days, shopping_list, version } = template;
    let ShoppingList { ingredients, instructions } = shopping_list;
    let ingredients = ingredients.into_iter();
    v1::MealTemplate {
        name: format!("mealTemplates/{template_id}"),
        display_name: name,
        goal: v1::Goal::from_record(goal).into(),
        days: days.into_iter().map(shown_day).collect(),
        ingredients: ingredients
            .map(|Ingredient { food, grams }| v1::Ingredient { food, grams })
            .collect(),
        instructions,
        version: saturating(version),
        allergens,
        clients: saturating(assigned.meals.get(&template_id).copied().unwrap_or_default()),
        template_id: template_id.to_string(),
        etag: version.to_string(),
    }
}

fn shown_day(day: DayOfMeals) -> v1::DayOfMeals {
    let DayOfMeals { day_index, meals } = day;
    let meals = meals.into_iter().map(|Meal { meal_id, items }| v1::Meal {
        meal_id: meal_id.to_string(),
        items: items.into_iter().map(shown_item).collect(),
    });
    v1::DayOfMeals { day_index: day_index.into(), meals: meals.collect() }
}

fn shown_item(item: MealItem) -> v1::MealItem {
    let MealItem { food, raw_grams, food_id, min_grams, max_grams } = item;
    let food_id = food_id.map(|id| id.to_string()).unwrap_or_default();
    v1::MealItem { food, food_id, raw_grams, min_grams, max_grams }
}

fn goal(number: i32) -> Result<Goal, regiment_core::Invalid> {
    convert::chosen::<Goal, v1::Goal>("goal", number, "cut, bulk or recomp")
}

fn ingredients(from: &[v1::Ingredient]) -> Vec<Ingredient> {
    from.iter()
        .map(|v1::Ingredient { food, grams }| Ingredient { food: food.clone(), grams: *grams })
        .collect()
}

/// Reads days as far as they are numbers and ids; the library checks what they mean.
fn read_days(
    days: &[v1::DayOfMeals],
    library: &Library,
    violations: &mut Violations,
) -> Vec<DayOfMeals> {
    let mut read = Vec::with_capacity(days.len());
    for (place, v1::DayOfMeals { day_index, meals }) in days.iter().enumerate() {
        let path = format!("meal_template.days[{place}]");
        let day_index = convert::small(*day_index, "1 to 7");
        let day_index = violations.check(&format!("{path}.day_index"), day_index);
        let mut of_day = Vec::with_capacity(meals.len());
        for (place, v1::Meal { meal_id, items }) in meals.iter().enumerate() {
            let path = format!("{path}.meals[{place}]");
            let meal_id = violations.check(&format!("{path}.meal_id"), meal_id.parse());
            let items = items.iter().enumerate().filter_map(|(place, item)| {
                read_item(&format!("{path}.items[{place}]"), item, library, violations)
            });
            let items = items.collect();
            of_day.extend(meal_id.map(|meal_id| Meal { meal_id, items }));
        }
        read.extend(day_index.map(|day_index| DayOfMeals { day_index, meals: of_day }));
    }
    read
}

fn read_item(
    path: &str,
    item: &v1::MealItem,
    library: &Library,
    violations: &mut Violations,
) -> Option<MealItem> {
    let v1::MealItem { food, food_id, raw_grams, min_grams, max_grams } = item.clone();
    let food_id = if food_id.is_empty() {
        None
    } else {
        Some(violations.check(&format!("{path}.food_id"), food_id.parse())?)
    };
    // An id alone says which food it is.
    let known = food_id.as_ref().filter(|_| food.is_empty()).and_then(|id| library.foods.get(id));
    let food = known.map_or(food, |known| known.name.clone());
    Some(MealItem { food, raw_grams, food_id, min_grams, max_grams })
}
