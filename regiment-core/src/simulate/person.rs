//! Who a simulated person is, from the day of enlisting on.

mod names;

use self::names::{CALL_SIGNS, FIRST, LAST};
use crate::record::Goal;

use super::chance::{Chance, Draws, Matter, rounded};

/// The zones people live in: both hemispheres, half and quarter hours, fixed and named.
const ZONES: [&str; 20] = [
    "UTC",
    "UTC+1",
    "UTC-5",
    "UTC-8",
    "UTC+5:30",
    "UTC+10",
    "UTC-3:30",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Africa/Johannesburg",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Adelaide",
    "Pacific/Auckland",
    "Pacific/Chatham",
];

/// Someone who enlists.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// The number in the company, from 0.
    pub index: u32,
    /// The Discord snowflake, as decimal digits.
    pub user_id: String,
    /// First and last name.
    pub name: String,
    /// The name to appear on the honors board under.
    pub alias: String,
    /// What the person trains for.
    pub goal: Goal,
    /// The time zone, as the person types it.
    pub zone: &'static str,
    /// Height in centimeters, 150 to 205.
    pub height_cm: u32,
    /// Weight on the day of enlisting in kilograms, one decimal, 48 to 160.
    pub weight_kg: f64,
    /// Age in years, 19 to 62.
    pub age: u32,
    /// Protein, carbohydrates and fats a day, in grams, as the coach sets them.
    pub macros: [u32; 3],
    /// The meal template that the coach assigns.
    pub meal_template: &'static str,
    /// The training block that the coach assigns.
    pub training_template: &'static str,
    /// Cardio that the coach assigns, in minutes a day; 0 is none.
    pub cardio_minutes: u32,
    /// Whether the person agrees to stand on the honors board.
    pub honors: bool,
    /// How the person answers.
    pub habits: Habits,
    pub(super) chance: Chance,
}

/// How a person answers orders, all year round.
#[derive(Clone, Debug, PartialEq)]
pub struct Habits {
    /// The level of the drive: the log-odds of answering on a plain day.
    pub level: f64,
    /// What a weekend adds to the drive; mostly negative.
    pub weekend: f64,
    /// How much of yesterday carries over, in log-odds.
    pub inertia: f64,
    /// The minute of the day at which the phone is first looked at on a working day.
    pub wakes: f64,
    /// How much later that is on a weekend, in minutes.
    pub lies_in: f64,
    /// The factor on everybody's median latency.
    pub slowness: f64,
    /// The probability of admitting with ❌ what was not done, rather than staying silent.
    pub admits: f64,
    /// The probability of writing a note on a plain day.
    pub talks: f64,
    /// The probability of asking to be excused when there is a reason.
    pub asks: f64,
    /// The place of the favorite among the plans offered.
    pub favorite: u32,
    /// How fast the body follows the plan; 1 is the textbook.
    pub response: f64,
    /// The standard deviation of the body's water from day to day, in kilograms.
    pub water: f64,
    /// How much the weight swings over the week; 1 is the average.
    pub rhythm: f64,
}

impl Person {
    /// Returns person `index` of the company with this `seed`, whoever else belongs to it.
    pub fn new(seed: u64, index: u32) -> Self {
        let chance = Chance::new(seed, index);
        let mut draws = chance.on(Matter::Person, 0, 0);
        let (first, tall) = draws.pick(&FIRST);
        let name = format!("{first} {}", draws.pick(&LAST));
        let alias = format!("{} {}", draws.pick(&CALL_SIGNS), 10 + index);
        let goal = draws.weighted(&[(Goal::Cut, 0.6), (Goal::Bulk, 0.2), (Goal::Recomp, 0.2)]);
        let height = draws.normal(if tall { 179.0 } else { 166.0 }, 7.0).clamp(150.0, 205.0);
        let mass_index = draws.normal(if goal == Goal::Bulk { 23.5 } else { 27.5 }, 3.2);
        let weight = mass_index.clamp(20.0, 38.0) * (height / 100.0).powi(2);
        let weight_kg = (weight.clamp(48.0, 160.0) * 10.0).round() / 10.0;
        Self {
            index,
            user_id: (100_000_000_000_000_000 + u64::from(index)).to_string(),
            name,
            alias,
            goal,
            zone: draws.pick(&ZONES),
            height_cm: rounded(height, 150, 205),
            weight_kg,
            age: draws.whole(19, 62),
            macros: macros(goal, weight_kg, height),
            meal_template: meal_template(goal, &mut draws),
            training_template: draws.pick(&["steel_block_a", "steel_block_b", "steel_block_c"]),
            cardio_minutes: draws.weighted(&[(0, 0.05), (20, 0.25), (30, 0.5), (45, 0.2)]),
            honors: draws.happens(0.6),
            habits: Habits::draw(&mut chance.on(Matter::Person, 0, 1)),
            chance,
        }
    }
}

impl Habits {
    fn draw(draws: &mut Draws) -> Self {
        Self {
            level: draws.normal(2.05, 1.1),
            weekend: draws.normal(-0.4, 0.3),
            inertia: draws.between(0.0, 0.3),
            wakes: draws.normal(6.0 * 60.0 + 45.0, 45.0).clamp(300.0, 570.0),
            lies_in: draws.between(15.0, 90.0),
            slowness: draws.normal(0.0, 0.3).exp(),
            admits: draws.between(0.15, 0.8),
            talks: draws.between(0.03, 0.25),
            asks: draws.between(0.0, 0.8),
            favorite: draws.whole(0, 3),
            response: draws.normal(0.9, 0.3).clamp(0.2, 1.6),
            water: (0.36 * draws.normal(0.0, 0.4).exp()).clamp(0.15, 0.9),
            rhythm: draws.between(0.2, 1.6),
        }
    }
}

/// What a coach would prescribe: by the weight that the height allows, in steps of 5 g.
fn macros(goal: Goal, weight_kg: f64, height_cm: f64) -> [u32; 3] {
    let lean = weight_kg.min(25.0 * (height_cm / 100.0).powi(2));
    let [protein, carbs, fats] = match goal {
        Goal::Cut => [2.0, 2.2, 0.8],
        Goal::Bulk => [2.0, 4.2, 1.0],
        Goal::Recomp => [2.0, 3.0, 0.9],
    };
    [protein, carbs, fats].map(|per_kg| 5 * rounded(per_kg * lean / 5.0, 6, 140))
}

fn meal_template(goal: Goal, draws: &mut Draws) -> &'static str {
    let choices: &[(&'static str, f64)] = match goal {
        Goal::Cut => &[("template_b", 0.7), ("template_c", 0.2), ("template_d", 0.1)],
        Goal::Bulk => &[("template_a", 0.9), ("template_c", 0.1)],
        Goal::Recomp => &[("template_c", 0.6), ("template_d", 0.4)],
    };
    draws.weighted(choices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        UserId,
        calendar::Zone,
        measure::{Age, BodyWeight, Height, Minutes},
        record::Macros,
    };

    #[test]
    fn everybody_fills_in_the_form_of_enlisting_with_accepted_values() {
        for index in 0..500 {
            let person = Person::new(3, index);
            person.user_id.parse::<UserId>().unwrap();
            Zone::parse(person.zone).unwrap();
            Height::new(person.height_cm.into()).unwrap();
            BodyWeight::weigh_in(person.weight_kg).unwrap();
            Age::new(person.age.into()).unwrap();
            Minutes::new(person.cardio_minutes.into()).unwrap();
            let [protein, carbs, fats] = person.macros.map(i64::from);
            Macros::new(protein, carbs, fats).unwrap();
        }
    }

    #[test]
    fn every_zone_is_accepted() {
        for zone in ZONES {
            Zone::parse(zone).unwrap();
        }
    }

    #[test]
    fn two_seeds_give_two_companies() {
        let names = |seed| (0..20).map(|index| Person::new(seed, index).name).collect::<Vec<_>>();
        assert_ne!(names(1), names(2));
    }
}
