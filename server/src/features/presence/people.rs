//! People whom somebody looks at: who of them is online, and whose sockets want to know.
//!
//! Costs nothing for whom nobody looks at, however many come and go. Who hides when they are
//! online is offline here, and as a watcher sees nobody.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use adda_protocol::event::{PersonPresence, ServerFrame};
use adda_protocol::{Timestamp, UserId};
use adda_realtime::{Outbox, SocketId};

use crate::features::accounts::Online;

/// Somebody whom others look at.
#[derive(Debug)]
struct Person {
    watchers: HashMap<SocketId, Arc<Outbox>>,
    /// What the watchers were told last.
    told: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct People {
    watched: HashMap<UserId, Person>,
    /// Whose devices came or went since the watchers were told last.
    changed: HashSet<UserId>,
}

impl People {
    /// Adds a watcher of somebody. Answers what the watchers of that person were told last, which
    /// the next frame continues.
    pub(super) fn watch(&mut self, user: UserId, is_online: bool, outbox: &Arc<Outbox>) -> bool {
        let person = self
            .watched
            .entry(user)
            .or_insert_with(|| Person { watchers: HashMap::new(), told: is_online });
        person.watchers.insert(outbox.id, outbox.clone());
        person.told
    }

    /// The sockets of a watcher, and whom each of them watches.
    pub(super) fn watched_by(&self, viewer: UserId) -> Vec<(Arc<Outbox>, Vec<UserId>)> {
        let mut sockets: HashMap<SocketId, (Arc<Outbox>, Vec<UserId>)> = HashMap::new();
        for (user, person) in &self.watched {
            let watchers = person.watchers.values();
            for outbox in watchers.filter(|outbox| outbox.user_id == viewer) {
                let socket = sockets.entry(outbox.id);
                socket.or_insert_with(|| (outbox.clone(), Vec::new())).1.push(*user);
            }
        }
        sockets.into_values().collect()
    }

    pub(super) fn unwatch(&mut self, user: UserId, socket: SocketId) {
        if let Some(person) = self.watched.get_mut(&user) {
            person.watchers.remove(&socket);
            if person.watchers.is_empty() {
                self.watched.remove(&user);
                self.changed.remove(&user);
            }
        }
    }

    /// Somebody's first device came, or their last one went for good.
    pub(super) fn has_changed(&mut self, user: UserId) {
        if self.watched.contains_key(&user) {
            self.changed.insert(user);
        }
    }

    /// Tells the watchers what changed since they were told last. Whoever is offline was seen at
    /// `now`. Answers how many frames that took.
    pub(super) fn flush(&mut self, people: &Online, now: Timestamp) -> usize {
        let mut frames = 0;
        for user_id in std::mem::take(&mut self.changed) {
            let Some(person) = self.watched.get_mut(&user_id) else { continue };
            let online = people.shows(user_id);
            if person.told == online {
                continue;
            }
            person.told = online;
            let hides = |user| people.privacy().hides_last_seen(user);
            let last_seen_at = (!online && !hides(user_id)).then_some(now);
            let frame = ServerFrame::Presence(PersonPresence { user_id, online, last_seen_at });
            let frame = frame.to_bytes();
            for outbox in person.watchers.values().filter(|outbox| !hides(outbox.user_id)) {
                outbox.push_hint(&frame);
                frames += 1;
            }
        }
        frames
    }
}
