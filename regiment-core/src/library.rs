//! The exercise and food libraries, and the templates.
//!
//! What is not in here is never prescribed: [`Library::check_meals`] and
//! [`Library::check_training`] refuse templates with other foods and exercises. What ships is in
//! `library/data/`, and `docs/library.md` says where it comes from.

mod built_in;
mod check;
mod named;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Slug,
    record::{MealItem, MealTemplate, TrainingTemplate},
};

pub use named::Named;

/// A food, per 100 g raw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Food {
    /// The food's id.
    pub food_id: Slug<Food>,
    /// The kitchen name.
    pub name: String,
    /// Protein, g.
    pub protein: f64,
    /// Carbohydrates by difference, fiber included, g.
    pub carbs: f64,
    /// Fats, g.
    pub fats: f64,
    /// Dietary fiber, g; absent where the source reports none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiber: Option<f64>,
    /// Energy, kcal, the source's own figure.
    pub kcal: f64,
    /// Where the figures are from.
    pub source: String,
    /// The food's id there.
    pub source_id: String,
    /// The food group.
    pub category: String,
    /// Allergens it holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allergens: Vec<String>,
    /// Grams of one unit, where the kitchen counts instead of weighing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_grams: Option<u32>,
    /// The least of it that makes an item of a meal, raw grams; a template's item may say otherwise.
    #[serde(default)]
    pub min_grams: u32,
    /// The most of it that anybody eats in one meal, raw grams; a template's item may say otherwise.
    #[serde(default = "a_kilogram")]
    pub max_grams: u32,
}

/// An exercise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Exercise {
    /// `ex_<short>_<nnn>`.
    pub exercise_id: Slug<Exercise>,
    /// The canonical name.
    pub name: String,
    /// Other names, as exports of other programs have them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The primary muscle group.
    pub muscle_group: String,
    /// Equipment and kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether logs hold added load, which may be 0.
    #[serde(default)]
    pub bodyweight: bool,
    /// A video that was checked, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub video_url: String,
}

/// What engines may prescribe: names are never free text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Library {
    /// Foods by id.
    pub foods: BTreeMap<Slug<Food>, Food>,
    /// Exercises by id.
    pub exercises: BTreeMap<Slug<Exercise>, Exercise>,
    /// Meal templates by id.
    pub meal_templates: BTreeMap<Slug<MealTemplate>, MealTemplate>,
    /// Training blocks by id.
    pub training_templates: BTreeMap<Slug<TrainingTemplate>, TrainingTemplate>,
}

impl Library {
    /// Returns the library that ships: foods, exercises, `template_a` to `template_d`, and
    /// `steel_block_a` to `steel_block_c`.
    pub fn built_in() -> Self {
        Self::shipped().clone()
    }

    /// Returns what ships without copying it.
    pub(crate) fn shipped() -> &'static Self {
        &built_in::LIBRARY
    }

    /// Returns the food of a kitchen name, whatever its case and punctuation.
    pub fn food_named(&self, name: &str) -> Named<'_, Food> {
        Named::find(self.foods.values(), name, |food| &food.name, |_| &[])
    }

    /// Returns the exercise of a name, whatever its case and punctuation: a canonical name first,
    /// then the names that other programs use.
    ///
    /// ```
    /// use regiment_core::{Library, library::Named};
    /// let library = Library::built_in();
    /// let Named::One(exercise) = library.exercise_named("bench press (barbell)") else { panic!() };
    /// assert_eq!(exercise.exercise_id.as_str(), "ex_bp_001");
    /// ```
    pub fn exercise_named(&self, name: &str) -> Named<'_, Exercise> {
        Named::find(self.exercises.values(), name, |exercise| &exercise.name, |e| &e.aliases)
    }

    /// Returns the food of a template's item: its id decides, and where it has none, its name.
    pub fn food_of(&self, item: &MealItem) -> Option<&Food> {
        match &item.food_id {
            Some(id) => self.foods.get(id),
            None => self.food_named(&item.food).one(),
        }
    }

    /// Returns the allergens in a template's foods, those of unknown foods left out.
    pub fn allergens_in(&self, template: &MealTemplate) -> BTreeSet<&str> {
        template
            .days
            .iter()
            .flat_map(|day| &day.meals)
            .flat_map(|meal| &meal.items)
            .filter_map(|item| self.food_of(item))
            .flat_map(|food| &food.allergens)
            .map(String::as_str)
            .collect()
    }

    /// Returns whether a template holds one of a client's allergens.
    pub fn conflicts(&self, template: &MealTemplate, allergens: &[String]) -> bool {
        let holds = self.allergens_in(template);
        allergens.iter().any(|allergen| holds.contains(allergen.to_lowercase().trim()))
    }
}

const fn a_kilogram() -> u32 {
    1_000
}

#[cfg(test)]
mod tests;
