//! The last 28 days, day by day, for the nets.

use crate::day::ClientDay;
use crate::history::Day;

/// How many days the nets see.
pub const SEQUENCE_DAYS: usize = 28;

/// How many numbers a day has.
pub const CHANNELS: usize = 19;

/// The shares about which the channels are centered.
const CENTERS: [f64; 4] = [0.85, 0.8, 0.75, 0.85];

pub(super) fn sequence(days: &[ClientDay], as_of: Day) -> Vec<f32> {
    let mut sequence = Vec::with_capacity(SEQUENCE_DAYS * CHANNELS);
    for (day, date) in days.iter().zip(as_of - 27..) {
        sequence.extend(channels(day, date));
    }
    sequence
}

#[expect(clippy::cast_possible_truncation, reason = "the nets compute in single precision")]
fn channels(day: &ClientDay, date: Day) -> [f32; CHANNELS] {
    let flag = |yes: bool| if yes { 1.0 } else { 0.0 };
    let about = |rate: Option<f64>, center: f64| rate.map_or(0.0, |rate| 2.0 * (rate - center));
    let [meals, training, cardio, checkins] = day.shares;
    let missed = checkins.assigned > 0.0 && checkins.done == 0.0;
    let felt = &day.felt;
    [
        about(meals.rate(), CENTERS[0]),
        flag(meals.assigned > 0.0),
        about(training.rate(), CENTERS[1]),
        flag(training.assigned > 0.0),
        about(cardio.rate(), CENTERS[2]),
        flag(cardio.assigned > 0.0),
        about(checkins.rate(), CENTERS[3]),
        about(day.all().rate(), 0.8),
        felt.mood.unwrap_or(0.0),
        felt.stress.unwrap_or(0.0),
        felt.sleep.unwrap_or(0.0),
        felt.soreness.unwrap_or(0.0),
        flag(missed),
        day.later[0].unwrap_or(0.0),
        day.later[1].unwrap_or(0.0),
        day.later[2].unwrap_or(0.0),
        day.later[3].unwrap_or(0.0),
        day.delay.map_or(0.0, |hours| hours - 0.5),
        // 1970-01-01 was a Thursday.
        flag((date + 3).rem_euclid(7) >= 5),
    ]
    .map(|value: f64| value as f32)
}
