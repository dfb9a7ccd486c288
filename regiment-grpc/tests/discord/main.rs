//! Two real processes, `regiment-bot` and the server, against a stand-in for Discord.

mod judge;
mod manners;
#[expect(dead_code, reason = "the bot's own tests use the rest")]
mod stand_in;
