//! How good the engine is, measured.

pub mod planted;
pub mod scores;
