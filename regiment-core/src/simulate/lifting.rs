//! How strong a person is in a lift, and what a top set shows of it.

use std::ops::RangeInclusive;

use super::chance::{Draws, Matter, key};
use super::life::Day;
use super::person::Person;
use crate::record::{Exercise, Level, Sleep};

/// The standard deviation of a top set's e1RM about its trend, before plates round it.
const DAY_TO_DAY: f64 = 0.038;

/// One person's way in one lift.
struct Lift {
    /// The e1RM on the first day, in kilograms.
    start_kg: f64,
    /// Progress a week while there is any.
    gain: f64,
    /// The trained week in which a plateau begins, and how many weeks it lasts.
    plateau: (f64, f64),
}

impl Lift {
    fn of(person: &Person, exercise: &str, multiple: f64) -> Self {
        let mut draws = person.chance.on(Matter::Lift, 0, key(exercise));
        let start_kg =
            person.weight_kg.min(100.0) * multiple * draws.normal(1.0, 0.15).clamp(0.6, 1.4);
        // One lift in five is stuck from the start.
        let gain = if draws.happens(0.2) { 0.0 } else { draws.between(0.004, 0.007) };
        Self { start_kg, gain, plateau: (draws.between(5.0, 40.0), draws.between(3.0, 12.0)) }
    }

    /// Returns the e1RM, in kilograms, after so many weeks of training.
    fn after(&self, weeks: f64) -> f64 {
        let (begins, lasts) = self.plateau;
        let progressing = weeks - (weeks - begins).clamp(0.0, lasts);
        self.start_kg * (1.0 + self.gain * progressing)
    }
}

/// Returns the load in kilograms and the repetitions of a top set.
///
/// `multiple` is the e1RM of a plain trained person as a multiple of body weight; 0 is a
/// bodyweight exercise, whose load is what is added.
pub(super) fn top_set(
    person: &Person,
    day: &Day,
    exercise: &str,
    multiple: f64,
    reps: RangeInclusive<u32>,
) -> (f64, u32) {
    let mut draws = person.chance.on(Matter::TopSet, day.number, key(exercise));
    let reps = draws.whole(*reps.start(), *reps.end());
    if multiple <= 0.0 {
        return (0.0, reps);
    }
    let e1rm = Lift::of(person, exercise, multiple).after(day.weeks_trained)
        * shape(day)
        * draws.normal(1.0, DAY_TO_DAY);
    let share = if reps == 1 { 1.0 } else { 1.0 / (1.0 + f64::from(reps) / 30.0) };
    (on_the_bar(e1rm * share, &mut draws), reps)
}

/// Returns the e1RM of a plain trained person as a multiple of body weight; 0 where only the body
/// is lifted.
pub(super) fn multiple(exercise: &Exercise) -> f64 {
    if exercise.bodyweight {
        return 0.0;
    }
    let known = [
        ("ex_dl_", 1.4),
        ("ex_sq_", 1.2),
        ("ex_bp_", 0.9),
        ("ex_lp_", 2.0),
        ("ex_row_", 0.8),
        ("ex_ohp_", 0.55),
    ];
    let family = known.iter().find(|(id, _)| exercise.exercise_id.as_str().starts_with(id));
    let tagged = |tag: &str| exercise.tags.iter().any(|have| have == tag);
    let plain = if tagged("isolation") { 0.35 } else { 0.7 };
    let multiple = family.map_or(plain, |(_, multiple)| *multiple);
    // A pair of dumbbells is logged by the one.
    if tagged("dumbbell") { 0.4 * multiple } else { multiple }
}

/// Reads prescribed repetitions: `5`, `8-12`; `AMRAP` and anything else is 5 to 8.
pub(super) fn prescribed(reps: &str) -> RangeInclusive<u32> {
    let (low, high) = reps.split_once('-').unwrap_or((reps, reps));
    match (low.trim().parse::<u32>(), high.trim().parse::<u32>()) {
        (Ok(low), Ok(high)) if 0 < low && low <= high && high <= 30 => low..=high,
        _ => 5..=8,
    }
}

/// What the morning takes from the evening's strength.
fn shape(day: &Day) -> f64 {
    let tired = day.wellness.stress == Level::High || day.wellness.sleep == Sleep::Four;
    if tired { 0.98 } else { 1.0 }
}

/// Rounds to what plates and dumbbells allow, up as often as down in proportion.
fn on_the_bar(load_kg: f64, draws: &mut Draws) -> f64 {
    let step = if load_kg < 30.0 { 1.0 } else { 2.5 };
    let steps = load_kg / step;
    let up = draws.happens(steps.fract());
    ((steps.floor() + f64::from(u8::from(up))) * step).clamp(step, 500.0)
}

#[cfg(test)]
mod tests {
    use super::{multiple, prescribed};
    use crate::{
        Library,
        simulate::{Life, Person},
        testing::date,
    };

    #[test]
    fn every_exercise_of_the_library_is_lifted_with_a_load_that_people_lift() {
        let library = Library::built_in();
        for index in 0..40 {
            let mut life = Life::new(Person::new(2, index), date("2026-01-05"));
            for exercise in library.exercises.values() {
                let (id, multiple) = (exercise.exercise_id.as_str(), multiple(exercise));
                let days = (5..=25).map(|day| date(&format!("2026-01-{day:02}")));
                for set in days.filter_map(|day| life.top_set(day, 0, id, multiple, 5..=8)) {
                    let load = set.weight_kg;
                    let most = if exercise.bodyweight { 0.0 } else { 300.0 };
                    assert!((0.0..=most).contains(&load), "{id}: {load} kg");
                    assert!(exercise.bodyweight || load >= 3.0, "{id}: {load} kg");
                }
            }
        }
    }

    #[test]
    fn repetitions_are_read_as_prescribed() {
        assert_eq!(prescribed("5"), 5..=5);
        assert_eq!(prescribed("8-12"), 8..=12);
        assert_eq!(prescribed("AMRAP"), 5..=8);
        assert_eq!(prescribed("12-8"), 5..=8);
    }
}
