//! Reading the index: its blocks from the newest to the oldest, and of each the documents that may be meant, until
//! there is enough.

use std::collections::VecDeque;
use std::collections::hash_map::{Entry, HashMap};

use adda_postings::{Doc, DocSet};
use uuid::Uuid;

use super::candidates::Candidates;
use super::cursor::OrderKey;
use super::document::Asked;
use super::error::SearchError;
use super::extent::Extent;
use super::reading::{Found, MOST_ROWS, Order, Reading};
use super::recent::Recent;
use super::store::index::Block;

/// How many candidates are read at first.
const FIRST_ROWS: usize = 24;
/// The same of documents, of which it is only known where and when they were written.
const FIRST_DOCUMENTS: usize = 64;
const MOST_DOCUMENTS: usize = 8_192;
/// The most blocks that are asked at a time.
const MOST_BLOCKS: usize = 16;

/// A document of a block that may be what is looked for, by its number there.
type Candidate<'a> = (&'a Block, u32);

/// What of some blocks is still to be looked at, in its order.
struct Queue<'a> {
    blocks: &'a [Block],
    /// What of each of them may be meant, by the grams.
    sets: &'a [DocSet],
    /// Of the first block, what is below this number is still to come.
    below: u32,
    /// What may be meant by all that is known without the texts.
    docs: VecDeque<(Candidate<'a>, Doc)>,
}

impl<'a> Queue<'a> {
    fn new(blocks: &'a [Block], sets: &'a [DocSet]) -> Self {
        Self { blocks, sets, below: u32::MAX, docs: VecDeque::new() }
    }

    /// The next so many candidates.
    fn take(&mut self, count: usize) -> Vec<Candidate<'a>> {
        let mut taken = Vec::new();
        while let ([block, blocks @ ..], [set, sets @ ..]) = (self.blocks, self.sets) {
            let numbers = set.descending_below(self.below).take(count - taken.len());
            taken.extend(numbers.map(|number| (block, number)));
            if taken.len() == count {
                self.below = taken.last().map_or(0, |(_, number)| *number);
                break;
            }
            (self.blocks, self.sets, self.below) = (blocks, sets, u32::MAX);
        }
        taken
    }
}

/// How much is read next: more and more, since nobody knows how much it takes.
struct Pace {
    documents: usize,
    rows: usize,
}

/// How far the index was read.
pub(super) struct Walk {
    pub(super) found: Vec<Found>,
    /// Of what is known by its number, what is below this was not looked at.
    pub(super) reached: i64,
    /// Whether something was looked at that is known by its key alone.
    pub(super) goes_by_key: bool,
    /// What comes before this was looked at.
    pub(super) horizon: OrderKey,
    pub(super) is_partial: bool,
}

impl Walk {
    /// Before anything is read.
    pub(super) const fn at(reached: i64) -> Self {
        let horizon = OrderKey::GREATEST;
        Self { found: Vec::new(), reached, goes_by_key: false, horizon, is_partial: false }
    }
}

impl Reading<'_> {
    /// Reads the index until there is enough, the last block first.
    pub(super) async fn walk(
        &self,
        asked: &Asked,
        blocks: &[Block],
        extent: &Extent,
        recent: &Recent,
        want: usize,
    ) -> Result<Walk, SearchError> {
        let blocks: Vec<Block> = blocks
            .iter()
            .filter(|block| self.criteria.overlaps(block.oldest_at, block.newest_at))
            // What is known by its key alone may be older than the page before.
            .filter(|block| extent.leads_into(block) || self.may_come_after(block))
            .cloned()
            .collect();
        let mut candidates = Candidates::new(self.connection, self.family, asked);
        let mut walk = Walk::at(extent.place().below);
        let mut pace = Pace { documents: FIRST_DOCUMENTS, rows: FIRST_ROWS };
        let (mut rest, mut at_once) = (&blocks[..], 1);
        while !rest.is_empty() {
            let (batch, after) = rest.split_at(rest.len().min(at_once));
            (rest, at_once) = (after, (at_once * 4).min(MOST_BLOCKS));
            let sets = candidates.of(batch).await?;
            let mut queue = Queue::new(batch, &sets);
            while self.fill(&mut queue, &mut pace, extent, recent).await? {
                self.look(&mut queue, &mut pace, extent, &mut walk).await?;
                if is_enough(&walk.found, recent, want) {
                    return Ok(walk);
                }
                if self.is_late() {
                    walk.is_partial = true;
                    return Ok(walk);
                }
            }
            walk.reached =
                batch.iter().filter_map(|block| extent.begin(block)).fold(walk.reached, i64::min);
            if self.is_late() && !rest.is_empty() {
                walk.is_partial = true;
                let newest = rest.iter().map(|block| block.newest_at).max();
                if let Some(newest) = newest.filter(|_| self.order == Order::ByTime) {
                    walk.horizon = walk.horizon.min(OrderKey(newest, Uuid::max()));
                }
                return Ok(walk);
            }
        }
        Ok(walk)
    }

    /// Fills the queue with documents that may be meant; whether there are any.
    async fn fill(
        &self,
        queue: &mut Queue<'_>,
        pace: &mut Pace,
        extent: &Extent,
        recent: &Recent,
    ) -> Result<bool, SearchError> {
        while queue.docs.len() < pace.rows {
            let mut candidates = queue.take(pace.documents);
            if candidates.is_empty() {
                break;
            }
            candidates.retain(|(block, number)| extent.is_to_walk_at(block, *number));
            pace.documents = (pace.documents * 4).min(MOST_DOCUMENTS);
            let mut docs = self.docs(&candidates).await?;
            docs.retain(|((block, number), doc)| {
                let is_known = extent.number(block, *number).is_some();
                self.is_of_rooms(doc)
                    && extent.may_have(block, doc.at)
                    && self.may_be_meant(doc, !is_known)
                    && !recent.places.contains(&(doc.room, doc.seq))
            });
            queue.docs.extend(docs);
        }
        Ok(!queue.docs.is_empty())
    }

    /// Looks at the first messages of the queue.
    async fn look(
        &self,
        queue: &mut Queue<'_>,
        pace: &mut Pace,
        extent: &Extent,
        walk: &mut Walk,
    ) -> Result<(), SearchError> {
        let some = queue.docs.len().min(pace.rows);
        pace.rows = (pace.rows * 2).min(MOST_ROWS);
        let (mut docs, mut known) = (Vec::with_capacity(some), HashMap::with_capacity(some));
        for ((block, number), doc) in queue.docs.drain(..some) {
            let number = extent.number(block, number);
            walk.horizon = OrderKey(self.order.number(&doc), Uuid::max());
            match number {
                Some(number) => walk.reached = walk.reached.min(number),
                None => walk.goes_by_key = true,
            }
            // The index before may have it too.
            if let Entry::Vacant(entry) = known.entry((doc.room, doc.seq)) {
                entry.insert((block, number));
                docs.push(doc);
            }
        }
        for row in self.accepted(self.rows(&docs).await?).await {
            let Some((block, number)) = known.get(&(row.room_id, row.seq)) else { continue };
            if !extent.has(block, row.id) {
                continue;
            }
            let found = self.found(row, *number);
            if number.is_some() || self.comes_after(found.key) {
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
