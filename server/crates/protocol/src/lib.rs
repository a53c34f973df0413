//! The wire: every shape that crosses it, for REST and for the socket.
//!
//! These types are the single source of `openapi/openapi.json` and `openapi/asyncapi.json`; nothing
//! else in Adda writes or reads JSON for a client. They know no feature, no database and no socket.
//! Optional fields are absent when there is nothing to say, never `null`.

pub mod accounts;
pub mod command;
mod emoji;
pub mod event;
pub mod input;
pub mod media;
pub mod messages;
pub mod opaque;
pub mod problem;
pub mod rooms;
pub mod search;
mod seen;
pub mod text;
pub mod time;

pub use problem::{Code, FieldError, Problem};
pub use seen::is_ignorable;
pub use text::{
    DisplayName, MessageText, Password, RoomEmoji, RoomName, RoomTitle, RoomTopic, SearchText,
    Username, WrittenText,
};
pub use time::Timestamp;

/// A user's number: positive, given out in the order of registration, never given out again.
pub type UserId = i64;
