//! What somebody asked for on Discord, read from the JSON of the frame.
//!
//! The reading is lenient: fields that are not known are passed over, so that a new one breaks
//! nothing. It is not silent: what concerns the bot and can't be read is refused by the name of its
//! field, never by its value.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use regiment_core::{Secret, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::options::{self, Options, Typed};

mod field;
mod printed;

pub(super) use self::field::Field;

/// The first millisecond of Discord's ids: 2015-01-01T00:00:00Z.
const EPOCH: SignedDuration = SignedDuration::from_millis(1_420_070_400_000);

/// Kinds of interactions.
mod kind {
    pub(super) const COMMAND: u64 = 2;
    pub(super) const COMPONENT: u64 = 3;
    pub(super) const AUTOCOMPLETE: u64 = 4;
    pub(super) const MODAL_SUBMIT: u64 = 5;
}

/// Kinds of components.
mod component {
    pub(super) const ACTION_ROW: u64 = 1;
    pub(super) const BUTTON: u64 = 2;
    /// Menus of strings, users, roles, mentionables and channels.
    pub(super) const MENUS: [u64; 5] = [3, 5, 6, 7, 8];
    pub(super) const TEXT_INPUT: u64 = 4;
    pub(super) const LABEL: u64 = 18;
}

/// One thing that a person asked for: a command, a press, a choice, a submitted form.
///
/// Printing it shows its id and its kind: who he is and what he typed is nobody's business.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Interaction {
    /// Its id, in which the time stands at which it was made.
    pub id: u64,
    /// The credential with which Discord takes answers to it, for 15 minutes.
    #[serde(skip)]
    pub token: Secret,
    /// The community; none in direct messages.
    pub guild_id: Option<u64>,
    /// Where it was made.
    pub channel_id: Option<u64>,
    /// Who made it.
    pub person: Person,
    /// The message on which the control stands; none for a command.
    pub message: Option<Shown>,
    /// What is asked for.
    pub asks: Asks,
}

/// Who asks.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// His Discord id.
    pub user_id: UserId,
    /// What he is called: in the community, else by himself, else his account.
    pub name: String,
    /// The ids of his roles in the community; none in direct messages.
    pub roles: Vec<String>,
}

/// A message as the person sees it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// Its id.
    pub id: u64,
    /// Its text.
    pub content: String,
    /// Its rows, as Discord writes them.
    pub components: Vec<Value>,
}

/// What is asked for.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// A slash command.
    Command {
        /// Its name, with those of its subcommands: `log meal`.
        name: String,
        /// What was filled in.
        options: Options,
    },
    /// Choices for an option that is being typed.
    Complete {
        /// The command's name, with those of its subcommands.
        name: String,
        /// Which option.
        option: String,
        /// What stands there so far.
        typed: String,
        /// What was filled in otherwise.
        options: Options,
    },
    /// A button was pressed.
    Press {
        /// The button's id.
        custom_id: String,
    },
    /// Something was chosen in a menu.
    Choose {
        /// The menu's id.
        custom_id: String,
        /// The values of the chosen options.
        values: Vec<String>,
    },
    /// A form was submitted.
    Submit {
        /// The form's id.
        custom_id: String,
        /// What stands in each field, by the field's id; an empty field is an empty text.
        fields: BTreeMap<String, String>,
    },
}

/// Why an interaction can't be read. The field is named, what stood there is not.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field} {problem}")]
pub struct Unreadable {
    /// Where it stands: `data.components[0].type`.
    pub field: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// What it takes to answer an interaction, be it readable or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// The interaction's id.
    pub id: u64,
    /// The credential.
    pub token: Secret,
}

impl Interaction {
    /// Reads an interaction from the JSON of its frame (`d` of `INTERACTION_CREATE`).
    ///
    /// # Errors
    /// [`Unreadable`], where something that concerns the bot is missing or of another kind.
    pub fn parse(frame: &Value) -> Result<Self, Unreadable> {
        let frame = Field::root(frame);
        let asks = match frame.at("type").number()? {
            kind::COMMAND => command(&frame.at("data"))?,
            kind::COMPONENT => pressed(&frame.at("data"))?,
            kind::AUTOCOMPLETE => typed(&frame.at("data"))?,
            kind::MODAL_SUBMIT => submitted(&frame.at("data"))?,
            _ => return Err(frame.at("type").unreadable("is of no known kind")),
        };
        let message = match frame.at("message") {
            message if message.is_absent() => None,
            message => Some(shown(&message)?),
        };
        Ok(Self {
            id: frame.at("id").id()?,
            token: Secret::new(frame.at("token").text()?),
            guild_id: frame.at("guild_id").id_if_any()?,
            channel_id: frame.at("channel_id").id_if_any()?,
            person: person(&frame)?,
            message,
            asks,
        })
    }

    /// Returns when it was made, by Discord's clock.
    pub fn entered_at(&self) -> Timestamp {
        // 42 bits of milliseconds end in the year 2154.
        Timestamp::UNIX_EPOCH + EPOCH + SignedDuration::from_millis((self.id >> 22).cast_signed())
    }

    /// Returns the id of the one call to the API that this asks for: repeated, it does nothing more.
    pub fn request_id(&self) -> String {
        self.id.to_string()
    }

    /// Returns what it takes to answer.
    pub fn ticket(&self) -> Ticket {
        Ticket { id: self.id, token: self.token.clone() }
    }
}

impl Ticket {
    /// Reads what it takes to answer from a frame that may hold nothing else that is readable.
    pub fn of(frame: &Value) -> Option<Self> {
        let frame = Field::root(frame);
        let (id, token) = (frame.at("id").id().ok()?, frame.at("token").text().ok()?);
        Some(Self { id, token: Secret::new(token) })
    }
}

/// Returns whether a frame, readable or not, asks for choices.
pub(crate) fn is_typed(frame: &Value) -> bool {
    Field::root(frame).at("type").number() == Ok(kind::AUTOCOMPLETE)
}

fn person(frame: &Field<'_>) -> Result<Person, Unreadable> {
    let member = frame.at("member");
    let user = if member.is_absent() { frame.at("user") } else { member.at("user") };
    let id = user.at("id");
    let user_id = id.text()?.parse().map_err(|_| id.unreadable("is no id"))?;
    let called = [member.at("nick"), user.at("global_name"), user.at("username")];
    let name = called.iter().find_map(|name| name.text().ok()).unwrap_or_default().to_owned();
    let roles = match member.at("roles") {
        roles if roles.is_absent() => Vec::new(),
        roles => texts(&roles)?,
    };
    Ok(Person { user_id, name, roles })
}

fn shown(message: &Field<'_>) -> Result<Shown, Unreadable> {
    let content = message.at("content").text().unwrap_or_default().to_owned();
    let components = match message.at("components") {
        components if components.is_absent() => Vec::new(),
        components => {
            components.items()?.into_iter().filter_map(|row| row.raw().cloned()).collect()
        }
    };
    Ok(Shown { id: message.at("id").id()?, content, components })
}

fn command(data: &Field<'_>) -> Result<Asks, Unreadable> {
    let Typed { name, options, focused: _ } = options::read(data)?;
    Ok(Asks::Command { name, options })
}

fn typed(data: &Field<'_>) -> Result<Asks, Unreadable> {
    let Typed { name, options, focused } = options::read(data)?;
    let (option, typed) =
        focused.ok_or_else(|| data.at("options").unreadable("has no option in focus"))?;
    Ok(Asks::Complete { name, option, typed, options })
}

fn pressed(data: &Field<'_>) -> Result<Asks, Unreadable> {
    let custom_id = data.at("custom_id").text()?.to_owned();
    let kind = data.at("component_type");
    match kind.number()? {
        component::BUTTON => Ok(Asks::Press { custom_id }),
        menu if component::MENUS.contains(&menu) => {
            Ok(Asks::Choose { custom_id, values: texts(&data.at("values"))? })
        }
        _ => Err(kind.unreadable("is no control of ours")),
    }
}

fn submitted(data: &Field<'_>) -> Result<Asks, Unreadable> {
    let mut fields = BTreeMap::new();
    for row in data.at("components").items()? {
        let inputs = match row.at("type").number()? {
            component::ACTION_ROW => row.at("components").items()?,
            component::LABEL => vec![row.at("component")],
            _ => return Err(row.at("type").unreadable("stands in no form of ours")),
        };
        for input in inputs {
            if input.at("type").number()? != component::TEXT_INPUT {
                return Err(input.at("type").unreadable("stands in no form of ours"));
            }
            let value = input.at("value");
            let value = if value.is_absent() { "" } else { value.text()? };
            fields.insert(input.at("custom_id").text()?.to_owned(), value.to_owned());
        }
    }
    Ok(Asks::Submit { custom_id: data.at("custom_id").text()?.to_owned(), fields })
}

fn texts(field: &Field<'_>) -> Result<Vec<String>, Unreadable> {
    field.items()?.iter().map(|item| item.text().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests;
