//! Local days, deadlines, cycles and weeks: all that the program knows of time zones and daylight
//! saving.
//!
//! A client's day is a [`Date`], a wall-clock time of it a [`Time`], and what is stored or compared
//! with the clock is a [`Timestamp`]. [`resolve`] is the only way from the first two to the third.

mod zone;

use jiff::{
    Span, Timestamp,
    civil::{Date, Time, Weekday},
    tz::AmbiguousOffset,
};

pub use zone::Zone;

use crate::words::words;

words! {
    /// How a local time was found on the time line.
    pub enum Resolution("resolution") {
        /// The local time happens once.
        Exact = "exact",
        /// The local time does not exist that day; it moved forward by the length of the gap.
        GapShifted = "gap_shifted",
        /// The local time happens twice; this is the first.
        FoldFirst = "fold_first",
    }
}

words! {
    /// A day of the week, as templates and profiles name it.
    pub enum DayOfWeek("weekday") {
        /// Monday.
        Mon = "mon",
        /// Tuesday, the first day of a cycle.
        Tue = "tue",
        /// Wednesday.
        Wed = "wed",
        /// Thursday.
        Thu = "thu",
        /// Friday.
        Fri = "fri",
        /// Saturday.
        Sat = "sat",
        /// Sunday.
        Sun = "sun",
    }
}

impl DayOfWeek {
    /// Returns the weekday of a date.
    pub fn of(date: Date) -> Self {
        match date.weekday() {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

/// The instant at which a local date and time happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub at: Timestamp,
    /// How it was found.
    pub resolution: Resolution,
}

/// Finds the instant of a local date and time; `None` on a date that the zone skipped.
///
/// ```
/// use regiment_core::calendar::{Resolution, Zone, resolve};
/// let zone = Zone::parse("America/New_York").unwrap();
/// let gap = resolve(&zone, "2026-03-08".parse().unwrap(), "02:30".parse().unwrap()).unwrap();
/// assert_eq!(gap.at.to_string(), "2026-03-08T07:30:00Z"); // 03:30 in the new offset
/// assert_eq!(gap.resolution, Resolution::GapShifted);
///
/// let apia = Zone::parse("Pacific/Apia").unwrap();
/// assert!(resolve(&apia, "2011-12-30".parse().unwrap(), "06:00".parse().unwrap()).is_none());
/// ```
pub fn resolve(zone: &Zone, date: Date, time: Time) -> Option<Moment> {
    let ambiguous = zone.tz().to_ambiguous_timestamp(date.to_datetime(time));
    let resolution = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => Resolution::Exact,
        AmbiguousOffset::Gap { .. } => Resolution::GapShifted,
        AmbiguousOffset::Fold { .. } => Resolution::FoldFirst,
    };
    let at = ambiguous.compatible().ok()?;
    (local_date(zone, at) == date).then_some(Moment { at, resolution })
}

/// Returns the date on the client's wall calendar at an instant.
pub fn local_date(zone: &Zone, now: Timestamp) -> Date {
    zone.tz().to_datetime(now).date()
}

/// Returns the time on the client's wall clock at an instant.
pub fn local_time(zone: &Zone, now: Timestamp) -> Time {
    zone.tz().to_datetime(now).time()
}

/// Returns a zone's offset from UTC at an instant, in seconds.
pub fn offset_seconds(zone: &Zone, now: Timestamp) -> i32 {
    zone.tz().to_offset(now).seconds()
}

/// Returns the first day of the seven-day meal cycle that holds a date: the Tuesday on or before it.
pub fn cycle_start(date: Date) -> Date {
    days_before(date, i64::from(date.weekday().since(Weekday::Tuesday)))
}

/// Returns the cycle's day that a date is: 1 on Tuesday to 7 on Monday.
pub fn cycle_day(date: Date) -> u8 {
    u8::try_from(date.weekday().since(Weekday::Tuesday)).expect("a week has 7 days") + 1
}

/// Returns the Tuesday strictly after a date: from Monday it is tomorrow, from Tuesday a week on.
pub fn next_tuesday_after(date: Date) -> Date {
    days_after(cycle_start(date), 7)
}

/// Returns the date `n` days before; windows of n days that end on `d` begin on
/// `days_before(d, n - 1)`.
pub fn days_before(date: Date, n: i64) -> Date {
    days_after(date, -n)
}

/// Returns the date `n` days after.
pub fn days_after(date: Date, n: i64) -> Date {
    date.saturating_add(Span::new().days(n))
}

/// Returns the number of days from one date to another, negative when `to` is the earlier.
pub fn days_between(from: Date, to: Date) -> i64 {
    to.since(from).map_or(0, |span| i64::from(span.get_days()))
}

/// Returns the hours from one instant to another, rounded toward zero.
pub fn hours_between(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_hours()
}

#[cfg(test)]
mod tests;
