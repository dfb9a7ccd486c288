//! How good the engine is, measured.

pub mod backtest;
pub mod bootstrap;
pub mod drift;
pub mod lapse;
pub mod planted;
pub mod report;
pub mod scores;
