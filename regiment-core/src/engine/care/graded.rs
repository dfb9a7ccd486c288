//! The hand-written notes on which readers of notes are measured.

use std::collections::BTreeSet;

use super::lexicon::Topic;

const NOTES: &str = include_str!("notes.tsv");

/// A note, and what a person reads in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradedNote {
    /// The note.
    pub note: &'static str,
    /// What it speaks of as present.
    pub topics: BTreeSet<Topic>,
    /// How it says so: `asserted`, `negated`, `resolved`, `idiom` or `other`.
    pub about: &'static str,
}

/// Returns every graded note, in the order of the file.
///
/// # Panics
/// Never: a test reads the file.
pub fn graded_notes() -> Vec<GradedNote> {
    let read = |line: &'static str| {
        let [note, topics, about] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("three columns: {line}")
        };
        let topics = topics.split(',').filter(|topic| *topic != "-");
        let topics = topics.map(|topic| topic.parse().expect("a topic")).collect();
        GradedNote { note, topics, about }
    };
    NOTES.lines().skip(1).map(read).collect()
}
