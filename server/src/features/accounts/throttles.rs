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

/// Who tries to sign in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Caller {
    /// A device that was signed in under this name before.
    Device(Uuid),
    /// Anybody, from this address.
    Stranger(IpAddr),
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

    /// Somebody tries to sign in under a name, where what they typed is one.
    pub(super) fn sign_in(&self, name: Option<&str>, caller: Caller) -> Result<(), TooOften> {
        match (caller, name) {
            (Caller::Device(device), Some(name)) => {
                self.devices.check(&device)?;
                self.devices_by_name.check(&name.to_owned())
            }
            (Caller::Stranger(address), Some(name)) => {
                // What is refused here takes nothing from the name that all strangers share.
                self.strangers.check(&address)?;
                self.strangers_by_name.check(&(name.to_owned(), address))?;
                self.all_strangers_by_name.check(&name.to_owned())
            }
            (Caller::Stranger(address), None) => self.strangers.check(&address),
            // A device is one of a name.
            (Caller::Device(_), None) => Ok(()),
        }
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

    fn stranger(number: u32) -> Caller {
        Caller::Stranger(IpAddr::V4(number.into()))
    }

    #[test]
    fn who_guesses_at_one_address_uses_up_the_name_there_alone() {
        let throttles = Throttles::new(true);
        while throttles.sign_in(Some("mira"), stranger(1)).is_ok() {}
        assert!(throttles.sign_in(Some("mira"), stranger(2)).is_ok());
        assert!(throttles.sign_in(Some("ravi"), stranger(1)).is_ok());
    }

    #[test]
    fn many_addresses_together_are_let_try_a_name_a_thousand_times() {
        let throttles = Throttles::new(true);
        let tried =
            |number| (0..10).all(|_| throttles.sign_in(Some("mira"), stranger(number)).is_ok());
        let addresses = (0..10_000).take_while(|number| tried(*number)).count();
        assert!((100..110).contains(&addresses), "{addresses}");
        assert!(throttles.sign_in(Some("mira"), stranger(20_000)).is_err());
        assert!(throttles.sign_in(Some("ravi"), stranger(20_000)).is_ok());
        let device = Caller::Device(Uuid::new_v4());
        assert!(throttles.sign_in(Some("mira"), device).is_ok(), "devices are no strangers");
        assert!(throttles.change(Uuid::new_v4()).is_ok(), "nor is who is signed in");
    }

    #[test]
    fn a_device_tries_ten_times_and_many_devices_of_one_name_sixty() {
        let throttles = Throttles::new(true);
        let device = Caller::Device(Uuid::new_v4());
        let tries =
            (0..100).take_while(|_| throttles.sign_in(Some("mira"), device).is_ok()).count();
        assert_eq!(tries, 10);
        let more = (0..100).take_while(|_| {
            throttles.sign_in(Some("mira"), Caller::Device(Uuid::new_v4())).is_ok()
        });
        assert!((49..=51).contains(&more.count()));
        assert!(throttles.sign_in(Some("mira"), stranger(1)).is_ok());
    }
}
