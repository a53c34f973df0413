//! Who is here, and who is writing.
//!
//! Invariants:
//! - Presence costs nothing for a room that nobody has open: only watched rooms are computed, at
//!   most every two seconds, and above 250 people only the count is sent.
//! - Who is in a watched room is what the database says of the version of the members that the hub
//!   knows: looked at anew each round, whoever changed it and from wherever.
//! - The same holds for people: only whom somebody looks at is told of, and only to those.
//! - Who comes is written down as seen before they are told that they are in, and everybody who is
//!   online twice a minute, so that a crash is off by 30 seconds at most.
//! - Who is online on another node is online; who was there when it ended is offline half a minute later.
//! - Who is online on a server that is not heard is found in the database, by being written down again and again,
//!   for which servers that do not hear each other do so every ten seconds.
//! - Somebody is offline ten seconds after the last device went, so that a reload is not seen.
//! - Nothing here is promised beyond that: typing and presence may be lost and expire by themselves.

mod arrivals;
mod people;
mod service;
mod sightings;
mod watched;
mod ws;

#[cfg(test)]
mod tests;

pub(crate) use service::Presence;
pub(crate) use ws::{TYPING_TTL_MS, typing, watch};
