//! Who sends to an upload at the moment: one at a time, and the last who comes.
//!
//! A line that is cut may look alive to this side for a long time. So whoever comes next, who is the same
//! person over the next line, asks the one before to stop, and goes on after what that one had received.
//! That is known to this node alone; between nodes the database decides whose part it is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::keyed_permits::{KeyedPermit, KeyedPermits};

/// The longest time that somebody waits for the one before: who has all of a file may have it decoded.
const PATIENCE: Duration = Duration::from_secs(15);
/// So many wait.
const MOST_WAITING: usize = 3;

/// The last who came to each upload, whether they send already or wait for the one before.
type Senders = Arc<Mutex<HashMap<Uuid, Arc<CancellationToken>>>>;

#[derive(Debug)]
pub(super) struct Turns {
    permits: KeyedPermits<Uuid>,
    senders: Senders,
    /// Of all senders.
    stop: CancellationToken,
}

/// The turn to send to an upload. It is over when this is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    sender: Sender,
    _permit: KeyedPermit<Uuid>,
}

/// Somebody who sends to an upload, or waits to.
#[derive(Debug)]
struct Sender {
    upload: Uuid,
    stop: Arc<CancellationToken>,
    senders: Senders,
}

fn lock(senders: &Senders) -> MutexGuard<'_, HashMap<Uuid, Arc<CancellationToken>>> {
    senders.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Turns {
    pub(super) fn new() -> Self {
        let permits = KeyedPermits::new(1, MOST_WAITING);
        Self { permits, senders: Senders::default(), stop: CancellationToken::new() }
    }

    /// Asks whoever came before to stop, and waits for that; `None` where it takes too long, somebody else
    /// comes meanwhile, or the server stops.
    pub(super) async fn take(&self, upload: Uuid) -> Option<Turn> {
        let sender = Sender::announce(upload, self.stop.child_token(), self.senders.clone());
        let permit = tokio::select! {
            biased;
            () = sender.stop.cancelled() => None,
            permit = timeout(PATIENCE, self.permits.take(upload)) => permit.ok().flatten(),
        };
        Some(Turn { sender, _permit: permit? })
    }

    /// Asks all to stop, and lets nobody begin any more.
    pub(super) fn stop(&self) {
        self.stop.cancel();
    }
}

impl Turn {
    /// Resolves when somebody else waits for it, or the server stops.
    pub(super) async fn is_wanted(&self) {
        self.sender.stop.cancelled().await;
    }
}

impl Sender {
    fn announce(upload: Uuid, stop: CancellationToken, senders: Senders) -> Self {
        let stop = Arc::new(stop);
        if let Some(before) = lock(&senders).insert(upload, stop.clone()) {
            before.cancel();
        }
        Self { upload, stop, senders }
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        let mut senders = lock(&self.senders);
        if senders.get(&self.upload).is_some_and(|last| Arc::ptr_eq(last, &self.stop)) {
            senders.remove(&self.upload);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn who_comes_next_asks_the_one_before_to_stop_and_waits_for_it() {
        let turns = Turns::new();
        let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
        let first = turns.take(one).await.unwrap();
        assert!(first.is_wanted().now_or_never().is_none());
        let mut second = Box::pin(turns.take(one));
        assert!(second.as_mut().now_or_never().is_none());
        first.is_wanted().await;
        assert!(turns.take(other).await.is_some(), "each upload has its own");
        drop(first);
        let second = second.await.unwrap();
        assert!(second.is_wanted().now_or_never().is_none(), "it was not it who was asked");
        drop(second);
        assert!(lock(&turns.senders).is_empty());
    }

    #[tokio::test]
    async fn of_three_the_last_has_it() {
        let (turns, upload) = (Turns::new(), Uuid::new_v4());
        let first = turns.take(upload).await.unwrap();
        let mut second = Box::pin(turns.take(upload));
        assert!(second.as_mut().now_or_never().is_none());
        let mut third = Box::pin(turns.take(upload));
        assert!(third.as_mut().now_or_never().is_none());
        assert!(second.await.is_none(), "somebody came after it");
        drop(first);
        let third = third.await.unwrap();
        assert!(third.is_wanted().now_or_never().is_none(), "nobody came after it");
        drop(third);
        assert!(lock(&turns.senders).is_empty());
    }
}
