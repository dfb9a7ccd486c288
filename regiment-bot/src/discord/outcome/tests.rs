use serde_json::json;

use super::*;

fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Result<Value, Failure> {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    judge(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes())
}

#[track_caller]
fn class_of(status: u16, code: u64) -> Class {
    answer(status, &[], &json!({"code": code, "message": "…"}).to_string()).unwrap_err().class().0
}

#[test]
fn every_code_has_its_class() {
    let table = [
        (403, 50_007, Class::DmClosed),
        (403, 50_278, Class::DmClosed),
        (404, 10_013, Class::DmClosed),
        (400, 50_033, Class::DmClosed),
        (403, 40_003, Class::DmThrottled),
        (403, 20_026, Class::BotQuarantined),
        (403, 50_001, Class::NoAccess),
        (403, 50_013, Class::NoAccess),
        (403, 0, Class::NoAccess),
        (404, 10_003, Class::ChannelGone),
        (404, 10_004, Class::ChannelGone),
        (400, 50_035, Class::BadMessage),
        (400, 50_006, Class::BadMessage),
        (400, 200_000, Class::BadMessage),
        (413, 40_005, Class::BadMessage),
        (404, 0, Class::BadMessage),
        (401, 0, Class::Unauthorized),
        (500, 0, Class::Unavailable),
        (502, 0, Class::Unavailable),
    ];
    for (status, code, class) in table {
        assert_eq!(class_of(status, code), class, "{status} {code}");
    }
}

#[test]
fn what_left_and_was_not_answered_is_told_from_what_never_left() {
    assert_eq!(Failure::Unanswered.class(), (Class::Unanswered, None));
    assert_eq!(Failure::Unreachable.class(), (Class::Unavailable, None));
    assert!(Failure::Unanswered.is_doubtful() && Failure::Failed(502).is_doubtful());
    assert!(!Failure::Unreachable.is_doubtful());
    assert_eq!(answer(200, &[], "{\"id\":"), Err(Failure::Unanswered));
    assert_eq!(answer(204, &[], ""), Ok(Value::Null));
    assert_eq!(answer(200, &[], "{\"id\":\"1\",\"new\":[]}").unwrap()["id"], "1");
}

#[track_caller]
fn waits(headers: &[(&'static str, &str)], body: &Value, seconds: f64, scope: Scope) {
    let wait = Duration::from_secs_f64(seconds);
    let failure = answer(429, headers, &body.to_string()).unwrap_err();
    assert_eq!(failure, Failure::RateLimited { wait, scope });
    assert_eq!(failure.class(), (Class::RateLimited, Some(wait)));
}

#[test]
fn the_longest_wait_that_was_said_counts() {
    waits(&[("retry-after", "2")], &json!({"retry_after": 1.2}), 2.0, Scope::Route);
    waits(&[("retry-after", "1")], &json!({"retry_after": 1.2}), 1.2, Scope::Route);
    waits(&[], &json!({"retry_after": 3600}), 3600.0, Scope::Route);
    waits(&[], &json!({}), 5.0, Scope::Route);
    waits(&[("retry-after", "soon")], &json!({"retry_after": -1}), 5.0, Scope::Route);
    waits(&[("retry-after", "90000")], &json!({}), 86_400.0, Scope::Route);
}

#[test]
fn a_limit_says_whom_it_concerns() {
    let body = json!({"retry_after": 1});
    waits(&[("x-ratelimit-scope", "user")], &body, 1.0, Scope::Route);
    waits(&[("x-ratelimit-scope", "shared")], &body, 1.0, Scope::Shared);
    waits(&[("x-ratelimit-scope", "global")], &body, 1.0, Scope::Global);
    waits(&[("x-ratelimit-global", "true")], &body, 1.0, Scope::Global);
    waits(&[], &json!({"retry_after": 1, "global": true}), 1.0, Scope::Global);
}

#[test]
fn a_page_instead_of_json_comes_from_what_stands_before_discord() {
    assert_eq!(answer(429, &[], "<html>"), Err(Failure::Blocked));
    assert_eq!(answer(403, &[], "<html>"), Err(Failure::Blocked));
    assert_eq!(answer(403, &[], "{\"code\": 40333}"), Err(Failure::Blocked));
    assert_eq!(Failure::Blocked.class(), (Class::RateLimited, Some(Duration::from_mins(10))));
    // A page that says that Discord is away is no such thing.
    assert_eq!(answer(502, &[], "<html>"), Err(Failure::Failed(502)));
}

#[test]
fn what_counts_toward_the_ban_is_401_403_and_429_of_ones_own() {
    let shared = Failure::RateLimited { wait: UNSAID, scope: Scope::Shared };
    let own = Failure::RateLimited { wait: UNSAID, scope: Scope::Route };
    let refused = |status| Failure::Refused { status, code: 0 };
    assert!(own.is_invalid() && Failure::Unauthorized.is_invalid() && refused(403).is_invalid());
    assert!(!shared.is_invalid() && !refused(404).is_invalid() && !refused(400).is_invalid());
    assert!(!Failure::Failed(500).is_invalid());
}
