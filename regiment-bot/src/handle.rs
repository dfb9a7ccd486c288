//! What happens when somebody uses a command, a button, a menu or a form.
//!
//! Handlers never fail: whatever goes wrong becomes words for the person who asked. They keep
//! nothing: what a control does stands in its id, what was typed stands in the note, everything
//! else is the server's. Before a form is shown nothing is asked of anybody.

mod card;
mod checkin;
mod coach;
mod enlist;
mod kept;
mod log;
mod marks;
mod number;
mod order;
mod own;
mod progress;
mod route;
mod settings;
mod today;
mod trouble;
mod words;
mod zone;

use std::{collections::BTreeMap, sync::Arc};

use regiment_core::UserId;

use self::trouble::Trouble;
pub(crate) use self::{
    checkin::{choices as checkin_choices, option as checkin_option},
    words::label,
};
use crate::{
    Action, Answer, CustomIds, Note, Texts, UnreadId,
    api::{Api, Calls},
    discord::{Asks, Interaction, Options, Shown},
    texts::Key,
};

/// Everything that it takes to answer.
#[derive(Debug)]
pub struct Desk {
    api: Api,
    texts: Arc<Texts>,
    ids: CustomIds,
    /// Roles whose bearers are coaches; without one, nobody is.
    coach_roles: Vec<String>,
    /// The practice's community, in which alone somebody is a coach.
    guild_id: Option<u64>,
}

/// How an answer is put off while it takes its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// It is not: a form comes at once.
    Form,
    /// By a note of his own.
    Note,
    /// By the message on which the control stands.
    Change,
    /// It is not: choices are of use while he types.
    Choices,
}

/// What somebody asks for, once it is read.
enum Asked<'a> {
    Command(&'a str, &'a Options),
    Complete { command: &'a str, option: &'a str, typed: &'a str },
    Open(Action),
    Do(Action, Given<'a>),
}

/// What came with it.
#[derive(Clone, Copy)]
enum Given<'a> {
    Nothing,
    Chosen(&'a str),
    Filled(&'a BTreeMap<String, String>),
}

/// One interaction on its way to an answer.
struct Visit<'a> {
    desk: &'a Desk,
    by: &'a Interaction,
    calls: Calls,
}

/// An answer, or what stands in its way.
type Outcome = Result<Answer, Trouble>;

impl Desk {
    /// Prepares to answer.
    pub fn new(
        api: Api,
        texts: Arc<Texts>,
        ids: CustomIds,
        coach_roles: Vec<String>,
        guild_id: Option<u64>,
    ) -> Self {
        Self { api, texts, ids, coach_roles, guild_id }
    }

    /// Says how the answer may be put off, without asking anybody.
    pub fn promise(&self, interaction: &Interaction) -> Promise {
        match self.read(interaction) {
            Ok(Asked::Command("onboard", _) | Asked::Open(_)) => Promise::Form,
            Ok(Asked::Complete { .. }) => Promise::Choices,
            Ok(Asked::Do(action, given)) if route::changes(&action, given, interaction) => {
                Promise::Change
            }
            Ok(Asked::Command(..) | Asked::Do(..)) | Err(_) => Promise::Note,
        }
    }

    /// Answers, in words where something is wrong.
    pub async fn answer(&self, interaction: &Interaction) -> Answer {
        let asked = match self.read(interaction) {
            Ok(asked) => asked,
            Err(refused) => {
                return Answer::Note(Note::new(words::say(&self.texts, refused)));
            }
        };
        let visit = Visit { desk: self, by: interaction, calls: self.api.of(interaction) };
        let outcome = match asked {
            Asked::Command(name, options) => visit.command(name, options).await,
            Asked::Complete { command, option, typed } => {
                // Nobody reads an error there.
                let choices = visit.complete(command, option, typed).await;
                Ok(Answer::Choices(choices.unwrap_or_default()))
            }
            Asked::Open(action) => Ok(visit.open(action)),
            Asked::Do(action, given) => visit.carry_out(action, given).await,
        };
        outcome.unwrap_or_else(|trouble| Answer::Note(trouble.into_note(&self.texts)))
    }

    fn read<'a>(&self, interaction: &'a Interaction) -> Result<Asked<'a>, Key> {
        let action = |id: &str| {
            let is_coach = self.is_coach(interaction);
            self.ids.read(id, interaction.person.user_id, is_coach).map_err(|unread| match unread {
                UnreadId::Stale => Key::Stale,
                UnreadId::Forged => Key::Foreign,
                UnreadId::Unknown => Key::Nothing,
            })
        };
        let pressed = |action: Action| {
            if action.opens_form() {
                Asked::Open(action)
            } else {
                Asked::Do(action, Given::Nothing)
            }
        };
        match &interaction.asks {
            Asks::Command { name, options } => Ok(Asked::Command(name, options)),
            Asks::Complete { name, option, typed, .. } => {
                Ok(Asked::Complete { command: name, option, typed })
            }
            Asks::Press { custom_id } => Ok(pressed(action(custom_id)?)),
            Asks::Choose { custom_id, values } => {
                let value = values.first().map_or("", String::as_str);
                let chosen = action(custom_id)?;
                if let Action::Menu { .. } = chosen {
                    return Ok(pressed(action(value)?));
                }
                if let Action::Card { user_id, id, step } = chosen
                    && let Some(step) = card::form_of(step, value)
                {
                    return Ok(Asked::Open(Action::Card { user_id, id, step }));
                }
                Ok(Asked::Do(chosen, Given::Chosen(value)))
            }
            Asks::Submit { custom_id, fields } => {
                Ok(Asked::Do(action(custom_id)?, Given::Filled(fields)))
            }
        }
    }

    /// Returns whether somebody bears a coach's role, where the practice is.
    fn is_coach(&self, interaction: &Interaction) -> bool {
        interaction.guild_id.is_some()
            && interaction.guild_id == self.guild_id
            && interaction.person.roles.iter().any(|role| self.coach_roles.contains(role))
    }
}

impl Visit<'_> {
    fn texts(&self) -> &Texts {
        &self.desk.texts
    }

    fn user_id(&self) -> UserId {
        self.by.person.user_id
    }

    /// Returns the person's name in the API.
    fn name(&self) -> String {
        format!("clients/{}", self.user_id())
    }

    fn entered_at(&self) -> prost_types::Timestamp {
        let at = self.by.entered_at();
        prost_types::Timestamp { seconds: at.as_second(), nanos: at.subsec_nanosecond() }
    }

    /// Returns what stands on the message for the next try, in the order of the form's fields.
    fn kept<const N: usize>(&self) -> [String; N] {
        let content = self.by.message.as_ref().map_or("", |Shown { content, .. }| content);
        let mut values = kept::read(content).into_iter();
        std::array::from_fn(|_| values.next().unwrap_or_default())
    }

    /// Lets coaches through; what they may do in the end is the server's to say.
    fn coach(&self) -> Result<(), Trouble> {
        if self.desk.is_coach(self.by) { Ok(()) } else { Err(Trouble::Said(Key::CoachesOnly)) }
    }
}

#[cfg(test)]
mod tests;
