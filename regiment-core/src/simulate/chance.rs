//! Chance with an address: every draw is keyed by what it decides, so no draw disturbs another.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a draw decides. The number is part of the key: a new matter takes a new number.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub(super) enum Matter {
    /// Who the person is.
    Person = 1,
    /// The day's shock to the drive.
    Drive = 2,
    /// Whether a slow disengagement begins or ends.
    Slump = 3,
    /// Whether trouble begins, which, and for how long.
    Event = 4,
    /// The day's shocks to mood, soreness, sleep and stress.
    Wellness = 5,
    /// Water, and what the scale makes of it.
    Scale = 6,
    /// The morning report.
    Checkin = 7,
    /// A meal.
    Meal = 8,
    /// Whether the day's session happens.
    Session = 9,
    /// One lift's strength and gain.
    Lift = 10,
    /// One top set.
    TopSet = 11,
    /// The day's cardio.
    Cardio = 12,
    /// A note.
    Note = 13,
    /// A Friday's choice of plan.
    Plan = 14,
    /// Whether an excuse is asked for.
    Excuse = 15,
    /// What the coach does about the person.
    Coach = 17,
    /// When the person enlists.
    Enlisting = 16,
    /// Whether messages reach the person.
    Reach = 18,
}

/// The source of one person's chances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Chance {
    seed: u64,
    index: u32,
}

impl Chance {
    pub(super) fn new(seed: u64, index: u32) -> Self {
        Self { seed, index }
    }

    /// Returns the draws for one `matter` on one `day` of the life, for one `item` of it.
    pub(super) fn on(self, matter: Matter, day: u32, item: u32) -> Draws {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        key[8..12].copy_from_slice(&self.index.to_le_bytes());
        key[12..16].copy_from_slice(&(matter as u32).to_le_bytes());
        key[16..20].copy_from_slice(&day.to_le_bytes());
        key[20..24].copy_from_slice(&item.to_le_bytes());
        Draws(ChaCha8Rng::from_seed(key))
    }
}

/// A short run of draws under one key.
#[derive(Debug)]
pub(super) struct Draws(ChaCha8Rng);

impl Draws {
    /// Draws from 0 inclusive to 1 exclusive.
    pub(super) fn share(&mut self) -> f64 {
        self.0.random()
    }

    /// Draws evenly from `low` to `high`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// Draws a whole number evenly from `low` to `high`, both included.
    pub(super) fn whole(&mut self, low: u32, high: u32) -> u32 {
        self.0.random_range(low..=high)
    }

    /// Answers yes with probability `p`.
    pub(super) fn happens(&mut self, p: f64) -> bool {
        self.share() < p
    }

    /// Draws from the normal distribution (Box and Muller's transform).
    pub(super) fn normal(&mut self, mean: f64, sd: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        mean + sd * radius * (std::f64::consts::TAU * self.share()).cos()
    }

    /// Picks one of `choices`, all equally likely.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.0.random_range(0..choices.len())]
    }

    /// Picks one of `choices` by weight; the weights need not sum to 1.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(T, f64)]) -> T {
        let total: f64 = choices.iter().map(|(_, weight)| weight).sum();
        let mut left = self.share() * total;
        for &(choice, weight) in choices {
            if left < weight {
                return choice;
            }
            left -= weight;
        }
        choices[choices.len() - 1].0
    }
}

/// Returns the key under which draws about a named thing (an exercise) stand: FNV-1a of its name.
pub(super) fn key(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The logistic function.
pub(super) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Rounds to the nearest whole number and keeps it within `low..=high`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped into the range of the target first"
)]
pub(super) fn rounded(x: f64, low: u32, high: u32) -> u32 {
    x.round().clamp(f64::from(low), f64::from(high)) as u32
}
