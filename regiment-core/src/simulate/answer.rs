//! What a person answers to an order, and when: pure of what anybody else does.

use std::ops::RangeInclusive;

use jiff::civil::Date;

use super::body::{self, Wellness};
use super::chance::{Draws, Matter, key, rounded};
use super::event::{Event, Trouble};
use super::life::{Day, Duty, Life, is_weekend};
use super::{lifting, notes};
use crate::record::DoneOrMissed;

/// Everybody's median latency, in minutes after looking at the phone.
const LATENCY_MEDIAN: f64 = 3.3;

/// The standard deviation of the logarithm of the latency.
const LATENCY_SPREAD: f64 = 1.3;

/// The probability that a form's number is typed wrong at first.
const MISTYPED: f64 = 0.006;

/// The probability that the wrong button is pressed first.
const MISPRESSED: f64 = 0.005;

/// The last minute of the day at which people still log.
const LAST_MINUTE: u32 = 21 * 60 + 58;

/// When an order is seen and how long the answer then takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Look {
    /// The local minute of the day, 0 to 1439, at which the phone is looked at.
    pub minute: u32,
    /// Seconds from then, or from the delivery if that is later, to the answer.
    pub latency_seconds: u32,
}

/// What goes wrong with an answer at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// Nothing.
    None,
    /// The decimal point is left out: 835 for 83.5. The form refuses it and is filled in again.
    Point,
    /// The first digit is wrong, within the accepted range; put right when asked to confirm.
    Digit,
    /// The first digit is wrong, and the question whether it is stays unanswered.
    Stands,
    /// The other button is pressed first, and corrected within the minute.
    Button,
}

/// A morning report.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckinAnswer {
    /// When.
    pub look: Look,
    /// What the scale shows, one decimal.
    pub weight_kg: f64,
    /// How the person feels.
    pub wellness: Wellness,
    /// What is written under it.
    pub note: Option<&'static str>,
    /// What goes wrong with the weight at first.
    pub slip: Slip,
}

/// Which of a meal's two buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// ✅
    Done,
    /// ❌
    NotDone,
}

impl Press {
    /// Returns what the button says of the meal.
    pub const fn status(self) -> DoneOrMissed {
        match self {
            Self::Done => DoneOrMissed::Completed,
            Self::NotDone => DoneOrMissed::Missed,
        }
    }
}

/// A meal's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MealAnswer {
    /// When.
    pub look: Look,
    /// Which button, in the end.
    pub press: Press,
    /// What goes wrong at first.
    pub slip: Slip,
}

/// A top set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TopSetAnswer {
    /// When.
    pub look: Look,
    /// The load, in kilograms; 0 where only the body was lifted.
    pub weight_kg: f64,
    /// Repetitions.
    pub reps: u32,
    /// What goes wrong with the load at first.
    pub slip: Slip,
}

/// The day's cardio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardioAnswer {
    /// When.
    pub look: Look,
    /// Minutes done; fewer than assigned on some days, 0 admitted on others.
    pub minutes: u32,
}

impl Life {
    /// Returns the morning report of `date`, or `None` when there is none.
    pub fn checkin(&mut self, date: Date) -> Option<CheckinAnswer> {
        let day = self.day(date).clone();
        if !self.does(&day, Duty::Checkin) {
            return None;
        }
        let mut draws = self.person.chance.on(Matter::Checkin, day.number, 1);
        let look = self.look(&day, self.wakes(&day), 15.0, &mut draws);
        let slip =
            slip(&mut draws, MISTYPED, &[Slip::Point, Slip::Point, Slip::Digit, Slip::Stands]);
        Some(CheckinAnswer {
            look,
            weight_kg: body::scale(&self.person, &day),
            wellness: day.wellness,
            note: notes::note(&self.person, &day),
            slip,
        })
    }

    /// Returns the answer about meal `slot` of `of` on `date`, or `None` when no button is pressed.
    pub fn meal(&mut self, date: Date, slot: u32, of: u32) -> Option<MealAnswer> {
        let day = self.day(date).clone();
        let press = if self.does(&day, Duty::Meal(slot)) { Press::Done } else { Press::NotDone };
        let mut draws = self.person.chance.on(Matter::Meal, day.number, 100 + slot);
        if press == Press::NotDone && !draws.happens(self.admits(&day)) {
            return None;
        }
        // The first meal is an hour after waking, the last at half past seven in the evening.
        let first = self.wakes(&day) + 60.0;
        let step = (19.5 * 60.0 - first) / f64::from(of.max(2) - 1);
        let look = self.look(&day, first + step * f64::from(slot), 30.0, &mut draws);
        Some(MealAnswer { look, press, slip: slip(&mut draws, MISPRESSED, &[Slip::Button]) })
    }

    /// Returns the top set of the `place`th exercise of the session on `date`, or `None` when it
    /// is not logged.
    ///
    /// `multiple` is the e1RM of a plain trained person as a multiple of body weight; 0 is a
    /// bodyweight exercise. `reps` are those prescribed.
    pub fn top_set(
        &mut self,
        date: Date,
        place: u32,
        exercise: &str,
        multiple: f64,
        reps: RangeInclusive<u32>,
    ) -> Option<TopSetAnswer> {
        let day = self.day(date).clone();
        let mut draws = self.person.chance.on(Matter::TopSet, day.number, !key(exercise));
        let hurts = day.event.is_some_and(|event| event.trouble == Trouble::Injury);
        let skipped = if hurts { 0.3 } else { 0.03 };
        if !self.does(&day, Duty::Session) || draws.happens(skipped) {
            return None;
        }
        let (weight_kg, reps) = lifting::top_set(&self.person, &day, exercise, multiple, reps);
        let starts = self.trains(&day);
        let look = self.look(&day, starts + 9.0 * f64::from(place), 3.0, &mut draws);
        let slip = slip(&mut draws, MISTYPED, &[Slip::Point]);
        Some(TopSetAnswer { look, weight_kg, reps, slip })
    }

    /// Returns the cardio of `date` where `assigned` minutes are ordered, or `None` when nothing
    /// is reported.
    pub fn cardio(&mut self, date: Date, assigned: u32) -> Option<CardioAnswer> {
        let day = self.day(date).clone();
        let mut draws = self.person.chance.on(Matter::Cardio, day.number, 1);
        let minutes = if !self.does(&day, Duty::Cardio) {
            if !draws.happens(0.3 * self.admits(&day)) {
                return None;
            }
            0
        } else if draws.happens(super::chance::sigmoid(day.drive + 0.6)) {
            assigned + draws.weighted(&[(0, 0.6), (1, 0.1), (2, 0.1), (3, 0.1), (5, 0.1)])
        } else {
            rounded(f64::from(assigned) * draws.between(0.3, 0.97), 1, assigned.max(1))
        };
        let look = self.look(&day, self.trains(&day) + 80.0, 30.0, &mut draws);
        Some(CardioAnswer { look, minutes })
    }

    /// Returns which of `offered` plans is chosen on the Friday `date`, or `None` for silence.
    pub fn plan(&mut self, date: Date, offered: u32) -> Option<(Look, u32)> {
        let day = self.day(date).clone();
        let mut draws = self.person.chance.on(Matter::Plan, day.number, 0);
        if offered == 0 || !draws.happens(super::chance::sigmoid(day.drive)) {
            return None;
        }
        let loyal = draws.happens(0.85);
        let any = draws.whole(0, offered - 1);
        let choice = if loyal { self.person.habits.favorite.min(offered - 1) } else { any };
        let noon = 12.5 * 60.0;
        Some((self.look(&day, noon, 120.0, &mut draws), choice))
    }

    /// Returns the trouble for which the person asks to be excused on `date`, if there is one.
    pub fn asks_excuse(&mut self, date: Date) -> Option<(Look, Event)> {
        let day = self.day(date).clone();
        let event = day.event.filter(|event| event.begins == day.number)?;
        let reason = match event.trouble {
            Trouble::Illness | Trouble::Injury => 1.0,
            Trouble::Travel | Trouble::Family => 0.4,
            Trouble::Work => 0.05,
        };
        let mut draws = self.person.chance.on(Matter::Excuse, day.number, 0);
        let asks = draws.happens(reason * self.person.habits.asks);
        asks.then(|| (self.look(&day, self.wakes(&day) + 20.0, 20.0, &mut draws), event))
    }

    /// When the phone is first looked at on `day`.
    fn wakes(&self, day: &Day) -> f64 {
        let habits = &self.person.habits;
        habits.wakes + if is_weekend(day.date) { habits.lies_in } else { 0.0 }
    }

    /// When training begins: one person in three before noon.
    fn trains(&self, day: &Day) -> f64 {
        if self.person.index.is_multiple_of(3) { self.wakes(day) + 90.0 } else { 17.5 * 60.0 }
    }

    /// How readily a miss is admitted: less while the drive is low.
    fn admits(&self, day: &Day) -> f64 {
        let low = (self.person.habits.level - day.drive).clamp(0.0, 4.0);
        self.person.habits.admits * (-0.4 * low).exp()
    }

    /// Draws the look about `usual`; both it and the answer come later while the drive is low.
    fn look(&self, day: &Day, usual: f64, spread: f64, draws: &mut Draws) -> Look {
        // Whoever has little drive is slow, by nature or today.
        let low = (2.0 - day.drive).clamp(-2.0, 4.0);
        let minute = draws.normal(usual + 8.0 * low.max(0.0), spread);
        let median = LATENCY_MEDIAN * self.person.habits.slowness * (0.3 * low).exp();
        let latency = median * draws.normal(0.0, LATENCY_SPREAD).exp();
        let minute = rounded(minute, 5 * 60 + 31, LAST_MINUTE);
        // Who is at it late in the evening answers before the deadline.
        let left = 60 * (22 * 60 - 1 - minute);
        Look { minute, latency_seconds: rounded(60.0 * latency, 2, left.max(3)) }
    }
}

fn slip(draws: &mut Draws, p: f64, kinds: &[Slip]) -> Slip {
    if draws.happens(p) { draws.pick(kinds) } else { Slip::None }
}
