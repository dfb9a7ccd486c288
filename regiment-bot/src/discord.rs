//! Discord: what it says to the bot and what the bot says to it.
//!
//! The one rule: nothing outside this folder knows a route, a status or an error code of Discord's,
//! and only [`gateway`] knows serenity.

mod interaction;
mod options;

pub use interaction::{Asks, Interaction, Person, Shown, Ticket, Unreadable};
pub use options::Options;
