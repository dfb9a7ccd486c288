//! What was filled in of a slash command.

use std::{collections::BTreeMap, fmt};

use regiment_core::UserId;
use serde::{Deserialize, Serialize};

use super::interaction::{Field, Unreadable};

/// Kinds of options.
mod kind {
    pub(super) const SUBCOMMAND: u64 = 1;
    pub(super) const SUBCOMMAND_GROUP: u64 = 2;
    pub(super) const STRING: u64 = 3;
    pub(super) const INTEGER: u64 = 4;
    pub(super) const BOOLEAN: u64 = 5;
    /// User, channel, role and mentionable.
    pub(super) const IDS: [u64; 4] = [6, 7, 8, 9];
    pub(super) const NUMBER: u64 = 10;
    pub(super) const ATTACHMENT: u64 = 11;
}

/// The only kind of command that we have: one that is typed.
const CHAT_INPUT: u64 = 1;

/// The options of a command that were filled in, by name.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Options(BTreeMap<String, Filled>);

/// What was filled in. An attachment is its address.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Filled {
    Text(String),
    Whole(i64),
    Number(f64),
    Flag(bool),
}

impl Options {
    /// Returns a text, an id or the address of an attachment.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            Filled::Text(text) => Some(text),
            Filled::Whole(_) | Filled::Number(_) | Filled::Flag(_) => None,
        }
    }

    /// Returns a whole number.
    pub fn whole(&self, name: &str) -> Option<i64> {
        match self.0.get(name)? {
            Filled::Whole(whole) => Some(*whole),
            Filled::Text(_) | Filled::Number(_) | Filled::Flag(_) => None,
        }
    }

    /// Returns a number, whole or not.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.0.get(name)? {
            Filled::Number(number) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "Discord takes no more than 2^53")]
            Filled::Whole(whole) => Some(*whole as f64),
            Filled::Text(_) | Filled::Flag(_) => None,
        }
    }

    /// Returns a choice of yes or no.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.0.get(name)? {
            Filled::Flag(flag) => Some(*flag),
            Filled::Text(_) | Filled::Whole(_) | Filled::Number(_) => None,
        }
    }

    /// Returns a person.
    pub fn user(&self, name: &str) -> Option<UserId> {
        self.text(name)?.parse().ok()
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

/// A command as it was typed so far.
pub(super) struct Typed {
    /// Its name, with those of its subcommands.
    pub(super) name: String,
    /// What was filled in.
    pub(super) options: Options,
    /// The option in focus, and what stands there.
    pub(super) focused: Option<(String, String)>,
}

/// Reads what was typed of a command.
pub(super) fn read(data: &Field<'_>) -> Result<Typed, Unreadable> {
    let kind = data.at("type");
    if !kind.is_absent() && kind.number()? != CHAT_INPUT {
        return Err(kind.unreadable("is no command of ours"));
    }
    let mut name = data.at("name").text()?.to_owned();
    let mut level = items(data)?;
    while let [only] = level.as_slice()
        && [kind::SUBCOMMAND, kind::SUBCOMMAND_GROUP].contains(&only.at("type").number()?)
    {
        name = format!("{name} {}", only.at("name").text()?);
        level = items(only)?;
    }
    let mut options = Options::default();
    let mut focused = None;
    for option in &level {
        let named = option.at("name").text()?.to_owned();
        if option.at("focused").raw().and_then(serde_json::Value::as_bool) == Some(true) {
            // A number that is being typed comes as a text.
            let typed = option.at("value").raw().map_or_else(String::new, |value| {
                value.as_str().map_or_else(|| value.to_string(), str::to_owned)
            });
            focused = Some((named, typed));
        } else {
            options.0.insert(named, filled(option, data)?);
        }
    }
    Ok(Typed { name, options, focused })
}

fn items<'a>(level: &Field<'a>) -> Result<Vec<Field<'a>>, Unreadable> {
    let options = level.at("options");
    if options.is_absent() { Ok(Vec::new()) } else { options.items() }
}

fn filled(option: &Field<'_>, data: &Field<'_>) -> Result<Filled, Unreadable> {
    let value = option.at("value");
    let raw = value.raw().ok_or_else(|| value.unreadable("is missing"))?;
    let read = match option.at("type").number()? {
        kind::STRING => raw.as_str().map(|text| Filled::Text(text.to_owned())),
        id if kind::IDS.contains(&id) => raw.as_str().map(|text| Filled::Text(text.to_owned())),
        kind::INTEGER => raw.as_i64().map(Filled::Whole),
        kind::NUMBER => raw.as_f64().map(Filled::Number),
        kind::BOOLEAN => raw.as_bool().map(Filled::Flag),
        kind::ATTACHMENT => {
            let file = data.at("resolved").at("attachments").at(value.text()?);
            return Ok(Filled::Text(file.at("url").text()?.to_owned()));
        }
        _ => return Err(option.at("type").unreadable("is no option of ours")),
    };
    read.ok_or_else(|| value.unreadable("does not fit its type"))
}
