//! A client's last days as numbers: what was asked, what was done, how late, and how it felt.
//!
//! Only rows dated inside the window are read, so what follows `as_of` can change nothing.

use std::ops::{AddAssign, RangeInclusive};

use jiff::Timestamp;
use regiment_core::calendar::{Zone, offset_seconds};
use regiment_core::record::{Level, Mood, Sleep};

use crate::history::{CardioRow, CheckinRow, ClientHistory, Day, Outcome};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Hours by which a log may come earlier or later than usual and still tell something.
const MOST_LATE: f64 = 4.0;

/// The local hour at which the check-in is asked for: 05:30.
const PROMPT_HOUR: f64 = 5.5;

/// Check-ins whose hours differ by less than this, in hours, were stamped by a program.
const STAMPED: f64 = 1.0 / 60.0;

/// What is ordered of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Meals.
    Meals,
    /// Top sets.
    Training,
    /// Cardio.
    Cardio,
    /// Check-ins.
    Checkins,
}

impl Stream {
    /// Every stream, in the order in which arrays over streams hold them.
    pub const ALL: [Self; 4] = [Self::Meals, Self::Training, Self::Cardio, Self::Checkins];
}

/// How much of what was asked was done. Cardio counts `min(1, actual / assigned)`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Share {
    /// Items done.
    pub done: f64,
    /// Items asked for.
    pub assigned: f64,
}

impl Share {
    /// Returns done over assigned, or `None` where nothing was asked.
    pub fn rate(self) -> Option<f64> {
        (self.assigned > 0.0).then(|| self.done / self.assigned)
    }
}

impl AddAssign for Share {
    fn add_assign(&mut self, other: Self) {
        self.done += other.done;
        self.assigned += other.assigned;
    }
}

impl std::iter::Sum for Share {
    fn sum<I: Iterator<Item = Self>>(shares: I) -> Self {
        shares.fold(Self::default(), |mut total, share| {
            total += share;
            total
        })
    }
}

/// What a check-in says, worst to best or low to high: -1, 0 or 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Felt {
    /// Bad, okay, great.
    pub mood: Option<f64>,
    /// Low, medium, high.
    pub stress: Option<f64>,
    /// Four, six, eight hours.
    pub sleep: Option<f64>,
    /// Low, medium, high.
    pub soreness: Option<f64>,
}

/// One local date of a client.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ClientDay {
    /// What was done, in the order of [`Stream::ALL`].
    pub shares: [Share; 4],
    /// Hours by which the logs came later than the client's own median in the window, -4 to 4.
    pub later: [Option<f64>; 4],
    /// Hours from the prompt to the check-in, 0 to 4; `None` where the times are a program's.
    pub delay: Option<f64>,
    /// How the client felt.
    pub felt: Felt,
}

impl ClientDay {
    /// Returns the share over all streams.
    pub fn all(&self) -> Share {
        self.shares.into_iter().sum()
    }
}

/// Returns the last `n` days up to and including `as_of`, oldest first.
pub fn last_days(client: &ClientHistory, as_of: Day, n: usize) -> Vec<ClientDay> {
    let span = Day::try_from(n).map_or(as_of..=as_of, |n| as_of - n + 1..=as_of);
    let mut days = vec![ClientDay::default(); n];
    let mut hours = Hours::new(client, *span.start());
    let at = |day: Day| usize::try_from(day - span.start()).expect("the row lies in the window");

    for row in within(&client.meals, &span, |row| row.day) {
        let place = days[at(row.day)].shares[0].assigned;
        days[at(row.day)].shares[0] += whole(row.outcome);
        hours.note(Stream::Meals, place, row.day, row.at, row.outcome);
    }
    hours.keep_full_days(&days);
    for row in within(&client.sets, &span, |row| row.day) {
        // The first set done tells when the session began.
        let share = &mut days[at(row.day)].shares[1];
        if share.done == 0.0 {
            hours.note(Stream::Training, 0.0, row.day, row.at, row.outcome);
        }
        *share += whole(row.outcome);
    }
    for row in within(&client.cardio, &span, |row| row.day) {
        days[at(row.day)].shares[2] += Share { done: share_done(row), assigned: 1.0 };
        hours.note(Stream::Cardio, 0.0, row.day, row.at, row.outcome);
    }
    for row in within(&client.checkins, &span, |row| row.day) {
        let day = &mut days[at(row.day)];
        day.shares[3] += whole(row.outcome);
        day.felt = felt(row);
        hours.note(Stream::Checkins, 0.0, row.day, row.at, row.outcome);
    }
    hours.tell(&mut days);
    days
}

/// The rows of a stream that are dated in `span`; streams are ordered by day.
pub(crate) fn within<'a, R>(
    rows: &'a [R],
    span: &RangeInclusive<Day>,
    day: impl Fn(&R) -> Day,
) -> &'a [R] {
    let first = rows.partition_point(|row| day(row) < *span.start());
    let end = rows.partition_point(|row| day(row) <= *span.end());
    &rows[first..end.max(first)]
}

/// The part of a day's cardio that was done, at most 1.
pub(crate) fn share_done(row: &CardioRow) -> f64 {
    (f64::from(row.actual) / f64::from(row.assigned.max(1))).clamp(0.0, 1.0)
}

fn whole(outcome: Outcome) -> Share {
    let done = match outcome {
        Outcome::Completed => 1.0,
        Outcome::Underperformed | Outcome::Missed => 0.0,
    };
    Share { done, assigned: 1.0 }
}

fn felt(row: &CheckinRow) -> Felt {
    let level = |level: Level| match level {
        Level::Low => -1.0,
        Level::Medium => 0.0,
        Level::High => 1.0,
    };
    Felt {
        mood: row.mood.map(|mood| match mood {
            Mood::Bad => -1.0,
            Mood::Okay => 0.0,
            Mood::Great => 1.0,
        }),
        stress: row.stress.map(level),
        sleep: row.sleep.map(|sleep| match sleep {
            Sleep::Four => -1.0,
            Sleep::Six => 0.0,
            Sleep::Eight => 1.0,
        }),
        soreness: row.soreness.map(level),
    }
}

/// When things were logged, by stream and place in the day.
struct Hours {
    zone: Zone,
    first: Day,
    /// Stream, place in the day, index of the day, local hour.
    noted: Vec<(usize, u32, usize, f64)>,
}

impl Hours {
    fn new(client: &ClientHistory, first: Day) -> Self {
        let zone = Zone::parse(&client.profile.timezone_offset).unwrap_or_else(|_| Zone::utc());
        Self { zone, first, noted: Vec::new() }
    }

    fn note(&mut self, stream: Stream, place: f64, day: Day, at: i64, outcome: Outcome) {
        let Ok(now) = Timestamp::from_microsecond(at) else { return };
        if outcome == Outcome::Missed {
            return;
        }
        let since_midnight = at - i64::from(day) * DAY;
        #[expect(clippy::cast_precision_loss, reason = "a few days of microseconds")]
        let hour =
            since_midnight as f64 / 3.6e9 + f64::from(offset_seconds(&self.zone, now)) / 3.6e3;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small count"
        )]
        let place = place as u32;
        let index = usize::try_from(day - self.first).expect("the row lies in the window");
        self.noted.push((stream as usize, place, index, hour));
    }

    /// Forgets meals of days on which some were excused: their places are not the usual ones.
    fn keep_full_days(&mut self, days: &[ClientDay]) {
        let meals = |at: usize| days[at].shares[0].assigned;
        let most = (0..days.len()).map(meals).fold(0.0, f64::max);
        self.noted.retain(|(_, _, at, _)| meals(*at) >= most);
    }

    /// Writes how late each day's logs came.
    fn tell(mut self, days: &mut [ClientDay]) {
        self.noted.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.3.total_cmp(&b.3)));
        let mut late = vec![[Mean::default(); 4]; days.len()];
        for same in self.noted.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let usual = f64::midpoint(same[(same.len() - 1) / 2].3, same[same.len() / 2].3);
            for (stream, _, at, hour) in same {
                late[*at][*stream].add(hour - usual);
            }
            if same[0].0 == Stream::Checkins as usize
                && same[same.len() - 1].3 - same[0].3 > STAMPED
            {
                for (_, _, at, hour) in same {
                    days[*at].delay = Some((hour - PROMPT_HOUR).clamp(0.0, MOST_LATE));
                }
            }
        }
        for (day, late) in days.iter_mut().zip(late) {
            day.later = late.map(|mean| mean.get().map(|h| h.clamp(-MOST_LATE, MOST_LATE)));
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Mean {
    sum: f64,
    n: f64,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.n += 1.0;
    }

    fn get(self) -> Option<f64> {
        (self.n > 0.0).then(|| self.sum / self.n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{checkin, client, missed_checkin};

    #[test]
    fn cardio_counts_the_share_of_its_minutes_and_never_more_than_one() {
        let life =
            client("1").with_cardio(0, Some(45)).with_cardio(1, Some(15)).with_cardio(2, None);
        let done = last_days(&life, 2, 3).iter().map(|day| day.shares[2].done).collect::<Vec<_>>();
        assert_eq!(done, [1.0, 0.5, 0.0]);
    }

    #[test]
    fn lateness_is_against_the_clients_own_median() {
        let mut life = client("1");
        for day in 0..5 {
            let mut row = checkin(day, None);
            row.at += if day == 4 { 7_200_000_000 } else { i64::from(day) * 120_000_000 };
            life = life.with_checkin(row);
        }
        let days = last_days(&life, 4, 5);
        let late = days[4].later[3].expect("it was logged");
        assert!((late - (2.0 - 4.0 / 60.0)).abs() < 1e-9, "{late}");
        assert_eq!(days[4].delay, Some(2.5));
    }

    #[test]
    fn identical_times_say_nothing_of_the_delay() {
        let life = (0..5).fold(client("1"), |life, day| life.with_checkin(checkin(day, None)));
        assert!(last_days(&life, 4, 5).iter().all(|day| day.delay.is_none()));
    }

    #[test]
    fn only_the_window_is_read() {
        let life = client("1")
            .with_checkin(checkin(0, None))
            .with_checkin(missed_checkin(1))
            .with_checkin(checkin(2, None))
            .with_checkin(checkin(3, None));
        let days = last_days(&life, 2, 2);
        let shares = days.iter().map(ClientDay::all).collect::<Vec<_>>();
        assert_eq!(
            shares,
            [Share { done: 0.0, assigned: 1.0 }, Share { done: 1.0, assigned: 1.0 }]
        );
    }

    #[test]
    fn hours_are_the_clients_own() {
        let life = |zone: &str| {
            let zoned = client("1").who(|profile| zone.clone_into(&mut profile.timezone_offset));
            (0..4).fold(zoned, |life, day| {
                let mut row = checkin(day, None);
                row.at += i64::from(day) * 600_000_000;
                life.with_checkin(row)
            })
        };
        let delay = |zone| last_days(&life(zone), 0, 1)[0].delay;
        assert_eq!(delay("UTC"), None, "one check-in alone has no spread");
        let delays = |zone| last_days(&life(zone), 3, 4)[3].delay;
        assert_eq!(delays("UTC"), Some(1.0));
        assert_eq!(delays("UTC+1"), Some(2.0));
    }
}
