//! A card as a coach reads it.

use regiment_core::engine::cards::{draft, last_undoable};
use regiment_core::record::{
    Actor, CardAction, CardDecision, CardNote, CardSource, CardState, Carried, DismissReason,
    Evidence, JobCard, Judgment, Resolution, Severity, Snooze, Stood, Suggestion, SuggestionAnswer,
    SuggestionKind, Taken, Verdict, WinName,
};
use regiment_core::regiment::ShownCard;
use regiment_core::{Id, UserId};
use regiment_proto::v1;
use regiment_proto::v1::resolve::Action;
use regiment_proto::v1::snooze::End;
use regiment_proto::v1::verdict::Verdict as Said;

use crate::server::convert::{Twin, proto_instant, saturating, text, twins};

twins! {
    CardAction = CardAction: None, Callout, Reassign, Pause, Escalate;
    CardSource = CardSource: WeeklyScan, Infraction, Checkin, System, Manual;
    CardState = CardState: Open, Acknowledged, Snoozed, Resolved, Dismissed, Merged;
    DismissReason = DismissReason: Wrong, Known, NotNow, NotUseful;
    Judgment = FlagJudgment: Right, Wrong;
    Severity = Severity: Low, Medium, High, Critical;
    SuggestionAnswer = SuggestionAnswer: Accepted, Edited, Rejected;
    SuggestionKind = SuggestionKind: Message, Macros, Cardio, Refeed, BlockChange, Deload, RecheckLogs;
}

/// Shows a card with what was decided on it, oldest first.
pub(super) fn with_decisions(shown: ShownCard, decided: &[CardDecision]) -> v1::JobCard {
    let trace = shown.card.trace.as_ref().map(ToString::to_string);
    v1::JobCard {
        undoable_decision: text(last_undoable(decided).map(|decision| decision.id)),
        decisions: decided.iter().cloned().map(decision).collect(),
        trace: trace.unwrap_or_default(),
        ..card(shown)
    }
}

/// Shows a card as lists do.
pub(super) fn card(shown: ShownCard) -> v1::JobCard {
    let ShownCard { card, version, client, earlier } = shown;
    let earlier = earlier.map(|earlier| earlier_card(earlier, &card));
    let callout_draft = draft(&card);
    let safety = card.bears_safety_flag();
    let JobCard {
        user_id,
        date,
        timestamp,
        summary,
        flags,
        action_suggested,
        resolved,
        id,
        source,
        severity,
        priority,
        wins,
        evidence,
        window_start,
        window_end,
        state,
        resolution,
        suggestions,
        goal,
        block_id,
        week,
        model_version,
        policy_version,
        merged_into,
        carried,
        notes,
        snooze: snoozed,
        trace: _,
    } = card;
    let own =
        evidence.into_iter().map(|found| v1::Evidence { carried: false, ..shown_evidence(found) });
    let brought = carried.into_iter().map(|brought| carried_evidence(user_id, brought));
    v1::JobCard {
        name: text(id.map(|id| card_name(user_id, id))),
        client: format!("clients/{user_id}"),
        date: date.to_string(),
        raise_time: Some(proto_instant(timestamp)),
        summary,
        flags: flags.iter().map(ToString::to_string).collect(),
        safety,
        action_suggested: v1::CardAction::from_record(action_suggested).into(),
        resolved,
        source: v1::CardSource::from_record(source).into(),
        severity: v1::Severity::from_record(severity).into(),
        priority,
        wins: wins.into_iter().map(|WinName(name)| name).collect(),
        evidence: own.chain(brought).collect(),
        window_start: text(window_start),
        window_end: text(window_end),
        state: v1::CardState::from_record(state).into(),
        resolution: resolution.map(shown_resolution),
        suggestions: suggestions.into_iter().map(suggestion).collect(),
        goal: goal.map_or(v1::Goal::Unspecified, v1::Goal::from_record).into(),
        block_id: text(block_id),
        week: week.map_or(0, saturating),
        model_version: model_version.unwrap_or_default(),
        policy_version: policy_version.map_or(0, saturating),
        merged_into: text(merged_into.map(|id| card_name(user_id, id))),
        notes: notes.into_iter().map(note).collect(),
        snooze: snoozed.map(snooze),
        display_name: client.name.unwrap_or_default(),
        alias: client.alias.unwrap_or_default(),
        photo_url: client.photo_url.unwrap_or_default(),
        earlier,
        callout_draft,
        decisions: Vec::new(),
        undoable_decision: String::new(),
        trace: String::new(),
        etag: version.to_string(),
    }
}

pub(super) fn card_name(user_id: UserId, id: Id<JobCard>) -> String {
    format!("clients/{user_id}/jobCards/{id}")
}

fn earlier_card(earlier: JobCard, now: &JobCard) -> v1::EarlierCard {
    let only_in = |one: &JobCard, other: &JobCard| {
        let flags = one.flags.iter().filter(|flag| !other.flags.contains(flag));
        flags.map(ToString::to_string).collect()
    };
    v1::EarlierCard {
        name: text(earlier.id.map(|id| card_name(earlier.user_id, id))),
        date: earlier.date.to_string(),
        state: v1::CardState::from_record(earlier.state).into(),
        new_flags: only_in(now, &earlier),
        gone_flags: only_in(&earlier, now),
        resolution: earlier.resolution.map(shown_resolution),
    }
}

fn shown_evidence(evidence: Evidence) -> v1::Evidence {
    let Evidence { flag, window_start, window_end, dates, numbers, detail } = evidence;
    v1::Evidence {
        flag: flag.to_string(),
        window_start: window_start.to_string(),
        window_end: window_end.to_string(),
        dates: dates.iter().map(ToString::to_string).collect(),
        numbers: numbers.into_iter().collect(),
        detail,
        carried: true,
        from_card: String::new(),
    }
}

fn carried_evidence(user_id: UserId, carried: Carried) -> v1::Evidence {
    let Carried { evidence, severity: _, action: _, from } = carried;
    let from_card = text(from.map(|id| card_name(user_id, id)));
    v1::Evidence { from_card, ..shown_evidence(evidence) }
}

fn suggestion(suggestion: Suggestion) -> v1::Suggestion {
    let Suggestion { kind, reason, values, answer } = suggestion;
    let answer =
        answer.map_or(v1::SuggestionAnswer::Unspecified, v1::SuggestionAnswer::from_record);
    v1::Suggestion {
        kind: v1::SuggestionKind::from_record(kind).into(),
        reason,
        values: values.into_iter().collect(),
        answer: answer.into(),
    }
}

fn shown_resolution(resolution: Resolution) -> v1::Resolution {
    let Resolution { action, note, by, at, dismissed } = resolution;
    let dismissed =
        dismissed.map_or(v1::DismissReason::Unspecified, v1::DismissReason::from_record);
    v1::Resolution {
        action: v1::CardAction::from_record(action).into(),
        note,
        actor: Some(actor(&by)),
        resolve_time: Some(proto_instant(at)),
        dismissed: dismissed.into(),
    }
}

fn note(note: CardNote) -> v1::CardNote {
    let CardNote { text, by, at } = note;
    v1::CardNote { text, actor: Some(actor(&by)), create_time: Some(proto_instant(at)) }
}

fn snooze(snooze: Snooze) -> v1::Snooze {
    let end = match snooze {
        Snooze::At(at) => End::Until(proto_instant(at)),
        Snooze::NextCheckin => End::NextCheckin(true),
        Snooze::Worse => End::Worse(true),
    };
    v1::Snooze { end: Some(end) }
}

fn decision(decision: CardDecision) -> v1::CardDecision {
    let CardDecision { id, number, at, by, verdict, stood, .. } = decision;
    let Stood { state, resolution: _, snooze: _ } = stood;
    v1::CardDecision {
        id: id.to_string(),
        number: saturating(number),
        verdict: Some(v1::Verdict { verdict: Some(said(verdict)) }),
        actor: Some(actor(&by)),
        decide_time: Some(proto_instant(at)),
        state_before: v1::CardState::from_record(state).into(),
    }
}

fn said(verdict: Verdict) -> Said {
    match verdict {
        Verdict::Acknowledge => Said::Acknowledge(v1::Acknowledge {}),
        Verdict::Resolve { taken, note } => {
            let action = Some(taken_action(taken));
            Said::Resolve(v1::Resolve { action, note })
        }
        Verdict::Snooze { until } => Said::Snooze(snooze(until)),
        Verdict::Dismiss { reason, note } => {
            let reason = v1::DismissReason::from_record(reason).into();
            Said::Dismiss(v1::Dismiss { reason, note })
        }
        Verdict::Reopen => Said::Reopen(v1::Reopen {}),
        Verdict::Note { text } => Said::Note(v1::Note { text }),
        Verdict::Raise => Said::Raise(v1::Raise {}),
        Verdict::Answer { suggestion, answer, values, text } => Said::Answer(v1::Answer {
            suggestion: i32::try_from(suggestion).unwrap_or(i32::MAX),
            answer: v1::SuggestionAnswer::from_record(answer).into(),
            values: values.into_iter().collect(),
            text: text.unwrap_or_default(),
        }),
        Verdict::Judge { flag, judgment } => Said::Judge(v1::Judge {
            flag: flag.to_string(),
            judgment: v1::FlagJudgment::from_record(judgment).into(),
        }),
        Verdict::Undo { decision } => Said::Undo(v1::Undo { decision: decision.to_string() }),
    }
}

fn taken_action(taken: Taken) -> Action {
    match taken {
        Taken::Recorded(action) => Action::Recorded(v1::CardAction::from_record(action).into()),
        Taken::Callout { text } => Action::Callout(v1::Callout { text }),
        Taken::Reassign { block } => {
            Action::Reassign(v1::Reassign { training_template_id: block.to_string() })
        }
        Taken::Pause { until } => Action::Pause(v1::Pause { until: until.to_string() }),
        Taken::Escalate => Action::Escalate(v1::Escalate {}),
    }
}

fn actor(actor: &Actor) -> v1::ActorRef {
    let id = match actor {
        Actor::System => String::new(),
        Actor::Client(user_id) => user_id.to_string(),
        Actor::Coach(id) | Actor::Admin(id) => id.clone(),
    };
    v1::ActorRef { role: actor.role().to_owned(), id }
}
