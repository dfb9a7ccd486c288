use crate::{Invalid, engine::Refusal, store};

/// Why an operation did not happen. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such client.
    #[error("no client has that id")]
    UnknownClient,
    /// Values are out of range; every bad field is named at once.
    #[error("{}", list(.0))]
    Invalid(Vec<Invalid>),
    /// A rule said no; the text is for the person who asked.
    #[error("{0}")]
    Refused(Refusal),
    /// The request was carried out already, or is being.
    #[error("the request was carried out already")]
    Repeated,
    /// One of several things that were asked together did not happen, and so none did.
    #[error("number {place} of what was asked, from 0, did not happen")]
    OneOf {
        /// Its place, from 0.
        place: usize,
        /// Why.
        source: Box<Self>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The local spool failed.
    #[error(transparent)]
    Spool(#[from] store::SpoolError),
    /// An engine failed; the cause is in the log.
    #[error("the {engine} engine failed")]
    Engine {
        /// Which.
        engine: String,
    },
}

impl Error {
    /// Returns whether the same operation may succeed when it is tried again at once.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        if let Refusal::Invalid(invalid) = refusal {
            Self::Invalid(vec![invalid])
        } else {
            Self::Refused(refusal)
        }
    }
}

impl From<Vec<Invalid>> for Error {
    fn from(invalid: Vec<Invalid>) -> Self {
        Self::Invalid(invalid)
    }
}

fn list(invalid: &[Invalid]) -> String {
    invalid.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The result of an operation of the shell.
pub type Result<T, E = Error> = std::result::Result<T, E>;
