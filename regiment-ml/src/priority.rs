//! What coaches' decisions teach about the order of cards.
//!
//! Each flag has an acceptance: the mean of a Beta distribution that begins at Beta(6, 4) and is
//! moved by every decision, whose weight halves in 60 days. With the few dozen decisions a flag gets
//! in a season this beats any model that has more to learn. A card's priority is the value of its
//! flags, each weighed by its acceptance.
//!
//! Guard rails: a safety flag always weighs in full, so its card never moves down; one card that
//! would not be seen takes the last place of the list now and then, so that no flag starves; and
//! nothing here changes what a rule fires on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use regiment_core::Id;
use regiment_core::record::{
    CardAction, CardDecision, DismissReason, Flag, FlagName, JobCard, Judgment, Severity, Taken,
    Verdict,
};
use serde::{Deserialize, Serialize};

use crate::chance::Draws;

/// The distribution of a flag's acceptance before any decision: six accepted, four not.
const PRIOR: (f64, f64) = (6.0, 4.0);

/// After so many days a decision weighs half.
const HALF_LIFE_DAYS: f64 = 60.0;

/// How often the last place of a list goes to a card that would not be on it.
const EXPLORED: f64 = 0.05;

/// By which share a learned threshold moves at most in a week.
const STEP: f64 = 0.10;

/// What was learned of one flag.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// Weight of decisions that acted on it, the prior's included.
    pub accepted: f64,
    /// Weight of decisions that set it aside, the prior's included.
    pub dismissed: f64,
    /// Of those, the weight of `wrong`: what alone speaks against the detector.
    pub wrong: f64,
    /// How many decisions there were.
    pub n: u32,
}

impl Default for Learned {
    fn default() -> Self {
        Self { accepted: PRIOR.0, dismissed: PRIOR.1, wrong: 0.0, n: 0 }
    }
}

impl Learned {
    /// Returns the expected share of cards with the flag on which a coach acts.
    pub fn acceptance(&self) -> f64 {
        self.accepted / (self.accepted + self.dismissed)
    }
}

/// What decisions taught about every flag.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Priorities {
    flags: BTreeMap<Flag, Learned>,
}

impl Priorities {
    /// Learns from decisions, oldest first, as of an instant. Of a card the last decision that
    /// closed it and was not undone counts; a card nobody decided on says nothing. A flag that was
    /// judged by itself counts as it was judged last, whatever became of its card.
    pub fn learn(decisions: &[CardDecision], now: Timestamp) -> Self {
        let undone: BTreeSet<Id<CardDecision>> = decisions
            .iter()
            .filter_map(|decision| {
                let Verdict::Undo { decision } = decision.verdict else { return None };
                Some(decision)
            })
            .collect();
        let mut last: BTreeMap<Id<JobCard>, (&CardDecision, Closed)> = BTreeMap::new();
        let mut judged: BTreeMap<(Id<JobCard>, Flag), (&CardDecision, Closed)> = BTreeMap::new();
        for decision in decisions.iter().filter(|decision| !undone.contains(&decision.id)) {
            if let Verdict::Judge { flag, judgment } = &decision.verdict {
                let closed = match judgment {
                    Judgment::Right => Closed::ActedOn,
                    Judgment::Wrong => Closed::SetAside(DismissReason::Wrong),
                };
                judged.insert((decision.card, flag.flag), (decision, closed));
            } else if let Some(closed) = closed(&decision.verdict) {
                last.insert(decision.card, (decision, closed));
            }
        }
        let mut learned = Self::default();
        for (decision, closed) in last.into_values() {
            let flags: BTreeSet<Flag> = decision.flags.iter().map(|name| name.flag).collect();
            for flag in flags {
                if !judged.contains_key(&(decision.card, flag)) {
                    learned.take(flag, closed, weight(decision, now));
                }
            }
        }
        for ((_, flag), (decision, closed)) in judged {
            learned.take(flag, closed, weight(decision, now));
        }
        learned
    }

    fn take(&mut self, flag: Flag, closed: Closed, weight: f64) {
        let learned = self.flags.entry(flag).or_default();
        learned.n += 1;
        match closed {
            Closed::ActedOn => learned.accepted += weight,
            Closed::SetAside(reason) => {
                learned.dismissed += weight;
                if reason == DismissReason::Wrong {
                    learned.wrong += weight;
                }
            }
        }
    }

    /// Returns what was learned of a flag.
    pub fn of(&self, flag: Flag) -> Learned {
        self.flags.get(&flag).copied().unwrap_or_default()
    }

    /// Returns what was learned of every flag that was decided on, by flag.
    pub fn all(&self) -> impl Iterator<Item = (Flag, Learned)> {
        self.flags.iter().map(|(flag, learned)| (*flag, *learned))
    }

    /// Returns a card's priority, 0 to 1: the value of its flags, each as far as coaches act on it.
    ///
    /// Values combine as chances do, so that ten small findings do not outrank a grave one.
    pub fn priority(&self, card: &JobCard) -> f64 {
        let none = card.flags.iter().fold(1.0, |none, name| none * (1.0 - self.worth(card, name)));
        (1.0 - none).clamp(0.0, 1.0)
    }

    fn worth(&self, card: &JobCard, name: &FlagName) -> f64 {
        if name.is_safety() {
            return value(Severity::Critical);
        }
        let probability = card
            .evidence
            .iter()
            .find(|evidence| evidence.flag == *name)
            .and_then(|evidence| evidence.numbers.get("probability"));
        let value = match probability {
            Some(probability) => probability.clamp(0.0, 1.0) * value(Severity::High),
            None => value(card.severity.min(Severity::High)),
        };
        value * self.of(name.flag).acceptance()
    }
}

/// Now and then, as `seed` decides, gives the last of the `k` places of a coach's list to a card that
/// would not be seen: the two exchange their priorities. Returns its place in `cards`.
///
/// A list is ordered by severity first, so the card is one of the same severity; one with a safety
/// flag gives its place to none.
pub fn explore(cards: &mut [&mut JobCard], k: usize, seed: u64) -> Option<usize> {
    let order = order(cards);
    let shown = *order.get(k.checked_sub(1)?)?;
    let is_safe = |place: usize| cards[place].bears_safety_flag();
    let same = |place: &usize| cards[*place].severity == cards[shown].severity && !is_safe(*place);
    let hidden: Vec<usize> = order[k..].iter().copied().filter(same).collect();
    let mut draws = Draws::new(seed, 0);
    if is_safe(shown) || !draws.happens(EXPLORED) {
        return None;
    }
    let n = u32::try_from(hidden.len()).unwrap_or(u32::MAX);
    let explored = *hidden.get(draws.below(n) as usize)?;
    let priority = cards[explored].priority;
    cards[explored].priority = cards[shown].priority;
    cards[shown].priority = priority;
    Some(explored)
}

/// The places of cards as a list orders them: by severity, then priority, then as they come.
fn order(cards: &[&mut JobCard]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..cards.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (&cards[*a], &cards[*b]);
        b.severity.cmp(&a.severity).then(b.priority.total_cmp(&a.priority))
    });
    order
}

/// Returns a learned threshold as it may stand next week: on its way to `wanted`, by a tenth of
/// itself at most.
pub fn step(threshold: f64, wanted: f64) -> f64 {
    wanted.clamp(threshold * (1.0 - STEP), threshold * (1.0 + STEP))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closed {
    ActedOn,
    SetAside(DismissReason),
}

/// How much a decision weighs by now.
fn weight(decision: &CardDecision, now: Timestamp) -> f64 {
    let days = now.duration_since(decision.at).as_secs_f64() / 86_400.0;
    0.5_f64.powf(days.max(0.0) / HALF_LIFE_DAYS)
}

fn closed(verdict: &Verdict) -> Option<Closed> {
    match verdict {
        Verdict::Resolve { taken: Taken::Recorded(CardAction::None), .. } => {
            Some(Closed::SetAside(DismissReason::NotUseful))
        }
        Verdict::Resolve { .. } => Some(Closed::ActedOn),
        Verdict::Dismiss { reason, .. } => Some(Closed::SetAside(*reason)),
        Verdict::Acknowledge
        | Verdict::Snooze { .. }
        | Verdict::Reopen
        | Verdict::Note { .. }
        | Verdict::Raise
        | Verdict::Answer { .. }
        | Verdict::Judge { .. }
        | Verdict::Undo { .. } => None,
    }
}

/// What a finding of a severity is worth to a coach who acts on it, 0 to 1.
const fn value(severity: Severity) -> f64 {
    match severity {
        Severity::Low => 0.15,
        Severity::Medium => 0.4,
        Severity::High => 0.7,
        Severity::Critical => 1.0,
    }
}

#[cfg(test)]
mod tests;
