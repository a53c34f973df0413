//! Pages of lists whose order changes while somebody turns the pages: whoever is told comes up or goes down.
//!
//! Neither a time nor a place in such an order tells what was told: so a cursor names it. It has room for
//! several hundred; what is left then comes by something that does not change, so that a list of any length ends.

use std::collections::BTreeSet;

use adda_protocol::Problem;

use super::paging::{ListMark, NamePlace, foreign_cursor};

/// What is told: which kind of thing, of two, and its number.
pub(crate) type Key = (u8, i64);

const KINDS: [u8; 2] = [0, 1];

/// Where so many bytes of numbers were told, the rest comes in another order.
const MOST_BYTES: usize = 1_280;
/// The longest cursor without a name in it, in characters: one page more, and each with the largest number.
#[cfg(test)]
const LONGEST_CURSOR: usize = 3_000;

/// A place in the order that does not change.
pub(crate) trait Place: Sized {
    fn push(&self, bytes: &mut Vec<u8>);
    fn take(bytes: &mut std::vec::IntoIter<u8>) -> Option<Self>;
}

/// What was told of a list so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told<P> {
    keys: BTreeSet<Key>,
    /// After this place the list goes on in its other order; absent as long as it is in its first.
    pub(crate) after: Option<P>,
}

/// What part of such a list is asked for.
#[derive(Clone, Debug)]
pub(crate) struct LivelyRequest<P> {
    pub(crate) mark: ListMark,
    pub(crate) told: Told<P>,
    pub(crate) limit: usize,
}

impl<P: Place> LivelyRequest<P> {
    /// From a query's parameters, of the list of this address.
    ///
    /// # Errors
    /// `invalid_input` when the cursor is not one that this list gave out.
    pub(crate) fn new(
        list: &str,
        cursor: Option<&str>,
        limit: Option<u16>,
    ) -> Result<Self, Problem> {
        let mark = ListMark::of(list);
        let told = match cursor {
            None => Told { keys: BTreeSet::new(), after: None },
            Some(cursor) => Told::decode(mark.open(cursor)?).ok_or_else(foreign_cursor)?,
        };
        Ok(Self { mark, told, limit: usize::from(limit.unwrap_or(50)) })
    }
}

impl LivelyRequest<Key> {
    /// The page of a list of which all entries are known, in an order that may be another one the next time,
    /// and then by number; with the cursor behind it.
    pub(crate) fn page<T, O: Ord>(
        self,
        mut entries: Vec<T>,
        key: impl Fn(&T) -> Key,
        order: impl Fn(&T) -> O,
    ) -> (Vec<T>, Option<String>) {
        let Self { mark, mut told, limit } = self;
        entries.retain(|entry| {
            let is_ahead = told.after.is_none_or(|after| key(entry) > after);
            is_ahead && !told.has(key(entry))
        });
        match told.after {
            None => entries.sort_by_cached_key(|entry| (order(entry), key(entry))),
            Some(_) => entries.sort_unstable_by_key(&key),
        }
        let is_more = entries.len() > limit;
        entries.truncate(limit);
        if !is_more {
            return (entries, None);
        }
        match &mut told.after {
            Some(after) => *after = entries.last().map_or(*after, &key),
            None => {
                told.add(entries.iter().map(&key));
                if told.is_full() {
                    told.after = Some((0, 0));
                }
            }
        }
        (entries, Some(told.cursor(mark)))
    }
}

impl<P: Place> Told<P> {
    pub(crate) fn has(&self, key: Key) -> bool {
        self.keys.contains(&key)
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn add(&mut self, keys: impl IntoIterator<Item = Key>) {
        self.keys.extend(keys);
    }

    /// Whether no more can be named.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes().len() > MOST_BYTES
    }

    pub(crate) fn cursor(&self, of: ListMark) -> String {
        of.seal(&self.bytes())
    }

    /// Whether there is a place, and it; then for each kind how far each number is from the one before, which is
    /// never nothing, so that nothing ends them.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.push(u8::from(self.after.is_some()));
        if let Some(place) = &self.after {
            place.push(&mut bytes);
        }
        for kind in KINDS {
            let mut before = 0;
            for (_, number) in self.keys.range((kind, 0)..=(kind, i64::MAX)) {
                push(&mut bytes, number - before);
                before = *number;
            }
            bytes.push(0);
        }
        bytes
    }

    fn decode(bytes: Vec<u8>) -> Option<Self> {
        let mut bytes = bytes.into_iter();
        let after = match bytes.next()? {
            0 => None,
            1 => Some(P::take(&mut bytes)?),
            _ => return None,
        };
        let mut keys = BTreeSet::new();
        for kind in KINDS {
            let mut number: i64 = 0;
            loop {
                let step = take(&mut bytes)?;
                if step == 0 {
                    break;
                }
                number = number.checked_add(step)?;
                keys.insert((kind, number));
            }
        }
        bytes.next().is_none().then_some(Self { keys, after })
    }
}

impl Place for Key {
    fn push(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.0);
        push(bytes, self.1);
    }

    fn take(bytes: &mut std::vec::IntoIter<u8>) -> Option<Self> {
        let kind = bytes.next().filter(|kind| KINDS.contains(kind))?;
        Some((kind, take(bytes)?))
    }
}

impl Place for NamePlace {
    fn push(&self, bytes: &mut Vec<u8>) {
        for text in [&self.name_key, &self.username] {
            push(bytes, i64::try_from(text.len()).unwrap_or(i64::MAX));
            bytes.extend(text.as_bytes());
        }
    }

    fn take(bytes: &mut std::vec::IntoIter<u8>) -> Option<Self> {
        let mut text = || {
            let length = usize::try_from(take(bytes)?).ok()?;
            let text: Vec<u8> = bytes.take(length).collect();
            let text = String::from_utf8(text).ok().filter(|text| text.len() == length)?;
            Some(text).filter(|text| !text.contains('\0'))
        };
        Some(Self { name_key: text()?, username: text()? })
    }
}

/// Seven bits in a byte, the lowest first; all but the last one have the eighth.
fn push(bytes: &mut Vec<u8>, number: i64) {
    let mut rest = number.unsigned_abs();
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            return bytes.push(low & 0x7f);
        }
        bytes.push(low | 0x80);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(first: &[i64], second: &[i64]) -> Told<Key> {
        let of = |kind, numbers: &[i64]| numbers.iter().map(|n| (kind, *n)).collect::<Vec<_>>();
        let keys = [of(0, first), of(1, second)].concat();
        Told { keys: keys.into_iter().collect(), after: None }
    }

    #[test]
    fn a_cursor_tells_what_was_told() {
        for told in [
            told(&[], &[]),
            told(&[1], &[]),
            told(&[], &[7, 8]),
            told(&[1, 127, 128, 300, i64::MAX], &[1, 2, i64::MAX]),
            Told { after: Some((1, 9)), ..told(&[3], &[5]) },
            Told { after: Some((0, 0)), ..told(&[3], &[5]) },
        ] {
            assert_eq!(Told::decode(told.bytes()), Some(told));
        }
        let place = NamePlace { name_key: "মীরা".to_owned(), username: "mira".to_owned() };
        let told = Told { keys: BTreeSet::from([(0, 3)]), after: Some(place) };
        assert_eq!(Told::decode(told.bytes()), Some(told));
    }

    #[test]
    fn a_cursor_from_elsewhere_is_refused() {
        let of = ListMark::of("rooms");
        let places: [&[u8]; 8] = [
            &[],
            &[0],
            b"a",
            &[3, 0, 0],
            &[1, 2, 0, 0, 0],
            &[0, 0, 0, 0],
            &[0x80, 0x80, 0x80],
            &[0xff; 40],
        ];
        let made = places.map(|place| of.seal(place));
        let of_another = told(&[1], &[]).cursor(ListMark::of("members"));
        for cursor in made.iter().map(String::as_str).chain(["", "*", "YQ", &of_another]) {
            assert!(LivelyRequest::<Key>::new("rooms", Some(cursor), None).is_err(), "{cursor}");
        }
        for place in [&[1, 9, b'a', 0, 0, 0][..], &[1, 1, 0xff, 0, 0, 0], &[1, 1, 0, 0, 0, 0]] {
            let cursor = of.seal(place);
            let request = LivelyRequest::<NamePlace>::new("rooms", Some(&cursor), None);
            assert!(request.is_err(), "{cursor}");
        }
    }

    #[test]
    fn a_list_of_any_length_ends_and_its_cursors_stay_short() {
        struct Entry {
            number: i64,
            rank: i64,
        }
        let mut ranks: Vec<i64> = (0..9_000).map(|number| number % 1_000).collect();
        let (mut listed, mut cursor, mut pages) = (Vec::new(), None::<String>, 0);
        loop {
            let entries = (1..).zip(&ranks).map(|(number, rank)| Entry { number, rank: *rank });
            let request = LivelyRequest::new("all", cursor.as_deref(), Some(100)).unwrap();
            // Numbers that take five bytes each.
            let key = |entry: &Entry| ((entry.number % 2) as u8, entry.number * 40_000_000_000);
            let (page, next) = request.page(entries.collect(), key, |entry| entry.rank);
            listed.extend(page.into_iter().map(|entry| entry.number));
            pages += 1;
            // Some come up, some go down.
            ranks[(pages * 37) % 9_000] = -1;
            ranks[(pages * 91) % 9_000] = 2_000;
            cursor = next;
            let Some(cursor) = &cursor else { break };
            assert!(cursor.len() <= LONGEST_CURSOR, "{}", cursor.len());
        }
        assert_eq!((listed.len(), pages), (9_000, 90));
        assert_eq!(listed.iter().collect::<BTreeSet<_>>().len(), 9_000, "each of them once");
        let first: Vec<_> = listed[..9].iter().map(|number| (number - 1) % 1_000).collect();
        assert_eq!(first, [0; 9], "in its order");
    }
}
