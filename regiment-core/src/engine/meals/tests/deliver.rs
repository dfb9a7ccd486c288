use super::{
    super::{deliver as drop, log},
    *,
};
use crate::{
    engine::{Refusal, logging::Submission},
    measure::Minutes,
    record::{Actor, DoneOrMissed, Flag, Log, MealOrder, Order, Ordered, Severity, Status},
    testing::{at, user},
};

/// A Wednesday, the second day of a cycle.
const DAY: &str = "2026-03-04";

fn drop_at(dossier: &Dossier, library: &Library, time: &str) -> Decision {
    drop(dossier, library, &Policy::default(), date(DAY), local(dossier, DAY, time))
}

fn order(effects: &[Effect]) -> &Order {
    let issued = |e: &Effect| if let Effect::Issue(order) = e { Some(order.clone()) } else { None };
    assert_eq!(effects.iter().filter_map(issued).count(), 1);
    effects
        .iter()
        .find_map(|e| if let Effect::Issue(order) = e { Some(order) } else { None })
        .unwrap()
}

fn meals(order: &Order) -> &[MealOrder] {
    let Ordered::Fuel { meals, .. } = &order.ordered else { panic!("{order:?}") };
    meals
}

#[test]
fn meals_and_cardio_go_out_in_one_message() {
    for zone in ["UTC", "UTC-12:00", "UTC+14:00", "Asia/Kathmandu", "Europe/London"] {
        let dossier = dossier_in(zone);
        let decision = drop_at(&dossier, &Library::built_in(), "06:00");
        assert_eq!(decision.outcome, Outcome::Done, "{zone}");
        let order = order(&decision.effects);
        assert_eq!((order.date, order.deadline), (date(DAY), local(&dossier, DAY, "22:00")));
        let [dispatch] = sent(&decision.effects)[..] else { panic!("{decision:?}") };
        assert_eq!(dispatch.expires_at, Some(local(&dossier, DAY, "20:00")));
        let Message::FuelOrder { meals: said, cardio, .. } = &dispatch.message else { panic!() };
        assert_eq!(said, meals(order));
        assert_eq!(cardio.as_ref().unwrap().minutes, Minutes::new(30).unwrap());
        holds_no_macros(&dispatch.message);
        let ids: Vec<_> = said.iter().map(|meal| meal.meal_id.as_str()).collect();
        assert_eq!(ids, [1, 2, 3, 4].map(|n| format!("template_a_meal{n}")), "{zone}");
    }
}

#[test]
fn the_days_of_a_cycle_are_the_templates() {
    let dossier = dossier_in("UTC");
    let library = Library::built_in();
    let policy = Policy::default();
    let now = at("2026-03-03T06:00:00Z");
    let first = drop(&dossier, &library, &policy, date("2026-03-03"), now);
    let dossier = after(dossier, &first.effects);
    let plan = &dossier.plans[0];
    for (index, day) in ["03", "04", "05", "06", "07", "08", "09"].into_iter().enumerate() {
        let day = format!("2026-03-{day}");
        let mut fresh = dossier.clone();
        fresh.orders.clear();
        let now = at(&format!("{day}T06:00:00Z"));
        let decision = drop(&fresh, &library, &policy, date(&day), now);
        assert_eq!(meals(order(&decision.effects)), plan.days[index].meals, "{day}");
        assert!(plans(&decision.effects).is_empty(), "the cycle is compiled once");
    }
}

#[test]
fn no_cardio_is_ordered_where_none_is_assigned() {
    let mut dossier = dossier_in("UTC");
    dossier.client.cardio_minutes = Some(Minutes::new(0).unwrap());
    let decision = drop_at(&dossier, &Library::built_in(), "06:00");
    let Ordered::Fuel { cardio, .. } = &order(&decision.effects).ordered else { panic!() };
    assert_eq!(*cardio, None);
}

#[test]
fn an_order_is_sent_until_eight_and_issued_however_late() {
    let dossier = dossier_in("America/New_York");
    let library = Library::built_in();
    let late = drop_at(&dossier, &library, "20:00");
    assert_eq!((late.outcome, sent(&late.effects).len()), (Outcome::Done, 1));
    let too_late = drop_at(&dossier, &library, "20:00:01");
    assert_eq!(too_late.outcome, Outcome::SkippedLate);
    assert!(sent(&too_late.effects).is_empty());
    assert_eq!(alerts(&too_late.effects), [AlertKind::DeliveryMissed]);
    assert!(!meals(order(&too_late.effects)).is_empty());
}

#[test]
fn a_gated_client_gets_nothing() {
    let library = Library::built_in();
    let mut dossier = dossier_in("UTC");
    dossier.client.start_date = date("2026-03-05");
    let gated = drop_at(&dossier, &library, "06:00");
    assert_eq!((gated.outcome, gated.effects.len()), (Outcome::SkippedNotStarted, 0));
    dossier.client.start_date = date(DAY);
    assert_eq!(drop_at(&dossier, &library, "06:00").outcome, Outcome::Done);
    dossier.client.paused = true;
    assert_eq!(drop_at(&dossier, &library, "06:00").outcome, Outcome::SkippedPaused);
    dossier.client.status = Status::Archived;
    assert_eq!(drop_at(&dossier, &library, "06:00").outcome, Outcome::SkippedNotActive);
}

#[test]
fn an_order_that_stands_is_not_issued_again() {
    let dossier = dossier_in("UTC");
    let library = Library::built_in();
    let dossier = after(dossier.clone(), &drop_at(&dossier, &library, "06:00").effects);
    assert_eq!(drop_at(&dossier, &library, "06:00").outcome, Outcome::NothingDue);
}

#[test]
fn a_missing_or_broken_template_falls_back_and_the_coach_has_a_card() {
    let mut broken = Library::built_in();
    broken.meal_templates.get_mut(&template_id("template_b")).unwrap().days.clear();
    for (library, assigned) in [(Library::built_in(), "template_x"), (broken, "template_b")] {
        let mut dossier = dossier_in("UTC");
        dossier.client.meal_template_id = Some(slug(assigned));
        let decision = drop_at(&dossier, &library, "06:00");
        assert_eq!(decision.outcome, Outcome::Done);
        let Ordered::Fuel { template_id, meals, .. } = &order(&decision.effects).ordered else {
            panic!()
        };
        assert_eq!(template_id.as_str(), "template_a", "{assigned}");
        assert_eq!((meals.len(), sent(&decision.effects).len()), (4, 1));
        let [card] = cards(&decision.effects)[..] else { panic!("{decision:?}") };
        assert_eq!(card.flags, [Flag::TemplateMissing.into()]);
        assert_eq!((card.severity, card.date), (Severity::Medium, date(DAY)));
        assert!(card.summary.contains(assigned), "{}", card.summary);
    }
}

#[test]
fn a_broken_fallback_gives_way_to_the_one_that_ships() {
    let mut library = Library::built_in();
    library.meal_templates.clear();
    let dossier = dossier_in("UTC");
    let decision = drop_at(&dossier, &library, "06:00");
    assert_eq!(meals(order(&decision.effects)).len(), 4);
    assert_eq!(cards(&decision.effects).len(), 1);
}

#[test]
fn a_fallback_leaves_out_what_the_client_is_allergic_to() {
    let library = Library::built_in();
    let every = ["milk", "egg", "fish", "shellfish", "nuts", "peanut", "gluten", "soy", "sesame"];
    for allergens in [&["milk", "peanut"][..], &every[..]] {
        let mut dossier = dossier_in("UTC");
        dossier.client.meal_template_id = Some(slug("template_x"));
        dossier.client.allergens = allergens.iter().map(|&name| name.to_uppercase()).collect();
        let decision = drop_at(&dossier, &library, "06:00");
        let plan = plans(&decision.effects)[0];
        assert_eq!(plan.without.len(), allergens.len());
        for day in &plan.days {
            assert_eq!(day.meals.len(), 4, "no meal is empty");
            for portion in day.meals.iter().flat_map(|meal| &meal.portions) {
                let food = library.food_named(&portion.food).one().unwrap();
                let held = food.allergens.iter().any(|held| allergens.contains(&held.as_str()));
                assert!(!held, "{}", food.name);
            }
        }
    }
}

#[test]
fn a_template_the_coach_assigned_is_served_whole() {
    let mut dossier = dossier_in("UTC");
    dossier.client.allergens = vec!["milk".to_owned()];
    let decision = drop_at(&dossier, &Library::built_in(), "06:00");
    let plan = plans(&decision.effects)[0];
    assert!(plan.without.is_empty());
    let foods = plan.days[0].meals.iter().flat_map(|m| &m.portions).map(|p| p.food.as_str());
    assert!(foods.into_iter().any(|food| food == "Milk, 2% fat"));
}

#[test]
fn a_client_without_macros_is_served_the_template_as_it_is() {
    let mut dossier = dossier_in("UTC");
    dossier.client.macros = None;
    let decision = drop_at(&dossier, &Library::built_in(), "06:00");
    assert_eq!(sent(&decision.effects).len(), 1);
    assert!(cards(&decision.effects)[0].summary.contains("no macros are set"));
}

#[test]
fn a_plan_off_target_is_told_to_the_coach_once_and_never_to_the_client() {
    let mut dossier = dossier_in("UTC");
    dossier.client.macros = Some(crate::record::Macros::new(60, 900, 20).unwrap());
    let library = Library::built_in();
    let decision = drop_at(&dossier, &library, "06:00");
    assert_eq!(alerts(&decision.effects), [AlertKind::PlanGap]);
    let [card] = cards(&decision.effects)[..] else { panic!("{decision:?}") };
    assert_eq!(card.flags, [Flag::PlanGap.into()]);
    assert!(card.summary.chars().count() <= 500);
    assert!(card.evidence[0].numbers.contains_key("2026-03-03 carbs target"), "{card:?}");
    holds_no_macros(&sent(&decision.effects)[0].message);
    // The same plan next week is no news.
    let dossier = after(dossier, &decision.effects);
    let (next, now) = (date("2026-03-11"), at("2026-03-11T06:00:00Z"));
    let again = drop(&dossier, &library, &Policy::default(), next, now);
    assert_eq!(plans(&again.effects).len(), 1);
    assert!(cards(&again.effects).is_empty() && alerts(&again.effects).is_empty());
}

#[test]
fn findings_of_one_day_share_a_card() {
    let dossier = dossier_in("UTC");
    let mut earlier = JobCard::open(
        dossier.user_id(),
        crate::record::CardSource::System,
        date(DAY),
        at("2026-03-04T05:30:00Z"),
    );
    earlier.summary = "Something else.".to_owned();
    earlier.flags = vec![Flag::BlockComplete.into()];
    let mut dossier = after(dossier, &[Effect::Card(earlier)]);
    dossier.client.meal_template_id = Some(slug("template_x"));
    let decision = drop_at(&dossier, &Library::built_in(), "06:00");
    let card = cards(&decision.effects)[0];
    assert_eq!(card.flags, [Flag::BlockComplete.into(), Flag::TemplateMissing.into()]);
    assert!(card.summary.starts_with("Something else. template_x"), "{}", card.summary);
}

fn delivered(zone: &str) -> Dossier {
    let dossier = dossier_in(zone);
    let decision = drop_at(&dossier, &Library::built_in(), "06:00");
    after(dossier, &decision.effects)
}

fn answer(
    dossier: &Dossier,
    meal: &str,
    status: DoneOrMissed,
    now: Timestamp,
) -> Result<Vec<Effect>, Refusal> {
    let submission = Submission::at(now, Actor::Client(dossier.user_id()));
    log(dossier, &Policy::default(), (date(DAY), &slug(meal)), status, &submission)
}

#[test]
fn a_meal_is_logged_until_ten_local() {
    for zone in ["UTC", "UTC+5:45", "UTC-3:30", "Pacific/Apia"] {
        let dossier = delivered(zone);
        let done = DoneOrMissed::Completed;
        let in_time = local(&dossier, DAY, "21:59:59.999999");
        let effects = answer(&dossier, "template_a_meal2", done, in_time).unwrap();
        let [Effect::Record(entry)] = effects.as_slice() else { panic!("{effects:?}") };
        let Log::Meal(meal) = &entry.log else { panic!() };
        assert_eq!((meal.status, meal.date, meal.logged_at), (done, date(DAY), in_time), "{zone}");
        assert_eq!(meal.timezone_offset, dossier.client.timezone_offset);
        let closed = answer(&dossier, "template_a_meal2", done, local(&dossier, DAY, "22:00"));
        assert!(matches!(closed, Err(Refusal::Closed { .. })), "{zone}");
    }
}

#[test]
fn a_second_answer_supersedes_the_first_and_the_same_answer_is_one() {
    let dossier = delivered("UTC");
    let now = local(&dossier, DAY, "13:00");
    let first = answer(&dossier, "template_a_meal1", DoneOrMissed::Missed, now).unwrap();
    let dossier = after(dossier, &first);
    let later = local(&dossier, DAY, "13:01");
    let again = answer(&dossier, "template_a_meal1", DoneOrMissed::Missed, later).unwrap();
    assert!(again.is_empty());
    let other = answer(&dossier, "template_a_meal1", DoneOrMissed::Completed, later).unwrap();
    let dossier = after(dossier, &other);
    assert!(dossier.logs.values().all(|log| !log.is_missed()) && dossier.logs.len() == 1);
}

#[test]
fn a_meal_that_was_not_ordered_is_refused() {
    let dossier = delivered("UTC");
    let now = local(&dossier, DAY, "13:00");
    let refused = answer(&dossier, "template_b_meal1", DoneOrMissed::Completed, now);
    assert_eq!(refused, Err(Refusal::NotOrdered { date: date(DAY) }));
    let stranger = Submission::at(now, Actor::Client(user("8")));
    let meal = slug("template_a_meal1");
    let refused =
        log(&dossier, &Policy::default(), (date(DAY), &meal), DoneOrMissed::Completed, &stranger);
    assert_eq!(refused, Err(Refusal::NotYours));
}

#[test]
fn a_coach_overrides_after_the_deadline_with_a_reason() {
    let dossier = delivered("UTC");
    let mut by_coach = Submission::at(at("2026-03-05T10:00:00Z"), Actor::Coach("coach".to_owned()));
    let meal = slug("template_a_meal1");
    let policy = Policy::default();
    let done = DoneOrMissed::Completed;
    let refused = log(&dossier, &policy, (date(DAY), &meal), done, &by_coach);
    assert!(matches!(refused, Err(Refusal::ReasonNeeded { .. })));
    by_coach.reason = Some("he told me".to_owned());
    let effects = log(&dossier, &policy, (date(DAY), &meal), done, &by_coach).unwrap();
    let [Effect::Record(entry)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(entry.reason.as_deref(), Some("he told me"));
}
