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
    /// In milliseconds, as of the last look.
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

    /// Looks while the process is still known to the system.
    pub(super) fn look(&self) {
        let spent = time_of(self.pid.load(Ordering::Relaxed));
        // Elsewhere than on Linux nobody can tell: then it is the time that has passed.
        let spent = spent.unwrap_or_else(|| self.begun.elapsed());
        self.spent.store(u64::try_from(spent.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
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
mod tests {
    use super::*;

    #[test]
    fn who_works_is_told_from_who_waits() {
        if !cfg!(target_os = "linux") {
            return;
        }
        let meter = Meter::new();
        meter.watch(Some(std::process::id()));
        meter.look();
        let before = meter.spent();
        let begun = Instant::now();
        let mut sum = 0_u64;
        while begun.elapsed() < Duration::from_millis(200) || meter.spent() == before {
            (0..100_000).for_each(|number| sum = sum.wrapping_mul(31) + number);
            meter.look();
        }
        assert!(meter.spent() > before && sum != 1);
        assert_eq!(time_of(u32::MAX), None);
    }
}
