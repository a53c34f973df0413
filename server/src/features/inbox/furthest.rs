//! How far a public room has been read by anybody else: its two greatest read marks, told at most
//! every two seconds. Whoever has the greatest mark is sent the second greatest: how far the others have read.
//!
//! Whoever hides what they have read does not count, and is told nothing.
//!
//! It is a hint, kept in memory: a node that has just started knows none, and learns as people read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use adda_protocol::UserId;
use adda_protocol::event::{Receipt, ServerFrame};
use adda_realtime::{Broker, Envelope, Topic};
use tokio::time::MissedTickBehavior;

use crate::features::accounts::{Privacy, RECEIPT};
use crate::features::rooms::RoomAccess;
use crate::tasks::Tasks;

/// How often a room's members are told.
const EVERY: Duration = Duration::from_secs(2);
/// So many people's marks are told: enough for everybody to have one that is not their own.
const TOLD: usize = 2;

#[derive(Debug)]
struct Mark {
    user_id: UserId,
    read_seq: i64,
    is_told: bool,
}

#[derive(Debug)]
struct Room {
    name: Arc<str>,
    members_version: i64,
    /// The greatest first.
    marks: Vec<Mark>,
}

/// How far the rooms that are being read have been read.
#[derive(Debug)]
pub(super) struct Furthest {
    privacy: Arc<Privacy>,
    rooms: Mutex<HashMap<Topic, Room>>,
}

async fn tell(furthest: Weak<Furthest>, broker: Arc<dyn Broker>) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let Some(furthest) = furthest.upgrade() else { return };
        furthest.flush().into_iter().for_each(|envelope| broker.publish(envelope));
    }
}

impl Furthest {
    /// Begins to tell, until everybody else has dropped it.
    pub(super) fn start(
        privacy: Arc<Privacy>,
        broker: Arc<dyn Broker>,
        tasks: &Tasks,
    ) -> Arc<Self> {
        let furthest = Arc::new(Self { privacy, rooms: Mutex::default() });
        let weak = Arc::downgrade(&furthest);
        tasks.spawn("how far rooms were read", move || tell(weak.clone(), broker.clone()));
        furthest
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Topic, Room>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody has read up to here.
    pub(super) fn read(&self, access: &RoomAccess, user_id: UserId, read_seq: i64) {
        if self.privacy.hides_receipts(user_id) {
            return;
        }
        let mut rooms = self.lock();
        let room = rooms.entry(access.room.topic()).or_insert_with(|| Room {
            name: access.room.name.clone(),
            members_version: access.members_version,
            marks: Vec::new(),
        });
        room.members_version = room.members_version.max(access.members_version);
        room.marks.retain(|mark| mark.user_id != user_id);
        // Of two who have read as far, the one who came first stands first.
        let index = room.marks.partition_point(|mark| mark.read_seq >= read_seq);
        if index < TOLD {
            room.marks.insert(index, Mark { user_id, read_seq, is_told: false });
            room.marks.truncate(TOLD);
        }
    }

    /// What the rooms' members are to be told since the last time.
    pub(super) fn flush(&self) -> Vec<Envelope> {
        let mut envelopes = Vec::new();
        for (topic, room) in &mut *self.lock() {
            // Whoever decided to hide theirs since is forgotten here.
            room.marks.retain(|mark| !self.privacy.hides_receipts(mark.user_id));
            for mark in room.marks.iter_mut().filter(|mark| !mark.is_told) {
                mark.is_told = true;
                let receipt = Receipt {
                    room: room.name.to_string(),
                    user_id: mark.user_id,
                    delivered_seq: None,
                    read_seq: mark.read_seq,
                    unread: None,
                    mentions: None,
                    last_seq: None,
                };
                envelopes.push(Envelope::Hint {
                    topic: *topic,
                    members_version: room.members_version,
                    from: mark.user_id,
                    kind: RECEIPT,
                    frame: ServerFrame::Receipt(receipt).to_bytes(),
                });
            }
        }
        envelopes
    }
}
