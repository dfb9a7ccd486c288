use super::*;
use crate::discord::Scope;

const LIMITED: Failure = Failure::RateLimited { wait: Duration::from_secs(1), scope: Scope::Route };
const REFUSED: Failure = Failure::Refused { status: 403, code: code::CANNOT_SEND };

/// After how many seconds each try is made, while every one fails so; at most 9.
fn pauses(failure: Failure) -> Vec<u64> {
    let mut tries = Tries::default();
    let mut pauses = Vec::new();
    while let Some(pause) = tries.next().filter(|_| pauses.len() < 9) {
        pauses.push(pause.as_secs());
        assert_eq!(tries.fail(failure), None);
    }
    pauses
}

/// What is said after these failures, and what the look-up shows.
fn said(failures: &[Failure], found: Found) -> Word {
    let mut tries = Tries::default();
    for failure in failures {
        assert_eq!(tries.fail(*failure), None);
    }
    if tries.is_doubtful() { tries.conclude(found) } else { tries.last().into() }
}

fn failed(class: Class) -> Word {
    Word::Failed(class, None)
}

fn there() -> Found {
    Found::There("9".to_owned())
}

fn delivered() -> Word {
    Word::Delivered("9".to_owned())
}

#[test]
fn what_passes_is_tried_at_once_and_after_one_two_and_four_seconds() {
    for failure in [Failure::Unreachable, Failure::Failed(502), Failure::Unanswered] {
        assert_eq!(pauses(failure), [0, 1, 2, 4]);
    }
}

#[test]
fn a_wait_that_discord_asks_for_counts_as_no_try() {
    assert_eq!(pauses(LIMITED).len(), 9);
    let mut tries = Tries::default();
    for failure in [Failure::Failed(500), LIMITED, Failure::Failed(500), LIMITED] {
        tries.fail(failure);
    }
    assert_eq!(tries.next(), Some(Duration::ZERO));
    tries.fail(Failure::Failed(500));
    assert_eq!(tries.next(), Some(Duration::from_secs(4)));
    tries.fail(Failure::Failed(500));
    assert_eq!(tries.next(), None);
}

#[test]
fn what_does_not_pass_is_not_tried_again() {
    let held = Failure::Held { wait: Duration::from_secs(90), by: crate::discord::Hold::Limit };
    for failure in [REFUSED, Failure::Blocked, Failure::Unauthorized, held] {
        assert_eq!(pauses(failure), [0]);
    }
}

#[test]
fn what_never_left_needs_no_look_up() {
    assert_eq!(said(&[Failure::Unreachable; 4], there()), failed(Class::Unavailable));
    assert_eq!(said(&[REFUSED], there()), failed(Class::DmClosed));
    assert_eq!(said(&[Failure::Unreachable, REFUSED], there()), failed(Class::DmClosed));
}

#[test]
fn what_may_have_been_sent_is_looked_up() {
    for failures in [[Failure::Failed(502); 4], [Failure::Unanswered; 4]] {
        assert_eq!(said(&failures, there()), delivered());
        assert_eq!(said(&failures, Found::Unclear), Word::None);
        assert_eq!(said(&failures, Found::Forbidden), failed(Class::Unanswered));
    }
    // Even where the last answer is clear, the one before it was not.
    assert_eq!(said(&[Failure::Unanswered, REFUSED], there()), delivered());
}

#[test]
fn what_may_still_be_on_its_way_is_not_given_up() {
    assert_eq!(said(&[Failure::Failed(502); 4], Found::NotThere), failed(Class::Unavailable));
    let once = [Failure::Failed(502), Failure::Unanswered, Failure::Failed(502)];
    assert_eq!(said(&once, Found::NotThere), Word::None);
}

#[test]
fn a_message_that_was_deleted_was_delivered() {
    let gone = Failure::Refused { status: 404, code: code::UNKNOWN_MESSAGE };
    let word = Tries::default().fail(gone);
    assert_eq!(word, Some(Word::Delivered("deleted".to_owned())));
}

#[test]
fn a_token_that_is_not_known_is_told_of_what_surely_never_left() {
    assert_eq!(said(&[Failure::Unauthorized], there()), failed(Class::Unauthorized));
    assert_eq!(said(&[Failure::Unanswered, Failure::Unauthorized], Found::Unclear), Word::None);
}

#[test]
fn a_doubtful_message_is_sent_only_where_it_is_surely_not_there() {
    let table = [
        (there(), Use::Fresh, Some(delivered())),
        (there(), Use::Expired, Some(delivered())),
        (Found::NotThere, Use::Fresh, None),
        (Found::NotThere, Use::Expired, Some(failed(Class::TooLate))),
        (Found::Unclear, Use::Fresh, Some(Word::None)),
        (Found::Unclear, Use::Expired, Some(failed(Class::Unanswered))),
        (Found::Forbidden, Use::Fresh, Some(failed(Class::Unanswered))),
        (Found::Forbidden, Use::Expired, Some(failed(Class::Unanswered))),
    ];
    for (found, of, word) in table {
        assert_eq!(judge(found.clone(), of), word, "{found:?} {of:?}");
    }
}

#[test]
fn a_doubt_is_not_ended_by_a_channel_that_can_not_be_reached_now() {
    let throttled = Word::Failed(Class::DmThrottled, Some(Duration::from_mins(1)));
    assert_eq!(judge_unreached(throttled.clone(), Use::Fresh), Word::None);
    assert_eq!(judge_unreached(throttled, Use::Expired), failed(Class::Unanswered));
    for class in [Class::DmClosed, Class::ChannelGone] {
        assert_eq!(judge_unreached(failed(class), Use::Fresh), failed(class));
    }
}
