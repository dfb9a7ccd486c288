//! What leaves comes back.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::import::Origin;
use crate::measure::BodyWeight;
use crate::record::{Actor, DoneOrMissed, Note};
use crate::testing::{at, client, date, dossier, report, set};

/// Revisions of one client's logs, the second of a key being a correction.
fn revisions(logs: impl IntoIterator<Item = Log>) -> Vec<Revision> {
    let mut numbers: BTreeMap<LogKey, u32> = BTreeMap::new();
    let revision = |log: Log| {
        let number = numbers.entry(log.key()).or_default();
        *number += 1;
        Revision {
            number: *number,
            entered_at: log.at(),
            recorded_at: log.at() + SignedDuration::from_millis(1_250),
            by: if *number == 1 { Actor::Client(log.user_id()) } else { Actor::Coach("7".into()) },
            reason: (*number > 1).then(|| "typing error".to_owned()),
            log,
        }
    };
    logs.into_iter().map(revision).collect()
}

fn sample(note: &str) -> Archive {
    let said = CheckinReport { notes: Note::new(note).expect("short"), ..report(83.4) };
    let day = dossier("7")
        .with_meal("2026-01-06", "template_a_meal1", DoneOrMissed::Missed)
        .with_set("2026-01-06", "ex_bp_001", Some(set(82.5, 5)))
        .with_set("2026-01-07", "ex_sq_001", None)
        .with_cardio("2026-01-06", Some(12))
        .with_checkin("2026-01-06", Some(said));
    let corrected =
        dossier("7").with_meal("2026-01-06", "template_a_meal1", DoneOrMissed::Completed);
    let mut archive = Archive::new(client("7"));
    archive.client.coaching_notes = "knees".to_owned();
    archive.revisions = revisions(day.logs.into_values().chain(corrected.logs.into_values()));
    archive.weigh_ins = vec![WeighIn {
        user_id: archive.client.user_id,
        date: date("2026-01-02"),
        timestamp: at("2026-01-02T12:00:00Z"),
        weight: BodyWeight::weigh_in(84.1).expect("in range"),
        origin: Origin { source: "weights-csv:scale.csv".to_owned(), line: 2 },
    }];
    archive
}

use crate::record::CheckinReport;

#[test]
fn an_archive_comes_back_as_it_went() {
    let archive = sample("slept well");
    let text = archive.to_json();
    let back: Archive = serde_json::from_str(&text).expect("its own document");
    assert_eq!(back, archive);
    assert_eq!(back.to_json(), text);
}

#[test]
fn the_latest_revision_is_the_log() {
    let archive = sample("");
    let logs = archive.logs();
    assert_eq!(logs.len(), 5);
    let meal = logs.values().find(|log| matches!(log, Log::Meal(_))).expect("a meal");
    assert!(!meal.is_missed());
}

#[test]
fn coaching_notes_leave_only_through_the_coach() {
    assert!(sample("").to_json().contains("knees"));
    assert!(!sample("").for_the_client().to_json().contains("knees"));
}

#[test]
fn tables_hold_a_row_per_log() {
    let tables = tables(&sample("felt \"fine\", mostly"));
    let of = |file| {
        let table = tables.iter().find(|table: &&Table| table.file == file).expect("a table");
        table.csv.as_str()
    };
    assert_eq!(
        of("training.csv"),
        "date,timestamp,block_id,day_index,exercise_id,exercise,weight_kg,reps,e1rm_kg,status,cause\r\n\
        2026-01-06,2026-01-06T12:00:00Z,steel_block_a,1,ex_bp_001,ex_bp_001,82.5,5,96.3,completed,\r\n\
        2026-01-07,2026-01-07T12:00:00Z,steel_block_a,1,ex_sq_001,ex_sq_001,,,,missed,\r\n"
    );
    assert!(of("checkins.csv").contains(",\"felt \"\"fine\"\", mostly\",completed,"));
    assert!(of("cardio.csv").ends_with(",30,12,underperformed,\r\n"));
    assert!(of("weigh_ins.csv").ends_with("84.1,weights-csv:scale.csv\r\n"));
    assert_eq!(tables.len(), 7);
}

#[test]
fn no_cell_is_a_formula() {
    for note in ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"] {
        let tables = tables(&sample(note));
        let checkins = tables.iter().find(|table| table.file == "checkins.csv").expect("a table");
        let mut rows = csv::Reader::from_reader(checkins.csv.as_bytes());
        let row = rows.records().next().expect("a row").expect("readable");
        assert_eq!(&row[8], format!("'{note}"));
    }
    assert_eq!(table::harmless("\tx"), "'\tx");
    assert_eq!(table::harmless("\rx"), "'\rx");
    assert_eq!(table::harmless("5-8"), "5-8");
}

proptest! {
    #[test]
    fn any_archive_comes_back_as_it_went(
        loads in proptest::collection::vec((0.0..999.0_f64, 1..=99_i64), 0..8),
        weights in proptest::collection::vec(300..3000_i32, 0..8),
        note in "\\PC{0,60}",
        minutes in proptest::collection::vec(proptest::option::of(0..=300_i64), 0..8),
    ) {
        let mut day = dossier("7");
        for (n, (load, reps)) in loads.into_iter().enumerate() {
            day = day.with_set(&format!("2026-02-{:02}", n + 1), "ex_sq_001", Some(set(load, reps)));
        }
        for (n, weight) in weights.into_iter().enumerate() {
            let notes = Note::new(&note).expect("short");
            let said = CheckinReport { notes, ..report(f64::from(weight) / 10.0) };
            day = day.with_checkin(&format!("2026-02-{:02}", n + 1), Some(said));
        }
        for (n, minutes) in minutes.into_iter().enumerate() {
            day = day.with_cardio(&format!("2026-02-{:02}", n + 1), minutes);
        }
        let mut archive = Archive::new(client("7"));
        archive.revisions = revisions(day.logs.into_values());
        let text = archive.to_json();
        let back: Archive = serde_json::from_str(&text).expect("its own document");
        prop_assert_eq!(&back, &archive);
        prop_assert_eq!(back.to_json(), text);
    }
}
