use regiment_core::engine::care::graded::graded_notes;
use tempfile::TempDir;

use super::*;
use crate::notes::encoder::tests::tiny;
use crate::stats::count;

fn tagged(n: usize) -> Vec<Tagged> {
    let graded = graded_notes().into_iter().take(n);
    graded.map(|graded| Tagged { note: graded.note.to_owned(), topics: graded.topics }).collect()
}

/// Recall and precision of a topic over five folds, each predicted by the other four.
fn held_out(topic: Topic, encoder: Option<&Arc<Encoder>>) -> (f64, f64) {
    let all = tagged(usize::MAX);
    let (mut hits, mut raised, mut there) = (0, 0, 0);
    for fold in 0..5 {
        let is_held_out = |n: usize| n % 5 == fold;
        let part = |held_out: bool| {
            let rows = all.iter().enumerate().filter(move |(n, _)| is_held_out(*n) == held_out);
            rows.map(|(_, tagged)| tagged.clone()).collect::<Vec<_>>()
        };
        let classifier = Classifier::train(&part(false), encoder.cloned()).unwrap();
        for tagged in part(true) {
            let is_there = tagged.topics.contains(&topic);
            let is_raised = classifier.suspects(&tagged.note).iter().any(|(t, _)| *t == topic);
            there += usize::from(is_there);
            raised += usize::from(is_raised);
            hits += usize::from(is_there && is_raised);
        }
    }
    (count(hits) / count(there), count(hits) / count(raised))
}

#[test]
fn ninety_nine_tagged_notes_are_too_few_and_a_hundred_are_enough() {
    let mut notes = every_sixth();
    notes.truncate(100);
    assert_eq!(Classifier::train(&notes, None).unwrap().n_tagged(), 100);
    notes.truncate(99);
    let error = Classifier::train(&notes, None).unwrap_err();
    assert_eq!(error.to_string(), "99 notes are tagged, and 100 are needed");
}

/// Notes from all over the file, whose first hundred lines are all of one kind.
fn every_sixth() -> Vec<Tagged> {
    tagged(usize::MAX).into_iter().step_by(6).collect()
}

#[test]
fn a_topic_that_is_too_rare_is_not_learned() {
    // Of every fourth note, the first `n` injuries and nothing else.
    let notes = |mut n: usize| {
        let mut notes = tagged(usize::MAX).into_iter().step_by(4).collect::<Vec<_>>();
        for note in &mut notes {
            let is_kept = n > 0 && note.topics.contains(&Topic::Injury);
            n -= usize::from(is_kept);
            note.topics.retain(|topic| is_kept && *topic == Topic::Injury);
        }
        notes
    };
    let classifier = Classifier::train(&notes(20), None).unwrap();
    assert_eq!(classifier.learned.topics.keys().collect::<Vec<_>>(), [&Topic::Injury]);
    assert!(matches!(Classifier::train(&notes(19), None), Err(ClassifierError::NoTopic)));
}

#[test]
fn the_rare_class_is_not_mixed_up_with_the_frequent_one() {
    // Injury is the rarer class at first and the more frequent one after: linfa swaps the two.
    for share in [1, 4] {
        let injuries = ["left knee hurts", "tore my hamstring", "sharp pain in my shoulder"];
        let others = ["slept well", "hungry but fine", "easy session"];
        let note = |text: &str, n: usize, is_injury| Tagged {
            note: format!("{text} {n}"),
            topics: if is_injury { BTreeSet::from([Topic::Injury]) } else { BTreeSet::new() },
        };
        let mut notes = Vec::new();
        for n in 0..60 {
            for text in injuries.iter().take(if share == 1 { 1 } else { 3 }) {
                notes.push(note(text, n, true));
            }
            for text in others.iter().take(if share == 1 { 3 } else { 1 }) {
                notes.push(note(text, n, false));
            }
        }
        let classifier = Classifier::train(&notes, None).unwrap();
        assert!(classifier.probabilities("left knee hurts")[&Topic::Injury] > 0.8);
        assert!(classifier.probabilities("slept well")[&Topic::Injury] < 0.2);
    }
}

/// The topics that held-out notes are read for: one, and all where `REGIMENT_TEST_LONG` is set
/// (docs/notes.md).
fn judged() -> &'static [Topic] {
    let all = &[Topic::Injury, Topic::Illness, Topic::DisorderedEating, Topic::SelfHarm];
    if std::env::var_os("REGIMENT_TEST_LONG").is_some() { all } else { &all[..1] }
}

#[test]
fn n_grams_read_held_out_notes_better_than_chance() {
    for topic in judged().iter().copied() {
        let (recall, precision) = held_out(topic, None);
        println!("n-grams, {topic}, held out: recall {recall:.2}, precision {precision:.2}");
        assert!(precision >= 0.5, "{topic}: {recall} {precision}");
    }
}

#[test]
fn embeddings_read_held_out_notes() {
    let Some(folder) = std::env::var_os("REGIMENT_MINILM") else {
        eprintln!("not run: REGIMENT_MINILM names no folder (docs/notes.md)");
        return;
    };
    let encoder = Arc::new(Encoder::load(Path::new(&folder)).unwrap());
    for topic in judged().iter().copied() {
        let (recall, precision) = held_out(topic, Some(&encoder));
        println!("embeddings, {topic}, held out: recall {recall:.2}, precision {precision:.2}");
        assert!(recall >= 0.4 && precision >= 0.6, "{topic}: {recall} {precision}");
    }
}

#[test]
fn it_is_saved_and_read_back_with_the_encoder_it_was_trained_over() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("notes.json");
    let (model, other) = (tiny(1), tiny(2));
    let encoder = Arc::new(Encoder::load(model.path()).unwrap());
    let other = Arc::new(Encoder::load(other.path()).unwrap());
    let notes = every_sixth();
    for encoder in [None, Some(encoder)] {
        let trained = Classifier::train(&notes, encoder.clone()).unwrap();
        trained.save(&path).unwrap();
        let first = fs::read(&path).unwrap();
        Classifier::train(&notes, encoder.clone()).unwrap().save(&path).unwrap();
        assert_eq!(first, fs::read(&path).unwrap(), "the same notes give the same bytes");
        let read = Classifier::load(&path, encoder).unwrap();
        let note = "my left knee hurts";
        assert_eq!(read.probabilities(note), trained.probabilities(note));
        let error = Classifier::load(&path, Some(Arc::clone(&other))).unwrap_err();
        assert!(matches!(error, ClassifierError::OtherEncoder { .. }), "{error}");
    }
    fs::write(&path, "{}").unwrap();
    assert!(matches!(Classifier::load(&path, None), Err(ClassifierError::Format(_))));
}
