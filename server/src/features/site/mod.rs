//! The server itself: what tells it from any other, for as long as its database lives.
//!
//! Invariants:
//! - The row is made once, with what a new server has from the start, in one transaction.
//! - Numbers of messages mean something within one epoch alone.

mod store;

pub(crate) use store::{Site, begin, load, lock};
