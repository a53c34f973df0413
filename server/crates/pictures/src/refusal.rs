//! Why nothing was made of a picture.

use std::io;

/// Why nothing was made of a picture.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It is no picture of a kind that is taken, or it is broken.
    #[error("unreadable")]
    Unreadable,
    /// It is HEIC or AVIF, as telephones and browsers keep them; whoever sends it can have it converted.
    #[error("HEIC or AVIF")]
    Heif,
    /// It has more pixels or frames than are taken, or would need more memory than is given.
    #[error("takes too much")]
    TooMuch,
    /// One of the files could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Refusal {
    /// What a decoder's trouble with its input means: a file that ends too early is broken.
    pub(crate) fn reading(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => Self::Unreadable,
            _ => Self::Io(error),
        }
    }
}
