//! What people saw and did, as they would tell it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::components::{Control, controls};
use super::world::{Form, Id, Message, World};

/// Something that was to be seen.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) at: Timestamp,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    /// A message came, or changed into this.
    Message { message: Box<Message>, is_new: bool },
    /// Somebody did something.
    Did { user: Id, what: String },
    /// A form opened on somebody's screen.
    Form(Box<Form>),
    /// Choices opened under what somebody typed.
    Choices { user: Id, labels: Vec<String> },
    /// Somebody read that the bot did not respond.
    Failed { user: Id },
}

impl Event {
    pub(crate) fn posted(at: Timestamp, message: &Message) -> Self {
        Self { at, what: What::Message { message: Box::new(message.clone()), is_new: true } }
    }

    pub(crate) fn changed(at: Timestamp, message: &Message) -> Self {
        Self { at, what: What::Message { message: Box::new(message.clone()), is_new: false } }
    }

    fn is_for(&self, world: &World, reader: Id) -> bool {
        match &self.what {
            What::Message { message, .. } => {
                let mut message = (**message).clone();
                message.is_deleted = false;
                world.sees(reader, &message)
            }
            What::Did { user, .. } | What::Choices { user, .. } | What::Failed { user } => {
                *user == reader
            }
            What::Form(form) => form.user == reader,
        }
    }
}

/// Tells everything that somebody saw and did, without ids. What a change leaves as it was is not told again.
pub(crate) fn of(world: &World, reader: Id) -> String {
    let mut told = String::new();
    let mut contents: BTreeMap<Id, &str> = BTreeMap::new();
    let mut last = None;
    for event in in_order(world, reader) {
        let at = event.at.to_zoned(TimeZone::UTC);
        if last != Some(at.date()) {
            last = Some(at.date());
            let _ = writeln!(told, "\n## {}\n", at.strftime("%A, %Y-%m-%d"));
        }
        let time = at.strftime("%H:%M");
        match &event.what {
            What::Message { message, is_new } => {
                let how = match (is_new, message.only_for) {
                    (true, None) => "says",
                    (true, Some(_)) => "says, for these eyes only",
                    (false, _) => "changes its message",
                };
                let _ =
                    writeln!(told, "{time} The bot {how} in {}:", place(world, message.channel));
                let before = contents.insert(message.id, &message.content);
                let is_same = before == Some(message.content.as_str());
                told.push_str(&indented(&said(world, message, is_same)));
            }
            What::Did { what, .. } => {
                let _ = writeln!(told, "{time} {} {}", world.name(reader), plain(world, what));
            }
            What::Form(form) => {
                let _ = writeln!(told, "{time} A form opens: {}", form.title);
                for field in &form.fields {
                    let required = if field.is_required { "required" } else { "may stay empty" };
                    let _ = write!(told, "    {} ({required}): ", field.label);
                    if field.value.is_empty() {
                        let _ = writeln!(told, "____ {}", field.placeholder);
                    } else {
                        let _ = writeln!(told, "{}", field.value);
                    }
                }
            }
            What::Choices { labels, .. } => {
                let _ = writeln!(told, "{time} Discord offers: {}", labels.join(" / "));
            }
            What::Failed { .. } => {
                let _ = writeln!(told, "{time} Discord says: this interaction failed");
            }
        }
    }
    told.trim_start().to_owned()
}

/// Returns what somebody saw and did. Messages that came together, in an order of chance, stand by what they say.
fn in_order(world: &World, reader: Id) -> Vec<&Event> {
    let mut events: Vec<&Event> =
        world.events.iter().filter(|event| event.is_for(world, reader)).collect();
    let together = |a: &&Event, b: &&Event| {
        let new = |event: &Event| matches!(event.what, What::Message { is_new: true, .. });
        a.at == b.at && new(a) && new(b)
    };
    for messages in events.chunk_by_mut(together) {
        messages.sort_by_key(|event| match &event.what {
            What::Message { message, .. } => numberless(&message.content),
            What::Did { .. } | What::Form(_) | What::Choices { .. } | What::Failed { .. } => {
                String::new()
            }
        });
    }
    events
}

fn place(world: &World, channel: Id) -> String {
    match world.channels.get(&channel) {
        Some(super::world::Place::Text { name, .. }) => format!("#{name}"),
        Some(super::world::Place::Direct(_)) => "a direct message".to_owned(),
        None => "a channel that is gone".to_owned(),
    }
}

/// Writes a message as it shows.
fn said(world: &World, message: &Message, is_same: bool) -> String {
    let content =
        if is_same { "(the same words)".to_owned() } else { plain(world, &message.content) };
    let mut lines = vec![content];
    for file in message.files.iter().filter(|_| !is_same) {
        let text = String::from_utf8_lossy(&file.bytes);
        let size = if file.content_type.starts_with("text/") {
            format!(", {} lines", text.lines().count())
        } else {
            String::new()
        };
        lines.push(format!("[file {}, {}{size}]", numberless(&file.name), file.content_type));
    }
    for row in controls(&message.components) {
        let shown: Vec<String> = row.iter().map(show).collect();
        lines.push(shown.join(" "));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn show(control: &Control) -> String {
    match control {
        Control::Button { label, is_enabled: true, .. } => format!("[{label}]"),
        Control::Button { label, .. } => format!("[{label}, disabled]"),
        Control::Link { label, .. } => format!("[{label} ↗]"),
        Control::Menu { placeholder, options, .. } => {
            let options: Vec<String> = options
                .iter()
                .map(|option| {
                    if option.is_default {
                        format!("({})", option.label)
                    } else {
                        option.label.clone()
                    }
                })
                .collect();
            format!("[{placeholder} ▾ {}]", options.join(" / "))
        }
    }
}

fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "    | {line}");
        all
    })
}

/// Writes what Discord would show for its markup of people, channels, commands and times, and for what was escaped.
fn plain(world: &World, text: &str) -> String {
    let unescaped = ["_", "*", "~", "`", "|", ">", "#", "-"]
        .iter()
        .fold(text.to_owned(), |text, mark| text.replace(&format!("\\{mark}"), mark));
    numberless(&marked_up(world, &unescaped))
}

/// Hides order numbers, some of which are made of chance: 8 capital letters and digits.
fn numberless(text: &str) -> String {
    let mut shown = text.to_owned();
    for before in ["Order ", "order-"] {
        let places: Vec<usize> =
            shown.match_indices(before).map(|(at, _)| at + before.len()).collect();
        for at in places {
            let is_number = shown.get(at..at + 8).is_some_and(|number| {
                number.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
            });
            if is_number {
                shown.replace_range(at..at + 8, "########");
            }
        }
    }
    shown
}

fn marked_up(world: &World, text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        shown.push_str(&rest[..start]);
        rest = &rest[start..];
        let Some(end) = rest.find('>') else { break };
        let (markup, after) = (&rest[1..end], &rest[end + 1..]);
        let number = |digits: &str| digits.parse::<Id>().ok();
        let written = if let Some(id) = markup.strip_prefix('@').and_then(number) {
            Some(format!("@{}", world.name(id)))
        } else if let Some(id) = markup.strip_prefix('#').and_then(number) {
            Some(place(world, id))
        } else if let Some(time) = markup.strip_prefix("t:") {
            let mut parts = time.split(':');
            let at = parts.next().and_then(|seconds| seconds.parse().ok());
            let at = at.and_then(|seconds| Timestamp::from_second(seconds).ok());
            let style = parts.next().unwrap_or("f");
            at.map(|at| {
                let at = at.to_zoned(TimeZone::UTC);
                format!("⟨{} UTC, {style}⟩", at.strftime("%Y-%m-%d %H:%M:%S"))
            })
        } else {
            markup
                .strip_prefix('/')
                .and_then(|command| command.rsplit_once(':'))
                .map(|(name, _)| format!("/{name}"))
        };
        if let Some(written) = written {
            shown.push_str(&written);
            rest = after;
        } else {
            shown.push('<');
            rest = &rest[1..];
        }
    }
    shown + rest
}

/// Whether a value is there and says something.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
