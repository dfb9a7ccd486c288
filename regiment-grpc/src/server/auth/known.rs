//! The credentials that were found valid a moment ago, so that not every call asks the database, and calls go on
//! while it is away.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use regiment_core::store::{ApiToken, Role, Session};

/// How long a credential counts as valid without another look: what is revoked elsewhere is refused after it.
const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// How long a credential that was valid stays so while the database is away: clients' logs go to the spool then.
const STALE: SignedDuration = SignedDuration::from_mins(15);

/// Whose a credential is.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Holder {
    /// The token's or the session's id.
    pub(super) id: String,
    /// The account or the token, as the audit trail names it.
    pub(super) name: String,
    /// What the account or the token is called.
    pub(super) display_name: String,
    pub(super) role: Role,
    /// When the credential ends by itself.
    pub(super) expires_at: Option<Timestamp>,
}

impl Holder {
    pub(super) fn of_token(token: ApiToken) -> Self {
        let ApiToken { id, role, name, created_at: _, last_used_at: _, revoked_at: _ } = token;
        let display_name = name.clone();
        Self {
            id: id.to_string(),
            name: format!("token {name}"),
            display_name,
            role,
            expires_at: None,
        }
    }

    pub(super) fn of_session(session: Session, expires_at: Timestamp) -> Self {
        let Session { id, user_id, name, role, created_at: _, ends_at: _ } = session;
        let account = user_id.map_or_else(|| name.clone(), |id| id.to_string());
        Self {
            id: id.to_string(),
            name: account,
            display_name: name,
            role,
            expires_at: Some(expires_at),
        }
    }
}

/// What is remembered of a credential.
pub(super) enum Found {
    /// It was valid within the last 5 seconds.
    Fresh(Holder),
    /// It was valid within the last 15 minutes: ask again, and take this if nobody answers.
    Stale(Holder),
    /// It was not seen, or is long ago.
    Unknown,
}

/// What one process remembers, by the hash of the secret.
#[derive(Default)]
pub(super) struct Known(Mutex<HashMap<String, (Holder, Timestamp)>>);

impl Known {
    pub(super) fn find(&self, hash: &str, now: Timestamp) -> Found {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((holder, checked_at)) = known.get(hash) else { return Found::Unknown };
        let age = now.duration_since(*checked_at);
        if holder.expires_at.is_some_and(|at| at <= now) || age > STALE {
            Found::Unknown
        } else if age > FRESH {
            Found::Stale(holder.clone())
        } else {
            Found::Fresh(holder.clone())
        }
    }

    /// Remembers a credential that is valid now, and forgets those that are long ago.
    pub(super) fn remember(&self, hash: &str, holder: Holder, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (_, checked_at)| now.duration_since(*checked_at) <= STALE);
        known.insert(hash.to_owned(), (holder, now));
    }

    /// Forgets the credentials of a token or a session, which is no longer valid.
    pub(super) fn forget(&self, id: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (holder, _)| holder.id != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn holder(expires_at: Option<i64>) -> Holder {
        let (id, name) = ("t1".to_owned(), "board".to_owned());
        Holder {
            id,
            display_name: name.clone(),
            name,
            role: Role::Viewer,
            expires_at: expires_at.map(at),
        }
    }

    fn found(known: &Known, seconds: i64) -> &'static str {
        match known.find("one", at(seconds)) {
            Found::Fresh(_) => "fresh",
            Found::Stale(_) => "stale",
            Found::Unknown => "unknown",
        }
    }

    #[test]
    fn a_credential_is_fresh_for_5_seconds_and_stale_for_15_minutes() {
        let known = Known::default();
        assert_eq!(found(&known, 0), "unknown");
        known.remember("one", holder(None), at(0));
        assert_eq!(
            [0, 5, 6, 900, 901].map(|s| found(&known, s)),
            ["fresh", "fresh", "stale", "stale", "unknown"]
        );
    }

    #[test]
    fn a_credential_ends_at_its_own_end() {
        let known = Known::default();
        known.remember("one", holder(Some(3)), at(0));
        assert_eq!([2, 3].map(|s| found(&known, s)), ["fresh", "unknown"]);
    }

    #[test]
    fn what_is_revoked_here_is_forgotten_at_once() {
        let known = Known::default();
        known.remember("one", holder(None), at(0));
        known.forget("t2");
        assert_eq!(found(&known, 0), "fresh");
        known.forget("t1");
        assert_eq!(found(&known, 0), "unknown");
    }

    #[test]
    fn what_is_long_ago_takes_no_room() {
        let known = Known::default();
        known.remember("one", holder(None), at(0));
        known.remember("two", holder(None), at(901));
        assert_eq!(known.0.lock().unwrap().len(), 1);
    }
}
