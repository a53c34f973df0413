//! Rooms that are made with their people in them, by who runs the server.

use adda_protocol::UserId;
use adda_protocol::rooms::CreateRoomRequest;

use super::access::RoomRef;
use super::error::RoomError;
use super::service::{Rooms, named};
use super::store;
use crate::db::{Family, Transaction};

impl Rooms {
    /// Makes a public room in the transaction of whoever asks, where no socket can have heard of it yet. The first
    /// of its members made it.
    ///
    /// # Errors
    /// [`RoomError::NameTaken`], the database.
    pub(crate) async fn insert_with_members(
        transaction: &Transaction,
        request: CreateRoomRequest,
        members: &[UserId],
        since: i64,
    ) -> Result<RoomRef, RoomError> {
        let by = members.first().copied();
        let room = named(transaction, request, by, since).await?;
        store::insert_members(transaction, Family::Public, room.id, members, since).await?;
        let count = i64::try_from(members.len()).unwrap_or(i64::MAX);
        store::bump_members(transaction, Family::Public, room.id, count).await?;
        Ok(RoomRef { family: Family::Public, id: room.id, name: room.name.into() })
    }
}
