//! The wall clock, passed in: nothing else in the server asks the system for the time of day.
//!
//! Wall-clock time is shown to people; order never depends on it. What is good for a while is
//! measured by a time that never goes back: [`Clock::steady_ms`] where it is written down and read
//! again, `Instant` within the process.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use uuid::{NoContext, Uuid};

/// The system's clocks: how far the wall clock was ahead of the running time, at its furthest.
static STEADY: LazyLock<(Instant, Steady)> =
    LazyLock::new(|| (Instant::now(), Steady(AtomicI64::new(i64::MIN))));

/// Where the time comes from.
#[derive(Clone, Debug, Default)]
pub(crate) enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// A clock that is set, in milliseconds since the Unix epoch: by tests, and by what writes as of the past.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub(crate) fn now_ms(&self) -> i64 {
        match self {
            #[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            }
            Self::Manual(now) => now.load(Ordering::Relaxed),
        }
    }

    /// The same, but never earlier than it was: where the wall clock is set back, this goes on. What is
    /// good until a moment ends so in time, and with a clock that is set ahead at the latest.
    #[must_use]
    pub(crate) fn steady_ms(&self) -> i64 {
        match self {
            Self::System => {
                let (begin, steady) = &*STEADY;
                // In this order: a pause between the two makes it early, which the next call mends.
                let wall = self.now_ms();
                steady.at(wall, i64::try_from(begin.elapsed().as_millis()).unwrap_or(i64::MAX))
            }
            Self::Manual(now) => now.load(Ordering::Relaxed),
        }
    }

    /// A moment of the steady time as the wall clock has it now, to be shown.
    #[must_use]
    pub(crate) fn shown(&self, steady_at: i64) -> i64 {
        self.now_ms() + (steady_at - self.steady_ms())
    }

    /// A new UUID v7 of this moment.
    #[must_use]
    pub(crate) fn uuid(&self) -> Uuid {
        let ms = u64::try_from(self.now_ms()).unwrap_or(0);
        let nanos = u32::try_from(ms % 1_000).unwrap_or(0) * 1_000_000;
        Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, ms / 1_000, nanos))
    }
}

/// By how much the wall clock was ahead of the time that the process runs, at its furthest.
#[derive(Debug)]
struct Steady(AtomicI64);

impl Steady {
    fn at(&self, wall: i64, running: i64) -> i64 {
        let ahead = wall - running;
        running + self.0.fetch_max(ahead, Ordering::Relaxed).max(ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: i64 = 1_795_341_600_000;

    #[test]
    fn the_steady_time_follows_the_wall_clock_ahead_and_never_back() {
        let steady = Steady(AtomicI64::new(i64::MIN));
        assert_eq!(steady.at(BEGIN, 0), BEGIN);
        assert_eq!(steady.at(BEGIN + 5_000, 5_000), BEGIN + 5_000, "as time passes");
        let hour = 3_600_000;
        assert_eq!(steady.at(BEGIN + 6_000 - hour, 6_000), BEGIN + 6_000, "set back by an hour");
        assert_eq!(steady.at(BEGIN + 600_000 - hour, 600_000), BEGIN + 600_000, "and it goes on");
        assert_eq!(steady.at(BEGIN + hour, 601_000), BEGIN + hour, "set ahead, or after a sleep");
        assert_eq!(steady.at(BEGIN + 602_000, 602_000), BEGIN + hour + 1_000, "put right again");
    }

    #[test]
    fn what_ends_is_shown_by_the_clock_on_the_wall() {
        let clock = Clock::System;
        let ends = clock.steady_ms() + 600_000;
        let shown = clock.shown(ends) - clock.now_ms();
        assert!((599_000..=600_100).contains(&shown), "{shown}");
    }
}
