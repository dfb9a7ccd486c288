//! Every refusal that `docs/bad-input.md` lists, tried: the page and the program agree to the
//! letter.

use regiment_core::{
    engine::onboarding::{Form, alias, enlist},
    record::{
        CardioLog, CheckinLog, ClientProfile, JobCard, MealLog, MealTemplate, TrainingLog,
        TrainingTemplate,
    },
    testing::at,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../docs/bad-input.md");

/// Returns the rows of the table under a heading: the texts of their cells, without code marks.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let section = PAGE.split("\n## ").find(|section| section.starts_with(heading));
    let lines = section.unwrap_or_default().lines().filter(|line| line.starts_with("| "));
    let rows: Vec<Vec<String>> = lines
        .skip(2)
        .map(|line| line.trim_matches('|').split('|').map(|cell| plain(cell.trim())).collect())
        .collect();
    assert!(rows.len() > 3, "{heading}: too few rows");
    rows
}

fn plain(cell: &str) -> String {
    cell.strip_prefix('`').and_then(|cell| cell.strip_suffix('`')).unwrap_or(cell).to_owned()
}

/// Returns a value of a cell: `101 × é` stands for that many letters.
fn spelled_out(cell: &str) -> String {
    match cell.split_once(" × ") {
        Some((count, letter)) => letter.repeat(count.parse().expect("a count")),
        None => cell.to_owned(),
    }
}

fn form(field: &str, value: &str) -> Form {
    let mut form = Form {
        user_id: "7".to_owned(),
        height_cm: Some(180),
        weight_kg: Some(90.0),
        timezone_offset: "UTC".to_owned(),
        goal: "cut".to_owned(),
        ..Form::default()
    };
    let text = spelled_out(value);
    match field {
        "user_id" => form.user_id = text,
        "name" => form.name = Some(text),
        "email" => form.email = Some(text),
        "gender" => form.gender = Some(text),
        "age" => form.age = text.parse().ok(),
        "height_cm" => form.height_cm = text.parse().ok(),
        "weight_kg" => form.weight_kg = text.parse().ok(),
        "timezone_offset" => form.timezone_offset = text,
        "goal" => form.goal = text,
        "photo_url" => form.photo_url = Some(text),
        other => panic!("no field {other}"),
    }
    form
}

#[test]
fn the_forms_refusals_are_those_of_the_page() {
    for row in rows("The form") {
        let [field, value, answer] = row.as_slice() else { panic!("{row:?}") };
        let refused = enlist(None, &form(field, value), at("2026-03-01T12:00:00Z")).unwrap_err();
        assert_eq!(refused.len(), 1, "{row:?}");
        assert_eq!(&refused[0].to_string(), answer);
    }
}

#[test]
fn the_refused_aliases_are_those_of_the_page() {
    for row in rows("Aliases") {
        let [value, answer] = row.as_slice() else { panic!("{row:?}") };
        assert_eq!(&alias(&spelled_out(value)).unwrap_err().to_string(), answer);
    }
}

/// Reads a record, or says why not.
type Reader = fn(Value) -> Result<(), String>;

fn read<T: DeserializeOwned>(record: Value) -> Result<(), String> {
    serde_json::from_value::<T>(record).map(|_| ()).map_err(|error| error.to_string())
}

/// A good record, and what reads it.
fn record(name: &str) -> (Value, Reader) {
    match name {
        "client" => (
            json!({
                "user_id": "7", "goal": "cut", "timezone_offset": "UTC", "start_date": "2026-01-06",
                "paused": false, "height_cm": 180, "weight_kg": 90, "cycle_start_date": "2026-01-06",
            }),
            read::<ClientProfile>,
        ),
        "meal" => (
            json!({
                "user_id": "7", "meal_id": "template_a_meal1", "date": "2026-03-04",
                "logged_at": "2026-03-04T08:00:00Z", "timezone_offset": "UTC", "status": "completed",
            }),
            read::<MealLog>,
        ),
        "training" => (
            json!({
                "user_id": "7", "block_id": "steel_block_a", "day_index": 3, "exercise": "Bench Press",
                "exercise_id": "ex_bp_001", "weight_kg": 100, "reps": 5, "date": "2026-03-04",
                "timestamp": "2026-03-04T18:00:00Z", "timezone": "UTC", "status": "completed",
            }),
            read::<TrainingLog>,
        ),
        "cardio" => (
            json!({
                "user_id": "7", "date": "2026-03-04", "timestamp": "2026-03-04T18:00:00Z",
                "assigned_minutes": 30, "actual_minutes": 20, "status": "underperformed",
            }),
            read::<CardioLog>,
        ),
        "checkin" => (
            json!({
                "user_id": "7", "date": "2026-03-04", "timestamp": "2026-03-04T06:30:00Z",
                "weight_kg": 83.4, "mood": "great", "soreness": "low", "sleep": "6h", "stress": "low",
                "status": "completed",
            }),
            read::<CheckinLog>,
        ),
        "card" => (
            json!({
                "user_id": "7", "date": "2026-03-08", "timestamp": "2026-03-08T22:00:00Z",
                "summary": "", "flags": [], "action_suggested": "none", "resolved": false,
            }),
            read::<JobCard>,
        ),
        "block" => (
            json!({ "template_id": "x", "block_name": "X", "days_per_week": 1, "schedule": [] }),
            read::<TrainingTemplate>,
        ),
        "meals" => (
            json!({ "template_id": "x", "goal": "cut", "days": [], "shopping_list": {} }),
            read::<MealTemplate>,
        ),
        other => panic!("no record {other}"),
    }
}

#[test]
fn the_records_refusals_are_those_of_the_page() {
    for name in ["client", "meal", "training", "cardio", "checkin", "card", "block", "meals"] {
        let (good, read) = record(name);
        assert_eq!(read(good), Ok(()), "{name}");
    }
    for row in rows("Records") {
        let [name, change, answer] = row.as_slice() else { panic!("{row:?}") };
        let (mut record, read) = record(name);
        let change: Value = serde_json::from_str(change).expect("a change is JSON");
        let fields = record.as_object_mut().expect("an object");
        for (field, value) in change.as_object().expect("an object") {
            let value = match value.as_str() {
                Some(text) => json!(spelled_out(text)),
                None => value.clone(),
            };
            if value.is_null() {
                fields.remove(field)
            } else {
                fields.insert(field.clone(), value)
            };
        }
        assert_eq!(read(record), Err(answer.clone()), "{row:?}");
    }
}
