//! A life, day by day: the latent drive and what moves it.

use jiff::civil::{Date, Weekday};

use super::body::{self, Wellness};
use super::chance::{Matter, sigmoid};
use super::event::{self, Event, FORESHADOWED_DAYS, Trouble};
use super::person::Person;

/// How much of a day's deviation from the level is there the day after.
const DRIVE_KEEPS: f64 = 0.9;

/// The standard deviation of a day's shock to the drive.
const DRIVE_SHOCK: f64 = 0.28;

/// A slow disengagement begins with this probability a day, less for people of a high level.
const SLUMP_BEGINS: f64 = 0.010;

/// How fast the drive falls while disengaging, in log-odds a day.
const SLUMP_FALLS: f64 = 0.22;

/// How far it falls at most.
const SLUMP_DEEPEST: f64 = 5.0;

/// How fast it climbs back after the turn, in log-odds a day.
const SLUMP_CLIMBS: f64 = 0.5;

/// What is asked of a person, each harder or easier than the morning report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duty {
    Checkin,
    /// The slot of the meal, from 0.
    Meal(u32),
    Session,
    Cardio,
}

/// The state of one person on one local date.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// The day of the life, from 0 on the date of enlisting.
    pub number: u32,
    /// The local date.
    pub date: Date,
    /// The log-odds of answering the morning report.
    pub drive: f64,
    /// The trouble of the day, the latest to begin where several overlap.
    pub event: Option<Event>,
    /// How the person feels.
    pub wellness: Wellness,
    /// What the body weighs without water and the scale's noise, in kilograms.
    pub trend_kg: f64,
    /// Weeks of training done since enlisting, for strength.
    pub weeks_trained: f64,
    /// Whether an illness or injury ended the day before.
    pub healed: bool,
    deviation: f64,
    slump: Slump,
    reported: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Slump {
    Engaged,
    /// Falling, or lying, until the day's chance of recovery comes up.
    Falling {
        depth: f64,
        recovers: f64,
    },
    Climbing {
        depth: f64,
    },
}

impl Slump {
    fn depth(self) -> f64 {
        match self {
            Self::Engaged => 0.0,
            Self::Falling { depth, .. } | Self::Climbing { depth } => depth,
        }
    }
}

/// A person's life from the date of enlisting on. Days are worked out when first asked for.
#[derive(Clone, Debug)]
pub struct Life {
    /// Whose life it is.
    pub person: Person,
    enlisted: Date,
    days: Vec<Day>,
    /// Every trouble that has begun or is about to, in order.
    events: Vec<Event>,
}

impl Life {
    /// Begins the life of `person` on the local date `enlisted`.
    pub fn new(person: Person, enlisted: Date) -> Self {
        Self { person, enlisted, days: Vec::new(), events: Vec::new() }
    }

    /// Returns the state on `date`; a date before enlisting reads as the day of enlisting.
    pub fn day(&mut self, date: Date) -> &Day {
        let number = self.number(date);
        while self.days.len() <= number {
            self.foresee();
            let next = self.live(self.days.last());
            self.days.push(next);
        }
        &self.days[number]
    }

    fn number(&self, date: Date) -> usize {
        usize::try_from(date.duration_since(self.enlisted).as_hours() / 24).unwrap_or(0)
    }

    /// Draws the trouble that the next day to live has to know about.
    fn foresee(&mut self) {
        let chance = self.person.chance;
        let next = self.days.last().map_or(0, |day| day.number + 1);
        // No trouble begins in the first days, so nothing is missed before the first of these.
        self.events.extend(event::beginning(chance, next + FORESHADOWED_DAYS));
    }

    /// Works out the day after `yesterday`, or the first.
    fn live(&self, yesterday: Option<&Day>) -> Day {
        let (person, chance) = (&self.person, self.person.chance);
        let number = yesterday.map_or(0, |day| day.number + 1);
        let date = yesterday.map_or(self.enlisted, |day| day.date.tomorrow().unwrap_or(day.date));
        // Trouble is rare and short: the last few are all that can bear on a day.
        let events = &self.events[self.events.len().saturating_sub(8)..];
        let here = || events.iter().filter(|event| event.covers(number));

        let mut draws = chance.on(Matter::Drive, number, 0);
        let deviation = match yesterday {
            Some(day) => DRIVE_KEEPS * day.deviation + draws.normal(0.0, DRIVE_SHOCK),
            None => draws.normal(0.0, DRIVE_SHOCK / (1.0 - DRIVE_KEEPS * DRIVE_KEEPS).sqrt()),
        };
        let slump = self.slump(number, yesterday.map_or(Slump::Engaged, |day| day.slump));
        let pull: f64 = here().map(|event| event.pull).sum();
        let carried = match yesterday {
            Some(day) if day.reported => person.habits.inertia,
            Some(_) => -person.habits.inertia,
            None => 0.0,
        };
        let weekend = if is_weekend(date) { person.habits.weekend } else { 0.0 };
        let drive = person.habits.level + deviation + carried + weekend - pull - slump.depth();
        let day = Day {
            number,
            date,
            drive,
            event: here().next_back().copied(),
            wellness: body::wellness(person, number, date, events, drive, yesterday),
            trend_kg: body::trend(self, yesterday),
            weeks_trained: yesterday.map_or(0.0, |day| {
                let trained = self.does(day, Duty::Session);
                day.weeks_trained + f64::from(u8::from(trained)) / 7.0
            }),
            healed: yesterday.and_then(|day| day.event).is_some_and(|event| {
                event.ends() == number
                    && matches!(event.trouble, Trouble::Illness | Trouble::Injury)
            }),
            deviation,
            slump,
            reported: false,
        };
        Day { reported: self.does(&day, Duty::Checkin), ..day }
    }

    fn slump(&self, number: u32, slump: Slump) -> Slump {
        let mut draws = self.person.chance.on(Matter::Slump, number, 0);
        match slump {
            Slump::Engaged => {
                // The week of enlisting is nobody's last.
                let begins = SLUMP_BEGINS * (-0.3 * self.person.habits.level).exp();
                if number >= 7 && draws.happens(begins) {
                    Slump::Falling { depth: 0.0, recovers: draws.between(0.02, 0.10) }
                } else {
                    Slump::Engaged
                }
            }
            Slump::Falling { depth, recovers } if !draws.happens(recovers) => {
                Slump::Falling { depth: (depth + SLUMP_FALLS).min(SLUMP_DEEPEST), recovers }
            }
            Slump::Falling { depth, .. } | Slump::Climbing { depth } if depth > SLUMP_CLIMBS => {
                Slump::Climbing { depth: depth - SLUMP_CLIMBS }
            }
            Slump::Falling { .. } | Slump::Climbing { .. } => Slump::Engaged,
        }
    }

    /// Decides whether the person does a duty that is there on `day`.
    pub(super) fn does(&self, day: &Day, duty: Duty) -> bool {
        let (matter, item, ease) = match duty {
            Duty::Checkin => (Matter::Checkin, 0, 0.0),
            Duty::Meal(slot) => (Matter::Meal, slot, 0.9 - 0.2 * f64::from(slot)),
            Duty::Session => (Matter::Session, 0, 0.6 - training_pull(day)),
            Duty::Cardio => (Matter::Cardio, 0, 0.1 - 0.5 * training_pull(day)),
        };
        self.person.chance.on(matter, day.number, item).happens(sigmoid(day.drive + ease))
    }
}

/// What trouble takes from training over and above the rest.
fn training_pull(day: &Day) -> f64 {
    match day.event.map(|event| event.trouble) {
        Some(Trouble::Injury) => 1.6,
        Some(Trouble::Illness) => 2.5,
        Some(Trouble::Travel) => 0.6,
        Some(Trouble::Work | Trouble::Family) | None => 0.0,
    }
}

pub(super) fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}
