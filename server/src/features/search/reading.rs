//! What is read of one family of tables, and what of it is meant.

use std::collections::HashMap;
use std::time::Instant;

use adda_postings::{DOCS_IN_CHUNK, Doc, decode_docs};
use uuid::Uuid;

use super::cursor::{Cursor, IndexPlace, OrderKey};
use super::error::SearchError;
use super::matching::Criteria;
use super::store::Progress;
use super::store::index::{self, Block};
use crate::db::{Family, Reader};
use crate::features::messages::MessageRow;

/// So many texts are compared before others get the processor,
const AT_ONCE: usize = 16;
/// so many parts of tables of documents decoded,
const CHUNKS_AT_ONCE: usize = 64;
/// and so many messages read.
const ROWS_AT_ONCE: usize = 32;
/// The most candidates that are read at a time.
pub(super) const MOST_ROWS: usize = 192;

/// In which order hits come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The last number first; in one room.
    BySeq,
    /// The one that was written last first.
    ByTime,
}

impl Order {
    pub(super) fn key(self, row: &MessageRow) -> OrderKey {
        match self {
            Self::BySeq => OrderKey(row.seq, Uuid::nil()),
            Self::ByTime => OrderKey(row.created_at, row.id),
        }
    }

    /// What is known of it before the message is read.
    pub(super) const fn number(self, doc: &Doc) -> i64 {
        match self {
            Self::BySeq => doc.seq,
            Self::ByTime => doc.at,
        }
    }
}

/// A message that is meant.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) row: MessageRow,
    pub(super) key: OrderKey,
    /// Its number in the index, where it was found by that.
    pub(super) doc: Option<i64>,
}

/// What is to be read.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) connection: &'a Reader,
    pub(super) family: Family,
    /// Where the index stood before anything else was read, or where the page before ended in it.
    pub(super) place: IndexPlace,
    /// Which rooms of the family, in their order, as they were before its messages are read.
    pub(super) rooms: &'a [Progress],
    pub(super) criteria: &'a Criteria,
    pub(super) order: Order,
    /// Only what comes after it.
    pub(super) after: Option<&'a Cursor>,
    pub(super) deadline: Instant,
}

impl Reading<'_> {
    pub(super) fn comes_after(&self, key: OrderKey) -> bool {
        self.after.is_none_or(|after| key < after.key)
    }

    /// Whether a block may have what comes after the page before.
    pub(super) fn may_come_after(&self, block: &Block) -> bool {
        self.order == Order::BySeq || self.after.is_none_or(|after| block.oldest_at <= after.key.0)
    }

    pub(super) fn is_late(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// What is meant among these, in their order.
    pub(super) async fn accepted(&self, rows: Vec<MessageRow>) -> Vec<MessageRow> {
        let mut accepted = Vec::new();
        for (compared, row) in rows.into_iter().enumerate() {
            if compared % AT_ONCE == AT_ONCE - 1 {
                tokio::task::yield_now().await;
            }
            if self.criteria.accept(&row) {
                accepted.push(row);
            }
        }
        accepted
    }

    pub(super) fn found(&self, row: MessageRow, doc: Option<i64>) -> Found {
        Found { key: self.order.key(&row), row, doc }
    }

    pub(super) fn is_of_rooms(&self, doc: &Doc) -> bool {
        self.rooms.binary_search_by_key(&doc.room, |room| room.room_id).is_ok()
    }

    /// Whether a document may be what is looked for, by what is known of it without its text. Of what came into
    /// the index after the page before, only what is older than that page.
    pub(super) fn may_be_meant(&self, doc: &Doc, is_newer: bool) -> bool {
        self.criteria.includes_time(doc.at)
            && (!is_newer || self.after.is_none_or(|after| self.order.number(doc) <= after.key.0))
    }

    /// Documents of blocks, by their numbers there and in this order.
    pub(super) async fn docs<'a>(
        &self,
        candidates: &[(&'a Block, u32)],
    ) -> Result<Vec<((&'a Block, u32), Doc)>, SearchError> {
        let chunk_of =
            |block: &Block, number: u32| (block.id, i64::from(number) / DOCS_IN_CHUNK as i64);
        let mut asked: Vec<_> =
            candidates.iter().map(|(block, number)| chunk_of(block, *number)).collect();
        asked.dedup();
        let chunks = index::doc_chunks(self.connection, self.family, asked).await?;
        let mut decoded = HashMap::with_capacity(chunks.len());
        for (at, ((block, chunk), bytes)) in chunks.into_iter().enumerate() {
            if at % CHUNKS_AT_ONCE == CHUNKS_AT_ONCE - 1 {
                tokio::task::yield_now().await;
            }
            let docs = decode_docs(&bytes).map_err(|_| SearchError::Damaged { block })?;
            decoded.insert((block, chunk), docs);
        }
        let doc = |(block, number): &(&'a Block, u32)| {
            let docs = decoded.get(&chunk_of(block, *number))?;
            Some(((*block, *number), *docs.get(*number as usize % DOCS_IN_CHUNK)?))
        };
        Ok(candidates.iter().filter_map(doc).collect())
    }

    /// The messages that these documents are, as they are now and in this order.
    pub(super) async fn rows(&self, docs: &[Doc]) -> Result<Vec<MessageRow>, SearchError> {
        let mut all = Vec::with_capacity(docs.len());
        for docs in docs.chunks(ROWS_AT_ONCE) {
            let places = docs.iter().map(|doc| (doc.room, doc.seq));
            let rows = index::messages(self.connection, self.family, places).await?;
            let mut rows: HashMap<_, _> =
                rows.into_iter().map(|row| ((row.room_id, row.seq), row)).collect();
            all.extend(docs.iter().filter_map(|doc| rows.remove(&(doc.room, doc.seq))));
        }
        Ok(all)
    }
}
