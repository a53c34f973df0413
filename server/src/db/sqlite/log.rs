//! How long the log is and how much of it was written back, as its connections tell each other in the
//! index that they share (`-shm`, <https://www.sqlite.org/walformat.html>): the file's own length only
//! says how long it once was.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

/// Where the index has the size of a page, the last page of the log, and the last one written back; all in
/// the machine's own order.
const PAGE_SIZE: u64 = 14;
const LAST: u64 = 16;
const WRITTEN_BACK: u64 = 96;

/// The log of a database.
#[derive(Debug)]
pub(super) struct Log {
    index: PathBuf,
}

/// In bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Length {
    pub(super) whole: u64,
    pub(super) not_written_back: u64,
}

impl Log {
    pub(super) fn new(index: PathBuf) -> Self {
        Self { index }
    }

    /// As of about now: whoever commits meanwhile is not waited for.
    pub(super) fn length(&self) -> std::io::Result<Length> {
        let index = File::open(&self.index)?;
        let (mut short, mut last, mut written_back) = ([0; 2], [0; 4], [0; 4]);
        index.read_exact_at(&mut short, PAGE_SIZE)?;
        index.read_exact_at(&mut last, LAST)?;
        index.read_exact_at(&mut written_back, WRITTEN_BACK)?;
        // 64 KiB, which does not fit, is written as 1.
        let page = match u16::from_ne_bytes(short) {
            1 => 64 * 1024,
            size => u64::from(size),
        };
        let [last, written_back] =
            [last, written_back].map(|count| u64::from(u32::from_ne_bytes(count)));
        Ok(Length {
            whole: last * page,
            not_written_back: last.saturating_sub(written_back) * page,
        })
    }
}
