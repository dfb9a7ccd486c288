//! Compiled meal plans, and the choice behind them.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Macros, MealOrder, MealTemplate};
use crate::{Slug, UserId, words::words};

words! {
    /// How the coming cycle's template was found.
    pub enum Choice("choice") {
        /// The client pressed a button.
        Chosen = "chosen",
        /// The client was asked and did not answer; `template_a`, where it is allowed.
        NoResponse = "no_response",
        /// The prompt never arrived; the running plan goes on.
        NotDelivered = "not_delivered",
        /// The client was not asked: the coach's template.
        Assigned = "assigned",
        /// The coach recompiled the plan.
        Coach = "coach",
    }
}

/// What a client answered to one plan prompt. A choice binds one cycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanChoice {
    /// The client.
    pub user_id: UserId,
    /// The Tuesday on which the cycle begins.
    pub cycle_start: Date,
    /// The template.
    pub template_id: Slug<MealTemplate>,
    /// When it was chosen.
    pub chosen_at: Timestamp,
}

/// One cycle's meals, in amounts a kitchen scale can serve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompiledPlan {
    /// The client.
    pub user_id: UserId,
    /// The Tuesday on which the cycle begins.
    pub cycle_start: Date,
    /// The template.
    pub template_id: Slug<MealTemplate>,
    /// The template's version.
    pub template_version: u32,
    /// How the template was found.
    pub choice: Choice,
    /// The targets it was compiled to.
    pub macros: Macros,
    /// Seven days, Tuesday first.
    pub days: Vec<CompiledDay>,
    /// When it was compiled.
    pub compiled_at: Timestamp,
    /// Allergens whose foods were left off the plate, where the template stands in for one that is
    /// missing or broken.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub without: BTreeSet<String>,
    /// A digest of all that the compiler read, so that a week of the same inputs is not compiled
    /// again; empty where a day was changed by hand.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub inputs: String,
}

/// One compiled day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompiledDay {
    /// 1 is Tuesday, 7 is Monday.
    pub day_index: u8,
    /// The meals, in order.
    pub meals: Vec<MealOrder>,
    /// What the day misses its targets by, beyond the tolerance; for the coach, never the client.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<MacroGap>,
    /// Whether the search proved that no better day exists within its bounds.
    pub proven_best: bool,
}

/// One macro that a compiled day misses by more than the tolerance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MacroGap {
    /// `protein`, `carbs` or `fats`.
    #[serde(rename = "macro")]
    pub name: String,
    /// The target, g.
    pub target_grams: f64,
    /// What the day holds, g.
    pub actual_grams: f64,
    /// Why, and the smallest change that would mend it.
    pub why: String,
}

impl CompiledPlan {
    /// Returns the compiled day of a local date within the cycle.
    pub fn day(&self, date: Date) -> Option<&CompiledDay> {
        let offset = crate::calendar::days_between(self.cycle_start, date);
        self.days.get(usize::try_from(offset).ok()?)
    }
}
