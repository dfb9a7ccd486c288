//! How a request to Discord ended, and what a delivery makes of it.

use std::time::Duration;

use regiment_proto::v1::DeliveryErrorClass as Class;
use reqwest::{StatusCode, header::HeaderMap};
use serde_json::Value;

/// How long to wait where Discord says to wait and not how long.
const UNSAID: Duration = Duration::from_secs(5);

/// The shortest wait that is believed: no limit is asked in a tight loop.
const SHORTEST: Duration = Duration::from_millis(100);

/// The longest wait that is believed: the server takes no longer one.
const LONGEST: Duration = Duration::from_hours(24);

/// Discord's error codes that are told apart.
pub(crate) mod code {
    /// The channel does not exist.
    pub(crate) const UNKNOWN_CHANNEL: u64 = 10_003;
    /// The community does not exist.
    pub(crate) const UNKNOWN_GUILD: u64 = 10_004;
    /// The message does not exist: of one that is being created, it was deleted meanwhile.
    pub(crate) const UNKNOWN_MESSAGE: u64 = 10_008;
    /// The person does not exist.
    pub(crate) const UNKNOWN_USER: u64 = 10_013;
    /// The webhook of an interaction does not exist, or not any more.
    pub(crate) const UNKNOWN_WEBHOOK: u64 = 10_015;
    /// The interaction does not exist, or was not answered in time.
    pub(crate) const UNKNOWN_INTERACTION: u64 = 10_062;
    /// The bot may write no direct messages.
    pub(crate) const QUARANTINED: u64 = 20_026;
    /// Direct messages are opened too fast.
    pub(crate) const OPENING_TOO_FAST: u64 = 40_003;
    /// The interaction was answered before.
    pub(crate) const ACKNOWLEDGED: u64 = 40_060;
    /// What stands before Discord refuses the program.
    pub(crate) const BLOCKED: u64 = 40_333;
    /// The bot may not see the channel.
    pub(crate) const MISSING_ACCESS: u64 = 50_001;
    /// The person takes no messages from the bot.
    pub(crate) const CANNOT_SEND: u64 = 50_007;
    /// The bot lacks a permission.
    pub(crate) const MISSING_PERMISSION: u64 = 50_013;
    /// The credential of an interaction is not valid, or not any more.
    pub(crate) const INVALID_TOKEN: u64 = 50_027;
    /// Nobody can be reached there.
    pub(crate) const INVALID_RECIPIENT: u64 = 50_033;
    /// The person and the bot share no community.
    pub(crate) const NO_MUTUAL_GUILDS: u64 = 50_278;
}

/// Whom a limit concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The bot, on one route.
    Route,
    /// Everybody on one route: it counts against nobody.
    Shared,
    /// The bot, on every route.
    Global,
}

/// Why a request did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Discord refused it, with one of its codes; 0 where it named none.
    Refused { status: u16, code: u64 },
    /// Discord said to wait.
    RateLimited { wait: Duration, scope: Scope },
    /// What stands before Discord refused it.
    Blocked,
    /// Discord does not know the bot's token.
    Unauthorized,
    /// Discord failed; whether it did something nobody knows.
    Failed(u16),
    /// It left and no answer came; whether it did something nobody knows.
    Unanswered,
    /// Nobody could be reached: nothing happened.
    Unreachable,
    /// It was not made, because of something that Discord said before.
    Held { wait: Duration, by: Hold },
}

/// Why a request is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// A limit: of a route, of all routes, or ours over requests that count as invalid.
    Limit,
    /// Direct messages are not opened so fast.
    OpeningDm,
    /// The bot may write no direct messages.
    Quarantine,
    /// The bot may not write in the channel.
    NoAccess,
}

/// Reads an answer: its body, or what went wrong.
pub(crate) fn judge(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Value, Failure> {
    let read: Option<Value> = serde_json::from_slice(body).ok();
    if status.is_success() {
        return match read {
            Some(value) => Ok(value),
            None if body.is_empty() => Ok(Value::Null),
            // Half an answer says as much as none.
            None => Err(Failure::Unanswered),
        };
    }
    if status.is_server_error() {
        return Err(Failure::Failed(status.as_u16()));
    }
    let code = read.as_ref().and_then(|body| body.get("code")).and_then(Value::as_u64);
    let code = code.unwrap_or_default();
    Err(match (status, &read) {
        (StatusCode::TOO_MANY_REQUESTS | StatusCode::FORBIDDEN, None) => Failure::Blocked,
        (StatusCode::FORBIDDEN, _) if code == code::BLOCKED => Failure::Blocked,
        (StatusCode::TOO_MANY_REQUESTS, Some(body)) => rate_limited(headers, body),
        (StatusCode::UNAUTHORIZED, _) => Failure::Unauthorized,
        _ => Failure::Refused { status: status.as_u16(), code },
    })
}

fn rate_limited(headers: &HeaderMap, body: &Value) -> Failure {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let said = [
        header("retry-after").and_then(|text| text.parse::<f64>().ok()),
        body.get("retry_after").and_then(Value::as_f64),
    ];
    let longest = said.into_iter().flatten().reduce(f64::max);
    let wait = longest.and_then(|wait| Duration::try_from_secs_f64(wait).ok());
    let is_global = body.get("global").and_then(Value::as_bool) == Some(true);
    let scope = match header("x-ratelimit-scope") {
        Some("global") => Scope::Global,
        Some("shared") => Scope::Shared,
        _ if is_global || header("x-ratelimit-global").is_some() => Scope::Global,
        _ => Scope::Route,
    };
    Failure::RateLimited { wait: wait.unwrap_or(UNSAID).clamp(SHORTEST, LONGEST), scope }
}

impl Failure {
    /// Returns whether it counts toward Discord's ban at 10,000 such requests in 10 minutes.
    pub(crate) fn is_invalid(self) -> bool {
        match self {
            Self::Refused { status, .. } => status == 401 || status == 403,
            Self::RateLimited { scope, .. } => scope != Scope::Shared,
            Self::Blocked | Self::Unauthorized => true,
            Self::Failed(_) | Self::Unanswered | Self::Unreachable | Self::Held { .. } => false,
        }
    }

    /// Returns whether another try within seconds may succeed.
    pub(crate) fn is_passing(self) -> bool {
        matches!(self, Self::Failed(_) | Self::Unanswered | Self::Unreachable)
    }

    /// Returns whether what was asked for may have happened.
    pub(crate) fn is_doubtful(self) -> bool {
        matches!(self, Self::Failed(_) | Self::Unanswered)
    }

    /// Returns for how long Discord said to wait, where another try may succeed then.
    pub(crate) fn wait(self) -> Option<Duration> {
        match self {
            Self::RateLimited { wait, .. } => Some(wait),
            Self::Refused { .. }
            | Self::Blocked
            | Self::Unauthorized
            | Self::Failed(_)
            | Self::Unanswered
            | Self::Unreachable
            | Self::Held { .. } => None,
        }
    }

    /// Returns Discord's code, if there is one.
    pub(crate) fn code(self) -> Option<u64> {
        match self {
            Self::Refused { code, .. } => Some(code).filter(|code| *code != 0),
            Self::RateLimited { .. }
            | Self::Blocked
            | Self::Unauthorized
            | Self::Failed(_)
            | Self::Unanswered
            | Self::Unreachable
            | Self::Held { .. } => None,
        }
    }

    /// Returns what the server is told of it, and for how long Discord said to wait.
    pub(crate) fn class(self) -> (Class, Option<Duration>) {
        match self {
            Self::RateLimited { wait, .. } => (Class::RateLimited, Some(wait)),
            Self::Blocked => (Class::RateLimited, Some(super::limit::BLOCKED)),
            Self::Unauthorized => (Class::Unauthorized, None),
            Self::Failed(_) | Self::Unreachable => (Class::Unavailable, None),
            Self::Unanswered => (Class::Unanswered, None),
            Self::Held { wait, by } => (by.class(), Some(wait)),
            Self::Refused { status, code } => (refused(status, code), None),
        }
    }
}

impl Hold {
    fn class(self) -> Class {
        match self {
            Self::Limit => Class::RateLimited,
            Self::OpeningDm => Class::DmThrottled,
            Self::Quarantine => Class::BotQuarantined,
            Self::NoAccess => Class::NoAccess,
        }
    }
}

fn refused(status: u16, code: u64) -> Class {
    match code {
        code::CANNOT_SEND
        | code::NO_MUTUAL_GUILDS
        | code::UNKNOWN_USER
        | code::INVALID_RECIPIENT => Class::DmClosed,
        code::OPENING_TOO_FAST => Class::DmThrottled,
        code::QUARANTINED => Class::BotQuarantined,
        code::MISSING_ACCESS | code::MISSING_PERMISSION => Class::NoAccess,
        code::UNKNOWN_CHANNEL | code::UNKNOWN_GUILD => Class::ChannelGone,
        _ if status == StatusCode::FORBIDDEN.as_u16() => Class::NoAccess,
        // Malformed, empty or blocked by the community's rules: another try would end the same.
        _ => Class::BadMessage,
    }
}

#[cfg(test)]
mod tests;
