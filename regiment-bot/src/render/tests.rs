mod messages;

use std::collections::BTreeSet;

use proptest::prelude::*;
use regiment_core::{
    Library,
    message::ShoppingItem,
    record::{DoneOrMissed, Flag},
    testing::{date, slug},
};

use self::messages::{CLIENT, every};
use super::*;
use crate::{Action, Row, Style};

fn shown(message: &Message) -> Rendered {
    render(&Texts::built_in(), "key", message).unwrap()
}

/// Writes a message down as a reader of Discord would describe it.
fn described(rendered: &Rendered) -> String {
    let mut text = rendered.content();
    for row in &rendered.rows {
        let labels: Vec<String> = match row {
            Row::Buttons(buttons) => buttons
                .iter()
                .map(|it| format!("[{}] {:?} {:?}", it.label, it.style, it.action))
                .collect(),
            Row::Menu(choices) => {
                choices.iter().map(|it| format!("({}) {:?}", it.label, it.action)).collect()
            }
            Row::Select(_) => panic!("no order asks such a question"),
        };
        text.extend(["\n--- row\n", &labels.join("\n")]);
    }
    if let Some(file) = &rendered.attachment {
        text.extend(["\n--- file ", &file.name, "\n", &file.text]);
    }
    text.replace('\u{200B}', "{zero width}")
}

fn everything(rendered: &Rendered) -> String {
    described(rendered).to_lowercase()
}

/// Fails where Discord would refuse the message.
fn assert_within_limits(rendered: &Rendered) {
    let content = rendered.content();
    assert!(content.encode_utf16().count() <= 2000, "{} characters", content.chars().count());
    assert!(!rendered.title.trim().is_empty() && !rendered.body.trim().is_empty());
    assert!(rendered.rows.len() <= 5);
    let mut actions = BTreeSet::new();
    for row in &rendered.rows {
        let (n, most) = match row {
            Row::Buttons(buttons) => (buttons.len(), 5),
            Row::Menu(choices) => (choices.len(), 25),
            Row::Select(_) => panic!("no order asks such a question"),
        };
        assert!((1..=most).contains(&n));
        let buttons: Vec<(&Action, &str)> = match row {
            Row::Buttons(row) => row.iter().map(|it| (&it.action, it.label.as_str())).collect(),
            Row::Menu(row) => row.iter().map(|it| (&it.action, it.label.as_str())).collect(),
            Row::Select(_) => panic!("no order asks such a question"),
        };
        for (action, label) in buttons {
            assert!(actions.insert(action.clone()), "two buttons do {action:?}");
            assert!((1..=80).contains(&label.encode_utf16().count()), "{label}");
        }
    }
    assert!(rendered.attachment.as_ref().is_none_or(|file| file.text.len() <= 10 << 20));
    assert_eq!(rendered.order_number.nonce().len(), 25);
}

#[test]
fn every_kind_of_message_is_shown() {
    for (name, message) in every() {
        let rendered = shown(&message);
        assert_within_limits(&rendered);
        insta::assert_snapshot!(name, described(&rendered));
    }
}

#[test]
fn every_text_of_the_set_is_said_with_all_its_values() {
    let mut tables = toml::Table::new();
    for key in Key::ALL {
        let (table, name) = key.name().split_once('.').unwrap();
        let placeholders = [key.must(), key.may()].concat();
        let values: Vec<_> = placeholders.iter().map(|it| format!("{it}=({{{it}}})")).collect();
        let text = format!("<{}> {}", key.name(), values.join(" "));
        let table = tables.entry(table).or_insert_with(|| toml::Table::new().into());
        table.as_table_mut().unwrap().insert(name.to_owned(), text.into());
    }
    let set = tables.to_string();
    let texts = Texts::parse(&set).unwrap();

    let week = (23..30).map(|day| Message::CheckinOrder {
        date: date(&format!("2026-11-{day}")),
        deadline: regiment_core::testing::at("2026-11-24T12:00:00Z"),
    });
    let long = Message::Private { text: "x".repeat(3000) };
    let all: String = every()
        .into_iter()
        .map(|(_, message)| message)
        .chain(week)
        .chain([long])
        .map(|message| everything(&render(&texts, "key", &message).unwrap()))
        .collect();
    let orders = concat!(include_str!("../compose.rs"), include_str!("../render.rs"));
    for key in Key::ALL.iter().filter(|key| orders.contains(&format!("Key::{key:?}"))) {
        assert!(all.contains(&format!("<{}>", key.name())), "{} is never said", key.name());
        for placeholder in [key.must(), key.may()].concat() {
            assert!(!all.contains(&format!("{placeholder}=()")), "{placeholder} has no value");
        }
    }
}

#[test]
fn every_message_can_be_kept_as_json() {
    for (name, message) in every() {
        let json = serde_json::to_string(&message).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message, "{name}");
    }
}

#[test]
fn nothing_for_a_client_shows_macros_flags_or_scores() {
    let mut banned: Vec<String> =
        ["kcal", "calorie", "macro", "protein", "carb", "fats", "fiber", "flag", "score", "risk"]
            .map(str::to_owned)
            .into();
    for flag in Flag::ALL {
        banned.extend([flag.as_str().to_owned(), flag.as_str().replace('_', " ")]);
    }
    for (name, message) in every() {
        if matches!(
            message,
            Message::Alerts { .. } | Message::Cards { .. } | Message::WeeklySummary { .. }
        ) {
            continue;
        }
        let said = everything(&shown(&message));
        for word in &banned {
            assert!(!said.contains(word.as_str()), "{name} says {word}");
        }
    }
}

#[test]
fn no_text_reminds_bargains_consoles_shames_or_speaks_of_gender() {
    let set = include_str!("../../texts/default.toml").to_lowercase();
    let set: String = set.lines().filter(|line| !line.starts_with('#')).collect();
    let words: BTreeSet<&str> = set.split(|c: char| !c.is_alphabetic() && c != '\'').collect();
    for banned in [
        "remember",
        "remind",
        "reminder",
        "forget",
        "please",
        "try",
        "maybe",
        "could",
        "sorry",
        "unfortunately",
        "worry",
        "okay",
        "great",
        "shame",
        "lazy",
        "weak",
        "fail",
        "failure",
        "he",
        "she",
        "him",
        "his",
        "her",
        "man",
        "woman",
        "sir",
        "boys",
        "girls",
        "soldier",
    ] {
        assert!(!words.contains(banned), "a text says {banned}");
    }
}

#[test]
fn what_is_public_shows_the_alias_and_no_more() {
    for message in [messages::honors(), every().remove(10).1] {
        let said = everything(&shown(&message));
        assert!(!said.contains(CLIENT) && !said.contains("0.1"), "{said}");
    }
    let callout = Message::Callout { alias: "Iron".to_owned(), events: 7, days: 14 };
    assert!(shown(&callout).body.starts_with("Iron: 7 violations"));
}

#[test]
fn an_order_is_always_in_the_same_order() {
    let orders = [
        (messages::checkin_order(), Key::CheckinMission, Key::CheckinConsequence),
        (messages::fuel_order(), Key::FuelMission, Key::FuelConsequence),
        (messages::plan_prompt(), Key::PlanMission, Key::PlanConsequence),
    ];
    let texts = Texts::built_in();
    for (message, mission, consequence) in orders {
        let body = shown(&message).body;
        let place = |text: &str| body.find(text).unwrap_or_else(|| panic!("no {text} in {body}"));
        let places = [
            place("2026-"),
            place(&Line::from(mission).write(&texts, Form::Discord)),
            place("<t:"),
            place(&Line::from(consequence).write(&texts, Form::Discord)),
            place("-# Order "),
        ];
        assert!(places.is_sorted(), "{body}");
    }
}

#[test]
fn a_deadline_is_a_timestamp_of_discord() {
    assert!(shown(&messages::checkin_order()).body.contains("Deadline: <t:1795521600:t>."));
}

#[test]
fn a_message_of_2000_characters_needs_no_file() {
    let private = |n: usize| Message::Private { text: "x".repeat(n) };
    let around = shown(&private(1)).content().len() - 1;
    for (length, has_file) in [(1999, false), (2000, false), (2001, true)] {
        let rendered = shown(&private(length - around));
        assert_within_limits(&rendered);
        assert_eq!(rendered.attachment.is_some(), has_file, "{length}");
        assert_eq!(rendered.content().len() == length, !has_file);
    }
    // The longer count of the two that Discord might mean.
    let emoji = |n: usize| Message::Private { text: "💪".repeat(n) };
    assert!(shown(&emoji((2000 - around) / 2)).attachment.is_none());
    assert!(shown(&emoji((2000 - around) / 2 + 1)).attachment.is_some());
}

#[test]
fn a_file_holds_all_items_and_the_message_what_is_around_them() {
    let Message::RearmingOrder { from, until, items, instructions, .. } =
        messages::rearming_order()
    else {
        unreachable!("the fixture is a rearming order")
    };
    let meals: Vec<_> =
        (1..5).map(|n| messages::meal(&format!("m{n}"), &[("Rice_white", 100, None); 6])).collect();
    let daily = vec![meals; 7];
    let order = Message::RearmingOrder { from, until, items, daily, instructions };
    let rendered = shown(&order);
    assert_within_limits(&rendered);
    let file = rendered.attachment.unwrap();
    assert_eq!(file.text.matches("Meal 4: Rice_white 100 g;").count(), 7, "{}", file.text);
    assert!(file.text.ends_with("Cook rice for three days.\n- Freeze _half_ of it.\n"));
    let body = &rendered.body;
    assert!(body.contains("- Rolled oats: 560 g") && body.contains("Deadline: before"), "{body}");
    assert!(body.contains(&file.name) && body.contains("-# Order "), "{body}");
}

#[test]
fn texts_that_are_too_long_are_refused_at_the_limit() {
    let default = include_str!("../../texts/default.toml");
    let mission = "The record has changed. The last warning is withdrawn.";
    let with = |n: usize| {
        let texts = Texts::parse(&default.replace(mission, &"x".repeat(n))).unwrap();
        render(&texts, "key", &Message::WarningWithdrawn)
    };
    let around = with(1).unwrap().content().len() - 1;
    assert_eq!(with(2000 - around).unwrap().content().len(), 2000);
    assert_eq!(with(2001 - around), Err(RenderError::TooLong { length: 2001 }));
}

#[test]
fn a_deployment_says_it_in_its_own_words() {
    let set = include_str!("../../texts/default.toml")
        .replace("\"Check-in\"", "\"Rapport\"")
        .replace("\"Tuesday\"", "\"Dienstag\"")
        .replace("Deadline: {deadline}.", "Schluss: {deadline}.");
    let texts = Texts::parse(&set).unwrap();
    let rendered = render(&texts, "key", &messages::checkin_order()).unwrap();
    assert_eq!(rendered.title, "Rapport");
    assert!(rendered.body.starts_with("Dienstag, 2026-11-24"), "{}", rendered.body);
    assert!(rendered.body.contains("Schluss: <t:1795521600:t>."), "{}", rendered.body);
}

#[test]
fn a_message_is_the_same_each_time_and_its_number_follows_its_key() {
    let texts = Texts::built_in();
    let message = messages::fuel_order();
    let first = render(&texts, "a", &message).unwrap();
    assert_eq!(first, render(&texts, "a", &message).unwrap());
    let other = render(&texts, "b", &message).unwrap();
    assert_ne!(first.order_number, other.order_number);
    assert!(first.body.ends_with(&format!("-# Order {}", first.order_number.visible())));
}

#[test]
fn each_meal_has_a_check_and_a_cross() {
    let rows = shown(&messages::fuel_order()).rows;
    assert_eq!(rows.len(), 5);
    for (n, row) in (1..=4).zip(&rows) {
        let Row::Buttons(buttons) = row else { panic!("{row:?}") };
        let meal = |status| Action::Meal {
            date: date("2026-11-24"),
            meal_id: slug(&format!("template_a_meal{n}")),
            status,
        };
        assert_eq!(
            buttons.iter().map(|it| (it.action.clone(), it.style)).collect::<Vec<_>>(),
            [
                (meal(DoneOrMissed::Completed), Style::Success),
                (meal(DoneOrMissed::Missed), Style::Danger)
            ]
        );
        assert!(buttons[0].label.contains('✅') && buttons[1].label.contains('❌'));
    }
}

#[test]
fn a_long_workout_keeps_a_log_button_for_each_exercise() {
    let sets = |n: usize| {
        let set = |n| messages::set(&format!("ex_x_{n:03}"), &format!("Exercise {n}"), 90);
        messages::workout((0..n).map(set).collect())
    };
    for n in [1, 6, 20, 23, 24, 60, 123] {
        let rendered = shown(&sets(n));
        assert_within_limits(&rendered);
        let said = described(&rendered);
        assert_eq!(said.matches("TopSet {").count(), n);
        assert_eq!(said.contains("--- row\n("), n > 23, "{n}");
    }
    assert_eq!(
        render(&Texts::built_in(), "key", &sets(124)),
        Err(RenderError::TooManyItems),
        "124 exercises, a rest and an excuse"
    );
}

#[test]
fn what_ships_fits_on_buttons_and_without_a_file() {
    let library = Library::built_in();
    for template in library.meal_templates.values() {
        for day in &template.days {
            let meals = day.meals.iter().map(|meal| {
                let items = meal.items.iter().map(|item| (item.food.as_str(), 1000, None));
                messages::meal(meal.meal_id.as_str(), &items.collect::<Vec<_>>())
            });
            let Message::FuelOrder { date, cardio, deadline, .. } = messages::fuel_order() else {
                unreachable!("the fixture is a fuel order")
            };
            let meals = meals.collect();
            let rendered = shown(&Message::FuelOrder { date, meals, cardio, deadline });
            assert!(rendered.attachment.is_none() && rendered.rows.len() <= 5);
        }
    }
    for block in library.training_templates.values() {
        for day in &block.schedule {
            let set = |(n, name): (u8, &str)| messages::set(&format!("ex_{n}"), name, 180);
            let names = day.exercises.iter().map(|it| it.exercise.as_str());
            let sets: Vec<_> = (0..).zip(names).map(set).collect();
            let rendered = shown(&messages::workout(sets));
            assert!(rendered.attachment.is_none());
            assert!(rendered.rows.iter().all(|row| matches!(row, Row::Buttons(_))));
        }
    }
}

/// Anything at all, with what Discord gives a meaning to more often than chance would.
fn anything() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => ".{0,40}",
        8 => r"[\\*_~`|<>@#/:\[\]\-+.!&0-9a-z \n\u{200B}\u{202E}]{0,60}",
        8 => "(https?://[a-z@_*.<>/]{0,20} ?\n?){0,3}",
        1 => "[💪é*@]{0,2600}",
    ]
}

/// Any order, prompt, list or note made of such words.
fn any_message() -> impl Strategy<Value = Message> {
    let names = proptest::collection::vec(anything(), 0..12);
    (names, anything(), anything(), 0..12_u8).prop_map(|(names, one, other, kind)| match kind {
        0 | 1 => messages::workout(
            (0..).zip(&names).map(|(n, name)| messages::set(&format!("ex_{n}"), name, n)).collect(),
        ),
        2 | 3 => {
            let Message::FuelOrder { date, cardio, deadline, .. } = messages::fuel_order() else {
                unreachable!("the fixture is a fuel order")
            };
            let portions: Vec<_> = names.iter().map(|it| (it.as_str(), 5, Some(1))).collect();
            let meal = |n: usize| messages::meal(&format!("meal{n}"), &portions);
            let meals = (0..names.len()).map(meal).collect();
            Message::FuelOrder { date, meals, cardio, deadline }
        }
        4 | 5 => Message::RearmingOrder {
            from: date("9999-12-28"),
            until: date("9999-12-31"),
            items: names
                .iter()
                .map(|food| ShoppingItem { food: food.clone(), grams: 5, units: None })
                .collect(),
            daily: vec![Vec::new(); names.len()],
            instructions: one,
        },
        6 | 7 => Message::Callout { alias: one, events: u32::MAX, days: 0 },
        8 => Message::Welcome { start_date: date("-009999-01-01"), text: Some(other) },
        9 => {
            let Message::PersonalRecord { set, previous, .. } = every().remove(11).1 else {
                unreachable!("the fixture is a record")
            };
            Message::PersonalRecord { exercise: one, set, previous }
        }
        10 => Message::PlanPrompt {
            cycle_start: date("2026-12-01"),
            choices: (0..).zip(names).map(|(n, name)| (slug(&format!("t{n}")), name)).collect(),
            deadline: regiment_core::testing::at("2026-11-27T21:00:00Z"),
        },
        _ => Message::Private { text: one },
    })
}

proptest! {
    #[test]
    fn any_words_stay_within_the_limits_and_mention_nobody(message in any_message()) {
        let rendered = shown(&message);
        assert_within_limits(&rendered);
        let content = rendered.content();
        for (place, _) in content.match_indices('@') {
            prop_assert!(content[place + 1..].starts_with('\u{200B}'), "{content}");
        }
    }

    #[test]
    fn any_texts_are_refused_or_said(toml in ".{0,80}", text in "[{}a-z ]{0,12}") {
        prop_assert!(Texts::parse(&toml).is_err());
        let set = include_str!("../../texts/default.toml")
            .replace("\"From your coach\"", &format!("\"{text}\""));
        if let Ok(texts) = Texts::parse(&set) {
            let message = Message::Private { text: "Rest.".to_owned() };
            assert_within_limits(&render(&texts, "key", &message).unwrap());
        }
    }
}
