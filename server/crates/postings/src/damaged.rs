//! Bytes that this crate did not write.

/// The bytes are not what was written: somebody else's, cut off, or changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("damaged postings")]
pub struct Damaged;
