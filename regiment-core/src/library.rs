//! The exercise and food libraries, and the built-in templates.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Slug,
    record::{MealTemplate, TrainingTemplate},
};

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
