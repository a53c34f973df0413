//! Moving a server from one database to another, and its files from one store to another.
//!
//! Invariants:
//! - Every table that the migrations make is copied as it is, ids and the index of the search among it; what
//!   tables and columns there are is asked of a new database in memory, so that a new one is forgotten by nobody.
//! - Rows come in the order of their keys, a batch of them a commit. So what the target has is always the beginning
//!   of each table, and a transfer that was broken off goes on behind it.
//! - Nobody serves a target that is not complete: it is marked from its first to its last commit.
//! - A transfer has ended well only when both databases were read again, from beginning to end, and are the same.

mod error;
mod files;
mod run;
mod step;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use error::TransferError;
pub(crate) use files::Place;
pub(crate) use run::{Transfer, Transferred};
pub(crate) use step::{Doing, Step};
