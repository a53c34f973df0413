//! Where a page of hits ends, and the next one begins.

use adda_protocol::Problem;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::features::paging::FOREIGN_CURSOR;

/// What hits are ordered by, the greatest first: when they were written and their ids, or in one room their
/// numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OrderKey(pub(super) i64, pub(super) Uuid);

impl OrderKey {
    /// Nothing comes before it.
    pub(super) const GREATEST: Self = Self(i64::MAX, Uuid::max());
}

/// How far the index of one family was read by its numbers: of the documents that were in it at the first page,
/// which are those from `from` to before `end`, those before `below` are still to come, whatever their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IndexPlace {
    /// Of which index; of any other nothing is known.
    pub(super) generation: i64,
    pub(super) from: i64,
    pub(super) below: i64,
    pub(super) end: i64,
}

impl IndexPlace {
    /// In no index.
    pub(super) const NONE: Self = Self { generation: -1, from: 0, below: 0, end: 0 };
    /// Before anything was read.
    const UNREAD: Self = Self { generation: -2, ..Self::NONE };

    /// The place, unless nothing was read yet.
    pub(super) fn begun(self) -> Option<Self> {
        Some(self).filter(|place| *place != Self::UNREAD)
    }
}

/// Where to go on: with what has a lesser key, and in the indexes, one of each family, with what stands below
/// their places, whatever its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) key: OrderKey,
    pub(super) places: [IndexPlace; 2],
}

const BYTES: usize = 8 + 16 + 2 * 32;

impl Cursor {
    /// Of the first page.
    pub(super) const FIRST: Self =
        Self { key: OrderKey::GREATEST, places: [IndexPlace::UNREAD; 2] };

    pub(super) fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.extend(self.key.0.to_be_bytes());
        bytes.extend(self.key.1.as_bytes());
        for place in self.places {
            for number in [place.generation, place.from, place.below, place.end] {
                bytes.extend(number.to_be_bytes());
            }
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// # Errors
    /// `invalid_input` for what was not given out here.
    pub(super) fn decode(text: &str) -> Result<Self, Problem> {
        let bytes: Option<[u8; BYTES]> =
            URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        let bytes = bytes.ok_or_else(|| Problem::invalid_field("cursor", FOREIGN_CURSOR))?;
        let number = |at: usize| {
            bytes[at..at + 8].iter().fold(0_i64, |number, byte| number << 8 | i64::from(*byte))
        };
        let id = bytes[8..24].iter().fold(0_u128, |id, byte| id << 8 | u128::from(*byte));
        let place = |at| IndexPlace {
            generation: number(at),
            from: number(at + 8),
            below: number(at + 16),
            end: number(at + 24),
        };
        let key = OrderKey(number(0), Uuid::from_u128(id));
        Ok(Self { key, places: [place(24), place(56)] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_anything_else_refused() {
        let place =
            |generation, below| IndexPlace { generation, from: below - 9, below, end: below - 1 };
        let key = OrderKey(1_795_341_600_007, Uuid::from_u128(7 << 100 | 9));
        let cursor = Cursor { key, places: [place(3, -65_536), place(0, i64::MAX)] };
        assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
        for text in ["", "*", "AAAA", &format!("{}A", cursor.encode())] {
            assert!(Cursor::decode(text).is_err(), "{text}");
        }
    }
}
