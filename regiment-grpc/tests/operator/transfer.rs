use std::fs;
use std::path::Path;

use crate::{complains, prints};

/// A profile as the original system wrote it.
pub(crate) const PROFILE: &str = r#"{"user_id": "42", "goal": "cut", "timezone_offset": "UTC+2",
  "start_date": "2026-01-06", "paused": false, "height_cm": 180, "weight_kg": 90,
  "training_template_id": "steel_block_a", "meal_template_id": "template_a",
  "macros": {"protein": 180, "carbs": 200, "fats": 60}, "cardio_minutes": 30,
  "cycle_start_date": "2026-01-06", "block_id": "steel_block_a"}"#;

/// Two sessions as Hevy writes them; the second set of the first is its top set.
const HEVY: &str = "\
title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,weight_kg,reps,distance_km,duration_seconds,rpe
Day,\"7 Jan 2026, 18:00\",\"7 Jan 2026, 19:00\",,Bench Press (Barbell),,,0,normal,80,5,,,
Day,\"7 Jan 2026, 18:00\",\"7 Jan 2026, 19:00\",,Bench Press (Barbell),,,1,normal,85,5,,,
Day,\"9 Jan 2026, 18:00\",\"9 Jan 2026, 19:00\",,Bench Press (Barbell),,,0,normal,90,3,,,
Day,\"9 Jan 2026, 18:00\",\"9 Jan 2026, 19:00\",,Bench Press (Barbell),,,1,normal,heavy,3,,,
";

/// Makes a store that holds one client.
fn with_a_client(folder: &Path) {
    fs::write(folder.join("profile.json"), PROFILE).expect("the file is written");
    fs::write(folder.join("hevy.csv"), HEVY).expect("the file is written");
    prints(folder, &["migrate", "up"]);
    let printed = prints(folder, &["import", "--format", "original-json", "profile.json"]);
    assert!(row(&printed, "profiles").starts_with("profiles 1 0 0"), "{printed}");
}

/// Returns the row of a printed table that begins with a word, its cells a space apart.
fn row(printed: &str, first: &str) -> String {
    let line = printed.lines().find(|line| line.starts_with(first)).unwrap_or_default();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_history_comes_in_once_and_its_bad_line_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    with_a_client(folder);
    let hevy = ["import", "--format", "hevy", "--user-id", "42", "hevy.csv"];
    let dry = prints(folder, &[&hevy[..], &["--dry-run"]].concat());
    assert!(dry.contains("would be stored"), "{dry}");
    let first = prints(folder, &hevy);
    assert_eq!(row(&first, "logs"), "logs 2 0 0", "{first}");
    assert!(first.contains("line 5") && first.contains("\"heavy\""), "{first}");
    let second = prints(folder, &hevy);
    assert_eq!(row(&second, "logs"), "logs 0 0 2", "{second}");
}

#[test]
fn an_export_comes_back_as_the_same_records() {
    let here = tempfile::tempdir().unwrap();
    let here = here.path();
    with_a_client(here);
    prints(here, &["import", "--format", "hevy", "--user-id", "42", "hevy.csv"]);
    prints(here, &["export", "--user-id", "42", "--out", "out"]);
    let csv = prints(here, &["export", "--user-id", "42", "--out", "out", "--format", "csv"]);
    assert!(csv.contains("out/training.csv"), "{csv}");

    let there = tempfile::tempdir().unwrap();
    let there = there.path();
    prints(there, &["migrate", "up"]);
    let archive = here.join("out/client.json");
    prints(there, &["import", "--format", "original-json", archive.to_str().unwrap()]);
    prints(there, &["export", "--user-id", "42", "--out", "out"]);
    let [one, other] = [here, there].map(|folder| {
        let text = fs::read_to_string(folder.join("out/client.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    });
    assert_eq!(one["revisions"].as_array().unwrap().len(), 2);
    assert_eq!(one["revisions"], other["revisions"]);
}

#[test]
fn frames_go_out_and_come_in() {
    let here = tempfile::tempdir().unwrap();
    let here = here.path();
    with_a_client(here);
    prints(here, &["import", "--format", "hevy", "--user-id", "42", "hevy.csv"]);
    let printed = prints(here, &["export", "--frames", "frames"]);
    assert!(printed.contains("1 clients and 2 logs"), "{printed}");

    let there = tempfile::tempdir().unwrap();
    let there = there.path();
    prints(there, &["migrate", "up"]);
    let frames = here.join("frames");
    let printed = prints(there, &["import", "--format", "frames", frames.to_str().unwrap()]);
    assert_eq!(row(&printed, "logs"), "logs 2 0 0", "{printed}");
}

#[test]
fn a_history_of_nobody_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    with_a_client(folder);
    let said = complains(folder, 2, &["import", "--format", "hevy", "hevy.csv"]);
    assert!(said.contains("--user-id"), "{said}");
    let hevy = ["import", "--format", "hevy", "--user-id", "43", "hevy.csv"];
    let said = complains(folder, 1, &hevy);
    assert!(said.contains("43") && said.contains("no client"), "{said}");
}
