use jiff::{SignedDuration, Timestamp, civil::Time};

use crate::{
    Policy,
    calendar::{DayOfWeek, Zone, days_before, local_date, resolve},
    words::words,
};

words! {
    /// What happens at an instant for the whole practice. Each fires once per due instant; after
    /// downtime only the latest instant of each kind runs.
    pub enum SystemTrigger("trigger") {
        /// Looks again at clients whose logs, excuses or pauses changed; every hour.
        InfractionScan = "infraction_scan",
        /// The coaches' digest of alerts; every hour.
        AlertDigest = "alert_digest",
        /// The weekly flag scan; only where a scanner is at hand.
        WeeklyScan = "weekly_scan",
        /// The honors board.
        Honors = "honors",
        /// Forgets what is kept no longer, and looks whether the audit chain holds; every day.
        Retention = "retention",
    }
}

impl SystemTrigger {
    const fn weekday(self, policy: &Policy) -> Option<DayOfWeek> {
        match self {
            Self::WeeklyScan => Some(policy.times.scan_weekday),
            Self::Honors => Some(policy.times.honors_weekday),
            Self::InfractionScan | Self::AlertDigest | Self::Retention => None,
        }
    }

    const fn time(self, policy: &Policy) -> Option<Time> {
        match self {
            Self::InfractionScan | Self::AlertDigest => None,
            Self::WeeklyScan => Some(policy.times.scan_utc),
            Self::Honors => Some(policy.times.honors_utc),
            Self::Retention => Some(policy.times.retention_utc),
        }
    }
}

/// Returns the latest instant at or before `now` at which a kind is due.
pub fn latest_due(trigger: SystemTrigger, policy: &Policy, now: Timestamp) -> Timestamp {
    let Some(time) = trigger.time(policy) else {
        return full_hour(now);
    };
    let utc = Zone::utc();
    let today = local_date(&utc, now);
    (0..=7)
        .map(|back| days_before(today, back))
        .filter(|date| trigger.weekday(policy).is_none_or(|day| day == DayOfWeek::of(*date)))
        .filter_map(|date| resolve(&utc, date, time))
        .map(|moment| moment.at)
        .find(|at| *at <= now)
        .expect("each weekday comes once in eight days")
}

/// Returns the first instant after `now` at which a kind is due.
pub fn next_system(trigger: SystemTrigger, policy: &Policy, now: Timestamp) -> Timestamp {
    let hours = match (trigger.weekday(policy), trigger.time(policy)) {
        (Some(_), _) => 7 * 24,
        (None, Some(_)) => 24,
        (None, None) => 1,
    };
    let step = SignedDuration::from_hours(hours);
    latest_due(trigger, policy, now) + step
}

fn full_hour(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second().div_euclid(3600) * 3600).expect("an earlier instant")
}
