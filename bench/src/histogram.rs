//! Latencies in logarithmic buckets, as in HDR histograms: constant size, 3 % resolution.
//!
//! A value is kept in microseconds. Below 32 µs each value has its own bucket; above, each power
//! of two is cut into 32. A quantile answers the upper end of its bucket, so it never flatters.

use std::time::Duration;

const FINE_BITS: u32 = 5;
const FINE: usize = 1 << FINE_BITS;
/// Values from 2^27 µs (134 s) on share the last bucket.
const TOP_BITS: u32 = 27;
const BUCKETS: usize = (TOP_BITS - FINE_BITS + 1) as usize * FINE;

/// Counts of latencies.
#[derive(Clone)]
pub(crate) struct Histogram {
    counts: Box<[u32; BUCKETS]>,
    total: u64,
    greatest: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: Box::new([0; BUCKETS]), total: 0, greatest: 0 }
    }
}

impl Histogram {
    /// Counts one latency of so many nanoseconds.
    pub(crate) fn record(&mut self, nanos: u64) {
        let micros = nanos / 1_000;
        self.counts[bucket(micros)] += 1;
        self.total += 1;
        self.greatest = self.greatest.max(micros);
    }

    /// Adds the counts of `other`.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(other.counts.iter()) {
            *mine += theirs;
        }
        self.total += other.total;
        self.greatest = self.greatest.max(other.greatest);
    }

    /// How many values were counted.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// The latency that the share `quantile` (0 to 1) of the values does not exceed; zero when empty.
    pub(crate) fn at(&self, quantile: f64) -> Duration {
        let rank = ((quantile * self.total as f64).ceil() as u64).clamp(1, self.total.max(1));
        let mut seen = 0;
        for (index, &count) in self.counts.iter().enumerate() {
            seen += u64::from(count);
            if seen >= rank {
                return Duration::from_micros(upper_end(index).min(self.greatest));
            }
        }
        Duration::ZERO
    }

    /// The greatest value, exact to the microsecond.
    pub(crate) fn max(&self) -> Duration {
        Duration::from_micros(self.greatest)
    }
}

/// The bucket of a value in microseconds.
fn bucket(micros: u64) -> usize {
    let value = micros.min((1 << TOP_BITS) - 1);
    if value < FINE as u64 {
        return value as usize;
    }
    let power = 63 - value.leading_zeros();
    let shift = power - FINE_BITS;
    (shift as usize + 1) * FINE + ((value >> shift) as usize - FINE)
}

/// The greatest value that falls into a bucket, in microseconds.
fn upper_end(index: usize) -> u64 {
    if index < FINE {
        return index as u64;
    }
    let shift = index / FINE - 1;
    let fine = (index % FINE + FINE) as u64;
    ((fine + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_lies_in_its_bucket_and_the_bucket_is_narrow() {
        for micros in (0..2_000).chain([31_999, 100_000, 1_234_567, (1 << TOP_BITS) - 1]) {
            let index = bucket(micros);
            let top = upper_end(index);
            assert!(top >= micros, "{micros} lies above the end {top} of its bucket");
            assert!(index == 0 || upper_end(index - 1) < micros, "{micros} belongs lower");
            assert!(
                (top - micros) as f64 <= micros as f64 / 31.0,
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
