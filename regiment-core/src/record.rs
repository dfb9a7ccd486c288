//! The records of the practice: what is known of a client, what he was ordered to do, and what he
//! did. Their JSON is a contract; fields may be added, never renamed.

pub mod alert;
pub mod card;
pub mod cardio;
pub mod checkin;
pub mod client;
pub mod decision;
pub mod excuse;
pub mod honors;
pub mod infraction;
pub mod log;
pub mod meal;
pub mod order;
pub mod plan;
pub mod training;

pub use alert::{Alert, AlertKind};
pub use card::{
    CardAction, CardNote, CardSource, CardState, Carried, DismissReason, Evidence, Flag, FlagName,
    JobCard, Resolution, Severity, Snooze, Suggestion, SuggestionAnswer, SuggestionKind, WinName,
};
pub use cardio::{CardioLog, CardioStatus};
pub use checkin::{CheckinLog, CheckinReport, Level, Mood, Note, Sleep};
pub use client::{ClientProfile, Gate, Goal, Macros, Status, Subject};
pub use decision::{CardDecision, Judgment, Stood, Taken, Verdict};
pub use excuse::{Excuse, ExcuseReason, ExcuseRequest, RequestState};
pub use honors::{Board, Place, Ranking};
pub use infraction::{Infraction, InfractionKind, Standing, Voided, Warning};
pub use log::{Actor, Cause, DoneOrMissed, Log, LogKey, Revision, Stream};
pub use meal::{DayOfMeals, Ingredient, Meal, MealItem, MealLog, MealTemplate, ShoppingList};
pub use order::{
    CardioOrder, LastSet, MealOrder, Order, OrderKind, Ordered, Portion, SetOrder, TrainingOrder,
};
pub use plan::{Choice, CompiledDay, CompiledPlan, MacroGap, PlanChoice};
pub use training::{
    BlockDay, Exercise, Prescription, TopSet, TrainingLog, TrainingTemplate, WeekOverride,
};
