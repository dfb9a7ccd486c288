use std::collections::BTreeSet;

use jiff::civil::Date;
use proptest::prelude::*;
use regiment_core::{
    Id, Slug,
    message::Decision,
    record::{DismissReason, DoneOrMissed, OrderKind},
    testing::{date, slug, user},
};

use super::*;
use crate::action::{CardStep, Consent, Question};

const KEY: &[u8] = b"a key of thirty-two bytes, tests";
const OTHER: &[u8] = b"another key, of the bot before it";

/// Every id that was ever shipped: whom it was for, the id, and what it must go on to mean.
const SHIPPED: &str = include_str!("shipped.txt");

fn ids() -> CustomIds {
    CustomIds::new(KEY, None)
}

fn known() -> UserId {
    user("80351110224678912")
}

fn uuid<T>() -> Id<T> {
    "018f4e3c-9a7b-7c3d-8e1f-0123456789ab".parse().unwrap()
}

/// One action of each kind, as they stand on messages.
fn every() -> Vec<Action> {
    let today = date("2026-11-24");
    let mut actions = vec![
        Action::Checkin { date: today },
        Action::CheckinForm { date: today },
        Action::ConfirmWeight { date: today },
        Action::Meal {
            date: today,
            meal_id: slug("template_a_meal1"),
            status: DoneOrMissed::Completed,
        },
        Action::Meal {
            date: today,
            meal_id: slug("template_a_meal1"),
            status: DoneOrMissed::Missed,
        },
        Action::Cardio { date: today },
        Action::TopSet { date: today, exercise_id: slug("ex_bp_001") },
        Action::Rest { seconds: 90 },
        Action::Plan { cycle_start: date("2026-12-01"), template_id: slug("template_b") },
        Action::Menu { row: 4 },
        Action::Enlist { zone: None },
        Action::Enlist { zone: Some("America/Port-au-Prince".to_owned()) },
        Action::EnlistBody { zone: None },
        Action::EnlistBody { zone: Some("UTC+05:45".to_owned()) },
        Action::EnlistZone,
        Action::EnlistGoal,
        Action::Alias,
        Action::Zone,
        Action::ZoneChoice,
        Action::Erase,
    ];
    actions.extend(Question::ALL.map(|question| Action::CheckinAnswer { date: today, question }));
    let orders = [OrderKind::Checkin, OrderKind::Fuel, OrderKind::Training];
    actions.extend(orders.map(|order| Action::Excuse { date: today, order }));
    for to in [Consent::Callouts, Consent::Honors] {
        actions.extend([true, false].map(|is_given| Action::Consent { to, is_given }));
    }
    let asides = [
        DismissReason::Wrong,
        DismissReason::Known,
        DismissReason::NotNow,
        DismissReason::NotUseful,
    ];
    let steps = [
        CardStep::Resolve,
        CardStep::Act,
        CardStep::Callout,
        CardStep::Reassign,
        CardStep::Pause,
        CardStep::Snooze,
        CardStep::Until,
        CardStep::Dismiss,
        CardStep::Reason,
    ];
    let steps = steps.into_iter().chain(asides.map(CardStep::Aside));
    actions.extend(steps.map(|step| Action::Card { user_id: known(), id: uuid(), step }));
    actions.extend([Decision::Granted, Decision::Refused].map(|decision| Action::DecideExcuse {
        user_id: known(),
        id: uuid(),
        decision,
    }));
    actions
}

fn line(action: &Action) -> String {
    let id = ids().write(action, For::Person(known()));
    format!("{id}\t{}", serde_json::to_string(action).unwrap())
}

#[test]
fn every_id_that_was_ever_shipped_is_still_read() {
    for line in SHIPPED.lines() {
        let (id, meaning) = line.split_once('\t').unwrap();
        let meaning: Action = serde_json::from_str(meaning).unwrap();
        assert_eq!(ids().read(id, known(), true), Ok(meaning), "{id}");
    }
}

#[test]
fn every_id_that_is_written_is_among_those_that_were_shipped() {
    let shipped: BTreeSet<&str> = SHIPPED.lines().collect();
    let missing: Vec<_> =
        every().iter().map(line).filter(|line| !shipped.contains(line.as_str())).collect();
    assert!(
        missing.is_empty(),
        "add to shipped.txt, and never take a line out:\n{}",
        missing.join("\n")
    );
}

#[test]
fn an_id_is_worth_nothing_to_somebody_else() {
    let ids = ids();
    let cardio = Action::Cardio { date: date("2026-11-24") };
    let id = ids.write(&cardio, For::Person(known()));
    assert_eq!(ids.read(&id, known(), false), Ok(cardio.clone()));
    assert_eq!(ids.read(&id, user("42"), false), Err(UnreadId::Forged));
    assert_eq!(ids.read(&id, user("42"), true), Err(UnreadId::Forged));
    // A digit of the person can't be moved into the arguments.
    assert_eq!(ids.read(&id, user("8035111022467891"), false), Err(UnreadId::Forged));
}

#[test]
fn a_coachs_control_needs_a_coach_and_the_enlist_button_nobody_in_particular() {
    let ids = ids();
    let card = Action::Card { user_id: known(), id: uuid(), step: CardStep::Resolve };
    for reader in [For::Coaches, For::Person(user("7"))] {
        let id = ids.write(&card, reader);
        assert_eq!(ids.read(&id, user("8"), true), Ok(card.clone()));
        assert_eq!(ids.read(&id, user("7"), false), Err(UnreadId::Forged));
    }
    let enlist = Action::Enlist { zone: None };
    let id = ids.write(&enlist, For::Coaches);
    assert_eq!(ids.read(&id, user("9"), false), Ok(enlist));
}

#[test]
fn the_key_before_opens_and_one_before_that_does_not() {
    let action = Action::Rest { seconds: 90 };
    let id = CustomIds::new(OTHER, None).write(&action, For::Person(known()));
    assert_eq!(CustomIds::new(KEY, Some(OTHER)).read(&id, known(), false), Ok(action));
    assert_eq!(ids().read(&id, known(), false), Err(UnreadId::Forged));
}

#[test]
fn what_is_not_understood_is_told_apart() {
    let check =
        |id: &str, expected| assert_eq!(ids().read(id, known(), true), Err(expected), "{id}");
    let id = ids().write(&Action::Alias, For::Person(known()));
    let seal = id.rsplit_once('.').unwrap().1;
    check(&id.replacen("r1", "r2", 1), UnreadId::Stale);
    check(&id.replacen("r1.al", "r1.zz", 1), UnreadId::Stale);
    check(&format!("r1.ck.notadate.{seal}"), UnreadId::Stale);
    check(&format!("r1.al.more.{seal}"), UnreadId::Stale);
    check(&id.replacen("r1", "x1", 1), UnreadId::Unknown);
    check("", UnreadId::Unknown);
    check("confirm", UnreadId::Unknown);
    check("r1", UnreadId::Unknown);
    check("r1.al", UnreadId::Unknown);
    check("r1.al..", UnreadId::Forged);
    check("r1.al..AAAA", UnreadId::Forged);
    check(&format!("{id}A"), UnreadId::Forged);
    check(&id[..id.len() - 1], UnreadId::Forged);
    check("r1.💪.💪.💪", UnreadId::Stale);
    // More days than the calendar has, and than a span holds.
    check(&format!("r1.ck.4cpg5.{seal}"), UnreadId::Stale);
    check(&format!("r1.ck.zzzzz.{seal}"), UnreadId::Stale);
}

#[test]
fn the_longest_ids_fit_and_what_is_longer_is_found_by_its_digest() {
    let date = Date::MAX;
    let longest: Slug<_> = slug(&"x".repeat(73));
    let fits = Action::TopSet { date, exercise_id: longest };
    let id = ids().write(&fits, For::Person(known()));
    assert_eq!(id.len(), 100);
    assert_eq!(ids().read(&id, known(), false), Ok(fits));

    for too_long in ["x".repeat(74), "x".repeat(100), "~x".to_owned()] {
        let action = Action::TopSet { date, exercise_id: slug(&too_long) };
        let id = ids().write(&action, For::Person(known()));
        assert!(id.len() <= 100, "{id}");
        let read = ids().read(&id, known(), false).unwrap();
        assert_eq!(read, Action::TopSet { date, exercise_id: slug(&short(&too_long)) });
        assert_ne!(short(&too_long), too_long);
    }

    let user_id = user("99999999999999999999");
    let id = "ffffffff-ffff-ffff-ffff-ffffffffffff".parse().unwrap();
    let step = CardStep::Aside(DismissReason::NotUseful);
    let card = Action::Card { user_id, id, step };
    let id = ids().write(&card, For::Coaches);
    assert_eq!(id.len(), 70);
    assert_eq!(ids().read(&id, known(), true), Ok(card));

    let zone = Some("America/Argentina/ComodRivadavia".to_owned());
    assert_eq!(ids().write(&Action::Enlist { zone }, For::Coaches).len(), 53);
}

#[test]
fn a_zone_that_is_none_is_not_carried_along() {
    for zone in ["Zürich", "a b", &"x".repeat(65)] {
        let id = ids().write(&Action::Enlist { zone: Some(zone.to_owned()) }, For::Coaches);
        assert_eq!(ids().read(&id, known(), false), Ok(Action::Enlist { zone: None }));
    }
}

fn dates() -> impl Strategy<Value = Date> {
    (1..=9999_i16, 1..=12_i8, 1..=28_i8).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

fn actions() -> impl Strategy<Value = Action> {
    let slugs = || "[!-~]{1,100}";
    prop_oneof![
        (dates(), slugs()).prop_map(|(date, id)| Action::TopSet { date, exercise_id: slug(&id) }),
        (dates(), slugs(), any::<bool>()).prop_map(|(date, id, is_done)| Action::Meal {
            date,
            meal_id: slug(&id),
            status: if is_done { DoneOrMissed::Completed } else { DoneOrMissed::Missed },
        }),
        (dates(), slugs())
            .prop_map(|(cycle_start, id)| Action::Plan { cycle_start, template_id: slug(&id) }),
        any::<u16>().prop_map(|seconds| Action::Rest { seconds }),
        "[!-~]{1,64}".prop_map(|zone| Action::EnlistBody { zone: Some(zone) }),
        ("[0-9]{1,20}", any::<[u8; 16]>()).prop_map(|(id, uuid)| Action::Card {
            user_id: user(&id),
            id: uuid.map(|b| format!("{b:02x}")).concat().parse().unwrap(),
            step: CardStep::Act,
        }),
    ]
}

/// What an action means once its ids are as short as they have to be.
fn shortened(mut action: Action) -> Action {
    if let Action::TopSet { exercise_id, .. } = &mut action {
        *exercise_id = slug(&short(exercise_id.as_str()));
    } else if let Action::Meal { meal_id, .. } = &mut action {
        *meal_id = slug(&short(meal_id.as_str()));
    } else if let Action::Plan { template_id, .. } = &mut action {
        *template_id = slug(&short(template_id.as_str()));
    }
    action
}

proptest! {
    #[test]
    fn what_is_written_is_read(action in actions(), person in "[0-9]{1,20}") {
        let person = user(&person);
        let id = ids().write(&action, For::Person(person));
        prop_assert!(id.len() <= 100 && id.is_ascii());
        prop_assert_eq!(ids().read(&id, person, true), Ok(shortened(action)));
    }

    #[test]
    fn one_changed_character_makes_an_id_worthless(
        action in actions(),
        place in any::<prop::sample::Index>(),
        to in "[ -~]",
    ) {
        let id = ids().write(&action, For::Person(known()));
        let place = place.index(id.len());
        let mut changed = id.clone();
        changed.replace_range(place..=place, &to);
        prop_assume!(changed != id);
        prop_assert!(ids().read(&changed, known(), true).is_err(), "{} {}", id, changed);
    }

    #[test]
    fn nothing_that_anybody_types_breaks_the_reading(id in "\\PC{0,120}") {
        prop_assert!(ids().read(&id, known(), true).is_err());
    }
}
