//! The API over real sockets: what callers send, what they get, and what they are told.

mod bot;
mod cards;
mod clients;
mod deliveries;
mod errors;
mod logs;
mod practice;
mod redaction;
mod surface;
