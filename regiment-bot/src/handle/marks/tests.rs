use regiment_core::testing::{date, slug};
use serde_json::json;

use super::*;

fn meal(status: DoneOrMissed) -> Action {
    Action::Meal { date: date("2026-11-24"), meal_id: slug("a_meal1"), status }
}

fn duty(stream: Stream, item: &str, state: DutyState) -> Duty {
    let (stream, state) = (stream.into(), state.into());
    Duty { stream, state, item: item.to_owned(), ..Duty::default() }
}

#[track_caller]
fn check(action: &Action, duty: Duty, style: Style, is_marked: bool) {
    assert_eq!(look(action, &[duty]), Some(Look { style, is_marked }));
}

#[test]
fn the_answer_that_stands_is_marked_and_the_other_one_pales() {
    let of = |state| duty(Stream::Meal, "a_meal1", state);
    let (done, missed) = (meal(DoneOrMissed::Completed), meal(DoneOrMissed::Missed));
    check(&done, of(DutyState::Open), Style::Success, false);
    check(&missed, of(DutyState::Open), Style::Danger, false);
    check(&done, of(DutyState::Completed), Style::Success, true);
    check(&missed, of(DutyState::Completed), Style::Secondary, false);
    check(&done, of(DutyState::Missed), Style::Secondary, false);
    check(&missed, of(DutyState::Missed), Style::Danger, true);
    assert_eq!(look(&done, &[duty(Stream::Meal, "a_meal2", DutyState::Open)]), None);
}

#[test]
fn forms_show_what_became_of_their_item() {
    let date = date("2026-11-24");
    let cardio = Action::Cardio { date };
    check(&cardio, duty(Stream::Cardio, "", DutyState::Open), Style::Primary, false);
    check(&cardio, duty(Stream::Cardio, "", DutyState::Underperformed), Style::Success, true);
    let long = "x".repeat(90);
    let set = Action::TopSet { date, exercise_id: slug(&short(&long)) };
    check(&set, duty(Stream::Training, &long, DutyState::Completed), Style::Success, true);
    check(&set, duty(Stream::Training, &long, DutyState::Missed), Style::Danger, false);
    assert_eq!(look(&Action::Rest { seconds: 90 }, &[]), None);
}

#[test]
fn a_message_is_read_marked_and_read_again() {
    let texts = Texts::built_in();
    let components = json!([
        {"type": 1, "components": [
            {"type": 2, "style": 3, "label": "✅ Meal 1", "custom_id": "done"},
            {"type": 2, "style": 4, "label": "❌ Meal 1", "custom_id": "missed"},
            {"type": 2, "style": 1, "label": "Gone", "custom_id": "older"},
            {"type": 2, "style": 5, "label": "Video", "url": "https://example.org/v"},
        ]},
        {"type": 1, "components": [{"type": 3, "custom_id": "menu", "options": [
            {"label": "✅ Meal 1", "value": "done"}, {"label": "x", "value": "older"},
        ]}]},
        {"type": 1, "components": []},
        {"type": 17},
    ]);
    let read = |id: &str| match id {
        "done" => Some(meal(DoneOrMissed::Completed)),
        "missed" => Some(meal(DoneOrMissed::Missed)),
        _ => None,
    };
    let mut found = rows(components.as_array().unwrap(), read);
    let before = found.clone();
    let labels = |rows: &[Row]| -> Vec<String> {
        let labels = |row: &Row| match row {
            Row::Buttons(buttons) => buttons.iter().map(|it| it.label.clone()).collect(),
            Row::Menu(choices) => choices.iter().map(|it| it.label.clone()).collect(),
            Row::Select(_) => Vec::new(),
        };
        rows.iter().flat_map(labels).collect()
    };
    let marked = |rows: &mut Vec<Row>, state| {
        let duties = [duty(Stream::Meal, "a_meal1", state)];
        mark(rows, |action| look(action, &duties), &texts);
    };
    marked(&mut found, DutyState::Completed);
    assert_eq!(labels(&found), ["✔ ✅ Meal 1", "❌ Meal 1", "Video", "✔ ✅ Meal 1"]);
    // Twice the same is marked once.
    marked(&mut found, DutyState::Completed);
    assert_eq!(labels(&found)[0], "✔ ✅ Meal 1");
    marked(&mut found, DutyState::Missed);
    assert_eq!(labels(&found), ["✅ Meal 1", "✔ ❌ Meal 1", "Video", "✅ Meal 1"]);
    marked(&mut found, DutyState::Open);
    assert_eq!(found, before);
}
