//! Reading what is looked for in one family of tables, the newest first.
//!
//! Two streams are joined: what the index has in the order in which it came, and what was written or edited since
//! it was indexed, which is read as a whole and sorted. A message of the second is left out of the first.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Instant;

use adda_postings::{DOCS_IN_CHUNK, Doc, decode_docs};
use uuid::Uuid;

use super::candidates::Candidates;
use super::cursor::{Cursor, IndexPlace, OrderKey};
use super::document::Asked;
use super::error::SearchError;
use super::matching::Criteria;
use super::store::index::{self, Block, IndexState};
use super::store::{self, Progress};
use crate::db::{Family, Reader};
use crate::features::messages::MessageRow;

/// The most messages that are looked at though the index does not have them yet.
const MOST_UNINDEXED: i64 = 4_096;
/// So many texts are compared before others get the processor.
const AT_ONCE: usize = 32;
/// How many candidates are read at first, and at most, at a time.
const FIRST_ROWS: usize = 24;
const MOST_ROWS: usize = 192;
/// The same of documents, of which it is only known where and when they were written.
const FIRST_DOCUMENTS: usize = 64;
const MOST_DOCUMENTS: usize = 8_192;
/// The most blocks that are asked at a time.
const MOST_BLOCKS: usize = 16;

/// In which order hits come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The last number first; in one room.
    BySeq,
    /// The one that was written last first.
    ByTime,
}

impl Order {
    fn key(self, row: &MessageRow) -> OrderKey {
        match self {
            Self::BySeq => OrderKey(row.seq, Uuid::nil()),
            Self::ByTime => OrderKey(row.created_at, row.id),
        }
    }

    /// What is known of it before the message is read.
    const fn number(self, doc: &Doc) -> i64 {
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

/// A part of what there is.
#[derive(Debug)]
pub(super) struct Stretch {
    pub(super) family: Family,
    pub(super) found: Vec<Found>,
    /// Where the reading of the index began.
    pub(super) place: IndexPlace,
    /// Down to which document everything was looked at.
    pub(super) reached: i64,
    /// The same in the index before, by what is known of the last document that was looked at.
    pub(super) reached_key: Option<OrderKey>,
    /// Whether there was no time for all.
    pub(super) is_partial: bool,
    pub(super) is_indexing: bool,
}

/// What is to be read.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) connection: &'a Reader,
    pub(super) family: Family,
    /// Which rooms of the family, in their order, as they were before anything else is read.
    pub(super) rooms: &'a [Progress],
    pub(super) criteria: &'a Criteria,
    pub(super) order: Order,
    /// Only what comes after it.
    pub(super) after: Option<&'a Cursor>,
    pub(super) deadline: Instant,
}

/// What was written or edited since it was indexed.
#[derive(Debug, Default)]
struct Recent {
    /// What of it is meant, the first last.
    found: Vec<Found>,
    /// All of it, by room and number.
    places: HashSet<(i64, i64)>,
    is_partial: bool,
}

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
struct Older {
    generation: i64,
    /// Only messages with lesser ids.
    below: Uuid,
}

/// The time in an id and the time of a message are asked for one after the other.
const BETWEEN_CLOCKS_MS: i64 = 10_000;

impl Older {
    fn of(state: &IndexState) -> Option<Self> {
        Some(Self { generation: state.previous?, below: state.backlog? })
    }

    /// Whether what was written then may be older.
    fn may_have(&self, at: i64) -> bool {
        // The first six bytes of a UUID of version 7 are its time.
        let below = i64::try_from(self.below.as_u128() >> 80).unwrap_or(i64::MAX);
        at <= below.saturating_add(BETWEEN_CLOCKS_MS)
    }
}

/// How far the index was read.
struct Walk {
    found: Vec<Found>,
    /// Candidates below this were not looked at.
    reached: i64,
    reached_key: Option<OrderKey>,
    is_partial: bool,
}

impl Reading<'_> {
    /// The first so many.
    ///
    /// # Errors
    /// The database.
    pub(super) async fn newest(&self, want: usize) -> Result<Stretch, SearchError> {
        let mut recent = Recent::default();
        // Before the blocks: what is indexed meanwhile is met twice, and not missed.
        self.add_unindexed(&mut recent).await?;
        let state = index::state(self.connection, self.family).await?;
        let mut blocks = index::blocks(self.connection, self.family, state.generation).await?;
        let older = Older::of(&state);
        if let Some(older) = &older {
            let previous = index::blocks(self.connection, self.family, older.generation).await?;
            blocks.extend(previous.into_iter().filter(|block| older.may_have(block.oldest_at)));
        }
        let (edits, blocks): (Vec<_>, Vec<_>) =
            blocks.into_iter().partition(|block| block.of_edits);
        let place = self.place(&state);
        let rooms: Vec<i64> = self.rooms.iter().map(|room| room.room_id).collect();
        let asked = Asked::of(self.criteria, &rooms);
        self.add_edits(&mut recent, &asked, &edits, want).await?;
        recent.found.sort_unstable_by_key(|found| found.key);
        recent.found.drain(..recent.found.len().saturating_sub(want));
        let walk = self.walk(&asked, &blocks, place, older, &recent, want).await?;
        Ok(Stretch {
            family: self.family,
            is_partial: recent.is_partial || walk.is_partial,
            found: joined(recent.found, walk.found, want),
            place,
            reached: walk.reached,
            reached_key: walk.reached_key,
            is_indexing: state.backlog.is_some() && older.is_none(),
        })
    }

    /// Where the index is to be read from.
    fn place(&self, state: &IndexState) -> IndexPlace {
        let of_cursor = self.after.map(|after| after.places[self.family as usize]);
        match of_cursor {
            Some(place) if place.generation == state.generation => place,
            // Of another index only the keys are known.
            Some(_) => IndexPlace { generation: state.generation, from: 0, below: 0 },
            None => IndexPlace {
                generation: state.generation,
                from: state.first_doc,
                below: state.next_doc,
            },
        }
    }

    fn comes_after(&self, key: OrderKey) -> bool {
        self.after.is_none_or(|after| key < after.key)
    }

    fn is_late(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// What is meant among these, in their order.
    async fn accepted(&self, rows: Vec<MessageRow>) -> Vec<MessageRow> {
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

    fn found(&self, row: MessageRow, doc: Option<i64>) -> Found {
        Found { key: self.order.key(&row), row, doc }
    }

    async fn add_unindexed(&self, recent: &mut Recent) -> Result<(), SearchError> {
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

    async fn add_edits(
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
        let mut docs = Vec::new();
        for (block, set) in blocks.iter().zip(sets) {
            let candidates: Vec<u32> = set.descending().collect();
            docs.extend(self.docs(block, &candidates).await?.into_iter().map(|(_, doc)| doc));
        }
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

    /// Reads the index until there is enough, the last block first.
    async fn walk(
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

    fn is_of_rooms(&self, doc: &Doc) -> bool {
        self.rooms.binary_search_by_key(&doc.room, |room| room.room_id).is_ok()
    }

    /// Whether a document may be what is looked for, by what is known of it without its text. Of what came into
    /// the index after the page before, only what is older than that page.
    fn may_be_meant(&self, doc: &Doc, is_newer: bool) -> bool {
        self.criteria.includes_time(doc.at)
            && (!is_newer || self.after.is_none_or(|after| self.order.number(doc) <= after.key.0))
    }

    /// The documents of a block with these numbers, in their order.
    async fn docs(&self, block: &Block, numbers: &[u32]) -> Result<Vec<(u32, Doc)>, SearchError> {
        let chunk_of = |number: u32| i64::from(number) / DOCS_IN_CHUNK as i64;
        let mut asked: Vec<i64> = numbers.iter().map(|number| chunk_of(*number)).collect();
        asked.dedup();
        let asked = asked.into_iter().map(|chunk| (block.id, chunk));
        let chunks = index::doc_chunks(self.connection, self.family, asked).await?;
        let mut decoded: HashMap<i64, Vec<Doc>> = HashMap::new();
        for ((_, chunk), bytes) in chunks {
            let docs = decode_docs(&bytes).map_err(|_| SearchError::Damaged { block: block.id })?;
            decoded.insert(chunk, docs);
        }
        let doc = |number: &u32| {
            let docs = decoded.get(&chunk_of(*number))?;
            Some((*number, *docs.get(*number as usize % DOCS_IN_CHUNK)?))
        };
        Ok(numbers.iter().filter_map(doc).collect())
    }

    /// The messages that these documents are, as they are now and in this order.
    async fn rows(&self, docs: &[Doc]) -> Result<Vec<MessageRow>, SearchError> {
        let places = docs.iter().map(|doc| (doc.room, doc.seq));
        let rows = index::messages(self.connection, self.family, places).await?;
        let mut rows: HashMap<_, _> =
            rows.into_iter().map(|row| ((row.room_id, row.seq), row)).collect();
        Ok(docs.iter().filter_map(|doc| rows.remove(&(doc.room, doc.seq))).collect())
    }
}

/// Whether so many come before everything that was not looked at.
fn is_enough(walked: &[Found], recent: &Recent, want: usize) -> bool {
    let Some(last) = walked.last() else { return false };
    let newer = recent.found.iter().rev().take_while(|found| found.key > last.key);
    walked.len() + newer.take(want).count() >= want
}

/// Both streams as one, the first so many: what was walked stays in its order. `recent` is sorted from the last to
/// the first.
fn joined(mut recent: Vec<Found>, walked: Vec<Found>, want: usize) -> Vec<Found> {
    let mut all = Vec::with_capacity(want);
    for found in walked {
        while recent.last().is_some_and(|recent| recent.key > found.key) {
            all.extend(recent.pop());
        }
        all.push(found);
    }
    all.extend(recent.into_iter().rev());
    all.truncate(want);
    all
}
