//! Who is here, and who is writing.
//!
//! Invariants:
//! - Presence costs nothing for a room that nobody has open: only watched rooms are computed, at
//!   most every two seconds, and above 250 people only the count is sent.
//! - Who is in a watched room is what the database says of the version of the members that the hub
//!   knows: looked at anew each round, whoever changed it and from wherever.
//! - Somebody is offline ten seconds after the last device went, so that a reload is not seen.
//! - Nothing here is promised beyond that: typing and presence may be lost and expire by themselves.

mod service;
mod watched;
mod ws;

#[cfg(test)]
mod tests;

pub use service::Presence;
pub use ws::{TYPING_TTL_MS, typing};
