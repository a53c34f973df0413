//! The connections that are open: how many there are, whose they are, and who makes room.
//!
//! A connection without a request costs its owner nothing, so whoever has many of them must not keep
//! others out. When an address has as many as it may, the one of its own that has been idle longest
//! ends for the newcomer; when the server has, that of anybody, if it was given a moment to ask.
//! Connections that became sockets are counted as well, and leave room for requests.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::open_files::Capacity;

/// Connections of one address that are no sockets; fewer where there are few in all.
const MOST_OF_ADDRESS: usize = 512;
/// A connection has this time to ask for something before it makes room for a stranger.
const TIME_TO_ASK: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Connections {
    capacity: Capacity,
    most_of_address: usize,
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct State {
    count: usize,
    sockets: usize,
    addresses: HashMap<IpAddr, usize>,
    /// The idle ones, in the order in which they became idle.
    idle: BTreeMap<u64, Idle>,
    idle_of_address: BTreeSet<(IpAddr, u64)>,
    next_sequence: u64,
}

#[derive(Debug)]
struct Idle {
    since: Instant,
    network: Option<IpAddr>,
    must_leave: Arc<Notify>,
}

/// One connection's slot, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct ConnectionSlot {
    connections: Arc<Connections>,
    /// Whose it is; nobody's when it is a proxy's, which stands for many.
    network: Option<IpAddr>,
    must_leave: Arc<Notify>,
    doing: Mutex<Doing>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// Nothing, since this one in the order.
    Idle(u64),
    Request,
    Socket,
}

/// As long as this is kept, the connection is in a request.
#[derive(Debug)]
pub(super) struct Busy(Arc<ConnectionSlot>);

/// As long as this is kept, the connection's request waits for its body, which is no more than being idle.
#[derive(Debug)]
pub(super) struct AwaitsBody(Arc<ConnectionSlot>);

/// There are as many sockets as there may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoRoom;

impl State {
    fn idles(&mut self, network: Option<IpAddr>, must_leave: &Arc<Notify>) -> Doing {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        let must_leave = must_leave.clone();
        self.idle.insert(sequence, Idle { since: Instant::now(), network, must_leave });
        self.idle_of_address.extend(network.map(|network| (network, sequence)));
        Doing::Idle(sequence)
    }

    fn is_idle_no_more(&mut self, sequence: u64) -> Option<Idle> {
        let idle = self.idle.remove(&sequence)?;
        if let Some(network) = idle.network {
            self.idle_of_address.remove(&(network, sequence));
        }
        Some(idle)
    }

    /// Tells this one to leave.
    fn send_away(&mut self, sequence: u64) {
        if let Some(idle) = self.is_idle_no_more(sequence) {
            idle.must_leave.notify_one();
        }
    }

    fn is_not_of_address(&mut self, network: Option<IpAddr>) {
        let Some(network) = network else { return };
        if let Some(count) = self.addresses.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                self.addresses.remove(&network);
            }
        }
    }
}

impl Connections {
    /// Nobody is connected; without `limited` no address has too many.
    #[must_use]
    pub(crate) fn new(capacity: Capacity, limited: bool) -> Arc<Self> {
        let most = MOST_OF_ADDRESS.min(capacity.connections / 4);
        let most_of_address = if limited { most } else { usize::MAX };
        let (state, freed) = (Mutex::default(), Notify::new());
        Arc::new(Self { capacity, most_of_address, state, freed })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.lock().count
    }

    /// Waits until one more may be accepted.
    pub(super) async fn room(&self) {
        while let Some(wait) = self.make_room() {
            tokio::select! {
                () = self.freed.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// When there is no room: for how long none can be made.
    fn make_room(&self) -> Option<Duration> {
        let mut state = self.lock();
        if state.count < self.capacity.connections {
            return None;
        }
        let Some((sequence, idle)) = state.idle.first_key_value() else { return Some(TIME_TO_ASK) };
        let (sequence, had) = (*sequence, idle.since.elapsed());
        if had < TIME_TO_ASK {
            return Some(TIME_TO_ASK - had);
        }
        state.send_away(sequence);
        Some(TIME_TO_ASK)
    }

    /// A slot for a connection of this network, or of nobody in particular; `None` when the network
    /// has as many as it may and all of them are in requests.
    pub(super) fn admit(self: &Arc<Self>, network: Option<IpAddr>) -> Option<Arc<ConnectionSlot>> {
        let must_leave = Arc::new(Notify::new());
        let mut state = self.lock();
        if let Some(network) = network {
            if state.addresses.get(&network).is_some_and(|count| *count >= self.most_of_address) {
                let all = (network, 0)..=(network, u64::MAX);
                let (_, sequence) = *state.idle_of_address.range(all).next()?;
                state.send_away(sequence);
            }
            *state.addresses.entry(network).or_default() += 1;
        }
        state.count += 1;
        let doing = Mutex::new(state.idles(network, &must_leave));
        drop(state);
        Some(Arc::new(ConnectionSlot { connections: self.clone(), network, must_leave, doing }))
    }
}

impl ConnectionSlot {
    /// Changes what the connection does, unless it became a socket.
    fn does(&self, request: bool) {
        let mut doing = self.doing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.connections.lock();
        match (*doing, request) {
            (Doing::Idle(sequence), true) => {
                state.is_idle_no_more(sequence);
                *doing = Doing::Request;
            }
            (Doing::Request, false) => *doing = state.idles(self.network, &self.must_leave),
            _ => {}
        }
    }

    /// A request has begun.
    pub(super) fn is_busy(self: &Arc<Self>) -> Busy {
        self.does(true);
        Busy(self.clone())
    }

    /// The request that has begun waits for its body.
    pub(super) fn awaits_body(self: &Arc<Self>) -> AwaitsBody {
        self.does(false);
        AwaitsBody(self.clone())
    }

    /// Waits until the connection must make room: it was told to, and is still idle.
    pub(super) async fn must_leave(&self) {
        loop {
            self.must_leave.notified().await;
            let doing = self.doing.lock().unwrap_or_else(PoisonError::into_inner);
            if matches!(*doing, Doing::Idle(_)) {
                return;
            }
        }
    }

    /// The connection is a socket from now on.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub(crate) fn becomes_socket(&self) -> Result<(), NoRoom> {
        let mut doing = self.doing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.connections.lock();
        if state.sockets >= self.connections.capacity.sockets {
            return Err(NoRoom);
        }
        state.sockets += 1;
        if let Doing::Idle(sequence) = *doing {
            state.is_idle_no_more(sequence);
        }
        state.is_not_of_address(self.network);
        *doing = Doing::Socket;
        Ok(())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.does(false);
    }
}

impl Drop for AwaitsBody {
    fn drop(&mut self) {
        self.0.does(true);
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let doing = *self.doing.get_mut().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.connections.lock();
        state.count -= 1;
        match doing {
            Doing::Socket => state.sockets -= 1,
            Doing::Request => state.is_not_of_address(self.network),
            Doing::Idle(sequence) => {
                state.is_idle_no_more(sequence);
                state.is_not_of_address(self.network);
            }
        }
        drop(state);
        self.connections.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn connections(connections: usize, sockets: usize) -> Arc<Connections> {
        Connections::new(Capacity { connections, sockets }, true)
    }

    fn network(last: u8) -> Option<IpAddr> {
        Some([192, 0, 2, last].into())
    }

    fn must_leave(slot: &ConnectionSlot) -> bool {
        slot.must_leave().now_or_never().is_some()
    }

    #[test]
    fn an_address_that_has_all_it_may_gives_up_what_was_idle_longest() {
        let connections = connections(4_000, 1_000);
        let slots: Vec<_> =
            (0..MOST_OF_ADDRESS).map(|_| connections.admit(network(1)).unwrap()).collect();
        let _busy = slots[0].is_busy();
        drop(slots[1].is_busy());
        assert!(slots.iter().all(|slot| !must_leave(slot)));
        let _newcomer = connections.admit(network(1)).unwrap();
        let leaving: Vec<_> = (0..slots.len()).filter(|at| must_leave(&slots[*at])).collect();
        assert_eq!(leaving, [2], "neither the busy one nor the one that just was");
        let _other = connections.admit(network(2)).unwrap();
        assert!(slots.iter().all(|slot| !must_leave(slot)), "others are no concern of it");
    }

    #[test]
    fn who_sends_no_body_makes_room_like_who_asks_nothing() {
        let connections = connections(4_000, 1_000);
        let slots: Vec<_> =
            (0..MOST_OF_ADDRESS).map(|_| connections.admit(network(1)).unwrap()).collect();
        let _busy: Vec<_> = slots.iter().map(ConnectionSlot::is_busy).collect();
        assert!(connections.admit(network(1)).is_none());
        let awaits = slots[3].awaits_body();
        drop(slots[2].awaits_body());
        let newcomer = connections.admit(network(1)).unwrap();
        let _busy_too = newcomer.is_busy();
        assert!(must_leave(&slots[3]) && !must_leave(&slots[2]));
        drop(awaits);
        assert!(connections.admit(network(1)).is_none(), "a body that is there is answered");
    }

    #[test]
    fn an_address_whose_connections_are_all_in_requests_gets_no_more() {
        let connections = connections(4_000, 1_000);
        let slot = || connections.admit(network(1));
        let slots: Vec<_> = (0..MOST_OF_ADDRESS).map(|_| slot().unwrap()).collect();
        let mut busy: Vec<_> = slots.iter().map(ConnectionSlot::is_busy).collect();
        assert!(slot().is_none());
        // A proxy stands for many, and is never one too many.
        assert!(connections.admit(None).is_some());
        busy.pop();
        assert!(slot().is_some());
        drop((slots, busy));
        assert!(connections.lock().addresses.is_empty(), "nobody is remembered without one");
        assert_eq!(connections.lock().count, 0);
    }

    #[test]
    fn who_asks_for_something_in_the_last_moment_may_stay() {
        let connections = connections(4_000, 1_000);
        let slots: Vec<_> =
            (0..MOST_OF_ADDRESS).map(|_| connections.admit(network(1)).unwrap()).collect();
        let _newcomer = connections.admit(network(1)).unwrap();
        let _busy = slots[0].is_busy();
        assert!(!must_leave(&slots[0]));
    }

    #[test]
    fn sockets_leave_room_for_requests() {
        let connections = connections(4, 2);
        let slots: Vec<_> = (0..3).map(|_| connections.admit(network(1)).unwrap()).collect();
        assert!(slots[0].becomes_socket().is_ok() && slots[1].becomes_socket().is_ok());
        assert!(slots[2].becomes_socket().is_err());
        assert_eq!(connections.lock().addresses[&network(1).unwrap()], 1);
        drop(slots);
        let slot = connections.admit(network(1)).unwrap();
        assert!(slot.becomes_socket().is_ok());
    }

    #[tokio::test]
    async fn a_full_server_makes_room_once_somebody_had_time_to_ask() {
        let connections = connections(2, 1);
        let socket = connections.admit(network(1)).unwrap();
        socket.becomes_socket().unwrap();
        let idle = connections.admit(network(2)).unwrap();
        assert!(connections.room().now_or_never().is_none(), "it has just come");
        let leaves = tokio::spawn(async move {
            idle.must_leave().await;
        });
        connections.room().await;
        leaves.await.unwrap();
        assert!(connections.admit(network(3)).is_some());
    }
}
