//! What falls due, and when.
//!
//! The one rule: an occurrence of a client's trigger is a *local date*, never an instant. The
//! ledger's key (client, trigger, local date) is the promise of exactly once; instants only say
//! when to look. The shell keeps one row per client and trigger with the next local date and its
//! instant, so the cost follows what is due.

mod fire;
mod system;

use jiff::{
    Timestamp,
    civil::{Date, Time},
};

pub use fire::{catch_up, fire};
pub use system::{SystemTrigger, latest_due, next_system};

use crate::{
    Policy,
    calendar::{self, DayOfWeek, Moment, Zone, cycle_start, days_after, days_before, local_date},
    record::ClientProfile,
    words::words,
};

words! {
    /// What happens to a client at a local time. At one instant they run in this order: closings
    /// first, then drops.
    pub enum Trigger("trigger") {
        /// A pause with an end date ends.
        PauseEnd = "pause_end",
        /// The check-in closes.
        CheckinClose = "checkin_close",
        /// The date closes.
        DayClose = "day_close",
        /// Plan selection closes, and the coming cycle is compiled.
        PlanDeadline = "plan_deadline",
        /// The check-in goes out.
        CheckinDrop = "checkin_drop",
        /// Meals and cardio go out.
        MealDrop = "meal_drop",
        /// The workout goes out, on training days.
        TrainingDrop = "training_drop",
        /// The plan prompt goes out.
        PlanPrompt = "plan_prompt",
        /// The rearming order goes out.
        ShoppingList = "shopping_list",
    }
}

impl Trigger {
    /// The triggers that every active client has. [`Trigger::PauseEnd`] exists only while a pause
    /// has an end.
    pub const RECURRING: [Self; 8] = [
        Self::CheckinClose,
        Self::DayClose,
        Self::PlanDeadline,
        Self::CheckinDrop,
        Self::MealDrop,
        Self::TrainingDrop,
        Self::PlanPrompt,
        Self::ShoppingList,
    ];

    /// Returns whether the trigger closes items: such a one runs however late, for every date.
    pub const fn is_closing(self) -> bool {
        matches!(self, Self::CheckinClose | Self::DayClose | Self::PlanDeadline | Self::PauseEnd)
    }

    /// Returns whether the trigger serves the coming cycle rather than the day.
    pub const fn serves_coming_cycle(self) -> bool {
        matches!(self, Self::PlanPrompt | Self::PlanDeadline | Self::ShoppingList)
    }

    /// Returns the local time at which the trigger fires.
    pub const fn time(self, policy: &Policy) -> Time {
        let times = &policy.times;
        match self {
            Self::PauseEnd => Time::midnight(),
            Self::CheckinClose => times.checkin_close,
            Self::DayClose => times.day_close,
            Self::PlanDeadline => times.plan_deadline,
            Self::CheckinDrop => times.checkin_drop,
            Self::MealDrop => times.meal_drop,
            Self::TrainingDrop => times.training_drop,
            Self::PlanPrompt => times.plan_prompt,
            Self::ShoppingList => times.shopping_list,
        }
    }

    /// Returns the only weekday on which the trigger fires, or `None` for every day.
    pub const fn weekday(self, policy: &Policy) -> Option<DayOfWeek> {
        match self {
            Self::PlanPrompt | Self::PlanDeadline => Some(policy.times.plan_weekday),
            Self::ShoppingList => Some(policy.times.shopping_weekday),
            Self::PauseEnd
            | Self::CheckinClose
            | Self::DayClose
            | Self::CheckinDrop
            | Self::MealDrop
            | Self::TrainingDrop => None,
        }
    }

    /// Returns the local time until which a late run is of use, on the occurrence's own date;
    /// `None` where it is of use however late, or where [`is_of_use`] knows better.
    const fn of_use_until(self, policy: &Policy) -> Option<Time> {
        match self {
            Self::CheckinDrop => Some(policy.misfire.checkin_until),
            Self::MealDrop | Self::TrainingDrop => Some(policy.misfire.orders_until),
            Self::PlanPrompt => Some(policy.times.plan_deadline),
            Self::ShoppingList
            | Self::PauseEnd
            | Self::CheckinClose
            | Self::DayClose
            | Self::PlanDeadline => None,
        }
    }
}

/// One occurrence of a client's trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The trigger.
    pub trigger: Trigger,
    /// The local date: with client and trigger, the occurrence's identity.
    pub date: Date,
    /// When it fires.
    pub moment: Moment,
}

/// The next occurrence, and the dates before it that the zone skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The occurrence.
    pub due: Due,
    /// Dates on which it would have fired had they existed; each gets a ledger row.
    pub skipped: Vec<Date>,
}

/// Returns the first occurrence on or after a local date.
///
/// ```
/// use regiment_core::{Policy, calendar::Zone, engine::schedule::{Trigger, next}};
/// let zone = Zone::parse("Asia/Kathmandu").unwrap();
/// let found = next(Trigger::CheckinDrop, &zone, &Policy::default(), "2026-03-01".parse().unwrap());
/// assert_eq!(found.due.moment.at.to_string(), "2026-02-28T23:45:00Z");
/// ```
pub fn next(trigger: Trigger, zone: &Zone, policy: &Policy, from: Date) -> Next {
    let mut skipped = Vec::new();
    let mut date = from;
    loop {
        let on_weekday = trigger.weekday(policy).is_none_or(|day| day == DayOfWeek::of(date));
        if on_weekday {
            match calendar::resolve(zone, date, trigger.time(policy)) {
                Some(moment) => return Next { due: Due { trigger, date, moment }, skipped },
                None => skipped.push(date),
            }
        }
        date = days_after(date, 1);
    }
}

/// Returns the first occurrence for a client who becomes active, or resumes, at an instant.
///
/// Daily triggers begin with the next one. Those that serve the coming cycle begin with that
/// cycle's own, even where its time has passed: the client gets it at once.
pub fn first(trigger: Trigger, client: &ClientProfile, policy: &Policy, now: Timestamp) -> Next {
    let zone = &client.timezone_offset;
    let today = local_date(zone, now);
    if trigger.serves_coming_cycle() {
        // An occurrence serves the first Tuesday after it.
        let coming = days_after(cycle_start(today), 7);
        return next(trigger, zone, policy, days_before(coming, 7));
    }
    let found = next(trigger, zone, policy, today);
    if found.due.moment.at >= now {
        found
    } else {
        next(trigger, zone, policy, days_after(today, 1))
    }
}

/// Returns the same occurrence at the instant that another zone or policy gives it, or the next one
/// that exists.
pub fn moved(due: Due, zone: &Zone, policy: &Policy) -> Next {
    next(due.trigger, zone, policy, due.date)
}

/// Returns the Tuesday of the cycle that an occurrence of a selection trigger serves.
pub fn coming_cycle(date: Date) -> Date {
    calendar::next_tuesday_after(date)
}

/// Returns whether an occurrence that runs at `now` is still of use. Closings always are.
pub fn is_of_use(due: &Due, zone: &Zone, policy: &Policy, now: Timestamp) -> bool {
    if due.trigger == Trigger::ShoppingList {
        let last = days_before(coming_cycle(due.date), 1);
        return before_or_at(zone, last, policy.misfire.shopping_until, now);
    }
    due.trigger.of_use_until(policy).is_none_or(|until| before_or_at(zone, due.date, until, now))
}

/// Returns the instant until which the occurrence's message is of use.
pub fn of_use_until(due: &Due, zone: &Zone, policy: &Policy) -> Option<Timestamp> {
    let (date, time) = if due.trigger == Trigger::ShoppingList {
        (days_before(coming_cycle(due.date), 1), policy.misfire.shopping_until)
    } else {
        (due.date, due.trigger.of_use_until(policy)?)
    };
    calendar::resolve(zone, date, time).map(|moment| moment.at)
}

fn before_or_at(zone: &Zone, date: Date, time: Time, now: Timestamp) -> bool {
    calendar::resolve(zone, date, time).is_some_and(|moment| now <= moment.at)
}

#[cfg(test)]
mod tests;
