//! Messages and history.

use poem_openapi::Object;
use poem_openapi::types::{ParseFromJSON, ToJSON};
use uuid::Uuid;

use crate::accounts::UserRef;
use crate::media::{Audio, File, Image};
use crate::{Timestamp, UserId, WrittenText};

/// A stretch of the text that a client makes clickable.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct Link {
    /// The first character, counted in Unicode scalar values.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// Where it leads; `http` or `https` only.
    pub url: String,
}

/// A stretch of the text, `@` and a username or `@room`, that means somebody who may read the room, or everybody
/// in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Mention {
    /// Where the `@` stands, counted in Unicode scalar values.
    pub start: u32,
    /// One past the last character of the username.
    pub end: u32,
    /// Who is meant; absent where everybody is.
    pub user_id: Option<UserId>,
    /// `true` where everybody in the room is meant, absent else. It counts for each member but who wrote it.
    pub everybody: Option<bool>,
}

/// A list of mentions as JSON.
#[must_use]
pub fn mentions_to_json(mentions: &[Mention]) -> String {
    mentions.to_json_string()
}

/// The list of mentions that [`mentions_to_json`] wrote; empty for anything else.
#[must_use]
pub fn mentions_from_json(json: &str) -> Vec<Mention> {
    Vec::parse_from_json_string(json).unwrap_or_default()
}

/// A message in its present state. A deleted one stays as a tombstone without content.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Message {
    /// The message's id (UUID v7).
    pub id: Uuid,
    /// The room's name.
    pub room: String,
    /// The number the message was created with: where it stands in its room.
    pub seq: i64,
    /// The number of its latest change.
    pub changed_seq: i64,
    /// The id that the sender's client gave it.
    pub client_id: Uuid,
    /// Who wrote it.
    pub sender: UserRef,
    /// What was written; absent once deleted, and where something else was sent alone.
    pub text: Option<String>,
    /// The links in the text.
    pub links: Vec<Link>,
    /// Who is mentioned in the text.
    pub mentions: Vec<Mention>,
    /// The voice message that it is; absent once deleted.
    pub audio: Option<Audio>,
    /// The pictures in it, in their order.
    pub images: Vec<Image>,
    /// The files in it, in their order.
    pub files: Vec<File>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last edited; absent if never.
    pub edited_at: Option<Timestamp>,
    /// When it was deleted; absent if it stands.
    pub deleted_at: Option<Timestamp>,
}

/// `POST /rooms/{room}/messages`.
#[derive(Clone, Debug, Object)]
pub struct SendMessageRequest {
    /// An id that the client makes; the same one is the same message for ever. Best
    /// a UUID of version 7, whose order is that of time: the server finds those fastest.
    pub client_id: Uuid,
    /// What to say; may be absent where something is attached.
    pub text: Option<WrittenText>,
    /// What was uploaded (`POST /media`) and is to be carried: pictures and files, or one voice message.
    #[oai(validator(min_items = 1, max_items = 10))]
    pub media: Option<Vec<Uuid>>,
}

/// `PATCH /rooms/{room}/messages/{message_id}`.
#[derive(Clone, Debug, Object)]
pub struct EditMessageRequest {
    /// What it shall say instead.
    pub text: WrittenText,
}

/// A page of a room's history.
#[derive(Clone, Debug, Object)]
pub struct MessagePage {
    /// Ascending by `seq`.
    pub items: Vec<Message>,
    /// The number of the room's latest change when the page was read.
    pub last_seq: i64,
    /// Whether there are older messages before the page.
    pub has_before: bool,
    /// Whether there are newer messages after the page.
    pub has_after: bool,
}

/// What changed in a room since a number.
#[derive(Clone, Debug, Object)]
pub struct ChangePage {
    /// Every message created or changed since, in its present state, ascending by `changed_seq`.
    pub items: Vec<Message>,
    /// The number of the room's latest change when the page was read.
    pub last_seq: i64,
    /// Whether there is more: go on after the greatest `changed_seq` of `items`.
    pub more: bool,
}
