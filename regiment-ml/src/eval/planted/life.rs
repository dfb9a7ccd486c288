//! Lives that are drawn to a plan.

use regiment_core::record::{Goal, Level, Mood, Sleep};

use crate::chance::Draws;
use crate::history::{CheckinRow, ClientHistory, Day, Outcome, Profile, SetRow};

/// The first day of every planted life: Monday, 5 January 2026.
pub(crate) const FIRST: Day = 20_458;

/// The Unix microsecond of a UTC time of a day.
pub(crate) fn at(day: Day, hour: i64, minute: i64) -> i64 {
    ((i64::from(day) * 24 + hour) * 60 + minute) * 60_000_000
}

/// A client in UTC who logged nothing yet.
pub(crate) fn blank(goal: Goal) -> ClientHistory {
    ClientHistory::new(Profile {
        user_id: "1".parse().expect("one digit is a user id"),
        goal,
        timezone_offset: "UTC".to_owned(),
        start: FIRST,
        paused: false,
        weight_kg: Some(90.0),
        training_template_id: None,
        cardio_minutes: 30,
    })
}

/// What a scale of 0.1 kg shows.
pub(crate) fn tenths(kg: f64) -> f64 {
    (kg * 10.0).round() / 10.0
}

/// A completed check-in of an ordinary day.
pub(crate) fn checkin(day: Day, weight_kg: f64) -> CheckinRow {
    CheckinRow {
        day,
        at: at(day, 6, 30),
        outcome: Outcome::Completed,
        weight_kg: Some(tenths(weight_kg)),
        mood: Some(Mood::Okay),
        soreness: Some(Level::Low),
        sleep: Some(Sleep::Six),
        stress: Some(Level::Low),
        notes: None,
    }
}

/// A client on a cut who weighs 90 kg at first, changes steadily and weighs in every day.
pub(crate) fn weighing(
    days: Day,
    kg_per_week: f64,
    noise_kg: f64,
    draws: &mut Draws,
) -> ClientHistory {
    let checkins = (0..days)
        .map(|day| {
            let kg = 90.0 + kg_per_week * f64::from(day) / 7.0 + draws.normal(0.0, noise_kg);
            checkin(FIRST + day, kg)
        })
        .collect();
    ClientHistory { checkins, ..blank(Goal::Cut) }
}

/// A completed top set of the first exercise.
pub(crate) fn set(day: Day, weight_kg: f64, reps: i32) -> SetRow {
    SetRow {
        day,
        at: at(day, 18, 0),
        exercise: 0,
        outcome: Outcome::Completed,
        weight_kg: Some(weight_kg),
        reps: Some(reps),
    }
}

/// A client who trains one lift on Mondays and Thursdays, five repetitions, from an e1RM of 100 kg.
pub(crate) fn lifting(
    sessions: Day,
    percent_per_week: f64,
    noise: f64,
    draws: &mut Draws,
) -> ClientHistory {
    let sets = (0..sessions)
        .map(|session| {
            let day = session / 2 * 7 + session % 2 * 3;
            let gained = 1.0 + percent_per_week / 100.0 * f64::from(day) / 7.0;
            let e1rm = 100.0 * gained * (1.0 + draws.normal(0.0, noise));
            set(FIRST + day, e1rm / (1.0 + 5.0 / 30.0), 5)
        })
        .collect();
    ClientHistory { sets, ..blank(Goal::Cut) }
}
