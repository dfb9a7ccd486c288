//! From findings to the coach's card: one for each client and week, however many findings there are.
//!
//! A plain function of what was found, the client's earlier cards and the week. The rules decide the
//! suggested action; models add flags and never take one away.

mod summary;

use jiff::Timestamp;
use jiff::civil::Date;
use regiment_core::engine::cards::adds_strain;
use regiment_core::record::{
    CardAction, CardSource, Flag, Goal, JobCard, Severity, Suggestion, SuggestionKind,
};
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, FindingKind, date_of};
use crate::history::{ClientHistory, Day};
use crate::model::Answers;
use crate::program::Step;
use crate::rules::{Verdict, WEEK};

/// The most minutes of daily cardio that a suggestion proposes.
const MOST_CARDIO: i32 = 60;

/// By how many minutes a suggestion raises daily cardio.
const MORE_CARDIO: i32 = 10;

/// What a model says of a client's coming week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lapse {
    /// The probability that he lapses within seven days.
    pub probability: f64,
    /// What moved it most, in words, the strongest first.
    pub drivers: Vec<String>,
    /// What the parts of the model said, where it has parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Answers>,
    /// How that became the probability, in log-odds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Whether it is within the coach's alert budget.
    pub is_flagged: bool,
}

/// Everything that was found of a client.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What the rules say.
    pub verdict: Verdict,
    /// What statistics, anomalies and notes say.
    pub others: Vec<Finding>,
    /// What the model says; absent without one, or where it abstains.
    pub lapse: Option<Lapse>,
    /// Why there is no lapse risk, where a model is in use.
    pub abstained: Option<String>,
}

/// What the cards of a scan share.
#[derive(Debug, Clone, PartialEq)]
pub struct Edition {
    /// The scan's Sunday.
    pub sunday: Date,
    /// When the scan was due.
    pub at: Timestamp,
    /// The policy's version.
    pub policy_version: u32,
    /// The model's version, or none for rules alone.
    pub model_version: Option<String>,
    /// From which probability on a lapse risk is of high severity.
    pub high_probability: f64,
}

/// Writes a client's card for the week that ends on `as_of`. `before` holds the client's earlier
/// cards, oldest first.
pub fn write(
    client: &ClientHistory,
    as_of: Day,
    found: &Found,
    before: &[JobCard],
    edition: &Edition,
) -> JobCard {
    let user_id = client.profile.user_id;
    let mut card = JobCard::open(user_id, CardSource::WeeklyScan, edition.sunday, edition.at);
    card.window_start = Some(date_of(as_of - (WEEK - 1)));
    card.window_end = Some(date_of(as_of));
    card.goal = Some(client.profile.goal);
    card.policy_version = Some(edition.policy_version);
    card.model_version.clone_from(&edition.model_version);
    card.wins = found.verdict.wins.iter().map(|win| win.name.clone()).collect();

    let lapse = found.lapse.as_ref().filter(|lapse| lapse.is_flagged);
    let lapse = lapse.map(|lapse| lapse_risk(lapse, as_of, edition));
    let others = || found.others.iter().chain(&lapse);
    let raised = others().filter(|finding| finding.kind == FindingKind::Flag);
    for finding in found.verdict.flags.iter().chain(raised) {
        card.add(finding.severity, finding.evidence.clone());
    }
    // What stands beside a flag is worth reading where that flag is up.
    for finding in others().filter(|finding| finding.kind == FindingKind::Beside) {
        if card.flags.contains(&finding.evidence.flag) {
            card.evidence.push(finding.evidence.clone());
        }
    }

    let in_question = |card: &JobCard| card.bears_safety_flag();
    let is_unsafe = in_question(&card)
        || before.iter().any(|card| card.state.is_unresolved() && in_question(card));
    let action = found.verdict.action;
    card.action_suggested = if is_unsafe { CardAction::Escalate } else { action };
    card.suggestions = suggestions(client, &card);
    card.suggestions.retain(|suggestion| !(is_unsafe && adds_strain(suggestion.kind)));
    card.summary = summary::summary(client, as_of, found, before, &card);
    card
}

fn lapse_risk(lapse: &Lapse, as_of: Day, edition: &Edition) -> Finding {
    let severity = if lapse.probability >= edition.high_probability {
        Severity::High
    } else {
        Severity::Medium
    };
    Finding::flag(severity, Flag::LapseRisk, as_of - 27..=as_of)
        .number("probability", lapse.probability)
        .saying(lapse.drivers.join(", "))
}

/// Proposes what a coach may accept: nothing is applied before.
fn suggestions(client: &ClientHistory, card: &JobCard) -> Vec<Suggestion> {
    let bears = |flag: Flag| card.flags.iter().any(|name| name.flag == flag);
    let mut suggestions = Vec::new();
    let mut suggest = |kind, reason: &str, values: &[(&str, f64)]| {
        suggestions.push(Suggestion {
            kind,
            reason: reason.to_owned(),
            values: values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect(),
            answer: None,
        });
    };
    if bears(Flag::RapidWeightLoss) {
        suggest(SuggestionKind::Refeed, "weight falls faster than 1.5% a week", &[]);
    }
    if bears(Flag::RecoveryRisk) {
        suggest(SuggestionKind::Deload, "sore for days without progress", &[]);
    }
    if bears(Flag::LogAnomaly) {
        suggest(SuggestionKind::RecheckLogs, "the logs deserve a second look", &[]);
    }
    if bears(Flag::LiftPlateau) && !bears(Flag::RecoveryRisk) {
        suggest(SuggestionKind::BlockChange, "no progress over six weeks", &[]);
    }
    let minutes = client.profile.cardio_minutes + MORE_CARDIO;
    let stalls = bears(Flag::WeightStall) || bears(Flag::CutFailure);
    if stalls && client.profile.goal == Goal::Cut && minutes <= MOST_CARDIO {
        let reason = "weight does not fall; ten minutes more before any food is cut";
        suggest(SuggestionKind::Cardio, reason, &[("minutes", f64::from(minutes))]);
    }
    if card.action_suggested == CardAction::Callout || bears(Flag::LapseRisk) {
        suggest(SuggestionKind::Message, "speak to him before the week begins", &[]);
    }
    suggestions
}

#[cfg(test)]
mod tests;
