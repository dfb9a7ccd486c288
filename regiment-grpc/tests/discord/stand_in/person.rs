//! What a person sees and does in Discord's client, and nothing more.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::components::{Control, controls};
use super::transcript::{self, Event, What};
use super::world::{Answered, Field, Form, Id, Interaction, Kind, Message, World};
use super::{Discord, PATIENCE, frames};

/// How long a button that promised a change may leave the message as it is.
const LULL: Duration = Duration::from_secs(8);

/// Why Discord's client would not let somebody do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cannot(pub(crate) String);

/// What followed from something that somebody did.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reply {
    /// A message.
    Note(Seen),
    /// The message on which the control stands has changed.
    Changed(Seen),
    Form(Form),
    Choices(Vec<(String, Value)>),
    /// It was acknowledged, and nothing changed.
    Nothing,
    /// "The bot is thinking…", and never stops.
    Thinking,
    /// "This interaction failed."
    Failed,
}

/// A message as somebody sees it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) id: Id,
    pub(crate) channel: Id,
    pub(crate) content: String,
    pub(crate) rows: Vec<Vec<Control>>,
    pub(crate) files: Vec<super::world::File>,
    pub(crate) is_for_one: bool,
    pub(crate) edits: u32,
}

/// Somebody with an account.
#[derive(Clone)]
pub(crate) struct Person {
    discord: Discord,
    pub(crate) id: Id,
    /// Messages that he has read.
    read: Arc<Mutex<BTreeSet<Id>>>,
}

impl Reply {
    #[track_caller]
    pub(crate) fn note(self) -> Seen {
        if let Self::Note(seen) = self { seen } else { panic!("no note: {self:?}") }
    }

    #[track_caller]
    pub(crate) fn changed(self) -> Seen {
        if let Self::Changed(seen) = self { seen } else { panic!("no change: {self:?}") }
    }

    #[track_caller]
    pub(crate) fn form(self) -> Form {
        if let Self::Form(form) = self { form } else { panic!("no form: {self:?}") }
    }
}

impl Seen {
    pub(crate) fn of(message: &Message) -> Self {
        Self {
            id: message.id,
            channel: message.channel,
            content: message.content.clone(),
            rows: controls(&message.components),
            files: message.files.clone(),
            is_for_one: message.only_for.is_some(),
            edits: message.edits,
        }
    }
}

impl Person {
    pub(crate) fn new(discord: Discord, id: Id) -> Self {
        Self { discord, id, read: Arc::default() }
    }

    /// His channel of direct messages with the bot.
    pub(crate) fn direct(&self) -> Id {
        self.discord.with(|world| world.direct(self.id))
    }

    /// Returns what he sees in a channel, the oldest first.
    pub(crate) fn sees(&self, channel: Id) -> Vec<Seen> {
        self.discord.with(|world| {
            let seen = world.messages.values().filter(|message| message.channel == channel);
            let seen = seen.filter(|m| !m.is_loading && world.sees(self.id, m));
            seen.map(Seen::of).collect()
        })
    }

    /// Waits for a message that he has not read and that says something.
    pub(crate) async fn reads_in(&self, channel: Id, says: &str) -> Seen {
        let what = format!("{} reads '{says}'", self.discord.with(|world| world.name(self.id)));
        let look = |world: &mut World| {
            let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
            let found = world.messages.values().find(|message| {
                message.channel == channel
                    && !message.is_loading
                    && message.content.contains(says)
                    && world.sees(self.id, message)
                    && !read.contains(&message.id)
            })?;
            read.insert(found.id);
            Some(Seen::of(found))
        };
        self.discord.until(&what, look).await
    }

    /// Waits for a direct message that he has not read and that says something.
    pub(crate) async fn reads(&self, says: &str) -> Seen {
        self.reads_in(self.direct(), says).await
    }

    /// Tells everything that he saw and did.
    pub(crate) fn story(&self) -> String {
        self.discord.with(|world| transcript::of(world, self.id))
    }

    /// Presses a button, and waits for what follows.
    pub(crate) async fn press(&self, on: &Seen, label: &str) -> Result<Reply, Cannot> {
        let id = self.begin_press(on, label)?;
        Ok(self.outcome(id).await)
    }

    /// Presses a button.
    pub(crate) fn begin_press(&self, on: &Seen, label: &str) -> Result<Id, Cannot> {
        self.discord.with(|world| {
            let rows = self.controls(world, on)?;
            let buttons = rows.iter().flatten().filter_map(|control| match control {
                Control::Button { custom_id, label, is_enabled } => {
                    Some((custom_id, label, *is_enabled))
                }
                Control::Link { .. } | Control::Menu { .. } => None,
            });
            let (custom_id, name, is_enabled) = pick(buttons, |(_, name, _)| name, label)?;
            if !is_enabled {
                return Err(Cannot(format!("[{name}] is disabled")));
            }
            let data = frames::button(custom_id);
            let did = format!("presses [{name}]");
            Ok(self.act(world, Kind::Component, (on.channel, Some(on.id)), &data, Some(did)))
        })
    }

    /// Chooses out of a menu, which he finds by its placeholder.
    pub(crate) async fn choose(
        &self,
        on: &Seen,
        menu: &str,
        labels: &[&str],
    ) -> Result<Reply, Cannot> {
        let id = self.discord.with(|world| {
            let rows = self.controls(world, on)?;
            let menus = rows.iter().flatten().filter_map(|control| match control {
                Control::Menu { custom_id, placeholder, options, min, max, is_enabled } => {
                    Some((custom_id, placeholder, options, (*min, *max), *is_enabled))
                }
                Control::Link { .. } | Control::Button { .. } => None,
            });
            let (custom_id, name, options, (min, max), is_enabled) =
                pick(menus, |(_, name, ..)| name, menu)?;
            if !is_enabled || labels.len() < min || labels.len() > max {
                return Err(Cannot(format!("[{name}] takes {min} to {max} choices")));
            }
            let mut values = Vec::new();
            for label in labels {
                values.push(pick(options.iter(), |option| &option.label, label)?.value.clone());
            }
            let did = format!("chooses {} under [{name}]", labels.join(", "));
            let data = frames::menu(custom_id, &values);
            Ok(self.act(world, Kind::Component, (on.channel, Some(on.id)), &data, Some(did)))
        })?;
        Ok(self.outcome(id).await)
    }

    /// Fills in a form and sends it off; what he does not name stays as it was prefilled.
    pub(crate) async fn submit(
        &self,
        form: &Form,
        values: &[(&str, &str)],
    ) -> Result<Reply, Cannot> {
        let id = self.begin_submit(form, values)?;
        Ok(self.outcome(id).await)
    }

    pub(crate) fn begin_submit(&self, form: &Form, values: &[(&str, &str)]) -> Result<Id, Cannot> {
        if form.user != self.id {
            return Err(Cannot("this form is on somebody else's screen".to_owned()));
        }
        for (label, _) in values {
            pick(form.fields.iter(), |field| &field.label, label)?;
        }
        let mut filled = Vec::new();
        let mut told = Vec::new();
        for field in &form.fields {
            let named = values.iter().find(|(label, _)| field.label.contains(label));
            let value = named.map_or(field.value.as_str(), |(_, value)| value);
            let length = value.chars().count();
            let is_empty = length == 0 && !field.is_required;
            if !is_empty && (length < field.min.max(1) || length > field.max) {
                let Field { label, min, max, .. } = field;
                return Err(Cannot(format!("'{label}' takes {min} to {max} characters")));
            }
            filled.push((field.custom_id.clone(), value.to_owned()));
            told.push(format!("{}: {value}", field.label));
        }
        let did = format!("submits '{}' with {}", form.title, told.join("; "));
        let data = frames::modal(&form.custom_id, &filled);
        let place = (form.channel, form.message);
        Ok(self.discord.with(|world| self.act(world, Kind::Modal, place, &data, Some(did))))
    }

    /// Waits for what follows from something that he did.
    pub(crate) async fn outcome(&self, id: Id) -> Reply {
        let answer = self.discord.with(|world| world.timings.answer);
        let answered = |world: &mut World| world.interactions[&id].answered.clone();
        let Some(answered) = self.discord.within(answer, answered).await else {
            self.discord.with(|world| {
                let what = What::Failed { user: self.id };
                world.events.push(Event { at: world.now(), what });
            });
            return Reply::Failed;
        };
        let settled = |world: &mut World| world.interactions[&id].is_settled.then_some(());
        let seen = |of: Id| {
            self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(of);
            self.discord.with(|world| Seen::of(&world.messages[&of]))
        };
        match answered {
            Answered::Message(of) => Reply::Note(seen(of)),
            Answered::Deferred(of) => match self.discord.within(PATIENCE, settled).await {
                Some(()) => Reply::Note(seen(of)),
                None => Reply::Thinking,
            },
            Answered::Update => Reply::Changed(seen(self.stands_on(id))),
            Answered::DeferredUpdate => match self.discord.within(LULL, settled).await {
                Some(()) => Reply::Changed(seen(self.stands_on(id))),
                None => Reply::Nothing,
            },
            Answered::Form(form) => Reply::Form(form),
            Answered::Choices(choices) => Reply::Choices(choices),
        }
    }

    fn stands_on(&self, id: Id) -> Id {
        self.discord.with(|world| world.interactions[&id].message.expect("it stands on a message"))
    }

    /// Returns the controls under a message as they are now, if he sees it.
    fn controls(&self, world: &World, on: &Seen) -> Result<Vec<Vec<Control>>, Cannot> {
        let found = world.messages.get(&on.id).filter(|message| world.sees(self.id, message));
        let found = found.ok_or_else(|| Cannot("he does not see this message".to_owned()))?;
        Ok(controls(&found.components))
    }

    /// Sends an interaction to the bot; without words for it, nobody tells of it.
    pub(super) fn act(
        &self,
        world: &mut World,
        kind: Kind,
        (channel, message): (Id, Option<Id>),
        data: &Value,
        did: Option<String>,
    ) -> Id {
        let id = world.snowflake();
        let (sent, token) = (Instant::now(), format!("token-of-{id}"));
        let (took, answered, is_settled, user) = (None, None, false, self.id);
        let interaction = Interaction {
            id,
            token,
            kind,
            user,
            channel,
            message,
            sent,
            took,
            answered,
            is_settled,
        };
        let frame = frames::interaction(world, &interaction, data);
        world.interactions.insert(id, interaction);
        if let Some(what) = did {
            world.events.push(Event { at: world.now(), what: What::Did { user, what } });
        }
        world.sessions.dispatch("INTERACTION_CREATE", &frame);
        id
    }

    /// Lets the bot hear a custom id that stands under none of its messages, as an old or a forged control would send
    /// it.
    pub(crate) async fn forge(&self, on: &Seen, custom_id: &str) -> Reply {
        self.send_forged(on, &frames::button(custom_id)).await
    }

    /// Lets the bot hear a choice that its menu does not offer.
    pub(crate) async fn forge_choice(&self, on: &Seen, menu: &str, value: &str) -> Reply {
        self.send_forged(on, &frames::menu(menu, &[value.to_owned()])).await
    }

    async fn send_forged(&self, on: &Seen, data: &Value) -> Reply {
        let place = (on.channel, Some(on.id));
        let did = Some("uses a control of another time".to_owned());
        let id = self.discord.with(|world| self.act(world, Kind::Component, place, data, did));
        self.outcome(id).await
    }

    /// Runs a command in his direct messages, options in the order in which he names them.
    pub(crate) async fn slash(
        &self,
        command: &str,
        options: &[(&str, &str)],
    ) -> Result<Reply, Cannot> {
        self.slash_in(self.direct(), command, options).await
    }

    /// Runs a command in a channel.
    pub(crate) async fn slash_in(
        &self,
        channel: Id,
        command: &str,
        options: &[(&str, &str)],
    ) -> Result<Reply, Cannot> {
        let id = self.discord.with(|world| {
            let (data, did) = super::slash::command(world, self.id, channel, command, options)?;
            Ok(self.act(world, Kind::Command, (channel, None), &data, Some(did)))
        })?;
        Ok(self.outcome(id).await)
    }

    /// Types into an option, and returns what the bot offers.
    pub(crate) async fn completes(
        &self,
        command: &str,
        option: &str,
        typed: &str,
    ) -> Result<Vec<String>, Cannot> {
        let channel = self.direct();
        let id = self.discord.with(|world| {
            let asked = super::slash::completion(world, self.id, channel, command, (option, typed));
            let did = format!("types '{typed}' into {option} of {command}");
            asked.map(|data| self.act(world, Kind::Complete, (channel, None), &data, Some(did)))
        })?;
        let reply = self.outcome(id).await;
        let Reply::Choices(choices) = reply else {
            return Err(Cannot(format!("no choices came: {reply:?}")));
        };
        Ok(choices.into_iter().map(|(label, _)| label).collect())
    }

    /// Takes direct messages, or closes them.
    pub(crate) fn takes_messages(&self, takes: bool) {
        self.discord.with(|world| {
            world.people.get_mut(&self.id).expect("a person").takes_messages = takes;
        });
    }

    /// Is given a role, or loses it.
    pub(crate) fn bears(&self, role: Id, bears: bool) {
        self.discord.with(|world| {
            let roles = &mut world.people.get_mut(&self.id).expect("a person").roles;
            if bears {
                roles.insert(role)
            } else {
                roles.remove(&role)
            };
        });
    }
}

/// Finds the one thing with a name: the same, or the only one that contains it.
fn pick<T>(
    among: impl Iterator<Item = T>,
    name: impl Fn(&T) -> &String,
    wanted: &str,
) -> Result<T, Cannot> {
    let all: Vec<T> = among.collect();
    let names: Vec<String> = all.iter().map(|thing| name(thing).clone()).collect();
    let same = names.iter().position(|name| name == wanted);
    let mut like = names.iter().enumerate().filter(|(_, name)| name.contains(wanted));
    let place = same.or_else(|| match (like.next(), like.next()) {
        (Some((place, _)), None) => Some(place),
        _ => None,
    });
    let found = place.and_then(|place| all.into_iter().nth(place));
    found.ok_or_else(|| Cannot(format!("there is no one '{wanted}' among {names:?}")))
}
