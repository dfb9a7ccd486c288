//! A line of a message before it is written: a text of the set and the values it stands around.

use std::fmt::Display;

use crate::{
    inert,
    texts::{Key, Piece, Texts},
};

/// Where a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// In a message, where words from outside are escaped.
    Discord,
    /// In a file or on a button, where nothing has a meaning but its own.
    Plain,
}

/// A line that is not written yet.
#[derive(Debug, Clone)]
pub(crate) enum Line {
    /// A text of the set.
    Text(Key, Vec<(&'static str, Value)>),
    /// A person's own words, of several lines.
    Own(String),
}

/// What a placeholder stands for.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// A name from outside.
    Name(String),
    /// Words from outside, of any length.
    Words(String),
    /// A number, date or timestamp written here.
    Ours(String),
    /// Other lines, separated by semicolons: names hold commas.
    Lines(Vec<Line>),
}

impl Line {
    /// Writes a line.
    pub(crate) fn write(&self, texts: &Texts, form: Form) -> String {
        let (key, values) = match self {
            Self::Text(key, values) => (*key, values),
            Self::Own(text) => {
                let text = inert::lines(text);
                return match form {
                    Form::Discord => inert::escape_lines(&text),
                    Form::Plain => text,
                };
            }
        };
        let value = |placeholder: &str| {
            let found = values.iter().find(|(name, _)| *name == placeholder);
            found.map(|(_, value)| value.write(texts, form)).unwrap_or_default()
        };
        let piece = |piece: &Piece| match piece {
            Piece::Literal(literal) => literal.clone(),
            Piece::Placeholder(placeholder) => value(placeholder),
        };
        texts.phrase(key).iter().map(piece).collect()
    }
}

impl From<Key> for Line {
    fn from(key: Key) -> Self {
        Self::Text(key, Vec::new())
    }
}

impl From<Line> for Value {
    fn from(line: Line) -> Self {
        Self::Lines(vec![line])
    }
}

impl Value {
    /// Takes a name from outside.
    pub(crate) fn name(text: &str) -> Self {
        Self::Name(text.to_owned())
    }

    /// Writes what is the program's own.
    pub(crate) fn ours(value: impl Display) -> Self {
        Self::Ours(value.to_string())
    }

    fn write(&self, texts: &Texts, form: Form) -> String {
        let words = match self {
            Self::Ours(text) => return text.clone(),
            Self::Lines(lines) => {
                let written: Vec<_> = lines.iter().map(|line| line.write(texts, form)).collect();
                return written.join("; ");
            }
            Self::Name(text) => inert::name(text),
            Self::Words(text) => inert::one_line(text),
        };
        match form {
            Form::Discord => inert::escape(&words),
            Form::Plain => words,
        }
    }
}
