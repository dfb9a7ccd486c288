//! Two real processes, `regiment-bot` and the server, against a stand-in for Discord.

mod away;
mod clicks;
mod company;
#[path = "../crash/database.rs"]
#[expect(dead_code, reason = "the crash test uses the rest")]
mod database;
mod gateway;
mod judge;
mod manners;
mod morning;
mod outbox;
mod process;
mod stand_in;
mod week;
mod wire;
