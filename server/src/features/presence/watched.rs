//! A room that somebody has open: who of its members is online, and what its watchers know of that.
//! Who hides when they are online is not here, and as a watcher sees nobody.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use adda_protocol::UserId;
use adda_protocol::event::{RoomPresence, ServerFrame};
use adda_realtime::{Outbox, SocketId};
use bytes::Bytes;

use crate::features::accounts::Online;

/// Above so many, only the count is sent.
pub(super) const MOST_NAMED: usize = 250;

/// One watched room.
#[derive(Debug)]
pub(super) struct Watched {
    name: Arc<str>,
    /// The version of `members`; nothing before they were read.
    members_version: Option<i64>,
    members: HashSet<UserId>,
    online: HashSet<UserId>,
    watchers: HashMap<SocketId, Arc<Outbox>>,
    /// What the watchers were told last; they are told the difference.
    told: HashSet<UserId>,
}

fn sorted(users: impl Iterator<Item = UserId>) -> Vec<UserId> {
    let mut users: Vec<_> = users.collect();
    users.sort_unstable();
    users
}

impl Watched {
    pub(super) fn new(name: Arc<str>) -> Self {
        Self {
            name,
            members_version: None,
            members: HashSet::new(),
            online: HashSet::new(),
            watchers: HashMap::new(),
            told: HashSet::new(),
        }
    }

    pub(super) fn is_unwatched(&self) -> bool {
        self.watchers.is_empty()
    }

    /// Adds a watcher. The frame is the snapshot for it: what all watchers were told last, which
    /// the next difference continues.
    pub(super) fn watch(&mut self, outbox: &Arc<Outbox>, people: &Online) -> Bytes {
        if self.watchers.is_empty() {
            self.told = self.online.clone();
        }
        self.watchers.insert(outbox.id, outbox.clone());
        self.snapshot(outbox.user_id, people)
    }

    /// The sockets of a watcher.
    pub(super) fn sockets_of(&self, viewer: UserId) -> impl Iterator<Item = &Arc<Outbox>> {
        self.watchers.values().filter(move |outbox| outbox.user_id == viewer)
    }

    /// What a watcher was told last.
    pub(super) fn snapshot(&self, viewer: UserId, people: &Online) -> Bytes {
        if people.privacy().hides_last_seen(viewer) {
            let room = self.name.to_string();
            let nobody = Some(Vec::new());
            return self.frame(RoomPresence {
                room,
                online: nobody,
                joined: None,
                left: None,
                count: 0,
            });
        }
        let named = self.told.len() <= MOST_NAMED;
        self.frame(RoomPresence {
            room: self.name.to_string(),
            online: named.then(|| sorted(self.told.iter().copied())),
            joined: None,
            left: None,
            count: self.told.len() as u64,
        })
    }

    pub(super) fn unwatch(&mut self, socket: SocketId) {
        self.watchers.remove(&socket);
    }

    pub(super) fn members_version(&self) -> Option<i64> {
        self.members_version
    }

    /// The members as the database has them; what is older than what is known changes nothing.
    pub(super) fn set_members(
        &mut self,
        version: i64,
        members: HashSet<UserId>,
        is_online: impl Fn(UserId) -> bool,
    ) {
        if Some(version) > self.members_version {
            self.members_version = Some(version);
            self.online = members.iter().copied().filter(|user| is_online(*user)).collect();
            self.members = members;
        }
    }

    pub(super) fn set_online(&mut self, user: UserId, online: bool) {
        if online && self.members.contains(&user) {
            self.online.insert(user);
        } else {
            self.online.remove(&user);
        }
    }

    /// Tells the watchers what changed since they were told last.
    pub(super) fn flush(&mut self, people: &Online) {
        if self.told == self.online {
            return;
        }
        let named = self.online.len() <= MOST_NAMED && self.told.len() <= MOST_NAMED;
        let shrunk = self.online.len() <= MOST_NAMED && self.told.len() > MOST_NAMED;
        let list = |users: Vec<UserId>| (named && !users.is_empty()).then_some(users);
        let frame = self.frame(RoomPresence {
            room: self.name.to_string(),
            // Watchers who knew only a count need the names from the beginning.
            online: shrunk.then(|| sorted(self.online.iter().copied())),
            joined: list(sorted(self.online.difference(&self.told).copied())),
            left: list(sorted(self.told.difference(&self.online).copied())),
            count: self.online.len() as u64,
        });
        let sees = |outbox: &&Arc<Outbox>| !people.privacy().hides_last_seen(outbox.user_id);
        self.watchers.values().filter(sees).for_each(|outbox| outbox.push_hint(&frame));
        self.told.clone_from(&self.online);
    }

    fn frame(&self, presence: RoomPresence) -> Bytes {
        ServerFrame::RoomPresence(presence).to_bytes()
    }
}
