//! The batch that nearly all are: new messages of members. It needs no conversation with the database, and
//! that is most of what a lone message costs.
//!
//! It is stored as one transaction, if each message is by a member whose account stands, in a room that
//! has its people, under a `client_id` that is new. Otherwise nothing is stored, and the batch is looked
//! at more closely ([`super::work`]).

use std::collections::{BTreeMap, BTreeSet};

use adda_protocol::UserId;
use uuid::Uuid;

use crate::db::Family;
use crate::features::messages::mentions;
use crate::features::messages::operation::{Operation, Request};

mod store;

pub(super) use store::StoredRow;

/// New messages of one family of rooms that mention nobody, carry nothing and are not repeats of each other.
pub(super) struct Usual<'a> {
    pub(super) family: Family,
    created_at: i64,
    messages: Vec<NewMessage<'a>>,
}

struct NewMessage<'a> {
    id: Uuid,
    room_id: i64,
    /// Its `seq` is so many after the room's head.
    nth_in_room: i64,
    /// The last one before it in the batch that somebody else writes in the room, where there is one.
    others_nth: Option<i64>,
    sender_id: i64,
    client_id: Uuid,
    client_digest: i64,
    text: Option<&'a str>,
}

impl<'a> Usual<'a> {
    /// The batch, if it is a usual one as far as can be seen without the database.
    pub(super) fn new(requests: &'a [Request], ids: &[Uuid], created_at: i64) -> Option<Self> {
        let family = requests.first()?.room.family;
        let (mut keys, mut rooms) = (BTreeSet::new(), BTreeMap::new());
        let mut messages = Vec::with_capacity(requests.len());
        for (request, id) in requests.iter().zip(ids) {
            let Operation::Create { client_id, content } = &request.operation else { return None };
            let (room_id, sender_id) = (request.room.id, request.actor.user_id);
            let text = content.text();
            if request.room.family != family
                || !content.media().is_empty()
                || !keys.insert((room_id, sender_id, *client_id))
                || text.is_some_and(|text| !mentions::candidates(text).is_empty())
            {
                return None;
            }
            let room: &mut Vec<UserId> = rooms.entry(room_id).or_default();
            let others = room.iter().rposition(|other| *other != sender_id);
            room.push(sender_id);
            messages.push(NewMessage {
                id: *id,
                room_id,
                nth_in_room: room.len() as i64,
                others_nth: others.map(|index| index as i64 + 1),
                sender_id,
                client_id: *client_id,
                client_digest: content.digest(),
                text,
            });
        }
        Some(Self { family, created_at, messages })
    }
}
