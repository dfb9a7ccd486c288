//! Meals, top sets and cardio: by a press, by a form, or by `/log`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use regiment_core::record::DoneOrMissed;
use regiment_proto::v1::{
    Durability, Duty, DutyState, LogCardioRequest, LogMealRequest, LogStatus, LogTopSetRequest,
    Stream, TopSet,
};

use super::{Outcome, Trouble, Visit, number, number::Rounding, today, trouble::Wrong, words};
use crate::{
    Action, Answer, Form, Input,
    compose::kilograms,
    custom_id::short,
    discord::Options,
    inert,
    line::{Line, Value},
    rendered::limit,
    texts::Key,
};

/// The fields of the forms, and the options of the commands.
const WEIGHT: &str = "weight";
const REPS: &str = "reps";
const MINUTES: &str = "minutes";

/// What stands behind a number of repetitions or of minutes.
const OF_REPS: &[&str] = &["x", "rep", "reps"];
const OF_MINUTES: &[&str] = &["m", "min", "mins", "minute", "minutes"];

impl Visit<'_> {
    /// Logs a meal by a press.
    pub(super) async fn meal(&self, date: Date, meal_id: &str, status: DoneOrMissed) -> Outcome {
        let meal_id = self.whole_id(Stream::Meal, meal_id).await?;
        self.file_meal(Some(date), meal_id, status, Key::FieldMeal.into()).await
    }

    /// Logs a meal by `/log meal`.
    pub(super) async fn log_meal(&self, options: &Options) -> Outcome {
        let (meal_id, item) =
            self.named(Stream::Meal, Key::FieldMeal, options.text("meal")).await?;
        let status = match options.text("outcome") {
            Some("missed") => DoneOrMissed::Missed,
            _ => DoneOrMissed::Completed,
        };
        self.file_meal(None, meal_id, status, item).await
    }

    /// Logs a top set by its form.
    pub(super) async fn top_set(
        &self,
        date: Date,
        exercise_id: &str,
        filled: &BTreeMap<String, String>,
    ) -> Outcome {
        let [weight, reps] = [WEIGHT, REPS].map(|id| filled.get(id).cloned().unwrap_or_default());
        let id = exercise_id.parse().map_err(|_| Trouble::Said(Key::Stale))?;
        let again = Action::TopSet { date, exercise_id: id };
        let exercise_id = self.whole_id(Stream::Training, exercise_id).await?;
        self.file_set(Some(date), exercise_id, [weight, reps], Some(again)).await
    }

    /// Logs a top set by `/log topset`.
    pub(super) async fn log_top_set(&self, options: &Options) -> Outcome {
        let named = options.text("exercise");
        let (exercise_id, _) = self.named(Stream::Training, Key::FieldExercise, named).await?;
        let weight = options.text(WEIGHT).unwrap_or_default().to_owned();
        self.file_set(None, exercise_id, [weight, whole(options, REPS)], None).await
    }

    /// Logs cardio by its form.
    pub(super) async fn cardio(&self, date: Date, filled: &BTreeMap<String, String>) -> Outcome {
        let minutes = filled.get(MINUTES).cloned().unwrap_or_default();
        self.file_cardio(Some(date), minutes, Some(Action::Cardio { date })).await
    }

    /// Logs cardio by `/log cardio`.
    pub(super) async fn log_cardio(&self, options: &Options) -> Outcome {
        self.file_cardio(None, whole(options, MINUTES), None).await
    }

    /// Offers today's items of a stream for what is being typed.
    pub(super) async fn complete_item(
        &self,
        stream: Stream,
        typed: &str,
    ) -> Result<Vec<(String, String)>, Trouble> {
        let today = self.get_today().await?;
        let typed = inert::one_line(typed).to_lowercase();
        let choices = today::numbered(&today.duties)
            .filter(|(_, duty)| duty.stream() == stream)
            .map(|(n, duty)| {
                let label = words::label(self.texts(), today::item(n, duty));
                (inert::clip(&label, limit::LABEL), duty.item.clone())
            })
            .filter(|(label, _)| label.to_lowercase().contains(&typed));
        Ok(choices.take(limit::CHOICES).collect())
    }

    /// The form for a top set, which is called what its button is called.
    pub(super) fn set_form(&self, action: Action) -> Form {
        let [weight, reps] = self.kept();
        let label = |key: Key| words::label(self.texts(), key);
        let title = self.used_label().unwrap_or_else(|| label(Key::SetTitle));
        Form {
            action,
            title: inert::clip(&title, limit::TITLE),
            inputs: vec![
                Input::short(WEIGHT, label(Key::FieldWeight), 20)
                    .required()
                    .hint(&label(Key::HintWeight))
                    .holding(&weight),
                Input::short(REPS, label(Key::FieldReps), 10).required().holding(&reps),
            ],
        }
    }

    /// The form for the minutes of cardio.
    pub(super) fn cardio_form(&self, action: Action) -> Form {
        let [minutes] = self.kept();
        let label = |key: Key| words::label(self.texts(), key);
        Form {
            action,
            title: label(Key::CardioTitle),
            inputs: vec![
                Input::short(MINUTES, label(Key::FieldMinutes), 20).required().holding(&minutes),
            ],
        }
    }

    async fn file_meal(
        &self,
        date: Option<Date>,
        meal_id: String,
        status: DoneOrMissed,
        item: Line,
    ) -> Outcome {
        let (said, state, status) = match status {
            DoneOrMissed::Completed => (Key::Logged, DutyState::Completed, LogStatus::Completed),
            DoneOrMissed::Missed => (Key::LoggedMissed, DutyState::Missed, LogStatus::Missed),
        };
        let request = LogMealRequest {
            client: self.name(),
            date: written(date),
            meal_id: meal_id.clone(),
            status: status.into(),
            entered_at: Some(self.entered_at()),
            override_reason: String::new(),
            request_id: self.by.request_id(),
        };
        let logged = self.calls.logs.clone().log_meal(request).await;
        let durability = self.explained(logged).await?.durability();
        let said = words::with(said, "item", item.into());
        Ok(self.filed(durability, date, duty(Stream::Meal, meal_id, state), said).await)
    }

    async fn file_set(
        &self,
        date: Option<Date>,
        exercise_id: String,
        typed: [String; 2],
        again: Option<Action>,
    ) -> Outcome {
        let [weight, reps] = &typed;
        let fields = [(Key::FieldWeight, weight), (Key::FieldReps, reps)];
        let mut wrong = Wrong::new(&fields, again);
        let weight = number::weight(weight, Rounding::Bar);
        wrong.unless(weight.is_some(), self.texts(), fields[0], Key::NotWeight);
        let reps = number::whole(reps, OF_REPS);
        wrong.unless(reps.is_some(), self.texts(), fields[1], Key::NotWhole);
        let (Some(weight_kg), Some(reps)) = (weight, reps) else { return Err(wrong.into()) };
        let request = LogTopSetRequest {
            client: self.name(),
            date: written(date),
            exercise_id: exercise_id.clone(),
            top_set: Some(TopSet { weight_kg, reps }),
            entered_at: Some(self.entered_at()),
            override_reason: String::new(),
            request_id: self.by.request_id(),
        };
        let logged = self.calls.logs.clone().log_top_set(request).await;
        let logged = logged.map_err(|status| wrong.or_status(status));
        let durability = self.explained(logged).await?.durability();
        let values = vec![("weight", kilograms(weight_kg)), ("reps", Value::ours(reps))];
        let said = Line::Text(Key::LoggedSet, values);
        let duty = duty(Stream::Training, exercise_id, DutyState::Completed);
        Ok(self.filed(durability, date, duty, said).await)
    }

    async fn file_cardio(
        &self,
        date: Option<Date>,
        typed: String,
        again: Option<Action>,
    ) -> Outcome {
        let fields = [(Key::FieldMinutes, &typed)];
        let mut wrong = Wrong::new(&fields, again);
        let minutes = number::whole(&typed, OF_MINUTES);
        wrong.unless(minutes.is_some(), self.texts(), fields[0], Key::NotWhole);
        let Some(minutes) = minutes else { return Err(wrong.into()) };
        let request = LogCardioRequest {
            client: self.name(),
            date: written(date),
            minutes,
            entered_at: Some(self.entered_at()),
            override_reason: String::new(),
            request_id: self.by.request_id(),
        };
        let logged = self.calls.logs.clone().log_cardio(request).await;
        let logged = logged.map_err(|status| wrong.or_status(status));
        let durability = self.explained(logged).await?.durability();
        let said = words::with(Key::LoggedCardio, "minutes", Value::ours(minutes));
        let duty = duty(Stream::Cardio, String::new(), DutyState::Completed);
        Ok(self.filed(durability, date, duty, said).await)
    }

    /// Says that an entry is filed: on the message of the order, or in a note.
    async fn filed(
        &self,
        durability: Durability,
        date: Option<Date>,
        duty: Duty,
        said: Line,
    ) -> Answer {
        if durability == Durability::Spooled {
            return Answer::Note(words::note(self.texts(), Key::Spooled));
        }
        match (&self.by.message, date) {
            (Some(shown), Some(date)) => self.changed(shown, date, duty, said).await,
            _ => Answer::Note(words::note(self.texts(), said)),
        }
    }

    /// Returns the id of an item whose control has room for a digest alone.
    async fn whole_id(&self, stream: Stream, id: &str) -> Result<String, Trouble> {
        if !id.starts_with('~') {
            return Ok(id.to_owned());
        }
        let today = self.get_today().await?;
        let mut duties = today.duties.into_iter();
        let found = duties.find(|duty| duty.stream() == stream && short(&duty.item) == id);
        found.map(|duty| duty.item).ok_or(Trouble::Said(Key::Stale))
    }

    /// Finds the item of today that is named in a command; returns its id and what it is called.
    async fn named(
        &self,
        stream: Stream,
        field: Key,
        typed: Option<&str>,
    ) -> Result<(String, Line), Trouble> {
        let typed = typed.unwrap_or_default().to_owned();
        let today = self.get_today().await?;
        if let Some(shut) = today::gate(today.gate()) {
            return Err(Trouble::Said(shut));
        }
        if let Some((n, duty)) = today::find(&today.duties, stream, &typed, self.texts()) {
            return Ok((duty.item.clone(), today::item(n, duty)));
        }
        let mut wrong = Wrong::new(&[(field, &typed)], None);
        wrong.unless(false, self.texts(), (field, &typed), Key::NotToday);
        Err(wrong.into())
    }
}

fn duty(stream: Stream, item: String, state: DutyState) -> Duty {
    Duty { stream: stream.into(), item, state: state.into(), ..Duty::default() }
}

fn whole(options: &Options, name: &str) -> String {
    options.whole(name).map(|number| number.to_string()).unwrap_or_default()
}

fn written(date: Option<Date>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}
