use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{complains, prints};

/// Frames of 40 clients, and what the reference in SQL says of them.
const FRAMES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../regiment-ml/tests/oracle/cohort");

/// The fields of each line that follow from the rules alone.
fn lines(text: &str) -> Vec<[Value; 4]> {
    let fields = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        ["user_id", "flags", "wins", "action_suggested"].map(|field| line[field].clone())
    };
    text.lines().map(fields).collect()
}

fn expected(date: &str) -> Vec<[Value; 4]> {
    let file = format!("{FRAMES}-{date}.jsonl");
    lines(&fs::read_to_string(file).expect("committed"))
}

fn scan<'a>(as_of: &'a str, further: &[&'a str]) -> Vec<&'a str> {
    [&["scan", "--logs", FRAMES, "--as-of", as_of, "--rules-only"], further].concat()
}

#[test]
fn a_scan_by_rules_alone_prints_what_the_reference_says() {
    let folder = tempfile::tempdir().unwrap();
    for date in ["2026-02-22", "2026-03-01"] {
        let printed = lines(&prints(folder.path(), &scan(date, &[])));
        assert!(printed.len() > 20, "{} clients", printed.len());
        assert_eq!(printed, expected(date));
    }
    let date = "2026-03-01";
    assert_eq!(prints(folder.path(), &scan(date, &["--out", "cards.jsonl"])), "");
    let written = fs::read_to_string(folder.path().join("cards.jsonl")).expect("written");
    assert_eq!(written, prints(folder.path(), &scan(date, &[])));
}

#[test]
fn a_scan_obeys_the_configured_policy() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("regiment.toml"), "policy = \"policy.toml\"\n").unwrap();
    let policy = "[flags]\nsoft_compliance_meals = 100\n";
    fs::write(folder.path().join("policy.toml"), policy).unwrap();
    let date = "2026-03-01";
    let printed = lines(&prints(folder.path(), &scan(date, &[])));
    let flags = |lines: Vec<[Value; 4]>| lines.into_iter().map(|[_, flags, ..]| flags);
    let by_default: Vec<Value> = flags(expected(date)).collect();
    let mut without = by_default.clone();
    for flags in &mut without {
        flags.as_array_mut().expect("a list").retain(|flag| flag != "soft_compliance");
    }
    assert_ne!(without, by_default);
    assert_eq!(flags(printed).collect::<Vec<_>>(), without);
}

#[test]
fn a_scan_with_a_model_leaves_what_the_rules_say_and_adds_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let date = "2026-03-01";
    let plain = ["scan", "--logs", FRAMES, "--as-of", date];
    let printed = prints(folder.path(), &plain);
    assert_eq!(lines(&printed), expected(date));
    for line in printed.lines() {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        assert!(line["summary"].as_str().is_some_and(|text| text.chars().count() <= 500));
        assert!(
            line["model_version"].as_str().is_some_and(|version| version.starts_with("lapse "))
        );
        for field in ["card_action", "model_flags", "severity", "priority", "evidence"] {
            assert!(!line[field].is_null(), "{field}");
        }
    }
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../regiment-ml/src/model/shipped");
    assert_eq!(prints(folder.path(), &[&plain[..], &["--model", shipped]].concat()), printed);
    let said = complains(folder.path(), 1, &[&plain[..], &["--model", "nowhere"]].concat());
    assert!(said.contains("nowhere"), "{said}");
    let both = [&plain[..], &["--model", shipped, "--rules-only"]].concat();
    assert!(complains(folder.path(), 2, &both).contains("--rules-only"));
}

#[test]
fn what_cannot_be_scanned_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = ["scan", "--logs", "nowhere", "--as-of", "2026-03-01", "--rules-only"];
    let said = complains(folder.path(), 1, &missing);
    assert!(said.starts_with("nowhere/clients.parquet can't be opened"), "{said}");
    let said = complains(folder.path(), 2, &scan("yesterday", &[]));
    assert!(said.contains("--as-of") && said.contains("yesterday"), "{said}");
    let nowhere = Path::new("no/such/folder.jsonl");
    let out = nowhere.to_str().expect("text");
    let said = complains(folder.path(), 1, &scan("2026-03-01", &["--out", out]));
    assert!(said.contains(out), "{said}");
}
