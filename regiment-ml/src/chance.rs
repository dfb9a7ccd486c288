//! Seeded draws: the same seed gives the same numbers on every machine.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of draws.
#[derive(Debug, Clone)]
pub(crate) struct Draws(ChaCha8Rng);

impl Draws {
    /// Starts stream `stream` of a seed; the streams of one seed share nothing.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// Draws evenly from 0 up to 1, 1 left out.
    pub(crate) fn share(&mut self) -> f64 {
        self.0.random()
    }

    /// Answers yes with probability `p`.
    pub(crate) fn happens(&mut self, p: f64) -> bool {
        self.share() < p
    }

    /// Draws from the normal distribution (Box and Muller's transform).
    pub(crate) fn normal(&mut self, mean: f64, sd: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        mean + sd * radius * (std::f64::consts::TAU * self.share()).cos()
    }

    /// Draws a whole number evenly from 0 up to `n`, `n` left out; 0 for none.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        if n == 0 { 0 } else { self.0.random_range(0..n) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_and_a_stream_give_the_same_draws_and_another_stream_others() {
        let draws = |seed, stream| {
            let mut draws = Draws::new(seed, stream);
            [draws.share(), draws.normal(0.0, 1.0), f64::from(draws.below(1_000_000))]
        };
        assert_eq!(draws(1, 2).map(f64::to_bits), draws(1, 2).map(f64::to_bits));
        assert_ne!(draws(1, 2).map(f64::to_bits), draws(1, 3).map(f64::to_bits));
        assert_ne!(draws(1, 2).map(f64::to_bits), draws(2, 2).map(f64::to_bits));
    }

    #[test]
    fn normal_draws_have_their_mean_and_spread() {
        let mut draws = Draws::new(7, 0);
        let values = (0..20_000).map(|_| draws.normal(3.0, 2.0)).collect::<Vec<_>>();
        let mean = values.iter().sum::<f64>() / 20_000.0;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!((mean - 3.0).abs() < 0.05, "{mean}");
        assert!((variance.sqrt() - 2.0).abs() < 0.05, "{variance}");
    }
}
