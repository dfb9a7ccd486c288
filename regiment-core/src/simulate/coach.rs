//! The coach: sits down once a day, activates who enlisted, answers who asks, works off the cards.
//!
//! What he decides about a client depends on that client alone, as the client's own life does.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Time},
};

use super::{
    chance::{Draws, Matter, key},
    person::Person,
};
use crate::{
    Slug,
    calendar::{Zone, days_after, days_between, local_date, resolve},
    engine::onboarding::{Form, Settings},
    measure::Minutes,
    message::Decision,
    record::{
        Actor, CardAction, CardState, ClientProfile, ExcuseReason, ExcuseRequest, Flag, JobCard,
        Macros, Resolution, TrainingTemplate,
    },
};

/// When the coach sits down, UTC.
const SITS_DOWN: Time = Time::constant(15, 0, 0, 0);

/// The shortest injury for which a client may be paused, in days.
const LONG_INJURY_DAYS: i64 = 6;

/// Returns the account under which the coach acts.
pub(super) fn account() -> Actor {
    Actor::Coach("simulated-coach".to_owned())
}

/// Returns when the coach next sits down after `now`.
pub(super) fn next_sitting(now: Timestamp) -> Timestamp {
    let today = local_date(&Zone::utc(), now);
    (0..=1)
        .filter_map(|days| resolve(&Zone::utc(), days_after(today, days), SITS_DOWN))
        .map(|moment| moment.at)
        .find(|at| *at > now)
        .unwrap_or(now + SignedDuration::from_hours(24))
}

impl Person {
    /// Returns the form as the person fills it in.
    pub fn form(&self) -> Form {
        Form {
            user_id: self.user_id.clone(),
            name: Some(self.name.clone()),
            age: Some(self.age.into()),
            height_cm: Some(self.height_cm.into()),
            weight_kg: Some(self.weight_kg),
            timezone_offset: self.zone.to_owned(),
            goal: self.goal.as_str().to_owned(),
            guild_id: Some("1".to_owned()),
            ..Form::default()
        }
    }

    /// Returns what the person sets for himself once he is under orders.
    pub fn settings(&self) -> Settings {
        Settings {
            honors_opt_in: self.honors.then_some(true),
            alias: Some(self.alias.clone()),
            ..Settings::default()
        }
    }

    /// Returns the profile with what the coach prescribes.
    ///
    /// # Panics
    /// Never: everything that is drawn is in range.
    pub fn prescribed(&self, pending: &ClientProfile) -> ClientProfile {
        let [protein, carbs, fats] = self.macros.map(i64::from);
        ClientProfile {
            macros: Some(Macros::new(protein, carbs, fats).expect("in range")),
            meal_template_id: Some(Slug::new(self.meal_template).expect("a fixed id")),
            training_template_id: Some(Slug::new(self.training_template).expect("a fixed id")),
            cardio_minutes: Some(Minutes::new(self.cardio_minutes.into()).expect("in range")),
            ..pending.clone()
        }
    }

    /// Returns what the coach answers to a request to be excused.
    pub fn is_granted(&self, request: &ExcuseRequest) -> Decision {
        let believed = match request.reason {
            ExcuseReason::Illness | ExcuseReason::Injury => 0.85,
            ExcuseReason::Family => 0.6,
            ExcuseReason::Travel => 0.4,
            ExcuseReason::Other => 0.1,
        };
        if self.coached(request.from, 0).happens(believed) {
            Decision::Granted
        } else {
            Decision::Refused
        }
    }

    /// Returns the date on which orders resume, where the coach pauses the client for what the
    /// request speaks of: a long injury.
    pub fn is_paused_until(&self, request: &ExcuseRequest) -> Option<Date> {
        let days = days_between(request.from, request.until) + 1;
        let long = request.reason == ExcuseReason::Injury && days >= LONG_INJURY_DAYS;
        let paused = long && self.coached(request.from, 1).happens(0.4);
        paused.then(|| days_after(request.until, 1))
    }

    /// Returns an unresolved card as the coach leaves it on the date `today`: closed, or `None`
    /// where it waits for another day.
    pub fn worked_off(&self, card: &JobCard, today: Date, now: Timestamp) -> Option<JobCard> {
        let action = if card.flags.iter().any(|flag| flag.flag == Flag::BlockComplete) {
            CardAction::Reassign
        } else {
            // What is urgent is looked at on the day, the rest within a few.
            let today = self.coached(today, key(card.source.as_str()));
            let looks = if card.bears_safety_flag() { 0.9 } else { 0.35 };
            { today }.happens(looks).then_some(CardAction::Callout)?
        };
        let resolution =
            Resolution { action, note: String::new(), by: account(), at: now, dismissed: None };
        Some(JobCard {
            state: CardState::Resolved,
            resolved: true,
            resolution: Some(resolution),
            ..card.clone()
        })
    }

    pub(super) fn coached(&self, date: Date, about: u32) -> Draws {
        self.chance.on(Matter::Coach, key(&date.to_string()), about)
    }
}

/// Whether a card tells the coach that the client's running block has run its weeks.
pub(super) fn is_block_done(card: &JobCard, client: &ClientProfile) -> bool {
    let says = card.flags.iter().any(|flag| flag.flag == Flag::BlockComplete);
    says && client.block_start_date.is_none_or(|start| start <= card.date)
}

/// Returns the block after `block` in the rotation of the three that ship.
///
/// # Panics
/// Never: the ids are fixed.
pub(super) fn next_block(block: Option<&Slug<TrainingTemplate>>) -> Slug<TrainingTemplate> {
    let next = match block.map(Slug::as_str) {
        Some("steel_block_a") => "steel_block_b",
        Some("steel_block_b") => "steel_block_c",
        Some(_) | None => "steel_block_a",
    };
    Slug::new(next).expect("a fixed id")
}
