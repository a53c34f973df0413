//! Messages: writing, changing and reading them.
//!
//! Invariants:
//! - Only [`writer`] changes a message, in a transaction that numbers the change; it publishes after
//!   the commit and acknowledges after it has published.
//! - A room's numbers are dense. `seq` is the number a message was created with, `changed_seq` its latest change.
//! - The same `(sender, room, client_id)` is one message for ever, by a unique key.
//! - A deleted message stays as a tombstone without its text.

#[cfg_attr(not(test), allow(dead_code, reason = "only the tests listen yet"))]
mod changes;
mod code;
mod content;
mod encoder;
mod error;
mod http;
mod inline;
mod links;
mod mentions;
mod operation;
mod row;
mod searchable;
mod service;
mod store;
mod welcome;
mod writer;
mod ws;

#[cfg(test)]
mod tests;

pub(crate) use content::Content;
pub(crate) use encoder::MessageEncoder;
pub(crate) use error::MessageError;
pub(crate) use http::MessagesApi;
pub(crate) use inline::Uploader;
#[cfg(test)]
pub(crate) use operation::Accepted;
pub(crate) use operation::{Actor, Operation};
pub(crate) use row::MessageRow;
pub(crate) use searchable::Searchable;
pub(crate) use service::{MAX_RESUME_CHANGES, Messages};
pub(crate) use store::{COLUMNS as MESSAGE_COLUMNS, last_messages};
pub(crate) use welcome::greet;
#[cfg(test)]
pub(crate) use writer::Pending;
pub(crate) use writer::Writer;
pub(crate) use ws::{Answer, Target, delete, edit, listened, send, send_inline};
