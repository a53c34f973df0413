//! Reading the index: its blocks from the newest to the oldest, and of each the documents that may be meant, until
//! there is enough.

use std::collections::{HashMap, VecDeque};

use adda_postings::Doc;
use uuid::Uuid;

use super::candidates::Candidates;
use super::cursor::{Cursor, IndexPlace, OrderKey};
use super::document::Asked;
use super::error::SearchError;
use super::reading::{Found, MOST_ROWS, Order, Reading};
use super::recent::Recent;
use super::store::index::{Block, IndexState};

/// How many candidates are read at first.
const FIRST_ROWS: usize = 24;
/// The same of documents, of which it is only known where and when they were written.
const FIRST_DOCUMENTS: usize = 64;
const MOST_DOCUMENTS: usize = 8_192;
/// The most blocks that are asked at a time.
const MOST_BLOCKS: usize = 16;

/// What of a block is still to be looked at, in its order.
struct Queue<'a> {
    block: &'a Block,
    /// Where it is a block of the index before.
    older: Option<Older>,
    candidates: VecDeque<u32>,
    /// Those that may be meant by what is known without their texts.
    docs: VecDeque<(u32, Doc)>,
    /// How many are read next.
    documents: usize,
    rows: usize,
}

impl<'a> Queue<'a> {
    fn new(block: &'a Block, older: Option<Older>, candidates: VecDeque<u32>) -> Self {
        let docs = VecDeque::new();
        Self { block, older, candidates, docs, documents: FIRST_DOCUMENTS, rows: FIRST_ROWS }
    }
}

/// While an index is made anew, the one before answers for what is older than what is in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Older {
    /// Only messages with lesser ids.
    below: Uuid,
}

/// The time in an id and the time of a message are asked for one after the other.
const BETWEEN_CLOCKS_MS: i64 = 10_000;

impl Older {
    pub(super) fn of(state: &IndexState) -> Option<Self> {
        state.previous?;
        Some(Self { below: state.backlog? })
    }

    /// Whether what was written then may be older.
    pub(super) fn may_have(&self, at: i64) -> bool {
        // The first six bytes of a UUID of version 7 are its time.
        let below = i64::try_from(self.below.as_u128() >> 80).unwrap_or(i64::MAX);
        at <= below.saturating_add(BETWEEN_CLOCKS_MS)
    }
}

/// How far the index was read.
pub(super) struct Walk {
    pub(super) found: Vec<Found>,
    /// Candidates below this were not looked at.
    pub(super) reached: i64,
    pub(super) reached_key: Option<OrderKey>,
    pub(super) is_partial: bool,
}

impl Reading<'_> {
    /// Reads the index until there is enough, the last block first.
    pub(super) async fn walk(
        &self,
        asked: &Asked,
        blocks: &[Block],
        place: IndexPlace,
        older: Option<Older>,
        recent: &Recent,
        want: usize,
    ) -> Result<Walk, SearchError> {
        let blocks: Vec<Block> = blocks
            .iter()
            .filter(|block| self.criteria.overlaps(block.oldest_at, block.newest_at))
            // What came into the index since the page before is only read where it may be older.
            .filter(|block| {
                let is_known = block.generation == place.generation
                    && block.first_doc < place.below
                    && block.end() > place.from;
                let is_older =
                    |after: &Cursor| self.order == Order::BySeq || block.oldest_at <= after.key.0;
                is_known || self.after.is_none_or(is_older)
            })
            .cloned()
            .collect();
        let mut candidates = Candidates::new(self.connection, self.family, asked);
        let mut of_index = blocks.iter().filter(|block| block.generation == place.generation);
        let reached = match of_index.next() {
            Some(first) if place.from >= place.below => first.end(),
            _ => place.below,
        };
        let mut walk = Walk { found: Vec::new(), reached, reached_key: None, is_partial: false };
        let (mut at, mut at_once) = (0, 1);
        while at < blocks.len() {
            let batch = &blocks[at..blocks.len().min(at + at_once)];
            (at, at_once) = (at + batch.len(), (at_once * 2).min(MOST_BLOCKS));
            let sets = candidates.of(batch).await?;
            for (block, set) in batch.iter().zip(sets) {
                let older = older.filter(|_| block.generation != place.generation);
                let mut queue = Queue::new(block, older, set.descending().collect());
                while self.fill(&mut queue, place, recent).await? {
                    self.look(&mut queue, place, &mut walk).await?;
                    if is_enough(&walk.found, recent, want) {
                        return Ok(walk);
                    }
                    if self.is_late() {
                        walk.is_partial = true;
                        return Ok(walk);
                    }
                }
                if older.is_none() {
                    walk.reached = walk.reached.min(block.first_doc);
                }
            }
            if self.is_late() && at < blocks.len() {
                walk.is_partial = true;
                return Ok(walk);
            }
        }
        Ok(walk)
    }

    /// Fills the queue with documents that may be meant; whether there are any.
    async fn fill(
        &self,
        queue: &mut Queue<'_>,
        place: IndexPlace,
        recent: &Recent,
    ) -> Result<bool, SearchError> {
        while queue.docs.len() < queue.rows && !queue.candidates.is_empty() {
            let block = queue.block;
            let some = queue.candidates.len().min(queue.documents);
            let candidates: Vec<u32> = queue.candidates.drain(..some).collect();
            queue.documents = (queue.documents * 4).min(MOST_DOCUMENTS);
            let mut docs = self.docs(block, &candidates).await?;
            docs.retain(|(at, doc)| {
                let number = block.first_doc + i64::from(*at);
                let is_known = queue.older.is_none() && place.leads_to(number);
                self.is_of_rooms(doc)
                    && queue.older.is_none_or(|older| older.may_have(doc.at))
                    && self.may_be_meant(doc, !is_known)
                    && !recent.places.contains(&(doc.room, doc.seq))
            });
            queue.docs.extend(docs);
        }
        Ok(!queue.docs.is_empty())
    }

    /// Looks at the next messages of a block.
    async fn look(
        &self,
        queue: &mut Queue<'_>,
        place: IndexPlace,
        walk: &mut Walk,
    ) -> Result<(), SearchError> {
        let some = queue.docs.len().min(queue.rows);
        let docs: Vec<(u32, Doc)> = queue.docs.drain(..some).collect();
        queue.rows = (queue.rows * 2).min(MOST_ROWS);
        let number = |at: u32| queue.block.first_doc + i64::from(at);
        let of: HashMap<(i64, i64), i64> =
            docs.iter().map(|(at, doc)| ((doc.room, doc.seq), number(*at))).collect();
        match docs.last() {
            Some((_, doc)) if queue.older.is_some() => {
                walk.reached_key = Some(OrderKey(self.order.number(doc), Uuid::max()));
            }
            Some((last, _)) => walk.reached = walk.reached.min(number(*last)),
            None => {}
        }
        let docs: Vec<Doc> = docs.into_iter().map(|(_, doc)| doc).collect();
        for row in self.accepted(self.rows(&docs).await?).await {
            if queue.older.is_some_and(|older| row.id >= older.below) {
                continue;
            }
            // The numbers of the index before are none of this one.
            let doc = of.get(&(row.room_id, row.seq)).copied().filter(|_| queue.older.is_none());
            let found = self.found(row, doc);
            if doc.is_some_and(|doc| place.leads_to(doc)) || self.comes_after(found.key) {
                walk.found.push(found);
            }
        }
        Ok(())
    }
}

/// Whether so many come before everything that was not looked at.
fn is_enough(walked: &[Found], recent: &Recent, want: usize) -> bool {
    let Some(last) = walked.last() else { return false };
    let newer = recent.found.iter().rev().take_while(|found| found.key > last.key);
    walked.len() + newer.take(want).count() >= want
}
