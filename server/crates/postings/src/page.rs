//! The postings of a block in the order of their grams, in portions that a database reads at once.
//!
//! A page is one entry after another: the gram as what is to be added to the one before (0 for the first, which
//! is beside the page), the length of the posting, the posting.

use crate::gram::GRAMS_END;
use crate::varint::{length, put, take, take_bytes};
use crate::{Damaged, Gram, Posting, posting};

/// How long a page is at most, unless it is of one posting.
const PAGE_LIMIT: usize = 1_900;

/// A longer posting has a page of its own: who looks for its neighbours need not read it.
const SHARED_LIMIT: usize = 1_024;

/// Some of a block's postings. A gram's is in the last page whose first gram is not greater.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The first gram.
    pub first: Gram,
    /// The postings.
    pub bytes: Vec<u8>,
}

impl Page {
    /// The grams and their postings, in the order of the grams. The block has so many documents.
    #[must_use]
    pub fn entries(&self, docs: u32) -> Entries<'_> {
        Entries { docs, gram: self.first, is_first: true, rest: &self.bytes }
    }

    /// The posting of a gram, if it is in this page. The block has so many documents.
    ///
    /// # Errors
    ///
    /// If the page is damaged up to there.
    pub fn find(&self, docs: u32, gram: Gram) -> Result<Option<Posting<'_>>, Damaged> {
        for entry in self.entries(docs) {
            let (found, posting) = entry?;
            if found >= gram {
                return Ok((found == gram).then_some(posting));
            }
        }
        Ok(None)
    }
}

/// The entries of a page; none after the first that is damaged.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    docs: u32,
    /// The gram before, or the page's first.
    gram: Gram,
    is_first: bool,
    rest: &'a [u8],
}

impl<'a> Entries<'a> {
    fn entry(&mut self) -> Result<(Gram, Posting<'a>), Damaged> {
        let delta = take(&mut self.rest)?;
        if (delta == 0) != self.is_first {
            return Err(Damaged);
        }
        self.is_first = false;
        self.gram = self.gram.checked_add(delta).filter(|gram| *gram < GRAMS_END).ok_or(Damaged)?;
        let length = take(&mut self.rest)?;
        let posting = take_bytes(&mut self.rest, length)?;
        Ok((self.gram, Posting::new(self.docs, posting)?))
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<(Gram, Posting<'a>), Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let entry = self.entry();
        if entry.is_err() {
            self.rest = &[];
        }
        Some(entry)
    }
}

/// Packs the postings of a block, which come in the order of their grams, into pages.
pub(crate) struct Pager {
    docs: u32,
    pages: Vec<Page>,
    first: Gram,
    last: Gram,
    page: Vec<u8>,
    posting: Vec<u8>,
}

impl Pager {
    /// Of a block that has so many documents.
    pub(crate) fn new(docs: u32) -> Self {
        let (page, posting) = (Vec::with_capacity(PAGE_LIMIT), Vec::new());
        Self { docs, pages: Vec::new(), first: 0, last: 0, page, posting }
    }

    /// Adds the documents that have a gram, in ascending order.
    pub(crate) fn add(&mut self, gram: Gram, docs: &[u16]) {
        self.posting.clear();
        posting::encode(self.docs, docs, &mut self.posting);
        let size = self.posting.len();
        let is_alone = size > SHARED_LIMIT;
        let taken = length(gram.saturating_sub(self.last)) + length(size as u64) + size;
        if is_alone || self.page.len() + taken > PAGE_LIMIT {
            self.end_page();
        }
        if self.page.is_empty() {
            self.first = gram;
            self.last = gram;
        }
        put(&mut self.page, gram - self.last);
        put(&mut self.page, size as u64);
        self.page.extend_from_slice(&self.posting);
        self.last = gram;
        if is_alone {
            self.end_page();
        }
    }

    fn end_page(&mut self) {
        if !self.page.is_empty() {
            self.pages.push(Page { first: self.first, bytes: self.page.as_slice().into() });
            self.page.clear();
        }
    }

    /// All pages.
    pub(crate) fn finish(mut self) -> Vec<Page> {
        self.end_page();
        self.pages
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::read;

    /// Pages with these documents for each of the grams.
    fn paged(docs: u32, postings: &[(Gram, Vec<u16>)]) -> Vec<Page> {
        let mut pager = Pager::new(docs);
        for (gram, posting) in postings {
            pager.add(*gram, posting);
        }
        pager.finish()
    }

    #[test]
    fn a_page_is_full_before_the_next_begins() {
        let postings: Vec<_> =
            (0..10_000).map(|gram| (gram * 1_000, vec![200, 400, 20_000])).collect();
        let pages = paged(60_000, &postings);
        let (_, full) = pages.split_last().unwrap();
        // An entry has eleven bytes.
        assert!(full.iter().all(|page| (PAGE_LIMIT - 10..=PAGE_LIMIT).contains(&page.bytes.len())));
        assert!(pages.is_sorted_by_key(|page| page.first));
    }

    #[test]
    fn a_long_posting_has_a_page_of_its_own() {
        let long: Vec<u16> = (0..10_000).collect();
        let pages = paged(10_000, &[(1, vec![1]), (2, long), (3, vec![3]), (4, vec![4])]);
        assert_eq!(pages.iter().map(|page| page.first).collect::<Vec<_>>(), [1, 2, 3]);
        assert!((SHARED_LIMIT..PAGE_LIMIT).contains(&pages[1].bytes.len()));
    }

    #[test]
    fn a_gram_is_found_where_it_is_and_nowhere_else() {
        let [page] = &paged(100, &[(5, vec![1]), (9, vec![1, 2]), (GRAMS_END - 1, vec![3])])[..]
        else {
            panic!("one page");
        };
        for (gram, len) in
            [(5, Some(1)), (9, Some(2)), (GRAMS_END - 1, Some(1)), (4, None), (6, None)]
        {
            let posting = page.find(100, gram).unwrap();
            assert_eq!(posting.map(|posting| posting.len()), len, "{gram}");
        }
    }

    #[test]
    fn grams_that_do_not_ascend_or_are_none_are_damage() {
        for (what, first, bytes) in [
            ("a first gram that is another", 5, &[1, 2, 1, 1][..]),
            ("a gram twice", 5, &[0, 2, 1, 1, 0, 2, 1, 1]),
            ("a gram above all", GRAMS_END - 1, &[0, 2, 1, 1, 1, 2, 1, 1]),
            ("a first gram above all", u64::MAX, &[0, 2, 1, 1]),
            ("a posting that is longer than the page", 5, &[0, 3, 1, 1]),
        ] {
            let page = Page { first, bytes: bytes.to_vec() };
            let mut entries = page.entries(100);
            assert!(entries.any(|entry| entry.is_err()), "{what}");
            assert!(entries.next().is_none(), "{what}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_postings_or_damage(first: Gram, docs in 0..200u32, bytes: Vec<u8>) {
            let page = Page { first, bytes };
            if let Ok(postings) = read(docs, std::slice::from_ref(&page)) {
                prop_assert_eq!(page.entries(docs).count(), postings.len());
            }
        }
    }
}
