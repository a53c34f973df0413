//! Rooms and their members.

use poem_openapi::{Enum, Object};

use crate::accounts::UserRef;
use crate::messages::Message;
use crate::{RoomEmoji, RoomName, RoomTitle, RoomTopic, Timestamp, UserId};

/// Which family a room belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum RoomKind {
    /// Readable and joinable by everybody with an account.
    Public,
    /// Between two people.
    Private,
}

/// `POST /rooms`.
#[derive(Clone, Debug, Object)]
pub struct CreateRoomRequest {
    /// The room's address; names that begin with `private_` are reserved.
    pub name: RoomName,
    /// The room's title; the name where absent.
    pub title: Option<RoomTitle>,
    /// What the room is about.
    pub topic: Option<RoomTopic>,
    /// An emoji that stands for the room; empty for none.
    pub emoji: Option<RoomEmoji>,
}

/// `PATCH /rooms/{room}`. Absent fields stay as they are.
#[derive(Clone, Debug, Object)]
pub struct UpdateRoomRequest {
    /// The room's title.
    pub title: Option<RoomTitle>,
    /// What the room is about; empty clears it.
    pub topic: Option<RoomTopic>,
    /// An emoji that stands for the room; empty takes it away.
    pub emoji: Option<RoomEmoji>,
}

/// A room, as the one who asks sees it.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Room {
    /// The room's name and address.
    pub name: String,
    /// Public or private.
    pub kind: RoomKind,
    /// The room's title; in a private room the other person's display name.
    pub title: String,
    /// The other person of a private room.
    pub peer: Option<UserRef>,
    /// What the room is about.
    pub topic: Option<String>,
    /// An emoji that stands for the room; absent in private rooms, and where none was chosen.
    pub emoji: Option<String>,
    /// Who may change title, topic and emoji (beside administrators): the user who made the room.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The number of its latest change.
    pub last_seq: i64,
    /// History before this number was pruned; 0 where all of it is there.
    pub floor_seq: i64,
    /// How many members it has.
    pub member_count: i64,
    /// Whether the one who asks is a member.
    pub is_member: bool,
}

/// One of one's own rooms.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct RoomSummary {
    /// The room's name and address.
    pub name: String,
    /// Public or private.
    pub kind: RoomKind,
    /// The room's title; in a private room the other person's display name.
    pub title: String,
    /// The other person of a private room.
    pub peer: Option<UserRef>,
    /// What the room is about.
    pub topic: Option<String>,
    /// An emoji that stands for the room; absent in private rooms, and where none was chosen.
    pub emoji: Option<String>,
    /// The latest message by `seq`; absent in an empty room and on the socket.
    pub last_message: Option<Message>,
    /// The number of the room's latest change.
    pub last_seq: i64,
    /// Up to where this person has read.
    pub read_seq: i64,
    /// The others' undeleted messages after `read_seq`; counting stops at 100.
    pub unread: i64,
    /// How many of them mention this person or everybody in the room; counting stops at 100.
    pub mentions: i64,
    /// How far the other person of a private room has got; absent where either keeps that to themselves.
    pub peer_mark: Option<PeerMark>,
    /// What this person keeps about the room, the same on all their devices.
    pub preferences: RoomPreferences,
}

/// What of a room somebody wants to hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum Notifications {
    /// Every message. The usual in private rooms.
    All,
    /// What mentions them. The usual in public rooms.
    Mentions,
    /// Nothing: the room is muted.
    Nothing,
}

/// What somebody keeps about one of their rooms. It is gone with the membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
pub struct RoomPreferences {
    /// Whether the room stays at the top of the list.
    pub pinned: bool,
    /// What of it the person wants to hear of.
    pub notifications: Notifications,
    /// Whether the person marked it as unread, to come back to it. Moving the read mark, also to where it
    /// is, takes this back.
    pub marked_unread: bool,
}

/// `PATCH /rooms/{room}/preferences`. Absent fields stay as they are; one is there at least.
#[derive(Clone, Copy, Debug, Default, Object)]
pub struct UpdateRoomPreferencesRequest {
    /// Whether the room stays at the top of the list.
    pub pinned: Option<bool>,
    /// What of it to hear of; `nothing` mutes the room.
    pub notifications: Option<Notifications>,
    /// `true` marks the room as unread, to come back to it.
    pub marked_unread: Option<bool>,
}

/// How far the other person of a private room has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
pub struct PeerMark {
    /// Up to where the messages have reached a device of theirs.
    pub delivered_seq: i64,
    /// Up to where they have read.
    pub read_seq: i64,
}

/// A page of one's own rooms.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct RoomList {
    /// The pinned ones first, then by the latest message, the newest first; a room without messages
    /// stands where it was joined.
    pub items: Vec<RoomSummary>,
    /// For the next page; absent on the last.
    pub next_cursor: Option<String>,
}

/// A public room in the directory.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct DirectoryRoom {
    /// The room's name and address.
    pub name: String,
    /// The room's title.
    pub title: String,
    /// What the room is about.
    pub topic: Option<String>,
    /// An emoji that stands for the room; absent in private rooms, and where none was chosen.
    pub emoji: Option<String>,
    /// How many members it has.
    pub member_count: i64,
    /// How many of them are connected now, as far as they let the one who asks see it; of those who are connected
    /// to other servers alone at most 1,024 people are looked for.
    pub online_count: i64,
    /// Whether the one who asks is a member.
    pub is_member: bool,
}

/// A page of the directory of public rooms.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct DirectoryRoomPage {
    /// Those in which somebody is online first, then by the latest message, then by how many members there are.
    pub items: Vec<DirectoryRoom>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// A member of a room.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Member {
    /// The user's number.
    pub id: UserId,
    /// The username.
    pub username: String,
    /// The name that people see.
    pub display_name: String,
    /// The address of their picture, on this server; absent without one.
    pub avatar_url: Option<String>,
    /// Whether a device of theirs is connected now. `false` of who keeps that to themselves.
    pub online: bool,
    /// Since when they are a member.
    pub joined_at: Timestamp,
}

/// A page of a room's members.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MemberPage {
    /// Those who are online first, then by name.
    pub items: Vec<Member>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// A public room in which two people are.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct SharedRoom {
    /// The room's name and address.
    pub name: String,
    /// The room's title.
    pub title: String,
    /// An emoji that stands for the room; absent where none was chosen.
    pub emoji: Option<String>,
}

/// The public rooms in which two people are.
#[derive(Clone, Debug, Object)]
pub struct SharedRooms {
    /// Ordered by title; 50 at most.
    pub items: Vec<SharedRoom>,
    /// How many there are.
    pub total: i64,
}

/// `PUT /rooms/{room}/read`.
#[derive(Clone, Debug, Object)]
pub struct ReadRequest {
    /// The number of the last message seen. A mark never moves back, and never past the head.
    #[oai(validator(minimum(value = "0")))]
    pub seq: i64,
}

/// A member of a room and how far they have got.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MemberReceipt {
    /// Who.
    pub user: UserRef,
    /// Up to where this person has read.
    pub read_seq: i64,
    /// Up to where the messages have reached a device of theirs; in private rooms alone.
    pub delivered_seq: Option<i64>,
}

/// A page of how far a room's members have got.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ReceiptPage {
    /// Up to where somebody else than the one who asks has read.
    pub others_read_seq: i64,
    /// Ordered by username.
    pub items: Vec<MemberReceipt>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// How far one person has read one room.
#[derive(Clone, Debug, PartialEq, Object)]
pub struct ReadMark {
    /// Up to where this person has read.
    pub read_seq: i64,
    /// The others' undeleted messages after it; counting stops at 100.
    pub unread: i64,
    /// How many of them mention this person or everybody in the room; counting stops at 100.
    pub mentions: i64,
}
