//! How often somebody may do something: token buckets by key, in memory, per node; a few are shared by all
//! nodes (`shared`).

mod shared;

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

pub(crate) use self::shared::{SharedBuckets, SharedLimit};

/// Too often: come back after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooOften(pub Duration);

impl TooOften {
    /// Milliseconds to wait, at least one.
    #[must_use]
    pub(crate) fn retry_after_ms(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX).max(1)
    }
}

/// A token bucket for each key.
#[derive(Debug)]
pub(crate) struct Limit<K: Hash + Eq + Clone> {
    buckets: Option<DefaultKeyedRateLimiter<K>>,
    clock: DefaultClock,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    /// `burst` at once, then one more every `period`. When `enabled` is false, nothing is limited.
    #[must_use]
    pub(crate) fn new(enabled: bool, burst: u32, period: Duration) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(period).map(|quota| quota.allow_burst(burst));
        let buckets = quota.filter(|_| enabled).map(RateLimiter::keyed);
        Self { buckets, clock: DefaultClock::default() }
    }

    /// Takes one from the key's bucket.
    ///
    /// # Errors
    /// [`TooOften`] when it is empty.
    pub(crate) fn check(&self, key: &K) -> Result<(), TooOften> {
        match &self.buckets {
            None => Ok(()),
            Some(buckets) => buckets
                .check_key(key)
                .map_err(|until| TooOften(until.wait_time_from(self.clock.now()))),
        }
    }

    /// Forgets the keys whose buckets are full again.
    pub(crate) fn purge(&self) {
        if let Some(buckets) = &self.buckets {
            buckets.retain_recent();
            buckets.shrink_to_fit();
        }
    }
}

/// What counts as one address: an IPv4 address, or the /64 network of an IPv6 one.
#[must_use]
pub(crate) fn address_key(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let network = u128::from(v6) & !u128::from(u64::MAX);
            IpAddr::V6(network.into())
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_the_caller_is_told_how_long_to_wait() {
        let limit = Limit::new(true, 3, Duration::from_secs(60));
        for _ in 0..3 {
            assert_eq!(limit.check(&"mira"), Ok(()));
        }
        let TooOften(wait) = limit.check(&"mira").unwrap_err();
        assert!(wait > Duration::from_secs(50) && wait <= Duration::from_secs(60), "{wait:?}");
        assert_eq!(limit.check(&"ravi"), Ok(()), "each key has its own bucket");
    }

    #[test]
    fn nothing_is_limited_when_limits_are_off() {
        let limit = Limit::new(false, 1, Duration::from_secs(60));
        assert!((0..1_000).all(|_| limit.check(&1).is_ok()));
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let key = |text: &str| address_key(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
    }
}
