//! How many sockets one user and one address may have open.

use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Arc;

use adda_protocol::UserId;
use dashmap::DashMap;

use crate::peer::Peer;

const PER_USER: usize = 50;
const PER_ADDRESS: usize = 1_000;

/// The counts.
#[derive(Debug)]
pub struct Places {
    enabled: bool,
    users: DashMap<UserId, usize>,
    addresses: DashMap<IpAddr, usize>,
    most_of_address: usize,
}

/// A place that is taken, given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    of: Whose,
}

/// All places are taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoPlace;

#[derive(Clone, Copy, Debug)]
enum Whose {
    User(UserId),
    Address(IpAddr),
}

fn take<K: Hash + Eq>(counts: &DashMap<K, usize>, key: K, most: usize) -> bool {
    let mut count = counts.entry(key).or_insert(0);
    let is_free = *count < most;
    *count += usize::from(is_free);
    is_free
}

fn give_back<K: Hash + Eq>(counts: &DashMap<K, usize>, key: &K) {
    counts.remove_if_mut(key, |_, count| {
        *count = count.saturating_sub(1);
        *count == 0
    });
}

impl Places {
    /// No places of `sockets` taken, half of which one address may have at most; without `enabled`
    /// there are places for all.
    #[must_use]
    pub fn new(enabled: bool, sockets: usize) -> Self {
        let most_of_address = PER_ADDRESS.min(sockets / 2);
        Self { enabled, users: DashMap::new(), addresses: DashMap::new(), most_of_address }
    }

    pub(super) fn of_user(self: &Arc<Self>, user: UserId) -> Result<Place, NoPlace> {
        self.place(take(&self.users, user, self.most(PER_USER)), Whose::User(user))
    }

    pub(super) fn of_peer(self: &Arc<Self>, peer: Peer) -> Result<Place, NoPlace> {
        let key = peer.network();
        self.place(take(&self.addresses, key, self.most(self.most_of_address)), Whose::Address(key))
    }

    const fn most(&self, most: usize) -> usize {
        if self.enabled { most } else { usize::MAX }
    }

    fn place(self: &Arc<Self>, taken: bool, of: Whose) -> Result<Place, NoPlace> {
        taken.then(|| Place { places: self.clone(), of }).ok_or(NoPlace)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match self.of {
            Whose::User(user) => give_back(&self.places.users, &user),
            Whose::Address(address) => give_back(&self.places.addresses, &address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_fifty_places_and_gets_them_back() {
        let places = Arc::new(Places::new(true, 10_000));
        let taken: Vec<_> = (0..50).map(|_| places.of_user(7).unwrap()).collect();
        assert!(places.of_user(7).is_err());
        assert!(places.of_user(8).is_ok());
        drop(taken);
        assert!(places.of_user(7).is_ok());
        assert!(places.users.is_empty(), "nobody is remembered without a socket");
    }

    #[test]
    fn an_address_has_a_thousand_places() {
        let places = Arc::new(Places::new(true, 10_000));
        let of = |address: &str| {
            places.of_peer(Peer { address: address.parse().unwrap(), is_https: false })
        };
        let _taken: Vec<_> = (0..1_000).map(|_| of("192.0.2.1").unwrap()).collect();
        assert!(of("192.0.2.1").is_err());
        assert!(of("192.0.2.2").is_ok());
    }

    #[test]
    fn where_there_are_few_an_address_has_half_of_them() {
        let places = Arc::new(Places::new(true, 300));
        let peer = Peer { address: [192, 0, 2, 1].into(), is_https: false };
        let taken: Vec<_> = std::iter::from_fn(|| places.of_peer(peer).ok()).collect();
        assert_eq!(taken.len(), 150);
    }
}
