//! What ships with the program.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::de::DeserializeOwned;

use super::{Exercise, Food, Library};
use crate::record::{MealTemplate, TrainingTemplate};

pub(super) static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let foods: Vec<Food> = read(include_str!("data/foods.json"));
    let exercises: Vec<Exercise> = read(include_str!("data/exercises.json"));
    let meal_templates = [
        include_str!("data/template_a.json"),
        include_str!("data/template_b.json"),
        include_str!("data/template_c.json"),
        include_str!("data/template_d.json"),
    ];
    let training_templates = [
        include_str!("data/steel_block_a.json"),
        include_str!("data/steel_block_b.json"),
        include_str!("data/steel_block_c.json"),
    ];
    Library {
        foods: by(foods, |food| food.food_id.clone()),
        exercises: by(exercises, |exercise| exercise.exercise_id.clone()),
        meal_templates: by(meal_templates.map(read::<MealTemplate>), |t| t.template_id.clone()),
        training_templates: by(training_templates.map(read::<TrainingTemplate>), |t| {
            t.template_id.clone()
        }),
    }
});

fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("what ships was read by a test")
}

fn by<K: Ord, T>(things: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> BTreeMap<K, T> {
    things.into_iter().map(|thing| (key(&thing), thing)).collect()
}
