//! What the server says on the socket.
//!
//! A message that goes to many is encoded once: [`room_change`] and [`acknowledgement`] splice the
//! message's JSON into its frames instead of encoding it again. A test holds them equal to what the
//! types would write.

use bytes::Bytes;
use poem_openapi::types::ToJSON;
use poem_openapi::{Object, Union};
use serde_json::Value;
use uuid::Uuid;

use crate::accounts::{Me, UserRef};
use crate::command::TypingKind;
use crate::messages::Message;
use crate::problem::Problem;
use crate::rooms::{Notifications, Room, RoomSummary};
use crate::{Timestamp, UserId};

/// A frame from the server. Clients ignore types and fields that they do not know.
#[derive(Clone, Debug, Union)]
#[oai(discriminator_name = "type", one_of = true)]
pub enum ServerFrame {
    /// Signed in.
    #[oai(mapping = "ready")]
    Ready(Ready),
    /// What a room has new since the client's number.
    #[oai(mapping = "sync")]
    Sync(Sync),
    /// Done.
    #[oai(mapping = "ok")]
    Ok(Done),
    /// Not done.
    #[oai(mapping = "error")]
    Error(Refused),
    /// A message was written.
    #[oai(mapping = "message.created")]
    MessageCreated(MessageCreated),
    /// A message was edited.
    #[oai(mapping = "message.updated")]
    MessageUpdated(MessageUpdated),
    /// A message was deleted.
    #[oai(mapping = "message.deleted")]
    MessageDeleted(MessageDeleted),
    /// Somebody is writing.
    #[oai(mapping = "typing")]
    Typing(TypingNotice),
    /// Who is here.
    #[oai(mapping = "room.presence")]
    RoomPresence(RoomPresence),
    /// Somebody came or went.
    #[oai(mapping = "presence")]
    Presence(PersonPresence),
    /// Somebody's marks moved.
    #[oai(mapping = "receipt")]
    Receipt(Receipt),
    /// This person is now in the room.
    #[oai(mapping = "room.added")]
    RoomAdded(RoomAdded),
    /// The room's title, topic or emoji changed.
    #[oai(mapping = "room.updated")]
    RoomUpdated(RoomUpdated),
    /// What this person keeps about the room changed.
    #[oai(mapping = "room.preferences")]
    RoomPreferences(RoomPreferencesChanged),
    /// This person is no longer in the room.
    #[oai(mapping = "room.removed")]
    RoomRemoved(RoomRemoved),
    /// Somebody's profile changed.
    #[oai(mapping = "user.updated")]
    UserUpdated(UserUpdated),
    /// One's own account changed.
    #[oai(mapping = "me.updated")]
    MeUpdated(MeUpdated),
    /// The answer to `ping`.
    #[oai(mapping = "pong")]
    Pong(Pong),
    /// The server is about to stop.
    #[oai(mapping = "draining")]
    Draining(Draining),
}

impl ServerFrame {
    /// The frame as JSON text.
    #[must_use]
    pub fn encode(&self) -> String {
        self.to_json_string()
    }

    /// The frame as the bytes that are written to a socket.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        adda_websocket::text(&self.encode())
    }
}

/// The limits that a client should keep to.
#[derive(Clone, Debug, PartialEq, Object)]
pub struct Limits {
    /// The server pings a silent connection this often, in milliseconds.
    pub ping_ms: u64,
    /// A connection that says nothing for so long is closed (4001).
    pub silence_ms: u64,
    /// A typing notice is to be forgotten after so long.
    pub typing_ttl_ms: u64,
    /// The largest frame that the server reads, in bytes.
    pub max_frame_bytes: u64,
    /// The largest frame with a recording or a picture in it.
    pub max_media_frame_bytes: u64,
    /// The longest message, in Unicode scalar values.
    pub max_text_chars: u64,
    /// Commands of one connection that may wait for their answer; further ones wait their turn.
    pub max_in_flight: u64,
    /// Resuming after more changes than this answers with `reset`.
    pub max_resume_changes: u64,
}

/// Signed in: from now on the rooms' events arrive.
#[derive(Clone, Debug, Object)]
pub struct Ready {
    /// Who.
    pub user: Me,
    /// The session that the token belongs to.
    pub session_id: Uuid,
    /// The server's epoch; numbers of another epoch mean nothing.
    pub epoch: String,
    /// When the token ends; send `auth` with a new one before.
    pub token_expires_at: Timestamp,
    /// What to keep to.
    pub limits: Limits,
    /// This person's rooms on this socket.
    pub rooms: Vec<RoomSummary>,
}

/// What is new in a room, by `changed_seq`, each message in its present state. Sent when resuming
/// and whenever the connection was too slow for the live events; live events follow after the one
/// with `more: false`.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Sync {
    /// The room.
    pub room: String,
    /// At most 100 messages, or about 64 KiB of them.
    pub messages: Vec<Message>,
    /// The room's head when this was read. With `more: false`, the number to go on from.
    pub last_seq: i64,
    /// Whether another `sync` of this room follows.
    pub more: bool,
    /// Whether the client must discard what it has of this room: the messages are its newest page.
    pub reset: bool,
    /// How far the two people of a private room have got; in the frame with `more: false`.
    pub receipts: Option<Vec<Mark>>,
}

/// How far somebody has got in a private room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
pub struct Mark {
    /// Who.
    pub user_id: UserId,
    /// Up to where the messages have reached a device of theirs.
    pub delivered_seq: i64,
    /// Up to where they have read.
    pub read_seq: i64,
}

/// The answer to what was done.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Done {
    /// The command's `ref`.
    #[oai(rename = "ref")]
    pub reference: Option<String>,
    /// The message written, edited or deleted.
    pub message: Option<Message>,
    /// Whether the `client_id` had been stored before.
    pub duplicate: Option<bool>,
}

/// The answer to what was not done.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Refused {
    /// The command's `ref`, where it could be read.
    #[oai(rename = "ref")]
    pub reference: Option<String>,
    /// Why, and what to do.
    pub error: Problem,
}

macro_rules! message_event {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Object)]
        pub struct $name {
            /// The room.
            pub room: String,
            /// This change's own number. Live numbers of a room have no holes.
            pub seq: i64,
            /// The message in the state that this change gave it.
            pub message: Message,
        }
    };
}
message_event! {
    /// A message was written.
    MessageCreated
}
message_event! {
    /// A message was edited.
    MessageUpdated
}
message_event! {
    /// A message was deleted; what is left of it is its tombstone.
    MessageDeleted
}

/// Somebody is writing, for `expires_in_ms` at most.
#[derive(Clone, Debug, Object)]
pub struct TypingNotice {
    /// The room.
    pub room: String,
    /// Who.
    pub user_id: UserId,
    /// Typing or recording.
    pub kind: TypingKind,
    /// Milliseconds after which the notice is to be forgotten.
    pub expires_in_ms: u64,
}

/// Who is here: a snapshot (`online`) after `room.open`, then changes (`joined`, `left`). Above 250
/// people, only the count.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct RoomPresence {
    /// The room.
    pub room: String,
    /// Everybody of the room who is connected.
    pub online: Option<Vec<UserId>>,
    /// Who came since the last frame.
    pub joined: Option<Vec<UserId>>,
    /// Who went since the last frame.
    pub left: Option<Vec<UserId>>,
    /// How many of the room are connected.
    pub count: u64,
}

/// Somebody is online or no longer. Sent for the other people of one's private rooms and for whom
/// one watches: once as it is, then as it changes. Who is not named is offline.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PersonPresence {
    /// Who.
    pub user_id: UserId,
    /// Whether a device of theirs is connected.
    pub online: bool,
    /// When their last device went; absent while online and before the first visit.
    pub last_seen_at: Option<Timestamp>,
}

/// Somebody's marks moved: one's own, told to one's devices together with what is unread after them;
/// in a private room those of the
/// other person; in a public room the greatest read marks, at most every two seconds: the greatest
/// that is not one's own is how far somebody else has read.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Receipt {
    /// The room.
    pub room: String,
    /// Whose marks.
    pub user_id: UserId,
    /// Up to where the messages have reached a device of theirs; in private rooms alone.
    pub delivered_seq: Option<i64>,
    /// Up to where they have read.
    pub read_seq: i64,
    /// One's own alone: the others' undeleted messages after it; counting stops at 100.
    pub unread: Option<i64>,
    /// One's own alone: how many of them mention this person; counting stops at 100.
    pub mentions: Option<i64>,
    /// One's own alone: the room's head when that was counted.
    pub last_seq: Option<i64>,
}

/// This person is now in the room; its events follow.
#[derive(Clone, Debug, Object)]
pub struct RoomAdded {
    /// The room.
    pub room: Box<RoomSummary>,
}

/// The room's title, topic or emoji changed.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct RoomUpdated {
    /// The room.
    pub room: String,
    /// Its title now.
    pub title: String,
    /// Its topic now.
    pub topic: Option<String>,
    /// Its emoji now.
    pub emoji: Option<String>,
}

impl From<Room> for RoomUpdated {
    fn from(room: Room) -> Self {
        Self { room: room.name, title: room.title, topic: room.topic, emoji: room.emoji }
    }
}

/// What this person keeps about the room, all of it as it is now: changed on whichever device, or by
/// reading a room that was marked as unread.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct RoomPreferencesChanged {
    /// The room.
    pub room: String,
    /// Whether it stays at the top of the list.
    pub pinned: bool,
    /// What of it the person wants to hear of.
    pub notifications: Notifications,
    /// Whether the person marked it as unread.
    pub marked_unread: bool,
}

/// This person is no longer in the room; forget it.
#[derive(Clone, Debug, Object)]
pub struct RoomRemoved {
    /// The room.
    pub room: String,
}

/// Somebody's profile changed.
#[derive(Clone, Debug, Object)]
pub struct UserUpdated {
    /// Who, as they are now.
    pub user: UserRef,
}

/// One's own account changed, on whichever device.
#[derive(Clone, Debug, Object)]
pub struct MeUpdated {
    /// It, as it is now.
    pub user: Me,
}

/// The answer to `ping`.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Pong {
    /// The command's `ref`.
    #[oai(rename = "ref")]
    pub reference: Option<String>,
}

/// The server is about to stop: reconnect after the given time.
#[derive(Clone, Debug, Object)]
pub struct Draining {
    /// Milliseconds to wait, different for each connection so that not all come back at once.
    pub retry_after_ms: u64,
}

/// What happened to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was written.
    Created,
    /// It was edited.
    Updated,
    /// It was deleted.
    Deleted,
}

impl Change {
    /// The event's type, as on the wire.
    #[must_use]
    pub const fn event_type(self) -> &'static str {
        match self {
            Self::Created => "message.created",
            Self::Updated => "message.updated",
            Self::Deleted => "message.deleted",
        }
    }
}

/// The event of a message's change, around the message's own JSON.
#[must_use]
pub fn room_change(change: Change, room: &str, seq: i64, message_json: &str) -> String {
    // A room's name needs no escaping: its alphabet has no character that JSON escapes.
    format!(
        r#"{{"type":"{}","room":"{room}","seq":{seq},"message":{message_json}}}"#,
        change.event_type()
    )
}

/// The answer to a send, edit or delete, around the message's own JSON.
#[must_use]
pub fn acknowledgement(reference: Option<&str>, message_json: &str, duplicate: bool) -> String {
    match reference {
        Some(reference) => format!(
            r#"{{"type":"ok","ref":{},"duplicate":{duplicate},"message":{message_json}}}"#,
            Value::from(reference)
        ),
        None => format!(r#"{{"type":"ok","duplicate":{duplicate},"message":{message_json}}}"#),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            id: Uuid::from_u128(1),
            room: "general".into(),
            seq: 4,
            changed_seq: 9,
            client_id: Uuid::from_u128(2),
            sender: UserRef {
                id: 7,
                username: "mira".into(),
                display_name: "Mi\"ra".into(),
                avatar_url: None,
            },
            text: Some("line\nbreak \u{1F375}".into()),
            links: vec![],
            mentions: vec![],
            audio: None,
            images: vec![],
            files: vec![],
            created_at: Timestamp(0),
            edited_at: None,
            deleted_at: None,
        }
    }

    #[test]
    fn a_spliced_frame_is_what_the_types_would_write() {
        let json = message().to_json_string();
        let room = || "general".to_owned();
        let written = [
            ServerFrame::MessageCreated(MessageCreated {
                room: room(),
                seq: 9,
                message: message(),
            }),
            ServerFrame::MessageUpdated(MessageUpdated {
                room: room(),
                seq: 9,
                message: message(),
            }),
            ServerFrame::MessageDeleted(MessageDeleted {
                room: room(),
                seq: 9,
                message: message(),
            }),
            ServerFrame::Ok(Done {
                reference: Some("a\"b".into()),
                message: Some(message()),
                duplicate: Some(false),
            }),
            ServerFrame::Ok(Done {
                reference: None,
                message: Some(message()),
                duplicate: Some(true),
            }),
        ];
        let spliced = [
            room_change(Change::Created, "general", 9, &json),
            room_change(Change::Updated, "general", 9, &json),
            room_change(Change::Deleted, "general", 9, &json),
            acknowledgement(Some("a\"b"), &json, false),
            acknowledgement(None, &json, true),
        ];
        for (written, spliced) in written.iter().zip(spliced) {
            let spliced: Value = serde_json::from_str(&spliced).unwrap();
            assert_eq!(written.to_json().unwrap(), spliced);
        }
    }

    #[test]
    fn an_absent_field_is_absent_and_not_null() {
        let json = message().to_json_string();
        assert!(!json.contains("null"), "{json}");
        assert!(!json.contains("edited_at"), "{json}");
    }
}
