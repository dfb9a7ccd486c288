use jiff::Timestamp;

use super::*;
use crate::{
    measure::Minutes,
    record::{CardioOrder, MealOrder, SetOrder, TrainingOrder},
    testing::{at, date, slug},
};

fn begins() -> Timestamp {
    at("2026-01-05T00:00:00Z")
}

/// A week of orders for one client, heard at six in the morning of his zone.
fn week(company: &Company, member: usize) -> Vec<(Message, Timestamp)> {
    let zone = &company.members[member].zone;
    let mut orders = Vec::new();
    for day in 13..20 {
        let date = date(&format!("2026-01-{day}"));
        let six = resolve(zone, date, jiff::civil::Time::constant(6, 0, 0, 0)).unwrap().at;
        let deadline = six + SignedDuration::from_hours(16);
        let meal = |n: u32| MealOrder {
            meal_id: slug(&format!("template_a_meal{n}")),
            portions: Vec::new(),
        };
        let cardio = CardioOrder {
            minutes: Minutes::new(30).unwrap(),
            cardio_type: "zone2".to_owned(),
            heart_rate: None,
        };
        let set = |exercise: &str| SetOrder {
            exercise_id: slug(exercise),
            exercise: exercise.to_owned(),
            sets: 3,
            reps: "5".to_owned(),
            rest_seconds: 180,
            video_url: String::new(),
            last: None,
        };
        let order = TrainingOrder {
            block_id: slug("steel_block_a"),
            block_name: "Steel Block A".to_owned(),
            day_index: 1,
            week: 1,
            day_name: "Day".to_owned(),
            sets: vec![set("ex_bp_001"), set("ex_sq_001")],
        };
        let meals = vec![meal(1), meal(2), meal(3)];
        orders.push((Message::CheckinOrder { date, deadline }, six));
        orders.push((Message::FuelOrder { date, meals, cardio: Some(cardio), deadline }, six));
        orders.push((Message::TrainingOrder { date, order, deadline }, six));
    }
    orders
}

fn drain(company: &mut Company) -> Vec<Act> {
    std::iter::from_fn(|| company.take(Timestamp::MAX)).collect()
}

/// Lets everybody hear a week of orders, in the order given, and returns what they do.
fn live(n: u32, rearrange: impl Fn(&mut Vec<(UserId, Message, Timestamp)>)) -> Vec<Act> {
    let mut company = Company::new(7, n, begins(), 1);
    let mut heard: Vec<(UserId, Message, Timestamp)> = Vec::new();
    for (member, user_id) in company.members().collect::<Vec<_>>().into_iter().enumerate() {
        let orders = week(&company, member);
        heard.extend(orders.into_iter().map(|(message, at)| (user_id, message, at)));
    }
    rearrange(&mut heard);
    for (user_id, message, at) in heard {
        company.hears(user_id, &message, at, &Library::default());
    }
    drain(&mut company)
}

#[test]
fn everybody_enlists_once() {
    let mut company = Company::new(7, 40, begins(), 28);
    let acts = drain(&mut company);
    assert!(acts.iter().all(|act| act.deed == Deed::Enlist && act.at >= begins()));
    let mut ids: Vec<UserId> = acts.iter().map(|act| act.user_id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 40);
}

#[test]
fn what_one_does_depends_neither_on_the_others_nor_on_the_order_of_the_messages() {
    let alone = live(1, |_| {});
    assert!(alone.len() > 20, "a week of answers, not {}", alone.len());
    let by_person = |heard: &mut Vec<(UserId, Message, Timestamp)>| {
        heard.sort_by_key(|(user_id, _, at)| (std::cmp::Reverse(*user_id), *at));
    };
    let crowd = live(25, by_person);
    assert!(crowd.is_sorted_by_key(|act| act.at));
    let of_first: Vec<Act> =
        crowd.into_iter().filter(|act| act.user_id == alone[0].user_id).collect();
    assert_eq!(of_first, alone);
}

#[test]
fn a_message_heard_twice_is_acted_on_once() {
    let twice = live(3, |heard| {
        let again = heard.clone();
        heard.extend(again);
    });
    assert_eq!(twice, live(3, |_| {}));
}

#[test]
fn nobody_answers_an_order_before_it_is_delivered() {
    let late = live(30, |heard| {
        for (_, _, at) in heard {
            *at += SignedDuration::from_hours(5);
        }
    });
    let company = Company::new(7, 30, begins(), 1);
    for act in late.iter().filter(|act| act.deed != Deed::Enlist) {
        let member = company.numbers[&act.user_id];
        let local = crate::calendar::local_time(&company.members[member].zone, act.at);
        assert!(local >= jiff::civil::Time::constant(11, 0, 0, 0), "{local}: {:?}", act.deed);
    }
}

#[test]
fn who_did_not_get_an_order_does_nothing_about_it() {
    let acts = live(10, |heard| {
        heard.retain(|(_, message, _)| matches!(message, Message::CheckinOrder { .. }));
    });
    assert!(acts.iter().any(|act| matches!(act.deed, Deed::Report(_))));
    let others =
        |act: &Act| matches!(act.deed, Deed::Eat { .. } | Deed::Lift { .. } | Deed::Move { .. });
    assert!(!acts.iter().any(others));
}
