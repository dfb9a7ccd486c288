use super::*;
use crate::{
    message::{Message, Recipient},
    policy::Step,
    record::{
        AlertKind, CardAction, CardSource, CardState, Evidence, Flag, FlagName, Severity, Status,
    },
};

/// A client who agreed to be named, under a policy that allows it.
fn exposed() -> (Dossier, Policy) {
    let mut dossier = dossier("7");
    dossier.client.public_callout_opt_in = true;
    dossier.client.alias = Some("Falcon".to_owned());
    dossier.client.guild_id = Some("guild".to_owned());
    let mut policy = Policy::default();
    policy.escalation.callout.enabled = true;
    (dossier, policy)
}

fn hurt(dossier: Dossier, n: i64) -> Dossier {
    let mut noted = report(90.0);
    noted.notes = Note::new("left knee hurts again").unwrap();
    dossier.with_checkin(&day(n), Some(noted))
}

fn details(card: &JobCard, flag: &FlagName) -> Vec<String> {
    card.evidence.iter().filter(|e| e.flag == *flag).map(|e| e.detail.clone()).collect()
}

fn step(name: &str) -> FlagName {
    FlagName::about(Flag::Escalation, name)
}

#[test]
fn a_warning_goes_out_at_the_third_event_in_seven_dates() {
    let policy = Policy::default();
    let warning = Message::Warning { events: 3, days: 7 };
    assert_eq!(said(&lived(dossier("7"), &policy, &[8, 14]).1), Vec::<&Message>::new());
    assert_eq!(said(&lived(dossier("7"), &policy, &[8, 10, 14]).1), [&warning]);
    assert_eq!(said(&lived(dossier("7"), &policy, &[7, 10, 14]).1), Vec::<&Message>::new());
}

#[test]
fn a_step_names_its_window_on_the_card_and_its_events_in_the_warning() {
    let (dossier, last) = lived(dossier("7"), &Policy::default(), &[1, 8, 10, 14]);
    let [warning] = dossier.standing.warnings.as_slice() else { panic!("{:?}", dossier.standing) };
    let counted = [8, 10, 14].map(|n| (InfractionKind::Meals, date(&day(n))));
    assert_eq!((warning.date, warning.events.as_slice()), (date(&day(14)), counted.as_slice()));
    let expected = Evidence {
        flag: step("warning"),
        window_start: date(&day(8)),
        window_end: date(&day(14)),
        dates: Vec::new(),
        numbers: [("days".to_owned(), 7.0), ("events".to_owned(), 3.0)].into(),
        detail: "taken".to_owned(),
    };
    assert!(cards(&last)[0].evidence.contains(&expected), "{last:?}");
}

#[test]
fn events_of_all_kinds_count_together() {
    let policy = Policy::default();
    let mut dossier = bad(dossier("7"), 10)
        .with_set(&day(8), "ex_sq_001", None)
        .with_set(&day(10), "ex_sq_001", None)
        .with_checkin(&day(9), None)
        .with_checkin(&day(10), None);
    let effects = reviewed(&mut dossier, &policy, 10);
    assert_eq!(said(&effects), [&Message::Warning { events: 3, days: 7 }]);
    assert_eq!(count(&dossier, date(&day(10)), 1), 3);
}

#[test]
fn a_warning_is_repeated_after_seven_days_and_no_sooner() {
    let policy = Policy::default();
    let (dossier, last) = lived(dossier("7"), &policy, &[8, 9, 10, 14, 16]);
    assert_eq!(said(&last), Vec::<&Message>::new());
    let warned_on = cards(&last)[0];
    let already = format!("already taken on {}", day(10));
    assert!(details(warned_on, &step("warning")).contains(&already), "{warned_on:?}");
    let (dossier, last) = lived(dossier, &policy, &[17]);
    assert_eq!(said(&last), [&Message::Warning { events: 3, days: 7 }]);
    assert_eq!(dossier.standing.warnings.len(), 2);
}

#[test]
fn time_alone_leads_to_nothing() {
    let policy = Policy::default();
    let (mut dossier, _) = lived(dossier("7"), &policy, &[8, 9, 10, 11]);
    for n in 12..30 {
        let effects = reviewed(&mut dossier, &policy, n);
        assert_eq!(said(&effects), Vec::<&Message>::new(), "day {n}");
        assert_eq!(cards(&effects), Vec::<&JobCard>::new(), "day {n}");
    }
}

#[test]
fn a_window_that_lies_too_far_back_is_not_warned_about() {
    let policy = Policy::default();
    let late = |n| {
        let mut dossier = bad(bad(bad(dossier("7"), 8), 9), 10);
        reviewed(&mut dossier, &policy, n)
    };
    assert_eq!(said(&late(16)).len(), 1);
    assert_eq!(said(&late(17)), Vec::<&Message>::new());
}

#[test]
fn the_fifth_event_in_ten_dates_blocks_the_refeed() {
    let policy = Policy::default();
    let blocked = |days: &[i64]| {
        let (dossier, _) = lived(dossier("7"), &policy, days);
        assert_eq!(dossier.client.blocked_refeed, dossier.standing.refeed_blocked_since.is_some());
        dossier.standing.refeed_blocked_since.map(|date| date.to_string())
    };
    assert_eq!(blocked(&[5, 7, 9, 14]), None);
    assert_eq!(blocked(&[5, 7, 9, 11, 14]), Some(day(14)));
    assert_eq!(blocked(&[4, 7, 9, 11, 14]), None);
    assert_eq!(blocked(&[5, 7, 9, 11, 13, 14]), Some(day(13)));
}

#[test]
fn the_refeed_block_is_lifted_when_its_count_falls_below_five() {
    let policy = Policy::default();
    let (mut dossier, _) = lived(dossier("7"), &policy, &[5, 7, 9, 11, 14]);
    dossier = meals(dossier, 9, 0);
    reviewed(&mut dossier, &policy, 15);
    assert_eq!(dossier.standing.refeed_blocked_since, None);
    assert!(!dossier.client.blocked_refeed);
}

#[test]
fn the_refeed_block_is_judged_while_the_window_that_set_it_is_loaded() {
    let policy = Policy::default();
    let (mut dossier, _) = lived(dossier("7"), &policy, &[5, 7, 9, 11, 14, 24, 34]);
    dossier = meals(dossier, 9, 0);
    let blocked_after = |n: i64| {
        let mut dossier = dossier.clone();
        dossier.forget_before(date(&day(n)));
        reviewed(&mut dossier, &policy, n);
        dossier.client.blocked_refeed
    };
    // The window begins on the 5th, which is the first of 35 loaded dates on the 39th.
    assert!(!blocked_after(39));
    assert!(blocked_after(40));
}

#[test]
fn the_refeed_block_stays_while_a_later_window_holds_five() {
    let policy = Policy::default();
    let (mut dossier, _) = lived(dossier("7"), &policy, &[5, 7, 9, 11, 13, 14]);
    dossier = meals(dossier, 5, 0);
    reviewed(&mut dossier, &policy, 15);
    assert!(dossier.client.blocked_refeed, "7, 9, 11, 13 and 14 are five");
    dossier = meals(dossier, 7, 0);
    reviewed(&mut dossier, &policy, 15);
    assert!(!dossier.client.blocked_refeed);
}

#[test]
fn the_refeed_block_ends_when_fourteen_dates_have_closed_without_an_event() {
    let policy = Policy::default();
    let (mut dossier, _) = lived(dossier("7"), &policy, &[5, 7, 9, 11, 14]);
    for n in 15..28 {
        reviewed(&mut dossier, &policy, n);
    }
    assert!(dossier.client.blocked_refeed);
    let waiting = review(&dossier, Changes::default(), &policy, at("2026-03-28T21:00:00Z"));
    assert_eq!(waiting, [], "the fourteenth date has not closed");
    reviewed(&mut dossier, &policy, 28);
    assert!(!dossier.client.blocked_refeed);
    assert_eq!(dossier.standing.refeed_blocked_since, None);
}

#[test]
fn the_refeed_block_outlasts_the_events_that_set_it() {
    let policy = Policy::default();
    let (mut dossier, _) = lived(dossier("7"), &policy, &[5, 7, 9, 11, 14]);
    for n in [24, 34, 44, 54] {
        dossier.forget_before(date(&day(n)));
        dossier = lived(dossier, &policy, &[n]).0;
        assert!(dossier.client.blocked_refeed, "day {n}: never 14 days without an event");
    }
}

#[test]
fn a_coach_lifts_the_refeed_block() {
    let policy = Policy::default();
    let (mut dossier, _) = lived(dossier("7"), &policy, &[5, 7, 9, 11, 14]);
    for effect in lift_refeed_block(&dossier) {
        dossier.apply(&effect);
    }
    assert!(!dossier.client.blocked_refeed);
    assert_eq!(lift_refeed_block(&dossier), []);
    reviewed(&mut dossier, &policy, 15);
    assert!(!dossier.client.blocked_refeed, "no fresh event, no fresh block");
}

#[test]
fn a_callout_needs_seven_events_in_fourteen_dates() {
    let callout = |days: &[i64]| {
        let (dossier, policy) = exposed();
        let (_, last) = lived(dossier, &policy, days);
        let sent = last
            .iter()
            .filter_map(|effect| if let Effect::Send(sent) = effect { Some(sent) } else { None });
        let callouts = sent
            .filter(|sent| matches!(sent.message, Message::Callout { .. }))
            .inspect(|sent| assert_eq!(sent.to, Recipient::Public("guild".to_owned())))
            .map(|sent| sent.message.clone());
        callouts.collect::<Vec<_>>()
    };
    let posted = Message::Callout { alias: "Falcon".to_owned(), events: 7, days: 14 };
    assert_eq!(callout(&[4, 6, 8, 10, 12, 17]), []);
    assert_eq!(callout(&[4, 6, 8, 10, 12, 14, 17]), [posted]);
    assert_eq!(callout(&[3, 6, 8, 10, 12, 14, 17]), []);
}

#[test]
fn a_callout_needs_the_deployment_the_client_and_a_name() {
    let days = [4, 6, 8, 10, 12, 14, 17];
    let posts = |dossier: Dossier, policy: &Policy| {
        let (_, last) = lived(dossier, policy, &days);
        let detail = details(cards(&last)[0], &step("callout"));
        (said(&last).iter().any(|m| matches!(m, Message::Callout { .. })), detail.join(" "))
    };
    let (dossier, policy) = exposed();
    assert_eq!(posts(dossier.clone(), &policy), (true, "taken".to_owned()));
    let off = Policy::default();
    assert_eq!(posts(dossier.clone(), &off), (false, "switched off".to_owned()));
    let not_agreed = (false, "the client has not agreed to be named".to_owned());
    let mut private = dossier.clone();
    private.client.public_callout_opt_in = false;
    assert_eq!(posts(private, &policy), not_agreed);
    let mut nameless = dossier.clone();
    nameless.client.alias = None;
    assert_eq!(posts(nameless, &policy), not_agreed);
    let mut homeless = dossier;
    homeless.client.guild_id = None;
    assert_eq!(posts(homeless, &policy), not_agreed);
}

#[test]
fn a_callout_is_repeated_after_fourteen_days_and_no_sooner() {
    let (dossier, policy) = exposed();
    let (dossier, _) = lived(dossier, &policy, &[2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(dossier.standing.callout_posted, Some(date(&day(8))));
    let (dossier, _) = lived(dossier, &policy, &[12, 13, 14, 16, 18, 20, 21]);
    assert_eq!(dossier.standing.callout_posted, Some(date(&day(8))));
    let (dossier, _) = lived(dossier, &policy, &[22]);
    assert_eq!(dossier.standing.callout_posted, Some(date(&day(22))));
}

#[test]
fn each_step_can_be_switched_off_and_stands_on_the_card_all_the_same() {
    let (dossier, mut policy) = exposed();
    policy.escalation.warning = Step { enabled: false, ..policy.escalation.warning };
    policy.escalation.refeed = Step { enabled: false, ..policy.escalation.refeed };
    policy.escalation.callout = Step { enabled: false, ..policy.escalation.callout };
    let mut dossier = dossier;
    for n in 1..=10 {
        dossier = bad(dossier, n);
        assert_eq!(said(&reviewed(&mut dossier, &policy, n)), Vec::<&Message>::new(), "day {n}");
    }
    assert!(!dossier.client.blocked_refeed);
    let [card] = dossier.cards.as_slice() else { panic!("{:?}", dossier.cards) };
    for name in ["warning", "refeed", "callout"] {
        let detail = details(card, &step(name));
        assert!(!detail.is_empty() && detail.iter().all(|d| d == "switched off"), "{name}");
    }
}

#[test]
fn a_warning_that_no_longer_holds_is_corrected_once() {
    let policy = Policy::default();
    let (mut dossier, _) = lived(dossier("7"), &policy, &[8, 9, 10]);
    dossier = meals(dossier, 9, 0);
    assert_eq!(said(&reviewed(&mut dossier, &policy, 11)), [&Message::WarningWithdrawn]);
    dossier = meals(dossier, 8, 0);
    assert_eq!(said(&reviewed(&mut dossier, &policy, 12)), Vec::<&Message>::new());
}

#[test]
fn one_who_has_left_hears_no_correction() {
    let policy = Policy::default();
    let (mut dossier, _) = lived(dossier("7"), &policy, &[8, 9, 10]);
    dossier.client.status = Status::Archived;
    let mut dossier = meals(dossier, 9, 0);
    assert_eq!(said(&reviewed(&mut dossier, &policy, 11)), Vec::<&Message>::new());
    assert!(dossier.standing.warnings[0].corrected);
}

#[test]
fn a_warning_that_holds_with_fewer_events_is_not_corrected() {
    let policy = Policy::default();
    let (mut dossier, _) = lived(dossier("7"), &policy, &[8, 9, 10]);
    // A late log adds an event to the same window before another is voided.
    dossier = bad(dossier, 7);
    reviewed(&mut dossier, &policy, 11);
    dossier = meals(dossier, 9, 0);
    assert_eq!(said(&reviewed(&mut dossier, &policy, 11)), Vec::<&Message>::new());
}

#[test]
fn a_warning_whose_events_are_no_longer_loaded_stands() {
    let policy = Policy::default();
    let (mut dossier, _) = lived(dossier("7"), &policy, &[8, 9, 10]);
    dossier.forget_before(date(&day(45)));
    assert_eq!(said(&reviewed(&mut dossier, &policy, 45)), Vec::<&Message>::new());
    assert!(!dossier.standing.warnings[0].corrected);
    assert_eq!(dossier.standing.last_infraction, Some(date(&day(10))));
}

#[test]
fn a_warning_is_judged_while_its_whole_window_is_loaded() {
    let policy = Policy::default();
    let (mut dossier, _) = lived(dossier("7"), &policy, &[8, 9, 10]);
    dossier = meals(dossier, 9, 0);
    let heard_after = |n: i64| {
        let mut dossier = dossier.clone();
        dossier.forget_before(date(&day(n)));
        said(&reviewed(&mut dossier, &policy, n)).into_iter().cloned().collect::<Vec<_>>()
    };
    // The window begins on the 4th, which is the first of 35 loaded dates on the 38th.
    assert_eq!(heard_after(38), [Message::WarningWithdrawn]);
    assert_eq!(heard_after(39), []);
}

#[test]
fn the_guard_holds_the_warning_back_and_says_so_on_a_critical_card() {
    let policy = Policy::default();
    let (_, last) = lived(hurt(dossier("7"), 5), &policy, &[8, 9, 10]);
    assert_eq!(said(&last), Vec::<&Message>::new());
    let [card] = cards(&last)[..] else { panic!("{last:?}") };
    assert_eq!(card.severity, Severity::Critical);
    assert_eq!(card.action_suggested, CardAction::Escalate);
    let held = FlagName::about(Flag::HeldBack, "warning");
    assert_eq!(details(card, &held), [format!("injury in the note of {}", day(5))]);
    assert!(card.flags.contains(&Flag::SoftCompliance.into()), "no flag is held back");
    assert!(
        last.iter().any(|effect| matches!(
            effect,
            Effect::Alert { kind: AlertKind::Escalation, severity: Severity::Critical, .. }
        )),
        "{last:?}"
    );
}

#[test]
fn the_guard_lets_go_after_fourteen_days() {
    let policy = Policy::default();
    let warned = |note| said(&lived(hurt(dossier("7"), note), &policy, &[16, 17, 18]).1).len();
    assert_eq!(warned(5), 0);
    assert_eq!(warned(4), 1);
}

#[test]
fn the_guard_holds_the_callout_back_and_not_the_refeed_block() {
    let (dossier, policy) = exposed();
    let (dossier, last) = lived(hurt(dossier, 10), &policy, &[4, 6, 8, 11, 12, 14, 17]);
    assert_eq!(dossier.standing.callout_posted, None);
    assert!(dossier.client.blocked_refeed);
    let held = FlagName::about(Flag::HeldBack, "callout");
    assert!(cards(&last)[0].flags.contains(&held), "{last:?}");
}

#[test]
fn violations_join_the_unresolved_card_or_open_one() {
    let policy = Policy::default();
    let (mut dossier, first) = lived(dossier("7"), &policy, &[8]);
    let [card] = cards(&first)[..] else { panic!("{first:?}") };
    assert_eq!((card.source, card.date), (CardSource::Infraction, date(&day(8))));
    assert_eq!(card.action_suggested, CardAction::Callout);
    assert_eq!(card.severity, Severity::Medium);

    dossier = dossier.with_checkin(&day(8), None).with_checkin(&day(9), None);
    let second = reviewed(&mut dossier, &policy, 9);
    let [card] = cards(&second)[..] else { panic!("{second:?}") };
    assert_eq!(card.date, date(&day(8)), "the same card");
    assert_eq!(card.severity, Severity::High);
    assert_eq!(card.flags, [Flag::NonRespondingClient.into(), Flag::SoftCompliance.into()]);
    assert_eq!(card.evidence.len(), 2);

    dossier.cards.clear();
    let (_, third) = lived(dossier, &policy, &[12]);
    assert_eq!(cards(&third)[0].date, date(&day(12)));
}

#[test]
fn violations_join_the_weekly_card_and_leave_its_words_alone() {
    let policy = Policy::default();
    let mut weekly =
        JobCard::open(dossier("7").user_id(), CardSource::WeeklyScan, date(&day(8)), close(8));
    weekly.summary = "as the scan put it".to_owned();
    weekly.action_suggested = CardAction::Reassign;
    weekly.state = CardState::Snoozed;
    let mut dossier = dossier("7");
    dossier.cards.push(weekly);
    dossier.cards.push(JobCard::open(
        dossier.user_id(),
        CardSource::Manual,
        date(&day(9)),
        close(9),
    ));
    let (_, effects) = lived(dossier, &policy, &[10]);
    let [card] = cards(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(card.source, CardSource::WeeklyScan);
    assert_eq!(card.summary, "as the scan put it");
    assert_eq!(card.action_suggested, CardAction::Reassign);
    assert_eq!(card.state, CardState::Open, "it got worse");
    let carried = card.carried.iter().map(|carried| carried.evidence.flag.clone());
    assert_eq!(carried.collect::<Vec<_>>(), [Flag::SoftCompliance.into()]);
    assert_eq!(card.evidence, [], "what the scan found is its own");
}

#[test]
fn a_snoozed_card_wakes_for_a_new_flag_and_for_a_higher_severity() {
    let policy = Policy::default();
    let (mut snoozed, _) = lived(dossier("7"), &policy, &[8]);
    snoozed.cards[0].state = CardState::Snoozed;
    let mut milder = snoozed.clone();
    milder.cards[0].severity = Severity::Low;
    let (_, effects) = lived(milder, &policy, &[10]);
    assert_eq!(cards(&effects)[0].state, CardState::Open);

    let mut other = snoozed.with_set(&day(9), "ex_sq_001", None);
    other = other.with_set(&day(10), "ex_sq_001", None);
    let effects = reviewed(&mut other, &policy, 10);
    let [card] = cards(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!((card.severity, card.flags.len()), (Severity::Medium, 2));
    assert_eq!(card.state, CardState::Open);
}

#[test]
fn a_summary_names_the_flags_in_at_most_five_hundred_characters() {
    let policy = Policy::default();
    let (dossier, effects) = lived(dossier("7"), &policy, &[8]);
    assert_eq!(cards(&effects)[0].summary, "Violations: soft compliance.");
    let summary = |length: usize| {
        let mut dossier = dossier.clone();
        let others = "Violations: held back: , soft compliance.".len();
        let long = FlagName::about(Flag::HeldBack, "x".repeat(length - others));
        dossier.cards[0].flags.insert(0, long);
        let (_, effects) = lived(dossier, &policy, &[10]);
        let summary = cards(&effects)[0].summary.clone();
        (summary.len(), summary.ends_with("soft compliance."))
    };
    assert_eq!(summary(499), (499, true));
    assert_eq!(summary(500), (500, true));
    assert_eq!(summary(501), (500, false));
}

#[test]
fn a_snoozed_card_that_did_not_get_worse_stays_snoozed() {
    let policy = Policy::default();
    let (mut dossier, _) = lived(dossier("7"), &policy, &[8]);
    dossier.cards[0].state = CardState::Snoozed;
    let (_, effects) = lived(dossier, &policy, &[10]);
    let [card] = cards(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!((card.state, card.evidence.len()), (CardState::Snoozed, 2));
}

#[test]
fn evidence_names_window_and_misses() {
    let (_, effects) = lived(dossier("7"), &Policy::default(), &[10]);
    let expected = Evidence {
        flag: Flag::SoftCompliance.into(),
        window_start: date(&day(9)),
        window_end: date(&day(10)),
        dates: vec![date(&day(10))],
        numbers: std::collections::BTreeMap::new(),
        detail: String::new(),
    };
    assert_eq!(cards(&effects)[0].evidence, [expected]);
}

#[test]
fn the_streak_counts_closed_dates_without_a_counted_miss() {
    let policy = Policy::default();
    let mut dossier = dossier("7");
    for n in 1..=4 {
        dossier = meals(dossier, n, 0);
        reviewed(&mut dossier, &policy, n);
    }
    assert_eq!(dossier.standing.streak, 4);
    dossier = meals(dossier, 5, 1);
    reviewed(&mut dossier, &policy, 5);
    assert_eq!(dossier.standing.streak, 0);
    dossier = meals(dossier, 6, 0);
    reviewed(&mut dossier, &policy, 6);
    assert_eq!(dossier.standing.streak, 1);
    let excused = dossier
        .window(Stream::Meal, date(&day(5)), 1)
        .find(|log| log.is_missed())
        .map(|log| log.clone().with_cause(Some(Cause::Excused)))
        .unwrap();
    dossier = dossier.with_log(excused);
    reviewed(&mut dossier, &policy, 6);
    assert_eq!(dossier.standing.streak, 6);
}

#[test]
fn a_date_that_is_all_excused_neither_breaks_the_streak_nor_extends_it() {
    let policy = Policy::default();
    let mut dossier = meals(dossier("7"), 1, 0);
    reviewed(&mut dossier, &policy, 1);
    let missed = dossier.clone().with_cardio(&day(2), None);
    let excused = missed
        .window(Stream::Cardio, date(&day(2)), 1)
        .map(|log| log.clone().with_cause(Some(Cause::Excused)))
        .next()
        .unwrap();
    dossier = dossier.with_log(excused);
    reviewed(&mut dossier, &policy, 2);
    assert_eq!(dossier.standing.streak, 1);
}

#[test]
fn a_streak_outlasts_the_loaded_dates() {
    let policy = Policy::default();
    let mut dossier = dossier("7");
    for n in 1..=60 {
        dossier = meals(dossier, n, 0);
        dossier.forget_before(date(&day(n)));
        reviewed(&mut dossier, &policy, n);
    }
    assert_eq!(dossier.standing.streak, 60);
}
