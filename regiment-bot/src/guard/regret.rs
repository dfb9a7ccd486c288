//! What is said where there is no answer, and who hears of it.

use tokio::time::Instant;

use super::{Guard, Visit, first};
use crate::{
    Answer, Note, Promise,
    discord::{Body, Failure, Ticket, Unreadable},
    line::{Form, Line},
    report::{self, Alarm},
    texts::Key,
};

impl Guard {
    /// Answers what can't be read, and tells the coaches.
    pub(super) async fn apologize(
        &self,
        ticket: Option<Ticket>,
        is_typed: bool,
        unreadable: Unreadable,
        received: Instant,
    ) {
        let id = ticket.as_ref().map(|ticket| ticket.id);
        tracing::error!(interaction = id, problem = %unreadable, "an interaction can't be read");
        if let Some(ticket) = ticket {
            let body =
                if is_typed { Body::no_choices() } else { Body::plain(&self.sorry().content) };
            let _ = first::say(&self.0.rest, &ticket, &body, received).await;
        }
        let text = format!("What somebody asked of the bot could not be read: {unreadable}.");
        report::raise(&self.0.api, Alarm::unreadable(text, id)).await;
    }

    /// Answers where a mistake of ours broke an answer off.
    pub(super) async fn regret(&self, visit: &Visit) {
        let by = &visit.by;
        tracing::error!(interaction = by.id, asks = ?by.asks, "an answer was broken off");
        self.give(visit, &Answer::Note(self.sorry())).await;
        let text = format!("A mistake in the bot broke off its answer to a {:?}.", by.asks);
        report::raise(&self.0.api, Alarm::mistake(text, by.id)).await;
    }

    /// What is said where nothing came in time.
    pub(super) fn nothing(&self, promise: Promise) -> Answer {
        match promise {
            Promise::Choices => Answer::Choices(Vec::new()),
            Promise::Form | Promise::Note | Promise::Change => Answer::Note(self.sorry()),
        }
    }

    /// What is said where the answer was lost and the message shows it.
    pub(super) fn late(&self) -> Note {
        Note::new(Line::from(Key::Late).write(&self.0.texts, Form::Discord))
    }

    pub(super) fn sorry(&self) -> Note {
        Note::new(Line::from(Key::Failed).write(&self.0.texts, Form::Discord))
    }

    /// Tells that Discord did not take an answer as it was written, which is a mistake of ours.
    pub(super) async fn report(&self, visit: &Visit, failure: Failure) {
        let by = &visit.by;
        tracing::error!(interaction = by.id, asks = ?by.asks, ?failure, "an answer was refused");
        let text = format!(
            "Discord refused an answer of the bot to a {:?} ({}).",
            by.asks,
            failure.code().unwrap_or_default()
        );
        report::raise(&self.0.api, Alarm::mistake(text, by.id)).await;
    }
}
