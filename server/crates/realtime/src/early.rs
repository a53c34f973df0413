//! Events that came before those in front of them.
//!
//! Several nodes write to one topic, one after the other by the lock of its row, and each publishes after its
//! commit: what was stored later may arrive first, by the time that a publication takes. Taken for a loss,
//! that would have every subscriber read the database.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::envelope::Frames;

/// So many batches and bytes are kept.
const MOST_BATCHES: usize = 256;
const MOST_BYTES: usize = 512 * 1024;

/// What waits, by the number of its first event.
#[derive(Debug, Default)]
pub(crate) struct Early {
    batches: BTreeMap<i64, Frames>,
    bytes: usize,
    /// Events up to here are stored.
    noted: Option<i64>,
}

impl Early {
    /// Keeps a batch; `false` when there is no room for another one and all are to be given up.
    pub(crate) fn keep(&mut self, first: i64, frames: Frames) -> bool {
        let bytes = |frames: &Frames| frames.iter().map(Bytes::len).sum::<usize>();
        self.bytes += bytes(&frames);
        if let Some(other) = self.batches.insert(first, frames) {
            self.bytes -= bytes(&other);
        }
        self.batches.len() < MOST_BATCHES && self.bytes < MOST_BYTES
    }

    /// Events up to here are stored, and may be on their way.
    pub(crate) fn note(&mut self, last: i64) {
        self.noted = self.noted.max(Some(last));
    }

    /// The first number that waits.
    pub(crate) fn first(&self) -> Option<i64> {
        self.batches.keys().next().copied()
    }

    /// The batch with that.
    pub(crate) fn pop(&mut self) -> Option<(i64, Frames)> {
        let (first, frames) = self.batches.pop_first()?;
        self.bytes -= frames.iter().map(Bytes::len).sum::<usize>();
        Some((first, frames))
    }

    /// All of it, in order, and up to where events are stored.
    pub(crate) fn take(&mut self) -> (BTreeMap<i64, Frames>, Option<i64>) {
        let Self { batches, noted, .. } = std::mem::take(self);
        (batches, noted)
    }
}
