//! Several blocks that become one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use crate::page::Pager;
use crate::{Damaged, Gram, MAX_DOCS, Page, Posting};

/// A block that becomes part of a greater one.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// What its first document becomes.
    pub offset: u32,
    /// How many documents it has.
    pub docs: u32,
    /// All its pages, in their order.
    pub pages: &'a [Page],
}

/// Makes one block of several, whose documents follow each other: the same pages as if it had been built of all
/// documents at once. It has the documents up to the last part's last.
///
/// # Errors
///
/// If a page is damaged, the pages are not in their order, the parts overlap or are not in their order, or the
/// block would have more than [`MAX_DOCS`] documents.
pub fn merge(parts: &[Part<'_>]) -> Result<Vec<Page>, Damaged> {
    let mut pager = Pager::new(docs(parts)?);
    let mut entries: Vec<_> = parts.iter().map(entries).collect();
    let mut next: Vec<Option<Posting<'_>>> = Vec::with_capacity(parts.len());
    let mut queue = BinaryHeap::with_capacity(parts.len());
    for (at, entries) in entries.iter_mut().enumerate() {
        let entry = entries.next().transpose()?;
        queue.extend(entry.map(|(gram, _)| Reverse((gram, at))));
        next.push(entry.map(|(_, posting)| posting));
    }
    let mut of: Gram = 0;
    let mut docs: Vec<u16> = Vec::new();
    while let Some(mut top) = queue.peek_mut() {
        let Reverse((gram, at)) = *top;
        if gram != of && !docs.is_empty() {
            pager.add(of, &docs);
            docs.clear();
        }
        of = gram;
        if let Some(posting) = next[at].take() {
            let offset = parts[at].offset;
            posting.each(|doc| docs.push((offset + doc) as u16))?;
        }
        match entries[at].next().transpose()? {
            Some((following, _)) if following <= gram => return Err(Damaged),
            Some((following, posting)) => {
                next[at] = Some(posting);
                *top = Reverse((following, at));
            }
            None => {
                PeekMut::pop(top);
            }
        }
    }
    if !docs.is_empty() {
        pager.add(of, &docs);
    }
    Ok(pager.finish())
}

/// How many documents the parts have together.
fn docs(parts: &[Part<'_>]) -> Result<u32, Damaged> {
    let mut docs = 0;
    for part in parts {
        let end = part.offset.checked_add(part.docs).filter(|end| *end <= MAX_DOCS);
        if part.offset < docs {
            return Err(Damaged);
        }
        docs = end.ok_or(Damaged)?;
    }
    Ok(docs)
}

fn entries<'a>(
    part: &Part<'a>,
) -> impl Iterator<Item = Result<(Gram, Posting<'a>), Damaged>> + use<'a> {
    let docs = part.docs;
    part.pages.iter().flat_map(move |page| page.entries(docs))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{block, pages_of, read};

    /// Blocks that follow each other: these documents, cut into as many parts.
    fn parts(docs: &[Vec<Gram>], size: usize) -> Vec<(u32, u32, Vec<Page>)> {
        let part = |(at, docs): (usize, &[Vec<Gram>])| {
            ((at * size) as u32, docs.len() as u32, pages_of(docs))
        };
        docs.chunks(size).enumerate().map(part).collect()
    }

    fn merged(parts: &[(u32, u32, Vec<Page>)]) -> Result<Vec<Page>, Damaged> {
        let parts = parts.iter();
        let parts = parts.map(|(offset, docs, pages)| Part { offset: *offset, docs: *docs, pages });
        merge(&parts.collect::<Vec<_>>())
    }

    #[test]
    fn nothing_becomes_nothing() {
        assert_eq!(merge(&[]), Ok(Vec::new()));
        assert_eq!(merge(&[Part { offset: 0, docs: 9, pages: &[] }]), Ok(Vec::new()));
    }

    #[test]
    fn large_blocks_become_one_as_if_it_had_been_built_at_once() {
        let docs: Vec<Vec<Gram>> = (0..u64::from(MAX_DOCS))
            .map(|doc| vec![0, 1 + doc % 40, 100 + doc * doc % 9_973])
            .collect();
        let whole = pages_of(&docs);
        assert!(whole.iter().any(|page| page.bytes.len() > 8_000));
        assert_eq!(merged(&parts(&docs, 16_384)).unwrap(), whole);
    }

    #[test]
    fn what_was_between_the_parts_has_no_grams() {
        let pages = pages_of(&[vec![5]]);
        let parts = [(2, 1, pages.clone()), (10, 3, pages)];
        assert_eq!(read(13, &merged(&parts).unwrap()).unwrap()[&5], [2, 10]);
    }

    #[test]
    fn parts_that_overlap_or_are_too_many_are_refused() {
        for parts in [
            [(0, 10, Vec::new()), (9, 10, Vec::new())],
            [(10, 10, Vec::new()), (0, 10, Vec::new())],
            [(0, 10, Vec::new()), (MAX_DOCS - 9, 10, Vec::new())],
            [(0, 10, Vec::new()), (10, u32::MAX, Vec::new())],
        ] {
            assert_eq!(merged(&parts), Err(Damaged), "{parts:?}");
        }
    }

    #[test]
    fn pages_that_are_not_in_their_order_are_refused() {
        let docs: Vec<Vec<Gram>> = (0..2_000).map(|doc| vec![doc]).collect();
        let mut parts = parts(&docs, 2_000);
        parts[0].2.reverse();
        assert_eq!(merged(&parts), Err(Damaged));
        parts[0].2.reverse();
        let twice = parts[0].2[0].clone();
        parts[0].2.insert(0, twice);
        assert_eq!(merged(&parts), Err(Damaged));
    }

    proptest! {
        #[test]
        fn blocks_become_one_as_if_it_had_been_built_at_once(docs in block(1..90), size in 1..60usize) {
            prop_assert_eq!(merged(&parts(&docs, size)), Ok(pages_of(&docs)));
        }

        #[test]
        fn what_was_merged_is_merged_again(docs in block(1..90), size in 1..20usize) {
            let parts = parts(&docs, size);
            let (first, second) = parts.split_at(parts.len() / 2);
            let first_docs = first.iter().map(|(_, docs, _)| docs).sum();
            let mut second = second.to_vec();
            second.iter_mut().for_each(|part| part.0 -= first_docs);
            let merged_twice = [
                (0, first_docs, merged(first).unwrap()),
                (first_docs, docs.len() as u32 - first_docs, merged(&second).unwrap()),
            ];
            prop_assert_eq!(merged(&merged_twice), Ok(pages_of(&docs)));
        }

        #[test]
        fn damaged_pages_are_read_or_refused(
            docs in block(1..90),
            size in 10..60usize,
            changes: Vec<(prop::sample::Index, prop::sample::Index, u8)>,
            cut: Option<(prop::sample::Index, prop::sample::Index)>,
        ) {
            let mut parts = parts(&docs, size);
            let mut pages: Vec<_> = parts.iter_mut().flat_map(|part| &mut part.2).collect();
            prop_assume!(!pages.is_empty());
            for (page, at, byte) in changes {
                let bytes = &mut page.get_mut(&mut pages).bytes;
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Some((page, at)) = cut {
                let bytes = &mut page.get_mut(&mut pages).bytes;
                let at = at.index(bytes.len());
                bytes.truncate(at);
            }
            let all_are_read = parts.iter().all(|(_, docs, pages)| read(*docs, pages).is_ok());
            if let Ok(pages) = merged(&parts) {
                prop_assert!(all_are_read);
                prop_assert!(read(docs.len() as u32, &pages).is_ok());
            }
        }
    }
}
