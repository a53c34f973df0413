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

type Senders = Arc<Mutex<HashMap<Uuid, CancellationToken>>>;

#[derive(Debug)]
pub(super) struct Turns {
    permits: KeyedPermits<Uuid>,
    senders: Senders,
}

/// The turn to send to an upload. It is over when this is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    upload: Uuid,
    stop: CancellationToken,
    senders: Senders,
    _permit: KeyedPermit<Uuid>,
}

fn lock(senders: &Senders) -> MutexGuard<'_, HashMap<Uuid, CancellationToken>> {
    senders.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Turns {
    pub(super) fn new() -> Self {
        Self { permits: KeyedPermits::new(1, MOST_WAITING), senders: Senders::default() }
    }

    /// Asks whoever has it to stop, and waits for that; `None` where it takes too long.
    pub(super) async fn take(&self, upload: Uuid) -> Option<Turn> {
        if let Some(sender) = lock(&self.senders).get(&upload) {
            sender.cancel();
        }
        let permit = timeout(PATIENCE, self.permits.take(upload)).await.ok().flatten()?;
        let stop = CancellationToken::new();
        lock(&self.senders).insert(upload, stop.clone());
        Some(Turn { upload, stop, senders: self.senders.clone(), _permit: permit })
    }
}

impl Turn {
    /// Resolves when somebody else waits for it.
    pub(super) async fn is_wanted(&self) {
        self.stop.cancelled().await;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        lock(&self.senders).remove(&self.upload);
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
}
