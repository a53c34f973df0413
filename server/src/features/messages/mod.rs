//! Messages: writing, changing and reading them.
//!
//! Invariants:
//! - Only [`writer`] changes a message, in a transaction that numbers the change; it publishes after
//!   the commit and acknowledges after it has published.
//! - A room's numbers are dense. `seq` is a message's place, `changed_seq` its latest change.
//! - The same `(sender, room, client_id)` is one message for ever, by a unique key.
//! - A deleted message stays as a tombstone without its text.

mod changes;
mod content;
mod encoder;
mod http;
mod links;
mod mentions;
mod row;
mod service;
mod store;
mod welcome;
mod writer;
mod ws;

#[cfg(test)]
mod tests;

pub use changes::{ChangeListener, Changed};
pub use content::Content;
pub use encoder::MessageEncoder;
pub use http::MessagesApi;
pub use row::MessageRow;
pub use service::{History, MAX_RESUME_CHANGES, MessageError, Messages, SyncPage};
pub use store::last_messages;
pub use welcome::prepare;
pub use writer::{Accepted, Actor, Operation, Pending, Right, Writer};
pub use ws::{Answer, Target, delete, edit, send};
