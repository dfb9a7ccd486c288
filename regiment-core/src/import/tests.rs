//! Readers against files as the programs write them, and against anything at all.

use jiff::civil::{Date, date, time};
use proptest::prelude::*;

use super::*;
use crate::calendar::Zone;

fn settings() -> Settings {
    Settings {
        unit: None,
        date_format: None,
        zone: Zone::utc(),
        now: "2026-03-01T12:00:00Z".parse().expect("an instant"),
    }
}

fn in_unit(unit: MassUnit) -> Settings {
    Settings { unit: Some(unit), ..settings() }
}

#[track_caller]
fn read_text(layout: Layout<'_>, text: &str) -> Reading {
    read(layout, text.as_bytes(), &settings()).expect("a readable file")
}

/// A set without its line and time.
fn brief(set: &Lifted) -> (Date, &str, SetKind, Option<f64>, u32) {
    (set.date, &set.exercise, set.kind, set.weight.map(Mass::kg), set.reps)
}

#[track_caller]
fn problem(reading: &Reading, at: usize) -> String {
    reading.problems[at].to_string()
}

const HEVY: &str = "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,weight_kg,reps,distance_km,duration_seconds,rpe";

#[test]
fn a_hevy_history_is_read() {
    let text = format!(
        "{HEVY}\n\
        \"Push\",\"28 Mar 2025, 17:29\",\"28 Mar 2025, 18:40\",\"\",\"Bench Press (Barbell)\",,\"paused\\nslow\",0,\"warmup\",40,10,,,\n\
        \"Push\",\"28 Mar 2025, 17:29\",\"28 Mar 2025, 18:40\",\"\",\"Bench Press (Barbell)\",,\"\",1,\"normal\",82.5,5,,,9\n\
        \"Push\",\"28 Mar 2025, 17:29\",\"28 Mar 2025, 18:40\",\"\",\"Bench Press (Barbell)\",,\"\",2,\"failure\",80,6,,,\n\
        \"Push\",\"28 Mar 2025, 17:29\",\"28 Mar 2025, 18:40\",\"\",\"Bench Press (Barbell)\",,\"\",3,\"dropset\",60,12,,,\n\
        \"Push\",\"2025-03-29 07:00:00\",\"\",\"\",\"Pull Up\",,\"\",0,\"1\",,9,,,\n\
        \"Push\",\"2025-03-29 07:00:00\",\"\",\"\",\"Plank\",,\"\",0,\"normal\",,,,60,\n"
    );
    let reading = read_text(Layout::Hevy, &text);
    assert_eq!(reading.problems, []);
    let day = date(2025, 3, 28);
    assert_eq!(
        reading.lifts.iter().map(brief).collect::<Vec<_>>(),
        [
            (day, "Bench Press (Barbell)", SetKind::WarmUp, Some(40.0), 10),
            (day, "Bench Press (Barbell)", SetKind::Working, Some(82.5), 5),
            (day, "Bench Press (Barbell)", SetKind::Failure, Some(80.0), 6),
            (day, "Bench Press (Barbell)", SetKind::Drop, Some(60.0), 12),
            (date(2025, 3, 29), "Pull Up", SetKind::Working, None, 9),
        ]
    );
    assert_eq!(reading.lifts[0].time, Some(time(17, 29, 0, 0)));
    assert_eq!(reading.lifts[1].line, 3);
    assert_eq!(reading.passed_over[&PassedOver::NoReps], 1);
    assert_eq!(reading.n_rows, 6);
}

#[test]
fn a_hevy_weight_is_in_the_unit_of_its_column() {
    let header = HEVY.replace("weight_kg", "weight_lbs").replace("distance_km", "distance_miles");
    let text = format!("{header}\na,\"1 Okt 2025, 09:05\",,,Squat,,,0,normal,225,5,,,\n");
    let reading = read_text(Layout::Hevy, &text);
    assert_eq!(reading.lifts[0].weight.map(Mass::kg), Some(102.058_283_25));
    let header = HEVY.replace("weight_kg", "weight,weight_unit");
    let text = format!(
        "{header}\n\
        a,2025-10-01 09:05:00,,,Squat,,,0,normal,225,lbs,5,,,\n\
        a,2025-10-01 09:05:00,,,Squat,,,1,normal,100,kg,5,,,\n\
        a,2025-10-01 09:05:00,,,Squat,,,2,normal,100,stone,5,,,\n\
        a,2025-10-01 09:05:00,,,Squat,,,3,normal,100,,5,,,\n"
    );
    let reading = read_text(Layout::Hevy, &text);
    let weights: Vec<_> = reading.lifts.iter().map(|set| set.weight.map(Mass::kg)).collect();
    assert_eq!(weights, [Some(102.058_283_25), Some(100.0)]);
    assert_eq!(problem(&reading, 0), "line 4: weight unit must be kg or lb, not \"stone\"");
    assert_eq!(problem(&reading, 1), "line 5: weight must be a weight with its unit, not \"100\"");
}

#[test]
fn the_numbers_of_hevy_set_types_are_its_words() {
    for (word, kind) in [
        ("1", SetKind::Working),
        ("normal", SetKind::Working),
        ("2", SetKind::WarmUp),
        ("warmup", SetKind::WarmUp),
        ("3", SetKind::Failure),
        ("failure", SetKind::Failure),
        ("4", SetKind::Drop),
        ("dropset", SetKind::Drop),
    ] {
        let text = format!("{HEVY}\na,2025-10-01 09:05:00,,,Squat,,,0,{word},100,5,,,\n");
        assert_eq!(read_text(Layout::Hevy, &text).lifts[0].kind, kind, "{word}");
    }
    let text = format!("{HEVY}\na,2025-10-01 09:05:00,,,Squat,,,0,myo,100,5,,,\n");
    let reading = read_text(Layout::Hevy, &text);
    assert_eq!(
        problem(&reading, 0),
        "line 2: set_type must be normal, warmup, failure, dropset or 1 to 4, not \"myo\""
    );
}

/// The four headers of Strong, a working set of 82.5 kg or lb for 5 in each.
const STRONG: [(&str, &str, Option<MassUnit>); 4] = [
    (
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE",
        "2025-03-28 17:29:10,\"Push\",1h 5m,\"Bench Press (Barbell)\",1,82.5,5.0,0,0.0,\"\",\"\",",
        Some(MassUnit::Kg),
    ),
    (
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,RPE",
        "2025-03-28 17:29:10,\"Push\",1h 5m,\"Bench Press (Barbell)\",1,82.5,5,0,0,8.5",
        Some(MassUnit::Kg),
    ),
    (
        "Workout #;Date;Workout Name;Duration (sec);Exercise Name;Set Order;Weight (kg);Reps;RPE;Distance (meters);Seconds;Notes;Workout Notes",
        "\"1\";\"2025-03-28 17:29:10\";\"Push\";\"3900\";\"Bench Press (Barbell)\";\"1\";\"82,5\";\"5\";\"\";\"\";\"0,0\";\"\";\"\"",
        None,
    ),
    (
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Weight Unit,Reps,RPE,Distance,Distance Unit,Seconds,Notes",
        "2025-03-28 17:29:10,Push,1h,Bench Press (Barbell),1,82.5,kg,5,,,,0,",
        None,
    ),
];

#[test]
fn each_header_of_strong_is_read() {
    for (header, row, unit) in STRONG {
        for end in ["\n", "\r\n"] {
            for bom in ["", "\u{feff}"] {
                let text = format!("{bom}{header}{end}{row}{end}");
                let settings = Settings { unit, ..settings() };
                let reading = read(Layout::Strong, text.as_bytes(), &settings).expect(header);
                assert_eq!(reading.problems, [], "{header}");
                assert_eq!(
                    reading.lifts.iter().map(brief).collect::<Vec<_>>(),
                    [(date(2025, 3, 28), "Bench Press (Barbell)", SetKind::Working, Some(82.5), 5)],
                    "{header}"
                );
                assert_eq!(reading.lifts[0].line, 2);
            }
        }
    }
}

#[test]
fn strong_without_a_unit_is_refused_until_someone_states_it() {
    let (header, row, _) = STRONG[0];
    let text = format!("{header}\n{row}\n");
    let refused = read(Layout::Strong, text.as_bytes(), &settings()).expect_err("no unit");
    assert_eq!(
        refused.to_string(),
        "strong does not say whether Weight is in kg or lb; state the unit (--unit kg or --unit lb)"
    );
    let pounds = read(Layout::Strong, text.as_bytes(), &in_unit(MassUnit::Lb)).expect("a unit");
    assert_eq!(pounds.lifts[0].weight.map(Mass::kg), Some(37.421_370_525));
}

#[test]
fn a_unit_that_contradicts_the_file_is_refused() {
    let (header, row, _) = STRONG[2];
    let text = format!("{header}\n{row}\n");
    let refused = read(Layout::Strong, text.as_bytes(), &in_unit(MassUnit::Lb));
    assert_eq!(
        refused.expect_err("another unit").to_string(),
        "the file's Weight (kg) is in kg, not in lb; leave the unit out"
    );
}

#[test]
fn rest_timers_and_notes_of_strong_are_no_sets() {
    let (header, ..) = STRONG[3];
    let set = |order: &str, reps: &str| {
        format!("2025-03-28 5:29:10\u{202f}PM,Push,1h,Squat,{order},100,kg,{reps},,,,90,\n")
    };
    let rows: String = [
        set("W", "5"),
        set("1", "5"),
        set("Rest Timer", "0"),
        set("Note", ""),
        set("D", "8"),
        set("F", "4"),
        set("2", ""),
        set("X", "5"),
    ]
    .concat();
    let reading = read_text(Layout::Strong, &format!("{header}\n{rows}"));
    let kinds: Vec<SetKind> = reading.lifts.iter().map(|set| set.kind).collect();
    assert_eq!(kinds, [SetKind::WarmUp, SetKind::Working, SetKind::Drop, SetKind::Failure]);
    assert_eq!(reading.lifts[0].time, Some(time(17, 29, 10, 0)));
    assert_eq!(reading.passed_over[&PassedOver::RestTimer], 1);
    assert_eq!(reading.passed_over[&PassedOver::Note], 1);
    assert_eq!(reading.passed_over[&PassedOver::NoReps], 1);
    assert_eq!(
        problem(&reading, 0),
        "line 9: Set Order must be a number, W, D, F, Note or Rest Timer, not \"X\""
    );
}

#[test]
fn fitnotes_of_both_phones_is_read() {
    let android = "Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time,Comment\n\
        2025-03-28,Flat Barbell Bench Press,Chest,82.5,kgs,5,,,,\n\
        2025-03-28,Flat Barbell Bench Press,Chest,\"1,000.5\",lbs,1,,,,heavy\n\
        2025-03-28,Running,Cardio,,,,5,km,0:25:00,\n";
    let reading = read_text(Layout::FitNotes, android);
    assert_eq!(reading.problems, []);
    let weights: Vec<_> = reading.lifts.iter().map(|set| set.weight.map(Mass::kg)).collect();
    assert_eq!(weights, [Some(82.5), Some(453.819_166_185)]);
    assert_eq!(reading.passed_over[&PassedOver::NoReps], 1);
    let ios = "Date,Exercise,Category,Weight (kg),Weight (lbs),Reps,Distance,Distance Unit,Time,Notes,Kind\n\
        2025-03-28,Squat,Legs,100.0,220.5,5,,,,,Warmup\n\
        2025-03-28,Squat,Legs,,225,5,,,,,\n\
        2025-03-28,Pull Up,Back,,,9,,,,,Anything\n";
    let reading = read_text(Layout::FitNotes, ios);
    let day = date(2025, 3, 28);
    assert_eq!(
        reading.lifts.iter().map(brief).collect::<Vec<_>>(),
        [
            (day, "Squat", SetKind::WarmUp, Some(100.0), 5),
            (day, "Squat", SetKind::Working, Some(102.058_283_25), 5),
            (day, "Pull Up", SetKind::Working, None, 9),
        ]
    );
}

#[test]
fn weights_are_read_in_the_one_form_their_dates_have() {
    let text = "date,weight\n13/01/2026,92.4\n01/02/2026,92.1\n02/02/2026,xx\n03/02/2026,29\n";
    let reading = read(Layout::Weights, text.as_bytes(), &in_unit(MassUnit::Kg)).expect("a file");
    let weights: Vec<_> = reading.weights.iter().map(|row| (row.line, row.date, row.kg)).collect();
    assert_eq!(weights, [(2, date(2026, 1, 13), 92.4), (3, date(2026, 2, 1), 92.1)]);
    assert_eq!(
        problem(&reading, 0),
        "line 4: weight must be a weight from 30 to 300 kg, not \"xx\""
    );
    assert_eq!(reading.problems[1].line, 5);
    let american = "Date\tWeight (lbs)\n1/13/2026\t203,7\n";
    let reading = read_text(Layout::Weights, american);
    assert_eq!(reading.weights[0].date, date(2026, 1, 13));
    assert!((reading.weights[0].kg - 92.396_766).abs() < 1e-6);
}

#[test]
fn dates_that_can_be_read_two_ways_are_refused() {
    let text = "date,weight\n01/02/2026,92.4\n02/02/2026,92.1\n";
    let refused = read(Layout::Weights, text.as_bytes(), &in_unit(MassUnit::Kg));
    assert_eq!(
        refused.expect_err("two ways").to_string(),
        "the dates can be read as %d/%m/%Y or %m/%d/%Y; say how they are written (--date-format %d/%m/%Y)"
    );
    let said = Settings { date_format: Some("%m/%d/%Y".to_owned()), ..in_unit(MassUnit::Kg) };
    let reading = read(Layout::Weights, text.as_bytes(), &said).expect("a form");
    assert_eq!(reading.weights[0].date, date(2026, 1, 2));
    assert!(matches!(
        read(Layout::Weights, b"date,weight\n2026-01-02,92\n", &settings()),
        Err(Unreadable::NoUnit { .. })
    ));
}

const WIDE: &str = r#"
unit = "lb"
leave_out = ["stretch, band"]

[date]
column = "date"

[exercise]
columns = ["exercise", "equipment", "variant"]

[sets]
layout = "wide"
weight = "set{n}weight"
reps = "set{n}reps"

[exercises]
"squat, barbell, low bar" = "ex_sq_001"
"#;

#[test]
fn a_wide_table_is_read_by_its_map() {
    let map = Map::parse(WIDE).expect("a map");
    let text = "date,exercise,equipment,variant,set1weight,set1reps,set2weight,set2reps,set3weight,set3reps\n\
        2017-03-09,squat,barbell,low bar,115,5,125,0,,\n\
        2017-03-09,pullup,,wide,,8\n\
        2017-03-09,stretch,band,,,30\n\
        2017-03-10,squat,barbell,low bar,115,5,9999,5,120,x\n\
        2017-03-11,squat,barbell,low bar\n";
    let reading = read_text(Layout::Mapped(&map), text);
    let day = date(2017, 3, 9);
    let squat = "squat, barbell, low bar";
    assert_eq!(
        reading.lifts.iter().map(brief).collect::<Vec<_>>(),
        [
            (day, squat, SetKind::Working, Some(52.163_122_55), 5),
            (day, squat, SetKind::Working, Some(56.699_046_25), 0),
            (day, "pullup, wide", SetKind::Working, None, 8),
            (date(2017, 3, 10), squat, SetKind::Working, Some(52.163_122_55), 5),
        ]
    );
    assert_eq!(
        problem(&reading, 0),
        "line 5: set2weight must be a weight from 0 kg to below 1000 kg, not \"9999\""
    );
    assert_eq!(
        problem(&reading, 1),
        "line 5: set3reps must be a whole number from 0 to 99, not \"x\""
    );
    assert_eq!(reading.passed_over[&PassedOver::Unwanted], 1);
    assert_eq!(reading.passed_over[&PassedOver::NoReps], 1);
}

#[test]
fn a_long_table_is_read_by_its_map() {
    let map = Map::parse(
        "unit = \"kg\"\n[date]\ncolumn = \"Tag\"\nformat = \"%d.%m.%Y\"\n[exercise]\ncolumns = [\"Übung\"]\n\
        [sets]\nlayout = \"long\"\nweight = \"Gewicht\"\nreps = \"Wdh\"\nkind = \"Art\"\n",
    )
    .expect("a map");
    let text =
        "Tag;Übung;Gewicht;Wdh;Art\n28.03.2025;Kniebeuge;102,5;5;\n28.03.2025;Kniebeuge;60;8;w\n";
    let reading = read_text(Layout::Mapped(&map), text);
    let day = date(2025, 3, 28);
    assert_eq!(
        reading.lifts.iter().map(brief).collect::<Vec<_>>(),
        [
            (day, "Kniebeuge", SetKind::Working, Some(102.5), 5),
            (day, "Kniebeuge", SetKind::WarmUp, Some(60.0), 8),
        ]
    );
}

#[test]
fn a_map_that_says_nothing_useful_is_refused() {
    let refused = |text: &str| Map::parse(text).expect_err("a bad map").to_string();
    assert!(refused("unit = \"stone\"").starts_with("the map is not valid: "));
    assert!(refused(&WIDE.replace("leave_out", "leave_outs")).contains("leave_outs"));
    assert_eq!(
        refused(&WIDE.replace("set{n}reps", "reps")),
        "the map is not valid: sets.weight and sets.reps must hold {n}, such as set{n}weight"
    );
    assert_eq!(
        refused(&WIDE.replace("stretch, band", "squat, barbell, low bar")),
        "the map is not valid: \"squat, barbell, low bar\" stands in exercises and in leave_out"
    );
    let map = Map::parse(WIDE).expect("a map");
    let missing = read(Layout::Mapped(&map), b"date,exercise,variant\n", &settings());
    assert_eq!(
        missing.expect_err("a missing column").to_string(),
        "csv needs the columns equipment; this file has date, exercise, variant"
    );
}

#[test]
fn a_file_of_another_program_is_named() {
    let (header, row, _) = STRONG[0];
    let text = format!("{header}\n{row}\n");
    let refused = read(Layout::Hevy, text.as_bytes(), &settings()).expect_err("not Hevy's");
    let refused = refused.to_string();
    assert!(refused.starts_with("hevy needs the columns start_time, exercise_title, set_type"));
    assert!(refused.ends_with("it looks like a file of --format strong"), "{refused}");
}

#[test]
fn what_is_no_text_is_refused_as_a_whole() {
    for (bytes, says) in [
        (&b"PK\x03\x04rest"[..], "a zip or a spreadsheet"),
        (b"\xFF\xFED\0a\0", "UTF-16"),
        (b"PAR1", "Parquet"),
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"\xEF\xBB\xBF", "empty"),
    ] {
        let refused = read(Layout::Hevy, bytes, &settings()).expect_err(says).to_string();
        assert!(refused.contains(says), "{refused}");
    }
    let large = vec![b'a'; MAX_BYTES + 1];
    assert!(matches!(
        read(Layout::Hevy, &large, &settings()),
        Err(Unreadable::TooLarge { cap: MAX_BYTES, .. })
    ));
    let long = "date,weight\n".to_owned() + &"x\n".repeat(MAX_ROWS + 1);
    assert!(matches!(
        read(Layout::Weights, long.as_bytes(), &settings()),
        Err(Unreadable::TooManyRows { cap: MAX_ROWS })
    ));
}

#[test]
fn one_bad_line_stops_no_other() {
    let text = format!(
        "{HEVY}\n\
        a,2025-10-01 09:05:00,,,Squat,,,0,normal,100,5,,,\n\
        a,2025-13-01 09:05:00,,,Squat,,,0,normal,100,5,,,\n\
        a,1970-01-01 00:00:00,,,Squat,,,0,normal,100,5,,,\n\
        a,2026-03-02 00:00:00,,,Squat,,,0,normal,100,5,,,\n\
        a,2025-10-01 09:05:00,,,,,,0,normal,100,5,,,\n\
        a,2025-10-01 09:05:00,,,Squat,,,0,normal,-5,5,,,\n\
        a,2025-10-01 09:05:00,,,Squat,,,0,normal,100,5.5,,,\n\
        a,2025-10-01 09:05:00,,,Squat,,,0,normal,100,100,,,\n\
        \n\
        a,2025-10-02 09:05:00,,,Squat,,,0,normal,100,5,,,\n"
    );
    let reading = read_text(Layout::Hevy, &text);
    assert_eq!(reading.lifts.iter().map(|set| set.line).collect::<Vec<_>>(), [2, 11]);
    assert_eq!(reading.problems.iter().map(|p| p.line).collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(
        problem(&reading, 2),
        "line 5: start_time must be a day from 1980-01-01 to 2026-03-01, not \"2026-03-02 00:00:00\""
    );
    assert_eq!(
        problem(&reading, 3),
        "line 6: exercise_title must be a name of 1 to 100 characters, not \"\""
    );
}

#[test]
fn a_quote_that_nobody_closes_costs_one_line() {
    let set = |day: u8, note: &str| {
        format!("a,2025-10-0{day} 09:05:00,,,Squat,,{note},0,normal,100,5,,,\n")
    };
    let text = format!(
        "{HEVY}\n{}{}{}{}",
        set(1, "\"two\nlines\""),
        set(2, "\"open"),
        set(3, "fine"),
        set(4, "fine")
    );
    let reading = read_text(Layout::Hevy, &text);
    let lines: Vec<_> = reading.lifts.iter().map(|set| (set.line, set.date.day())).collect();
    assert_eq!(lines, [(2, 1), (5, 3), (6, 4)]);
    assert_eq!(reading.problems.len(), 1);
    assert_eq!(reading.problems[0].line, 4);
    assert_eq!(reading.problems[0].accepted, "a row whose quotes are closed");
    let hopeless = format!("{HEVY}\n{}", set(2, "\"open").repeat(500));
    let reading = read_text(Layout::Hevy, &hopeless);
    assert!(reading.lifts.len() + reading.problems.len() <= 500);
}

#[test]
fn the_set_with_the_highest_e1rm_is_the_top_set() {
    let text = format!(
        "{HEVY}\n\
        a,2025-10-01 09:05:00,,,Squat,,,0,warmup,200,5,,,\n\
        a,2025-10-01 09:05:00,,,Squat,,,1,normal,100,5,,,\n\
        a,2025-10-01 09:05:00,,,Squat,,,2,normal,110,1,,,\n\
        a,2025-10-01 09:05:00,,,Squat,,,3,failure,98,6,,,\n\
        a,2025-10-01 09:05:00,,,Squat,,,4,normal,300,0,,,\n\
        a,2025-10-01 09:05:00,,,Squat,,,5,dropset,150,8,,,\n\
        a,2025-10-01 09:05:00,,,Pull Up,,,0,normal,,9,,,\n\
        a,2025-10-01 09:05:00,,,Pull Up,,,1,normal,,12,,,\n\
        a,2025-10-02 09:05:00,,,Squat,,,0,warmup,60,5,,,\n"
    );
    let reading = read_text(Layout::Hevy, &text);
    let (tops, left_out) = top_sets(reading.lifts.iter().map(|set| (set.exercise.as_str(), set)));
    let tops: Vec<_> = tops
        .values()
        .map(|&at| (reading.lifts[at].exercise.as_str(), reading.lifts[at].line))
        .collect();
    assert_eq!(tops, [("Pull Up", 9), ("Squat", 5)]);
    assert_eq!(left_out, LeftOut { warm_ups: 2, drops: 1, no_reps: 1, below_top: 3 });
}

#[test]
fn a_single_is_worth_its_weight() {
    let text = format!(
        "{HEVY}\n\
        a,2025-10-01 09:05:00,,,Squat,,,1,normal,102,1,,,\n\
        a,2025-10-01 09:05:00,,,Squat,,,2,normal,100,1,,,\n\
        a,2025-10-01 09:05:00,,,Squat,,,3,normal,96,2,,,\n"
    );
    let reading = read_text(Layout::Hevy, &text);
    let (tops, _) = top_sets(reading.lifts.iter().map(|set| ((), set)));
    // 96 kg for two is worth 102.4 kg.
    let lines: Vec<u64> = tops.values().map(|&at| reading.lifts[at].line).collect();
    assert_eq!(lines, [4]);
}

/// Bytes that get past the header, so that the rows are reached.
fn below(header: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let cell = prop_oneof![
        "[0-9.,+-]{0,8}",
        "20[0-9]{2}-[01][0-9]-[0-3][0-9]( [0-9:]{1,8})?",
        "[ -~]{0,12}",
        "\\PC{0,6}",
        Just("\"".to_owned()),
        Just("normal".to_owned()),
        Just("28 Mar 2025, 17:29".to_owned()),
    ];
    let row = proptest::collection::vec(cell, 0..16).prop_map(|cells| cells.join(",").into_bytes());
    let junk = proptest::collection::vec(any::<u8>(), 0..40);
    let rows = proptest::collection::vec(prop_oneof![3 => row, 1 => junk], 0..12);
    rows.prop_map(move |rows| {
        let mut bytes = header.as_bytes().to_vec();
        for row in rows {
            bytes.push(b'\n');
            bytes.extend(row);
        }
        bytes
    })
}

fn read_all(bytes: &[u8]) {
    let map = Map::parse(WIDE).expect("a map");
    let layouts =
        [Layout::Hevy, Layout::Strong, Layout::FitNotes, Layout::Weights, Layout::Mapped(&map)];
    for layout in layouts {
        for unit in [None, Some(MassUnit::Kg), Some(MassUnit::Lb)] {
            let settings = Settings { unit, ..settings() };
            let Ok(reading) = read(layout, bytes, &settings) else { continue };
            for set in &reading.lifts {
                let kg = set.weight.map_or(0.0, Mass::kg);
                assert!((0.0..1000.0).contains(&kg) && set.reps <= 99);
                assert!(!set.exercise.is_empty());
            }
            for weight in &reading.weights {
                assert!((30.0..=300.0).contains(&weight.kg));
            }
            let n_lines = bytes.split(|&byte| byte == b'\n').count() as u64;
            for problem in &reading.problems {
                assert!((2..=n_lines).contains(&problem.line), "{problem} of {n_lines}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_break_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes);
    }

    #[test]
    fn no_row_of_hevy_breaks_its_reader(bytes in below(HEVY)) {
        read_all(&bytes);
    }

    #[test]
    fn no_row_of_strong_breaks_its_reader(bytes in below(STRONG[0].0)) {
        read_all(&bytes);
    }

    #[test]
    fn no_row_of_fitnotes_breaks_its_reader(
        bytes in below("Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time,Comment")
    ) {
        read_all(&bytes);
    }

    #[test]
    fn no_row_of_weights_breaks_its_reader(bytes in below("date,weight,unit")) {
        read_all(&bytes);
    }

    #[test]
    fn no_row_of_a_wide_table_breaks_its_reader(
        bytes in below("date,exercise,equipment,variant,set1weight,set1reps,set2weight,set2reps")
    ) {
        read_all(&bytes);
    }

    #[test]
    fn no_text_breaks_the_reader_of_maps(text in "\\PC{0,200}") {
        drop(Map::parse(&text));
    }
}
