//! The day's fuel order, and the log of a meal.

use jiff::{Timestamp, civil::Date};

use super::cycle::{self, Cycle};
use crate::{
    Decision, Dossier, Effect, Library, Outcome, Policy, Slug,
    calendar::cycle_start,
    engine::{
        Refusal, cardio,
        logging::{self, Submission},
        orders,
    },
    record::{DoneOrMissed, Log, LogKey, Meal, MealLog, OrderKind, Ordered, Stream},
};

/// Orders the meals of a date, with the cardio in the same message.
///
/// A cycle that has no plan yet, as that of a client who is activated within it, is compiled first.
pub fn deliver(
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    date: Date,
    now: Timestamp,
) -> Decision {
    let client = &dossier.client;
    if let Some(skip) = orders::gated(client.gate(date)) {
        return skip;
    }
    if orders::has_gone_out(dossier, OrderKind::Fuel, date) {
        return Decision::skip(Outcome::NothingDue);
    }
    let Cycle { plan, mut effects } =
        cycle::standing(dossier, library, policy, cycle_start(date), now);
    let meals = plan.day(date).map(|day| day.meals.clone()).unwrap_or_default();
    let ordered = Ordered::Fuel {
        meals,
        cardio: cardio::order(client, policy),
        template_id: plan.template_id,
    };
    let issued = orders::issue(dossier, policy, date, ordered, now);
    if issued.outcome == Outcome::DateSkipped {
        return issued;
    }
    effects.extend(issued.effects);
    Decision { outcome: issued.outcome, effects }
}

/// Records whether a meal was eaten as ordered. Until the deadline a client may change his answer;
/// the same answer twice is one answer.
///
/// # Errors
/// [`Refusal`] as [`logging::admit`] says.
pub fn log(
    dossier: &Dossier,
    policy: &Policy,
    (date, meal_id): (Date, &Slug<Meal>),
    status: DoneOrMissed,
    submission: &Submission,
) -> Result<Vec<Effect>, Refusal> {
    let key = LogKey {
        user_id: dossier.user_id(),
        date,
        stream: Stream::Meal,
        item: meal_id.as_str().to_owned(),
    };
    logging::admit(dossier, policy, &key, submission)?;
    let cause = match status {
        DoneOrMissed::Missed => logging::cause_of_miss(dossier, &key),
        DoneOrMissed::Completed => None,
    };
    let log = MealLog {
        user_id: key.user_id,
        meal_id: meal_id.clone(),
        date,
        logged_at: submission.made_at(),
        timezone_offset: dossier.client.timezone_offset.clone(),
        status,
        source_engine: Stream::Meal,
        cause,
    };
    if let Some(Log::Meal(standing)) = dossier.log(&key)
        && standing.status == status
        && standing.cause == cause
    {
        return Ok(Vec::new());
    }
    Ok(vec![Effect::Record(submission.entry(Log::Meal(log)))])
}
