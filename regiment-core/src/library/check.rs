//! What a template must hold before anybody is ordered to follow it.

use std::{collections::BTreeSet, fmt::Display};

use super::{Library, Named};
use crate::{
    Invalid,
    record::{
        BlockDay, DayOfMeals, MealItem, MealTemplate, Prescription, TrainingTemplate, WeekOverride,
    },
};

/// The most of one food that a template's item may name, grams.
const HEAVIEST_ITEM: f64 = 5_000.0;

impl Library {
    /// Refuses a meal template that can't be compiled: a food the library does not know, days out
    /// of order, other than 3 or 4 meals a day, an amount or bounds that make no sense.
    ///
    /// # Errors
    /// [`Invalid`] naming the place, the value and what would be accepted.
    pub fn check_meals(&self, template: &MealTemplate) -> Result<(), Invalid> {
        if !(1..=7).contains(&template.days.len()) {
            return Err(Invalid::new("days", template.days.len(), "1 to 7 days"));
        }
        for (day, index) in template.days.iter().zip(1_u8..) {
            let path = format!("days[{}]", index - 1);
            if day.day_index != index {
                let accepted = format!("{index}, since days are listed in order from 1");
                return Err(Invalid::new(path + ".day_index", day.day_index, accepted));
            }
            self.check_day(day).map_err(|refused| within(&path, refused))?;
        }
        Ok(())
    }

    /// Refuses a training block that can't be followed: an exercise the library does not know,
    /// days out of order, no weeks, or weekdays that don't fit the sessions.
    ///
    /// # Errors
    /// [`Invalid`] naming the place, the value and what would be accepted.
    pub fn check_training(&self, template: &TrainingTemplate) -> Result<(), Invalid> {
        let days = template.days_per_week;
        if !(1..=7).contains(&days) {
            return Err(Invalid::new("days_per_week", days, "1 to 7"));
        }
        if template.schedule.len() != usize::from(days) {
            let accepted = format!("{days} sessions, one for each training day of the week");
            return Err(Invalid::new("schedule", template.schedule.len(), accepted));
        }
        if template.weeks == 0 {
            return Err(Invalid::new("weeks", 0, "1 or more"));
        }
        let weekdays: BTreeSet<_> = template.schedule_days.iter().collect();
        if !weekdays.is_empty()
            && (weekdays.len() != usize::from(days)
                || template.schedule_days.len() != weekdays.len())
        {
            let accepted = format!("{days} different weekdays, or none for the usual ones");
            return Err(Invalid::new("schedule_days", template.schedule_days.len(), accepted));
        }
        for (day, index) in template.schedule.iter().zip(1_u8..) {
            let path = format!("schedule[{}]", index - 1);
            if day.day_index != index {
                let accepted = format!("{index}, since sessions are listed in order from 1");
                return Err(Invalid::new(path + ".day_index", day.day_index, accepted));
            }
            self.check_session(day).map_err(|refused| within(&path, refused))?;
        }
        for (change, place) in template.week_overrides.iter().zip(0..) {
            let path = format!("week_overrides[{place}]");
            let checked = self.check_override(template, change);
            checked.map_err(|refused| within(&path, refused))?;
        }
        Ok(())
    }

    /// Completes a template that came without food ids, and checks it: names become the
    /// library's own.
    ///
    /// # Errors
    /// As [`Library::check_meals`].
    pub fn adopt_meals(&self, mut template: MealTemplate) -> Result<MealTemplate, Invalid> {
        let meals = template.days.iter_mut().flat_map(|day| &mut day.meals);
        for item in meals.flat_map(|meal| &mut meal.items) {
            if let (None, Named::One(food)) = (&item.food_id, self.food_named(&item.food)) {
                item.food_id = Some(food.food_id.clone());
                item.food.clone_from(&food.name);
            }
        }
        self.check_meals(&template)?;
        Ok(template)
    }

    /// Completes a block that came without exercise ids, and checks it: names become the
    /// library's own.
    ///
    /// # Errors
    /// As [`Library::check_training`].
    pub fn adopt_training(&self, mut block: TrainingTemplate) -> Result<TrainingTemplate, Invalid> {
        for line in block.schedule.iter_mut().flat_map(|day| &mut day.exercises) {
            if let (None, Named::One(found)) =
                (&line.exercise_id, self.exercise_named(&line.exercise))
            {
                line.exercise_id = Some(found.exercise_id.clone());
                line.exercise.clone_from(&found.name);
            }
        }
        self.check_training(&block)?;
        Ok(block)
    }

    fn check_day(&self, day: &DayOfMeals) -> Result<(), Invalid> {
        if !(3..=4).contains(&day.meals.len()) {
            return Err(Invalid::new("meals", day.meals.len(), "3 or 4 meals"));
        }
        let mut seen = BTreeSet::new();
        for (meal, place) in day.meals.iter().zip(0..) {
            let path = format!("meals[{place}]");
            if !seen.insert(&meal.meal_id) {
                let accepted = "different for each meal of a day";
                return Err(Invalid::new(path + ".meal_id", &meal.meal_id, accepted));
            }
            if meal.items.is_empty() {
                return Err(Invalid::new(path + ".items", "", "1 item or more"));
            }
            for (item, place) in meal.items.iter().zip(0..) {
                let path = format!("{path}.items[{place}]");
                self.check_item(item).map_err(|refused| within(&path, refused))?;
            }
        }
        Ok(())
    }

    fn check_item(&self, item: &MealItem) -> Result<(), Invalid> {
        let Some(food) = self.food_of(item) else {
            let (field, value) = match &item.food_id {
                Some(id) => ("food_id", id.to_string()),
                None => ("food", item.food.clone()),
            };
            return Err(Invalid::new(field, value, "a food of the library"));
        };
        if item.food != food.name && self.food_named(&item.food).one() != Some(food) {
            let accepted = format!("{}, the name of {}", food.name, food.food_id);
            return Err(Invalid::new("food", &item.food, accepted));
        }
        let in_range = |grams: f64| grams.is_finite() && (0.0..=HEAVIEST_ITEM).contains(&grams);
        if !in_range(item.raw_grams) || item.raw_grams < 1.0 {
            return Err(Invalid::new("raw_grams", item.raw_grams, "between 1 and 5000 g"));
        }
        for (field, bound) in [("min_grams", item.min_grams), ("max_grams", item.max_grams)] {
            if let Some(grams) = bound
                && !in_range(grams)
            {
                return Err(Invalid::new(field, grams, "between 0 and 5000 g"));
            }
        }
        if let (Some(min), Some(max)) = (item.min_grams, item.max_grams)
            && min > max
        {
            return Err(Invalid::new("max_grams", max, format!("at least min_grams ({min} g)")));
        }
        Ok(())
    }

    fn check_session(&self, day: &BlockDay) -> Result<(), Invalid> {
        if day.exercises.is_empty() {
            return Err(Invalid::new("exercises", "", "1 exercise or more"));
        }
        let mut seen = BTreeSet::new();
        for (line, place) in day.exercises.iter().zip(0..) {
            let refuse = |field: &str, value: &dyn Display, accepted: &str| {
                Err(Invalid::new(format!("exercises[{place}].{field}"), value, accepted))
            };
            let Some(id) = self.id_of(line) else {
                let (field, value) = match &line.exercise_id {
                    Some(id) => ("exercise_id", id.to_string()),
                    None => ("exercise", line.exercise.clone()),
                };
                return refuse(field, &value, "an exercise of the library");
            };
            // A top set is logged by exercise, so a session holds each exercise once.
            if !seen.insert(id) {
                return refuse("exercise", &line.exercise, "listed once a session");
            }
            if line.sets == 0 {
                return refuse("sets", &0, "1 or more");
            }
            if line.reps.trim().is_empty() {
                return refuse("reps", &"", "a number, a range such as 8-12, or AMRAP");
            }
        }
        Ok(())
    }

    fn check_override(
        &self,
        template: &TrainingTemplate,
        change: &WeekOverride,
    ) -> Result<(), Invalid> {
        if !(1..=template.weeks).contains(&change.week) {
            let accepted = format!("a week of the block, 1 to {}", template.weeks);
            return Err(Invalid::new("week", change.week, accepted));
        }
        if change.sets == 0 || change.reps.trim().is_empty() {
            return Err(Invalid::new("sets", change.sets, "1 or more, with reps"));
        }
        let mut ids = template.schedule.iter().flat_map(|day| &day.exercises);
        if !ids.any(|it| self.id_of(it).as_ref() == Some(&change.exercise_id)) {
            let accepted = "an exercise of the block";
            return Err(Invalid::new("exercise_id", &change.exercise_id, accepted));
        }
        Ok(())
    }

    fn id_of(&self, line: &Prescription) -> Option<crate::Slug<super::Exercise>> {
        let found = match &line.exercise_id {
            Some(id) => self.exercises.get(id),
            None => self.exercise_named(&line.exercise).one(),
        };
        found.map(|exercise| exercise.exercise_id.clone())
    }
}

/// Puts a refused field under the path of what holds it.
fn within(path: &str, refused: Invalid) -> Invalid {
    let field = format!("{path}.{}", refused.field());
    refused.named(field)
}
