//! Permits to read from the database, for sockets that sign in or catch up.
//!
//! A crowd of sockets may want to read at the same moment: after a restart everybody comes back,
//! under an overload everybody falls behind. They wait here, in the order in which they came and
//! for as long as it takes, instead of filling the pool's own queue, where waiting ends in an error
//! and where requests and writers would wait behind them.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The right to read from the database until it is dropped.
pub(super) type ReadPermit = OwnedSemaphorePermit;

/// The line.
#[derive(Debug)]
pub(super) struct ReadPermits(Arc<Semaphore>);

impl ReadPermits {
    /// So many permits at once.
    pub(super) fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    /// The next permit, in the order of asking.
    pub(super) async fn take(&self) -> ReadPermit {
        self.0.clone().acquire_owned().await.expect("the line is never closed")
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn one_more_than_may_read_waits_until_somebody_is_done() {
        let permits = ReadPermits::new(2);
        let (first, _second) = (permits.take().await, permits.take().await);
        let mut third = Box::pin(permits.take());
        assert!(third.as_mut().now_or_never().is_none());
        drop(first);
        assert!(third.now_or_never().is_some());
    }
}
