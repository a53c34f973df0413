//! Reading the index: its blocks from the newest to the oldest, and of each the documents that may be meant, until
//! there is enough.

use std::collections::{HashMap, VecDeque};

use adda_postings::{Doc, DocSet};
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
        let mut pace = Pace { documents: FIRST_DOCUMENTS, rows: FIRST_ROWS };
        let (mut rest, mut at_once) = (&blocks[..], 1);
        while !rest.is_empty() {
            let (batch, after) = rest.split_at(rest.len().min(at_once));
            (rest, at_once) = (after, (at_once * 4).min(MOST_BLOCKS));
            let sets = candidates.of(batch).await?;
            let mut queue = Queue::new(batch, &sets);
            while self.fill(&mut queue, &mut pace, place, older, recent).await? {
                self.look(&mut queue, &mut pace, place, older, &mut walk).await?;
                if is_enough(&walk.found, recent, want) {
                    return Ok(walk);
                }
                if self.is_late() {
                    walk.is_partial = true;
                    return Ok(walk);
                }
            }
            let of_index = batch.iter().filter(|block| block.generation == place.generation);
            walk.reached = of_index.fold(walk.reached, |at, block| at.min(block.first_doc));
            if self.is_late() && !rest.is_empty() {
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
        pace: &mut Pace,
        place: IndexPlace,
        older: Option<Older>,
        recent: &Recent,
    ) -> Result<bool, SearchError> {
        while queue.docs.len() < pace.rows {
            let candidates = queue.take(pace.documents);
            if candidates.is_empty() {
                break;
            }
            pace.documents = (pace.documents * 4).min(MOST_DOCUMENTS);
            let mut docs = self.docs(&candidates).await?;
            docs.retain(|((block, number), doc)| {
                let is_of_index = block.generation == place.generation;
                let is_known = is_of_index && place.leads_to(block.first_doc + i64::from(*number));
                self.is_of_rooms(doc)
                    && (is_of_index || older.is_some_and(|older| older.may_have(doc.at)))
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
        place: IndexPlace,
        older: Option<Older>,
        walk: &mut Walk,
    ) -> Result<(), SearchError> {
        let some = queue.docs.len().min(pace.rows);
        pace.rows = (pace.rows * 2).min(MOST_ROWS);
        let (mut docs, mut numbers) = (Vec::with_capacity(some), HashMap::with_capacity(some));
        for ((block, number), doc) in queue.docs.drain(..some) {
            if block.generation == place.generation {
                let number = block.first_doc + i64::from(number);
                numbers.insert((doc.room, doc.seq), number);
                walk.reached = walk.reached.min(number);
            } else {
                walk.reached_key = Some(OrderKey(self.order.number(&doc), Uuid::max()));
            }
            docs.push(doc);
        }
        for row in self.accepted(self.rows(&docs).await?).await {
            // The numbers of the index before are none of this one.
            let doc = numbers.get(&(row.room_id, row.seq)).copied();
            if doc.is_none() && older.is_none_or(|older| row.id >= older.below) {
                continue;
            }
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
