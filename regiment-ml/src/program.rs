//! The program layer: what a framework of prompts gives to those who build on language models, for
//! models of numbers.
//!
//! A [`Signature`] declares what goes in and what comes out. A [`Predictor`] fulfils it, and
//! predictors compose: [`Calibrated`], [`Mean`], [`Gate`], [`Guard`]. An optimizer changes what a
//! predictor has learned, and [`promote`] refuses what is not better than the incumbent on weeks that
//! neither has seen. A program is saved with the hash of its schema and a checksum, and refuses to be
//! loaded where either differs. Every prediction leaves a [`Trace`] by which it can be replayed.
//!
//! `docs/program-layer.md` walks through it.

mod artifact;
mod optimize;
mod predictor;

pub use artifact::{ArtifactError, Manifest, load, save};
pub use optimize::{
    Example, Judgement, Refused, Report, fit_platt, fit_threshold, fit_weights, judge, promote,
    refit_from_prior,
};
pub use predictor::{
    Calibrated, Gate, Guard, Linear, Mean, Node, Predictor, Rule, Signature, State, Step, Trace,
};

#[cfg(test)]
mod tests;
