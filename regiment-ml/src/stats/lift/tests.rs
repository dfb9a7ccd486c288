use super::*;
use crate::chance::Draws;
use crate::eval::planted::life;
use crate::history::Outcome;
use crate::testing::client;

fn set(weight_kg: Option<f64>, reps: Option<i32>, outcome: Outcome) -> SetRow {
    SetRow { day: 0, at: 0, exercise: 0, outcome, weight_kg, reps }
}

/// A lift whose single repetitions have the given weights, one session every `step` days from day 0.
fn singles(weights: &[f64], step: Day) -> ClientHistory {
    (0..)
        .zip(weights)
        .fold(client("7"), |client, (n, kg)| client.with_set(n * step, 0, Some((*kg, 1))))
}

#[test]
fn e1rm_is_epleys_up_to_twelve_repetitions() {
    let done = |weight, reps| e1rm(&set(Some(weight), Some(reps), Outcome::Completed));
    assert_eq!(done(100.0, 1), Some(100.0));
    assert_eq!(done(90.0, 10), Some(120.0));
    assert_eq!(done(100.0, 12), Some(140.0));
    assert_eq!(done(100.0, 13), None);
    assert_eq!(done(0.0, 5), None);
    assert_eq!(e1rm(&set(None, None, Outcome::Missed)), None);
}

#[test]
fn eleven_sessions_are_too_few_and_twelve_make_a_trend() {
    let too_few = trend(&singles(&[100.0; 11], 3), 0, 40).unwrap_err();
    assert_eq!(too_few, TooLittle { what: "sessions", have: 11, need: 12 });
    assert_eq!(too_few.to_string(), "11 sessions, and 12 are needed");
    assert_eq!(trend(&singles(&[100.0; 12], 3), 0, 40).unwrap().sessions, 12);
    assert_eq!(trend(&singles(&[100.0; 20], 3), 0, 60).unwrap().sessions, 16);
}

#[test]
fn a_lift_that_was_not_trained_for_four_weeks_has_no_trend() {
    let client = singles(&[100.0; 12], 3);
    assert!(trend(&client, 0, 33 + 27).is_ok());
    assert!(trend(&client, 0, 33 + 28).is_err());
}

#[test]
fn a_steady_gain_is_measured_to_the_number() {
    // 100 kg and half a kilogram more each week; the mean is 102.75.
    let weights: Vec<f64> = (0..12).map(|week| 100.0 + 0.5 * f64::from(week)).collect();
    let trend = trend(&singles(&weights, 7), 0, 77).unwrap();
    assert!((trend.percent_per_week - 50.0 / 102.75).abs() < 1e-9, "{trend:?}");
    assert!((trend.low - trend.high).abs() < 1e-9);
    assert!((trend.e1rm_kg - 105.5).abs() < 1e-9);
    assert_eq!(trend.window, 0..=77);
    assert!(trend.is_progressing() && !trend.is_stalled());
}

#[test]
fn the_upper_limit_decides_below_the_target_alone() {
    for (percent, stalled) in [(0.24, true), (0.26, false)] {
        let weights: Vec<f64> =
            (0..13).map(|week| 100.0 * (1.0 + percent / 100.0 * f64::from(week - 6))).collect();
        let trend = trend(&singles(&weights, 7), 0, 84).unwrap();
        assert_eq!(trend.is_stalled(), stalled, "{trend:?}");
    }
}

#[test]
fn each_limit_is_passed_one_time_in_five() {
    let (mut below, mut above) = (0, 0);
    for stream in 0..2_000 {
        let mut draws = Draws::new(11, stream);
        let client = life::lifting(16, 0.5, 0.04, &mut draws);
        let trend = trend(&client, 0, client.sets[15].day).unwrap();
        // The mean e1RM is that of the middle of the seven and a half weeks, 1.8% up.
        let truth = 0.5 / 1.018;
        below += usize::from(truth < trend.low);
        above += usize::from(truth > trend.high);
    }
    for passed in [below, above] {
        let share = count(passed) / 2_000.0;
        assert!((0.17..0.23).contains(&share), "{share}");
    }
}

#[test]
fn the_best_set_of_a_day_is_the_session() {
    let one = singles(&[100.0; 12], 3);
    let two = (0..12).fold(one.clone(), |client, n| client.with_set(n * 3, 0, Some((60.0, 5))));
    assert_eq!(trend(&one, 0, 40), trend(&two, 0, 40));
}

#[test]
fn a_finding_says_where_trend_and_attempts_contradict_each_other() {
    let exercises = [Exercise { id: "ex_bp_001".to_owned(), name: "Bench Press".to_owned() }];
    // Gains all along, and the last three sessions are no best.
    let mut gains: Vec<f64> = (0..16).map(|n| 100.0 + f64::from(n)).collect();
    gains[12] = 118.0;
    let client = singles(&gains, 3);
    let [finding] = &findings(&client, &exercises, 45)[..] else { panic!("one finding") };
    assert_eq!(finding.evidence.flag.to_string(), "lift_plateau:ex_bp_001");
    assert_eq!(finding.evidence.numbers["contradicts_stalled_lift"].to_bits(), 1.0_f64.to_bits());
    assert!(finding.evidence.detail.contains("gains, though"), "{}", finding.evidence.detail);
    // Stands still, and yet the last session is a best by a hair.
    let mut stalls = vec![100.0; 16];
    stalls[15] = 100.1;
    let client = singles(&stalls, 3);
    let [finding] = &findings(&client, &exercises, 45)[..] else { panic!("one finding") };
    assert!(finding.evidence.detail.contains("stands still, though"), "{finding:?}");
    // Gains and says so every time: nothing to tell.
    let gains: Vec<f64> = (0..16).map(|n| 100.0 + f64::from(n)).collect();
    assert_eq!(findings(&singles(&gains, 3), &exercises, 45), []);
}
