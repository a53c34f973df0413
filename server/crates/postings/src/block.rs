//! A block from its documents.

use crate::page::Pager;
use crate::{Gram, MAX_DOCS, Page};

/// Collects the documents of a block, one after the other, and makes pages of them.
///
/// It takes 16 bytes of memory for each gram of each document, and up to three times as many while it grows.
/// Sorting them is as quick as a table of the grams would be, and no choice of texts makes it slow.
#[derive(Debug, Default)]
pub struct BlockBuilder {
    docs: u32,
    /// Each gram of each document.
    pairs: Vec<(Gram, u16)>,
}

impl BlockBuilder {
    /// Without documents yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a document with its [grams](crate::grams()). A block has all documents up to the last that was
    /// added, also one without grams.
    ///
    /// # Panics
    ///
    /// If the document is not greater than the one before and less than [`MAX_DOCS`], or its grams are not
    /// distinct and in their order.
    pub fn add(&mut self, doc: u32, grams: &[Gram]) {
        assert!((self.docs..MAX_DOCS).contains(&doc), "documents ascend");
        assert!(grams.is_sorted_by(|one, next| one < next), "grams are distinct and ascend");
        self.pairs.extend(grams.iter().map(|gram| (*gram, doc as u16)));
        self.docs = doc + 1;
    }

    /// How many documents the block has: what its readers have to know.
    #[must_use]
    pub fn docs(&self) -> u32 {
        self.docs
    }

    /// The pages of the block, in the order of their grams.
    #[must_use]
    pub fn pages(mut self) -> Vec<Page> {
        self.pairs.sort_unstable();
        let mut pager = Pager::new(self.docs);
        let mut docs = Vec::new();
        for pairs in self.pairs.chunk_by(|(one, _), (other, _)| one == other) {
            docs.clear();
            docs.extend(pairs.iter().map(|(_, doc)| *doc));
            pager.add(pairs[0].0, &docs);
        }
        pager.finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::testing::{block, pages_of, read};
    use crate::{Asked, DocSet, grams, tag};

    #[test]
    fn a_block_without_documents_has_no_pages() {
        assert_eq!(BlockBuilder::new().docs(), 0);
        assert!(BlockBuilder::new().pages().is_empty());
    }

    #[test]
    fn documents_without_grams_are_of_the_block() {
        let mut builder = BlockBuilder::new();
        builder.add(3, &[7]);
        builder.add(6, &[]);
        assert_eq!(builder.docs(), 7);
        assert_eq!(read(7, &builder.pages()).unwrap(), BTreeMap::from([(7, vec![3])]));
    }

    #[test]
    fn a_block_may_be_as_large_as_it_gets() {
        let docs: Vec<Vec<Gram>> =
            (0..u64::from(MAX_DOCS)).map(|doc| vec![0, 1 + doc % 40, 100 + doc / 16]).collect();
        let found = read(MAX_DOCS, &pages_of(&docs)).unwrap();
        assert_eq!(found.len(), 1 + 40 + 4_096);
        assert!(found[&0].iter().copied().eq(0..MAX_DOCS));
        assert!(found[&4].iter().copied().eq((3..MAX_DOCS).step_by(40)));
        assert!(found[&(100 + 4_095)].iter().copied().eq(65_520..65_536));
    }

    #[test]
    fn a_word_is_found_in_the_room_that_is_asked_for() {
        let texts = ["hello world", "wordless", "the world", "world", "so it goes"];
        let mut builder = BlockBuilder::new();
        for (doc, text) in (0..).zip(texts) {
            builder.add(doc, &grams([text], [tag(0, u64::from(doc % 2))]));
        }
        let docs = builder.docs();
        let pages = builder.pages();
        let mut asked = Asked::of(["world"]);
        asked.exact.push(tag(0, 0));

        let mut candidates = DocSet::all(docs);
        for gram in asked.exact {
            let mut having = DocSet::empty(docs);
            for page in &pages {
                if let Some(posting) = page.find(docs, gram).unwrap() {
                    posting.add_to(&mut having).unwrap();
                }
            }
            candidates.intersect(&having);
        }
        assert_eq!(candidates.descending().collect::<Vec<_>>(), [2, 0]);
    }

    #[test]
    #[should_panic(expected = "documents ascend")]
    fn a_document_is_not_added_twice() {
        let mut builder = BlockBuilder::new();
        builder.add(1, &[]);
        builder.add(1, &[]);
    }

    proptest! {
        #[test]
        fn every_gram_has_the_documents_that_have_it(docs in block(0..60)) {
            let mut expected: BTreeMap<Gram, Vec<u32>> = BTreeMap::new();
            for (doc, grams) in (0..).zip(&docs) {
                for gram in grams {
                    expected.entry(*gram).or_default().push(doc);
                }
            }
            let pages = pages_of(&docs);
            prop_assert_eq!(read(docs.len() as u32, &pages), Ok(expected));
            prop_assert_eq!(pages_of(&docs), pages);
        }
    }
}
