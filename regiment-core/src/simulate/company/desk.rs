//! What the coach decides on his cards.

use jiff::civil::Date;

use crate::{
    record::{CardAction, DismissReason, JobCard, Severity, Taken, Verdict},
    simulate::{chance::key, person::Person},
};

impl Person {
    /// Returns what the coach decides about an unresolved card on the date `today`, or `None` where it
    /// waits for another day: the graver a card, the likelier he acts, and the rest he sets aside.
    pub(super) fn decides(&self, card: &JobCard, today: Date) -> Option<Verdict> {
        let mut draws = self.coached(today, key(card.source.as_str()));
        let is_safety = card.bears_safety_flag();
        draws.happens(if is_safety { 0.9 } else { 0.35 }).then_some(())?;
        let acts = match card.severity {
            _ if is_safety => 1.0,
            Severity::Critical | Severity::High => 0.85,
            Severity::Medium => 0.55,
            Severity::Low => 0.2,
        };
        let note = String::new();
        Some(if draws.happens(acts) {
            let suggested = card.action_suggested;
            let is_silent = suggested == CardAction::None;
            let action = if is_silent { CardAction::Callout } else { suggested };
            Verdict::Resolve { taken: Taken::Recorded(action), note }
        } else {
            let reasons = [
                (DismissReason::NotUseful, 0.4),
                (DismissReason::Known, 0.3),
                (DismissReason::NotNow, 0.2),
                (DismissReason::Wrong, 0.1),
            ];
            Verdict::Dismiss { reason: draws.weighted(&reasons), note }
        })
    }
}
