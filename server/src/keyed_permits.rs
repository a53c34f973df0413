//! Who may do something at the same time: so many for each key, the others one after the other.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The permits of each key.
#[derive(Debug)]
pub(crate) struct KeyedPermits<K: Hash + Eq + Clone> {
    at_once: usize,
    most_waiting: usize,
    lines: Lines<K>,
}

type Lines<K> = Arc<Mutex<HashMap<K, Line>>>;

/// Those of one key.
#[derive(Debug)]
struct Line {
    permits: Arc<Semaphore>,
    /// With a permit, or waiting for one.
    here: usize,
}

/// A permit; it is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct KeyedPermit<K: Hash + Eq + Clone> {
    _permit: OwnedSemaphorePermit,
    _here: Here<K>,
}

#[derive(Debug)]
struct Here<K: Hash + Eq + Clone> {
    lines: Lines<K>,
    key: K,
}

fn lock<K>(lines: &Lines<K>) -> MutexGuard<'_, HashMap<K, Line>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Hash + Eq + Clone> KeyedPermits<K> {
    /// For each key so many at once, and so many who wait.
    pub(crate) fn new(at_once: usize, most_waiting: usize) -> Self {
        Self { at_once, most_waiting, lines: Lines::default() }
    }

    /// Waits for a permit, in the order of coming; `None` when too many wait already.
    pub(crate) async fn take(&self, key: K) -> Option<KeyedPermit<K>> {
        let (here, permits) = self.line_up(key)?;
        // The semaphore is never closed.
        let permit = permits.acquire_owned().await.ok()?;
        Some(KeyedPermit { _permit: permit, _here: here })
    }

    fn line_up(&self, key: K) -> Option<(Here<K>, Arc<Semaphore>)> {
        let mut lines = lock(&self.lines);
        let line = lines.entry(key.clone());
        let line = line
            .or_insert_with(|| Line { permits: Arc::new(Semaphore::new(self.at_once)), here: 0 });
        if line.here >= self.at_once + self.most_waiting {
            return None;
        }
        line.here += 1;
        Some((Here { lines: self.lines.clone(), key }, line.permits.clone()))
    }
}

impl<K: Hash + Eq + Clone> Drop for Here<K> {
    fn drop(&mut self) {
        let mut lines = lock(&self.lines);
        if let Some(line) = lines.get_mut(&self.key) {
            line.here -= 1;
            if line.here == 0 {
                lines.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn each_key_has_its_turns_the_next_waits_and_who_comes_after_too_many_is_told() {
        let permits = KeyedPermits::new(2, 1);
        let first = permits.take("mira").await.unwrap();
        let _second = permits.take("mira").await.unwrap();
        let mut third = Box::pin(permits.take("mira"));
        assert!(third.as_mut().now_or_never().is_none(), "two at once");
        assert!(permits.take("mira").await.is_none(), "one waits already");
        assert!(permits.take("ravi").await.is_some(), "each key has its own");
        drop(first);
        assert!(third.await.is_some());
    }

    #[tokio::test]
    async fn who_goes_away_is_forgotten() {
        let permits = KeyedPermits::new(1, 1);
        let first = permits.take("mira").await;
        assert!(permits.take("mira").now_or_never().is_none());
        drop(first);
        assert!(lock(&permits.lines).is_empty());
    }
}
