//! The lapse model: the probability that a client who keeps up today will have lapsed in a week.
//!
//! One linear model for clients under orders and one for clients who only check in; beside the
//! first, two nets over its features and over the last 28 days, blended in where they prove better.

mod artifact;
mod blend;
mod drivers;
mod gate;
mod linear;
mod net;
mod rows;
mod serve;
mod service;
mod train;

pub use self::artifact::{ArtifactError, HeldOut, Judgement, Manifest, RowCounts, Schema};
pub use self::blend::Blend;
pub use self::drivers::{Direction, Driver};
pub use self::gate::Trial;
pub use self::serve::{Answers, LapseModel, LapseRisk, Risk};
pub use self::service::InService;
pub use self::train::{Logistic, Stage, TrainError};

#[cfg(test)]
mod tests;
