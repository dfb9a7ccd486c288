use regiment_core::simulate::tour::{Span, serve};
use regiment_core::testing::at;
use regiment_core::{Library, Policy};

use super::*;
use crate::anomaly::SignKind;
use crate::frame::Frames;

/// People of the simulated company, who log what they did.
fn company(seed: u64, people: u32, days: u32) -> History {
    let begins = at("2026-01-01T00:00:00Z");
    let until = begins + jiff::Span::new().hours(i64::from(days) * 24);
    let span = Span { seed, begins, until, recruiting_days: 1 };
    let (policy, library) = (Policy::default(), Library::built_in());
    let (mut clients, mut logs) = (Vec::new(), Vec::new());
    for index in 0..people {
        let service = serve(index, span, &policy, &library);
        clients.extend(service.client);
        logs.extend(service.logs.into_values());
    }
    History::of(&Frames::of_records(&clients, &logs)).expect("frames of records")
}

#[test]
fn a_weight_that_stands_still_is_found_and_one_that_falls_is_not() {
    for seed in [1, 2, 3] {
        let rates = weight_stalls(seed);
        println!("{rates:?}");
        assert!(rates.recall >= 0.85, "{rates:?}");
        assert!(rates.false_alarms <= 0.02, "{rates:?}");
    }
}

#[test]
fn a_lift_that_stands_still_is_found_more_often_than_one_that_gains() {
    for seed in [1, 2, 3] {
        let rates = lift_stalls(seed);
        let attempts = lift_stalls_by_attempts(seed);
        println!("{rates:?} {attempts:?}");
        assert!(rates.recall >= 0.35, "{rates:?}");
        assert!(rates.false_alarms <= 0.10, "{rates:?}");
        // The rule of attempts fires for most who progress: that is why the trend stands beside it.
        assert!(attempts.false_alarms > 0.3, "{attempts:?}");
    }
}

#[test]
fn falsified_logs_are_raised_and_clean_ones_are_not() {
    let clean = company(1, 40, 75);
    let mut seen = BTreeMap::<SignKind, usize>::new();
    for client in &clean.clients {
        for as_of in weeks(client) {
            for sign in anomaly::assess(client, as_of).signs {
                *seen.entry(sign.kind).or_default() += 1;
            }
        }
    }
    println!("signs in clean client-weeks: {seen:?}");
    let rates = falsified_logs(&clean, 1);
    println!("{rates:#?}");
    assert!(rates.all.clean >= 120, "{rates:?}");
    assert!(rates.all.recall >= 0.8, "{rates:?}");
    assert!(rates.all.false_alarms <= 0.02, "{rates:?}");
    assert_eq!(rates.by_kind.len(), Falsehood::ALL.len(), "{rates:?}");
}

#[test]
fn notes_of_injuries_are_raised_and_their_denials_are_not() {
    let rates = injury_notes();
    assert!(rates.planted >= 100 && rates.clean >= 400, "{rates:?}");
    assert!(rates.recall >= 0.90, "{rates:?}");
    assert!(rates.precision() >= 0.85, "{rates:?}");
}

#[test]
fn precision_counts_what_was_raised() {
    // Two of four found, one of three raised all the same.
    let rates = Rates::of(&[true, true, false, false], &[true, false, false]);
    assert!((rates.precision() - 2.0 / 3.0).abs() < 1e-12);
    assert!((Rates::of(&[false], &[]).precision() - 1.0).abs() < 1e-12);
}

#[test]
fn the_table_has_a_line_for_each_detector_and_says_where_nothing_was_planted() {
    let planted = measure(&History::default(), 1);
    let table = planted.markdown();
    println!("{table}");
    for name in ["lift trend", "three attempts", "weight trend", "falsified logs", "injury"] {
        let line = table.lines().find(|line| line.starts_with('|') && line.contains(name));
        assert!(line.is_some(), "{name}: {table}");
    }
    let nothing = table.lines().find(|line| line.contains("falsified logs")).unwrap();
    assert!(nothing.contains("| none |"), "{nothing}");
    let back: Planted = serde_json::from_str(&serde_json::to_string(&planted).unwrap()).unwrap();
    assert_eq!(back, planted);
    assert_eq!(measure(&History::default(), 1), planted, "the same seed gives the same figures");
}
