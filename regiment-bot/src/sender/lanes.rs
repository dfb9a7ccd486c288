//! Lanes: what shares a lane goes one after the other, lanes go side by side.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};

/// What waits in each lane that is in use.
#[derive(Debug)]
pub(super) struct Lanes<K, T>(HashMap<K, VecDeque<T>>);

impl<K, T> Default for Lanes<K, T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq, T> Lanes<K, T> {
    /// Puts something into a lane. It is returned where it may begin at once.
    pub(super) fn enter(&mut self, lane: K, item: T) -> Option<T> {
        if let Some(waiting) = self.0.get_mut(&lane) {
            waiting.push_back(item);
            return None;
        }
        self.0.insert(lane, VecDeque::new());
        Some(item)
    }

    /// Says that what went in a lane is done. What is returned begins next.
    pub(super) fn leave(&mut self, lane: &K) -> Option<T> {
        let next = self.0.get_mut(lane)?.pop_front();
        if next.is_none() {
            self.0.remove(lane);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_keeps_its_order() {
        let mut lanes = Lanes::default();
        assert_eq!(lanes.enter("ana", 1), Some(1));
        assert_eq!(lanes.enter("ana", 2), None);
        assert_eq!(lanes.enter("ana", 3), None);
        assert_eq!(lanes.leave(&"ana"), Some(2));
        assert_eq!(lanes.leave(&"ana"), Some(3));
        assert_eq!(lanes.leave(&"ana"), None);
        assert_eq!(lanes.enter("ana", 4), Some(4));
    }

    #[test]
    fn lanes_do_not_wait_for_each_other() {
        let mut lanes = Lanes::default();
        assert_eq!(lanes.enter("ana", 1), Some(1));
        assert_eq!(lanes.enter("ben", 2), Some(2));
        assert_eq!(lanes.leave(&"ben"), None);
        assert_eq!(lanes.leave(&"nobody"), None);
    }
}
