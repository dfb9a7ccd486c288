use super::*;
use crate::{
    calendar::DayOfWeek,
    measure::Minutes,
    testing::{client, dossier},
};

const WEDNESDAY: &str = "2026-03-04T09:00:00Z";

fn edited(
    dossier: &Dossier,
    change: impl FnOnce(&mut ClientProfile),
) -> Result<ClientProfile, Refusal> {
    edited_with(dossier, change, &[], None)
}

fn edited_with(
    dossier: &Dossier,
    change: impl FnOnce(&mut ClientProfile),
    overrides: &[Override],
    reason: Option<&str>,
) -> Result<ClientProfile, Refusal> {
    let mut next = dossier.client.clone();
    change(&mut next);
    let effects = edit(dossier, &Library::built_in(), next, overrides, reason, at(WEDNESDAY))?;
    Ok(saved(&effects).clone())
}

#[test]
fn an_edit_takes_what_is_the_coachs_and_keeps_the_rest() {
    let dossier = dossier("7");
    let next = edited(&dossier, |client| {
        client.goal = Goal::Bulk;
        client.macros = Some(Macros::new(200, 300, 80).unwrap());
        client.coaching_notes = "left knee".to_owned();
        client.training_days = vec![DayOfWeek::Sat, DayOfWeek::Tue, DayOfWeek::Sat];
        client.allergens = vec![" Coconut ".to_owned(), String::new(), "coconut".to_owned()];
        client.cardio_type = " ".to_owned();
        client.user_id = user("8");
        client.status = Status::Archived;
        client.paused = true;
        client.blocked_refeed = true;
        client.block_start_date = None;
        client.version = 99;
    });
    let next = next.unwrap();
    assert_eq!((next.goal, next.coaching_notes.as_str()), (Goal::Bulk, "left knee"));
    assert_eq!(next.training_days, [DayOfWeek::Tue, DayOfWeek::Sat]);
    assert_eq!(
        (next.allergens, next.cardio_type),
        (vec!["coconut".to_owned()], "zone2".to_owned())
    );
    assert_eq!((next.user_id, next.status, next.paused), (user("7"), Status::Active, false));
    assert_eq!((next.blocked_refeed, next.version), (false, 1));
    assert_eq!(next.block_start_date, dossier.client.block_start_date);
    assert_eq!(next.updated_at, Some(at(WEDNESDAY)));
}

#[test]
fn a_pending_profile_is_editable_and_a_paused_or_archived_one_is_not() {
    let nothing = |_: &mut ClientProfile| {};
    assert!(edited(&Dossier::new(ready()), nothing).is_ok());
    let mut dossier = dossier("7");
    dossier.client.paused = true;
    let locked = edited(&dossier, nothing).unwrap_err();
    assert_eq!(
        locked.to_string(),
        "the profile is locked while the client is paused; resume him first"
    );
    dossier.client.status = Status::Archived;
    let archived = edited(&dossier, nothing);
    assert_eq!(archived, Err(Refusal::WrongStatus { status: Status::Archived }));
}

#[test]
fn cardio_is_set_to_0_with_a_reason_alone() {
    let dossier = dossier("7");
    let minutes = |n| {
        move |client: &mut ClientProfile| {
            client.cardio_minutes = Some(Minutes::new(n).unwrap());
        }
    };
    let needed = Err(Refusal::ReasonNeeded { to: "assign no cardio" });
    assert_eq!(edited(&dossier, minutes(0)), needed);
    assert_eq!(edited_with(&dossier, minutes(0), &[], Some(" ")), needed);
    assert!(edited_with(&dossier, minutes(0), &[], Some("knee")).is_ok());
    assert!(edited(&dossier, minutes(1)).is_ok());
    assert!(edited(&dossier, |client| client.cardio_minutes = None).is_ok());
    // Once it is 0, other edits need no reason again.
    let mut none = dossier;
    none.client.cardio_minutes = Some(Minutes::new(0).unwrap());
    assert!(edited(&none, |client| client.goal = Goal::Bulk).is_ok());
}

#[test]
fn an_allergen_in_the_template_wants_an_override() {
    let library = Library::built_in();
    let template = &library.meal_templates[&slug("template_b")];
    let allergen = library.allergens_in(template).first().copied().expect("one").to_owned();
    let mut dossier = dossier("7");
    dossier.client.allergens = vec![allergen.clone()];
    let assign = |client: &mut ClientProfile| client.meal_template_id = Some(slug("template_b"));
    let refused = edited(&dossier, assign).unwrap_err();
    let expected = format!("template_b holds {allergen}, which the client is allergic to");
    assert_eq!(refused.to_string(), expected);
    assert!(edited_with(&dossier, assign, &[Override::PastStart], None).is_err());
    assert!(edited_with(&dossier, assign, &[Override::Allergens], None).is_ok());
    // An allergen that is learned of later is checked against the template that runs.
    dossier.client.allergens = Vec::new();
    dossier.client.meal_template_id = Some(slug("template_b"));
    let learned = |client: &mut ClientProfile| client.allergens = vec![allergen.to_uppercase()];
    assert!(edited(&dossier, learned).is_err());
    assert!(edited(&dossier, |client| client.allergens = vec!["none known".to_owned()]).is_ok());
}

#[test]
fn ids_that_the_library_does_not_have_are_refused() {
    let dossier = dossier("7");
    let message =
        |change: fn(&mut ClientProfile)| edited(&dossier, change).unwrap_err().to_string();
    assert_eq!(
        message(|client| client.meal_template_id = Some(slug("x"))),
        "meal template x is not in the library"
    );
    assert_eq!(
        message(|client| client.plan_choices = vec![slug("template_a"), slug("y")]),
        "meal template y is not in the library"
    );
    assert_eq!(
        message(|client| client.training_template_id = Some(slug("z"))),
        "training block z is not in the library"
    );
}

#[test]
fn an_active_profile_keeps_what_its_orders_are_made_of() {
    let dossier = dossier("7");
    let refused = edited(&dossier, |client| {
        client.macros = None;
        client.meal_template_id = None;
        client.training_template_id = None;
    });
    let missing = vec!["macros", "meal_template_id", "training_template_id"];
    assert_eq!(refused, Err(Refusal::Incomplete { missing }));
    assert!(edited(&Dossier::new(ready()), |client| client.macros = None).is_ok());
}

#[test]
fn a_start_date_moves_its_first_cycle_and_not_into_the_past_unasked() {
    let dossier = dossier("7");
    let start = |day: &str| {
        let day = date(day);
        move |client: &mut ClientProfile| client.start_date = day
    };
    let passed = edited(&dossier, start("2026-03-03"));
    let (day, today) = (date("2026-03-03"), date("2026-03-04"));
    assert_eq!(passed, Err(Refusal::StartPassed { start: day, today }));
    assert!(edited_with(&dossier, start("2026-03-03"), &[Override::PastStart], None).is_ok());
    let next = edited(&dossier, start("2026-03-12")).unwrap();
    assert_eq!((next.start_date, next.cycle_start_date), (date("2026-03-12"), date("2026-03-10")));
    assert!(edited(&dossier, start("2026-03-04")).is_ok());
    // The start that stands is not asked about again.
    assert!(edited(&dossier, |client| client.goal = Goal::Bulk).is_ok());
}

#[test]
fn texts_are_checked_in_an_edit_too() {
    let dossier = dossier("7");
    let field = |change: fn(&mut ClientProfile)| match edited(&dossier, change) {
        Err(Refusal::Invalid(invalid)) => invalid.field().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(field(|client| client.name = Some("x".repeat(101))), "name");
    assert_eq!(field(|client| client.email = Some("x".to_owned())), "email");
    assert_eq!(field(|client| client.photo_url = Some("x".to_owned())), "photo_url");
    assert_eq!(field(|client| client.cardio_type = "x".repeat(101)), "cardio_type");
    assert_eq!(field(|client| client.alias = Some("@everyone".to_owned())), "alias");
    assert_eq!(field(|client| client.honors_opt_in = true), "honors_opt_in");
    assert_eq!(field(|client| client.public_callout_opt_in = true), "public_callout_opt_in");
}

#[test]
fn a_coach_may_withdraw_consent_but_not_the_alias_it_needs() {
    let mut dossier = dossier("7");
    dossier.client.honors_opt_in = true;
    dossier.client.alias = Some("Iron".to_owned());
    assert!(!edited(&dossier, |client| client.honors_opt_in = false).unwrap().honors_opt_in);
    let nameless = edited(&dossier, |client| client.alias = None);
    assert_eq!(nameless, Err(Refusal::AliasNeeded));
}

#[test]
fn a_new_block_begins_today_or_tomorrow_when_todays_workout_has_gone_out() {
    let library = Library::built_in();
    let assigned = |dossier: &Dossier, now: &str| {
        let block = slug("steel_block_c");
        let effects = assign_block(dossier, &library, &block, at(now)).unwrap();
        let next = saved(&effects);
        assert_eq!(
            (&next.training_template_id, &next.block_id),
            (&Some(block.clone()), &Some(block))
        );
        next.block_start_date.unwrap()
    };
    let today = date("2026-03-04");
    assert_eq!(assigned(&dossier("7"), WEDNESDAY), today);
    let sent = dossier("7").with_training_order("2026-03-04", 3, &["ex_sq_001"]);
    assert_eq!(assigned(&sent, WEDNESDAY), date("2026-03-05"));
    let yesterdays = dossier("7").with_training_order("2026-03-03", 3, &["ex_sq_001"]);
    assert_eq!(assigned(&yesterdays, WEDNESDAY), today);
    let fuel = dossier("7").with_fuel_order("2026-03-04", &["template_a_meal1"], None);
    assert_eq!(assigned(&fuel, WEDNESDAY), today);
    // Today is the client's own.
    let mut ahead = dossier("7");
    ahead.client.timezone_offset = zone("UTC+14");
    assert_eq!(assigned(&ahead, "2026-03-04T10:00:00Z"), date("2026-03-05"));
    // Nobody trains before his start.
    let mut coming = dossier("7");
    coming.client.start_date = date("2026-03-10");
    assert_eq!(assigned(&coming, WEDNESDAY), date("2026-03-10"));
}

#[test]
fn an_edit_that_names_another_block_assigns_it() {
    let dossier = dossier("7").with_training_order("2026-03-04", 3, &["ex_sq_001"]);
    let other = edited(&dossier, |client| {
        client.training_template_id = Some(slug("steel_block_b"));
    });
    let other = other.unwrap();
    assert_eq!(other.block_start_date, Some(date("2026-03-05")));
    assert_eq!(other.block_id, Some(slug("steel_block_b")));
    let same = edited(&dossier, |client| client.goal = Goal::Bulk).unwrap();
    assert_eq!(same.block_start_date, dossier.client.block_start_date);
    // A pending client's block begins with his activation.
    let pending = edited(&Dossier::new(ready()), |client| {
        client.training_template_id = Some(slug("steel_block_a"));
    });
    assert_eq!(pending.unwrap().block_start_date, None);
}

#[test]
fn an_unknown_block_is_not_assigned_nor_any_to_a_locked_profile() {
    let library = Library::built_in();
    let mut dossier = dossier("7");
    let unknown = assign_block(&dossier, &library, &slug("gone"), at(WEDNESDAY)).unwrap_err();
    assert_eq!(unknown.to_string(), "training block gone is not in the library");
    dossier.client.paused = true;
    let locked = assign_block(&dossier, &library, &slug("steel_block_b"), at(WEDNESDAY));
    assert_eq!(locked, Err(Refusal::Locked));
}

#[test]
fn an_alias_can_mention_nobody() {
    for good in ["Iron", "O'Neil 2", "wolf_pack-7", "Ünal", "ab", &"a".repeat(32)] {
        assert_eq!(alias(good).unwrap(), good);
    }
    assert_eq!(alias("  Iron ").unwrap(), "Iron");
    for bad in
        ["", "a", " a ", "@everyone", "<@123>", "a#1", "a:b:", "a\nb", "`x`", &"a".repeat(33)]
    {
        assert!(alias(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_client_sets_his_opt_ins_alias_and_zone() {
    let client = client("7");
    let now = at(WEDNESDAY);
    let agree = Settings { honors_opt_in: Some(true), ..Settings::default() };
    assert_eq!(set(&client, agree.clone(), now), Err(Refusal::AliasNeeded));
    let named = Settings { alias: Some("Iron".to_owned()), ..agree };
    let effects = set(&client, named, now).unwrap();
    let next = saved(&effects).clone();
    assert_eq!((next.honors_opt_in, next.public_callout_opt_in), (true, false));
    assert_eq!(next.alias.as_deref(), Some("Iron"));
    let moved = Settings { timezone_offset: Some(zone("Europe/Lisbon")), ..Settings::default() };
    let effects = set(&next, moved, now).unwrap();
    assert_eq!(saved(&effects).timezone_offset, zone("Europe/Lisbon"));
    assert!(saved(&effects).honors_opt_in);
    let callouts = Settings { public_callout_opt_in: Some(true), ..Settings::default() };
    assert!(saved(&set(&next, callouts, now).unwrap()).public_callout_opt_in);
}

#[test]
fn consent_is_withdrawn_also_during_a_pause() {
    let mut client = client("7");
    client.paused = true;
    client.public_callout_opt_in = true;
    let no = Settings { public_callout_opt_in: Some(false), ..Settings::default() };
    let effects = set(&client, no.clone(), at(WEDNESDAY)).unwrap();
    assert!(!saved(&effects).public_callout_opt_in);
    client.status = Status::Archived;
    let refused = set(&client, no, at(WEDNESDAY));
    assert_eq!(refused, Err(Refusal::WrongStatus { status: Status::Archived }));
}
