//! Job cards in words.

use regiment_proto::v1::{CardAction, JobCard as Shown, Severity};

use super::{Card, read_name};
use crate::{
    Action, CardStep, Note, Row, Select, SelectAnswer, Texts,
    compose::{Block, Page, card_buttons},
    handle::{kept, words},
    inert,
    line::{Line, Value},
    render,
    rendered::limit,
    texts::Key,
};

/// How much of a draft is carried along to its form.
const LONGEST_DRAFT: usize = 900;

/// With what a card can be resolved.
const ACTIONS: [(&str, Key); 5] = [
    ("none", Key::ActNone),
    ("callout", Key::ActCallout),
    ("reassign", Key::ActReassign),
    ("pause", Key::ActPause),
    ("escalate", Key::ActEscalate),
];

/// A question with its choices.
pub(super) fn select(action: Action, ask: Key, choices: &[(&str, Key)], texts: &Texts) -> Select {
    let answer = |(value, key): &(&str, Key)| SelectAnswer {
        value: (*value).to_owned(),
        label: words::label(texts, *key),
        is_chosen: false,
    };
    Select {
        action,
        placeholder: inert::clip(&words::label(texts, ask), limit::PLACEHOLDER),
        answers: choices.iter().map(answer).collect(),
    }
}

/// Names the client of a card.
pub(super) fn who(card: &Shown) -> Value {
    let client = card.client.trim_start_matches("clients/");
    let named = [card.display_name.as_str(), &card.alias, client];
    Value::name(named.into_iter().find(|name| !name.is_empty()).unwrap_or_default())
}

/// Lists cards with their buttons.
pub(super) fn list(cards: &[Shown], texts: &Texts) -> Note {
    let mut blocks = Vec::new();
    let mut groups = Vec::new();
    for (n, card) in (1..).zip(cards) {
        let Some(named) = read_name(&card.name) else { continue };
        blocks.push(block(n, card));
        groups.push(card_buttons(n, named.user_id, named.id));
    }
    if blocks.is_empty() {
        blocks.push(Block { heading: None, lines: vec![Key::CardsNone.into()] });
    }
    render::note(&Page { blocks, groups, ..Page::titled(Key::CardsTitle) }, texts)
}

fn block(n: u32, card: &Shown) -> Block {
    let heading = vec![
        ("number", Value::ours(n)),
        ("severity", Value::ours(severity(card.severity()))),
        ("client", who(card)),
    ];
    let lines = vec![
        words::with(Key::CardWhy, "why", Value::Words(card.summary.clone())),
        words::with(Key::CardSuggested, "action", Value::ours(action(card.action_suggested()))),
    ];
    Block { heading: Some(Line::Text(Key::CardLine, heading)), lines }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low | Severity::Unspecified => "low",
    }
}

const fn action(action: CardAction) -> &'static str {
    match action {
        CardAction::Callout => "callout",
        CardAction::Reassign => "reassign",
        CardAction::Pause => "pause",
        CardAction::Escalate => "escalate",
        CardAction::None | CardAction::Unspecified => "none",
    }
}

/// Asks with which action to resolve a card.
pub(super) fn action_note(card: Card, shown: &Shown, texts: &Texts) -> Note {
    let page = Page { blocks: vec![block(1, shown)], ..Page::titled(Key::AskAction) };
    let mut note = render::note(&page, texts);
    if !shown.callout_draft.is_empty() {
        let label = words::label(texts, Key::CardMessage);
        let draft = kept::line_of(&label, &shown.callout_draft, LONGEST_DRAFT);
        note.content = format!("{}\n\n{draft}", note.content);
    }
    note.rows =
        vec![Row::Select(select(card.step(CardStep::Act), Key::AskAction, &ACTIONS, texts))];
    note
}
