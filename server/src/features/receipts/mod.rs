//! Read marks and what follows from them: unread counts and the list of one's own rooms.
//!
//! Invariants: a person has one mark a room, which never moves back and never past the head; sending
//! does not move it, seeing does.

mod http;
mod marks;
mod service;
mod store;
mod ws;

#[cfg(test)]
mod tests;

pub use http::ReceiptsApi;
pub use service::{MyRoom, ReceiptError, Receipts};
pub use ws::read;
