//! `predict` and `evaluate` over a folder of frames, by the shipped model.

use std::fs;

use serde_json::Value;

use crate::{complains, prints};

const COHORT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../regiment-ml/tests/oracle/cohort");

#[test]
fn a_prediction_is_a_probability_with_what_moved_it() {
    let folder = tempfile::tempdir().unwrap();
    let asked = ["predict", "--logs", COHORT, "--as-of", "2026-02-22"];
    let printed = prints(folder.path(), &asked);
    assert!(printed.lines().count() > 10, "{printed}");
    for line in printed.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["as_of"], "2026-02-22");
        let risk = line["lapse_risk"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&risk), "{line}");
        for driver in line["drivers"].as_array().unwrap() {
            assert!(driver["feature"].is_string(), "{line}");
            assert!(driver["direction"] == "raises" || driver["direction"] == "lowers", "{line}");
        }
    }
    let file = folder.path().join("risks.jsonl");
    let written = [&asked[..], &["--out", file.to_str().unwrap()]].concat();
    assert_eq!(prints(folder.path(), &written), "");
    assert_eq!(fs::read_to_string(file).unwrap(), printed);
}

#[test]
fn an_evaluation_stands_beside_persistence() {
    let folder = tempfile::tempdir().unwrap();
    let asked = ["evaluate", "--logs", COHORT, "--as-of", "2026-02-01", "--as-of", "2026-02-22"];
    let found: Value = serde_json::from_str(&prints(folder.path(), &asked)).unwrap();
    assert_eq!(found["model"]["n"], found["persistence"]["n"]);
    assert!(found.get("logistic").is_none());
}

#[test]
fn a_model_that_is_not_there_and_a_baseline_without_a_date_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let asked = ["predict", "--logs", COHORT, "--as-of", "2026-02-22", "--model", "nowhere"];
    let said = complains(folder.path(), 1, &asked);
    assert!(said.contains("nowhere/manifest.json"), "{said}");
    let asked = ["evaluate", "--logs", COHORT, "--as-of", "2026-02-22", "--train", COHORT];
    let said = complains(folder.path(), 2, &asked);
    assert!(said.contains("--until"), "{said}");
    let out = folder.path().join("model");
    let out = out.to_str().unwrap();
    let asked = ["train", "--logs", COHORT, "--until", "2025-12-01", "--out", out];
    let said = complains(folder.path(), 1, &asked);
    assert!(said.starts_with("too little to learn from"), "{said}");
}
