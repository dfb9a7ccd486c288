//! Records, engines, calendar and store of a discipline-first coaching practice.

pub mod calendar;
pub mod clock;
pub mod dossier;
pub mod effect;
pub mod engine;
pub mod export;
mod id;
pub mod import;
mod invalid;
pub mod library;
pub mod measure;
pub mod message;
mod order_number;
pub mod policy;
pub mod record;
#[cfg(feature = "store")]
pub mod regiment;
mod secret;
#[cfg(feature = "testing")]
pub mod simulate;
#[cfg(feature = "store")]
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod words;

pub use clock::{Clock, ManualClock, SystemClock};
pub use dossier::Dossier;
pub use effect::{Decision, Effect, Outcome};
pub use id::{Id, Slug, UserId};
pub use invalid::Invalid;
pub use library::Library;
pub use order_number::OrderNumber;
pub use policy::Policy;
pub use secret::Secret;
