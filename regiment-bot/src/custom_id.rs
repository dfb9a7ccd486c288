//! The ids of buttons, menus and forms: what a control does stands in its id, so that it works
//! after any restart, and a seal shows that this bot wrote it for this person.
//!
//! `r1.<act>.<args>.<seal>`, ASCII, at most 100 characters. `r1` is the version of the codec, the
//! act two letters, the arguments base-36 numbers and words joined by `-`, of which the last may
//! hold any visible character. The seal is the beginning of an HMAC-SHA256 over what stands before
//! it and over whom the control is for, who is not in the id: copied, it is worth nothing to others.
//!
//! The seal allows nothing: the server decides what somebody may do.

mod args;

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, Mac as _};
use regiment_core::UserId;
use sha2::Sha256;
use thiserror::Error;

use crate::action::{Action, Audience};

pub(crate) use self::args::short;

/// The version of the codec.
const VERSION: &str = "r1";

/// Bytes of the seal.
const SEAL: usize = 10;

/// Writes and reads ids with one key; reads those of the key before it too.
#[derive(Clone)]
pub struct CustomIds {
    /// The key that seals, then the one that only opens.
    keys: Vec<Hmac<Sha256>>,
}

/// For whom a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// One person.
    Person(UserId),
    /// The coaches.
    Coaches,
}

/// Why an id says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UnreadId {
    /// A bot of ours wrote it, in a way that this one does not read.
    #[error("the control is of another version")]
    Stale,
    /// It is not sealed for this person by a key that is known.
    #[error("the control is not sealed for this person")]
    Forged,
    /// It is not written as ids are.
    #[error("the control is not ours")]
    Unknown,
}

impl CustomIds {
    /// Seals with a key, and still opens what `old` has sealed.
    pub fn new(key: &[u8], old: Option<&[u8]>) -> Self {
        let keys = [Some(key), old].into_iter().flatten();
        Self { keys: keys.map(|key| Hmac::new_from_slice(key).expect("any length does")).collect() }
    }

    /// Writes the id of a control on a message for somebody.
    pub fn write(&self, action: &Action, reader: For) -> String {
        let (act, args) = args::write(action);
        let text = format!("{VERSION}.{act}.{args}");
        let reader = match (action.audience(), &reader) {
            (Audience::Everybody, _) => "everybody",
            (Audience::Coaches, _) | (Audience::Reader, For::Coaches) => "role:coach",
            (Audience::Reader, For::Person(user_id)) => user_id.as_str(),
        };
        let seal = seal(&self.keys[0], &text, reader).finalize().into_bytes();
        format!("{text}.{}", BASE64.encode(&seal[..SEAL]))
    }

    /// Reads the id of a control that somebody used.
    ///
    /// # Errors
    /// [`UnreadId`], where it is another's or says nothing that is understood.
    pub fn read(&self, id: &str, user_id: UserId, is_coach: bool) -> Result<Action, UnreadId> {
        let (text, sealed) = id.rsplit_once('.').ok_or(UnreadId::Unknown)?;
        let (version, rest) = text.split_once('.').ok_or(UnreadId::Unknown)?;
        if version != VERSION {
            return Err(if is_version(version) { UnreadId::Stale } else { UnreadId::Unknown });
        }
        let (act, args) = rest.split_once('.').ok_or(UnreadId::Unknown)?;
        let action = args::read(act, args).ok_or(UnreadId::Stale)?;
        let sealed = BASE64.decode(sealed).map_err(|_| UnreadId::Forged)?;
        let opens = |reader: &str| {
            sealed.len() == SEAL
                && self
                    .keys
                    .iter()
                    .any(|key| seal(key, text, reader).verify_truncated_left(&sealed).is_ok())
        };
        let is_his = match action.audience() {
            Audience::Everybody => opens("everybody"),
            Audience::Coaches => is_coach && opens("role:coach"),
            Audience::Reader => opens(user_id.as_str()) || (is_coach && opens("role:coach")),
        };
        if is_his { Ok(action) } else { Err(UnreadId::Forged) }
    }
}

/// Says nothing of the keys.
impl fmt::Debug for CustomIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomIds").field("keys", &self.keys.len()).finish()
    }
}

fn seal(key: &Hmac<Sha256>, text: &str, reader: &str) -> Hmac<Sha256> {
    let mut seal = key.clone();
    seal.update(text.as_bytes());
    seal.update(b"|");
    seal.update(reader.as_bytes());
    seal
}

fn is_version(text: &str) -> bool {
    text.strip_prefix('r')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests;
