//! The client's profile.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{MealTemplate, TrainingTemplate};
use crate::{
    Invalid, Slug, UserId,
    calendar::{DayOfWeek, Zone},
    measure::{Age, BodyWeight, Grams, Height, Minutes},
    words::words,
};

words! {
    /// What a client trains for.
    pub enum Goal("goal") {
        /// Lose weight.
        Cut = "cut",
        /// Gain weight.
        Bulk = "bulk",
        /// Hold weight and change its make-up.
        Recomp = "recomp",
    }
}

words! {
    /// Where a client stands with the practice.
    pub enum Status("status") {
        /// Enlisted, and waiting for the coach.
        Pending = "pending",
        /// Receives orders.
        Active = "active",
        /// Has left.
        Archived = "archived",
    }
}

/// Grams of protein, carbs and fats a day, not all 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "RawMacros")]
pub struct Macros {
    /// Protein, g a day.
    pub protein: Grams,
    /// Carbohydrates, g a day.
    pub carbs: Grams,
    /// Fats, g a day.
    pub fats: Grams,
}

#[derive(Deserialize, JsonSchema)]
struct RawMacros {
    protein: Grams,
    carbs: Grams,
    fats: Grams,
}

impl Macros {
    /// Accepts daily targets in grams, each 0 to 1000 and not all 0.
    ///
    /// # Errors
    /// [`Invalid`] naming the macro.
    pub fn new(protein: i64, carbs: i64, fats: i64) -> Result<Self, Invalid> {
        Self::try_from(RawMacros {
            protein: Grams::new(protein).map_err(|e| e.named("macros.protein"))?,
            carbs: Grams::new(carbs).map_err(|e| e.named("macros.carbs"))?,
            fats: Grams::new(fats).map_err(|e| e.named("macros.fats"))?,
        })
    }
}

impl TryFrom<RawMacros> for Macros {
    type Error = Invalid;

    fn try_from(raw: RawMacros) -> Result<Self, Invalid> {
        let RawMacros { protein, carbs, fats } = raw;
        if [protein, carbs, fats].iter().all(|grams| grams.get() == 0) {
            return Err(Invalid::new("macros", "all 0", "above 0 g for at least one macro"));
        }
        Ok(Self { protein, carbs, fats })
    }
}

/// The random name of a client in logs, metrics and the audit chain: it leads to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Subject(pub String);

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// All that the practice knows of a client, apart from his logs.
///
/// `Debug` names the subject and nothing else: the rest is personal.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "the record's JSON is a contract")]
pub struct ClientProfile {
    /// The Discord snowflake.
    pub user_id: UserId,
    /// What the client trains for.
    pub goal: Goal,
    /// The client's zone; `goal`, zone and pause act at once when a coach changes them.
    pub timezone_offset: Zone,
    /// The first local date of orders.
    pub start_date: Date,
    /// Whether orders are stopped. A pending client is paused too.
    pub paused: bool,
    /// Height in centimeters.
    pub height_cm: Height,
    /// Weight on enlisting, in kilograms.
    pub weight_kg: BodyWeight,
    /// The assigned block; absent while pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training_template_id: Option<Slug<TrainingTemplate>>,
    /// The assigned meal template; absent while pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meal_template_id: Option<Slug<MealTemplate>>,
    /// Daily targets, which no message ever shows the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub macros: Option<Macros>,
    /// Assigned cardio; unset means the policy's default, 0 means none assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cardio_minutes: Option<Minutes>,
    /// The Tuesday of the first cycle.
    pub cycle_start_date: Date,
    /// The running block: equals `training_template_id` on assignment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_id: Option<Slug<TrainingTemplate>>,

    /// The client's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The client's e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The client's gender, in the client's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// Age in years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<Age>,
    /// A link to a photo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo_url: Option<String>,
    /// The coach's notes, which leave only through the coach.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub coaching_notes: String,
    /// The kind of cardio ordered.
    #[serde(default = "default_cardio_type")]
    pub cardio_type: String,
    /// Where the client stands. Imported profiles without one are active.
    #[serde(default = "default_status")]
    pub status: Status,
    /// The coach to whom cards and alerts are routed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coach_id: Option<String>,
    /// Whether planning a refeed is refused.
    #[serde(default)]
    pub blocked_refeed: bool,
    /// Whether the client agreed to public callouts.
    #[serde(default)]
    pub public_callout_opt_in: bool,
    /// Whether the client agreed to appear on the honors board.
    #[serde(default)]
    pub honors_opt_in: bool,
    /// The only name ever posted publicly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Allergens; a template with one of them can't be assigned without an override.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allergens: Vec<String>,
    /// The local date on which the block's first week began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_start_date: Option<Date>,
    /// Training weekdays that override the template's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub training_days: Vec<DayOfWeek>,
    /// The meal templates the coach lets the client choose from; empty means A to D.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plan_choices: Vec<Slug<MealTemplate>>,
    /// The client's own private channel, for when direct messages are closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback_channel_id: Option<String>,
    /// The community the client belongs to, for the honors board.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guild_id: Option<String>,
    /// The last local date of a pause that ends by itself, exclusive: orders resume that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<Date>,
    /// The local date on which the running pause began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_since: Option<Date>,
    /// Whether a coach lets the person enlist anew, over this profile.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reopened: bool,
    /// The random name for logs, metrics and the audit chain; minted by the shell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// When the profile was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// Counts changes, for optimistic concurrency.
    #[serde(default)]
    pub version: u32,
}

/// Whether a client takes part on a local date, asked by every engine at the moment it acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Orders, logs, infractions and flags flow.
    Open,
    /// The client is pending or archived.
    NotActive,
    /// The client is paused.
    Paused,
    /// `start_date` lies after the date.
    NotStarted,
}

impl ClientProfile {
    /// Decides whether the client takes part on a local date.
    pub fn gate(&self, date: Date) -> Gate {
        if self.status != Status::Active {
            Gate::NotActive
        } else if self.is_paused_on(date) {
            Gate::Paused
        } else if self.start_date > date {
            Gate::NotStarted
        } else {
            Gate::Open
        }
    }

    /// Returns whether a pause holds on a local date; one with an end is over on that day.
    pub fn is_paused_on(&self, date: Date) -> bool {
        self.paused && self.paused_until.is_none_or(|until| date < until)
    }

    /// Returns the subject's text for a log line.
    pub fn subject(&self) -> &str {
        self.subject.as_ref().map_or("unnamed", |subject| subject.0.as_str())
    }

    /// Returns the templates the client may choose from: the coach's list, or A to D.
    pub fn choices(&self) -> Vec<Slug<MealTemplate>> {
        if !self.plan_choices.is_empty() {
            return self.plan_choices.clone();
        }
        ["template_a", "template_b", "template_c", "template_d"]
            .into_iter()
            .map(|id| Slug::new(id).expect("a fixed id"))
            .collect()
    }
}

impl fmt::Debug for ClientProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientProfile").field("subject", &self.subject()).finish_non_exhaustive()
    }
}

fn default_cardio_type() -> String {
    "zone2".to_owned()
}

const fn default_status() -> Status {
    Status::Active
}
