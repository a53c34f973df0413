//! Pages of lists: an opaque cursor that holds which list it is of, and the last key of the page before.

use adda_protocol::Problem;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// What is wrong with a cursor that is none.
pub(crate) const FOREIGN_CURSOR: &str = "must be a `next_cursor` that this list gave out";

/// The longest cursor that is read, in bytes: a name of many characters that are folded to several each.
const LONGEST: usize = 8_192;

/// Which list a cursor is of, as its first bytes: that of another one would name a place that is none here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListMark([u8; 4]);

impl ListMark {
    /// Of a list by its address.
    pub(crate) fn of(list: &str) -> Self {
        let digest = Sha256::digest(list);
        Self([digest[0], digest[1], digest[2], digest[3]])
    }

    pub(crate) fn seal(self, place: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode([&self.0, place].concat())
    }

    /// The place that a cursor of this list holds.
    ///
    /// # Errors
    /// `invalid_input` when it is none of this list.
    pub(crate) fn open(self, cursor: &str) -> Result<Vec<u8>, Problem> {
        let bytes = Some(cursor).filter(|cursor| cursor.len() <= LONGEST);
        let bytes = bytes.and_then(|cursor| URL_SAFE_NO_PAD.decode(cursor).ok());
        let place = bytes.and_then(|bytes| bytes.strip_prefix(&self.0).map(<[u8]>::to_vec));
        place.ok_or_else(foreign_cursor)
    }
}

pub(crate) fn foreign_cursor() -> Problem {
    Problem::invalid_field("cursor", FOREIGN_CURSOR)
}

/// A place in a list of people: by name, and by handle where names are the same. It is told as it was, for
/// whoever stood there may be called otherwise by now. The first one is before everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NamePlace {
    pub(crate) name_key: String,
    pub(crate) username: String,
}

impl NamePlace {
    /// As the key of a page: neither has a break of lines in it.
    pub(crate) fn key(&self) -> String {
        format!("{}\n{}", self.username, self.name_key)
    }

    pub(crate) fn of_key(key: &str) -> Option<Self> {
        let (username, name_key) = key.split_once('\n')?;
        Some(Self { name_key: name_key.to_owned(), username: username.to_owned() })
    }
}

/// What part of a list is asked for.
#[derive(Clone, Debug)]
pub(crate) struct PageRequest {
    mark: ListMark,
    /// The key after which the page begins.
    pub after: Option<String>,
    /// How many entries at most, 1 to 100.
    pub limit: usize,
}

impl PageRequest {
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
        let after = cursor.map(|cursor| key_in(mark, cursor)).transpose()?;
        Ok(Self { mark, after, limit: usize::from(limit.unwrap_or(50)) })
    }

    /// Cuts a list that was read one entry too long to its page, with the cursor of the next.
    pub(crate) fn cut<T>(
        &self,
        mut items: Vec<T>,
        key: impl Fn(&T) -> String,
    ) -> (Vec<T>, Option<String>) {
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let next = items.last().filter(|_| more).map(|last| self.mark.seal(key(last).as_bytes()));
        (items, next)
    }

    /// How many entries to read: one more than the page has, to know whether there is a next one.
    #[must_use]
    pub(crate) fn read_limit(&self) -> u64 {
        self.limit as u64 + 1
    }
}

fn key_in(mark: ListMark, cursor: &str) -> Result<String, Problem> {
    let text = String::from_utf8(mark.open(cursor)?).ok();
    text.filter(|text| !text.contains('\0')).ok_or_else(foreign_cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_leads_to_the_next_and_the_last_to_none() {
        let first = PageRequest::new("names", None, Some(2)).unwrap();
        let (items, next) = first.cut(vec!["a", "b", "c"], |item| (*item).to_owned());
        assert_eq!(items, ["a", "b"]);
        let second = PageRequest::new("names", next.as_deref(), Some(2)).unwrap();
        assert_eq!(second.after.as_deref(), Some("b"));
        let (items, next) = second.cut(vec!["c"], |item| (*item).to_owned());
        assert_eq!((items, next), (vec!["c"], None));
    }

    #[test]
    fn a_cursor_from_elsewhere_is_refused() {
        let of_another = ListMark::of("rooms").seal(b"a");
        let of_nobody = ListMark::of("names").seal(b"a\0");
        let long = ListMark::of("names").seal(&[b'a'; LONGEST]);
        for cursor in ["", "*", "////", "gICA", "AA", &of_another, &of_nobody, &long] {
            assert!(PageRequest::new("names", Some(cursor), None).is_err(), "{cursor}");
        }
    }
}
