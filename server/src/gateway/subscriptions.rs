//! The rooms of one socket and how far it has been told of each.

use std::sync::Arc;

use adda_realtime::Topic;
use tokio::time::Instant;

use crate::features::rooms::RoomRef;

/// One room of a socket.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) room: RoomRef,
    /// Its key in the hub.
    pub(super) key: usize,
    /// While behind: everything up to here was told.
    pub(super) cursor: i64,
    /// The version of the members under which the room was last seen.
    pub(super) members_version: i64,
    /// Whether the client is owed a `sync` even if nothing is new.
    pub(super) owed: bool,
    /// Whether the client's numbers are of this server's epoch.
    pub(super) same_epoch: bool,
    /// When this socket last said that it is typing here.
    pub(super) typed_at: Option<Instant>,
    /// Whether this socket watches the room's presence.
    pub(super) is_open: bool,
}

/// The rooms, by name; most people have few.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    by_name: Vec<Subscription>,
}

impl Subscriptions {
    fn position(&self, name: &str) -> Result<usize, usize> {
        self.by_name.binary_search_by(|subscription| (*subscription.room.name).cmp(name))
    }

    pub(super) fn insert(&mut self, subscription: Subscription) {
        match self.position(&subscription.room.name) {
            Ok(at) => self.by_name[at] = subscription,
            Err(at) => self.by_name.insert(at, subscription),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Subscription> {
        self.position(name).ok().map(|at| &self.by_name[at])
    }

    pub(super) fn by_name(&mut self, name: &str) -> Option<&mut Subscription> {
        self.position(name).ok().map(|at| &mut self.by_name[at])
    }

    pub(super) fn by_topic(&mut self, topic: Topic) -> Option<&mut Subscription> {
        self.by_name.iter_mut().find(|subscription| subscription.room.topic() == topic)
    }

    pub(super) fn remove(&mut self, topic: Topic) -> Option<Subscription> {
        let at = self.by_name.iter().position(|subscription| subscription.room.topic() == topic)?;
        Some(self.by_name.remove(at))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Subscription> {
        self.by_name.iter()
    }

    /// Gives unused memory back after the first filling.
    pub(super) fn shrink(&mut self) {
        self.by_name.shrink_to_fit();
    }
}

impl Subscription {
    pub(super) fn name(&self) -> Arc<str> {
        self.room.name.clone()
    }
}
