//! How often somebody may try a password, so that guessing is slow and nobody is kept out by it.
//!
//! Whoever knows a name can use up what is allowed to strangers under it. So strangers are counted by
//! name and address together; by name alone so much more is allowed that only very many addresses
//! use it up. Neither touches a device that was signed in before, which has a bucket of its own, nor
//! somebody who is signed in and changes their password.

use std::net::IpAddr;
use std::time::Duration;

use uuid::Uuid;

use crate::limits::{Limit, TooOften};

/// The buckets.
#[derive(Debug)]
pub(super) struct Throttles {
    registrations: Limit<IpAddr>,
    judgements: Limit<IpAddr>,
    strangers: Limit<IpAddr>,
    strangers_by_name: Limit<(String, IpAddr)>,
    all_strangers_by_name: Limit<String>,
    devices: Limit<Uuid>,
    /// A device is made by each sign-in of a stranger: whoever has the password makes many.
    devices_by_name: Limit<String>,
    changes: Limit<Uuid>,
}

impl Throttles {
    pub(super) fn new(enabled: bool) -> Self {
        fn limit<K: std::hash::Hash + Eq + Clone>(on: bool, burst: u32, ms: u64) -> Limit<K> {
            Limit::new(on, burst, Duration::from_millis(ms))
        }
        Self {
            registrations: limit(enabled, 20, 30_000),
            judgements: limit(enabled, 60, 2_000),
            strangers: limit(enabled, 60, 2_000),
            strangers_by_name: limit(enabled, 10, 6_000),
            all_strangers_by_name: limit(enabled, 1_000, 1_000),
            devices: limit(enabled, 10, 6_000),
            devices_by_name: limit(enabled, 60, 2_000),
            changes: limit(enabled, 10, 6_000),
        }
    }

    /// Somebody tries to sign in: under a name, where what they typed is one, and on a device that was
    /// signed in under it before, if they showed that.
    pub(super) fn sign_in(
        &self,
        name: Option<&str>,
        device: Option<Uuid>,
        address: IpAddr,
    ) -> Result<(), TooOften> {
        if let (Some(name), Some(device)) = (name, device) {
            self.devices.check(&device)?;
            return self.devices_by_name.check(&name.to_owned());
        }
        // What is refused here takes nothing from the name that all strangers share.
        self.strangers.check(&address)?;
        let Some(name) = name else { return Ok(()) };
        self.strangers_by_name.check(&(name.to_owned(), address))?;
        self.all_strangers_by_name.check(&name.to_owned())
    }

    /// Somebody who is signed in tries to change their password.
    pub(super) fn change(&self, session: Uuid) -> Result<(), TooOften> {
        self.changes.check(&session)
    }

    /// A password for a new account is to be judged.
    pub(super) fn judgement(&self, address: IpAddr) -> Result<(), TooOften> {
        self.judgements.check(&address)
    }

    /// An account is to be made.
    pub(super) fn registration(&self, address: IpAddr) -> Result<(), TooOften> {
        self.registrations.check(&address)
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
    use super::*;

    fn address(number: u32) -> IpAddr {
        IpAddr::V4(number.into())
    }

    impl Throttles {
        fn lets_strangers(&self, name: &str, from: u32) -> bool {
            self.sign_in(Some(name), None, address(from)).is_ok()
        }

        fn lets_device(&self, name: &str, device: Uuid) -> bool {
            self.sign_in(Some(name), Some(device), address(1)).is_ok()
        }
    }

    #[test]
    fn who_guesses_at_one_address_uses_up_the_name_there_alone() {
        let throttles = Throttles::new(true);
        while throttles.lets_strangers("mira", 1) {}
        assert!(throttles.lets_strangers("mira", 2));
        assert!(throttles.lets_strangers("ravi", 1));
    }

    #[test]
    fn many_addresses_together_are_let_try_a_name_a_thousand_times() {
        let throttles = Throttles::new(true);
        let tried = |from: &u32| (0..10).all(|_| throttles.lets_strangers("mira", *from));
        let addresses = (0..10_000).take_while(tried).count();
        assert!((100..110).contains(&addresses), "{addresses}");
        assert!(!throttles.lets_strangers("mira", 20_000));
        assert!(throttles.lets_strangers("ravi", 20_000));
        assert!(throttles.lets_device("mira", Uuid::new_v4()), "devices are no strangers");
        assert!(throttles.change(Uuid::new_v4()).is_ok(), "nor is who is signed in");
    }

    #[test]
    fn a_device_tries_ten_times_and_many_devices_of_one_name_sixty() {
        let throttles = Throttles::new(true);
        let device = Uuid::new_v4();
        let tries = (0..100).take_while(|_| throttles.lets_device("mira", device)).count();
        assert_eq!(tries, 10);
        let more = (0..100).take_while(|_| throttles.lets_device("mira", Uuid::new_v4())).count();
        assert!((49..=51).contains(&more), "{more}");
        assert!(throttles.lets_strangers("mira", 1));
    }
}
