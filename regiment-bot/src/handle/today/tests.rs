use regiment_core::testing::at;

use super::*;

fn duty(stream: Stream, item: &str, state: DutyState) -> Duty {
    let exercise = if stream == Stream::Training { "Bench **press**" } else { "" };
    let noon_or_night = if stream == Stream::Checkin { "12:00" } else { "22:00" };
    let deadline = at(&format!("2026-11-24T{noon_or_night}:00Z")).as_second();
    Duty {
        stream: stream.into(),
        item: item.to_owned(),
        state: state.into(),
        deadline: Some(prost_types::Timestamp { seconds: deadline, nanos: 0 }),
        exercise: exercise.to_owned(),
        assigned_minutes: if stream == Stream::Cardio { 30 } else { 0 },
        ..Duty::default()
    }
}

fn today(gate: Gate, duties: Vec<Duty>) -> GetTodayResponse {
    let next = at("2026-11-25T05:30:00Z").as_second();
    GetTodayResponse {
        date: "2026-11-24".to_owned(),
        gate: gate.into(),
        duties,
        next_trigger: "checkin_drop".to_owned(),
        next_trigger_time: Some(prost_types::Timestamp { seconds: next, nanos: 0 }),
    }
}

fn duties() -> Vec<Duty> {
    vec![
        duty(Stream::Checkin, "", DutyState::Missed),
        duty(Stream::Meal, "template_a_meal1", DutyState::Completed),
        duty(Stream::Meal, "template_a_meal2", DutyState::Open),
        duty(Stream::Cardio, "", DutyState::Underperformed),
        duty(Stream::Training, "ex_bp_001", DutyState::Open),
    ]
}

fn shown(today: &GetTodayResponse, entered: &str) -> String {
    words::described(&note(today, at(entered), &Texts::built_in()))
}

#[test]
fn today_shows_every_item_and_offers_what_can_still_be_answered() {
    insta::assert_snapshot!(shown(&today(Gate::Open, duties()), "2026-11-24T18:00:00Z"));
}

#[test]
fn after_the_deadline_nothing_is_offered() {
    let today = today(Gate::Open, duties());
    assert!(shown(&today, "2026-11-24T21:59:59.999Z").contains("[✔ Log cardio]"));
    assert!(!shown(&today, "2026-11-24T22:00:00Z").contains('['));
}

#[test]
fn a_shut_gate_is_said_and_nothing_is_listed() {
    let says = |gate, words: &str| {
        let shown = shown(&today(gate, Vec::new()), "2026-11-24T18:00:00Z");
        assert!(shown.contains(words), "{shown}");
        assert!(shown.contains("Next order: <t:1795584600:f>"), "{shown}");
    };
    says(Gate::NotActive, "You are not under orders");
    says(Gate::Paused, "Orders are paused");
    says(Gate::NotStarted, "have not begun");
    says(Gate::Open, "Nothing is ordered yet");
}

#[test]
fn an_item_is_found_by_what_it_is_called_by_its_number_and_by_its_id() {
    let (duties, texts) = (duties(), Texts::built_in());
    let check = |stream, typed: &str, expected: Option<&str>| {
        let found = find(&duties, stream, typed, &texts).map(|(_, duty)| duty.item.as_str());
        assert_eq!(found, expected, "{typed}");
    };
    for typed in ["template_a_meal2", "Meal 2", " meal 2", "2"] {
        check(Stream::Meal, typed, Some("template_a_meal2"));
    }
    for typed in ["0", "3", "", "meal", "ex_bp_001", "💪"] {
        check(Stream::Meal, typed, None);
    }
    for typed in ["bench **PRESS**", "1", "ex_bp_001"] {
        check(Stream::Training, typed, Some("ex_bp_001"));
    }
}

#[test]
fn the_note_of_today_is_known_again_and_an_order_is_not_taken_for_it() {
    let texts = Texts::built_in();
    let note = note(&today(Gate::Open, duties()), at("2026-11-24T18:00:00Z"), &texts);
    assert!(is_today(&note.content, &texts));
    assert!(!is_today("**Fuel and cardio**\nToday", &texts));
}
