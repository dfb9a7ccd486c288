//! What Discord is sent: notes, forms and messages as its JSON, within its limits.

use serde_json::{Map, Value, json};

use super::interaction::Interaction;
use crate::{
    Action, CustomIds, For, Rendered,
    answer::{Answer, File, Form, Input, InputStyle, Note},
    inert::clip,
    rendered::{Button, Row, Select, Style, limit},
};

/// The longest text that a field of a form takes.
const LONGEST_INPUT: u16 = 4_000;

/// The most files of a message.
const FILES: usize = 10;

/// The longest text of a choice, its value, and of a field's placeholder.
const LONGEST_CHOICE: usize = 100;

/// Only one person sees it.
const EPHEMERAL: u64 = 64;

/// Kinds of first answers.
mod callback {
    pub(super) const MESSAGE: u8 = 4;
    pub(super) const DEFERRED_MESSAGE: u8 = 5;
    pub(super) const DEFERRED_CHANGE: u8 = 6;
    pub(super) const CHANGE: u8 = 7;
    pub(super) const CHOICES: u8 = 8;
    pub(super) const FORM: u8 = 9;
}

/// Kinds of components.
mod component {
    pub(super) const ROW: u8 = 1;
    pub(super) const BUTTON: u8 = 2;
    pub(super) const MENU: u8 = 3;
    pub(super) const INPUT: u8 = 4;
}

/// What is sent along with a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Body {
    /// Its JSON.
    pub(crate) json: Value,
    /// Its files.
    pub(crate) files: Vec<File>,
}

/// Who sees an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// The person who asked.
    ByOne,
    /// Everybody in the channel.
    ByAll,
}

impl Body {
    /// Writes what has no files.
    pub(crate) fn of(json: Value) -> Self {
        Self { json, files: Vec::new() }
    }

    /// Writes the first answer to an interaction.
    pub(crate) fn first(answer: &Answer, interaction: &Interaction, ids: &CustomIds) -> Self {
        let reader = For::Person(interaction.person.user_id);
        match answer {
            Answer::Note(note) => {
                Self::note(note, Seen::ByOne, ids, reader).inside(callback::MESSAGE)
            }
            Answer::Post(note) => {
                Self::note(note, Seen::ByAll, ids, reader).inside(callback::MESSAGE)
            }
            Answer::Changed(note) => Self::edit(note, ids, reader).inside(callback::CHANGE),
            Answer::Form(form) => Self::of(self::form(form, ids, reader)).inside(callback::FORM),
            Answer::Choices(choices) => Self::of(self::choices(choices)).inside(callback::CHOICES),
        }
    }

    /// Writes that an answer follows as a note.
    pub(crate) fn deferred_note() -> Self {
        Self::of(json!({"type": callback::DEFERRED_MESSAGE, "data": {"flags": EPHEMERAL}}))
    }

    /// Writes that a change of the message follows.
    pub(crate) fn deferred_change() -> Self {
        Self::of(json!({"type": callback::DEFERRED_CHANGE}))
    }

    /// Writes a first answer of words alone, for one person.
    pub(crate) fn plain(words: &str) -> Self {
        let data = json!({
            "content": clip(words, limit::CONTENT),
            "allowed_mentions": {"parse": []},
            "flags": EPHEMERAL,
        });
        Self::of(json!({"type": callback::MESSAGE, "data": data}))
    }

    /// Writes a first answer of no choices.
    pub(crate) fn no_choices() -> Self {
        Self::of(json!({"type": callback::CHOICES, "data": {"choices": []}}))
    }

    /// Writes a note.
    pub(crate) fn note(note: &Note, seen: Seen, ids: &CustomIds, reader: For) -> Self {
        let mut body = Self::edit(note, ids, reader);
        if seen == Seen::ByOne {
            body.json["flags"] = EPHEMERAL.into();
        }
        body
    }

    /// Writes what takes the place of a note or of a message, with all that stood there.
    pub(crate) fn edit(note: &Note, ids: &CustomIds, reader: For) -> Self {
        let files: Vec<File> = note.files.iter().take(FILES).cloned().collect();
        let json = json!({
            "content": clip(&note.content, limit::CONTENT),
            "components": rows(&note.rows, ids, reader),
            "allowed_mentions": {"parse": []},
            "attachments": attachments(&files),
        });
        Self { json, files }
    }

    /// Writes a message of the outbox. With its nonce, a repeat is answered with the message that is
    /// there already.
    pub(crate) fn message(rendered: &Rendered, nonce: &str, ids: &CustomIds, reader: For) -> Self {
        let file = rendered.attachment.iter().map(|attachment| File {
            name: attachment.name.clone(),
            bytes: attachment.text.clone().into_bytes(),
            content_type: "text/plain; charset=utf-8",
        });
        let note = Note {
            content: rendered.content(),
            rows: rendered.rows.clone(),
            files: file.collect(),
            later: None,
        };
        Self::edit(&note, ids, reader).with_nonce(nonce)
    }

    /// Makes a repeat harmless.
    pub(crate) fn with_nonce(mut self, nonce: &str) -> Self {
        self.json["nonce"] = nonce.into();
        self.json["enforce_nonce"] = true.into();
        self
    }

    fn inside(self, callback: u8) -> Self {
        Self { json: json!({"type": callback, "data": self.json}), files: self.files }
    }
}

fn attachments(files: &[File]) -> Value {
    files.iter().enumerate().map(|(id, file)| json!({"id": id, "filename": file.name})).collect()
}

fn rows(rows: &[Row], ids: &CustomIds, reader: For) -> Value {
    let row = |(n, row): (u8, &Row)| {
        let components: Value = match row {
            Row::Buttons(buttons) => buttons
                .iter()
                .take(limit::BUTTONS)
                .map(|button| self::button(button, ids, reader))
                .collect(),
            Row::Menu(choices) => {
                let options: Vec<Value> = choices
                    .iter()
                    .map(|choice| {
                        let value = ids.write(&choice.action, reader);
                        json!({"label": clip(&choice.label, LONGEST_CHOICE), "value": value})
                    })
                    .take(limit::CHOICES)
                    .collect();
                let custom_id = ids.write(&Action::Menu { row: n }, reader);
                json!([{"type": component::MENU, "custom_id": custom_id, "options": options}])
            }
            Row::Select(select) => json!([self::select(select, ids, reader)]),
        };
        json!({"type": component::ROW, "components": components})
    };
    (0..).zip(rows.iter().take(limit::ROWS)).map(row).collect()
}

fn button(button: &Button, ids: &CustomIds, reader: For) -> Value {
    let style = match button.style {
        Style::Primary => 1,
        Style::Secondary => 2,
        Style::Success => 3,
        Style::Danger => 4,
        Style::Link => 5,
    };
    let label = clip(&button.label, limit::LABEL);
    if let Action::Open { url } = &button.action {
        return json!({"type": component::BUTTON, "style": 5, "label": label, "url": url});
    }
    let custom_id = ids.write(&button.action, reader);
    json!({"type": component::BUTTON, "style": style, "label": label, "custom_id": custom_id})
}

fn select(select: &Select, ids: &CustomIds, reader: For) -> Value {
    let options: Vec<Value> = select
        .answers
        .iter()
        .take(limit::CHOICES)
        .map(|answer| {
            let label = clip(&answer.label, LONGEST_CHOICE);
            json!({"label": label, "value": answer.value, "default": answer.is_chosen})
        })
        .collect();
    json!({
        "type": component::MENU,
        "custom_id": ids.write(&select.action, reader),
        "placeholder": clip(&select.placeholder, limit::PLACEHOLDER),
        "options": options,
    })
}

fn form(form: &Form, ids: &CustomIds, reader: For) -> Value {
    let rows: Vec<Value> = form
        .inputs
        .iter()
        .take(limit::INPUTS)
        .map(|input| json!({"type": component::ROW, "components": [self::input(input)]}))
        .collect();
    json!({
        "custom_id": ids.write(&form.action, reader),
        "title": clip(&form.title, limit::TITLE),
        "components": rows,
    })
}

fn input(input: &Input) -> Value {
    let Input { id, label, style, required, min, max, value, placeholder } = input;
    let style = match style {
        InputStyle::Short => 1,
        InputStyle::Long => 2,
    };
    let max = max.unwrap_or(LONGEST_INPUT).clamp(1, LONGEST_INPUT);
    let mut fields = Map::new();
    fields.insert("type".to_owned(), component::INPUT.into());
    fields.insert("custom_id".to_owned(), (*id).into());
    fields.insert("label".to_owned(), clip(label, limit::INPUT_LABEL).into());
    fields.insert("style".to_owned(), style.into());
    fields.insert("required".to_owned(), (*required).into());
    fields.insert("max_length".to_owned(), max.into());
    if let Some(min) = min {
        fields.insert("min_length".to_owned(), (*min).min(max).into());
    }
    if let Some(value) = value {
        fields.insert("value".to_owned(), clip(value, max.into()).into());
    }
    if let Some(placeholder) = placeholder {
        fields.insert("placeholder".to_owned(), clip(placeholder, LONGEST_CHOICE).into());
    }
    Value::Object(fields)
}

fn choices(choices: &[(String, String)]) -> Value {
    let choices: Vec<Value> = choices
        .iter()
        .take(limit::CHOICES)
        .map(|(name, value)| {
            json!({"name": clip(name, LONGEST_CHOICE), "value": clip(value, LONGEST_CHOICE)})
        })
        .collect();
    json!({ "choices": choices })
}

#[cfg(test)]
mod tests;
