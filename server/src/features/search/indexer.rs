//! Keeps the index up to date, beside everything else: what was written or edited is added as soon as there is
//! enough of it, small blocks are merged, and what was there before the index is added from the newest on.
//!
//! A message is in no block before its room's progress says so, and from then on in one that is read: both are
//! noted by one transaction, so that a crash at any time loses nothing. Where several servers have the database,
//! one of them works; whoever else begins to work since it seemed to be gone makes its work void.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::blocks::{self, Sizes};
use super::error::SearchError;
use super::store::index::{self, Block, IndexState};
use super::store::indexing::{self, NewBlock};
use super::store::{self, Progress};
use crate::clock::Clock;
use crate::db::{Db, Family};
use crate::features::messages::MessageRow;

/// So often it is looked whether there is anything to do.
const PERIOD: Duration = Duration::from_secs(1);
/// The same after a failure.
const PAUSE: Duration = Duration::from_secs(5);
/// A worker that was not heard of for so long is taken for gone.
const OWNED_MS: i64 = 20_000;
/// Who began to read before a block was replaced has ended by then.
const READ_MS: i64 = 60_000;
/// The most changes that are added at a time.
const MOST_CHANGES: usize = 2_048;

/// What adds to the index of both families.
#[derive(Clone, Debug)]
pub(crate) struct Indexer {
    db: Db,
    clock: Clock,
    worker: Uuid,
    sizes: Sizes,
    /// When it last said that it works on each of them.
    said_at: Arc<[AtomicI64; 2]>,
}

/// Whether there may be more to do at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Round {
    Idle,
    Worked,
}

impl Indexer {
    #[must_use]
    pub(crate) fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock, worker: Uuid::new_v4(), sizes: Sizes::USUAL, said_at: Arc::default() }
    }

    /// With other sizes, in a test.
    #[cfg(test)]
    pub(super) fn with_sizes(self, sizes: Sizes) -> Self {
        Self { sizes, ..self }
    }

    /// Works for as long as the server lives.
    pub(crate) async fn run(&self) {
        if self.db.is_of_one_server() {
            // Whoever worked before is gone.
            for family in Family::ALL {
                if let Err(error) = indexing::take_over(&self.db, family, self.worker).await {
                    tracing::warn!(%error, "the index of the search has to wait for its last worker");
                }
            }
        }
        loop {
            let begun = Instant::now();
            let mut worked = false;
            for family in Family::ALL {
                match self.round(family).await {
                    Ok(round) => worked |= round == Round::Worked,
                    Err(error) => {
                        tracing::warn!(%error, ?family, "the index of the search could not be worked on");
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
            // Most of the time is everybody else's, also where there is much to do.
            if worked && begun.elapsed() < PERIOD / 2 {
                indexing::make_way(begun).await;
            } else {
                tokio::time::sleep(PERIOD).await;
            }
        }
    }

    /// Begins both indexes anew and works until everything is in them, unless a server does; `told` hears how many
    /// messages are in them. Until then the indexes that there are answer.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn rebuild(&self, told: impl Fn(i64)) -> Result<(), SearchError> {
        self.begin_anew().await?;
        loop {
            let (mut is_whole, mut docs) = (true, 0);
            for family in Family::ALL {
                if self.round(family).await? == Round::Idle {
                    // A server does it.
                    tokio::time::sleep(PERIOD / 4).await;
                }
                let state = index::state(self.db.read(), family).await?;
                is_whole &= state.backlog.is_none();
                docs += state.next_doc - state.first_doc;
            }
            told(docs);
            if is_whole {
                for family in Family::ALL {
                    indexing::disown(&self.db, family, self.worker).await?;
                }
                return Ok(());
            }
        }
    }

    /// Adds all that is not in the indexes yet, be it ever so little, where no other worker is to work on.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn catch_up(&self) -> Result<(), SearchError> {
        for family in Family::ALL {
            indexing::take_over(&self.db, family, self.worker).await?;
            let mut left = i64::MAX;
            loop {
                let behind = indexing::behind(self.db.read(), family).await?;
                let changes: i64 = behind.iter().map(Progress::behind).sum();
                if changes == 0 || changes >= left {
                    break;
                }
                left = changes;
                let (state, _) = index::layout(self.db.read(), family).await?;
                self.add_changes(family, &state, behind).await?;
            }
        }
        Ok(())
    }

    /// Begins both indexes anew.
    pub(crate) async fn begin_anew(&self) -> Result<(), SearchError> {
        for family in Family::ALL {
            indexing::begin_anew(&self.db, family, self.clock.now_ms()).await?;
        }
        Ok(())
    }

    /// Does what is to be done for one family next.
    pub(super) async fn round(&self, family: Family) -> Result<Round, SearchError> {
        let (state, mut blocks) = index::layout(self.db.read(), family).await?;
        let behind = indexing::behind(self.db.read(), family).await?;
        let changes: i64 = behind.iter().map(Progress::behind).sum();
        let is_behind = changes >= self.sizes.behind as i64;
        let now = self.clock.now_ms();
        let discarded = indexing::discarded(self.db.read(), family, now - READ_MS).await?;
        blocks.retain(|block| block.generation == state.generation);
        let (mut edits, mut blocks): (Vec<_>, Vec<_>) =
            blocks.into_iter().partition(|block| block.of_edits);
        blocks.reverse();
        let mergeable = blocks::mergeable(&blocks, self.sizes);
        let has_many_edits = edits.len() >= self.sizes.of_edits;
        if !is_behind
            && state.backlog.is_none()
            && mergeable.is_none()
            && !has_many_edits
            && discarded.is_empty()
        {
            return Ok(Round::Idle);
        }
        if !self.owns(family, now).await? {
            return Ok(Round::Idle);
        }
        if is_behind {
            self.add_changes(family, &state, behind).await?;
        } else if let Some(blocks) = mergeable {
            self.merge(family, &state, blocks).await?;
        } else if has_many_edits {
            edits.sort_by_key(|block| block.docs);
            edits.truncate(self.sizes.of_edits);
            self.merge_edits(family, &state, &edits).await?;
        } else if let Some(below) = state.backlog {
            self.add_backlog(family, &state, below).await?;
        } else {
            for block in discarded {
                let mut begun = Instant::now();
                while !indexing::remove_part(&self.db, family, block).await? {
                    indexing::make_way(begun).await;
                    begun = Instant::now();
                }
            }
        }
        Ok(Round::Worked)
    }

    /// Whether it may work on an index. To say so is a transaction, so it is said anew only after a while; what it
    /// does is void anyhow if another worker said so since.
    async fn owns(&self, family: Family, now: i64) -> Result<bool, SearchError> {
        let said_at = &self.said_at[family as usize];
        if (0..OWNED_MS / 2).contains(&(now - said_at.load(Ordering::Relaxed))) {
            return Ok(true);
        }
        let owns = indexing::own(&self.db, family, self.worker, now, now + OWNED_MS).await?;
        said_at.store(if owns { now } else { 0 }, Ordering::Relaxed);
        Ok(owns)
    }

    /// Adds what was written and edited since.
    async fn add_changes(
        &self,
        family: Family,
        state: &IndexState,
        behind: Vec<Progress>,
    ) -> Result<(), SearchError> {
        let mut sum = 0;
        let fitting = behind.iter().take_while(|room| {
            sum += room.behind();
            sum <= MOST_CHANGES as i64
        });
        let rooms = &behind[..fitting.count().max(1)];
        let rows = match rooms {
            [room] => store::first_changes(self.db.read(), family, *room, MOST_CHANGES).await?,
            _ => store::changes(self.db.read(), family, rooms).await?,
        };
        let before: HashMap<i64, i64> =
            rooms.iter().map(|room| (room.room_id, room.indexed_seq)).collect();
        let mut indexed: HashMap<i64, i64> = HashMap::new();
        for row in &rows {
            let seq = indexed.entry(row.room_id).or_default();
            *seq = (*seq).max(row.changed_seq);
        }
        for room in rooms {
            indexed.entry(room.room_id).or_insert(room.last_seq);
        }
        let mut indexed: Vec<(i64, i64)> = indexed.into_iter().collect();
        indexed.sort_unstable();
        let rows: Vec<MessageRow> =
            rows.into_iter().filter(|row| row.deleted_at.is_none()).collect();
        // What has a number that is in the index was changed since. That it is there may be wrong: it was changed
        // before it was added.
        let (edited, new): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .partition(|row| before.get(&row.room_id).is_some_and(|seq| row.seq <= *seq));
        let next_doc = state.next_doc + new.len() as i64;
        let new = self.build(new, false, state.next_doc).await?;
        let edited = self.build(edited, true, 0).await?;
        let after = IndexState { next_doc, ..*state };
        let blocks = edited.into_iter().chain(new).collect();
        self.publish(family, state, after, blocks, &[], &indexed).await
    }

    /// Adds some of what was there before the index.
    async fn add_backlog(
        &self,
        family: Family,
        state: &IndexState,
        below: Uuid,
    ) -> Result<(), SearchError> {
        let some = self.sizes.backlog;
        let rows = indexing::backlog(self.db.read(), family, below, some).await?;
        let is_last = rows.len() < some;
        let backlog = rows.last().map(|row| row.id).filter(|_| !is_last);
        let rows: Vec<_> = rows.into_iter().filter(|row| row.deleted_at.is_none()).collect();
        let first_doc = state.first_doc - rows.len() as i64;
        let blocks = self.build(rows, false, first_doc).await?;
        if below.is_max() {
            tracing::info!(?family, "older messages are being added to the index of the search");
        }
        let previous = state.previous.filter(|_| backlog.is_some());
        let after = IndexState { first_doc, backlog, previous, ..*state };
        self.publish(family, state, after, blocks, &[], &[]).await?;
        if backlog.is_none() {
            let messages = state.next_doc - first_doc;
            tracing::info!(?family, messages, "all messages are in the index of the search");
        }
        Ok(())
    }

    /// Makes neighbours one block.
    async fn merge(
        &self,
        family: Family,
        state: &IndexState,
        blocks: &[Block],
    ) -> Result<(), SearchError> {
        let (mut pages, mut docs) = (Vec::new(), Vec::new());
        for block in blocks {
            pages.push(indexing::pages(self.db.read(), family, block.id).await?);
            docs.push(indexing::all_docs(self.db.read(), family, block.id).await?);
        }
        let of = blocks.to_vec();
        let merged = apart(move || blocks::merged(&of, &pages, &docs)).await?;
        let merged = merged.map_err(|_| SearchError::Damaged {
            block: blocks.first().map_or(0, |block| block.id),
        })?;
        self.publish(family, state, *state, vec![merged], blocks, &[]).await
    }

    /// Makes blocks of edited messages one, of what the messages are now.
    async fn merge_edits(
        &self,
        family: Family,
        state: &IndexState,
        blocks: &[Block],
    ) -> Result<(), SearchError> {
        let mut places = std::collections::BTreeSet::new();
        for block in blocks {
            for chunk in indexing::all_docs(self.db.read(), family, block.id).await? {
                let docs = adda_postings::decode_docs(&chunk)
                    .map_err(|_| SearchError::Damaged { block: block.id })?;
                places.extend(docs.into_iter().map(|doc| (doc.room, doc.seq)));
            }
        }
        let rows = index::messages(self.db.read(), family, places).await?;
        let merged = self.build(rows, true, 0).await?;
        self.publish(family, state, *state, merged, blocks, &[]).await
    }

    async fn build(
        &self,
        rows: Vec<MessageRow>,
        of_edits: bool,
        first_doc: i64,
    ) -> Result<Vec<NewBlock>, SearchError> {
        let sizes = self.sizes;
        let build = move || blocks::build(&blocks::in_order(rows), of_edits, first_doc, sizes);
        apart(build).await
    }

    /// Writes blocks and makes them a part of the index, in place of others, together with how far rooms are.
    async fn publish(
        &self,
        family: Family,
        before: &IndexState,
        after: IndexState,
        blocks: Vec<NewBlock>,
        replaced: &[Block],
        indexed: &[(i64, i64)],
    ) -> Result<(), SearchError> {
        let (mut ids, mut last) = (Vec::with_capacity(blocks.len()), None);
        for block in blocks {
            if let Some(transaction) = last.take() {
                crate::db::Transaction::commit(transaction).await?;
            }
            let written = indexing::write_block(&self.db, family, before.generation, block).await?;
            ids.push(written.1);
            last = Some(written.0);
        }
        let transaction = match last {
            Some(transaction) => transaction,
            None => self.db.begin().await?,
        };
        let worker = self.worker;
        let now = self.clock.now_ms();
        if !indexing::publish(&transaction, family, worker, before, &after, &ids, now).await? {
            transaction.rollback().await?;
            self.said_at[family as usize].store(0, Ordering::Relaxed);
            return Ok(());
        }
        indexing::note_progress(&transaction, family, indexed).await?;
        indexing::replace(&transaction, family, replaced, now).await?;
        Ok(transaction.commit().await?)
    }
}

/// Does what takes a processor for long beside everything else.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, SearchError> {
    let working = tokio::task::spawn_blocking(work).await;
    working.map_err(|_| SearchError::Interrupted)
}
