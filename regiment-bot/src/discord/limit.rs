//! How fast Discord is asked: its limits as it announces them, and our own below them.
//!
//! Plain decisions over the present instant; [`super::rest`] waits.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher as _, RandomState},
    time::Duration,
};

use reqwest::header::HeaderMap;
use tokio::time::Instant;

use super::{
    outcome::{Failure, Hold, Scope, code},
    route::{Credential, Route, Slot},
};

/// Requests a second on all routes together; Discord takes 50.
const PER_SECOND: usize = 40;

/// From one opening of direct messages to the next, without the jitter of up to a third.
const DM_EVERY: Duration = Duration::from_secs(3);

/// How long no direct messages are opened after Discord said that it was too fast: at first, and at
/// most.
const DM_BACKOFF: Duration = Duration::from_mins(1);
const DM_LONGEST: Duration = Duration::from_hours(1);

/// How long no direct messages are written after Discord forbade them.
const QUARANTINE: Duration = Duration::from_mins(10);

/// How long nothing is written in a channel in which the bot may not write.
const NO_ACCESS: Duration = Duration::from_mins(15);

/// How long nothing is asked after what stands before Discord refused.
pub(super) const BLOCKED: Duration = Duration::from_mins(10);

/// Invalid requests in [`WINDOW`] after which nothing is asked; Discord bans at 10,000.
const INVALID: usize = 1_000;
const WINDOW: Duration = Duration::from_mins(10);

/// Routes whose buckets are remembered by name; Discord names them again with the next answer.
const REMEMBERED: usize = 1_000;

/// Whether a request may be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// It may, and is counted.
    Now,
    /// Not before this much time has passed.
    After(Duration, Hold),
    /// Not with this token.
    Never,
}

/// What Discord has announced, and what was asked lately.
#[derive(Debug, Default)]
pub(super) struct Limits {
    /// When the requests of the last second were made.
    made: VecDeque<Instant>,
    /// Which bucket a route draws from.
    names: HashMap<Slot, String>,
    /// What is left in each bucket.
    buckets: HashMap<(String, u64), Bucket>,
    /// Until when nothing is asked on one route.
    routes: BTreeMap<Slot, Instant>,
    /// Until when nothing is asked at all.
    all: Option<Instant>,
    /// Until when nothing is written in a channel.
    channels: BTreeMap<u64, Instant>,
    /// When direct messages may be opened next, and how long after the next refusal.
    dm_next: Option<Instant>,
    dm_backoff: Option<Duration>,
    /// Until when no direct messages are written.
    quarantine: Option<Instant>,
    /// When the invalid requests of the window were made.
    invalid: VecDeque<Instant>,
    is_unauthorized: bool,
}

#[derive(Debug)]
struct Bucket {
    remaining: u32,
    resets: Instant,
}

impl Limits {
    /// Decides whether a request under the bot's limits may be made now. One that may is counted.
    pub(super) fn admit(&mut self, route: &Route, now: Instant) -> Admission {
        if self.is_unauthorized {
            return Admission::Never;
        }
        self.forget(now);
        let slot = route.slot();
        let breaker = (self.invalid.len() >= INVALID).then(|| self.invalid[0] + WINDOW);
        let pace = (self.made.len() >= PER_SECOND).then(|| self.made[0] + Duration::from_secs(1));
        let bucket = self.bucket(slot).filter(|bucket| bucket.remaining == 0).map(|it| it.resets);
        let channel = route.channel().and_then(|channel| self.channels.get(&channel).copied());
        let opening = matches!(route, Route::OpenDm);
        let holds = [
            (self.all, Hold::Limit),
            (breaker, Hold::Limit),
            (channel, Hold::NoAccess),
            (self.quarantine.filter(|_| opening), Hold::Quarantine),
            (self.dm_next.filter(|_| opening), Hold::OpeningDm),
            (self.routes.get(&slot).copied(), Hold::Limit),
            (bucket, Hold::Limit),
            (pace, Hold::Limit),
        ];
        let held = holds.into_iter().filter_map(|(until, by)| {
            let wait = until?.saturating_duration_since(now);
            (!wait.is_zero()).then_some((wait, by))
        });
        if let Some((wait, by)) = held.max_by_key(|(wait, _)| *wait) {
            return Admission::After(wait, by);
        }
        self.made.push_back(now);
        if let Some(bucket) = self.bucket(slot) {
            bucket.remaining = bucket.remaining.saturating_sub(1);
        }
        if opening {
            self.dm_next = Some(now + DM_EVERY + jitter(DM_EVERY / 3));
        }
        Admission::Now
    }

    /// Learns from the headers of an answer what is left.
    pub(super) fn hear(&mut self, route: &Route, headers: &HeaderMap, now: Instant) {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let (Some(name), Some(remaining), Some(after)) = (
            header("x-ratelimit-bucket"),
            header("x-ratelimit-remaining").and_then(|text| text.parse().ok()),
            header("x-ratelimit-reset-after").and_then(|text| text.parse().ok()),
        ) else {
            return;
        };
        let Ok(after) = Duration::try_from_secs_f64(after) else { return };
        let slot = route.slot();
        self.names.insert(slot, name.to_owned());
        let bucket = Bucket { remaining, resets: now + after };
        self.buckets.insert((name.to_owned(), slot.1), bucket);
    }

    /// Learns from a failure what to leave alone, and for how long.
    pub(super) fn suffer(&mut self, route: &Route, failure: Failure, now: Instant) {
        if failure.is_invalid() {
            self.invalid.push_back(now);
        }
        // The limits of an interaction are its own, and so is its credential.
        if route.credential() == Credential::Interaction && failure != Failure::Blocked {
            return;
        }
        match failure {
            Failure::RateLimited { wait, scope: Scope::Global } => self.pause(now + wait),
            Failure::RateLimited { wait, scope: Scope::Route | Scope::Shared } => {
                self.routes.insert(route.slot(), now + wait);
            }
            Failure::Blocked => self.pause(now + BLOCKED),
            Failure::Unauthorized => self.is_unauthorized = true,
            Failure::Refused { code: code::OPENING_TOO_FAST, .. } => {
                let backoff = self.dm_backoff.map_or(DM_BACKOFF, |backoff| backoff * 2);
                let backoff = backoff.min(DM_LONGEST);
                self.dm_backoff = Some(backoff);
                self.dm_next = Some(now + backoff);
            }
            Failure::Refused { code: code::QUARANTINED, .. } => {
                self.quarantine = Some(now + QUARANTINE);
            }
            Failure::Refused { code: code::MISSING_ACCESS | code::MISSING_PERMISSION, .. } => {
                if let Some(channel) = route.channel() {
                    self.channels.insert(channel, now + NO_ACCESS);
                }
            }
            Failure::Refused { .. }
            | Failure::Failed(_)
            | Failure::Unanswered
            | Failure::Unreachable
            | Failure::Held { .. } => {}
        }
    }

    /// Adds to a refusal for how long such requests are held after it, if they are.
    pub(super) fn held(&self, failure: Failure, now: Instant) -> Failure {
        let (until, by) = match failure.code() {
            Some(code::OPENING_TOO_FAST) => (self.dm_next, Hold::OpeningDm),
            Some(code::QUARANTINED) => (self.quarantine, Hold::Quarantine),
            _ => return failure,
        };
        let wait = until.map(|until| until.saturating_duration_since(now));
        wait.map_or(failure, |wait| Failure::Held { wait, by })
    }

    /// Learns that a request succeeded.
    pub(super) fn succeed(&mut self, route: &Route) {
        if matches!(route, Route::OpenDm) {
            self.dm_backoff = None;
        }
    }

    /// Returns for how much longer no direct messages may be written.
    pub(super) fn quarantine(&self, now: Instant) -> Option<Duration> {
        let left = self.quarantine?.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    /// Returns for how much longer nothing is asked at all.
    pub(super) fn pause_left(&mut self, now: Instant) -> Option<Duration> {
        self.forget(now);
        let breaker = (self.invalid.len() >= INVALID).then(|| self.invalid[0] + WINDOW);
        let until = self.all.max(breaker)?;
        let left = until.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    /// Returns how many invalid requests stand in the window.
    pub(super) fn invalid(&mut self, now: Instant) -> usize {
        self.forget(now);
        self.invalid.len()
    }

    /// Returns whether Discord does not know the bot's token.
    pub(super) fn is_unauthorized(&self) -> bool {
        self.is_unauthorized
    }

    fn pause(&mut self, until: Instant) {
        self.all = self.all.max(Some(until));
    }

    fn bucket(&mut self, slot: Slot) -> Option<&mut Bucket> {
        let name = self.names.get(&slot)?.clone();
        self.buckets.get_mut(&(name, slot.1))
    }

    /// Forgets what is over.
    fn forget(&mut self, now: Instant) {
        let is_over = |at: Instant, window: Duration| now.duration_since(at) >= window;
        while self.made.front().is_some_and(|at| is_over(*at, Duration::from_secs(1))) {
            self.made.pop_front();
        }
        while self.invalid.front().is_some_and(|at| is_over(*at, WINDOW)) {
            self.invalid.pop_front();
        }
        self.routes.retain(|_, until| *until > now);
        self.channels.retain(|_, until| *until > now);
        // A bucket whose time is over is full, whatever stood in it.
        self.buckets.retain(|_, bucket| bucket.resets > now);
        if self.names.len() > REMEMBERED {
            self.names.clear();
        }
    }
}

/// Returns some time up to `most`, so that several bots do not fall into step.
fn jitter(most: Duration) -> Duration {
    let dice = RandomState::new().hash_one(0u8) % 1_000;
    most.mul_f64(f64::from(u32::try_from(dice).unwrap_or_default()) / 1_000.0)
}

#[cfg(test)]
mod tests;
