//! The next of what is looked for in one family of tables, the newest first.
//!
//! Two streams are joined: what the index has in the order in which it came, and what was written or edited since
//! it was indexed, which is read as a whole and sorted. A message of the second is left out of the first.

use super::cursor::{IndexPlace, OrderKey};
use super::document::Asked;
use super::error::SearchError;
use super::reading::{Found, Reading};
use super::recent::Recent;
use super::store::index;
use super::walk::Older;
use crate::db::Family;

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
        let older = Older::of(&state);
        blocks.retain(|block| {
            block.generation == state.generation
                || older.is_some_and(|older| older.may_have(block.oldest_at))
        });
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
