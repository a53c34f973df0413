//! How patient people are.

use std::time::Duration;

use rand::RngExt;

/// How those at work send, wait and come back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    /// So many operations of one sender are on their way at once.
    pub(crate) pipeline: usize,
    /// Between two operations of one sender.
    pub(crate) pace: Duration,
    /// Who could not connect, or was refused for now, tries again after this time, which doubles each
    /// time in a row up to the longest.
    pub(crate) back_off: Duration,
    pub(crate) longest_back_off: Duration,
    /// After so long a silence the client asks whether anybody is there, and after as long again it gives
    /// the connection up.
    pub(crate) silence: Duration,
    /// Nothing that the test waits for takes longer.
    pub(crate) patience: Duration,
}

impl Habits {
    /// As much at once as the server takes, and back as soon as it is there.
    pub(crate) const HASTY: Self = Self {
        pipeline: 8,
        pace: Duration::ZERO,
        back_off: Duration::from_millis(20),
        longest_back_off: Duration::from_millis(20),
        silence: Duration::from_secs(20),
        patience: Duration::from_secs(40),
    };

    /// As the app does it, but for a shorter patience with what is silent.
    pub(crate) const STEADY: Self = Self {
        pipeline: 4,
        pace: Duration::from_millis(400),
        back_off: Duration::from_millis(100),
        longest_back_off: Duration::from_secs(1),
        silence: Duration::from_secs(2),
        patience: Duration::from_secs(60),
    };

    /// How long to wait after so many failures in a row: anything up to the doubled time.
    pub(super) fn back_off_after(&self, failures: u32) -> Duration {
        let most = self.back_off * 2_u32.saturating_pow(failures.min(8));
        let most = most.min(self.longest_back_off);
        if most == self.back_off { most } else { most.mul_f64(rand::rng().random_range(0.2..1.0)) }
    }
}
