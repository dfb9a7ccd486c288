//! Falsified logs: what one writes who did not do it, planted into logs of one who did.

use jiff::Timestamp;
use regiment_core::calendar::{Zone, offset_seconds};
use regiment_core::record::Goal;

use super::life;
use crate::chance::Draws;
use crate::history::{CheckinRow, ClientHistory, Day, Outcome};
use crate::stats::{count, weight};

/// A way to falsify logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Falsehood {
    /// Ten check-ins with the same four answers.
    CopiedAnswers,
    /// Eight weigh-ins with the same weight.
    CopiedWeight,
    /// Four days logged in one go in the evening, everything as done.
    Bursts,
    /// Four days whose meals are logged as done between 01:00 and 04:00.
    Nights,
    /// Four days logged as done the day after.
    Backfill,
    /// Three weeks with every meal done and cardio to the minute, while the weight moves 0.7 kg a week
    /// against the goal.
    OnPaper,
}

impl Falsehood {
    /// Every way.
    pub const ALL: [Self; 6] = [
        Self::CopiedAnswers,
        Self::CopiedWeight,
        Self::Bursts,
        Self::Nights,
        Self::Backfill,
        Self::OnPaper,
    ];

    /// Returns the name of the way.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CopiedAnswers => "copied answers",
            Self::CopiedWeight => "copied weight",
            Self::Bursts => "bursts",
            Self::Nights => "logged at night",
            Self::Backfill => "back-filled",
            Self::OnPaper => "perfect on paper",
        }
    }
}

/// Returns the history with its last days falsified; `None` where there is not enough to falsify.
pub(super) fn falsify(
    clean: &ClientHistory,
    falsehood: Falsehood,
    as_of: Day,
    draws: &mut Draws,
) -> Option<ClientHistory> {
    let mut client = clean.clone();
    let zone = Zone::parse(&client.profile.timezone_offset).ok()?;
    match falsehood {
        Falsehood::CopiedAnswers => {
            let rows = last_checkins(&mut client, as_of, 10)?;
            let copied = rows[0].clone();
            for row in rows {
                row.mood = copied.mood;
                row.soreness = copied.soreness;
                row.sleep = copied.sleep;
                row.stress = copied.stress;
            }
        }
        Falsehood::CopiedWeight => {
            let rows = last_checkins(&mut client, as_of, 8)?;
            let copied = rows[0].weight_kg;
            for row in rows {
                row.weight_kg = copied;
            }
        }
        Falsehood::Bursts => {
            for day in full_days(&client, as_of)? {
                let mut at = local(&zone, day, 21 * 60) + minutes(draws.below(40));
                enter(&mut client, day, |_| {
                    at += i64::from(2 + draws.below(6)) * 1_000_000;
                    at
                });
            }
        }
        Falsehood::Nights => {
            for day in full_days(&client, as_of)? {
                let from = local(&zone, day, 60);
                for meal in client.meals.iter_mut().filter(|meal| meal.day == day) {
                    meal.outcome = Outcome::Completed;
                    meal.at = from + minutes(draws.below(180));
                }
            }
        }
        Falsehood::Backfill => {
            for day in full_days(&client, as_of)? {
                let from = local(&zone, day + 1, 9 * 60);
                enter(&mut client, day, |_| from + minutes(draws.below(240)));
            }
        }
        Falsehood::OnPaper => on_paper(&mut client, as_of, draws)?,
    }
    Some(client)
}

/// The last `n` check-ins, all given: one that was missed takes its answers from the one before.
fn last_checkins(client: &mut ClientHistory, as_of: Day, n: usize) -> Option<&mut [CheckinRow]> {
    let end = client.checkins.partition_point(|row| row.day <= as_of);
    let rows = client.checkins.get_mut(end.checked_sub(n)?..end)?;
    let given = rows.iter().find(|row| row.outcome == Outcome::Completed)?.clone();
    for row in rows.iter_mut().filter(|row| row.outcome != Outcome::Completed) {
        *row = CheckinRow { day: row.day, at: row.at, ..given.clone() };
    }
    Some(rows)
}

/// The four days with the most to log among the last ten, in order.
fn full_days(client: &ClientHistory, as_of: Day) -> Option<Vec<Day>> {
    let n = |day| {
        client.meals.iter().filter(|row| row.day == day).count()
            + client.sets.iter().filter(|row| row.day == day).count()
            + client.cardio.iter().filter(|row| row.day == day).count()
    };
    let mut days = (as_of - 9..=as_of).filter(|day| n(*day) > 0).collect::<Vec<_>>();
    days.sort_by_key(|day| (std::cmp::Reverse(n(*day)), *day));
    days.truncate(4);
    days.sort_unstable();
    (days.len() == 4).then_some(days)
}

/// Enters everything of a day but the check-in as done, at the times given.
fn enter(client: &mut ClientHistory, day: Day, mut at: impl FnMut(Day) -> i64) {
    for row in client.meals.iter_mut().filter(|row| row.day == day) {
        (row.outcome, row.at) = (Outcome::Completed, at(day));
    }
    for row in client.sets.iter_mut().filter(|row| row.day == day) {
        (row.outcome, row.at) = (Outcome::Completed, at(day));
        row.weight_kg = row.weight_kg.or(Some(60.0));
        row.reps = row.reps.or(Some(5));
    }
    for row in client.cardio.iter_mut().filter(|row| row.day == day) {
        (row.outcome, row.at) = (Outcome::Completed, at(day));
        row.actual = row.actual.max(row.assigned);
    }
}

fn on_paper(client: &mut ClientHistory, as_of: Day, draws: &mut Draws) -> Option<()> {
    let against = match client.profile.goal {
        Goal::Cut => 0.7,
        Goal::Bulk => -0.7,
        Goal::Recomp => return None,
    };
    let window = as_of - 20..=as_of;
    let before = weight::weigh_ins(client, &(as_of - 41..=as_of - 21));
    if before.is_empty() || weight::weigh_ins(client, &window).len() < 10 {
        return None;
    }
    let level = before.iter().map(|(_, kg)| kg).sum::<f64>() / count(before.len());
    for row in client.meals.iter_mut().filter(|row| window.contains(&row.day)) {
        row.outcome = Outcome::Completed;
    }
    for row in client.cardio.iter_mut().filter(|row| (as_of - 27..=as_of).contains(&row.day)) {
        (row.outcome, row.actual) = (Outcome::Completed, row.assigned);
    }
    for row in client.checkins.iter_mut().filter(|row| window.contains(&row.day)) {
        let moved = against / 7.0 * f64::from(row.day - window.start());
        let kg = level + moved + draws.normal(0.0, 0.35);
        row.weight_kg = row.weight_kg.map(|_| life::tenths(kg));
    }
    Some(())
}

/// The Unix microsecond of a minute of a local day.
fn local(zone: &Zone, day: Day, minute: i64) -> i64 {
    let utc = life::at(day, 0, minute);
    let offset = Timestamp::from_microsecond(utc).map_or(0, |at| offset_seconds(zone, at));
    utc - i64::from(offset) * 1_000_000
}

fn minutes(n: u32) -> i64 {
    i64::from(n) * 60_000_000
}
