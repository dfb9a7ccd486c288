use regiment_proto::v1::Severity;

use super::*;
use crate::{Texts, handle::kept};

fn shown() -> Shown {
    Shown {
        name: "clients/42/jobCards/018f4e3c-9a7b-7c3d-8e1f-0123456789ab".to_owned(),
        client: "clients/42".to_owned(),
        display_name: "Ana _x_".to_owned(),
        summary: "Meals: 14 of 21 done.\n@everyone".to_owned(),
        severity: Severity::High.into(),
        action_suggested: CardAction::Callout.into(),
        callout_draft: "Two meals were missed on Monday.\nReport in.".to_owned(),
        ..Shown::default()
    }
}

#[test]
fn cards_are_listed_with_their_buttons() {
    insta::assert_snapshot!(words::described(&list(&[shown(), shown()], &Texts::built_in())));
    assert!(list(&[], &Texts::built_in()).content.contains("No card"));
}

#[test]
fn as_many_cards_as_are_listed_fit() {
    let mut cards = Vec::new();
    for n in 0..LISTED {
        let name = format!("clients/42/jobCards/018f4e3c-9a7b-7c3d-8e1f-01234567890{n}");
        cards.push(Shown { name, ..shown() });
    }
    let note = list(&cards, &Texts::built_in());
    assert!(note.content.encode_utf16().count() <= limit::CONTENT);
    let Row::Menu(choices) = &note.rows[0] else { panic!("{:?}", note.rows) };
    assert_eq!(choices.len(), 24);
}

#[test]
fn resolving_asks_for_the_action_and_shows_the_draft() {
    let card = read_name(&shown().name).unwrap();
    let note = action_note(card, &shown(), &Texts::built_in());
    insta::assert_snapshot!(words::described(&note));
    assert_eq!(kept::read(&note.content), ["Two meals were missed on Monday.\nReport in."]);
}

#[test]
fn choices_that_need_words_open_a_form() {
    assert_eq!(form_of(CardStep::Act, "callout"), Some(CardStep::Callout));
    assert_eq!(form_of(CardStep::Act, "pause"), Some(CardStep::Pause));
    assert_eq!(form_of(CardStep::Act, "none"), None);
    assert_eq!(form_of(CardStep::Until, "pause"), None);
    let known = Some(CardStep::Aside(DismissReason::Known));
    assert_eq!(form_of(CardStep::Reason, "known"), known);
    assert_eq!(form_of(CardStep::Reason, "callout"), None);
}
