use super::{card, date, id};
use crate::{
    Dossier, Effect, Library,
    engine::{
        Refusal,
        cards::{Case, decide, draft, raise_manual, wake_on_checkin},
    },
    message::{Message, Recipient},
    record::{
        Actor, AlertKind, CardAction, CardDecision, CardSource, CardState, DismissReason, Flag,
        FlagName, JobCard, Judgment, Severity, Snooze, Suggestion, SuggestionAnswer,
        SuggestionKind, Taken, Verdict,
    },
    testing::{at, dossier, slug},
};

const NOW: &str = "2026-03-04T15:00:00Z";

fn open() -> JobCard {
    card(1, CardSource::Infraction, "2026-03-03", Flag::SoftCompliance)
}

fn decided_as(
    dossier: &Dossier,
    card: &JobCard,
    decided: &[CardDecision],
    verdict: Verdict,
    by: &Actor,
) -> Result<Vec<Effect>, Refusal> {
    let number = u8::try_from(decided.len()).unwrap() + 50;
    let library = &Library::built_in();
    decide(&Case { dossier, card, decided, library, id: id(number), by, now: at(NOW) }, verdict)
}

fn after(card: &JobCard, verdict: Verdict) -> Result<Vec<Effect>, Refusal> {
    decided_as(&dossier("7"), card, &[], verdict, &Actor::Coach("c".to_owned()))
}

fn card_of(effects: &[Effect]) -> JobCard {
    let card = effects
        .iter()
        .rev()
        .find_map(|effect| if let Effect::Card(card) = effect { Some(card.clone()) } else { None });
    card.unwrap()
}

fn decision_of(effects: &[Effect]) -> CardDecision {
    match effects.last() {
        Some(Effect::Decided(decision)) => decision.clone(),
        other => panic!("{other:?}"),
    }
}

fn resolve(taken: Taken) -> Verdict {
    Verdict::Resolve { taken, note: "as agreed".to_owned() }
}

fn suggestion(kind: SuggestionKind, values: &[(&str, f64)]) -> Suggestion {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    Suggestion { kind, reason: "slow".to_owned(), values, answer: None }
}

#[test]
fn only_staff_decides() {
    let client = Actor::Client(dossier("7").user_id());
    for by in [client, Actor::System] {
        let refused = decided_as(&dossier("7"), &open(), &[], Verdict::Acknowledge, &by);
        assert_eq!(refused, Err(Refusal::CoachOnly { to: "decide on cards" }));
    }
}

#[test]
fn a_decision_keeps_what_the_card_said_and_where_it_stood() {
    let effects = after(&open(), Verdict::Acknowledge).unwrap();
    assert_eq!(card_of(&effects).state, CardState::Acknowledged);
    let decision = decision_of(&effects);
    assert_eq!(decision.flags, open().flags);
    assert_eq!((decision.severity, decision.stood.state), (Severity::Medium, CardState::Open));
}

#[test]
fn resolving_closes_and_only_unresolved_cards_can_be() {
    let recorded = resolve(Taken::Recorded(CardAction::Callout));
    let effects = after(&open(), recorded.clone()).unwrap();
    let closed = card_of(&effects);
    assert_eq!((closed.state, closed.resolved), (CardState::Resolved, true));
    assert_eq!(closed.resolution.as_ref().unwrap().action, CardAction::Callout);
    assert_eq!(effects.len(), 2, "nothing was performed");
    let refused = after(&closed, recorded);
    assert_eq!(refused, Err(Refusal::CardState { state: CardState::Resolved }));
    let merged = JobCard { state: CardState::Merged, ..open() };
    let refused = after(&merged, Verdict::Reopen);
    assert_eq!(refused, Err(Refusal::CardState { state: CardState::Merged }));
}

#[test]
fn a_callout_sends_the_coachs_words_in_private() {
    let effects = after(&open(), resolve(Taken::Callout { text: " Report. ".to_owned() })).unwrap();
    let Effect::Send(sent) = &effects[0] else { panic!("{effects:?}") };
    assert_eq!(sent.to, Recipient::Client(dossier("7").user_id()));
    assert_eq!(sent.message, Message::Private { text: "Report.".to_owned() });
    for text in [String::new(), "x".repeat(1_801)] {
        assert!(matches!(
            after(&open(), resolve(Taken::Callout { text })),
            Err(Refusal::Invalid(_))
        ));
    }
    assert!(after(&open(), resolve(Taken::Callout { text: "x".repeat(1_800) })).is_ok());
}

#[test]
fn a_pause_needs_an_end_ahead_and_a_reassignment_a_block_of_the_library() {
    let effects = after(&open(), resolve(Taken::Pause { until: date("2026-03-09") })).unwrap();
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Profile(p) if p.paused)));
    assert!(after(&open(), resolve(Taken::Pause { until: date("2026-03-04") })).is_err());

    let effects =
        after(&open(), resolve(Taken::Reassign { block: slug("steel_block_b") })).unwrap();
    let assigned = effects.iter().any(|effect| {
        matches!(effect, Effect::Profile(p) if p.training_template_id == Some(slug("steel_block_b")))
    });
    assert!(assigned);
    assert!(after(&open(), resolve(Taken::Reassign { block: slug("none") })).is_err());
}

#[test]
fn an_escalation_alerts_and_holds_until_the_card_closes() {
    let effects = after(&open(), resolve(Taken::Escalate)).unwrap();
    assert!(matches!(effects[0], Effect::Alert { kind: AlertKind::Escalation, .. }));
    let card = card_of(&effects);
    assert_eq!((card.state, card.resolved), (CardState::Acknowledged, false));
    let mut dossier = dossier("7");
    dossier.cards.push(card.clone());
    let held = |dossier: &Dossier| {
        let policy = &crate::Policy::default();
        !crate::engine::care::grounds(dossier, policy, date("2026-03-05")).is_empty()
    };
    assert!(held(&dossier));
    let closed = after(&card, resolve(Taken::Recorded(CardAction::Escalate))).unwrap();
    dossier.cards = vec![card_of(&closed)];
    assert!(!held(&dossier));
}

#[test]
fn a_snooze_looks_ahead_and_a_checkin_ends_the_one_that_waits_for_it() {
    let until = |until| after(&open(), Verdict::Snooze { until });
    assert!(until(Snooze::At(at(NOW))).is_err());
    assert!(until(Snooze::At(at("2026-03-04T15:00:01Z"))).is_ok());
    let mut dossier = dossier("7");
    dossier.cards = vec![card_of(&until(Snooze::NextCheckin).unwrap())];
    let woken = wake_on_checkin(&dossier, at(NOW));
    assert_eq!(card_of(&woken).state, CardState::Open);
    dossier.cards = vec![card_of(&until(Snooze::Worse).unwrap())];
    assert!(wake_on_checkin(&dossier, at(NOW)).is_empty());
}

#[test]
fn a_dismissal_says_why_and_can_be_taken_back() {
    let dismiss = Verdict::Dismiss { reason: DismissReason::Wrong, note: "he was away".to_owned() };
    let effects = after(&open(), dismiss).unwrap();
    let closed = card_of(&effects);
    assert_eq!((closed.state, closed.resolved), (CardState::Dismissed, true));
    assert_eq!(closed.resolution.as_ref().unwrap().dismissed, Some(DismissReason::Wrong));
    let reopened = card_of(&after(&closed, Verdict::Reopen).unwrap());
    assert_eq!(
        (reopened.state, reopened.resolved, reopened.resolution),
        (CardState::Open, false, None)
    );
}

#[test]
fn undo_restores_the_card_and_ends_the_pause_once() {
    let coach = Actor::Coach("c".to_owned());
    let mut dossier = dossier("7");
    let effects = after(&open(), resolve(Taken::Pause { until: date("2026-03-09") })).unwrap();
    for effect in &effects {
        dossier.apply(effect);
    }
    let (closed, first) = (card_of(&effects), decision_of(&effects));
    assert!(dossier.client.paused);

    let undo = |decision| Verdict::Undo { decision };
    let unknown = decided_as(&dossier, &closed, std::slice::from_ref(&first), undo(id(99)), &coach);
    assert_eq!(unknown, Err(Refusal::NothingToUndo));
    let undone =
        decided_as(&dossier, &closed, std::slice::from_ref(&first), undo(first.id), &coach)
            .unwrap();
    for effect in &undone {
        dossier.apply(effect);
    }
    let card = card_of(&undone);
    assert_eq!((card.state, card.resolved, &card.resolution), (CardState::Open, false, &None));
    assert!(!dossier.client.paused);
    let both = [first.clone(), decision_of(&undone)];
    let twice = decided_as(&dossier, &card, &both, undo(first.id), &coach);
    assert_eq!(twice, Err(Refusal::NothingToUndo));
}

#[test]
fn a_suggestion_is_applied_when_it_is_accepted_or_edited_and_answered_once() {
    let mut card = open();
    card.suggestions = vec![suggestion(SuggestionKind::Cardio, &[("minutes", 40.0)])];
    let answer = |answer, values: &[(&str, f64)]| Verdict::Answer {
        suggestion: 0,
        answer,
        values: suggestion(SuggestionKind::Cardio, values).values,
        text: None,
    };
    let minutes = |effects: &[Effect]| {
        effects.iter().find_map(|effect| {
            let Effect::Profile(profile) = effect else { return None };
            profile.cardio_minutes.map(crate::measure::Minutes::get)
        })
    };
    let accepted = after(&card, answer(SuggestionAnswer::Accepted, &[])).unwrap();
    assert_eq!(minutes(&accepted), Some(40));
    let edited = after(&card, answer(SuggestionAnswer::Edited, &[("minutes", 35.0)])).unwrap();
    assert_eq!(minutes(&edited), Some(35));
    let rejected = after(&card, answer(SuggestionAnswer::Rejected, &[])).unwrap();
    assert_eq!(minutes(&rejected), None);
    let again = after(&card_of(&rejected), answer(SuggestionAnswer::Accepted, &[]));
    assert_eq!(again, Err(Refusal::NoSuggestion));
    for bad in [301.0, 30.5, -1.0, f64::NAN] {
        assert!(after(&card, answer(SuggestionAnswer::Edited, &[("minutes", bad)])).is_err());
    }

    card.flags.push(FlagName::about(Flag::NoteConcern, "illness"));
    let refused = after(&card, answer(SuggestionAnswer::Accepted, &[]));
    assert_eq!(refused, Err(Refusal::Unsafe));
}

#[test]
fn a_note_is_added_without_moving_the_card() {
    let closed = JobCard { state: CardState::Resolved, resolved: true, ..open() };
    let noted =
        card_of(&after(&closed, Verdict::Note { text: "spoke to him".to_owned() }).unwrap());
    assert_eq!(noted.notes[0].text, "spoke to him");
    assert_eq!(noted.state, CardState::Resolved);
}

#[test]
fn a_manual_flag_joins_the_card_of_the_day() {
    let coach = Actor::Coach("c".to_owned());
    let mut dossier = dossier("7");
    let raise = |dossier: &Dossier, label: &str| {
        raise_manual(dossier, (label, "see call"), Severity::High, &coach, at(NOW))
    };
    let first = raise(&dossier, "sleep").unwrap();
    dossier.apply(&first);
    let both = card_of(&[raise(&dossier, "work").unwrap()]);
    let flags: Vec<String> = both.flags.iter().map(ToString::to_string).collect();
    assert_eq!(flags, ["manual:sleep", "manual:work"]);
    assert_eq!(both.source, CardSource::Manual);
    for label in ["", " ", &"x".repeat(61)] {
        assert!(raise(&dossier, label).is_err());
    }
}

#[test]
fn a_draft_says_what_the_client_knows_and_no_flag() {
    let mut card = open();
    card.add(Severity::High, super::evidence(Flag::LapseRisk, "2026-03-03", "2026-03-03"));
    let text = draft(&card);
    assert_eq!(
        text,
        "Meals not logged: 4 March. Report in: what stands in the way, and what you do about it \
         today."
    );
    assert!(!text.contains("lapse"));
}

#[test]
fn a_flag_of_the_card_is_judged_wherever_the_card_stands() {
    let judge =
        |flag: &str| Verdict::Judge { flag: flag.parse().unwrap(), judgment: Judgment::Wrong };
    for state in CardState::ALL {
        let card = JobCard { state: *state, ..open() };
        let flag = card.flags[0].to_string();
        assert_eq!(card_of(&after(&card, judge(&flag)).unwrap()), card);
        assert!(matches!(after(&card, judge("no_response")), Err(Refusal::Invalid(_))));
    }
}
