//! The REST operations: the list of one's own rooms, what one keeps about them, and read marks.

use std::sync::Arc;

use adda_protocol::RoomName;
use adda_protocol::rooms::{
    ReadMark, ReadRequest, ReceiptPage, RoomList, RoomPreferences, UpdateRoomPreferencesRequest,
};
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{OpenApi, Tags};

use super::service::{Inbox, InboxError};
use crate::features::accounts::Bearer;
use crate::features::paging::PageRequest;
use crate::features::told::LivelyRequest;
use crate::http::{BASE, Body, FORBIDDEN, Fails, NOT_FOUND, SIGNED_IN, WITH_BODY};

#[derive(Tags)]
enum Tag {
    /// Rooms and their members.
    #[oai(rename = "rooms")]
    Rooms,
}

impl<const GROUPS: u32> From<InboxError> for Fails<GROUPS> {
    fn from(error: InboxError) -> Self {
        Self::with(error)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct InboxApi;

#[OpenApi(tag = "Tag::Rooms")]
impl InboxApi {
    /// List one's own rooms.
    ///
    /// A page of them, the pinned ones first, then by their latest message, each with its last message,
    /// one's read mark, what is unread and what one keeps about it. While rooms come up because somebody
    /// writes, the pages neither repeat nor lose one.
    #[oai(path = "/rooms", method = "get", operation_id = "listRooms")]
    async fn rooms(
        &self,
        inbox: Data<&Arc<Inbox>>,
        bearer: Bearer,
        /// The `next_cursor` of the page before: it names the rooms that were told, and so grows from page
        /// to page.
        #[oai(validator(max_length = 3000))]
        cursor: Query<Option<String>>,
        /// The most entries of the page.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u16>>,
    ) -> Result<Json<RoomList>, Fails<{ BASE | SIGNED_IN | FORBIDDEN }>> {
        let request = LivelyRequest::new("/rooms", cursor.0.as_deref(), limit.0)?;
        Ok(Json(inbox.list(bearer.0.id, request).await?))
    }

    /// List who has read how far.
    ///
    /// The members of a room with their marks; with `seq`, those who have read up to there.
    #[oai(path = "/rooms/:room/receipts", method = "get", operation_id = "listReceipts")]
    async fn receipts(
        &self,
        inbox: Data<&Arc<Inbox>>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
        /// Only who has read this number.
        #[oai(validator(minimum(value = "0")))]
        seq: Query<Option<i64>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(max_length = 400))]
        cursor: Query<Option<String>>,
        /// The most entries of the page.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u16>>,
    ) -> Result<Json<ReceiptPage>, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        let list = format!("/rooms/{}/receipts", room.0);
        let page = PageRequest::new(&list, cursor.0.as_deref(), limit.0)?;
        let seq = seq.0.unwrap_or(0);
        Ok(Json(inbox.of_members(bearer.0.id, &room.0, seq, &page).await?))
    }

    /// Move one's read mark.
    ///
    /// A mark never moves back, and never past the room's head. A room that was marked as unread
    /// (`marked_unread`) is no longer, also where the mark stays.
    #[oai(path = "/rooms/:room/read", method = "put", operation_id = "markRead")]
    async fn read(
        &self,
        inbox: Data<&Arc<Inbox>>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
        body: Body<ReadRequest>,
    ) -> Result<Json<ReadMark>, Fails<{ BASE | WITH_BODY | SIGNED_IN | FORBIDDEN | NOT_FOUND }>>
    {
        Ok(Json(inbox.read(bearer.0.id, &room.0, body.0.seq).await?))
    }

    /// Change what one keeps about a room.
    ///
    /// For members. The same on all of one's devices, which hear of it by `room.preferences`; whoever leaves
    /// the room and joins it anew begins anew. One field is there at least.
    #[oai(
        path = "/rooms/:room/preferences",
        method = "patch",
        operation_id = "updateRoomPreferences"
    )]
    async fn update_preferences(
        &self,
        inbox: Data<&Arc<Inbox>>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
        body: Body<UpdateRoomPreferencesRequest>,
    ) -> Result<
        Json<RoomPreferences>,
        Fails<{ BASE | WITH_BODY | SIGNED_IN | FORBIDDEN | NOT_FOUND }>,
    > {
        Ok(Json(inbox.update_preferences(bearer.0.id, &room.0, body.0).await?))
    }
}
