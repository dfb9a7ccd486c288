use jiff::{Timestamp, civil::Date};

use crate::{
    Dossier, Effect, Id,
    calendar::days_after,
    record::{
        Actor, CardAction, CardSource, CardState, Carried, Choice, JobCard, Resolution,
        SuggestionKind,
    },
};

/// Returns the first date of a coming cycle for which a plan was asked for and nobody chose one, as
/// the week stands that ends on the closed local date `as_of`.
pub fn unanswered_cycle(dossier: &Dossier, as_of: Date) -> Option<Date> {
    let coming = days_after(as_of, 1)..=days_after(as_of, 7);
    dossier
        .plans
        .iter()
        .find(|plan| coming.contains(&plan.cycle_start) && plan.choice == Choice::NoResponse)
        .map(|plan| plan.cycle_start)
}

/// Stores what the weekly scan found about a client: `found`, a fresh card with `id`, beside the
/// client's cards as they stand (`cards`: the unresolved ones, and that of the same Sunday).
///
/// The card of the same Sunday is updated where the scan found something else than before, and
/// otherwise nothing happens. A new one absorbs the client's unresolved infraction card and earlier
/// weekly cards: their evidence moves over and they are merged. A closed card opens only when a
/// flag was added; one without flags is closed by the program.
pub fn weekly(
    cards: &[JobCard],
    mut found: JobCard,
    id: Id<JobCard>,
    now: Timestamp,
) -> Vec<Effect> {
    let (user_id, date) = (found.user_id, found.date);
    let of_client = || cards.iter().filter(|card| card.user_id == user_id);
    let stored =
        of_client().find(|card| card.source == CardSource::WeeklyScan && card.date == date);
    let absorbed: Vec<&JobCard> = of_client()
        .filter(|card| card.state.is_unresolved())
        .filter(|card| match card.source {
            // The scan's Sunday is a UTC date; a client's own may be one ahead.
            CardSource::Infraction => card.date <= days_after(date, 1),
            CardSource::WeeklyScan => card.date < date,
            CardSource::Checkin | CardSource::System | CardSource::Manual => false,
        })
        .collect();
    if let Some(stored) = stored
        && (stored.state == CardState::Merged || (absorbed.is_empty() && is_same(stored, &found)))
    {
        return Vec::new();
    }
    if of_client().any(|card| card.state.is_unresolved() && card.bears_safety_flag())
        || found.bears_safety_flag()
    {
        found.suggestions.retain(|suggestion| !adds_strain(suggestion.kind));
    }

    let mut card = found;
    card.id = Some(stored.and_then(|card| card.id).unwrap_or(id));
    card.source = CardSource::WeeklyScan;
    card.timestamp = now;
    if let Some(stored) = stored {
        card.state = stored.state;
        card.resolved = stored.resolved;
        card.resolution.clone_from(&stored.resolution);
        card.snooze = stored.snooze;
        card.notes.clone_from(&stored.notes);
        stored.carried.iter().for_each(|carried| card.carry(carried.clone()));
    }
    for other in &absorbed {
        absorb(&mut card, other);
    }
    settle(&mut card, stored, now);

    let merged = absorbed.into_iter().map(|other| {
        Effect::Card(JobCard {
            state: CardState::Merged,
            merged_into: card.id,
            snooze: None,
            timestamp: now,
            ..other.clone()
        })
    });
    let mut effects: Vec<Effect> = merged.collect();
    effects.push(Effect::Card(card));
    effects
}

/// Whether a scan found what an earlier one of the same Sunday had found.
fn is_same(stored: &JobCard, found: &JobCard) -> bool {
    stored.evidence == found.evidence
        && stored.wins == found.wins
        && (stored.window_start, stored.window_end) == (found.window_start, found.window_end)
        && (&stored.model_version, stored.policy_version)
            == (&found.model_version, found.policy_version)
}

/// Moves a card's evidence over. What this week's scan has found again is newer here, and stays on
/// the merged card; an escalation holds on.
fn absorb(card: &mut JobCard, other: &JobCard) {
    let own = other.evidence.iter().map(|evidence| Carried {
        evidence: evidence.clone(),
        severity: other.severity,
        action: other.action_suggested,
        from: other.id,
    });
    let found: Vec<_> = card.evidence.iter().map(|evidence| evidence.flag.clone()).collect();
    let since = card.window_start;
    for carried in own.chain(other.carried.iter().cloned()) {
        let is_older = since.is_some_and(|since| carried.evidence.window_end < since);
        if !(is_older && found.contains(&carried.evidence.flag)) {
            card.carry(carried);
        }
    }
    let escalated = |resolution: &Resolution| resolution.action == CardAction::Escalate;
    if card.resolution.is_none()
        && let Some(resolution) = other.resolution.as_ref().filter(|taken| escalated(taken))
    {
        card.resolution = Some(resolution.clone());
    }
}

/// Decides where the card stands: open, as it was, or closed for want of anything to say.
fn settle(card: &mut JobCard, stored: Option<&JobCard>, now: Timestamp) {
    let silent = card.flags.is_empty();
    match stored {
        Some(stored) => {
            let added = card.flags.iter().any(|flag| !stored.flags.contains(flag));
            let closed = matches!(stored.state, CardState::Resolved | CardState::Dismissed);
            let wakes = stored.state == CardState::Snoozed && card.is_worse_than(stored);
            if closed && added {
                card.reopen();
            } else if wakes {
                card.wake();
            } else if !closed && silent {
                close(card, now);
            }
        }
        None if silent => close(card, now),
        None => {}
    }
}

fn close(card: &mut JobCard, now: Timestamp) {
    card.state = CardState::Resolved;
    card.resolved = true;
    card.snooze = None;
    card.resolution = Some(Resolution {
        action: CardAction::None,
        note: String::new(),
        by: Actor::System,
        at: now,
        dismissed: None,
    });
}

/// Returns whether a suggestion may raise load or cut food: the values alone would tell, and a
/// coach in a hurry may not read them.
pub const fn adds_strain(kind: SuggestionKind) -> bool {
    match kind {
        SuggestionKind::Macros | SuggestionKind::Cardio | SuggestionKind::BlockChange => true,
        SuggestionKind::Message
        | SuggestionKind::Refeed
        | SuggestionKind::Deload
        | SuggestionKind::RecheckLogs => false,
    }
}
