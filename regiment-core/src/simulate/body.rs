//! How a body feels and what it weighs.

use jiff::civil::{Date, Weekday};

use super::chance::{Chance, Matter};
use super::event::{Event, Trouble};
use super::life::{Day, Duty, Life, is_weekend};
use super::person::Person;
use crate::record::{Goal, Level, Mood, Sleep};

/// How much of a day's deviation is there the day after: mood, soreness, sleep, stress.
const KEEPS: [f64; 4] = [0.35, 0.38, 0.10, 0.35];

/// What a plain week does to the scale, Monday first, in kilograms: heavier after the weekend.
const WEEK_KG: [f64; 7] = [0.22, 0.08, -0.04, -0.10, -0.14, -0.08, 0.06];

/// How a person feels in the morning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wellness {
    /// Mood.
    pub mood: Mood,
    /// Soreness.
    pub soreness: Level,
    /// Sleep.
    pub sleep: Sleep,
    /// Stress.
    pub stress: Level,
    latent: [f64; 4],
}

/// Works out how `person` feels on day `number`.
pub(super) fn wellness(
    person: &Person,
    number: u32,
    date: Date,
    events: &[Event],
    drive: f64,
    yesterday: Option<&Day>,
) -> Wellness {
    let before = yesterday.map_or([0.0; 4], |day| day.wellness.latent);
    let mut draws = person.chance.on(Matter::Wellness, number, 0);
    let mut latent = [0.0; 4];
    for ((now, before), keeps) in latent.iter_mut().zip(before).zip(KEEPS) {
        *now = keeps * before + draws.normal(0.0, (1.0_f64 - keeps * keeps).sqrt());
    }
    let tempers = tempers(person.chance);
    let here = |trouble| events.iter().any(|e| e.covers(number) && e.trouble == trouble);
    let weight = |there: bool, effect: f64| if there { effect } else { 0.0 };
    // Trouble that is coming stresses before it pulls.
    let strain: f64 = events
        .iter()
        .filter(|e| e.begins > number || e.covers(number))
        .map(|event| event.stress)
        .sum();
    let low = (person.habits.level - drive).clamp(-1.0, 3.0);
    let day_after_training =
        matches!(date.weekday(), Weekday::Tuesday | Weekday::Thursday | Weekday::Saturday);

    let stress = latent[3] + tempers[3] + 0.8 * strain + weight(is_weekend(date), -0.2);
    let mood = latent[0] + tempers[0] - 0.35 * low - 0.35 * strain;
    let soreness = latent[1]
        + tempers[1]
        + weight(day_after_training, 0.35)
        + weight(here(Trouble::Injury), 1.3)
        + weight(here(Trouble::Illness), 0.7);
    let sleep = latent[2] + tempers[2] - 0.5 * strain + weight(is_weekend(date), 0.4);
    Wellness {
        mood: third(mood, [-1.3, 0.5], [Mood::Bad, Mood::Okay, Mood::Great]),
        soreness: third(soreness, [0.2, 1.5], [Level::Low, Level::Medium, Level::High]),
        sleep: third(sleep, [-1.5, -0.1], [Sleep::Four, Sleep::Six, Sleep::Eight]),
        stress: third(stress, [0.2, 1.5], [Level::Low, Level::Medium, Level::High]),
        latent,
    }
}

/// Cuts a scale in three.
fn third<T>(value: f64, cuts: [f64; 2], [low, middle, high]: [T; 3]) -> T {
    if value < cuts[0] {
        low
    } else if value < cuts[1] {
        middle
    } else {
        high
    }
}

/// Where a person's own middle lies on each scale.
fn tempers(chance: Chance) -> [f64; 4] {
    let mut draws = chance.on(Matter::Wellness, 0, 1);
    [0.0; 4].map(|middle| draws.normal(middle, 0.5))
}

/// Works out the weight without water after what was eaten `yesterday`.
pub(super) fn trend(life: &Life, yesterday: Option<&Day>) -> f64 {
    let Some(day) = yesterday else { return life.person.weight_kg };
    let eaten = (0..4).filter(|&slot| life.does(day, Duty::Meal(slot))).count();
    let kept = [0.0, 0.25, 0.5, 0.75, 1.0][eaten];
    // Who keeps the plan gets its effect, who eats as he likes half of its opposite.
    let effect = kept * 1.5 - 0.5;
    let a_day = match life.person.goal {
        Goal::Cut => -0.0010,
        Goal::Bulk => 0.0004,
        Goal::Recomp => -0.0001,
    };
    // The body adapts: the same plan does less month by month.
    let adapted = (-f64::from(day.number) / 220.0).exp();
    day.trend_kg * (1.0 + a_day * effect * life.person.habits.response * adapted)
}

/// Returns what the scale shows on `day`, to one decimal.
pub(super) fn scale(person: &Person, day: &Day) -> f64 {
    let mut draws = person.chance.on(Matter::Scale, day.number, 0);
    let weekday = usize::from(day.date.weekday().to_monday_zero_offset().unsigned_abs());
    let rhythm = person.habits.rhythm * WEEK_KG[weekday];
    let ill = day.event.is_some_and(|event| event.trouble == Trouble::Illness);
    let dry = if ill { -0.006 * day.trend_kg } else { 0.0 };
    let water = draws.normal(0.0, person.habits.water);
    ((day.trend_kg + rhythm + dry + water).clamp(31.0, 299.0) * 10.0).round() / 10.0
}
