use super::*;
use crate::{
    effect::Effect,
    measure::Minutes,
    record::{
        Actor, CardioOrder, Excuse, ExcuseReason, InfractionKind, MealOrder, SetOrder,
        TrainingOrder,
    },
    testing::{at, date, dossier, report, set, slug, zone},
};

const DAY: &str = "2026-03-10";

fn order(ordered: Ordered, deadline: &str, delivered_at: Option<&str>) -> Order {
    Order {
        user_id: dossier("7").user_id(),
        date: date(DAY),
        ordered,
        ordered_at: at("2026-03-10T05:30:00Z"),
        deadline: at(deadline),
        delivered_at: delivered_at.map(at),
        withdrawn_at: None,
    }
}

fn checkin() -> Order {
    order(Ordered::Checkin, "2026-03-10T12:00:00Z", Some("2026-03-10T05:30:02Z"))
}

fn fuel() -> Order {
    let meal = |id| MealOrder { meal_id: slug(id), portions: Vec::new() };
    let cardio = CardioOrder {
        minutes: Minutes::new(45).unwrap(),
        cardio_type: "zone2".to_owned(),
        heart_rate: None,
    };
    let ordered = Ordered::Fuel {
        meals: vec![meal("template_a_meal1"), meal("template_a_meal2")],
        cardio: Some(cardio),
        template_id: slug("template_a"),
    };
    order(ordered, "2026-03-10T22:00:00Z", Some("2026-03-10T06:00:02Z"))
}

fn training() -> Order {
    let set = |id: &str, name: &str| SetOrder {
        exercise_id: slug(id),
        exercise: name.to_owned(),
        sets: 3,
        reps: "5".to_owned(),
        rest_seconds: 180,
        video_url: String::new(),
        last: None,
    };
    let workout = TrainingOrder {
        block_id: slug("steel_block_b"),
        block_name: "Steel Block B".to_owned(),
        day_index: 9,
        week: 3,
        day_name: "Lower".to_owned(),
        sets: vec![set("ex_sq_001", "Back Squat"), set("ex_dl_001", "Deadlift")],
    };
    order(Ordered::Training(workout), "2026-03-10T22:00:00Z", Some("2026-03-10T07:00:02Z"))
}

fn with(orders: Vec<Order>) -> Dossier {
    let mut dossier = dossier("7");
    dossier.orders = orders;
    dossier
}

fn noon(dossier: &Dossier) -> Decision {
    close_checkin(dossier, &Policy::default(), date(DAY), at("2026-03-10T12:00:00Z"))
}

fn night(dossier: &Dossier) -> Decision {
    close_day(dossier, &Policy::default(), date(DAY), at("2026-03-10T22:00:00Z"))
}

fn recorded(decision: &Decision) -> Vec<&Log> {
    decision
        .effects
        .iter()
        .filter_map(
            |effect| if let Effect::Record(entry) = effect { Some(&entry.log) } else { None },
        )
        .collect()
}

fn items(decision: &Decision) -> Vec<(Stream, String)> {
    recorded(decision).iter().map(|log| (log.stream(), log.key().item)).collect()
}

fn excuse(streams: Vec<Stream>) -> Excuse {
    Excuse {
        user_id: dossier("7").user_id(),
        from: date(DAY),
        until: date(DAY),
        streams,
        item: None,
        reason: ExcuseReason::Travel,
        note: String::new(),
        by: Actor::Coach("c".to_owned()),
        at: at("2026-03-09T12:00:00Z"),
    }
}

#[test]
fn an_unsubmitted_checkin_is_missed_at_noon_and_the_coach_alerted() {
    let decision = noon(&with(vec![checkin()]));
    let [Log::Checkin(log)] = recorded(&decision)[..] else { panic!("{decision:?}") };
    assert_eq!((log.report.clone(), log.cause), (None, None));
    assert_eq!(log.timestamp, at("2026-03-10T12:00:00Z"));
    let alerts = decision
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Alert { kind: AlertKind::MissedCheckin, .. }));
    assert_eq!(alerts.count(), 1);
}

#[test]
fn a_submitted_checkin_stands_with_a_weight_that_nobody_confirmed() {
    let mut odd = report(120.0);
    odd.weight_unconfirmed = true;
    let dossier = with(vec![checkin()]).with_checkin(DAY, Some(odd.clone()));
    let decision = noon(&dossier);
    assert_eq!((decision.outcome, decision.effects.len()), (Outcome::Done, 0));
    let Some(Log::Checkin(log)) = dossier.logs.values().next() else { panic!() };
    assert_eq!(log.report, Some(odd));
}

#[test]
fn noon_closes_the_checkin_alone() {
    let decision = noon(&with(vec![checkin(), fuel(), training()]));
    assert_eq!(items(&decision), [(Stream::Checkin, String::new())]);
    assert_eq!(noon(&with(vec![fuel()])), Decision::skip(Outcome::NothingDue));
}

#[test]
fn night_marks_every_item_without_a_log_and_closes_the_date() {
    let dossier = with(vec![checkin(), fuel(), training()])
        .with_checkin(DAY, Some(report(90.0)))
        .with_meal(DAY, "template_a_meal1", DoneOrMissed::Completed)
        .with_set(DAY, "ex_dl_001", Some(set(180.0, 3)));
    let decision = night(&dossier);
    assert_eq!(
        items(&decision),
        [
            (Stream::Meal, "template_a_meal2".to_owned()),
            (Stream::Training, "ex_sq_001".to_owned()),
            (Stream::Cardio, String::new()),
        ]
    );
    let closes = Effect::Close { user_id: dossier.user_id(), date: date(DAY) };
    assert!(decision.effects.contains(&closes), "{decision:?}");
}

#[test]
fn a_miss_carries_what_was_ordered_and_the_time_of_its_deadline() {
    let mut dossier = with(vec![fuel(), training()]);
    dossier.client.timezone_offset = zone("Europe/London");
    let late = at("2026-03-12T08:00:00Z");
    let decision = close_day(&dossier, &Policy::default(), date(DAY), late);
    for effect in &decision.effects {
        let Effect::Record(entry) = effect else { continue };
        assert_eq!(entry.log.at(), at("2026-03-10T22:00:00Z"));
        assert_eq!((entry.entered_at, &entry.by), (late, &Actor::System));
        assert!(entry.log.is_counted_miss());
        match &entry.log {
            Log::Meal(log) => assert_eq!(log.timezone_offset, zone("Europe/London")),
            Log::Cardio(log) => assert_eq!(log.assigned_minutes.get(), 45),
            Log::Training(log) => {
                assert_eq!((log.block_id.as_str(), log.day_index), ("steel_block_b", 9));
                assert!(["Back Squat", "Deadlift"].contains(&log.exercise.as_str()));
            }
            Log::Checkin(log) => panic!("not ordered: {log:?}"),
        }
    }
    assert_eq!(recorded(&decision).len(), 5);
}

#[test]
fn a_night_without_orders_closes_the_date_and_a_closed_date_stays_as_it_is() {
    let decision = night(&dossier("7"));
    assert_eq!(items(&decision), []);
    assert_eq!(decision.outcome, Outcome::Done);
    let mut closed = with(vec![fuel()]);
    closed.closed.push(date(DAY));
    assert_eq!(night(&closed), Decision::skip(Outcome::NothingDue));
}

#[test]
fn a_withdrawn_order_asks_for_nothing() {
    let withdrawn = Order { withdrawn_at: Some(at("2026-03-10T08:00:00Z")), ..fuel() };
    assert_eq!(items(&night(&with(vec![withdrawn.clone()]))), []);
    let withdrawn = Order { withdrawn_at: Some(at("2026-03-10T08:00:00Z")), ..checkin() };
    assert_eq!(noon(&with(vec![withdrawn])), Decision::skip(Outcome::NothingDue));
}

#[test]
fn an_order_that_came_less_than_two_hours_before_its_deadline_is_nobodys_fault() {
    for (delivered_at, cause) in [
        (Some("2026-03-10T10:00:00Z"), None),
        (Some("2026-03-10T10:00:00.000001Z"), Some(Cause::NotDelivered)),
        (Some("2026-03-10T13:00:00Z"), Some(Cause::NotDelivered)),
        (None, Some(Cause::NotDelivered)),
    ] {
        let late = order(Ordered::Checkin, "2026-03-10T12:00:00Z", delivered_at);
        let decision = noon(&with(vec![late]));
        assert_eq!(recorded(&decision)[0].cause(), cause, "{delivered_at:?}");
        let alerts = decision.effects.iter().filter(|e| matches!(e, Effect::Alert { .. })).count();
        assert_eq!(alerts, usize::from(cause.is_none()), "{delivered_at:?}");
    }
}

#[test]
fn an_excuse_covers_its_streams_and_comes_before_a_failed_delivery() {
    let mut dossier = with(vec![fuel(), Order { delivered_at: None, ..training() }]);
    dossier.excuses = vec![excuse(vec![Stream::Training, Stream::Cardio])];
    let decision = night(&dossier);
    for log in recorded(&decision) {
        let expected = match log.stream() {
            Stream::Training | Stream::Cardio => Some(Cause::Excused),
            Stream::Meal | Stream::Checkin => None,
        };
        assert_eq!(log.cause(), expected, "{log:?}");
    }
}

#[test]
fn an_excuse_ends_by_itself() {
    let mut dossier = with(vec![checkin()]);
    let yesterday = date("2026-03-09");
    dossier.excuses = vec![Excuse { from: yesterday, until: yesterday, ..excuse(Vec::new()) }];
    assert_eq!(recorded(&noon(&dossier))[0].cause(), None);
    dossier.excuses[0].until = date(DAY);
    assert_eq!(recorded(&noon(&dossier))[0].cause(), Some(Cause::Excused));
}

#[test]
fn the_monitor_sees_what_the_closing_wrote() {
    let decision = night(&with(vec![fuel()]));
    let events = decision.effects.iter().filter_map(|effect| {
        if let Effect::Infraction(event) = effect { Some((event.kind, event.date)) } else { None }
    });
    assert_eq!(events.collect::<Vec<_>>(), [(InfractionKind::Meals, date(DAY))]);

    let dossier = with(vec![checkin()]).with_checkin("2026-03-09", None);
    let events =
        noon(&dossier).effects.iter().filter(|e| matches!(e, Effect::Infraction(_))).count();
    assert_eq!(events, 1);
}

#[test]
fn running_a_closing_again_changes_nothing() {
    let mut dossier = with(vec![checkin(), fuel(), training()]);
    for effect in noon(&dossier).effects.into_iter().chain(night(&dossier).effects) {
        dossier.apply(&effect);
    }
    assert_eq!(noon(&dossier).effects, []);
    assert_eq!(night(&dossier).effects, []);
    assert_eq!(dossier.logs.len(), 6);
}
