//! What makes the index: what is to be added to it, and the blocks that are written.

use std::time::Instant;

use adda_postings::{DOCS_IN_CHUNK, Doc, Page, encode_docs};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::Progress;
use super::index::{Block, IndexState};
use crate::db::{self, Db, Family, RowList, Transaction};
use crate::features::messages::{MESSAGE_COLUMNS, MessageRow};

/// About so many bytes are written by one transaction: whoever sends waits for no longer one.
const BYTES_AT_ONCE: usize = 96 * 1024;
/// So many pages of a block that was replaced are removed by one.
const PAGES_AT_ONCE: i64 = 48;

/// The rooms in which something is not in the index yet.
pub(in super::super) async fn behind(
    connection: &impl ConnectionTrait,
    family: Family,
) -> Result<Vec<Progress>, DbErr> {
    let (rooms, search) = (family.rooms(), family.search());
    let sql = format!(
        "SELECT r.id AS room_id, r.last_seq, COALESCE(p.indexed_seq, 0) AS indexed_seq \
         FROM {rooms} r LEFT JOIN {search}_progress p ON p.room_id = r.id \
         WHERE r.last_seq > COALESCE(p.indexed_seq, 0)"
    );
    db::parse(&db::query(connection, sql, vec![]).await?)
}

/// The newest messages with ids below this one that were there before the index, the last first.
pub(in super::super) async fn backlog(
    connection: &impl ConnectionTrait,
    family: Family,
    below: Uuid,
    limit: usize,
) -> Result<Vec<MessageRow>, DbErr> {
    let (messages, search) = (family.messages(), family.search());
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS} FROM (SELECT * FROM {messages} x WHERE x.id < $1 AND x.seq <= \
         (SELECT p.backlog_seq FROM {search}_progress p WHERE p.room_id = x.room_id) \
         ORDER BY x.id DESC LIMIT {limit}) m JOIN users u ON u.id = m.sender_id ORDER BY m.id DESC"
    );
    db::parse(&db::query(connection, sql, vec![below.into()]).await?)
}

/// Whether this worker may work on an index until then, or goes on to.
pub(in super::super) async fn own(
    db: &Db,
    family: Family,
    worker: Uuid,
    now: i64,
    until: i64,
) -> Result<bool, DbErr> {
    let sql = "UPDATE search_indexes SET owner = $1, owned_until = $2 WHERE family = $3 \
               AND (owner IS NULL OR owner = $4 OR owned_until < $5)";
    let family = (family as i64).into();
    let values = vec![worker.into(), until.into(), family, worker.into(), now.into()];
    let transaction = db.begin().await?;
    let touched = db::run(&transaction, sql, values).await?;
    transaction.commit().await?;
    Ok(touched == 1)
}

/// Makes this worker the one, whoever was.
pub(in super::super) async fn take_over(
    db: &Db,
    family: Family,
    worker: Uuid,
) -> Result<(), DbErr> {
    let transaction = db.begin().await?;
    let sql = "UPDATE search_indexes SET owner = $1 WHERE family = $2";
    db::run(&transaction, sql, vec![worker.into(), (family as i64).into()]).await?;
    transaction.commit().await
}

/// Lets the next one work at once.
pub(in super::super) async fn disown(db: &Db, family: Family, worker: Uuid) -> Result<(), DbErr> {
    let transaction = db.begin().await?;
    let sql = "UPDATE search_indexes SET owner = NULL WHERE family = $1 AND owner = $2";
    db::run(&transaction, sql, vec![(family as i64).into(), worker.into()]).await?;
    transaction.commit().await
}

/// What a block is made of.
#[derive(Debug)]
pub(in super::super) struct NewBlock {
    pub(in super::super) of_edits: bool,
    pub(in super::super) first_doc: i64,
    pub(in super::super) docs: Vec<Doc>,
    pub(in super::super) pages: Vec<Page>,
}

#[derive(FromQueryResult)]
struct Id {
    id: i64,
}

/// After each transaction those who send have the writer, and the disk, for three times as long.
pub(in super::super) async fn make_way(begun: Instant) {
    tokio::time::sleep(begun.elapsed() * 3).await;
}

/// Writes a block that nobody reads yet, a large one by several transactions; the last one is handed on, for what
/// makes it a part of the index.
pub(in super::super) async fn write_block(
    db: &Db,
    family: Family,
    generation: i64,
    block: NewBlock,
) -> Result<(Transaction, i64), DbErr> {
    let search = family.search();
    let times = || block.docs.iter().map(|doc| doc.at);
    let (oldest_at, newest_at) = (times().min().unwrap_or(0), times().max().unwrap_or(0));
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let mut begun = Instant::now();
    let mut transaction = db.begin().await?;
    let sql = format!(
        "INSERT INTO {search}_blocks (generation, of_edits, first_doc, docs, bytes, oldest_at, newest_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id"
    );
    let values = vec![
        generation.into(),
        block.of_edits.into(),
        block.first_doc.into(),
        count(block.docs.len()).into(),
        count(block.pages.iter().map(|page| page.bytes.len()).sum()).into(),
        oldest_at.into(),
        newest_at.into(),
    ];
    let rows = db::query(&transaction, sql, values).await?;
    let none = || DbErr::RecordNotInserted;
    let Id { id } = db::parse(&rows)?.pop().ok_or_else(none)?;
    let docs = block.docs.chunks(DOCS_IN_CHUNK).zip(0_i64..);
    let docs = docs.map(|(docs, chunk)| ("docs", "chunk", chunk, encode_docs(docs)));
    let pages = block.pages.into_iter();
    let pages = pages.map(|page| ("pages", "first_gram", page.first as i64, page.bytes));
    let mut list = RowList::<3>::new();
    let (mut bytes, mut last) = (0, ("docs", "chunk"));
    let insert = |table: &'static str, key: &'static str| {
        move |rows: &str| {
            format!("INSERT INTO {search}_{table} (block, {key}, bytes) VALUES {rows}")
        }
    };
    for (table, key, number, content) in docs.chain(pages) {
        if bytes > BYTES_AT_ONCE || table != last.0 {
            list.execute(&transaction, insert(last.0, last.1)).await?;
            list = RowList::new();
        }
        if bytes > BYTES_AT_ONCE {
            transaction.commit().await?;
            make_way(begun).await;
            begun = Instant::now();
            transaction = db.begin().await?;
            bytes = 0;
        }
        bytes += content.len();
        last = (table, key);
        list.push([id.into(), number.into(), content.into()]);
    }
    list.execute(&transaction, insert(last.0, last.1)).await?;
    Ok((transaction, id))
}

/// Makes blocks a part of the index, unless that was begun anew or another worker changed it meanwhile; whether
/// they are.
pub(in super::super) async fn publish(
    transaction: &Transaction,
    family: Family,
    worker: Uuid,
    before: &IndexState,
    after: &IndexState,
    blocks: &[i64],
    now: i64,
) -> Result<bool, DbErr> {
    let sql = "UPDATE search_indexes SET first_doc = $1, next_doc = $2, backlog = $3, previous = $4 \
               WHERE family = $5 AND owner = $6 AND generation = $7 AND first_doc = $8 AND next_doc = $9";
    let values = vec![
        after.first_doc.into(),
        after.next_doc.into(),
        after.backlog.into(),
        after.previous.into(),
        (family as i64).into(),
        worker.into(),
        before.generation.into(),
        before.first_doc.into(),
        before.next_doc.into(),
    ];
    if db::run(transaction, sql, values).await? != 1 {
        return Ok(false);
    }
    let search = family.search();
    let sql = format!("UPDATE {search}_blocks SET is_complete = $1 WHERE id = $2");
    for block in blocks {
        db::run(transaction, sql.as_str(), vec![true.into(), (*block).into()]).await?;
    }
    if before.previous != after.previous {
        replace_indexes(transaction, family, now).await?;
    }
    Ok(true)
}

/// Notes how far rooms are in the index.
pub(in super::super) async fn note_progress(
    transaction: &Transaction,
    family: Family,
    indexed: &[(i64, i64)],
) -> Result<(), DbErr> {
    let search = family.search();
    let mut list = RowList::<3>::new();
    for (room, seq) in indexed {
        list.push([(*room).into(), (*seq).into(), 0_i64.into()]);
    }
    let noted = list.execute(transaction, |rows| {
        format!(
            "INSERT INTO {search}_progress (room_id, indexed_seq, backlog_seq) VALUES {rows} \
             ON CONFLICT (room_id) DO UPDATE SET indexed_seq = excluded.indexed_seq"
        )
    });
    noted.await.map(drop)
}

/// Notes that blocks were replaced: who reads them goes on for a while.
pub(in super::super) async fn replace(
    transaction: &Transaction,
    family: Family,
    blocks: &[Block],
    now: i64,
) -> Result<(), DbErr> {
    let search = family.search();
    let sql = format!("UPDATE {search}_blocks SET replaced_at = $1 WHERE id = $2");
    for block in blocks {
        db::run(transaction, sql.as_str(), vec![now.into(), block.id.into()]).await?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct StoredPage {
    first_gram: i64,
    bytes: Vec<u8>,
}

/// All pages of a block.
pub(in super::super) async fn pages(
    connection: &impl ConnectionTrait,
    family: Family,
    block: i64,
) -> Result<Vec<Page>, DbErr> {
    let search = family.search();
    let sql = format!(
        "SELECT first_gram, bytes FROM {search}_pages WHERE block = $1 ORDER BY first_gram"
    );
    let rows = db::parse::<StoredPage>(&db::query(connection, sql, vec![block.into()]).await?)?;
    let page = |row: StoredPage| Page { first: row.first_gram as u64, bytes: row.bytes };
    Ok(rows.into_iter().map(page).collect())
}

#[derive(FromQueryResult)]
struct Bytes {
    bytes: Vec<u8>,
}

/// The whole table of a block's documents, part after part.
pub(in super::super) async fn all_docs(
    connection: &impl ConnectionTrait,
    family: Family,
    block: i64,
) -> Result<Vec<Vec<u8>>, DbErr> {
    let search = family.search();
    let sql = format!("SELECT bytes FROM {search}_docs WHERE block = $1 ORDER BY chunk");
    let rows = db::parse::<Bytes>(&db::query(connection, sql, vec![block.into()]).await?)?;
    Ok(rows.into_iter().map(|row| row.bytes).collect())
}

/// Notes that the blocks of indexes that are neither the one of a family nor the one before it were replaced.
async fn replace_indexes(transaction: &Transaction, family: Family, now: i64) -> Result<(), DbErr> {
    let search = family.search();
    let sql = format!(
        "UPDATE {search}_blocks SET replaced_at = $1 WHERE replaced_at IS NULL AND NOT EXISTS \
         (SELECT 1 FROM search_indexes i WHERE i.family = $2 \
         AND {search}_blocks.generation IN (i.generation, i.previous))"
    );
    db::run(transaction, sql, vec![now.into(), (family as i64).into()]).await.map(drop)
}

/// Blocks that nobody reads any more: replaced before this time, or never completed.
pub(in super::super) async fn discarded(
    connection: &impl ConnectionTrait,
    family: Family,
    before: i64,
) -> Result<Vec<i64>, DbErr> {
    let search = family.search();
    let sql = format!("SELECT id FROM {search}_blocks WHERE replaced_at < $1 OR NOT is_complete");
    let rows = db::query(connection, sql, vec![before.into()]).await?;
    Ok(db::parse::<Id>(&rows)?.into_iter().map(|row| row.id).collect())
}

#[derive(FromQueryResult)]
struct Gram {
    first_gram: i64,
}

/// Removes a part of a block, or the block when nothing else is left of it; whether it is gone.
pub(in super::super) async fn remove_part(
    db: &Db,
    family: Family,
    block: i64,
) -> Result<bool, DbErr> {
    let search = family.search();
    let sql = format!(
        "SELECT first_gram FROM {search}_pages WHERE block = $1 \
         ORDER BY first_gram LIMIT 1 OFFSET {PAGES_AT_ONCE}"
    );
    let rest = db::parse::<Gram>(&db::query(db.read(), sql, vec![block.into()]).await?)?.pop();
    let transaction = db.begin().await?;
    if let Some(Gram { first_gram }) = rest {
        let sql = format!("DELETE FROM {search}_pages WHERE block = $1 AND first_gram < $2");
        db::run(&transaction, sql, vec![block.into(), first_gram.into()]).await?;
    } else {
        for (table, key) in [("pages", "block"), ("docs", "block"), ("blocks", "id")] {
            let sql = format!("DELETE FROM {search}_{table} WHERE {key} = $1");
            db::run(&transaction, sql, vec![block.into()]).await?;
        }
    }
    transaction.commit().await?;
    Ok(rest.is_none())
}

/// More changes than this are never left to be indexed one after the other: a room that has so many was indexed.
const NEVER_INDEXED: i64 = 4_096;

/// Begins the index of a family anew: everything that is in it is to be added again. What there is answers until
/// then, if it is whole.
pub(in super::super) async fn begin_anew(db: &Db, family: Family, now: i64) -> Result<(), DbErr> {
    let (rooms, search) = (family.rooms(), family.search());
    let transaction = db.begin().await?;
    let sql = "UPDATE search_indexes SET previous = CASE WHEN backlog IS NULL THEN generation \
               ELSE previous END, generation = generation + 1, first_doc = 0, next_doc = 0, \
               backlog = $1, owner = NULL WHERE family = $2";
    let values = vec![Uuid::max().into(), (family as i64).into()];
    db::run(&transaction, sql, values).await?;
    replace_indexes(&transaction, family, now).await?;
    // What is not in the index goes on to be looked at, and comes into the new one as it would have.
    let sql = format!("UPDATE {search}_progress SET backlog_seq = indexed_seq");
    db::run(&transaction, sql, vec![]).await?;
    // Unless nobody knows any more what was in it.
    let sql = format!(
        "INSERT INTO {search}_progress (room_id, indexed_seq, backlog_seq) \
         SELECT r.id, r.last_seq, r.last_seq FROM {rooms} r WHERE r.last_seq > {NEVER_INDEXED} \
         AND NOT EXISTS (SELECT 1 FROM {search}_progress p WHERE p.room_id = r.id)"
    );
    db::run(&transaction, sql, vec![]).await?;
    transaction.commit().await
}
