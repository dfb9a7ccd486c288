use regiment_core::engine::cards::SUMMARY_CHARACTERS;
use regiment_core::record::{Actor, CardState, FlagName, Resolution};

use super::*;
use crate::finding::day_of;
use crate::history::Outcome;
use crate::rules::{Known, check};
use crate::testing::{checkin, client, history, missed_checkin};

const AS_OF: Day = 60;

fn edition(model: Option<&str>) -> Edition {
    Edition {
        sunday: date_of(AS_OF),
        at: "1970-03-02T22:00:00Z".parse().expect("an instant"),
        policy_version: 3,
        model_version: model.map(str::to_owned),
        high_probability: 0.5,
    }
}

/// What the rules find of a client, with nothing beside.
fn found(client: &ClientHistory) -> Found {
    let exercises = history([]).exercises;
    let policy = regiment_core::Policy::default();
    Found {
        verdict: check(client, &exercises, AS_OF, &policy.flags, &Known::default()),
        others: Vec::new(),
        lapse: None,
        abstained: None,
    }
}

/// A week in which every meal and check-in is done, and two sessions are missed.
fn missed_sessions() -> ClientHistory {
    let mut client = client("7").with_set(56, 0, None).with_set(58, 0, None);
    for day in AS_OF - 6..=AS_OF {
        client = client.with_meals(day, &[Outcome::Completed; 3]).with_checkin(checkin(day, 90.0));
        client = client.with_cardio(day, Some(30));
    }
    client
}

fn texts(flags: &[FlagName]) -> Vec<String> {
    flags.iter().map(ToString::to_string).collect()
}

#[test]
fn a_card_says_the_facts_with_their_dates() {
    let client = missed_sessions();
    let card = write(&client, AS_OF, &found(&client), &[], &edition(None));
    assert_eq!(texts(&card.flags), ["training_inconsistency"]);
    assert_eq!(card.summary, "Top sets missed on 2 dates (26 Feb, 28 Feb). Rules only.");
    assert_eq!((card.severity, card.action_suggested), (Severity::Medium, CardAction::Callout));
    assert_eq!(card.evidence[0].dates, [date_of(56), date_of(58)]);
    assert_eq!((card.window_start, card.window_end), (Some(date_of(54)), Some(date_of(60))));
    assert_eq!((card.policy_version, card.model_version), (Some(3), None));
}

#[test]
fn a_model_adds_flags_and_never_changes_what_the_rules_suggest() {
    let client = missed_sessions();
    let alone = write(&client, AS_OF, &found(&client), &[], &edition(None));
    let check = |probability: f64, is_flagged: bool, severity: Severity, flags: &[&str]| {
        let lapse = Some(Lapse {
            probability,
            drivers: vec!["adherence is falling".to_owned()],
            answers: None,
            steps: Vec::new(),
            is_flagged,
        });
        let with = write(
            &client,
            AS_OF,
            &Found { lapse, ..found(&client) },
            &[],
            &edition(Some("lapse 1")),
        );
        let added = with.flags.iter().filter(|flag| !alone.flags.contains(flag));
        assert_eq!(texts(&added.cloned().collect::<Vec<_>>()), flags);
        assert_eq!(with.flags.len(), alone.flags.len() + flags.len());
        assert_eq!(with.action_suggested, alone.action_suggested);
        assert_eq!(with.severity, severity);
        let said = with.summary.contains("Lapse risk");
        assert_eq!(said, is_flagged, "{}", with.summary);
    };
    check(0.9, false, Severity::Medium, &[]);
    check(0.49, true, Severity::Medium, &["lapse_risk"]);
    check(0.5, true, Severity::High, &["lapse_risk"]);
}

#[test]
fn a_safety_note_escalates_and_nothing_that_adds_strain_is_suggested() {
    let client = missed_sessions();
    let stall = Finding::flag(Severity::Medium, Flag::WeightStall, 47..=60);
    let mut found = found(&client);
    found.verdict.flags.push(stall);
    let calm = write(&client, AS_OF, &found, &[], &edition(None));
    assert!(calm.suggestions.iter().any(|s| s.kind == SuggestionKind::Cardio));
    assert_eq!(calm.suggestions[0].values["minutes"].to_bits(), 40.0_f64.to_bits());

    let injury = FlagName::about(Flag::NoteConcern, "injury");
    found.others.push(Finding::flag(Severity::Critical, injury.clone(), 60..=60).on([60]));
    let grave = write(&client, AS_OF, &found, &[], &edition(None));
    assert_eq!(found.verdict.action, CardAction::Callout, "the rules' own");
    assert_eq!(grave.action_suggested, CardAction::Escalate);
    assert!(grave.suggestions.iter().all(|s| !adds_strain(s.kind)));
    assert!(grave.summary.starts_with("A note speaks of injury (2 Mar)."));

    // One that stands on another card that nobody closed holds as well.
    found.others.clear();
    let mut other =
        JobCard::open(client.profile.user_id, CardSource::Checkin, date_of(58), edition(None).at);
    other.flags = vec![injury];
    let held = write(&client, AS_OF, &found, std::slice::from_ref(&other), &edition(None));
    assert_eq!(held.action_suggested, CardAction::Escalate);
    other.state = CardState::Resolved;
    let free = write(&client, AS_OF, &found, &[other], &edition(None));
    assert_eq!(free.action_suggested, CardAction::Callout);
}

#[test]
fn a_card_says_what_changed_and_what_was_done_last_time() {
    let client = missed_sessions();
    let mut last = JobCard::open(
        client.profile.user_id,
        CardSource::WeeklyScan,
        date_of(AS_OF - 7),
        edition(None).at,
    );
    last.flags = vec![Flag::MoodDrop.into(), Flag::TrainingInconsistency.into()];
    last.resolution = Some(Resolution {
        action: CardAction::Callout,
        note: "knee is fine".to_owned(),
        by: Actor::System,
        at: edition(None).at,
        dismissed: None,
    });
    let card = write(&client, AS_OF, &found(&client), &[last], &edition(None));
    assert!(card.summary.contains("Over since last week: mood drop."), "{}", card.summary);
    assert!(
        card.summary.contains("Last time (23 Feb): callout, “knee is fine”."),
        "{}",
        card.summary
    );
}

#[test]
fn a_stream_without_a_row_is_named_and_a_client_without_any_is_said_to_have_none() {
    let mut client = missed_sessions();
    client.cardio.clear();
    let card = write(&client, AS_OF, &found(&client), &[], &edition(None));
    assert!(card.summary.contains("No row this week: cardio."), "{}", card.summary);
    client.profile.cardio_minutes = 0;
    let card = write(&client, AS_OF, &found(&client), &[], &edition(None));
    assert!(!card.summary.contains("No row"), "{}", card.summary);

    let nobody = crate::testing::client("8");
    let card = write(&nobody, AS_OF, &found(&nobody), &[], &edition(None));
    assert_eq!(card.summary, "No log of any kind from 1970-02-24 to 1970-03-02. Rules only.");
    assert!(card.flags.is_empty());
    assert_eq!(card.action_suggested, CardAction::None);
}

#[test]
fn a_summary_holds_whole_sentences_up_to_its_length() {
    let client = missed_sessions();
    let mut found = found(&client);
    for topic in 0..40 {
        let flag = FlagName::about(Flag::NoteConcern, format!("topic_{topic}"));
        found.others.push(Finding::flag(Severity::Low, flag, 60..=60));
    }
    let card = write(&client, AS_OF, &found, &[], &edition(None));
    let n = card.summary.chars().count();
    assert!((SUMMARY_CHARACTERS - 60..=SUMMARY_CHARACTERS).contains(&n), "{n}");
    assert!(card.summary.ends_with('.'));
    assert_eq!(card.flags.len(), 41);
}

#[test]
fn what_stands_beside_a_flag_is_evidence_only_where_the_flag_is_up() {
    let client = missed_sessions();
    let mut found = found(&client);
    found.others.push(Finding::beside(Flag::TrainingInconsistency, 40..=60));
    found.others.push(Finding::beside(Flag::WeightStall, 40..=60));
    let card = write(&client, AS_OF, &found, &[], &edition(None));
    assert_eq!(card.evidence.len(), 2);
    assert_eq!(texts(&card.flags), ["training_inconsistency"]);
}

#[test]
fn the_day_of_a_date_is_the_windows_end() {
    let client = missed_sessions().with_checkin(missed_checkin(AS_OF + 1));
    let card = write(&client, AS_OF, &found(&client), &[], &edition(None));
    assert_eq!(card.window_end.map(day_of), Some(AS_OF));
}
