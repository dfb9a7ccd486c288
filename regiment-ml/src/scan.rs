//! The weekly scan: every client's findings, the alert budget of each coach, and one card each.
//!
//! A plain function of histories, earlier cards and decisions. A model that fails costs its own flag
//! and nothing else: the card then says "rules only".

mod line;
mod resolved;
mod trace;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;
use regiment_core::policy::{LapsePolicy, Policy};
use regiment_core::record::JobCard;
use sha2::{Digest as _, Sha256};

use crate::card::{Edition, Found, Lapse, write};
use crate::history::{ClientHistory, Day, Exercise, History};
use crate::label::{HORIZON, LAPSE_BELOW, adherence};
use crate::model::{Answers, Direction, Driver, InService, Risk};
use crate::notes::classifier::Classifier;
use crate::notes::tags;
use crate::priority::{Priorities, explore};
use crate::program::Step;
use crate::rules::{self, Known};
use crate::{anomaly, notes, stats};
pub use line::{Line, RulesLine};
pub use resolved::{Resolved, resolved};
pub use trace::{Trace, digest};

/// How many cards a coach is taken to look at: the last of these places is explored.
const SHOWN: usize = 5;

/// A model's word on one client.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The probability that he lapses within seven days.
    pub probability: f64,
    /// What moved it most, in words, the strongest first.
    pub drivers: Vec<String>,
    /// What the parts of the model said, where it has parts.
    pub answers: Option<Answers>,
    /// How that became the probability, in log-odds.
    pub steps: Vec<Step>,
}

/// A model of the coming week.
pub trait Scorer: Sync + std::fmt::Debug {
    /// Names the model and its version.
    fn version(&self) -> String;

    /// Returns the risks of clients on a date, in their order, from what is dated up to it; or why the
    /// model abstains, in words for a coach.
    fn score_all(&self, clients: &[&ClientHistory], as_of: Day) -> Vec<Result<Estimate, String>>;
}

impl Scorer for InService<'_> {
    fn version(&self) -> String {
        let manifest = serde_json::to_vec(self.model().manifest()).unwrap_or_default();
        format!("lapse {:.12}", format!("{:x}", Sha256::digest(manifest)))
    }

    fn score_all(&self, clients: &[&ClientHistory], as_of: Day) -> Vec<Result<Estimate, String>> {
        let risks = InService::score_all(self, clients, as_of);
        let week = as_of - HORIZON + 1..=as_of;
        let estimates = clients.iter().zip(risks).map(|(client, risk)| {
            if adherence(client, &week).is_some_and(|now| now < LAPSE_BELOW) {
                return Err(format!("less than {:.0}% of the week was done", 100.0 * LAPSE_BELOW));
            }
            let Risk { probability, drivers, answers, steps } =
                risk.map_err(|why| why.to_string())?;
            let drivers = drivers.iter().map(in_words).collect();
            Ok(Estimate { probability, drivers, answers: Some(answers), steps })
        });
        estimates.collect()
    }
}

fn in_words(driver: &Driver) -> String {
    let family = serde_json::to_value(driver.feature).unwrap_or_default();
    let name = family.as_str().unwrap_or_default().replace('_', " ");
    match driver.direction {
        Direction::Raises => format!("{name} raises it"),
        Direction::Lowers => format!("{name} lowers it"),
    }
}

/// One client to be scanned.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// What he logged.
    pub client: &'a ClientHistory,
    /// His last closed date.
    pub as_of: Day,
    /// What only the store knows of him.
    pub known: Known,
    /// His earlier cards, oldest first.
    pub before: Vec<JobCard>,
    /// The coach whose alert budget he counts toward.
    pub coach: Option<String>,
}

/// Some of the clients of a scan, and the exercises that their rows point into.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// The exercises.
    pub exercises: &'a [Exercise],
    /// The coach of every active client among them, scanned or not.
    pub active: Vec<Option<String>>,
    /// The clients that are scanned.
    pub subjects: Vec<Subject<'a>>,
}

/// How deep a scan looks.
#[derive(Debug, Clone, Copy)]
pub enum Depth<'a> {
    /// The rules, and nothing beside them.
    Rules,
    /// Everything, with a model of the coming week or without one.
    Everything(Option<&'a dyn Scorer>),
}

/// What a scan goes by.
#[derive(Debug, Clone, Copy)]
pub struct Setup<'a> {
    /// The thresholds.
    pub policy: &'a Policy,
    /// What the cards share; its model version is filled in.
    pub edition: &'a Edition,
    /// How deep it looks.
    pub depth: Depth<'a>,
    /// What decisions taught.
    pub priorities: &'a Priorities,
}

impl<'a> Setup<'a> {
    fn model(&self) -> Option<&'a dyn Scorer> {
        match self.depth {
            Depth::Rules => None,
            Depth::Everything(model) => model,
        }
    }
}

/// Takes every client of a history that is scanned on a day, with nothing known beside the logs.
pub fn part(history: &History, as_of: Day) -> Part<'_> {
    let scanned = history.clients.iter().filter(|client| rules::is_scanned(client, as_of));
    let subject = |client| Subject {
        client,
        as_of,
        known: Known::default(),
        before: Vec::new(),
        coach: None,
    };
    Part {
        exercises: &history.exercises,
        active: vec![None; history.clients.len()],
        subjects: scanned.map(subject).collect(),
    }
}

/// Scans clients, in their order, and writes one card for each.
pub fn scan(parts: &[Part<'_>], setup: Setup<'_>) -> Vec<JobCard> {
    let subjects: Vec<(&[Exercise], &Subject<'_>)> = parts
        .iter()
        .flat_map(|part| part.subjects.iter().map(|subject| (part.exercises, subject)))
        .collect();
    let reader = match setup.depth {
        Depth::Rules => None,
        Depth::Everything(_) => {
            guarded(|| tags::reader(subjects.iter().map(|(_, one)| (one.client, &*one.before))))
        }
    };
    let mut found: Vec<Found> = subjects
        .par_iter()
        .map(|(exercises, subject)| look(exercises, subject, setup, reader.as_ref()))
        .collect();
    let subjects: Vec<&Subject<'_>> = subjects.into_iter().map(|(_, subject)| subject).collect();
    if let Some(model) = setup.model() {
        estimate(model, &subjects, &mut found);
        let active = parts.iter().flat_map(|part| &part.active).map(Option::as_deref);
        flag_within_budget(&mut found, &subjects, active, &setup.policy.lapse);
    }
    let edition =
        Edition { model_version: setup.model().map(Scorer::version), ..setup.edition.clone() };
    let cards = subjects.par_iter().zip(&found).map(|(subject, found)| {
        let Subject { client, as_of, before, .. } = subject;
        let failed = setup.model().is_some() && found.lapse.is_none() && found.abstained.is_none();
        let model_version = edition.model_version.clone().filter(|_| !failed);
        let edition = Edition { model_version, ..edition.clone() };
        let mut card = write(client, *as_of, found, before, &edition);
        card.priority = setup.priorities.priority(&card);
        card
    });
    let mut cards: Vec<JobCard> = cards.collect();
    let explored = explored(&mut cards, &subjects, setup.edition);
    cards.par_iter_mut().zip(subjects).zip(found).zip(explored).for_each(
        |(((card, subject), found), is_explored)| {
            let trace = Trace {
                as_of: crate::finding::date_of(subject.as_of),
                logs: digest(subject.client, subject.as_of),
                rules_suggest: found.verdict.action,
                lapse: found.lapse,
                abstained: found.abstained,
                is_explored,
            };
            trace.onto(card);
        },
    );
    cards
}

fn look(
    exercises: &[Exercise],
    subject: &Subject<'_>,
    setup: Setup<'_>,
    reader: Option<&Classifier>,
) -> Found {
    let Subject { client, as_of, known, .. } = subject;
    let verdict = rules::check(client, exercises, *as_of, &setup.policy.flags, known);
    let mut others = Vec::new();
    if let Depth::Everything(_) = setup.depth {
        others.extend(guarded(|| stats::findings(client, exercises, *as_of)));
        others.extend(guarded(|| anomaly::findings(client, *as_of)));
        others.extend(guarded(|| notes::findings(client, reader, *as_of)));
    }
    Found { verdict, others, lapse: None, abstained: None }
}

/// Runs what stands beside the rules; where it panics, the card goes without.
fn guarded<T: Default>(run: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_default()
}

/// Asks the model about everybody, those with one last closed date together.
fn estimate(model: &dyn Scorer, subjects: &[&Subject<'_>], found: &mut [Found]) {
    let mut of_day: BTreeMap<Day, Vec<usize>> = BTreeMap::new();
    for (place, subject) in subjects.iter().enumerate() {
        of_day.entry(subject.as_of).or_default().push(place);
    }
    for (as_of, places) in of_day {
        let clients: Vec<&ClientHistory> =
            places.iter().map(|place| subjects[*place].client).collect();
        let together = guarded(|| model.score_all(&clients, as_of));
        let estimates: Vec<Option<Result<Estimate, String>>> = if together.len() == clients.len() {
            together.into_iter().map(Some).collect()
        } else {
            // One of them was too much for it: each is asked about alone.
            let alone = |client: &&ClientHistory| model.score_all(&[*client], as_of).pop();
            clients.par_iter().map(|client| guarded(|| alone(client))).collect()
        };
        for (place, estimate) in places.into_iter().zip(estimates) {
            take(&mut found[place], estimate);
        }
    }
}

/// Takes a model's word in; one that is no number is none.
fn take(found: &mut Found, estimate: Option<Result<Estimate, String>>) {
    match estimate {
        None => {}
        Some(Err(why)) => found.abstained = Some(why),
        Some(Ok(Estimate { probability, .. })) if !probability.is_finite() => {}
        Some(Ok(Estimate { probability, drivers, answers, steps })) => {
            let lapse = Lapse { probability, drivers, answers, steps, is_flagged: false };
            found.lapse = Some(lapse);
        }
    }
}

/// Flags the riskiest clients of each coach: those at or above the least probability, as many as
/// the budget of his active clients allows.
fn flag_within_budget<'a>(
    found: &mut [Found],
    subjects: &[&Subject<'_>],
    active: impl Iterator<Item = Option<&'a str>>,
    policy: &LapsePolicy,
) {
    let mut n_active: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for coach in active {
        *n_active.entry(coach).or_default() += 1;
    }
    for (coach, places) in by_coach(subjects) {
        let n_active = n_active.get(&coach).copied().unwrap_or_default();
        let budget = (n_active * policy.alert_percent as usize / 100).max(policy.alerts as usize);
        let risk = |place: &usize| found[*place].lapse.as_ref().map(|lapse| lapse.probability);
        let mut risky: Vec<(f64, usize)> = places
            .iter()
            .filter_map(|place| Some((risk(place)?, *place)))
            .filter(|(risk, _)| *risk >= policy.least_probability)
            .collect();
        risky.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, place) in risky.into_iter().take(budget) {
            if let Some(lapse) = &mut found[place].lapse {
                lapse.is_flagged = true;
            }
        }
    }
}

/// Lets a card into each coach's list now and then that he would not see, and says which.
fn explored(cards: &mut [JobCard], subjects: &[&Subject<'_>], edition: &Edition) -> Vec<bool> {
    let mut explored = vec![false; cards.len()];
    let mut lists: BTreeMap<Option<&str>, Vec<(usize, &mut JobCard)>> = BTreeMap::new();
    for (place, card) in cards.iter_mut().enumerate().filter(|(_, card)| !card.flags.is_empty()) {
        lists.entry(subjects[place].coach.as_deref()).or_default().push((place, card));
    }
    for (coach, list) in lists {
        let (places, mut list): (Vec<usize>, Vec<&mut JobCard>) = list.into_iter().unzip();
        let key = format!("{} {}", edition.sunday, coach.unwrap_or_default());
        let seed = Sha256::digest(key).iter().take(8).fold(0, |n, byte| n << 8 | u64::from(*byte));
        if let Some(at) = explore(&mut list, SHOWN, seed) {
            explored[places[at]] = true;
        }
    }
    explored
}

/// The places of each coach's clients.
fn by_coach<'a>(subjects: &[&'a Subject<'_>]) -> BTreeMap<Option<&'a str>, Vec<usize>> {
    let mut of_coach: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (place, subject) in subjects.iter().enumerate() {
        of_coach.entry(subject.coach.as_deref()).or_default().push(place);
    }
    of_coach
}

#[cfg(test)]
mod tests;
