use regiment_core::Secret;

use super::*;
use crate::discord::Ticket;

const SECOND: Duration = Duration::from_secs(1);

struct Bench {
    limits: Limits,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        Self { limits: Limits::default(), now: Instant::now() }
    }

    fn admit(&mut self, route: &Route) -> Admission {
        self.limits.admit(route, self.now)
    }

    fn suffer(&mut self, route: &Route, failure: Failure) {
        self.limits.suffer(route, failure, self.now);
    }

    fn hear(&mut self, route: &Route, remaining: u32, after: &str) {
        let headers = [
            ("x-ratelimit-bucket", "abcd".to_owned()),
            ("x-ratelimit-remaining", remaining.to_string()),
            ("x-ratelimit-reset-after", after.to_owned()),
        ];
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        self.limits.hear(route, &headers, self.now);
    }
}

fn refused(code: u64) -> Failure {
    Failure::Refused { status: 403, code }
}

fn message(channel: u64) -> Route {
    Route::CreateMessage(channel)
}

#[test]
fn no_second_holds_more_than_forty_requests() {
    let mut bench = Bench::new();
    for channel in 0..40 {
        assert_eq!(bench.admit(&message(channel)), Admission::Now);
    }
    assert_eq!(bench.admit(&message(40)), Admission::After(SECOND, Hold::Limit));
    bench.now += Duration::from_millis(999);
    let left = Duration::from_millis(1);
    assert_eq!(bench.admit(&message(40)), Admission::After(left, Hold::Limit));
    bench.now += left;
    assert_eq!(bench.admit(&message(40)), Admission::Now);
}

#[test]
fn a_bucket_that_is_empty_waits_for_its_reset_and_no_other_does() {
    let mut bench = Bench::new();
    assert_eq!(bench.admit(&message(1)), Admission::Now);
    bench.hear(&message(1), 1, "1.2");
    assert_eq!(bench.admit(&message(1)), Admission::Now);
    let left = Duration::from_millis(1_200);
    assert_eq!(bench.admit(&message(1)), Admission::After(left, Hold::Limit));
    assert_eq!(bench.admit(&message(2)), Admission::Now);
    bench.now += left;
    assert_eq!(bench.admit(&message(1)), Admission::Now);
}

#[test]
fn routes_of_one_name_share_a_bucket_within_a_channel() {
    let mut bench = Bench::new();
    let read = Route::Messages { channel: 1, before: None };
    bench.hear(&read, 5, "2");
    bench.hear(&message(1), 0, "2");
    assert_eq!(bench.admit(&read), Admission::After(2 * SECOND, Hold::Limit));
}

#[test]
fn headers_that_say_nothing_change_nothing() {
    let mut bench = Bench::new();
    bench.hear(&message(1), 0, "soon");
    bench.hear(&message(1), 0, "-1");
    bench.limits.hear(&message(1), &HeaderMap::new(), bench.now);
    assert_eq!(bench.admit(&message(1)), Admission::Now);
}

#[test]
fn a_limit_of_one_route_holds_that_route_and_a_global_one_all() {
    let mut bench = Bench::new();
    let wait = 3 * SECOND;
    bench.suffer(&message(1), Failure::RateLimited { wait, scope: Scope::Shared });
    assert_eq!(bench.admit(&message(1)), Admission::After(wait, Hold::Limit));
    assert_eq!(bench.admit(&message(2)), Admission::Now);
    assert_eq!(bench.limits.pause_left(bench.now), None);
    bench.suffer(&message(1), Failure::RateLimited { wait: 5 * SECOND, scope: Scope::Global });
    assert_eq!(bench.admit(&message(2)), Admission::After(5 * SECOND, Hold::Limit));
    assert_eq!(bench.limits.pause_left(bench.now), Some(5 * SECOND));
    bench.now += 5 * SECOND;
    assert_eq!(bench.admit(&message(2)), Admission::Now);
}

#[test]
fn a_refusal_before_discord_pauses_everything_for_ten_minutes() {
    let mut bench = Bench::new();
    bench.suffer(&Route::Me, Failure::Blocked);
    bench.now += 599 * SECOND;
    assert_eq!(bench.admit(&message(1)), Admission::After(SECOND, Hold::Limit));
    bench.now += SECOND;
    assert_eq!(bench.admit(&message(1)), Admission::Now);
}

#[test]
fn the_breaker_opens_at_a_thousand_invalid_requests_in_ten_minutes() {
    let mut bench = Bench::new();
    for _ in 0..999 {
        bench.suffer(&message(1), refused(0));
    }
    assert_eq!(bench.admit(&message(2)), Admission::Now);
    bench.now += SECOND;
    bench.suffer(&message(1), refused(0));
    assert_eq!(bench.limits.invalid(bench.now), 1_000);
    assert_eq!(bench.admit(&message(2)), Admission::After(599 * SECOND, Hold::Limit));
    assert_eq!(bench.limits.pause_left(bench.now), Some(599 * SECOND));
    bench.now += 599 * SECOND;
    assert_eq!(bench.admit(&message(2)), Admission::Now);
    assert_eq!(bench.limits.invalid(bench.now), 1);
}

#[test]
fn an_answer_to_an_interaction_counts_for_the_breaker_and_for_nothing_else() {
    let mut bench = Bench::new();
    let ticket = Ticket { id: 1, token: Secret::new("t") };
    bench.suffer(&Route::Callback(ticket), Failure::Unauthorized);
    assert_eq!(bench.limits.invalid(bench.now), 1);
    assert!(!bench.limits.is_unauthorized());
    assert_eq!(bench.admit(&message(1)), Admission::Now);
}

#[test]
fn a_token_that_is_not_known_is_not_shown_again() {
    let mut bench = Bench::new();
    bench.suffer(&message(1), Failure::Unauthorized);
    assert_eq!(bench.admit(&message(2)), Admission::Never);
    bench.now += 10 * WINDOW;
    assert_eq!(bench.admit(&Route::Me), Admission::Never);
}

#[test]
fn direct_messages_are_opened_every_three_seconds_or_a_little_slower() {
    let mut bench = Bench::new();
    assert_eq!(bench.admit(&Route::OpenDm), Admission::Now);
    let Admission::After(wait, Hold::OpeningDm) = bench.admit(&Route::OpenDm) else { panic!() };
    assert!((DM_EVERY..DM_EVERY + SECOND).contains(&wait), "{wait:?}");
    assert_eq!(bench.admit(&message(1)), Admission::Now);
    bench.now += wait;
    assert_eq!(bench.admit(&Route::OpenDm), Admission::Now);
}

#[test]
fn opening_backs_off_a_minute_then_two_until_one_succeeds() {
    let mut bench = Bench::new();
    for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
        bench.suffer(&Route::OpenDm, refused(code::OPENING_TOO_FAST));
        let wait = minutes * 60 * SECOND;
        assert_eq!(bench.admit(&Route::OpenDm), Admission::After(wait, Hold::OpeningDm));
        let held = bench.limits.held(refused(code::OPENING_TOO_FAST), bench.now);
        assert_eq!(held, Failure::Held { wait, by: Hold::OpeningDm });
        bench.now += wait;
    }
    assert_eq!(bench.admit(&Route::OpenDm), Admission::Now);
    bench.limits.succeed(&Route::OpenDm);
    bench.suffer(&Route::OpenDm, refused(code::OPENING_TOO_FAST));
    assert_eq!(bench.admit(&Route::OpenDm), Admission::After(60 * SECOND, Hold::OpeningDm));
}

#[test]
fn a_quarantine_holds_direct_messages_alone() {
    let mut bench = Bench::new();
    bench.suffer(&message(1), refused(code::QUARANTINED));
    assert_eq!(bench.limits.quarantine(bench.now), Some(QUARANTINE));
    assert_eq!(bench.admit(&Route::OpenDm), Admission::After(QUARANTINE, Hold::Quarantine));
    assert_eq!(bench.admit(&message(2)), Admission::Now);
    bench.now += QUARANTINE;
    assert_eq!(bench.limits.quarantine(bench.now), None);
}

#[test]
fn a_channel_without_access_rests_for_a_quarter_of_an_hour() {
    for code in [code::MISSING_ACCESS, code::MISSING_PERMISSION] {
        let mut bench = Bench::new();
        bench.suffer(&message(1), refused(code));
        bench.now += 899 * SECOND;
        assert_eq!(bench.admit(&message(1)), Admission::After(SECOND, Hold::NoAccess));
        assert_eq!(bench.admit(&message(2)), Admission::Now);
        bench.now += SECOND;
        assert_eq!(bench.admit(&message(1)), Admission::Now);
    }
}
