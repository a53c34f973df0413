//! Whether this process goes on without standing still.
//!
//! A process that stood still – a laptop that slept, a machine that was moved, SIGSTOP – finds what came meanwhile
//! waiting for it: events for sockets whose sessions ended since, and commands of those. Nothing of that is
//! delivered or done before the database was looked at.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Who did nothing for so long stood still. Sockets whose session has ended stay no longer than this.
const STOOD_STILL: Duration = Duration::from_secs(5);

/// Two atomic numbers, since every frame asks.
#[derive(Debug)]
pub(crate) struct Awake {
    begun: Instant,
    /// Milliseconds from the beginning to the last tick.
    ticked: AtomicU64,
}

impl Awake {
    pub(crate) fn new(now: Instant) -> Self {
        Self { begun: now, ticked: AtomicU64::new(0) }
    }

    fn since_begin(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.begun);
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    /// To be called every moment.
    pub(crate) fn tick(&self, now: Instant) {
        self.ticked.store(self.since_begin(now), Ordering::SeqCst);
    }

    /// Whether the last tick was a moment ago.
    pub(crate) fn is_awake(&self, now: Instant) -> bool {
        let since = self.since_begin(now).saturating_sub(self.ticked.load(Ordering::SeqCst));
        u128::from(since) < STOOD_STILL.as_millis()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stood_still_is_noticed_before_anything_else_is_done() {
        let at = |ms| Duration::from_millis(ms);
        let begun = Instant::now();
        let awake = Awake::new(begun);
        awake.tick(begun + at(50));
        assert!(awake.is_awake(begun + at(4_000)));
        let woke = begun + at(8_000);
        assert!(!awake.is_awake(woke));
        awake.tick(woke);
        assert!(awake.is_awake(woke));
    }
}
