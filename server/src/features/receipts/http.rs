//! The REST operations of read marks, and the list of one's own rooms.

use std::sync::Arc;

use adda_protocol::RoomName;
use adda_protocol::rooms::{ReadMark, ReadRequest, ReceiptPage, RoomList};
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{OpenApi, Tags};

use super::service::{ReceiptError, Receipts};
use crate::features::paging::PageRequest;
use crate::http::{BASE, Bearer, Body, FORBIDDEN, Fails, NOT_FOUND, SIGNED_IN, WITH_BODY};

#[derive(Tags)]
enum Tag {
    /// Rooms and their members.
    #[oai(rename = "rooms")]
    Rooms,
}

impl<const GROUPS: u32> From<ReceiptError> for Fails<GROUPS> {
    fn from(error: ReceiptError) -> Self {
        Self::with(error)
    }
}

/// The operations.
#[derive(Clone, Copy, Debug)]
pub struct ReceiptsApi;

#[OpenApi(tag = "Tag::Rooms")]
impl ReceiptsApi {
    /// List one's own rooms.
    ///
    /// Each with its last message, one's read mark and what is unread.
    #[oai(path = "/rooms", method = "get", operation_id = "listRooms")]
    async fn rooms(
        &self,
        receipts: Data<&Arc<Receipts>>,
        bearer: Bearer,
    ) -> Result<Json<RoomList>, Fails<{ BASE | SIGNED_IN | FORBIDDEN }>> {
        Ok(Json(RoomList { items: receipts.overview(bearer.0.id).await? }))
    }

    /// List who has read how far.
    ///
    /// The members of a room with their marks; with `seq`, those who have read up to there.
    #[oai(path = "/rooms/:room/receipts", method = "get", operation_id = "listReceipts")]
    async fn receipts(
        &self,
        receipts: Data<&Arc<Receipts>>,
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
        let page = PageRequest::new(cursor.0.as_deref(), limit.0)?;
        let seq = seq.0.unwrap_or(0);
        Ok(Json(receipts.of_members(bearer.0.id, &room.0, seq, &page).await?))
    }

    /// Move one's read mark.
    ///
    /// A mark never moves back, and never past the room's head.
    #[oai(path = "/rooms/:room/read", method = "put", operation_id = "markRead")]
    async fn read(
        &self,
        receipts: Data<&Arc<Receipts>>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
        body: Body<ReadRequest>,
    ) -> Result<Json<ReadMark>, Fails<{ BASE | WITH_BODY | SIGNED_IN | FORBIDDEN | NOT_FOUND }>>
    {
        Ok(Json(receipts.read(bearer.0.id, &room.0, body.0.seq).await?))
    }
}
