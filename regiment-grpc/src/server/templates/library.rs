//! What templates are made of, and what becomes of them on a plate.

use regiment_core::engine::meals::compile;
use regiment_core::library::{Exercise, Food};
use regiment_core::record::{Macros, MealTemplate};
use regiment_core::regiment::Error;
use regiment_core::{Invalid, Library};
use regiment_proto::v1;
use regiment_proto::v1::{
    ListExercisesRequest, ListExercisesResponse, ListFoodsRequest, ListFoodsResponse,
    PreviewMealsRequest, PreviewMealsResponse,
};
use tonic::Status;

use super::{Templates, failed, meal, refused_in};
use crate::server::convert::{self, saturating};
use crate::server::{meals, page};
use crate::status::{self, Violations};

pub(super) async fn preview(
    templates: &Templates,
    asked: PreviewMealsRequest,
) -> Result<PreviewMealsResponse, Status> {
    let PreviewMealsRequest { meal_template, meal_template_id, macros, client, day_indexes } =
        asked;
    let library = templates.library().await?;
    let client = if client.is_empty() {
        None
    } else {
        let user_id = convert::user_id("client", &client)?;
        let found = templates.regiment.client(user_id).await.map_err(failed)?;
        Some(found.ok_or_else(|| failed(Error::UnknownClient))?)
    };
    let template: MealTemplate = if let Some(draft) = meal_template {
        let draft = meal::create(&draft, &library)?;
        library.adopt_meals(draft).map_err(|refused| refused_in("meal_template", &refused))?
    } else {
        let id = meal_template_id.parse();
        let id = id.map_err(|refused| status::invalid("meal_template_id", &refused))?;
        library.meal_templates.get(&id).cloned().ok_or_else(super::no_template)?
    };
    let mut violations = Violations::default();
    let macros = match (macros, client.as_ref().and_then(|client| client.macros)) {
        (Some(v1::Macros { protein, carbs, fats }), _) => {
            Macros::new(protein.into(), carbs.into(), fats.into())
        }
        (None, Some(assigned)) => Ok(assigned),
        (None, None) => {
            let accepted = "given where no client has any";
            Err(Invalid::new("macros", "absent", accepted))
        }
    };
    let macros = match macros {
        Ok(macros) => Some(macros),
        Err(refused) => {
            violations.add(refused.field(), &refused);
            None
        }
    };
    let days: Vec<u8> = if day_indexes.is_empty() {
        (1..=7).collect()
    } else {
        let days = day_indexes.into_iter().filter_map(|index| {
            let day = u8::try_from(index).ok().filter(|day| (1..=7).contains(day));
            let day = day.ok_or_else(|| Invalid::new("day_indexes", index, "1 to 7"));
            violations.check("day_indexes", day)
        });
        days.collect()
    };
    violations.done()?;
    let macros = macros.expect("they were not refused");
    let allergens = client.map_or_else(Vec::new, |client| {
        let held = library.allergens_in(&template);
        let of_client = client.allergens.into_iter();
        of_client.filter(|name| held.contains(name.trim().to_lowercase().as_str())).collect()
    });
    let policy = templates.regiment.policy().1;
    // Solving a week takes long enough to keep other calls waiting.
    let compiled = tokio::task::spawn_blocking(move || {
        let compiled = days.into_iter().map(|day| {
            let compiled = compile::day(&template, day, macros, &library, &policy.meals)?;
            Ok(meals::day(&library, compiled))
        });
        compiled.collect::<Result<Vec<_>, Invalid>>()
    });
    let compiled = compiled.await.map_err(|error| status::internal(&error))?;
    let days = compiled.map_err(|refused| refused_in("meal_template", &refused))?;
    Ok(PreviewMealsResponse { days, allergens })
}

pub(super) fn foods(
    library: &Library,
    mut filters: ListFoodsRequest,
) -> Result<ListFoodsResponse, Status> {
    let page = page::Page::read(&mut filters.page_size, &mut filters.page_token)?;
    let query = filters.query.trim().to_lowercase();
    let mut found: Vec<&Food> =
        library.foods.values().filter(|food| food.name.to_lowercase().contains(&query)).collect();
    found.sort_by_cached_key(|food| place_of_food(food));
    let (found, next_page_token) = page.of(&filters, found.into_iter(), place_of_food)?;
    Ok(ListFoodsResponse { foods: found.into_iter().map(food).collect(), next_page_token })
}

pub(super) fn exercises(
    library: &Library,
    mut filters: ListExercisesRequest,
) -> Result<ListExercisesResponse, Status> {
    let page = page::Page::read(&mut filters.page_size, &mut filters.page_token)?;
    let query = filters.query.trim().to_lowercase();
    let holds = |name: &String| name.to_lowercase().contains(&query);
    let mut found: Vec<&Exercise> = library
        .exercises
        .values()
        .filter(|one| holds(&one.name) || one.aliases.iter().any(holds))
        .collect();
    found.sort_by_cached_key(|one| place_of_exercise(one));
    let (found, next_page_token) = page.of(&filters, found.into_iter(), place_of_exercise)?;
    let exercises = found.into_iter().map(exercise).collect();
    Ok(ListExercisesResponse { exercises, next_page_token })
}

fn place_of_food(food: &Food) -> String {
    format!("{}\0{}", food.name, food.food_id)
}

fn place_of_exercise(exercise: &Exercise) -> String {
    format!("{}\0{}", exercise.name, exercise.exercise_id)
}

fn food(food: &Food) -> v1::Food {
    let Food {
        food_id,
        name,
        protein,
        carbs,
        fats,
        fiber,
        kcal,
        source,
        source_id: _,
        category,
        allergens,
        unit_grams,
        min_grams,
        max_grams,
    } = food.clone();
    v1::Food {
        food_id: food_id.to_string(),
        display_name: name,
        protein_grams: protein,
        carbs_grams: carbs,
        fats_grams: fats,
        fiber_grams: fiber,
        kcal,
        source,
        category,
        allergens,
        unit_grams: unit_grams.map_or(0, saturating),
        min_grams: saturating(min_grams),
        max_grams: saturating(max_grams),
    }
}

fn exercise(exercise: &Exercise) -> v1::Exercise {
    let Exercise { exercise_id, name, aliases, muscle_group, tags, bodyweight, video_url } =
        exercise.clone();
    v1::Exercise {
        exercise_id: exercise_id.to_string(),
        display_name: name,
        aliases,
        muscle_group,
        tags,
        bodyweight,
        video_url,
    }
}
