//! Builders of histories for the tests of this crate.

use regiment_core::record::{Goal, Level, Mood, Sleep};

use crate::history::{
    CardioRow, CheckinRow, ClientHistory, Day, Exercise, History, MealRow, Outcome, Profile, SetRow,
};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// The exercises of [`history`], by the index that a [`SetRow`] bears.
pub const EXERCISES: [&str; 3] = ["ex_bp_001", "ex_dl_001", "ex_sq_001"];

/// A client in UTC on a cut who starts on day 0, weighs 90 kg and does 30 minutes of cardio a day.
pub fn client(user_id: &str) -> ClientHistory {
    ClientHistory::new(Profile {
        user_id: user_id.parse().expect("a user id"),
        goal: Goal::Cut,
        timezone_offset: "UTC".to_owned(),
        start: 0,
        paused: false,
        weight_kg: Some(90.0),
        training_template_id: Some("steel_block_a".to_owned()),
        cardio_minutes: 30,
    })
}

/// A history of clients, ordered, with [`EXERCISES`].
pub fn history(clients: impl IntoIterator<Item = ClientHistory>) -> History {
    let mut clients: Vec<ClientHistory> = clients.into_iter().collect();
    clients.sort_by_key(|client| client.profile.user_id);
    let exercises = EXERCISES.map(|id| Exercise { id: id.to_owned(), name: id.to_owned() });
    History { clients, exercises: exercises.to_vec() }
}

/// A completed check-in at 06:00 that says nothing out of the ordinary.
pub fn checkin(day: Day, weight_kg: impl Into<Option<f64>>) -> CheckinRow {
    CheckinRow {
        day,
        at: i64::from(day) * DAY + DAY / 4,
        outcome: Outcome::Completed,
        weight_kg: weight_kg.into(),
        mood: Some(Mood::Okay),
        soreness: Some(Level::Low),
        sleep: Some(Sleep::Eight),
        stress: Some(Level::Low),
        notes: None,
    }
}

/// A check-in that was not given.
pub fn missed_checkin(day: Day) -> CheckinRow {
    CheckinRow {
        day,
        at: i64::from(day) * DAY + DAY / 2,
        outcome: Outcome::Missed,
        weight_kg: None,
        mood: None,
        soreness: None,
        sleep: None,
        stress: None,
        notes: None,
    }
}

impl ClientHistory {
    /// Changes the profile.
    #[must_use]
    pub fn who(mut self, change: impl FnOnce(&mut Profile)) -> Self {
        change(&mut self.profile);
        self
    }

    /// Adds meals of a day, logged from 08:00 on, four hours apart.
    #[must_use]
    pub fn with_meals(mut self, day: Day, outcomes: &[Outcome]) -> Self {
        for (hour, outcome) in (8..).step_by(4).zip(outcomes) {
            let at = i64::from(day) * DAY + hour * DAY / 24;
            self.meals.push(MealRow { day, at, outcome: *outcome });
        }
        self.meals.sort_by_key(|row| row.day);
        self
    }

    /// Adds a top set of an exercise: weight and repetitions, or none where it was missed.
    #[must_use]
    pub fn with_set(mut self, day: Day, exercise: u32, set: Option<(f64, i32)>) -> Self {
        self.sets.push(SetRow {
            day,
            at: i64::from(day) * DAY + 17 * DAY / 24,
            exercise,
            outcome: if set.is_some() { Outcome::Completed } else { Outcome::Missed },
            weight_kg: set.map(|(weight, _)| weight),
            reps: set.map(|(_, reps)| reps),
        });
        self.sets.sort_by_key(|row| (row.day, row.exercise));
        self
    }

    /// Adds a day's cardio against the minutes of the profile; none was reported where it is `None`.
    #[must_use]
    pub fn with_cardio(mut self, day: Day, actual: Option<i32>) -> Self {
        let assigned = self.profile.cardio_minutes;
        self.cardio.push(CardioRow {
            day,
            at: i64::from(day) * DAY + 18 * DAY / 24,
            assigned,
            actual: actual.unwrap_or_default(),
            outcome: match actual {
                None => Outcome::Missed,
                Some(actual) if actual < assigned => Outcome::Underperformed,
                Some(_) => Outcome::Completed,
            },
        });
        self.cardio.sort_by_key(|row| row.day);
        self
    }

    /// Adds a check-in.
    #[must_use]
    pub fn with_checkin(mut self, row: CheckinRow) -> Self {
        self.checkins.push(row);
        self.checkins.sort_by_key(|row| row.day);
        self
    }
}
