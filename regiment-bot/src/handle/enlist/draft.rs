//! What somebody has typed so far to enlist, as he typed it.

use std::collections::BTreeMap;

use regiment_core::{
    Invalid,
    measure::{Age, BodyWeight, Height},
};
use regiment_proto::v1::{
    DeleteDraftRequest, Draft, EnlistRequest, GetDraftRequest, SaveDraftRequest,
};
use serde::{Deserialize, Serialize};
use tonic::Code;

use super::super::{
    Trouble, Visit,
    number::{self, Rounding},
    trouble::Wrong,
    words,
};
use crate::{
    Texts,
    line::{Line, Value},
    texts::Key,
};

/// The name of the draft.
const DRAFT: &str = "enlist";

/// Values by field.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Typed(BTreeMap<String, String>);

impl Visit<'_> {
    /// Returns what was typed so far; a draft that can't be read is none.
    pub(super) async fn typed(&self) -> Result<Typed, Trouble> {
        let request = GetDraftRequest {
            user_id: self.user_id().to_string(),
            form: DRAFT.to_owned(),
            date: String::new(),
        };
        match self.calls.bot.clone().get_draft(request).await {
            Ok(found) => {
                let body = found.into_inner().draft.map(|draft| draft.body).unwrap_or_default();
                Ok(serde_json::from_str(&body).unwrap_or_default())
            }
            Err(status) if status.code() == Code::NotFound => Ok(Typed::default()),
            Err(status) => Err(status.into()),
        }
    }

    pub(super) async fn keep_typed(&self, typed: &Typed) -> Result<(), Trouble> {
        let draft = Draft {
            user_id: self.user_id().to_string(),
            form: DRAFT.to_owned(),
            body: serde_json::to_string(typed).expect("texts are JSON"),
            ..Draft::default()
        };
        let request_id = format!("{}-draft", self.by.request_id());
        let request = SaveDraftRequest { draft: Some(draft), request_id };
        self.calls.bot.clone().save_draft(request).await?;
        Ok(())
    }

    pub(super) async fn forget_typed(&self) -> Result<(), Trouble> {
        let request = DeleteDraftRequest {
            user_id: self.user_id().to_string(),
            form: DRAFT.to_owned(),
            date: String::new(),
            request_id: format!("{}-done", self.by.request_id()),
        };
        self.calls.bot.clone().delete_draft(request).await?;
        Ok(())
    }
}

impl Typed {
    pub(super) fn get(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    pub(super) fn set(&mut self, field: &str, value: String) {
        self.0.insert(field.to_owned(), value);
    }

    /// Takes the fields of a form.
    pub(super) fn take<const N: usize>(
        &mut self,
        fields: [&str; N],
        filled: &BTreeMap<String, String>,
    ) {
        for field in fields {
            let value = filled.get(field).map(|value| value.trim().chars().take(500).collect());
            self.set(field, value.unwrap_or_default());
        }
    }

    /// Says what is wrong about the first form, as far as that can be told without the server.
    pub(super) fn check_person(&self, mut wrong: Wrong, texts: &Texts) -> Option<Wrong> {
        let age = self.get("age");
        let read = number::whole(age, &["y", "years"]);
        if !age.is_empty() {
            check(&mut wrong, (Key::FieldAge, age), read, texts, |age| Age::new(age.into()));
        }
        wrong.is_any().then_some(wrong)
    }

    /// Says what is wrong about height and weight.
    pub(super) fn check_body(&self, mut wrong: Wrong, texts: &Texts) -> Option<Wrong> {
        let (height, weight) = (self.get("height"), self.get("weight"));
        let read = number::height(height);
        check(&mut wrong, (Key::FieldHeight, height), read, texts, |it| Height::new(it.into()));
        let read = number::weight(weight, Rounding::Body);
        check(&mut wrong, (Key::FieldWeight, weight), read, texts, BodyWeight::new);
        wrong.is_any().then_some(wrong)
    }

    /// Writes what was typed as a request, as far as it goes.
    pub(super) fn request(&self) -> EnlistRequest {
        let text = |field| self.get(field).to_owned();
        EnlistRequest {
            display_name: text("name"),
            email: text("email"),
            age: number::whole(self.get("age"), &["y", "years"]),
            gender: text("gender"),
            height_cm: number::height(self.get("height")).unwrap_or_default(),
            weight_kg: number::weight(self.get("weight"), Rounding::Body).unwrap_or_default(),
            photo_url: text("photo"),
            ..EnlistRequest::default()
        }
    }
}

/// Notes what is wrong about a number, as it was typed.
fn check<N, T>(
    wrong: &mut Wrong,
    (field, typed): (Key, &str),
    read: Option<N>,
    texts: &Texts,
    accept: impl FnOnce(N) -> Result<T, Invalid>,
) {
    let problem = match read.map(accept) {
        Some(Ok(_)) => return,
        None => words::with(Key::NotNumber, "value", Value::name(typed)),
        Some(Err(invalid)) => {
            let accepted = Value::Words(invalid.accepted().to_owned());
            Line::Text(Key::OutOfRange, vec![("accepted", accepted), ("value", Value::name(typed))])
        }
    };
    wrong.add(field, words::label(texts, problem));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(values: &[(&str, &str)]) -> Typed {
        Typed(values.iter().map(|(field, value)| ((*field).into(), (*value).into())).collect())
    }

    fn said(wrong: Option<Wrong>) -> String {
        wrong.map(|wrong| wrong.note(&Texts::built_in()).content).unwrap_or_default()
    }

    #[test]
    fn numbers_are_held_against_their_ranges() {
        let person = |age: &str| {
            said(typed(&[("age", age)]).check_person(Wrong::new(&[], None), &Texts::built_in()))
        };
        assert_eq!(person(""), "");
        assert_eq!(person("14"), "");
        assert_eq!(person("100"), "");
        for age in ["13", "101", "old", "💪"] {
            assert!(person(age).contains(&format!("not {age}")), "{}", person(age));
        }
        let body = |height: &str, weight: &str| {
            let typed = typed(&[("height", height), ("weight", weight)]);
            said(typed.check_body(Wrong::new(&[], None), &Texts::built_in()))
        };
        assert_eq!(body("120", "30"), "");
        assert_eq!(body("2,50", "300,0 kg"), "");
        assert!(
            body("119", "80").contains("Height must be a whole number from 120 to 250 cm, not 119")
        );
        assert!(body("251", "80").contains("Height"));
        assert!(body("180", "29.9").contains("Weight must be between 30 and 300 kg, not 29.9"));
        assert!(body("180", "300.1").contains("Weight"));
        let both = body("tall", "heavy");
        assert!(both.contains("Height must be a number, not tall"), "{both}");
        assert!(both.contains("Weight must be a number, not heavy"), "{both}");
    }

    #[test]
    fn what_was_typed_becomes_a_request() {
        let typed = typed(&[
            ("name", "Ana"),
            ("age", "31"),
            ("height", "1,68 m"),
            ("weight", "150 lb"),
            ("photo", "https://example.org/a.png"),
        ]);
        let request = typed.request();
        assert_eq!((request.height_cm, request.weight_kg, request.age), (168, 68.0, Some(31)));
        assert_eq!((&*request.display_name, &*request.email), ("Ana", ""));
    }

    #[test]
    fn a_form_replaces_its_own_fields_alone() {
        let mut known = typed(&[("name", "Ana"), ("zone", "UTC")]);
        let filled = [("name".to_owned(), "  Bo ".to_owned())].into();
        known.take(["name", "email"], &filled);
        assert_eq!((known.get("name"), known.get("email"), known.get("zone")), ("Bo", "", "UTC"));
    }
}
