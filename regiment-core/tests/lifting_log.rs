//! Six years of one lifter's training log, read through `docs/examples/lifting-log.toml`, against a
//! second computation that shares no code with the import.
//!
//! The data is github.com/titaniumtroop/rweightlifting (CC BY 4.0), 18 CSV files. They are looked for
//! under `REGIMENT_TEST_DATA`; where `CI=true` they must be there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use regiment_core::calendar::Zone;
use regiment_core::import::{Counts, Import, Known, Layout, Map, Settings, Source, history};
use regiment_core::record::Log;
use regiment_core::{Library, UserId};

const MAP: &str = include_str!("../../docs/examples/lifting-log.toml");
const KG_PER_LB: f64 = 0.453_592_37;

/// The data's files by name, or `None` where there are none and none are required.
fn files() -> Option<Vec<(String, Vec<u8>)>> {
    let root = std::env::var_os("REGIMENT_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let folder = root.join("lifting_log_6y");
    let Ok(entries) = fs::read_dir(&folder) else {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "REGIMENT_TEST_DATA must hold lifting_log_6y, and {} is not there",
            folder.display()
        );
        eprintln!(
            "not run: {} is not there; the data is inst/extdata of \
             github.com/titaniumtroop/rweightlifting",
            folder.display()
        );
        return None;
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    paths.sort();
    assert_eq!(paths.len(), 18);
    let read = |path: &PathBuf| {
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        (name, fs::read(path).expect("readable"))
    };
    Some(paths.iter().map(read).collect())
}

fn import(files: &[(String, Vec<u8>)]) -> Import {
    let map = Map::parse(MAP).expect("a map");
    let sources: Vec<Source<'_>> =
        files.iter().map(|(name, bytes)| Source { name, bytes }).collect();
    let settings = Settings {
        unit: None,
        date_format: None,
        zone: Zone::parse("America/New_York").expect("a zone"),
        now: "2026-03-01T12:00:00Z".parse().expect("an instant"),
    };
    let user_id: UserId = "7".parse().expect("an id");
    let library = Library::built_in();
    history(Layout::Mapped(&map), &sources, user_id, &library, &BTreeMap::new(), &settings)
        .expect("readable")
}

/// Best e1RM in kilograms by exercise and date.
type Strength = BTreeMap<String, BTreeMap<Date, f64>>;

fn of_import(plan: &Import) -> Strength {
    let mut strength = Strength::new();
    for log in &plan.logs {
        let Log::Training(log) = log else { panic!("only top sets are imported") };
        let e1rm = log.set.expect("nothing was missed").e1rm();
        if let Some(e1rm) = e1rm {
            let id = log.exercise_id.as_str().to_owned();
            strength.entry(id).or_default().insert(log.date, e1rm);
        }
    }
    strength
}

/// The same from the raw text: no cell of the data is quoted, so a comma parts cells.
fn of_text(files: &[(String, Vec<u8>)]) -> Strength {
    let map: toml::Table = toml::from_str(MAP).expect("TOML");
    let meanings = map["exercises"].as_table().expect("a table");
    let mut strength = Strength::new();
    for (_, bytes) in files {
        let text = std::str::from_utf8(bytes).expect("UTF-8");
        assert!(!text.contains('"'));
        for line in text.trim_start_matches('\u{feff}').lines().skip(1) {
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            if cells.len() < 6 {
                continue;
            }
            let parts: Vec<&str> = cells[1..4].iter().copied().filter(|c| !c.is_empty()).collect();
            let Some(id) = meanings.get(&parts.join(", ")).and_then(toml::Value::as_str) else {
                continue;
            };
            let date: Date = cells[0].parse().expect("a date");
            for set in cells[4..].chunks_exact(2).filter(|set| !set[0].is_empty()) {
                let Ok(reps) = set[1].parse::<f64>() else { continue };
                let pounds: f64 = set[0].parse().expect("a weight");
                if reps < 1.0 || pounds <= 0.0 {
                    continue;
                }
                let pounds = if reps > 1.0 { pounds * (1.0 + reps / 30.0) } else { pounds };
                let best = strength.entry(id.to_owned()).or_default().entry(date).or_default();
                *best = best.max(pounds * KG_PER_LB);
            }
        }
    }
    strength
}

/// How often a history rises above all of its past, and when it last does.
fn records(history: &BTreeMap<Date, f64>) -> (usize, Option<Date>, f64) {
    let mut best = f64::NEG_INFINITY;
    let mut found = (0, None, best);
    for (n, (&date, &e1rm)) in history.iter().enumerate() {
        if n > 0 && e1rm - best > 1e-9 * best.max(1.0) {
            found = (found.0 + 1, Some(date), 0.0);
        }
        best = best.max(e1rm);
    }
    (found.0, found.1, best)
}

#[test]
fn every_estimated_maximum_is_that_of_the_raw_text() {
    let Some(files) = files() else { return };
    let (imported, counted) = (of_import(&import(&files)), of_text(&files));
    assert_eq!(imported.keys().collect::<Vec<_>>(), counted.keys().collect::<Vec<_>>());
    for (id, history) in &counted {
        assert_eq!(
            imported[id].keys().collect::<Vec<_>>(),
            history.keys().collect::<Vec<_>>(),
            "{id}"
        );
        for (date, e1rm) in history {
            let found = imported[id][date];
            assert!((found - e1rm).abs() <= 1e-9 * e1rm, "{id} {date}: {found} for {e1rm}");
        }
        assert_eq!(records(&imported[id]).0, records(history).0, "{id}");
        assert_eq!(records(&imported[id]).1, records(history).1, "{id}");
    }
}

/// Computed once with pandas 2 from the same files and the same map.
#[test]
fn personal_records_are_those_that_pandas_finds() {
    let Some(files) = files() else { return };
    let strength = of_import(&import(&files));
    for (id, n_dates, n_records, last, best) in [
        ("ex_sq_001", 600, 54, "2020-09-22", 212.2812),
        ("ex_bp_001", 388, 49, "2021-05-09", 141.5208),
        ("ex_dl_001", 448, 51, "2021-06-17", 250.6098),
        ("ex_ohp_001", 444, 42, "2021-05-18", 103.1923),
        ("ex_row_005", 198, 46, "2021-12-21", 137.8921),
    ] {
        let history = &strength[id];
        let (records, at, top) = records(history);
        assert_eq!((history.len(), records), (n_dates, n_records), "{id}");
        assert_eq!(at, Some(last.parse().expect("a date")), "{id}");
        assert!((top - best).abs() < 5e-5, "{id}: {top}");
    }
}

#[test]
fn the_summary_accounts_for_every_set() {
    let Some(files) = files() else { return };
    let plan = import(&files);
    let summary = &plan.summary;
    assert_eq!((summary.files, summary.rows), (18, 3931));
    assert_eq!(plan.logs.len(), 3445);
    assert_eq!(summary.logs, Counts { new: 3445, ..Counts::default() });
    let left = summary.left_out;
    assert_eq!(left.no_reps + left.below_top + plan.logs.len(), summary.sets);
    assert_eq!((left.warm_ups, left.drops), (0, 0));
    assert!(summary.unknown_exercises.is_empty(), "{:?}", summary.unknown_exercises);
    assert_eq!(plan.quarantine, []);
    // One neutral-grip chin-up was assisted: 20 lb off is no load.
    assert_eq!(plan.problems.len(), 1);
    assert!(plan.problems[0].accepted.contains("from 0 kg"), "{}", plan.problems[0]);
    assert_eq!(summary.first_date, Some("2016-03-15".parse().expect("a date")));
    assert_eq!(summary.last_date, Some("2022-04-16".parse().expect("a date")));
}

#[test]
fn importing_it_twice_stores_nothing_twice() {
    let Some(files) = files() else { return };
    let first = import(&files);
    let held: BTreeMap<_, _> = first.logs.iter().map(|log| (log.key(), log.clone())).collect();
    assert_eq!(held.len(), first.logs.len());
    let keys: Vec<_> = held.keys().cloned().collect();
    let again = import(&files).against(&Known { logs: held, ..Known::default() });
    assert_eq!(again.logs, []);
    assert_eq!(again.summary.logs, Counts { held: 3445, ..Counts::default() });
    // File by file, the later ones find what the earlier ones brought.
    let mut stored = Known::default();
    for file in files.chunks(1) {
        let plan = import(file).against(&stored);
        stored.logs.extend(plan.logs.into_iter().map(|log| (log.key(), log)));
    }
    assert!(stored.logs.keys().eq(&keys));
}
