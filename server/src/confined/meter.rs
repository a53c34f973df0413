//! How long a processor has worked on something: what whoever asked for it pays, however long it waited.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The system counts in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// Of one process, while it runs and after it.
#[derive(Debug)]
pub(crate) struct Meter {
    begun: Instant,
    pid: AtomicU32,
    /// In milliseconds.
    spent: AtomicU64,
}

impl Meter {
    #[must_use]
    pub(crate) fn new() -> Self {
        Self { begun: Instant::now(), pid: AtomicU32::new(0), spent: AtomicU64::new(0) }
    }

    pub(super) fn watch(&self, pid: Option<u32>) {
        self.pid.store(pid.unwrap_or(0), Ordering::Relaxed);
    }

    /// Notes what it worked, while it is still known to the system; once only, since what has its number
    /// afterwards is another.
    pub(super) fn stop(&self) {
        let pid = self.pid.swap(0, Ordering::Relaxed);
        if pid != 0 {
            // Elsewhere than on Linux nobody can tell: then it is the time that has passed.
            let spent = time_of(pid).unwrap_or_else(|| self.begun.elapsed());
            let spent = u64::try_from(spent.as_millis()).unwrap_or(u64::MAX);
            self.spent.store(spent, Ordering::Relaxed);
        }
    }

    /// How long it worked.
    #[must_use]
    pub(crate) fn spent(&self) -> Duration {
        Duration::from_millis(self.spent.load(Ordering::Relaxed))
    }
}

/// The time of a processor that a process has taken (proc(5), `stat`).
fn time_of(pid: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Its name may have blanks and brackets; what follows has not.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u32>().ok();
    Some(TICK * (ticks()? + ticks()?))
}

#[cfg(test)]
impl Meter {
    /// One that began long ago.
    pub(super) fn of_long_ago() -> Self {
        let begun = Instant::now().checked_sub(Duration::from_secs(3_600)).unwrap();
        Self { begun, ..Self::new() }
    }

    /// Whether a processor has worked by now.
    pub(super) fn is_running(&self) -> bool {
        time_of(self.pid.load(Ordering::Relaxed)).is_some_and(|spent| spent >= TICK)
    }
}
