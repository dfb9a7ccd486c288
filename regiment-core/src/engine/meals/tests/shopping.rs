use std::collections::BTreeMap;

use super::*;
use crate::{message::ShoppingItem, record::MealOrder, testing::at};

const SATURDAY: &str = "2026-03-07";
const TUESDAY: &str = "2026-03-10";

fn rearm_at(dossier: &Dossier, day: &str, time: &str) -> Decision {
    let now = local(dossier, day, time);
    rearm(dossier, &Library::built_in(), &Policy::default(), date(SATURDAY), now)
}

type List = (Date, Date, Vec<ShoppingItem>, Vec<Vec<MealOrder>>, String);

fn list(decision: &Decision) -> List {
    let [dispatch] = sent(&decision.effects)[..] else { panic!("{decision:?}") };
    holds_no_macros(&dispatch.message);
    let Message::RearmingOrder { from, until, items, daily, instructions } =
        dispatch.message.clone()
    else {
        panic!("{dispatch:?}")
    };
    (from, until, items, daily, instructions)
}

#[test]
fn the_list_is_the_sum_of_the_cycle_with_the_dates_of_its_window() {
    for zone in ["UTC", "Asia/Kathmandu", "America/Los_Angeles"] {
        let dossier = dossier_in(zone);
        let decision = rearm_at(&dossier, SATURDAY, "06:00");
        let (from, until, items, daily, instructions) = list(&decision);
        assert_eq!((from, until), (date(TUESDAY), date("2026-03-16")), "{zone}");
        assert_eq!(daily.len(), 7);
        let mut sums: BTreeMap<String, (u32, u32)> = BTreeMap::new();
        for portion in daily.iter().flatten().flat_map(|meal| &meal.portions) {
            let sum = sums.entry(portion.food.clone()).or_default();
            sum.0 += portion.grams;
            sum.1 += portion.units.unwrap_or(0);
        }
        let said: BTreeMap<String, (u32, u32)> = items
            .iter()
            .map(|item| (item.food.clone(), (item.grams, item.units.unwrap_or(0))))
            .collect();
        assert_eq!(said, sums);
        assert_eq!(said.len(), items.len(), "each food once");
        let eggs = items.iter().find(|item| item.food == "Egg, whole").unwrap();
        assert_eq!(eggs.units.unwrap() * 50, eggs.grams);
        assert!(items.iter().filter(|item| item.food != "Egg, whole").all(|i| i.units.is_none()));
        assert!(instructions.contains("Weigh everything raw"));
    }
}

#[test]
fn the_list_is_ordered_as_a_shop_is() {
    let (_, _, items, ..) = list(&rearm_at(&dossier_in("UTC"), SATURDAY, "06:00"));
    let library = Library::built_in();
    let groups: Vec<(String, String)> = items
        .iter()
        .map(|item| {
            let food = library.food_named(&item.food).one().unwrap();
            (food.category.clone(), food.name.clone())
        })
        .collect();
    assert!(groups.is_sorted(), "{groups:?}");
}

#[test]
fn the_list_says_what_the_days_will_serve() {
    let dossier = dossier_in("UTC");
    let policy = Policy::default();
    let (_, _, _, daily, _) = list(&rearm_at(&dossier, SATURDAY, "06:00"));
    let dossier = after(dossier.clone(), &rearm_at(&dossier, SATURDAY, "06:00").effects);
    let (day, now) = (date("2026-03-12"), at("2026-03-12T06:00:00Z"));
    let drop = deliver(&dossier, &Library::built_in(), &policy, day, now);
    let Message::FuelOrder { meals, .. } = &sent(&drop.effects)[0].message else { panic!() };
    assert_eq!(meals, &daily[2]);
}

#[test]
fn a_client_who_starts_within_the_cycle_buys_from_his_start() {
    let mut dossier = dossier_in("UTC");
    dossier.client.start_date = date("2026-03-14");
    let (from, until, items, daily, _) = list(&rearm_at(&dossier, SATURDAY, "06:00"));
    assert_eq!((from, until, daily.len()), (date("2026-03-14"), date("2026-03-16"), 3));
    let plan = rearm_at(&dossier, SATURDAY, "06:00");
    let plan = plans(&plan.effects)[0];
    let grams: u32 = plan.days[4..]
        .iter()
        .flat_map(|day| &day.meals)
        .flat_map(|meal| &meal.portions)
        .map(|portion| portion.grams)
        .sum();
    assert_eq!(items.iter().map(|item| item.grams).sum::<u32>(), grams);
    dossier.client.start_date = date("2026-03-17");
    let gated = rearm_at(&dossier, SATURDAY, "06:00");
    assert_eq!(gated.outcome, Outcome::SkippedNotStarted);
}

#[test]
fn a_late_list_is_of_use_until_monday_evening() {
    let dossier = dossier_in("Australia/Lord_Howe");
    let monday = "2026-03-09";
    let late = rearm_at(&dossier, monday, "20:00");
    assert_eq!((late.outcome, sent(&late.effects).len()), (Outcome::Done, 1));
    let expires = sent(&late.effects)[0].expires_at;
    assert_eq!(expires, Some(local(&dossier, monday, "20:00")));
    let over = rearm_at(&dossier, monday, "20:00:01");
    assert_eq!(over.outcome, Outcome::SkippedLate);
    assert_eq!(alerts(&over.effects), [AlertKind::DeliveryMissed]);
    assert!(sent(&over.effects).is_empty());
}

#[test]
fn the_plan_of_the_deadline_is_the_plan_that_is_bought() {
    let dossier = dossier_in("UTC");
    let library = Library::built_in();
    let now = local(&dossier, "2026-03-06", "21:00");
    let policy = Policy::default();
    let friday = date("2026-03-06");
    let closed = close(&dossier, &library, &policy, friday, PromptDelivery::Delivered, now);
    let dossier = after(dossier, &closed.effects);
    let decision = rearm_at(&dossier, SATURDAY, "06:00");
    assert!(plans(&decision.effects).is_empty(), "compiled once");
    let (_, _, _, daily, _) = list(&decision);
    let planned: Vec<_> = dossier.plans[0].days.iter().map(|day| day.meals.clone()).collect();
    assert_eq!(daily, planned);
}
