//! Marks on controls: which answer of an item stands.

use regiment_core::record::DoneOrMissed;
use regiment_proto::v1::{Duty, DutyState, Stream};
use serde_json::Value as Json;

use super::Visit;
use crate::{
    Action, Button, Choice, Row, Style, Texts,
    custom_id::short,
    discord::{Asks, Shown},
    inert,
    line::Value,
    rendered::limit,
    texts::{Key, Piece},
};

use super::words;

/// How a control looks: its color, and whether it is marked as the answer that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) style: Style,
    pub(super) is_marked: bool,
}

impl Visit<'_> {
    /// Returns the rows of a message, with marks as duties stand.
    pub(super) fn marked(&self, shown: &Shown, look: impl Fn(&Action) -> Option<Look>) -> Vec<Row> {
        let is_coach = self.desk.is_coach(self.by);
        let read = |id: &str| self.desk.ids.read(id, self.user_id(), is_coach).ok();
        let mut rows = rows(&shown.components, read);
        mark(&mut rows, look, self.texts());
        rows
    }

    /// Returns what stands as chosen in the questions of the message.
    pub(super) fn chosen(&self) -> Vec<(Action, String)> {
        let rows = self.by.message.iter().flat_map(|shown| &shown.components);
        let menus = rows.flat_map(|row| list(&row["components"]));
        let is_coach = self.desk.is_coach(self.by);
        let chosen = |menu: &Json| {
            let id = menu["custom_id"].as_str()?;
            let action = self.desk.ids.read(id, self.user_id(), is_coach).ok()?;
            let answer = list(&menu["options"]).find(|option| option["default"] == true)?;
            Some((action, answer["value"].as_str()?.to_owned()))
        };
        menus.filter_map(chosen).collect()
    }

    /// Returns the label of the control that was used, without its mark.
    pub(super) fn used_label(&self) -> Option<String> {
        let shown = self.by.message.as_ref()?;
        let used = match &self.by.asks {
            Asks::Press { custom_id } => custom_id,
            Asks::Choose { values, .. } => values.first()?,
            Asks::Command { .. } | Asks::Complete { .. } | Asks::Submit { .. } => return None,
        };
        let controls = || shown.components.iter().flat_map(|row| list(&row["components"]));
        let options = controls().flat_map(|control| list(&control["options"]));
        let found = controls().chain(options).find(|control| {
            [&control["custom_id"], &control["value"]].iter().any(|id| *id == used)
        });
        Some(unmarked(found?["label"].as_str()?, self.texts()))
    }
}

/// Says how the control of an item looks, as its duty stands; `None` for what belongs to none.
pub(super) fn look(action: &Action, duties: &[Duty]) -> Option<Look> {
    let duty = |stream: Stream, id: &str| {
        let found = duties
            .iter()
            .find(|duty| duty.stream() == stream && (duty.item == id || short(&duty.item) == id));
        found.map(Duty::state)
    };
    let look = |style, is_marked| Some(Look { style, is_marked });
    if let Action::Meal { meal_id, status, .. } = action {
        let color = match status {
            DoneOrMissed::Completed => Style::Success,
            DoneOrMissed::Missed => Style::Danger,
        };
        let stands = match duty(Stream::Meal, meal_id.as_str())? {
            DutyState::Open | DutyState::Unspecified => return look(color, false),
            DutyState::Completed | DutyState::Underperformed => DoneOrMissed::Completed,
            DutyState::Missed => DoneOrMissed::Missed,
        };
        let is_marked = *status == stands;
        return look(if is_marked { color } else { Style::Secondary }, is_marked);
    }
    let state = if let Action::TopSet { exercise_id, .. } = action {
        duty(Stream::Training, exercise_id.as_str())?
    } else if let Action::Cardio { .. } = action {
        duty(Stream::Cardio, "")?
    } else if let Action::Checkin { .. } = action {
        duty(Stream::Checkin, "")?
    } else {
        return None;
    };
    match state {
        DutyState::Open | DutyState::Unspecified => look(Style::Primary, false),
        DutyState::Completed | DutyState::Underperformed => look(Style::Success, true),
        DutyState::Missed => look(Style::Danger, false),
    }
}

/// Marks controls.
pub(super) fn mark(rows: &mut [Row], look: impl Fn(&Action) -> Option<Look>, texts: &Texts) {
    let relabel = |label: &mut String, is_marked: bool| {
        *label = unmarked(label, texts);
        if is_marked {
            let label_of = words::with(Key::Done, "label", Value::ours(&label));
            *label = inert::clip(&words::label(texts, label_of), limit::LABEL);
        }
    };
    for row in rows {
        match row {
            Row::Buttons(buttons) => {
                for button in buttons {
                    if let Some(Look { style, is_marked }) = look(&button.action) {
                        button.style = style;
                        relabel(&mut button.label, is_marked);
                    }
                }
            }
            Row::Menu(choices) => {
                for choice in choices {
                    if let Some(Look { is_marked, .. }) = look(&choice.action) {
                        relabel(&mut choice.label, is_marked);
                    }
                }
            }
            Row::Select(_) => {}
        }
    }
}

/// Reads the buttons and the menus of choices of a message. What is not understood any more goes.
fn rows(components: &[Json], read: impl Fn(&str) -> Option<Action>) -> Vec<Row> {
    let action = |id: &Json| read(id.as_str()?);
    let text = |label: &Json| label.as_str().unwrap_or_default().to_owned();
    let button = |control: &Json| {
        let (action, style) = match control["url"].as_str() {
            Some(url) => (Action::Open { url: url.to_owned() }, Style::Link),
            None => (action(&control["custom_id"])?, style(&control["style"])),
        };
        Some(Button { action, label: text(&control["label"]), style })
    };
    let choice = |option: &Json| {
        Some(Choice { action: action(&option["value"])?, label: text(&option["label"]) })
    };
    let row = |row: &Json| {
        let controls = list(&row["components"]);
        let menu: Vec<Choice> =
            controls.clone().flat_map(|menu| list(&menu["options"])).filter_map(choice).collect();
        if !menu.is_empty() {
            return Some(Row::Menu(menu));
        }
        let buttons: Vec<Button> = controls.filter_map(button).collect();
        (!buttons.is_empty()).then_some(Row::Buttons(buttons))
    };
    components.iter().filter_map(row).collect()
}

fn list(field: &Json) -> std::slice::Iter<'_, Json> {
    field.as_array().map(Vec::as_slice).unwrap_or_default().iter()
}

fn style(number: &Json) -> Style {
    match number.as_u64() {
        Some(1) => Style::Primary,
        Some(3) => Style::Success,
        Some(4) => Style::Danger,
        Some(5) => Style::Link,
        _ => Style::Secondary,
    }
}

/// Takes the mark off a label.
fn unmarked(label: &str, texts: &Texts) -> String {
    let mut around = texts.phrase(Key::Done).iter().map(|piece| match piece {
        Piece::Literal(literal) => literal.as_str(),
        Piece::Placeholder(_) => "",
    });
    let before = around.next().unwrap_or_default();
    let after = around.next_back().unwrap_or_default();
    let bare = label.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    bare.unwrap_or(label).to_owned()
}

#[cfg(test)]
mod tests;
