use regiment_core::record::{CardSource, Evidence, FlagName, Severity};

use super::*;
use crate::finding::date_of;
use crate::history::Day;
use crate::testing::{checkin, client};

const SUNDAY: Day = 60;

/// A client with a note on two days of the week, the later of which the card speaks of.
fn noted(id: &str, first: &str, last: &str) -> ClientHistory {
    let mut life = client(id).with_checkin(checkin(SUNDAY - 9, None));
    for (day, note) in [(SUNDAY - 3, first), (SUNDAY - 1, last)] {
        let mut row = checkin(day, None);
        row.notes = Some(note.into());
        life = life.with_checkin(row);
    }
    life
}

fn card(life: &ClientHistory, topic: Option<Topic>) -> JobCard {
    let at = "1970-03-02T22:00:00Z".parse().expect("an instant");
    let mut card = JobCard::open(life.profile.user_id, CardSource::WeeklyScan, date_of(SUNDAY), at);
    (card.window_start, card.window_end) = (Some(date_of(SUNDAY - 6)), Some(date_of(SUNDAY)));
    if let Some(topic) = topic {
        let evidence = Evidence {
            flag: FlagName::about(Flag::NoteConcern, topic.as_str()),
            window_start: date_of(SUNDAY - 6),
            window_end: date_of(SUNDAY),
            dates: vec![date_of(SUNDAY - 1)],
            numbers: std::collections::BTreeMap::new(),
            detail: String::new(),
        };
        card.add(Severity::Critical, evidence);
    }
    card
}

fn closed(
    card: &JobCard,
    by: Actor,
    action: CardAction,
    dismissed: Option<DismissReason>,
) -> JobCard {
    let (note, at) = (String::new(), card.timestamp);
    JobCard { resolution: Some(Resolution { action, note, by, at, dismissed }), ..card.clone() }
}

fn coach() -> Actor {
    Actor::Coach("c".to_owned())
}

#[test]
fn a_coach_who_acts_says_that_the_card_read_its_notes_right() {
    let life = noted("1", "slept well", "my shoulder went");
    let card = card(&life, Some(Topic::Injury));
    let told = tags(&life, &closed(&card, coach(), CardAction::Callout, None));
    let told: Vec<(&str, Vec<Topic>)> =
        told.iter().map(|one| (one.note.as_str(), one.topics.iter().copied().collect())).collect();
    assert_eq!(told, [("slept well", vec![]), ("my shoulder went", vec![Topic::Injury])]);
}

#[test]
fn wrong_says_that_the_notes_speak_of_nothing_and_other_words_say_nothing_of_them() {
    let life = noted("1", "slept well", "my shoulder went");
    let card = card(&life, Some(Topic::Injury));
    for reason in DismissReason::ALL {
        let told = tags(&life, &closed(&card, coach(), CardAction::None, Some(*reason)));
        let expected = if *reason == DismissReason::Wrong { 2 } else { 0 };
        assert_eq!(told.len(), expected, "{reason}");
        assert!(told.iter().all(|one| one.topics.is_empty()), "{reason}");
    }
    assert_eq!(tags(&life, &card), [], "nobody closed it");
    assert_eq!(tags(&life, &closed(&card, coach(), CardAction::None, None)), []);
    assert_eq!(tags(&life, &closed(&card, Actor::System, CardAction::Callout, None)), []);
}

#[test]
fn a_reader_learns_the_words_of_a_practice_from_what_its_coaches_did() {
    // Its clients say "the gremlin is back", which no lexicon knows.
    let words =
        ["the gremlin is back", "gremlin again today", "that gremlin woke up", "gremlin, sigh"];
    let lives: Vec<(ClientHistory, JobCard)> = (0..60)
        .map(|n| {
            let life = noted(&(n + 1).to_string(), "slept well", words[n % 4]);
            let card = card(&life, Some(Topic::Injury));
            let closed = closed(&card, coach(), CardAction::Escalate, None);
            (life, closed)
        })
        .collect();
    let learn =
        |n: usize| reader(lives[..n].iter().map(|(life, card)| (life, std::slice::from_ref(card))));
    assert!(learn(49).is_none(), "98 notes");
    let reader = learn(60).expect("120 notes");
    let suspects =
        |note: &str| reader.suspects(note).into_iter().map(|(topic, _)| topic).collect::<Vec<_>>();
    assert_eq!(suspects("hello gremlin"), [Topic::Injury]);
    assert_eq!(suspects("slept well, all good"), []);
}
