use super::{card, date, evidence, id};
use crate::{
    Effect,
    engine::cards::{unanswered_cycle, weekly},
    record::{
        Actor, CardAction, CardSource, CardState, Choice, CompiledPlan, Flag, FlagName, JobCard,
        Macros, Resolution, Severity, Snooze, Suggestion, SuggestionKind,
    },
    testing::{at, dossier, slug},
};

const SUNDAY: &str = "2026-03-08";
const NOW: &str = "2026-03-08T22:00:00Z";

/// What a scan of the Sunday found: a fresh card.
fn found(flags: &[Flag]) -> JobCard {
    let user_id = dossier("7").user_id();
    let mut card =
        JobCard::open(user_id, CardSource::WeeklyScan, date(SUNDAY), at("2026-03-08T21:00:00Z"));
    card.window_start = Some(date("2026-03-02"));
    card.window_end = Some(date(SUNDAY));
    for flag in flags {
        card.add(Severity::Medium, evidence(*flag, "2026-03-02", SUNDAY));
        card.action_suggested = CardAction::Callout;
    }
    card
}

fn scanned(cards: &[JobCard], found: JobCard) -> Vec<JobCard> {
    weekly(cards, found, id(9), at(NOW))
        .into_iter()
        .map(|effect| {
            let Effect::Card(card) = effect else { panic!("{effect:?}") };
            card
        })
        .collect()
}

/// The card as a first scan stores it.
fn stored(flags: &[Flag]) -> JobCard {
    scanned(&[], found(flags)).pop().unwrap()
}

#[test]
fn a_card_without_flags_is_born_closed_by_the_program() {
    let card = stored(&[]);
    let closed = card.resolution.unwrap();
    assert_eq!((card.state, card.resolved), (CardState::Resolved, true));
    assert_eq!((closed.by, closed.action), (Actor::System, CardAction::None));
    assert_eq!(stored(&[Flag::GritViolation]).state, CardState::Open);
}

#[test]
fn a_rerun_that_finds_the_same_changes_nothing_however_the_card_stands() {
    let first = stored(&[Flag::GritViolation]);
    assert_eq!(first.id, Some(id(9)));
    for state in CardState::ALL {
        let card = JobCard { state: *state, ..first.clone() };
        assert!(scanned(&[card], found(&[Flag::GritViolation])).is_empty(), "{state}");
    }
}

#[test]
fn a_rerun_over_other_logs_updates_the_same_card() {
    let mut first = stored(&[Flag::GritViolation]);
    first.id = Some(id(3));
    first.state = CardState::Acknowledged;
    let again = scanned(&[first], found(&[Flag::MoodDrop]));
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].id, again[0].state), (Some(id(3)), CardState::Acknowledged));
    assert_eq!(again[0].flags, [Flag::MoodDrop.into()]);
    // Nothing is left to say.
    let again = scanned(&again, found(&[]));
    assert_eq!((again[0].state, again[0].resolved), (CardState::Resolved, true));
}

#[test]
fn a_closed_card_opens_again_only_when_a_flag_was_added() {
    let mut first = stored(&[Flag::GritViolation, Flag::MoodDrop]);
    first.state = CardState::Dismissed;
    first.resolved = true;
    let fewer = scanned(std::slice::from_ref(&first), found(&[Flag::MoodDrop]));
    assert_eq!((fewer[0].state, fewer[0].resolved), (CardState::Dismissed, true));
    let more = scanned(&[first], found(&[Flag::MoodDrop, Flag::SilentClient]));
    assert_eq!((more[0].state, more[0].resolved), (CardState::Open, false));
}

#[test]
fn a_snoozed_card_sleeps_on_unless_it_got_worse() {
    let mut first = stored(&[Flag::GritViolation, Flag::MoodDrop]);
    first.state = CardState::Snoozed;
    first.snooze = Some(Snooze::NextCheckin);
    let better = scanned(std::slice::from_ref(&first), found(&[Flag::MoodDrop]));
    assert_eq!((better[0].state, better[0].snooze), (CardState::Snoozed, first.snooze));
    let worse = scanned(&[first], found(&[Flag::MoodDrop, Flag::SilentClient]));
    assert_eq!((worse[0].state, worse[0].snooze), (CardState::Open, None));
}

#[test]
fn a_new_card_absorbs_the_infraction_card_and_last_weeks_and_no_other() {
    let violations = card(1, CardSource::Infraction, "2026-03-06", Flag::SoftCompliance);
    let last_week = card(2, CardSource::WeeklyScan, "2026-03-01", Flag::CutFailure);
    let checkin = card(3, CardSource::Checkin, "2026-03-06", Flag::NoteConcern);
    let closed = JobCard {
        state: CardState::Resolved,
        ..card(4, CardSource::Infraction, "2026-03-05", Flag::GritViolation)
    };
    let all = [violations.clone(), last_week, checkin, closed];
    let after = scanned(&all, found(&[Flag::MoodDrop]));
    let merged: Vec<_> = after.iter().filter(|card| card.state == CardState::Merged).collect();
    assert_eq!(merged.iter().map(|card| card.id).collect::<Vec<_>>(), [Some(id(1)), Some(id(2))]);
    assert!(merged.iter().all(|card| card.merged_into == Some(id(9)) && !card.resolved));
    assert_eq!(merged[0].evidence, violations.evidence, "the merged card keeps its own");

    let card = after.last().unwrap();
    let flags: Vec<String> = card.flags.iter().map(ToString::to_string).collect();
    assert_eq!(flags, ["cut_failure", "mood_drop", "soft_compliance"]);
    assert_eq!(card.carried.iter().map(|c| c.from).collect::<Vec<_>>(), [Some(id(1)), Some(id(2))]);
    assert_eq!(card.evidence.len(), 1, "the scan's own stands apart");
    // Run again, what was absorbed stays, and nothing changes.
    assert!(scanned(std::slice::from_ref(card), found(&[Flag::MoodDrop])).is_empty());
    let changed = scanned(std::slice::from_ref(card), found(&[Flag::SilentClient]));
    assert_eq!(changed[0].carried, card.carried);
}

#[test]
fn what_this_week_found_again_is_not_carried_from_last_week() {
    let last_week = card(2, CardSource::WeeklyScan, "2026-03-01", Flag::MoodDrop);
    let after = scanned(&[last_week], found(&[Flag::MoodDrop]));
    assert!(after.last().unwrap().carried.is_empty());
    // A violation of this very week is.
    let violation = card(1, CardSource::Infraction, "2026-03-06", Flag::MoodDrop);
    assert_eq!(scanned(&[violation], found(&[Flag::MoodDrop])).last().unwrap().carried.len(), 1);
}

#[test]
fn a_good_week_stays_open_while_it_carries_what_nobody_closed() {
    let violations = card(1, CardSource::Infraction, "2026-03-06", Flag::SoftCompliance);
    let after = scanned(&[violations], found(&[]));
    let card = after.last().unwrap();
    assert_eq!((card.state, card.severity), (CardState::Open, Severity::Medium));
    assert_eq!(card.action_suggested, CardAction::Callout);
}

#[test]
fn an_escalation_holds_on_in_the_card_that_absorbs_it() {
    let mut escalated = card(1, CardSource::Infraction, "2026-03-06", Flag::SoftCompliance);
    escalated.state = CardState::Acknowledged;
    escalated.resolution = Some(Resolution {
        action: CardAction::Escalate,
        note: String::new(),
        by: Actor::Coach("c".to_owned()),
        at: at(NOW),
        dismissed: None,
    });
    let after = scanned(&[escalated], found(&[Flag::MoodDrop]));
    let card = after.last().unwrap();
    assert_eq!(card.state, CardState::Open);
    assert_eq!(card.resolution.as_ref().unwrap().action, CardAction::Escalate);
}

#[test]
fn nothing_that_adds_strain_is_suggested_while_safety_is_in_question() {
    use SuggestionKind::{Deload, Message, RecheckLogs, Refeed};
    let suggestion = |kind| Suggestion {
        kind,
        reason: "slow".to_owned(),
        values: std::collections::BTreeMap::new(),
        answer: None,
    };
    let mut week = found(&[Flag::WeightStall]);
    week.suggestions = SuggestionKind::ALL.iter().map(|kind| suggestion(*kind)).collect();
    let kinds = |card: &JobCard| -> Vec<SuggestionKind> {
        card.suggestions.iter().map(|suggestion| suggestion.kind).collect()
    };
    assert_eq!(kinds(scanned(&[], week.clone()).last().unwrap()), SuggestionKind::ALL);

    let mut note = card(3, CardSource::Checkin, "2026-03-06", Flag::PlanGap);
    note.flags = vec![FlagName::about(Flag::NoteConcern, "injury")];
    let after = scanned(std::slice::from_ref(&note), week.clone());
    assert_eq!(kinds(after.last().unwrap()), [Message, Refeed, Deload, RecheckLogs]);
    note.state = CardState::Resolved;
    assert_eq!(kinds(scanned(&[note], week.clone()).last().unwrap()), SuggestionKind::ALL);
    week.add(Severity::Critical, evidence(Flag::RapidWeightLoss, "2026-03-02", SUNDAY));
    assert_eq!(kinds(scanned(&[], week).last().unwrap()), [Message, Refeed, Deload, RecheckLogs]);
}

#[test]
fn a_cycle_without_a_choice_is_noted_in_the_week_before_it() {
    let check = |cycle: &str, choice: Choice, noted: bool| {
        let mut dossier = dossier("7");
        dossier.plans.push(CompiledPlan {
            user_id: dossier.user_id(),
            cycle_start: date(cycle),
            template_id: slug("template_a"),
            template_version: 1,
            choice,
            macros: Macros::new(180, 220, 60).unwrap(),
            days: Vec::new(),
            compiled_at: at(NOW),
            without: std::collections::BTreeSet::new(),
            inputs: String::new(),
        });
        let found = unanswered_cycle(&dossier, date(SUNDAY));
        assert_eq!(found, noted.then(|| date(cycle)), "{cycle}");
    };
    check("2026-03-08", Choice::NoResponse, false);
    check("2026-03-09", Choice::NoResponse, true);
    check("2026-03-15", Choice::NoResponse, true);
    check("2026-03-16", Choice::NoResponse, false);
    check("2026-03-10", Choice::Assigned, false);
}
