//! What was written or edited since it was indexed: read as a whole.

use std::collections::HashSet;

use adda_postings::Doc;
use uuid::Uuid;

use super::candidates::Candidates;
use super::cursor::OrderKey;
use super::document::Asked;
use super::error::SearchError;
use super::extent::Extent;
use super::reading::{Found, MOST_ROWS, Reading};
use super::store::index::Block;
use super::store::{self, Progress};

/// The most messages that are looked at though the index does not have them yet.
const MOST_UNINDEXED: i64 = 4_096;

/// What was written or edited since it was indexed.
#[derive(Debug, Default)]
pub(super) struct Recent {
    /// What of it is meant, the first last.
    pub(super) found: Vec<Found>,
    /// All of it, by room and number.
    pub(super) places: HashSet<(i64, i64)>,
    /// Whether there is too much that the index does not have.
    pub(super) is_partial: bool,
    /// Where there was no time for all: what comes before this was looked at.
    pub(super) horizon: Option<OrderKey>,
}

impl Reading<'_> {
    /// Adds what the index does not have.
    pub(super) async fn add_unindexed(&self, recent: &mut Recent) -> Result<(), SearchError> {
        let (mut behind, mut left) = (Vec::new(), MOST_UNINDEXED);
        for room in self.rooms.iter().filter(|room| room.behind() > 0) {
            // The newest of what is too much.
            let indexed_seq = room.indexed_seq.max(room.last_seq - left);
            recent.is_partial |= indexed_seq > room.indexed_seq;
            behind.push(Progress { indexed_seq, ..*room });
            left -= room.last_seq - indexed_seq;
        }
        let mut rows = store::changes(self.connection, self.family, &behind).await?;
        recent.places.extend(rows.iter().map(|row| (row.room_id, row.seq)));
        rows.retain(|row| row.deleted_at.is_none() && self.comes_after(self.order.key(row)));
        let accepted = self.accepted(rows).await;
        recent.found.extend(accepted.into_iter().map(|row| self.found(row, None)));
        Ok(())
    }

    /// Adds what is in the index and known by its key: what was edited, and what came into it since the first page.
    pub(super) async fn add_by_key(
        &self,
        recent: &mut Recent,
        asked: &Asked,
        blocks: &[Block],
        extent: &Extent,
        want: usize,
    ) -> Result<(), SearchError> {
        if blocks.is_empty() {
            return Ok(());
        }
        let sets = Candidates::new(self.connection, self.family, asked).of(blocks).await?;
        let mut candidates = Vec::new();
        for (block, set) in blocks.iter().zip(&sets) {
            let is_meant = |number: &u32| block.of_edits || extent.is_later_at(block, *number);
            candidates.extend(set.descending().filter(is_meant).map(|number| (block, number)));
        }
        let docs = self.docs(&candidates).await?;
        let mut docs: Vec<Doc> = docs.into_iter().map(|(_, doc)| doc).collect();
        docs.retain(|doc| self.is_of_rooms(doc));
        // Edited again since, it is among what is not indexed; edited twice, it is met twice.
        docs.retain(|doc| recent.places.insert((doc.room, doc.seq)));
        docs.retain(|doc| self.may_be_meant(doc, true));
        docs.sort_unstable_by_key(|doc| std::cmp::Reverse(self.order.number(doc)));
        let (mut found, mut rest) = (0, docs.as_slice());
        while found < want && !rest.is_empty() {
            let number = |at: usize| self.order.number(&rest[at]);
            let mut count = rest.len().min(MOST_ROWS);
            // Which of those with the same number comes first is known of their rows.
            while count < rest.len() && number(count) == number(count - 1) {
                count += 1;
            }
            let (part, after) = rest.split_at(count);
            rest = after;
            let rows = self.rows(part).await?;
            let rows: Vec<_> =
                rows.into_iter().filter(|row| self.comes_after(self.order.key(row))).collect();
            let accepted = self.accepted(rows).await;
            found += accepted.len();
            recent.found.extend(accepted.into_iter().map(|row| self.found(row, None)));
            if let Some(next) = rest.first()
                && found < want
                && self.is_late()
            {
                recent.horizon = Some(OrderKey(self.order.number(next), Uuid::max()));
                return Ok(());
            }
        }
        Ok(())
    }
}
