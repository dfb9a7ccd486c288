use regiment_core::testing::date;
use regiment_proto::v1::{Level, Mood, Sleep};

use super::*;

fn answers(chosen: &[(Question, &str)]) -> Answers {
    let chosen = chosen.iter().map(|(question, value)| (*question, (*value).to_owned()));
    Answers { chosen: chosen.collect(), ..Answers::default() }
}

fn complete() -> Answers {
    let chosen = [
        (Question::Mood, "great"),
        (Question::Soreness, "medium"),
        (Question::Stress, "high"),
        (Question::Sleep, "6h"),
    ];
    Answers { weight: "82,5".to_owned(), notes: " fine ".to_owned(), ..answers(&chosen) }
}

#[test]
fn the_questions_show_what_is_chosen() {
    let note = questions(
        date("2026-11-24"),
        &answers(&[(Question::Mood, "okay")]),
        None,
        &Texts::built_in(),
    );
    assert_eq!(note.rows.len(), 5);
    insta::assert_snapshot!(words::described(&note));
}

#[test]
fn a_bad_weight_is_named_and_kept_for_the_next_try() {
    let answers = Answers { weight: "8200`".to_owned(), ..complete() };
    let mut wrong = Wrong::new(&answers.typed(), None);
    wrong.unless(false, &Texts::built_in(), answers.typed()[0], Key::NotWeight);
    let note = questions(date("2026-11-24"), &answers, Some(&wrong), &Texts::built_in());
    insta::assert_snapshot!(words::described(&note));
    assert_eq!(super::super::kept::read(&note.content), ["8200ˋ", "fine"]);
}

#[test]
fn an_odd_weight_is_asked_about() {
    let note = odd(date("2026-11-24"), 92.5, &complete(), &Texts::built_in());
    insta::assert_snapshot!(words::described(&note));
}

#[test]
fn a_report_needs_every_answer_and_takes_none_that_there_is_not() {
    let report = complete().report().unwrap();
    assert_eq!((report.mood(), report.soreness()), (Mood::Great, Level::Medium));
    assert_eq!((report.stress(), report.sleep()), (Level::High, Sleep::Sleep6h));
    assert_eq!(report.notes, "fine");
    for question in Question::ALL {
        let mut without = complete();
        without.chosen.remove(&question);
        assert!(without.report().is_none());
        without.chosen.insert(question, "99h".to_owned());
        assert!(without.report().is_none());
    }
}

#[test]
fn a_draft_comes_back_and_one_of_another_kind_is_none() {
    let body = serde_json::to_string(&complete()).unwrap();
    assert!(serde_json::from_str::<Answers>(&body).unwrap() == complete());
    assert!(serde_json::from_str::<Answers>("{}").unwrap() == Answers::default());
    serde_json::from_str::<Answers>(r#"{"chosen":{"height":"x"}}"#).err().unwrap();
}
