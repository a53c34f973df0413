//! What a person keeps about a room of theirs, the same on all their devices: that it is pinned, what of it
//! they want to hear of, that they mean to come back to it.

use adda_protocol::event::{RoomPreferencesChanged, ServerFrame};
use adda_protocol::rooms::{RoomPreferences, UpdateRoomPreferencesRequest};
use adda_protocol::{RoomName, UserId};
use adda_realtime::Envelope;

use super::service::{Inbox, InboxError};
use super::store;
use crate::features::rooms::RoomAccess;

impl Inbox {
    /// Changes what the person keeps about a room, and tells their devices.
    ///
    /// # Errors
    /// [`InboxError::NothingNamed`], [`InboxError::NotAMember`],
    /// [`RoomError::NotFound`](crate::features::rooms::RoomError::NotFound).
    pub(crate) async fn update_preferences(
        &self,
        user_id: UserId,
        room: &RoomName,
        request: UpdateRoomPreferencesRequest,
    ) -> Result<RoomPreferences, InboxError> {
        let UpdateRoomPreferencesRequest { pinned, notifications, marked_unread } = request;
        if pinned.is_none() && notifications.is_none() && marked_unread.is_none() {
            return Err(InboxError::NothingNamed);
        }
        let access = self.rooms.find(user_id, room).await?;
        if !access.is_member {
            return Err(InboxError::NotAMember);
        }
        let (family, id) = (access.room.family, access.room.id);
        let row = store::update_preferences(&self.db, family, id, user_id, request).await?;
        // Whoever left meanwhile has nothing to keep.
        let preferences = row.ok_or(InboxError::NotAMember)?.of(family);
        self.tell_preferences(&access, user_id, preferences).await;
        Ok(preferences)
    }

    /// The person has read the room: they have come back to it.
    pub(super) async fn has_come_back(
        &self,
        access: &RoomAccess,
        user_id: UserId,
    ) -> Result<(), InboxError> {
        let (family, id) = (access.room.family, access.room.id);
        let row = store::clear_marked_unread(&self.db, family, id, user_id).await?;
        if let Some(row) = row {
            self.tell_preferences(access, user_id, row.of(family)).await;
        }
        Ok(())
    }

    /// Tells the person's devices. Two who change something at the same moment may tell it in another order
    /// than they stored it in, and what is told last counts: so it is read once more after it was told, and
    /// told again until it is what is stored. The last to tell is then right, whoever that is.
    async fn tell_preferences(
        &self,
        access: &RoomAccess,
        user_id: UserId,
        stored: RoomPreferences,
    ) {
        let (family, id) = (access.room.family, access.room.id);
        let mut told = None;
        let mut stored = Some(stored);
        while let Some(preferences) = stored.filter(|_| stored != told) {
            let RoomPreferences { pinned, notifications, marked_unread } = preferences;
            let frame = ServerFrame::RoomPreferences(RoomPreferencesChanged {
                room: access.room.name.to_string(),
                pinned,
                notifications,
                marked_unread,
            });
            let topic = Some(access.room.topic());
            self.broker.publish(Envelope::User { topic, user_id, frame: frame.to_bytes() });
            told = stored;
            // Who cannot read it now is told it by whatever changes next, and when they come anew.
            let row = store::preferences(self.db.read(), family, id, user_id).await.ok().flatten();
            stored = row.map(|row| row.of(family));
        }
    }
}
