//! The Regiment on Discord: [`render`] finds the words for a message of the engines and arranges them
//! as Discord shows them, and [`run`] is the process that sends them and answers.
//!
//! The one rule: what came from outside stays inert. A food, an alias or a coach's own words can
//! neither format a message nor mention anybody.
//!
//! Words live in a [`Texts`] set that a deployment may replace; `docs/messages.md` lists them.
//! `docs/bot.md` tells how the process works.

mod action;
mod answer;
mod api;
mod chart;
mod cli;
pub mod commands;
mod compose;
mod config;
mod contact;
mod controls;
mod custom_id;
mod discord;
mod doctor;
mod guard;
mod handle;
mod inert;
mod line;
mod logging;
mod process;
mod register;
mod render;
mod rendered;
mod report;
mod sender;
mod texts;

pub use action::{Action, CardStep, Consent, Question};
pub use answer::{Answer, File, Form, Input, InputStyle, Later, Note};
pub use api::{Api, ApiError, Calls, is_away, patiently};
pub use config::{Config, InvalidConfig};
pub use custom_id::{CustomIds, For, UnreadId};
pub use discord::{Asks, Interaction, Options, Person, Shown, Ticket, Unreadable};
pub use handle::{Desk, Promise};
pub use process::run;
pub use regiment_core::OrderNumber;
pub use render::{RenderError, render};
pub use rendered::{Attachment, Button, Choice, Rendered, Row, Select, SelectAnswer, Style, limit};
pub use texts::{Texts, TextsError};
