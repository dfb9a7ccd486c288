//! The company: who hears what, and what they do about it, in the order of time.
//!
//! People act on what reached them and on nothing else. Whoever drives the company carries
//! messages to [`Company::hears`] and performs the [`Act`]s that fall due.

mod deed;
#[cfg(feature = "store")]
mod desk;
#[cfg(feature = "store")]
mod live;

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use jiff::{SignedDuration, Timestamp, civil::Date};

pub use deed::{Act, Deed, Report};
#[cfg(feature = "store")]
pub use live::Tally;

use super::{
    answer::Look,
    chance::{Matter, key},
    coach,
    life::Life,
    person::Person,
};
use crate::{
    Library, UserId,
    calendar::{Zone, days_after, local_date, resolve},
    message::Message,
};

/// Simulated clients and their agenda.
#[derive(Debug)]
pub struct Company {
    members: Vec<Member>,
    numbers: HashMap<UserId, usize>,
    agenda: BTreeMap<Place, Deed>,
    /// When the coach next sits down.
    pub(super) coach_at: Timestamp,
    /// Who waits for the coach: to be activated, or for an answer.
    #[cfg(feature = "store")]
    waiting: std::collections::BTreeSet<UserId>,
}

#[derive(Debug)]
struct Member {
    user_id: UserId,
    zone: Zone,
    life: Life,
    /// The latest date of each kind of order heard, so that one heard twice is acted on once.
    heard: [Option<Date>; 4],
}

/// Where a deed stands on the agenda. Two deeds of one person never share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at: Timestamp,
    member: usize,
    date: Date,
    rank: u32,
}

impl Company {
    /// Musters `n` people, of whom six in ten enlist within two days of `begins` and the others
    /// within `recruiting_days`.
    ///
    /// # Panics
    /// When `begins` lies at the edge of the calendar.
    pub fn new(seed: u64, n: u32, begins: Timestamp, recruiting_days: u32) -> Self {
        Self::of(seed, 0..n, begins, recruiting_days)
    }

    /// Musters the people of these numbers alone; each lives as he does among the others.
    ///
    /// # Panics
    /// When `begins` lies at the edge of the calendar.
    pub fn of(seed: u64, numbers: Range<u32>, begins: Timestamp, recruiting_days: u32) -> Self {
        let mut company = Self {
            members: Vec::new(),
            numbers: HashMap::new(),
            agenda: BTreeMap::new(),
            coach_at: coach::next_sitting(begins),
            #[cfg(feature = "store")]
            waiting: std::collections::BTreeSet::new(),
        };
        for index in numbers {
            company.enroll(Person::new(seed, index), begins, recruiting_days);
        }
        company
    }

    fn enroll(&mut self, person: Person, begins: Timestamp, recruiting_days: u32) {
        let zone = Zone::parse(person.zone).expect("every zone of the simulator is accepted");
        let mut draws = person.chance.on(Matter::Enlisting, 0, 0);
        let early = draws.happens(0.6);
        let day = if early { draws.whole(0, 1) } else { draws.whole(0, recruiting_days.max(1)) };
        let hour = SignedDuration::from_mins(i64::from(draws.whole(8 * 60, 20 * 60)));
        let date = days_after(local_date(&zone, begins), i64::from(day));
        let midnight = resolve(&zone, date, jiff::civil::Time::midnight());
        // The first evening is as good as the first morning, when that is over.
        let at = midnight.map_or(begins, |moment| moment.at + hour).max(begins);
        let user_id: UserId = person.user_id.parse().expect("a snowflake");
        let member = self.members.len();
        self.numbers.insert(user_id, member);
        let life = Life::new(person, local_date(&zone, at));
        self.members.push(Member { user_id, zone, life, heard: [None; 4] });
        self.plan(member, at, date, 0, Deed::Enlist);
    }

    /// Returns who a client is, or `None` where the client is not of this company.
    pub fn person(&self, user_id: UserId) -> Option<&Person> {
        self.numbers.get(&user_id).map(|&member| &self.members[member].life.person)
    }

    /// Returns everybody's id, in the order of enrolling.
    pub fn members(&self) -> impl Iterator<Item = UserId> {
        self.members.iter().map(|member| member.user_id)
    }

    /// Returns when the next deed falls due.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.agenda.first_key_value().map(|(place, _)| place.at)
    }

    /// Takes the next deed off the agenda when it falls due at or before `until`.
    pub fn take(&mut self, until: Timestamp) -> Option<Act> {
        let entry = self.agenda.first_entry()?;
        if entry.key().at > until {
            return None;
        }
        let (place, deed) = entry.remove_entry();
        Some(Act { at: place.at, user_id: self.members[place.member].user_id, deed })
    }

    /// Lets a client hear a `message` that reached him at `at`; what he will do about it goes on
    /// the agenda. A message to somebody else's client, and one heard before, changes nothing.
    pub fn hears(&mut self, user_id: UserId, message: &Message, at: Timestamp, library: &Library) {
        let Some(&member) = self.numbers.get(&user_id) else { return };
        match message {
            Message::CheckinOrder { date, .. } => {
                if self.is_news(member, 0, *date) {
                    self.hears_checkin(member, *date, at);
                }
            }
            Message::FuelOrder { date, meals, cardio, .. } => {
                if self.is_news(member, 1, *date) {
                    self.hears_fuel(member, *date, at, meals, cardio.as_ref());
                }
            }
            Message::TrainingOrder { date, order, .. } => {
                if self.is_news(member, 2, *date) {
                    self.hears_training(member, *date, at, &order.sets, library);
                }
            }
            Message::PlanPrompt { cycle_start, choices, .. } => {
                if self.is_news(member, 3, *cycle_start) {
                    self.hears_prompt(member, *cycle_start, at, choices);
                }
            }
            Message::RearmingOrder { .. }
            | Message::Welcome { .. }
            | Message::Warning { .. }
            | Message::WarningWithdrawn
            | Message::Callout { .. }
            | Message::PersonalRecord { .. }
            | Message::Honors(_)
            | Message::Private { .. }
            | Message::ExcuseAnswer { .. }
            | Message::Alerts { .. }
            | Message::Cards { .. }
            | Message::WeeklySummary { .. } => {}
        }
    }

    /// Whether an order of this kind for this date is later than every one heard before.
    fn is_news(&mut self, member: usize, kind: usize, date: Date) -> bool {
        let last = &mut self.members[member].heard[kind];
        let news = last.is_none_or(|last| last < date);
        if news {
            *last = Some(date);
        }
        news
    }

    /// Whether nothing reaches a client on the local date of `at`: a phone that is lost, a platform
    /// that is down. Three days in a thousand.
    pub fn is_out_of_reach(&self, user_id: UserId, at: Timestamp) -> bool {
        let Some(&member) = self.numbers.get(&user_id) else { return false };
        let Member { zone, life, .. } = &self.members[member];
        let date = local_date(zone, at);
        let mut draws = life.person.chance.on(Matter::Reach, key(&date.to_string()), 0);
        draws.happens(0.003)
    }

    /// Puts a deed on the agenda.
    fn plan(&mut self, member: usize, at: Timestamp, date: Date, rank: u32, deed: Deed) {
        self.agenda.insert(Place { at, member, date, rank }, deed);
    }

    /// Returns the instant of an answer to an order that was delivered at `delivered`.
    fn answers_at(&self, member: usize, date: Date, look: Look, delivered: Timestamp) -> Timestamp {
        let (hour, minute) = (look.minute / 60, look.minute % 60);
        let time = i8::try_from(hour)
            .ok()
            .zip(i8::try_from(minute).ok())
            .and_then(|(hour, minute)| jiff::civil::Time::new(hour, minute, 0, 0).ok());
        let looks = time.and_then(|time| resolve(&self.members[member].zone, date, time));
        let looks = looks.map_or(delivered, |moment| moment.at.max(delivered));
        looks + SignedDuration::from_secs(i64::from(look.latency_seconds))
    }
}

#[cfg(test)]
mod tests;
