//! Names, ties, zones and what is stored of a history.

use super::*;
use crate::import::{Map, MassUnit};
use crate::record::Cause;
use crate::testing::{at, date, slug, user, zone};

const HEVY: &str = "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,\
    set_index,set_type,weight_kg,reps,distance_km,duration_seconds,rpe\n";

fn settings() -> Settings {
    Settings {
        unit: Some(MassUnit::Kg),
        date_format: None,
        zone: zone("America/New_York"),
        now: at("2026-03-01T12:00:00Z"),
    }
}

fn set(exercise: &str, weight: &str, reps: u32) -> String {
    format!("a,2025-10-01 19:05:00,,,{exercise},,,0,normal,{weight},{reps},,,\n")
}

fn plan(text: &str, remembered: &[(&str, &str)]) -> Import {
    let remembered = remembered.iter().map(|(name, id)| ((*name).to_owned(), slug(id))).collect();
    let file = Source { name: "hevy.csv", bytes: text.as_bytes() };
    history(Layout::Hevy, &[file], user("7"), &Library::built_in(), &remembered, &settings())
        .expect("readable")
}

fn ids(plan: &Import) -> Vec<&str> {
    let of = |log: &'_ Log| match log {
        Log::Training(_) => true,
        Log::Meal(_) | Log::Cardio(_) | Log::Checkin(_) => false,
    };
    assert!(plan.logs.iter().all(of));
    plan.origins.keys().map(|key| key.item.as_str()).collect()
}

#[test]
fn a_top_set_becomes_a_log_of_no_block() {
    let plan = plan(&format!("{HEVY}{}", set("Bench Press (Barbell)", "82.5", 5)), &[]);
    let Log::Training(log) = &plan.logs[0] else { panic!("a top set") };
    assert_eq!((log.exercise_id.as_str(), log.exercise.as_str()), ("ex_bp_001", "Bench Press"));
    assert_eq!((log.block_id.as_str(), log.day_index), ("imported", 0));
    assert_eq!(log.set, Some(crate::testing::set(82.5, 5)));
    // 19:05 in New York, in October.
    assert_eq!(log.timestamp, at("2025-10-01T23:05:00Z"));
    assert_eq!(log.date, date("2025-10-01"));
    assert_eq!(log.cause, None::<Cause>);
    let origin = &plan.origins[&plan.logs[0].key()];
    assert_eq!((origin.source.as_str(), origin.line), ("hevy:hevy.csv", 2));
}

#[test]
fn two_names_of_one_exercise_have_one_top_set() {
    let text = format!(
        "{HEVY}{}{}",
        set("Bench Press (Barbell)", "80", 5),
        set("Flat Barbell Bench Press", "82.5", 5)
    );
    let plan = plan(&text, &[]);
    assert_eq!(ids(&plan), ["ex_bp_001"]);
    assert_eq!(plan.origins.values().next().expect("one").line, 3);
    assert_eq!(plan.summary.left_out.below_top, 1);
}

#[test]
fn an_unknown_name_is_listed_and_its_top_set_waits_in_quarantine() {
    let text = format!(
        "{HEVY}{}{}{}",
        set("Zercher Squat", "60", 5),
        set("Zercher Squat", "70", 5),
        set("Squat (Barbell)", "100", 5)
    );
    let plan = plan(&text, &[]);
    assert_eq!(ids(&plan), ["ex_sq_001"]);
    assert_eq!(plan.summary.unknown_exercises["Zercher Squat"], 2);
    assert_eq!(plan.quarantine.len(), 1);
    let held = &plan.quarantine[0];
    assert_eq!(held.reason, "no exercise of the library is called \"Zercher Squat\"");
    assert_eq!(
        held.payload,
        r#"{"date":"2025-10-01","exercise":"Zercher Squat","reps":5,"weight_kg":70.0}"#
    );
    assert_eq!((held.origin.line, held.date), (3, Some(date("2025-10-01"))));
    assert_eq!(plan.summary.quarantined, 1);
}

#[test]
fn a_remembered_name_comes_before_the_library() {
    let text = format!("{HEVY}{}{}", set("Zercher Squat", "60", 5), set("Bench Press", "80", 5));
    let plan = plan(&text, &[("zercher  squat", "ex_sq_002"), ("Bench Press", "ex_bp_003")]);
    assert_eq!(ids(&plan), ["ex_bp_003", "ex_sq_002"]);
    assert!(plan.summary.unknown_exercises.is_empty());
}

#[test]
fn a_name_that_stands_for_several_is_never_guessed() {
    let mut library = Library::built_in();
    for id in ["ex_sq_001", "ex_sq_002"] {
        let exercise = library.exercises.get_mut(&slug(id)).expect("built in");
        exercise.aliases.push("Knee Bend".to_owned());
    }
    let text = format!("{HEVY}{}", set("Knee Bend", "60", 5));
    let file = Source { name: "hevy.csv", bytes: text.as_bytes() };
    let read = |told: &BTreeMap<String, Slug<Exercise>>| {
        history(Layout::Hevy, &[file], user("7"), &library, told, &settings()).expect("readable")
    };
    let plan = read(&BTreeMap::new());
    assert_eq!(plan.logs, []);
    let reason = &plan.quarantine[0].reason;
    assert_eq!(reason, "\"Knee Bend\" stands for ex_sq_001 and ex_sq_002; say which");
    let told = BTreeMap::from([("Knee Bend".to_owned(), slug("ex_sq_002"))]);
    assert_eq!(ids(&read(&told)), ["ex_sq_002"]);
}

#[test]
fn only_a_bodyweight_exercise_may_have_no_load() {
    let text = format!("{HEVY}{}{}", set("Pull Ups", "", 9), set("Squat (Barbell)", "", 9));
    let plan = plan(&text, &[]);
    assert_eq!(ids(&plan), ["ex_pu_002"]);
    let Log::Training(log) = &plan.logs[0] else { panic!("a top set") };
    assert_eq!(log.set, Some(crate::testing::set(0.0, 9)));
    assert_eq!(plan.quarantine[0].reason, "weight_kg must be above 0 kg for Back Squat");
}

#[test]
fn a_map_teaches_names_and_must_know_the_library() {
    let text = |id: &str| {
        format!(
            "unit = \"kg\"\n[date]\ncolumn = \"d\"\n[exercise]\ncolumns = [\"e\"]\n[sets]\n\
            layout = \"long\"\nweight = \"w\"\nreps = \"r\"\n[exercises]\n\"knee bend\" = \"{id}\"\n"
        )
    };
    let file = Source { name: "log.csv", bytes: b"d,e,w,r\n2025-10-01,Knee Bend,100,5\n" };
    let read = |id: &str| {
        let map = Map::parse(&text(id)).expect("a map");
        let none = BTreeMap::new();
        let library = Library::built_in();
        history(Layout::Mapped(&map), &[file], user("7"), &library, &none, &settings())
    };
    let plan = read("ex_sq_001").expect("readable");
    assert_eq!(ids(&plan), ["ex_sq_001"]);
    assert_eq!(plan.aliases, [("knee bend".to_owned(), slug("ex_sq_001"))]);
    assert_eq!(
        read("ex_xx_999").expect_err("unknown").to_string(),
        "the map is not valid: exercises: \"knee bend\" must mean an exercise of the library"
    );
}

#[test]
fn a_weigh_in_is_no_check_in() {
    let bytes =
        b"date,weight\n2026-01-05,83.44\n2026-01-06,83.1\n2026-01-05,83.96\n2026-01-07,12\n";
    let file = Source { name: "scale.csv", bytes };
    let none = BTreeMap::new();
    let library = Library::built_in();
    let plan = history(Layout::Weights, &[file], user("7"), &library, &none, &settings())
        .expect("readable");
    assert_eq!(plan.logs, []);
    let kept: Vec<_> = plan
        .weigh_ins
        .iter()
        .map(|kept| (kept.date, kept.weight.get(), kept.origin.line))
        .collect();
    // The later row of a date counts, to the decimal that a check-in has.
    assert_eq!(kept, [(date("2026-01-05"), 84.0, 4), (date("2026-01-06"), 83.1, 3)]);
    assert_eq!(plan.weigh_ins[0].timestamp, at("2026-01-05T17:00:00Z"));
    assert_eq!((plan.summary.weigh_ins.new, plan.summary.problems), (2, 1));
    assert_eq!(
        plan.problems[0].to_string(),
        "scale.csv, line 5: weight must be a weight from 30 to 300 kg, not \"12\""
    );
}

#[test]
fn a_date_that_the_zone_skipped_is_no_date() {
    let text =
        format!("{HEVY}{}", set("Squat (Barbell)", "100", 5)).replace("2025-10-01", "2011-12-30");
    let file = Source { name: "hevy.csv", bytes: text.as_bytes() };
    let settings = Settings { zone: zone("Pacific/Apia"), ..settings() };
    let none = BTreeMap::new();
    let library = Library::built_in();
    let plan =
        history(Layout::Hevy, &[file], user("7"), &library, &none, &settings).expect("readable");
    assert_eq!(plan.quarantine[0].reason, "2011-12-30 does not exist in Pacific/Apia");
}
