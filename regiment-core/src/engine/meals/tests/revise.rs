use super::*;
use crate::{
    engine::Refusal,
    record::{Choice, Macros, PlanChoice},
    testing::at,
};

const TUESDAY: &str = "2026-03-03";

/// A client whose running cycle is compiled and whose orders of Tuesday and Wednesday are out.
fn running() -> Dossier {
    let mut dossier = dossier_in("UTC");
    for day in ["2026-03-03", "2026-03-04"] {
        let now = at(&format!("{day}T06:00:00Z"));
        let decision = deliver(&dossier, &Library::built_in(), &Policy::default(), date(day), now);
        dossier = after(dossier, &decision.effects);
    }
    dossier
}

fn recompile_at(dossier: &Dossier, start: &str, now: &str) -> Result<Vec<Effect>, Refusal> {
    let cycle = (date(start), Basis::Assigned);
    recompile(dossier, &Library::built_in(), &Policy::default(), cycle, at(now))
}

fn refeed_on(dossier: &Dossier, day: &str, macros: Macros) -> Result<Vec<Effect>, Refusal> {
    let now = at("2026-03-04T10:00:00Z");
    refeed(dossier, &Library::built_in(), &Policy::default(), (date(day), macros), now)
}

fn window(effects: &[Effect]) -> (Date, Date, usize) {
    let [dispatch] = sent(effects)[..] else { panic!("{effects:?}") };
    let Message::RearmingOrder { from, until, daily, .. } = &dispatch.message else { panic!() };
    (*from, *until, daily.len())
}

#[test]
fn new_macros_wait_for_the_next_cycle_unless_the_coach_recompiles() {
    let mut dossier = running();
    dossier.client.macros = Some(Macros::new(200, 350, 80).unwrap());
    let library = Library::built_in();
    let (day, now) = (date("2026-03-05"), at("2026-03-05T06:00:00Z"));
    let drop = deliver(&dossier, &library, &Policy::default(), day, now);
    assert!(plans(&drop.effects).is_empty());
    let effects = recompile_at(&dossier, TUESDAY, "2026-03-04T10:00:00Z").unwrap();
    let plan = plans(&effects)[0];
    assert_eq!((plan.choice, plan.macros), (Choice::Coach, dossier.client.macros.unwrap()));
    // Tuesday and Wednesday have gone out.
    let before = &dossier.plans[0];
    assert_eq!(plan.days[..2], before.days[..2]);
    assert!(plan.days[2..].iter().zip(&before.days[2..]).all(|(new, old)| new.meals != old.meals));
    assert_eq!(window(&effects), (date("2026-03-05"), date("2026-03-09"), 5));
}

#[test]
fn a_mixed_week_is_never_taken_for_a_compiled_one() {
    let mut dossier = running();
    dossier.client.macros = Some(Macros::new(200, 350, 80).unwrap());
    let effects = recompile_at(&dossier, TUESDAY, "2026-03-04T10:00:00Z").unwrap();
    assert!(plans(&effects)[0].inputs.is_empty());
    // Recompiled before anything went out, the week is whole.
    let mut fresh = dossier;
    fresh.orders.clear();
    let effects = recompile_at(&fresh, TUESDAY, "2026-03-03T05:00:00Z").unwrap();
    assert!(!plans(&effects)[0].inputs.is_empty());
    assert_eq!(window(&effects), (date("2026-03-03"), date("2026-03-09"), 7));
}

#[test]
fn a_coming_cycle_is_recompiled_and_bought_for_once() {
    let dossier = dossier_in("UTC");
    let library = Library::built_in();
    let policy = Policy::default();
    let refused = recompile_at(&dossier, "2026-03-10", "2026-03-06T22:00:00Z").unwrap_err();
    assert!(refused.to_string().contains("a cycle that is compiled"), "{refused}");
    let now = at("2026-03-06T21:00:00Z");
    let friday = date("2026-03-06");
    let closed = close(&dossier, &library, &policy, friday, PromptDelivery::Delivered, now);
    let mut dossier = after(dossier, &closed.effects);
    dossier.client.meal_template_id = Some(slug("template_d"));
    // Saturday's order is still to come and will say the new plan.
    let effects = recompile_at(&dossier, "2026-03-10", "2026-03-07T05:59:59Z").unwrap();
    assert_eq!(plans(&effects)[0].template_id, slug("template_d"));
    assert!(sent(&effects).is_empty());
    let effects = recompile_at(&dossier, "2026-03-10", "2026-03-07T06:00:00Z").unwrap();
    assert_eq!(window(&effects), (date("2026-03-10"), date("2026-03-16"), 7));
    // A new order needs a key of its own, or it would be dropped as a repeat.
    let again = recompile_at(&dossier, "2026-03-10", "2026-03-07T07:00:00Z").unwrap();
    assert_ne!(sent(&effects)[0].key, sent(&again)[0].key);
}

#[test]
fn a_cycle_that_is_over_is_history() {
    let dossier = running();
    assert!(recompile_at(&dossier, TUESDAY, "2026-03-09T23:59:59Z").is_ok());
    assert!(recompile_at(&dossier, TUESDAY, "2026-03-10T00:00:00Z").is_err());
}

#[test]
fn a_refeed_is_one_day_with_macros_of_its_own() {
    let dossier = running();
    let feast = Macros::new(180, 400, 60).unwrap();
    let effects = refeed_on(&dossier, "2026-03-07", feast).unwrap();
    let plan = plans(&effects)[0];
    for (index, (new, old)) in plan.days.iter().zip(&dossier.plans[0].days).enumerate() {
        assert_eq!(new.meals != old.meals, index == 4, "day {}", index + 1);
    }
    assert_eq!(plan.macros, dossier.plans[0].macros);
    assert!(plan.inputs.is_empty(), "next week has no refeed of its own");
    assert_eq!(window(&effects), (date("2026-03-05"), date("2026-03-09"), 5));
    holds_no_macros(&sent(&effects)[0].message);
}

#[test]
fn a_refeed_is_refused_while_it_is_blocked() {
    let mut dossier = running();
    dossier.client.blocked_refeed = true;
    let refused = refeed_on(&dossier, "2026-03-07", Macros::new(180, 400, 60).unwrap());
    assert_eq!(refused, Err(Refusal::RefeedBlocked { days: 14 }));
}

#[test]
fn a_refeed_has_more_energy_and_lies_ahead() {
    let dossier = running();
    let feast = Macros::new(180, 400, 60).unwrap();
    let refused = |day, macros| refeed_on(&dossier, day, macros).unwrap_err().to_string();
    let same = dossier.client.macros.unwrap();
    assert!(refused("2026-03-07", same).contains("above the cycle's 2140 kcal"));
    // One gram of protein more is more.
    assert!(refeed_on(&dossier, "2026-03-07", Macros::new(181, 220, 60).unwrap()).is_ok());
    assert!(refused("2026-03-04", feast).contains("2026-03-05 or later"));
    assert!(refeed_on(&dossier, "2026-03-05", feast).is_ok());
    assert!(refused("2026-03-11", feast).contains("a cycle that is compiled"));
}

#[test]
fn a_refeed_of_a_fallback_leaves_out_the_allergens_too() {
    let mut dossier = dossier_in("UTC");
    dossier.client.meal_template_id = Some(slug("template_x"));
    dossier.client.allergens = vec!["milk".to_owned()];
    let (day, now) = (date("2026-03-04"), at("2026-03-04T06:00:00Z"));
    let drop = deliver(&dossier, &Library::built_in(), &Policy::default(), day, now);
    let dossier = after(dossier, &drop.effects);
    let effects = refeed_on(&dossier, "2026-03-07", Macros::new(180, 400, 60).unwrap()).unwrap();
    let library = Library::built_in();
    for portion in plans(&effects)[0].days[4].meals.iter().flat_map(|meal| &meal.portions) {
        let food = library.food_named(&portion.food).one().unwrap();
        assert!(!food.allergens.iter().any(|held| held == "milk"), "{}", food.name);
    }
}

#[test]
fn new_macros_alone_leave_the_client_his_choice() {
    let mut dossier = dossier_in("UTC");
    dossier.choices.push(PlanChoice {
        user_id: dossier.user_id(),
        cycle_start: date(TUESDAY),
        template_id: slug("template_c"),
        chosen_at: at("2026-02-27T10:00:00Z"),
    });
    let (library, policy) = (Library::built_in(), Policy::default());
    let drop = deliver(&dossier, &library, &policy, date(TUESDAY), at("2026-03-03T06:00:00Z"));
    let mut dossier = after(dossier, &drop.effects);
    dossier.client.macros = Some(Macros::new(200, 250, 70).unwrap());
    let now = at("2026-03-04T05:00:00Z");
    for (basis, template) in [(Basis::Running, "template_c"), (Basis::Assigned, "template_a")] {
        let effects = recompile(&dossier, &library, &policy, (date(TUESDAY), basis), now).unwrap();
        assert_eq!(plans(&effects)[0].template_id, slug(template));
    }
}
