//! A room as somebody may see it.

use std::sync::Arc;

use adda_protocol::accounts::{UserRef, avatar_url};
use adda_protocol::rooms::Room;
use adda_protocol::{Timestamp, UserId};
use adda_realtime::Topic;

use super::store::RoomRow;
use crate::db::Family;

/// A room that was found, in whichever family.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RoomRef {
    /// Which tables it lives in.
    pub family: Family,
    /// Its number there.
    pub id: i64,
    /// Its name and address.
    pub name: Arc<str>,
}

impl RoomRef {
    /// The topic of the room's events.
    #[must_use]
    pub(crate) fn topic(&self) -> Topic {
        self.family.topic(self.id)
    }
}

/// How far a member has got in a room.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemberMark {
    /// Up to where they have read.
    pub read_seq: i64,
    /// Up to where its messages have reached a device of theirs; in a private room.
    pub delivered_seq: Option<i64>,
    /// Whether they marked the room to come back to it.
    pub marked_unread: bool,
}

/// A room that a person may see, and what they may do in it.
#[derive(Clone, Debug)]
pub(crate) struct RoomAccess {
    pub room: RoomRef,
    /// Whether the person is a member, and so may write.
    pub is_member: bool,
    /// How far they have got in it; absent for who is not a member.
    pub mark: Option<MemberMark>,
    /// The number of its latest change.
    pub last_seq: i64,
    /// History before this was pruned.
    pub floor_seq: i64,
    /// The version of the members under which this was seen.
    pub members_version: i64,
    row: RoomRow,
}

impl RoomAccess {
    /// The other person of a private room.
    #[must_use]
    pub(crate) fn peer_id(&self) -> Option<UserId> {
        self.row.peer_id
    }

    /// Who made it, where a person did.
    pub(super) fn created_by(&self) -> Option<UserId> {
        self.row.created_by
    }

    /// As it was read.
    pub(super) fn new(family: Family, row: RoomRow) -> Self {
        Self {
            room: RoomRef { family, id: row.id, name: row.name.as_str().into() },
            is_member: row.joined_at.is_some(),
            mark: row.read_seq.map(|read_seq| MemberMark {
                read_seq,
                delivered_seq: row.delivered_seq,
                marked_unread: row.marked_unread.unwrap_or(false),
            }),
            last_seq: row.last_seq,
            floor_seq: row.floor_seq,
            members_version: row.members_version,
            row,
        }
    }

    /// As it is told.
    pub(super) fn into_wire(self) -> Room {
        Room {
            name: self.row.name,
            kind: self.room.family.kind(),
            title: self.row.title,
            peer: peer(
                self.row.peer_id,
                self.row.peer_username,
                self.row.peer_display_name,
                self.row.peer_avatar.as_deref(),
            ),
            topic: self.row.topic,
            emoji: self.row.emoji,
            created_by: self.row.created_by,
            created_at: Timestamp(self.row.created_at),
            last_seq: self.row.last_seq,
            floor_seq: self.row.floor_seq,
            member_count: self.row.member_count,
            is_member: self.row.joined_at.is_some(),
        }
    }
}

/// The other person of a private room, from the columns that [`Family::peer_columns`] names.
#[must_use]
pub(super) fn peer(
    id: Option<UserId>,
    username: Option<String>,
    display_name: Option<String>,
    avatar: Option<&str>,
) -> Option<UserRef> {
    Some(UserRef {
        id: id?,
        username: username?,
        display_name: display_name?,
        avatar_url: avatar_url(avatar),
    })
}
