//! Each rule one below, at and above its boundary.

use jiff::civil::date;
use regiment_core::record::{Goal, Level, Mood, Severity};

use super::*;
use crate::history::{CheckinRow, Outcome};
use crate::testing::{checkin, client, history, missed_checkin};

use Outcome::{Completed, Missed};

/// The last closed date of every test; the week is 94..=100.
const D: Day = 100;

/// What the default policy says of a client.
fn verdict(client: &ClientHistory, known: &Known) -> Verdict {
    let history = history([client.clone()]);
    check(&history.clients[0], &history.exercises, D, &FlagPolicy::default(), known)
}

fn flags(client: &ClientHistory) -> Vec<String> {
    let verdict = verdict(client, &Known::default());
    verdict.flags.iter().map(|finding| finding.evidence.flag.to_string()).collect()
}

fn wins(client: &ClientHistory) -> Vec<String> {
    verdict(client, &Known::default()).wins.into_iter().map(|win| win.name.0).collect()
}

#[track_caller]
fn check_flag(client: &ClientHistory, flag: &str, expected: bool) {
    let flags = flags(client);
    assert_eq!(flags.iter().any(|found| found == flag), expected, "{flags:?}");
}

#[track_caller]
fn check_win(client: &ClientHistory, win: &str, expected: bool) {
    let wins = wins(client);
    assert_eq!(wins.iter().any(|found| found == win), expected, "{wins:?}");
}

/// The finding behind a flag.
#[track_caller]
fn finding(client: &ClientHistory, flag: &str) -> Finding {
    let flags = verdict(client, &Known::default()).flags;
    flags.into_iter().find(|found| found.evidence.flag.to_string() == flag).expect("raised")
}

fn goal(goal: Goal) -> ClientHistory {
    client("7").who(|profile| profile.goal = goal)
}

/// A client who weighs in on some days.
fn weighing(goal: Goal, weigh_ins: impl IntoIterator<Item = (Day, f64)>) -> ClientHistory {
    let rows = weigh_ins.into_iter().map(|(day, kg)| checkin(day, kg));
    rows.fold(self::goal(goal), ClientHistory::with_checkin)
}

/// A client whose check-ins of the week's first days were changed.
fn saying(n_days: Day, change: impl Fn(&mut CheckinRow)) -> ClientHistory {
    (94..=100).fold(client("7"), |client, day| {
        let mut row = checkin(day, None);
        if day < 94 + n_days {
            change(&mut row);
        }
        client.with_checkin(row)
    })
}

/// A client with sets of five of one exercise.
fn lifting(sets: impl IntoIterator<Item = (Day, f64)>) -> ClientHistory {
    sets.into_iter().fold(client("7"), |client, (day, kg)| client.with_set(day, 0, Some((kg, 5))))
}

#[test]
fn a_client_is_scanned_who_was_under_orders_all_week() {
    let starting = |start| client("7").who(|profile| profile.start = start);
    assert!(is_scanned(&starting(94), D) && !is_scanned(&starting(95), D));
    assert!(!is_scanned(&client("7").who(|profile| profile.paused = true), D));
    let history = history([client("9"), starting(95), client("80")]);
    let nothing = Known::default();
    let found = check_all(&history, D, &FlagPolicy::default(), |_| &nothing);
    let ids: Vec<_> = found.iter().map(|(client, _)| client.profile.user_id.to_string()).collect();
    assert_eq!(ids, ["80", "9"]);
}

#[test]
fn two_meals_missed_within_two_dates_are_soft_compliance() {
    let flag = "soft_compliance";
    check_flag(&client("7").with_meals(97, &[Missed, Completed]), flag, false);
    check_flag(&client("7").with_meals(97, &[Missed, Missed]), flag, true);
    let apart = |day| client("7").with_meals(95, &[Missed]).with_meals(day, &[Missed]);
    check_flag(&apart(96), flag, true);
    check_flag(&apart(97), flag, false);
    // The date before the week's first does not count.
    let edge = |day| client("7").with_meals(day, &[Missed]).with_meals(day + 1, &[Missed]);
    check_flag(&edge(93), flag, false);
    check_flag(&edge(94), flag, true);
    check_flag(&edge(100), flag, false);
    let evidence = finding(&apart(96), flag).evidence;
    assert_eq!(evidence.numbers["missed_meals"].to_bits(), 2.0_f64.to_bits());
    assert_eq!(evidence.dates.len(), 2);
}

#[test]
fn under_four_meals_in_five_is_low_compliance() {
    let flag = "meal_compliance_low";
    let meals = |done: usize, missed: usize| {
        let outcomes = [vec![Completed; done], vec![Missed; missed]].concat();
        client("7").with_meals(98, &outcomes)
    };
    check_flag(&meals(8, 2), flag, false);
    check_flag(&meals(7, 2), flag, true);
    check_flag(&meals(9, 2), flag, false);
    // Six meals are too few to judge, seven are not.
    check_flag(&meals(0, 6), flag, false);
    check_flag(&meals(5, 2), flag, true);
}

#[test]
fn two_dates_with_a_missed_set_are_training_inconsistency() {
    let flag = "training_inconsistency";
    let one_date = client("7").with_set(94, 0, None).with_set(94, 1, None);
    check_flag(&one_date, flag, false);
    check_flag(&one_date.clone().with_set(93, 0, None), flag, false);
    let two_dates = one_date.with_set(100, 0, None);
    check_flag(&two_dates, flag, true);
    let numbers = finding(&two_dates, flag).evidence.numbers;
    assert_eq!((numbers["missed_dates"], numbers["missed_sets"]), (2.0, 3.0));
}

#[test]
fn two_missed_checkins_are_non_responding() {
    let flag = "non_responding_client";
    let missing = |days: &[Day]| {
        days.iter().fold(client("7"), |client, day| client.with_checkin(missed_checkin(*day)))
    };
    check_flag(&missing(&[94]), flag, false);
    check_flag(&missing(&[93, 94]), flag, false);
    check_flag(&missing(&[94, 100]), flag, true);
}

#[test]
fn three_dates_of_short_cardio_violate_grit() {
    let flag = "grit_violation";
    let two = client("7").with_cardio(94, None).with_cardio(95, Some(29));
    check_flag(&two, flag, false);
    check_flag(&two.clone().with_cardio(96, Some(30)), flag, false);
    check_flag(&two.clone().with_cardio(93, None), flag, false);
    check_flag(&two.clone().with_cardio(96, Some(0)), flag, true);
    let evidence = finding(&two.with_cardio(96, None), flag).evidence;
    assert_eq!((evidence.numbers["missed"], evidence.numbers["cut_short"]), (2.0, 1.0));
}

#[test]
fn cardio_cut_short_on_five_of_ten_dates_is_underperformance() {
    let flag = "cardio_underperformance";
    let short = |days: &[Day]| {
        days.iter().fold(client("7"), |client, day| client.with_cardio(*day, Some(20)))
    };
    check_flag(&short(&[91, 92, 93, 94]), flag, false);
    check_flag(&short(&[91, 92, 93, 94]).with_cardio(95, None), flag, false);
    check_flag(&short(&[90, 91, 92, 93, 94]), flag, false);
    check_flag(&short(&[91, 92, 93, 94, 100]), flag, true);
    check_flag(&short(&[91, 92, 93, 94, 101]), flag, false);
}

#[test]
fn three_attempts_that_beat_nothing_are_a_stall() {
    let flag = "stalled_lift:ex_bp_001";
    check_flag(&lifting([(86, 100.0), (93, 100.0), (100, 100.0)]), flag, false);
    check_flag(&lifting([(79, 100.0), (86, 100.0), (93, 100.0), (100, 100.0)]), flag, true);
    check_flag(&lifting([(79, 100.0), (86, 100.0), (93, 100.5), (100, 100.0)]), flag, false);
    check_flag(&lifting([(79, 101.0), (86, 100.0), (93, 100.5), (100, 100.0)]), flag, true);
    // Progress within rounding is none.
    check_flag(&lifting([(79, 100.0), (86, 100.0), (93, 100.0 + 1e-8), (100, 100.0)]), flag, true);
    check_flag(&lifting([(79, 100.0), (86, 100.0), (93, 100.0 + 1e-6), (100, 100.0)]), flag, false);
    // The window reaches back to D-41, and a set without added weight is no attempt.
    check_flag(&lifting([(58, 100.0), (86, 100.0), (93, 100.0), (100, 100.0)]), flag, false);
    check_flag(&lifting([(59, 100.0), (86, 100.0), (93, 100.0), (100, 100.0)]), flag, true);
    check_flag(&lifting([(79, 0.0), (86, 100.0), (93, 100.0), (100, 100.0)]), flag, false);
}

#[test]
fn a_lift_that_cannot_be_shown_to_rise_is_a_plateau() {
    let flag = "lift_plateau:ex_bp_001";
    let sessions = |n: Day, step: Day| (0..n).map(move |k| (D - step * (n - 1 - k), 100.0));
    check_flag(&lifting(sessions(9, 6)), flag, false);
    check_flag(&lifting(sessions(10, 5)), flag, true);
    // The first and the last of ten are 42 days apart, then 41.
    let spread = |first| lifting(sessions(9, 4).chain([(first, 100.0)]));
    check_flag(&spread(58), flag, true);
    check_flag(&spread(59), flag, false);
    // The window reaches back to D-83.
    check_flag(&lifting(sessions(9, 5).chain([(17, 100.0)])), flag, true);
    check_flag(&lifting(sessions(9, 5).chain([(16, 100.0)])), flag, false);
    // 0.25% of the mean a week, less a little and more a little.
    let rising = |percent: f64| {
        let per_day = percent / 100.0 * 100.0 / 7.0;
        lifting(sessions(12, 7).map(|(day, kg)| (day, kg + per_day * (f64::from(day) - 61.5))))
    };
    check_flag(&rising(0.249), flag, true);
    check_flag(&rising(0.251), flag, false);
    let evidence = finding(&rising(0.1), flag).evidence;
    assert!((evidence.numbers["percent_per_week"] - 0.1).abs() < 1e-9, "{evidence:?}");
    assert_eq!(evidence.detail, "ex_bp_001");
}

/// Two weeks of meals and weigh-ins along a line of `change` kg in all around 100 kg.
fn steady(goal: Goal, change: f64) -> ClientHistory {
    let weigh_ins =
        (87..=100).map(|day| (day, 100.0 + change * (f64::from(day - 87) / 13.0 - 0.5)));
    let client = weighing(goal, weigh_ins);
    (87..=100).fold(client, |client, day| client.with_meals(day, &[Completed]))
}

#[test]
fn a_weight_that_stands_still_under_full_compliance_stalls() {
    let flag = "weight_stall";
    for goal in [Goal::Cut, Goal::Bulk] {
        check_flag(&steady(goal, 0.2499), flag, true);
        check_flag(&steady(goal, -0.2499), flag, true);
        check_flag(&steady(goal, 0.25), flag, false);
        check_flag(&steady(goal, -0.2501), flag, false);
    }
    check_flag(&steady(Goal::Recomp, 0.0), flag, false);
    check_flag(&steady(Goal::Cut, 0.0).with_meals(90, &[Missed]), flag, false);
    check_flag(&steady(Goal::Cut, 0.0).with_meals(86, &[Missed]), flag, true);
    let without = |from: Day, meals: Day| {
        let mut client = steady(Goal::Cut, 0.0);
        client.checkins.retain(|row| row.day >= from);
        client.meals.retain(|row| row.day >= meals);
        client
    };
    check_flag(&without(91, 87), flag, true);
    check_flag(&without(92, 87), flag, false);
    check_flag(&without(87, 88), flag, false);
}

/// A week of weigh-ins along a line of `change` kg in all around 100 kg.
fn week_of(goal: Goal, change: f64) -> ClientHistory {
    weighing(goal, (94..=100).map(|day| (day, 100.0 + change * (f64::from(day - 97) / 6.0))))
}

#[test]
fn a_rise_on_a_cut_above_a_quarter_percent_fails_it() {
    let flag = "cut_failure";
    check_flag(&week_of(Goal::Cut, 0.2499), flag, false);
    check_flag(&week_of(Goal::Cut, 0.25), flag, false);
    check_flag(&week_of(Goal::Cut, 0.2501), flag, true);
    check_flag(&week_of(Goal::Bulk, 0.3), flag, false);
    let few = |n: Day| weighing(Goal::Cut, (0..n).map(|k| (97 + k, 90.0 + f64::from(k))));
    check_flag(&few(3), flag, false);
    check_flag(&few(4), flag, true);
    let numbers = finding(&week_of(Goal::Cut, 0.5), flag).evidence.numbers;
    assert!((numbers["change_percent"] - 0.5).abs() < 1e-9, "{numbers:?}");
}

#[test]
fn a_rise_on_a_cut_with_a_missed_checkin_is_unreported() {
    let flag = "unreported_gain";
    let rising = |missed: &[Day]| {
        let days = (94..=100).filter(|day| !missed.contains(day));
        let client = weighing(Goal::Cut, days.map(|day| (day, 90.0 + 0.1 * f64::from(day - 94))));
        missed.iter().fold(client, |client, day| client.with_checkin(missed_checkin(*day)))
    };
    check_flag(&rising(&[]), flag, false);
    check_flag(&rising(&[95]), flag, true);
    check_flag(&rising(&[93]), flag, false);
    assert_eq!(verdict(&rising(&[95]), &Known::default()).action, CardAction::Escalate);
}

#[test]
fn a_fall_on_a_bulk_below_a_quarter_percent_fails_it() {
    let flag = "bulk_failure";
    check_flag(&week_of(Goal::Bulk, -0.2499), flag, false);
    check_flag(&week_of(Goal::Bulk, -0.25), flag, false);
    check_flag(&week_of(Goal::Bulk, -0.2501), flag, true);
    check_flag(&week_of(Goal::Cut, -0.3), flag, false);
}

#[test]
fn a_loss_above_one_and_a_half_percent_a_week_is_not_safe() {
    let flag = "rapid_weight_loss";
    let losing = |per_week: f64, n: Day| {
        let days = (101 - n)..=100;
        let middle = 100.0 - f64::from(n - 1) / 2.0;
        let kg = |day: Day| 100.0 - per_week / 6.0 * (f64::from(day) - middle);
        weighing(Goal::Recomp, days.map(|day| (day, kg(day))))
    };
    check_flag(&losing(1.499, 14), flag, false);
    check_flag(&losing(1.5, 14), flag, false);
    check_flag(&losing(1.501, 14), flag, true);
    check_flag(&losing(2.0, 7), flag, false);
    check_flag(&losing(2.0, 8), flag, true);
    let finding = finding(&losing(2.0, 14), flag);
    assert_eq!(finding.severity, Severity::Critical);
    assert!(finding.evidence.flag.is_safety());
    assert_eq!(verdict(&losing(2.0, 14), &Known::default()).action, CardAction::Escalate);
}

#[test]
fn bad_mood_three_dates_in_a_row_or_four_low_dates_is_a_drop() {
    let flag = "mood_drop";
    let bad = |row: &mut CheckinRow| row.mood = Some(Mood::Bad);
    let stressed = |row: &mut CheckinRow| row.stress = Some(Level::High);
    check_flag(&saying(2, bad), flag, false);
    check_flag(&saying(3, bad), flag, true);
    check_flag(&saying(3, stressed), flag, false);
    check_flag(&saying(4, stressed), flag, true);
    // A date without a check-in breaks the run.
    let mut gap = saying(4, bad);
    gap.checkins.remove(1);
    check_flag(&gap, flag, false);
    let mut both = saying(4, stressed);
    both.checkins[0].mood = Some(Mood::Bad);
    check_flag(&both, flag, true);
    both.checkins[3].stress = Some(Level::Medium);
    check_flag(&both, flag, false);
}

#[test]
fn soreness_counts_beside_a_plateau_or_missed_training() {
    let flag = "recovery_risk";
    let sore = |n| saying(n, |row| row.soreness = Some(Level::High));
    let missing = |client: ClientHistory| client.with_set(95, 0, None).with_set(97, 0, None);
    check_flag(&sore(3), flag, false);
    check_flag(&missing(sore(2)), flag, false);
    check_flag(&missing(sore(3)), flag, true);
    check_flag(&sore(3).with_set(95, 0, None), flag, false);
    let even = (0..10).map(|k| (55 + 5 * k, 0, Some((100.0, 5))));
    let even = even.fold(sore(3), |client, (day, lift, set)| client.with_set(day, lift, set));
    check_flag(&even, flag, true);
    assert_eq!(finding(&even, flag).evidence.detail, "lift_plateau:ex_bp_001");
    assert_eq!(verdict(&even, &Known::default()).action, CardAction::Reassign);
}

#[test]
fn six_logs_in_three_dates_and_all_missed_is_silence() {
    let flag = "silent_client";
    let five = client("7").with_meals(98, &[Missed; 3]).with_cardio(99, None).with_set(98, 0, None);
    check_flag(&five, flag, false);
    check_flag(&five.clone().with_checkin(missed_checkin(97)), flag, false);
    let six = five.with_checkin(missed_checkin(100));
    check_flag(&six, flag, true);
    check_flag(&six.clone().with_checkin(checkin(99, None)), flag, false);
    check_flag(&six.with_cardio(100, Some(1)), flag, false);
}

/// A week in which everything was done.
fn perfect() -> ClientHistory {
    (97..=100).fold(client("7"), |client, day| {
        client
            .with_meals(day, &[Completed])
            .with_cardio(day, Some(30))
            .with_checkin(checkin(day, 90.0))
    })
}

#[test]
fn a_week_without_a_miss_is_perfect_where_there_is_enough_of_it() {
    let win = "perfect_week";
    check_win(&perfect(), win, true);
    check_win(&perfect().with_set(98, 0, None), win, false);
    check_win(&perfect().with_set(98, 0, Some((60.0, 5))), win, true);
    check_win(&perfect().with_meals(94, &[Missed]), win, false);
    check_win(&perfect().with_meals(93, &[Missed]), win, true);
    check_win(&perfect().with_cardio(96, Some(29)), win, false);
    check_win(&perfect().with_checkin(missed_checkin(96)), win, false);
    let without = |change: fn(&mut ClientHistory)| {
        let mut client = perfect();
        change(&mut client);
        client
    };
    check_win(&without(|client| client.meals.truncate(3)), win, false);
    check_win(&without(|client| client.checkins.truncate(3)), win, false);
    check_win(&without(|client| client.cardio.clear()), win, false);
    let unassigned = without(|client| client.cardio.clear()).who(|p| p.cardio_minutes = 0);
    check_win(&unassigned, win, true);
}

#[test]
fn a_change_within_the_band_of_the_goal_is_on_target() {
    let win = "weight_on_target";
    for (goal, change, expected) in [
        (Goal::Cut, -1.5001, false),
        (Goal::Cut, -1.5, true),
        (Goal::Cut, -0.25, true),
        (Goal::Cut, -0.2499, false),
        (Goal::Bulk, 0.0999, false),
        (Goal::Bulk, 0.1, true),
        (Goal::Bulk, 0.5, true),
        (Goal::Bulk, 0.5001, false),
        (Goal::Recomp, -0.5, false),
    ] {
        check_win(&week_of(goal, change), win, expected);
    }
    let few = |n: Day| weighing(Goal::Cut, (0..n).map(|k| (97 + k, 90.0 - 0.1 * f64::from(k))));
    check_win(&few(3), win, false);
    check_win(&few(4), win, true);
}

#[test]
fn a_best_of_the_week_above_all_before_is_a_record() {
    let win = "personal_record:ex_bp_001";
    check_win(&lifting([(100, 100.0)]), win, false);
    check_win(&lifting([(93, 100.0), (100, 100.0)]), win, false);
    check_win(&lifting([(93, 100.0), (100, 100.0 + 1e-8)]), win, false);
    check_win(&lifting([(93, 100.0), (94, 100.5)]), win, true);
    check_win(&lifting([(1, 101.0), (93, 100.0), (100, 100.5)]), win, false);
    check_win(&lifting([(93, 0.0), (100, 100.0)]), win, false);
    check_win(&lifting([(94, 100.0), (100, 100.5)]), win, false);
    // One repetition is its own maximum, and more repetitions count for more.
    let single = |reps| lifting([(93, 100.0)]).with_set(100, 0, Some((115.0, reps)));
    check_win(&single(1), win, false);
    check_win(&single(2), win, true);
}

#[test]
fn a_plan_that_nobody_chose_is_told_within_a_week_of_the_cycle() {
    // Day 100 is 1970-04-11.
    for (cycle, expected) in [
        (None, false),
        (Some(date(1970, 4, 14)), true),
        (Some(date(1970, 4, 18)), true),
        (Some(date(1970, 4, 19)), false),
        (Some(date(1970, 4, 10)), false),
    ] {
        let known = Known { unanswered_cycle: cycle, ..Known::default() };
        let flags = verdict(&client("7"), &known).flags;
        assert_eq!(flags.len(), usize::from(expected), "{cycle:?}");
        assert!(flags.iter().all(|found| found.evidence.flag.to_string() == "no_response"));
    }
}

#[test]
fn rows_of_the_week_in_quarantine_are_told() {
    let row = |month, day, what: &str| QuarantinedRow {
        date: date(1970, month, day),
        what: what.to_owned(),
    };
    let known = |quarantined| Known { quarantined, ..Known::default() };
    let outside = known(vec![row(4, 4, "early"), row(4, 12, "late")]);
    assert_eq!(verdict(&client("7"), &outside).flags, []);
    let within =
        known(vec![row(4, 11, "line 9: reps must be 1 to 99"), row(4, 5, "line 2: no date")]);
    let found = verdict(&client("7"), &within);
    let [finding] = &found.flags[..] else { panic!("one flag") };
    assert_eq!(finding.evidence.flag.to_string(), "flag_parse_error");
    assert_eq!(finding.evidence.detail, "line 2: no date; line 9: reps must be 1 to 99");
    assert_eq!((finding.severity, found.action), (Severity::Low, CardAction::None));
}

#[test]
fn flags_stand_in_the_order_of_their_names() {
    let client = client("7")
        .with_set(95, 2, None)
        .with_set(97, 0, None)
        .with_meals(97, &[Missed; 7])
        .with_checkin(missed_checkin(98))
        .with_checkin(missed_checkin(99));
    let mut sorted = flags(&client);
    sorted.sort();
    assert_eq!(flags(&client), sorted);
    assert!(sorted.len() >= 4, "{sorted:?}");
}

#[test]
fn the_rules_look_back_as_far_as_the_longest_window() {
    let mut policy = FlagPolicy::default();
    assert_eq!(lookback(&policy), 14);
    policy.silent_client.days = 20;
    assert_eq!(lookback(&policy), 20);
}
