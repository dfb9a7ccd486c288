//! What people do about an order, correcting themselves where they slip.

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::Company;
use crate::{
    Invalid, Library, Slug, UserId,
    calendar::{days_after, local_date},
    measure::BodyWeight,
    record::{
        CardioOrder, CheckinReport, ExcuseReason, Exercise, Level, Meal, MealOrder, MealTemplate,
        Mood, Note, SetOrder, Sleep,
    },
    simulate::{
        answer::{Press, Slip},
        event::Trouble,
        lifting,
    },
};

/// How long it takes to see a mistake and fill the form in again.
const CORRECTED_AFTER: SignedDuration = SignedDuration::from_secs(40);

/// Something a person does at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub user_id: UserId,
    /// What.
    pub deed: Deed,
}

/// What a person does. Numbers are as typed: some are wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Fills in the form of enlisting.
    Enlist,
    /// Sends the morning report.
    Report(Report),
    /// Presses a meal's button.
    Eat {
        /// The local date.
        date: Date,
        /// The meal.
        meal_id: Slug<Meal>,
        /// Which button.
        press: Press,
    },
    /// Logs a top set.
    Lift {
        /// The local date.
        date: Date,
        /// The exercise.
        exercise_id: Slug<Exercise>,
        /// The load in kilograms.
        weight_kg: f64,
        /// The repetitions.
        reps: u32,
    },
    /// Logs the day's cardio.
    Move {
        /// The local date.
        date: Date,
        /// The minutes.
        minutes: u32,
    },
    /// Chooses the coming cycle's plan.
    Choose {
        /// The Tuesday on which the cycle begins.
        cycle_start: Date,
        /// The plan.
        template_id: Slug<MealTemplate>,
    },
    /// Asks to be excused.
    AskExcuse {
        /// The first local date.
        from: Date,
        /// The last.
        until: Date,
        /// Why.
        reason: ExcuseReason,
    },
}

/// A morning report as typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The local date.
    pub date: Date,
    /// The weight.
    pub weight_kg: f64,
    /// Mood.
    pub mood: Mood,
    /// Soreness.
    pub soreness: Level,
    /// Sleep.
    pub sleep: Sleep,
    /// Stress.
    pub stress: Level,
    /// The note, or empty.
    pub notes: &'static str,
}

impl Report {
    /// Returns what the form makes of the report.
    ///
    /// # Errors
    /// [`Invalid`] for a weight that no form accepts.
    pub fn checked(&self) -> Result<CheckinReport, Invalid> {
        Ok(CheckinReport {
            weight: BodyWeight::weigh_in(self.weight_kg)?,
            mood: self.mood,
            soreness: self.soreness,
            sleep: self.sleep,
            stress: self.stress,
            notes: Note::new(self.notes)?,
            weight_unconfirmed: false,
        })
    }
}

impl Company {
    pub(super) fn hears_checkin(&mut self, member: usize, date: Date, delivered: Timestamp) {
        let life = &mut self.members[member].life;
        let (asks, answer) = (life.asks_excuse(date), life.checkin(date));
        if let Some((look, event)) = asks {
            let at = self.answers_at(member, date, look, delivered);
            let until = days_after(date, i64::from(event.days.min(7)) - 1);
            let reason = reason(event.trouble);
            self.plan(member, at, date, 1, Deed::AskExcuse { from: date, until, reason });
        }
        let Some(answer) = answer else { return };
        let at = self.answers_at(member, date, answer.look, delivered);
        let right = Report {
            date,
            weight_kg: answer.weight_kg,
            mood: answer.wellness.mood,
            soreness: answer.wellness.soreness,
            sleep: answer.wellness.sleep,
            stress: answer.wellness.stress,
            notes: answer.note.unwrap_or_default(),
        };
        let typed = |weight_kg: f64| Deed::Report(Report { weight_kg, ..right.clone() });
        let wrong = match answer.slip {
            Slip::None | Slip::Button => None,
            Slip::Point => Some(10.0 * right.weight_kg),
            Slip::Digit | Slip::Stands => Some(right.weight_kg + 10.0),
        };
        if let Some(wrong) = wrong {
            self.plan(member, at, date, 2, typed(wrong));
        }
        if answer.slip != Slip::Stands {
            let at = if wrong.is_some() { at + CORRECTED_AFTER } else { at };
            self.plan(member, at, date, 3, Deed::Report(right));
        }
    }

    pub(super) fn hears_fuel(
        &mut self,
        member: usize,
        date: Date,
        delivered: Timestamp,
        meals: &[MealOrder],
        cardio: Option<&CardioOrder>,
    ) {
        let of = u32::try_from(meals.len()).unwrap_or(u32::MAX);
        for (slot, meal) in (0_u32..).zip(meals) {
            self.hears_meal(member, date, delivered, (slot, of), meal);
        }
        if let Some(order) = cardio {
            self.hears_cardio(member, date, delivered, order);
        }
    }

    pub(super) fn hears_training(
        &mut self,
        member: usize,
        date: Date,
        delivered: Timestamp,
        sets: &[SetOrder],
        library: &Library,
    ) {
        for (place, set) in (0_u32..).zip(sets) {
            let exercise = library.exercises.get(&set.exercise_id);
            self.hears_set(member, date, delivered, place, set, exercise);
        }
    }

    fn hears_meal(
        &mut self,
        member: usize,
        date: Date,
        delivered: Timestamp,
        (slot, of): (u32, u32),
        meal: &MealOrder,
    ) {
        let Some(answer) = self.members[member].life.meal(date, slot, of) else { return };
        let at = self.answers_at(member, date, answer.look, delivered);
        let meal_id = &meal.meal_id;
        let pressed = |press| Deed::Eat { date, meal_id: meal_id.clone(), press };
        let rank = 10 + 2 * slot;
        if answer.slip == Slip::None {
            self.plan(member, at, date, rank, pressed(answer.press));
        } else {
            let other = match answer.press {
                Press::Done => Press::NotDone,
                Press::NotDone => Press::Done,
            };
            self.plan(member, at, date, rank, pressed(other));
            self.plan(member, at + CORRECTED_AFTER, date, rank + 1, pressed(answer.press));
        }
    }

    fn hears_cardio(
        &mut self,
        member: usize,
        date: Date,
        delivered: Timestamp,
        order: &CardioOrder,
    ) {
        let assigned = u32::from(order.minutes.get());
        let Some(answer) = self.members[member].life.cardio(date, assigned) else { return };
        let at = self.answers_at(member, date, answer.look, delivered);
        self.plan(member, at, date, 100, Deed::Move { date, minutes: answer.minutes.min(300) });
    }

    fn hears_set(
        &mut self,
        member: usize,
        date: Date,
        delivered: Timestamp,
        place: u32,
        set: &SetOrder,
        exercise: Option<&Exercise>,
    ) {
        let multiple = exercise.map_or(0.5, lifting::multiple);
        let reps = lifting::prescribed(&set.reps);
        let life = &mut self.members[member].life;
        let id = &set.exercise_id;
        let Some(answer) = life.top_set(date, place, id.as_str(), multiple, reps) else { return };
        let at = self.answers_at(member, date, answer.look, delivered);
        let lifted =
            |weight_kg| Deed::Lift { date, exercise_id: id.clone(), weight_kg, reps: answer.reps };
        let rank = 200 + 2 * place;
        if answer.slip == Slip::None {
            self.plan(member, at, date, rank, lifted(answer.weight_kg));
        } else {
            self.plan(member, at, date, rank, lifted(10.0 * answer.weight_kg));
            self.plan(member, at + CORRECTED_AFTER, date, rank + 1, lifted(answer.weight_kg));
        }
    }

    pub(super) fn hears_prompt(
        &mut self,
        member: usize,
        cycle_start: Date,
        delivered: Timestamp,
        choices: &[(Slug<MealTemplate>, String)],
    ) {
        let one = &mut self.members[member];
        let date = local_date(&one.zone, delivered);
        let offered = u32::try_from(choices.len()).unwrap_or(u32::MAX);
        let Some((look, choice)) = one.life.plan(date, offered) else { return };
        let at = self.answers_at(member, date, look, delivered);
        let chosen = usize::try_from(choice).ok().and_then(|choice| choices.get(choice));
        if let Some((template_id, _)) = chosen {
            let template_id = template_id.clone();
            self.plan(member, at, date, 300, Deed::Choose { cycle_start, template_id });
        }
    }
}

const fn reason(trouble: Trouble) -> ExcuseReason {
    match trouble {
        Trouble::Illness => ExcuseReason::Illness,
        Trouble::Injury => ExcuseReason::Injury,
        Trouble::Travel => ExcuseReason::Travel,
        Trouble::Family => ExcuseReason::Family,
        Trouble::Work => ExcuseReason::Other,
    }
}
