//! The one place where an error becomes a gRPC status.
//!
//! Every status carries an `ErrorInfo` with a reason that programs can match, a bad field its path in the request,
//! and what may pass a hint when to try again. What is our own fault is told in the log and not to the caller.

use std::collections::HashMap;
use std::time::Duration;

use prost::bytes::Bytes;
use regiment_core::Invalid;
use regiment_core::engine::Refusal;
use regiment_core::regiment::Error;
use regiment_core::store::{self, Conflict};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

const DOMAIN: &str = "regiment";

/// How long a caller waits before it tries again what may pass.
const PAUSE: Duration = Duration::from_secs(2);

/// Values of a request that are refused, with the path of each in the request message.
#[derive(Debug, Default)]
pub(crate) struct Violations(Vec<FieldViolation>);

impl Violations {
    /// Takes a checked value, or notes why the field at `path` is refused.
    pub(crate) fn check<T>(&mut self, path: &str, checked: Result<T, Invalid>) -> Option<T> {
        checked.map_err(|invalid| self.add(path, &invalid)).ok()
    }

    /// Notes a refused value.
    pub(crate) fn add(&mut self, path: &str, invalid: &Invalid) {
        let said = format!("must be {}, not {}", invalid.accepted(), invalid.value());
        self.0.push(FieldViolation::new(path, said));
    }

    /// Fails if anything was refused.
    pub(crate) fn done(self) -> Result<(), Status> {
        let Some(first) = self.0.first() else { return Ok(()) };
        let message = format!("{} {}", first.field, first.description);
        let mut details = ErrorDetails::with_bad_request(self.0);
        details.set_error_info("INVALID_FIELD", DOMAIN, HashMap::new());
        Err(Status::with_error_details(Code::InvalidArgument, message, details))
    }
}

/// Refuses one field.
pub(crate) fn invalid(path: &str, invalid: &Invalid) -> Status {
    let mut violations = Violations::default();
    violations.add(path, invalid);
    violations.done().expect_err("there is a violation")
}

/// Refuses a message that is none, or not one of its method's. What is said of it names fields, never their values.
pub(crate) fn malformed(said: &str) -> Status {
    let message = format!("the message could not be decoded: {said}");
    with_reason(Code::InvalidArgument, &message, "MALFORMED")
}

/// Says that something does not exist.
pub(crate) fn not_found(what: &str, reason: &str) -> Status {
    with_reason(Code::NotFound, what, reason)
}

/// Refuses a caller who showed no token, or a wrong one.
pub(crate) fn unauthenticated(message: &str) -> Status {
    with_reason(Code::Unauthenticated, message, "UNAUTHENTICATED")
}

/// Refuses a method that nobody may call.
pub(crate) fn permission_denied(message: &str) -> Status {
    with_reason(Code::PermissionDenied, message, "PERMISSION_DENIED")
}

/// Says that Discord does not answer, without which nobody can be signed in.
pub(crate) fn away(message: &str) -> Status {
    retry(Code::Unavailable, message, "DISCORD_AWAY", PAUSE)
}

/// Refuses a call with cookies that another site's page sent.
pub(crate) fn wrong_origin() -> Status {
    let message = "that page may not call here: its origin is not configured";
    with_reason(Code::PermissionDenied, message, "WRONG_ORIGIN")
}

/// Says that the caller's deadline has come, or that a call takes longer than any may.
pub(crate) fn too_late() -> Status {
    with_reason(Code::DeadlineExceeded, "the deadline came before the answer", "TOO_LATE")
}

/// Says that the server stops, and when to come again.
pub(crate) fn stopping() -> Status {
    retry(Code::Unavailable, "the server is restarting; come again", "STOPPING", PAUSE)
}

/// Refuses what may pass after a pause.
pub(crate) fn retry(code: Code, message: &str, reason: &str, pause: Duration) -> Status {
    let mut details = ErrorDetails::with_retry_info(Some(pause));
    details.set_error_info(reason, DOMAIN, HashMap::new());
    Status::with_error_details(code, message, details)
}

/// Says that something the method needs is not there.
pub(crate) fn unmet(message: &str, reason: &str) -> Status {
    with_reason(Code::FailedPrecondition, message, reason)
}

/// Says that there is no such card.
pub(crate) fn no_card() -> Status {
    not_found("no such card", "NO_CARD")
}

/// Says which of several things that were asked together a status is about.
pub(crate) fn about(which: &str, status: &Status) -> Status {
    let message = format!("{which}: {}", status.message());
    let details = Bytes::copy_from_slice(status.details());
    Status::with_details(status.code(), message, details)
}

/// Says that the record has changed since its etag was read.
pub(crate) fn stale() -> Status {
    let message = "it has changed since that etag was read; read it again";
    with_reason(Code::Aborted, message, "STALE_ETAG")
}

/// Says that somebody else has taken over.
pub(crate) fn aborted(message: &str, reason: &str) -> Status {
    with_reason(Code::Aborted, message, reason)
}

/// Says that the same request is under way, or was a moment ago: asked again, it is answered.
fn repeated() -> Status {
    let message = "the same request is being carried out; ask again for its answer";
    with_reason(Code::Aborted, message, "REPEATED")
}

/// Maps what the shell says to a status; the fields of `at` stand under that path in the request.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the enum grows; what is not known here is a failure of ours"
)]
pub(crate) fn of(error: Error, at: &str) -> Status {
    match error {
        Error::UnknownClient => not_found("no client has that id", "UNKNOWN_CLIENT"),
        Error::Invalid(refused) => {
            let mut violations = Violations::default();
            for invalid in &refused {
                violations.add(&path(at, invalid.field()), invalid);
            }
            violations.done().expect_err("an invalid request names a field")
        }
        Error::Refused(Refusal::NoCard) => no_card(),
        Error::Refused(Refusal::Invalid(refused)) => invalid(&path(at, refused.field()), &refused),
        Error::Refused(refusal) => {
            with_reason(Code::FailedPrecondition, &refusal.to_string(), reason(&refusal))
        }
        Error::Repeated => repeated(),
        Error::OneOf { place: _, source } => of(*source, at),
        Error::Store(error) => of_store(error),
        error => internal(&error),
    }
}

/// As [`of`], with fields that the request knows under other names: each with its path there.
pub(crate) fn renamed(error: Error, names: &[(&str, &str)]) -> Status {
    let rename = |refused: Invalid| match names.iter().find(|(from, _)| *from == refused.field()) {
        Some((_, path)) => refused.named(*path),
        None => refused,
    };
    if let Error::Invalid(refused) = error {
        return of(Error::Invalid(refused.into_iter().map(rename).collect()), "");
    }
    of(error, "")
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the enum grows; what is not known here is a failure of ours"
)]
fn of_store(error: store::Error) -> Status {
    match error {
        store::Error::Conflict(Conflict::Stale { .. }) => stale(),
        store::Error::Conflict(Conflict::Exists(what)) => {
            with_reason(Code::AlreadyExists, &format!("there is {what} already"), "EXISTS")
        }
        error if error.is_unavailable() => {
            let message = "the database is away; try again";
            retry(Code::Unavailable, message, "STORE_UNAVAILABLE", PAUSE)
        }
        error => internal(&error),
    }
}

/// Names a refusal for programs.
fn reason(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Invalid(_) => "INVALID_FIELD",
        Refusal::NotOrdered { .. } => "NOT_ORDERED",
        Refusal::Withdrawn { .. } => "WITHDRAWN",
        Refusal::Closed { .. } => "CLOSED",
        Refusal::Stale { .. } => "STALE_ENTRY",
        Refusal::Superseded => "SUPERSEDED",
        Refusal::NotYours => "NOT_YOURS",
        Refusal::ReasonNeeded { .. } => "REASON_NEEDED",
        Refusal::NothingToConfirm { .. } => "NOTHING_TO_CONFIRM",
        Refusal::WrongStatus { .. } => "WRONG_STATUS",
        Refusal::AlreadyPaused => "ALREADY_PAUSED",
        Refusal::NotPaused => "NOT_PAUSED",
        Refusal::Locked => "LOCKED",
        Refusal::StartPassed { .. } => "START_PASSED",
        Refusal::Allergens { .. } => "ALLERGENS",
        Refusal::Incomplete { .. } => "INCOMPLETE",
        Refusal::AliasNeeded => "ALIAS_NEEDED",
        Refusal::RefeedBlocked { .. } => "REFEED_BLOCKED",
        Refusal::NoInfraction { .. } => "NO_INFRACTION",
        Refusal::NothingAsked => "NOTHING_ASKED",
        Refusal::NoCard => "NO_CARD",
        Refusal::CardState { .. } => "CARD_STATE",
        Refusal::NothingToUndo => "NOTHING_TO_UNDO",
        Refusal::NoSuggestion => "NO_SUGGESTION",
        Refusal::MessageStands { .. } => "MESSAGE_STATE",
        Refusal::HasRun => "HAS_RUN",
        Refusal::NotDue { .. } => "NOT_DUE",
        Refusal::Lasts => "CONDITION_LASTS",
        Refusal::Unsafe => "UNSAFE",
        Refusal::CoachOnly { .. } => "COACH_ONLY",
        Refusal::NotInLibrary { .. } => "NOT_IN_LIBRARY",
    }
}

/// Hides a failure of ours from the caller and logs it here, where it is handled.
pub(crate) fn internal(error: &(dyn std::error::Error + 'static)) -> Status {
    tracing::error!(outcome = "failed", error, "a call failed");
    broken()
}

/// Says that a failure is ours, which the log tells.
pub(crate) fn broken() -> Status {
    with_reason(Code::Internal, "the server failed; its log says why", "INTERNAL")
}

fn with_reason(code: Code, message: &str, reason: &str) -> Status {
    let details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    Status::with_error_details(code, message, details)
}

fn path(at: &str, field: &str) -> String {
    if at.is_empty() { field.to_owned() } else { format!("{at}.{field}") }
}
