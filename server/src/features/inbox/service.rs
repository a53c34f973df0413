//! The use cases of read marks.

use std::sync::Arc;

use adda_protocol::accounts::{UserRef, avatar_url};
use adda_protocol::event::{Mark, Receipt, ServerFrame};
use adda_protocol::rooms::{MemberReceipt, PeerMark, ReadMark, ReceiptPage, RoomSummary};
use adda_protocol::{Code, Problem, RoomName, UserId};
use adda_realtime::{Broker, Envelope};
use sea_orm::DbErr;

use super::furthest::Furthest;
use super::marks::Marks;
use super::store::{self, MarkRow, Moves, MyRoomRow, Readers, Span, Which};
use crate::db::{Db, Family};
use crate::failures::database_problem;
use crate::features::accounts::Privacy;
use crate::features::messages::MessageEncoder;
use crate::features::paging::PageRequest;
use crate::features::rooms::{RoomAccess, RoomError, RoomRef, Rooms};
use crate::tasks::Tasks;

/// Why a mark or a preference was not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InboxError {
    /// Only members have a mark.
    #[error("not a member")]
    NotAMember,
    /// A change that changes nothing.
    #[error("no preference is named")]
    NothingNamed,
    /// Only private rooms tell what was delivered.
    #[error("a delivery in a public room")]
    NotPrivate,
    /// The server is about to stop.
    #[error("the server is stopping")]
    Stopping,
    #[error(transparent)]
    Room(#[from] RoomError),
    /// The database, while reading.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// The database, while writing.
    #[error("not stored: {0}")]
    Write(Arc<DbErr>),
}

impl From<InboxError> for Problem {
    fn from(error: InboxError) -> Self {
        match error {
            InboxError::NotAMember => Problem::new(
                Code::NotAMember,
                "Join the room first: only members have a read mark and preferences.",
            ),
            InboxError::NothingNamed => Problem::new(
                Code::InvalidInput,
                "Name one of `pinned`, `notifications` and `marked_unread` at least.",
            ),
            InboxError::NotPrivate => Problem::invalid_field(
                "room",
                "is public; only private rooms tell what was delivered",
            ),
            InboxError::Stopping => Problem {
                retry_after_ms: Some(1_000),
                ..Problem::new(
                    Code::Unavailable,
                    "The server is restarting; try again in a moment.",
                )
            },
            InboxError::Room(error) => error.into(),
            InboxError::Database(error) => database_problem(&error),
            InboxError::Write(error) => database_problem(&error),
        }
    }
}

/// One of a person's rooms.
#[derive(Clone, Debug)]
pub(crate) struct MyRoom {
    pub room: RoomRef,
    /// The version of the members under which this was seen.
    pub members_version: i64,
    /// What the person is told of it, without the last message.
    pub summary: RoomSummary,
}

impl MyRoom {
    pub(super) fn new(privacy: &Privacy, user_id: UserId, row: MyRoomRow) -> Self {
        let marks = row.peer.as_ref().filter(|peer| privacy.share_receipts(user_id, peer.id));
        let peer_mark = marks
            .map(|peer| PeerMark { delivered_seq: peer.delivered_seq, read_seq: peer.read_seq });
        let peer = row.peer.map(|peer| UserRef {
            id: peer.id,
            username: peer.username,
            display_name: peer.display_name,
            avatar_url: avatar_url(peer.avatar.as_deref()),
        });
        Self {
            room: RoomRef { family: row.family, id: row.id, name: row.name.as_str().into() },
            members_version: row.members_version,
            summary: RoomSummary {
                name: row.name,
                kind: row.family.kind(),
                title: row.title,
                peer,
                topic: row.topic,
                emoji: row.emoji,
                last_message: None,
                last_seq: row.last_seq,
                read_seq: row.read_seq,
                unread: row.unread,
                mentions: row.mentions,
                peer_mark,
                preferences: row.preferences.of(row.family),
            },
        }
    }
}

/// The service.
#[derive(Debug)]
pub(crate) struct Inbox {
    pub(super) db: Db,
    pub(super) rooms: Arc<Rooms>,
    pub(super) privacy: Arc<Privacy>,
    pub(super) broker: Arc<dyn Broker>,
    pub(super) encoder: MessageEncoder,
    marks: Marks,
    pub(super) furthest: Arc<Furthest>,
}

impl Inbox {
    /// The service on its parts.
    #[must_use]
    pub(crate) fn new(
        db: Db,
        rooms: Arc<Rooms>,
        privacy: Arc<Privacy>,
        broker: Arc<dyn Broker>,
        encoder: MessageEncoder,
        tasks: &Tasks,
    ) -> Self {
        let marks = Marks::start(db.clone(), tasks);
        let furthest = Furthest::start(privacy.clone(), broker.clone(), tasks);
        Self { db, rooms, privacy, broker, encoder, marks, furthest }
    }

    /// The person's rooms by name, without their last messages: one statement, however many they are.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn my_rooms(&self, user_id: UserId) -> Result<Vec<MyRoom>, InboxError> {
        self.my_rooms_of(user_id, &Family::ALL, Which::All).await
    }

    /// One of the person's rooms; `None` for who is not a member.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn my_room(
        &self,
        user_id: UserId,
        family: Family,
        room_id: i64,
    ) -> Result<Option<MyRoom>, InboxError> {
        Ok(self.my_rooms_of(user_id, &[family], Which::One(room_id)).await?.pop())
    }

    async fn my_rooms_of(
        &self,
        user_id: UserId,
        families: &[Family],
        which: Which,
    ) -> Result<Vec<MyRoom>, InboxError> {
        let rows = store::my_rooms(self.db.read(), families, user_id, which).await?;
        Ok(rows.into_iter().map(|row| MyRoom::new(&self.privacy, user_id, row)).collect())
    }

    /// Moves the person's read mark up to `seq`, but never back and never past the head; tells their
    /// other devices, and the other person of a private room. Takes back that the room was marked as
    /// unread, also where the mark does not move.
    ///
    /// # Errors
    /// [`InboxError::NotAMember`], [`RoomError::NotFound`].
    pub(crate) async fn read(
        &self,
        user_id: UserId,
        room: &RoomName,
        seq: i64,
    ) -> Result<ReadMark, InboxError> {
        let access = self.rooms.find(user_id, room).await?;
        let (family, room_id) = (access.room.family, access.room.id);
        let mark = access.mark.ok_or(InboxError::NotAMember)?;
        if mark.marked_unread {
            self.has_come_back(&access, user_id).await?;
        }
        let before = mark.read_seq;
        let target = seq.min(access.last_seq);
        if target <= before {
            let counts = store::counts(self.db.read(), family, room_id, user_id, before).await?;
            return Ok(ReadMark { read_seq: before, unread: counts.0, mentions: counts.1 });
        }
        let moves = match family {
            Family::Public => Moves::Read,
            Family::Private => Moves::PrivateRead,
        };
        let moved = self.advance(moves, &access, user_id, target).await?;
        let mentions = moved.mentions.unwrap_or(0);
        let unread = match moved.unread {
            Some(unread) => unread,
            None => {
                let span = Span { room_id, mark: moved.read_seq, head: moved.last_seq };
                store::count_one(self.db.read(), family, user_id, span).await?
            }
        };
        let own = Receipt {
            unread: Some(unread),
            mentions: Some(mentions),
            last_seq: Some(moved.last_seq),
            ..receipt(&access, &moved)
        };
        self.tell(&access, user_id, own);
        match family {
            Family::Public => self.furthest.read(&access, user_id, moved.read_seq),
            Family::Private => self.tell_peer(&access, &moved),
        }
        Ok(ReadMark { read_seq: moved.read_seq, unread, mentions })
    }

    /// Moves the person's mark of delivery in a private room, in the same way, and tells the other.
    ///
    /// # Errors
    /// [`InboxError::NotPrivate`], [`InboxError::NotAMember`], [`RoomError::NotFound`].
    pub(crate) async fn delivered(
        &self,
        user_id: UserId,
        room: &RoomName,
        seq: i64,
    ) -> Result<(), InboxError> {
        let access = self.rooms.find(user_id, room).await?;
        let before = access.mark.ok_or(InboxError::NotAMember)?.delivered_seq;
        let before = before.ok_or(InboxError::NotPrivate)?;
        let target = seq.min(access.last_seq);
        if target > before {
            let moved = self.advance(Moves::Delivered, &access, user_id, target).await?;
            self.tell_peer(&access, &moved);
        }
        Ok(())
    }

    /// How far the two people of a private room have got; `None` of a public one.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn marks(
        &self,
        user_id: UserId,
        access: &RoomAccess,
    ) -> Result<Option<Vec<Mark>>, InboxError> {
        let Some(peer_id) = access.peer_id() else { return Ok(None) };
        let shares = self.privacy.share_receipts(user_id, peer_id);
        let rows = store::marks_of_room(self.db.read(), access.room.id).await?;
        let shown = rows.into_iter().filter(|row| row.user_id == user_id || shares);
        let mark = |row: MarkRow| Mark {
            user_id: row.user_id,
            delivered_seq: row.delivered_seq.unwrap_or(0),
            read_seq: row.read_seq,
        };
        Ok(Some(shown.map(mark).collect()))
    }

    /// A page of the members who have read up to `seq` at least.
    ///
    /// # Errors
    /// [`RoomError::NotFound`].
    pub(crate) async fn of_members(
        &self,
        user_id: UserId,
        room: &RoomName,
        seq: i64,
        page: &PageRequest,
    ) -> Result<ReceiptPage, InboxError> {
        let room = self.rooms.find(user_id, room).await?.room;
        let after = page.after.as_deref().unwrap_or("");
        let readers = Readers { viewer: user_id, room_id: room.id, seq, after };
        let limit = page.read_limit();
        let rows = store::receipts_page(self.db.read(), room.family, readers, limit).await?;
        let others_read_seq =
            store::others_read_seq(self.db.read(), room.family, room.id, user_id).await?;
        let (rows, next_cursor) = page.cut(rows, |row| row.username.clone());
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

    async fn advance(
        &self,
        moves: Moves,
        access: &RoomAccess,
        user_id: UserId,
        seq: i64,
    ) -> Result<MarkRow, InboxError> {
        let moved = self.marks.advance(moves, access.room.id, user_id, seq).await;
        let moved = moved.ok_or(InboxError::Stopping)?.map_err(InboxError::Write)?;
        moved.ok_or(InboxError::NotAMember)
    }

    /// Tells the other person of a private room how far somebody has got.
    fn tell_peer(&self, access: &RoomAccess, moved: &MarkRow) {
        if let Some(peer_id) = access.peer_id()
            && self.privacy.share_receipts(moved.user_id, peer_id)
        {
            self.tell(access, peer_id, receipt(access, moved));
        }
    }

    fn tell(&self, access: &RoomAccess, user_id: UserId, receipt: Receipt) {
        let frame = ServerFrame::Receipt(receipt).to_bytes();
        self.broker.publish(Envelope::User { topic: Some(access.room.topic()), user_id, frame });
    }
}

fn receipt(access: &RoomAccess, moved: &MarkRow) -> Receipt {
    Receipt {
        room: access.room.name.to_string(),
        user_id: moved.user_id,
        delivered_seq: moved.delivered_seq,
        read_seq: moved.read_seq,
        unread: None,
        mentions: None,
        last_seq: None,
    }
}
