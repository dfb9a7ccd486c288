//! Discord: what it says to the bot and what the bot says to it.
//!
//! The one rule: nothing outside this folder knows a route, a status or a form of Discord's, and only
//! [`gateway`] knows serenity.

mod body;
pub(crate) mod gateway;
mod interaction;
mod limit;
mod options;
mod outcome;
mod rest;
mod route;

pub(crate) use body::{Body, Seen};
pub(crate) use interaction::is_typed;
pub use interaction::{Asks, Interaction, Person, Shown, Ticket, Unreadable};
pub use options::Options;
pub(crate) use outcome::{Failure, code};
#[cfg(test)]
pub(crate) use outcome::{Hold, Scope};
pub(crate) use rest::{Rest, Standing};
pub(crate) use route::Route;
