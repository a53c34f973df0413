//! Whether what comes is of now.
//!
//! A process that stood still – a laptop that slept, a machine that was moved, SIGSTOP – finds what came meanwhile
//! waiting for it: packets to sockets whose sessions ended after them. Nothing of that is delivered; it is read
//! from the database, once the sessions have been.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Who did nothing for so long stood still. Sockets whose session has ended stay no longer than this.
const STOOD_STILL: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Awake {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    ticked: Instant,
    /// What comes before this node's own packet of that number is of before.
    since: Option<u64>,
}

impl Awake {
    pub(super) fn new(now: Instant) -> Self {
        Self { state: Mutex::new(State { ticked: now, since: None }) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Called every moment; whether there was none for long. What is said to oneself after this, and has at least
    /// the number `next`, ends what came meanwhile.
    pub(super) fn tick(&self, now: Instant, next: u64) -> bool {
        let mut state = self.lock();
        let stood_still = now.saturating_duration_since(state.ticked) >= STOOD_STILL;
        state.ticked = now;
        if stood_still {
            state.since = Some(next);
        }
        stood_still
    }

    /// Whether what comes now is of now.
    pub(super) fn is_now(&self, now: Instant) -> bool {
        let state = self.lock();
        state.since.is_none() && now.saturating_duration_since(state.ticked) < STOOD_STILL
    }

    /// This node heard itself.
    pub(super) fn heard(&self, number: u64) {
        let mut state = self.lock();
        if state.since.is_some_and(|since| number >= since) {
            state.since = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_while_it_stood_still_is_not_of_now_until_it_hears_itself() {
        let at = |ms| Duration::from_millis(ms);
        let begun = Instant::now();
        let awake = Awake::new(begun);
        assert!(!awake.tick(begun + at(50), 1) && awake.is_now(begun + at(100)));
        let woke = begun + at(8_000);
        assert!(!awake.is_now(woke), "before anything else was done");
        assert!(awake.tick(woke, 7) && !awake.is_now(woke));
        awake.heard(6);
        assert!(!awake.is_now(woke), "said before it stood still");
        awake.heard(7);
        assert!(awake.is_now(woke) && !awake.tick(woke + at(50), 8));
    }
}
