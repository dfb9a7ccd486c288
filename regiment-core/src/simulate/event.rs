//! Trouble that life makes: it begins on a day, lasts some, and pulls the drive down.

use super::chance::{Chance, Matter};

/// Troubles begin on one day in this many.
const EVERY_DAYS: f64 = 60.0;

/// The longest trouble, in days.
const LONGEST: u32 = 18;

/// Stress rises and sleep falls this many days before the drive does.
pub(super) const FORESHADOWED_DAYS: u32 = 3;

/// What kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// Fever, a stomach bug.
    Illness,
    /// Something hurts: training suffers most.
    Injury,
    /// Away from the kitchen and the gym.
    Travel,
    /// Late shifts, deadlines.
    Work,
    /// Children, visits, funerals.
    Family,
}

/// One trouble in a person's life.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// What kind.
    pub trouble: Trouble,
    /// The day of the life on which it begins, from 0.
    pub begins: u32,
    /// How many days it lasts.
    pub days: u32,
    /// How far it pulls the drive down, in log-odds.
    pub pull: f64,
    /// How much it stresses.
    pub stress: f64,
}

impl Event {
    /// Whether the trouble is there on this `day` of the life.
    pub fn covers(&self, day: u32) -> bool {
        self.begins <= day && day < self.begins + self.days
    }

    /// The first day after the trouble.
    pub fn ends(&self) -> u32 {
        self.begins + self.days
    }
}

/// Returns the trouble that begins on this `day` of the life.
pub(super) fn beginning(chance: Chance, day: u32) -> Option<Event> {
    let mut draws = chance.on(Matter::Event, day, 0);
    // People enlist in a good week.
    if day < 5 || !draws.happens(1.0 / EVERY_DAYS) {
        return None;
    }
    let trouble = draws.weighted(&[
        (Trouble::Illness, 0.22),
        (Trouble::Injury, 0.14),
        (Trouble::Travel, 0.22),
        (Trouble::Work, 0.24),
        (Trouble::Family, 0.18),
    ]);
    let (shortest, longest, weakest, strongest) = match trouble {
        Trouble::Illness => (2, 7, 1.0, 3.2),
        Trouble::Injury => (6, LONGEST, 0.2, 1.0),
        Trouble::Travel => (2, 6, 0.7, 2.4),
        Trouble::Work => (3, 10, 0.5, 1.8),
        Trouble::Family => (1, 5, 0.8, 2.8),
    };
    Some(Event {
        trouble,
        begins: day,
        days: draws.whole(shortest, longest),
        pull: draws.between(weakest, strongest),
        stress: draws.between(0.4, 1.6),
    })
}
