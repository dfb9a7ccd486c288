use super::*;

/// The events that a review on a later date records.
#[track_caller]
fn check(dossier: &Dossier, expected: &[(InfractionKind, i64)]) {
    let mut dossier = dossier.clone();
    reviewed(&mut dossier, &Policy::default(), 20);
    let mut expected = expected.iter().map(|(kind, n)| (*kind, day(*n))).collect::<Vec<_>>();
    expected.sort();
    assert_eq!(events(&dossier), expected);
}

use InfractionKind::{Cardio, Checkins, Meals, Training};

#[test]
fn meals_break_the_rule_from_two_on_over_two_dates() {
    check(&meals(dossier("7"), 10, 1), &[]);
    check(&meals(dossier("7"), 10, 2), &[(Meals, 10)]);
    check(&meals(dossier("7"), 10, 3), &[(Meals, 10)]);
    check(&meals(meals(dossier("7"), 10, 1), 11, 1), &[(Meals, 11)]);
    check(&meals(meals(dossier("7"), 10, 1), 12, 1), &[]);
}

#[test]
fn a_date_without_a_miss_of_its_own_is_no_violation() {
    check(&meals(meals(dossier("7"), 10, 2), 11, 0), &[(Meals, 10)]);
}

#[test]
fn training_breaks_the_rule_from_two_sessions_on_in_seven_dates() {
    let missed = |days: &[i64]| {
        days.iter().fold(dossier("7"), |dossier, n| dossier.with_set(&day(*n), "ex_sq_001", None))
    };
    check(&missed(&[10]), &[]);
    check(&missed(&[4, 10]), &[(Training, 10)]);
    check(&missed(&[3, 10]), &[]);
    check(&missed(&[8, 9, 10]), &[(Training, 9), (Training, 10)]);
}

#[test]
fn a_session_with_any_missed_top_set_is_one_missed_session() {
    let two_of_one = dossier("7")
        .with_set(&day(10), "ex_sq_001", None)
        .with_set(&day(10), "ex_bp_001", None)
        .with_set(&day(10), "ex_dl_001", Some(set(140.0, 5)));
    check(&two_of_one, &[]);
    check(&two_of_one.with_set(&day(12), "ex_bp_001", None), &[(Training, 12)]);
}

#[test]
fn checkins_break_the_rule_from_two_on_in_seven_dates() {
    let missed = |days: &[i64]| {
        days.iter().fold(dossier("7"), |dossier, n| dossier.with_checkin(&day(*n), None))
    };
    check(&missed(&[10]), &[]);
    check(&missed(&[4, 10]), &[(Checkins, 10)]);
    check(&missed(&[3, 10]), &[]);
    check(&missed(&[9, 10, 11]), &[(Checkins, 10), (Checkins, 11)]);
}

#[test]
fn cardio_breaks_the_rule_from_three_on_in_seven_dates() {
    let missed = |days: &[i64]| {
        days.iter().fold(dossier("7"), |dossier, n| dossier.with_cardio(&day(*n), None))
    };
    check(&missed(&[9, 10]), &[]);
    check(&missed(&[4, 9, 10]), &[(Cardio, 10)]);
    check(&missed(&[3, 9, 10]), &[]);
    check(&missed(&[8, 9, 10, 11]), &[(Cardio, 10), (Cardio, 11)]);
}

#[test]
fn cardio_cut_short_is_no_miss() {
    let short = (8..=12).fold(dossier("7"), |dossier, n| dossier.with_cardio(&day(n), Some(0)));
    check(&short, &[]);
}

#[test]
fn a_window_never_reaches_before_the_start_date() {
    let mut dossier = dossier("7").with_checkin(&day(9), None).with_checkin(&day(10), None);
    dossier.client.start_date = date(&day(10));
    check(&dossier, &[]);
    dossier.client.start_date = date(&day(9));
    check(&dossier, &[(Checkins, 10)]);
    dossier.client.start_date = date(&day(11));
    check(&dossier, &[]);
}

#[test]
fn the_start_date_is_judged_itself() {
    let mut dossier = bad(dossier("7"), 10);
    dossier.client.start_date = date(&day(10));
    check(&dossier, &[(Meals, 10)]);
    dossier.client.start_date = date(&day(11));
    check(&dossier, &[]);
}

#[test]
fn a_miss_with_a_cause_is_nobodys_fault() {
    for cause in Cause::ALL {
        let dossier = bad(dossier("7"), 10);
        let excused = dossier
            .logs
            .values()
            .find(|log| log.is_missed())
            .cloned()
            .map(|log| log.with_cause(Some(*cause)))
            .unwrap();
        check(&dossier.with_log(excused), &[]);
    }
}

#[test]
fn an_event_names_the_dates_of_its_misses() {
    let mut dossier = meals(meals(dossier("7"), 10, 1), 11, 2);
    reviewed(&mut dossier, &Policy::default(), 11);
    let [event] = dossier.infractions.as_slice() else { panic!("{:?}", dossier.infractions) };
    assert_eq!(event.miss_dates, [date(&day(10)), date(&day(11))]);
    assert_eq!(event.recorded_at, close(11));
}

#[test]
fn an_answer_that_can_still_change_is_no_violation_yet() {
    let pressed = bad(dossier("7"), 10);
    let policy = Policy::default();
    let before = review(&pressed, Changes::default(), &policy, at("2026-03-10T21:59:59.999999Z"));
    assert_eq!(before, []);
    let after = review(&pressed, Changes::default(), &policy, close(10));
    assert!(after.iter().any(|effect| matches!(effect, Effect::Infraction(_))), "{after:?}");
}

#[test]
fn an_answer_is_open_until_the_deadline_that_its_own_order_names() {
    let policy = Policy::default();
    let count = |dossier: &Dossier, now: &str| {
        let effects = review(dossier, Changes::default(), &policy, at(now));
        effects.iter().filter(|effect| matches!(effect, Effect::Infraction(_))).count()
    };
    let missed = bad(dossier("7"), 10).with_checkin_order(&day(10)).with_order(
        &day(10),
        "06:00",
        "20:00",
        crate::record::Ordered::Fuel {
            meals: Vec::new(),
            cardio: None,
            template_id: crate::testing::slug("template_a"),
        },
    );
    assert_eq!(count(&missed, "2026-03-10T19:59:59.999999Z"), 0);
    assert_eq!(count(&missed, "2026-03-10T20:00:00Z"), 1);
    // Twelve zones further east the 10th is over, and the order that went out is not.
    let mut moved = missed;
    moved.client.timezone_offset = crate::testing::zone("UTC+12");
    assert_eq!(count(&moved, "2026-03-10T19:59:59.999999Z"), 0);
    assert_eq!(count(&moved, "2026-03-10T20:00:00Z"), 1);
}

#[test]
fn a_clock_that_is_set_back_voids_nothing() {
    let policy = Policy::default();
    let mut dossier = bad(dossier("7"), 10);
    reviewed(&mut dossier, &policy, 10);
    let earlier = at("2026-03-10T09:00:00Z");
    assert_eq!(review(&dossier, Changes::default(), &policy, earlier), []);
    let last_week = at("2026-03-03T09:00:00Z");
    assert_eq!(review(&dossier, Changes::default(), &policy, last_week), []);
}

#[test]
fn a_missed_checkin_counts_from_noon_on() {
    // Imported: entered at an hour that says nothing of the deadline.
    let missed = [9, 10].into_iter().fold(dossier("7"), |dossier, n| {
        let dossier = dossier.with_checkin(&day(n), None);
        let log = dossier.window(Stream::Checkin, date(&day(n)), 1).next().cloned();
        let Some(Log::Checkin(log)) = log else { panic!("no check-in on {n}") };
        let timestamp = at(&format!("{}T08:00:00Z", day(n)));
        dossier.with_log(Log::Checkin(crate::record::CheckinLog { timestamp, ..log }))
    });
    let policy = Policy::default();
    let at_noon = |time: &str| {
        let effects = review(&missed, Changes::default(), &policy, at(time));
        effects.iter().filter(|e| matches!(e, Effect::Infraction(_))).count()
    };
    assert_eq!(at_noon("2026-03-10T11:59:59.999999Z"), 0);
    assert_eq!(at_noon("2026-03-10T12:00:00Z"), 1);
}

#[test]
fn dates_are_the_clients_own_in_every_zone() {
    for (zone, closing) in [
        ("Pacific/Auckland", "2026-03-10T09:00:00Z"),
        ("America/Los_Angeles", "2026-03-11T05:00:00Z"),
        ("UTC+5:45", "2026-03-10T16:15:00Z"),
        ("UTC-12", "2026-03-11T10:00:00Z"),
        ("Pacific/Kiritimati", "2026-03-10T08:00:00Z"),
    ] {
        let mut dossier = bad(dossier("7"), 10);
        dossier.client.timezone_offset = crate::testing::zone(zone);
        for log in dossier.logs.values_mut() {
            let Log::Meal(log) = log else { panic!("not a meal") };
            log.logged_at = at("2026-03-09T12:00:00Z");
        }
        let policy = Policy::default();
        let closing = at(closing);
        let early = closing - jiff::SignedDuration::from_micros(1);
        assert_eq!(review(&dossier, Changes::default(), &policy, early), [], "{zone}");
        for effect in review(&dossier, Changes::default(), &policy, closing) {
            dossier.apply(&effect);
        }
        assert_eq!(events(&dossier), [(Meals, day(10))], "{zone}");
    }
}

#[test]
fn late_closings_record_their_events_under_their_own_dates_in_any_order() {
    let policy = Policy::default();
    let mut dossier = bad(bad(bad(dossier("7"), 10), 12), 14);
    for late in [14, 10, 12] {
        let changes = Changes { logs: &[], closes: Some(date(&day(late))) };
        for effect in review(&dossier, changes, &policy, close(15)) {
            dossier.apply(&effect);
        }
    }
    assert_eq!(events(&dossier), [(Meals, day(10)), (Meals, day(12)), (Meals, day(14))]);
    let warned = dossier.standing.warnings.iter().map(|w| w.date.to_string()).collect::<Vec<_>>();
    assert_eq!(warned, [day(15)]);
}

#[test]
fn a_date_whose_window_is_no_longer_loaded_keeps_its_event() {
    let mut dossier = dossier("7").with_checkin(&day(1), None).with_checkin(&day(2), None);
    reviewed(&mut dossier, &Policy::default(), 2);
    let later = crate::calendar::days_after(date(&day(2)), Dossier::LOG_DAYS - 1);
    let now = at(&format!("{later}T23:00:00Z"));
    dossier.forget_before(later);
    assert_eq!(events(&dossier), [(Checkins, day(2))]);
    let effects = review(&dossier, Changes::default(), &Policy::default(), now);
    assert!(!effects.iter().any(|e| matches!(e, Effect::Infraction(_))), "{effects:?}");
}

#[test]
fn the_oldest_date_that_is_judged_has_its_whole_window_loaded() {
    let policy = Policy::default();
    let mut recorded = dossier("7").with_checkin(&day(1), None).with_checkin(&day(7), None);
    reviewed(&mut recorded, &policy, 7);
    assert_eq!(events(&recorded), [(Checkins, day(7))]);
    let corrected = recorded.with_checkin(&day(7), Some(report(90.0)));
    let revised = |n: i64| {
        let effects = review(&corrected, Changes::default(), &policy, close(n));
        effects.iter().any(|effect| matches!(effect, Effect::Infraction(_)))
    };
    // Of 35 loaded dates the first is the 1st on the 35th, and the 2nd on the 36th.
    assert!(revised(35));
    assert!(!revised(36));
}

#[test]
fn a_correction_voids_the_event_and_another_counts_it_again() {
    let policy = Policy::default();
    let mut dossier = bad(dossier("7"), 10);
    reviewed(&mut dossier, &policy, 10);
    let mut overridden = meals(dossier.clone(), 10, 1);
    reviewed(&mut overridden, &policy, 11);
    let [event] = overridden.infractions.as_slice() else { panic!("{overridden:?}") };
    assert_eq!(event.voided.as_ref().map(|voided| voided.by.clone()), Some(Actor::System));
    assert_eq!(overridden.standing.last_infraction, None);

    let mut again = meals(overridden, 10, 3);
    reviewed(&mut again, &policy, 11);
    assert_eq!(events(&again), [(Meals, day(10))]);
}

#[test]
fn a_correction_that_leaves_the_rule_broken_changes_the_dates_and_reaches_nobody() {
    let policy = Policy::default();
    let mut dossier = meals(meals(dossier("7"), 9, 1), 10, 2);
    reviewed(&mut dossier, &policy, 10);
    let opened = dossier.cards.clone();
    let mut dossier = meals(dossier, 9, 0);
    let effects = reviewed(&mut dossier, &policy, 11);
    let [event] = dossier.infractions.as_slice() else { panic!("{:?}", dossier.infractions) };
    assert_eq!(event.miss_dates, [date(&day(10))]);
    assert_eq!((event.counts(), event.recorded_at), (true, close(10)));
    assert_eq!((cards(&effects), &dossier.cards), (Vec::new(), &opened));

    let mut dossier = meals(dossier, 10, 1);
    let effects = reviewed(&mut dossier, &policy, 12);
    assert_eq!(events(&dossier), []);
    assert_eq!((cards(&effects), &dossier.cards), (Vec::new(), &opened), "nor does its end");
}

#[test]
fn the_last_infraction_is_forgotten_when_the_oldest_loaded_one_is_voided() {
    let policy = Policy::default();
    let mut dossier = bad(dossier("7"), 10);
    reviewed(&mut dossier, &policy, 10);
    let (on, coach) = (date(&day(10)), Actor::Coach("c".to_owned()));
    // Of 35 loaded dates the first is the 10th on the 44th.
    for effect in void(&dossier, &policy, Meals, on, "ill", coach, close(44)).unwrap() {
        dossier.apply(&effect);
    }
    assert_eq!(dossier.standing.last_infraction, None);
}

#[test]
fn a_review_reads_the_days_of_the_longest_rule() {
    let mut policy = Policy::default();
    assert_eq!(days_read(&policy), 7);
    policy.infractions.meals.days = 9;
    assert_eq!(days_read(&policy), 9);
}

#[test]
fn a_coach_voids_an_event_for_good_and_with_a_reason() {
    let policy = Policy::default();
    let coach = || Actor::Coach("c".to_owned());
    let mut dossier = bad(dossier("7"), 10);
    reviewed(&mut dossier, &policy, 10);
    let on = date(&day(10));
    let refused = void(&dossier, &policy, Meals, on, "  ", coach(), close(11));
    assert_eq!(refused, Err(Refusal::ReasonNeeded { to: "void an infraction" }));
    let refused = void(&dossier, &policy, Cardio, on, "ill", coach(), close(11));
    assert_eq!(refused, Err(Refusal::NoInfraction { kind: Cardio, date: on }));

    for effect in void(&dossier, &policy, Meals, on, "ill", coach(), close(11)).unwrap() {
        dossier.apply(&effect);
    }
    assert_eq!(events(&dossier), []);
    let [Infraction { voided: Some(Voided { reason, .. }), .. }] = dossier.infractions.as_slice()
    else {
        panic!("{:?}", dossier.infractions)
    };
    assert_eq!(reason, "ill");
    reviewed(&mut dossier, &policy, 11);
    assert_eq!(events(&dossier), [], "the rule still holds, and the coach's word outlasts it");
    assert_eq!(void(&dossier, &policy, Meals, on, "ill", coach(), close(12)), Ok(Vec::new()));
}

#[test]
fn a_gated_client_gets_no_event_and_keeps_being_corrected() {
    let policy = Policy::default();
    let mut paused = bad(dossier("7"), 10);
    paused.client.paused = true;
    assert_eq!(review(&paused, Changes::default(), &policy, close(10)), []);

    let mut dossier = bad(dossier("7"), 10);
    reviewed(&mut dossier, &policy, 10);
    dossier.client.paused = true;
    let mut dossier = meals(dossier, 10, 0);
    reviewed(&mut dossier, &policy, 11);
    assert_eq!(events(&dossier), []);
}

#[test]
fn a_date_whose_window_is_not_whole_is_not_judged() {
    let policy = Policy::default();
    let (lived, _) = lived(dossier("1"), &policy, &[1, 2, 3, 4]);
    // The closing of the 5th sees the logs from the 3rd on: meals are judged from the 4th, which
    // has its misses, while those behind the events of the 1st to the 3rd are out of sight.
    let mut seen = lived.clone();
    seen.logs_from = date(&day(3));
    seen.logs.retain(|key, _| key.date >= date(&day(3)));
    let effects = reviewed(&mut seen, &policy, 5);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Infraction(_))));
    assert_eq!(events(&seen), events(&lived));
    // Had it judged the 3rd by what it sees, the event would have lost the misses of the 2nd.
    let mut unaware = seen.clone();
    unaware.logs_from = date(&day(1));
    let effects = reviewed(&mut unaware, &policy, 5);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Infraction(_))));
}

#[test]
fn a_check_in_from_before_the_whole_dates_makes_no_streak() {
    let policy = Policy::default();
    // Eight days with a check-in each; the second has missed meals, which break the streak.
    let mut lived = dossier("1");
    for n in 1..=8 {
        let missed = usize::from(n == 2) * 2;
        lived = meals(lived.with_checkin(&day(n), Some(report(80.0))), n, missed);
        reviewed(&mut lived, &policy, n);
    }
    assert_eq!(lived.standing.streak, 6);
    let mut seen = meals(lived.with_checkin(&day(9), Some(report(80.0))), 9, 0);
    seen.logs_from = date(&day(3));
    seen.logs.retain(|key, _| key.stream == Stream::Checkin || key.date >= date(&day(3)));
    reviewed(&mut seen, &policy, 9);
    assert_eq!(seen.standing.streak, 7);
}
