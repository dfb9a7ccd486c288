//! A message as Discord would show it, as plain data.

use serde::{Deserialize, Serialize};

use crate::{Action, OrderNumber};

/// Discord's limits that a rendered message keeps. Lengths are counted in UTF-16 units: Discord
/// counts characters, and no text has more characters than units.
pub mod limit {
    /// Length of a message.
    pub const CONTENT: usize = 2000;
    /// Bytes of an attached file.
    pub const ATTACHMENT: usize = 10 * 1024 * 1024;
    /// Rows under a message.
    pub const ROWS: usize = 5;
    /// Buttons in a row.
    pub const BUTTONS: usize = 5;
    /// Choices in a menu, which takes a whole row.
    pub const CHOICES: usize = 25;
    /// Length of a button's or a choice's label: Discord takes 80 and 100.
    pub const LABEL: usize = 80;
    /// Length of a link behind a button.
    pub const URL: usize = 512;
    /// Length of a control's id, which is ASCII.
    pub const CUSTOM_ID: usize = 100;
    /// Length of what a menu says while nothing is chosen: Discord takes 150.
    pub const PLACEHOLDER: usize = 100;
    /// Length of a form's title.
    pub const TITLE: usize = 45;
    /// Fields of a form.
    pub const INPUTS: usize = 5;
    /// Length of a field's label.
    pub const INPUT_LABEL: usize = 45;
}

/// A message as Discord would show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    /// What the message is called.
    pub title: String,
    /// Date, mission, items, deadline, consequence and order number, in Discord's markup.
    pub body: String,
    /// All items as a file, where the body can't hold them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
    /// Buttons and menus under the message, from top to bottom.
    pub rows: Vec<Row>,
    /// The number a doubtful send is looked up by; its nonce makes a repeat harmless.
    pub order_number: OrderNumber,
}

impl Rendered {
    /// Returns the whole text of the message, at most [`limit::CONTENT`] long.
    pub fn content(&self) -> String {
        format!("**{}**\n{}", self.title, self.body)
    }
}

/// A text file sent along with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The file's name.
    pub name: String,
    /// What it says, without markup.
    pub text: String,
}

/// One row under a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Row {
    /// At most [`limit::BUTTONS`] buttons.
    Buttons(Vec<Button>),
    /// At most [`limit::CHOICES`] choices, where buttons would not fit.
    Menu(Vec<Choice>),
    /// A question with answers to choose from.
    Select(Select),
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What pressing it does.
    pub action: Action,
    /// What it says.
    pub label: String,
    /// How it looks.
    pub style: Style,
}

/// One choice of a menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What choosing it does.
    pub action: Action,
    /// What it says.
    pub label: String,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// What the message is for.
    Primary,
    /// Beside the point.
    Secondary,
    /// Done.
    Success,
    /// Missed.
    Danger,
    /// Leaves Discord.
    Link,
}

/// A question with answers to choose from, of which one is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Select {
    /// What choosing does; which answer it was comes with the choice.
    pub action: Action,
    /// What stands there while nothing is chosen.
    pub placeholder: String,
    /// 1 to [`limit::CHOICES`] answers.
    pub answers: Vec<SelectAnswer>,
}

/// One answer of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectAnswer {
    /// What comes back when it is chosen: up to 100 characters, different from the others'.
    pub value: String,
    /// What it says.
    pub label: String,
    /// Whether it is the one that stands.
    pub is_chosen: bool,
}
