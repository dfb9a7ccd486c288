//! Text that must not be seen: tokens, and passwords inside addresses.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

pub use regiment_core::Secret;

/// Where the database is. Printing it leaves the password out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Takes an address as it stands in the configuration; opening the store validates it.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// Returns the whole address, password and all.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.0.split_once("://") else { return f.write_str(&self.0) };
        // The authority ends at the first slash or question mark; a password may hold an `@` of its own.
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (path, query) = path.split_once('?').map_or((path, ""), |(path, query)| (path, query));
        write!(f, "{scheme}://")?;
        match authority.rsplit_once('@') {
            Some((user, host)) => {
                let user = user.split_once(':').map_or(user, |(user, _)| user);
                write!(f, "{user}@{host}{path}")?;
            }
            None => write!(f, "{authority}{path}")?,
        }
        // A query may carry `password=` too.
        f.write_str(if query.is_empty() { "" } else { "?[redacted]" })
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where urgent alerts are posted. Its path is a secret, so printing it shows `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl WebhookUrl {
    /// Reads an address with `https`, or with `http` on loopback; nothing for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        is_safe.then_some(Self(url))
    }

    /// Returns the whole address.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Returns whether an address leads to the machine itself.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, printed: &str) {
        let url = DatabaseUrl::new(url);
        assert_eq!(url.to_string(), printed);
        assert_eq!(format!("{url:?}"), printed);
    }

    #[test]
    fn a_database_address_is_printed_without_its_password() {
        check("sqlite://regiment.db", "sqlite://regiment.db");
        check("sqlite::memory:", "sqlite::memory:");
        check(
            "postgres://coach:p@ss:w@db.local:5432/regiment",
            "postgres://coach@db.local:5432/regiment",
        );
        check("postgres://coach@db.local/regiment", "postgres://coach@db.local/regiment");
        check("postgres://db/regiment?user=a&password=b", "postgres://db/regiment?[redacted]");
        check("postgres://a:b@db?password=c@d", "postgres://a@db?[redacted]");
    }

    #[test]
    fn a_webhook_has_tls_or_is_on_loopback_and_is_not_printed() {
        for good in [
            "https://hooks.example.org/hunter2",
            "http://127.0.0.1:9/hunter2",
            "http://[::1]/hunter2",
        ] {
            let url = WebhookUrl::parse(good).unwrap();
            assert_eq!(url.expose().as_str(), good);
            assert_eq!(format!("{url:?}"), "[redacted]");
        }
        for bad in ["", "hunter2", "http://hooks.example.org/hunter2", "ftp://127.0.0.1/hunter2"] {
            assert_eq!(WebhookUrl::parse(bad), None, "{bad}");
        }
    }
}
