//! Answers after the first word: changed, added, or told in direct messages where Discord takes them
//! no more.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::{GIVEN_UP, Given, Guard, Visit};
use crate::{
    Answer, For, Interaction, Note, Promise,
    discord::{Body, Failure, Route, Seen, code},
};

/// How long one try may take.
const TRY: Duration = Duration::from_secs(10);

/// From one try to the next: at first, and at most.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long a direct message waits for the limits.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often a direct message is tried.
const TRIES: usize = 4;

/// Returns whether Discord takes no answer to the interaction any more.
pub(super) fn is_too_late(failure: Failure) -> bool {
    matches!(
        failure,
        Failure::Unauthorized
            | Failure::Refused {
                code: code::UNKNOWN_INTERACTION
                    | code::UNKNOWN_WEBHOOK
                    | code::UNKNOWN_MESSAGE
                    | code::INVALID_TOKEN,
                ..
            }
    )
}

impl Guard {
    /// Gives an answer after something was said first, for as long as Discord takes it.
    pub(super) async fn insist(
        &self,
        visit: &Visit,
        promise: Promise,
        answer: &Answer,
    ) -> Result<(), Failure> {
        let (application, ticket) = (self.0.application, visit.by.ticket());
        let reader = For::Person(visit.by.person.user_id);
        let edit = |note: &Note| {
            let route = Route::EditAnswer { application, ticket: ticket.clone() };
            (route, Body::edit(note, &self.0.ids, reader))
        };
        let add = |note: &Note, seen: Seen| {
            let route = Route::FollowUp { application, ticket: ticket.clone() };
            (route, Body::note(note, seen, &self.0.ids, reader))
        };
        let (route, body) = match (answer, promise) {
            (Answer::Changed(note), _) | (Answer::Note(note), Promise::Note | Promise::Form) => {
                edit(note)
            }
            // The message on which the control stands is not the place for a note.
            (Answer::Note(note), Promise::Change | Promise::Choices) => add(note, Seen::ByOne),
            (Answer::Post(note), Promise::Form) => edit(note),
            (Answer::Post(note), promise) => {
                if promise == Promise::Note {
                    // What was promised to one can't be shown to all.
                    let route = Route::DeleteAnswer { application, ticket: ticket.clone() };
                    self.go_on(visit, &route, None).await?;
                }
                add(note, Seen::ByAll)
            }
            (Answer::Form(_) | Answer::Choices(_), _) => {
                // They can only be said first; the next press shows them.
                return Ok(());
            }
        };
        self.go_on(visit, &route, Some(&body)).await
    }

    /// Asks until it is settled how it ended, or Discord would not take it any more.
    async fn go_on(
        &self,
        visit: &Visit,
        route: &Route,
        body: Option<&Body>,
    ) -> Result<(), Failure> {
        let until = visit.received + GIVEN_UP;
        let mut pause = PAUSE;
        loop {
            let Err(failure) = self.0.rest.answer(route, body, TRY).await else { return Ok(()) };
            if failure.is_doubtful() && matches!(route, Route::FollowUp { .. }) {
                // A second one would stand beside the first.
                return Ok(());
            }
            let wait = match failure.wait() {
                Some(wait) => wait,
                None if failure.is_passing() => pause,
                None => return Err(failure),
            };
            if Instant::now() + wait > until {
                return Err(failure);
            }
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Tells somebody in direct messages what Discord did not take as an answer. What he asked for is
    /// done, or the words say why not.
    pub(super) async fn tell_late(&self, visit: &Visit, answer: &Answer) -> Given {
        let by = &visit.by;
        let told = match answer {
            Answer::Note(note) => self.write_direct(visit, note).await,
            Answer::Changed(note) => match self.change(visit, note).await {
                // The order is not shown a second time.
                Ok(()) => self.write_direct(visit, &self.late()).await,
                // A note that only he saw can't be changed so: he gets it as it is now.
                Err(_) => self.write_direct(visit, note).await,
            },
            Answer::Post(_) | Answer::Form(_) | Answer::Choices(_) => {
                tracing::info!(interaction = by.id, "an answer came too late, and is not told");
                return Given::Elsewhere;
            }
        };
        match told {
            Ok(()) => tracing::info!(interaction = by.id, "an answer came late, as a message"),
            Err(failure) => {
                tracing::warn!(interaction = by.id, ?failure, "an answer could not be given");
            }
        }
        Given::Elsewhere
    }

    /// Changes the message on which the control stands, as any message of the bot's.
    async fn change(&self, visit: &Visit, note: &Note) -> Result<(), Failure> {
        let by = &visit.by;
        let (Some(channel), Some(shown)) = (by.channel_id, &by.message) else {
            return Err(Failure::Unreachable);
        };
        let route = Route::EditMessage { channel, message: shown.id };
        let body = Body::edit(note, &self.0.ids, For::Person(by.person.user_id));
        self.0.rest.ask(&route, Some(&body), PATIENCE).await.map(drop)
    }

    /// Opens somebody's direct messages.
    pub(super) async fn open_direct(&self, by: &Interaction) -> Result<u64, Failure> {
        let recipient = Body::of(json!({"recipient_id": by.person.user_id}));
        let opened = self.0.rest.ask(&Route::OpenDm, Some(&recipient), PATIENCE).await?;
        let id = opened.get("id").and_then(|id| id.as_str()?.parse().ok());
        id.ok_or(Failure::Unanswered)
    }

    async fn write_direct(&self, visit: &Visit, note: &Note) -> Result<(), Failure> {
        let by = &visit.by;
        let channel = match by.channel_id {
            // It was asked there.
            Some(channel) if by.guild_id.is_none() => channel,
            _ => self.open_direct(by).await?,
        };
        let nonce = format!("late-{}", by.id);
        let body = Body::edit(note, &self.0.ids, For::Person(by.person.user_id)).with_nonce(&nonce);
        let mut pause = PAUSE;
        for _ in 1..TRIES {
            let sent = self.0.rest.ask(&Route::CreateMessage(channel), Some(&body), PATIENCE).await;
            match sent {
                Err(failure) if failure.is_passing() => tokio::time::sleep(pause).await,
                sent => return sent.map(drop),
            }
            pause *= 2;
        }
        self.0.rest.ask(&Route::CreateMessage(channel), Some(&body), PATIENCE).await.map(drop)
    }
}
