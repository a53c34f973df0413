//! Who came, on the way into the database: all who came while the last of them were written are
//! written together, so that five thousand at once are a few statements. A socket waits for its own
//! before it says `ready`, so that when its person was last seen survives a crash.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use adda_protocol::UserId;
use tokio::sync::{Notify, watch};

/// Nobody is kept waiting any longer by a database that is slow or away.
const PATIENCE: Duration = Duration::from_secs(1);

/// Those who came.
#[derive(Debug)]
pub(super) struct Arrivals {
    waiting: Mutex<Waiting>,
    somebody_came: Notify,
    /// So many times they were written, or could not be.
    written: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Waiting {
    people: HashSet<UserId>,
    /// Those who are written just now.
    under_way: HashSet<UserId>,
    /// So many times they were taken.
    taken: u64,
    /// Somebody writes them down.
    has_writer: bool,
}

impl Arrivals {
    pub(super) fn new() -> Self {
        let (waiting, somebody_came) = (Mutex::default(), Notify::new());
        Self { waiting, somebody_came, written: watch::Sender::new(0) }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody came.
    pub(super) fn add(&self, user: UserId) {
        self.lock().people.insert(user);
        self.somebody_came.notify_one();
    }

    /// All who came since they were asked for last; waits for the first. To be followed by
    /// [`Self::are_written`].
    pub(super) async fn next(&self) -> Vec<UserId> {
        loop {
            {
                let mut waiting = self.lock();
                waiting.has_writer = true;
                if !waiting.people.is_empty() {
                    waiting.under_way = std::mem::take(&mut waiting.people);
                    waiting.taken += 1;
                    return waiting.under_way.iter().copied().collect();
                }
            }
            self.somebody_came.notified().await;
        }
    }

    /// Those who were taken last are written, or could not be: nobody waits for them any more.
    pub(super) fn are_written(&self) {
        let mut waiting = self.lock();
        waiting.under_way = HashSet::new();
        self.written.send_replace(waiting.taken);
    }

    /// Waits until somebody who came is written, but not for long.
    pub(super) async fn written(&self, user: UserId) {
        let awaited = {
            let waiting = self.lock();
            match user {
                _ if !waiting.has_writer => return,
                user if waiting.people.contains(&user) => waiting.taken + 1,
                user if waiting.under_way.contains(&user) => waiting.taken,
                _ => return,
            }
        };
        let mut written = self.written.subscribe();
        let _ = tokio::time::timeout(PATIENCE, written.wait_for(|times| *times >= awaited)).await;
    }

    /// How often they were written.
    #[cfg(test)]
    pub(super) fn times(&self) -> u64 {
        *self.written.borrow()
    }
}
