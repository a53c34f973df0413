//! The wall clock, passed in: nothing else in the server asks the system for the time of day.
//!
//! Wall-clock time is shown to people and bounds tokens; order never depends on it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use uuid::{NoContext, Uuid};

/// Where the time comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// A clock that a test sets, in milliseconds since the Unix epoch.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        match self {
            #[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            }
            Self::Manual(now) => now.load(Ordering::Relaxed),
        }
    }

    /// A new UUID v7 of this moment.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        let ms = u64::try_from(self.now_ms()).unwrap_or(0);
        let nanos = u32::try_from(ms % 1_000).unwrap_or(0) * 1_000_000;
        Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, ms / 1_000, nanos))
    }
}
