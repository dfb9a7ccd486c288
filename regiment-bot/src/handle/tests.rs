//! What is answered without a server: forms, refusals, and honest words where it is away.

use regiment_core::{
    Secret,
    record::{DismissReason, DoneOrMissed, OrderKind},
    testing::{date, slug, user},
};
use serde_json::{Value, json};

use super::*;
use crate::{CardStep, Config, Consent, For, Form, Person, Question, Row, limit};

const GUILD: u64 = 1;
const COACH: &str = "7";

/// A desk whose server is not there.
fn desk(coach_roles: &[&str]) -> Desk {
    let settings = [
        ("REGIMENT_URL", "http://127.0.0.1:9"),
        ("REGIMENT_BOT_TOKEN", "token"),
        ("REGIMENT_BOT_KEY", "a key of the tests, more than 32 bytes long"),
        ("DISCORD_TOKEN", "token"),
        ("DISCORD_GUILD_ID", "1"),
        ("DISCORD_COACH_CHANNEL_ID", "2"),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let api = Api::connect(&Config::load(settings).unwrap()).unwrap();
    let ids = CustomIds::new(b"key", None);
    let roles = coach_roles.iter().map(|role| (*role).to_owned()).collect();
    Desk::new(api, Arc::new(Texts::built_in()), ids, roles, Some(GUILD))
}

fn ana() -> UserId {
    user("80351110224678912")
}

fn interaction(asks: Asks) -> Interaction {
    let person = Person { user_id: ana(), name: "Ana".to_owned(), roles: vec![COACH.to_owned()] };
    Interaction {
        // 2026-11-24T12:00:00Z
        id: 375_576_480_000 << 22,
        token: Secret::new("token"),
        guild_id: Some(GUILD),
        channel_id: Some(2),
        person,
        message: None,
        asks,
    }
}

fn id(desk: &Desk, action: &Action) -> String {
    desk.ids.write(action, For::Person(ana()))
}

fn press(desk: &Desk, action: &Action) -> Interaction {
    let shown = Shown { id: 3, content: "An order".to_owned(), components: Vec::new() };
    let by = interaction(Asks::Press { custom_id: id(desk, action) });
    Interaction { message: Some(shown), ..by }
}

fn command(name: &str, options: &Value) -> Interaction {
    let frame = json!({
        "type": 2, "id": "1575285412945920000", "token": "token", "guild_id": GUILD.to_string(),
        "member": {"user": {"id": ana().as_str(), "username": "ana"}, "roles": [COACH]},
        "data": {"name": name, "options": options},
    });
    Interaction::parse(&frame).unwrap()
}

fn submit(desk: &Desk, action: &Action, fields: &[(&str, &str)]) -> Interaction {
    let fields = fields.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned()));
    let custom_id = id(desk, action);
    interaction(Asks::Submit { custom_id, fields: fields.collect() })
}

fn words_of(answer: Answer) -> String {
    match answer {
        Answer::Note(note) | Answer::Changed(note) | Answer::Post(note) => {
            assert!(note.content.encode_utf16().count() <= limit::CONTENT);
            note.content
        }
        Answer::Form(form) => form.title,
        Answer::Choices(choices) => format!("{choices:?}"),
    }
}

/// Fails where Discord would refuse the form.
fn check(form: &Form) {
    let length = |text: &str| text.encode_utf16().count();
    assert!((1..=limit::TITLE).contains(&length(&form.title)), "{}", form.title);
    assert!((1..=limit::INPUTS).contains(&form.inputs.len()));
    for input in &form.inputs {
        assert!((1..=limit::INPUT_LABEL).contains(&length(&input.label)), "{}", input.label);
        let longest = usize::from(input.max.unwrap());
        assert!(longest <= 4000);
        assert!(input.value.as_ref().is_none_or(|value| value.chars().count() <= longest));
        assert!(input.required == input.min.is_some());
    }
}

fn card(step: CardStep) -> Action {
    let id = "018f4e3c-9a7b-7c3d-8e1f-0123456789ab".parse().unwrap();
    Action::Card { user_id: user("42"), id, step }
}

fn forms() -> Vec<Action> {
    let date = date("2026-11-24");
    vec![
        Action::TopSet { date, exercise_id: slug("ex_bp_001") },
        Action::Cardio { date },
        Action::CheckinForm { date },
        Action::Enlist { zone: None },
        Action::EnlistBody { zone: Some("Europe/London".to_owned()) },
        Action::Alias,
        Action::Zone,
        Action::Erase,
        card(CardStep::Callout),
        card(CardStep::Pause),
        card(CardStep::Aside(DismissReason::Wrong)),
    ]
}

fn presses() -> Vec<Action> {
    let date = date("2026-11-24");
    vec![
        Action::ConfirmWeight { date },
        Action::Meal { date, meal_id: slug("a_meal1"), status: DoneOrMissed::Completed },
        Action::Meal { date, meal_id: slug("~digest"), status: DoneOrMissed::Missed },
        Action::Plan { cycle_start: date, template_id: slug("template_a") },
        Action::Excuse { date, order: OrderKind::Fuel },
        Action::Consent { to: Consent::Honors, is_given: true },
        card(CardStep::Resolve),
    ]
}

#[tokio::test]
async fn a_form_comes_at_once_and_asks_nobody() {
    let desk = desk(&[COACH]);
    for action in forms() {
        let by = press(&desk, &action);
        assert_eq!(desk.promise(&by), Promise::Form, "{action:?}");
        let Answer::Form(form) = desk.answer(&by).await else { panic!("{action:?}") };
        check(&form);
        assert_eq!(form.action, action);
    }
    let zone = json!([{"type": 3, "name": "zone", "value": "Europe/London"}]);
    let by = command("onboard", &zone);
    assert_eq!(desk.promise(&by), Promise::Form);
    let Answer::Form(form) = desk.answer(&by).await else { panic!("no form") };
    assert_eq!(form.action, Action::Enlist { zone: Some("Europe/London".to_owned()) });
    assert_eq!(form.inputs[0].value.as_deref(), Some("ana"));
}

#[tokio::test]
async fn a_form_holds_what_was_typed_before_and_bears_the_name_of_its_button() {
    let desk = desk(&[]);
    let action = Action::TopSet { date: date("2026-11-24"), exercise_id: slug("ex_bp_001") };
    let mut by = press(&desk, &action);
    let shown = by.message.as_mut().unwrap();
    shown.content =
        format!("Not filed.\n{}\n{}", kept::line("Weight", "82,5x"), kept::line("Reps", "5"));
    let button = json!({"type": 2, "label": "✔ Log 1. Bench", "custom_id": id(&desk, &action)});
    shown.components = vec![json!({"type": 1, "components": [button]})];
    let Answer::Form(form) = desk.answer(&by).await else { panic!("no form") };
    assert_eq!(form.title, "Log 1. Bench");
    let values: Vec<_> = form.inputs.iter().map(|input| input.value.as_deref()).collect();
    assert_eq!(values, [Some("82,5x"), Some("5")]);
}

#[tokio::test]
async fn where_the_server_is_away_that_is_said() {
    let desk = desk(&[COACH]);
    let away = "Not filed: the records can't be reached";
    for action in presses() {
        let by = press(&desk, &action);
        let said = words_of(desk.answer(&by).await);
        assert!(said.starts_with(away), "{action:?}: {said}");
    }
    for name in ["today", "settings", "export", "progress", "status", "excuse", "card"] {
        let said = words_of(desk.answer(&command(name, &json!([]))).await);
        assert!(said.starts_with(away), "/{name}: {said}");
    }
    let form = Action::Cardio { date: date("2026-11-24") };
    let said = words_of(desk.answer(&submit(&desk, &form, &[("minutes", "30")])).await);
    assert!(said.starts_with(away), "{said}");
    let typing = Asks::Complete {
        name: "onboard".to_owned(),
        option: "zone".to_owned(),
        typed: "lon".to_owned(),
        options: Options::default(),
    };
    let by = interaction(typing);
    assert_eq!(desk.promise(&by), Promise::Choices);
    assert_eq!(desk.answer(&by).await, Answer::Choices(Vec::new()));
}

#[tokio::test]
async fn a_check_in_goes_on_while_the_records_are_away() {
    let desk = desk(&[]);
    let day = date("2026-11-24");
    let opened = desk.answer(&press(&desk, &Action::Checkin { date: day })).await;
    let Answer::Note(note) = opened else { panic!("{opened:?}") };
    assert_eq!(note.rows.len(), 5);

    // What stands on the message stays, and what is chosen joins it.
    let of = |question| Action::CheckinAnswer { date: day, question };
    let menu = |question, chosen: &str| {
        let options = json!([{"value": "x"}, {"value": chosen, "default": true}]);
        json!({"type": 3, "custom_id": id(&desk, &of(question)), "options": options})
    };
    let custom_id = id(&desk, &of(Question::Sleep));
    let mut by = interaction(Asks::Choose { custom_id, values: vec!["8h".to_owned()] });
    let menus = [menu(Question::Mood, "great"), menu(Question::Stress, "low")];
    let components = menus.map(|menu| json!({"type": 1, "components": [menu]})).into();
    by.message = Some(Shown { id: 3, content: String::new(), components });
    let Answer::Changed(note) = desk.answer(&by).await else { panic!("not changed") };
    let chosen: Vec<&str> = note
        .rows
        .iter()
        .filter_map(|row| match row {
            Row::Select(select) => Some(select),
            Row::Buttons(_) | Row::Menu(_) => None,
        })
        .flat_map(|select| &select.answers)
        .filter(|answer| answer.is_chosen)
        .map(|answer| answer.value.as_str())
        .collect();
    assert_eq!(chosen, ["great", "low", "8h"]);
}

#[tokio::test]
async fn what_changes_the_message_is_promised_as_a_change() {
    let desk = desk(&[COACH]);
    let promise = |action: &Action| desk.promise(&press(&desk, action));
    let day = date("2026-11-24");
    let meal = Action::Meal { date: day, meal_id: slug("m"), status: DoneOrMissed::Missed };
    assert_eq!(promise(&meal), Promise::Change);
    assert_eq!(promise(&Action::Checkin { date: day }), Promise::Note);
    assert_eq!(promise(&Action::Rest { seconds: 90 }), Promise::Note);
    assert_eq!(promise(&card(CardStep::Resolve)), Promise::Note);
    // The first form may have been opened from the message that everybody sees.
    let enlist = Action::Enlist { zone: None };
    let mut by = submit(&desk, &enlist, &[]);
    by.message = press(&desk, &enlist).message;
    assert_eq!(desk.promise(&by), Promise::Note);
    let body = Action::EnlistBody { zone: None };
    let mut by = submit(&desk, &body, &[]);
    by.message = press(&desk, &body).message;
    assert_eq!(desk.promise(&by), Promise::Change);
    by.message = None;
    assert_eq!(desk.promise(&by), Promise::Note);
}

#[tokio::test]
async fn a_control_that_says_nothing_is_answered() {
    let desk = desk(&[]);
    let says = async |custom_id: &str| {
        let by = interaction(Asks::Press { custom_id: custom_id.to_owned() });
        assert_eq!(desk.promise(&by), Promise::Note);
        words_of(desk.answer(&by).await)
    };
    let alias = id(&desk, &Action::Alias);
    assert!(says(&alias.replace("r1.", "r0.")).await.contains("older order"));
    assert!(says(&alias.replace(".al.", ".zo.")).await.contains("not yours"));
    assert!(says("confirm").await.contains("Use /today"));
    let others = desk.ids.write(&Action::Alias, For::Person(user("42")));
    assert!(says(&others).await.contains("not yours"));
    // What no control of ours asks for: a choice without a menu, a form of a press.
    let date = date("2026-11-24");
    let question = Action::CheckinAnswer { date, question: Question::Mood };
    assert!(says(&id(&desk, &question)).await.contains("older order"));
    let meal = Action::Meal { date, meal_id: slug("m"), status: DoneOrMissed::Missed };
    let said = words_of(desk.answer(&submit(&desk, &meal, &[])).await);
    assert!(said.contains("older order"), "{said}");
}

#[tokio::test]
async fn a_choice_that_was_not_offered_is_refused() {
    let desk = desk(&[COACH]);
    let choose = async |action: &Action, value: &str| {
        let custom_id = id(&desk, action);
        let by = interaction(Asks::Choose { custom_id, values: vec![value.to_owned()] });
        words_of(desk.answer(&by).await)
    };
    let date = date("2026-11-24");
    let question = Action::CheckinAnswer { date, question: Question::Sleep };
    assert!(choose(&question, "99h").await.contains("Nothing is known"));
    assert!(choose(&Action::Menu { row: 0 }, "x").await.contains("Nothing is known"));
    for step in [CardStep::Act, CardStep::Until, CardStep::Reason] {
        assert!(choose(&card(step), "x").await.contains("older order"));
    }
    // A choice that needs words opens their form.
    let custom_id = id(&desk, &card(CardStep::Act));
    let by = interaction(Asks::Choose { custom_id, values: vec!["callout".to_owned()] });
    assert_eq!(desk.promise(&by), Promise::Form);
    let Answer::Form(form) = desk.answer(&by).await else { panic!("no form") };
    assert_eq!(form.action, card(CardStep::Callout));
}

#[tokio::test]
async fn only_coaches_use_what_is_for_coaches() {
    let names = ["status", "pause", "resume", "excuse", "card", "post_enlist"];
    let refused = "That is for coaches";
    for name in names {
        let by = command(name, &json!([]));
        // No role is configured: nobody is a coach.
        assert!(words_of(desk(&[]).answer(&by).await).starts_with(refused), "/{name}");
        assert!(words_of(desk(&["8"]).answer(&by).await).starts_with(refused), "/{name}");
        let coaches = desk(&[COACH]);
        let direct = Interaction { guild_id: None, ..by.clone() };
        assert!(words_of(coaches.answer(&direct).await).starts_with(refused), "/{name}");
        let elsewhere = Interaction { guild_id: Some(2), ..by.clone() };
        assert!(words_of(coaches.answer(&elsewhere).await).starts_with(refused), "/{name}");
        assert!(!words_of(coaches.answer(&by).await).starts_with(refused), "/{name}");
    }
    let desk = desk(&[]);
    let said = words_of(desk.answer(&press(&desk, &card(CardStep::Resolve))).await);
    assert!(said.contains("not yours"), "{said}");
}

#[tokio::test]
async fn a_coach_posts_the_button_that_everybody_may_press() {
    let desk = desk(&[COACH]);
    let Answer::Post(note) = desk.answer(&command("post_enlist", &json!([]))).await else {
        panic!("nothing is posted")
    };
    let Row::Buttons(buttons) = &note.rows[0] else { panic!("{:?}", note.rows) };
    assert_eq!(buttons[0].action, Action::Enlist { zone: None });
}

#[tokio::test]
async fn a_form_with_bad_values_keeps_them_and_offers_to_correct_them() {
    let desk = desk(&[]);
    let action = Action::TopSet { date: date("2026-11-24"), exercise_id: slug("ex_bp_001") };
    let long = "9".repeat(4000);
    for weight in ["abc", "💪", "@everyone **x** `y`", "\u{202E}82", "1.234,5", &long] {
        let by = submit(&desk, &action, &[("weight", weight), ("reps", "five")]);
        let Answer::Note(note) = desk.answer(&by).await else { panic!("{weight}") };
        assert!(note.content.starts_with("Not filed. Correct this:\n"), "{}", note.content);
        assert!(note.content.encode_utf16().count() <= limit::CONTENT);
        assert!(note.content.contains("Reps must be a whole number, not five"));
        let Row::Buttons(buttons) = &note.rows[0] else { panic!("{:?}", note.rows) };
        assert_eq!((buttons[0].label.as_str(), &buttons[0].action), ("Fix", &action));
        assert_eq!(kept::read(&note.content).len(), 2);
    }
}

#[tokio::test]
async fn some_things_need_no_server() {
    let desk = desk(&[]);
    let said = |answer| {
        let Answer::Note(note) = answer else { panic!("{answer:?}") };
        words::described(&note)
    };
    let rest = desk.answer(&press(&desk, &Action::Rest { seconds: 150 })).await;
    insta::assert_snapshot!("rest", said(rest));
    let sees = desk.answer(&command("what_my_coach_sees", &json!([]))).await;
    insta::assert_snapshot!("what_my_coach_sees", said(sees));
    let erase = desk.answer(&command("erase_me", &json!([]))).await;
    insta::assert_snapshot!("erase_me", said(erase));
    let wrong = desk.answer(&submit(&desk, &Action::Erase, &[("word", "yes")])).await;
    assert!(words_of(wrong).starts_with("Nothing was erased"));
    let right = desk.answer(&submit(&desk, &Action::Erase, &[("word", " erase ")])).await;
    assert!(words_of(right).starts_with("Not filed"));
    // Longer than Discord takes changes for.
    let rest = desk.answer(&press(&desk, &Action::Rest { seconds: 900 })).await;
    let Answer::Note(note) = rest else { panic!("no note") };
    assert_eq!(note.later, None);
}
