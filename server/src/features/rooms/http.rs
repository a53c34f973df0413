//! The REST operations of rooms.

use std::sync::Arc;

use adda_protocol::rooms::{
    CreateRoomRequest, DirectoryRoomPage, MemberPage, Room, SharedRooms, UpdateRoomRequest,
};
use adda_protocol::{RoomName, SearchText, UserId};
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{OpenApi, Tags};

use super::error::RoomError;
use super::service::Rooms;
use crate::features::accounts::Bearer;
use crate::features::told::LivelyRequest;
use crate::http::{
    BASE, Body, CONFLICT, Created, FORBIDDEN, Fails, Made, NOT_FOUND, NoContent, SIGNED_IN,
    WITH_BODY,
};

#[derive(Tags)]
enum Tag {
    /// Rooms and their members.
    #[oai(rename = "rooms")]
    Rooms,
}

impl<const GROUPS: u32> From<RoomError> for Fails<GROUPS> {
    fn from(error: RoomError) -> Self {
        Self::with(error)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct RoomsApi;

#[OpenApi(tag = "Tag::Rooms")]
impl RoomsApi {
    /// Find public rooms.
    ///
    /// All public rooms whose name or title contains the text, the lively ones first: those in which somebody
    /// is online, then by the latest message, then by how many members there are. The pages neither repeat nor
    /// lose one while that changes.
    #[oai(path = "/directory/rooms", method = "get", operation_id = "listPublicRooms")]
    async fn directory(
        &self,
        rooms: Data<&Arc<Rooms>>,
        bearer: Bearer,
        /// What the names contain.
        q: Query<Option<SearchText>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(max_length = 3000))]
        cursor: Query<Option<String>>,
        /// The most entries of the page.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u16>>,
    ) -> Result<Json<DirectoryRoomPage>, Fails<{ BASE | SIGNED_IN | FORBIDDEN }>> {
        let request = LivelyRequest::new("/directory/rooms", cursor.0.as_deref(), limit.0)?;
        let text = q.0.map(SearchText::into_string).unwrap_or_default();
        Ok(Json(rooms.directory(&bearer.0, &text, request).await?))
    }

    /// Make a public room.
    ///
    /// Whoever makes it is its first member and may change its title, topic and emoji.
    #[oai(path = "/rooms", method = "post", operation_id = "createRoom")]
    async fn create(
        &self,
        rooms: Data<&Arc<Rooms>>,
        bearer: Bearer,
        body: Body<CreateRoomRequest>,
    ) -> Result<Made<Room>, Fails<{ BASE | WITH_BODY | SIGNED_IN | FORBIDDEN | CONFLICT }>> {
        Ok(Made(rooms.create(&bearer.0, body.0).await?))
    }

    /// Open the private room with somebody.
    ///
    /// Makes it (201), or finds it (200): there is one for the two, whoever asks. The other person
    /// sees it with its first message.
    #[oai(path = "/users/:user_id/private-room", method = "put", operation_id = "openPrivateRoom")]
    async fn private_room(
        &self,
        rooms: Data<&Arc<Rooms>>,
        bearer: Bearer,
        /// The other person.
        user_id: Path<UserId>,
    ) -> Result<Created<Room>, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        let (room, is_new) = rooms.private_room(&bearer.0, user_id.0).await?;
        Ok(if is_new { Created::New(room) } else { Created::Known(room) })
    }

    /// Get a room.
    #[oai(path = "/rooms/:room", method = "get", operation_id = "getRoom")]
    async fn room(
        &self,
        rooms: Data<&Arc<Rooms>>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
    ) -> Result<Json<Room>, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        Ok(Json(rooms.room(&bearer.0, &room.0).await?))
    }

    /// Change a room's title, topic or emoji.
    ///
    /// For who made the room and for administrators.
    #[oai(path = "/rooms/:room", method = "patch", operation_id = "updateRoom")]
    async fn update(
        &self,
        rooms: Data<&Arc<Rooms>>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
        body: Body<UpdateRoomRequest>,
    ) -> Result<Json<Room>, Fails<{ BASE | WITH_BODY | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        Ok(Json(rooms.update(&bearer.0, &room.0, body.0).await?))
    }

    /// List a room's members.
    ///
    /// Those who are online first, then by name; with `search`, those whose username or name contains it. The
    /// pages neither repeat nor lose anybody who comes or goes meanwhile.
    #[oai(path = "/rooms/:room/members", method = "get", operation_id = "listMembers")]
    async fn members(
        &self,
        rooms: Data<&Arc<Rooms>>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
        /// What the usernames or names contain.
        search: Query<Option<SearchText>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(max_length = 6000))]
        cursor: Query<Option<String>>,
        /// The most entries of the page.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u16>>,
    ) -> Result<Json<MemberPage>, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        let list = format!("/rooms/{}/members", room.0);
        let request = LivelyRequest::new(&list, cursor.0.as_deref(), limit.0)?;
        let text = search.0.map(SearchText::into_string).unwrap_or_default();
        Ok(Json(rooms.members(&bearer.0, &room.0, &text, request).await?))
    }

    /// List the rooms that one shares with somebody.
    ///
    /// The public rooms in which both are, by title.
    #[oai(path = "/users/:user_id/shared-rooms", method = "get", operation_id = "listSharedRooms")]
    async fn shared(
        &self,
        rooms: Data<&Arc<Rooms>>,
        bearer: Bearer,
        /// The other person.
        user_id: Path<UserId>,
    ) -> Result<Json<SharedRooms>, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        Ok(Json(rooms.shared_with(&bearer.0, user_id.0).await?))
    }

    /// Join a public room.
    ///
    /// Idempotent. One's read mark begins at the room's head.
    #[oai(path = "/rooms/:room/membership", method = "put", operation_id = "joinRoom")]
    async fn join(
        &self,
        rooms: Data<&Arc<Rooms>>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
    ) -> Result<NoContent, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        rooms.join(&bearer.0, &room.0).await?;
        Ok(NoContent)
    }

    /// Leave a public room.
    ///
    /// Idempotent. Nothing of the room reaches one's sockets afterwards.
    #[oai(path = "/rooms/:room/membership", method = "delete", operation_id = "leaveRoom")]
    async fn leave(
        &self,
        rooms: Data<&Arc<Rooms>>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
    ) -> Result<NoContent, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        rooms.leave(&bearer.0, &room.0).await?;
        Ok(NoContent)
    }
}
