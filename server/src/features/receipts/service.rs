//! The use cases of read marks.

use std::collections::HashMap;
use std::sync::Arc;

use adda_protocol::event::{Receipt, ServerFrame};
use adda_protocol::rooms::{ReadMark, RoomSummary};
use adda_protocol::{Code, Problem, RoomName, UserId};
use adda_realtime::{Broker, Envelope};
use sea_orm::DbErr;

use super::marks::Marks;
use super::store::{self, MyRoomRow};
use crate::db::{Db, Family};
use crate::features::database_problem;
use crate::features::messages;
use crate::features::rooms::{RoomAccess, RoomError, RoomRef, Rooms, peer};

/// Why a mark was not moved.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// Only members have a mark.
    #[error("not a member")]
    NotAMember,
    /// The server is about to stop.
    #[error("the server is stopping")]
    Stopping,
    /// The room.
    #[error(transparent)]
    Room(#[from] RoomError),
    /// The database, while reading.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// The database, while writing.
    #[error("not stored: {0}")]
    Write(Arc<DbErr>),
}

impl From<ReceiptError> for Problem {
    fn from(error: ReceiptError) -> Self {
        match error {
            ReceiptError::NotAMember => Problem::new(
                Code::NotAMember,
                "Join the room first: only members have a read mark.",
            ),
            ReceiptError::Stopping => Problem {
                retry_after_ms: Some(1_000),
                ..Problem::new(
                    Code::Unavailable,
                    "The server is restarting; try again in a moment.",
                )
            },
            ReceiptError::Room(error) => error.into(),
            ReceiptError::Database(error) => database_problem(&error),
            ReceiptError::Write(error) => database_problem(&error),
        }
    }
}

/// One of a person's rooms.
#[derive(Clone, Debug)]
pub struct MyRoom {
    /// Which.
    pub room: RoomRef,
    /// The version of the members under which this was seen.
    pub members_version: i64,
    /// What the person is told of it, without the last message.
    pub summary: RoomSummary,
}

impl MyRoom {
    fn new(family: Family, row: MyRoomRow) -> Self {
        Self {
            room: RoomRef { family, id: row.id, name: row.name.as_str().into() },
            members_version: row.members_version,
            summary: RoomSummary {
                name: row.name,
                kind: family.kind(),
                title: row.title,
                peer: peer(row.peer_id, row.peer_username, row.peer_display_name),
                topic: row.topic,
                last_message: None,
                last_seq: row.last_seq,
                read_seq: row.read_seq,
                unread: row.unread,
            },
        }
    }
}

/// The service.
#[derive(Debug)]
pub struct Receipts {
    db: Db,
    rooms: Arc<Rooms>,
    broker: Broker,
    marks: Marks,
}

impl Receipts {
    /// The service on its parts.
    #[must_use]
    pub fn new(db: Db, rooms: Arc<Rooms>, broker: Broker) -> Self {
        let marks = Marks::start(db.clone());
        Self { db, rooms, broker, marks }
    }

    /// The person's rooms, without their last messages: two statements, however many they are.
    ///
    /// # Errors
    /// The database.
    pub async fn my_rooms(&self, user_id: UserId) -> Result<Vec<MyRoom>, ReceiptError> {
        let mut mine = Vec::new();
        for family in Family::ALL {
            let rows = store::my_rooms(self.db.read(), family, user_id, None).await?;
            mine.extend(rows.into_iter().map(|row| MyRoom::new(family, row)));
        }
        Ok(mine)
    }

    /// One of the person's rooms; `None` for who is not a member.
    ///
    /// # Errors
    /// The database.
    pub async fn my_room(
        &self,
        user_id: UserId,
        family: Family,
        room_id: i64,
    ) -> Result<Option<MyRoom>, ReceiptError> {
        let rows = store::my_rooms(self.db.read(), family, user_id, Some(room_id)).await?;
        Ok(rows.into_iter().next().map(|row| MyRoom::new(family, row)))
    }

    /// The person's rooms with their last messages.
    ///
    /// # Errors
    /// The database.
    pub async fn overview(&self, user_id: UserId) -> Result<Vec<RoomSummary>, ReceiptError> {
        let mine = self.my_rooms(user_id).await?;
        let mut last = HashMap::new();
        for family in Family::ALL {
            let of_family = mine.iter().filter(|my| my.room.family == family);
            let ids: Vec<_> = of_family.map(|my| my.room.id).collect();
            let rows = messages::last_messages(self.db.read(), family, &ids).await?;
            last.extend(rows.into_iter().map(|(id, row)| ((family, id), row)));
        }
        let mut summaries: Vec<_> = mine
            .into_iter()
            .map(|my| RoomSummary {
                last_message: last
                    .get(&(my.room.family, my.room.id))
                    .map(|row| row.to_wire(&my.room.name)),
                ..my.summary
            })
            .collect();
        summaries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(summaries)
    }

    /// Moves the person's mark up to `seq`, but never back and never past the head, and tells their
    /// other devices.
    ///
    /// # Errors
    /// [`ReceiptError::NotAMember`], [`RoomError::NotFound`].
    pub async fn read(
        &self,
        user_id: UserId,
        room: &RoomName,
        seq: i64,
    ) -> Result<ReadMark, ReceiptError> {
        let access = self.rooms.find(user_id, room).await?;
        let before = self.mark(user_id, &access).await?;
        let target = seq.min(access.last_seq);
        if target <= before.read_seq {
            return Ok(before);
        }
        let stored = self.marks.store(&access.room, user_id, target).await;
        stored.ok_or(ReceiptError::Stopping)?.map_err(ReceiptError::Write)?;
        let after = self.mark(user_id, &access).await?;
        let receipt =
            Receipt { room: access.room.name.to_string(), user_id, read_seq: after.read_seq };
        let frame = ServerFrame::Receipt(receipt).to_bytes();
        self.broker.publish(Envelope::User { topic: access.room.topic(), user_id, frame });
        Ok(after)
    }

    async fn mark(&self, user_id: UserId, access: &RoomAccess) -> Result<ReadMark, ReceiptError> {
        let room = &access.room;
        let my = self.my_room(user_id, room.family, room.id).await?;
        let summary = my.ok_or(ReceiptError::NotAMember)?.summary;
        Ok(ReadMark { read_seq: summary.read_seq, unread: summary.unread })
    }
}
