//! How much callers may ask: an address before anybody is signed in, a caller afterwards, everybody together.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use http::{Extensions, HeaderMap};
use ipnet::IpNet;
use tokio::sync::Semaphore;
use tonic::transport::server::TcpConnectInfo;
use tonic::{Code, Status};

use crate::config::Config;
use crate::status;

/// How long a caller waits who came when everything was busy.
const BUSY: Duration = Duration::from_secs(1);

/// How often callers are forgotten whose allowance is full again.
const TIDY: Duration = Duration::from_mins(1);

/// How many refused callers a minute are told in the log: a flood must not become one there.
const TOLD: NonZeroU32 = NonZeroU32::new(60).expect("it is positive");

/// What everybody has left.
#[derive(Debug)]
pub(super) struct Limits {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    callers: DefaultKeyedRateLimiter<String>,
    told: DefaultDirectRateLimiter,
    busy: Semaphore,
    proxies: Vec<IpNet>,
    clock: DefaultClock,
}

/// Too much was asked: when to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMuch(pub(super) Duration);

/// Refuses a call while as many are being answered as may be.
pub(super) async fn shed(
    State(limits): State<Arc<Limits>>,
    request: Request,
    next: Next,
) -> Response {
    let Ok(_slot) = limits.busy.try_acquire() else {
        limits.tell("everything is busy");
        let message = "the server is busy; come again";
        return status::retry(Code::ResourceExhausted, message, "BUSY", BUSY).into_http();
    };
    next.run(request).await
}

impl Limits {
    pub(super) fn new(config: &Config) -> Self {
        let limits = &config.limits;
        Self {
            addresses: RateLimiter::keyed(Quota::per_minute(limits.before_sign_in_per_minute)),
            callers: RateLimiter::keyed(Quota::per_minute(limits.per_caller_per_minute)),
            told: RateLimiter::direct(Quota::per_minute(TOLD)),
            busy: Semaphore::new(usize::try_from(limits.calls_at_once).unwrap_or(usize::MAX)),
            proxies: config.serve.trusted_proxies.clone(),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request by somebody who is not signed in.
    pub(super) fn take_for_address(&self, address: Option<IpAddr>) -> Result<(), TooMuch> {
        // A request without an address did not come over the network.
        let Some(address) = address else { return Ok(()) };
        self.addresses.check_key(&address).map_err(|until| {
            self.tell("an address asks too much");
            TooMuch(until.wait_time_from(self.clock.now()))
        })
    }

    /// Counts a call by somebody who is signed in.
    pub(super) fn take_for_caller(&self, caller: &str, cost: u32) -> Result<(), TooMuch> {
        let cost = NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN);
        match self.callers.check_key_n(&caller.to_owned(), cost) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(until)) => {
                self.tell("a caller asks too much");
                Err(TooMuch(until.wait_time_from(self.clock.now())))
            }
            // One call costs more than a whole minute's allowance.
            Err(_) => Err(TooMuch(TIDY)),
        }
    }

    /// Returns the address of a caller: the peer's, or what a trusted proxy says.
    ///
    /// The network of an IPv6 address counts as one: its holder has all of it.
    pub(super) fn address(&self, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = extensions.get::<TcpConnectInfo>()?.remote_addr()?.ip().to_canonical();
        let said = headers
            .get_all("x-forwarded-for")
            .iter()
            .rev()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.rsplit(','))
            .map_while(|part| part.trim().parse().ok());
        // Each proxy adds whom it heard it from, so the first that is no proxy of ours is the caller.
        let mut chain =
            std::iter::once(peer).chain(said.map(|address: IpAddr| address.to_canonical()));
        let mut caller = peer;
        for address in chain.by_ref() {
            caller = address;
            if !self.proxies.iter().any(|proxy| proxy.contains(&address)) {
                break;
            }
        }
        Some(match caller {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64 << 64;
                IpAddr::V6(Ipv6Addr::from(network))
            }
        })
    }

    /// Forgets, from time to time, callers whose allowance is full again. Never ends.
    pub(super) async fn tidy(&self) {
        loop {
            tokio::time::sleep(TIDY).await;
            self.addresses.retain_recent();
            self.callers.retain_recent();
        }
    }

    fn tell(&self, what: &'static str) {
        if self.told.check().is_ok() {
            tracing::warn!(outcome = "refused", "{what}");
        }
    }
}

impl From<TooMuch> for Status {
    fn from(TooMuch(pause): TooMuch) -> Self {
        let message = "that is too much for a minute; come again";
        status::retry(Code::ResourceExhausted, message, "TOO_MUCH", pause)
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    fn limits(change: impl FnOnce(&mut Config)) -> Limits {
        let mut config = Config::default();
        change(&mut config);
        Limits::new(&config)
    }

    #[track_caller]
    fn check(limits: &Limits, peer: &str, said: Option<&str>, expected: &str) {
        let mut extensions = Extensions::new();
        let remote_addr = Some(SocketAddr::new(peer.parse().unwrap(), 1));
        extensions.insert(TcpConnectInfo { local_addr: None, remote_addr });
        let mut headers = HeaderMap::new();
        if let Some(said) = said {
            headers.insert("x-forwarded-for", said.parse().unwrap());
        }
        let found = limits.address(&extensions, &headers).unwrap();
        assert_eq!(found.to_string(), expected);
    }

    #[test]
    fn an_address_has_100_requests_a_minute_and_is_told_when_to_come_again() {
        let limits = limits(|_| {});
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().ok());
        for n in 0..100 {
            assert_eq!(limits.take_for_address(one), Ok(()), "request {n}");
        }
        let TooMuch(pause) = limits.take_for_address(one).unwrap_err();
        assert!(pause > Duration::ZERO && pause <= Duration::from_millis(600), "{pause:?}");
        assert_eq!(limits.take_for_address(other), Ok(()));
    }

    #[test]
    fn a_heavy_call_takes_more_of_its_callers_allowance() {
        let ten = NonZeroU32::new(10).unwrap();
        let limits = limits(|config| config.limits.per_caller_per_minute = ten);
        assert_eq!(limits.take_for_caller("ana", 9), Ok(()));
        limits.take_for_caller("ana", 2).unwrap_err();
        assert_eq!(limits.take_for_caller("ana", 1), Ok(()));
        assert_eq!(limits.take_for_caller("bob", 10), Ok(()));
        limits.take_for_caller("eve", 11).unwrap_err();
    }

    #[test]
    fn nobody_hides_behind_a_header_that_he_wrote_himself() {
        let limits = limits(|_| {});
        check(&limits, "192.0.2.1", Some("198.51.100.7"), "192.0.2.1");
        check(&limits, "192.0.2.1", None, "192.0.2.1");
    }

    #[test]
    fn a_trusted_proxy_says_who_calls() {
        let proxies = vec!["10.0.0.0/8".parse().unwrap()];
        let limits = limits(|config| config.serve.trusted_proxies = proxies);
        check(&limits, "10.0.0.2", Some("198.51.100.7"), "198.51.100.7");
        check(&limits, "10.0.0.2", Some("192.0.2.9, 198.51.100.7"), "198.51.100.7");
        check(&limits, "10.0.0.2", Some("198.51.100.7, 10.0.0.3"), "198.51.100.7");
        check(&limits, "10.0.0.2", Some("nonsense"), "10.0.0.2");
        check(&limits, "10.0.0.2", None, "10.0.0.2");
        check(&limits, "192.0.2.1", Some("198.51.100.7"), "192.0.2.1");
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        let limits = limits(|_| {});
        check(&limits, "2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::");
        check(&limits, "::ffff:192.0.2.1", None, "192.0.2.1");
    }
}
