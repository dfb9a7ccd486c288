//! What a coach decides, read out of a request.

use regiment_core::Invalid;
use regiment_core::record::{
    CardAction, DismissReason, FlagName, Judgment, Snooze, SuggestionAnswer, Taken, Verdict,
};
use regiment_proto::v1;
use regiment_proto::v1::resolve::Action;
use regiment_proto::v1::snooze::End;
use regiment_proto::v1::verdict::Verdict as Asked;

use crate::server::convert::{chosen, date, instant};
use crate::status::Violations;

/// The path of a message in its request.
#[derive(Debug, Clone)]
pub(super) struct At(pub(super) String);

impl At {
    /// The request itself.
    pub(super) const TOP: Self = Self(String::new());

    /// Returns the path of a field of the message.
    pub(super) fn of(&self, field: &str) -> Self {
        if self.0.is_empty() { Self(field.to_owned()) } else { Self(format!("{}.{field}", self.0)) }
    }
}

/// A decision, and where what an engine refuses of it stands.
type Read = Option<(Verdict, At)>;

pub(super) fn read(at: &At, verdict: Option<v1::Verdict>, violations: &mut Violations) -> Read {
    let refuse = |violations: &mut Violations| {
        let accepted = "what to do, and anything but raise";
        violations.add(&at.0, &Invalid::new("verdict", "", accepted));
        None
    };
    match verdict.and_then(|verdict| verdict.verdict) {
        None | Some(Asked::Raise(_)) => refuse(violations),
        Some(Asked::Acknowledge(_)) => Some((Verdict::Acknowledge, at.of("acknowledge"))),
        Some(Asked::Reopen(_)) => Some((Verdict::Reopen, at.of("reopen"))),
        Some(Asked::Note(v1::Note { text })) => Some((Verdict::Note { text }, at.of("note"))),
        Some(Asked::Resolve(asked)) => resolve(&at.of("resolve"), asked, violations),
        Some(Asked::Snooze(asked)) => snooze(&at.of("snooze"), asked, violations),
        Some(Asked::Dismiss(asked)) => dismiss(&at.of("dismiss"), asked, violations),
        Some(Asked::Answer(asked)) => answer(&at.of("answer"), asked, violations),
        Some(Asked::Judge(asked)) => judge(&at.of("judge"), asked, violations),
        Some(Asked::Undo(v1::Undo { decision })) => undo(&at.of("undo"), &decision, violations),
    }
}

pub(super) fn resolve(at: &At, asked: v1::Resolve, violations: &mut Violations) -> Read {
    let v1::Resolve { action, note } = asked;
    let (taken, at) = match action {
        None => {
            let accepted = "with an action, or one that is only recorded";
            violations.add(&at.0, &Invalid::new("resolve", "", accepted));
            return None;
        }
        Some(Action::Recorded(number)) => {
            let accepted = "none, callout, reassign, pause or escalate";
            let at = at.of("recorded");
            let action = chosen::<CardAction, v1::CardAction>("recorded", number, accepted);
            (Taken::Recorded(violations.check(&at.0, action)?), at)
        }
        Some(Action::Callout(v1::Callout { text })) => (Taken::Callout { text }, at.of("callout")),
        Some(Action::Reassign(v1::Reassign { training_template_id })) => {
            let at = at.of("reassign");
            let path = at.of("training_template_id");
            let block = violations.check(&path.0, training_template_id.parse())?;
            (Taken::Reassign { block }, at)
        }
        Some(Action::Pause(v1::Pause { until })) => {
            let at = at.of("pause");
            let until = date("until", &until).and_then(|until| {
                until.ok_or_else(|| Invalid::new("until", "", "a date as YYYY-MM-DD"))
            });
            (Taken::Pause { until: violations.check(&at.of("until").0, until)? }, at)
        }
        Some(Action::Escalate(v1::Escalate {})) => (Taken::Escalate, at.of("escalate")),
    };
    Some((Verdict::Resolve { taken, note }, at))
}

pub(super) fn snooze(at: &At, asked: v1::Snooze, violations: &mut Violations) -> Read {
    let until = match asked.end {
        Some(End::Until(until)) => {
            let until = violations.check(&at.of("until").0, instant("until", Some(until)))?;
            Snooze::At(until?)
        }
        Some(End::NextCheckin(true)) => Snooze::NextCheckin,
        Some(End::Worse(true)) => Snooze::Worse,
        None | Some(End::NextCheckin(false) | End::Worse(false)) => {
            let accepted = "until an instant, the next check-in, or until it gets worse";
            violations.add(&at.0, &Invalid::new("snooze", "", accepted));
            return None;
        }
    };
    Some((Verdict::Snooze { until }, at.clone()))
}

pub(super) fn dismiss(at: &At, asked: v1::Dismiss, violations: &mut Violations) -> Read {
    let v1::Dismiss { reason, note } = asked;
    let accepted = "wrong, known, not now or not useful";
    let reason = chosen::<DismissReason, v1::DismissReason>("reason", reason, accepted);
    let reason = violations.check(&at.of("reason").0, reason)?;
    Some((Verdict::Dismiss { reason, note }, at.clone()))
}

pub(super) fn answer(at: &At, asked: v1::Answer, violations: &mut Violations) -> Read {
    let v1::Answer { suggestion, answer, values, text } = asked;
    let place = usize::try_from(suggestion)
        .map_err(|_| Invalid::new("suggestion", suggestion, "a place from 0"));
    let place = violations.check(&at.of("suggestion").0, place);
    let accepted = "accepted, edited or rejected";
    let answer = chosen::<SuggestionAnswer, v1::SuggestionAnswer>("answer", answer, accepted);
    let answer = violations.check(&at.of("answer").0, answer);
    let text = Some(text).filter(|text| !text.is_empty());
    let values = values.into_iter().collect();
    let verdict = Verdict::Answer { suggestion: place?, answer: answer?, values, text };
    Some((verdict, at.clone()))
}

pub(super) fn judge(at: &At, asked: v1::Judge, violations: &mut Violations) -> Read {
    let v1::Judge { flag, judgment } = asked;
    let flag = violations.check(&at.of("flag").0, flag.parse::<FlagName>());
    let judgment = chosen::<Judgment, v1::FlagJudgment>("judgment", judgment, "right or wrong");
    let judgment = violations.check(&at.of("judgment").0, judgment);
    Some((Verdict::Judge { flag: flag?, judgment: judgment? }, at.clone()))
}

pub(super) fn undo(at: &At, decision: &str, violations: &mut Violations) -> Read {
    let decision = violations.check(&at.of("decision").0, decision.parse())?;
    Some((Verdict::Undo { decision }, at.clone()))
}
