//! The last events of a topic, so that a subscriber who is only a little behind is served from
//! memory.
//!
//! Without it, a load that is just above what can be delivered makes every subscriber fall behind
//! at once and each read the same pages from the database, which costs so much more than live
//! delivery that none of them ever catches up. The frames are shared with the queues, so that what
//! is kept here is paid for once a topic, and never more than a little for each subscriber.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::envelope::Frames;

/// What may be kept for each subscriber of the topic.
const BYTES_A_SUBSCRIBER: usize = 1_024;
/// What may be kept however many subscribers there are.
const MOST_BYTES: usize = 1024 * 1024;

/// Consecutive events, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    batches: VecDeque<Batch>,
    bytes: usize,
}

#[derive(Debug)]
struct Batch {
    first: i64,
    last: i64,
    frames: Frames,
    bytes: usize,
}

impl Recent {
    /// Keeps events that were just published; `subscribers` says how much is worth keeping.
    pub(crate) fn keep(&mut self, first: i64, last: i64, frames: &Frames, subscribers: usize) {
        match self.batches.back() {
            Some(newest) if last <= newest.last => return,
            // After a gap, or a batch that is partly known, what was kept leads nowhere.
            Some(newest) if first != newest.last + 1 => self.clear(),
            _ => {}
        }
        let bytes = frames.iter().map(Bytes::len).sum();
        self.bytes += bytes;
        self.batches.push_back(Batch { first, last, frames: frames.clone(), bytes });
        let most = subscribers.saturating_mul(BYTES_A_SUBSCRIBER).min(MOST_BYTES);
        while self.bytes > most {
            let Some(oldest) = self.batches.pop_front() else { break };
            self.bytes -= oldest.bytes;
        }
    }

    /// The events after a number up to the newest, batch by batch, each with where in it to begin
    /// and the number of its last. `None` when some of them are not kept.
    pub(crate) fn after(
        &self,
        cursor: i64,
    ) -> Option<impl Iterator<Item = (&Frames, usize, i64)> + '_> {
        self.batches.front().filter(|oldest| oldest.first <= cursor + 1)?;
        let from = self.batches.partition_point(|batch| batch.last <= cursor);
        Some(self.batches.range(from..).map(move |batch| {
            let known = usize::try_from(cursor + 1 - batch.first).unwrap_or(0);
            (&batch.frames, known, batch.last)
        }))
    }

    /// The number of the newest.
    pub(crate) fn last(&self) -> Option<i64> {
        self.batches.back().map(|newest| newest.last)
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
