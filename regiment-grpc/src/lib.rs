//! The server process `regiment` and its operator commands.
//!
//! This crate is the edge: it reads the configuration, owns the sockets and the terminal, and converts between the
//! API's messages and the records of `regiment-core`. No rule of coaching stands here.

pub mod config;
pub mod logging;
pub mod secret;
