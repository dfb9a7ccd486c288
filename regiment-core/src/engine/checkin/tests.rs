use super::*;
use crate::{
    Outcome,
    calendar::days_after,
    measure::BodyWeight,
    record::{Cause, DoneOrMissed, Mood, Note, Status},
    testing::{at, date, dossier, report, user, zone},
};

const DAY: &str = "2026-03-04";

fn by_client(now: &str) -> Submission {
    Submission::at(at(now), Actor::Client(user("7")))
}

fn coach() -> Actor {
    Actor::Coach("c".to_owned())
}

/// A week of weigh-ins before [`DAY`], the order of that day open.
fn weighed(weights: &[f64]) -> Dossier {
    let first = days_before(date(DAY), i64::try_from(weights.len()).unwrap());
    weights.iter().zip(0..).fold(dossier("7").with_checkin_order(DAY), |dossier, (weight, n)| {
        dossier.with_checkin(&days_after(first, n).to_string(), Some(report(*weight)))
    })
}

fn answer(dossier: &Dossier, weight: f64) -> Answer {
    let submission = by_client("2026-03-04T06:30:00Z");
    log(dossier, &Policy::default(), date(DAY), Some(report(weight)), &submission).unwrap()
}

fn recorded(effects: &[Effect]) -> &CheckinLog {
    let [Effect::Record(Entry { log: Log::Checkin(log), .. })] = effects else {
        panic!("not one check-in: {effects:?}")
    };
    log
}

fn is_odd(dossier: &Dossier, weight: f64) -> bool {
    match answer(dossier, weight) {
        Answer::Accepted(effects) => {
            assert_eq!(recorded(&effects).report.as_ref().unwrap().trusted_weight(), Some(weight));
            false
        }
        Answer::Confirm { effects, .. } => {
            assert!(recorded(&effects).report.as_ref().unwrap().weight_unconfirmed);
            true
        }
    }
}

#[test]
fn a_drop_asks_until_noon_of_the_clients_day() {
    let mut dossier = dossier("7");
    dossier.client.timezone_offset = zone("Asia/Kathmandu");
    let decision = drop(&dossier, &Policy::default(), date(DAY), at("2026-03-03T23:45:00Z"));
    let Some(Effect::Issue(order)) = decision.effects.first() else { panic!("no order") };
    assert_eq!((&order.ordered, order.deadline), (&Ordered::Checkin, at("2026-03-04T06:15:00Z")));
    dossier.client.status = Status::Pending;
    let gated = drop(&dossier, &Policy::default(), date(DAY), at("2026-03-03T23:45:00Z"));
    assert_eq!(gated, Decision::skip(Outcome::SkippedNotActive));
}

#[test]
fn a_check_in_is_taken_until_noon() {
    let dossier = dossier("7").with_checkin_order(DAY);
    let at_time =
        |now| log(&dossier, &Policy::default(), date(DAY), Some(report(80.0)), &by_client(now));
    assert!(at_time("2026-03-04T11:59:59.999999Z").is_ok());
    let refused = at_time("2026-03-04T12:00:00Z").unwrap_err();
    assert_eq!(refused.to_string(), "the 12:00 deadline of 2026-03-04 has passed");
}

#[test]
fn a_weight_more_than_5_percent_off_the_median_asks() {
    let dossier = weighed(&[80.0; 7]);
    assert!(!is_odd(&dossier, 84.0)); // 5% exactly
    assert!(is_odd(&dossier, 84.1));
    assert!(!is_odd(&dossier, 76.0));
    assert!(is_odd(&dossier, 75.9));
    let Answer::Confirm { median, .. } = answer(&dossier, 90.0) else { panic!("not asked") };
    assert!((median - 80.0).abs() < 1e-12);
}

#[test]
fn the_median_is_of_the_last_seven_days_trusted_weights() {
    // Between the 3rd and the 4th of an even number.
    assert!(!is_odd(&weighed(&[70.0, 80.0, 90.0, 100.0]), 89.2));
    assert!(is_odd(&weighed(&[70.0, 80.0, 90.0, 100.0]), 89.3));
    // The eighth day back is out.
    let old = dossier("7").with_checkin_order(DAY).with_checkin("2026-02-24", Some(report(60.0)));
    assert!(!is_odd(&old, 100.0));
    let recent = old.with_checkin("2026-02-25", Some(report(60.0)));
    assert!(is_odd(&recent, 100.0));
    // An unconfirmed weight and a miss say nothing.
    let unconfirmed = CheckinReport { weight_unconfirmed: true, ..report(60.0) };
    let silent = dossier("7")
        .with_checkin_order(DAY)
        .with_checkin("2026-03-03", Some(unconfirmed))
        .with_checkin("2026-03-02", None);
    assert!(!is_odd(&silent, 100.0));
}

#[test]
fn the_first_weight_of_all_is_taken_as_it_is() {
    assert!(!is_odd(&dossier("7").with_checkin_order(DAY), 150.0));
}

#[test]
fn a_confirmed_weight_is_not_asked_about_again() {
    let mut dossier = weighed(&[80.0; 7]);
    let Answer::Confirm { effects, .. } = answer(&dossier, 90.0) else { panic!("not asked") };
    dossier.apply(&effects[0]);
    assert!(is_odd(&dossier, 90.0));
    let confirmed =
        confirm(&dossier, date(DAY), Actor::Client(user("7")), at("2026-03-04T15:00:00Z"));
    dossier.apply(&confirmed.unwrap()[0]);
    assert!(!is_odd(&dossier, 90.0));
    assert!(is_odd(&dossier, 90.1));
}

#[test]
fn client_or_coach_confirm_an_odd_weight_also_after_noon() {
    let mut dossier = weighed(&[80.0; 7]);
    let Answer::Confirm { effects, .. } = answer(&dossier, 90.0) else { panic!("not asked") };
    dossier.apply(&effects[0]);
    for by in [Actor::Client(user("7")), coach(), Actor::Admin("a".to_owned())] {
        let effects = confirm(&dossier, date(DAY), by, at("2026-03-06T15:00:00Z")).unwrap();
        let log = recorded(&effects);
        assert_eq!(log.report.as_ref().unwrap().trusted_weight(), Some(90.0));
        assert_eq!(log.timestamp, at("2026-03-04T06:30:00Z"));
    }
    let now = at("2026-03-06T15:00:00Z");
    let other = confirm(&dossier, date(DAY), Actor::Client(user("8")), now);
    assert_eq!(other, Err(Refusal::NotYours));
    assert_eq!(confirm(&dossier, date(DAY), Actor::System, now), Err(Refusal::NotYours));
}

#[test]
fn there_is_nothing_to_confirm_in_a_trusted_or_missed_check_in() {
    let now = at("2026-03-04T15:00:00Z");
    for dossier in [
        dossier("7"),
        dossier("7").with_checkin(DAY, None),
        dossier("7").with_checkin(DAY, Some(report(80.0))),
    ] {
        let refused = confirm(&dossier, date(DAY), coach(), now);
        assert_eq!(refused, Err(Refusal::NothingToConfirm { date: date(DAY) }));
    }
}

#[test]
fn a_coach_overrides_a_miss_and_his_word_is_the_confirmation() {
    let dossier = weighed(&[80.0; 7]).with_checkin(DAY, None);
    let mut submission = Submission::at(at("2026-03-05T09:00:00Z"), coach());
    let policy = Policy::default();
    let given = || Some(report(95.0));
    assert!(matches!(
        log(&dossier, &policy, date(DAY), given(), &submission),
        Err(Refusal::ReasonNeeded { .. })
    ));
    submission.reason = Some("told by phone".to_owned());
    let answer = log(&dossier, &policy, date(DAY), given(), &submission).unwrap();
    let Answer::Accepted(effects) = answer else { panic!("asked") };
    assert_eq!(recorded(&effects).report.as_ref().unwrap().trusted_weight(), Some(95.0));
    let answer = log(&dossier, &policy, date(DAY), None, &submission).unwrap();
    let Answer::Accepted(effects) = answer else { panic!("asked") };
    assert_eq!((recorded(&effects).report.as_ref(), recorded(&effects).cause), (None, None));
}

#[test]
fn a_note_that_speaks_of_harm_raises_a_card_with_the_check_in() {
    let dossier = weighed(&[80.0; 7]);
    let noted = |note: &str, weight| {
        let report = CheckinReport { notes: Note::new(note).unwrap(), ..report(weight) };
        let submission = by_client("2026-03-04T06:30:00Z");
        match log(&dossier, &Policy::default(), date(DAY), Some(report), &submission).unwrap() {
            Answer::Accepted(effects) | Answer::Confirm { effects, .. } => effects,
        }
    };
    assert_eq!(noted("slept well", 80.0).len(), 1);
    for weight in [80.0, 99.0] {
        let effects = noted("sharp pain in my left knee", weight);
        assert!(matches!(effects[0], Effect::Record(_)));
        let Effect::Card(card) = &effects[1] else { panic!("no card") };
        assert!(card.bears_safety_flag());
        assert_eq!(card.date, date(DAY));
    }
}

#[test]
fn the_callers_word_on_confirmation_is_not_taken() {
    let dossier = weighed(&[80.0; 7]);
    let claimed = CheckinReport {
        weight: BodyWeight::weigh_in(80.0).unwrap(),
        mood: Mood::Bad,
        weight_unconfirmed: true,
        ..report(80.0)
    };
    let submission = by_client("2026-03-04T06:30:00Z");
    let answer = log(&dossier, &Policy::default(), date(DAY), Some(claimed), &submission).unwrap();
    let Answer::Accepted(effects) = answer else { panic!("asked") };
    assert!(!recorded(&effects).report.as_ref().unwrap().weight_unconfirmed);
}

#[test]
fn the_smoothed_weight_takes_a_tenth_of_each_day() {
    let points = trends(&[(date("2026-03-01"), 80.0), (date("2026-03-02"), 90.0)]);
    assert!((points[0].smoothed - 80.0).abs() < 1e-12);
    assert!((points[1].smoothed - 81.0).abs() < 1e-12);
}

#[test]
fn a_gap_weighs_like_the_days_it_lasted() {
    // 1 - 0.9^3 of the way from 80 to 90.
    let gap = trends(&[(date("2026-03-01"), 80.0), (date("2026-03-04"), 90.0)]);
    assert!((gap[1].smoothed - 82.71).abs() < 1e-12);
    let daily = trends(&[
        (date("2026-03-01"), 80.0),
        (date("2026-03-02"), 90.0),
        (date("2026-03-03"), 90.0),
        (date("2026-03-04"), 90.0),
    ]);
    assert!((gap[1].smoothed - daily[3].smoothed).abs() < 1e-12);
}

#[test]
fn a_steady_loss_is_lagged_by_nine_days_of_it() {
    let weights: Vec<(Date, f64)> = (0..200)
        .map(|n| (days_after(date("2026-01-01"), n.into()), 100.0 - 0.1 * f64::from(n)))
        .collect();
    let last = *trends(&weights).last().unwrap();
    assert!((last.smoothed - (last.weight + 0.9)).abs() < 1e-6);
    // The mean of seven days lies three days back.
    assert!((last.average - (last.weight + 0.3)).abs() < 1e-9);
}

#[test]
fn the_average_is_of_seven_dates_however_few_weigh_ins() {
    let points = trends(&[
        (date("2026-03-01"), 80.0),
        (date("2026-03-07"), 90.0),
        (date("2026-03-08"), 94.0),
        (date("2026-03-15"), 70.0),
    ]);
    let averages: Vec<f64> = points.iter().map(|point| point.average).collect();
    assert!(averages.iter().zip([80.0, 85.0, 92.0, 70.0]).all(|(a, b)| (a - b).abs() < 1e-12));
    assert_eq!(trends(&[]), []);
}

#[test]
fn weigh_ins_may_come_in_any_order_and_the_later_of_a_date_counts() {
    let (one, other) = ((date("2026-03-02"), 90.0), (date("2026-03-01"), 80.0));
    let mistyped = (date("2026-03-02"), 9000.0);
    assert_eq!(trends(&[mistyped, one, other]), trends(&[other, one]));
}

#[test]
fn unconfirmed_weights_stay_out_of_the_trend() {
    let unconfirmed = CheckinReport { weight_unconfirmed: true, ..report(120.0) };
    let dossier = dossier("7")
        .with_checkin("2026-03-01", Some(report(80.0)))
        .with_checkin("2026-03-02", Some(unconfirmed))
        .with_checkin("2026-03-03", None)
        .with_meal("2026-03-03", "template_a_meal1", DoneOrMissed::Completed);
    assert_eq!(weights(&dossier), [(date("2026-03-01"), 80.0)]);
}

#[test]
fn a_streak_ends_on_a_miss_and_passes_over_what_was_nobodys_fault() {
    let checkins = |pattern: &str| {
        let mut dossier = dossier("7");
        for (n, kind) in (0..).zip(pattern.chars()) {
            let day = days_after(date("2026-03-01"), n).to_string();
            dossier = match kind {
                'd' => dossier.with_checkin(&day, Some(report(80.0))),
                'm' => dossier.with_checkin(&day, None),
                'x' => {
                    let missed = dossier.with_checkin(&day, None);
                    let key = key(&missed, date(&day));
                    let excused = missed.logs[&key].clone().with_cause(Some(Cause::Excused));
                    missed.with_log(excused)
                }
                _ => dossier,
            };
        }
        let streak = streak(dossier.logs.values());
        (streak.current, streak.longest)
    };
    assert_eq!(checkins(""), (0, 0));
    assert_eq!(checkins("d"), (1, 1));
    assert_eq!(checkins("ddd"), (3, 3));
    assert_eq!(checkins("ddm"), (0, 2));
    assert_eq!(checkins("ddmd"), (1, 2));
    assert_eq!(checkins("ddxd"), (3, 3));
    assert_eq!(checkins("dd--d"), (3, 3)); // nothing was asked on those two days
    assert_eq!(checkins("x"), (0, 0));
    assert_eq!(checkins("mdddmd"), (1, 3));
}

#[test]
fn one_missed_item_spoils_a_date_of_several() {
    let dossier = dossier("7")
        .with_meal("2026-03-01", "template_a_meal1", DoneOrMissed::Completed)
        .with_meal("2026-03-02", "template_a_meal1", DoneOrMissed::Completed)
        .with_meal("2026-03-02", "template_a_meal2", DoneOrMissed::Missed)
        .with_meal("2026-03-03", "template_a_meal1", DoneOrMissed::Completed);
    assert_eq!(streak(dossier.logs.values()), Streak { current: 1, longest: 1 });
}
