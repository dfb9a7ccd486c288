//! Job cards as the coaches' channel shows them.

use jiff::civil::Date;
use regiment_core::{
    Id, UserId,
    message::CardLine,
    record::{FlagName, JobCard, Severity},
};

use super::{Block, Page, day, numbered};
use crate::{
    Action, CardStep,
    controls::Control,
    line::{Line, Value},
    rendered::Style,
    texts::Key,
};

/// Job cards with what a coach needs to decide, after what is said of all of them.
pub(super) fn cards(title: Key, date: Option<Date>, said: Vec<Line>, cards: &[CardLine]) -> Page {
    let card = |(n, card): (u32, &CardLine)| {
        let CardLine { id: _, user_id, alias, severity, action, flags, why } = card;
        let client = alias.clone().unwrap_or_else(|| user_id.to_string());
        let heading = vec![
            ("number", Value::ours(n)),
            ("severity", Value::ours(severity)),
            ("client", Value::name(&client)),
        ];
        let flags = flags.iter().map(FlagName::in_words).collect::<Vec<_>>().join(", ");
        let lines = vec![
            Line::Text(Key::CardWhy, vec![("why", Value::Words(why.clone()))]),
            Line::Text(Key::CardFlags, vec![("flags", Value::Words(flags))]),
            Line::Text(Key::CardSuggested, vec![("action", Value::ours(action))]),
        ];
        Block { heading: Some(Line::Text(Key::CardLine, heading)), lines }
    };
    let mut blocks = Vec::new();
    if !said.is_empty() {
        blocks.push(Block { heading: None, lines: said });
    }
    blocks.extend((1..).zip(cards).map(card));
    Page {
        date: date.map(day),
        blocks,
        groups: (1..).zip(cards).map(|(n, it)| card_buttons(n, it.user_id, it.id)).collect(),
        ..Page::titled(title)
    }
}

/// What is said of all cards of a week.
pub(super) fn summary(clients: u32, counts: &[(Severity, u32)]) -> Vec<Line> {
    let count = |(severity, count): &(Severity, u32)| {
        let values = vec![("severity", Value::ours(severity)), ("count", Value::ours(count))];
        Line::Text(Key::SummaryCount, values)
    };
    let all = Line::Text(Key::SummaryClients, vec![("clients", Value::ours(clients))]);
    [all].into_iter().chain(counts.iter().map(count)).collect()
}

/// Returns the buttons of a job card.
pub(crate) fn card_buttons(n: u32, user_id: UserId, id: Id<JobCard>) -> Vec<Control> {
    let button = |step, key, style| {
        Control::new(Action::Card { user_id, id, step }, numbered(key, n), style)
    };
    vec![
        button(CardStep::Resolve, Key::CardResolve, Style::Success),
        button(CardStep::Snooze, Key::CardSnooze, Style::Secondary),
        button(CardStep::Dismiss, Key::CardDismiss, Style::Danger),
    ]
}
