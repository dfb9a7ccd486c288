//! What `regiment scan` prints of a card.

use regiment_core::record::{Evidence, Flag, FlagName, JobCard};
use serde::Serialize;

use super::Trace;
use crate::history::ClientHistory;
use crate::rules::Verdict;

/// What the rules alone say of one client.
#[derive(Debug, Serialize)]
pub struct RulesLine<'a> {
    user_id: &'a str,
    flags: Vec<String>,
    wins: Vec<&'a str>,
    action_suggested: &'static str,
}

/// One client's line: what the rules say, and what stands beside it.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    #[serde(flatten)]
    rules: RulesLine<'a>,
    card_action: &'static str,
    model_flags: Vec<String>,
    severity: &'static str,
    priority: f64,
    summary: &'a str,
    evidence: &'a [Evidence],
    policy_version: Option<u32>,
    model_version: Option<&'a str>,
}

impl<'a> RulesLine<'a> {
    /// Takes a client, and what the rules say of the week.
    pub fn new(client: &'a ClientHistory, verdict: &'a Verdict) -> Self {
        Self {
            user_id: client.profile.user_id.as_str(),
            flags: texts(verdict.flags.iter().map(|finding| &finding.evidence.flag)),
            wins: verdict.wins.iter().map(|win| win.name.0.as_str()).collect(),
            action_suggested: verdict.action.as_str(),
        }
    }

    /// Takes a card that a scan has written.
    pub fn of(card: &'a JobCard) -> Self {
        let suggested = Trace::of(card).map_or(card.action_suggested, |trace| trace.rules_suggest);
        Self {
            user_id: card.user_id.as_str(),
            flags: texts(card.flags.iter().filter(|name| !is_of_models(name))),
            wins: card.wins.iter().map(|win| win.0.as_str()).collect(),
            action_suggested: suggested.as_str(),
        }
    }
}

impl<'a> Line<'a> {
    /// Takes a card that a scan has written.
    pub fn of(card: &'a JobCard) -> Self {
        Self {
            rules: RulesLine::of(card),
            card_action: card.action_suggested.as_str(),
            model_flags: texts(card.flags.iter().filter(|name| is_of_models(name))),
            severity: card.severity.as_str(),
            priority: card.priority,
            summary: &card.summary,
            evidence: &card.evidence,
            policy_version: card.policy_version,
            model_version: card.model_version.as_deref(),
        }
    }
}

/// Whether a flag is raised by models, anomalies or notes, and never by a rule.
fn is_of_models(name: &FlagName) -> bool {
    matches!(name.flag, Flag::LapseRisk | Flag::LogAnomaly | Flag::NoteConcern)
}

fn texts<'a>(flags: impl Iterator<Item = &'a FlagName>) -> Vec<String> {
    flags.map(ToString::to_string).collect()
}
