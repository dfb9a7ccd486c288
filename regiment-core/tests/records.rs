//! The JSON of the eight records: exactly the contract's field names, what is read of the original
//! system, and what is refused.

use std::{collections::BTreeSet, fmt::Debug};

use proptest::prelude::*;
use regiment_core::{
    Invalid, Slug,
    calendar::{DayOfWeek, Zone},
    measure::{BodyWeight, Load, Minutes, Reps},
    record::{
        CardioLog, CardioStatus, Cause, CheckinLog, CheckinReport, ClientProfile, DoneOrMissed,
        JobCard, Level, Log, LogKey, MealLog, MealTemplate, Mood, Note, Sleep, Stream, TopSet,
        TrainingLog, TrainingTemplate,
    },
    testing::{at, date, slug, user},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

/// One record as the original system wrote it, with every field of its own.
struct Original {
    name: &'static str,
    json: Value,
    /// Fields of ours that may stand beside them.
    additive: &'static [&'static str],
    /// Fields that may be absent.
    optional: &'static [&'static str],
    /// Reads and writes the record.
    through: fn(&Value) -> Result<Value, String>,
}

fn through<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    value: &Value,
) -> Result<Value, String> {
    let record: T = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    let written = serde_json::to_value(&record).expect("a record is JSON");
    let again: T = serde_json::from_value(written.clone()).expect("what was written is read");
    assert_eq!(again, record, "a round trip keeps the record");
    let text = serde_json::to_string(&record).expect("a record is JSON");
    let from_text: T = serde_json::from_str(&text).expect("text is read as values are");
    assert_eq!(from_text, record);
    Ok(written)
}

fn client() -> Original {
    Original {
        name: "ClientProfile",
        json: json!({
            "user_id": "80351110224678912", "goal": "cut", "timezone_offset": "UTC-3:30",
            "start_date": "2026-01-06", "paused": false, "height_cm": 180, "weight_kg": 90.5,
            "training_template_id": "steel_block_a", "meal_template_id": "template_a",
            "macros": { "protein": 180, "carbs": 220, "fats": 60 },
            "cardio_minutes": 30, "cycle_start_date": "2026-01-06", "block_id": "steel_block_a",
        }),
        additive: &[
            "name",
            "email",
            "gender",
            "age",
            "photo_url",
            "coaching_notes",
            "cardio_type",
            "status",
            "coach_id",
            "blocked_refeed",
            "public_callout_opt_in",
            "honors_opt_in",
            "alias",
            "allergens",
            "block_start_date",
            "training_days",
            "plan_choices",
            "fallback_channel_id",
            "subject",
            "created_at",
            "updated_at",
            "version",
            "guild_id",
            "paused_until",
            "paused_since",
            "reopened",
        ],
        optional: &[
            "training_template_id",
            "meal_template_id",
            "macros",
            "cardio_minutes",
            "block_id",
        ],
        through: through::<ClientProfile>,
    }
}

fn meal_log() -> Original {
    Original {
        name: "MealLog",
        json: json!({
            "user_id": "7", "meal_id": "template_a_meal1", "date": "2026-03-04",
            "logged_at": "2026-03-04T08:15:30.123456Z", "timezone_offset": "Europe/London",
            "status": "completed", "source_engine": "meal",
        }),
        additive: &["cause"],
        optional: &["source_engine"],
        through: through::<MealLog>,
    }
}

fn training_log() -> Original {
    Original {
        name: "TrainingLog",
        json: json!({
            "user_id": "7", "block_id": "steel_block_a", "day_index": 3,
            "exercise": "Bench Press", "exercise_id": "ex_bp_001", "weight_kg": 102.5, "reps": 5,
            "date": "2026-03-04", "timestamp": "2026-03-04T18:00:00Z", "timezone": "UTC+2",
            "status": "completed", "source_engine": "training",
        }),
        additive: &["cause"],
        optional: &["source_engine"],
        through: through::<TrainingLog>,
    }
}

fn cardio_log() -> Original {
    Original {
        name: "CardioLog",
        json: json!({
            "user_id": "7", "date": "2026-03-04", "timestamp": "2026-03-04T18:00:00Z",
            "assigned_minutes": 30, "actual_minutes": 20, "status": "underperformed",
            "source_engine": "cardio",
        }),
        additive: &["cause"],
        optional: &["source_engine"],
        through: through::<CardioLog>,
    }
}

fn checkin_log() -> Original {
    Original {
        name: "CheckinLog",
        json: json!({
            "user_id": "7", "date": "2026-03-04", "timestamp": "2026-03-04T06:30:00Z",
            "weight_kg": 83.4, "mood": "great", "soreness": "low", "sleep": "6h",
            "stress": "high", "notes": "slept well", "status": "completed",
            "source_engine": "checkin",
        }),
        additive: &["cause", "weight_unconfirmed"],
        optional: &["notes", "source_engine"],
        through: through::<CheckinLog>,
    }
}

fn job_card() -> Original {
    Original {
        name: "JobCard",
        json: json!({
            "user_id": "7", "date": "2026-03-08", "timestamp": "2026-03-08T22:00:00Z",
            "summary": "Two missed check-ins.",
            "flags": ["lift_plateau:ex_bp_001", "non_responding_client"],
            "action_suggested": "callout", "resolved": false,
        }),
        additive: &[
            "id",
            "source",
            "severity",
            "priority",
            "wins",
            "evidence",
            "window_start",
            "window_end",
            "state",
            "resolution",
            "suggestions",
            "goal",
            "block_id",
            "week",
            "model_version",
            "policy_version",
            "merged_into",
        ],
        optional: &[],
        through: through::<JobCard>,
    }
}

fn training_template() -> Original {
    Original {
        name: "TrainingTemplate",
        json: json!({
            "template_id": "block_x", "block_name": "Block X", "days_per_week": 1,
            "schedule": [{ "day_index": 1, "day_name": "Push", "exercises": [{
                "exercise": "Bench Press", "sets": 3, "reps": "8-12", "rest_seconds": 120,
                "video_url": "https://example.com/bench",
            }] }],
        }),
        additive: &["weeks", "schedule_days", "week_overrides", "version"],
        optional: &[],
        through: through::<TrainingTemplate>,
    }
}

fn meal_template() -> Original {
    Original {
        name: "MealTemplate",
        json: json!({
            "template_id": "template_x", "goal": "bulk",
            "days": [{ "day_index": 1, "meals": [{
                "meal_id": "template_x_meal1",
                "items": [{ "food": "Rolled oats", "raw_grams": 80.0 }],
            }] }],
            "shopping_list": {
                "ingredients": [{ "food": "Rolled oats", "grams": 560.0 }],
                "instructions": "Soak overnight.",
            },
        }),
        additive: &["name", "version"],
        optional: &[],
        through: through::<MealTemplate>,
    }
}

fn all() -> [Original; 8] {
    [
        client(),
        meal_log(),
        training_log(),
        cardio_log(),
        checkin_log(),
        job_card(),
        training_template(),
        meal_template(),
    ]
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

fn fields(value: &Value) -> BTreeSet<&str> {
    object(value).keys().map(String::as_str).collect()
}

fn with(record: &Original, changes: &Value) -> Value {
    let mut json = record.json.clone();
    for (field, value) in object(changes) {
        let whole = json.as_object_mut().expect("an object");
        if value.is_null() {
            whole.remove(field);
        } else {
            whole.insert(field.clone(), value.clone());
        }
    }
    json
}

#[track_caller]
fn accepted(record: &Original, changes: &Value) -> Value {
    let json = with(record, changes);
    (record.through)(&json).unwrap_or_else(|error| panic!("{} {changes}: {error}", record.name))
}

/// Checks that a record with some fields changed (`null` removes one) is refused with words that
/// say why.
#[track_caller]
fn refused(record: &Original, changes: &Value, why: &str) {
    match (record.through)(&with(record, changes)) {
        Ok(_) => panic!("{} with {changes} was read", record.name),
        Err(error) => assert!(error.contains(why), "{} with {changes}: {error}", record.name),
    }
}

#[test]
fn every_field_of_the_original_is_kept_under_its_name_and_with_its_value() {
    for record in all() {
        let written = (record.through)(&record.json).expect(record.name);
        for (field, value) in object(&record.json) {
            assert_eq!(object(&written).get(field), Some(value), "{}.{field}", record.name);
        }
        let known: BTreeSet<&str> =
            fields(&record.json).into_iter().chain(record.additive.iter().copied()).collect();
        let written = fields(&written);
        let unknown: Vec<&&str> = written.difference(&known).collect();
        assert!(unknown.is_empty(), "{} has fields of no contract: {unknown:?}", record.name);
    }
}

#[test]
fn a_field_that_is_missing_is_refused_by_name_unless_it_is_optional() {
    for record in all() {
        for field in fields(&record.json) {
            let without = json!({ field: null });
            if record.optional.contains(&field) {
                accepted(&record, &without);
            } else {
                refused(&record, &without, field);
            }
        }
    }
}

#[test]
fn fields_of_a_later_version_are_passed_over() {
    for record in all() {
        accepted(&record, &json!({ "a_field_of_tomorrow": [1, 2, 3] }));
    }
}

#[test]
fn the_client_profile_writes_every_additive_field_under_the_contracts_name() {
    let full = json!({
        "name": "Ana", "email": "ana@example.com", "gender": "woman", "age": 34,
        "photo_url": "https://example.com/a.jpg", "coaching_notes": "left knee",
        "cardio_type": "rower", "status": "active", "coach_id": "c1", "blocked_refeed": true,
        "public_callout_opt_in": true, "honors_opt_in": true, "alias": "Iron",
        "allergens": ["milk"], "block_start_date": "2026-01-06", "training_days": ["mon", "thu"],
        "plan_choices": ["template_a"], "fallback_channel_id": "55", "guild_id": "66",
        "paused_until": "2026-02-01", "paused_since": "2026-01-20", "reopened": true,
        "subject": "s1", "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-02T00:00:00Z", "version": 4,
    });
    let client = client();
    let written = accepted(&client, &full);
    for (field, value) in object(&full) {
        assert_eq!(object(&written).get(field), Some(value), "{field}");
    }
    let expected: BTreeSet<&str> = fields(&full).union(&fields(&client.json)).copied().collect();
    assert_eq!(fields(&written), expected);
    assert_eq!(expected.len(), 13 + client.additive.len());
}

#[test]
fn an_imported_profile_is_active_and_follows_the_usual_cardio() {
    let written = accepted(&client(), &json!({}));
    assert_eq!(written["status"], "active");
    assert_eq!(written["cardio_type"], "zone2");
    assert_eq!(written["version"], 0);
}

#[test]
fn a_client_profile_is_refused_what_it_may_not_hold() {
    let client = client();
    for (field, bad, why) in [
        ("user_id", json!(""), "1 to 20 decimal digits"),
        ("user_id", json!("12a"), "1 to 20 decimal digits"),
        ("user_id", json!("123456789012345678901"), "1 to 20 decimal digits"),
        ("user_id", json!(7), "invalid type"),
        ("goal", json!("Cut"), "unknown variant `Cut`"),
        ("goal", json!("maintain"), "unknown variant `maintain`"),
        ("timezone_offset", json!("UTC+15"), "like UTC+5:45"),
        ("timezone_offset", json!("Mars/Olympus"), "like Europe/London"),
        ("start_date", json!("06/01/2026"), "year"),
        ("start_date", json!("2026-02-30"), "day"),
        ("paused", json!("false"), "invalid type"),
        ("height_cm", json!(119), "height_cm must be a whole number from 120 to 250 cm"),
        ("height_cm", json!(251), "not 251"),
        ("height_cm", json!(180.5), "invalid type"),
        ("weight_kg", json!(29.9), "weight_kg must be between 30 and 300 kg, not 29.9"),
        ("weight_kg", json!(300.1), "not 300.1"),
        ("cardio_minutes", json!(-1), "minutes must be a whole number from 0 to 300"),
        ("cardio_minutes", json!(301), "not 301"),
        ("training_template_id", json!(""), "id must be 1 to 100 ASCII characters"),
        ("training_template_id", json!("steel block"), "without spaces"),
        ("macros", json!({ "protein": 0, "carbs": 0, "fats": 0 }), "above 0 g"),
        ("macros", json!({ "protein": 1001, "carbs": 1, "fats": 1 }), "from 0 to 1000 g"),
        ("macros", json!({ "protein": -1, "carbs": 1, "fats": 1 }), "from 0 to 1000 g"),
        ("macros", json!({ "protein": 1, "carbs": 1 }), "missing field `fats`"),
        ("age", json!(13), "age must be a whole number from 14 to 100"),
        ("age", json!(101), "not 101"),
        ("status", json!("gone"), "unknown variant `gone`"),
        ("training_days", json!(["monday"]), "unknown variant `monday`"),
    ] {
        refused(&client, &json!({ field: bad }), why);
    }
    for (field, good) in [
        ("user_id", json!("12345678901234567890")),
        ("height_cm", json!(120)),
        ("height_cm", json!(250)),
        ("weight_kg", json!(30)),
        ("weight_kg", json!(300)),
        ("cardio_minutes", json!(0)),
        ("cardio_minutes", json!(300)),
        ("macros", json!({ "protein": 0, "carbs": 0, "fats": 1 })),
        ("macros", json!({ "protein": 1000, "carbs": 1000, "fats": 1000 })),
        ("age", json!(14)),
        ("age", json!(100)),
        ("timezone_offset", json!("UTC+05:45")),
    ] {
        accepted(&client, &json!({ field: good }));
    }
}

#[test]
fn a_missed_top_set_has_neither_weight_nor_reps() {
    let log = training_log();
    let missed = json!({ "status": "missed", "weight_kg": null, "reps": null });
    let written = accepted(&log, &missed);
    assert!(!object(&written).contains_key("weight_kg") && !object(&written).contains_key("reps"));
    refused(&log, &json!({ "status": "missed" }), "weight_kg must be absent");
    refused(&log, &json!({ "status": "missed", "weight_kg": null }), "reps must be absent");
    refused(&log, &json!({ "weight_kg": null }), "weight_kg must be given");
    refused(&log, &json!({ "reps": null }), "reps must be given");
}

#[test]
fn a_top_set_holds_at_its_bounds() {
    let log = training_log();
    for (weight, reps) in [(json!(0), json!(1)), (json!(999.9), json!(99))] {
        accepted(&log, &json!({ "weight_kg": weight, "reps": reps }));
    }
    refused(&log, &json!({ "weight_kg": -0.1 }), "weight_kg must be from 0");
    refused(&log, &json!({ "weight_kg": 1000 }), "less than 1000 kg");
    refused(&log, &json!({ "reps": 0 }), "reps must be a whole number from 1 to 99");
    refused(&log, &json!({ "reps": 100 }), "not 100");
    refused(&log, &json!({ "day_index": -1 }), "invalid value");
    refused(&log, &json!({ "exercise_id": "ex bp" }), "id must be");
    refused(&log, &json!({ "timezone": "EST5" }), "timezone_offset");
    refused(&log, &json!({ "timestamp": "2026-03-04 18:00" }), "offset");
    refused(&log, &json!({ "status": "done" }), "done");
}

#[test]
fn cardio_says_what_its_minutes_say() {
    let log = cardio_log();
    for (actual, status) in
        [(0, "underperformed"), (29, "underperformed"), (30, "completed"), (300, "completed")]
    {
        accepted(&log, &json!({ "actual_minutes": actual, "status": status }));
    }
    accepted(&log, &json!({ "actual_minutes": 0, "status": "missed" }));
    refused(&log, &json!({ "status": "completed" }), "underperformed for 20 of 30 minutes");
    let enough = json!({ "actual_minutes": 30 });
    refused(&log, &enough, "completed for 30 of 30 minutes");
    refused(&log, &json!({ "status": "missed" }), "0 where cardio was missed");
    refused(&log, &json!({ "actual_minutes": 301 }), "0 to 300");
    refused(&log, &json!({ "assigned_minutes": -1 }), "0 to 300");
    refused(&log, &json!({ "actual_minutes": 20.5 }), "invalid type");
}

#[test]
fn a_completed_check_in_needs_all_but_its_notes_and_a_missed_one_has_none() {
    let log = checkin_log();
    let answers = ["weight_kg", "mood", "soreness", "sleep", "stress"];
    for field in answers {
        refused(&log, &json!({ field: null }), &format!("{field} must be given"));
    }
    let missed = json!({
        "status": "missed", "weight_kg": null, "mood": null, "soreness": null, "sleep": null,
        "stress": null, "notes": null,
    });
    let written = accepted(&log, &missed);
    let kept = ["date", "source_engine", "status", "timestamp", "user_id"];
    assert_eq!(fields(&written), BTreeSet::from(kept));
    for field in answers {
        let mut half = missed.clone();
        half[field] = log.json[field].clone();
        refused(&log, &half, &format!("{field} must be absent"));
    }
    let mut noted = missed.clone();
    noted["notes"] = json!("ill");
    refused(&log, &noted, "notes must be absent");
    noted["notes"] = json!("");
    accepted(&log, &noted);
}

#[test]
fn a_check_in_holds_at_its_bounds() {
    let log = checkin_log();
    for weight in [json!(30), json!(300), json!(83.4)] {
        accepted(&log, &json!({ "weight_kg": weight }));
    }
    refused(&log, &json!({ "weight_kg": 29.9 }), "between 30 and 300 kg");
    refused(&log, &json!({ "weight_kg": 300.1 }), "between 30 and 300 kg");
    refused(&log, &json!({ "weight_kg": 83.45 }), "at most one decimal");
    accepted(&log, &json!({ "notes": "é".repeat(250) }));
    refused(&log, &json!({ "notes": "é".repeat(251) }), "up to 250 characters");
    for (field, bad) in [
        ("mood", "fine"),
        ("soreness", "none"),
        ("sleep", "7h"),
        ("stress", "LOW"),
        ("status", "submitted"),
    ] {
        refused(&log, &json!({ field: bad }), bad);
    }
}

#[test]
fn an_odd_weight_says_so_and_a_usual_one_says_nothing() {
    let odd = accepted(&checkin_log(), &json!({ "weight_unconfirmed": true }));
    assert_eq!(odd["weight_unconfirmed"], true);
    let usual = accepted(&checkin_log(), &json!({ "weight_unconfirmed": false }));
    assert!(!object(&usual).contains_key("weight_unconfirmed"));
}

#[test]
fn a_cause_stands_on_a_miss_alone() {
    let missed = [
        (meal_log(), json!({ "status": "missed" })),
        (training_log(), json!({ "status": "missed", "weight_kg": null, "reps": null })),
        (cardio_log(), json!({ "status": "missed", "actual_minutes": 0 })),
        (
            checkin_log(),
            json!({
                "status": "missed", "weight_kg": null, "mood": null, "soreness": null,
                "sleep": null, "stress": null, "notes": null,
            }),
        ),
    ];
    for (log, mut changes) in missed {
        for cause in ["not_delivered", "excused"] {
            changes["cause"] = json!(cause);
            assert_eq!(accepted(&log, &changes)["cause"], cause, "{}", log.name);
            refused(&log, &json!({ "cause": cause }), "absent where the item was done");
        }
        refused(&log, &json!({ "cause": "tired" }), "tired");
    }
}

#[test]
fn a_log_of_one_stream_is_not_read_as_another() {
    for (log, other) in [
        (meal_log(), "training"),
        (training_log(), "cardio"),
        (cardio_log(), "checkin"),
        (checkin_log(), "meal"),
    ] {
        refused(&log, &json!({ "source_engine": other }), "source_engine must be");
        refused(&log, &json!({ "source_engine": "bot" }), "bot");
        // The original system may have left it out; ours never does.
        assert_eq!(accepted(&log, &json!({ "source_engine": null })), accepted(&log, &json!({})));
    }
}

#[test]
fn a_meal_log_is_refused_what_it_may_not_hold() {
    let log = meal_log();
    refused(&log, &json!({ "meal_id": "" }), "id must be");
    refused(&log, &json!({ "status": "skipped" }), "skipped");
    refused(&log, &json!({ "logged_at": "yesterday" }), "year");
    refused(&log, &json!({ "date": "2026-13-01" }), "month");
    refused(&log, &json!({ "timezone_offset": "utc+2" }), "timezone_offset must be");
}

#[test]
fn an_instant_is_kept_to_the_microsecond_in_utc() {
    let given = json!({ "logged_at": "2026-03-04T10:15:30.123456+02:00" });
    assert_eq!(accepted(&meal_log(), &given)["logged_at"], "2026-03-04T08:15:30.123456Z");
}

#[test]
fn a_job_card_is_refused_what_it_may_not_hold() {
    let card = job_card();
    accepted(&card, &json!({ "summary": "é".repeat(500) }));
    refused(&card, &json!({ "summary": "é".repeat(501) }), "up to 500 characters");
    accepted(&card, &json!({ "priority": 0 }));
    accepted(&card, &json!({ "priority": 1 }));
    refused(&card, &json!({ "priority": 1.1 }), "between 0 and 1");
    refused(&card, &json!({ "priority": -0.1 }), "between 0 and 1");
    refused(&card, &json!({ "flags": ["lazy"] }), "lazy");
    refused(&card, &json!({ "action_suggested": "fire" }), "fire");
    refused(&card, &json!({ "severity": "grave" }), "grave");
    refused(&card, &json!({ "state": "closed" }), "closed");
    refused(&card, &json!({ "id": "7" }), "UUID");
    refused(&card, &json!({ "resolved": "yes" }), "invalid type");
}

#[test]
fn a_job_card_of_the_original_is_an_open_one_of_the_weekly_scan() {
    let written = accepted(&job_card(), &json!({}));
    assert_eq!(written["source"], "weekly_scan");
    assert_eq!(written["severity"], "low");
    assert_eq!(written["state"], "open");
}

#[test]
fn repetitions_of_a_block_are_text_and_an_imported_number_becomes_one() {
    let reps = |given: Value| {
        let mut json = training_template().json;
        json["schedule"][0]["exercises"][0]["reps"] = given;
        through::<TrainingTemplate>(&json)
            .map(|written| written["schedule"][0]["exercises"][0]["reps"].clone())
    };
    assert_eq!(reps(json!(5)), Ok(json!("5")));
    assert_eq!(reps(json!("8-12")), Ok(json!("8-12")));
    assert_eq!(reps(json!("AMRAP")), Ok(json!("AMRAP")));
    assert!(reps(json!(5.5)).is_err() && reps(json!(-1)).is_err() && reps(json!(null)).is_err());
}

#[test]
fn a_block_without_weeks_runs_eight_on_the_usual_days() {
    let written = accepted(&training_template(), &json!({}));
    assert_eq!(written["weeks"], 8);
    for (days, usual) in [
        (1, vec!["mon"]),
        (2, vec!["mon", "thu"]),
        (3, vec!["mon", "wed", "fri"]),
        (4, vec!["mon", "tue", "thu", "fri"]),
        (5, vec!["mon", "tue", "wed", "thu", "fri"]),
        (6, vec!["mon", "tue", "wed", "thu", "fri", "sat"]),
        (7, vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
    ] {
        let json = with(&training_template(), &json!({ "days_per_week": days }));
        let block: TrainingTemplate = serde_json::from_value(json).expect("a block");
        let found: Vec<&str> = block.weekdays().into_iter().map(DayOfWeek::as_str).collect();
        assert_eq!(found, usual);
    }
    refused(&training_template(), &json!({ "schedule_days": ["someday"] }), "someday");
}

#[test]
fn the_additive_fields_of_templates_keep_their_names() {
    let mut block = training_template().json;
    block["weeks"] = json!(6);
    block["schedule_days"] = json!(["sat"]);
    block["version"] = json!(2);
    block["schedule"][0]["exercises"][0]["exercise_id"] = json!("ex_bp_001");
    block["week_overrides"] =
        json!([{ "week": 2, "exercise_id": "ex_bp_001", "sets": 5, "reps": "3" }]);
    assert_eq!(through::<TrainingTemplate>(&block), Ok(block));

    let mut meals = meal_template().json;
    meals["name"] = json!("Template X");
    meals["version"] = json!(2);
    let item = &mut meals["days"][0]["meals"][0]["items"][0];
    item["food_id"] = json!("fd_oats");
    item["min_grams"] = json!(40.0);
    item["max_grams"] = json!(120.0);
    assert_eq!(through::<MealTemplate>(&meals), Ok(meals));
}

#[test]
fn a_template_day_of_a_shorter_week_repeats_in_order() {
    let mut json = meal_template().json;
    let mut second = json["days"][0].clone();
    second["day_index"] = json!(2);
    json["days"].as_array_mut().expect("days").push(second);
    let template: MealTemplate = serde_json::from_value(json).expect("a template");
    let indices: Vec<u8> = (1..=7).filter_map(|n| Some(template.day(n)?.day_index)).collect();
    assert_eq!(indices, [1, 2, 1, 2, 1, 2, 1]);
    assert_eq!(template.day(0), None);
}

#[test]
fn a_refusal_names_the_field_the_value_and_what_would_do() {
    let error =
        serde_json::from_value::<CheckinLog>(with(&checkin_log(), &json!({ "weight_kg": 12 })))
            .expect_err("too light")
            .to_string();
    assert!(error.contains("weight_kg must be between 30 and 300 kg, not 12"), "{error}");
    let invalid = Invalid::new("reps", 0, "1 to 99");
    assert_eq!((invalid.field(), invalid.value(), invalid.accepted()), ("reps", "0", "1 to 99"));
}

/// Any valid top set, and so for the other streams.
fn any_log() -> impl Strategy<Value = Log> {
    let day =
        (0_i64..20_000).prop_map(|n| regiment_core::calendar::days_after(date("1990-01-01"), n));
    let instant = (0_i64..4_000_000_000_000_000)
        .prop_map(|micros| jiff::Timestamp::from_microsecond(micros).expect("in range"));
    let zone = prop::sample::select(vec!["UTC", "UTC-3:30", "UTC+05:45", "Europe/London"]);
    let cause = prop::option::of(prop::sample::select(Cause::ALL));
    (day, instant, zone, cause, 0_u16..9_999, 0_i64..=300, 1_i64..=99, 0..8_usize).prop_map(
        |(date, at, zone, cause, tenths, minutes, reps, kind)| {
            let is_missed = kind % 2 == 0;
            let user_id = user("80351110224678912");
            let timezone = Zone::parse(zone).expect("a zone");
            let cause = cause.filter(|_| is_missed);
            match kind / 2 {
                0 => Log::Meal(MealLog {
                    user_id,
                    meal_id: slug("template_a_meal1"),
                    date,
                    logged_at: at,
                    timezone_offset: timezone,
                    status: if is_missed { DoneOrMissed::Missed } else { DoneOrMissed::Completed },
                    source_engine: Stream::Meal,
                    cause,
                }),
                1 => Log::Training(TrainingLog {
                    user_id,
                    block_id: slug("steel_block_a"),
                    day_index: u32::from(tenths),
                    exercise: "Back Squat".to_owned(),
                    exercise_id: Slug::new(format!("ex_{reps}")).expect("an id"),
                    set: (!is_missed).then(|| TopSet {
                        weight: Load::new(f64::from(tenths) / 10.0).expect("a load"),
                        reps: Reps::new(reps).expect("reps"),
                    }),
                    date,
                    timestamp: at,
                    timezone,
                    cause,
                }),
                2 => Log::Cardio(CardioLog {
                    user_id,
                    date,
                    timestamp: at,
                    assigned_minutes: Minutes::new(300 - minutes).expect("minutes"),
                    actual_minutes: (!is_missed).then(|| Minutes::new(minutes).expect("minutes")),
                    cause,
                }),
                _ => Log::Checkin(CheckinLog {
                    user_id,
                    date,
                    timestamp: at,
                    report: (!is_missed).then(|| CheckinReport {
                        weight: BodyWeight::weigh_in(f64::from(300 + tenths % 2_700) / 10.0)
                            .expect("a weight"),
                        mood: Mood::ALL[usize::from(tenths % 3)],
                        soreness: Level::ALL[usize::from(tenths % 3)],
                        sleep: Sleep::ALL[usize::from(tenths % 3)],
                        stress: Level::ALL[usize::from(tenths / 3 % 3)],
                        notes: Note::new(format!("note {tenths}")).expect("short"),
                        weight_unconfirmed: tenths % 5 == 0,
                    }),
                    cause,
                }),
            }
        },
    )
}

proptest! {
    #[test]
    fn any_log_comes_back_as_it_went(log in any_log()) {
        let text = serde_json::to_string(&log).expect("a log is JSON");
        let read: Log = serde_json::from_str(&text).expect("what was written is read");
        prop_assert_eq!(&read, &log);
        let value: Value = serde_json::from_str(&text).expect("JSON");
        prop_assert_eq!(&value["source_engine"], log.stream().as_str());
        let status = value["status"].as_str().expect("a status");
        prop_assert_eq!(status == "missed", log.is_missed());
        if let Log::Cardio(cardio) = &log {
            prop_assert_eq!(status, cardio.status().as_str());
            prop_assert_eq!(cardio.status() == CardioStatus::Missed, log.is_missed());
        }
    }

    #[test]
    fn a_key_is_what_a_log_is_about(log in any_log()) {
        let LogKey { user_id, date, stream, item } = log.key();
        prop_assert_eq!((user_id, date, stream), (log.user_id(), log.date(), log.stream()));
        prop_assert_eq!(item.is_empty(), matches!(stream, Stream::Cardio | Stream::Checkin));
    }
}

#[test]
fn times_of_a_record_are_those_of_its_log() {
    let log: MealLog = serde_json::from_value(meal_log().json).expect("a meal");
    assert_eq!(Log::Meal(log).at(), at("2026-03-04T08:15:30.123456Z"));
}
