//! What today asks for and what became of it, as a note and on the buttons of an order.

use jiff::{Timestamp, civil::Date};
use regiment_proto::v1::{Duty, DutyState, Gate, GetTodayRequest, GetTodayResponse, Stream};

use tonic::Response;

use super::{Outcome, Trouble, Visit, kept, marks, words};
use crate::{
    Action, Answer, Note, Style, Texts,
    compose::{self, Block, Page},
    controls::Control,
    discord::Shown,
    inert,
    line::{Line, Value},
    render,
    texts::Key,
};

impl Visit<'_> {
    /// Shows what today asks for.
    pub(super) async fn today(&self) -> Outcome {
        let today = self.get_today().await?;
        Ok(Answer::Note(note(&today, self.by.entered_at(), self.texts())))
    }

    /// Asks the server what today asks for.
    pub(super) async fn get_today(&self) -> Result<GetTodayResponse, Trouble> {
        let request = GetTodayRequest { name: self.name() };
        Ok(self.calls.clients.clone().get_today(request).await?.into_inner())
    }

    /// Shows on a message what became of its items: as the server says, or, where it says nothing any
    /// more, as it has said of one.
    pub(super) async fn changed(
        &self,
        shown: &Shown,
        date: Date,
        duty: Duty,
        said: Line,
    ) -> Answer {
        let today = self.get_today().await.ok();
        let today = today.filter(|today| today.date == date.to_string());
        // A note in which somebody corrected a value.
        if !kept::read(&shown.content).is_empty() {
            return Answer::Changed(words::note(self.texts(), said));
        }
        // The note of /today says it in words too.
        if let Some(today) = &today
            && is_today(&shown.content, self.texts())
        {
            return Answer::Changed(note(today, self.by.entered_at(), self.texts()));
        }
        let duties = today.map_or_else(|| vec![duty], |today| today.duties);
        let rows = self.marked(shown, |action| marks::look(action, &duties));
        Answer::Changed(Note { rows, ..Note::new(&shown.content) })
    }

    /// Says why nothing is ordered, where an answer is refused because of that.
    pub(super) async fn explained<T>(
        &self,
        answered: Result<Response<T>, impl Into<Trouble>>,
    ) -> Result<T, Trouble> {
        let trouble: Trouble = match answered {
            Ok(answered) => return Ok(answered.into_inner()),
            Err(trouble) => trouble.into(),
        };
        if !trouble.is_not_ordered() {
            return Err(trouble);
        }
        let shut = self.get_today().await.ok().and_then(|today| gate(today.gate()));
        Err(shut.map_or(trouble, Trouble::Said))
    }
}

/// Says why nothing is ordered, unless orders flow.
pub(super) fn gate(gate: Gate) -> Option<Key> {
    match gate {
        Gate::Open | Gate::Unspecified => None,
        Gate::NotActive => Some(Key::NotActive),
        Gate::Paused => Some(Key::Paused),
        Gate::NotStarted => Some(Key::NotStarted),
    }
}

/// Writes what today asks for, with a button for each item that can still be answered.
pub(super) fn note(today: &GetTodayResponse, at: Timestamp, texts: &Texts) -> Note {
    let lines: Vec<Line> = match gate(today.gate()) {
        Some(shut) => vec![shut.into()],
        None if today.duties.is_empty() => vec![Key::TodayEmpty.into()],
        None => numbered(&today.duties).map(|(n, duty)| state_line(n, duty)).collect(),
    };
    let next = words::at(today.next_trigger_time.as_ref());
    let date = today.date.parse().ok();
    let groups = date.map(|date| {
        let open = numbered(&today.duties).filter(|(_, duty)| is_open(duty, at));
        open.map(|(n, duty)| controls(date, n, duty)).collect()
    });
    let page = Page {
        date: date.map(compose::day),
        blocks: vec![Block { heading: None, lines }],
        deadline: next.map(|next| words::with(Key::TodayNext, "at", words::moment(next, 'f'))),
        groups: groups.unwrap_or_default(),
        ..Page::titled(Key::TodayTitle)
    };
    let mut note = render::note(&page, texts);
    marks::mark(&mut note.rows, |action| marks::look(action, &today.duties), texts);
    note
}

/// Returns duties with the number of each meal among the meals.
pub(super) fn numbered(duties: &[Duty]) -> impl Iterator<Item = (u32, &Duty)> {
    let mut meals = 0;
    duties.iter().map(move |duty| {
        meals += u32::from(duty.stream() == Stream::Meal);
        (meals, duty)
    })
}

/// Names a duty.
pub(super) fn item(n: u32, duty: &Duty) -> Line {
    match duty.stream() {
        Stream::Meal => words::with(Key::TodayMeal, "number", Value::ours(n)),
        Stream::Cardio => {
            words::with(Key::TodayCardio, "minutes", Value::ours(duty.assigned_minutes))
        }
        Stream::Checkin => Key::TodayCheckin.into(),
        Stream::Training | Stream::Unspecified => {
            let name = if duty.exercise.is_empty() { &duty.item } else { &duty.exercise };
            Line::Own(inert::name(name))
        }
    }
}

/// Finds the item that somebody names: by its id, by what it is called, or by its number.
pub(super) fn find<'a>(
    duties: &'a [Duty],
    stream: Stream,
    typed: &str,
    texts: &Texts,
) -> Option<(u32, &'a Duty)> {
    let typed = inert::one_line(typed).to_lowercase();
    let named =
        |(n, duty): &(u32, &Duty)| words::label(texts, item(*n, duty)).to_lowercase() == typed;
    let of_stream = || numbered(duties).filter(|(_, duty)| duty.stream() == stream);
    let number: Option<usize> = typed.parse().ok();
    of_stream()
        .find(|(_, duty)| duty.item.to_lowercase() == typed)
        .or_else(|| of_stream().find(named))
        .or_else(|| of_stream().nth(number?.checked_sub(1)?))
}

fn state_line(n: u32, duty: &Duty) -> Line {
    let key = match duty.state() {
        DutyState::Open | DutyState::Unspecified => Key::TodayOpen,
        DutyState::Completed => Key::TodayDone,
        DutyState::Underperformed => Key::TodayUnder,
        DutyState::Missed => Key::TodayMissed,
    };
    let mut values = vec![("item", item(n, duty).into())];
    if let Some(deadline) = words::at(duty.deadline.as_ref()) {
        values.push(("deadline", words::moment(deadline, 't')));
    }
    Line::Text(key, values)
}

pub(super) fn is_open(duty: &Duty, at: Timestamp) -> bool {
    words::at(duty.deadline.as_ref()).is_none_or(|deadline| at < deadline)
}

fn controls(date: Date, n: u32, duty: &Duty) -> Vec<Control> {
    match duty.stream() {
        Stream::Meal => match duty.item.parse() {
            Ok(meal_id) => compose::meal_buttons(date, n, &meal_id),
            Err(_) => Vec::new(),
        },
        Stream::Cardio => {
            vec![Control::new(Action::Cardio { date }, Key::FuelLogCardio, Style::Primary)]
        }
        Stream::Checkin => {
            vec![Control::new(Action::Checkin { date }, Key::CheckinReport, Style::Primary)]
        }
        Stream::Training => match duty.item.parse() {
            Ok(exercise_id) => {
                let action = Action::TopSet { date, exercise_id };
                vec![Control::new(action, item(n, duty), Style::Primary)]
            }
            Err(_) => Vec::new(),
        },
        Stream::Unspecified => Vec::new(),
    }
}

/// Returns whether a message is the note of [`note`].
fn is_today(content: &str, texts: &Texts) -> bool {
    let title = words::say(texts, Key::TodayTitle);
    content.strip_prefix("**").and_then(|rest| rest.strip_prefix(&title)).is_some()
}

#[cfg(test)]
mod tests;
