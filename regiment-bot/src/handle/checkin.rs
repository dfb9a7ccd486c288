//! The check-in: four questions answered by choosing, and a form for weight and notes, which files
//! it. What was answered so far is a draft on the server, by local date, so that corrections begin
//! where the last answer ended. Two menus in quick succession are answered one after the other, as
//! everything is that one person asks.

use std::collections::BTreeMap;

use jiff::civil::Date;
use regiment_proto::v1::{
    CheckinReport, ConfirmWeightRequest, Draft, Durability, GetDraftRequest, GetTodayResponse,
    Level, LogCheckinRequest, Mood, SaveDraftRequest, Sleep, Stream,
};
use serde::{Deserialize, Serialize};
use tonic::Code;

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

/// The name of the draft.
const DRAFT: &str = "checkin";

/// The fields of the form, and options of the command.
const WEIGHT: &str = "weight";
const NOTES: &str = "notes";

/// The longest notes, characters.
const LONGEST_NOTES: u16 = 250;

/// What was answered so far.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Answers {
    #[serde(default)]
    chosen: BTreeMap<Question, String>,
    #[serde(default)]
    weight: String,
    #[serde(default)]
    notes: String,
}

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

impl Answers {
    fn typed(&self) -> [(Key, &String); 2] {
        [(Key::FieldWeight, &self.weight), (Key::FieldNotes, &self.notes)]
    }

    /// Returns the answer to a question, where there is one that it has.
    fn value(&self, question: Question) -> Option<&'static str> {
        let chosen = self.chosen.get(&question)?;
        choices(question).into_iter().map(|(value, _)| value).find(|value| value == chosen)
    }

    /// Returns what is reported beside the weight, once every question is answered.
    fn report(&self) -> Option<CheckinReport> {
        let level = |value| match value {
            "low" => Level::Low,
            "medium" => Level::Medium,
            _ => Level::High,
        };
        let mood = match self.value(Question::Mood)? {
            "great" => Mood::Great,
            "okay" => Mood::Okay,
            _ => Mood::Bad,
        };
        let sleep = match self.value(Question::Sleep)? {
            "4h" => Sleep::Sleep4h,
            "6h" => Sleep::Sleep6h,
            _ => Sleep::Sleep8h,
        };
        Some(CheckinReport {
            mood: mood.into(),
            soreness: level(self.value(Question::Soreness)?).into(),
            stress: level(self.value(Question::Stress)?).into(),
            sleep: sleep.into(),
            notes: self.notes.trim().to_owned(),
            ..CheckinReport::default()
        })
    }
}

/// Returns the answers of a question: what comes back, and what it says.
pub(crate) const fn choices(question: Question) -> [(&'static str, Key); 3] {
    match question {
        Question::Mood => {
            [("great", Key::MoodGreat), ("okay", Key::MoodOkay), ("bad", Key::MoodBad)]
        }
        Question::Soreness => [
            ("low", Key::SorenessLow),
            ("medium", Key::SorenessMedium),
            ("high", Key::SorenessHigh),
        ],
        Question::Stress => {
            [("low", Key::StressLow), ("medium", Key::StressMedium), ("high", Key::StressHigh)]
        }
        Question::Sleep => [("4h", Key::Sleep4h), ("6h", Key::Sleep6h), ("8h", Key::Sleep8h)],
    }
}

/// Returns the name of a question's option in `/log checkin`, and what is said of it.
pub(crate) const fn option(question: Question) -> (&'static str, Key) {
    match question {
        Question::Mood => ("mood", Key::OptionMood),
        Question::Soreness => ("soreness", Key::OptionSoreness),
        Question::Stress => ("stress", Key::OptionStress),
        Question::Sleep => ("sleep", Key::OptionSleep),
    }
}

const fn title(question: Question) -> Key {
    match question {
        Question::Mood => Key::Mood,
        Question::Soreness => Key::Soreness,
        Question::Stress => Key::Stress,
        Question::Sleep => Key::Sleep,
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
mod tests {
    use regiment_core::testing::date;

    use super::*;

    fn answers(chosen: &[(Question, &str)]) -> Answers {
        let chosen = chosen.iter().map(|(question, value)| (*question, (*value).to_owned()));
        Answers { chosen: chosen.collect(), ..Answers::default() }
    }

    fn complete() -> Answers {
        let chosen = [
            (Question::Mood, "great"),
            (Question::Soreness, "medium"),
            (Question::Stress, "high"),
            (Question::Sleep, "6h"),
        ];
        Answers { weight: "82,5".to_owned(), notes: " fine ".to_owned(), ..answers(&chosen) }
    }

    #[test]
    fn the_questions_show_what_is_chosen() {
        let note = questions(
            date("2026-11-24"),
            &answers(&[(Question::Mood, "okay")]),
            None,
            &Texts::built_in(),
        );
        assert_eq!(note.rows.len(), 5);
        insta::assert_snapshot!(words::described(&note));
    }

    #[test]
    fn a_bad_weight_is_named_and_kept_for_the_next_try() {
        let answers = Answers { weight: "8200`".to_owned(), ..complete() };
        let mut wrong = Wrong::new(&answers.typed(), None);
        wrong.unless(false, &Texts::built_in(), answers.typed()[0], Key::NotWeight);
        let note = questions(date("2026-11-24"), &answers, Some(&wrong), &Texts::built_in());
        insta::assert_snapshot!(words::described(&note));
        assert_eq!(super::super::kept::read(&note.content), ["8200ˋ", "fine"]);
    }

    #[test]
    fn an_odd_weight_is_asked_about() {
        let note = odd(date("2026-11-24"), 92.5, &complete(), &Texts::built_in());
        insta::assert_snapshot!(words::described(&note));
    }

    #[test]
    fn a_report_needs_every_answer_and_takes_none_that_there_is_not() {
        let report = complete().report().unwrap();
        assert_eq!((report.mood(), report.soreness()), (Mood::Great, Level::Medium));
        assert_eq!((report.stress(), report.sleep()), (Level::High, Sleep::Sleep6h));
        assert_eq!(report.notes, "fine");
        for question in Question::ALL {
            let mut without = complete();
            without.chosen.remove(&question);
            assert!(without.report().is_none());
            without.chosen.insert(question, "99h".to_owned());
            assert!(without.report().is_none());
        }
    }

    #[test]
    fn a_draft_comes_back_and_one_of_another_kind_is_none() {
        let body = serde_json::to_string(&complete()).unwrap();
        assert!(serde_json::from_str::<Answers>(&body).unwrap() == complete());
        assert!(serde_json::from_str::<Answers>("{}").unwrap() == Answers::default());
        serde_json::from_str::<Answers>(r#"{"chosen":{"height":"x"}}"#).err().unwrap();
    }
}
