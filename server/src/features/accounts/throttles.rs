//! How often somebody may try a password, so that guessing is slow and nobody is kept out by it.
//!
//! Whoever knows a name can use up what is allowed to strangers under it. So strangers are counted by
//! name and address together; by name alone so much more is allowed that only very many addresses
//! use it up. Neither touches a device that was signed in before, which has a bucket of its own, nor
//! somebody who is signed in and changes their password.
//!
//! Whoever guesses at several nodes gets no further than at one: the buckets are shared.

use std::net::IpAddr;
use std::time::Duration;

use uuid::Uuid;

use crate::limits::{Limit, SharedBuckets, SharedLimit, TooOften};

/// The buckets.
#[derive(Debug)]
pub(super) struct Throttles {
    registrations: SharedLimit<IpAddr>,
    judgements: Limit<IpAddr>,
    strangers: SharedLimit<IpAddr>,
    /// By address and name.
    strangers_by_name: SharedLimit<String>,
    all_strangers_by_name: SharedLimit<String>,
    devices: SharedLimit<Uuid>,
    /// A device is made by each sign-in of a stranger: whoever has the password makes many.
    devices_by_name: SharedLimit<String>,
    changes: SharedLimit<Uuid>,
}

impl Throttles {
    pub(super) fn new(enabled: bool, shared: Option<&SharedBuckets>) -> Self {
        fn limit<K: std::hash::Hash + Eq + Clone + ToString>(
            (enabled, shared): (bool, Option<&SharedBuckets>),
            name: &'static str,
            burst: u32,
            ms: u64,
        ) -> SharedLimit<K> {
            SharedLimit::new(name, enabled, burst, Duration::from_millis(ms), shared.cloned())
        }
        let of = (enabled, shared);
        Self {
            registrations: limit(of, "registrations", 20, 30_000),
            judgements: Limit::new(enabled, 60, Duration::from_secs(2)),
            strangers: limit(of, "strangers", 60, 2_000),
            strangers_by_name: limit(of, "strangers by name", 10, 6_000),
            all_strangers_by_name: limit(of, "all strangers by name", 1_000, 1_000),
            devices: limit(of, "devices", 10, 6_000),
            devices_by_name: limit(of, "devices by name", 60, 2_000),
            changes: limit(of, "changes", 10, 6_000),
        }
    }

    /// Somebody tries to sign in: under a name, where what they typed is one, and on a device that was
    /// signed in under it before, if they showed that.
    pub(super) async fn sign_in(
        &self,
        name: Option<&str>,
        device: Option<Uuid>,
        address: IpAddr,
    ) -> Result<(), TooOften> {
        if let (Some(name), Some(device)) = (name, device) {
            self.devices.check(&device).await?;
            return self.devices_by_name.check(&name.to_owned()).await;
        }
        // What is refused here takes nothing from the name that all strangers share.
        self.strangers.check(&address).await?;
        let Some(name) = name else { return Ok(()) };
        self.strangers_by_name.check(&format!("{address} {name}")).await?;
        self.all_strangers_by_name.check(&name.to_owned()).await
    }

    /// Somebody who is signed in tries to change their password.
    pub(super) async fn change(&self, session: Uuid) -> Result<(), TooOften> {
        self.changes.check(&session).await
    }

    /// A password for a new account is to be judged.
    pub(super) fn judgement(&self, address: IpAddr) -> Result<(), TooOften> {
        self.judgements.check(&address)
    }

    /// An account is to be made.
    pub(super) async fn registration(&self, address: IpAddr) -> Result<(), TooOften> {
        self.registrations.check(&address).await
    }

    /// Forgets what need not be remembered.
    pub(super) fn purge(&self) {
        self.registrations.purge();
        self.judgements.purge();
        self.strangers.purge();
        self.strangers_by_name.purge();
        self.all_strangers_by_name.purge();
        self.devices.purge();
        self.devices_by_name.purge();
        self.changes.purge();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    /// Nothing is waited for where nothing is shared.
    fn at_once<T>(future: impl Future<Output = T>) -> T {
        future.now_or_never().unwrap()
    }

    fn address(number: u32) -> IpAddr {
        IpAddr::V4(number.into())
    }

    impl Throttles {
        fn lets_strangers(&self, name: &str, from: u32) -> bool {
            at_once(self.sign_in(Some(name), None, address(from))).is_ok()
        }

        fn lets_device(&self, name: &str, device: Uuid) -> bool {
            at_once(self.sign_in(Some(name), Some(device), address(1))).is_ok()
        }
    }

    #[test]
    fn who_guesses_at_one_address_uses_up_the_name_there_alone() {
        let throttles = Throttles::new(true, None);
        while throttles.lets_strangers("mira", 1) {}
        assert!(throttles.lets_strangers("mira", 2));
        assert!(throttles.lets_strangers("ravi", 1));
    }

    #[test]
    fn many_addresses_together_are_let_try_a_name_a_thousand_times() {
        let throttles = Throttles::new(true, None);
        let tried = |from: &u32| (0..10).all(|_| throttles.lets_strangers("mira", *from));
        let addresses = (0..10_000).take_while(tried).count();
        assert!((100..110).contains(&addresses), "{addresses}");
        assert!(!throttles.lets_strangers("mira", 20_000));
        assert!(throttles.lets_strangers("ravi", 20_000));
        assert!(throttles.lets_device("mira", Uuid::new_v4()), "devices are no strangers");
        assert!(at_once(throttles.change(Uuid::new_v4())).is_ok(), "nor is who is signed in");
    }

    #[test]
    fn a_device_tries_ten_times_and_many_devices_of_one_name_sixty() {
        let throttles = Throttles::new(true, None);
        let device = Uuid::new_v4();
        let tries = (0..100).take_while(|_| throttles.lets_device("mira", device)).count();
        assert_eq!(tries, 10);
        let more = (0..100).take_while(|_| throttles.lets_device("mira", Uuid::new_v4())).count();
        assert!((49..=51).contains(&more), "{more}");
        assert!(throttles.lets_strangers("mira", 1));
    }
}
