//! What a client sets for himself: zone, alias, and what he agrees to.

use std::collections::BTreeMap;

use prost_types::FieldMask;
use regiment_proto::v1::{GetSettingsRequest, Settings, UpdateSettingsRequest};

use super::{Outcome, Trouble, Visit, trouble::Wrong, words, zone, zone::Found};
use crate::{
    Action, Answer, Consent, Form, Input, Note, Style, Texts,
    compose::{Block, Page},
    controls::Control,
    line::Value,
    render,
    texts::Key,
};

/// The field of the forms.
const VALUE: &str = "value";

impl Visit<'_> {
    /// Shows the settings.
    pub(super) async fn settings(&self) -> Outcome {
        let request = GetSettingsRequest { name: self.name() };
        let found = self.calls.clients.clone().get_settings(request).await?.into_inner();
        Ok(Answer::Note(note(&found.settings.unwrap_or_default(), self.texts())))
    }

    /// Gives or withdraws consent.
    pub(super) async fn consent(&self, to: Consent, is_given: bool) -> Outcome {
        let mut settings = Settings { name: self.name(), ..Settings::default() };
        let path = match to {
            Consent::Callouts => {
                settings.public_callout_opt_in = is_given;
                "public_callout_opt_in"
            }
            Consent::Honors => {
                settings.honors_opt_in = is_given;
                "honors_opt_in"
            }
        };
        self.set(settings, path).await
    }

    /// The form for the alias.
    pub(super) fn alias_form(&self) -> Form {
        let [kept] = self.kept();
        let label = words::label(self.texts(), Key::FieldAlias);
        Form {
            action: Action::Alias,
            title: label.clone(),
            inputs: vec![Input::short(VALUE, label, 32).required().holding(&kept)],
        }
    }

    /// Takes the alias.
    pub(super) async fn alias_filled(&self, filled: &BTreeMap<String, String>) -> Outcome {
        let alias = filled.get(VALUE).cloned().unwrap_or_default();
        let wrong = Wrong::new(&[(Key::FieldAlias, &alias)], Some(Action::Alias));
        let settings = Settings { name: self.name(), alias, ..Settings::default() };
        match self.set(settings, "alias").await {
            Err(Trouble::Status(status)) => Err(wrong.or_status(*status)),
            outcome => outcome,
        }
    }

    /// The form for the zone.
    pub(super) fn zone_form(&self) -> Form {
        let [kept] = self.kept();
        let label = |key: Key| words::label(self.texts(), key);
        Form {
            action: Action::Zone,
            title: label(Key::FieldZone),
            inputs: vec![
                Input::short(VALUE, label(Key::FieldZone), 60)
                    .required()
                    .hint(&label(Key::HintZone))
                    .holding(&kept),
            ],
        }
    }

    /// Takes the zone, or asks which one is meant.
    pub(super) async fn zone_filled(&self, filled: &BTreeMap<String, String>) -> Outcome {
        let typed = filled.get(VALUE).cloned().unwrap_or_default();
        match self.find_zone(&typed).await? {
            Found::One(zone) => self.zone_chosen(zone).await,
            Found::Several(zones) => {
                Ok(Answer::Changed(self.ask_zone(&zones, Action::ZoneChoice, Action::Zone)))
            }
            Found::None => {
                let mut wrong = Wrong::new(&[(Key::FieldZone, &typed)], Some(Action::Zone));
                wrong.add(Key::FieldZone, zone::none(&typed, self.texts()));
                Err(wrong.into())
            }
        }
    }

    /// Takes the zone that was chosen.
    pub(super) async fn zone_chosen(&self, zone: String) -> Outcome {
        let name = self.name();
        let settings = Settings { name, timezone_offset: zone, ..Settings::default() };
        self.set(settings, "timezone_offset").await
    }

    async fn set(&self, settings: Settings, path: &str) -> Outcome {
        let request = UpdateSettingsRequest {
            settings: Some(settings),
            update_mask: Some(FieldMask { paths: vec![path.to_owned()] }),
            request_id: self.by.request_id(),
        };
        let set = self.calls.clients.clone().update_settings(request).await?.into_inner();
        Ok(Answer::Changed(note(&set.settings.unwrap_or_default(), self.texts())))
    }
}

fn note(settings: &Settings, texts: &Texts) -> Note {
    let consent = |to: Consent, is_given: bool| {
        let (given, withdrawn, give, withdraw) = match to {
            Consent::Callouts => (
                Key::CalloutsGiven,
                Key::CalloutsWithheld,
                Key::CalloutsGive,
                Key::CalloutsWithdraw,
            ),
            Consent::Honors => {
                (Key::HonorsGiven, Key::HonorsWithheld, Key::HonorsGive, Key::HonorsWithdraw)
            }
        };
        let (line, label) = if is_given { (given, withdraw) } else { (withdrawn, give) };
        let action = Action::Consent { to, is_given: !is_given };
        (line.into(), Control::new(action, label, Style::Secondary))
    };
    let (callouts, callouts_button) = consent(Consent::Callouts, settings.public_callout_opt_in);
    let (honors, honors_button) = consent(Consent::Honors, settings.honors_opt_in);
    let alias = if settings.alias.is_empty() {
        Key::SettingsNoAlias.into()
    } else {
        words::with(Key::SettingsAlias, "alias", Value::name(&settings.alias))
    };
    let zone = words::with(Key::SettingsZone, "zone", Value::name(&settings.timezone_offset));
    let page = Page {
        blocks: vec![Block { heading: None, lines: vec![zone, alias, callouts, honors] }],
        groups: vec![
            vec![
                Control::new(Action::Zone, Key::SettingsChangeZone, Style::Primary),
                Control::new(Action::Alias, Key::SettingsChangeAlias, Style::Primary),
            ],
            vec![callouts_button, honors_button],
        ],
        ..Page::titled(Key::SettingsTitle)
    };
    render::note(&page, texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_show_what_is_agreed_to_and_offer_the_contrary() {
        let settings = Settings {
            timezone_offset: "Europe/London".to_owned(),
            honors_opt_in: true,
            alias: "Iron_@here".to_owned(),
            ..Settings::default()
        };
        insta::assert_snapshot!(words::described(&note(&settings, &Texts::built_in())));
        let bare = note(&Settings::default(), &Texts::built_in());
        assert!(bare.content.contains("No alias"), "{}", bare.content);
    }
}
