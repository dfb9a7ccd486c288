//! The API over real sockets: what callers send, what they get, and what they are told.

mod access;
mod bot;
mod browser;
mod cards;
mod changes;
mod clients;
mod deliveries;
mod desk;
mod discord;
mod engines;
mod errors;
mod foreign;
mod health;
mod honors;
mod insight;
mod leave;
mod limits;
mod logs;
mod nonsense;
mod own;
mod practice;
mod redaction;
mod sign_in;
mod surface;
mod system;
mod templates;
