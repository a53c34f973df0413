//! Some documents of a block.

use crate::MAX_DOCS;

/// A set of documents of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocSet {
    docs: u32,
    /// A bit for each document; those above the last are 0.
    words: Vec<u64>,
}

impl DocSet {
    /// No document of a block that has so many. There are never more than [`MAX_DOCS`].
    #[must_use]
    pub fn empty(docs: u32) -> Self {
        Self::filled(docs, 0)
    }

    /// All documents of a block that has so many. There are never more than [`MAX_DOCS`].
    #[must_use]
    pub fn all(docs: u32) -> Self {
        let mut all = Self::filled(docs, u64::MAX);
        if let (Some(last), 1..) = (all.words.last_mut(), all.docs % 64) {
            *last >>= 64 - all.docs % 64;
        }
        all
    }

    fn filled(docs: u32, word: u64) -> Self {
        let docs = docs.min(MAX_DOCS);
        Self { docs, words: vec![word; docs.div_ceil(64) as usize] }
    }

    /// How many documents the block has.
    #[must_use]
    pub fn docs(&self) -> u32 {
        self.docs
    }

    /// Adds a document of the block; another one is not added.
    pub fn insert(&mut self, doc: u32) {
        if doc < self.docs {
            self.words[(doc / 64) as usize] |= 1 << (doc % 64);
        }
    }

    /// Whether a document is in it.
    #[must_use]
    pub fn contains(&self, doc: u32) -> bool {
        doc < self.docs && self.words[(doc / 64) as usize] >> (doc % 64) & 1 == 1
    }

    /// Adds 64 documents or fewer: a bit for each from the one that is `64 * word` on. There are none above the
    /// block's.
    pub(crate) fn insert_word(&mut self, word: usize, bits: u64) {
        self.words[word] |= bits;
    }

    /// Keeps what is in the other too, which is of the same block.
    pub fn intersect(&mut self, other: &Self) {
        debug_assert_eq!(self.docs, other.docs, "of one block");
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    /// Adds what is in the other, which is of the same block.
    pub fn union(&mut self, other: &Self) {
        debug_assert_eq!(self.docs, other.docs, "of one block");
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// How many documents are in it.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether none is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Its documents from the greatest on.
    pub fn descending(&self) -> impl Iterator<Item = u32> {
        self.descending_below(self.docs)
    }

    /// Its documents that are less than one, from the greatest on.
    pub fn descending_below(&self, doc: u32) -> impl Iterator<Item = u32> {
        let end = doc.min(self.docs);
        let words = self.words[..end.div_ceil(64) as usize].iter().enumerate();
        words.rev().flat_map(move |(at, word)| {
            let start = 64 * at as u32;
            let below = match end - start {
                open @ ..64 => (1 << open) - 1,
                _ => u64::MAX,
            };
            bits_descending(word & below).map(move |bit| start + bit)
        })
    }
}

fn bits_descending(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = word.checked_ilog2()?;
        word ^= 1 << bit;
        Some(bit)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn set(docs: u32, members: &BTreeSet<u32>) -> DocSet {
        let mut set = DocSet::empty(docs);
        members.iter().for_each(|doc| set.insert(*doc));
        set
    }

    #[test]
    fn all_documents_are_those_of_the_block() {
        for docs in [0, 1, 63, 64, 65, 1_000, MAX_DOCS] {
            let all = DocSet::all(docs);
            assert_eq!(all.len(), docs);
            assert!(all.descending().eq((0..docs).rev()));
            assert_eq!(all.is_empty(), docs == 0);
        }
    }

    #[test]
    fn a_document_of_no_block_is_not_added() {
        let mut set = DocSet::empty(10);
        set.insert(10);
        set.insert(u32::MAX);
        assert!(set.is_empty());
        assert!(!DocSet::all(10).contains(10));
        assert_eq!(DocSet::all(u32::MAX).len(), MAX_DOCS);
    }

    fn members() -> impl Strategy<Value = BTreeSet<u32>> {
        prop::collection::btree_set(0..192u32, 0..40)
    }

    proptest! {
        #[test]
        fn it_is_a_set(one in members(), other in members()) {
            let first = set(192, &one);
            prop_assert_eq!(first.len() as usize, one.len());
            prop_assert!((0..192).all(|doc| first.contains(doc) == one.contains(&doc)));

            let mut both = first.clone();
            both.intersect(&set(192, &other));
            prop_assert_eq!(both, set(192, &(&one & &other)));

            let mut either = first;
            either.union(&set(192, &other));
            prop_assert_eq!(either, set(192, &(&one | &other)));
        }

        #[test]
        fn documents_come_from_the_greatest_on(members in members(), below in 0..300u32) {
            let set = set(192, &members);
            prop_assert!(set.descending().eq(members.iter().rev().copied()));
            prop_assert!(set.descending_below(below).eq(members.range(..below).rev().copied()));
        }
    }
}
