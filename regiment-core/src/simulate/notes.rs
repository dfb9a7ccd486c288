//! What people write under their morning report.

use super::chance::{Draws, Matter};
use super::event::Trouble;
use super::life::Day;
use super::person::Person;

const ILLNESS: [&str; 6] = [
    "throwing up since last night",
    "fever and a sore throat",
    "flu, stayed in bed",
    "woke up sick, head is pounding",
    "stomach bug, cannot keep food down",
    "still coughing, slept badly",
];
const INJURY: [&str; 6] = [
    "sharp pain in my left knee on squats",
    "tweaked my lower back",
    "shoulder clicks and hurts when I press",
    "knee is swollen this morning",
    "hamstring pulled, limping a bit",
    "elbow hurts when I row",
];
const HEALED: [&str; 4] = [
    "knee feels fine now, no pain at all",
    "back is good again",
    "no pain in the shoulder this week",
    "cold is gone, feeling normal",
];
const TRAVEL: [&str; 4] = [
    "on the road until thursday, hotel gym only",
    "airport all day",
    "no kitchen this week",
    "jet lag, weighed on the hotel scale",
];
const WORK: [&str; 4] = [
    "quarter end, slept four hours",
    "boss moved the deadline again",
    "two late shifts in a row",
    "work is brutal right now",
];
const FAMILY: [&str; 4] = [
    "kid was up all night",
    "family visiting, hard to eat on plan",
    "funeral tomorrow",
    "moving house, everything is in boxes",
];
const LOW: [&str; 5] = [
    "no drive today",
    "cannot get going",
    "not seeing the point lately",
    "thinking about stopping",
    "tired of this",
];
const PLAIN: [&str; 10] = [
    "felt strong",
    "slept well",
    "all good",
    "easy session yesterday",
    "hungry but fine",
    "legs are heavy",
    "bench moved well",
    "ready",
    "cooked for three days",
    "no pain, no complaints",
];

/// Returns what `person` writes on `day`, if anything.
pub(super) fn note(person: &Person, day: &Day) -> Option<&'static str> {
    let mut draws = person.chance.on(Matter::Note, day.number, 0);
    let talks = person.habits.talks;
    match day.event.map(|event| (event.trouble, day.number - event.begins)) {
        // The first two days of trouble loosen the tongue.
        Some((trouble, since)) if draws.happens(if since < 2 { 0.5 } else { talks + 0.1 }) => {
            Some(about(trouble, &mut draws))
        }
        Some(_) => None,
        None if day.healed && draws.happens(0.35) => Some(draws.pick(&HEALED)),
        None if day.drive < person.habits.level - 1.2 && draws.happens(talks + 0.05) => {
            Some(draws.pick(&LOW))
        }
        None => draws.happens(talks).then(|| draws.pick(&PLAIN)),
    }
}

fn about(trouble: Trouble, draws: &mut Draws) -> &'static str {
    match trouble {
        Trouble::Illness => draws.pick(&ILLNESS),
        Trouble::Injury => draws.pick(&INJURY),
        Trouble::Travel => draws.pick(&TRAVEL),
        Trouble::Work => draws.pick(&WORK),
        Trouble::Family => draws.pick(&FAMILY),
    }
}
