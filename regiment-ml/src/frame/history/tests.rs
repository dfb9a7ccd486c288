//! Frames that become a history, and frames that can't.

use polars::prelude::*;
use regiment_core::record::{DoneOrMissed, Goal, Level, Mood, Sleep};
use regiment_core::testing::{self, dossier, report, set};

use super::*;

/// 2026-01-06
const DAY: Day = 20_459;

/// The frames of client 7 on 2026-01-06 and the day after.
fn some_frames() -> Frames {
    let dossier = dossier("7")
        .with_meal("2026-01-06", "template_a_meal1", DoneOrMissed::Completed)
        .with_meal("2026-01-06", "template_a_meal2", DoneOrMissed::Missed)
        .with_set("2026-01-06", "ex_sq_001", Some(set(82.5, 5)))
        .with_set("2026-01-06", "ex_bp_001", None)
        .with_cardio("2026-01-06", Some(20))
        .with_cardio("2026-01-07", None)
        .with_checkin("2026-01-06", Some(report(84.0)))
        .with_checkin("2026-01-07", None);
    let logs: Vec<_> = dossier.logs.into_values().collect();
    Frames::of_records(&[testing::client("7")], &logs)
}

/// Replaces a column of a table.
fn with(mut df: DataFrame, name: &str, series: Series) -> DataFrame {
    let at = df.get_column_index(name).expect("a column");
    df.replace_column(at, series.with_name(name.into()).into_column()).expect("replaced");
    df
}

#[track_caller]
fn refused(frames: &Frames) -> String {
    History::of(frames).expect_err("refused").to_string()
}

#[test]
fn every_stream_is_taken_as_the_frames_hold_it() {
    let history = History::of(&some_frames()).expect("a history");
    let [client] = &history.clients[..] else { panic!("one client") };
    let profile = &client.profile;
    assert_eq!((profile.user_id.as_str(), profile.goal), ("7", Goal::Cut));
    assert_eq!((profile.start, profile.weight_kg, profile.cardio_minutes), (DAY, Some(90.0), 30));
    assert_eq!(profile.training_template_id.as_deref(), Some("steel_block_a"));
    let outcomes: Vec<_> = client.meals.iter().map(|row| (row.day, row.outcome)).collect();
    assert_eq!(outcomes, [(DAY, Outcome::Completed), (DAY, Outcome::Missed)]);
    let names: Vec<&str> = history.exercises.iter().map(|exercise| exercise.id.as_str()).collect();
    assert_eq!(names, ["ex_bp_001", "ex_sq_001"]);
    let [missed, done] = client.sets[..] else { panic!("two sets") };
    assert_eq!((missed.exercise, missed.outcome, missed.weight_kg), (0, Outcome::Missed, None));
    assert_eq!((done.exercise, done.weight_kg, done.reps), (1, Some(82.5), Some(5)));
    let [short, missed] = client.cardio[..] else { panic!("two days") };
    assert_eq!((short.assigned, short.actual, short.outcome), (30, 20, Outcome::Underperformed));
    assert_eq!((missed.day, missed.outcome), (DAY + 1, Outcome::Missed));
    let [given, missed] = &client.checkins[..] else { panic!("two check-ins") };
    assert_eq!((given.weight_kg, given.outcome), (Some(84.0), Outcome::Completed));
    assert_eq!((given.mood, given.sleep), (Some(Mood::Okay), Some(Sleep::Six)));
    assert_eq!((given.soreness, given.stress), (Some(Level::Low), Some(Level::Low)));
    assert_eq!(
        (missed.outcome, missed.mood, missed.notes.as_deref()),
        (Outcome::Missed, None, None)
    );
}

#[test]
fn a_row_with_a_cause_hides_what_it_supersedes_and_is_left_out() {
    let frames = some_frames();
    let twice = frames.meal_logs.vstack(&frames.meal_logs).expect("stacked");
    let causes = [None, None, Some("excused"), None];
    let twice = with(twice, "cause", Series::new("".into(), causes));
    let twice =
        with(twice, "status", Series::new("".into(), ["missed", "missed", "missed", "completed"]));
    let history = History::of(&Frames { meal_logs: twice, ..frames }).expect("a history");
    let outcomes: Vec<_> = history.clients[0].meals.iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes, [Outcome::Completed]);
}

#[test]
fn clients_are_ordered_by_bytes_and_logs_of_strangers_left_out() {
    let logs: Vec<_> =
        dossier("80").with_cardio("2026-01-06", Some(30)).logs.into_values().collect();
    let clients = ["9", "80", "8"].map(testing::client);
    let history = History::of(&Frames::of_records(&clients, &logs)).expect("a history");
    let ids: Vec<_> = history.clients.iter().map(|client| client.profile.user_id).collect();
    assert_eq!(ids.iter().map(UserId::as_str).collect::<Vec<_>>(), ["8", "80", "9"]);
    let n_rows: Vec<usize> = history.clients.iter().map(|client| client.cardio.len()).collect();
    assert_eq!(n_rows, [0, 1, 0]);
    let history = History::of(&Frames::of_records(&clients[..1], &logs)).expect("a history");
    assert_eq!(history.clients[0].cardio, []);
}

#[test]
fn of_two_rows_of_one_client_the_later_counts() {
    let mut bulk = testing::client("7");
    bulk.goal = Goal::Bulk;
    let frames = Frames::of_records(&[testing::client("7"), bulk], &[]);
    let history = History::of(&frames).expect("a history");
    assert_eq!(history.clients.len(), 1);
    assert_eq!(history.clients[0].profile.goal, Goal::Bulk);
}

#[test]
fn the_order_of_the_rows_of_a_file_makes_no_difference() {
    let frames = some_frames();
    let mut turned = frames.clone();
    for table in Table::ALL {
        *turned.table_mut(table) = turned.table(table).reverse();
    }
    assert_eq!(History::of(&turned).expect("a history"), History::of(&frames).expect("a history"));
}

#[test]
fn a_folder_gives_what_its_frames_give() {
    let folder = tempfile::tempdir().expect("a folder");
    let frames = some_frames();
    let all = frames.meal_logs.vstack(&frames.meal_logs.reverse()).expect("stacked");
    let frames = Frames { meal_logs: all, ..frames };
    frames.write(folder.path()).expect("written");
    let read = Frames::read(folder.path()).expect("readable");
    assert_eq!(read.meal_logs.height(), 2);
    let history = History::read(folder.path(), Extent::All).expect("a history");
    assert_eq!(history, History::of(&read).expect("a history"));
    assert_eq!(history, History::of(&frames).expect("a history"));
}

#[test]
fn an_extent_keeps_the_days_asked_for_and_every_earlier_set() {
    let mut dossier = dossier("7");
    for day in ["2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09"] {
        dossier = dossier
            .with_meal(day, "template_a_meal1", DoneOrMissed::Completed)
            .with_set(day, "ex_bp_001", None)
            .with_cardio(day, Some(30))
            .with_checkin(day, Some(report(84.0)));
    }
    let logs: Vec<_> = dossier.logs.into_values().collect();
    let folder = tempfile::tempdir().expect("a folder");
    Frames::of_records(&[testing::client("7")], &logs).write(folder.path()).expect("written");
    let extent = Extent::Recent { until: DAY + 2, days: 2 };
    let history = History::read(folder.path(), extent).expect("a history");
    let client = &history.clients[0];
    let days = |days: Vec<Day>| days.iter().map(|day| day - DAY).collect::<Vec<_>>();
    assert_eq!(days(client.meals.iter().map(|row| row.day).collect()), [1, 2]);
    assert_eq!(days(client.sets.iter().map(|row| row.day).collect()), [0, 1, 2]);
    assert_eq!(days(client.cardio.iter().map(|row| row.day).collect()), [1, 2]);
    assert_eq!(days(client.checkins.iter().map(|row| row.day).collect()), [1, 2]);
}

#[test]
fn a_weight_that_is_no_number_is_none() {
    let frames = some_frames();
    let weights = Series::new("".into(), [f64::NAN, f64::NAN]);
    let sets = with(frames.training_logs.clone(), "weight_kg", weights.clone());
    let checkins = with(frames.checkin_logs.clone(), "weight_kg", weights);
    let frames = Frames { training_logs: sets, checkin_logs: checkins, ..frames };
    let history = History::of(&frames).expect("a history");
    assert!(history.clients[0].sets.iter().all(|row| row.weight_kg.is_none()));
    assert!(history.clients[0].checkins.iter().all(|row| row.weight_kg.is_none()));
}

#[test]
fn an_unknown_word_is_named_with_its_file_column_value_and_row() {
    let frames = some_frames();
    for (table, column, words, said) in [
        (
            Table::MealLogs,
            "status",
            ["completed", "underperformed"],
            "meal_logs.parquet, row 2: status must be one of completed missed, not underperformed",
        ),
        (
            Table::CardioLogs,
            "status",
            ["done", "missed"],
            "cardio_logs.parquet, row 1: status must be one of completed underperformed missed, not done",
        ),
        (
            Table::CheckinLogs,
            "stress",
            ["low", "some"],
            "checkin_logs.parquet, row 2: stress must be one of low medium high, not some",
        ),
        (
            Table::TrainingLogs,
            "cause",
            ["excused", "tired"],
            "training_logs.parquet, row 2: cause must be one of not_delivered excused, not tired",
        ),
    ] {
        let mut frames = frames.clone();
        let df = frames.table_mut(table);
        *df = with(df.clone(), column, Series::new("".into(), words));
        assert_eq!(refused(&frames), said);
    }
    let goals = with(frames.clients.clone(), "goal", Series::new("".into(), ["shred"]));
    assert_eq!(
        refused(&Frames { clients: goals, ..frames.clone() }),
        "clients.parquet, row 1: goal must be one of cut bulk recomp, not shred"
    );
    let ids = with(frames.clients.clone(), "user_id", Series::new("".into(), ["p01"]));
    assert_eq!(
        refused(&Frames { clients: ids, ..frames.clone() }),
        "clients.parquet, row 1: user_id must be 1 to 20 decimal digits, not p01"
    );
    let empty =
        with(frames.cardio_logs.clone(), "status", Series::new("".into(), [Some("missed"), None]));
    assert_eq!(
        refused(&Frames { cardio_logs: empty, ..frames }),
        "cardio_logs.parquet: column status must not be empty, and row 2 is"
    );
}
