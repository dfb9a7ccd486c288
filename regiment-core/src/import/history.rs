//! Sets and weigh-ins of one client as logs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time, time};
use serde_json::json;

use super::plan::{Import, Origin, Quarantined, WeighIn};
use super::{Layout, Lifted, Mass, Problem, Settings, Unreadable, Weighed, read, top_sets};
use crate::{
    Library, Slug, UserId,
    calendar::resolve,
    library::Named,
    measure::BodyWeight,
    record::{Exercise, Log, TrainingLog},
};

/// The block of logs that no block of this practice ordered.
const IMPORTED_BLOCK: &str = "imported";

/// The time of a set or weigh-in of which only the date is known.
const NOON: Time = time(12, 0, 0, 0);

/// One file of a history.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its name, for messages and provenance.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

/// Plans the import of one client's history from files of one layout.
///
/// Names of exercises are looked up in the map, then among the `remembered` ones, then in the
/// library by name and alias. A name that stands for several exercises, or for none, is listed, and
/// its top sets go to quarantine; telling what it means and importing again brings them in.
pub fn history(
    layout: Layout<'_>,
    files: &[Source<'_>],
    user_id: UserId,
    library: &Library,
    remembered: &BTreeMap<String, Slug<Exercise>>,
    settings: &Settings,
) -> Result<Import, Unreadable> {
    let mut plan = Import::default();
    let mut names = Names { library, told: BTreeMap::new() };
    for (name, id) in remembered {
        names.told.insert(folded(name), id.clone());
    }
    if let Layout::Mapped(map) = layout {
        for (name, id) in &map.exercises {
            let id = Slug::new(id.as_str()).ok().filter(|id| library.exercises.contains_key(id));
            let Some(id) = id else {
                let what = format!("exercises: {name:?} must mean an exercise of the library");
                return Err(Unreadable::Map(what));
            };
            names.told.insert(folded(name), id.clone());
            plan.aliases.push((name.clone(), id));
        }
    }
    let client = Client { user_id, settings };
    let mut lifts: Vec<(Origin, Lifted)> = Vec::new();
    let mut weights: BTreeMap<Date, WeighIn> = BTreeMap::new();
    for file in files {
        let mut reading = read(layout, file.bytes, settings)?;
        let origin = |line| Origin { source: format!("{}:{}", layout.name(), file.name), line };
        for problem in &mut reading.problems {
            file.name.clone_into(&mut problem.file);
        }
        plan.summary.files += 1;
        plan.summary.rows += reading.n_rows;
        plan.summary.sets += reading.lifts.len();
        for (why, n) in reading.passed_over {
            *plan.summary.passed_over.entry(why).or_default() += n;
        }
        plan.problems.append(&mut reading.problems);
        for weight in &reading.weights {
            match client.weigh(weight, origin(weight.line)) {
                Ok(weighed) => drop(weights.insert(weighed.date, weighed)),
                Err(accepted) => {
                    let mut problem =
                        Problem::new(weight.line, "row", &weight.date.to_string(), accepted);
                    file.name.clone_into(&mut problem.file);
                    plan.problems.push(problem);
                }
            }
        }
        lifts.extend(reading.lifts.into_iter().map(|lift| (origin(lift.line), lift)));
    }
    lift_all(&lifts, &names, &client, &mut plan);
    plan.logs.sort_by_key(Log::key);
    plan.weigh_ins = weights.into_values().collect();
    Ok(plan.counted())
}

/// Picks the top sets, per exercise and not per name, and makes logs of them.
fn lift_all(lifts: &[(Origin, Lifted)], names: &Names<'_>, client: &Client<'_>, plan: &mut Import) {
    let mut meanings: BTreeMap<&str, Result<&Exercise, String>> = BTreeMap::new();
    for (_, lift) in lifts {
        let meaning = meanings.entry(&lift.exercise).or_insert_with(|| names.find(&lift.exercise));
        if meaning.is_err() {
            *plan.summary.unknown_exercises.entry(lift.exercise.clone()).or_default() += 1;
        }
    }
    let meaning = |lift: &'_ Lifted| &meanings[lift.exercise.as_str()];
    let (tops, left_out) = top_sets(lifts.iter().map(|(_, lift)| {
        let key = match meaning(lift) {
            Ok(exercise) => Lift::Of(&exercise.exercise_id),
            Err(_) => Lift::Called(&lift.exercise),
        };
        (key, lift)
    }));
    plan.summary.left_out = left_out;
    for at in tops.into_values() {
        let (origin, lift) = &lifts[at];
        match meaning(lift).clone().and_then(|exercise| client.log(lift, exercise)) {
            Ok(log) => {
                let log = Log::Training(log);
                plan.origins.insert(log.key(), origin.clone());
                plan.logs.push(log);
            }
            Err(reason) => plan.quarantine.push(client.quarantined(lift, origin, reason)),
        }
    }
}

/// What tells two lifts apart.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Lift<'a> {
    Of(&'a Slug<Exercise>),
    Called(&'a str),
}

/// What names of exercises mean.
struct Names<'a> {
    library: &'a Library,
    /// What somebody said that a name means, by its folded form.
    told: BTreeMap<String, Slug<Exercise>>,
}

impl<'a> Names<'a> {
    /// The exercise of a name, or why there is none. Ties are never guessed.
    fn find(&self, name: &str) -> Result<&'a Exercise, String> {
        if let Some(id) = self.told.get(&folded(name)) {
            return self
                .library
                .exercises
                .get(id)
                .ok_or_else(|| format!("{name:?} was said to mean {id}, which the library lacks"));
        }
        match self.library.exercise_named(name) {
            Named::One(exercise) => Ok(exercise),
            Named::Unknown => Err(format!("no exercise of the library is called {name:?}")),
            Named::Tied(several) => {
                let ids: Vec<&str> =
                    several.iter().map(|exercise| exercise.exercise_id.as_str()).collect();
                Err(format!("{name:?} stands for {}; say which", ids.join(" and ")))
            }
        }
    }
}

/// Whose history it is.
struct Client<'a> {
    user_id: UserId,
    settings: &'a Settings,
}

impl Client<'_> {
    /// A top set as a log of no block: it is history, not an answer to an order.
    fn log(&self, lift: &Lifted, exercise: &Exercise) -> Result<TrainingLog, String> {
        let set = lift.top_set().ok_or("a set needs repetitions")?;
        if set.weight.get() <= 0.0 && !exercise.bodyweight {
            return Err(format!("weight_kg must be above 0 kg for {}", exercise.name));
        }
        Ok(TrainingLog {
            user_id: self.user_id,
            block_id: Slug::new(IMPORTED_BLOCK).expect("a fixed id"),
            day_index: 0,
            exercise: exercise.name.clone(),
            exercise_id: exercise.exercise_id.clone(),
            set: Some(set),
            date: lift.date,
            timestamp: self.instant(lift.date, lift.time)?,
            timezone: self.settings.zone.clone(),
            cause: None,
        })
    }

    /// Takes a weigh-in, over an earlier one of its date.
    fn weigh(&self, weight: &Weighed, origin: Origin) -> Result<WeighIn, String> {
        // A conversion from pounds has more decimals than a scale.
        let kg = (weight.kg * 10.0).round() / 10.0;
        Ok(WeighIn {
            user_id: self.user_id,
            date: weight.date,
            timestamp: self.instant(weight.date, weight.time)?,
            weight: BodyWeight::weigh_in(kg).map_err(|refused| refused.to_string())?,
            origin,
        })
    }

    /// When it happened; at noon, where the file gives a date alone.
    fn instant(&self, date: Date, time: Option<Time>) -> Result<Timestamp, String> {
        let zone = &self.settings.zone;
        let moment = resolve(zone, date, time.unwrap_or(NOON));
        moment.map(|moment| moment.at).ok_or_else(|| format!("{date} does not exist in {zone}"))
    }

    fn quarantined(&self, lift: &Lifted, origin: &Origin, reason: String) -> Quarantined {
        Quarantined {
            origin: origin.clone(),
            user_id: Some(self.user_id),
            date: Some(lift.date),
            reason,
            payload: json!({
                "date": lift.date,
                "exercise": lift.exercise,
                "weight_kg": lift.weight.map(Mass::kg),
                "reps": lift.reps,
            })
            .to_string(),
        }
    }
}

/// A name in the form in which it is remembered.
fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests;
