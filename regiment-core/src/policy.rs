//! Every threshold and time that the engines obey, with the shipped default of each.
//!
//! A policy is TOML; a file needs only what it changes. The store keeps every version.

use jiff::civil::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Invalid, Slug,
    calendar::DayOfWeek,
    record::{Goal, MealTemplate, TrainingTemplate},
};

macro_rules! section {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$fmeta:meta])* pub $field:ident: $type:ty = $default:expr),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name { $($(#[$fmeta])* pub $field: $type),+ }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default),+ }
            }
        }
    };
}

mod flags;

pub use flags::{FlagPolicy, LiftPlateau, RapidWeightLoss, StalledLift, WeightStall};

/// The whole policy.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// When things happen.
    pub times: Times,
    /// How long a late order is still of use.
    pub misfire: Misfire,
    /// Check-ins.
    pub checkin: CheckinPolicy,
    /// Meals.
    pub meals: MealPolicy,
    /// Training.
    pub training: TrainingPolicy,
    /// Cardio.
    pub cardio: CardioPolicy,
    /// What counts as a violation.
    pub infractions: InfractionPolicy,
    /// What violations lead to.
    pub escalation: EscalationPolicy,
    /// When automatic messages are held back.
    pub care: CarePolicy,
    /// Excuses.
    pub excuses: ExcusePolicy,
    /// Delivery through the outbox.
    pub delivery: DeliveryPolicy,
    /// What the weekly scan flags.
    pub flags: FlagPolicy,
    /// The honors board.
    pub honors: HonorsPolicy,
    /// Which lapse risks become flags.
    pub lapse: LapsePolicy,
    /// How long what has ended is kept.
    pub retention: RetentionPolicy,
}

section! {
    /// When things happen: client-local times, unless they say UTC.
    pub struct Times {
        /// The check-in drop, daily.
        pub checkin_drop: Time = at(5, 30),
        /// The meals and cardio drop, daily.
        pub meal_drop: Time = at(6, 0),
        /// The workout drop, on training days.
        pub training_drop: Time = at(7, 0),
        /// The check-in's deadline, daily.
        pub checkin_close: Time = at(12, 0),
        /// The deadline of meals, top sets and cardio, daily; the date closes.
        pub day_close: Time = at(22, 0),
        /// The weekday of the plan prompt and of its deadline.
        pub plan_weekday: DayOfWeek = DayOfWeek::Fri,
        /// The plan prompt.
        pub plan_prompt: Time = at(9, 0),
        /// The selection deadline; the coming cycle's plan is compiled.
        pub plan_deadline: Time = at(21, 0),
        /// The weekday of the rearming order.
        pub shopping_weekday: DayOfWeek = DayOfWeek::Sat,
        /// The rearming order for the cycle that begins on Tuesday.
        pub shopping_list: Time = at(6, 0),
        /// The weekday, in UTC, of the weekly flag scan.
        pub scan_weekday: DayOfWeek = DayOfWeek::Sun,
        /// The weekly flag scan, UTC.
        pub scan_utc: Time = at(22, 0),
        /// The weekday, in UTC, of the honors board.
        pub honors_weekday: DayOfWeek = DayOfWeek::Sun,
        /// The honors board, UTC.
        pub honors_utc: Time = at(22, 30),
        /// When what is kept no longer is forgotten, UTC, daily.
        pub retention_utc: Time = at(3, 0),
    }
}

section! {
    /// How long a late order is still of use.
    pub struct Misfire {
        /// A late check-in drop goes out until this local time.
        pub checkin_until: Time = at(11, 30),
        /// The day's other orders go out until this local time.
        pub orders_until: Time = at(20, 0),
        /// The rearming order goes out until this local time of the day before the cycle.
        pub shopping_until: Time = at(20, 0),
        /// Items whose order arrived later than this many hours before their deadline are nobody's
        /// fault.
        pub fair_notice_hours: u32 = 2,
        /// The most dates one transaction closes when closings catch up.
        pub closings_per_transaction: u32 = 50,
    }
}

section! {
    /// Check-ins.
    pub struct CheckinPolicy {
        /// A weight further from the recent median than this, percent, asks for confirmation.
        pub odd_weight_percent: f64 = 5.0,
        /// The days of that median.
        pub median_days: u32 = 7,
    }
}

section! {
    /// Meals.
    pub struct MealPolicy {
        /// The template of those who were asked and did not answer, and of last resort.
        pub fallback_template: Slug<MealTemplate> = slug("template_a"),
        /// How far a day's macro may be from its target, percent.
        pub tolerance_percent: f64 = 5.0,
        /// What a kitchen scale can serve, grams.
        pub step_grams: u32 = 5,
        /// How many nodes the compiler may visit for one day before it settles for the best found.
        pub node_limit: u32 = 2_000,
    }
}

section! {
    /// Training.
    pub struct TrainingPolicy {
        /// The block of last resort.
        pub fallback_block: Slug<TrainingTemplate> = slug("steel_block_a"),
    }
}

section! {
    /// Cardio.
    pub struct CardioPolicy {
        /// Minutes where a profile has none.
        pub default_minutes: u16 = 30,
        /// Minutes for a cut, where a profile has none.
        pub cut_minutes: Option<u16> = None,
        /// Minutes for a bulk, where a profile has none.
        pub bulk_minutes: Option<u16> = None,
        /// Minutes for a recomp, where a profile has none.
        pub recomp_minutes: Option<u16> = None,
    }
}

/// So many events in so many local dates, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// How many, at least.
    pub count: u32,
    /// In a window of how many dates.
    pub days: u32,
}

section! {
    /// What counts as a violation on a date that has a counted miss of the kind.
    pub struct InfractionPolicy {
        /// Missed meals.
        pub meals: Threshold = Threshold { count: 2, days: 2 },
        /// Missed sessions.
        pub training: Threshold = Threshold { count: 2, days: 7 },
        /// Missed check-ins.
        pub checkins: Threshold = Threshold { count: 2, days: 7 },
        /// Missed cardio.
        pub cardio: Threshold = Threshold { count: 3, days: 7 },
    }
}

/// One step of the escalation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Whether the step is taken at all. One that is reached stands on the card either way.
    pub enabled: bool,
    /// Events of all kinds together, at least.
    pub count: u32,
    /// In a window of how many dates.
    pub days: u32,
}

section! {
    /// What violations lead to.
    pub struct EscalationPolicy {
        /// A private warning, once in the window's days.
        pub warning: Step = Step { enabled: true, count: 3, days: 7 },
        /// A refeed block.
        pub refeed: Step = Step { enabled: true, count: 5, days: 10 },
        /// A public callout of those who opted in, once in the window's days. Off unless the
        /// deployment switches it on.
        pub callout: Step = Step { enabled: false, count: 7, days: 14 },
        /// A refeed block ends after this many days without an infraction.
        pub refeed_clears_after_days: u32 = 14,
    }
}

section! {
    /// When automatic messages are held back.
    pub struct CarePolicy {
        /// How long a note that speaks of harm holds warnings back, days.
        pub note_days: u32 = 14,
    }
}

section! {
    /// Excuses.
    pub struct ExcusePolicy {
        /// A request that nobody decided lapses after this many days.
        pub request_lapses_after_days: u32 = 7,
    }
}

section! {
    /// Delivery through the outbox.
    pub struct DeliveryPolicy {
        /// How long a sender holds a message, seconds.
        pub lease_seconds: u32 = 60,
        /// The waits between the tries under one lease, seconds.
        pub retry_seconds: Vec<u32> = vec![1, 2, 4],
        /// How long a message waits after its tries, minutes.
        pub pause_minutes: u32 = 5,
        /// How long a message waits whose channel is closed to the bot, minutes.
        pub channel_pause_minutes: u32 = 15,
        /// How old a log's `entered_at` may be, minutes; the spool's may be of any age.
        pub entered_at_minutes: u32 = 15,
        /// How often a trigger may fail before it is set aside.
        pub trigger_attempts: u32 = 5,
    }
}

section! {
    /// How long what has ended is kept.
    pub struct RetentionPolicy {
        /// Messages that were delivered, refused, missed or taken back, days after they ended. Those
        /// that wait, and those whose fate is unknown, are kept.
        pub messages_days: u32 = 90,
    }
}

section! {
    /// The honors board.
    pub struct HonorsPolicy {
        /// Places on each list.
        pub places: u32 = 5,
        /// The fewest weigh-ins of a week that make a trend.
        pub weigh_ins: u32 = 4,
        /// The goal band of a cut, percent of body weight a week, fast and slow end.
        pub cut_band_percent: (f64, f64) = (-1.5, -0.25),
        /// The goal band of a bulk.
        pub bulk_band_percent: (f64, f64) = (0.1, 0.5),
    }
}

section! {
    /// Which lapse risks become flags: the riskiest clients of each coach, within a budget.
    pub struct LapsePolicy {
        /// The lowest probability of a lapse that is flagged.
        pub least_probability: f64 = 0.25,
        /// So many a coach and week may be flagged,
        pub alerts: u32 = 3,
        /// or this share of the coach's active clients, percent, whichever is more.
        pub alert_percent: u32 = 10,
        /// From this probability on, the flag is of high severity.
        pub high_probability: f64 = 0.5,
    }
}

impl Policy {
    /// Reads a policy from TOML; what the text leaves out keeps its default.
    ///
    /// # Errors
    /// [`PolicyError`] naming the line, or the setting, the value and what would be accepted.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text)?;
        policy.validate()?;
        Ok(policy)
    }

    /// Writes the whole policy as TOML.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a policy has no map with keys other than text")
    }

    /// Returns the cardio minutes of a client whose profile has none.
    pub const fn default_cardio(&self, goal: Goal) -> u16 {
        let by_goal = match goal {
            Goal::Cut => self.cardio.cut_minutes,
            Goal::Bulk => self.cardio.bulk_minutes,
            Goal::Recomp => self.cardio.recomp_minutes,
        };
        match by_goal {
            Some(minutes) => minutes,
            None => self.cardio.default_minutes,
        }
    }

    /// Refuses a policy under which the engines could not keep their promises.
    ///
    /// # Errors
    /// [`Invalid`] naming the first setting that is out of range.
    pub fn validate(&self) -> Result<(), Invalid> {
        let times = &self.times;
        let in_order = |earlier: (&str, Time), later: (&str, Time)| {
            if earlier.1 < later.1 {
                Ok(())
            } else {
                Err(Invalid::new(
                    later.0,
                    later.1,
                    format!("later than {} ({})", earlier.0, earlier.1),
                ))
            }
        };
        let checkin_close = ("times.checkin_close", times.checkin_close);
        let day_close = ("times.day_close", times.day_close);
        in_order(("times.checkin_drop", times.checkin_drop), checkin_close)?;
        in_order(("misfire.checkin_until", self.misfire.checkin_until), checkin_close)?;
        in_order(
            ("times.checkin_drop", times.checkin_drop),
            ("misfire.checkin_until", self.misfire.checkin_until),
        )?;
        in_order(
            ("times.meal_drop", times.meal_drop),
            ("misfire.orders_until", self.misfire.orders_until),
        )?;
        in_order(
            ("times.training_drop", times.training_drop),
            ("misfire.orders_until", self.misfire.orders_until),
        )?;
        in_order(("misfire.orders_until", self.misfire.orders_until), day_close)?;
        in_order(checkin_close, day_close)?;
        in_order(
            ("times.plan_prompt", times.plan_prompt),
            ("times.plan_deadline", times.plan_deadline),
        )?;

        between("checkin.odd_weight_percent", self.checkin.odd_weight_percent, 0.1, 100.0)?;
        between("checkin.median_days", self.checkin.median_days.into(), 1.0, 60.0)?;
        between("meals.tolerance_percent", self.meals.tolerance_percent, 0.1, 50.0)?;
        between("meals.step_grams", self.meals.step_grams.into(), 1.0, 50.0)?;
        between("meals.node_limit", self.meals.node_limit.into(), 1.0, 1_000_000.0)?;
        for (field, minutes) in [
            ("cardio.default_minutes", Some(self.cardio.default_minutes)),
            ("cardio.cut_minutes", self.cardio.cut_minutes),
            ("cardio.bulk_minutes", self.cardio.bulk_minutes),
            ("cardio.recomp_minutes", self.cardio.recomp_minutes),
        ] {
            between(field, minutes.unwrap_or(0).into(), 0.0, 300.0)?;
        }
        let rules = &self.infractions;
        for (field, Threshold { count, days }) in [
            ("infractions.meals", rules.meals),
            ("infractions.training", rules.training),
            ("infractions.checkins", rules.checkins),
            ("infractions.cardio", rules.cardio),
        ] {
            between(&format!("{field}.count"), count.into(), 1.0, 100.0)?;
            between(&format!("{field}.days"), days.into(), 1.0, 14.0)?;
        }
        for (field, step) in [
            ("escalation.warning", self.escalation.warning),
            ("escalation.refeed", self.escalation.refeed),
            ("escalation.callout", self.escalation.callout),
        ] {
            between(&format!("{field}.count"), step.count.into(), 1.0, 100.0)?;
            between(&format!("{field}.days"), step.days.into(), 1.0, 28.0)?;
        }
        let clears = self.escalation.refeed_clears_after_days;
        between("escalation.refeed_clears_after_days", clears.into(), 1.0, 28.0)?;
        between("care.note_days", self.care.note_days.into(), 1.0, 28.0)?;
        let lapses = self.excuses.request_lapses_after_days;
        between("excuses.request_lapses_after_days", lapses.into(), 1.0, 28.0)?;
        between("misfire.fair_notice_hours", self.misfire.fair_notice_hours.into(), 0.0, 12.0)?;
        let closings = self.misfire.closings_per_transaction;
        between("misfire.closings_per_transaction", closings.into(), 1.0, 500.0)?;
        between("delivery.lease_seconds", self.delivery.lease_seconds.into(), 10.0, 3600.0)?;
        between("delivery.pause_minutes", self.delivery.pause_minutes.into(), 1.0, 60.0)?;
        let channel_pause = self.delivery.channel_pause_minutes;
        between("delivery.channel_pause_minutes", channel_pause.into(), 1.0, 1440.0)?;
        between("delivery.entered_at_minutes", self.delivery.entered_at_minutes.into(), 1.0, 60.0)?;
        between("delivery.trigger_attempts", self.delivery.trigger_attempts.into(), 1.0, 20.0)?;
        between("retention.messages_days", self.retention.messages_days.into(), 30.0, 3650.0)?;
        self.flags.validate()?;
        between("lapse.least_probability", self.lapse.least_probability, 0.0, 1.0)?;
        between("lapse.high_probability", self.lapse.high_probability, 0.0, 1.0)?;
        between("lapse.alerts", self.lapse.alerts.into(), 0.0, 1_000.0)?;
        between("lapse.alert_percent", self.lapse.alert_percent.into(), 0.0, 100.0)?;
        between("honors.weigh_ins", self.honors.weigh_ins.into(), 2.0, 7.0)?;
        between("honors.places", self.honors.places.into(), 1.0, 100.0)
    }
}

fn between(field: &str, value: f64, low: f64, high: f64) -> Result<(), Invalid> {
    if (low..=high).contains(&value) {
        Ok(())
    } else {
        Err(Invalid::new(field, value, format!("between {low} and {high}")))
    }
}

/// Why a policy was refused.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The text is not TOML, or names a setting that does not exist.
    #[error("policy: {0}")]
    Toml(#[from] toml::de::Error),
    /// A setting is out of range.
    #[error("policy: {0}")]
    Invalid(#[from] Invalid),
}

const fn at(hour: i8, minute: i8) -> Time {
    Time::constant(hour, minute, 0, 0)
}

fn slug<T>(text: &str) -> Slug<T> {
    Slug::new(text).expect("a fixed id")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_policy_is_valid_and_survives_toml() {
        let policy = Policy::default();
        policy.validate().unwrap();
        assert_eq!(Policy::from_toml(&policy.to_toml()).unwrap(), policy);
        assert_eq!(Policy::from_toml("").unwrap(), policy);
    }

    #[test]
    fn a_file_changes_only_what_it_names() {
        let policy = Policy::from_toml("[times]\ncheckin_drop = \"04:45\"\n").unwrap();
        assert_eq!(policy.times.checkin_drop, at(4, 45));
        assert_eq!(policy.times.meal_drop, at(6, 0));
    }

    #[test]
    fn bad_settings_are_named() {
        for (text, named) in [
            ("[times]\nbreakfast = \"06:00\"", "breakfast"),
            ("[times]\ncheckin_close = \"05:00\"", "times.checkin_close"),
            ("[misfire]\norders_until = \"22:00\"", "times.day_close"),
            ("[infractions]\nmeals = { count = 0, days = 2 }", "infractions.meals.count"),
            ("[escalation]\nwarning = { enabled = true, count = 3, days = 29 }", "warning.days"),
            ("[checkin]\nodd_weight_percent = nan", "checkin.odd_weight_percent"),
            ("[retention]\nmessages_days = 29", "retention.messages_days"),
            ("[flags]\nweekly_weigh_ins = 1", "flags.weekly_weigh_ins"),
            ("[flags]\ncut_band_percent = [-0.25, -1.5]", "flags.cut_band_percent"),
            ("[flags.lift_plateau]\ndates = 2", "flags.lift_plateau.dates"),
            ("[flags.stalled_lift]\nattempts = 4", "flags.stalled_lift.dates"),
            ("[flags.weight_stall]\npercent = nan", "flags.weight_stall.percent"),
        ] {
            let refused = Policy::from_toml(text).unwrap_err().to_string();
            assert!(refused.contains(named), "{refused}");
        }
    }
}
