use std::collections::BTreeMap;

use super::{date, id};
use crate::{
    UserId,
    engine::cards::{CARDS_PER_MESSAGE, is_news, tell, weekly_summary},
    message::{CardLine, Dispatch, Message, Priority, Recipient},
    record::{CardSource, CardState, Flag, FlagName, JobCard, Severity},
    testing::{at, user},
};

const NOW: &str = "2026-03-08T22:00:03Z";

fn card(n: u8, severity: Severity, flags: &[Flag]) -> JobCard {
    let mut card = JobCard::open(user("7"), CardSource::WeeklyScan, date("2026-03-08"), at(NOW));
    card.id = Some(id(n));
    card.severity = severity;
    card.flags = flags.iter().map(|flag| FlagName::plain(*flag)).collect();
    card.summary = "3 meals were missed on 2 dates. It was 1.5 last week.".to_owned();
    card
}

fn aliases() -> BTreeMap<UserId, String> {
    BTreeMap::from([(user("7"), "Iron Ana".to_owned())])
}

fn lines(dispatch: &Dispatch) -> &[CardLine] {
    let (Message::Cards { cards: lines } | Message::WeeklySummary { worst: lines, .. }) =
        &dispatch.message
    else {
        panic!("{dispatch:?}");
    };
    lines
}

#[test]
fn high_and_critical_cards_are_news_and_others_are_not() {
    let news = Severity::ALL.iter().map(|severity| is_news(&card(1, *severity, &[]), &[]));
    assert_eq!(news.collect::<Vec<_>>(), [false, false, true, true]);
}

#[test]
fn a_card_is_news_once_and_again_when_it_got_worse() {
    let known = card(1, Severity::High, &[Flag::SilentClient]);
    assert!(!is_news(&known, std::slice::from_ref(&known)));
    let fewer = card(1, Severity::High, &[]);
    assert!(!is_news(&fewer, std::slice::from_ref(&known)));
    let more = card(1, Severity::High, &[Flag::SilentClient, Flag::NoResponse]);
    assert!(is_news(&more, std::slice::from_ref(&known)));
    let higher = card(1, Severity::Critical, &[Flag::SilentClient]);
    assert!(is_news(&higher, &[known]));
}

#[test]
fn a_card_that_says_what_those_it_absorbs_said_is_no_news() {
    let infraction = card(2, Severity::High, &[Flag::NonRespondingClient]);
    let last_week = card(3, Severity::Medium, &[Flag::SoftCompliance]);
    let both = card(1, Severity::High, &[Flag::NonRespondingClient, Flag::SoftCompliance]);
    assert!(!is_news(&both, &[infraction.clone(), last_week]));
    assert!(is_news(&both, &[infraction]));
}

#[test]
fn what_is_put_off_or_closed_is_no_news() {
    let news = CardState::ALL.iter().map(|state| {
        let card = JobCard { state: *state, ..card(1, Severity::Critical, &[]) };
        (*state, is_news(&card, &[]))
    });
    for (state, is_news) in news {
        let waits = matches!(state, CardState::Open | CardState::Acknowledged);
        assert_eq!(is_news, waits, "{state}");
    }
}

#[test]
fn cards_are_told_worst_first_five_to_a_message() {
    let mut cards: Vec<JobCard> = (1..=6).map(|n| card(n, Severity::High, &[])).collect();
    cards[3].severity = Severity::Critical;
    cards[5].priority = 0.9;
    let told = tell(cards.clone(), &aliases(), at(NOW));
    assert_eq!(told.iter().map(|message| lines(message).len()).collect::<Vec<_>>(), [5, 1]);
    assert_eq!(lines(&told[0])[0].id, cards[3].id.unwrap());
    assert_eq!(lines(&told[0])[1].id, cards[5].id.unwrap());
    assert!(told.iter().all(|message| message.to == Recipient::Coaches));
    assert!(told.iter().all(|message| message.priority == Priority::Alert));
    assert_ne!(told[0].key, told[1].key);
    assert!(tell(Vec::new(), &aliases(), at(NOW)).is_empty());
}

#[test]
fn a_line_says_who_by_alias_and_why_in_one_sentence() {
    let told = tell(vec![card(1, Severity::High, &[Flag::SilentClient])], &aliases(), at(NOW));
    let [line] = lines(&told[0]) else { panic!("{told:?}") };
    assert_eq!(
        (line.alias.as_deref(), line.why.as_str()),
        (Some("Iron Ana"), "3 meals were missed on 2 dates")
    );
    assert_eq!(line.flags, [FlagName::plain(Flag::SilentClient)]);
    let mut long = card(1, Severity::High, &[]);
    long.summary = "x".repeat(161);
    let told = tell(vec![long.clone()], &BTreeMap::new(), at(NOW));
    let why = &lines(&told[0])[0].why;
    assert_eq!((why.chars().count(), why.ends_with('…')), (160, true));
    assert_eq!(lines(&told[0])[0].alias, None);
    long.summary = "x".repeat(160);
    let told = tell(vec![long], &BTreeMap::new(), at(NOW));
    assert_eq!(lines(&told[0])[0].why, "x".repeat(160));
}

#[test]
fn a_summary_counts_by_severity_and_shows_the_worst_that_fit() {
    let cards: Vec<JobCard> = (1..=6).map(|n| card(n, Severity::High, &[])).collect();
    let counts = vec![(Severity::Low, 0), (Severity::Medium, 9), (Severity::High, 6)];
    let sunday = date("2026-03-08");
    let told = weekly_summary(sunday, 40, counts, (&cards, &aliases()), at(NOW));
    let Message::WeeklySummary { clients, counts, .. } = &told.message else { panic!("{told:?}") };
    assert_eq!(*clients, 40);
    assert_eq!(counts[..], [(Severity::High, 6), (Severity::Medium, 9)]);
    assert_eq!(lines(&told).len(), CARDS_PER_MESSAGE);
    assert_eq!((told.key.as_str(), told.priority), ("weekly_summary:2026-03-08", Priority::Digest));
}

#[test]
fn a_person_is_taken_out_of_what_is_told_to_many() {
    let other = JobCard { user_id: user("8"), ..card(2, Severity::High, &[]) };
    let told = tell(vec![card(1, Severity::High, &[]), other], &aliases(), at(NOW));
    let left = told[0].message.clone().without(user("7")).unwrap();
    assert!(
        matches!(&left, Message::Cards { cards } if cards[0].user_id == user("8") && cards.len() == 1)
    );
    assert_eq!(left.without(user("8")), None);
}
