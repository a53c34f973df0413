//! Rooms: what there is, who is in them, and who may see them.
//!
//! Invariants:
//! - A room is always fetched through the person who asks; who may not see it gets the answer of a
//!   room that does not exist.
//! - Each change of the members raises `members_version` under the room's lock and is published
//!   with it, after the commit.
//! - Everybody with an account may read a public room; only members write.

mod access;
mod error;
mod http;
mod lists;
mod made;
mod membership;
mod service;
mod store;

#[cfg(test)]
mod tests;

pub(crate) use access::{RoomAccess, RoomRef};
pub(crate) use error::RoomError;
pub(crate) use http::RoomsApi;
pub(crate) use membership::{join_writers, joined, may_call_everybody, people_since};
pub(crate) use service::Rooms;
pub(crate) use store::{admit_pairs, heads, lock_rooms, settle_rooms};
