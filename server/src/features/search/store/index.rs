//! What a search reads of the index.

use adda_postings::{Gram, Page};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult};
use uuid::Uuid;

use super::super::cursor::IndexPlace;
use crate::db::{self, Family, RowList};
use crate::features::messages::{MESSAGE_COLUMNS, MessageRow};

/// Where the index of a family stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub(in super::super) struct IndexState {
    pub(in super::super) generation: i64,
    /// The index before it, which is whole and answers for what is not in this one yet.
    pub(in super::super) previous: Option<i64>,
    pub(in super::super) first_doc: i64,
    pub(in super::super) next_doc: i64,
    /// What was there before the index is still to be added, from below this id on.
    pub(in super::super) backlog: Option<Uuid>,
}

impl IndexState {
    /// Before all that is in it.
    pub(in super::super) const fn place(&self) -> IndexPlace {
        let Self { generation, first_doc: from, next_doc: end, .. } = *self;
        IndexPlace { generation, from, below: end, end }
    }
}

/// A block of the index.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub(in super::super) struct Block {
    pub(in super::super) id: i64,
    /// Of which index it is.
    pub(in super::super) generation: i64,
    /// Whether it has messages that were edited, in no order, rather than the next of the index.
    pub(in super::super) of_edits: bool,
    pub(in super::super) first_doc: i64,
    pub(in super::super) docs: i64,
    pub(in super::super) bytes: i64,
    pub(in super::super) oldest_at: i64,
    pub(in super::super) newest_at: i64,
}

impl Block {
    /// How many documents it has.
    pub(in super::super) fn len(&self) -> u32 {
        u32::try_from(self.docs).unwrap_or(0)
    }

    /// The number in the index of one of its documents.
    pub(in super::super) fn number(&self, doc: u32) -> i64 {
        self.first_doc + i64::from(doc)
    }

    /// The number of the first document after it.
    pub(in super::super) fn end(&self) -> i64 {
        self.first_doc + self.docs
    }
}

/// A page in which something was looked for.
#[derive(Clone, Debug)]
pub(in super::super) struct AskedPage {
    pub(in super::super) block: i64,
    /// What was asked for: a gram, or the first of a range.
    pub(in super::super) asked: Gram,
    pub(in super::super) page: Page,
}

#[derive(FromQueryResult)]
struct PageRow {
    block: i64,
    asked: i64,
    first_gram: i64,
    bytes: Vec<u8>,
}

#[derive(FromQueryResult)]
struct ChunkRow {
    block: i64,
    chunk: i64,
    bytes: Vec<u8>,
}

/// Where the index of a family stands.
pub(in super::super) async fn state(
    connection: &impl ConnectionTrait,
    family: Family,
) -> Result<IndexState, DbErr> {
    let sql = "SELECT generation, previous, first_doc, next_doc, backlog FROM search_indexes WHERE family = $1";
    let rows = db::query(connection, sql, vec![(family as i64).into()]).await?;
    db::parse(&rows)?.pop().ok_or_else(no_index)
}

/// Where the index of a family stands, and its blocks, the newest documents first, before those of the index
/// before it: both of the same moment.
pub(in super::super) async fn layout(
    connection: &impl ConnectionTrait,
    family: Family,
) -> Result<(IndexState, Vec<Block>), DbErr> {
    let search = family.search();
    let sql = format!(
        "SELECT i.generation, i.previous, i.first_doc, i.next_doc, i.backlog, \
         b.id AS b_id, b.generation AS b_generation, b.of_edits AS b_of_edits, \
         b.first_doc AS b_first_doc, b.docs AS b_docs, b.bytes AS b_bytes, \
         b.oldest_at AS b_oldest_at, b.newest_at AS b_newest_at \
         FROM search_indexes i LEFT JOIN {search}_blocks b \
         ON b.generation IN (i.generation, i.previous) AND b.is_complete AND b.replaced_at IS NULL \
         WHERE i.family = $1 ORDER BY b.generation DESC, b.first_doc DESC, b.id DESC"
    );
    let rows = db::query(connection, sql, vec![(family as i64).into()]).await?;
    let state = rows.first().map(|row| IndexState::from_query_result(row, "")).transpose()?;
    let mut blocks = Vec::with_capacity(rows.len());
    for row in &rows {
        blocks.extend(Block::from_query_result_optional(row, "b_")?);
    }
    Ok((state.ok_or_else(no_index)?, blocks))
}

fn no_index() -> DbErr {
    DbErr::RecordNotFound("search_indexes has no such row".to_owned())
}

const fn signed(gram: Gram) -> i64 {
    gram as i64
}

/// The page of each of these blocks in which each of these grams stands, if it does.
pub(in super::super) async fn pages_with(
    connection: &impl ConnectionTrait,
    family: Family,
    asked: impl IntoIterator<Item = (i64, Gram)>,
) -> Result<Vec<AskedPage>, DbErr> {
    let mut list = RowList::<2>::new();
    asked.into_iter().for_each(|(block, gram)| list.push([block.into(), signed(gram).into()]));
    let search = family.search();
    let rows = match connection.get_database_backend() {
        DatabaseBackend::Postgres => {
            list.select(connection, |asked| {
                format!(
                    "WITH asked (block, gram) AS (VALUES {asked}) \
                     SELECT a.block, a.gram AS asked, p.first_gram, p.bytes \
                     FROM asked a CROSS JOIN LATERAL (SELECT q.first_gram, q.bytes FROM {search}_pages q \
                     WHERE q.block = a.block AND q.first_gram <= a.gram ORDER BY q.first_gram DESC LIMIT 1) p"
                )
            })
            .await
        }
        _ => {
            list.select(connection, |asked| {
                format!(
                    "WITH asked (block, gram) AS (VALUES {asked}) \
                     SELECT a.block, a.gram AS asked, p.first_gram, p.bytes \
                     FROM asked a CROSS JOIN {search}_pages p \
                     WHERE p.block = a.block AND p.first_gram = (SELECT MAX(q.first_gram) \
                     FROM {search}_pages q WHERE q.block = a.block AND q.first_gram <= a.gram)"
                )
            })
            .await
        }
    };
    asked_pages(&rows?)
}

/// The pages of each of these blocks in which grams of a range stand.
pub(in super::super) async fn pages_between(
    connection: &impl ConnectionTrait,
    family: Family,
    blocks: impl IntoIterator<Item = i64>,
    first: Gram,
    last: Gram,
) -> Result<Vec<AskedPage>, DbErr> {
    let mut list = RowList::<3>::new();
    for block in blocks {
        list.push([block.into(), signed(first).into(), signed(last).into()]);
    }
    let search = family.search();
    // CROSS JOIN: SQLite would rather begin with the pages, of which it knows no number.
    let rows = list.select(connection, |asked| {
        format!(
            "WITH asked (block, gram, last) AS (VALUES {asked}) \
             SELECT a.block, a.gram AS asked, p.first_gram, p.bytes \
             FROM (SELECT DISTINCT block, gram, last FROM asked) a CROSS JOIN {search}_pages p \
             WHERE p.block = a.block AND p.first_gram <= a.last AND p.first_gram >= \
             COALESCE((SELECT MAX(q.first_gram) FROM {search}_pages q \
             WHERE q.block = a.block AND q.first_gram <= a.gram), 0)"
        )
    });
    asked_pages(&rows.await?)
}

fn asked_pages(rows: &[sea_orm::QueryResult]) -> Result<Vec<AskedPage>, DbErr> {
    let rows = db::parse::<PageRow>(rows)?.into_iter();
    let page = |row: PageRow| AskedPage {
        block: row.block,
        asked: row.asked as Gram,
        page: Page { first: row.first_gram as Gram, bytes: row.bytes },
    };
    Ok(rows.map(page).collect())
}

/// Parts of the tables of blocks' documents, by block and part.
pub(in super::super) async fn doc_chunks(
    connection: &impl ConnectionTrait,
    family: Family,
    asked: impl IntoIterator<Item = (i64, i64)>,
) -> Result<Vec<((i64, i64), Vec<u8>)>, DbErr> {
    let mut list = RowList::<2>::new();
    asked.into_iter().for_each(|(block, chunk)| list.push([block.into(), chunk.into()]));
    let search = family.search();
    let rows = list.select(connection, |asked| {
        format!(
            "WITH asked (block, chunk) AS (VALUES {asked}) SELECT d.block, d.chunk, d.bytes \
             FROM asked a CROSS JOIN {search}_docs d WHERE d.block = a.block AND d.chunk = a.chunk"
        )
    });
    let rows = db::parse::<ChunkRow>(&rows.await?)?.into_iter();
    Ok(rows.map(|row| ((row.block, row.chunk), row.bytes)).collect())
}

/// Messages by their rooms and numbers, in no order; deleted ones are left out.
pub(in super::super) async fn messages(
    connection: &impl ConnectionTrait,
    family: Family,
    places: impl IntoIterator<Item = (i64, i64)>,
) -> Result<Vec<MessageRow>, DbErr> {
    let mut list = RowList::<2>::new();
    places.into_iter().for_each(|(room, seq)| list.push([room.into(), seq.into()]));
    let messages = family.messages();
    let rows = list.select(connection, |asked| {
        format!(
            "WITH asked (room_id, seq) AS (VALUES {asked}) SELECT {MESSAGE_COLUMNS} \
             FROM asked a CROSS JOIN {messages} m CROSS JOIN users u \
             WHERE m.room_id = a.room_id AND m.seq = a.seq AND m.deleted_at IS NULL AND u.id = m.sender_id"
        )
    });
    db::parse(&rows.await?)
}
