//! The care guard.

pub mod lexicon;
