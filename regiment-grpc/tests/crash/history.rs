//! What was asked of the server, and what it answered.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use regiment_core::UserId;
use regiment_core::effect::PauseChange;
use regiment_core::record::{DoneOrMissed, Log, LogKey};

/// Something that the server was asked to write.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Write {
    /// The caller's own name for it; every attempt bears the same.
    pub(crate) request_id: String,
    pub(crate) user_id: UserId,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    /// An answer to an item. No two have the same key and `entered_at`.
    Log { key: LogKey, entered_at: Timestamp, says: Says },
    /// A pause or its end, whose reason is the request's id.
    Pause(PauseChange),
    /// A client who comes under orders at once.
    Create,
}

/// What an answer says, as far as it tells one from another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Says {
    Meal(DoneOrMissed),
    TopSet { weight_kg: f64, reps: u8 },
    Cardio(u16),
    Checkin { notes: String },
}

impl Says {
    /// Whether a stored log says the same.
    pub(crate) fn matches(&self, log: &Log) -> bool {
        match (self, log) {
            (Self::Meal(status), Log::Meal(log)) => log.status == *status,
            (Self::TopSet { weight_kg, reps }, Log::Training(log)) => log.set.is_some_and(|set| {
                set.weight.get().to_bits() == weight_kg.to_bits() && set.reps.get() == *reps
            }),
            (Self::Cardio(minutes), Log::Cardio(log)) => {
                log.actual_minutes.is_some_and(|actual| actual.get() == *minutes)
            }
            (Self::Checkin { notes }, Log::Checkin(log)) => {
                log.report.as_ref().is_some_and(|report| report.notes.as_str() == notes)
            }
            (Self::Meal(_) | Self::TopSet { .. } | Self::Cardio(_) | Self::Checkin { .. }, _) => {
                false
            }
        }
    }
}

/// How a request ended for its caller.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// It is in the database.
    Stored,
    /// It is in the spool.
    Spooled,
    /// A rule said no.
    Refused(String),
    /// No attempt was answered.
    Unknown,
}

/// A request from its first attempt to its end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    pub(crate) write: Write,
    pub(crate) attempts: u32,
    pub(crate) answer: Answer,
}

/// Everything that was asked, as it ended.
#[derive(Debug, Default)]
pub(crate) struct History(Mutex<Vec<Asked>>);

impl History {
    pub(crate) fn record(&self, asked: Asked) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    }

    pub(crate) fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
