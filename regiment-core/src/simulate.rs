//! The simulated company: people who enlist, press buttons, forget, fall ill, drift and come back.
//!
//! A person's life is a pure function of (`seed`, `index`): it does not depend on how many others
//! there are, nor on the order in which it is asked about. What the numbers are held against, and
//! what they measure, is in `docs/simulator.md`; `tests/realism.rs` holds the bands.

mod answer;
mod body;
mod chance;
mod coach;
mod company;
mod event;
mod lifting;
mod notes;
mod person;
pub mod tour;

pub mod life;

pub use answer::{CardioAnswer, CheckinAnswer, Look, MealAnswer, Press, Slip, TopSetAnswer};
pub use body::Wellness;
#[cfg(feature = "store")]
pub use company::Tally;
pub use company::{Act, Company, Deed, Report};
pub use event::{Event, Trouble};
pub use life::{Day, Life};
pub use person::{Habits, Person};
