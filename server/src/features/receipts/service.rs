//! The use cases of read marks.

use std::collections::HashMap;
use std::sync::Arc;

use adda_protocol::accounts::{UserRef, avatar_url};
use adda_protocol::event::{Mark, Receipt, ServerFrame};
use adda_protocol::rooms::{MemberReceipt, PeerMark, ReadMark, ReceiptPage, RoomSummary};
use adda_protocol::{Code, Problem, RoomName, UserId};
use adda_realtime::{Broker, Envelope};
use sea_orm::DbErr;

use super::highest::Highest;
use super::marks::{Marks, Reached};
use super::store::{self, MyRoomRow, Readers};
use crate::db::{Db, Family};
use crate::features::accounts::Privacy;
use crate::features::database_problem;
use crate::features::messages::{self, MessageEncoder};
use crate::features::paging::PageRequest;
use crate::features::rooms::{RoomAccess, RoomError, RoomRef, Rooms, peer};

/// Why a mark was not moved.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// Only members have a mark.
    #[error("not a member")]
    NotAMember,
    /// Only private rooms tell what was delivered.
    #[error("a delivery in a public room")]
    NotPrivate,
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
            ReceiptError::NotPrivate => Problem::invalid_field(
                "room",
                "is public; only private rooms tell what was delivered",
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
    /// Up to where its messages have reached a device of theirs; in a private room.
    pub delivered_seq: Option<i64>,
}

impl MyRoom {
    fn new(privacy: &Privacy, user_id: UserId, family: Family, row: MyRoomRow) -> Self {
        let shared = row.peer_id.is_some_and(|peer_id| privacy.share_receipts(user_id, peer_id));
        Self {
            room: RoomRef { family, id: row.id, name: row.name.as_str().into() },
            members_version: row.members_version,
            summary: RoomSummary {
                name: row.name,
                kind: family.kind(),
                title: row.title,
                peer: peer(
                    row.peer_id,
                    row.peer_username,
                    row.peer_display_name,
                    row.peer_avatar.as_deref(),
                ),
                topic: row.topic,
                last_message: None,
                last_seq: row.last_seq,
                read_seq: row.read_seq,
                unread: row.unread.unwrap_or(0),
                mentions: row.mentions,
                peer_mark: row
                    .peer_delivered_seq
                    .zip(row.peer_read_seq)
                    .filter(|_| shared)
                    .map(|(delivered_seq, read_seq)| PeerMark { delivered_seq, read_seq }),
            },
            delivered_seq: row.delivered_seq,
        }
    }
}

/// The service.
#[derive(Debug)]
pub struct Receipts {
    db: Db,
    rooms: Arc<Rooms>,
    privacy: Arc<Privacy>,
    broker: Broker,
    encoder: MessageEncoder,
    marks: Marks,
    pub(super) highest: Arc<Highest>,
}

impl Receipts {
    /// The service on its parts.
    #[must_use]
    pub fn new(
        db: Db,
        rooms: Arc<Rooms>,
        privacy: Arc<Privacy>,
        broker: Broker,
        encoder: MessageEncoder,
    ) -> Self {
        let marks = Marks::start(db.clone());
        let highest = Highest::start(privacy.clone(), broker.clone());
        Self { db, rooms, privacy, broker, encoder, marks, highest }
    }

    /// The person's rooms, without their last messages: two statements, however many they are.
    ///
    /// # Errors
    /// The database.
    pub async fn my_rooms(&self, user_id: UserId) -> Result<Vec<MyRoom>, ReceiptError> {
        let mut mine = Vec::new();
        for family in Family::ALL {
            let rows = store::my_rooms(self.db.read(), family, user_id, None).await?;
            let my = |row| MyRoom::new(&self.privacy, user_id, family, row);
            mine.extend(rows.into_iter().map(my));
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
        let row = rows.into_iter().next();
        Ok(row.map(|row| MyRoom::new(&self.privacy, user_id, family, row)))
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
                    .map(|row| self.encoder.message(row, &my.room.name)),
                ..my.summary
            })
            .collect();
        summaries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(summaries)
    }

    /// Moves the person's read mark up to `seq`, but never back and never past the head; tells their
    /// other devices, and the other person of a private room.
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
        let before = self.mine(user_id, &access).await?.summary;
        let target = seq.min(access.last_seq);
        if target <= before.read_seq {
            let RoomSummary { read_seq, unread, mentions, .. } = before;
            return Ok(ReadMark { read_seq, unread, mentions });
        }
        self.store(&access, user_id, Reached::Read(target)).await?;
        let after = self.mine(user_id, &access).await?;
        self.tell_self(&access, user_id, &after);
        self.tell_peer(&access, user_id, &after);
        if access.room.family == Family::Public {
            self.highest.read(&access, user_id, after.summary.read_seq);
        }
        let RoomSummary { read_seq, unread, mentions, .. } = after.summary;
        Ok(ReadMark { read_seq, unread, mentions })
    }

    /// Moves the person's mark of delivery in a private room, in the same way, and tells the other.
    ///
    /// # Errors
    /// [`ReceiptError::NotPrivate`], [`ReceiptError::NotAMember`], [`RoomError::NotFound`].
    pub async fn delivered(
        &self,
        user_id: UserId,
        room: &RoomName,
        seq: i64,
    ) -> Result<(), ReceiptError> {
        let access = self.rooms.find(user_id, room).await?;
        let before = self.mine(user_id, &access).await?;
        let delivered_seq = before.delivered_seq.ok_or(ReceiptError::NotPrivate)?;
        let target = seq.min(access.last_seq);
        if target <= delivered_seq {
            return Ok(());
        }
        self.store(&access, user_id, Reached::Delivered(target)).await?;
        let after = self.mine(user_id, &access).await?;
        self.tell_peer(&access, user_id, &after);
        Ok(())
    }

    /// How far the two people of a private room have got; `None` of a public one.
    ///
    /// # Errors
    /// [`ReceiptError::NotAMember`], the database.
    pub async fn marks(
        &self,
        user_id: UserId,
        access: &RoomAccess,
    ) -> Result<Option<Vec<Mark>>, ReceiptError> {
        let Some(peer_id) = access.peer_id() else { return Ok(None) };
        let my = self.mine(user_id, access).await?;
        let own = Mark {
            user_id,
            delivered_seq: my.delivered_seq.unwrap_or(0),
            read_seq: my.summary.read_seq,
        };
        let peer = my.summary.peer_mark.map(|PeerMark { delivered_seq, read_seq }| Mark {
            user_id: peer_id,
            delivered_seq,
            read_seq,
        });
        Ok(Some([own].into_iter().chain(peer).collect()))
    }

    /// A page of the members who have read up to `seq` at least.
    ///
    /// # Errors
    /// [`RoomError::NotFound`].
    pub async fn of_members(
        &self,
        user_id: UserId,
        room: &RoomName,
        seq: i64,
        page: &PageRequest,
    ) -> Result<ReceiptPage, ReceiptError> {
        let room = self.rooms.find(user_id, room).await?.room;
        let after = page.after.as_deref().unwrap_or("");
        let readers = Readers { viewer: user_id, room_id: room.id, seq, after };
        let limit = page.read_limit();
        let rows = store::receipts_page(self.db.read(), room.family, readers, limit).await?;
        let others_read_seq =
            store::others_read_seq(self.db.read(), room.family, room.id, user_id).await?;
        let (rows, next_cursor) = page.cut(rows, |row| row.username.as_str());
        let items = rows.into_iter().map(|row| MemberReceipt {
            user: UserRef {
                id: row.id,
                username: row.username,
                display_name: row.display_name,
                avatar_url: avatar_url(row.avatar.as_deref()),
            },
            read_seq: row.read_seq,
            delivered_seq: row.delivered_seq,
        });
        Ok(ReceiptPage { others_read_seq, items: items.collect(), next_cursor })
    }

    async fn mine(&self, user_id: UserId, access: &RoomAccess) -> Result<MyRoom, ReceiptError> {
        let room = &access.room;
        let my = self.my_room(user_id, room.family, room.id).await?;
        my.ok_or(ReceiptError::NotAMember)
    }

    async fn store(
        &self,
        access: &RoomAccess,
        user_id: UserId,
        reached: Reached,
    ) -> Result<(), ReceiptError> {
        let stored = self.marks.store(&access.room, user_id, reached).await;
        stored.ok_or(ReceiptError::Stopping)?.map_err(ReceiptError::Write)
    }

    /// Tells the other person of a private room how far somebody has got.
    fn tell_peer(&self, access: &RoomAccess, user_id: UserId, my: &MyRoom) {
        if let Some(peer_id) = access.peer_id()
            && self.privacy.share_receipts(user_id, peer_id)
        {
            self.tell(access, peer_id, receipt(access, user_id, my));
        }
    }

    /// Tells somebody's devices how far they have got, and what is unread after that.
    fn tell_self(&self, access: &RoomAccess, user_id: UserId, my: &MyRoom) {
        let RoomSummary { unread, mentions, last_seq, .. } = my.summary;
        let own = Receipt {
            unread: Some(unread),
            mentions: Some(mentions),
            last_seq: Some(last_seq),
            ..receipt(access, user_id, my)
        };
        self.tell(access, user_id, own);
    }

    fn tell(&self, access: &RoomAccess, user_id: UserId, receipt: Receipt) {
        let frame = ServerFrame::Receipt(receipt).to_bytes();
        self.broker.publish(Envelope::User { topic: Some(access.room.topic()), user_id, frame });
    }
}

fn receipt(access: &RoomAccess, user_id: UserId, my: &MyRoom) -> Receipt {
    Receipt {
        room: access.room.name.to_string(),
        user_id,
        delivered_seq: my.delivered_seq,
        read_seq: my.summary.read_seq,
        unread: None,
        mentions: None,
        last_seq: None,
    }
}
