//! The rules beside an independent reference in SQL, line for line.
//!
//! `cohort/` is what `cohort.py --clients 40 --days 100 --seed 7` writes, `cohort-DATE.jsonl` and
//! `boundary-SEED.jsonl` are what `weekly_flags.py` says of it and of the frames of [`boundary`].
//! With `REGIMENT_TEST_ORACLE_PYTHON`, a Python that has `scripts/oracle-requirements.txt`, the
//! reference itself runs too, over fresh cohorts and frames; with `CI=true` it must.
//! `REGIMENT_WRITE_GOLDEN=1` writes the committed lines anew.

mod boundary;
mod lapse;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regiment_core::policy::FlagPolicy;
use regiment_ml::finding::day_of;
use regiment_ml::frame::{Extent, Frames};
use regiment_ml::history::History;
use regiment_ml::rules::{self, Known};
use serde_json::{Value, json};

const DATES: [&str; 2] = ["2026-02-22", "2026-03-01"];

/// The last closed date of every boundary frame.
const BOUNDARY_DATE: &str = "2026-03-01";

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle").join(name)
}

/// What this program says of a history, as the reference writes it.
fn lines(history: &History, as_of: &str) -> Vec<Value> {
    let as_of = day_of(as_of.parse().expect("a date"));
    let nothing = Known::default();
    rules::check_all(history, as_of, &FlagPolicy::default(), |_| &nothing)
        .into_iter()
        .map(|(client, verdict)| {
            let flags = verdict.flags.iter().map(|found| found.evidence.flag.to_string());
            json!({
                "user_id": client.profile.user_id,
                "flags": flags.collect::<Vec<_>>(),
                "wins": verdict.wins.into_iter().map(|win| win.name).collect::<Vec<_>>(),
                "action_suggested": verdict.action,
            })
        })
        .collect()
}

/// Reads what a scan for the rules reads of a folder.
fn recent(folder: &Path, as_of: &str) -> History {
    let until = day_of(as_of.parse().expect("a date"));
    let days = rules::lookback(&FlagPolicy::default());
    History::read(folder, Extent::Recent { until, days }).expect("readable frames")
}

fn parsed(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[track_caller]
fn assert_same(found: &[Value], expected: &[Value], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}: clients");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected, "{what}");
    }
}

/// The reference: its Python, and the folder of its scripts.
struct Oracle {
    python: PathBuf,
    scripts: PathBuf,
}

impl Oracle {
    /// Finds the reference, or says what is not run.
    fn find() -> Option<Self> {
        let python = env::var_os("REGIMENT_TEST_ORACLE_PYTHON").map(PathBuf::from);
        let data = env::var_os("REGIMENT_TEST_DATA").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
            PathBuf::from,
        );
        let scripts = data.join("../oracle");
        match python.filter(|_| scripts.join("weekly_flags.py").is_file()) {
            Some(python) => Some(Self { python, scripts }),
            None if env::var_os("CI").is_some_and(|ci| ci == "true") => {
                panic!(
                    "REGIMENT_TEST_ORACLE_PYTHON must name a Python, and {} hold weekly_flags.py",
                    scripts.display()
                )
            }
            None => {
                eprintln!(
                    "not run: the comparison with weekly_flags.py, which needs \
                     REGIMENT_TEST_ORACLE_PYTHON (see scripts/oracle-venv)"
                );
                None
            }
        }
    }

    fn run(&self, script: &str, arguments: &[&str]) {
        self.says(script, arguments);
    }

    /// Runs a script, and returns what it prints.
    fn says(&self, script: &str, arguments: &[&str]) -> String {
        let script = self.scripts.join(script);
        let ran = Command::new(&self.python).arg(&script).args(arguments).output();
        let ran = ran.unwrap_or_else(|error| panic!("{}: {error}", self.python.display()));
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{}: {said}", script.display());
        String::from_utf8(ran.stdout).expect("text")
    }

    /// What the reference says of a folder.
    fn lines(&self, folder: &Path, as_of: &str) -> String {
        let out = folder.join("expected.jsonl");
        let paths = [folder, &out].map(|path| path.to_str().expect("a path in UTF-8"));
        self.run("weekly_flags.py", &[paths[0], "--as-of", as_of, "--out", paths[1]]);
        fs::read_to_string(out).expect("written")
    }
}

/// Compares with committed lines, or writes them.
#[track_caller]
fn golden(name: &str, found: &[Value], fresh: impl FnOnce(&Oracle) -> String) {
    let file = here(name);
    if env::var_os("REGIMENT_WRITE_GOLDEN").is_some() {
        fs::write(&file, fresh(&Oracle::find().expect("the reference"))).expect("written");
    }
    let expected = fs::read_to_string(&file).expect("committed");
    assert_same(found, &parsed(&expected), name);
}

fn written(frames: &Frames) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    frames.write(folder.path()).expect("written");
    folder
}

#[test]
fn a_cohort_gets_the_committed_lines() {
    for date in DATES {
        let found = lines(&recent(&here("cohort"), date), date);
        assert!(found.len() > 20, "only {} clients", found.len());
        golden(&format!("cohort-{date}.jsonl"), &found, |oracle| {
            let copy = tempfile::tempdir().expect("a folder");
            Frames::read_all_rows(&here("cohort")).unwrap().write(copy.path()).expect("written");
            oracle.lines(copy.path(), date)
        });
    }
}

#[test]
fn frames_at_every_boundary_get_the_committed_lines() {
    for seed in 1..=2 {
        let frames = boundary::frames(seed, 150);
        let found = lines(&History::of(&frames).expect("a history"), BOUNDARY_DATE);
        golden(&format!("boundary-{seed}.jsonl"), &found, |oracle| {
            oracle.lines(written(&frames).path(), BOUNDARY_DATE)
        });
    }
}

#[test]
fn every_rule_fires_for_some_boundary_client_and_not_for_others() {
    let found = lines(&History::of(&boundary::frames(1, 1_000)).expect("a history"), BOUNDARY_DATE);
    let bears = |name: &str| {
        let names = |line: &&Value, list: &str| {
            let list = line[list].as_array().expect("a list").iter();
            list.filter_map(Value::as_str).any(|found| found.split(':').next() == Some(name))
        };
        found.iter().filter(|line| names(line, "flags") || names(line, "wins")).count()
    };
    for name in [
        "soft_compliance",
        "meal_compliance_low",
        "training_inconsistency",
        "non_responding_client",
        "grit_violation",
        "cardio_underperformance",
        "stalled_lift",
        "lift_plateau",
        "weight_stall",
        "cut_failure",
        "unreported_gain",
        "bulk_failure",
        "mood_drop",
        "recovery_risk",
        "rapid_weight_loss",
        "silent_client",
        "perfect_week",
        "weight_on_target",
        "personal_record",
    ] {
        let n_bearing = bears(name);
        assert!(
            (3..found.len() - 3).contains(&n_bearing),
            "{name}: {n_bearing} of {}",
            found.len()
        );
    }
}

#[test]
fn the_reference_finds_the_same_on_fresh_cohorts() {
    let Some(oracle) = Oracle::find() else { return };
    for (seed, days, dates) in [
        ("1", "120", ["2026-03-01", "2026-01-11", "2025-12-07"]),
        ("2", "60", ["2026-03-01", "2026-02-24", "2026-01-31"]),
        ("3", "11", ["2026-03-01", "2026-02-27", "2026-02-20"]),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().to_str().expect("a path in UTF-8");
        let arguments = [path, "--clients", "400", "--days", days, "--seed", seed];
        oracle.run("cohort.py", &arguments);
        for date in dates {
            let expected = parsed(&oracle.lines(folder.path(), date));
            let what = format!("seed {seed} on {date}");
            assert_same(&lines(&recent(folder.path(), date), date), &expected, &what);
            let all = History::read(folder.path(), Extent::All).expect("readable frames");
            assert_same(&lines(&all, date), &expected, &what);
        }
    }
}

#[test]
fn the_reference_finds_the_same_on_fresh_boundary_frames() {
    let Some(oracle) = Oracle::find() else { return };
    for seed in 100..104 {
        let frames = boundary::frames(seed, 1_000);
        let folder = written(&frames);
        let expected = parsed(&oracle.lines(folder.path(), BOUNDARY_DATE));
        let found = lines(&recent(folder.path(), BOUNDARY_DATE), BOUNDARY_DATE);
        assert_same(&found, &expected, &format!("boundary frames of seed {seed}"));
    }
}
