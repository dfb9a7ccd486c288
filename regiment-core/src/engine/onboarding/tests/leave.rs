use super::*;
use crate::{
    Decision, Outcome,
    effect::{PauseChange, PauseRow},
    record::{Gate, OrderKind},
    testing::dossier,
};

const NOON: &str = "2026-03-04T12:00:00Z";

fn paused(until: Option<&str>) -> Dossier {
    let mut dossier = dossier("7");
    let effects = pause(&dossier, until.map(date), "travel", coach(), at(NOON)).unwrap();
    apply(&mut dossier, &effects);
    dossier
}

fn apply(dossier: &mut Dossier, effects: &[Effect]) {
    for effect in effects {
        dossier.apply(effect);
    }
}

fn rows(effects: &[Effect]) -> Vec<&PauseRow> {
    let rows = effects.iter().filter_map(|effect| {
        let Effect::Paused(row) = effect else { return None };
        Some(row)
    });
    rows.collect()
}

#[test]
fn a_pause_stops_orders_withdraws_what_is_open_and_is_recorded() {
    let mut dossier = dossier("7").with_checkin_order("2026-03-04").with_fuel_order(
        "2026-03-04",
        &["template_a_meal1"],
        Some(30),
    );
    let effects = pause(&dossier, Some(date("2026-03-08")), " travel ", coach(), at(NOON)).unwrap();
    let [row] = rows(&effects)[..] else { panic!("not one row") };
    assert_eq!(
        (row.change, row.reason.as_str(), &row.by),
        (PauseChange::Paused, "travel", &coach())
    );
    assert_eq!((row.at, row.until, row.days), (at(NOON), Some(date("2026-03-08")), None));
    apply(&mut dossier, &effects);
    assert_eq!(dossier.client.paused_since, Some(date("2026-03-04")));
    let standing: Vec<OrderKind> =
        dossier.orders_of(date("2026-03-04")).map(crate::record::Order::kind).collect();
    // The check-in closed at noon; the meals were still open.
    assert_eq!(standing, [OrderKind::Checkin]);
    assert_eq!(dossier.client.gate(date("2026-03-07")), Gate::Paused);
    assert_eq!(dossier.client.gate(date("2026-03-08")), Gate::Open);
}

#[test]
fn a_pause_needs_a_reason_and_an_end_in_the_future() {
    let dossier = dossier("7");
    let needed = pause(&dossier, None, "  ", coach(), at(NOON)).unwrap_err();
    assert_eq!(needed.to_string(), "a reason is needed to pause a client");
    let ends = |day: &str| pause(&dossier, Some(date(day)), "travel", coach(), at(NOON));
    assert!(matches!(ends("2026-03-03"), Err(Refusal::Invalid(_))));
    let today = ends("2026-03-04").unwrap_err().to_string();
    assert_eq!(today, "until must be after 2026-03-04, not 2026-03-04");
    assert!(ends("2026-03-05").is_ok());
}

#[test]
fn only_an_active_client_is_paused_and_only_once() {
    let again = pause(&paused(None), None, "travel", coach(), at(NOON));
    assert_eq!(again, Err(Refusal::AlreadyPaused));
    let pending = pause(&Dossier::new(ready()), None, "travel", coach(), at(NOON));
    assert_eq!(pending, Err(Refusal::WrongStatus { status: Status::Pending }));
}

#[test]
fn a_pause_whose_end_has_come_may_be_followed_by_another_at_once() {
    let dossier = paused(Some("2026-03-06"));
    let early = pause(&dossier, None, "ill", coach(), at("2026-03-05T23:59:59Z"));
    assert_eq!(early, Err(Refusal::AlreadyPaused));
    let effects = pause(&dossier, None, "ill", coach(), at("2026-03-06T00:00:00Z")).unwrap();
    let [ended, begun] = rows(&effects)[..] else { panic!("not two rows") };
    assert_eq!(
        (ended.change, ended.days, &ended.by),
        (PauseChange::Resumed, Some(2), &Actor::System)
    );
    assert_eq!(begun.change, PauseChange::Paused);
    assert_eq!(saved(&effects).paused_since, Some(date("2026-03-06")));
}

#[test]
fn resuming_ends_a_pause_and_says_how_long_it_was() {
    let dossier = paused(Some("2026-03-20"));
    let effects = resume(&dossier, "back early", coach(), at("2026-03-09T08:00:00Z")).unwrap();
    let client = saved(&effects);
    assert_eq!((client.paused, client.paused_until, client.paused_since), (false, None, None));
    let [row] = rows(&effects)[..] else { panic!("not one row") };
    assert_eq!(
        (row.change, row.days, row.reason.as_str()),
        (PauseChange::Resumed, Some(5), "back early")
    );
    assert_eq!((&row.by, row.until), (&coach(), Some(date("2026-03-20"))));
    let same_day = resume(&dossier, "", coach(), at("2026-03-04T20:00:00Z")).unwrap();
    assert_eq!(rows(&same_day)[0].days, Some(0));
}

#[test]
fn a_pending_or_archived_client_is_not_resumed() {
    let resumed = |client| resume(&Dossier::new(client), "", coach(), at(NOON));
    assert_eq!(resumed(ready()), Err(Refusal::WrongStatus { status: Status::Pending }));
    let archived = ClientProfile { status: Status::Archived, ..ready() };
    assert_eq!(resumed(archived), Err(Refusal::WrongStatus { status: Status::Archived }));
    assert_eq!(resume(&dossier("7"), "", coach(), at(NOON)), Err(Refusal::NotPaused));
}

#[test]
fn a_pause_with_an_end_ends_by_itself_on_that_day() {
    let dossier = paused(Some("2026-03-08"));
    let end = |day: &str| pause_end(&dossier, date(day), at(&format!("{day}T00:00:00Z")));
    assert_eq!(end("2026-03-07"), Decision::skip(Outcome::NothingDue));
    let ended = end("2026-03-08");
    assert_eq!(ended.outcome, Outcome::Done);
    assert!(!saved(&ended.effects).paused);
    let [row] = rows(&ended.effects)[..] else { panic!("not one row") };
    assert_eq!((row.days, &row.by), (Some(4), &Actor::System));
    // Late, it still lasted as long as it was to.
    let late = end("2026-03-11");
    assert_eq!(rows(&late.effects)[0].days, Some(4));
}

#[test]
fn the_end_of_a_pause_that_is_over_or_open_ended_has_nothing_due() {
    let nothing = Decision::skip(Outcome::NothingDue);
    assert_eq!(pause_end(&dossier("7"), date("2026-03-08"), at(NOON)), nothing);
    assert_eq!(pause_end(&paused(None), date("2026-03-08"), at(NOON)), nothing);
    let mut archived = paused(Some("2026-03-08"));
    archived.client.status = Status::Archived;
    assert_eq!(pause_end(&archived, date("2026-03-08"), at(NOON)), nothing);
    assert_eq!(pause_end(&Dossier::new(ready()), date("2026-03-08"), at(NOON)), nothing);
}

#[test]
fn the_pauses_day_is_the_clients_own() {
    let mut dossier = dossier("7");
    dossier.client.timezone_offset = zone("Pacific/Auckland"); // UTC+13 in March
    let until = Some(date("2026-03-05"));
    let before = pause(&dossier, until, "travel", coach(), at("2026-03-04T10:59:59Z"));
    assert!(before.is_ok());
    let after = pause(&dossier, until, "travel", coach(), at("2026-03-04T11:00:00Z"));
    assert!(after.is_err());
}

#[test]
fn an_archived_client_gets_nothing_more() {
    let mut dossier =
        paused(Some("2026-03-20")).with_fuel_order("2026-03-05", &["template_a_meal1"], None);
    let effects = archive(&dossier, "moved away", coach(), at("2026-03-05T09:00:00Z")).unwrap();
    let [row] = rows(&effects)[..] else { panic!("not one row") };
    assert_eq!((row.change, row.days), (PauseChange::Resumed, Some(1)));
    apply(&mut dossier, &effects);
    assert_eq!(dossier.client.gate(date("2026-03-06")), Gate::NotActive);
    assert_eq!(dossier.orders_of(date("2026-03-05")).count(), 0);
    let again = archive(&dossier, "", coach(), at("2026-03-06T09:00:00Z"));
    assert_eq!(again, Err(Refusal::WrongStatus { status: Status::Archived }));
    // A pending client has no pause to end.
    let pending = archive(&Dossier::new(ready()), "", coach(), at(NOON)).unwrap();
    assert!(rows(&pending).is_empty());
}

#[test]
fn whoever_left_may_be_reopened_and_activated_again() {
    let mut dossier = dossier("7");
    let active = reopen(&dossier.client, at(NOON));
    assert_eq!(active, Err(Refusal::WrongStatus { status: Status::Active }));
    let effects = archive(&dossier, "", coach(), at(NOON)).unwrap();
    apply(&mut dossier, &effects);
    let effects = reopen(&dossier.client, at(NOON)).unwrap();
    apply(&mut dossier, &effects);
    assert_eq!((dossier.client.status, dossier.client.paused), (Status::Pending, true));
    let effects = activated(dossier.client, StartDate::Planned, NOON).unwrap();
    let client = saved(&effects);
    assert_eq!((client.start_date, client.reopened), (date("2026-03-10"), false));
    assert_eq!(client.gate(date("2026-03-10")), Gate::Open);
}
