//! How far a score would swing with other people: whole persons are drawn, as one person's rows
//! resemble one another.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

/// How many times the persons are drawn.
const DRAWS: u64 = 1_000;

/// The middle 95% of a statistic over the draws.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The 2.5th percentile.
    pub low: f64,
    /// The 97.5th percentile.
    pub high: f64,
}

/// Draws as many persons as there are, with replacement, a thousand times, and returns where the
/// middle 95% of a statistic of their rows lie. Draws without a statistic are left out; `None` where
/// all are.
pub fn by_person<T, F>(persons: &[Vec<T>], seed: u64, statistic: F) -> Option<Interval>
where
    T: Clone + Sync,
    F: Fn(&[T]) -> Option<f64> + Sync,
{
    if persons.is_empty() {
        return None;
    }
    let draw = |at: u64| {
        // A generator for each draw, so that threads do not matter.
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(at);
        let drawn = (0..persons.len()).map(|_| &persons[rng.random_range(0..persons.len())]);
        statistic(&drawn.flatten().cloned().collect::<Vec<T>>())
    };
    let mut values: Vec<f64> = (0..DRAWS).into_par_iter().filter_map(draw).collect();
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    Some(Interval { low: values[last * 25 / 1_000], high: values[(last * 975).div_ceil(1_000)] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "the shape of a statistic")]
    fn mean(rows: &[f64]) -> Option<f64> {
        Some(rows.iter().sum::<f64>() / crate::eval::scores::ratio(rows.len(), 1))
    }

    #[test]
    fn the_interval_of_a_mean_is_about_two_standard_errors_to_each_side() {
        let persons: Vec<Vec<f64>> = (0..400).map(|at| vec![f64::from(at % 2)]).collect();
        let interval = by_person(&persons, 1, mean).unwrap();
        assert!((interval.low - 0.451).abs() < 0.01, "{interval:?}");
        assert!((interval.high - 0.549).abs() < 0.01, "{interval:?}");
    }

    #[test]
    fn rows_of_one_person_count_once() {
        let alone: Vec<Vec<f64>> = (0..40).map(|at| vec![f64::from(at % 2)]).collect();
        let often: Vec<Vec<f64>> = (0..40).map(|at| vec![f64::from(at % 2); 50]).collect();
        assert_eq!(by_person(&alone, 3, mean), by_person(&often, 3, mean));
    }

    #[test]
    fn nobody_has_no_interval() {
        assert_eq!(by_person::<f64, _>(&[], 1, mean), None);
        assert_eq!(by_person(&[vec![1.0]], 1, |_| None), None);
    }
}
