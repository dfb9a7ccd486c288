//! How good the engine is, measured.

pub mod bootstrap;
pub mod lapse;
pub mod planted;
pub mod report;
pub mod scores;
