//! How many frames one connection may send: a token bucket of two numbers, because there is one for
//! each of thousands of idle connections.

use tokio::time::Instant;

const BURST: f32 = 400.0;
const PER_SECOND: f32 = 100.0;
/// Whoever goes on until so many frames more than allowed have come is disconnected.
const MOST_DEBT: f32 = 500.0;

/// What to do with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Allowed,
    /// Not now; come back after so many milliseconds.
    Refused(u64),
    /// Enough.
    Disconnect,
}

/// One connection's bucket. A refused frame costs as much as another: who does not wait gets into
/// debt, and waits the longer.
#[derive(Debug)]
pub(super) struct FrameRate {
    tokens: f32,
    at: Instant,
}

impl FrameRate {
    pub(super) fn new(now: Instant) -> Self {
        Self { tokens: BURST, at: now }
    }

    pub(super) fn check(&mut self, now: Instant) -> Verdict {
        let passed = now.duration_since(self.at).as_secs_f32();
        self.at = now;
        self.tokens = (self.tokens + passed * PER_SECOND).min(BURST) - 1.0;
        if self.tokens >= 0.0 {
            return Verdict::Allowed;
        }
        if self.tokens < -MOST_DEBT {
            return Verdict::Disconnect;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let wait = ((1.0 - self.tokens) / PER_SECOND * 1_000.0).ceil() as u64;
        Verdict::Refused(wait)
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
        assert_eq!(rate.check(now), Verdict::Refused(20));
        let later = now + Duration::from_millis(20);
        assert_eq!(rate.check(later), Verdict::Allowed);
        assert!((0..500).all(|_| matches!(rate.check(later), Verdict::Refused(_))));
        assert_eq!(rate.check(later), Verdict::Disconnect);
    }

    #[test]
    fn whoever_never_waits_is_ended_however_slowly_the_frames_come() {
        let began = Instant::now();
        let mut rate = FrameRate::new(began);
        let verdicts = (0..u64::MAX).map(|n| rate.check(began + Duration::from_millis(n * 5)));
        // 200 a second: 100 more than allowed, from a credit of 400 to a debt of 500.
        let until = verdicts.take_while(|verdict| *verdict != Verdict::Disconnect).count();
        assert!((1_790..=1_810).contains(&until), "{until}");
    }

    #[test]
    fn whoever_waits_as_told_goes_on() {
        let mut now = Instant::now();
        let mut rate = FrameRate::new(now);
        for _ in 0..2_000 {
            if let Verdict::Refused(wait) = rate.check(now) {
                now += Duration::from_millis(wait + 1);
                assert_eq!(rate.check(now), Verdict::Allowed);
            }
        }
    }
}
