use super::*;
use crate::{
    record::{CardState, Flag, FlagName},
    testing::{at, date, dossier},
};

const DAY: &str = "2026-03-04";

fn finding(flag: impl Into<FlagName>, severity: Severity, action: CardAction) -> Finding {
    let evidence = Evidence {
        flag: flag.into(),
        window_start: date(DAY),
        window_end: date(DAY),
        dates: vec![date(DAY)],
        numbers: std::collections::BTreeMap::new(),
        detail: "what was found".to_owned(),
    };
    Finding { evidence, severity, action }
}

fn missing(id: &str) -> Finding {
    let flag = FlagName::about(Flag::ExerciseMissing, id);
    finding(flag, Severity::Low, CardAction::None)
}

fn raised(dossier: &Dossier, day: &str, findings: Vec<Finding>) -> Option<JobCard> {
    match raise(dossier, date(day), at("2026-03-04T07:00:00Z"), findings) {
        Some(Effect::Card(card)) => Some(card),
        None => None,
        Some(other) => panic!("{other:?}"),
    }
}

#[test]
fn several_findings_share_one_card() {
    let complete = finding(Flag::BlockComplete, Severity::Medium, CardAction::Reassign);
    let card = raised(&dossier("7"), DAY, vec![missing("ex_1"), complete]).unwrap();
    let flags: Vec<String> = card.flags.iter().map(ToString::to_string).collect();
    assert_eq!(flags, ["block_complete", "exercise_missing:ex_1"]);
    assert_eq!(card.severity, Severity::Medium);
    assert_eq!(card.action_suggested, CardAction::Reassign);
    assert_eq!(card.state, CardState::Open);
    assert_eq!(card.summary, "exercise_missing: what was found; block_complete: what was found");
    assert_eq!(card.block_id, dossier("7").client.training_template_id);
}

#[test]
fn what_stands_on_an_unresolved_card_is_not_raised_again() {
    let mut dossier = dossier("7");
    let first = raised(&dossier, DAY, vec![missing("ex_1")]).unwrap();
    dossier.cards.push(first.clone());
    assert_eq!(raised(&dossier, DAY, vec![missing("ex_1")]), None);
    assert_eq!(raised(&dossier, "2026-03-06", vec![missing("ex_1")]), None);

    let same_day = raised(&dossier, DAY, vec![missing("ex_1"), missing("ex_2")]).unwrap();
    assert_eq!(same_day.flags.len(), 2);
    let later = raised(&dossier, "2026-03-06", vec![missing("ex_2")]).unwrap();
    assert_eq!((later.date, later.flags.len()), (date("2026-03-06"), 1));

    dossier.cards[0].state = CardState::Resolved;
    assert!(raised(&dossier, "2026-03-06", vec![missing("ex_1")]).is_some());
}

#[test]
fn the_weightier_action_stands_whatever_the_order() {
    let reassign = || finding(Flag::TemplateMissing, Severity::High, CardAction::Reassign);
    let one = raised(&dossier("7"), DAY, vec![reassign(), missing("ex_1")]).unwrap();
    let other = raised(&dossier("7"), DAY, vec![missing("ex_1"), reassign()]).unwrap();
    assert_eq!(one.action_suggested, CardAction::Reassign);
    assert_eq!(other.action_suggested, CardAction::Reassign);
}

#[test]
fn a_summary_holds_500_characters_at_most() {
    let many = (0..40).map(|n| missing(&format!("ex_{n}"))).collect();
    let card = raised(&dossier("7"), DAY, many).unwrap();
    assert_eq!(card.summary.chars().count(), SUMMARY_CHARACTERS);
    assert_eq!(card.flags.len(), 40);
}

fn id<T>(number: u8) -> crate::Id<T> {
    crate::Id::mint(at("2026-03-01T00:00:00Z"), [number; 10])
}

fn evidence(flag: Flag, from: &str, until: &str) -> Evidence {
    Evidence {
        window_start: date(from),
        window_end: date(until),
        ..finding(flag, Severity::Low, CardAction::None).evidence
    }
}

/// A card of a source and date with one flag of medium severity.
fn card(number: u8, source: CardSource, day: &str, flag: Flag) -> JobCard {
    let mut card =
        JobCard::open(dossier("7").user_id(), source, date(day), at("2026-03-01T22:00:00Z"));
    card.id = Some(id(number));
    card.action_suggested = CardAction::Callout;
    card.add(Severity::Medium, evidence(flag, day, day));
    card
}

#[test]
fn a_block_that_ends_while_an_older_card_waits_is_raised_too() {
    let complete = |start: &str, end: &str| Finding {
        evidence: evidence(Flag::BlockComplete, start, end),
        severity: Severity::Medium,
        action: CardAction::Reassign,
    };
    let mut dossier = dossier("7");
    let first = raised(&dossier, "2026-03-04", vec![complete("2026-01-06", "2026-03-04")]);
    dossier.cards.push(first.unwrap());
    let same = raised(&dossier, "2026-03-05", vec![complete("2026-01-06", "2026-03-05")]);
    assert_eq!(same, None);
    let second = raised(&dossier, "2026-05-01", vec![complete("2026-03-04", "2026-05-01")]);
    assert!(second.is_some());
}

#[test]
fn a_closed_card_found_again_opens_only_when_a_flag_is_added() {
    let mut stored = card(1, CardSource::System, DAY, Flag::PlanGap);
    stored.state = CardState::Resolved;
    stored.resolved = true;
    let same = JobCard { id: None, ..card(2, CardSource::System, DAY, Flag::PlanGap) };
    let joined = again(&stored, same);
    assert_eq!((joined.id, joined.state, joined.resolved), (stored.id, CardState::Resolved, true));

    let other = JobCard { id: None, ..card(2, CardSource::System, DAY, Flag::Unreachable) };
    let joined = again(&stored, other);
    assert_eq!((joined.id, joined.state, joined.resolved), (stored.id, CardState::Open, false));
    assert_eq!(joined.flags, [Flag::PlanGap.into(), Flag::Unreachable.into()]);
    assert_eq!(joined.evidence.len(), 2);
}

#[test]
fn a_snoozed_card_found_again_wakes_only_when_it_is_worse() {
    let mut stored = card(1, CardSource::System, DAY, Flag::PlanGap);
    stored.state = CardState::Snoozed;
    stored.snooze = Some(crate::record::Snooze::Worse);
    let mut worse = card(2, CardSource::System, DAY, Flag::PlanGap);
    assert_eq!(again(&stored, worse.clone()).state, CardState::Snoozed);
    worse.severity = Severity::High;
    assert_eq!(again(&stored, worse).state, CardState::Open);
}

mod decide;
mod tell;
mod weekly;
