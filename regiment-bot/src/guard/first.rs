//! What is said first, and by when.

use std::{pin::Pin, time::Duration};

use tokio::time::{Instant, sleep_until, timeout_at};

use super::late;
use crate::{
    Answer, Promise,
    discord::{Body, Failure, Rest, Route, Ticket, code},
};

/// When an answer that has not come is written down as owed, shortly before it is promised.
const OWE: Duration = Duration::from_millis(1_200);

/// When it is promised.
pub(super) const DEFER: Duration = Duration::from_millis(1_500);

/// When nothing is begun any more: Discord waits for 3 seconds.
const HARD_STOP: Duration = Duration::from_millis(2_500);

/// How long one try may take.
const TRY: Duration = Duration::from_secs(1);

/// How often the first answer is tried.
const TRIES: usize = 2;

/// What is said first.
#[derive(Debug, PartialEq)]
pub(super) enum First {
    /// The answer itself.
    Answer(Answer),
    /// That it follows.
    Deferral,
    /// It did not come, and may not be put off.
    Nothing,
}

/// What became of what was said first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// It is there.
    Heard,
    /// Something was there before.
    Before,
    /// Nobody knows.
    Unknown,
    /// Discord does not wait for it any more.
    TooLate,
    /// It is not written as Discord wants it.
    Refused(Failure),
}

/// Waits for an answer until it has to be put off. `owe` is called a little before that.
pub(super) async fn of(
    promise: Promise,
    mut answering: Pin<&mut impl Future<Output = Answer>>,
    received: Instant,
    owe: impl FnOnce(),
) -> First {
    match promise {
        Promise::Form | Promise::Choices => {
            let answer = timeout_at(received + DEFER, answering).await;
            answer.map_or(First::Nothing, First::Answer)
        }
        Promise::Note | Promise::Change => {
            if let Ok(answer) = timeout_at(received + OWE, answering.as_mut()).await {
                return First::Answer(answer);
            }
            owe();
            tokio::select! {
                biased;
                answer = answering => First::Answer(answer),
                () = sleep_until(received + DEFER) => First::Deferral,
            }
        }
    }
}

/// Says something first: a try of at most a second, and another while there is time.
pub(super) async fn say(rest: &Rest, ticket: &Ticket, body: &Body, received: Instant) -> Said {
    let route = Route::Callback(ticket.clone());
    insist(received, |timeout| rest.answer(&route, Some(body), timeout)).await
}

async fn insist<T, F>(received: Instant, mut attempt: impl FnMut(Duration) -> F) -> Said
where
    F: Future<Output = Result<T, Failure>>,
{
    let mut said = Said::TooLate;
    for _ in 0..TRIES {
        let left = (received + HARD_STOP).saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        match attempt(left.min(TRY)).await {
            Ok(_) => return Said::Heard,
            Err(Failure::Refused { code: code::ACKNOWLEDGED, .. }) => return Said::Before,
            Err(failure) if late::is_too_late(failure) => return Said::TooLate,
            Err(failure @ Failure::Refused { .. }) => return Said::Refused(failure),
            Err(_) => said = Said::Unknown,
        }
    }
    said
}

#[cfg(test)]
mod tests;
