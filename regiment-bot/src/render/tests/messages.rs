//! One message of each kind, with names that try to do harm.

use regiment_core::{
    Id,
    measure::{Load, Minutes, Reps},
    message::{CardLine, Decision, Message, ShoppingItem},
    record::{
        Alert, AlertKind, Board, CardAction, CardioOrder, Flag, FlagName, LastSet, MealOrder,
        Place, Portion, Ranking, SetOrder, Severity, TrainingOrder,
    },
    testing::{at, date, slug, user},
};

/// A client's id that no public message may show.
pub(crate) const CLIENT: &str = "80351110224678912";

/// Returns every kind of message, by name; where a kind has variants, each of them.
pub(crate) fn every() -> Vec<(&'static str, Message)> {
    vec![
        ("checkin_order", checkin_order()),
        ("fuel_order", fuel_order()),
        ("fuel_order_by_talk_test", fuel_order_by_talk_test()),
        ("training_order", training_order()),
        ("plan_prompt", plan_prompt()),
        ("rearming_order", rearming_order()),
        ("welcome", Message::Welcome { start_date: date("2026-11-24"), text: None }),
        ("welcome_by_coach", welcome_by_coach()),
        ("warning", Message::Warning { events: 3, days: 7 }),
        ("warning_withdrawn", Message::WarningWithdrawn),
        ("callout", Message::Callout { alias: "@here_Iron".to_owned(), events: 7, days: 14 }),
        ("personal_record", personal_record()),
        ("honors", honors()),
        ("private", Message::Private { text: OWN_WORDS.to_owned() }),
        ("excuse_granted", excuse_answer(Decision::Granted, "2026-11-26")),
        ("excuse_refused", excuse_answer(Decision::Refused, "2026-11-24")),
        ("alerts", alerts()),
        ("cards", Message::Cards { cards: cards() }),
        ("weekly_summary", weekly_summary()),
    ]
}

fn cards() -> Vec<CardLine> {
    let card = |severity, action, alias: Option<&str>| CardLine {
        id: "018f4e3c-9a7b-7c3d-8e1f-0123456789ab".parse().unwrap(),
        user_id: user(CLIENT),
        alias: alias.map(str::to_owned),
        severity,
        action,
        flags: [Flag::MoodDrop, Flag::SoftCompliance].map(FlagName::plain).into(),
        why: "2 meals were missed on 2026-11-23. @everyone".to_owned(),
    };
    let other = CardLine {
        id: "018f4e3c-9a7b-7c3d-8e1f-0123456789ac".parse().unwrap(),
        ..card(Severity::High, CardAction::Callout, None)
    };
    vec![card(Severity::Critical, CardAction::Escalate, Some("Iron_**x**")), other]
}

fn weekly_summary() -> Message {
    Message::WeeklySummary {
        sunday: date("2026-11-22"),
        clients: 12,
        counts: vec![(Severity::Critical, 1), (Severity::High, 2)],
        worst: cards(),
    }
}

const OWN_WORDS: &str =
    "# Form\n1. Watch https://example.org/a_b*c, then **lift**.\n@everyone: no.";

pub(crate) fn checkin_order() -> Message {
    Message::CheckinOrder { date: date("2026-11-24"), deadline: at("2026-11-24T12:00:00Z") }
}

pub(crate) fn meal(id: &str, portions: &[(&str, u32, Option<u32>)]) -> MealOrder {
    let portion = |&(food, grams, units): &(&str, u32, Option<u32>)| Portion {
        food: food.to_owned(),
        grams,
        units,
    };
    MealOrder { meal_id: slug(id), portions: portions.iter().map(portion).collect() }
}

fn meals() -> Vec<MealOrder> {
    vec![
        meal("template_a_meal1", &[("Rolled oats", 80, None), ("Egg, whole", 150, Some(3))]),
        meal("template_a_meal2", &[("**@everyone**", 200, None)]),
        meal("template_a_meal3", &[("Rice, white_long", 90, None), ("1. # Broccoli", 200, None)]),
        meal("template_a_meal4", &[("https://example.org", 30, None)]),
    ]
}

fn cardio(heart_rate: Option<(u16, u16)>) -> CardioOrder {
    let minutes = Minutes::new(30).expect("in range");
    CardioOrder { minutes, cardio_type: "zone2".to_owned(), heart_rate }
}

pub(crate) fn fuel_order() -> Message {
    Message::FuelOrder {
        date: date("2026-11-24"),
        meals: meals(),
        cardio: Some(cardio(Some((118, 140)))),
        deadline: at("2026-11-24T22:00:00Z"),
    }
}

fn fuel_order_by_talk_test() -> Message {
    Message::FuelOrder {
        date: date("2026-11-25"),
        meals: meals().split_off(3),
        cardio: Some(cardio(None)),
        deadline: at("2026-11-25T22:00:00Z"),
    }
}

fn last(weight: f64, reps: i64, day: &str) -> LastSet {
    let (weight_kg, reps) = (Load::new(weight), Reps::new(reps));
    LastSet {
        weight_kg: weight_kg.expect("in range"),
        reps: reps.expect("in range"),
        date: date(day),
    }
}

pub(crate) fn set(id: &str, exercise: &str, rest_seconds: u16) -> SetOrder {
    SetOrder {
        exercise_id: slug(id),
        exercise: exercise.to_owned(),
        sets: 4,
        reps: "8-12".to_owned(),
        rest_seconds,
        video_url: String::new(),
        last: None,
    }
}

pub(crate) fn workout(sets: Vec<SetOrder>) -> Message {
    Message::TrainingOrder {
        date: date("2026-11-24"),
        order: TrainingOrder {
            block_id: slug("steel_block_a"),
            block_name: "Steel Block A".to_owned(),
            day_index: 14,
            week: 4,
            day_name: "Push ~~hard~~".to_owned(),
            sets,
        },
        deadline: at("2026-11-24T22:00:00Z"),
    }
}

pub(crate) fn training_order() -> Message {
    let mut bench = set("ex_bp_001", "Bench press", 180);
    bench.video_url = "https://example.org/bench".to_owned();
    bench.last = Some(last(102.058_282, 5, "2026-11-17"));
    let mut dips = set("ex_dip_001", "Dips", 90);
    dips.video_url = "javascript:alert(1)".to_owned();
    dips.last = Some(last(0.0, 12, "2026-11-17"));
    workout(vec![bench, dips, set("ex_lr_001", "Lateral `raise`", 90)])
}

pub(crate) fn plan_prompt() -> Message {
    Message::PlanPrompt {
        cycle_start: date("2026-12-01"),
        choices: vec![
            (slug("template_a"), "Warrior Bulk".to_owned()),
            (slug("template_d"), "Gut Reset".to_owned()),
            (slug("winter"), "Winter ||secret||".to_owned()),
        ],
        deadline: at("2026-11-27T21:00:00Z"),
    }
}

pub(crate) fn rearming_order() -> Message {
    let item = |food: &str, grams, units| ShoppingItem { food: food.to_owned(), grams, units };
    Message::RearmingOrder {
        from: date("2026-12-01"),
        until: date("2026-12-07"),
        items: vec![item("Rolled oats", 560, None), item("Egg, whole", 1050, Some(21))],
        daily: vec![meals(), meals()],
        instructions: "Cook rice for three days.\n- Freeze _half_ of it.".to_owned(),
    }
}

fn welcome_by_coach() -> Message {
    Message::Welcome { start_date: date("2026-11-24"), text: Some("You start *now*.".to_owned()) }
}

fn personal_record() -> Message {
    Message::PersonalRecord {
        exercise: "Bench press".to_owned(),
        set: last(102.5, 5, "2026-11-24"),
        previous: last(100.0, 5, "2026-11-17"),
    }
}

pub(crate) fn honors() -> Message {
    let place = |rank, alias: &str, score| Place {
        rank,
        user_id: user(CLIENT),
        alias: alias.to_owned(),
        score,
    };
    Message::Honors(Board {
        guild_id: "4210".to_owned(),
        date: date("2026-11-22"),
        lists: vec![
            (Ranking::Streak, vec![place(1, "Iron", 12.0), place(2, "<@80351>", 9.0)]),
            (Ranking::PersonalRecords, vec![place(1, "Iron", 2.0), place(1, "Steel", 2.0)]),
            (Ranking::WeightOnTarget, vec![place(1, "Steel", 0.137)]),
        ],
    })
}

fn excuse_answer(decision: Decision, until: &str) -> Message {
    Message::ExcuseAnswer { decision, from: date("2026-11-24"), until: date(until) }
}

pub(crate) fn alerts() -> Message {
    let alert = |kind, severity, user_id, text: &str, count| Alert {
        id: Id::mint(at("2026-11-24T12:00:00Z"), [7; 10]),
        kind,
        severity,
        user_id,
        text: text.to_owned(),
        raised_at: at("2026-11-24T12:00:00Z"),
        count,
        closed_at: None,
        closed_by: None,
    };
    Message::Alerts {
        alerts: vec![
            alert(AlertKind::MissedCheckin, Severity::Low, Some(user(CLIENT)), "no check-in", 2),
            alert(AlertKind::Spooled, Severity::High, None, "3 writes wait in the `spool`", 1),
        ],
    }
}
