//! The three-second rule: whoever asks is answered, or told that an answer follows, in time; and what
//! was put off is given, whatever dies meanwhile.
//!
//! Time is measured from the receipt of the interaction, on the machine's own steady clock.

mod debt;
mod first;
mod late;
mod regret;
mod turns;

use std::{sync::Arc, time::Duration};

use regiment_core::{Clock as _, SystemClock};
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    debt::{Debts, Owed},
    first::{First, Said},
    turns::Turns,
};
use crate::{
    Action, Answer, Api, CustomIds, Desk, Interaction, Note, Promise, Texts,
    contact::{self, Shown},
    discord::{Asks, Body, Rest, Ticket, is_typed},
};

/// Until when an answer that was put off is given: Discord takes it for 15 minutes.
const GIVEN_UP: Duration = Duration::from_mins(14);

/// Answers interactions. Cloning it is cheap.
#[derive(Debug, Clone)]
pub(crate) struct Guard(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    desk: Desk,
    rest: Rest,
    api: Api,
    ids: CustomIds,
    texts: Arc<Texts>,
    application: u64,
    debts: Debts,
    turns: Turns,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// An interaction, and when it was received.
#[derive(Debug, Clone)]
struct Visit {
    by: Interaction,
    received: Instant,
}

/// Where an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    /// Where it was asked for.
    There,
    /// In direct messages, or nowhere.
    Elsewhere,
}

impl Guard {
    /// Prepares to answer. What goes on in the background is tracked by `tasks`, and does not begin
    /// anew once `stop` is given.
    pub(crate) fn new(
        desk: Desk,
        (rest, api): (Rest, Api),
        (ids, texts): (CustomIds, Arc<Texts>),
        application: u64,
        (tasks, stop): (TaskTracker, CancellationToken),
    ) -> Self {
        let debts = Debts::new(api.clone());
        let turns = Turns::default();
        Self(Arc::new(Inner {
            desk,
            rest,
            api,
            ids,
            texts,
            application,
            debts,
            turns,
            tasks,
            stop,
        }))
    }

    /// Takes an interaction in the JSON of its frame, and answers it in the background.
    pub(crate) fn take(&self, frame: &Value) {
        let received = Instant::now();
        let guard = self.clone();
        match Interaction::parse(frame) {
            Ok(by) if self.0.turns.is_new(by.id) => {
                let visit = Visit { by, received };
                self.0.tasks.spawn(async move {
                    let (attending, asked) = (guard.clone(), visit.clone());
                    let attended = tokio::spawn(async move { attending.attend(asked).await });
                    if attended.await.is_err() {
                        guard.regret(&visit).await;
                    }
                });
            }
            Ok(by) => tracing::info!(interaction = by.id, "an interaction came twice"),
            Err(unreadable) => {
                let ticket = Ticket::of(frame);
                let is_typed = is_typed(frame);
                self.0.tasks.spawn(async move {
                    guard.apologize(ticket, is_typed, unreadable, received).await;
                });
            }
        }
    }

    /// Gives the answers that a bot before this one has put off and not given.
    pub(crate) async fn make_good(&self) {
        for (by, owed) in self.0.debts.open(&SystemClock).await {
            let visit = Visit { by, received: Instant::now() };
            let guard = self.clone();
            self.0.tasks.spawn(async move {
                match owed {
                    Owed::Answer => guard.answer_late(visit).await,
                    Owed::Later { content, after } => {
                        guard.change_later(visit, content, after).await;
                    }
                }
            });
        }
    }

    async fn attend(&self, visit: Visit) {
        let by = &visit.by;
        // By two clocks that may disagree: for the log alone.
        let lag = SystemClock.now().duration_since(by.entered_at());
        let promise = self.0.desk.promise(by);
        // Kept until the answer is given, so that a later one does not overtake it.
        let mut turn = None;
        let answering = async {
            match promise {
                // Nobody waits for these.
                Promise::Form | Promise::Choices => {}
                Promise::Note | Promise::Change => {
                    turn = Some(self.0.turns.of(by.person.user_id).await);
                }
            }
            self.0.desk.answer(by).await
        };
        let mut answering = std::pin::pin!(answering);
        let mut debt = None;
        let first = first::of(promise, answering.as_mut(), visit.received, || {
            debt = Some(self.0.debts.owe(by, &Owed::Answer));
        });
        let answer;
        let is_given = match first.await {
            First::Answer(came) => {
                answer = came;
                self.give(&visit, &answer).await
            }
            First::Nothing => {
                answer = self.nothing(promise);
                self.give(&visit, &answer).await
            }
            First::Deferral => {
                let body = match promise {
                    Promise::Change => Body::deferred_change(),
                    Promise::Note | Promise::Form | Promise::Choices => Body::deferred_note(),
                };
                let said = self.say(&visit, &body).await;
                tracing::info!(interaction = by.id, ?said, "an answer was put off");
                answer = answering.await;
                match said {
                    Said::TooLate => self.tell_late(&visit, &answer).await,
                    Said::Heard | Said::Before | Said::Unknown | Said::Refused(_) => {
                        self.finish(&visit, promise, &answer).await
                    }
                }
            }
        };
        if let Some(debt) = debt {
            // Nobody's next answer waits for a server that is away.
            self.0.tasks.spawn(debt.settle());
        }
        if is_given == Given::There {
            self.see_to_later(&visit, &answer);
        }
        let (guard, asked) = (self.clone(), by.clone());
        self.0.tasks.spawn(async move { guard.learn(&asked).await });
        tracing::info!(
            interaction = by.id,
            asks = ?by.asks,
            lag_ms = i64::try_from(lag.as_millis()).unwrap_or(i64::MAX),
            took_ms = u64::try_from(visit.received.elapsed().as_millis()).unwrap_or(u64::MAX),
            "answered"
        );
    }

    /// Learns from what somebody asked how he is reached.
    async fn learn(&self, by: &Interaction) {
        let (api, user_id) = (&self.0.api, by.person.user_id.as_str());
        match (&by.asks, by.guild_id, by.channel_id) {
            // Who uses a command in direct messages takes them.
            (Asks::Command { .. }, None, Some(channel)) => {
                contact::keep(api, user_id, channel, Shown::Used).await;
            }
            // Who enlists expects to be written to: Discord wants direct messages opened then.
            (Asks::Choose { custom_id, .. }, Some(_), _) => {
                let chosen = self.0.ids.read(custom_id, by.person.user_id, false);
                if chosen == Ok(Action::EnlistGoal)
                    && let Ok(channel) = self.open_direct(by).await
                {
                    contact::keep(api, user_id, channel, Shown::Opened).await;
                }
            }
            _ => {}
        }
    }

    /// Gives an answer at once.
    async fn give(&self, visit: &Visit, answer: &Answer) -> Given {
        let body = Body::first(answer, &visit.by, &self.0.ids);
        match self.say(visit, &body).await {
            Said::Heard => Given::There,
            // Whether these words or others stand there: with these, it is right.
            Said::Before | Said::Unknown => self.finish(visit, Promise::Form, answer).await,
            Said::TooLate => self.tell_late(visit, answer).await,
            Said::Refused(failure) => {
                self.report(visit, failure).await;
                let body = Body::first(&Answer::Note(self.sorry()), &visit.by, &self.0.ids);
                let _ = self.say(visit, &body).await;
                Given::Elsewhere
            }
        }
    }

    /// Gives an answer that was put off, or makes sure of one that was given.
    async fn finish(&self, visit: &Visit, promise: Promise, answer: &Answer) -> Given {
        match self.insist(visit, promise, answer).await {
            Ok(()) => Given::There,
            Err(failure) if late::is_too_late(failure) => self.tell_late(visit, answer).await,
            Err(failure) => {
                self.report(visit, failure).await;
                let _ = self.insist(visit, promise, &Answer::Note(self.sorry())).await;
                Given::Elsewhere
            }
        }
    }

    /// Answers once more what a bot before this one was asked. The server answers what was done
    /// already as it did then.
    async fn answer_late(&self, visit: Visit) {
        let promise = self.0.desk.promise(&visit.by);
        let answer = self.0.desk.answer(&visit.by).await;
        let is_given = self.finish(&visit, promise, &answer).await;
        self.0.debts.settle(visit.by.id).await;
        if is_given == Given::There {
            self.see_to_later(&visit, &answer);
        }
    }

    /// Sees to it that a note changes when its time is up.
    fn see_to_later(&self, visit: &Visit, answer: &Answer) {
        let (Answer::Note(note) | Answer::Changed(note) | Answer::Post(note)) = answer else {
            return;
        };
        let Some(later) = note.later.clone() else { return };
        let (guard, visit) = (self.clone(), visit.clone());
        self.0.tasks.spawn(async move {
            let (content, after) = (later.content, later.after);
            let owed = Owed::Later { content: content.clone(), after };
            guard.0.debts.owe(&visit.by, &owed).keep().await;
            guard.change_later(visit, content, after).await;
        });
    }

    async fn change_later(&self, visit: Visit, content: String, after: Duration) {
        tokio::select! {
            () = tokio::time::sleep_until(visit.received + after) => {}
            // The next bot does it.
            () = self.0.stop.cancelled() => return,
        }
        let answer = Answer::Changed(Note::new(content));
        // A note that is gone needs no change.
        if let Err(failure) = self.insist(&visit, Promise::Note, &answer).await {
            tracing::info!(interaction = visit.by.id, ?failure, "a note was not changed");
        }
        self.0.debts.settle(visit.by.id).await;
    }

    async fn say(&self, visit: &Visit, body: &Body) -> Said {
        first::say(&self.0.rest, &visit.by.ticket(), body, visit.received).await
    }
}
