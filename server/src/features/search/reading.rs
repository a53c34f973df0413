//! Reading what is looked for in one family of tables, the newest first.

use std::time::Instant;

use super::cursor::{Cursor, IndexPlace, OrderKey};
use super::error::SearchError;
use super::matching::Criteria;
use super::store;
use crate::db::{Family, Reader};
use crate::features::messages::MessageRow;

/// The most messages that are looked at though the index does not have them yet.
const MOST_UNINDEXED: usize = 8_192;
/// So many are looked at before others get the processor.
const AT_ONCE: usize = 32;

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
            Self::BySeq => OrderKey(row.seq, uuid::Uuid::nil()),
            Self::ByTime => OrderKey(row.created_at, row.id),
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
    /// Whether there was no time for all.
    pub(super) is_partial: bool,
    pub(super) is_indexing: bool,
}

/// What is to be read.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) connection: &'a Reader,
    pub(super) family: Family,
    /// Which rooms of the family.
    pub(super) rooms: &'a [i64],
    pub(super) criteria: &'a Criteria,
    pub(super) order: Order,
    /// Only what comes after it.
    pub(super) after: Option<&'a Cursor>,
    pub(super) deadline: Instant,
}

impl Reading<'_> {
    /// The first so many.
    ///
    /// # Errors
    /// The database.
    pub(super) async fn newest(&self, want: usize) -> Result<Stretch, SearchError> {
        let (mut found, is_whole) = self.unindexed().await?;
        found.sort_unstable_by(|one, other| other.key.cmp(&one.key));
        found.truncate(want);
        let place = IndexPlace { generation: 0, below: i64::MAX };
        Ok(Stretch {
            family: self.family,
            found,
            place,
            reached: i64::MIN,
            is_partial: !is_whole,
            is_indexing: false,
        })
    }

    /// What is meant among what the index does not have yet, and whether all of that was looked at.
    async fn unindexed(&self) -> Result<(Vec<Found>, bool), SearchError> {
        let rows =
            store::unindexed(self.connection, self.family, self.rooms, MOST_UNINDEXED).await?;
        let (mut found, mut is_whole) = (Vec::new(), rows.len() < MOST_UNINDEXED);
        for (looked_at, row) in rows.into_iter().enumerate() {
            if looked_at % AT_ONCE == AT_ONCE - 1 {
                tokio::task::yield_now().await;
                if Instant::now() >= self.deadline {
                    is_whole = false;
                    break;
                }
            }
            let key = self.order.key(&row);
            if self.after.is_none_or(|after| key < after.key) && self.criteria.accept(&row) {
                found.push(Found { row, key, doc: None });
            }
        }
        Ok((found, is_whole))
    }
}
