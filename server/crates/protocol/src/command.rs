//! What a client may say on the socket.

use std::collections::HashMap;

use poem_openapi::{Enum, Object, Union};
use uuid::Uuid;

use crate::media::InlineMedia;
use crate::{RoomName, UserId, WrittenText};

/// A frame from the client. Each may carry a `ref`, which its answer echoes.
#[derive(Debug, Union)]
#[oai(discriminator_name = "type", one_of = true)]
pub enum ClientFrame {
    /// Signs in, or renews the token.
    #[oai(mapping = "auth")]
    Auth(Auth),
    /// Goes on where an earlier connection ended.
    #[oai(mapping = "resume")]
    Resume(ResumeCommand),
    /// Writes a message.
    #[oai(mapping = "message.send")]
    MessageSend(MessageSend),
    /// Edits one's own message.
    #[oai(mapping = "message.edit")]
    MessageEdit(MessageEdit),
    /// Deletes one's own message.
    #[oai(mapping = "message.delete")]
    MessageDelete(MessageDelete),
    /// Says that one has listened to a voice message.
    #[oai(mapping = "message.listened")]
    MessageListened(MessageListened),
    /// Says that one is writing.
    #[oai(mapping = "typing")]
    Typing(Typing),
    /// Says that messages of a private room have come.
    #[oai(mapping = "delivered")]
    Delivered(Delivered),
    /// Moves one's read mark.
    #[oai(mapping = "read")]
    Read(Read),
    /// Asks for people's presence.
    #[oai(mapping = "presence.watch")]
    PresenceWatch(PresenceWatch),
    /// Asks for a room's presence.
    #[oai(mapping = "room.open")]
    RoomOpen(RoomOpen),
    /// Asks for it no longer.
    #[oai(mapping = "room.close")]
    RoomClose(RoomClose),
    /// Asks for a `pong`.
    #[oai(mapping = "ping")]
    Ping(Ping),
}

impl ClientFrame {
    /// The types that the server knows, as on the wire.
    pub const TYPES: [&'static str; 13] = [
        "auth",
        "resume",
        "message.send",
        "message.edit",
        "message.delete",
        "message.listened",
        "typing",
        "delivered",
        "read",
        "presence.watch",
        "room.open",
        "room.close",
        "ping",
    ];
}

/// The first frame, within 5 s, unless the handshake carried a Bearer token. A later one renews the
/// token without reconnecting and is answered `ok`.
#[derive(Debug, Object)]
pub struct Auth {
    /// Echoed in the answer.
    #[oai(rename = "ref", validator(max_length = 64))]
    pub reference: Option<String>,
    /// The access token.
    #[oai(validator(max_length = 4096))]
    pub token: String,
    /// Where to go on; absent to begin at the heads of the rooms. Ignored in a later frame.
    pub resume: Option<Resume>,
}

/// Where an earlier connection ended.
#[derive(Clone, Debug, Object)]
pub struct Resume {
    /// The server's epoch at that time; a client that keeps nothing across restores may leave it out.
    #[oai(validator(max_length = 64))]
    pub epoch: Option<String>,
    /// For each room, the greatest number seen. At most 1,000 rooms.
    #[oai(validator(max_properties = 1000))]
    pub rooms: HashMap<String, i64>,
}

/// `resume`, for clients that authenticated in the handshake.
#[derive(Debug, Object)]
pub struct ResumeCommand {
    /// Echoed in the answer.
    #[oai(rename = "ref", validator(max_length = 64))]
    pub reference: Option<String>,
    /// The server's epoch at that time; a client that keeps nothing across restores may leave it out.
    #[oai(validator(max_length = 64))]
    pub epoch: Option<String>,
    /// For each room, the greatest number seen. At most 1,000 rooms.
    #[oai(validator(max_properties = 1000))]
    pub rooms: HashMap<String, i64>,
}

/// `message.send`, answered `ok` with the message once it is stored for good. Messages take their places in the
/// order of their frames, but for one with `audio` or `image`: it takes its place once that was decoded, and what
/// is sent after it does not wait.
#[derive(Debug, Object)]
pub struct MessageSend {
    /// Echoed in the answer.
    #[oai(rename = "ref", validator(max_length = 64))]
    pub reference: Option<String>,
    /// The room.
    pub room: RoomName,
    /// An id that the client makes; the same one is the same message for ever. Best
    /// a UUID of version 7, whose order is that of time: the server finds those fastest.
    pub client_id: Uuid,
    /// What to say; may be absent where something is attached.
    pub text: Option<WrittenText>,
    /// What was uploaded (`POST /media`) and is to be carried: pictures and files, or one voice message.
    #[oai(validator(min_items = 1, max_items = 10))]
    pub media: Option<Vec<Uuid>>,
    /// A voice message in this very frame, instead of one that was uploaded.
    pub audio: Option<InlineMedia>,
    /// A picture in this very frame, instead of one that was uploaded.
    pub image: Option<InlineMedia>,
}

/// `message.edit`, answered `ok` with the message.
#[derive(Debug, Object)]
pub struct MessageEdit {
    /// Echoed in the answer.
    #[oai(rename = "ref", validator(max_length = 64))]
    pub reference: Option<String>,
    /// The room.
    pub room: RoomName,
    /// Which message.
    pub message_id: Uuid,
    /// What it shall say instead.
    pub text: WrittenText,
}

/// `message.delete`, answered `ok` with the tombstone.
#[derive(Debug, Object)]
pub struct MessageDelete {
    /// Echoed in the answer.
    #[oai(rename = "ref", validator(max_length = 64))]
    pub reference: Option<String>,
    /// The room.
    pub room: RoomName,
    /// Which message.
    pub message_id: Uuid,
}

/// `message.listened`, answered `ok` with the message: the voice message of the other person of a private room
/// was played. In public rooms, and where one of the two hides what they have read, nothing changes.
#[derive(Debug, Object)]
pub struct MessageListened {
    /// Echoed in the answer.
    #[oai(rename = "ref", validator(max_length = 64))]
    pub reference: Option<String>,
    /// The room.
    pub room: RoomName,
    /// Which message.
    pub message_id: Uuid,
}

/// What somebody is making.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum TypingKind {
    /// Is typing.
    Text,
    /// Is recording.
    Voice,
}

/// `typing`. Not answered unless it carries a `ref`; repeat it every few seconds while it is true.
#[derive(Debug, Object)]
pub struct Typing {
    /// Echoed in the answer.
    #[oai(rename = "ref", validator(max_length = 64))]
    pub reference: Option<String>,
    /// The room.
    pub room: RoomName,
    /// Text where absent.
    pub kind: Option<TypingKind>,
}

/// `delivered`: everything up to `seq` has reached this device. In private rooms, at most once a
/// second; what was read was delivered. Not answered unless it carries a `ref`.
#[derive(Debug, Object)]
pub struct Delivered {
    /// Echoed in the answer.
    #[oai(rename = "ref", validator(max_length = 64))]
    pub reference: Option<String>,
    /// The room.
    pub room: RoomName,
    /// The number of the last message that came.
    #[oai(validator(minimum(value = "0")))]
    pub seq: i64,
}

/// `read`: everything up to `seq` was seen; takes back that the room was marked as unread. Not answered unless it carries a `ref`.
#[derive(Debug, Object)]
pub struct Read {
    /// Echoed in the answer.
    #[oai(rename = "ref", validator(max_length = 64))]
    pub reference: Option<String>,
    /// The room.
    pub room: RoomName,
    /// The number of the last message seen.
    #[oai(validator(minimum(value = "0")))]
    pub seq: i64,
}

/// `presence.watch`: answered by a `presence` frame for each of these people; changes follow. The
/// list replaces the last one; the other people of one's private rooms need not be on it.
#[derive(Debug, Object)]
pub struct PresenceWatch {
    /// Echoed in the answer.
    #[oai(rename = "ref", validator(max_length = 64))]
    pub reference: Option<String>,
    /// Who: the people in view.
    #[oai(validator(max_items = 100))]
    pub user_ids: Vec<UserId>,
}

/// `room.open`: answered by `room.presence` with who is here; changes follow until `room.close`.
#[derive(Debug, Object)]
pub struct RoomOpen {
    /// Echoed in the answer.
    #[oai(rename = "ref", validator(max_length = 64))]
    pub reference: Option<String>,
    /// The room.
    pub room: RoomName,
}

/// `room.close`.
#[derive(Debug, Object)]
pub struct RoomClose {
    /// Echoed in the answer.
    #[oai(rename = "ref", validator(max_length = 64))]
    pub reference: Option<String>,
    /// The room.
    pub room: RoomName,
}

/// `ping`, answered `pong`.
#[derive(Debug, Object)]
pub struct Ping {
    /// Echoed in the answer.
    #[oai(rename = "ref", validator(max_length = 64))]
    pub reference: Option<String>,
}
