//! How many frames one connection may send: a token bucket of two numbers, because there is one for
//! each of thousands of idle connections.

use tokio::time::Instant;

const BURST: f32 = 400.0;
const PER_SECOND: f32 = 100.0;
/// Whoever goes on after so many refusals in a row is disconnected.
const MOST_REFUSALS: u16 = 500;

/// What to do with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Allowed,
    /// Not now; come back after so many milliseconds.
    Refused(u64),
    /// Enough.
    Disconnect,
}

/// One connection's bucket.
#[derive(Debug)]
pub(super) struct FrameRate {
    tokens: f32,
    refusals: u16,
    at: Instant,
}

impl FrameRate {
    pub(super) fn new(now: Instant) -> Self {
        Self { tokens: BURST, refusals: 0, at: now }
    }

    pub(super) fn check(&mut self, now: Instant) -> Verdict {
        let passed = now.duration_since(self.at).as_secs_f32();
        self.at = now;
        self.tokens = (self.tokens + passed * PER_SECOND).min(BURST);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            self.refusals = 0;
            return Verdict::Allowed;
        }
        self.refusals += 1;
        if self.refusals > MOST_REFUSALS {
            return Verdict::Disconnect;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let wait = ((1.0 - self.tokens) / PER_SECOND * 1_000.0).ceil() as u64;
        Verdict::Refused(wait.max(1))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_is_allowed_then_refused_then_ended() {
        let now = Instant::now();
        let mut rate = FrameRate::new(now);
        assert!((0..400).all(|_| rate.check(now) == Verdict::Allowed));
        assert_eq!(rate.check(now), Verdict::Refused(10));
        assert_eq!(rate.check(now + Duration::from_millis(10)), Verdict::Allowed);
        let last = now + Duration::from_millis(10);
        assert!((0..500).all(|_| matches!(rate.check(last), Verdict::Refused(_))));
        assert_eq!(rate.check(last), Verdict::Disconnect);
    }
}
