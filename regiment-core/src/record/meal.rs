//! Meals: what a template holds and what a client logs.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cause, DoneOrMissed, Goal, Stream};
use crate::{Invalid, Slug, UserId, calendar::Zone, library::Food};

/// One meal's outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "RawMealLog")]
pub struct MealLog {
    /// The client.
    pub user_id: UserId,
    /// The meal.
    pub meal_id: Slug<Meal>,
    /// The local date.
    pub date: Date,
    /// When it was entered.
    pub logged_at: Timestamp,
    /// The client's zone at that time.
    pub timezone_offset: Zone,
    /// Done or not.
    pub status: DoneOrMissed,
    /// Always [`Stream::Meal`].
    pub source_engine: Stream,
    /// Why a miss is nobody's fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

#[derive(Deserialize, JsonSchema)]
struct RawMealLog {
    user_id: UserId,
    meal_id: Slug<Meal>,
    date: Date,
    logged_at: Timestamp,
    timezone_offset: Zone,
    status: DoneOrMissed,
    #[serde(default)]
    source_engine: Option<Stream>,
    #[serde(default)]
    cause: Option<Cause>,
}

impl TryFrom<RawMealLog> for MealLog {
    type Error = Invalid;

    fn try_from(raw: RawMealLog) -> Result<Self, Invalid> {
        let RawMealLog {
            user_id,
            meal_id,
            date,
            logged_at,
            timezone_offset,
            status,
            source_engine,
            cause,
        } = raw;
        super::log::same_stream(source_engine, Stream::Meal)?;
        super::log::cause_fits(cause, status == DoneOrMissed::Missed)?;
        let source_engine = Stream::Meal;
        Ok(Self {
            user_id,
            meal_id,
            date,
            logged_at,
            timezone_offset,
            status,
            source_engine,
            cause,
        })
    }
}

/// A week of meals in proportions, which the compiler scales to a client's macros.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MealTemplate {
    /// The template's id.
    pub template_id: Slug<MealTemplate>,
    /// What a coach calls it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The goal it was made for.
    pub goal: Goal,
    /// Up to 7 days; `day_index` 1 is Tuesday. Fewer days repeat in order.
    pub days: Vec<DayOfMeals>,
    /// What to buy, and how to prepare it.
    pub shopping_list: ShoppingList,
    /// Counts changes.
    #[serde(default)]
    pub version: u32,
}

impl MealTemplate {
    /// Returns the template's day for a day of the cycle (1 is Tuesday, 7 Monday).
    pub fn day(&self, cycle_day: u8) -> Option<&DayOfMeals> {
        let position = usize::from(cycle_day.checked_sub(1)?);
        self.days.get(position % self.days.len().max(1))
    }
}

/// A template's day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DayOfMeals {
    /// 1 is Tuesday, 7 is Monday.
    pub day_index: u8,
    /// 3 or 4 meals, in the order they are eaten.
    pub meals: Vec<Meal>,
}

/// A template's meal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Meal {
    /// `<template_id>_meal<n>`; imported ids are kept.
    pub meal_id: Slug<Meal>,
    /// What is on the plate.
    pub items: Vec<MealItem>,
}

/// One food of a template's meal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MealItem {
    /// The food's kitchen name, as the library has it.
    pub food: String,
    /// Raw grams in the template's own proportions.
    pub raw_grams: f64,
    /// The food's id; absent in imported data, where the name decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub food_id: Option<Slug<Food>>,
    /// The least the compiler may serve, raw grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_grams: Option<f64>,
    /// The most the compiler may serve, raw grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_grams: Option<f64>,
}

/// What a template says about buying and preparing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ShoppingList {
    /// Foods and grams for the template's own proportions.
    #[serde(default)]
    pub ingredients: Vec<Ingredient>,
    /// How to prepare the week.
    #[serde(default)]
    pub instructions: String,
}

/// One line of a shopping list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ingredient {
    /// The food's kitchen name.
    pub food: String,
    /// Raw grams.
    pub grams: f64,
}
