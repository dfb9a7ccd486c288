//! Arranges buttons in the rows that Discord allows.

use std::collections::BTreeSet;

use crate::{
    Action, inert,
    line::{Form, Line},
    rendered::{Button, Choice, Row, Style, limit},
    texts::Texts,
};

/// A button that is not labeled yet.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    /// What it does.
    pub(crate) action: Action,
    /// What it will say.
    pub(crate) label: Line,
    /// How it looks.
    pub(crate) style: Style,
}

impl Control {
    /// Makes a button.
    pub(crate) fn new(action: Action, label: impl Into<Line>, style: Style) -> Self {
        Self { action, label: label.into(), style }
    }
}

/// Arranges groups of buttons, one group an item: a row for each group while there are rows; then
/// groups share rows, none of them split; and where that does not do, everything but links becomes
/// choices in menus. Returns `None` beyond what five menus hold.
pub(crate) fn arrange(groups: Vec<Vec<Control>>, texts: &Texts) -> Option<Vec<Row>> {
    let mut seen = BTreeSet::new();
    let groups: Vec<Vec<Button>> = groups
        .into_iter()
        .map(|group| {
            let new = group.into_iter().filter(|control| seen.insert(control.action.clone()));
            new.map(|control| button(&control, texts)).collect::<Vec<_>>()
        })
        .filter(|group| !group.is_empty())
        .collect();
    in_rows(&groups)
        .map(|rows| rows.into_iter().map(Row::Buttons).collect())
        .or_else(|| in_menus(groups))
}

fn button(control: &Control, texts: &Texts) -> Button {
    let label = control.label.write(texts, Form::Plain);
    Button {
        action: control.action.clone(),
        label: inert::clip(&inert::one_line(&label), limit::LABEL),
        style: control.style,
    }
}

fn in_rows(groups: &[Vec<Button>]) -> Option<Vec<Vec<Button>>> {
    let mut rows: Vec<Vec<Button>> = Vec::new();
    for group in groups {
        if group.len() > limit::BUTTONS {
            return None;
        }
        match rows.last_mut() {
            Some(row)
                if groups.len() > limit::ROWS && row.len() + group.len() <= limit::BUTTONS =>
            {
                row.extend_from_slice(group);
            }
            _ => rows.push(group.clone()),
        }
    }
    (rows.len() <= limit::ROWS).then_some(rows)
}

fn in_menus(groups: Vec<Vec<Button>>) -> Option<Vec<Row>> {
    let choices: Vec<Choice> = groups
        .into_iter()
        .flatten()
        .filter(|button| button.style != Style::Link)
        .map(|button| Choice { action: button.action, label: button.label })
        .collect();
    let menus: Vec<Row> =
        choices.chunks(limit::CHOICES).map(|chunk| Row::Menu(chunk.to_vec())).collect();
    (menus.len() <= limit::ROWS).then_some(menus)
}

#[cfg(test)]
mod tests {
    use regiment_core::testing::date;

    use super::*;
    use crate::texts::Key;

    fn shape(groups: &[usize]) -> Option<Vec<String>> {
        let mut seconds = 0;
        let group = |n: &usize| {
            let rest = |_| {
                seconds += 1;
                Control::new(Action::Rest { seconds }, Key::Excuse, Style::Secondary)
            };
            (0..*n).map(rest).collect()
        };
        let groups = groups.iter().map(group).collect();
        let rows = arrange(groups, &Texts::built_in())?;
        let name = |row: &Row| match row {
            Row::Buttons(buttons) => format!("{} buttons", buttons.len()),
            Row::Menu(choices) => format!("menu of {}", choices.len()),
            Row::Select(_) => panic!("no order asks such a question"),
        };
        Some(rows.iter().map(name).collect())
    }

    #[track_caller]
    fn check(groups: &[usize], expected: &[&str]) {
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        assert_eq!(shape(groups), Some(expected));
    }

    #[test]
    fn groups_have_rows_of_their_own_while_there_are_rows() {
        check(&[2, 2, 1], &["2 buttons", "2 buttons", "1 buttons"]);
        check(&[1; 5], &["1 buttons"; 5]);
        check(&[1; 6], &["5 buttons", "1 buttons"]);
        check(&[2; 6], &["4 buttons", "4 buttons", "4 buttons"]);
        check(&[], &[]);
    }

    #[test]
    fn what_no_longer_fits_becomes_menus() {
        check(&[1; 25], &["5 buttons"; 5]);
        check(&[1; 26], &["menu of 25", "menu of 1"]);
        check(&[6], &["menu of 6"]);
        check(&[1; 125], &["menu of 25"; 5]);
        assert_eq!(shape(&[1; 126]), None);
    }

    #[test]
    fn an_action_has_one_button() {
        let twice = || {
            Control::new(
                Action::Cardio { date: date("2026-11-24") },
                Key::FuelLogCardio,
                Style::Primary,
            )
        };
        let rows = arrange(vec![vec![twice(), twice()], vec![twice()]], &Texts::built_in());
        let Some([Row::Buttons(buttons)]) = rows.as_deref() else { panic!("{rows:?}") };
        assert_eq!(buttons.len(), 1);
    }
}
