use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{super::compile, *};
use crate::{
    library::Food,
    record::{CompiledDay, Macros, MealItem},
};

fn macros(protein: i64, carbs: i64, fats: i64) -> Macros {
    Macros::new(protein, carbs, fats).unwrap()
}

fn built_in(id: &str) -> MealTemplate {
    Library::built_in().meal_templates[&slug(id)].clone()
}

fn compiled(template: &MealTemplate, day: u8, macros: Macros) -> CompiledDay {
    let policy = Policy::default();
    compile::day(template, day, macros, &Library::built_in(), &policy.meals).unwrap()
}

/// Protein, carbs and fats of a compiled day in grams, added up from the library's figures.
fn totals(day: &CompiledDay) -> [f64; 3] {
    let library = Library::built_in();
    let mut sum = [0.0; 3];
    for portion in day.meals.iter().flat_map(|meal| &meal.portions) {
        let Food { protein, carbs, fats, .. } = library.food_named(&portion.food).one().unwrap();
        for (total, figure) in sum.iter_mut().zip([protein, carbs, fats]) {
            *total += figure * f64::from(portion.grams) / 100.0;
        }
    }
    sum
}

fn is_within_tolerance(day: &CompiledDay, macros: Macros) -> bool {
    let targets = [macros.protein, macros.carbs, macros.fats].map(|g| f64::from(g.get()));
    totals(day)
        .iter()
        .zip(targets)
        .all(|(total, target)| (total - target).abs() <= target * 0.05 + 1e-9)
}

#[test]
fn every_day_of_every_template_meets_ordinary_targets() {
    let library = Library::built_in();
    for template in library.meal_templates.values() {
        for macros in
            [macros(180, 220, 60), macros(160, 120, 55), macros(200, 350, 80), macros(150, 150, 60)]
        {
            for index in 1..=7 {
                let day = compiled(template, index, macros);
                let name = format!("{} day {index} to {macros:?}", template.template_id);
                assert!(is_within_tolerance(&day, macros), "{name}: {:?}", totals(&day));
                assert!(day.gaps.is_empty() && day.proven_best, "{name}");
                assert_eq!(day.day_index, index);
                let source = template.day(index).unwrap();
                assert_eq!(day.meals.len(), source.meals.len(), "{name}");
                for (meal, from) in day.meals.iter().zip(&source.meals) {
                    assert_eq!(meal.meal_id, from.meal_id);
                    let foods: Vec<_> = meal.portions.iter().map(|p| &p.food).collect();
                    let wanted: Vec<_> = from.items.iter().map(|item| &item.food).collect();
                    assert_eq!(foods, wanted, "{name}");
                }
            }
        }
    }
}

#[test]
fn amounts_are_what_a_kitchen_scale_can_serve() {
    let library = Library::built_in();
    let day = compiled(&built_in("template_c"), 1, macros(183, 217, 61));
    let mut eggs = 0;
    for portion in day.meals.iter().flat_map(|meal| &meal.portions) {
        let food = library.food_named(&portion.food).one().unwrap();
        assert!((food.min_grams..=food.max_grams).contains(&portion.grams), "{portion:?}");
        match food.unit_grams {
            Some(grams) => {
                assert_eq!(portion.units.unwrap() * grams, portion.grams);
                eggs += 1;
            }
            None => assert!(portion.units.is_none() && portion.grams % 5 == 0, "{portion:?}"),
        }
    }
    assert_eq!(eggs, 1);
}

#[test]
fn a_template_at_its_own_macros_is_served_as_it_is() {
    let template = built_in("template_b");
    let raw = |index| {
        let day = template.day(index).unwrap();
        day.meals.iter().flat_map(|meal| &meal.items).map(|i| i.raw_grams).collect::<Vec<_>>()
    };
    // Its own macros, rounded to whole grams.
    let own = compiled(&template, 1, macros(179, 163, 47));
    let grams: Vec<f64> = own
        .meals
        .iter()
        .flat_map(|meal| &meal.portions)
        .map(|portion| f64::from(portion.grams))
        .collect();
    assert_eq!(grams, raw(1));
}

#[test]
fn a_macro_may_be_five_percent_off_and_no_more() {
    // One food a meal, whose amounts decide one macro each: pure oil, and 100 g a step.
    let mut library = Library::built_in();
    let food = |id: &str, protein, carbs, fats| Food {
        food_id: slug(id),
        name: id.to_owned(),
        protein,
        carbs,
        fats,
        fiber: None,
        kcal: 4.0 * protein + 4.0 * carbs + 9.0 * fats,
        source: "test".to_owned(),
        source_id: id.to_owned(),
        category: "test".to_owned(),
        allergens: Vec::new(),
        unit_grams: Some(100),
        min_grams: 0,
        max_grams: 100,
    };
    let mut check = |protein: f64, target: i64| {
        for food in
            [food("p", protein, 0.0, 0.0), food("c", 0.0, 50.0, 0.0), food("f", 0.0, 0.0, 50.0)]
        {
            library.foods.insert(food.food_id.clone(), food);
        }
        let mut template = built_in("template_a");
        template.days.truncate(1);
        template.days[0].meals.truncate(3);
        for (meal, id) in template.days[0].meals.iter_mut().zip(["p", "c", "f"]) {
            meal.items = vec![MealItem {
                food: id.to_owned(),
                raw_grams: 100.0,
                food_id: Some(slug(id)),
                min_grams: Some(100.0),
                max_grams: Some(100.0),
            }];
        }
        let day =
            compile::day(&template, 1, macros(target, 50, 50), &library, &Policy::default().meals);
        day.unwrap().gaps
    };
    assert!(check(95.0, 100).is_empty());
    assert!(check(105.0, 100).is_empty());
    let below = check(94.99, 100);
    assert_eq!(below.len(), 1);
    assert_eq!((below[0].name.as_str(), below[0].target_grams), ("protein", 100.0));
    assert!((below[0].actual_grams - 94.99).abs() < 1e-9);
    assert!(below[0].why.starts_with("0.0 g below the 95.0 g"), "{}", below[0].why);
    assert_eq!(check(105.01, 100).len(), 1);
}

#[test]
fn what_is_impossible_is_explained() {
    // 20 g of fats can't be had beside so much meat and oil at its least.
    let template = built_in("template_b");
    let mut heavy = template.clone();
    for item in heavy.days[0].meals.iter_mut().flat_map(|meal| &mut meal.items) {
        if item.food == "Olive oil" {
            item.min_grams = Some(30.0);
            item.raw_grams = 30.0;
        }
    }
    let day = compiled(&heavy, 1, macros(170, 160, 55));
    let [gap] = day.gaps.as_slice() else { panic!("{:?}", day.gaps) };
    assert_eq!((gap.name.as_str(), gap.target_grams), ("fats", 55.0));
    assert!(gap.actual_grams > 55.0 * 1.05);
    assert!(gap.why.contains("above the 57.8 g"), "{}", gap.why);
    assert!(gap.why.contains("Olive oil is at its least, 30 g"), "{}", gap.why);
    assert!(gap.why.contains("Olive oil of template_b_meal"), "{}", gap.why);

    // The change that it names does mend it.
    let (food, amount) = ("Olive oil", gap.why.rsplit("from ").next().unwrap());
    let amount: f64 = amount.split(' ').next().unwrap().parse().unwrap();
    let meal = gap.why.rsplit(" of ").next().unwrap().split(' ').next().unwrap();
    let meal = heavy.days[0].meals.iter_mut().find(|m| m.meal_id.as_str() == meal).unwrap();
    meal.items.iter_mut().find(|item| item.food == food).unwrap().min_grams = Some(amount);
    assert!(compiled(&heavy, 1, macros(170, 160, 55)).gaps.is_empty(), "{}", gap.why);

    // Two ends of the table at once: no single amount helps, and the closest plan is returned.
    let day = compiled(&template, 1, macros(20, 700, 5));
    assert!(!day.gaps.is_empty());
    assert!(day.gaps.iter().all(|gap| gap.why.contains("other foods")), "{:?}", day.gaps);
}

#[test]
fn a_macro_of_zero_grams_is_met_as_nearly_as_the_food_allows() {
    let day = compiled(&built_in("template_c"), 1, macros(180, 0, 120));
    let carbs: Vec<_> = day.gaps.iter().filter(|gap| gap.name == "carbs").collect();
    assert_eq!(carbs.len(), 1);
    assert!(carbs[0].actual_grams > 0.0 && carbs[0].actual_grams < 80.0, "{carbs:?}");
}

#[test]
fn days_of_a_short_template_repeat_in_order() {
    let mut template = built_in("template_a");
    template.days.truncate(3);
    let target = macros(190, 350, 75);
    let meals = |index| compiled(&template, index, target).meals;
    assert_eq!(meals(4), meals(1));
    assert_eq!(meals(7), meals(1));
    assert_ne!(meals(5), meals(1));
}

#[test]
fn a_template_with_an_unknown_food_is_not_compiled() {
    let mut template = built_in("template_a");
    template.days[0].meals[0].items[0].food_id = Some(slug("fd_nothing"));
    let library = Library::built_in();
    let refused =
        compile::day(&template, 1, macros(180, 220, 60), &library, &Policy::default().meals);
    assert_eq!(refused.unwrap_err().field(), "days[0].meals[0].items[0].food_id");
}

#[test]
fn an_item_obeys_its_own_bounds_before_those_of_its_food() {
    let mut template = built_in("template_c");
    let target = macros(180, 220, 60);
    let item = &mut template.days[0].meals[1].items[1];
    assert_eq!(item.food, "White rice, long grain, dry");
    item.min_grams = Some(92.0);
    item.max_grams = Some(99.0);
    let day = compiled(&template, 1, target);
    assert_eq!(day.meals[1].portions[1].grams, 95);
    assert!(is_within_tolerance(&day, target));
}

#[test]
fn foods_of_the_same_make_up_share_a_change_alike_in_any_order() {
    // Two pure oils, and a day that needs one step of fats more than both at their scaled amounts.
    let oils = ["Olive oil", "Canola oil", "Avocado oil"];
    let served = |order: [usize; 3]| {
        let mut template = built_in("template_b");
        let library = Library::built_in();
        template.days.truncate(1);
        let meal = &mut template.days[0].meals[1];
        meal.items.retain(|item| item.food != "Olive oil");
        meal.items.extend(order.map(|oil| MealItem {
            food: oils[oil].to_owned(),
            raw_grams: 10.0,
            food_id: Some(library.food_named(oils[oil]).one().unwrap().food_id.clone()),
            min_grams: None,
            max_grams: None,
        }));
        let day = compiled(&template, 1, macros(185, 165, 75));
        let portions = day.meals[1].portions.iter();
        let grams: BTreeMap<String, u32> =
            portions.map(|portion| (portion.food.clone(), portion.grams)).collect();
        oils.map(|oil| grams[oil])
    };
    let plain = served([0, 1, 2]);
    assert!(plain.iter().any(|grams| *grams != plain[0]), "no tie was broken: {plain:?}");
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert_eq!(served(order), plain, "{order:?}");
    }
}

/// A short template of real foods, with its foods in any order.
fn any_template() -> impl Strategy<Value = (MealTemplate, Macros, Vec<usize>)> {
    let days = prop::sample::select(vec!["template_a", "template_b", "template_c", "template_d"]);
    let target = (60_i64..260, 40_i64..450, 25_i64..120);
    (days, 0_usize..7, target, any::<u64>()).prop_map(|(id, day, (p, c, f), seed)| {
        let mut template = built_in(id);
        template.days.swap(0, day);
        template.days.truncate(1);
        template.days[0].day_index = 1;
        let longest = template.days[0].meals.iter().map(|m| m.items.len()).max().unwrap();
        let mut order: Vec<usize> = (0..longest).collect();
        let mut state = seed | 1;
        for i in (1..order.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            order.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
        }
        (template, macros(p, c, f), order)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_order_of_foods_changes_no_amount((template, target, order) in any_template()) {
        let mut shuffled = template.clone();
        for meal in &mut shuffled.days[0].meals {
            let items = meal.items.clone();
            let order = order.iter().filter(|i| **i < items.len());
            meal.items = order.map(|i| items[*i].clone()).collect();
        }
        let by_food = |day: &CompiledDay| -> BTreeMap<(String, String), u32> {
            day.meals
                .iter()
                .flat_map(|m| m.portions.iter().map(|p| ((m.meal_id.to_string(), p.food.clone()), p.grams)))
                .collect()
        };
        let plain = compiled(&template, 1, target);
        prop_assert_eq!(by_food(&plain), by_food(&compiled(&shuffled, 1, target)));
        // And the same inputs give the same plan.
        prop_assert_eq!(&plain, &compiled(&template, 1, target));
        prop_assert_eq!(plain.gaps.is_empty(), is_within_tolerance(&plain, target));
    }
}
