//! When the messages of an open loop are due.
//!
//! The times are absolute: message `n` is due `n / rate` after the start, whatever happened to
//! the ones before, so a late generator catches up and the rate has no drift. A text carries the
//! time at which it was due, so lateness of the generator counts against the result, never for it.

/// The times of a fixed rate.
#[derive(Clone, Copy)]
pub(crate) struct Schedule {
    start: u64,
    rate: f64,
}

impl Schedule {
    /// `rate` messages a second from `start` (nanoseconds of our clock) on.
    pub(crate) fn new(start: u64, rate: f64) -> Self {
        Self { start, rate }
    }

    /// When message `n` (from 0) is due.
    pub(crate) fn at(&self, n: u32) -> u64 {
        self.start + (f64::from(n) * 1e9 / self.rate).round() as u64
    }

    /// How many messages are due before `end`, over the whole schedule.
    pub(crate) fn before(&self, end: u64) -> u32 {
        let mut n = (end.saturating_sub(self.start) as f64 * self.rate / 1e9).ceil() as u32;
        while n > 0 && self.at(n - 1) >= end {
            n -= 1;
        }
        while self.at(n) < end {
            n += 1;
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_does_not_drift() {
        let schedule = Schedule::new(5, 7_000.0);
        assert_eq!(schedule.at(0), 5);
        assert_eq!(schedule.at(7_000), 1_000_000_005);
        assert_eq!(schedule.at(7_000 * 3_600), 3_600_000_000_005);
    }

    #[test]
    fn the_count_before_an_end_agrees_with_the_single_times() {
        for rate in [0.5, 10.0, 333.0, 15_000.0, 48_611.0] {
            let schedule = Schedule::new(1_000_000, rate);
            for end in [0, 1_000_000, 1_000_001, 2_000_000_000, 12_001_000_000] {
                let count = schedule.before(end);
                assert!(count == 0 || schedule.at(count - 1) < end);
                assert!(schedule.at(count) >= end);
            }
        }
    }

    #[test]
    fn ten_a_second_for_a_second_is_ten() {
        assert_eq!(Schedule::new(0, 10.0).before(1_000_000_000), 10);
    }
}
