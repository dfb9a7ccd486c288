//! What Discord would remember: people, channels, messages, interactions, commands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::time::Instant;

use super::faults::Armed;
use super::gateway::Sessions;
use super::transcript::Event;

/// A snowflake.
pub(crate) type Id = u64;

/// 1 January 2015, in Unix milliseconds: where snowflakes begin.
const EPOCH: i64 = 1_420_070_400_000;

/// The flag of a message that one person alone sees.
pub(crate) const EPHEMERAL: u64 = 1 << 6;

/// How long Discord waits for what.
#[derive(Debug, Clone)]
pub(crate) struct Timings {
    /// For the first answer to an interaction.
    pub(crate) answer: Duration,
    /// How long a token takes edits, by the clock of the snowflakes.
    pub(crate) token: Duration,
    /// How long a nonce is remembered, by the clock of the snowflakes.
    pub(crate) nonce: Duration,
    /// Between heartbeats of the gateway.
    pub(crate) heartbeat: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(3),
            token: Duration::from_mins(15),
            nonce: Duration::from_mins(5),
            heartbeat: Duration::from_millis(41_250),
        }
    }
}

/// A person.
#[derive(Debug, Clone)]
pub(crate) struct Human {
    pub(crate) name: String,
    pub(crate) roles: BTreeSet<Id>,
    pub(crate) is_member: bool,
    pub(crate) takes_messages: bool,
}

/// What the bot may do in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Write,
    ReadOnly,
    Hidden,
}

/// Where messages are.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// A channel of the guild; readers are everybody, or the bearers of a role.
    Text { name: String, readers: Option<Id>, access: Access },
    /// Direct messages with one person.
    Direct(Id),
}

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) bytes: Vec<u8>,
}

/// A message; all of them are the bot's.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: Id,
    pub(crate) channel: Id,
    pub(crate) content: String,
    pub(crate) embeds: Value,
    pub(crate) components: Value,
    pub(crate) files: Vec<File>,
    pub(crate) flags: u64,
    /// The only one who sees it.
    pub(crate) only_for: Option<Id>,
    pub(crate) nonce: Option<String>,
    /// "The bot is thinking": nothing was said yet.
    pub(crate) is_loading: bool,
    pub(crate) is_deleted: bool,
    /// How often it was edited.
    pub(crate) edits: u32,
}

/// What kind of thing somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Command,
    Component,
    Complete,
    Modal,
}

/// How an interaction was answered first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answered {
    /// With a message.
    Message(Id),
    /// With the promise of a message.
    Deferred(Id),
    /// With the promise of a change to the message it stands on, or of nothing.
    DeferredUpdate,
    /// With a change to the message it stands on.
    Update,
    Form(Form),
    Choices(Vec<(String, Value)>),
}

/// Something that somebody did, which the bot has to answer.
#[derive(Debug, Clone)]
pub(crate) struct Interaction {
    pub(crate) id: Id,
    pub(crate) token: String,
    pub(crate) kind: Kind,
    pub(crate) user: Id,
    pub(crate) channel: Id,
    /// The message that it stands on.
    pub(crate) message: Option<Id>,
    pub(crate) sent: Instant,
    /// How long the first answer took.
    pub(crate) took: Option<Duration>,
    pub(crate) answered: Option<Answered>,
    /// What was said after a promise.
    pub(crate) is_settled: bool,
}

/// A form on somebody's screen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Form {
    pub(crate) custom_id: String,
    pub(crate) title: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) user: Id,
    pub(crate) channel: Id,
    /// The message whose button opened it.
    pub(crate) message: Option<Id>,
}

/// A text input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub(crate) custom_id: String,
    pub(crate) label: String,
    pub(crate) is_required: bool,
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) value: String,
    pub(crate) placeholder: String,
}

/// A request that came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) at: Instant,
    pub(crate) method: String,
    pub(crate) template: String,
}

/// Everything.
pub(crate) struct World {
    pub(crate) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub(crate) timings: Timings,
    pub(crate) token: String,
    pub(crate) address: String,
    /// Where bots are told that the gateway is.
    pub(crate) gateway: String,
    /// The application, which is the bot's user too.
    pub(crate) bot: Id,
    pub(crate) guild: Id,
    /// Whose application it is.
    pub(crate) owner: Id,
    /// Whether the bot is in the guild.
    pub(crate) is_invited: bool,
    pub(crate) roles: BTreeMap<Id, String>,
    pub(crate) people: BTreeMap<Id, Human>,
    pub(crate) channels: BTreeMap<Id, Place>,
    pub(crate) messages: BTreeMap<Id, Message>,
    pub(crate) interactions: BTreeMap<Id, Interaction>,
    pub(crate) global_commands: Vec<Value>,
    pub(crate) guild_commands: Vec<Value>,
    /// Who sees commands that nobody sees by default: the bearers of a role.
    pub(crate) granted: BTreeSet<Id>,
    pub(crate) nonces: BTreeMap<(Id, String), (Timestamp, Id)>,
    pub(crate) sessions: Sessions,
    pub(crate) faults: Vec<Armed>,
    pub(crate) requests: Vec<Request>,
    pub(crate) violations: Vec<String>,
    pub(crate) events: Vec<Event>,
    last: Id,
}

impl World {
    pub(crate) fn new(clock: Arc<dyn Fn() -> Timestamp + Send + Sync>, timings: Timings) -> Self {
        let mut world = Self {
            clock,
            timings,
            token: "a-token-of-the-stand-in".to_owned(),
            address: String::new(),
            gateway: String::new(),
            bot: 0,
            guild: 0,
            owner: 0,
            is_invited: true,
            roles: BTreeMap::new(),
            people: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            interactions: BTreeMap::new(),
            global_commands: Vec::new(),
            guild_commands: Vec::new(),
            granted: BTreeSet::new(),
            nonces: BTreeMap::new(),
            sessions: Sessions::default(),
            faults: Vec::new(),
            requests: Vec::new(),
            violations: Vec::new(),
            events: Vec::new(),
            last: 0,
        };
        world.bot = world.snowflake();
        world.guild = world.snowflake();
        world.owner = world.snowflake();
        world
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Returns an id that was never given before and bears the present.
    pub(crate) fn snowflake(&mut self) -> Id {
        let since = u64::try_from(self.now().as_millisecond() - EPOCH).expect("after 2015");
        self.last = (since << 22).max(self.last + 1);
        self.last
    }

    pub(crate) fn name(&self, user: Id) -> String {
        self.people.get(&user).map_or_else(|| format!("nobody {user}"), |human| human.name.clone())
    }

    /// Returns the channel of direct messages with somebody, which is opened when it is asked for.
    pub(crate) fn direct(&mut self, user: Id) -> Id {
        let is_his = |place: &Place| matches!(place, Place::Direct(of) if *of == user);
        if let Some((id, _)) = self.channels.iter().find(|(_, place)| is_his(place)) {
            return *id;
        }
        let id = self.snowflake();
        self.channels.insert(id, Place::Direct(user));
        id
    }

    /// Whether somebody sees what stands in a channel.
    pub(crate) fn reads(&self, user: Id, channel: Id) -> bool {
        let Some(human) = self.people.get(&user) else { return false };
        match self.channels.get(&channel) {
            Some(Place::Direct(of)) => *of == user,
            Some(Place::Text { readers, .. }) => {
                human.is_member && readers.is_none_or(|role| human.roles.contains(&role))
            }
            None => false,
        }
    }

    /// Whether somebody sees a message.
    pub(crate) fn sees(&self, user: Id, message: &Message) -> bool {
        !message.is_deleted
            && message.only_for.map_or_else(|| self.reads(user, message.channel), |of| of == user)
    }

    /// Keeps a message, and writes down that it was seen.
    pub(crate) fn post(&mut self, message: Message) -> Id {
        let id = message.id;
        if !message.is_loading {
            self.events.push(Event::posted(self.now(), &message));
        }
        self.messages.insert(id, message);
        id
    }

    /// Returns an empty message that stands nowhere yet.
    pub(crate) fn blank(&mut self, channel: Id) -> Message {
        Message {
            id: self.snowflake(),
            channel,
            content: String::new(),
            embeds: Value::Array(Vec::new()),
            components: Value::Array(Vec::new()),
            files: Vec::new(),
            flags: 0,
            only_for: None,
            nonce: None,
            is_loading: false,
            is_deleted: false,
            edits: 0,
        }
    }
}
