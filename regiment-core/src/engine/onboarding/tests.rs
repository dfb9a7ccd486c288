mod change;
mod leave;

use super::*;
use crate::{
    record::{Actor, Goal, Macros},
    testing::{at, date, slug, user, zone},
};

/// A Sunday.
const NOW: &str = "2026-03-01T12:00:00Z";

fn form() -> Form {
    Form {
        user_id: "7".to_owned(),
        height_cm: Some(180),
        weight_kg: Some(90.0),
        timezone_offset: "UTC".to_owned(),
        goal: "cut".to_owned(),
        ..Form::default()
    }
}

fn enlisted(form: &Form, now: &str) -> ClientProfile {
    let Ok(Enlistment::Enlisted(effects)) = enlist(None, form, at(now)) else {
        panic!("not enlisted")
    };
    saved(&effects).clone()
}

fn saved(effects: &[Effect]) -> &ClientProfile {
    let profile = effects.iter().find_map(|effect| {
        let Effect::Profile(profile) = effect else { return None };
        Some(profile)
    });
    profile.expect("a profile is saved")
}

/// A pending client with all that an activation needs.
fn ready() -> ClientProfile {
    ClientProfile {
        training_template_id: Some(slug("steel_block_b")),
        macros: Some(Macros::new(180, 200, 60).unwrap()),
        ..enlisted(&form(), NOW)
    }
}

fn activated(client: ClientProfile, start: StartDate, now: &str) -> Result<Vec<Effect>, Refusal> {
    let (library, policy) = (Library::built_in(), Policy::default());
    activate(&Dossier::new(client), &library, &policy, start, None, at(now))
}

fn coach() -> Actor {
    Actor::Coach("c".to_owned())
}

#[test]
fn a_form_makes_a_pending_and_paused_profile() {
    let full = Form {
        name: Some(" Ana Silva ".to_owned()),
        email: Some("ana@example.com".to_owned()),
        age: Some(34),
        gender: Some("woman".to_owned()),
        goal: " Bulk ".to_owned(),
        photo_url: Some("https://example.com/a.jpg".to_owned()),
        guild_id: Some("99".to_owned()),
        ..form()
    };
    let client = enlisted(&full, NOW);
    assert_eq!((client.status, client.paused, client.goal), (Status::Pending, true, Goal::Bulk));
    assert_eq!(client.name.as_deref(), Some("Ana Silva"));
    assert_eq!(client.age.unwrap().get(), 34);
    assert_eq!((client.macros, client.meal_template_id), (None, None));
    assert_eq!((client.guild_id.as_deref(), client.created_at), (Some("99"), Some(at(NOW))));
}

#[test]
fn the_start_is_the_next_tuesday_of_the_clients_own_calendar() {
    let start = |zone: &str, now: &str| {
        let form = Form { timezone_offset: zone.to_owned(), ..form() };
        let client = enlisted(&form, now);
        assert_eq!(client.cycle_start_date, client.start_date);
        client.start_date
    };
    assert_eq!(start("UTC", "2026-03-02T23:59:59Z"), date("2026-03-03")); // Monday
    assert_eq!(start("UTC", "2026-03-03T00:00:00Z"), date("2026-03-10")); // Tuesday
    assert_eq!(start("UTC", "2026-03-09T00:00:00Z"), date("2026-03-10"));
    // The same instant is Monday in one place and Tuesday in another.
    assert_eq!(start("America/New_York", "2026-03-03T04:59:59Z"), date("2026-03-03"));
    assert_eq!(start("America/New_York", "2026-03-03T05:00:00Z"), date("2026-03-10"));
    assert_eq!(start("UTC+14", "2026-03-02T09:59:59Z"), date("2026-03-03"));
    assert_eq!(start("UTC+14", "2026-03-02T10:00:00Z"), date("2026-03-10"));
    // Clocks go forward on the night to Sunday, 8 March.
    assert_eq!(start("America/New_York", "2026-03-10T03:59:59Z"), date("2026-03-10"));
    assert_eq!(start("America/New_York", "2026-03-10T04:00:00Z"), date("2026-03-17"));
}

#[test]
fn every_bad_field_is_named_at_once() {
    let bad = Form {
        user_id: "12a".to_owned(),
        name: Some("x".repeat(101)),
        email: Some("nobody".to_owned()),
        age: Some(13),
        gender: Some("y".repeat(101)),
        height_cm: Some(251),
        weight_kg: Some(29.9),
        timezone_offset: "Londn".to_owned(),
        goal: "win".to_owned(),
        photo_url: Some("javascript:alert(1)".to_owned()),
        guild_id: None,
    };
    let refused = enlist(None, &bad, at(NOW)).unwrap_err();
    let fields: Vec<&str> = refused.iter().map(Invalid::field).collect();
    assert_eq!(
        fields,
        [
            "user_id",
            "name",
            "email",
            "gender",
            "age",
            "height_cm",
            "weight_kg",
            "timezone_offset",
            "goal",
            "photo_url",
        ]
    );
    assert_eq!(refused[1].to_string(), "name must be up to 100 characters, not 101 characters");
    assert!(refused[7].to_string().contains("UTC+5:45"), "{}", refused[7]);
}

#[test]
fn height_weight_zone_and_goal_are_required_and_nothing_else() {
    let empty = Form { user_id: "7".to_owned(), ..Form::default() };
    let refused = enlist(None, &empty, at(NOW)).unwrap_err();
    let fields: Vec<&str> = refused.iter().map(Invalid::field).collect();
    assert_eq!(fields, ["height_cm", "weight_kg", "timezone_offset", "goal"]);
    assert_eq!(refused[0].to_string(), "height_cm must be given, not empty");
    assert_eq!(enlisted(&form(), NOW).name, None);
}

#[test]
fn texts_hold_at_their_bounds() {
    let with = |change: fn(&mut Form, String), text: String| {
        let mut form = form();
        change(&mut form, text);
        enlist(None, &form, at(NOW)).is_ok()
    };
    let name: fn(&mut Form, String) = |form, text| form.name = Some(text);
    assert!(with(name, "é".repeat(100)) && !with(name, "é".repeat(101)));
    assert!(with(name, "  ".to_owned()) && !with(name, "a\nb".to_owned()));
    let email: fn(&mut Form, String) = |form, text| form.email = Some(text);
    let long = |n: usize| format!("{}@example.com", "a".repeat(n - 12));
    assert!(with(email, long(100)) && !with(email, long(101)));
    for bad in ["a@b", "@b.c", "a@.c", "a@b.", "a b@c.d", "a"] {
        assert!(!with(email, bad.to_owned()), "{bad}");
    }
    let photo: fn(&mut Form, String) = |form, text| form.photo_url = Some(text);
    let link = |n: usize| format!("https://{}", "a".repeat(n - 8));
    assert!(with(photo, link(500)) && !with(photo, link(501)));
    for bad in ["https://", "ftp://a.b", "https://a b", "a.b/c"] {
        assert!(!with(photo, bad.to_owned()), "{bad}");
    }
}

#[test]
fn a_second_form_is_answered_with_the_state_of_the_first() {
    let first = enlisted(&form(), NOW);
    let other = Form { weight_kg: Some(70.0), ..form() };
    let answer = enlist(Some(&first), &other, at("2026-04-01T12:00:00Z"));
    let known = |client: &ClientProfile| Enlistment::Known {
        status: client.status,
        paused: client.paused,
        start_date: client.start_date,
    };
    assert_eq!(answer, Ok(known(&first)));
    // Even a form that would be refused says where the first one stands.
    assert_eq!(enlist(Some(&first), &Form::default(), at(NOW)), Ok(known(&first)));
}

#[test]
fn a_reopened_profile_takes_a_second_form_and_keeps_what_is_the_coachs() {
    let mut client = ready();
    client.coaching_notes = "left knee".to_owned();
    client.guild_id = Some("99".to_owned());
    let effects = reopen(&client, at(NOW)).unwrap();
    let reopened = saved(&effects).clone();
    let second = Form { weight_kg: Some(70.0), goal: "bulk".to_owned(), ..form() };
    let later = at("2026-04-01T12:00:00Z"); // Wednesday
    let Ok(Enlistment::Enlisted(effects)) = enlist(Some(&reopened), &second, later) else {
        panic!("not taken")
    };
    let renewed = saved(&effects);
    assert_eq!((renewed.goal, renewed.weight_kg.get()), (Goal::Bulk, 70.0));
    assert_eq!((renewed.start_date, renewed.status), (date("2026-04-07"), Status::Pending));
    assert_eq!((renewed.macros, renewed.coaching_notes.as_str()), (client.macros, "left knee"));
    assert_eq!((renewed.guild_id.as_deref(), renewed.reopened), (Some("99"), false));
    assert!(enlist(Some(&reopened), &Form::default(), later).is_err());
}

#[test]
fn activation_puts_a_client_under_orders_and_welcomes_him() {
    let effects = activated(ready(), StartDate::Planned, NOW).unwrap();
    let client = saved(&effects);
    assert_eq!((client.status, client.paused), (Status::Active, false));
    assert_eq!(client.meal_template_id, Some(slug("template_a")));
    assert_eq!(client.block_id, Some(slug("steel_block_b")));
    assert_eq!(client.block_start_date, Some(date("2026-03-03")));
    let Some(Effect::Send(welcome)) = effects.last() else { panic!("no welcome") };
    assert_eq!(welcome.to, Recipient::Client(user("7")));
    assert_eq!(welcome.key, "7:welcome:2026-03-03");
    let said = Message::Welcome { start_date: date("2026-03-03"), text: None };
    assert_eq!(welcome.message, said);
}

#[test]
fn the_welcome_may_be_the_coachs_own_words() {
    let words = Some("Report in on Tuesday.".to_owned());
    let (library, policy) = (Library::built_in(), Policy::default());
    let dossier = Dossier::new(ready());
    let planned = StartDate::Planned;
    let effects = activate(&dossier, &library, &policy, planned, words.clone(), at(NOW)).unwrap();
    let Some(Effect::Send(welcome)) = effects.last() else { panic!("no welcome") };
    let said = Message::Welcome { start_date: date("2026-03-03"), text: words };
    assert_eq!(welcome.message, said);
}

#[test]
fn activation_needs_macros_and_a_block() {
    let client = ClientProfile { macros: None, training_template_id: None, ..ready() };
    let refused = activated(client, StartDate::Planned, NOW).unwrap_err();
    assert_eq!(refused.to_string(), "the profile lacks macros and training_template_id");
    let client = ClientProfile { macros: None, ..ready() };
    let refused = activated(client, StartDate::Planned, NOW).unwrap_err();
    assert_eq!(refused, Refusal::Incomplete { missing: vec!["macros"] });
    let client = ClientProfile { training_template_id: Some(slug("gone")), ..ready() };
    let refused = activated(client, StartDate::Planned, NOW).unwrap_err();
    assert_eq!(refused.to_string(), "training block gone is not in the library");
    let client = ClientProfile { meal_template_id: Some(slug("gone")), ..ready() };
    let refused = activated(client, StartDate::Planned, NOW).unwrap_err();
    assert_eq!(refused.to_string(), "meal template gone is not in the library");
}

#[test]
fn a_start_that_passed_while_waiting_rolls_to_the_next_tuesday() {
    let start = |now: &str| {
        let effects = activated(ready(), StartDate::Planned, now).unwrap();
        let client = saved(&effects);
        assert_eq!(client.cycle_start_date, client.start_date);
        client.start_date
    };
    assert_eq!(start("2026-03-02T23:59:59Z"), date("2026-03-03"));
    assert_eq!(start("2026-03-03T23:59:59Z"), date("2026-03-03"));
    assert_eq!(start("2026-03-04T00:00:00Z"), date("2026-03-10"));
    assert_eq!(start("2026-03-10T00:00:00Z"), date("2026-03-17"));
}

#[test]
fn whether_a_start_has_passed_is_the_clients_own_calendars_word() {
    let client = ClientProfile { timezone_offset: zone("UTC-11"), ..ready() };
    let effects = activated(client.clone(), StartDate::Planned, "2026-03-04T10:59:59Z").unwrap();
    assert_eq!(saved(&effects).start_date, date("2026-03-03"));
    let effects = activated(client, StartDate::Planned, "2026-03-04T11:00:00Z").unwrap();
    assert_eq!(saved(&effects).start_date, date("2026-03-10"));
}

#[test]
fn a_start_in_the_past_needs_an_explicit_override() {
    let now = "2026-03-04T09:00:00Z";
    let yesterday = date("2026-03-03");
    let refused = activated(ready(), StartDate::On(yesterday), now).unwrap_err();
    assert_eq!(refused, Refusal::StartPassed { start: yesterday, today: date("2026-03-04") });
    let effects = activated(ready(), StartDate::OnPast(yesterday), now).unwrap();
    assert_eq!(saved(&effects).start_date, yesterday);
    let today = activated(ready(), StartDate::On(date("2026-03-04")), now).unwrap();
    assert_eq!(saved(&today).start_date, date("2026-03-04"));
    assert_eq!(saved(&today).cycle_start_date, yesterday);
}

#[test]
fn only_a_pending_client_is_activated() {
    let effects = activated(ready(), StartDate::Planned, NOW).unwrap();
    let active = saved(&effects).clone();
    let again = activated(active.clone(), StartDate::Planned, NOW).unwrap_err();
    assert_eq!(again.to_string(), "the client is active");
    let archived = ClientProfile { status: Status::Archived, ..active };
    let refused = activated(archived, StartDate::Planned, NOW);
    assert_eq!(refused, Err(Refusal::WrongStatus { status: Status::Archived }));
}

#[test]
fn the_default_template_is_checked_for_allergens() {
    let library = Library::built_in();
    let template = &library.meal_templates[&slug("template_a")];
    let holds = library.allergens_in(template).first().copied().expect("an allergen").to_owned();
    let allergic = ClientProfile { allergens: vec![holds.clone()], ..ready() };
    let refused = activated(allergic.clone(), StartDate::Planned, NOW).unwrap_err();
    let allergens = vec![holds];
    assert_eq!(refused, Refusal::Allergens { template: "template_a".to_owned(), allergens });
    // One that the coach has assigned was checked, or overridden, when he did.
    let assigned = ClientProfile { meal_template_id: Some(slug("template_a")), ..allergic };
    assert!(activated(assigned, StartDate::Planned, NOW).is_ok());
}

#[test]
fn a_coach_creates_and_activates_in_one_call() {
    let (library, policy) = (Library::built_in(), Policy::default());
    let mut dossier = Dossier::new(enlisted(&form(), NOW));
    let finalized = ClientProfile {
        macros: Some(Macros::new(180, 200, 60).unwrap()),
        training_template_id: Some(slug("steel_block_c")),
        meal_template_id: Some(slug("template_b")),
        ..dossier.client.clone()
    };
    let edited = edit(&dossier, &library, finalized, &[], None, at(NOW)).unwrap();
    dossier.apply(&edited[0]);
    let planned = StartDate::Planned;
    let effects = activate(&dossier, &library, &policy, planned, None, at(NOW)).unwrap();
    let client = saved(&effects);
    assert_eq!(client.gate(date("2026-03-02")), crate::record::Gate::NotStarted);
    assert_eq!(client.gate(date("2026-03-03")), crate::record::Gate::Open);
    assert_eq!(client.block_id, Some(slug("steel_block_c")));
}
