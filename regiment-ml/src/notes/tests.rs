use regiment_core::engine::care::graded::graded_notes;

use super::*;
use crate::testing::{checkin, client};
use classifier::Tagged;

fn noted(notes: &[(Day, &str)]) -> ClientHistory {
    notes.iter().fold(client("7"), |client, (day, note)| {
        let mut row = checkin(*day, 90.0);
        row.notes = Some((*note).into());
        client.with_checkin(row)
    })
}

fn flags(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| finding.evidence.flag.to_string()).collect()
}

#[test]
fn a_week_of_notes_raises_one_flag_for_each_topic() {
    let client = noted(&[
        (93, "sharp pain in my left knee"),
        (94, "left knee hurts again"),
        (96, "fever since monday"),
        (99, "want to quit the program"),
    ]);
    let findings = findings(&client, None, 99);
    assert_eq!(
        flags(&findings),
        ["note_concern:injury", "note_concern:illness", "note_concern:quit_intent"]
    );
    let severities = findings.iter().map(|finding| finding.severity).collect::<Vec<_>>();
    assert_eq!(severities, [Severity::Critical, Severity::Critical, Severity::Medium]);
    assert_eq!(findings[0].evidence.dates.len(), 2);
    assert_eq!(findings[0].evidence.detail, "2 notes");
}

#[test]
fn every_safety_topic_is_critical_and_bears_a_safety_flag() {
    for note in
        ["sharp pain in my knee", "fever since monday", "made myself throw up", "want to die"]
    {
        let findings = findings(&noted(&[(99, note)]), None, 99);
        let [finding] = &findings[..] else { panic!("{note}: {findings:?}") };
        assert_eq!(finding.severity, Severity::Critical, "{note}");
        assert!(finding.evidence.flag.is_safety(), "{note}");
    }
}

#[test]
fn the_note_stays_in_the_check_in_and_the_evidence_points_at_its_words() {
    let note = "slept ok, sharp pain in my left knee";
    let findings = findings(&noted(&[(99, note)]), None, 99);
    let evidence = &findings[0].evidence;
    assert!(!format!("{evidence:?}").contains("knee"));
    assert_eq!(evidence.numbers["phrase_start"].to_bits(), 16.0_f64.to_bits());
    assert_eq!(evidence.numbers["phrase_end"].to_bits(), 36.0_f64.to_bits());
}

#[test]
fn seven_days_are_read_and_the_eighth_is_not() {
    assert_eq!(findings(&noted(&[(92, "knee hurts")]), None, 99), []);
    assert_eq!(findings(&noted(&[(93, "knee hurts")]), None, 99).len(), 1);
    assert_eq!(findings(&noted(&[(100, "knee hurts")]), None, 99), []);
}

#[test]
fn what_is_denied_or_over_raises_nothing_and_what_ends_within_the_week_says_so() {
    let quiet = noted(&[(98, "knee feels fine now, no pain at all"), (99, "the flu is gone")]);
    assert_eq!(findings(&quiet, None, 99), []);
    let ended = noted(&[(95, "the flu has me, fever"), (99, "the flu is gone")]);
    let findings = findings(&ended, None, 99);
    assert_eq!(findings[0].evidence.detail, "1 note; a later one says that it is over");
    assert_eq!(findings[0].severity, Severity::Critical);
}

#[test]
fn the_classifier_adds_for_review_and_takes_nothing_away() {
    let graded = graded_notes();
    // Trained to call nothing an injury that the lexicon knows, and a coach's own word one.
    let mut tagged = graded
        .iter()
        .step_by(6)
        .map(|graded| {
            let mut topics = graded.topics.clone();
            topics.remove(&Topic::Injury);
            Tagged { note: graded.note.to_owned(), topics }
        })
        .collect::<Vec<_>>();
    tagged.extend((0..60).map(|n| Tagged {
        note: format!("the old gremlin is back {n}"),
        topics: [Topic::Injury].into(),
    }));
    let classifier = Classifier::train(&tagged, None).unwrap();
    for graded in graded {
        let client = noted(&[(99, graded.note)]);
        let with = flags(&findings(&client, Some(&classifier), 99));
        for flag in flags(&findings(&client, None, 99)) {
            assert!(with.contains(&flag), "{}", graded.note);
        }
    }
    let client = noted(&[(99, "the old gremlin is back again")]);
    assert_eq!(findings(&client, None, 99), []);
    let added = findings(&client, Some(&classifier), 99);
    assert_eq!(flags(&added), ["note_concern:injury"]);
    assert_eq!(added[0].severity, Severity::High);
    assert!(added[0].evidence.detail.starts_with("read by the classifier alone"));
}

#[test]
fn the_lexicon_finds_injuries_and_little_else() {
    let (mut hits, mut raised, mut there) = (0, 0, 0);
    let graded = graded_notes();
    for graded in &graded {
        let found = flags(&findings(&noted(&[(99, graded.note)]), None, 99));
        let is_raised = found.contains(&"note_concern:injury".to_owned());
        let is_there = graded.topics.contains(&Topic::Injury);
        hits += usize::from(is_raised && is_there);
        raised += usize::from(is_raised);
        there += usize::from(is_there);
    }
    let denied = graded.iter().filter(|g| matches!(g.about, "negated" | "resolved")).count();
    assert!(graded.len() >= 200 && denied * 4 >= graded.len());
    let (recall, precision) = (count(hits) / count(there), count(hits) / count(raised));
    println!("lexicon, injury: recall {recall:.3}, precision {precision:.3}");
    assert!(recall >= 0.90 && precision >= 0.85, "{recall} {precision}");
}
