use super::*;
use crate::message::{Message, Priority};

const NOW: &str = "2026-03-03T06:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn to(to: Recipient) -> Dispatch {
    Dispatch {
        key: "k".to_owned(),
        to,
        message: Message::Private { text: "t".to_owned() },
        priority: Priority::Order,
        not_before: now(),
        expires_at: None,
        delivers: None,
    }
}

fn client() -> Dispatch {
    to(Recipient::Client("42".parse().unwrap()))
}

fn failed(class: ErrorClass) -> Attempt {
    Attempt::Failed { class, retry_after: None }
}

const CLOSED: Ways = Ways { is_dm_closed: true, has_fallback: true, has_dm_channel: true };
const OPEN: Ways = Ways { is_dm_closed: false, ..CLOSED };
const ALONE: Ways = Ways { has_fallback: false, ..OPEN };

#[track_caller]
fn check(attempt: &Attempt, dispatch: &Dispatch, ways: Ways, fate: Fate, lesson: Lesson) {
    let policy = DeliveryPolicy::default();
    assert_eq!(follow(attempt, dispatch, ways, &policy, now()), (fate, lesson), "{attempt:?}");
}

fn again(minutes: i64) -> Fate {
    Fate::Again { not_before: now() + SignedDuration::from_mins(minutes) }
}

#[test]
fn a_closed_dm_goes_to_the_private_channel_and_without_one_ends() {
    check(&failed(ErrorClass::DmClosed), &client(), OPEN, again(0), Lesson::DmClosed);
    let refused = Fate::Failed(Failure::Refused);
    check(&failed(ErrorClass::DmClosed), &client(), ALONE, refused, Lesson::DmClosed);
    // Another message found it out first: the private channel is not tried in a circle.
    check(&failed(ErrorClass::DmClosed), &client(), CLOSED, again(5), Lesson::DmClosed);
}

#[test]
fn the_private_channel_is_used_only_while_direct_messages_are_closed() {
    assert_eq!(CLOSED.way(), Way::Fallback);
    assert_eq!(OPEN.way(), Way::Direct);
    assert_eq!(ALONE.way(), Way::Direct);
    assert_eq!(Ways { has_fallback: false, ..CLOSED }.way(), Way::Direct);
}

#[test]
fn a_delivery_by_direct_message_shows_that_they_are_open_again() {
    let delivered = Attempt::Delivered { remote_id: "1".to_owned() };
    check(&delivered, &client(), ALONE, Fate::Delivered, Lesson::DmOpen);
    check(&delivered, &client(), CLOSED, Fate::Delivered, Lesson::None);
    check(&delivered, &to(Recipient::Coaches), ALONE, Fate::Delivered, Lesson::None);
}

#[test]
fn a_lost_dm_channel_is_opened_again_and_a_lost_guild_channel_ends_the_message() {
    check(&failed(ErrorClass::ChannelGone), &client(), ALONE, again(0), Lesson::DmForgotten);
    let new = Ways { has_dm_channel: false, ..ALONE };
    check(&failed(ErrorClass::ChannelGone), &client(), new, again(5), Lesson::DmForgotten);
    let refused = Fate::Failed(Failure::Refused);
    check(&failed(ErrorClass::ChannelGone), &client(), CLOSED, refused.clone(), Lesson::None);
    check(&failed(ErrorClass::ChannelGone), &to(Recipient::Coaches), ALONE, refused, Lesson::None);
}

#[test]
fn what_was_not_sent_waits_as_long_as_the_platform_said_or_the_policy_says() {
    for class in [
        ErrorClass::DmThrottled,
        ErrorClass::BotQuarantined,
        ErrorClass::Unauthorized,
        ErrorClass::RateLimited,
        ErrorClass::Unavailable,
    ] {
        check(&failed(class), &client(), ALONE, again(5), Lesson::None);
    }
    check(&failed(ErrorClass::NoAccess), &client(), ALONE, again(15), Lesson::None);
    let told = SignedDuration::from_mins(61);
    let told = Attempt::Failed { class: ErrorClass::RateLimited, retry_after: Some(told) };
    check(&told, &client(), ALONE, again(61), Lesson::None);
}

#[test]
fn what_can_not_be_repeated_ends() {
    for (class, failure) in [
        (ErrorClass::BadMessage, Failure::Refused),
        (ErrorClass::Unanswered, Failure::Unknown),
        (ErrorClass::TooLate, Failure::Missed),
    ] {
        check(&failed(class), &client(), ALONE, Fate::Failed(failure), Lesson::None);
    }
}

#[test]
fn each_failure_is_heard_of_once_and_by_who_can_act_on_it() {
    let alerts = |class, dispatch: &Dispatch, ways| {
        let (fate, _) = follow(&failed(class), dispatch, ways, &DeliveryPolicy::default(), now());
        let today = Date::constant(2026, 3, 3);
        complain(class, dispatch, &fate, &[], today, now())
            .into_iter()
            .filter_map(|effect| {
                let Effect::Alert { kind, severity, .. } = effect else { return None };
                Some((kind, severity))
            })
            .collect::<Vec<_>>()
    };
    let client = client();
    let closed = alerts(ErrorClass::DmClosed, &client, OPEN);
    assert_eq!(closed, [(AlertKind::Unreachable, Severity::Medium)]);
    let closed = alerts(ErrorClass::DmClosed, &client, ALONE);
    assert_eq!(closed, [(AlertKind::Unreachable, Severity::High)]);
    let bad = alerts(ErrorClass::BadMessage, &client, ALONE);
    assert_eq!(bad, [(AlertKind::MessageRejected, Severity::High)]);
    let lost = alerts(ErrorClass::ChannelGone, &to(Recipient::Coaches), ALONE);
    assert_eq!(lost, [(AlertKind::ChannelLost, Severity::High)]);
    let unknown = alerts(ErrorClass::Unauthorized, &client, ALONE);
    assert_eq!(unknown, [(AlertKind::BotUnauthorized, Severity::Critical)]);
    for class in [ErrorClass::RateLimited, ErrorClass::Unavailable, ErrorClass::DmThrottled] {
        assert_eq!(alerts(class, &client, ALONE), []);
    }
}

#[test]
fn only_a_client_without_any_way_gets_a_card() {
    let cards = |ways| {
        let class = ErrorClass::DmClosed;
        let (fate, _) = follow(&failed(class), &client(), ways, &DeliveryPolicy::default(), now());
        let effects = complain(class, &client(), &fate, &[], Date::constant(2026, 3, 3), now());
        effects.iter().filter(|effect| matches!(effect, Effect::Card(_))).count()
    };
    assert_eq!((cards(OPEN), cards(ALONE)), (0, 1));
}
