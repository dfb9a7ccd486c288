use regiment_core::ManualClock;
use serde_json::json;

use super::*;

fn asked(content: &str) -> Interaction {
    let frame = json!({"id": "175928847299117063", "type": 3, "token": "hush",
        "user": {"id": "7", "username": "ana"},
        "message": {"id": "9", "content": content, "components": []},
        "data": {"component_type": 2, "custom_id": "r1.x"}});
    Interaction::parse(&frame).unwrap()
}

fn later(seconds: u64) -> Owed {
    Owed::Later { content: "Next set.".to_owned(), after: Duration::from_secs(seconds) }
}

/// A clock some seconds after the interaction was made.
fn clock(seconds: i64) -> ManualClock {
    ManualClock::at(asked("").entered_at() + SignedDuration::from_secs(seconds))
}

#[test]
fn a_debt_comes_back_whole() {
    let by = asked("FUEL");
    let kept = edit(&by, &Owed::Answer);
    assert_eq!((kept.interaction_id.as_str(), kept.user_id.as_str()), ("175928847299117063", "7"));
    assert!(!kept.body.contains("hush"));
    let expires = kept.expire_time.unwrap().seconds - by.entered_at().as_second();
    assert_eq!(expires, 15 * 60);
    assert!(read(&kept, &clock(0)) == Some((by, Owed::Answer)));
}

#[test]
fn what_is_left_of_the_time_is_what_has_not_passed() {
    let left = |passed| {
        let kept = edit(&asked(""), &later(90));
        match read(&kept, &clock(passed)) {
            Some((_, Owed::Later { after, .. })) => after.as_secs(),
            _ => panic!("it was owed for later"),
        }
    };
    assert_eq!((left(0), left(30), left(90), left(600)), (90, 60, 0, 0));
    // A clock that is behind makes nobody wait longer.
    assert_eq!(left(-3_600), 90);
}

#[test]
fn a_debt_that_is_too_long_is_kept_without_what_stood_on_the_message() {
    let by = asked(&"x".repeat(LONGEST));
    let kept = edit(&by, &Owed::Answer);
    assert!(kept.body.len() <= LONGEST, "{}", kept.body.len());
    let (back, _) = read(&kept, &clock(0)).unwrap();
    assert_eq!(back.message.unwrap().content, "");
    assert!(back.asks == by.asks);
}

#[test]
fn a_debt_that_can_not_be_read_is_none() {
    let kept = OwedEdit { body: "{}".to_owned(), ..edit(&asked(""), &Owed::Answer) };
    assert!(read(&kept, &clock(0)).is_none());
}
