//! The weekly scan: every client's findings, the alert budget of each coach, and one card each.
//!
//! A plain function of histories, earlier cards and decisions. A model that fails costs its own flag
//! and nothing else: the card then says "rules only".

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;
use regiment_core::policy::{LapsePolicy, Policy};
use regiment_core::record::{Evidence, JobCard};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::card::{Edition, Found, Lapse, Written, write};
use crate::history::{ClientHistory, Day, Exercise, History};
use crate::model::{Direction, LapseModel};
use crate::priority::Priorities;
use crate::rules::{self, Known};
use crate::{anomaly, notes, stats};

/// A model's word on one client.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The probability that he lapses within seven days.
    pub probability: f64,
    /// What moved it most, in words, the strongest first.
    pub drivers: Vec<String>,
}

/// A model of the coming week.
pub trait Scorer: Sync + std::fmt::Debug {
    /// Names the model and its version.
    fn version(&self) -> String;

    /// Returns the risk of a client on a date, from what is dated up to it.
    ///
    /// # Errors
    /// Why the model abstains, in words for a coach.
    fn score(&self, client: &ClientHistory, as_of: Day) -> Result<Estimate, String>;
}

impl Scorer for LapseModel {
    fn version(&self) -> String {
        let manifest = serde_json::to_vec(self.manifest()).unwrap_or_default();
        format!("lapse {:.12}", format!("{:x}", Sha256::digest(manifest)))
    }

    fn score(&self, client: &ClientHistory, as_of: Day) -> Result<Estimate, String> {
        let risk = LapseModel::score(self, client, as_of).map_err(|why| why.to_string())?;
        let drivers = risk.drivers.iter().map(|driver| {
            let family = serde_json::to_value(driver.feature).unwrap_or_default();
            let name = family.as_str().unwrap_or_default().replace('_', " ");
            match driver.direction {
                Direction::Raises => format!("{name} raises it"),
                Direction::Lowers => format!("{name} lowers it"),
            }
        });
        Ok(Estimate { probability: risk.probability, drivers: drivers.collect() })
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
    /// The clients.
    pub subjects: Vec<Subject<'a>>,
}

/// What a scan goes by.
#[derive(Debug, Clone, Copy)]
pub struct Setup<'a> {
    /// The thresholds.
    pub policy: &'a Policy,
    /// What the cards share; its model version is filled in.
    pub edition: &'a Edition,
    /// The lapse model; none for rules alone.
    pub model: Option<&'a dyn Scorer>,
    /// What decisions taught.
    pub priorities: &'a Priorities,
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
    Part { exercises: &history.exercises, subjects: scanned.map(subject).collect() }
}

/// Scans clients, in their order.
pub fn scan(parts: &[Part<'_>], setup: Setup<'_>) -> Vec<Written> {
    let subjects: Vec<(&[Exercise], &Subject<'_>)> = parts
        .iter()
        .flat_map(|part| part.subjects.iter().map(|subject| (part.exercises, subject)))
        .collect();
    let mut found: Vec<Found> =
        subjects.par_iter().map(|(exercises, subject)| look(exercises, subject, setup)).collect();
    let subjects: Vec<&Subject<'_>> = subjects.into_iter().map(|(_, subject)| subject).collect();
    flag_within_budget(&mut found, &subjects, &setup.policy.lapse);
    let edition =
        Edition { model_version: setup.model.map(Scorer::version), ..setup.edition.clone() };
    let written = subjects.par_iter().zip(&found).map(|(subject, found)| {
        let Subject { client, as_of, before, .. } = subject;
        let failed = setup.model.is_some() && found.lapse.is_none() && found.abstained.is_none();
        let edition = if failed {
            Edition { model_version: None, ..edition.clone() }
        } else {
            edition.clone()
        };
        let mut written = write(client, *as_of, found, before, &edition);
        written.card.priority = setup.priorities.priority(&written.card);
        written.card.trace = Some(trace(subject, found, &edition));
        written
    });
    written.collect()
}

/// One client's line of `regiment scan`.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    user_id: &'a str,
    flags: Vec<String>,
    wins: Vec<&'a str>,
    action_suggested: &'static str,
    card_action: &'static str,
    model_flags: Vec<String>,
    severity: &'static str,
    priority: f64,
    summary: &'a str,
    evidence: &'a [Evidence],
    policy_version: Option<u32>,
    model_version: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// Takes a written card as a line: `flags` are the rules' alone.
    pub fn of(written: &'a Written) -> Self {
        let card = &written.card;
        Self {
            user_id: card.user_id.as_str(),
            flags: written.rule_flags.iter().map(ToString::to_string).collect(),
            wins: card.wins.iter().map(|win| win.0.as_str()).collect(),
            action_suggested: written.action_suggested.as_str(),
            card_action: card.action_suggested.as_str(),
            model_flags: written.model_flags.iter().map(ToString::to_string).collect(),
            severity: card.severity.as_str(),
            priority: card.priority,
            summary: &card.summary,
            evidence: &card.evidence,
            policy_version: card.policy_version,
            model_version: card.model_version.as_deref(),
        }
    }
}

fn look(exercises: &[Exercise], subject: &Subject<'_>, setup: Setup<'_>) -> Found {
    let Subject { client, as_of, known, .. } = subject;
    let verdict = rules::check(client, exercises, *as_of, &setup.policy.flags, known);
    let mut others = guarded(|| stats::findings(client, exercises, *as_of));
    others.extend(guarded(|| anomaly::findings(client, *as_of)));
    others.extend(guarded(|| notes::findings(client, None, *as_of)));
    let scored =
        setup.model.map(|model| catch_unwind(AssertUnwindSafe(|| model.score(client, *as_of))));
    let (lapse, abstained) = match scored {
        None | Some(Err(_)) => (None, None),
        Some(Ok(Err(why))) => (None, Some(why)),
        Some(Ok(Ok(Estimate { probability, .. }))) if !probability.is_finite() => (None, None),
        Some(Ok(Ok(Estimate { probability, drivers }))) => {
            (Some(Lapse { probability, drivers, is_flagged: false }), None)
        }
    };
    Found { verdict, others, lapse, abstained }
}

/// Runs what stands beside the rules; where it panics, the card goes without.
fn guarded<T: Default>(run: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_default()
}

/// Flags the riskiest clients of each coach: those at or above the least probability, as many as
/// the budget allows.
fn flag_within_budget(found: &mut [Found], subjects: &[&Subject<'_>], policy: &LapsePolicy) {
    let mut of_coach: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (place, subject) in subjects.iter().enumerate() {
        of_coach.entry(subject.coach.as_deref()).or_default().push(place);
    }
    for places in of_coach.into_values() {
        let share = places.len() * policy.alert_percent as usize / 100;
        let budget = share.max(policy.alerts as usize);
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

/// Says what was computed and from what: with the logs of the digest, the policy's and the model's
/// version, the card can be written again.
fn trace(subject: &Subject<'_>, found: &Found, edition: &Edition) -> serde_json::Value {
    serde_json::json!({
        "as_of": crate::finding::date_of(subject.as_of),
        "logs": digest(subject.client, subject.as_of),
        "policy_version": edition.policy_version,
        "model_version": edition.model_version,
        "lapse": found.lapse,
        "abstained": found.abstained,
    })
}

/// Returns a digest of a client's rows up to a day: the same rows give the same digest.
pub fn digest(client: &ClientHistory, as_of: Day) -> String {
    let mut hasher = Sha256::new();
    let mut take = |stream: u8, day: Day, at: i64, rest: &[u8]| {
        if day <= as_of {
            hasher.update([stream]);
            hasher.update(day.to_le_bytes());
            hasher.update(at.to_le_bytes());
            hasher.update(rest.len().to_le_bytes());
            hasher.update(rest);
        }
    };
    for row in &client.meals {
        take(0, row.day, row.at, &[row.outcome as u8]);
    }
    for row in &client.sets {
        let weight = row.weight_kg.map_or([0xff; 8], f64::to_le_bytes);
        let reps = row.reps.unwrap_or(-1).to_le_bytes();
        let rest = [&[row.outcome as u8][..], &row.exercise.to_le_bytes(), &weight, &reps].concat();
        take(1, row.day, row.at, &rest);
    }
    for row in &client.cardio {
        let minutes = [row.assigned.to_le_bytes(), row.actual.to_le_bytes()].concat();
        take(2, row.day, row.at, &[&[row.outcome as u8][..], &minutes].concat());
    }
    for row in &client.checkins {
        let weight = row.weight_kg.map_or([0xff; 8], f64::to_le_bytes);
        let said = [
            row.outcome as u8,
            row.mood.map_or(9, |said| said as u8),
            row.soreness.map_or(9, |said| said as u8),
            row.sleep.map_or(9, |said| said as u8),
            row.stress.map_or(9, |said| said as u8),
        ];
        let notes = row.notes.as_deref().unwrap_or_default().as_bytes();
        take(3, row.day, row.at, &[&said[..], &weight, notes].concat());
    }
    format!("{:x}", hasher.finalize())
}

#[cfg(test)]
mod tests;
