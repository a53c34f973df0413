//! Latencies in HDR histograms: constant size, 1 % resolution.
//!
//! A value is kept in microseconds. A quantile answers the upper end of its bucket, so it never flatters.

use std::time::Duration;

/// Values from 134 s on share the last bucket.
const LONGEST: u64 = (1 << 27) - 1;
const SIGNIFICANT_DIGITS: u8 = 2;

/// Counts of latencies.
#[derive(Clone)]
pub(crate) struct Histogram {
    counts: hdrhistogram::Histogram<u32>,
    greatest: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        let counts = hdrhistogram::Histogram::new_with_max(LONGEST, SIGNIFICANT_DIGITS);
        Self { counts: counts.expect("bounds that a histogram can have"), greatest: 0 }
    }
}

impl Histogram {
    /// Counts one latency of so many nanoseconds.
    pub(crate) fn record(&mut self, nanos: u64) {
        let micros = nanos / 1_000;
        self.counts.saturating_record(micros);
        self.greatest = self.greatest.max(micros);
    }

    /// Adds the counts of `other`.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.counts.add(&other.counts).expect("histograms of the same bounds");
        self.greatest = self.greatest.max(other.greatest);
    }

    /// How many values were counted.
    pub(crate) fn total(&self) -> u64 {
        self.counts.len()
    }

    /// The latency that the share `quantile` (0 to 1) of the values does not exceed; zero when empty.
    pub(crate) fn at(&self, quantile: f64) -> Duration {
        Duration::from_micros(self.counts.value_at_quantile(quantile).min(self.greatest))
    }

    /// The greatest value, exact to the microsecond.
    pub(crate) fn max(&self) -> Duration {
        Duration::from_micros(self.greatest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_lies_in_its_bucket_and_the_bucket_is_narrow() {
        for micros in (0..2_000).chain([31_999, 100_000, 1_234_567, LONGEST]) {
            let mut histogram = Histogram::default();
            histogram.record(micros * 1_000);
            // Without a greater one, nothing would be answered that is greater than the value itself.
            histogram.record(2 * micros * 1_000);
            let top = histogram.at(0.5).as_micros() as u64;
            assert!(top >= micros, "{micros} lies above the end {top} of its bucket");
            assert!(
                (top - micros) as f64 <= micros as f64 / 100.0,
                "bucket of {micros} ends at {top}"
            );
        }
    }

    #[test]
    fn a_quantile_never_flatters() {
        let mut histogram = Histogram::default();
        for millis in 1..=100_u64 {
            histogram.record(millis * 1_000_000);
        }
        let p99 = histogram.at(0.99).as_secs_f64() * 1e3;
        assert!((99.0..102.1).contains(&p99), "p99 is {p99} ms");
        let median = histogram.at(0.5).as_secs_f64() * 1e3;
        assert!((50.0..51.6).contains(&median), "p50 is {median} ms");
        assert_eq!(histogram.at(1.0), Duration::from_millis(100));
        assert_eq!(histogram.max(), Duration::from_millis(100));
    }

    #[test]
    fn merging_is_the_same_as_counting_in_one() {
        let (mut odd, mut even, mut all) =
            (Histogram::default(), Histogram::default(), Histogram::default());
        for value in 0..10_000_u64 {
            let nanos = value * value * 100;
            all.record(nanos);
            if value % 2 == 0 { even.record(nanos) } else { odd.record(nanos) }
        }
        odd.merge(&even);
        assert_eq!(odd.total(), all.total());
        assert_eq!(odd.max(), all.max());
        for quantile in [0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0] {
            assert_eq!(odd.at(quantile), all.at(quantile));
        }
    }

    #[test]
    fn an_empty_histogram_answers_zero() {
        assert_eq!(Histogram::default().at(0.99), Duration::ZERO);
    }

    #[test]
    fn a_value_beyond_the_scale_is_counted_in_the_last_bucket() {
        let mut histogram = Histogram::default();
        histogram.record(u64::MAX);
        assert_eq!(histogram.total(), 1);
        assert!(histogram.at(0.5) >= Duration::from_secs(134));
    }
}
