//! The words of every message, read from TOML and checked before the first message is rendered.

mod key;

use std::collections::BTreeMap;

use thiserror::Error;

pub(crate) use self::key::Key;

/// A complete set of texts.
///
/// ```
/// use regiment_bot::Texts;
/// let missing = Texts::parse("[callout]\ntitle = 'Callout'").unwrap_err();
/// assert_eq!(missing.to_string(), "the text common.day is missing");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// One for each of [`Key::ALL`], in its order.
    phrases: Vec<Phrase>,
}

/// A text in pieces.
pub(crate) type Phrase = Vec<Piece>;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Said as it stands.
    Literal(String),
    /// Stands for a value.
    Placeholder(String),
}

/// Why a set of texts is refused.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum TextsError {
    /// It is no TOML.
    #[error("the texts are not TOML")]
    Toml(#[source] Box<toml::de::Error>),
    /// A text is not there.
    #[error("the text {0} is missing")]
    Missing(String),
    /// No message uses such a text.
    #[error("there is no text {0}")]
    Unknown(String),
    /// A text is no string.
    #[error("the text {0} must be a string")]
    NotString(String),
    /// A text says nothing.
    #[error("the text {0} is blank")]
    Blank(String),
    /// A brace has no partner, or a placeholder no name.
    #[error("the braces of the text {0} don't pair")]
    Braces(String),
    /// A placeholder that has no value here.
    #[error("the text {key} may not hold {{{placeholder}}}, only: {accepted}")]
    Placeholder {
        /// The text.
        key: String,
        /// What it holds.
        placeholder: String,
        /// What it may hold.
        accepted: String,
    },
    /// A placeholder without which the text would not do its work.
    #[error("the text {key} must hold {{{placeholder}}}")]
    Omitted {
        /// The text.
        key: String,
        /// What it has to hold.
        placeholder: String,
    },
}

impl Texts {
    /// Returns the set that ships.
    pub fn built_in() -> Self {
        Self::parse(include_str!("../texts/default.toml")).expect("the set that ships is tested")
    }

    /// Reads a set from TOML: a table for each kind of message, a string for each text.
    ///
    /// # Errors
    /// The first thing that is wrong, by the name of its text.
    pub fn parse(toml: &str) -> Result<Self, TextsError> {
        let mut found = flatten(toml)?;
        let phrases = Key::ALL
            .iter()
            .map(|&key| {
                let text = found
                    .remove(key.name())
                    .ok_or_else(|| TextsError::Missing(key.name().to_owned()))?;
                phrase(key, &text)
            })
            .collect::<Result<_, _>>()?;
        match found.into_keys().next() {
            Some(unknown) => Err(TextsError::Unknown(unknown)),
            None => Ok(Self { phrases }),
        }
    }

    pub(crate) fn phrase(&self, key: Key) -> &Phrase {
        &self.phrases[key as usize]
    }
}

fn flatten(toml: &str) -> Result<BTreeMap<String, String>, TextsError> {
    let tables: BTreeMap<String, toml::Value> =
        toml::from_str(toml).map_err(|error| TextsError::Toml(Box::new(error)))?;
    let mut found = BTreeMap::new();
    for (table, value) in tables {
        let toml::Value::Table(texts) = value else { return Err(TextsError::Unknown(table)) };
        for (name, text) in texts {
            let key = format!("{table}.{name}");
            let toml::Value::String(text) = text else { return Err(TextsError::NotString(key)) };
            found.insert(key, text);
        }
    }
    Ok(found)
}

fn phrase(key: Key, text: &str) -> Result<Phrase, TextsError> {
    let name = key.name().to_owned();
    if text.trim().is_empty() {
        return Err(TextsError::Blank(name));
    }
    let pieces = pieces(text).ok_or_else(|| TextsError::Braces(name.clone()))?;
    let held = |wanted: &str| {
        pieces.iter().any(|piece| matches!(piece, Piece::Placeholder(held) if held == wanted))
    };
    if let Some(omitted) = key.must().iter().find(|placeholder| !held(placeholder)) {
        return Err(TextsError::Omitted { key: name, placeholder: (*omitted).to_owned() });
    }
    let accepted = [key.must(), key.may()].concat();
    for piece in &pieces {
        if let Piece::Placeholder(placeholder) = piece
            && !accepted.contains(&placeholder.as_str())
        {
            let accepted =
                if accepted.is_empty() { "nothing".to_owned() } else { accepted.join(", ") };
            return Err(TextsError::Placeholder {
                key: name,
                placeholder: placeholder.clone(),
                accepted,
            });
        }
    }
    Ok(pieces)
}

fn pieces(text: &str) -> Option<Phrase> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((literal, tail)) = rest.split_once('{') {
        let (placeholder, tail) = tail.split_once('}')?;
        if literal.contains('}') || placeholder.contains('{') || placeholder.is_empty() {
            return None;
        }
        pieces.push(Piece::Literal(literal.to_owned()));
        pieces.push(Piece::Placeholder(placeholder.to_owned()));
        rest = tail;
    }
    if rest.contains('}') {
        return None;
    }
    pieces.push(Piece::Literal(rest.to_owned()));
    Some(pieces)
}

#[cfg(test)]
mod tests;
