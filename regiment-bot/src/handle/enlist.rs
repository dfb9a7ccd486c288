//! Enlisting: a form for who somebody is, a note, a form for his body and his zone, and the goal.
//!
//! A form can't be answered with a form, hence the note between them. What was typed is a draft on
//! the server until it is complete; the notes keep it too, so that no form begins empty.

mod draft;

use std::collections::BTreeMap;

use regiment_proto::v1::{
    ClientStatus, EnlistRequest, EnlistResponse, Gate, GetTodayResponse, Goal,
};

use self::draft::Typed;
use super::{
    Outcome, Trouble, Visit, today,
    trouble::{self, Wrong},
    words,
    zone::{self, Found},
};
use crate::{
    Action, Answer, Form, Input, Note, Row, Select, SelectAnswer, Style, Texts,
    compose::{self, Page},
    controls::Control,
    line::{Line, Value},
    render,
    texts::Key,
};

/// What somebody may train for: what comes back, and what it says.
const GOALS: [(&str, Key, Goal); 3] = [
    ("cut", Key::GoalCut, Goal::Cut),
    ("bulk", Key::GoalBulk, Goal::Bulk),
    ("recomp", Key::GoalRecomp, Goal::Recomp),
];

/// The fields of the first form, in their order.
const PERSON: [(&str, Key, u16); 5] = [
    ("name", Key::FieldName, 100),
    ("email", Key::FieldEmail, 100),
    ("age", Key::FieldAge, 10),
    ("gender", Key::FieldGender, 100),
    ("photo", Key::FieldPhoto, 500),
];

/// The fields of the second form.
const BODY: [(&str, Key, u16); 3] = [
    ("height", Key::FieldHeight, 20),
    ("weight", Key::FieldWeight, 20),
    ("zone", Key::FieldZone, 60),
];

impl Visit<'_> {
    /// The button that everybody may press.
    pub(super) fn enlist_post(&self) -> Answer {
        let enlist = Action::Enlist { zone: None };
        let page = Page {
            mission: Some(Key::EnlistInvite.into()),
            groups: vec![vec![Control::new(enlist, Key::EnlistButton, Style::Primary)]],
            ..Page::titled(Key::EnlistTitle)
        };
        Answer::Post(render::note(&page, self.texts()))
    }

    /// The first form: who somebody is. All of it may stay empty.
    pub(super) fn enlist_form(&self, zone: Option<String>) -> Form {
        let mut kept: [String; 5] = self.kept();
        if kept.iter().all(String::is_empty) {
            kept[0].clone_from(&self.by.person.name);
        }
        let input = |((id, label, max), value): ((&'static str, Key, u16), String)| {
            Input::short(id, words::label(self.texts(), label), max).holding(&value)
        };
        Form {
            action: Action::Enlist { zone },
            title: words::label(self.texts(), Key::EnlistPerson),
            inputs: PERSON.into_iter().zip(kept).map(input).collect(),
        }
    }

    /// The second form: height, weight, zone.
    pub(super) fn enlist_body_form(&self, carried: Option<String>) -> Form {
        let mut kept: [String; 3] = self.kept();
        if let (Some(zone), true) = (carried.clone(), kept[2].is_empty()) {
            kept[2] = zone;
        }
        let label = |key: Key| words::label(self.texts(), key);
        let hints = [Key::HintHeight, Key::HintWeight, Key::HintZone];
        let inputs =
            BODY.into_iter().zip(hints).zip(kept).map(|(((id, name, max), hint), value)| {
                Input::short(id, label(name), max).required().hint(&label(hint)).holding(&value)
            });
        Form {
            action: Action::EnlistBody { zone: carried },
            title: label(Key::EnlistBody),
            inputs: inputs.collect(),
        }
    }

    /// Takes the first form. Whoever is under orders is told so at once.
    pub(super) async fn enlist_filled(
        &self,
        zone: Option<String>,
        filled: &BTreeMap<String, String>,
    ) -> Outcome {
        if let Ok(today) = self.get_today().await
            && today.gate() != Gate::NotActive
        {
            return Ok(Answer::Note(known(&today, self.texts())));
        }
        let mut typed = self.typed().await?;
        typed.take(PERSON.map(|(id, ..)| id), filled);
        if let Some(zone) = zone {
            typed.set("zone", zone);
        }
        self.keep_typed(&typed).await?;
        Ok(Answer::Note(self.enlist_on(&typed).await?))
    }

    /// Takes the second form.
    pub(super) async fn enlist_body_filled(&self, filled: &BTreeMap<String, String>) -> Outcome {
        let mut typed = self.typed().await?;
        typed.take(BODY.map(|(id, ..)| id), filled);
        self.keep_typed(&typed).await?;
        Ok(Answer::Changed(self.enlist_on(&typed).await?))
    }

    /// Takes the zone that was chosen.
    pub(super) async fn enlist_zone(&self, zone: &str) -> Outcome {
        let mut typed = self.typed().await?;
        typed.set("zone", zone.to_owned());
        self.keep_typed(&typed).await?;
        Ok(Answer::Changed(self.enlist_on(&typed).await?))
    }

    /// Takes the goal that was chosen, and enlists.
    pub(super) async fn enlist_goal(&self, goal: &str) -> Outcome {
        let mut typed = self.typed().await?;
        // Somebody whose answer got lost has enlisted, and his draft is gone.
        if typed.get("height").is_empty()
            && let Ok(today) = self.get_today().await
        {
            return Ok(Answer::Changed(known(&today, self.texts())));
        }
        typed.set("goal", goal.to_owned());
        self.keep_typed(&typed).await?;
        Ok(Answer::Changed(self.enlist_on(&typed).await?))
    }

    /// Goes on to what is still needed, and enlists when nothing is.
    async fn enlist_on(&self, typed: &Typed) -> Result<Note, Trouble> {
        let texts = self.texts();
        let person = wrong(typed, PERSON, Action::Enlist { zone: None });
        if let Some(wrong) = typed.check_person(person, texts) {
            return Ok(wrong.note(texts));
        }
        let zone = Some(typed.get("zone").to_owned()).filter(|zone| !zone.is_empty());
        if BODY[..2].iter().all(|(id, ..)| typed.get(id).is_empty()) {
            return Ok(self.continued(zone));
        }
        let again = || Action::EnlistBody { zone: None };
        let body = wrong(typed, BODY, again());
        if let Some(wrong) = typed.check_body(body, texts) {
            return Ok(wrong.note(texts));
        }
        let zone = match self.find_zone(typed.get("zone")).await? {
            Found::One(zone) => zone,
            Found::Several(zones) => {
                let note = self.ask_zone(&zones, Action::EnlistZone, again());
                let kept = wrong(typed, BODY, again()).kept(texts);
                return Ok(Note { content: format!("{}\n{kept}", note.content), ..note });
            }
            Found::None => {
                let mut refused = wrong(typed, BODY, again());
                refused.add(Key::FieldZone, zone::none(typed.get("zone"), texts));
                return Ok(refused.note(texts));
            }
        };
        let Some((.., goal)) = GOALS.into_iter().find(|(id, ..)| *id == typed.get("goal")) else {
            return Ok(ask_goal(texts));
        };
        self.enlist(typed, zone, goal).await
    }

    async fn enlist(&self, typed: &Typed, zone: String, goal: Goal) -> Result<Note, Trouble> {
        let request = EnlistRequest {
            user_id: self.user_id().to_string(),
            timezone_offset: zone,
            goal: goal.into(),
            guild_id: self.by.guild_id.map(|id| id.to_string()).unwrap_or_default(),
            request_id: self.by.request_id(),
            ..typed.request()
        };
        match self.calls.clients.clone().enlist(request).await {
            Ok(enlisted) => {
                // Kept for two days at most, should this fail.
                let _ = self.forget_typed().await;
                Ok(enlisted_note(&enlisted.into_inner(), self.texts()))
            }
            Err(status) => {
                let person = wrong(typed, PERSON, Action::Enlist { zone: None });
                let body = wrong(typed, BODY, Action::EnlistBody { zone: None });
                let is_of_body =
                    trouble::is_about(&status, &["height_cm", "weight_kg", "timezone_offset"]);
                Err(if is_of_body { body } else { person }.or_status(status))
            }
        }
    }

    /// The note between the two forms.
    fn continued(&self, zone: Option<String>) -> Note {
        let body = Action::EnlistBody { zone };
        let page = Page {
            mission: Some(Key::EnlistHalf.into()),
            groups: vec![vec![Control::new(body, Key::EnlistContinue, Style::Primary)]],
            ..Page::titled(Key::EnlistTitle)
        };
        render::note(&page, self.texts())
    }
}

/// Begins to look at what was typed into a form.
fn wrong<const N: usize>(
    typed: &Typed,
    fields: [(&'static str, Key, u16); N],
    again: Action,
) -> Wrong {
    let values = fields.map(|(id, label, _)| (label, typed.get(id).to_owned()));
    let values: Vec<(Key, &String)> = values.iter().map(|(key, value)| (*key, value)).collect();
    Wrong::new(&values, Some(again))
}

/// Says that somebody has enlisted, and where he stands.
fn known(today: &GetTodayResponse, texts: &Texts) -> Note {
    let mut note = words::note(texts, Key::EnlistKnown);
    if let Some(shut) = today::gate(today.gate()) {
        note.content = format!("{} {}", note.content, words::say(texts, shut));
    }
    note
}

fn ask_goal(texts: &Texts) -> Note {
    let answer = |(value, key, _): (&str, Key, Goal)| SelectAnswer {
        value: value.to_owned(),
        label: words::label(texts, key),
        is_chosen: false,
    };
    let select = Select {
        action: Action::EnlistGoal,
        placeholder: words::label(texts, Key::FieldGoal),
        answers: GOALS.map(answer).into(),
    };
    Note { rows: vec![Row::Select(select)], ..words::note(texts, Key::EnlistGoal) }
}

/// Says where somebody stands who has enlisted, now or before.
fn enlisted_note(enlisted: &EnlistResponse, texts: &Texts) -> Note {
    let key = match (enlisted.was_known, enlisted.status()) {
        (false, _) => Key::Enlisted,
        (true, ClientStatus::Pending) => Key::EnlistedBefore,
        (true, ClientStatus::Archived) => Key::EnlistLeft,
        (true, _) if enlisted.paused => Key::EnlistPaused,
        (true, ClientStatus::Active | ClientStatus::Unspecified) => Key::EnlistActive,
    };
    let start = enlisted
        .start_date
        .parse()
        .map_or_else(|_| Value::name(&enlisted.start_date), |date| compose::day(date).into());
    words::note(texts, Line::Text(key, vec![("start", start)]))
}

#[cfg(test)]
mod tests;
