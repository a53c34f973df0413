//! How far people have got: what reached them and what they have read, and what follows from that:
//! ticks, unread counts and the list of one's own rooms.
//!
//! Invariants:
//! - A person has one read mark a room, and in a private room one of delivery. They never move back
//!   and never past the head; sending does not move them, seeing does. What was read was delivered.
//! - The other person of a private room hears of both. In a public room everybody hears how far it
//!   was read by somebody else, at most every two seconds; who that was is told on request.
//! - Who keeps to themselves what they have read is told of by none of this, and is told of nobody.
//! - Nothing is stored for each message.

mod highest;
mod http;
mod marks;
mod service;
mod store;
mod ws;

#[cfg(test)]
mod tests;

pub use http::ReceiptsApi;
pub use service::{MyRoom, ReceiptError, Receipts};
pub use ws::{delivered, read};
