//! The benchmark's one clock: nanoseconds since the process began to measure.
//!
//! Every stamp in a text and every latency comes from here. It is monotonic and means nothing
//! outside this process, which is enough because sender and receiver are the same process.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Nanoseconds since the first use of this clock.
pub(crate) fn now() -> u64 {
    nanos(ORIGIN.elapsed())
}

/// A span in nanoseconds; 584 years at most.
pub(crate) fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

/// Sleeps until the clock shows `at`, to tokio's millisecond.
pub(crate) async fn sleep_until(at: u64) {
    tokio::time::sleep_until((*ORIGIN + Duration::from_nanos(at)).into()).await;
}
