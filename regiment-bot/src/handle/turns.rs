//! One thing after the other for each person, so that of two quick choices none is lost.

use std::hash::{BuildHasher as _, RandomState};

use regiment_core::UserId;
use tokio::sync::{Mutex, MutexGuard};

/// How many people are served side by side at least.
const LANES: usize = 64;

/// Turns, of which each person has at most one at a time.
#[derive(Debug)]
pub(super) struct Turns {
    lanes: [Mutex<()>; LANES],
    by: RandomState,
}

impl Default for Turns {
    fn default() -> Self {
        Self { lanes: std::array::from_fn(|_| Mutex::default()), by: RandomState::new() }
    }
}

impl Turns {
    /// Waits for a person's turn, which ends with what is returned.
    pub(super) async fn of(&self, user_id: UserId) -> MutexGuard<'_, ()> {
        let lane = usize::try_from(self.by.hash_one(user_id) % LANES as u64).unwrap_or_default();
        self.lanes[lane].lock().await
    }
}
