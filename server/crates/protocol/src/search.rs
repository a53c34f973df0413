//! Searching messages.

use poem_openapi::Object;
use uuid::Uuid;

use crate::accounts::UserRef;
use crate::messages::Message;
use crate::rooms::RoomKind;

/// A stretch of a message's text that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
pub struct TextMatch {
    /// The first character, counted in Unicode scalar values.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

/// A stretch of the name of a picture or file that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
pub struct FileMatch {
    /// Which of the message's `images` or `files`.
    pub media_id: Uuid,
    /// The first character of its name, counted in Unicode scalar values.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

/// The room in which something was found, as the one who asks sees it.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct SearchRoom {
    /// The room's name and address.
    pub name: String,
    /// Public or private.
    pub kind: RoomKind,
    /// The room's title; in a private room the other person's display name.
    pub title: String,
    /// The other person of a private room.
    pub peer: Option<UserRef>,
}

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Object)]
pub struct SearchHit {
    /// The message in its present state; its `seq` opens the history around it.
    pub message: Message,
    /// Where it stands.
    pub room: SearchRoom,
    /// What of its text was looked for, ascending and apart from each other; the first hundred places.
    pub matches: Vec<TextMatch>,
    /// The same of the names of its pictures and files.
    pub file_matches: Vec<FileMatch>,
}

/// A page of what was found.
#[derive(Clone, Debug, Default, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct SearchPage {
    /// The newest first.
    pub items: Vec<SearchHit>,
    /// Asks for the next page; absent on the last one.
    pub next_cursor: Option<String>,
    /// Whether the search ended early since it took too long: with `next_cursor` it goes on.
    pub partial: bool,
    /// Whether older messages are still being indexed, so that some of them may not be found yet.
    pub indexing: bool,
}
