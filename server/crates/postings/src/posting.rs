//! The documents that have a gram.
//!
//! Their number, then either what lies between one document and the next, or a bitmap of all documents of the
//! block. The bitmap is there where it is not longer, so that the length tells which of them it is.

use crate::varint::{put, take};
use crate::{Damaged, DocSet, MAX_DOCS};

/// The documents of a block that have a gram.
#[derive(Clone, Copy, Debug)]
pub struct Posting<'a> {
    /// How many documents the block has.
    docs: u32,
    /// How many of them have the gram.
    len: u32,
    body: &'a [u8],
}

impl<'a> Posting<'a> {
    /// A posting of a block that has so many documents.
    pub(crate) fn new(docs: u32, mut bytes: &'a [u8]) -> Result<Self, Damaged> {
        let len = take(&mut bytes)?;
        if len == 0 || len > u64::from(docs) || docs > MAX_DOCS {
            return Err(Damaged);
        }
        Ok(Self { docs, len: len as u32, body: bytes })
    }

    /// How many documents have the gram: never none.
    #[expect(clippy::len_without_is_empty, reason = "never empty")]
    #[must_use]
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Adds the documents to a set of the block's.
    ///
    /// # Errors
    ///
    /// If the bytes are damaged, or the set is of a block of another size. Some of the documents may have been
    /// added.
    pub fn add_to(&self, set: &mut DocSet) -> Result<(), Damaged> {
        if set.docs() != self.docs {
            return Err(Damaged);
        }
        match self.is_bitmap() {
            true => self.each_word(|at, bits| set.insert_word(at, bits)),
            false => self.each_delta(|doc| set.insert(doc)),
        }
    }

    /// Says each of the documents, in ascending order; some of them before damage is found.
    pub(crate) fn each(&self, mut say: impl FnMut(u32)) -> Result<(), Damaged> {
        if !self.is_bitmap() {
            return self.each_delta(say);
        }
        self.each_word(|at, mut bits| {
            while bits != 0 {
                say(64 * at as u32 + bits.trailing_zeros());
                bits &= bits - 1;
            }
        })
    }

    fn is_bitmap(&self) -> bool {
        self.body.len() == bitmap_length(self.docs)
    }

    fn each_word(&self, mut say: impl FnMut(usize, u64)) -> Result<(), Damaged> {
        let mut len = 0;
        for (at, chunk) in self.body.chunks(8).enumerate() {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            let bits = u64::from_le_bytes(word);
            // What is above the last document.
            if bits.checked_shr(self.docs - 64 * at as u32).is_some_and(|above| above != 0) {
                return Err(Damaged);
            }
            len += bits.count_ones();
            say(at, bits);
        }
        if len == self.len { Ok(()) } else { Err(Damaged) }
    }

    fn each_delta(&self, mut say: impl FnMut(u32)) -> Result<(), Damaged> {
        let mut rest = self.body;
        let mut next = 0;
        for _ in 0..self.len {
            let doc = take(&mut rest)?.checked_add(next).ok_or(Damaged)?;
            if doc >= u64::from(self.docs) {
                return Err(Damaged);
            }
            say(doc as u32);
            next = doc + 1;
        }
        if rest.is_empty() { Ok(()) } else { Err(Damaged) }
    }
}

/// Appends a posting: documents in ascending order, of a block that has so many.
pub(crate) fn encode(docs: u32, posting: &[u16], out: &mut Vec<u8>) {
    put(out, posting.len() as u64);
    let start = out.len();
    let limit = start + bitmap_length(docs);
    let mut next = 0;
    for doc in posting.iter().map(|doc| u64::from(*doc)) {
        put(out, doc - next);
        next = doc + 1;
        if out.len() >= limit {
            out.truncate(start);
            return encode_bitmap(posting, limit, out);
        }
    }
}

fn encode_bitmap(posting: &[u16], end: usize, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(end, 0);
    for doc in posting {
        out[start + usize::from(doc / 8)] |= 1 << (doc % 8);
    }
}

fn bitmap_length(docs: u32) -> usize {
    docs.div_ceil(8) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn encoded(docs: u32, posting: &[u16]) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(docs, posting, &mut bytes);
        bytes
    }

    fn decoded(docs: u32, bytes: &[u8]) -> Result<Vec<u16>, Damaged> {
        let posting = Posting::new(docs, bytes)?;
        let mut each = Vec::new();
        posting.each(|doc| each.push(doc as u16))?;
        assert_eq!(each.len(), posting.len() as usize);

        let mut set = DocSet::empty(docs);
        posting.add_to(&mut set)?;
        assert!(set.descending().eq(each.iter().rev().map(|doc| u32::from(*doc))));
        Ok(each)
    }

    #[test]
    fn documents_that_are_few_are_said_by_what_is_between_them() {
        assert_eq!(encoded(1_000, &[0, 1, 5, 405]), [4, 0, 0, 3, 0x8f, 3]);
    }

    #[test]
    fn documents_that_are_many_are_a_bitmap() {
        assert_eq!(encoded(20, &[0, 2, 3, 19]), [4, 0b1101, 0, 0b1000]);
        let all: Vec<u16> = (0..=u16::MAX).collect();
        assert_eq!(encoded(MAX_DOCS, &all).len(), 3 + 8_192);
        assert_eq!(decoded(MAX_DOCS, &encoded(MAX_DOCS, &all)), Ok(all));
    }

    #[test]
    fn what_cannot_have_been_written_is_damage() {
        for (what, docs, bytes) in [
            ("nothing", 1_000, &[][..]),
            ("no document", 1_000, &[0]),
            ("more documents than there are", 3, &[4, 0, 0, 0, 0]),
            ("fewer documents than said", 1_000, &[2, 0]),
            ("more documents than said", 1_000, &[1, 0, 0]),
            ("a document above the last", 100, &[1, 100]),
            (
                "a document above all numbers",
                1_000,
                &[2, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
            ),
            ("a bitmap with another number of documents", 20, &[3, 0b1101, 0, 0b1000]),
            ("a bitmap with a document above the last", 20, &[1, 0, 0, 0b1_0000]),
            ("a block that is too large", MAX_DOCS + 1, &[1, 0]),
        ] {
            assert_eq!(decoded(docs, bytes), Err(Damaged), "{what}");
        }
    }

    #[test]
    fn a_set_of_another_block_takes_no_documents() {
        let bytes = encoded(1_000, &[999]);
        let posting = Posting::new(1_000, &bytes).unwrap();
        assert_eq!(posting.add_to(&mut DocSet::empty(10)), Err(Damaged));
    }

    /// A block's size, and some of its documents.
    fn posting() -> impl Strategy<Value = (u32, BTreeSet<u16>)> {
        prop_oneof![1..80u32, 1..2_000u32, 1..=MAX_DOCS].prop_flat_map(|docs| {
            let doc = (0..docs).prop_map(|doc| doc as u16);
            (Just(docs), prop::collection::btree_set(doc, 1..=docs.min(60) as usize))
        })
    }

    proptest! {
        #[test]
        fn documents_are_read_as_they_were_written((docs, posting) in posting()) {
            let posting: Vec<u16> = posting.into_iter().collect();
            let bytes = encoded(docs, &posting);
            prop_assert!(bytes.len() <= 3 + bitmap_length(docs));
            prop_assert_eq!(decoded(docs, &bytes), Ok(posting));
        }

        #[test]
        fn any_bytes_are_documents_of_the_block_or_damage(docs in 0..100u32, bytes: Vec<u8>) {
            if let Ok(posting) = decoded(docs, &bytes) {
                prop_assert!(posting.is_sorted_by(|one, next| one < next));
                prop_assert!(posting.iter().all(|doc| u32::from(*doc) < docs));
            }
        }
    }
}
