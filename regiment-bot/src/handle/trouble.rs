//! What stands in the way of an answer, in words for the person who asked.

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{kept, words};
use crate::{
    Action, Note, Row, Style, Texts,
    api::is_away,
    controls::{self, Control},
    inert,
    line::{Line, Value},
    rendered::limit,
    texts::Key,
};

/// The longest words about one field.
const PROBLEM: usize = 150;

/// What stands in the way.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The server said so.
    Status(Box<Status>),
    /// A text says it.
    Said(Key),
    /// What somebody typed is refused; nothing was stored.
    Wrong(Wrong),
}

/// Refused values, with what it takes to try again.
#[derive(Debug)]
pub(super) struct Wrong {
    /// Each field with what is wrong about it.
    fields: Vec<(Line, String)>,
    /// What was typed into each.
    typed: Vec<(Key, String)>,
    /// What opens the form again; none for a command.
    again: Option<Action>,
}

impl From<Wrong> for Trouble {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl From<Status> for Trouble {
    fn from(status: Status) -> Self {
        Self::Status(Box::new(status))
    }
}

impl Trouble {
    /// Says it.
    pub(super) fn into_note(self, texts: &Texts) -> Note {
        match self {
            Self::Status(status) => said(&status, texts),
            Self::Said(key) => words::note(texts, key),
            Self::Wrong(wrong) => wrong.note(texts),
        }
    }

    /// Returns whether the server, or its database, is away.
    pub(super) fn is_away(&self) -> bool {
        matches!(self, Self::Status(status) if is_away(status))
    }

    /// Returns whether the server refuses because the item is on no order that stands.
    pub(super) fn is_not_ordered(&self) -> bool {
        let Self::Status(status) = self else { return false };
        matches!(reason(status).as_deref(), Some("NOT_ORDERED" | "WITHDRAWN"))
    }
}

impl Wrong {
    /// Begins to look at what was typed into fields.
    pub(super) fn new(typed: &[(Key, &String)], again: Option<Action>) -> Self {
        let typed = typed.iter().map(|(field, value)| (*field, (*value).clone())).collect();
        Self { fields: Vec::new(), typed, again }
    }

    /// Notes what is wrong about a field, unless it could be read.
    pub(super) fn unless(
        &mut self,
        is_read: bool,
        texts: &Texts,
        (field, typed): (Key, &String),
        problem: Key,
    ) {
        if !is_read {
            let problem = words::label(texts, words::with(problem, "value", Value::name(typed)));
            self.add(field, problem);
        }
    }

    /// Notes what is wrong about a field.
    pub(super) fn add(&mut self, field: Key, problem: String) {
        self.fields.push((field.into(), problem));
    }

    /// Returns whether anything is wrong.
    pub(super) fn is_any(&self) -> bool {
        !self.fields.is_empty()
    }

    /// Takes what the server says about the fields, or what else it says.
    pub(super) fn or_status(self, status: Status) -> Trouble {
        let fields = violations(&status);
        if fields.is_empty() { status.into() } else { Self { fields, ..self }.into() }
    }

    /// Says what is wrong, keeps what was typed, and offers to correct it.
    pub(super) fn note(&self, texts: &Texts) -> Note {
        let mut lines = vec![words::say(texts, Key::Wrong)];
        lines.extend(self.fields.iter().map(|(field, problem)| {
            let values = vec![
                ("field", field.clone().into()),
                ("problem", Value::Words(inert::clip(problem, PROBLEM))),
            ];
            words::say(texts, Line::Text(Key::WrongField, values))
        }));
        lines.push(self.kept(texts));
        lines.retain(|line| !line.is_empty());
        Note { rows: self.fix(texts), ..Note::new(inert::clip(&lines.join("\n"), limit::CONTENT)) }
    }

    /// Writes what was typed, for the next try.
    pub(super) fn kept(&self, texts: &Texts) -> String {
        let lines =
            self.typed.iter().map(|(field, typed)| kept::line(&words::label(texts, *field), typed));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn fix(&self, texts: &Texts) -> Vec<Row> {
        let again = self.again.iter();
        let again = again.map(|action| Control::new(action.clone(), Key::Fix, Style::Primary));
        controls::arrange(vec![again.collect()], texts).unwrap_or_default()
    }
}

/// Returns whether a status refuses one of these fields of a request.
pub(super) fn is_about(status: &Status, fields: &[&str]) -> bool {
    let details = status.get_error_details();
    let violations = details.bad_request().map(|it| it.field_violations.as_slice());
    violations.unwrap_or_default().iter().any(|it| fields.contains(&it.field.as_str()))
}

/// Returns what a status says about the fields of a request.
fn violations(status: &Status) -> Vec<(Line, String)> {
    let details = status.get_error_details();
    let violations = details.bad_request().map(|it| it.field_violations.as_slice());
    violations
        .unwrap_or_default()
        .iter()
        .map(|violation| (field(&violation.field), violation.description.clone()))
        .collect()
}

/// Names a field of a request as forms do.
fn field(path: &str) -> Line {
    let name = path.rsplit('.').next().unwrap_or(path);
    let key = match name {
        "weight_kg" => Key::FieldWeight,
        "reps" => Key::FieldReps,
        "minutes" => Key::FieldMinutes,
        "notes" => Key::FieldNotes,
        "display_name" => Key::FieldName,
        "email" => Key::FieldEmail,
        "age" => Key::FieldAge,
        "gender" => Key::FieldGender,
        "photo_url" => Key::FieldPhoto,
        "height_cm" => Key::FieldHeight,
        "timezone_offset" => Key::FieldZone,
        "goal" => Key::FieldGoal,
        "alias" => Key::FieldAlias,
        _ => return Line::Own(name.replace('_', " ")),
    };
    key.into()
}

fn said(status: &Status, texts: &Texts) -> Note {
    let because = |key| {
        let reason = Value::Words(status.message().to_owned());
        words::note(texts, words::with(key, "reason", reason))
    };
    let note = |key: Key| words::note(texts, key);
    if is_away(status) {
        tracing::warn!(outcome = "away", code = ?status.code(), "the server did not answer");
        return note(Key::Away);
    }
    match (status.code(), reason(status).as_deref()) {
        (_, Some("UNKNOWN_CLIENT")) => note(Key::NotEnlisted),
        (_, Some("CLOSED")) => because(Key::Closed),
        (_, Some("REPEATED")) => note(Key::UnderWay),
        (Code::InvalidArgument, _) => {
            let fields = violations(status);
            if fields.is_empty() {
                return because(Key::Refused);
            }
            Wrong { fields, typed: Vec::new(), again: None }.note(texts)
        }
        (Code::FailedPrecondition | Code::AlreadyExists | Code::Aborted | Code::NotFound, _) => {
            because(Key::Refused)
        }
        (Code::PermissionDenied | Code::Unauthenticated, _) => note(Key::NotYours),
        (Code::ResourceExhausted, _) => note(Key::TooFast),
        (code, _) => {
            tracing::error!(outcome = "failed", ?code, "an interaction was answered with an error");
            note(Key::Failed)
        }
    }
}

fn reason(status: &Status) -> Option<String> {
    status.get_error_details().error_info().map(|info| info.reason.clone())
}
