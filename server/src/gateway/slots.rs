//! How many sockets one user and one address may have open, and how many of them may not have said yet
//! whose they are.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use adda_protocol::UserId;
use dashmap::DashMap;
use tokio::sync::Notify;

use crate::peer::Peer;

const PER_USER: usize = 50;
const PER_ADDRESS: usize = 1_000;
/// An app says whose it is at once, so that these are many who come at the same moment.
const STRANGERS_PER_ADDRESS: usize = 250;

/// The counts.
#[derive(Debug)]
pub(crate) struct SocketSlots {
    enabled: bool,
    users: DashMap<UserId, usize>,
    addresses: DashMap<IpAddr, usize>,
    most_of_address: usize,
    /// Of each address, in the order in which they came.
    strangers: DashMap<IpAddr, BTreeMap<u64, Arc<Notify>>>,
    next_stranger: AtomicU64,
}

/// A slot that is taken, given back when dropped.
#[derive(Debug)]
pub(super) struct SocketSlot {
    slots: Arc<SocketSlots>,
    of: Whose,
}

/// A socket of which it is not known yet whose it is.
#[derive(Debug)]
pub(super) struct Stranger {
    slots: Arc<SocketSlots>,
    network: IpAddr,
    number: u64,
    must_leave: Arc<Notify>,
}

/// All slots are taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoSlot;

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

impl SocketSlots {
    /// No slots of `sockets` taken, half of which one address may have at most; without `enabled`
    /// there are slots for all.
    #[must_use]
    pub(crate) fn new(enabled: bool, sockets: usize) -> Self {
        let most_of_address = PER_ADDRESS.min(sockets / 2);
        Self {
            enabled,
            users: DashMap::new(),
            addresses: DashMap::new(),
            most_of_address,
            strangers: DashMap::new(),
            next_stranger: AtomicU64::new(0),
        }
    }

    pub(super) fn of_user(self: &Arc<Self>, user: UserId) -> Result<SocketSlot, NoSlot> {
        self.slot(take(&self.users, user, self.most(PER_USER)), Whose::User(user))
    }

    pub(super) fn of_peer(self: &Arc<Self>, peer: Peer) -> Result<SocketSlot, NoSlot> {
        let key = peer.network();
        self.slot(take(&self.addresses, key, self.most(self.most_of_address)), Whose::Address(key))
    }

    /// Counts a socket that does not say yet whose it is. Whoever has been silent longest leaves where its
    /// address has too many of them, so that silence keeps nobody out.
    pub(super) fn stranger(self: &Arc<Self>, peer: Peer) -> Stranger {
        let (network, must_leave) = (peer.network(), Arc::new(Notify::new()));
        let number = self.next_stranger.fetch_add(1, Ordering::Relaxed);
        let mut strangers = self.strangers.entry(network).or_default();
        if strangers.len() >= self.most(STRANGERS_PER_ADDRESS)
            && let Some((_, longest)) = strangers.pop_first()
        {
            longest.notify_one();
        }
        strangers.insert(number, must_leave.clone());
        drop(strangers);
        Stranger { slots: self.clone(), network, number, must_leave }
    }

    const fn most(&self, most: usize) -> usize {
        if self.enabled { most } else { usize::MAX }
    }

    fn slot(self: &Arc<Self>, taken: bool, of: Whose) -> Result<SocketSlot, NoSlot> {
        taken.then(|| SocketSlot { slots: self.clone(), of }).ok_or(NoSlot)
    }
}

impl Drop for SocketSlot {
    fn drop(&mut self) {
        match self.of {
            Whose::User(user) => give_back(&self.slots.users, &user),
            Whose::Address(address) => give_back(&self.slots.addresses, &address),
        }
    }
}

impl Stranger {
    /// Waits until it is told to leave.
    pub(super) async fn must_leave(&self) {
        self.must_leave.notified().await;
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.slots.strangers.remove_if_mut(&self.network, |_, strangers| {
            strangers.remove(&self.number);
            strangers.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_fifty_places_and_gets_them_back() {
        let slots = Arc::new(SocketSlots::new(true, 10_000));
        let taken: Vec<_> = (0..50).map(|_| slots.of_user(7).unwrap()).collect();
        assert!(slots.of_user(7).is_err());
        assert!(slots.of_user(8).is_ok());
        drop(taken);
        assert!(slots.of_user(7).is_ok());
        assert!(slots.users.is_empty(), "nobody is remembered without a socket");
    }

    #[test]
    fn an_address_has_a_thousand_places() {
        let slots = Arc::new(SocketSlots::new(true, 10_000));
        let of = |address: &str| {
            slots.of_peer(Peer { address: address.parse().unwrap(), is_https: false })
        };
        let _taken: Vec<_> = (0..1_000).map(|_| of("192.0.2.1").unwrap()).collect();
        assert!(of("192.0.2.1").is_err());
        assert!(of("192.0.2.2").is_ok());
    }

    #[test]
    fn of_too_many_that_are_silent_the_one_that_was_longest_leaves() {
        use futures_util::FutureExt;
        let slots = Arc::new(SocketSlots::new(true, 10_000));
        let peer = |last| Peer { address: [192, 0, 2, last].into(), is_https: false };
        let mut silent: Vec<_> =
            (0..STRANGERS_PER_ADDRESS).map(|_| slots.stranger(peer(1))).collect();
        drop(silent.remove(0));
        silent.push(slots.stranger(peer(1)));
        let leaves = |stranger: &Stranger| stranger.must_leave().now_or_never().is_some();
        assert!(!silent.iter().any(leaves));
        let _elsewhere = slots.stranger(peer(2));
        let _newcomer = slots.stranger(peer(1));
        let left: Vec<_> = (0..silent.len()).filter(|at| leaves(&silent[*at])).collect();
        assert_eq!(left, [0]);
        drop((silent, _elsewhere, _newcomer));
        assert!(slots.strangers.is_empty());
    }

    #[test]
    fn where_there_are_few_an_address_has_half_of_them() {
        let slots = Arc::new(SocketSlots::new(true, 300));
        let peer = Peer { address: [192, 0, 2, 1].into(), is_https: false };
        let taken: Vec<_> = std::iter::from_fn(|| slots.of_peer(peer).ok()).collect();
        assert_eq!(taken.len(), 150);
    }
}
