//! The file into which all versions of a picture are written, one after the other.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// A picture that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Which bytes of the file are it.
    pub bytes: Range<u64>,
    /// As it is to be shown.
    pub width: u32,
    /// As it is to be shown.
    pub height: u32,
    /// What it is.
    pub mime: Mime,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mime {
    /// Photographs.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// What has sharp edges, or alpha.
    #[serde(rename = "image/png")]
    Png,
    /// What moves.
    #[serde(rename = "image/gif")]
    Gif,
    /// What moves.
    #[serde(rename = "image/webp")]
    WebP,
}

impl Mime {
    /// As HTTP names it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }
}

/// The file and how much of it is written.
#[derive(Debug)]
pub(crate) struct Written {
    file: File,
    length: u64,
}

impl Written {
    pub(crate) fn new(file: File) -> Self {
        Self { file, length: 0 }
    }

    /// Writes a version; answers which bytes are it.
    pub(crate) fn put(
        &mut self,
        write: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), Refusal>,
    ) -> Result<Range<u64>, Refusal> {
        let start = self.length;
        self.file.seek(SeekFrom::Start(start))?;
        let mut to = BufWriter::new(&self.file);
        write(&mut to)?;
        to.flush()?;
        drop(to);
        self.length = self.file.stream_position()?;
        Ok(start..self.length)
    }

    /// The same if it has at most so many bytes; else it is as if nothing had been written.
    pub(crate) fn put_at_most(
        &mut self,
        most: u64,
        write: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), Refusal>,
    ) -> Result<Option<Range<u64>>, Refusal> {
        let start = self.length;
        let mut is_too_long = false;
        let put = self.put(|to| {
            let mut capped = Capped { to, left: most, is_too_long: false };
            let written = write(&mut capped);
            is_too_long = capped.is_too_long;
            written
        });
        if is_too_long {
            self.file.set_len(start)?;
            self.length = start;
            return Ok(None);
        }
        put.map(Some)
    }
}

/// Fails when more is written than was said.
struct Capped<'to> {
    to: &'to mut (dyn Write + Send),
    left: u64,
    is_too_long: bool,
}

impl Write for Capped<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
            self.is_too_long = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        };
        self.left = left;
        self.to.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
