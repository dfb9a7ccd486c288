//! The flag engine of The Regiment: what the logs say of each client, for the coach to decide upon.

pub mod anomaly;
pub mod card;
mod chance;
pub mod day;
pub mod eval;
pub mod features;
pub mod finding;
pub mod frame;
pub mod history;
pub mod label;
pub mod model;
pub mod notes;
pub mod priority;
pub mod program;
pub mod rules;
pub mod scan;
pub mod stats;
#[cfg(test)]
pub mod testing;
