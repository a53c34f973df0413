//! Who is online on other nodes, as those say.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Stands for all nodes that are not heard; no random number of a node is this one.
const UNHEARD: u64 = 0;

/// The people of other nodes. Whoever is there on two counts once.
#[derive(Debug, Default)]
pub struct Elsewhere {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    nodes: HashMap<u64, HashSet<i64>>,
    /// On how many nodes somebody is.
    counts: HashMap<i64, u32>,
    /// The nodes that were not heard for a moment.
    silent: HashSet<u64>,
    /// Whoever came to their first node or left their last since that was asked for.
    changed: HashSet<i64>,
}

impl State {
    fn add(&mut self, user_id: i64) {
        let count = self.counts.entry(user_id).or_default();
        *count += 1;
        if *count == 1 {
            self.changed.insert(user_id);
        }
    }

    fn remove(&mut self, user_id: i64) {
        let Some(count) = self.counts.get_mut(&user_id) else { return };
        *count -= 1;
        if *count == 0 {
            self.counts.remove(&user_id);
            self.changed.insert(user_id);
        }
    }
}

impl Elsewhere {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody is online on another node.
    #[must_use]
    pub fn contains(&self, user_id: i64) -> bool {
        self.lock().counts.contains_key(&user_id)
    }

    /// Everybody who is online on another node.
    #[must_use]
    pub fn everybody(&self) -> Vec<i64> {
        self.lock().counts.keys().copied().collect()
    }

    /// Who came to other nodes or left them since this was asked last.
    #[must_use]
    pub fn take_changed(&self) -> HashSet<i64> {
        std::mem::take(&mut self.lock().changed)
    }

    /// Whether somebody is online on another node that is heard.
    #[must_use]
    pub fn is_heard(&self, user_id: i64) -> bool {
        let state = self.lock();
        let is_heard = |node: &u64| *node != UNHEARD && !state.silent.contains(node);
        state.nodes.iter().any(|(node, people)| is_heard(node) && people.contains(&user_id))
    }

    /// These nodes are not heard just now, and all others are.
    pub(crate) fn are_silent(&self, nodes: HashSet<u64>) {
        self.lock().silent = nodes;
    }

    /// Those who are online on nodes that are not heard, by whoever finds that out.
    pub fn set_unheard(&self, people: impl IntoIterator<Item = i64>) {
        self.set(UNHEARD, people);
    }

    /// All who are online on a node.
    pub(crate) fn set(&self, node: u64, people: impl IntoIterator<Item = i64>) {
        let mut state = self.lock();
        let people: HashSet<i64> = people.into_iter().collect();
        let before = state.nodes.remove(&node).unwrap_or_default();
        people.difference(&before).for_each(|user_id| state.add(*user_id));
        before.difference(&people).for_each(|user_id| state.remove(*user_id));
        if !people.is_empty() {
            state.nodes.insert(node, people);
        }
    }

    /// Who came to a node, and who left it.
    pub(crate) fn change(&self, node: u64, came: &[i64], gone: &[i64]) {
        let mut state = self.lock();
        let mut people = state.nodes.remove(&node).unwrap_or_default();
        for user_id in came {
            if people.insert(*user_id) {
                state.add(*user_id);
            }
        }
        for user_id in gone {
            if people.remove(user_id) {
                state.remove(*user_id);
            }
        }
        if !people.is_empty() {
            state.nodes.insert(node, people);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_on_two_nodes_is_gone_with_the_second() {
        let elsewhere = Elsewhere::default();
        elsewhere.set(1, [10, 11]);
        elsewhere.change(2, &[10, 10], &[]);
        assert_eq!(elsewhere.take_changed(), HashSet::from([10, 11]));
        elsewhere.set(1, []);
        assert_eq!(elsewhere.take_changed(), HashSet::from([11]));
        assert!(elsewhere.contains(10) && !elsewhere.contains(11));
        elsewhere.change(2, &[], &[10, 12]);
        assert_eq!(elsewhere.take_changed(), HashSet::from([10]));
        assert_eq!(elsewhere.everybody(), Vec::<i64>::new());
    }

    #[test]
    fn who_is_on_a_node_that_is_not_heard_is_there_and_not_heard() {
        let elsewhere = Elsewhere::default();
        elsewhere.set_unheard([10, 11]);
        elsewhere.set(1, [11]);
        assert!(elsewhere.contains(10) && !elsewhere.is_heard(10) && elsewhere.is_heard(11));
        elsewhere.set_unheard([]);
        assert!(!elsewhere.contains(10) && elsewhere.is_heard(11));
        elsewhere.are_silent(HashSet::from([1]));
        assert!(elsewhere.contains(11) && !elsewhere.is_heard(11));
    }
}
