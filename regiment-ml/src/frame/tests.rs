//! Frames written by this program and by others.

use regiment_core::calendar::days_after;
use regiment_core::record::{Cause, CheckinReport, DoneOrMissed, Status};
use regiment_core::testing::{self, date, dossier, report, set, slug};
use tempfile::TempDir;

use super::*;
use regiment_core::record::{ClientProfile, Log, MealLog, Stream};

fn client(user_id: &str) -> ClientProfile {
    testing::client(user_id)
}

/// Three days of one client with every outcome that a log can have.
fn some_logs() -> Vec<Log> {
    let reported = CheckinReport {
        notes: regiment_core::record::Note::new("slept \"well\", all good").unwrap(),
        ..report(83.4)
    };
    let dossier = dossier("7")
        .with_meal("2026-01-06", "template_a_meal1", DoneOrMissed::Completed)
        .with_meal("2026-01-06", "template_a_meal2", DoneOrMissed::Missed)
        .with_set("2026-01-06", "ex_bp_001", Some(set(82.5, 5)))
        .with_set("2026-01-06", "ex_sq_001", None)
        .with_cardio("2026-01-06", Some(30))
        .with_cardio("2026-01-07", Some(0))
        .with_cardio("2026-01-08", None)
        .with_checkin("2026-01-06", Some(report(84.0)))
        .with_checkin("2026-01-07", Some(reported))
        .with_checkin("2026-01-08", None);
    let excused = dossier.logs.values().last().expect("a log").clone();
    let dossier = dossier.with_log(excused.with_cause(Some(Cause::Excused)));
    dossier.logs.into_values().collect()
}

fn folder_of(frames: &Frames) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    frames.write(folder.path()).expect("written");
    folder
}

/// Writes one table anew.
fn overwrite(folder: &TempDir, table: Table, df: &DataFrame) {
    let file = File::create(folder.path().join(table.file())).expect("a file");
    ParquetWriter::new(file).finish(&mut df.clone()).expect("written");
}

#[track_caller]
fn refused(folder: &TempDir) -> String {
    Frames::read(folder.path())
        .expect_err("refused")
        .to_string()
        .replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn records_come_back_as_they_went() {
    let logs = some_logs();
    let frames = Frames::of_records(&[client("7")], &logs);
    let folder = folder_of(&frames);
    let read = Frames::read(folder.path()).expect("readable");
    assert_eq!(read, frames);
    let records = read.to_records().expect("typed");
    assert_eq!(records.bad_rows, []);
    assert_eq!(records.logs, logs);
    assert_eq!(records.clients.len(), 1);
    let found = &records.clients[0];
    let (before, after) = (
        Frames::of_records(&[client("7")], &[]),
        Frames::of_records(std::slice::from_ref(found), &[]),
    );
    assert_eq!(before, after);
}

#[test]
fn the_same_frames_give_the_same_bytes() {
    let frames = Frames::of_records(&[client("7"), client("8")], &some_logs());
    let (one, two) = (folder_of(&frames), folder_of(&frames));
    for table in Table::ALL {
        let bytes = |folder: &TempDir| fs::read(folder.path().join(table.file())).expect("a file");
        assert_eq!(bytes(&one), bytes(&two), "{}", table.file());
    }
}

#[test]
fn a_company_without_clients_has_frames_too() {
    let folder = folder_of(&Frames::of_records(&[], &[]));
    let read = Frames::read(folder.path()).expect("readable");
    for table in Table::ALL {
        assert_eq!(read.table(table).height(), 0);
        assert_eq!(read.table(table).width(), column::of(table).len());
    }
    assert_eq!(read.to_records().expect("typed"), Records::default());
}

#[test]
fn an_unconfirmed_weight_stays_out_of_frames() {
    let odd = CheckinReport { weight_unconfirmed: true, ..report(60.0) };
    let logs: Vec<Log> =
        dossier("7").with_checkin("2026-01-06", Some(odd)).logs.into_values().collect();
    let frames = Frames::of_records(&[client("7")], &logs);
    assert_eq!(frames.checkin_logs.column("weight_kg").unwrap().null_count(), 1);
    let records = frames.to_records().expect("typed");
    assert_eq!(records.logs, []);
    assert_eq!(
        records.bad_rows,
        [BadRow {
            table: Table::CheckinLogs,
            row: 1,
            reason: "weight_kg must be given in a completed check-in, not empty".to_owned()
        }]
    );
}

#[test]
fn a_client_who_gets_no_orders_stands_as_paused() {
    let archived = ClientProfile { status: Status::Archived, ..client("7") };
    let frames = Frames::of_records(&[client("6"), archived], &[]);
    let paused: Vec<Option<bool>> =
        frames.clients.column("paused").unwrap().bool().unwrap().iter().collect();
    assert_eq!(paused, [Some(false), Some(true)]);
}

#[test]
fn of_repeated_keys_the_latest_counts_and_on_ties_the_later_row() {
    let meal = |at: &str, status| {
        Log::Meal(MealLog {
            user_id: testing::user("7"),
            meal_id: slug("template_a_meal1"),
            date: date("2026-01-06"),
            logged_at: testing::at(at),
            timezone_offset: testing::zone("UTC"),
            status,
            source_engine: Stream::Meal,
            cause: None,
        })
    };
    let (done, missed) = (DoneOrMissed::Completed, DoneOrMissed::Missed);
    for (rows, stands) in [
        ([("07:00", done), ("06:00", missed)], ("07:00", done)),
        ([("06:00", missed), ("07:00", done)], ("07:00", done)),
        ([("07:00", done), ("07:00", missed)], ("07:00", missed)),
        ([("07:00", missed), ("07:00", done)], ("07:00", done)),
    ] {
        let log =
            |(time, status): (&str, DoneOrMissed)| meal(&format!("2026-01-06T{time}:00Z"), status);
        let folder = folder_of(&Frames::of_records(&[client("7")], &rows.map(log)));
        let all = Frames::read_all_rows(folder.path()).expect("readable");
        assert_eq!(all.meal_logs.height(), 2);
        assert_eq!(all.to_records().expect("typed").logs, [log(stands)]);
        let read = Frames::read(folder.path()).expect("readable");
        assert_eq!(read.meal_logs.height(), 1);
        assert_eq!(read.to_records().expect("typed").logs, [log(stands)]);
    }
}

#[test]
fn a_missing_column_is_named() {
    let frames = Frames::of_records(&[client("7")], &some_logs());
    let folder = folder_of(&frames);
    overwrite(&folder, Table::CardioLogs, &frames.cardio_logs.drop("actual_minutes").unwrap());
    assert_eq!(
        refused(&folder),
        "cardio_logs.parquet must have a column actual_minutes of type int32, and has none"
    );
    fs::remove_file(folder.path().join("cardio_logs.parquet")).unwrap();
    assert_eq!(refused(&folder), "cardio_logs.parquet can't be opened");
    fs::write(folder.path().join("cardio_logs.parquet"), b"date,weight\n").unwrap();
    assert_eq!(refused(&folder), "cardio_logs.parquet can't be read as Parquet");
}

#[test]
fn a_mistyped_column_is_named_with_both_types() {
    let frames = Frames::of_records(&[client("7")], &some_logs());
    for (table, name, dtype, expected) in [
        (Table::MealLogs, "date", DataType::String, "type date, not Utf8View"),
        (Table::MealLogs, "status", DataType::Boolean, "type string, not Boolean"),
        (Table::CheckinLogs, "weight_kg", DataType::String, "type double, not Utf8View"),
        (Table::TrainingLogs, "reps", DataType::Float64, "type int32, not Float64"),
        (Table::Clients, "paused", DataType::Int32, "type boolean, not Int32"),
        (
            Table::TrainingLogs,
            "timestamp",
            DataType::Int64,
            "type timestamp in microseconds, UTC, not Int64",
        ),
    ] {
        let folder = folder_of(&frames);
        let mut df = frames.table(table).clone();
        let at = df.get_column_index(name).expect("a column");
        let other = Column::full_null(name.into(), df.height(), &dtype);
        df.replace_column(at, other).expect("replaced");
        overwrite(&folder, table, &df);
        let message = refused(&folder);
        assert_eq!(message, format!("{}: column {name} must be of {expected}", table.file()));
    }
}

#[test]
fn what_other_programs_write_for_the_same_thing_is_read() {
    let frames = Frames::of_records(&[client("7")], &some_logs());
    let folder = folder_of(&frames);
    let mut df = frames.training_logs.clone();
    let height = df.height();
    let mut swap = |name: &str, series: Series| {
        let at = df.get_column_index(name).expect("a column");
        df.replace_column(at, series.with_name(name.into()).into_column()).expect("replaced");
    };
    let of =
        |name: &str| frames.training_logs.column(name).unwrap().as_materialized_series().clone();
    swap("cause", Series::full_null("".into(), height, &DataType::Null));
    swap("reps", of("reps").cast(&DataType::Int64).unwrap());
    swap(
        "weight_kg",
        of("weight_kg").f64().unwrap().iter().map(|kg| Some(kg.unwrap_or(f64::NAN))).collect(),
    );
    let nanos = of("timestamp").to_physical_repr().i64().unwrap().apply_values(|at| at * 1000);
    swap(
        "timestamp",
        nanos
            .into_datetime(TimeUnit::Nanoseconds, Some(polars::prelude::TimeZone::UTC))
            .into_series(),
    );
    df.with_column(Column::full_null("mood_ring".into(), height, &DataType::Int64)).expect("added");
    overwrite(&folder, Table::TrainingLogs, &df);
    assert_eq!(Frames::read(folder.path()).expect("readable").training_logs, frames.training_logs);
}

#[test]
fn a_number_too_large_and_a_row_without_a_key_are_named() {
    let frames = Frames::of_records(&[client("7")], &some_logs());
    let folder = folder_of(&frames);
    let mut df = frames.cardio_logs.clone();
    let at = df.get_column_index("actual_minutes").expect("a column");
    df.replace_column(at, Column::new("actual_minutes".into(), [30_i64, 5_000_000_000, 0]))
        .unwrap();
    overwrite(&folder, Table::CardioLogs, &df);
    assert_eq!(
        refused(&folder),
        "cardio_logs.parquet: column actual_minutes must fit int32, and row 2 does not"
    );
    let mut df = frames.cardio_logs.clone();
    df.replace_column(0, Column::new("user_id".into(), [Some("7"), Some("7"), None])).unwrap();
    overwrite(&folder, Table::CardioLogs, &df);
    assert_eq!(
        refused(&folder),
        "cardio_logs.parquet: column user_id must not be empty, and row 3 is"
    );
}

#[test]
fn a_row_that_is_no_record_is_named_and_stops_no_other() {
    let logs = some_logs();
    let frames = Frames::of_records(&[client("7")], &logs);
    let n_meals = frames.meal_logs.height();
    let mut broken = frames.clone();
    let status: Vec<&str> = vec!["eaten", "missed"];
    let at = broken.meal_logs.get_column_index("status").expect("a column");
    broken.meal_logs.replace_column(at, Column::new("status".into(), status)).unwrap();
    let records = broken.to_records().expect("typed");
    assert_eq!(records.logs.len(), logs.len() - 1);
    assert_eq!(n_meals, 2);
    assert_eq!(records.bad_rows.len(), 1);
    assert_eq!((records.bad_rows[0].table, records.bad_rows[0].row), (Table::MealLogs, 1));
    assert!(records.bad_rows[0].reason.contains("eaten"), "{}", records.bad_rows[0].reason);
    let stranger = Frames { clients: frames.clients.head(Some(0)), ..frames };
    let records = stranger.to_records().expect("typed");
    assert_eq!(records.bad_rows.len(), logs.len());
    assert_eq!(records.bad_rows[0].reason, "user_id must stand in clients.parquet");
}

#[test]
fn days_on_both_ends_of_a_century_are_kept() {
    let mut logs = Vec::new();
    for days in [0, 1, 20_000, 47_000] {
        let day = days_after(date("1970-01-01"), days);
        logs.extend(dossier("7").with_cardio(&day.to_string(), Some(30)).logs.into_values());
    }
    let frames = Frames::of_records(&[client("7")], &logs);
    assert_eq!(frames.to_records().expect("typed").logs, logs);
}
