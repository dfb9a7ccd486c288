//! Two real processes, `regiment-bot` and the server, against a stand-in for Discord.

mod clicks;
mod company;
mod gateway;
mod judge;
mod manners;
mod morning;
mod outbox;
mod process;
mod stand_in;
mod week;
mod wire;
