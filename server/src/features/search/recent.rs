//! What was written or edited since it was indexed: read as a whole.

use std::collections::HashSet;

use adda_postings::Doc;

use super::candidates::Candidates;
use super::document::Asked;
use super::error::SearchError;
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
    pub(super) is_partial: bool,
}

impl Reading<'_> {
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

    pub(super) async fn add_edits(
        &self,
        recent: &mut Recent,
        asked: &Asked,
        blocks: &[Block],
        want: usize,
    ) -> Result<(), SearchError> {
        if blocks.is_empty() {
            return Ok(());
        }
        let sets = Candidates::new(self.connection, self.family, asked).of(blocks).await?;
        let candidates = blocks
            .iter()
            .zip(&sets)
            .flat_map(|(block, set)| set.descending().map(move |number| (block, number)));
        let docs = self.docs(&candidates.collect::<Vec<_>>()).await?;
        let mut docs: Vec<Doc> = docs.into_iter().map(|(_, doc)| doc).collect();
        docs.retain(|doc| self.is_of_rooms(doc));
        // Edited again since, it is among what is not indexed; edited twice, it is met twice.
        docs.retain(|doc| recent.places.insert((doc.room, doc.seq)));
        docs.retain(|doc| self.may_be_meant(doc, true));
        docs.sort_unstable_by_key(|doc| std::cmp::Reverse(self.order.number(doc)));
        let (mut found, mut rest) = (0, docs.as_slice());
        while found < want && !rest.is_empty() {
            if self.is_late() {
                recent.is_partial = true;
                break;
            }
            let (part, after) = rest.split_at(rest.len().min(MOST_ROWS));
            rest = after;
            let rows = self.rows(part).await?;
            let rows: Vec<_> =
                rows.into_iter().filter(|row| self.comes_after(self.order.key(row))).collect();
            let accepted = self.accepted(rows).await;
            found += accepted.len();
            recent.found.extend(accepted.into_iter().map(|row| self.found(row, None)));
        }
        Ok(())
    }
}
