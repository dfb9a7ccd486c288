//! The server as browsers see it: its address, its cookies, and the pages that may call it.

use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, header};
use jiff::{SignedDuration, Timestamp};
use regiment_core::regiment::{Minted, SignedIn};
use tonic::Status;
use url::Url;

use crate::config::Config;
use crate::status;

/// How the server is reached.
#[derive(Debug)]
pub(super) struct Site {
    url: Url,
    /// Origins of other sites whose pages may call.
    allowed: Vec<String>,
}

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Shown with each call.
    Access,
    /// Shown once, for the next pair.
    Refresh,
    /// Remembers a sign-in that is under way at Discord.
    SignIn,
}

impl Site {
    /// Takes the address of the configuration, or else the one that is listened on.
    pub(super) fn new(config: &Config, listening: Url) -> Self {
        let url = config.serve.public_url.clone().unwrap_or(listening);
        Self { url, allowed: config.serve.allowed_origins.clone() }
    }

    /// Returns an address on this server.
    pub(super) fn at(&self, path: &str) -> Url {
        self.url.join(path).expect("a path of ours is one")
    }

    /// Returns the origins of other sites whose pages may call.
    pub(super) fn allowed(&self) -> &[String] {
        &self.allowed
    }

    /// Returns the value of a cookie that came with a request.
    pub(super) fn cookie(&self, headers: &HeaderMap, purpose: Purpose) -> Option<String> {
        let name = self.name(purpose);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| Cookie::split_parse(value.to_owned()))
            .filter_map(Result::ok)
            .find(|cookie| cookie.name() == name)
            .map(|cookie| cookie.value().to_owned())
    }

    /// Returns the headers that hand a session's secrets to a browser.
    pub(super) fn cookies_of(&self, signed_in: &SignedIn, now: Timestamp) -> [HeaderValue; 2] {
        let set = |purpose, minted: &Minted| {
            let ends = minted.expires_at.unwrap_or(now);
            self.set(purpose, &minted.secret, ends.duration_since(now))
        };
        [set(Purpose::Access, &signed_in.access), set(Purpose::Refresh, &signed_in.refresh)]
    }

    /// Returns the header that sets a cookie.
    ///
    /// It is out of scripts' reach, and other sites' pages can't send it along.
    pub(super) fn set(&self, purpose: Purpose, value: &str, age: SignedDuration) -> HeaderValue {
        let cookie = Cookie::build((self.name(purpose), value.to_owned()))
            .path("/")
            .http_only(true)
            .secure(self.is_https())
            .same_site(SameSite::Lax)
            .max_age(cookie::time::Duration::seconds(age.as_secs()));
        let text = cookie.build().to_string();
        HeaderValue::try_from(text).expect("secrets and paths of ours are ASCII")
    }

    /// Returns the header that takes a cookie back.
    pub(super) fn clear(&self, purpose: Purpose) -> HeaderValue {
        self.set(purpose, "", SignedDuration::ZERO)
    }

    /// Lets a call with cookies through that comes from a page of ours, or of an allowed origin.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, where another site's page sent it, or nobody says which.
    pub(super) fn check_origin(&self, headers: &HeaderMap) -> Result<(), Status> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let origin = text("origin");
        let is_allowed = origin.is_some_and(|origin| self.allowed.iter().any(|one| one == origin));
        let is_own = match text("sec-fetch-site") {
            Some(site) => site == "same-origin",
            None => origin.is_some_and(|origin| origin == self.url.origin().ascii_serialization()),
        };
        if is_own || is_allowed { Ok(()) } else { Err(status::wrong_origin()) }
    }

    /// Returns whether browsers come over https.
    pub(super) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// `__Host-` binds a cookie to this very host, over https alone; loopback has no https.
    fn name(&self, purpose: Purpose) -> &'static str {
        match (purpose, self.is_https()) {
            (Purpose::Access, true) => "__Host-regiment-access",
            (Purpose::Access, false) => "regiment-access",
            (Purpose::Refresh, true) => "__Host-regiment-refresh",
            (Purpose::Refresh, false) => "regiment-refresh",
            (Purpose::SignIn, true) => "__Host-regiment-sign-in",
            (Purpose::SignIn, false) => "regiment-sign-in",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(url: &str) -> Site {
        let allowed = vec!["https://tools.example.org".to_owned()];
        Site { url: Url::parse(url).unwrap(), allowed }
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_cookie_is_bound_to_its_host_and_hidden_from_scripts() {
        let minute = SignedDuration::from_mins(1);
        let cookie = site("https://coach.example.org").set(Purpose::Access, "s", minute);
        assert_eq!(
            cookie,
            "__Host-regiment-access=s; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60"
        );
        let cookie = site("http://127.0.0.1:8080").set(Purpose::Refresh, "s", minute);
        assert_eq!(cookie, "regiment-refresh=s; HttpOnly; SameSite=Lax; Path=/; Max-Age=60");
    }

    #[test]
    fn a_cookie_is_read_by_its_whole_name() {
        let site = site("https://coach.example.org");
        let sent = headers(&[("cookie", "a=b; regiment-access=no; __Host-regiment-access=yes")]);
        assert_eq!(site.cookie(&sent, Purpose::Access).as_deref(), Some("yes"));
        assert_eq!(site.cookie(&sent, Purpose::Refresh), None);
    }

    #[test]
    fn only_pages_of_ours_and_of_allowed_origins_send_cookies() {
        let site = site("https://coach.example.org");
        let check = |pairs: &[(&'static str, &'static str)], is_let_through: bool| {
            assert_eq!(site.check_origin(&headers(pairs)).is_ok(), is_let_through, "{pairs:?}");
        };
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("origin", "https://coach.example.org")], true);
        check(&[("sec-fetch-site", "cross-site"), ("origin", "https://tools.example.org")], true);
        check(&[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")], false);
        check(&[("sec-fetch-site", "same-site"), ("origin", "https://coach.example.org")], false);
        check(&[("sec-fetch-site", "none")], false);
        check(&[("origin", "https://coach.example.org.evil.example")], false);
        check(&[("origin", "http://coach.example.org")], false);
        check(&[("origin", "null")], false);
        check(&[], false);
    }
}
