//! The group commit: the one way in which messages change.
//!
//! What waits for the same database goes into one transaction. There is no timer: a batch is
//! whatever arrived while the previous commit ran, so a lone message pays no delay and a crowd shares
//! one fsync. SQLite has one writer, PostgreSQL a few, each room always on the same one.
//!
//! Promises: the acknowledgement comes after the commit and after the publication; a room's changes
//! are published in the order of their numbers; a batch that fails is tried again one by one, so that
//! a bad item costs nobody else; an unknown outcome of a commit is reported as `unavailable`, and
//! the retry finds by its `client_id` whether it was stored.
//!
//! A request goes into the [`queue`], which hands it on with those that wait beside it as one
//! [`batch`]; that answers what became of each, what is to be published, and what has changed.

mod batch;
mod committed;
mod queue;
mod store;
mod usual;
mod work;

pub(crate) use queue::{Pending, Writer};
pub(super) use store::{insert, set_last_seq};

#[cfg(test)]
mod tests;
