//! The trend of body weight: a level and a drift, followed through noise, gaps and weekdays.

use std::ops::RangeInclusive;

use regiment_core::record::{Flag, Goal};

use super::line::{Line, normal_below};
use super::{TooLittle, count, weekday, within};
use crate::finding::Finding;
use crate::history::{ClientHistory, Day, Outcome};

/// The days that are looked at.
const WINDOW: Day = 28;

/// The fewest weigh-ins that make a trend.
pub const MIN_WEIGH_INS: usize = 10;

/// The fewest days from the first weigh-in to the last.
const MIN_SPAN: Day = 14;

/// What counts as no change, percent of the weight per week.
pub const FLAT_PERCENT_PER_WEEK: f64 = 0.25;

/// The probability from which on a statement about the drift is made.
pub const SURE: f64 = 0.8;

/// The noise of a morning's weight, in kg, that the own noise is shrunk to: what the median person
/// of published daily weights shows about a running median.
const USUAL_NOISE_KG: f64 = 0.35;

/// How many weigh-ins the usual noise counts for.
const USUAL_NOISE_WEIGHS: f64 = 10.0;

/// The spread of weekday effects over people, in kg (Orsama 2014: heavier on Sunday and Monday).
const WEEKDAY_SPREAD_KG: f64 = 0.2;

/// The variance by which the drift changes a day, in (kg/day)^2: 0.04 kg a week over four weeks.
const DRIFT_WANDERS: f64 = 1e-6;

/// The spread of drifts before anything is weighed: 1 kg a week.
const DRIFT_SPREAD: f64 = 1.0 / 7.0;

/// A weigh-in that is further from what was expected, in standard errors, counts for less.
const SURPRISE: f64 = 3.0;

/// The standard normal's quantile of 0.9.
const LIMIT: f64 = 1.281_55;

/// Where the weight goes.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightTrend {
    /// The first and the last weigh-in.
    pub window: RangeInclusive<Day>,
    /// How many there are.
    pub weigh_ins: usize,
    /// The level on the last day, in kg, without the weekday's effect.
    pub level_kg: f64,
    /// The standard error of the level, in kg.
    pub level_error: f64,
    /// The drift, in kg a week.
    pub kg_per_week: f64,
    /// The standard error of the drift, in kg a week.
    pub error: f64,
    /// The drift within which nothing changes, in kg a week: 0.25% of the level.
    pub flat_kg_per_week: f64,
    /// The noise of a single morning, in kg.
    pub noise_kg: f64,
    /// What each weekday adds, Monday first, in kg.
    pub weekday_kg: [f64; 7],
    /// Whether the plain line through the last 14 days, with ten weigh-ins or more, changes by less
    /// than 0.25% of the mean: what the rule `weight_stall` looks at.
    pub is_flat_by_rule: bool,
}

impl WeightTrend {
    /// Returns the limits of the drift, in kg a week, each passed with a probability of 0.1.
    pub fn limits(&self) -> (f64, f64) {
        (self.kg_per_week - LIMIT * self.error, self.kg_per_week + LIMIT * self.error)
    }

    /// Returns the limits of the level, in kg, each passed with a probability of 0.1.
    pub fn level_limits(&self) -> (f64, f64) {
        (self.level_kg - LIMIT * self.level_error, self.level_kg + LIMIT * self.level_error)
    }

    /// Returns the probability that the drift is below a value, in kg a week.
    pub fn below(&self, kg_per_week: f64) -> f64 {
        normal_below((kg_per_week - self.kg_per_week) / self.error)
    }

    /// Returns the probability that nothing changes: `P(|drift| < flat_kg_per_week)`.
    pub fn flat(&self) -> f64 {
        self.below(self.flat_kg_per_week) - self.below(-self.flat_kg_per_week)
    }

    /// Returns whether the weight stands still with a probability of 0.8 at least.
    pub fn is_stalled(&self) -> bool {
        self.flat() >= SURE
    }

    /// Returns the probability that the weight moves against a goal by more than nothing: up on a
    /// cut, down on a bulk. `None` for a goal that names no direction.
    pub fn against(&self, goal: Goal) -> Option<f64> {
        match goal {
            Goal::Cut => Some(1.0 - self.below(self.flat_kg_per_week)),
            Goal::Bulk => Some(self.below(-self.flat_kg_per_week)),
            Goal::Recomp => None,
        }
    }

    /// Tells the trend beside the flag `weight_stall`.
    pub(super) fn finding(&self) -> Finding {
        let (low, high) = self.limits();
        let weekdays = self.weekday_kg;
        let heaviest = weekdays.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let lightest = weekdays.iter().copied().fold(f64::INFINITY, f64::min);
        let contradicts = self.is_flat_by_rule && self.flat() < 1.0 - SURE;
        let aside = if contradicts { "; the 14-day line alone looks flat" } else { "" };
        Finding::beside(Flag::WeightStall, self.window.clone())
            .number("weigh_ins", count(self.weigh_ins))
            .number("level_kg", self.level_kg)
            .number("kg_per_week", self.kg_per_week)
            .number("kg_per_week_low", low)
            .number("kg_per_week_high", high)
            .number("probability_flat", self.flat())
            .number("flat_kg_per_week", self.flat_kg_per_week)
            .number("weekday_swing_kg", heaviest - lightest)
            .number("contradicts_weight_stall", f64::from(u8::from(contradicts)))
            .saying(format!(
                "weight {:+.2} kg a week ({low:+.2} to {high:+.2}) over {} weigh-ins{aside}",
                self.kg_per_week, self.weigh_ins
            ))
    }
}

/// Returns the trend over the 28 days up to `as_of`.
///
/// A local linear trend followed by a Kalman filter (Harvey 1989, 2.3): the level moves by the
/// drift, the drift wanders a little, a weigh-in is the level, the weekday's effect and noise. A day
/// without a weigh-in is a prediction without a correction, so gaps only widen the interval. The
/// noise is the client's own, 1.4826 times the median absolute deviation from the plain line, shrunk
/// to 0.35 kg; weekday effects are the mean residuals, shrunk to nothing. A weigh-in that surprises by
/// more than three standard errors counts for less (Huber's weights).
pub fn trend(client: &ClientHistory, as_of: Day) -> Result<WeightTrend, TooLittle> {
    let weights = weigh_ins(client, &(as_of.saturating_sub(WINDOW - 1)..=as_of));
    let too_little = TooLittle { what: "weigh-ins", have: weights.len(), need: MIN_WEIGH_INS };
    let (Some((first, _)), Some((last, _))) = (weights.first(), weights.last()) else {
        return Err(too_little);
    };
    if weights.len() < MIN_WEIGH_INS {
        return Err(too_little);
    }
    if last - first < MIN_SPAN {
        let have = usize::try_from(last - first).unwrap_or_default();
        let need = usize::try_from(MIN_SPAN).unwrap_or_default();
        return Err(TooLittle { what: "days between weigh-ins", have, need });
    }
    let x = |day: Day| f64::from(day - first);
    let points = weights.iter().map(|(day, kg)| (x(*day), *kg)).collect::<Vec<_>>();
    let line = Line::through(&points).ok_or(too_little)?;
    let residuals =
        weights.iter().map(|(day, kg)| (*day, kg - line.at(x(*day)))).collect::<Vec<_>>();
    let noise_kg = noise(residuals.iter().map(|(_, residual)| residual.abs()).collect());
    let weekday_kg = weekdays(&residuals, noise_kg);
    let mut filter = Filter::new(line.at(0.0), noise_kg);
    let mut yesterday = *first;
    for (day, kg) in &weights {
        filter.predict(f64::from(day - yesterday));
        filter.correct(kg - weekday_kg[weekday(*day)]);
        yesterday = *day;
    }
    Ok(WeightTrend {
        window: *first..=*last,
        weigh_ins: weights.len(),
        level_kg: filter.level,
        level_error: filter.level_level.sqrt(),
        kg_per_week: 7.0 * filter.drift,
        error: 7.0 * filter.drift_drift.sqrt(),
        flat_kg_per_week: FLAT_PERCENT_PER_WEEK / 100.0 * filter.level,
        noise_kg,
        weekday_kg,
        is_flat_by_rule: is_flat_by_rule(&weights, as_of),
    })
}

/// Returns the weigh-ins of a window, by day.
pub fn weigh_ins(client: &ClientHistory, window: &RangeInclusive<Day>) -> Vec<(Day, f64)> {
    within(&client.checkins, |row| row.day, window)
        .iter()
        .filter(|row| row.outcome == Outcome::Completed)
        .filter_map(|row| Some((row.day, row.weight_kg.filter(|kg| kg.is_finite())?)))
        .collect()
}

/// The level and the drift per day, with their covariance.
struct Filter {
    level: f64,
    drift: f64,
    level_level: f64,
    level_drift: f64,
    drift_drift: f64,
    noise: f64,
}

impl Filter {
    fn new(level: f64, noise_kg: f64) -> Self {
        Self {
            level,
            drift: 0.0,
            // Knows next to nothing of the level.
            level_level: 25.0,
            level_drift: 0.0,
            drift_drift: DRIFT_SPREAD.powi(2),
            noise: noise_kg.powi(2),
        }
    }

    /// Goes `days` ahead: the integrated random walk's transition and covariance.
    fn predict(&mut self, days: f64) {
        self.level += days * self.drift;
        self.level_level += days * (2.0 * self.level_drift + days * self.drift_drift)
            + DRIFT_WANDERS * days.powi(3) / 3.0;
        self.level_drift += days * self.drift_drift + DRIFT_WANDERS * days.powi(2) / 2.0;
        self.drift_drift += DRIFT_WANDERS * days;
    }

    /// Takes a weight in.
    fn correct(&mut self, kg: f64) {
        let surprise = kg - self.level;
        let expected = self.level_level + self.noise;
        let far = surprise.abs() / expected.sqrt() / SURPRISE;
        let noise = self.noise * far.max(1.0).powi(2);
        let total = self.level_level + noise;
        let (to_level, to_drift) = (self.level_level / total, self.level_drift / total);
        self.level += to_level * surprise;
        self.drift += to_drift * surprise;
        self.drift_drift -= to_drift * self.level_drift;
        self.level_drift *= 1.0 - to_level;
        self.level_level *= 1.0 - to_level;
    }
}

/// Returns the noise of a morning, in kg, from the sizes of residuals, shrunk to the usual one.
pub(crate) fn noise(mut sizes: Vec<f64>) -> f64 {
    sizes.sort_by(f64::total_cmp);
    let n = count(sizes.len());
    let own = 1.4826 * median(&sizes);
    let shrunk =
        (n * own.powi(2) + USUAL_NOISE_WEIGHS * USUAL_NOISE_KG.powi(2)) / (n + USUAL_NOISE_WEIGHS);
    shrunk.sqrt()
}

/// Returns the median of sorted values, 0 for none.
fn median(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    match (sorted.get(half.wrapping_sub(1)), sorted.get(half)) {
        (Some(below), Some(above)) if sorted.len().is_multiple_of(2) => below.midpoint(*above),
        (_, Some(middle)) => *middle,
        (_, None) => 0.0,
    }
}

fn weekdays(residuals: &[(Day, f64)], noise_kg: f64) -> [f64; 7] {
    let mut sums = [(0.0, 0.0); 7];
    for (day, residual) in residuals {
        let (sum, n) = &mut sums[weekday(*day)];
        *sum += residual.clamp(-SURPRISE * noise_kg, SURPRISE * noise_kg);
        *n += 1.0;
    }
    let shrink = (noise_kg / WEEKDAY_SPREAD_KG).powi(2);
    sums.map(|(sum, n)| sum / (n + shrink))
}

fn is_flat_by_rule(weights: &[(Day, f64)], as_of: Day) -> bool {
    let from = weights.partition_point(|(day, _)| *day <= as_of - 14);
    let recent = weights.get(from..).unwrap_or_default();
    let points = recent.iter().map(|(day, kg)| (f64::from(day - as_of), *kg)).collect::<Vec<_>>();
    let mean = points.iter().map(|(_, kg)| kg).sum::<f64>() / count(points.len());
    points.len() >= 10
        && Line::through(&points)
            .is_some_and(|line| (13.0 * line.slope).abs() < FLAT_PERCENT_PER_WEEK / 100.0 * mean)
}

#[cfg(test)]
mod tests;
