//! The inbox: the list of one's own rooms, what is unread in them, what one keeps about them, and how far
//! people have got, which is what ticks and unread counts follow from.
//!
//! Invariants:
//! - A person has one read mark a room, and in a private room one of delivery. They never move back
//!   and never past the head; sending does not move them, seeing does. What was read was delivered.
//! - The other person of a private room hears of both. In a public room everybody hears how far it
//!   was read by somebody else, at most every two seconds; who that was is told on request.
//! - Who hides what they have read is told of by none of this, and is told of nobody.
//! - What a person keeps about a room (pinned, notifications, marked as unread) is their membership's, so
//!   that it is gone with it; reading takes back that a room was marked as unread.
//! - Nothing is stored for each message.

mod furthest;
mod http;
mod listing;
mod marks;
mod preferences;
mod service;
mod store;
mod ws;

#[cfg(test)]
mod tests;

pub(crate) use http::InboxApi;
pub(crate) use service::{Inbox, InboxError, MyRoom};
pub(crate) use ws::{delivered, read};
