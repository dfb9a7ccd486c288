use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::engine::care::graded::{GradedNote, graded_notes};

fn present(note: &str) -> BTreeSet<Topic> {
    read(note)
        .into_iter()
        .filter(|concern| concern.state == State::Present)
        .map(|concern| concern.topic)
        .collect()
}

#[track_caller]
fn check(note: &str, topics: &[&str]) {
    let topics = topics.iter().map(|topic| topic.parse().unwrap()).collect();
    assert_eq!(present(note), topics, "{note}: {:?}", read(note));
}

#[track_caller]
fn check_state(note: &str, topic: Topic, state: State) {
    let found = read(note);
    assert!(found.iter().any(|c| (c.topic, c.state) == (topic, state)), "{note}: {found:?}");
}

/// Right, wrongly raised, missed.
#[derive(Debug, Default)]
struct Score {
    hits: f64,
    false_alarms: f64,
    misses: f64,
}

impl Score {
    fn count(&mut self, expected: bool, found: bool) {
        match (expected, found) {
            (true, true) => self.hits += 1.0,
            (false, true) => self.false_alarms += 1.0,
            (true, false) => self.misses += 1.0,
            (false, false) => {}
        }
    }

    fn recall(&self) -> f64 {
        self.hits / (self.hits + self.misses)
    }

    fn precision(&self) -> f64 {
        self.hits / (self.hits + self.false_alarms)
    }
}

#[test]
fn recall_and_precision_stay_above_their_floors() {
    let notes = graded_notes();
    let mut by_topic = BTreeMap::<&str, Score>::new();
    for GradedNote { note, topics, .. } in &notes {
        let found = present(note);
        for topic in Topic::ALL.iter().copied() {
            let (expected, found) = (topics.contains(&topic), found.contains(&topic));
            by_topic.entry(topic.as_str()).or_default().count(expected, found);
            if topic.is_safety() {
                by_topic.entry("all safety topics").or_default().count(expected, found);
            }
        }
    }
    for topic in ["injury", "illness", "disordered_eating", "self_harm", "all safety topics"] {
        let score = &by_topic[topic];
        assert!(score.recall() >= 0.97, "{topic}: {score:?}");
        assert!(score.precision() >= 0.95, "{topic}: {score:?}");
    }
    for topic in ["quit_intent", "distress", "life_event"] {
        let score = &by_topic[topic];
        assert!(score.recall() >= 0.85, "{topic}: {score:?}");
        assert!(score.precision() >= 0.85, "{topic}: {score:?}");
    }
}

#[test]
fn the_test_set_is_large_and_a_quarter_of_it_denies() {
    let notes = graded_notes();
    let denying = notes.iter().filter(|n| matches!(n.about, "negated" | "resolved")).count();
    let distinct = notes.iter().map(|n| n.note).collect::<BTreeSet<_>>().len();
    assert_eq!(distinct, notes.len());
    assert!(notes.len() >= 200, "{}", notes.len());
    assert!(denying * 4 >= notes.len(), "{denying} of {}", notes.len());
}

#[test]
fn a_denial_reaches_over_its_object_and_no_further() {
    check("no pain or swelling in the ankle", &[]);
    check("no gym today knee hurts", &["injury"]);
    check("couldn't finish, knee pain", &["injury"]);
    check("no idea why my elbow hurts", &["injury"]);
    check("no fever but a sore throat", &["illness"]);
    check("no fever, cough or chills", &[]);
    check("no fever and my back hurts", &["injury"]);
    check("not only tired, also sick", &["illness"]);
    check_state("my knee doesn't hurt", Topic::Injury, State::Negated);
}

#[test]
fn a_denied_denial_asserts() {
    check("can't squat without pain", &["injury"]);
    check("the pain isn't gone", &["injury"]);
    check("not over the flu yet", &["illness"]);
    check("my flu won't go away", &["illness"]);
}

#[test]
fn a_denial_of_degree_asserts() {
    check("knee is not as painful", &["injury"]);
    check("knee doesn't hurt as much", &["injury"]);
    check("almost no pain in the knee", &["injury"]);
    check("no pain in the knee until the last set", &["injury"]);
}

#[test]
fn only_a_recovery_of_the_same_thing_resolves() {
    check_state("back pain is gone", Topic::Injury, State::Resolved);
    check_state("flu is over", Topic::Illness, State::Resolved);
    check("knee hurts, sleep is better now", &["injury"]);
    check("knee hurts, elbow is fine now", &["injury"]);
    check("Tweaked my lower back. Flu is gone, no fever.", &["injury"]);
    check("knee hurts flu is gone", &["injury"]);
    check("still have a fever, cough is gone", &["illness"]);
    check("tweaked my back on monday but the pain is gone", &[]);
    check("knee hurts but motivation is great today", &["injury"]);
    check("knee hurt yesterday, it feels fine today", &[]);
}

#[test]
fn a_recovery_may_come_first() {
    check("elbow's all good now, was hurting on monday", &[]);
    check("all good now, was sick", &[]);
    check("elbow is fine now, was sick all week", &["illness"]);
    check("not all good now, was sick", &["illness"]);
}

#[test]
fn an_awaited_partial_or_undone_recovery_leaves_it_present() {
    check("knee pain almost gone", &["injury"]);
    check("flu is getting better", &["illness"]);
    check("hopefully my knee pain is gone soon", &["injury"]);
    check("knee pain was gone but came back", &["injury"]);
}

#[test]
fn a_time_long_past_resolves_unless_it_is_said_to_last() {
    check_state("tore my ACL years ago", Topic::Injury, State::Resolved);
    check("tore my ACL years ago and it still hurts", &["injury"]);
    check("knee hurts since last year", &["injury"]);
    check("hurt my back last week", &["injury"]);
    check("was sick last week", &[]);
}

#[test]
fn soreness_of_trained_muscles_is_none_of_our_concern() {
    check("sore quads", &[]);
    check("legs hurt from squats", &[]);
    check("everything aches", &[]);
    check("left calf hurts", &["injury"]);
    check("knees hurt from squats", &["injury"]);
    check("pulled both hamstrings", &["injury"]);
}

#[test]
fn somebody_else_is_not_the_client() {
    check("my wife has the flu", &[]);
    check("kid is sick and now I'm sick too", &["illness"]);
    check("caught the flu from my son", &["illness"]);
    check("wife visiting, knee hurts", &["injury"]);
}

#[test]
fn a_mention_of_self_harm_counts_however_it_is_put() {
    check("not suicidal", &["self_harm"]);
    check("I used to cut myself", &["self_harm"]);
    check("cut myself shaving", &[]);
    check("suicide sprints", &[]);
}

#[test]
fn the_gravest_phrases_of_eating_count_however_they_are_put() {
    check("I never made myself throw up before yesterday", &["disordered_eating"]);
    check("haven’t eaten in three days, all good now", &["disordered_eating"]);
    check("haven't eaten since lunch", &[]);
    check("starving", &[]);
}

#[test]
fn case_apostrophes_and_slips_of_the_finger_change_nothing() {
    check("MY KNEE DOESN’T HURT", &[]);
    check("my knee doesnt hurt", &[]);
    check("shoudler pain", &["injury"]);
    check("vomitting all night", &["illness"]);
    check("I’ll train tomorrow", &[]);
    check("ill train tomorrow", &[]);
    check("feeling ill", &["illness"]);
    check("trained hard, strained nothing", &[]);
}

#[test]
fn evidence_is_the_words_it_rests_on() {
    let note = "Grüße! 🤒 Knie ok, sharp pain in my left knee";
    let phrases = read(note).into_iter().map(|c| (c.topic, &note[c.phrase])).collect::<Vec<_>>();
    assert_eq!(phrases, [(Topic::Illness, "🤒"), (Topic::Injury, "pain in my left knee")]);
}

fn words() -> impl Strategy<Value = String> {
    let notes = graded_notes();
    let vocabulary = notes.iter().flat_map(|graded| graded.note.split_whitespace());
    let vocabulary = vocabulary.map(str::to_owned).collect::<Vec<_>>();
    let separator = prop::sample::select(vec![" ", ", ", ". ", " - ", "…", "\n", "’", "", "🤮"]);
    prop::collection::vec((prop::sample::select(vocabulary), separator), 0..40)
        .prop_map(|parts| parts.into_iter().map(|(word, gap)| word + gap).collect())
}

proptest! {
    #[test]
    fn any_text_can_be_read(note in prop_oneof![any::<String>(), "\\PC{0,250}", words()]) {
        let concerns = read(&note);
        for concern in &concerns {
            prop_assert!(!concern.phrase.is_empty());
            prop_assert!(note.get(concern.phrase.clone()).is_some(), "{concern:?}");
        }
        prop_assert_eq!(concerns, read(&note));
    }
}
