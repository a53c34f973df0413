//! Which documents of some blocks may be what is looked for: all that are, and few others.

use std::collections::HashMap;

use adda_postings::{Damaged, DocSet, Gram, Posting};

use super::document::Asked;
use super::error::SearchError;
use super::store::index::{self, AskedPage, Block};
use crate::db::{Family, Reader};

/// So few candidates of a block are rather looked up than made fewer.
const FEW: u32 = 4;
/// Of a query's grams the rarest so many are asked for first.
const RAREST: usize = 4;

/// Asks the blocks of an index, some at a time, the newest first: what is learned of the grams in the first ones
/// says which to ask the next ones for.
#[derive(Debug)]
pub(super) struct Candidates<'a> {
    pub(super) connection: &'a Reader,
    pub(super) family: Family,
    pub(super) asked: &'a Asked,
    /// How many documents have a gram, in the blocks that were asked.
    frequencies: HashMap<Gram, u64>,
}

impl<'a> Candidates<'a> {
    pub(super) fn new(connection: &'a Reader, family: Family, asked: &'a Asked) -> Self {
        Self { connection, family, asked, frequencies: HashMap::new() }
    }

    /// The candidates of each of these blocks.
    ///
    /// # Errors
    /// The database.
    pub(super) async fn of(&mut self, blocks: &[Block]) -> Result<Vec<DocSet>, SearchError> {
        let mut sets: Vec<DocSet> = blocks.iter().map(|block| DocSet::all(block.len())).collect();
        let mut exact = self.asked.exact.clone();
        let mut rest = Vec::new();
        if !self.frequencies.is_empty() {
            exact.sort_by_key(|gram| self.frequencies.get(gram).copied().unwrap_or(0));
            rest = exact.split_off(exact.len().min(RAREST));
        }
        for grams in [exact, rest] {
            self.require_all(blocks, &mut sets, &grams).await?;
        }
        for range in &self.asked.ranges {
            let many = many(blocks, &sets);
            let ids = many.iter().map(|at| blocks[*at].id);
            let pages = index::pages_between(
                self.connection,
                self.family,
                ids,
                *range.start(),
                *range.end(),
            );
            let pages = pages.await?;
            let is_meant = |_, gram| range.contains(&gram);
            require_one(blocks, &mut sets, &many, &pages, is_meant).await;
        }
        for grams in &self.asked.one_of {
            let many = many(blocks, &sets);
            let asked = pairs(blocks, &many, grams);
            let pages = index::pages_with(self.connection, self.family, asked).await?;
            let is_meant = |asked, gram| asked == gram;
            require_one(blocks, &mut sets, &many, &pages, is_meant).await;
        }
        Ok(sets)
    }

    async fn require_all(
        &mut self,
        blocks: &[Block],
        sets: &mut [DocSet],
        grams: &[Gram],
    ) -> Result<(), SearchError> {
        if grams.is_empty() {
            return Ok(());
        }
        let many = many(blocks, sets);
        let asked = pairs(blocks, &many, grams);
        let pages = index::pages_with(self.connection, self.family, asked).await?;
        let mut found: HashMap<(i64, Gram), &AskedPage> = HashMap::new();
        found.extend(pages.iter().map(|page| ((page.block, page.asked), page)));
        for at in many {
            let (block, set) = (&blocks[at], &mut sets[at]);
            for gram in grams {
                let page = found.get(&(block.id, *gram));
                let posting = page.map(|page| page.page.find(block.len(), *gram)).transpose();
                match posting.map(Option::flatten) {
                    Ok(Some(posting)) => {
                        *self.frequencies.entry(*gram).or_default() += u64::from(posting.len());
                        narrow(block, set, &posting);
                    }
                    Ok(None) => {
                        self.frequencies.entry(*gram).or_default();
                        *set = DocSet::empty(block.len());
                    }
                    Err(damaged) => told(block, damaged),
                }
                if set.is_empty() {
                    break;
                }
            }
            // Others have the processor between two blocks.
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}

/// Which of the blocks have so many candidates that it is worth to ask for more.
fn many(blocks: &[Block], sets: &[DocSet]) -> Vec<usize> {
    (0..blocks.len()).filter(|at| sets[*at].len() > FEW).collect()
}

fn pairs<'a>(
    blocks: &'a [Block],
    many: &'a [usize],
    grams: &'a [Gram],
) -> impl Iterator<Item = (i64, Gram)> + 'a {
    many.iter().flat_map(move |at| grams.iter().map(move |gram| (blocks[*at].id, *gram)))
}

fn narrow(block: &Block, set: &mut DocSet, posting: &Posting<'_>) {
    let mut having = DocSet::empty(block.len());
    match posting.add_to(&mut having) {
        Ok(()) => set.intersect(&having),
        Err(damaged) => told(block, damaged),
    }
}

/// Keeps the candidates that have one of the grams that are meant in these pages.
async fn require_one(
    blocks: &[Block],
    sets: &mut [DocSet],
    asked: &[usize],
    pages: &[AskedPage],
    is_meant: impl Fn(Gram, Gram) -> bool,
) {
    for at in asked {
        let (block, set) = (&blocks[*at], &mut sets[*at]);
        let mut having = DocSet::empty(block.len());
        let of_block = pages.iter().filter(|page| page.block == block.id);
        let added = of_block
            .flat_map(|page| page.page.entries(block.len()).map(|entry| (page.asked, entry)))
            .try_for_each(|(asked, entry)| match entry? {
                (gram, posting) if is_meant(asked, gram) => posting.add_to(&mut having),
                _ => Ok(()),
            });
        match added {
            Ok(()) => set.intersect(&having),
            Err(damaged) => told(block, damaged),
        }
        tokio::task::yield_now().await;
    }
}

/// What is damaged excludes nothing: all of the block is looked at.
fn told(block: &Block, damaged: Damaged) {
    tracing::error!(
        block = block.id,
        "{damaged}: `adda search rebuild` makes the index of the search anew"
    );
}
