//! The list of one's own rooms, page by page: the pinned ones first, then by the latest message.

use std::cmp::Reverse;
use std::collections::HashMap;

use adda_protocol::UserId;
use adda_protocol::rooms::{RoomList, RoomSummary};

use super::service::{Inbox, InboxError, MyRoom};
use super::store::{self, Place};
use crate::db::Family;
use crate::features::messages;
use crate::features::told::{Key, LivelyRequest};

fn key_of(family: Family, id: i64) -> Key {
    (family as u8, id)
}

impl Inbox {
    /// A page of the person's rooms with their last messages: the pinned ones first, then by the latest message.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn list(
        &self,
        user_id: UserId,
        request: LivelyRequest<Key>,
    ) -> Result<RoomList, InboxError> {
        let places = store::places(self.db.read(), user_id).await?;
        let (page, next_cursor) = request.page(
            places,
            |place| key_of(place.family, place.id),
            |place| (!place.pinned, Reverse(place.spoken_at)),
        );
        let mut rooms = HashMap::new();
        for family in Family::ALL {
            rooms.extend(self.with_last_messages(user_id, family, &page).await?);
        }
        // Whoever left a room since is not told of it.
        let items = page.iter().filter_map(|place| rooms.remove(&key_of(place.family, place.id)));
        let items = items.collect();
        Ok(RoomList { items, next_cursor })
    }

    /// Those of the rooms that are of one family.
    async fn with_last_messages(
        &self,
        user_id: UserId,
        family: Family,
        page: &[Place],
    ) -> Result<Vec<(Key, RoomSummary)>, InboxError> {
        let ids: Vec<_> =
            page.iter().filter(|place| place.family == family).map(|place| place.id).collect();
        let mine = store::these_rooms(self.db.read(), family, user_id, ids.iter().copied()).await?;
        let last = messages::last_messages(self.db.read(), family, &ids).await?;
        let summary = |row| {
            let my = MyRoom::new(&self.privacy, user_id, row);
            let row = last.get(&my.room.id);
            let last_message = row.map(|row| self.encoder.message(row, &my.room.name));
            (key_of(family, my.room.id), RoomSummary { last_message, ..my.summary })
        };
        Ok(mine.into_iter().map(summary).collect())
    }
}
