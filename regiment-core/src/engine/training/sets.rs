use jiff::civil::Date;

use crate::{
    Dossier, Effect, Invalid, Library, Policy, Slug,
    engine::{
        Refusal,
        logging::{self, Submission},
    },
    measure::exceeds,
    message::{Dispatch, Message, Priority, Recipient},
    record::{
        Exercise, LastSet, Log, LogKey, Ordered, Stream, TopSet, TrainingLog, TrainingTemplate,
    },
};

/// Records the top set of an exercise, and tells the client when it is a personal record; `None`
/// records that it was not done.
///
/// # Errors
/// [`Refusal`] as [`logging::admit`] says, and for a weight of 0 on an exercise that is not a
/// bodyweight exercise.
pub fn log(
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    date: Date,
    exercise_id: &Slug<Exercise>,
    set: Option<TopSet>,
    submission: &Submission,
) -> Result<Vec<Effect>, Refusal> {
    let key = LogKey {
        user_id: dossier.user_id(),
        date,
        stream: Stream::Training,
        item: exercise_id.as_str().to_owned(),
    };
    logging::admit(dossier, policy, &key, submission)?;
    let asked = Asked::find(dossier, &key).ok_or(Refusal::NotOrdered { date })?;
    let takes_no_load =
        library.exercises.get(exercise_id).is_none_or(|exercise| exercise.bodyweight);
    if let Some(set) = set
        && set.weight.get() <= 0.0
        && !takes_no_load
    {
        let accepted = "above 0 and below 1000 kg for this exercise";
        return Err(Invalid::new("weight_kg", set.weight, accepted).into());
    }
    let cause = if set.is_none() { logging::cause_of_miss(dossier, &key) } else { None };
    let log = TrainingLog {
        user_id: key.user_id,
        block_id: asked.block_id.clone(),
        day_index: asked.day_index,
        exercise: asked.exercise.to_owned(),
        exercise_id: exercise_id.clone(),
        set,
        date,
        timestamp: submission.made_at(),
        timezone: dossier.client.timezone_offset.clone(),
        cause,
    };
    let mut effects = vec![Effect::Record(submission.entry(Log::Training(log)))];
    if let Some(set) = set
        && let Some(previous) = beaten(dossier, date, exercise_id, set)
    {
        effects.push(Effect::Send(Dispatch {
            key: format!("{}:record:{exercise_id}:{date}", key.user_id),
            to: Recipient::Client(key.user_id),
            message: Message::record(asked.exercise.to_owned(), set, date, previous),
            priority: Priority::Order,
            not_before: submission.now,
            expires_at: None,
            delivers: None,
        }));
    }
    Ok(effects)
}

/// What was asked about a top set: by the day's order, or by an earlier log where there is none.
struct Asked<'a> {
    block_id: &'a Slug<TrainingTemplate>,
    day_index: u32,
    exercise: &'a str,
}

impl<'a> Asked<'a> {
    fn find(dossier: &'a Dossier, key: &LogKey) -> Option<Self> {
        let ordered = dossier.orders_of(key.date).find_map(|order| match &order.ordered {
            Ordered::Training(order) => {
                let set = order.sets.iter().find(|set| set.exercise_id.as_str() == key.item)?;
                Some(Self {
                    block_id: &order.block_id,
                    day_index: order.day_index,
                    exercise: &set.exercise,
                })
            }
            Ordered::Checkin | Ordered::Fuel { .. } => None,
        });
        ordered.or_else(|| match dossier.log(key)? {
            Log::Training(log) => Some(Self {
                block_id: &log.block_id,
                day_index: log.day_index,
                exercise: &log.exercise,
            }),
            Log::Meal(_) | Log::Cardio(_) | Log::Checkin(_) => None,
        })
    }
}

/// Returns the best top set of earlier dates, where a new one beats it.
///
/// Sets are compared by estimated one-repetition maximum; one without load has none, and neither
/// is nor beats a record. A date before the last logged one announces nothing: what came after it
/// is not among the earlier dates.
fn beaten(
    dossier: &Dossier,
    date: Date,
    exercise_id: &Slug<Exercise>,
    set: TopSet,
) -> Option<LastSet> {
    let last = dossier.last_sets.get(exercise_id)?;
    if last.date > date {
        return None;
    }
    let earlier = dossier.best_sets.get(exercise_id).into_iter().chain(
        // The last set is of an earlier date, unless this is a correction of the same one.
        (last.date < date).then_some(last),
    );
    let (previous, best) = earlier
        .filter_map(|set| Some((set, set.e1rm()?)))
        .reduce(|best, next| if next.1 > best.1 { next } else { best })?;
    exceeds(set.e1rm()?, best).then(|| previous.clone())
}
