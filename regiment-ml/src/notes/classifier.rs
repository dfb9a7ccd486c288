//! A classifier of notes, trained on a coach's tags.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use linfa::prelude::*;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};
use regiment_core::engine::care::lexicon::Topic;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::encoder::{Encoder, EncoderError};
use super::ngrams;

/// The fewest tagged notes that a classifier is trained on.
pub const MIN_TAGGED: usize = 100;

/// The fewest notes with a topic, and as many without it, for the topic to be learned.
pub const MIN_OF_TOPIC: usize = 20;

/// The probability from which on a topic is suspected.
const SUSPECTED: f64 = 0.5;

/// The weight of the L2 penalty on vectors of length 1, against the summed loss.
const PENALTY: f64 = 0.1;

/// A note that a coach has tagged; no topics say that there is nothing in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// The note.
    pub note: String,
    /// What it speaks of as present.
    pub topics: BTreeSet<Topic>,
}

/// Reads notes for the topics it was trained on: one logistic regression each.
pub struct Classifier {
    learned: Learned,
    encoder: Option<Arc<Encoder>>,
}

/// What is saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Learned {
    /// The SHA-256 of the encoder's weights, or nothing where n-grams are read.
    encoder: Option<String>,
    /// How many tagged notes it was trained on.
    n_tagged: usize,
    topics: BTreeMap<Topic, Weights>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Weights {
    intercept: f64,
    weights: Vec<f64>,
}

/// Why there is no classifier.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ClassifierError {
    /// There are too few tagged notes.
    #[error("{have} notes are tagged, and {MIN_TAGGED} are needed")]
    TooFew {
        /// How many there are.
        have: usize,
    },
    /// No topic has enough notes with it and without it.
    #[error("no topic has {MIN_OF_TOPIC} notes with it and as many without")]
    NoTopic,
    /// The notes can't be encoded.
    #[error("the notes can't be encoded")]
    Encoder(#[from] EncoderError),
    /// The regression fails.
    #[error("the regression fails: {0}")]
    Fit(String),
    /// The file can't be read or written.
    #[error("the file can't be read or written")]
    File(#[from] std::io::Error),
    /// The file holds no classifier.
    #[error("the file holds no classifier")]
    Format(#[from] serde_json::Error),
    /// The file was trained over another encoder than the one given.
    #[error("the classifier was trained over {trained}, not over {given}")]
    OtherEncoder {
        /// What it was trained over.
        trained: String,
        /// What is there.
        given: String,
    },
}

impl Classifier {
    /// Trains one regression for each topic that has 20 notes with it and 20 without, over the encoder
    /// or, without one, over hashed n-grams. The same notes in the same order give the same weights.
    pub fn train(
        tagged: &[Tagged],
        encoder: Option<Arc<Encoder>>,
    ) -> Result<Self, ClassifierError> {
        if tagged.len() < MIN_TAGGED {
            return Err(ClassifierError::TooFew { have: tagged.len() });
        }
        let notes = tagged.iter().map(|tagged| tagged.note.as_str()).collect::<Vec<_>>();
        let rows = vectors(encoder.as_deref(), &notes)?;
        let width = rows.first().map_or(0, Vec::len);
        let x = Array2::from_shape_vec((rows.len(), width), rows.concat())
            .map_err(|error| ClassifierError::Fit(error.to_string()))?;
        let mut topics = BTreeMap::new();
        for topic in Topic::ALL.iter().copied() {
            let y = tagged.iter().map(|tagged| tagged.topics.contains(&topic));
            let y = Array1::from_iter(y);
            let n_with = y.iter().filter(|has| **has).count();
            if n_with >= MIN_OF_TOPIC && y.len() - n_with >= MIN_OF_TOPIC {
                topics.insert(topic, fit(&x, y)?);
            }
        }
        if topics.is_empty() {
            return Err(ClassifierError::NoTopic);
        }
        let learned = Learned { encoder: name(encoder.as_deref()), n_tagged: tagged.len(), topics };
        Ok(Self { learned, encoder })
    }

    /// Returns the probability of each learned topic. A note that can't be encoded has none.
    pub fn probabilities(&self, note: &str) -> BTreeMap<Topic, f64> {
        let Ok(rows) = vectors(self.encoder.as_deref(), &[note]) else { return BTreeMap::new() };
        let Some(row) = rows.first() else { return BTreeMap::new() };
        let of = |weights: &Weights| {
            let products = weights.weights.iter().zip(row).map(|(weight, x)| weight * x);
            1.0 / (1.0 + (-(weights.intercept + products.sum::<f64>())).exp())
        };
        self.learned.topics.iter().map(|(topic, weights)| (*topic, of(weights))).collect()
    }

    /// Returns the topics that are more likely in a note than not, with their probabilities.
    pub fn suspects(&self, note: &str) -> Vec<(Topic, f64)> {
        let all = self.probabilities(note).into_iter();
        all.filter(|(_, probability)| *probability >= SUSPECTED).collect()
    }

    /// Returns how many tagged notes it was trained on.
    pub const fn n_tagged(&self) -> usize {
        self.learned.n_tagged
    }

    /// Writes it as JSON.
    pub fn save(&self, path: &Path) -> Result<(), ClassifierError> {
        let text = serde_json::to_string(&self.learned)?;
        Ok(fs::write(path, text)?)
    }

    /// Reads it back, with the encoder it was trained over.
    pub fn load(path: &Path, encoder: Option<Arc<Encoder>>) -> Result<Self, ClassifierError> {
        let learned: Learned = serde_json::from_slice(&fs::read(path)?)?;
        let given = name(encoder.as_deref());
        if learned.encoder != given {
            let or_n_grams = |name: Option<String>| name.unwrap_or_else(|| "n-grams".to_owned());
            return Err(ClassifierError::OtherEncoder {
                trained: or_n_grams(learned.encoder),
                given: or_n_grams(given),
            });
        }
        Ok(Self { learned, encoder })
    }
}

impl fmt::Debug for Classifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let topics = self.learned.topics.keys().collect::<Vec<_>>();
        f.debug_struct("Classifier")
            .field("encoder", &self.learned.encoder)
            .field("n_tagged", &self.learned.n_tagged)
            .field("topics", &topics)
            .finish()
    }
}

/// Fits a topic. linfa calls the more frequent class positive, so the signs follow the label.
fn fit(x: &Array2<f64>, y: Array1<bool>) -> Result<Weights, ClassifierError> {
    let fitted = LogisticRegression::default()
        .alpha(PENALTY)
        .max_iterations(60)
        .gradient_tolerance(1e-3)
        .fit(&Dataset::new(x.clone(), y))
        .map_err(|error| ClassifierError::Fit(error.to_string()))?;
    let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
    Ok(Weights {
        intercept: sign * fitted.intercept(),
        weights: fitted.params().iter().map(|weight| sign * weight).collect(),
    })
}

fn vectors(encoder: Option<&Encoder>, notes: &[&str]) -> Result<Vec<Vec<f64>>, EncoderError> {
    let Some(encoder) = encoder else {
        return Ok(notes.iter().map(|note| ngrams::hashed(note)).collect());
    };
    let vectors = encoder.encode(notes)?;
    Ok(vectors.iter().map(|vector| vector.iter().copied().map(f64::from).collect()).collect())
}

fn name(encoder: Option<&Encoder>) -> Option<String> {
    encoder.map(|encoder| encoder.weights().to_owned())
}

#[cfg(test)]
mod tests;
