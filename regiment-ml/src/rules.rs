//! The weekly rules: flags, wins and the suggested action of every client, from its logs alone.
//!
//! Each rule is a plain function of one client's [`Week`]. Counts and their ratios are compared
//! exactly; a statistic must exceed its threshold by more than rounding may have added
//! ([`exceeds`](regiment_core::measure::exceeds)). `docs/flag-engine.md` explains every rule.

mod action;
mod adherence;
mod lift;
mod line;
mod state;
mod store;
mod week;
mod weight;

use std::collections::BTreeMap;

use rayon::prelude::*;
use regiment_core::policy::FlagPolicy;
use regiment_core::record::{CardAction, WinName};

use crate::finding::Finding;
use crate::history::{ClientHistory, Day, Exercise, History};
pub use action::action;
pub use store::{Known, QuarantinedRow};
pub use week::{WEEK, Week};

/// What the rules say of one client.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What raised a flag, ordered by the flags' names.
    pub flags: Vec<Finding>,
    /// What went well, ordered by name.
    pub wins: Vec<Win>,
    /// What the coach is asked to do, as far as the rules go.
    pub action: CardAction,
}

/// Something that went well.
#[derive(Debug, Clone, PartialEq)]
pub struct Win {
    /// `perfect_week`, `weight_on_target`, `personal_record:ex_bp_001`
    pub name: WinName,
    /// The figures, by name.
    pub numbers: BTreeMap<String, f64>,
    /// The exercise's name, where it is about one.
    pub detail: String,
}

/// Returns whether the week that ends on a day is scanned: the client is under orders, and was on
/// the week's first date.
pub fn is_scanned(client: &ClientHistory, as_of: Day) -> bool {
    !client.profile.paused && client.profile.start <= as_of - (WEEK - 1)
}

/// Returns how many days up to the last closed date the rules look at, other than at training.
pub fn lookback(policy: &FlagPolicy) -> Day {
    let windows = [
        policy.cardio_underperformance.days,
        policy.weight_stall.days,
        policy.rapid_weight_loss.days,
        policy.silent_client.days,
    ];
    windows.into_iter().map(week::days).fold(WEEK, Day::max)
}

/// Applies every rule to one client, whose last closed date is `as_of`.
pub fn check(
    client: &ClientHistory,
    exercises: &[Exercise],
    as_of: Day,
    policy: &FlagPolicy,
    known: &Known,
) -> Verdict {
    let week = Week::new(client, exercises, as_of, policy);
    let lifts = lift::lifts(&week);
    let plateaus: Vec<Finding> = lifts.iter().filter_map(|x| lift::plateau(&week, x)).collect();
    let training = adherence::training_inconsistency(&week);
    let soreness = state::recovery_risk(&week, &plateaus, training.as_ref());
    let rise = weight::cut_failure(&week);
    let mut flags: Vec<Finding> = [
        adherence::soft_compliance(&week),
        adherence::meal_compliance_low(&week),
        training,
        adherence::non_responding_client(&week),
        adherence::grit_violation(&week),
        adherence::cardio_underperformance(&week),
        adherence::silent_client(&week),
        weight::weight_stall(&week),
        rise.as_ref().and_then(|rise| weight::unreported_gain(&week, rise)),
        rise,
        weight::bulk_failure(&week),
        weight::rapid_weight_loss(&week),
        state::mood_drop(&week),
        soreness,
        store::no_response(&week, known),
        store::flag_parse_error(&week, known),
    ]
    .into_iter()
    .flatten()
    .chain(plateaus)
    .chain(lifts.iter().filter_map(|lift| lift::stalled(&week, lift)))
    .collect();
    flags.sort_by_cached_key(|finding| finding.evidence.flag.to_string());
    let mut wins: Vec<Win> = [adherence::perfect_week(&week), weight::weight_on_target(&week)]
        .into_iter()
        .flatten()
        .chain(lifts.iter().filter_map(|lift| lift::personal_record(&week, lift)))
        .collect();
    wins.sort_by(|a, b| a.name.cmp(&b.name));
    let action =
        action(flags.iter().map(|finding| (&finding.evidence.flag, finding.severity)), policy);
    Verdict { flags, wins, action }
}

/// Applies every rule to every client that is scanned, in the order of the history. What only the
/// store knows is looked up by `known`.
pub fn check_all<'a, 'k>(
    history: &'a History,
    as_of: Day,
    policy: &FlagPolicy,
    known: impl Fn(&ClientHistory) -> &'k Known + Sync,
) -> Vec<(&'a ClientHistory, Verdict)> {
    let scanned = history.clients.par_iter().filter(|client| is_scanned(client, as_of));
    let checked = scanned
        .map(|client| (client, check(client, &history.exercises, as_of, policy, known(client))));
    checked.collect()
}

#[cfg(test)]
mod tests;
