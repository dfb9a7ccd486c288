//! What buttons, menus and forms ask for.

use jiff::civil::Date;
use regiment_core::{
    Id, Slug, UserId,
    message::Decision,
    record::{
        DismissReason, DoneOrMissed, ExcuseRequest, Exercise, JobCard, Meal, MealTemplate,
        OrderKind,
    },
};
use serde::{Deserialize, Serialize};

/// What a control asks for. No two controls of a message share an action.
///
/// Ids are whole; [`crate::CustomIds`] shortens them where they would not fit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Shows the questions of the check-in.
    Checkin {
        /// The local date.
        date: Date,
    },
    /// Answers one question of the check-in, by a menu.
    CheckinAnswer {
        /// The local date.
        date: Date,
        /// Which.
        question: Question,
    },
    /// The form for weight and notes, which files the check-in.
    CheckinForm {
        /// The local date.
        date: Date,
    },
    /// Confirms a weight that looked wrong.
    ConfirmWeight {
        /// The local date.
        date: Date,
    },
    /// Logs a meal.
    Meal {
        /// The local date.
        date: Date,
        /// The meal.
        meal_id: Slug<Meal>,
        /// Eaten as ordered, or not.
        status: DoneOrMissed,
    },
    /// The form for the minutes of cardio.
    Cardio {
        /// The local date.
        date: Date,
    },
    /// The form for a top set.
    TopSet {
        /// The local date.
        date: Date,
        /// The exercise.
        exercise_id: Slug<Exercise>,
    },
    /// Starts a rest timer.
    Rest {
        /// How long.
        seconds: u16,
    },
    /// Chooses the coming cycle's plan.
    Plan {
        /// The Tuesday on which the cycle begins.
        cycle_start: Date,
        /// The template.
        template_id: Slug<MealTemplate>,
    },
    /// Asks the coach to be excused from an order.
    Excuse {
        /// The local date.
        date: Date,
        /// The order.
        order: OrderKind,
    },
    /// Opens a link; Discord does that by itself.
    Open {
        /// An `https` address.
        url: String,
    },
    /// Stands for a menu whose choices are actions of their own.
    Menu {
        /// Which row it is, from 0.
        row: u8,
    },
    /// The first form of enlisting: who somebody is.
    Enlist {
        /// The time zone, where it was named before.
        zone: Option<String>,
    },
    /// The second form of enlisting: height, weight, zone.
    EnlistBody {
        /// The time zone, where it was named before.
        zone: Option<String>,
    },
    /// Chooses the zone among those that fit what was typed.
    EnlistZone,
    /// Chooses the goal, and enlists.
    EnlistGoal,
    /// Gives or withdraws consent.
    Consent {
        /// To what.
        to: Consent,
        /// Given, or withdrawn.
        is_given: bool,
    },
    /// The form for the alias.
    Alias,
    /// The form for the time zone.
    Zone,
    /// Chooses the zone among those that fit what was typed.
    ZoneChoice,
    /// The form that confirms an erasure.
    Erase,
    /// Works on a job card.
    Card {
        /// The client's.
        user_id: UserId,
        /// The card.
        id: Id<JobCard>,
        /// What.
        step: CardStep,
    },
    /// Answers a client's request to be excused.
    DecideExcuse {
        /// The client's.
        user_id: UserId,
        /// The request.
        id: Id<ExcuseRequest>,
        /// The answer.
        decision: Decision,
    },
}

/// A question of the check-in that is answered by choosing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Mood.
    Mood,
    /// Soreness.
    Soreness,
    /// Stress.
    Stress,
    /// Sleep.
    Sleep,
}

impl Question {
    /// Every question, in the order in which they are asked.
    pub const ALL: [Self; 4] = [Self::Mood, Self::Soreness, Self::Stress, Self::Sleep];
}

/// What a client may agree to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Public callouts.
    Callouts,
    /// A place on the honors board.
    Honors,
}

/// One step of a coach's decision on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardStep {
    /// Asks with which action to resolve.
    Resolve,
    /// Resolves with the action that is chosen.
    Act,
    /// The form for a private message.
    Callout,
    /// Assigns the block that is chosen.
    Reassign,
    /// The form for the end of a pause.
    Pause,
    /// Asks until when to put it off.
    Snooze,
    /// Puts it off until what is chosen.
    Until,
    /// Asks why it is set aside.
    Dismiss,
    /// Takes the reason that is chosen.
    Reason,
    /// The form for words on why it is set aside.
    Aside(DismissReason),
}

/// Who may use a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// The one for whom the message is.
    Reader,
    /// Whoever sees it.
    Everybody,
    /// Coaches.
    Coaches,
}

impl Action {
    /// Returns who may use a control that asks for this.
    pub(crate) const fn audience(&self) -> Audience {
        match self {
            Self::Enlist { .. } => Audience::Everybody,
            Self::Card { .. } | Self::DecideExcuse { .. } => Audience::Coaches,
            Self::Checkin { .. }
            | Self::CheckinAnswer { .. }
            | Self::CheckinForm { .. }
            | Self::ConfirmWeight { .. }
            | Self::Meal { .. }
            | Self::Cardio { .. }
            | Self::TopSet { .. }
            | Self::Rest { .. }
            | Self::Plan { .. }
            | Self::Excuse { .. }
            | Self::Open { .. }
            | Self::Menu { .. }
            | Self::EnlistBody { .. }
            | Self::EnlistZone
            | Self::EnlistGoal
            | Self::Consent { .. }
            | Self::Alias
            | Self::Zone
            | Self::ZoneChoice
            | Self::Erase => Audience::Reader,
        }
    }

    /// Returns whether pressing a button with this opens a form.
    pub const fn opens_form(&self) -> bool {
        match self {
            Self::CheckinForm { .. }
            | Self::Cardio { .. }
            | Self::TopSet { .. }
            | Self::Enlist { .. }
            | Self::EnlistBody { .. }
            | Self::Alias
            | Self::Zone
            | Self::Erase
            | Self::Card {
                step: CardStep::Callout | CardStep::Pause | CardStep::Aside(_), ..
            } => true,
            Self::Checkin { .. }
            | Self::CheckinAnswer { .. }
            | Self::ConfirmWeight { .. }
            | Self::Meal { .. }
            | Self::Rest { .. }
            | Self::Plan { .. }
            | Self::Excuse { .. }
            | Self::Open { .. }
            | Self::Menu { .. }
            | Self::EnlistZone
            | Self::EnlistGoal
            | Self::Consent { .. }
            | Self::ZoneChoice
            | Self::Card { .. }
            | Self::DecideExcuse { .. } => false,
        }
    }
}
