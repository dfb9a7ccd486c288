//! The engines: plain functions of state and now that return effects. They do no I/O, read no
//! clock and mint no id.

pub mod alerts;
pub mod cardio;
pub mod cards;
pub mod care;
pub mod checkin;
pub mod conditions;
pub mod delivery;
pub mod excuses;
pub mod honors;
pub mod infractions;
pub mod logging;
pub mod meals;
pub mod onboarding;
pub mod orders;
mod refusal;
pub mod schedule;
pub mod sweep;
pub mod training;

pub use refusal::Refusal;
