//! The index of a search as bytes, without I/O: which documents have which grams.
//!
//! A document's texts are taken apart into [grams](grams()) of three characters. Documents are numbered within a
//! block of up to [`MAX_DOCS`], and each gram's documents are its [`Posting`]; a block's postings lie in
//! [pages](Page) in the order of their grams. What is [`Asked`] for is grams again, and the documents that have
//! them all are the candidates: everything that contains the word, and some that do not, which whoever asks has
//! to look at.
//!
//! The bytes are the same on every platform, and depend on the documents alone. What was read back is trusted
//! with nothing: bytes that nobody wrote are [`Damaged`].

mod asked;
mod block;
mod damaged;
mod doc_set;
mod doc_table;
mod gram;
mod merge;
mod page;
mod posting;
mod varint;

#[cfg(test)]
mod testing;

pub use self::asked::Asked;
pub use self::block::BlockBuilder;
pub use self::damaged::Damaged;
pub use self::doc_set::DocSet;
pub use self::doc_table::{DOCS_IN_CHUNK, Doc, decode_docs, encode_docs};
pub use self::gram::{Gram, Grams, grams, tag};
pub use self::merge::{Part, merge};
pub use self::page::{Entries, Page};
pub use self::posting::Posting;

/// How many documents a block has at most.
pub const MAX_DOCS: u32 = 1 << 16;
