//! The list of one's own rooms, page by page: the pinned ones first, then by the latest message.
//!
//! While somebody turns the pages, others write, and rooms come up. Neither a time nor a place in the order
//! tells then which rooms were told: so a cursor names them. It has room for a thousand or so; what is left
//! then comes by its numbers, which do not change, so that a list of any length ends.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use adda_protocol::rooms::{RoomList, RoomSummary};
use adda_protocol::{Problem, UserId};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::service::{Inbox, InboxError, MyRoom};
use super::store::{self, Place};
use crate::db::Family;
use crate::features::messages;
use crate::features::paging::FOREIGN_CURSOR;

/// Which room: its family and its number there.
type Key = (Family, i64);

/// Where so many bytes of rooms were told, the rest comes by its numbers.
const MOST_BYTES: usize = 4_096;
/// The longest cursor, in characters: one page more, and each room of the largest number.
#[cfg(test)]
const LONGEST_CURSOR: usize = 8_192;

/// What was told of a list so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    rooms: BTreeSet<Key>,
    /// After this one the list goes on by the numbers of rooms; absent as long as it goes by its order.
    by_number_after: Option<Key>,
}

/// What part of the list is asked for.
#[derive(Clone, Debug)]
pub(crate) struct ListRequest {
    told: Told,
    limit: usize,
}

impl ListRequest {
    /// From a query's parameters.
    ///
    /// # Errors
    /// `invalid_input` when the cursor is not one that was given out here.
    pub(crate) fn new(cursor: Option<&str>, limit: Option<u16>) -> Result<Self, Problem> {
        let told = match cursor {
            None => Told::default(),
            Some(cursor) => Told::decode(cursor)
                .ok_or_else(|| Problem::invalid_field("cursor", FOREIGN_CURSOR))?,
        };
        Ok(Self { told, limit: usize::from(limit.unwrap_or(50)) })
    }
}

impl Told {
    /// The next rooms that were not told, in order, and the cursor behind them.
    fn next(mut self, mut places: Vec<Place>, limit: usize) -> (Vec<Key>, Option<String>) {
        let key = |place: &Place| (place.family, place.id);
        places.retain(|place| {
            let is_ahead = self.by_number_after.is_none_or(|after| key(place) > after);
            is_ahead && !self.rooms.contains(&key(place))
        });
        match self.by_number_after {
            None => places.sort_unstable_by_key(|place| {
                (!place.pinned, Reverse(place.spoken_at), key(place))
            }),
            Some(_) => places.sort_unstable_by_key(key),
        }
        let is_more = places.len() > limit;
        let page: Vec<Key> = places.iter().take(limit).map(key).collect();
        if !is_more {
            return (page, None);
        }
        if self.by_number_after.is_some() {
            self.by_number_after = page.last().copied();
            return (page, Some(self.encode()));
        }
        self.rooms.extend(&page);
        if self.bytes().len() > MOST_BYTES {
            self.by_number_after = Some((Family::Public, 0));
        }
        (page, Some(self.encode()))
    }

    fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes())
    }

    /// A family, or none, and a number; then for each family how far each of its rooms is from the one before,
    /// which is never nothing, so that nothing ends them.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self.by_number_after {
            None => bytes.push(0),
            Some((family, number)) => {
                bytes.push(1 + family as u8);
                push(&mut bytes, number);
            }
        }
        for family in Family::ALL {
            let mut before = 0;
            for (_, id) in self.rooms.range((family, 0)..=(family, i64::MAX)) {
                push(&mut bytes, id - before);
                before = *id;
            }
            bytes.push(0);
        }
        bytes
    }

    fn decode(cursor: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let mut bytes = bytes.into_iter();
        let by_number_after = match bytes.next()? {
            0 => None,
            1 => Some((Family::Public, take(&mut bytes)?)),
            2 => Some((Family::Private, take(&mut bytes)?)),
            _ => return None,
        };
        let mut rooms = BTreeSet::new();
        for family in Family::ALL {
            let mut id: i64 = 0;
            loop {
                let step = take(&mut bytes)?;
                if step == 0 {
                    break;
                }
                id = id.checked_add(step)?;
                rooms.insert((family, id));
            }
        }
        bytes.next().is_none().then_some(Self { rooms, by_number_after })
    }
}

/// Seven bits in a byte, the lowest first; all but the last one have the eighth.
fn push(bytes: &mut Vec<u8>, number: i64) {
    let mut rest = number.unsigned_abs();
    while rest >= 0x80 {
        bytes.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

fn take(bytes: &mut impl Iterator<Item = u8>) -> Option<i64> {
    let mut number = 0_i64;
    for shift in (0..63).step_by(7) {
        let byte = bytes.next()?;
        number |= i64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

impl Inbox {
    /// A page of the person's rooms with their last messages: the pinned ones first, then by the latest message.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn list(
        &self,
        user_id: UserId,
        request: ListRequest,
    ) -> Result<RoomList, InboxError> {
        let places = store::places(self.db.read(), user_id).await?;
        let (page, next_cursor) = request.told.next(places, request.limit);
        let mut rooms = HashMap::new();
        for family in Family::ALL {
            rooms.extend(self.with_last_messages(user_id, family, &page).await?);
        }
        // Whoever left a room since is not told of it.
        let items = page.iter().filter_map(|key| rooms.remove(key)).collect();
        Ok(RoomList { items, next_cursor })
    }

    /// Those of the rooms that are of one family.
    async fn with_last_messages(
        &self,
        user_id: UserId,
        family: Family,
        page: &[Key],
    ) -> Result<Vec<(Key, RoomSummary)>, InboxError> {
        let ids: Vec<_> = page.iter().filter(|key| key.0 == family).map(|key| key.1).collect();
        let mine = store::these_rooms(self.db.read(), family, user_id, ids.iter().copied()).await?;
        let last = messages::last_messages(self.db.read(), family, &ids).await?;
        let summary = |row| {
            let my = MyRoom::new(&self.privacy, user_id, row);
            let row = last.get(&my.room.id);
            let last_message = row.map(|row| self.encoder.message(row, &my.room.name));
            ((family, my.room.id), RoomSummary { last_message, ..my.summary })
        };
        Ok(mine.into_iter().map(summary).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(public: &[i64], private: &[i64]) -> Told {
        let of = |family, ids: &[i64]| ids.iter().map(|id| (family, *id)).collect::<Vec<_>>();
        let rooms = [of(Family::Public, public), of(Family::Private, private)].concat();
        Told { rooms: rooms.into_iter().collect(), by_number_after: None }
    }

    #[test]
    fn a_cursor_tells_what_was_told() {
        for told in [
            Told::default(),
            told(&[1], &[]),
            told(&[], &[7, 8]),
            told(&[1, 127, 128, 300, i64::MAX], &[1, 2, i64::MAX]),
            Told { by_number_after: Some((Family::Private, 9)), ..told(&[3], &[5]) },
            Told { by_number_after: Some((Family::Public, 0)), ..told(&[3], &[5]) },
        ] {
            assert_eq!(Told::decode(&told.encode()), Some(told));
        }
    }

    #[test]
    fn a_cursor_from_elsewhere_is_refused() {
        let long = URL_SAFE_NO_PAD.encode([0xff; 40]);
        for cursor in ["", "*", "AA", "YQ", "AwAA", "AAAAAA", "gICA", &long] {
            assert!(ListRequest::new(Some(cursor), None).is_err(), "{cursor}");
        }
    }

    #[test]
    fn a_list_of_any_length_ends_and_its_cursors_stay_short() {
        let place = |number: i64| Place {
            family: Family::ALL[(number % 2) as usize],
            id: number * 40,
            pinned: number % 50 == 0,
            spoken_at: number % 1_000,
        };
        let mut places: Vec<_> = (1..=9_000).map(place).collect();
        let (mut listed, mut told, mut pages) = (Vec::new(), Told::default(), 0);
        loop {
            let (page, cursor) = told.next(places.clone(), 100);
            listed.extend(page);
            pages += 1;
            // Others go on writing.
            let comes_up = places[(pages * 37) % 9_000];
            places[(pages * 37) % 9_000] = Place { spoken_at: 10_000, ..comes_up };
            let Some(cursor) = cursor else { break };
            assert!(cursor.len() <= LONGEST_CURSOR, "{}", cursor.len());
            told = Told::decode(&cursor).unwrap();
        }
        assert_eq!((listed.len(), pages), (9_000, 90));
        let all: BTreeSet<_> = listed.iter().collect();
        assert_eq!(all.len(), 9_000, "each of them once");
        let pinned = |key: &Key| key.1 % (50 * 40) == 0;
        assert!(listed[..180].iter().all(pinned));
    }
}
