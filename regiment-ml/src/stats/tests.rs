use super::*;
use crate::chance::Draws;
use crate::eval::planted::life;
use crate::history::Outcome;
use crate::testing::{client, missed_checkin};

/// A client with every stream, noisy and full of gaps, for 120 days.
fn eventful(seed: u64) -> ClientHistory {
    let mut draws = Draws::new(seed, 0);
    (0..120).fold(client("7"), |client, day| {
        let kg = 90.0 - 0.05 * f64::from(day) + draws.normal(0.0, 0.4);
        let client = match draws.below(5) {
            0 => client.with_checkin(missed_checkin(day)),
            1 => client,
            _ => client.with_checkin(life::checkin(day, kg)),
        };
        let meal = if draws.happens(0.8) { Outcome::Completed } else { Outcome::Missed };
        let client = client.with_meals(day, &[meal; 3]);
        let client = match draws.below(4) {
            0 => client.with_set(day, 0, Some((100.0 + draws.normal(0.0, 4.0), 5))),
            1 => client.with_set(day, 0, None),
            _ => client,
        };
        client.with_cardio(day, draws.happens(0.7).then_some(30))
    })
}

#[test]
fn nothing_that_is_dated_later_is_read() {
    for seed in 0..5 {
        let whole = eventful(seed);
        for as_of in [20, 60, 95, 119] {
            let mut cut = whole.clone();
            cut.meals.retain(|row| row.day <= as_of);
            cut.sets.retain(|row| row.day <= as_of);
            cut.cardio.retain(|row| row.day <= as_of);
            cut.checkins.retain(|row| row.day <= as_of);
            let exercises = crate::testing::history([]).exercises;
            assert_eq!(findings(&whole, &exercises, as_of), findings(&cut, &exercises, as_of));
        }
    }
}

#[test]
fn a_client_without_logs_has_no_findings() {
    assert_eq!(findings(&client("7"), &[], 100), []);
}

#[test]
fn weekdays_begin_on_monday() {
    assert_eq!(weekday(life::FIRST), 0);
    assert_eq!((weekday(0), weekday(-1), weekday(3)), (3, 2, 6));
}

#[test]
fn a_window_takes_both_of_its_ends() {
    let days = [1, 2, 2, 4, 7];
    assert_eq!(within(&days, |day| *day, &(2..=4)), [2, 2, 4]);
    assert_eq!(within(&days, |day| *day, &(5..=6)), [0; 0]);
}
