//! The next of what is looked for in one family of tables, the newest first.
//!
//! Two streams are joined: what the index has in the order in which it came, and what was written or edited since
//! it was indexed, which is read as a whole and sorted. A message of the second is left out of the first.

use std::collections::VecDeque;

use super::cursor::{IndexPlace, OrderKey};
use super::document::Asked;
use super::error::SearchError;
use super::extent::Extent;
use super::reading::{Found, Reading};
use super::recent::Recent;
use super::store::index::{self, Block};
use super::walk::Walk;
use crate::db::Family;

/// A part of what there is.
#[derive(Debug)]
pub(super) struct Stretch {
    pub(super) family: Family,
    pub(super) found: VecDeque<Found>,
    /// Where the reading of the index began.
    pub(super) place: IndexPlace,
    /// Of what is known by its number, what is below this was not looked at.
    pub(super) reached: i64,
    /// Whether something was looked at that is known by its key alone.
    pub(super) goes_by_key: bool,
    /// Where it ended for lack of time: what comes before this was looked at.
    pub(super) horizon: Option<OrderKey>,
    /// Whether not all was looked at.
    pub(super) is_partial: bool,
    pub(super) is_indexing: bool,
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
        let (state, mut blocks) = index::layout(self.connection, self.family).await?;
        let extent = Extent::new(&state, self.place);
        blocks.retain(|block| extent.may_have(block, block.oldest_at));
        let is_by_key = |block: &&Block| block.of_edits || extent.is_later(block);
        let by_key: Vec<Block> = blocks.iter().filter(is_by_key).cloned().collect();
        blocks.retain(|block| !block.of_edits && extent.is_to_walk(block));
        let rooms: Vec<i64> = self.rooms.iter().map(|room| room.room_id).collect();
        let asked = Asked::of(self.criteria, &rooms);
        self.add_by_key(&mut recent, &asked, &by_key, &extent, want).await?;
        recent.found.sort_unstable_by_key(|found| found.key);
        recent.found.drain(..recent.found.len().saturating_sub(want));
        let walk = match recent.horizon {
            None => self.walk(&asked, &blocks, &extent, &recent, want).await?,
            Some(horizon) => Walk {
                horizon,
                goes_by_key: true,
                is_partial: true,
                ..Walk::at(extent.place().below)
            },
        };
        if walk.is_partial {
            // What was not looked at may come before it.
            recent.found.retain(|found| found.key > walk.horizon);
        }
        Ok(Stretch {
            family: self.family,
            is_partial: recent.is_partial || walk.is_partial,
            horizon: Some(walk.horizon).filter(|_| walk.is_partial),
            found: joined(recent.found, walk.found, want).into(),
            place: extent.place(),
            reached: walk.reached,
            goes_by_key: walk.goes_by_key,
            is_indexing: state.backlog.is_some() && !extent.has_older(),
        })
    }
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
