//! What of an index is to be read in its order, and what by its keys.
//!
//! A page knows by their numbers the documents that were in the index at the first one, and goes down from where
//! the page before ended. Everything else is known by its key: what came into the index since, which the first
//! page met as something that it did not have, and which is read and sorted as such; what is added below; and all
//! of an index that was begun anew since, together with the one before, which answers for what the new one does
//! not have yet.

use uuid::Uuid;

use super::cursor::IndexPlace;
use super::store::index::{Block, IndexState};

#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    generation: i64,
    /// How far the index was read by its numbers.
    place: Option<IndexPlace>,
    older: Option<Older>,
}

/// While an index is made anew, the one before answers for what is older than what is in it.
#[derive(Clone, Copy, Debug)]
struct Older {
    /// Only messages with lesser ids.
    below: Uuid,
}

/// The time in an id and the time of a message are asked for one after the other.
const BETWEEN_CLOCKS_MS: i64 = 10_000;

impl Older {
    /// Whether what was written then may be older.
    fn may_have(&self, at: i64) -> bool {
        // The first six bytes of a UUID of version 7 are its time.
        let below = i64::try_from(self.below.as_u128() >> 80).unwrap_or(i64::MAX);
        at <= below.saturating_add(BETWEEN_CLOCKS_MS)
    }
}

impl Extent {
    /// Of an index as it is now, of which a page before reached this place.
    pub(super) fn new(state: &IndexState, place: IndexPlace) -> Self {
        let older = state.previous.and(state.backlog).map(|below| Older { below });
        let place = Some(place).filter(|place| place.generation == state.generation);
        Self { generation: state.generation, place, older }
    }

    /// How far the index was read by its numbers.
    pub(super) fn place(&self) -> IndexPlace {
        self.place.unwrap_or(IndexPlace::NONE)
    }

    /// Whether the index before this one answers for all that this one does not have.
    pub(super) const fn has_older(&self) -> bool {
        self.older.is_some()
    }

    fn place_in(&self, block: &Block) -> Option<&IndexPlace> {
        self.place.as_ref().filter(|_| block.generation == self.generation)
    }

    /// Whether a block has documents that came into the index since the first page.
    pub(super) fn is_later(&self, block: &Block) -> bool {
        self.place_in(block).is_some_and(|place| block.end() > place.end)
    }

    /// Whether a document came into the index since the first page.
    pub(super) fn is_later_at(&self, block: &Block, number: u32) -> bool {
        self.place_in(block).is_some_and(|place| block.number(number) >= place.end)
    }

    /// Whether a block has documents that are read in their order.
    pub(super) fn is_to_walk(&self, block: &Block) -> bool {
        self.place_in(block).is_none_or(|place| block.first_doc < place.below)
    }

    /// Whether a document is read in its order, and was not yet.
    pub(super) fn is_to_walk_at(&self, block: &Block, number: u32) -> bool {
        self.place_in(block).is_none_or(|place| block.number(number) < place.below)
    }

    /// Whether a block has documents that are known by their numbers, and still to come.
    pub(super) fn leads_into(&self, block: &Block) -> bool {
        self.begin(block).is_some_and(|begin| self.place().below > begin)
    }

    /// The first number of a block of those that are known.
    pub(super) fn begin(&self, block: &Block) -> Option<i64> {
        let place = self.place_in(block).filter(|place| block.end() > place.from)?;
        Some(block.first_doc.max(place.from))
    }

    /// The number of a document that is known by it, and still to come.
    pub(super) fn number(&self, block: &Block, number: u32) -> Option<i64> {
        let place = self.place_in(block)?;
        Some(block.number(number)).filter(|number| (place.from..place.below).contains(number))
    }

    /// Whether a block may answer for what was written then.
    pub(super) fn may_have(&self, block: &Block, at: i64) -> bool {
        block.generation == self.generation || self.older.is_some_and(|older| older.may_have(at))
    }

    /// Whether a block answers for a message.
    pub(super) fn has(&self, block: &Block, id: Uuid) -> bool {
        block.generation == self.generation || self.older.is_some_and(|older| id < older.below)
    }
}
