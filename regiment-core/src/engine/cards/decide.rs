use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::{Finding, SUMMARY_CHARACTERS, weekly::adds_strain};
use crate::{
    Dossier, Effect, Id, Invalid, Library,
    calendar::local_date,
    engine::{Refusal, onboarding},
    measure::Minutes,
    message::{Dispatch, Message, Priority, Recipient},
    record::{
        Actor, AlertKind, CardAction, CardDecision, CardNote, CardSource, CardState, ClientProfile,
        Evidence, Flag, FlagName, JobCard, Macros, Resolution, Severity, Snooze, Stood, Suggestion,
        SuggestionAnswer, SuggestionKind, Taken, Verdict,
    },
};

/// The longest text that a coach may send or write down, characters.
const TEXT_CHARACTERS: usize = 1_800;

/// What a decision is about.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The client.
    pub dossier: &'a Dossier,
    /// The card, as it stands.
    pub card: &'a JobCard,
    /// What was decided on it so far, oldest first.
    pub decided: &'a [CardDecision],
    /// What may be assigned.
    pub library: &'a Library,
    /// The id that the decision gets.
    pub id: Id<CardDecision>,
    /// Who decides.
    pub by: &'a Actor,
    /// When.
    pub now: Timestamp,
}

/// Carries out a coach's decision on a card, and keeps it.
///
/// # Errors
/// [`Refusal`] for anybody but staff, for a decision that the card's state does not allow, and for
/// an action that can't be performed: then nothing of it happens.
pub fn decide(case: &Case<'_>, verdict: Verdict) -> Result<Vec<Effect>, Refusal> {
    let Case { card, now, .. } = *case;
    if !case.by.is_staff() {
        return Err(Refusal::CoachOnly { to: "decide on cards" });
    }
    let Some(card_id) = card.id else { return Err(Refusal::NoCard) };
    let moves = !matches!(verdict, Verdict::Note { .. } | Verdict::Judge { .. });
    if card.state == CardState::Merged && moves {
        return Err(Refusal::CardState { state: card.state });
    }
    let mut next = card.clone();
    let mut effects = Vec::new();
    match &verdict {
        Verdict::Acknowledge => {
            only_unresolved(card)?;
            next.state = CardState::Acknowledged;
            next.snooze = None;
        }
        Verdict::Resolve { taken, note } => {
            only_unresolved(card)?;
            effects.extend(perform(case, card_id, taken, note)?);
            let escalates = *taken == Taken::Escalate;
            next.resolution = Some(resolution(case, taken.action(), note));
            next.state = if escalates { CardState::Acknowledged } else { CardState::Resolved };
            next.resolved = !escalates;
            next.snooze = None;
        }
        Verdict::Snooze { until } => {
            only_unresolved(card)?;
            if let Snooze::At(at) = until
                && *at <= now
            {
                return Err(Invalid::new("until", at, format!("after {now}")).into());
            }
            next.state = CardState::Snoozed;
            next.snooze = Some(*until);
        }
        Verdict::Dismiss { reason, note } => {
            only_unresolved(card)?;
            next.state = CardState::Dismissed;
            next.resolved = true;
            next.snooze = None;
            next.resolution = Some(Resolution {
                dismissed: Some(*reason),
                ..resolution(case, CardAction::None, note)
            });
        }
        Verdict::Reopen => {
            if card.state.is_unresolved() && card.state != CardState::Snoozed {
                return Err(Refusal::CardState { state: card.state });
            }
            next.reopen();
        }
        Verdict::Note { text } => {
            let text = text_of("text", text)?;
            next.notes.push(CardNote { text, by: case.by.clone(), at: now });
        }
        Verdict::Raise => return Err(Refusal::CardState { state: card.state }),
        Verdict::Judge { flag, judgment: _ } => {
            if !card.flags.contains(flag) {
                let flags: Vec<String> = card.flags.iter().map(ToString::to_string).collect();
                let accepted = format!("a flag of the card: {}", flags.join(", "));
                return Err(Invalid::new("flag", flag, accepted).into());
            }
        }
        Verdict::Answer { suggestion, answer, values, text } => {
            let place = next.suggestions.get_mut(*suggestion);
            let waiting = place.filter(|suggestion| suggestion.answer.is_none());
            let Some(chosen) = waiting else { return Err(Refusal::NoSuggestion) };
            chosen.answer = Some(*answer);
            let chosen = chosen.clone();
            match answer {
                SuggestionAnswer::Rejected => {}
                SuggestionAnswer::Accepted => {
                    effects.extend(apply(case, &chosen, &chosen.values, text.as_deref())?);
                }
                SuggestionAnswer::Edited => {
                    effects.extend(apply(case, &chosen, values, text.as_deref())?);
                }
            }
        }
        Verdict::Undo { decision } => {
            let undone = last_undoable(case.decided)
                .filter(|last| last.id == *decision)
                .ok_or(Refusal::NothingToUndo)?;
            next.state = undone.stood.state;
            next.resolved = matches!(next.state, CardState::Resolved | CardState::Dismissed);
            next.resolution.clone_from(&undone.stood.resolution);
            next.snooze = undone.stood.snooze;
            effects.extend(resumed(case, undone)?);
        }
    }
    effects.push(Effect::Card(next));
    effects.push(Effect::Decided(decision(case, card, card_id, verdict)));
    Ok(effects)
}

/// Raises a card by hand, or adds to the client's card of the day. `label` names the flag in a few
/// words.
///
/// # Errors
/// [`Refusal`] for anybody but staff, and for a label or note out of bounds.
pub fn raise_manual(
    dossier: &Dossier,
    (label, note): (&str, &str),
    severity: Severity,
    by: &Actor,
    now: Timestamp,
) -> Result<Effect, Refusal> {
    if !by.is_staff() {
        return Err(Refusal::CoachOnly { to: "raise a flag" });
    }
    let label = label.trim();
    if !(1..=60).contains(&label.chars().count()) {
        return Err(Invalid::new("flag", label, "1 to 60 characters").into());
    }
    let today = local_date(&dossier.client.timezone_offset, now);
    let mut card =
        JobCard::open_or_find(&dossier.cards, dossier.user_id(), CardSource::Manual, today, now);
    card.goal = Some(dossier.client.goal);
    card.block_id.clone_from(&dossier.client.block_id);
    let evidence = Evidence {
        flag: FlagName::about(Flag::Manual, label),
        window_start: today,
        window_end: today,
        dates: vec![today],
        numbers: BTreeMap::new(),
        detail: note.trim().to_owned(),
    };
    let finding = Finding { evidence, severity, action: CardAction::Callout };
    card.add(finding.severity, finding.evidence);
    card.action_suggested = card.action_suggested.weightier(finding.action);
    card.summary =
        format!("{label}. {}", note.trim()).trim_end().chars().take(SUMMARY_CHARACTERS).collect();
    Ok(Effect::Card(card))
}

/// Wakes the cards that were put off until the client's next check-in, which has come or was
/// missed.
pub fn wake_on_checkin(dossier: &Dossier, now: Timestamp) -> Vec<Effect> {
    let waits = |card: &&JobCard| {
        card.state == CardState::Snoozed && card.snooze == Some(Snooze::NextCheckin)
    };
    let woken = dossier.cards.iter().filter(waits).map(|card| {
        let mut card = card.clone();
        card.wake();
        card.timestamp = now;
        Effect::Card(card)
    });
    woken.collect()
}

/// Drafts the private message of a callout, for the coach to edit: the facts of the card that the
/// client knows himself, and what is asked of him. Never a flag, a score or a macro.
pub fn draft(card: &JobCard) -> String {
    let mut facts: Vec<String> = Vec::new();
    let evidence = card.evidence.iter().chain(card.carried.iter().map(|c| &c.evidence));
    for evidence in evidence {
        let Some(what) = said(evidence.flag.flag) else { continue };
        let on = dates(&evidence.dates);
        let fact = if on.is_empty() { format!("{what}.") } else { format!("{what}: {on}.") };
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    facts.truncate(4);
    facts.push("Report in: what stands in the way, and what you do about it today.".to_owned());
    facts.join(" ")
}

/// Says a finding in the client's own terms; nothing where it is not his to read.
const fn said(flag: Flag) -> Option<&'static str> {
    match flag {
        Flag::SoftCompliance | Flag::MealComplianceLow => Some("Meals not logged"),
        Flag::TrainingInconsistency => Some("Sessions not completed"),
        Flag::NonRespondingClient | Flag::SilentClient => Some("No report"),
        Flag::GritViolation | Flag::CardioUnderperformance => Some("Cardio short of the order"),
        Flag::NoResponse => Some("No plan chosen"),
        Flag::StalledLift
        | Flag::LiftPlateau
        | Flag::WeightStall
        | Flag::CutFailure
        | Flag::UnreportedGain
        | Flag::BulkFailure
        | Flag::MoodDrop
        | Flag::RecoveryRisk
        | Flag::RapidWeightLoss
        | Flag::FlagParseError
        | Flag::LapseRisk
        | Flag::LogAnomaly
        | Flag::NoteConcern
        | Flag::BlockComplete
        | Flag::TemplateMissing
        | Flag::ExerciseMissing
        | Flag::PlanGap
        | Flag::Unreachable
        | Flag::Escalation
        | Flag::HeldBack
        | Flag::Manual => None,
    }
}

fn dates(dates: &[Date]) -> String {
    let dates: Vec<String> = dates.iter().map(|date| date.strftime("%-d %B").to_string()).collect();
    dates.join(", ")
}

fn only_unresolved(card: &JobCard) -> Result<(), Refusal> {
    if card.state.is_unresolved() { Ok(()) } else { Err(Refusal::CardState { state: card.state }) }
}

fn text_of(field: &'static str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let n = text.chars().count();
    if (1..=TEXT_CHARACTERS).contains(&n) {
        return Ok(text.to_owned());
    }
    let wanted = format!("1 to {TEXT_CHARACTERS} characters");
    Err(Invalid::new(field, format!("{n} characters"), wanted).into())
}

fn resolution(case: &Case<'_>, action: CardAction, note: &str) -> Resolution {
    Resolution {
        action,
        note: note.trim().to_owned(),
        by: case.by.clone(),
        at: case.now,
        dismissed: None,
    }
}

/// Performs what a coach resolves a card with.
fn perform(
    case: &Case<'_>,
    card_id: Id<JobCard>,
    taken: &Taken,
    note: &str,
) -> Result<Vec<Effect>, Refusal> {
    let Case { dossier, library, now, .. } = *case;
    match taken {
        Taken::Recorded(_) => Ok(Vec::new()),
        Taken::Callout { text } => Ok(vec![message(case, text)?]),
        Taken::Reassign { block } => onboarding::assign_block(dossier, library, block, now),
        Taken::Pause { until } => {
            let reason = if note.trim().is_empty() { "a job card" } else { note };
            onboarding::pause(dossier, Some(*until), reason, case.by.clone(), now)
        }
        Taken::Escalate => Ok(vec![Effect::Alert {
            kind: AlertKind::Escalation,
            severity: Severity::Critical,
            user_id: Some(dossier.user_id()),
            text: format!("a coach escalated card {card_id}"),
        }]),
    }
}

fn message(case: &Case<'_>, text: &str) -> Result<Effect, Refusal> {
    let user_id = case.dossier.user_id();
    Ok(Effect::Send(Dispatch {
        key: format!("{user_id}:card:{}", case.id),
        to: Recipient::Client(user_id),
        message: Message::Private { text: text_of("text", text)? },
        priority: Priority::Order,
        not_before: case.now,
        expires_at: None,
        delivers: None,
    }))
}

/// Applies a suggestion. A refeed, a deload, another block and a look at the logs are the coach's to
/// carry out: accepting them is kept and changes nothing else.
fn apply(
    case: &Case<'_>,
    suggestion: &Suggestion,
    values: &BTreeMap<String, f64>,
    text: Option<&str>,
) -> Result<Vec<Effect>, Refusal> {
    let Case { dossier, library, now, .. } = *case;
    let in_question = dossier
        .cards
        .iter()
        .chain([case.card])
        .any(|card| card.state.is_unresolved() && card.bears_safety_flag());
    if in_question && adds_strain(suggestion.kind) {
        return Err(Refusal::Unsafe);
    }
    let client = &dossier.client;
    let edited = match suggestion.kind {
        SuggestionKind::Message => {
            return Ok(vec![message(case, text.unwrap_or_default())?]);
        }
        SuggestionKind::Cardio => {
            let minutes = whole(values, "minutes")?;
            let minutes = Minutes::new(minutes).map_err(|e| e.named("values.minutes"))?;
            ClientProfile { cardio_minutes: Some(minutes), ..client.clone() }
        }
        SuggestionKind::Macros => {
            let macros = Macros::new(
                whole(values, "protein")?,
                whole(values, "carbs")?,
                whole(values, "fats")?,
            );
            let macros = macros.map_err(|refused| {
                let field = refused.field().replacen("macros", "values", 1);
                refused.named(field)
            })?;
            ClientProfile { macros: Some(macros), ..client.clone() }
        }
        SuggestionKind::Refeed
        | SuggestionKind::BlockChange
        | SuggestionKind::Deload
        | SuggestionKind::RecheckLogs => return Ok(Vec::new()),
    };
    onboarding::edit(dossier, library, edited, &[], Some(&suggestion.reason), now)
}

fn whole(values: &BTreeMap<String, f64>, field: &'static str) -> Result<i64, Refusal> {
    let path = || format!("values.{field}");
    let Some(value) = values.get(field) else {
        return Err(Invalid::new(path(), "nothing", "a whole number").into());
    };
    let rounded = value.round();
    if (rounded - value).abs() > 1e-9 || !(0.0..=10_000.0).contains(value) {
        return Err(Invalid::new(path(), value, "a whole number from 0 to 10000").into());
    }
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 10000")]
    Ok(rounded as i64)
}

/// Returns the last decision that moved the card and stands: the one that can be undone. `decided`
/// are the card's, oldest first.
pub fn last_undoable(decided: &[CardDecision]) -> Option<&CardDecision> {
    let undone = |id: Id<CardDecision>| {
        decided.iter().any(|d| matches!(d.verdict, Verdict::Undo { decision } if decision == id))
    };
    decided.iter().rev().find(|decision| {
        let moves = match decision.verdict {
            Verdict::Acknowledge
            | Verdict::Resolve { .. }
            | Verdict::Snooze { .. }
            | Verdict::Dismiss { .. }
            | Verdict::Reopen => true,
            Verdict::Note { .. }
            | Verdict::Raise
            | Verdict::Answer { .. }
            | Verdict::Judge { .. }
            | Verdict::Undo { .. } => false,
        };
        moves && !undone(decision.id)
    })
}

/// Ends the pause that an undone decision began, where it still lasts.
fn resumed(case: &Case<'_>, undone: &CardDecision) -> Result<Vec<Effect>, Refusal> {
    let client = &case.dossier.client;
    match &undone.verdict {
        Verdict::Resolve { taken: Taken::Pause { until }, .. }
            if client.paused && client.paused_until == Some(*until) =>
        {
            onboarding::resume(case.dossier, "the decision was undone", case.by.clone(), case.now)
        }
        Verdict::Resolve { .. }
        | Verdict::Acknowledge
        | Verdict::Snooze { .. }
        | Verdict::Dismiss { .. }
        | Verdict::Reopen
        | Verdict::Note { .. }
        | Verdict::Raise
        | Verdict::Answer { .. }
        | Verdict::Judge { .. }
        | Verdict::Undo { .. } => Ok(Vec::new()),
    }
}

fn decision(
    case: &Case<'_>,
    card: &JobCard,
    card_id: Id<JobCard>,
    verdict: Verdict,
) -> CardDecision {
    CardDecision {
        id: case.id,
        card: card_id,
        number: u32::try_from(case.decided.len()).map_or(u32::MAX, |n| n + 1),
        user_id: card.user_id,
        source: card.source,
        at: case.now,
        by: case.by.clone(),
        verdict,
        flags: card.flags.clone(),
        severity: card.severity,
        priority: card.priority,
        raised_at: card.timestamp,
        stood: Stood {
            state: card.state,
            resolution: card.resolution.clone(),
            snooze: card.snooze,
        },
    }
}
