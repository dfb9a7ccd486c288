//! The lapse label: who is at risk on a date, and who lapsed in the seven days after it.

use std::ops::RangeInclusive;

use crate::day::{Share, share_done, within};
use crate::history::{ClientHistory, Day, Outcome};

/// Adherence below this over the next week is a lapse; at or above it over the last, no lapse yet.
pub const LAPSE_BELOW: f64 = 0.6;

/// Days over which the label looks ahead, and adherence back.
pub const HORIZON: Day = 7;

/// A client is at risk from this many days after the start on.
pub const SETTLED_AFTER: Day = 28;

/// Returns adherence over a span of dates: done over assigned, every item of every stream counting
/// one, cardio by the share of its minutes. `None` where nothing was assigned.
pub fn adherence(client: &ClientHistory, span: &RangeInclusive<Day>) -> Option<f64> {
    let completed = |outcome| f64::from(u8::from(outcome == Outcome::Completed));
    let meals = within(&client.meals, span, |row| row.day).iter().map(|row| completed(row.outcome));
    let sets = within(&client.sets, span, |row| row.day).iter().map(|row| completed(row.outcome));
    let cardio = within(&client.cardio, span, |row| row.day).iter().map(share_done);
    let checkins = within(&client.checkins, span, |row| row.day);
    let checkins = checkins.iter().map(|row| completed(row.outcome));
    let all = meals.chain(sets).chain(cardio).chain(checkins);
    all.map(|done| Share { done, assigned: 1.0 }).sum::<Share>().rate()
}

/// Whether a client is at risk on a date: not paused, started at least 28 days before, and with an
/// adherence of 0.60 or more over the last seven days.
pub fn is_at_risk(client: &ClientHistory, as_of: Day) -> bool {
    !client.profile.paused
        && client.profile.start <= as_of - SETTLED_AFTER
        && adherence(client, &(as_of - HORIZON + 1..=as_of)).is_some_and(|now| now >= LAPSE_BELOW)
}

/// Returns whether a client at risk lapsed in the seven days after `as_of`; `None` for a client who
/// was not at risk, or of whom nothing is known afterwards.
pub fn lapsed(client: &ClientHistory, as_of: Day) -> Option<bool> {
    if !is_at_risk(client, as_of) {
        return None;
    }
    adherence(client, &(as_of + 1..=as_of + HORIZON)).map(|next| next < LAPSE_BELOW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{checkin, client, missed_checkin};

    /// A client who checks in on the days where `done` says so, from day 0 on.
    fn life(done: impl IntoIterator<Item = bool>) -> ClientHistory {
        (0..).zip(done).fold(client("1"), |life, (day, done)| {
            life.with_checkin(if done { checkin(day, None) } else { missed_checkin(day) })
        })
    }

    /// Twenty-eight days of check-ins, then a week with so many.
    fn then(done: usize) -> ClientHistory {
        life((0..35).map(|day| day < 28 + done))
    }

    #[test]
    fn four_check_ins_of_seven_are_a_lapse_and_five_are_none() {
        assert_eq!(lapsed(&then(4), 28 - 1), None, "a day too early");
        let late = |done| lapsed(&then(done).who(|profile| profile.start = -1), 27);
        assert_eq!(late(4), Some(true));
        assert_eq!(late(5), Some(false));
    }

    #[test]
    fn exactly_six_tenths_is_no_lapse_and_is_at_risk() {
        // Three of five assigned check-ins: the other two days nothing was asked.
        let mut known = life((0..35).map(|day| !matches!(day, 21 | 22 | 30 | 31)));
        known.checkins.retain(|row| !matches!(row.day, 23 | 24 | 32 | 33));
        let known = known.who(|profile| profile.start = -1);
        assert_eq!(adherence(&known, &(21..=27)), Some(0.6));
        assert_eq!(adherence(&known, &(28..=34)), Some(0.6));
        assert_eq!(lapsed(&known, 27), Some(false));
    }

    #[test]
    fn one_less_than_six_tenths_is_not_at_risk() {
        let gone = life((0..35).map(|day| !(21..24).contains(&day))).who(|who| who.start = -1);
        assert_eq!(lapsed(&gone, 27), None);
    }

    #[test]
    fn who_started_27_days_ago_is_not_at_risk_and_who_started_28_days_ago_is() {
        let known = then(7);
        assert!(!is_at_risk(&known, 27));
        assert!(is_at_risk(&known, 28));
    }

    #[test]
    fn nobody_paused_and_nobody_without_a_future_has_a_label() {
        assert_eq!(lapsed(&then(7).who(|profile| profile.paused = true), 30), None);
        let cut = life((0..29).map(|_| true));
        assert!(is_at_risk(&cut, 28));
        assert_eq!(lapsed(&cut, 28), None);
    }

    #[test]
    fn cardio_counts_by_minutes() {
        let known = client("1").with_cardio(0, Some(15)).with_cardio(1, Some(60));
        assert_eq!(adherence(&known, &(0..=1)), Some(0.75));
    }
}
