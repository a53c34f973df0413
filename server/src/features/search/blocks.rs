//! Making blocks of the index: of messages, and of smaller blocks.

use std::collections::{HashMap, VecDeque};

use adda_postings::{BlockBuilder, Damaged, Doc, Grams, Page, Part, decode_docs, merge};

use super::document::{doc_of, grams_of};
use super::store::index::Block;
use super::store::indexing::NewBlock;
use crate::features::messages::MessageRow;

/// How large blocks are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// As soon as so many changes are not in the index, they are added.
    pub(super) behind: usize,
    /// So much of what was there before is added at a time.
    pub(super) backlog: usize,
    /// Blocks with fewer documents are merged when there are so many in them together.
    pub(super) middle: i64,
    /// The same of blocks that have as many; no block has more.
    pub(super) large: i64,
    /// So many blocks of edited messages become one.
    pub(super) of_edits: usize,
}

impl Sizes {
    pub(super) const USUAL: Self = Self {
        behind: 512,
        backlog: 8_192,
        middle: 8_192,
        large: adda_postings::MAX_DOCS as i64,
        of_edits: 8,
    };
}

/// A block is ended at so many grams of its documents, which are kept in memory until then.
const MOST_GRAMS: usize = 1 << 20;
/// The pages of blocks that are merged are in memory; a block of half as many is not merged any more.
const MOST_BYTES: i64 = 32 << 20;

/// The rows in the order in which the index keeps them: by time, but those of a room by their numbers, whatever
/// the clocks said.
pub(super) fn in_order(mut rows: Vec<MessageRow>) -> Vec<MessageRow> {
    rows.sort_unstable_by_key(|row| (row.created_at, row.id));
    let rooms: Vec<i64> = rows.iter().map(|row| row.room_id).collect();
    rows.sort_unstable_by_key(|row| row.seq);
    let mut of_room: HashMap<i64, VecDeque<MessageRow>> = HashMap::new();
    for row in rows {
        of_room.entry(row.room_id).or_default().push_back(row);
    }
    // Each place of a room gets the next of its messages.
    rooms.into_iter().filter_map(|room| of_room.get_mut(&room)?.pop_front()).collect()
}

/// Blocks of these messages, which stay in this order, with the numbers from `first_doc` on.
pub(super) fn build(
    rows: &[MessageRow],
    of_edits: bool,
    first_doc: i64,
    sizes: Sizes,
) -> Vec<NewBlock> {
    let mut blocks = Vec::new();
    let mut memory = Grams::new();
    let (mut builder, mut docs, mut count) = (BlockBuilder::new(), Vec::<Doc>::new(), 0);
    let mut number = first_doc;
    for row in rows {
        let grams = grams_of(row, &mut memory);
        count += grams.len();
        builder.add(u32::try_from(docs.len()).unwrap_or(u32::MAX), grams);
        docs.push(doc_of(row));
        if count >= MOST_GRAMS || docs.len() as i64 >= sizes.large {
            let (docs, pages) = (std::mem::take(&mut docs), std::mem::take(&mut builder).pages());
            let next = number + docs.len() as i64;
            blocks.push(NewBlock { of_edits, first_doc: number, docs, pages });
            (number, count) = (next, 0);
        }
    }
    if !docs.is_empty() {
        blocks.push(NewBlock { of_edits, first_doc: number, docs, pages: builder.pages() });
    }
    blocks
}

/// Neighbours among the blocks, which come in the order of their documents, that should become one.
pub(super) fn mergeable(blocks: &[Block], sizes: Sizes) -> Option<&[Block]> {
    let nearly_large = sizes.large - sizes.middle;
    let is_full = |block: &Block| block.docs > nearly_large || block.bytes > MOST_BYTES / 2;
    let level = |block: &Block| (is_full(block), block.docs >= sizes.middle);
    let runs =
        blocks.chunk_by(|one, next| level(one) == level(next) && one.end() == next.first_doc);
    for run in runs.filter(|run| !is_full(&run[0])) {
        let enough = if run[0].docs < sizes.middle { sizes.middle } else { nearly_large };
        for start in 0..run.len() {
            let fitting = fitting(&run[start..], sizes);
            let docs: i64 = fitting.iter().map(|block| block.docs).sum();
            let is_cut_off = start + fitting.len() < run.len();
            if fitting.len() > 1 && (docs >= enough || is_cut_off) {
                return Some(fitting);
            }
        }
    }
    None
}

/// The first of these blocks that one block has room for.
fn fitting(blocks: &[Block], sizes: Sizes) -> &[Block] {
    let (mut docs, mut bytes) = (0, 0);
    let fit = blocks.iter().take_while(|block| {
        docs += block.docs;
        bytes += block.bytes;
        docs <= sizes.large && bytes <= MOST_BYTES
    });
    &blocks[..fit.count()]
}

/// Neighbours as one block, from all their pages and tables of documents.
pub(super) fn merged(
    blocks: &[Block],
    pages: &[Vec<Page>],
    docs: &[Vec<Vec<u8>>],
) -> Result<NewBlock, Damaged> {
    let mut all = Vec::new();
    let mut parts = Vec::with_capacity(blocks.len());
    for ((block, pages), chunks) in blocks.iter().zip(pages).zip(docs) {
        let offset = u32::try_from(all.len()).map_err(|_| Damaged)?;
        for chunk in chunks {
            all.extend(decode_docs(chunk)?);
        }
        if all.len() != offset as usize + block.len() as usize {
            return Err(Damaged);
        }
        parts.push(Part { offset, docs: block.len(), pages });
    }
    let first_doc = blocks.first().map_or(0, |block| block.first_doc);
    Ok(NewBlock { of_edits: false, first_doc, docs: all, pages: merge(&parts)? })
}
