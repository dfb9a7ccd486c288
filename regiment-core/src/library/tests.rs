use std::collections::BTreeMap;

use super::*;
use crate::testing::slug;

#[test]
fn what_ships_passes_its_own_checks() {
    let library = Library::built_in();
    assert!(library.foods.len() >= 120, "{} foods", library.foods.len());
    assert!(library.exercises.len() >= 60, "{} exercises", library.exercises.len());
    for template in library.meal_templates.values() {
        library.check_meals(template).unwrap();
        assert_eq!(template.days.len(), 7, "{}", template.template_id);
        assert!(!template.name.is_empty() && !template.shopping_list.instructions.is_empty());
    }
    for block in library.training_templates.values() {
        library.check_training(block).unwrap();
    }
    let ids = |ids: Vec<String>| ids.join(" ");
    assert_eq!(
        ids(library.meal_templates.keys().map(ToString::to_string).collect()),
        "template_a template_b template_c template_d"
    );
    assert_eq!(
        ids(library.training_templates.keys().map(ToString::to_string).collect()),
        "steel_block_a steel_block_b steel_block_c"
    );
}

#[test]
fn a_template_item_lies_within_the_bounds_of_its_food() {
    let library = Library::built_in();
    for template in library.meal_templates.values() {
        for item in template.days.iter().flat_map(|d| &d.meals).flat_map(|m| &m.items) {
            let food = library.food_of(item).unwrap();
            let bounds = f64::from(food.min_grams)..=f64::from(food.max_grams);
            assert!(bounds.contains(&item.raw_grams), "{} {}", item.food, item.raw_grams);
            let step = f64::from(food.unit_grams.unwrap_or(5));
            assert!(item.raw_grams % step < 1e-9, "{} {}", item.food, item.raw_grams);
        }
    }
}

#[test]
fn a_template_shopping_list_is_the_sum_of_its_days() {
    for template in Library::built_in().meal_templates.values() {
        let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
        for item in template.days.iter().flat_map(|d| &d.meals).flat_map(|m| &m.items) {
            *sums.entry(&item.food).or_default() += item.raw_grams;
        }
        let listed: BTreeMap<&str, f64> = template
            .shopping_list
            .ingredients
            .iter()
            .map(|line| (line.food.as_str(), line.grams))
            .collect();
        assert_eq!(listed, sums, "{}", template.template_id);
    }
}

#[test]
fn no_food_states_impossible_energy() {
    for food in Library::built_in().foods.values() {
        let Food { protein, carbs, fats, fiber, kcal, .. } = food;
        for part in [protein, carbs, fats, &fiber.unwrap_or(0.0)] {
            assert!((0.0..=100.0).contains(part), "{}: {part}", food.name);
        }
        let fiber = fiber.unwrap_or(0.0);
        let sum = 4.0 * protein + 4.0 * (carbs - fiber) + 9.0 * fats + 2.0 * fiber;
        let allowed = 0.30 * kcal + 5.0;
        assert!(*kcal <= 13.0 || (kcal - sum).abs() <= allowed, "{}: {kcal}, {sum}", food.name);
    }
}

#[test]
fn a_food_without_a_fiber_figure_does_not_claim_zero() {
    let library = Library::built_in();
    assert_eq!(library.foods[&slug("fd_tempeh")].fiber, None);
    assert_eq!(library.foods[&slug("fd_olive_oil")].fiber, Some(0.0));
}

/// The figures are the source's own, to the last digit.
#[test]
fn every_figure_equals_the_usda_table() {
    let folder = std::env::var("REGIMENT_TEST_DATA")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").to_owned());
    let path = format!("{folder}/foods.csv");
    let mut table = match csv::Reader::from_path(&path) {
        Ok(table) => table,
        Err(missing) => {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{path}: {missing}");
            println!("not run: the figures were not compared, for want of {path}");
            return;
        }
    };
    let rows: BTreeMap<String, BTreeMap<String, String>> = table
        .deserialize()
        .map(|row: Result<BTreeMap<String, String>, _>| row.unwrap())
        .map(|row| (row["source_id"].clone(), row))
        .collect();
    for food in Library::built_in().foods.values() {
        let row = &rows[&food.source_id];
        assert_eq!(food.source, row["source"], "{}", food.name);
        for (column, figure) in [
            ("protein_g", Some(food.protein)),
            ("carbs_g", Some(food.carbs)),
            ("fat_g", Some(food.fats)),
            ("fiber_g", food.fiber),
            ("kcal", Some(food.kcal)),
        ] {
            let text = &row[column];
            let said = (!text.is_empty()).then(|| text.parse::<f64>().unwrap());
            assert_eq!(figure, said, "{} {column}", food.name);
        }
    }
}

#[test]
fn every_name_and_alias_leads_to_its_own_exercise() {
    let library = Library::built_in();
    for exercise in library.exercises.values() {
        for name in std::iter::once(&exercise.name).chain(&exercise.aliases) {
            assert_eq!(library.exercise_named(name), Named::One(exercise), "{name}");
        }
        assert_eq!(exercise.bodyweight, exercise.tags.iter().any(|tag| tag == "bodyweight"));
        assert!(exercise.video_url.is_empty(), "no video was checked");
    }
    for (id, name) in [
        ("ex_bp_001", "Bench Press"),
        ("ex_sq_001", "Back Squat"),
        ("ex_dl_001", "Deadlift"),
        ("ex_ohp_001", "Overhead Press"),
        ("ex_row_001", "Barbell Row"),
        ("ex_pu_001", "Lat Pulldown"),
    ] {
        assert_eq!(library.exercises[&slug(id)].name, name);
    }
}

#[test]
fn a_name_is_found_whatever_its_case_and_punctuation() {
    let library = Library::built_in();
    for name in ["push-up", "Push Up", "  PUSH   UP ", "Push Ups"] {
        assert_eq!(library.exercise_named(name).one().unwrap().name, "Push-Up", "{name}");
    }
    assert_eq!(library.exercise_named("Squat (Barbell)").one().unwrap().name, "Back Squat");
    assert_eq!(library.food_named("olive oil").one().unwrap().food_id, slug("fd_olive_oil"));
    for nothing in ["", " -- ", "Bench Presses", "Underwater Basket Press"] {
        assert_eq!(library.exercise_named(nothing), Named::Unknown, "{nothing}");
    }
}

#[test]
fn a_name_that_stands_for_two_exercises_is_not_guessed() {
    let mut library = Library::built_in();
    for id in ["ex_bp_001", "ex_bp_004"] {
        let exercise = library.exercises.get_mut(&slug(id)).unwrap();
        exercise.aliases.push("The Press".to_owned());
    }
    let Named::Tied(found) = library.exercise_named("the press") else { panic!("guessed") };
    assert_eq!(found.len(), 2);
    assert_eq!(library.exercise_named("the press").one(), None);
    // A canonical name is no guess, even where it is somebody's alias too.
    library.exercises.get_mut(&slug("ex_bp_004")).unwrap().aliases.push("Deadlift".to_owned());
    assert_eq!(library.exercise_named("deadlift").one().unwrap().exercise_id, slug("ex_dl_001"));
}

#[test]
fn a_template_with_an_unknown_food_is_refused() {
    let library = Library::built_in();
    let refused = |change: fn(&mut MealTemplate)| {
        let mut template = library.meal_templates[&slug("template_a")].clone();
        change(&mut template);
        library.check_meals(&template).unwrap_err().to_string()
    };
    assert_eq!(
        refused(|t| t.days[2].meals[1].items[0].food_id = Some(slug("fd_dragon"))),
        "days[2].meals[1].items[0].food_id must be a food of the library, not fd_dragon"
    );
    assert_eq!(
        refused(|t| {
            t.days[0].meals[0].items[0].food_id = None;
            t.days[0].meals[0].items[0].food = "Oats or so".to_owned();
        }),
        "days[0].meals[0].items[0].food must be a food of the library, not Oats or so"
    );
    assert!(refused(|t| t.days[0].meals[0].items[0].food = "Rye".to_owned()).contains("Oats, dry"));
    assert!(refused(|t| t.days.clear()).contains("1 to 7 days"));
    assert!(refused(|t| t.days.swap(0, 1)).contains("in order"));
    assert!(refused(|t| t.days[0].meals.truncate(2)).contains("3 or 4 meals"));
    assert!(refused(|t| t.days[0].meals[0].items.clear()).contains("1 item or more"));
    assert!(
        refused(|t| t.days[0].meals[1].meal_id = t.days[0].meals[0].meal_id.clone())
            .contains("different for each meal")
    );
    for grams in [0.0, 0.9, -5.0, 5000.1, f64::NAN, f64::INFINITY] {
        let mut template = library.meal_templates[&slug("template_a")].clone();
        template.days[0].meals[0].items[0].raw_grams = grams;
        assert!(library.check_meals(&template).is_err(), "{grams}");
    }
    assert!(
        refused(|t| {
            t.days[0].meals[0].items[0].min_grams = Some(100.0);
            t.days[0].meals[0].items[0].max_grams = Some(95.0);
        })
        .contains("at least min_grams")
    );
}

#[test]
fn a_block_with_an_unknown_exercise_is_refused() {
    let library = Library::built_in();
    let refused = |change: fn(&mut TrainingTemplate)| {
        let mut block = library.training_templates[&slug("steel_block_b")].clone();
        change(&mut block);
        library.check_training(&block).unwrap_err().to_string()
    };
    assert_eq!(
        refused(|b| b.schedule[1].exercises[0].exercise_id = Some(slug("ex_zz_999"))),
        "schedule[1].exercises[0].exercise_id must be an exercise of the library, not ex_zz_999"
    );
    assert!(refused(|b| b.schedule.truncate(3)).contains("4 sessions"));
    assert!(refused(|b| b.weeks = 0).contains("weeks"));
    assert!(refused(|b| b.days_per_week = 8).contains("1 to 7"));
    assert!(refused(|b| b.schedule[0].exercises[0].sets = 0).contains("sets"));
    assert!(refused(|b| b.schedule[0].exercises[0].reps = " ".to_owned()).contains("reps"));
    assert!(refused(|b| b.schedule[0].exercises.clear()).contains("1 exercise or more"));
    assert!(
        refused(|b| {
            let twice = b.schedule[0].exercises[0].clone();
            b.schedule[0].exercises.push(twice);
        })
        .contains("once a session")
    );
    assert!(
        refused(|b| b.schedule_days = vec![crate::calendar::DayOfWeek::Mon])
            .contains("4 different weekdays")
    );
}

#[test]
fn a_template_without_ids_is_completed_by_name() {
    let library = Library::built_in();
    let shipped = &library.meal_templates[&slug("template_b")];
    let mut bare = shipped.clone();
    for item in bare.days.iter_mut().flat_map(|d| &mut d.meals).flat_map(|m| &mut m.items) {
        item.food_id = None;
        item.food = item.food.to_uppercase();
    }
    assert_eq!(&library.adopt_meals(bare).unwrap(), shipped);

    let block = &library.training_templates[&slug("steel_block_c")];
    let mut bare = block.clone();
    for line in bare.schedule.iter_mut().flat_map(|day| &mut day.exercises) {
        line.exercise_id = None;
    }
    bare.schedule[0].exercises[0].exercise = "Bench Press (Barbell)".to_owned();
    assert_eq!(&library.adopt_training(bare).unwrap(), block);
}

#[test]
fn allergens_are_those_of_the_foods() {
    let library = Library::built_in();
    let gut_reset = &library.meal_templates[&slug("template_d")];
    assert_eq!(library.allergens_in(gut_reset), BTreeSet::from(["egg", "fish"]));
    assert!(library.conflicts(gut_reset, &["Egg ".to_owned()]));
    assert!(!library.conflicts(gut_reset, &["milk".to_owned(), "peanut".to_owned()]));
}
