//! What the engine found about a client: the one shape in which rules, statistics, anomalies, notes
//! and models hand over to the job card.

use std::ops::RangeInclusive;

use jiff::civil::{Date, date};
use regiment_core::{
    calendar::{days_after, days_between},
    record::{Evidence, FlagName, Severity},
};

use crate::history::Day;

/// One finding about one client.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Whether it raises the flag that its evidence names.
    pub kind: FindingKind,
    /// How much it matters; what stands beside a flag is [`Severity::Low`].
    pub severity: Severity,
    /// The numbers, dates and window behind it.
    pub evidence: Evidence,
}

/// What a finding does to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// It raises its flag.
    Flag,
    /// It raises nothing: it tells the coach more about a flag, whether that is raised or not.
    Beside,
}

impl Finding {
    /// Starts a finding that raises a flag for a window of local dates.
    pub fn flag(
        severity: Severity,
        flag: impl Into<FlagName>,
        window: RangeInclusive<Day>,
    ) -> Self {
        Self { kind: FindingKind::Flag, severity, evidence: evidence(flag.into(), &window) }
    }

    /// Starts a finding that raises nothing and tells more about a flag.
    pub fn beside(flag: impl Into<FlagName>, window: RangeInclusive<Day>) -> Self {
        let evidence = evidence(flag.into(), &window);
        Self { kind: FindingKind::Beside, severity: Severity::Low, evidence }
    }

    /// Adds the dates that count.
    #[must_use]
    pub fn on(mut self, days: impl IntoIterator<Item = Day>) -> Self {
        self.evidence.dates.extend(days.into_iter().map(date_of));
        self
    }

    /// Adds a figure. One that is no finite number is left out, since JSON has no place for it.
    #[must_use]
    pub fn number(mut self, name: &str, value: f64) -> Self {
        if value.is_finite() {
            self.evidence.numbers.insert(name.to_owned(), value);
        }
        self
    }

    /// Says the rest in words.
    #[must_use]
    pub fn saying(mut self, detail: impl Into<String>) -> Self {
        self.evidence.detail = detail.into();
        self
    }
}

/// Returns the date that a day is, the first or last of the calendar for one beyond it.
pub fn date_of(day: Day) -> Date {
    // A span of days is refused, not cut, where it is longer than the calendar.
    days_after(date(1970, 1, 1), i64::from(day).clamp(-5_000_000, 5_000_000))
}

/// Returns the day that a date is.
pub fn day_of(of: Date) -> Day {
    Day::try_from(days_between(date(1970, 1, 1), of)).expect("the calendar has few million days")
}

fn evidence(flag: FlagName, window: &RangeInclusive<Day>) -> Evidence {
    Evidence {
        flag,
        window_start: date_of(*window.start()),
        window_end: date_of(*window.end()),
        dates: Vec::new(),
        numbers: std::collections::BTreeMap::new(),
        detail: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use regiment_core::record::Flag;

    use super::*;

    #[test]
    fn a_finding_names_its_window_dates_and_figures() {
        let finding = Finding::flag(Severity::Medium, Flag::WeightStall, 20_500..=20_513)
            .on([20_501])
            .number("change_kg", 0.1)
            .saying("full compliance");
        let evidence = finding.evidence;
        assert_eq!((finding.kind, finding.severity), (FindingKind::Flag, Severity::Medium));
        assert_eq!(evidence.window_start, date(2026, 2, 16));
        assert_eq!(evidence.window_end, date(2026, 3, 1));
        assert_eq!(evidence.dates, [date(2026, 2, 17)]);
        assert_eq!(evidence.numbers["change_kg"].to_bits(), 0.1_f64.to_bits());
        assert_eq!(evidence.detail, "full compliance");
    }

    #[test]
    fn what_stands_beside_a_flag_is_low_and_a_figure_that_json_cannot_hold_is_left_out() {
        let finding = Finding::beside(Flag::WeightStall, 0..=1).number("ratio", f64::NAN);
        assert_eq!((finding.kind, finding.severity), (FindingKind::Beside, Severity::Low));
        assert!(finding.evidence.numbers.is_empty());
    }

    #[test]
    fn a_day_is_counted_from_the_epoch() {
        assert_eq!(date_of(0), date(1970, 1, 1));
        assert_eq!(date_of(-1), date(1969, 12, 31));
        assert_eq!(date_of(20_454), date(2026, 1, 1));
        assert_eq!((date_of(Day::MIN), date_of(Day::MAX)), (Date::MIN, Date::MAX));
    }

    #[test]
    fn a_day_is_the_date_it_came_from() {
        for day in [-719_528, -1, 0, 20_513, 84_005] {
            assert_eq!(day_of(date_of(day)), day);
        }
        assert_eq!(day_of(date(2026, 3, 1)), 20_513);
    }
}
