//! What somebody is shown in return for a command, a press or a form: plain data.

use std::{fmt, time::Duration};

use crate::{Action, Row, inert, limit};

/// An answer to an interaction.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Words that he alone sees.
    Note(Note),
    /// What the message on which the control stands says from now on.
    Changed(Note),
    /// Words for everybody in the channel.
    Post(Note),
    /// A form to fill in.
    Form(Form),
    /// Choices for an option that is being typed: label and value, up to 25.
    Choices(Vec<(String, String)>),
}

/// A message as an answer. What it says may be somebody's weight: `Debug` says how long it is.
#[derive(Clone, Default, PartialEq)]
pub struct Note {
    /// What it says, in Discord's markup.
    pub content: String,
    /// Buttons and menus, from top to bottom.
    pub rows: Vec<Row>,
    /// Files, up to 10.
    pub files: Vec<File>,
    /// What the same note says later.
    pub later: Option<Later>,
}

/// A file that comes with a note.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// What it is called.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// What it is: `image/png`.
    pub content_type: &'static str,
}

/// What a note says when some time is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Later {
    /// How long after the answer.
    pub after: Duration,
    /// What it says then; its rows go.
    pub content: String,
}

/// A form of text inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// What submitting it asks for.
    pub action: Action,
    /// What it is called: up to [`limit::TITLE`].
    pub title: String,
    /// 1 to [`limit::INPUTS`] fields.
    pub inputs: Vec<Input>,
}

/// A text input of a form.
#[derive(Clone, PartialEq, Eq)]
pub struct Input {
    /// By which its value comes back.
    pub id: &'static str,
    /// What it asks for: up to [`limit::INPUT_LABEL`].
    pub label: String,
    /// How much room it has.
    pub style: InputStyle,
    /// Whether it must be filled in.
    pub required: bool,
    /// The shortest text that is taken.
    pub min: Option<u16>,
    /// The longest text that is taken.
    pub max: Option<u16>,
    /// What stands there already.
    pub value: Option<String>,
    /// What shows while it is empty.
    pub placeholder: Option<String>,
}

/// How much room an input has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputStyle {
    /// One line.
    Short,
    /// Several lines.
    Long,
}

impl Note {
    /// Makes a note of words alone.
    pub fn new(content: impl Into<String>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}

impl Input {
    /// Asks for one line that may stay empty.
    pub(crate) fn short(id: &'static str, label: impl Into<String>, max: u16) -> Self {
        let label = inert::clip(&label.into(), limit::INPUT_LABEL);
        let (style, required) = (InputStyle::Short, false);
        let (min, value, placeholder) = (None, None, None);
        Self { id, label, style, required, min, max: Some(max), value, placeholder }
    }

    /// Asks for several lines that may stay empty.
    pub(crate) fn long(id: &'static str, label: impl Into<String>, max: u16) -> Self {
        Self { style: InputStyle::Long, ..Self::short(id, label, max) }
    }

    /// Must be filled in.
    pub(crate) fn required(self) -> Self {
        Self { required: true, min: Some(1), ..self }
    }

    /// Shows an example while it is empty.
    pub(crate) fn hint(self, example: &str) -> Self {
        let example = inert::clip(example, limit::PLACEHOLDER);
        Self { placeholder: Some(example), ..self }
    }

    /// Holds a text already, cut to what is taken.
    pub(crate) fn holding(self, value: &str) -> Self {
        let longest = usize::from(self.max.unwrap_or(u16::MAX));
        let value: String = value.chars().take(longest).collect();
        Self { value: Some(value).filter(|value| !value.is_empty()), ..self }
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { content, rows, files, later } = self;
        f.debug_struct("Note")
            .field("length", &content.len())
            .field("rows", &rows.len())
            .field("files", files)
            .field("later", &later.as_ref().map(|later| later.after))
            .finish()
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, bytes, content_type: _ } = self;
        f.debug_struct("File").field("name", name).field("length", &bytes.len()).finish()
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("id", &self.id).finish_non_exhaustive()
    }
}
