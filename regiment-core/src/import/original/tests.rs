//! Every alias of the contract, and what is none.

use super::*;
use crate::export::Archive;
use crate::import::Known;
use crate::record::{CardioLog, DoneOrMissed, Goal, JobCard};
use crate::testing::{self, date, user};

const PROFILE: &str = r#"{"user_id": "7", "goal": "cut", "timezone_offset": "UTC+2", "start_date": "2026-01-06",
  "paused": false, "height_cm": 180, "weight_kg": 90.5, "training_template_id": "steel_block_a",
  "meal_template_id": "template_a", "macros": {"protein": 180, "carbs": 220, "fats": 60},
  "cardio_minutes": 30, "cycle_start_date": "2026-01-06", "block_id": "steel_block_a"}"#;

fn read(text: &str) -> Import {
    let mut zones = BTreeMap::new();
    zones.insert(user("7"), testing::zone("UTC+2"));
    let file = Source { name: "old.json", bytes: text.as_bytes() };
    original(&[file], &Library::built_in(), &zones).expect("readable")
}

#[track_caller]
fn one_log(text: &str) -> Log {
    let plan = read(text);
    assert_eq!(plan.quarantine, []);
    assert_eq!(plan.problems, []);
    assert_eq!(plan.logs.len(), 1);
    plan.logs[0].clone()
}

#[track_caller]
fn refused(text: &str) -> String {
    let plan = read(text);
    assert_eq!(plan.logs, []);
    assert_eq!(plan.quarantine.len(), 1, "{:?}", plan.problems);
    plan.quarantine[0].reason.clone()
}

/// A meal's record with one text replaced.
fn meal(from: &str, to: &str) -> String {
    r#"{"user_id": "7", "meal_id": "template_a_meal1", "date": "2026-01-06",
        "logged_at": "2026-01-06T07:30:00Z", "timezone_offset": "UTC+2", "status": "completed",
        "source_engine": "meal"}"#
        .replace(from, to)
}

fn set(from: &str, to: &str) -> String {
    r#"{"user_id": "7", "block_id": "steel_block_a", "day_index": 3, "exercise": "Bench Press",
        "exercise_id": "ex_bp_001", "weight_kg": 82.5, "reps": 5, "date": "2026-01-06",
        "timestamp": "2026-01-06T17:30:00Z", "timezone": "UTC+2", "status": "completed",
        "source_engine": "training"}"#
        .replace(from, to)
}

fn checkin(from: &str, to: &str) -> String {
    r#"{"user_id": "7", "date": "2026-01-06", "timestamp": "2026-01-06T05:40:00Z", "weight_kg": 83.4,
        "mood": "great", "soreness": "low", "sleep": "8h", "stress": "high", "notes": "fine",
        "status": "completed", "source_engine": "checkin"}"#
        .replace(from, to)
}

#[test]
fn flat_records_are_read_as_they_are() {
    let cardio = r#"{"user_id": "7", "date": "2026-01-06", "timestamp": "2026-01-06T18:00:00Z",
        "assigned_minutes": 30, "actual_minutes": 12, "status": "underperformed"}"#;
    let text = format!(
        "[{PROFILE},\n{},\n{},\n{},\n{cardio}]",
        meal("", ""),
        set("", ""),
        checkin("", "")
    );
    let plan = read(&text);
    assert_eq!((plan.quarantine.len(), plan.problems.len()), (0, 0));
    assert_eq!((plan.profiles.len(), plan.logs.len()), (1, 4));
    for log in &plan.logs {
        let back: Log = serde_json::from_str(&serde_json::to_string(log).unwrap()).unwrap();
        assert_eq!(back, *log);
    }
    assert_eq!(plan.summary.rows, 5);
    assert_eq!(plan.summary.first_date, Some(date("2026-01-06")));
    let meal = plan.logs.iter().find(|log| matches!(log, Log::Meal(_))).expect("a meal");
    let origin = &plan.origins[&meal.key()];
    assert_eq!((origin.source.as_str(), origin.line), ("original-json:old.json", 5));
}

#[test]
fn a_client_has_three_other_names() {
    for name in ["discord_id", "discord_user_id", "client_id"] {
        assert_eq!(one_log(&meal("\"user_id\"", &format!("\"{name}\""))), one_log(&meal("", "")));
        let number = meal("\"user_id\": \"7\"", &format!("\"{name}\": 7"));
        assert_eq!(one_log(&number), one_log(&meal("", "")));
    }
}

#[test]
fn the_envelope_is_opened() {
    let text = r#"{"source_engine": "meal", "discord_id": "7", "timestamp": "2026-01-06T07:30:00Z",
        "data": {"meal_id": "template_a_meal1", "date": "2026-01-06", "status": "completed",
                 "timezone_offset": "UTC+2"}}"#;
    assert_eq!(one_log(text), one_log(&meal("", "")));
    let text = r#"{"source_engine": "checkin", "client_id": "7", "timestamp": "2026-01-06T05:40:00Z",
        "data": {"weight": 83.4, "mood": "💪", "soreness": "🟢", "sleep": "💤", "stress": "💣",
                 "notes": "fine", "missed": false}}"#;
    assert_eq!(one_log(text), one_log(&checkin("", "")));
}

#[test]
fn weight_and_exercise_name_are_fields_too() {
    assert_eq!(one_log(&set("weight_kg", "weight")), one_log(&set("", "")));
    assert_eq!(one_log(&checkin("weight_kg", "weight")), one_log(&checkin("", "")));
    assert_eq!(one_log(&set("\"exercise\"", "\"exercise_name\"")), one_log(&set("", "")));
    assert_eq!(one_log(&set("82.5", "\"82.5\"")), one_log(&set("", "")));
}

#[test]
fn an_exercise_without_an_id_is_found_by_its_name() {
    let without =
        |name: &str| set("\"exercise_id\": \"ex_bp_001\", ", "").replace("Bench Press", name);
    assert_eq!(one_log(&without("Bench Press")), one_log(&set("", "")));
    assert_eq!(one_log(&without("bench press")).key(), one_log(&set("", "")).key());
    assert_eq!(
        refused(&without("Bench Pull")),
        "exercise_id must be given, or exercise name one of the library, not \"Bench Pull\""
    );
}

#[test]
fn missed_true_is_a_status() {
    let missed = one_log(&meal("\"status\": \"completed\"", "\"missed\": true"));
    assert!(missed.is_missed());
    let done = one_log(&meal("\"status\": \"completed\"", "\"missed\": false"));
    assert!(!done.is_missed());
    let figures = "\"weight_kg\": 82.5, \"reps\": 5,";
    let set_missed = set("\"status\": \"completed\"", "\"missed\": true")
        .replace(figures, "\"weight_kg\": 0, \"reps\": null,");
    assert!(one_log(&set_missed).is_missed());
    let contradictory = set("\"status\": \"completed\"", "\"missed\": true");
    assert!(refused(&contradictory).contains("absent from a missed top set"));
    let cardio = one_log(
        r#"{"user_id": "7", "source_engine": "cardio", "timestamp": "2026-01-06T18:00:00Z",
            "assigned_minutes": 30, "missed": true}"#,
    );
    assert!(matches!(cardio, Log::Cardio(CardioLog { actual_minutes: None, .. })));
}

#[test]
fn every_goal_of_the_sources_is_one_of_three() {
    for (name, goal) in [
        ("cut", Goal::Cut),
        ("weight_loss", Goal::Cut),
        ("Weight Loss", Goal::Cut),
        ("bulk", Goal::Bulk),
        ("gain", Goal::Bulk),
        ("muscle_gain", Goal::Bulk),
        ("recomp", Goal::Recomp),
        ("maintain", Goal::Recomp),
        ("performance", Goal::Recomp),
        ("health", Goal::Recomp),
    ] {
        let plan = read(&PROFILE.replace("\"cut\"", &format!("\"{name}\"")));
        assert_eq!(plan.profiles[0].goal, goal, "{name}");
    }
    assert_eq!(read(&PROFILE.replace("\"cut\"", "\"shred\"")).quarantine.len(), 1);
}

#[test]
fn every_sign_is_a_word() {
    for (name, signs) in [
        ("mood", [("💪", "great"), ("😐", "okay"), ("😕", "bad")]),
        ("soreness", [("🟢", "low"), ("🟡", "medium"), ("🔴", "high")]),
        ("stress", [("🌿", "low"), ("⚡", "medium"), ("💣", "high")]),
        ("stress", [("🟢", "low"), ("⚡\u{fe0f} Medium", "medium"), ("🔥", "high")]),
        ("sleep", [("😵", "4h"), ("🔥", "6h"), ("💤", "8h")]),
        ("sleep", [("😵 4h", "4h"), ("6h 🔥", "6h"), ("😴", "8h")]),
    ] {
        for (sign, word) in signs {
            let of = |value: &str| {
                let mut record: Record = serde_json::from_str(&checkin("", "")).unwrap();
                record.insert(name.to_owned(), value.into());
                one_log(&Value::Object(record).to_string())
            };
            assert_eq!(of(sign), of(word), "{name} {sign}");
        }
    }
    assert!(refused(&checkin("\"great\"", "\"🦄\"")).contains("🦄"));
}

#[test]
fn hours_of_sleep_may_be_a_number() {
    assert_eq!(one_log(&checkin("\"8h\"", "8")), one_log(&checkin("", "")));
}

#[test]
fn an_offset_becomes_utc_and_a_missing_date_the_local_one() {
    let offset = meal("2026-01-06T07:30:00Z", "2026-01-06T09:30:00.000000+02:00");
    assert_eq!(one_log(&offset), one_log(&meal("", "")));
    let naive = meal("2026-01-06T07:30:00Z", "2026-01-06T07:30:00");
    assert_eq!(one_log(&naive), one_log(&meal("", "")));
    let late = meal("\"date\": \"2026-01-06\",", "").replace("07:30:00Z", "22:30:00Z");
    assert_eq!(one_log(&late).date(), date("2026-01-07"));
    let early = meal("\"date\": \"2026-01-06\",", "").replace("UTC+2", "UTC-8");
    assert_eq!(one_log(&early).date(), date("2026-01-05"));
    // A check-in names no zone: the client's own decides.
    let checkin = checkin("\"date\": \"2026-01-06\",", "").replace("05:40:00Z", "22:30:00Z");
    assert_eq!(one_log(&checkin).date(), date("2026-01-07"));
    assert_eq!(
        refused(&meal("2026-01-06T07:30:00Z", "yesterday")),
        "logged_at must be an instant such as 2026-01-06T07:30:00Z"
    );
}

#[test]
fn template_ids_are_lower_case() {
    let shouted = one_log(&meal("template_a_meal1", "TEMPLATE_A_meal1"));
    assert_eq!(shouted, one_log(&meal("", "")));
    let plan = read(
        &PROFILE.replace("template_a", "TEMPLATE_A").replace("steel_block_a", "STEEL_BLOCK_A"),
    );
    let expected = read(PROFILE);
    assert_eq!(plan.profiles, expected.profiles);
    let template = r#"{"template_id": "TEMPLATE_E", "goal": "muscle_gain", "days": [{"day_index": 1, "meals":
        [{"meal_id": "TEMPLATE_E_meal1", "items": [{"food": "Oats", "raw_grams": 80}]}]}],
        "shopping_list": {"ingredients": [], "instructions": ""}}"#;
    let plan = read(template);
    assert_eq!(plan.meal_templates[0].template_id.as_str(), "template_e");
    assert_eq!(plan.meal_templates[0].days[0].meals[0].meal_id.as_str(), "template_e_meal1");
    let block = r#"{"template_id": "Steel_Block_D", "block_name": "D", "days_per_week": 1, "schedule":
        [{"day_index": 1, "day_name": "A", "exercises": [{"exercise": "Bench Press", "sets": 5,
        "reps": 5, "rest_seconds": 180, "video_url": ""}]}]}"#;
    assert_eq!(read(block).training_templates[0].template_id.as_str(), "steel_block_d");
}

#[test]
fn a_cycle_that_began_on_saturday_begins_on_the_tuesday_after() {
    let cycle = |text: &str| {
        let profile = PROFILE.replace(
            "\"cycle_start_date\": \"2026-01-06\"",
            &format!("\"cycle_start_date\": \"{text}\""),
        );
        read(&profile).profiles[0].cycle_start_date
    };
    assert_eq!(cycle("2026-01-03"), date("2026-01-06"));
    assert_eq!(cycle("2026-01-06"), date("2026-01-06"));
    assert_eq!(cycle("2026-01-12"), date("2026-01-06"));
    let absent = PROFILE.replace("\"cycle_start_date\": \"2026-01-06\",", "");
    assert_eq!(read(&absent).profiles[0].cycle_start_date, date("2026-01-06"));
}

#[test]
fn flags_may_be_written_with_spaces() {
    let card = r#"{"user_id": "7", "date": "2026-01-11", "timestamp": "2026-01-11T22:00:00+00:00",
        "summary": "Two dates.", "flags": ["Soft Compliance", "lift plateau:ex_bp_001"],
        "action_suggested": "Callout", "resolved": true}"#;
    let plan = read(card);
    let JobCard { flags, state, .. } = &plan.cards[0];
    let flags: Vec<String> = flags.iter().map(ToString::to_string).collect();
    assert_eq!(flags, ["soft_compliance", "lift_plateau:ex_bp_001"]);
    assert_eq!(state.as_str(), "resolved");
    let plan = read(&card.replace("Soft Compliance", "Bad Vibes"));
    assert_eq!(plan.cards, []);
    assert!(plan.quarantine[0].reason.contains("bad_vibes"), "{}", plan.quarantine[0].reason);
}

#[test]
fn records_may_stand_in_lines_lists_or_an_object_of_lists() {
    let (meal, set) = (meal("", ""), set("", ""));
    for text in [
        format!("{meal}\n{set}\n"),
        format!("[{meal}, {set}]"),
        format!("\u{feff}[[{meal}], {set}]"),
        format!("{{\"version\": 2, \"meals\": [{meal}], \"other\": {{\"sets\": [{set}]}}}}"),
    ] {
        assert_eq!(read(&text).logs.len(), 2, "{text}");
    }
}

#[test]
fn a_broken_record_stops_no_other() {
    let one_line = |text: String| text.replace('\n', " ");
    let text = [
        one_line(meal("", "")),
        r#"{"user_id": nul}"#.to_owned(),
        "oops".to_owned(),
        one_line(set("", "")),
        r#"{"unfinished": "#.to_owned(),
        "]".to_owned(),
    ];
    let plan = read(&text.join("\n"));
    assert_eq!(plan.logs.len(), 2);
    let found: Vec<(u64, &str)> =
        plan.problems.iter().map(|found| (found.line, found.value.as_str())).collect();
    assert_eq!(found, [(2, r#"{"user_id": nul}"#), (3, "oops"), (5, r#"{"unfinished": "#)]);
    assert_eq!(plan.problems[0].file, "old.json");
    let hopeless = "{\n".repeat(5_000);
    assert!(read(&hopeless).problems.len() < 200);
}

#[test]
fn what_is_no_record_goes_to_quarantine_with_its_line_and_text() {
    let strange = r#"{"user_id": "7", "steps": 9000, "date": "2026-01-06"}"#;
    let plan = read(&format!("{}\n{strange}", meal("", "")));
    assert_eq!(plan.logs.len(), 1);
    let held = &plan.quarantine[0];
    assert_eq!(held.reason, "the record must be one of the eight that are known");
    assert_eq!((held.payload.as_str(), held.origin.line), (strange, 4));
    assert_eq!((held.user_id, held.date), (Some(user("7")), Some(date("2026-01-06"))));
    for (text, says) in [
        (meal("\"7\"", "\"x7\""), "user_id must be 1 to 20 decimal digits"),
        (meal("\"7\"", "\"8\""), "user_id must be that of an enlisted or imported client"),
        (meal("completed", "eaten"), "eaten"),
        (set("82.5", "1000"), "from 0 to less than 1000 kg"),
        (set("\"reps\": 5", "\"reps\": 0"), "reps must be a whole number from 1 to 99"),
        (checkin("83.4", "29.9"), "between 30 and 300 kg"),
        (checkin("\"mood\": \"great\",", ""), "mood must be given in a completed check-in"),
    ] {
        let reason = refused(&text);
        assert!(reason.contains(says), "{reason}");
    }
}

#[test]
fn of_repeated_keys_the_latest_counts_and_on_ties_the_later_record() {
    let missed = |at: &str| meal("completed", "missed").replace("07:30:00Z", at);
    let status = |text: String| one_log(&text).is_missed();
    assert!(!status(format!("{}\n{}", meal("", ""), missed("07:29:00Z"))));
    assert!(status(format!("{}\n{}", meal("", ""), missed("07:31:00Z"))));
    assert!(status(format!("{}\n{}", meal("", ""), missed("07:30:00Z"))));
    assert!(!status(format!("{}\n{}", missed("07:30:00Z"), meal("", ""))));
}

#[test]
fn an_export_comes_back_whole() {
    let archive = Archive::new(testing::client("7"));
    let plan = read(&archive.to_json());
    assert_eq!(plan.archives, [archive]);
    assert_eq!((plan.profiles.len(), plan.quarantine.len(), plan.problems.len()), (0, 0, 0));
}

#[test]
fn importing_twice_stores_nothing_twice() {
    let text = format!("[{PROFILE},{},{}]", meal("", ""), set("", ""));
    let first = read(&text);
    let held = Known {
        profiles: first.profiles.iter().map(|client| (client.user_id, client.clone())).collect(),
        logs: first.logs.iter().map(|log| (log.key(), log.clone())).collect(),
        ..Known::default()
    };
    let again = read(&text).against(&held);
    assert_eq!((again.profiles.len(), again.logs.len(), again.origins.len()), (0, 0, 0));
    assert_eq!((again.summary.logs.held, again.summary.logs.new), (2, 0));
    let changed = read(&format!("{}{}", meal("completed", "missed"), set("", "")));
    let changed = changed.against(&held);
    assert_eq!(changed.logs.len(), 1);
    assert_eq!(changed.summary.logs.changed, 1);
    let Log::Meal(found) = &changed.logs[0] else { panic!("not a meal") };
    assert_eq!(found.status, DoneOrMissed::Missed);
}

#[test]
fn no_bytes_break_the_reader() {
    use proptest::prelude::*;
    let piece = prop_oneof![
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just(",".to_owned()),
        Just("\n".to_owned()),
        Just(meal("", "")),
        Just(PROFILE.to_owned()),
        Just("\"data\": ".to_owned()),
        "\\PC{0,5}",
    ];
    proptest!(ProptestConfig::with_cases(128), |(pieces in proptest::collection::vec(piece, 0..12))| {
        read(&pieces.concat());
    });
    proptest!(ProptestConfig::with_cases(128), |(bytes in proptest::collection::vec(any::<u8>(), 0..200))| {
        let file = Source { name: "x", bytes: &bytes };
        drop(original(&[file], &Library::default(), &BTreeMap::new()));
    });
}
