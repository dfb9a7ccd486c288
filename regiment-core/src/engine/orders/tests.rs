use super::*;
use crate::testing::{at, date, dossier, slug, user, zone};

fn fuel() -> Ordered {
    Ordered::Fuel { meals: Vec::new(), cardio: None, template_id: slug("template_a") }
}

fn issued(decision: &Decision) -> &Order {
    let Some(Effect::Issue(order)) = decision.effects.first() else { panic!("no order") };
    order
}

#[track_caller]
fn check(zone_name: &str, ordered: Ordered, day: &str, now: &str, outcome: Outcome) -> Decision {
    let mut dossier = dossier("7");
    dossier.client.timezone_offset = zone(zone_name);
    let decision = issue(&dossier, &Policy::default(), date(day), ordered, at(now));
    assert_eq!(decision.outcome, outcome);
    decision
}

#[test]
fn an_order_goes_out_while_it_is_of_use() {
    use Outcome::{Done, SkippedLate};
    check("UTC", Ordered::Checkin, "2026-03-04", "2026-03-04T11:30:00Z", Done);
    check("UTC", Ordered::Checkin, "2026-03-04", "2026-03-04T11:30:00.000001Z", SkippedLate);
    check("UTC", fuel(), "2026-03-04", "2026-03-04T20:00:00Z", Done);
    check("UTC", fuel(), "2026-03-04", "2026-03-04T20:00:00.000001Z", SkippedLate);
    check("UTC+5:45", fuel(), "2026-03-04", "2026-03-04T14:15:00Z", Done);
    check("UTC+5:45", fuel(), "2026-03-04", "2026-03-04T14:15:01Z", SkippedLate);
}

#[test]
fn a_delivery_bears_its_order_and_a_key_of_its_own() {
    let decision =
        check("Europe/London", fuel(), "2026-07-01", "2026-07-01T05:00:00Z", Outcome::Done);
    let order = issued(&decision);
    assert_eq!(order.deadline, at("2026-07-01T21:00:00Z"));
    assert_eq!((order.delivered_at, order.withdrawn_at), (None, None));
    let Effect::Send(dispatch) = &decision.effects[1] else { panic!("no message") };
    assert_eq!(dispatch.key, "7:fuel:2026-07-01");
    assert_eq!(dispatch.expires_at, Some(at("2026-07-01T19:00:00Z")));
    assert_eq!(dispatch.delivers, Some((OrderKind::Fuel, date("2026-07-01"))));
    assert_eq!(
        dispatch.message,
        Message::FuelOrder {
            date: date("2026-07-01"),
            meals: Vec::new(),
            cardio: None,
            deadline: order.deadline,
        }
    );
}

#[test]
fn an_order_that_comes_too_late_is_issued_and_the_coach_is_told() {
    let decision =
        check("UTC", Ordered::Checkin, "2026-03-04", "2026-03-06T09:00:00Z", Outcome::SkippedLate);
    assert_eq!(issued(&decision).deadline, at("2026-03-04T12:00:00Z"));
    let [_, Effect::Alert { kind, user_id, text, .. }] = decision.effects.as_slice() else {
        panic!("no alert")
    };
    assert_eq!((*kind, *user_id), (AlertKind::DeliveryMissed, Some(user("7"))));
    assert_eq!(text, "the checkin order of 2026-03-04 was too late to be of use");
}

#[test]
fn a_date_that_the_zone_skipped_has_no_orders() {
    let decision =
        check("Pacific/Apia", fuel(), "2011-12-30", "2011-12-30T12:00:00Z", Outcome::DateSkipped);
    assert!(decision.effects.is_empty());
}

#[test]
fn an_order_is_issued_once_for_a_date() {
    let dossier = dossier("7").with_checkin_order("2026-03-04");
    let (policy, now) = (Policy::default(), at("2026-03-04T05:30:00Z"));
    let again = issue(&dossier, &policy, date("2026-03-04"), Ordered::Checkin, now);
    assert_eq!(again, Decision::skip(Outcome::NothingDue));
    let other = issue(&dossier, &policy, date("2026-03-04"), fuel(), now);
    assert_eq!(other.outcome, Outcome::Done);
}

#[test]
fn a_pause_withdraws_what_is_open_and_nothing_else() {
    let mut dossier = dossier("7")
        .with_checkin_order("2026-03-04")
        .with_fuel_order("2026-03-04", &["template_a_meal1"], Some(30))
        .with_fuel_order("2026-03-03", &["template_a_meal1"], Some(30));
    let kinds = |dossier: &Dossier, now: &str| -> Vec<(OrderKind, Date)> {
        withdraw_open(dossier, at(now))
            .iter()
            .map(|effect| {
                let Effect::Issue(order) = effect else { panic!("{effect:?}") };

                assert_eq!(order.withdrawn_at, Some(at(now)));
                (order.kind(), order.date)
            })
            .collect()
    };
    let today = date("2026-03-04");
    let both = vec![(OrderKind::Checkin, today), (OrderKind::Fuel, today)];
    assert_eq!(kinds(&dossier, "2026-03-04T11:59:59Z"), both);
    assert_eq!(kinds(&dossier, "2026-03-04T12:00:00Z"), [(OrderKind::Fuel, today)]);
    assert_eq!(kinds(&dossier, "2026-03-04T22:00:00Z"), []);
    dossier.orders[1].withdrawn_at = Some(at("2026-03-04T09:00:00Z"));
    assert_eq!(kinds(&dossier, "2026-03-04T12:00:00Z"), []);
    assert!(has_gone_out(&dossier, OrderKind::Checkin, today));
    assert!(!has_gone_out(&dossier, OrderKind::Fuel, today));
    assert!(!has_gone_out(&dossier, OrderKind::Training, today));
}

#[test]
fn a_closed_gate_ends_a_drop_with_its_reason() {
    assert_eq!(gated(Gate::Open), None);
    for (gate, outcome) in [
        (Gate::NotActive, Outcome::SkippedNotActive),
        (Gate::Paused, Outcome::SkippedPaused),
        (Gate::NotStarted, Outcome::SkippedNotStarted),
    ] {
        assert_eq!(gated(gate), Some(Decision::skip(outcome)));
    }
}
