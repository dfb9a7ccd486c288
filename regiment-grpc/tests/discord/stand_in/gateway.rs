//! The gateway, version 10: sessions that are begun and resumed, and what goes wrong with connections.

use std::collections::BTreeMap;
use std::sync::Weak;

use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::world::World;
use super::{Discord, Shared, shapes};

/// The intent that the bot needs, and the only one: GUILDS.
const INTENTS: u64 = 1;

/// The largest payload that a bot may send, in bytes.
const LARGEST: usize = 4096;

/// What is sent to a bot.
#[derive(Debug, Clone)]
pub(crate) enum Out {
    Text(String),
    Binary(Vec<u8>),
    Close(u16),
    /// The connection ends without a word.
    Drop,
}

/// Every session that may still be resumed.
#[derive(Default)]
pub(crate) struct Sessions {
    known: BTreeMap<String, Session>,
    /// Whether heartbeats go unanswered.
    pub(crate) is_mute: bool,
    /// The code with which the next bots to identify themselves are turned away.
    pub(crate) turned_away: Option<u16>,
    pub(crate) begun: u32,
    pub(crate) resumed: u32,
}

#[derive(Default)]
struct Session {
    seq: u64,
    /// What was dispatched, by its number.
    sent: Vec<(u64, String)>,
    /// The connection, while it stands.
    out: Option<UnboundedSender<Out>>,
}

impl Sessions {
    /// Whether a bot stands at the gateway.
    pub(crate) fn is_live(&self) -> bool {
        self.known.values().any(|session| session.out.is_some())
    }

    /// Sends something to every bot that stands there.
    pub(crate) fn tell(&self, out: &Out) {
        for to in self.known.values().filter_map(|session| session.out.as_ref()) {
            // A connection that has just ended hears nothing.
            let _ = to.send(out.clone());
        }
    }

    /// Dispatches an event to every session; those that are away hear it when they resume.
    pub(crate) fn dispatch(&mut self, kind: &str, data: &Value) {
        for session in self.known.values_mut() {
            session.dispatch(kind, data);
        }
    }

    /// Dispatches what was dispatched last again, with the same number.
    pub(crate) fn repeat_last(&self) {
        for session in self.known.values() {
            if let (Some((_, frame)), Some(to)) = (session.sent.last(), &session.out) {
                let _ = to.send(Out::Text(frame.clone()));
            }
        }
    }

    /// Forgets every session: nothing can be resumed.
    pub(crate) fn forget(&mut self) {
        self.known.clear();
    }

    fn leave(&mut self, id: &str, of: &UnboundedSender<Out>) {
        let session = self.known.get_mut(id);
        let session = session.filter(|s| s.out.as_ref().is_some_and(|out| out.same_channel(of)));
        if let Some(session) = session {
            session.out = None;
        }
    }
}

impl Session {
    fn dispatch(&mut self, kind: &str, data: &Value) {
        self.seq += 1;
        let frame = json!({ "op": 0, "s": self.seq, "t": kind, "d": data }).to_string();
        self.sent.push((self.seq, frame.clone()));
        if let Some(to) = &self.out {
            let _ = to.send(Out::Text(frame));
        }
    }
}

/// Lets a bot connect.
pub(super) async fn connect(
    State(discord): State<Weak<Shared>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.on_upgrade(|socket| serve(discord, socket))
}

async fn serve(discord: Weak<Shared>, mut socket: WebSocket) {
    let (out, mut outgoing) = unbounded_channel();
    let hello = |world: &mut World| {
        let interval = u64::try_from(world.timings.heartbeat.as_millis()).expect("minutes");
        json!({ "op": 10, "s": null, "t": null, "d": { "heartbeat_interval": interval } })
    };
    let Some(hello) = discord.upgrade().map(|shared| Discord(shared).with(hello)) else { return };
    if socket.send(Message::text(hello.to_string())).await.is_err() {
        return;
    }
    let mut mine = None;
    loop {
        tokio::select! {
            said = outgoing.recv() => {
                let message = match said {
                    Some(Out::Text(text)) => Message::text(text),
                    Some(Out::Binary(bytes)) => Message::binary(bytes),
                    Some(Out::Close(code)) => {
                        let _ = socket.send(close(code)).await;
                        break;
                    }
                    Some(Out::Drop) | None => break,
                };
                if socket.send(message).await.is_err() {
                    break;
                }
            }
            heard = socket.recv() => {
                let Some(shared) = discord.upgrade() else { break };
                let text = match heard {
                    Some(Ok(Message::Text(text))) => text,
                    Some(Ok(Message::Close(frame))) => {
                        // A bot that says goodbye does not come back to its session.
                        if frame.is_some_and(|frame| matches!(frame.code, 1000 | 1001)) {
                            Discord(shared).with(|world| mine.take().map(|id: String| {
                                world.sessions.known.remove(&id)
                            }));
                        }
                        break;
                    }
                    Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Err(_)) | None => break,
                };
                Discord(shared).with(|world| hear(world, &text, &mut mine, &out));
            }
        }
    }
    if let (Some(id), Some(shared)) = (mine, discord.upgrade()) {
        Discord(shared).with(|world| world.sessions.leave(&id, &out));
    }
}

fn close(code: u16) -> Message {
    Message::Close(Some(CloseFrame { code, reason: "on purpose".into() }))
}

/// Hears one payload of a bot.
fn hear(world: &mut World, text: &str, mine: &mut Option<String>, out: &UnboundedSender<Out>) {
    let say = |payload: Value| {
        let _ = out.send(Out::Text(payload.to_string()));
    };
    if text.len() > LARGEST {
        world.violations.push(format!("gateway: a payload of {} bytes", text.len()));
    }
    let payload: Value = serde_json::from_str(text).unwrap_or_default();
    match payload["op"].as_u64() {
        Some(1) if !world.sessions.is_mute => say(json!({ "op": 11, "d": null })),
        Some(1 | 3) => {}
        Some(2) => {
            if let Some(code) = world.sessions.turned_away {
                let _ = out.send(Out::Close(code));
                return;
            }
            // Discord takes the token with and without the word before it.
            let token = payload["d"]["token"].as_str().unwrap_or_default();
            if token.trim_start_matches("Bot ") != world.token {
                let _ = out.send(Out::Close(4004));
                return;
            }
            let intents = payload["d"]["intents"].as_u64();
            if intents != Some(INTENTS) {
                world.violations.push(format!("gateway: intents {intents:?}, not GUILDS alone"));
            }
            *mine = Some(begin(world, out));
        }
        Some(6) => {
            let id = payload["d"]["session_id"].as_str().unwrap_or_default();
            let seq = payload["d"]["seq"].as_u64().unwrap_or_default();
            let Some(session) = world.sessions.known.get_mut(id) else {
                say(json!({ "op": 9, "d": false }));
                return;
            };
            session.out = Some(out.clone());
            for (_, frame) in session.sent.iter().filter(|(number, _)| *number > seq) {
                let _ = out.send(Out::Text(frame.clone()));
            }
            session.dispatch("RESUMED", &json!({}));
            world.sessions.resumed += 1;
            *mine = Some(id.to_owned());
        }
        op => world.violations.push(format!("gateway: opcode {op:?}")),
    }
}

/// Begins a session and returns its id.
fn begin(world: &mut World, out: &UnboundedSender<Out>) -> String {
    world.sessions.begun += 1;
    let id = format!("session-{}", world.sessions.begun);
    let mut session = Session { out: Some(out.clone()), ..Session::default() };
    session.dispatch(
        "READY",
        &json!({
            "v": 10,
            "user": shapes::me(world),
            "guilds": [{ "id": world.guild.to_string(), "unavailable": true }],
            "session_id": id,
            "resume_gateway_url": format!("ws://{}/gateway", world.gateway),
            "shard": [0, 1],
            "application": { "id": world.bot.to_string(), "flags": 0 },
            "user_settings": {}, "relationships": [], "presences": [], "private_channels": [],
        }),
    );
    if world.is_invited {
        session.dispatch("GUILD_CREATE", &shapes::guild_created(world));
    }
    world.sessions.known.insert(id.clone(), session);
    id
}
