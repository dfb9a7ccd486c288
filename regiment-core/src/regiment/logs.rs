//! What clients enter, and what coaches override.

use std::time::Duration;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Error, Regiment, Result, context::Context, decide_in, load, spooled};
use crate::{
    Dossier, Effect, Slug, UserId,
    engine::{
        cardio, checkin,
        logging::{Submission, Via},
        meals, training,
    },
    measure::Minutes,
    record::{Actor, CheckinReport, DoneOrMissed, Exercise, Meal, Stream, TopSet},
    store::{self, Tx},
};

/// One answer to one item of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stream", rename_all = "snake_case")]
pub enum Answer {
    /// A meal, eaten or not.
    Meal {
        /// The meal.
        meal_id: Slug<Meal>,
        /// Eaten or not.
        status: DoneOrMissed,
    },
    /// A top set; `None` is a coach's word that there was none.
    TopSet {
        /// The exercise.
        exercise_id: Slug<Exercise>,
        /// What was lifted.
        set: Option<TopSet>,
    },
    /// A day's cardio; `None` is a coach's word that nothing was done.
    Cardio {
        /// Minutes done.
        minutes: Option<Minutes>,
    },
    /// A check-in; `None` is a coach's word that there was none.
    Checkin {
        /// What it says.
        report: Option<CheckinReport>,
    },
}

/// An answer with who gave it, for which date, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submitted {
    /// The client it is about.
    pub user_id: UserId,
    /// The local date of the order.
    pub date: Date,
    /// What was answered.
    pub answer: Answer,
    /// Who entered it.
    pub by: Actor,
    /// When the person entered it; the moment of arrival where it is absent.
    #[serde(default)]
    pub entered_at: Option<Timestamp>,
    /// Why, where the deadline has passed.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Where an answer is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// In the database.
    Stored,
    /// In the local spool: it is in the database before any closing is decided.
    Spooled,
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Logged {
    /// Where it is safe.
    pub durability: Durability,
    /// Whether the client is asked to confirm the weight he entered.
    pub confirm_weight: bool,
}

impl Answer {
    /// Returns the stream of the item that is answered.
    pub const fn stream(&self) -> Stream {
        match self {
            Self::Meal { .. } => Stream::Meal,
            Self::TopSet { .. } => Stream::Training,
            Self::Cardio { .. } => Stream::Cardio,
            Self::Checkin { .. } => Stream::Checkin,
        }
    }
}

impl Regiment {
    /// Takes a client's answer, or a coach's override.
    ///
    /// While the database is away a client's answer goes to the local spool, if there is one.
    ///
    /// # Errors
    /// [`Error::Refused`] and [`Error::Invalid`] say why nothing was stored;
    /// [`store::Error::Unavailable`] where the database is away and the answer can't be spooled.
    pub async fn log(&self, submitted: Submitted) -> Result<Logged> {
        match self.store_answer(&submitted).await {
            Err(Error::Store(error)) if error.is_unavailable() => {
                self.spool_answer(submitted, error).await
            }
            logged => logged,
        }
    }

    /// Takes a client's or a coach's word that an odd weight is right.
    ///
    /// # Errors
    /// [`Error::Refused`] where no weight of that date waits for confirmation.
    pub async fn confirm_weight(&self, user_id: UserId, date: Date, by: Actor) -> Result<()> {
        let (mut tx, context) = self.begin().await?;
        let dossier = load::asked(&mut tx, user_id, (date, Stream::Checkin), &context).await?;
        decide_in(&mut tx, &context, dossier, |dossier, context| {
            Ok((checkin::confirm(dossier, date, by, context.now)?, ()))
        })
        .await?;
        Ok(tx.commit().await?)
    }

    async fn store_answer(&self, submitted: &Submitted) -> Result<Logged> {
        // What waits was answered before.
        self.replay_spool().await?;
        store::retry(
            [Duration::from_millis(20), Duration::from_millis(100)],
            |error: &Error| {
                let again = error.may_pass();
                if again {
                    self.store.note_retry();
                }
                again
            },
            || self.store_once(submitted),
        )
        .await
    }

    async fn store_once(&self, submitted: &Submitted) -> Result<Logged> {
        let (mut tx, context) = self.begin().await?;
        let confirm_weight = answer_in(&mut tx, &context, submitted, Via::Live).await?;
        tx.commit().await?;
        Ok(Logged { durability: Durability::Stored, confirm_weight })
    }

    async fn spool_answer(&self, submitted: Submitted, error: store::Error) -> Result<Logged> {
        let (Some(spool), Actor::Client(_)) = (&self.spool, &submitted.by) else {
            return Err(error.into());
        };
        let request = self.request.clone();
        spooled::keep(spool.clone(), submitted, request, self.clock.now()).await?;
        tracing::warn!(engine = "spool", outcome = "spooled", "the database is away");
        Ok(Logged { durability: Durability::Spooled, confirm_weight: false })
    }
}

/// Decides about an answer, writes every effect, and returns whether a weight is to be confirmed.
pub(super) async fn answer_in(
    tx: &mut Tx,
    context: &Context,
    submitted: &Submitted,
    via: Via,
) -> Result<bool> {
    let item = (submitted.date, submitted.answer.stream());
    let dossier = load::asked(tx, submitted.user_id, item, context).await?;
    decide_in(tx, context, dossier, |dossier, context| decide(submitted, via, dossier, context))
        .await
}

fn decide(
    submitted: &Submitted,
    via: Via,
    dossier: &Dossier,
    context: &Context,
) -> Result<(Vec<Effect>, bool)> {
    let Context { now, policy, library } = context;
    let Submitted { user_id: _, date, answer, by, entered_at, reason } = submitted;
    let submission = Submission {
        by: by.clone(),
        entered_at: entered_at.unwrap_or(*now),
        now: *now,
        via,
        reason: reason.clone(),
    };
    let effects = match answer {
        Answer::Meal { meal_id, status } => {
            meals::log(dossier, policy, (*date, meal_id), *status, &submission)?
        }
        Answer::TopSet { exercise_id, set } => {
            training::log(dossier, library, policy, *date, exercise_id, *set, &submission)?
        }
        Answer::Cardio { minutes } => cardio::log(dossier, policy, *date, *minutes, &submission)?,
        Answer::Checkin { report } => {
            return Ok(match checkin::log(dossier, policy, *date, report.clone(), &submission)? {
                checkin::Answer::Accepted(effects) => (effects, false),
                checkin::Answer::Confirm { effects, .. } => (effects, true),
            });
        }
    };
    Ok((effects, false))
}
