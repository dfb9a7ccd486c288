//! What a coach reads first: facts with their numbers, what changed, what was done last time.

use regiment_core::engine::cards::SUMMARY_CHARACTERS;
use regiment_core::record::{
    CardAction, CardSource, DismissReason, Evidence, Flag, FlagName, JobCard,
};

use super::Found;
use crate::finding::{Finding, FindingKind, date_of};
use crate::history::{ClientHistory, Day};
use crate::rules::WEEK;

/// Sums a card up in whole sentences, the weightiest first, as far as they fit.
pub(super) fn summary(
    client: &ClientHistory,
    as_of: Day,
    found: &Found,
    before: &[JobCard],
    card: &JobCard,
) -> String {
    let mut sentences = Vec::new();
    let missing = missing_streams(client, as_of);
    if missing.len() == 4 || (missing.len() == 3 && client.profile.cardio_minutes == 0) {
        let (from, until) = (date_of(as_of - (WEEK - 1)), date_of(as_of));
        sentences.push(format!("No log of any kind from {from} to {until}."));
    }
    let flagged = found.others.iter().filter(|finding| finding.kind == FindingKind::Flag);
    let mut findings: Vec<&Finding> = found.verdict.flags.iter().chain(flagged).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    // What a flag implies is not said twice.
    let bears = |flag: Flag| findings.iter().any(|finding| finding.evidence.flag.flag == flag);
    let implied = |finding: &Finding| {
        let flag = finding.evidence.flag.flag;
        flag == Flag::StalledLift
            || flag == Flag::CutFailure && bears(Flag::UnreportedGain)
            || flag == Flag::SoftCompliance && bears(Flag::MealComplianceLow)
    };
    sentences.extend(findings.iter().filter(|f| !implied(f)).map(|f| sentence(&f.evidence)));
    if let Some(lapse) = found.lapse.as_ref().filter(|lapse| lapse.is_flagged) {
        let why = lapse.drivers.first().map_or_else(String::new, |why| format!(" ({why})"));
        sentences.push(format!(
            "Lapse risk {:.0}% for the next 7 days{why}.",
            100.0 * lapse.probability
        ));
    }
    sentences.extend(contradictions(found, card));
    let last = before
        .iter()
        .rev()
        .find(|other| other.source == CardSource::WeeklyScan && other.date < card.date);
    sentences.extend(last.and_then(|last| changed(last, card)));
    sentences.extend(last_time(before, card));
    let wins: Vec<String> = found.verdict.wins.iter().map(win).collect();
    if !wins.is_empty() {
        sentences.push(format!("Went well: {}.", wins.join(", ")));
    }
    if !missing.is_empty() && missing.len() < 3 {
        sentences.push(format!("No row this week: {}.", missing.join(", ")));
    }
    match (&card.model_version, &found.abstained) {
        (None, _) => sentences.push("Rules only.".to_owned()),
        (Some(_), Some(why)) => sentences.push(format!("No lapse risk: {why}.")),
        (Some(_), None) => {}
    }
    if sentences.is_empty() {
        sentences.push("A week without findings.".to_owned());
    }
    fitted(&sentences)
}

/// Joins whole sentences while they fit.
fn fitted(sentences: &[String]) -> String {
    let mut text = String::new();
    for sentence in sentences {
        let n = text.chars().count() + sentence.chars().count() + 1;
        if n > SUMMARY_CHARACTERS {
            if text.is_empty() {
                text = sentence.chars().take(SUMMARY_CHARACTERS).collect();
            }
            continue;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(sentence);
    }
    text
}

/// Names the streams that have no row in the week, of those that are asked for.
fn missing_streams(client: &ClientHistory, as_of: Day) -> Vec<&'static str> {
    let in_week = |day: Day| (as_of - (WEEK - 1)..=as_of).contains(&day);
    let streams = [
        ("meals", client.meals.iter().any(|row| in_week(row.day))),
        ("training", client.sets.iter().any(|row| in_week(row.day))),
        ("cardio", client.cardio.iter().any(|row| in_week(row.day))),
        ("check-ins", client.checkins.iter().any(|row| in_week(row.day))),
    ];
    let asked = |name: &str| name != "cardio" || client.profile.cardio_minutes > 0;
    streams.into_iter().filter(|(name, has)| !has && asked(name)).map(|(name, _)| name).collect()
}

/// Says a finding as a fact with its figures.
fn sentence(evidence: &Evidence) -> String {
    let n = |name: &str| evidence.numbers.get(name).copied().unwrap_or_default();
    let whole = |name: &str| format!("{:.0}", n(name));
    let on = when(evidence);
    let what = if evidence.detail.is_empty() {
        evidence.flag.about.clone().unwrap_or_default()
    } else {
        evidence.detail.clone()
    };
    match evidence.flag.flag {
        Flag::SoftCompliance => {
            format!("{} meals missed within two days{on}.", whole("missed_meals"))
        }
        Flag::MealComplianceLow => format!(
            "Meals {} of {} ({}%).",
            whole("completed_meals"),
            whole("logged_meals"),
            whole("percent")
        ),
        Flag::TrainingInconsistency => {
            format!("Top sets missed on {} dates{on}.", whole("missed_dates"))
        }
        Flag::NonRespondingClient => {
            format!("{} check-ins missed{on}.", whole("missed_checkins"))
        }
        Flag::GritViolation => format!(
            "Cardio missed {} and cut short {}{on}.",
            times(n("missed")),
            times(n("cut_short"))
        ),
        Flag::CardioUnderperformance => format!(
            "Cardio {} of {} minutes on {} days.",
            whole("minutes_done"),
            whole("minutes_assigned"),
            whole("cut_short")
        ),
        Flag::LiftPlateau => format!(
            "{what}: {:+.2}% a week over {} sessions, at most {:+.2}%.",
            n("percent_per_week"),
            whole("sessions"),
            n("percent_per_week_at_most")
        ),
        Flag::WeightStall => {
            format!("Weight stands ({:+.1} kg) with every meal done.", n("change_kg"))
        }
        Flag::CutFailure | Flag::BulkFailure | Flag::RapidWeightLoss => format!(
            "Weight {:+.1} kg ({:+.1}%) over the week, {} weigh-ins.",
            n("change_kg"),
            n("change_percent"),
            whole("weigh_ins")
        ),
        Flag::UnreportedGain => format!(
            "Weight {:+.1} kg on a cut, with {} check-ins missed.",
            n("change_kg"),
            whole("missed_checkins")
        ),
        Flag::MoodDrop => format!("Mood bad or stress high on {} dates{on}.", whole("low_dates")),
        Flag::RecoveryRisk => format!("Very sore on {} dates{on}.", whole("sore_dates")),
        Flag::SilentClient => format!("Silent: {} items missed in a row of days.", whole("missed")),
        Flag::NoResponse => "No plan chosen for the coming cycle.".to_owned(),
        Flag::FlagParseError => format!("A row could not be read: {what}."),
        Flag::NoteConcern => format!("A note speaks of {}{on}.", subject(&evidence.flag)),
        Flag::LogAnomaly => format!("Logs: {what}."),
        Flag::StalledLift
        | Flag::LapseRisk
        | Flag::BlockComplete
        | Flag::TemplateMissing
        | Flag::ExerciseMissing
        | Flag::PlanGap
        | Flag::Unreachable
        | Flag::Escalation
        | Flag::HeldBack
        | Flag::Manual => format!("{}.", evidence.flag.in_words()),
    }
}

fn subject(flag: &FlagName) -> String {
    flag.about.clone().unwrap_or_default().replace('_', " ")
}

/// Says how often, as one does.
fn times(n: f64) -> String {
    match format!("{n:.0}").as_str() {
        "1" => "once".to_owned(),
        "2" => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

/// Names up to three dates.
fn when(evidence: &Evidence) -> String {
    let dates: Vec<String> =
        evidence.dates.iter().take(3).map(|date| date.strftime("%-d %b").to_string()).collect();
    match (dates.len(), evidence.dates.len() > 3) {
        (0, _) => String::new(),
        (_, true) => format!(" ({} …)", dates.join(", ")),
        (_, false) => format!(" ({})", dates.join(", ")),
    }
}

/// Says where the statistics speak against a rule.
fn contradictions(found: &Found, card: &JobCard) -> Vec<String> {
    let speaks_against = |finding: &Finding| {
        finding.kind == FindingKind::Beside
            && card.flags.contains(&finding.evidence.flag)
            && finding
                .evidence
                .numbers
                .iter()
                .any(|(name, value)| name.starts_with("contradicts_") && *value > 0.5)
    };
    let flags = found.others.iter().filter(|finding| speaks_against(finding));
    flags
        .map(|finding| format!("The trend speaks against {}.", finding.evidence.flag.in_words()))
        .take(1)
        .collect()
}

/// Says what is new and what is over since last week's card.
fn changed(last: &JobCard, card: &JobCard) -> Option<String> {
    let names = |of: &JobCard, other: &JobCard| {
        let only = of.flags.iter().filter(|flag| !other.flags.contains(flag));
        let mut names: Vec<String> = only.map(FlagName::in_words).collect();
        names.dedup();
        names.truncate(4);
        names.join(", ")
    };
    let (new, over) = (names(card, last), names(last, card));
    match (new.is_empty(), over.is_empty()) {
        (true, true) if card.flags.is_empty() => None,
        (true, true) => Some("Unchanged since last week.".to_owned()),
        (false, true) => Some(format!("New since last week: {new}.")),
        (true, false) => Some(format!("Over since last week: {over}.")),
        (false, false) => Some(format!("New since last week: {new}; over: {over}.")),
    }
}

/// Says how the last card with any of these flags was closed.
fn last_time(before: &[JobCard], card: &JobCard) -> Option<String> {
    let shares = |other: &&JobCard| other.flags.iter().any(|flag| card.flags.contains(flag));
    let closed = before
        .iter()
        .rev()
        .filter(shares)
        .find_map(|other| other.resolution.as_ref().map(|resolution| (other.date, resolution)));
    let (date, resolution) = closed?;
    let what = match (resolution.dismissed, resolution.action) {
        (Some(DismissReason::Wrong), _) => "dismissed as wrong",
        (Some(DismissReason::Known), _) => "dismissed as known",
        (Some(DismissReason::NotNow), _) => "put off",
        (Some(DismissReason::NotUseful), _) => "dismissed as not useful",
        (None, CardAction::None) => "closed without action",
        (None, CardAction::Callout) => "callout",
        (None, CardAction::Reassign) => "another block",
        (None, CardAction::Pause) => "pause",
        (None, CardAction::Escalate) => "escalated",
    };
    let note: String = resolution.note.chars().take(60).collect();
    let note = if note.is_empty() { note } else { format!(", “{note}”") };
    Some(format!("Last time ({}): {what}{note}.", date.strftime("%-d %b")))
}

fn win(win: &crate::rules::Win) -> String {
    let name = win.name.0.split(':').next().unwrap_or_default();
    match name {
        "perfect_week" => "a perfect week".to_owned(),
        "weight_on_target" => "weight on target".to_owned(),
        _ => {
            let kg = win.numbers.get("best_e1rm_kg").map(|kg| format!(" {kg:.1} kg"));
            format!("record {}{}", win.detail, kg.unwrap_or_default())
        }
    }
}
