use super::{
    super::{PromptDelivery::Delivered, PromptDelivery::NotDelivered, compile},
    *,
};
use crate::{
    engine::Refusal,
    message::Recipient,
    record::{Choice, PlanChoice, Status},
    testing::at,
};

const FRIDAY: &str = "2026-03-06";
const TUESDAY: &str = "2026-03-10";

fn ask(dossier: &Dossier, now: Timestamp) -> Decision {
    prompt(dossier, &Library::built_in(), &Policy::default(), date(FRIDAY), now)
}

fn close_on_friday(dossier: &Dossier, delivery: PromptDelivery, now: Timestamp) -> Decision {
    close(dossier, &Library::built_in(), &Policy::default(), date(FRIDAY), delivery, now)
}

fn press(dossier: &Dossier, id: &str, now: Timestamp) -> Result<Vec<Effect>, Refusal> {
    let choice = (date(TUESDAY), template_id(id));
    choose(dossier, &Library::built_in(), &Policy::default(), choice, now)
}

fn offers(dossier: &Dossier) -> Vec<String> {
    offered(&dossier.client, &Library::built_in())
        .iter()
        .map(|template| template.template_id.to_string())
        .collect()
}

/// The template and the choice that a closing at 21:00 leads to.
fn decided(dossier: &Dossier, delivery: PromptDelivery) -> (String, Choice) {
    let decision = close_on_friday(dossier, delivery, local(dossier, FRIDAY, "21:00"));
    let plans = plans(&decision.effects);
    assert_eq!(plans.len(), 1, "{decision:?}");
    assert_eq!(plans[0].cycle_start, date(TUESDAY));
    (plans[0].template_id.to_string(), plans[0].choice)
}

#[test]
fn the_prompt_offers_a_to_d_until_the_deadline() {
    for zone in ["UTC", "UTC+5:45", "UTC-3:30", "Pacific/Auckland", "America/New_York"] {
        let dossier = dossier_in(zone);
        let now = local(&dossier, FRIDAY, "09:00");
        let decision = ask(&dossier, now);
        let [Effect::Send(dispatch)] = decision.effects.as_slice() else { panic!("{decision:?}") };
        assert_eq!(dispatch.to, Recipient::Client(dossier.user_id()));
        assert_eq!(dispatch.key, prompt_key(dossier.user_id(), date(TUESDAY)));
        assert_eq!(dispatch.expires_at, Some(local(&dossier, FRIDAY, "21:00")), "{zone}");
        let Message::PlanPrompt { cycle_start, choices, deadline } = &dispatch.message else {
            panic!("{dispatch:?}")
        };
        assert_eq!((*cycle_start, *deadline), (date(TUESDAY), local(&dossier, FRIDAY, "21:00")));
        let names: Vec<&str> = choices.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, ["Warrior Bulk", "Shred Recon", "Minimalist Warrior", "Gut Reset"]);
        holds_no_macros(&dispatch.message);
    }
}

#[test]
fn a_prompt_is_of_use_until_the_minute_before_the_deadline() {
    let dossier = dossier_in("Asia/Kathmandu");
    let late = ask(&dossier, local(&dossier, FRIDAY, "20:59:59"));
    assert_eq!((late.outcome, sent(&late.effects).len()), (Outcome::Done, 1));
    let over = ask(&dossier, local(&dossier, FRIDAY, "21:00"));
    assert_eq!(over.outcome, Outcome::SkippedLate);
    assert_eq!(alerts(&over.effects), [AlertKind::DeliveryMissed]);
}

#[test]
fn who_comes_under_orders_after_the_prompt_missed_none() {
    let mut dossier = dossier_in("UTC");
    for (start, outcome, n_alerts) in
        [(FRIDAY, Outcome::SkippedLate, 1), ("2026-03-07", Outcome::NothingDue, 0)]
    {
        dossier.client.start_date = date(start);
        let over = ask(&dossier, local(&dossier, FRIDAY, "21:00"));
        assert_eq!((over.outcome, over.effects.len()), (outcome, n_alerts), "{start}");
    }
}

#[test]
fn a_client_with_one_choice_or_a_template_of_his_own_is_not_asked() {
    let mut dossier = dossier_in("UTC");
    assert_eq!(offers(&dossier).len(), 4);
    dossier.client.plan_choices = vec![slug("template_b")];
    assert!(offers(&dossier).is_empty());
    dossier.client.plan_choices = vec![slug("template_b"), slug("template_b")];
    assert!(offers(&dossier).is_empty());
    dossier.client.plan_choices = vec![slug("template_d"), slug("template_b")];
    assert_eq!(offers(&dossier), ["template_b", "template_d"]);
    dossier.client.meal_template_id = Some(slug("template_of_ana"));
    assert!(offers(&dossier).is_empty());
    let decision = ask(&dossier, local(&dossier, FRIDAY, "09:00"));
    assert_eq!((decision.outcome, decision.effects.len()), (Outcome::NothingDue, 0));
}

#[test]
fn what_holds_an_allergen_is_offered_only_where_the_coach_assigned_it() {
    let mut dossier = dossier_in("UTC");
    dossier.client.allergens = vec!["Milk".to_owned()];
    assert_eq!(offers(&dossier), ["template_a", "template_d"]);
    dossier.client.meal_template_id = Some(slug("template_d"));
    assert!(offers(&dossier).is_empty(), "one entry is no choice");
}

#[test]
fn a_choice_binds_one_cycle_and_leaves_the_assigned_template() {
    let dossier = dossier_in("UTC");
    let effects = press(&dossier, "template_c", local(&dossier, FRIDAY, "20:59:59")).unwrap();
    let [Effect::Choose(PlanChoice { cycle_start, template_id, .. })] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!((*cycle_start, template_id.as_str()), (date(TUESDAY), "template_c"));
    let dossier = after(dossier, &effects);
    assert_eq!(decided(&dossier, Delivered), ("template_c".to_owned(), Choice::Chosen));
    assert_eq!(decided(&dossier, NotDelivered).1, Choice::Chosen);
    assert_eq!(dossier.client.meal_template_id, Some(slug("template_a")));
}

#[test]
fn a_second_choice_supersedes_the_first() {
    let dossier = dossier_in("UTC");
    let first = press(&dossier, "template_c", local(&dossier, FRIDAY, "10:00")).unwrap();
    let dossier = after(dossier, &first);
    let second = press(&dossier, "template_b", local(&dossier, FRIDAY, "11:00")).unwrap();
    assert_eq!(decided(&after(dossier, &second), Delivered).0, "template_b");
}

#[test]
fn a_choice_at_the_deadline_is_refused() {
    for zone in ["UTC", "UTC+05:45", "America/St_Johns"] {
        let dossier = dossier_in(zone);
        let refused = press(&dossier, "template_c", local(&dossier, FRIDAY, "21:00")).unwrap_err();
        assert_eq!(refused.to_string(), "the 21:00 deadline of 2026-03-06 has passed", "{zone}");
    }
}

#[test]
fn what_was_not_offered_is_refused() {
    let mut dossier = dossier_in("UTC");
    let now = local(&dossier, FRIDAY, "10:00");
    let refused = |dossier: &Dossier, id: &str| press(dossier, id, now).unwrap_err().to_string();
    assert!(refused(&dossier, "template_e").contains("template_a, template_b"));
    dossier.client.plan_choices = vec![slug("template_a"), slug("template_b")];
    assert!(refused(&dossier, "template_c").contains("one of template_a, template_b"));
    dossier.client.plan_choices = vec![slug("template_a")];
    assert!(refused(&dossier, "template_a").contains("left to the coach"));
    dossier.client.paused = true;
    assert_eq!(press(&dossier, "template_a", now), Err(Refusal::Locked));
    dossier.client.status = Status::Archived;
    assert!(matches!(press(&dossier, "template_a", now), Err(Refusal::WrongStatus { .. })));
    let other_cycle = (date("2026-03-17"), template_id("template_a"));
    let dossier = dossier_in("UTC");
    let refused = choose(&dossier, &Library::built_in(), &Policy::default(), other_cycle, now);
    assert_eq!(refused, Err(Refusal::NotOrdered { date: date("2026-03-17") }));
}

#[test]
fn silence_means_template_a_where_it_is_listed() {
    let mut dossier = dossier_in("UTC");
    dossier.client.meal_template_id = Some(slug("template_b"));
    assert_eq!(decided(&dossier, Delivered), ("template_a".to_owned(), Choice::NoResponse));
    dossier.client.plan_choices = vec![slug("template_b"), slug("template_c")];
    assert_eq!(decided(&dossier, Delivered), ("template_b".to_owned(), Choice::NoResponse));
    // Nor where it would be dangerous.
    dossier.client.plan_choices = Vec::new();
    dossier.client.allergens = vec!["peanut".to_owned()];
    assert_eq!(decided(&dossier, Delivered), ("template_b".to_owned(), Choice::NoResponse));
}

#[test]
fn a_client_who_was_not_asked_keeps_the_coachs_template() {
    let mut dossier = dossier_in("UTC");
    dossier.client.meal_template_id = Some(slug("template_d"));
    dossier.client.plan_choices = vec![slug("template_a")];
    for delivery in [Delivered, NotDelivered] {
        assert_eq!(decided(&dossier, delivery), ("template_d".to_owned(), Choice::Assigned));
    }
}

#[test]
fn a_prompt_that_never_arrived_keeps_the_running_plan() {
    let mut dossier = dossier_in("UTC");
    dossier.client.meal_template_id = Some(slug("template_b"));
    assert_eq!(decided(&dossier, NotDelivered), ("template_b".to_owned(), Choice::NotDelivered));
    let choice = PlanChoice {
        user_id: dossier.user_id(),
        cycle_start: date("2026-03-03"),
        template_id: slug("template_c"),
        chosen_at: at("2026-02-27T10:00:00Z"),
    };
    dossier.choices.push(choice);
    let library = Library::built_in();
    let (policy, now) = (Policy::default(), at("2026-02-27T21:00:00Z"));
    let running = close(&dossier, &library, &policy, date("2026-02-27"), Delivered, now);
    let dossier = after(dossier, &running.effects);
    assert_eq!(decided(&dossier, NotDelivered), ("template_c".to_owned(), Choice::NotDelivered));
}

#[test]
fn a_choice_the_coach_has_withdrawn_does_not_count() {
    let dossier = dossier_in("UTC");
    let effects = press(&dossier, "template_c", local(&dossier, FRIDAY, "10:00")).unwrap();
    let mut dossier = after(dossier, &effects);
    dossier.client.plan_choices = vec![slug("template_a"), slug("template_b")];
    assert_eq!(decided(&dossier, Delivered), ("template_a".to_owned(), Choice::NoResponse));
}

#[test]
fn the_coming_cycle_asks_only_that_the_client_starts_within_it() {
    let mut dossier = dossier_in("Pacific/Chatham");
    for (start, outcome) in [
        ("2026-03-10", Outcome::Done),
        ("2026-03-16", Outcome::Done),
        ("2026-03-17", Outcome::SkippedNotStarted),
    ] {
        dossier.client.start_date = date(start);
        let now = local(&dossier, FRIDAY, "21:00");
        assert_eq!(close_on_friday(&dossier, Delivered, now).outcome, outcome, "{start}");
        let now = local(&dossier, FRIDAY, "09:00");
        assert_eq!(ask(&dossier, now).outcome, outcome, "{start}");
    }
    dossier.client.start_date = date("2026-03-10");
    dossier.client.paused = true;
    let now = local(&dossier, FRIDAY, "21:00");
    assert_eq!(close_on_friday(&dossier, Delivered, now).outcome, Outcome::SkippedPaused);
    // A pause that is over by then does not gate, however late the deadline runs.
    dossier.client.paused_until = Some(date("2026-03-07"));
    assert_eq!(close_on_friday(&dossier, Delivered, now).outcome, Outcome::SkippedPaused);
    let resumed = local(&dossier, "2026-03-07", "00:00");
    assert_eq!(close_on_friday(&dossier, Delivered, resumed).outcome, Outcome::Done);
    dossier.client.status = Status::Pending;
    assert_eq!(close_on_friday(&dossier, Delivered, resumed).outcome, Outcome::SkippedNotActive);
}

#[test]
fn a_late_deadline_compiles_until_the_cycle_is_over() {
    let dossier = dossier_in("UTC");
    let late = close_on_friday(&dossier, Delivered, at("2026-03-16T23:59:59Z"));
    assert_eq!((late.outcome, plans(&late.effects).len()), (Outcome::Done, 1));
    let over = close_on_friday(&dossier, Delivered, at("2026-03-17T00:00:00Z"));
    assert_eq!((over.outcome, over.effects.len()), (Outcome::SkippedLate, 0));
}

#[test]
fn a_cycle_is_compiled_once() {
    let dossier = dossier_in("UTC");
    let now = local(&dossier, FRIDAY, "21:00");
    let dossier = after(dossier.clone(), &close_on_friday(&dossier, Delivered, now).effects);
    assert_eq!(close_on_friday(&dossier, Delivered, now).outcome, Outcome::NothingDue);
    assert_eq!(ask(&dossier, local(&dossier, FRIDAY, "20:00")).outcome, Outcome::NothingDue);
}

#[test]
fn a_week_of_the_same_inputs_is_taken_over() {
    let library = Library::built_in();
    let policy = Policy::default();
    let dossier = dossier_in("UTC");
    let now = local(&dossier, FRIDAY, "21:00");
    let dossier = after(dossier.clone(), &close_on_friday(&dossier, Delivered, now).effects);
    let week = |dossier: &Dossier, library: &Library, policy: &Policy| {
        let (friday, now) = (date("2026-03-13"), at("2026-03-13T21:00:00Z"));
        let decision = close(dossier, library, policy, friday, Delivered, now);
        plans(&decision.effects)[0].clone()
    };
    let next = week(&dossier, &library, &policy);
    assert_eq!(next.inputs, dossier.plans[0].inputs);
    assert_eq!(next.days, dossier.plans[0].days);
    // What the compiler reads is part of the digest: a figure, a macro, a setting.
    let mut other = library.clone();
    other.foods.get_mut(&slug("fd_oats")).unwrap().protein += 0.01;
    assert_ne!(week(&dossier, &other, &policy).inputs, next.inputs);
    let mut other = policy.clone();
    other.meals.tolerance_percent = 4.0;
    assert_ne!(week(&dossier, &library, &other).inputs, next.inputs);
    let mut other = dossier.clone();
    other.client.macros = Some(crate::record::Macros::new(181, 220, 60).unwrap());
    assert_ne!(week(&other, &library, &policy).inputs, next.inputs);
    // And what is taken over equals what would be compiled.
    let target = dossier.client.macros.unwrap();
    let template = &library.meal_templates[&template_id("template_a")];
    for day in &next.days {
        let again = compile::day(template, day.day_index, target, &library, &policy.meals);
        assert_eq!(&again.unwrap(), day);
    }
}
