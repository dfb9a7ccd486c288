//! A message as Discord would show it, as plain data.

use jiff::civil::Date;
use regiment_core::{
    Slug,
    record::{DoneOrMissed, Exercise, Meal, MealTemplate, OrderKind},
};
use serde::{Deserialize, Serialize};

use crate::OrderNumber;

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

/// What pressing a button asks for. No two buttons of a message share an action.
///
/// Ids are whole: whoever puts them into a `custom_id` of at most 100 characters shortens them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Opens the check-in form.
    Checkin {
        /// The local date.
        date: Date,
    },
    /// Logs a meal.
    Meal {
        /// The local date.
        date: Date,
        /// The meal.
        meal_id: Slug<Meal>,
        /// Eaten as ordered, or not.
        status: DoneOrMissed,
    },
    /// Opens the form for the minutes of cardio.
    Cardio {
        /// The local date.
        date: Date,
    },
    /// Opens the form for a top set.
    TopSet {
        /// The local date.
        date: Date,
        /// The exercise.
        exercise_id: Slug<Exercise>,
    },
    /// Starts a rest timer.
    Rest {
        /// How long.
        seconds: u16,
    },
    /// Chooses the coming cycle's plan.
    Plan {
        /// The Tuesday on which the cycle begins.
        cycle_start: Date,
        /// The template.
        template_id: Slug<MealTemplate>,
    },
    /// Asks the coach to be excused from an order.
    Excuse {
        /// The local date.
        date: Date,
        /// The order.
        order: OrderKind,
    },
    /// Opens a link; Discord does that by itself.
    Open {
        /// An `https` address.
        url: String,
    },
}
