//! Where the time comes from.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp, TimestampRound, Unit};

/// The source of the present instant. The shell reads it once per operation.
pub trait Clock: Send + Sync {
    /// Returns the present instant, to the microsecond.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
    fn now(&self) -> Timestamp {
        to_micros(Timestamp::now())
    }
}

/// A clock that stands still until it is moved.
///
/// ```
/// use regiment_core::{Clock, ManualClock};
/// let clock = ManualClock::at("2026-03-01T05:30:00Z".parse().unwrap());
/// clock.advance(jiff::SignedDuration::from_mins(30));
/// assert_eq!(clock.now().to_string(), "2026-03-01T06:00:00Z");
/// ```
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// Starts a clock that shows `at`.
    pub fn at(at: Timestamp) -> Self {
        Self(Mutex::new(to_micros(at)))
    }

    /// Moves the clock, forwards or backwards.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.lock();
        *now = to_micros(now.saturating_add(by).expect("a duration without calendar units"));
    }

    /// Sets the clock.
    pub fn set(&self, at: Timestamp) {
        *self.lock() = to_micros(at);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Timestamp> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.lock()
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

/// Stored instants have microseconds, so every instant has.
fn to_micros(at: Timestamp) -> Timestamp {
    at.round(TimestampRound::new().smallest(Unit::Microsecond).mode(jiff::RoundMode::Trunc))
        .unwrap_or(at)
}
