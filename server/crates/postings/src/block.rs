//! A block from its documents.

use std::collections::HashMap;

use crate::page::Pager;
use crate::{Gram, MAX_DOCS, Page};

/// Collects the documents of a block, one after the other, and makes pages of them.
///
/// Memory: 6 bytes for each gram of each document, and about 40 for each distinct one.
#[derive(Debug, Default)]
pub struct BlockBuilder {
    /// The grams in the order in which they came. Its seed is random: who chooses the texts of many documents
    /// cannot choose grams that meet in one place.
    numbers: HashMap<Gram, u32, foldhash::fast::RandomState>,
    /// How many documents have each of the grams.
    counts: Vec<u32>,
    /// The numbers of the documents' grams, document after document.
    occurrences: Vec<u32>,
    /// The documents, and where in the occurrences each ends.
    ends: Vec<(u16, usize)>,
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
        assert!((self.docs()..MAX_DOCS).contains(&doc), "documents ascend");
        assert!(grams.is_sorted_by(|one, next| one < next), "grams are distinct and ascend");
        for gram in grams {
            let new = self.counts.len() as u32;
            let number = *self.numbers.entry(*gram).or_insert(new);
            if number == new {
                self.counts.push(0);
            }
            self.counts[number as usize] += 1;
            self.occurrences.push(number);
        }
        self.ends.push((doc as u16, self.occurrences.len()));
    }

    /// How many documents the block has: what its readers have to know.
    #[must_use]
    pub fn docs(&self) -> u32 {
        self.ends.last().map_or(0, |(doc, _)| u32::from(*doc) + 1)
    }

    /// The pages of the block, in the order of their grams.
    #[must_use]
    pub fn pages(self) -> Vec<Page> {
        let mut pager = Pager::new(self.docs());
        // Where the next document of each gram goes; at last, where they end.
        let mut ends: Vec<usize> = Vec::with_capacity(self.counts.len());
        let mut at = 0;
        for count in &self.counts {
            ends.push(at);
            at += *count as usize;
        }
        let mut postings = vec![0; self.occurrences.len()];
        let mut start = 0;
        for (doc, end) in &self.ends {
            for number in &self.occurrences[start..*end] {
                let place = &mut ends[*number as usize];
                postings[*place] = *doc;
                *place += 1;
            }
            start = *end;
        }
        let mut grams: Vec<(Gram, u32)> = self.numbers.into_iter().collect();
        grams.sort_unstable();
        for (gram, number) in grams {
            let end = ends[number as usize];
            pager.add(gram, &postings[end - self.counts[number as usize] as usize..end]);
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
            (0..u64::from(MAX_DOCS)).map(|doc| vec![0, 1 + doc % 40, 100 + doc]).collect();
        let found = read(MAX_DOCS, &pages_of(&docs)).unwrap();
        assert_eq!(found.len(), 1 + 40 + docs.len());
        assert!(found[&0].iter().copied().eq(0..MAX_DOCS));
        assert!(found[&4].iter().copied().eq((3..MAX_DOCS).step_by(40)));
        assert_eq!(found[&(100 + 65_535)], [65_535]);
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
        fn every_gram_has_the_documents_that_have_it(docs in block(0..120)) {
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
