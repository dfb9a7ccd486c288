//! The check-in: four questions answered by choosing, and a form for weight and notes, which files
//! it. What was answered so far is a draft on the server, by local date, so that corrections begin
//! where the last answer ended. Two menus in quick succession are answered one after the other, as
//! everything is that one person asks.

mod answers;

use std::collections::BTreeMap;

use jiff::civil::Date;
use regiment_proto::v1::{
    CheckinReport, ConfirmWeightRequest, Draft, Durability, GetDraftRequest, GetTodayResponse,
    LogCheckinRequest, SaveDraftRequest, Stream,
};
use tonic::Code;

use self::answers::{Answers, title};
use super::{Outcome, Trouble, Visit, number, number::Rounding, today, trouble::Wrong, words};
use crate::{
    Action, Answer, Form, Input, Note, Question, Row, Select, SelectAnswer, Style, Texts,
    api::is_away,
    compose::{self, Page, kilograms},
    controls::Control,
    discord::Options,
    line::Line,
    render,
    texts::Key,
};

pub(crate) use self::answers::{choices, option};

/// The name of the draft.
const DRAFT: &str = "checkin";

/// The fields of the form, and options of the command.
const WEIGHT: &str = "weight";
const NOTES: &str = "notes";

/// The longest notes, characters.
const LONGEST_NOTES: u16 = 250;

impl Visit<'_> {
    /// Shows the questions, unless the check-in is closed.
    pub(super) async fn checkin(&self, date: Date) -> Outcome {
        match self.get_today().await {
            Ok(today) => self.check_open(date, &today)?,
            // What is reported meanwhile goes to the spool, which knows the deadline too.
            Err(trouble) if trouble.is_away() => {}
            Err(trouble) => return Err(trouble),
        }
        let answers = self.answers(date).await?;
        Ok(Answer::Note(questions(date, &answers, None, self.texts())))
    }

    /// Takes one answer, and shows it.
    pub(super) async fn checkin_answer(
        &self,
        date: Date,
        question: Question,
        value: &str,
    ) -> Outcome {
        if !choices(question).iter().any(|(known, _)| *known == value) {
            return Err(Trouble::Said(Key::Nothing));
        }
        let mut answers = self.answers(date).await?;
        answers.chosen.insert(question, value.to_owned());
        self.keep_answers(date, &answers).await?;
        Ok(Answer::Changed(questions(date, &answers, None, self.texts())))
    }

    /// The form for weight and notes.
    pub(super) fn checkin_form(&self, date: Date) -> Form {
        let [weight, notes] = self.kept();
        let label = |key: Key| words::label(self.texts(), key);
        Form {
            action: Action::CheckinForm { date },
            title: label(Key::CheckinTitle),
            inputs: vec![
                Input::short(WEIGHT, label(Key::FieldWeight), 20)
                    .required()
                    .hint(&label(Key::HintWeight))
                    .holding(&weight),
                Input::long(NOTES, label(Key::FieldNotes), LONGEST_NOTES).holding(&notes),
            ],
        }
    }

    /// Files the check-in with the form's weight and notes.
    pub(super) async fn checkin_filled(
        &self,
        date: Date,
        filled: &BTreeMap<String, String>,
    ) -> Outcome {
        let [weight, notes] = [WEIGHT, NOTES].map(|id| filled.get(id).cloned().unwrap_or_default());
        let answers = Answers { weight, notes, ..self.answers(date).await? };
        match self.file_checkin(date, &answers).await {
            Err(Trouble::Wrong(wrong)) => {
                self.keep_answers(date, &answers).await?;
                Ok(Answer::Changed(questions(date, &answers, Some(&wrong), self.texts())))
            }
            outcome => Ok(Answer::Changed(outcome?)),
        }
    }

    /// Files the check-in by `/log checkin`.
    pub(super) async fn log_checkin(&self, options: &Options) -> Outcome {
        let today = self.get_today().await?;
        if let Some(shut) = today::gate(today.gate()) {
            return Err(Trouble::Said(shut));
        }
        let date: Date = today.date.parse().map_err(|_| Trouble::Said(Key::Failed))?;
        let text = |id| options.text(id).unwrap_or_default().to_owned();
        let chosen = Question::ALL.map(|question| (question, text(option(question).0)));
        let answers = Answers { chosen: chosen.into(), weight: text(WEIGHT), notes: text(NOTES) };
        // Where the weight is to be typed again, the form finds the rest.
        self.keep_answers(date, &answers).await?;
        Ok(Answer::Note(self.file_checkin(date, &answers).await?))
    }

    /// Confirms a weight that looked wrong.
    pub(super) async fn confirm_weight(&self, date: Date) -> Outcome {
        let request = ConfirmWeightRequest {
            client: self.name(),
            date: date.to_string(),
            request_id: self.by.request_id(),
        };
        self.calls.logs.clone().confirm_weight(request).await?;
        Ok(Answer::Changed(words::note(self.texts(), Key::WeightConfirmed)))
    }

    fn check_open(&self, date: Date, today: &GetTodayResponse) -> Result<(), Trouble> {
        if let Some(shut) = today::gate(today.gate()) {
            return Err(Trouble::Said(shut));
        }
        let duty = today.duties.iter().find(|duty| duty.stream() == Stream::Checkin);
        let is_open = duty.is_some_and(|duty| today::is_open(duty, self.by.entered_at()));
        if today.date != date.to_string() || !is_open {
            return Err(Trouble::Said(Key::CheckinClosed));
        }
        Ok(())
    }

    async fn file_checkin(&self, date: Date, answers: &Answers) -> Result<Note, Trouble> {
        let texts = self.texts();
        let mut wrong = Wrong::new(&answers.typed(), None);
        let weight = number::weight(&answers.weight, Rounding::Body);
        wrong.unless(weight.is_some(), texts, answers.typed()[0], Key::NotWeight);
        for question in Question::ALL {
            if answers.value(question).is_none() {
                wrong.add(title(question), words::label(texts, Key::Unanswered));
            }
        }
        let (Some(weight_kg), Some(report)) = (weight, answers.report()) else {
            return Err(wrong.into());
        };
        let request = LogCheckinRequest {
            client: self.name(),
            date: date.to_string(),
            report: Some(CheckinReport { weight_kg, ..report }),
            entered_at: Some(self.entered_at()),
            override_reason: String::new(),
            request_id: self.by.request_id(),
        };
        let logged = self.calls.logs.clone().log_checkin(request).await;
        let logged = logged.map_err(|status| wrong.or_status(status));
        let logged = self.explained(logged).await?;
        if logged.durability() == Durability::Spooled {
            return Ok(words::note(texts, Key::Spooled));
        }
        let is_odd = logged.confirm_weight;
        Ok(if is_odd { odd(date, weight_kg, answers, texts) } else { filed(weight_kg, texts) })
    }

    /// Returns what was answered so far: as the draft says, or, while the records are away, the
    /// message. A draft that can't be read is none.
    async fn answers(&self, date: Date) -> Result<Answers, Trouble> {
        let request = GetDraftRequest {
            user_id: self.user_id().to_string(),
            form: DRAFT.to_owned(),
            date: date.to_string(),
        };
        match self.calls.bot.clone().get_draft(request).await {
            Ok(found) => {
                let body = found.into_inner().draft.map(|draft| draft.body).unwrap_or_default();
                Ok(serde_json::from_str(&body).unwrap_or_default())
            }
            Err(status) if status.code() == Code::NotFound => Ok(Answers::default()),
            Err(status) if is_away(&status) => {
                let question = |action: Action| {
                    let Action::CheckinAnswer { question, .. } = action else { return None };
                    Some(question)
                };
                let chosen = self.chosen().into_iter();
                let chosen = chosen.filter_map(|(action, value)| Some((question(action)?, value)));
                Ok(Answers { chosen: chosen.collect(), ..Answers::default() })
            }
            Err(status) => Err(status.into()),
        }
    }

    /// Keeps what was answered; while the records are away, the message does.
    async fn keep_answers(&self, date: Date, answers: &Answers) -> Result<(), Trouble> {
        let body = serde_json::to_string(answers).expect("texts are JSON");
        let draft = Draft {
            user_id: self.user_id().to_string(),
            form: DRAFT.to_owned(),
            date: date.to_string(),
            body,
            expire_time: None,
        };
        let request_id = format!("{}-draft", self.by.request_id());
        let request = SaveDraftRequest { draft: Some(draft), request_id };
        match self.calls.bot.clone().save_draft(request).await {
            Err(status) if !is_away(&status) => Err(status.into()),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

/// Writes the questions with the answers so far, and what was wrong about the last try.
fn questions(date: Date, answers: &Answers, wrong: Option<&Wrong>, texts: &Texts) -> Note {
    let form = Action::CheckinForm { date };
    let page = Page {
        date: Some(compose::day(date)),
        mission: Some(Key::CheckinAsk.into()),
        groups: vec![vec![Control::new(form, Key::CheckinWeight, Style::Primary)]],
        ..Page::titled(Key::CheckinTitle)
    };
    let mut note = render::note(&page, texts);
    if let Some(wrong) = wrong {
        note.content = format!("{}\n\n{}", note.content, wrong.note(texts).content);
    }
    let menu = |question: Question| {
        let chosen = answers.value(question);
        let answer = |(value, key): (&str, Key)| SelectAnswer {
            value: value.to_owned(),
            label: words::label(texts, key),
            is_chosen: chosen == Some(value),
        };
        Row::Select(Select {
            action: Action::CheckinAnswer { date, question },
            placeholder: words::label(texts, title(question)),
            answers: choices(question).map(answer).into(),
        })
    };
    note.rows.splice(0..0, Question::ALL.map(menu));
    note
}

fn filed(weight_kg: f64, texts: &Texts) -> Note {
    words::note(texts, words::with(Key::CheckinFiled, "weight", kilograms(weight_kg)))
}

/// Asks whether an odd weight is right.
fn odd(date: Date, weight_kg: f64, answers: &Answers, texts: &Texts) -> Note {
    let weight = || vec![("weight", kilograms(weight_kg))];
    let confirm = Line::Text(Key::WeightConfirm, weight());
    let page = Page {
        date: Some(compose::day(date)),
        mission: Some(Line::Text(Key::WeightOdd, weight())),
        groups: vec![vec![
            Control::new(Action::ConfirmWeight { date }, confirm, Style::Primary),
            Control::new(Action::CheckinForm { date }, Key::WeightAgain, Style::Secondary),
        ]],
        ..Page::titled(Key::CheckinTitle)
    };
    let note = render::note(&page, texts);
    let kept =
        answers.typed().map(|(field, value)| super::kept::line(&words::label(texts, field), value));
    Note { content: format!("{}\n\n{}", note.content, kept.join("\n")), ..note }
}

#[cfg(test)]
mod tests;
