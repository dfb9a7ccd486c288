//! The tries to send one message under one lease, and what is said of it in the end. Plain decisions.

use std::time::Duration;

use regiment_proto::v1::DeliveryErrorClass as Class;

use super::lookup::Found;
use crate::discord::{Failure, code};

/// The pauses before each try.
pub(super) const PAUSES: [Duration; 4] =
    [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// What stands for the id of a message that was deleted before its id was known.
const DELETED: &str = "deleted";

/// What is said to the server of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// It is there, under this id.
    Delivered(String),
    /// It is not, for this reason; tried again after as long as Discord said.
    Failed(Class, Option<Duration>),
    /// Nothing: the lease ends, and the message is looked up before it is sent again.
    None,
}

impl From<Failure> for Word {
    fn from(failure: Failure) -> Self {
        let (class, wait) = failure.class();
        Self::Failed(class, wait)
    }
}

/// The tries so far.
#[derive(Debug, Default)]
pub(super) struct Tries {
    made: usize,
    last: Option<Failure>,
    /// At least one may have succeeded.
    is_doubtful: bool,
    /// At least one may still be on its way.
    is_unanswered: bool,
}

impl Tries {
    /// Returns after how long the next try is made, if there is one.
    pub(super) fn next(&self) -> Option<Duration> {
        match self.last {
            None => Some(PAUSES[0]),
            // It was no try; the limits know how long it has to wait.
            Some(failure) if failure.wait().is_some() => Some(Duration::ZERO),
            Some(failure) if failure.is_passing() => PAUSES.get(self.made).copied(),
            Some(_) => None,
        }
    }

    /// Takes in how a try failed. Returns the last word, where there is nothing left to find out.
    pub(super) fn fail(&mut self, failure: Failure) -> Option<Word> {
        if failure.code() == Some(code::UNKNOWN_MESSAGE) {
            // It is there, and was deleted: it is not sent again.
            return Some(Word::Delivered(DELETED.to_owned()));
        }
        if failure.wait().is_none() {
            self.made += 1;
        }
        self.is_doubtful |= failure.is_doubtful();
        self.is_unanswered |= failure == Failure::Unanswered;
        self.last = Some(failure);
        None
    }

    /// Returns how the last try failed.
    pub(super) fn last(&self) -> Failure {
        self.last.unwrap_or(Failure::Unreachable)
    }

    /// Returns whether the message has to be looked up before anything is said of it.
    pub(super) fn is_doubtful(&self) -> bool {
        self.is_doubtful
    }

    /// Returns what is said of a message that was looked up after the last try.
    pub(super) fn conclude(&self, found: Found) -> Word {
        match found {
            Found::There(id) => Word::Delivered(id),
            // Discord said each time that it failed, and so it did.
            Found::NotThere if !self.is_unanswered => self.last().into(),
            // It may still be on its way.
            Found::NotThere | Found::Unclear => Word::None,
            Found::Forbidden => Word::Failed(Class::Unanswered, None),
        }
    }
}

/// Whether a message is still of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// It is sent if it is not there.
    Fresh,
    /// It is too late to send it.
    Expired,
}

/// Decides what is said of a doubtful message that was looked up; nothing where it is to be sent.
pub(super) fn judge(found: Found, of: Use) -> Option<Word> {
    match (found, of) {
        (Found::There(id), _) => Some(Word::Delivered(id)),
        (Found::NotThere, Use::Fresh) => None,
        (Found::NotThere, Use::Expired) => Some(Word::Failed(Class::TooLate, None)),
        // Another bot asks again.
        (Found::Unclear, Use::Fresh) => Some(Word::None),
        (Found::Unclear, Use::Expired) | (Found::Forbidden, _) => {
            Some(Word::Failed(Class::Unanswered, None))
        }
    }
}

/// Decides what is said of a doubtful message whose channel can't be had, so that it can't be looked up.
pub(super) fn judge_unreached(word: Word, of: Use) -> Word {
    match (&word, of) {
        // Nobody can ever look there.
        (Word::Failed(Class::DmClosed | Class::ChannelGone, _), _) => word,
        (_, Use::Expired) => Word::Failed(Class::Unanswered, None),
        (_, Use::Fresh) => Word::None,
    }
}

#[cfg(test)]
mod tests;
