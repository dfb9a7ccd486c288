use tokio::time::sleep;

use super::*;
use crate::Note;

const MS: Duration = Duration::from_millis(1);

fn words() -> Answer {
    Answer::Note(Note::new("words"))
}

/// What is said first to an answer that takes so long, when, and whether it was owed.
async fn first(promise: Promise, takes: Duration) -> (First, Duration, bool) {
    let received = Instant::now();
    let mut answering = std::pin::pin!(async {
        sleep(takes).await;
        words()
    });
    let mut is_owed = false;
    let first = of(promise, answering.as_mut(), received, || is_owed = true).await;
    (first, received.elapsed(), is_owed)
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_soon_is_said_and_never_owed() {
    let soon = 1_199 * MS;
    assert_eq!(first(Promise::Note, soon).await, (First::Answer(words()), soon, false));
}

#[tokio::test(start_paused = true)]
async fn a_debt_is_written_down_before_it_is_promised() {
    let late = 1_400 * MS;
    assert_eq!(first(Promise::Note, late).await, (First::Answer(words()), late, true));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_takes_longer_is_put_off_after_a_second_and_a_half() {
    for promise in [Promise::Note, Promise::Change] {
        for takes in [1_501 * MS, 5_000 * MS] {
            assert_eq!(first(promise, takes).await, (First::Deferral, 1_500 * MS, true));
        }
    }
    assert_eq!(first(Promise::Note, 1_499 * MS).await.0, First::Answer(words()));
}

#[tokio::test(start_paused = true)]
async fn what_can_not_be_put_off_is_not() {
    for promise in [Promise::Form, Promise::Choices] {
        assert_eq!(first(promise, 5_000 * MS).await, (First::Nothing, 1_500 * MS, false));
    }
}

/// Says something to a Discord that answers so, each time after so long.
async fn said(
    answers: &[(Duration, Result<(), Failure>)],
    since: Duration,
) -> (Said, usize, Duration) {
    let received = Instant::now();
    sleep(since).await;
    let mut tries = 0;
    let said = insist(received, |timeout| {
        let (takes, answer) = answers[tries];
        tries += 1;
        async move {
            tokio::time::timeout(timeout, sleep(takes)).await.map_err(|_| Failure::Unanswered)?;
            answer
        }
    });
    let said = said.await;
    (said, tries, received.elapsed())
}

const OK: Result<(), Failure> = Ok(());

fn refused(code: u64) -> Result<(), Failure> {
    Err(Failure::Refused { status: 400, code })
}

#[tokio::test(start_paused = true)]
async fn what_is_heard_is_said_once() {
    assert_eq!(said(&[(20 * MS, OK)], MS).await, (Said::Heard, 1, 21 * MS));
}

#[tokio::test(start_paused = true)]
async fn a_try_ends_after_a_second_and_there_are_two() {
    let never = (10_000 * MS, OK);
    assert_eq!(said(&[never; 2], MS).await, (Said::Unknown, 2, 2_001 * MS));
    assert_eq!(said(&[never, (MS, OK)], MS).await, (Said::Heard, 2, 1_002 * MS));
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_on_after_two_seconds_and_a_half() {
    let never = (10_000 * MS, OK);
    assert_eq!(said(&[never; 2], 1_500 * MS).await, (Said::Unknown, 1, 2_500 * MS));
    assert_eq!(said(&[never; 2], 2_499 * MS).await, (Said::Unknown, 1, 2_500 * MS));
    assert_eq!(said(&[never; 2], 2_500 * MS).await, (Said::TooLate, 0, 2_500 * MS));
}

#[tokio::test(start_paused = true)]
async fn each_answer_of_discord_has_its_meaning() {
    let cases = [
        (refused(code::ACKNOWLEDGED), Said::Before),
        (refused(code::UNKNOWN_INTERACTION), Said::TooLate),
        (refused(code::INVALID_TOKEN), Said::TooLate),
        (refused(code::UNKNOWN_WEBHOOK), Said::TooLate),
        (refused(50_035), Said::Refused(Failure::Refused { status: 400, code: 50_035 })),
    ];
    for (answer, meaning) in cases {
        assert_eq!(said(&[(MS, answer)], MS).await, (meaning, 1, 2 * MS));
    }
    let failed = (MS, Err(Failure::Failed(502)));
    assert_eq!(said(&[failed, (MS, refused(code::ACKNOWLEDGED))], MS).await.0, Said::Before);
    assert_eq!(said(&[failed; 2], MS).await, (Said::Unknown, 2, 3 * MS));
}
