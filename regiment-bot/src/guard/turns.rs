//! One after the other: what one person asks is answered in the order in which he asked, and nothing
//! twice.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use regiment_core::UserId;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// How many interactions are remembered; a connection that is resumed repeats fewer.
const REMEMBERED: usize = 4_096;

/// People who are waiting, after which those that are done are forgotten.
const MANY: usize = 256;

/// Who is being answered, and what was asked lately.
#[derive(Debug, Default)]
pub(super) struct Turns {
    people: Mutex<HashMap<UserId, Weak<Turn<()>>>>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    ids: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Turns {
    /// Returns whether an interaction was not seen before.
    pub(super) fn is_new(&self, id: u64) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.ids.insert(id) {
            return false;
        }
        seen.order.push_back(id);
        if seen.order.len() > REMEMBERED
            && let Some(oldest) = seen.order.pop_front()
        {
            seen.ids.remove(&oldest);
        }
        true
    }

    /// Waits until everything is answered that this person asked before.
    pub(super) async fn of(&self, user_id: UserId) -> OwnedMutexGuard<()> {
        let turn = {
            let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
            if people.len() > MANY {
                people.retain(|_, turn| turn.strong_count() > 0);
            }
            let known = people.get(&user_id).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let turn = Arc::new(Turn::new(()));
                people.insert(user_id, Arc::downgrade(&turn));
                turn
            })
        };
        turn.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[test]
    fn an_interaction_is_new_once_among_the_last_four_thousand() {
        let turns = Turns::default();
        assert!(turns.is_new(1));
        assert!(!turns.is_new(1));
        for id in 2..=4_096 {
            assert!(turns.is_new(id));
        }
        assert!(!turns.is_new(1));
        assert!(turns.is_new(4_097));
        assert!(turns.is_new(1));
    }

    #[tokio::test(start_paused = true)]
    async fn one_person_waits_for_himself_and_for_nobody_else() {
        let turns = Turns::default();
        let (ana, ben) = ("1".parse().unwrap(), "2".parse().unwrap());
        let first = turns.of(ana).await;
        assert!(timeout(Duration::from_secs(1), turns.of(ana)).await.is_err());
        assert!(timeout(Duration::from_secs(1), turns.of(ben)).await.is_ok());
        drop(first);
        assert!(timeout(Duration::from_secs(1), turns.of(ana)).await.is_ok());
    }
}
