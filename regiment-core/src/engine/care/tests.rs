use super::*;
use crate::{
    record::{CheckinReport, Note, Resolution, Stream},
    testing::{at, date, dossier, report},
};

const NOW: &str = "2026-03-15T09:00:00Z";

fn noted(note: &str) -> CheckinReport {
    CheckinReport { notes: Note::new(note).unwrap(), ..report(90.0) }
}

fn checkin(dossier: &Dossier, day: &str) -> CheckinLog {
    let log = dossier.window(Stream::Checkin, date(day), 1).next().cloned();
    let Some(Log::Checkin(log)) = log else { panic!("no check-in on {day}") };
    log
}

fn card(source: CardSource, flag: FlagName) -> JobCard {
    let day = date("2026-03-08");
    let mut card = JobCard::open(dossier("7").user_id(), source, day, at(NOW));
    card.add(
        Severity::Critical,
        Evidence {
            flag,
            window_start: day,
            window_end: day,
            dates: Vec::new(),
            numbers: BTreeMap::new(),
            detail: String::new(),
        },
    );
    card
}

fn is_held(dossier: &Dossier) -> bool {
    !grounds(dossier, &Policy::default(), date("2026-03-15")).is_empty()
}

#[test]
fn a_note_holds_for_fourteen_dates_and_not_for_fifteen() {
    for (day, held) in
        [("2026-03-01", false), ("2026-03-02", true), ("2026-03-15", true), ("2026-03-16", false)]
    {
        let dossier = dossier("7").with_checkin(day, Some(noted("left knee hurts again")));
        assert_eq!(is_held(&dossier), held, "{day}");
    }
}

#[test]
fn each_safety_topic_holds_and_no_other() {
    for (note, held) in [
        ("sharp pain in my knee", true),
        ("fever since monday", true),
        ("made myself throw up", true),
        ("don't want to be here anymore", true),
        ("knee feels fine now, no pain at all", false),
        ("the flu is gone", false),
        ("want to quit the program", false),
        ("so stressed I can't think", false),
        ("", false),
    ] {
        let dossier = dossier("7").with_checkin("2026-03-14", Some(noted(note)));
        assert_eq!(is_held(&dossier), held, "{note}");
    }
}

#[test]
fn only_an_unresolved_card_with_a_safety_flag_holds() {
    let held = |card: JobCard| {
        let mut dossier = dossier("7");
        dossier.cards.push(card);
        is_held(&dossier)
    };
    let injury = FlagName::about(Flag::NoteConcern, "injury");
    for state in CardState::ALL {
        let mut card = card(CardSource::Checkin, injury.clone());
        card.state = *state;
        assert_eq!(held(card), state.is_unresolved(), "{state}");
    }
    assert!(held(card(CardSource::WeeklyScan, Flag::RapidWeightLoss.into())));
    assert!(!held(card(CardSource::WeeklyScan, Flag::CutFailure.into())));
    assert!(!held(card(CardSource::WeeklyScan, FlagName::about(Flag::NoteConcern, "distress"))));
}

#[test]
fn an_escalated_card_holds_until_it_closes() {
    let mut escalated = card(CardSource::Infraction, Flag::SoftCompliance.into());
    escalated.state = CardState::Acknowledged;
    escalated.resolution = Some(Resolution {
        action: CardAction::Escalate,
        note: String::new(),
        by: crate::record::Actor::Coach("c".to_owned()),
        at: at(NOW),
        dismissed: None,
    });
    let mut dossier = dossier("7");
    dossier.cards.push(escalated);
    assert!(is_held(&dossier));
    dossier.cards[0].state = CardState::Resolved;
    assert!(!is_held(&dossier));
}

#[test]
fn a_note_of_harm_raises_one_critical_card_that_points_at_the_words() {
    let note = "slept ok, sharp pain in my left knee";
    let dossier = dossier("7").with_checkin("2026-03-15", Some(noted(note)));
    let effects = raise(&dossier, &checkin(&dossier, "2026-03-15"), at(NOW));
    let [Effect::Card(card), Effect::Alert { severity, .. }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(*severity, Severity::Critical);
    assert_eq!(card.severity, Severity::Critical);
    assert_eq!(card.action_suggested, CardAction::Escalate);
    assert_eq!(card.source, CardSource::Checkin);
    assert!(card.bears_safety_flag());
    let numbers = &card.evidence[0].numbers;
    assert_eq!((numbers["phrase_start"], numbers["phrase_end"]), (16.0, 36.0));
    let text = format!("{card:?}");
    assert!(!text.contains("knee"), "the note stays in the check-in: {text}");
}

#[test]
fn a_note_without_harm_raises_nothing() {
    for note in ["felt strong", "no pain today", "not motivated"] {
        let dossier = dossier("7").with_checkin("2026-03-15", Some(noted(note)));
        assert_eq!(raise(&dossier, &checkin(&dossier, "2026-03-15"), at(NOW)), [], "{note}");
    }
    let missed = dossier("7").with_checkin("2026-03-15", None);
    assert_eq!(raise(&missed, &checkin(&missed, "2026-03-15"), at(NOW)), []);
}

#[test]
fn a_second_note_joins_the_unresolved_card_and_a_repeat_changes_nothing() {
    let mut dossier = dossier("7").with_checkin("2026-03-14", Some(noted("knee hurts")));
    for effect in raise(&dossier, &checkin(&dossier, "2026-03-14"), at(NOW)) {
        dossier.apply(&effect);
    }
    assert_eq!(raise(&dossier, &checkin(&dossier, "2026-03-14"), at(NOW)), []);

    dossier.cards[0].state = CardState::Snoozed;
    let mut dossier = dossier.with_checkin("2026-03-15", Some(noted("knee hurts, and a fever")));
    for effect in raise(&dossier, &checkin(&dossier, "2026-03-15"), at(NOW)) {
        dossier.apply(&effect);
    }
    let [card] = dossier.cards.as_slice() else { panic!("{:?}", dossier.cards) };
    assert_eq!(card.date, date("2026-03-14"));
    assert_eq!(card.state, CardState::Open);
    let flags = card.flags.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(flags, ["note_concern:illness", "note_concern:injury"]);
    assert_eq!(card.evidence.len(), 3);
}
