//! What the tests have in common.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::{BlockBuilder, Damaged, DocSet, Gram, MAX_DOCS, Page};

/// Texts of several scripts in which characters repeat, with emoji of several characters and U+0000.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab ]{0,12}",
        "[a-d\u{e9}\u{df}]{0,12}",
        "[আড্া ]{0,12}",
        "[你好世界]{0,8}",
        "[שלום ]{0,8}",
        "(👩🏽‍🚀|👨‍👩‍👧|🎉|a){0,5}",
        "[\u{0}a]{0,6}",
        "\\PC{0,16}",
    ]
}

/// The documents of a block, each with its grams: few of which many have, and many of which few have.
pub(crate) fn block(docs: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Vec<Gram>>> {
    let gram = prop_oneof![0..4u64, 0..200u64, any::<u64>().prop_map(|gram| gram >> 1)];
    let doc = prop::collection::btree_set(gram, 0..12);
    prop::collection::vec(doc.prop_map(|grams| grams.into_iter().collect()), docs)
}

/// The pages of a block.
pub(crate) fn pages_of(docs: &[Vec<Gram>]) -> Vec<Page> {
    let mut builder = BlockBuilder::new();
    for (doc, grams) in (0..MAX_DOCS).zip(docs) {
        builder.add(doc, grams);
    }
    builder.pages()
}

/// The documents of each gram in the pages of a block that has so many.
pub(crate) fn read(docs: u32, pages: &[Page]) -> Result<BTreeMap<Gram, Vec<u32>>, Damaged> {
    let mut found = BTreeMap::new();
    for entry in pages.iter().flat_map(|page| page.entries(docs)) {
        let (gram, posting) = entry?;
        let mut set = DocSet::empty(docs);
        posting.add_to(&mut set)?;
        let mut members: Vec<u32> = set.descending().collect();
        members.reverse();
        found.insert(gram, members);
    }
    Ok(found)
}
