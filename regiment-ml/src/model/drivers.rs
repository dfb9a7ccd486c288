//! Why a risk is what it is, in terms of what a coach can look at.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::blend::Calibration;
use super::linear::Linear;
use crate::features::{FEATURES, Family, Plan};

/// How many drivers are told at most.
const MOST: usize = 4;

/// What moves the log-odds by less than this is not told.
const LEAST: f64 = 0.05;

/// Where a driver moves the risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Up.
    Raises,
    /// Down.
    Lowers,
}

/// What moved a risk.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Driver {
    /// What it is about.
    pub feature: Family,
    /// Which way.
    pub direction: Direction,
    /// How far, in log-odds against the mean client of the training.
    pub effect: f64,
}

/// Tells what moved a risk most, the strongest first: what the linear part adds for each family of
/// features, and as [`Family::Course`] by how much the nets differ from it.
pub(crate) fn drivers(
    plan: Plan,
    linear: &Linear,
    inputs: &[f64],
    calibration: Calibration,
    log_odds: f64,
) -> Vec<Driver> {
    let families = FEATURES
        .iter()
        .filter(|feature| plan == Plan::Orders || feature.checkins_only)
        .map(|feature| feature.family);
    let mut effects = BTreeMap::<Family, f64>::new();
    for (family, moved) in families.zip(linear.contributions(inputs)) {
        *effects.entry(family).or_default() += calibration.slope * moved;
    }
    effects.insert(Family::Course, log_odds - calibration.of(linear.log_odds(inputs)));
    let mut drivers: Vec<Driver> = effects
        .into_iter()
        .filter(|(_, effect)| effect.abs() >= LEAST)
        .map(|(feature, effect)| Driver {
            feature,
            direction: if effect > 0.0 { Direction::Raises } else { Direction::Lowers },
            effect,
        })
        .collect();
    drivers.sort_by(|a, b| b.effect.abs().total_cmp(&a.effect.abs()));
    drivers.truncate(MOST);
    drivers
}
