//! What else the buttons of an order do: the rest timer, the choice of a plan, the wish to be
//! excused.

use std::time::Duration;

use jiff::{SignedDuration, civil::Date};
use regiment_core::record::OrderKind;
use regiment_proto::v1::{
    ChoosePlanRequest, ExcuseReason, ExcuseSpan, RequestExcuseRequest, Stream,
};

use super::{Outcome, Visit, marks::Look, words};
use crate::{Action, Answer, Later, Note, Style, texts::Key};

/// The longest rest that is timed: Discord takes changes of an answer for 15 minutes.
const LONGEST_REST: u16 = 870;

impl Visit<'_> {
    /// Starts a rest timer.
    pub(super) fn rest(&self, seconds: u16) -> Answer {
        let ends = self.by.entered_at() + SignedDuration::from_secs(seconds.into());
        let note = words::note(
            self.texts(),
            words::with(Key::RestRunning, "until", words::moment(ends, 'R')),
        );
        let later = Later {
            after: Duration::from_secs(seconds.into()),
            content: words::say(self.texts(), Key::RestOver),
        };
        Answer::Note(Note { later: (seconds <= LONGEST_REST).then_some(later), ..note })
    }

    /// Chooses the coming cycle's plan, and shows which one stands.
    pub(super) async fn plan(&self, cycle_start: Date, template_id: &str) -> Outcome {
        let request = ChoosePlanRequest {
            name: self.name(),
            cycle_start_date: cycle_start.to_string(),
            meal_template_id: template_id.to_owned(),
            request_id: self.by.request_id(),
        };
        self.calls.clients.clone().choose_plan(request).await?;
        let Some(shown) = &self.by.message else {
            return Ok(Answer::Note(words::note(self.texts(), Key::PlanChosen)));
        };
        let look = |action: &Action| {
            let Action::Plan { template_id: other, .. } = action else { return None };
            let is_marked = other.as_str() == template_id;
            let style = if is_marked { Style::Success } else { Style::Secondary };
            Some(Look { style, is_marked })
        };
        let rows = self.marked(shown, look);
        Ok(Answer::Changed(Note { rows, ..Note::new(&shown.content) }))
    }

    /// Asks the coach to be excused from an order.
    pub(super) async fn excuse(&self, date: Date, order: OrderKind) -> Outcome {
        let streams: &[Stream] = match order {
            OrderKind::Checkin => &[Stream::Checkin],
            OrderKind::Fuel => &[Stream::Meal, Stream::Cardio],
            OrderKind::Training => &[Stream::Training],
        };
        let span = ExcuseSpan {
            from_date: date.to_string(),
            until_date: date.to_string(),
            streams: streams.iter().map(|stream| (*stream).into()).collect(),
            item: String::new(),
            reason: ExcuseReason::Other.into(),
        };
        let request = RequestExcuseRequest {
            name: self.name(),
            span: Some(span),
            request_id: self.by.request_id(),
        };
        self.calls.clients.clone().request_excuse(request).await?;
        Ok(Answer::Note(words::note(self.texts(), Key::ExcuseAsked)))
    }
}
