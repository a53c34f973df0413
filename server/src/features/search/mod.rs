//! Finding messages: as parts of words, in every language, in one room or in all one's own.
//!
//! Invariants:
//! - A hit is a message as it is stored now: whatever proposes it, it is read and compared before it is told.
//! - What was acknowledged is found; what the index does not have yet is looked through.
//! - Nobody finds anything in a room that they may not read, nor learns that it is there.
//! - A query is never an error, and a search ends in time with what it has.

mod blocks;
mod candidates;
mod cursor;
mod document;
mod error;
mod extent;
mod http;
mod indexer;
mod matching;
mod query;
mod reading;
mod recent;
mod service;
mod spans;
mod store;
mod stretch;
mod walk;

#[cfg(test)]
mod tests;

pub(crate) use error::SearchError;
pub(crate) use http::SearchApi;
pub(crate) use indexer::Indexer;
pub(crate) use service::Search;
