//! The rows of uploads that are received in parts.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use uuid::{NoContext, Timestamp, Uuid};

use crate::db;

/// An upload that is received in parts.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::media) struct PartialRow {
    pub(in crate::features::media) id: Uuid,
    pub(in crate::features::media) created_at: i64,
    /// How long the file is.
    pub(in crate::features::media) bytes: i64,
    /// How much of it is there for good.
    pub(in crate::features::media) received: i64,
    pub(in crate::features::media) kind: Option<String>,
    pub(in crate::features::media) name: Option<String>,
    /// What was made of it: only then all of it was received.
    pub(in crate::features::media) media_id: Option<Uuid>,
}

/// A new one.
#[derive(Clone, Debug)]
pub(in crate::features::media) struct NewPartial {
    pub(in crate::features::media) id: Uuid,
    pub(in crate::features::media) owner_id: i64,
    pub(in crate::features::media) created_at: i64,
    pub(in crate::features::media) bytes: i64,
    pub(in crate::features::media) kind: Option<String>,
    pub(in crate::features::media) name: Option<String>,
}

pub(in crate::features::media) async fn begin(
    transaction: &impl ConnectionTrait,
    new: NewPartial,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO partial_uploads (id, owner_id, created_at, bytes, kind, name) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let NewPartial { id, owner_id, created_at, bytes, kind, name } = new;
    let values =
        [id.into(), owner_id.into(), created_at.into(), bytes.into(), kind.into(), name.into()];
    db::run(transaction, sql, values.into()).await.map(drop)
}

/// How many bytes an upload counts for that is not finished.
pub(in crate::features::media) async fn announced(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<i64, DbErr> {
    let sql = "SELECT bytes FROM partial_uploads WHERE id = $1 AND media_id IS NULL";
    let rows = db::query(connection, sql, vec![id.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get("", "bytes"))
}

/// How many of somebody's wait for their rest.
pub(in crate::features::media) async fn waiting(
    connection: &impl ConnectionTrait,
    owner_id: i64,
) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) AS waiting FROM partial_uploads \
               WHERE owner_id = $1 AND media_id IS NULL";
    let rows = db::query(connection, sql, vec![owner_id.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get("", "waiting"))
}

/// Somebody's, if it was begun after a time.
pub(in crate::features::media) async fn find(
    connection: &impl ConnectionTrait,
    id: Uuid,
    owner_id: i64,
    after: i64,
) -> Result<Option<PartialRow>, DbErr> {
    let sql = "SELECT id, created_at, bytes, received, kind, name, media_id FROM partial_uploads WHERE id = $1 AND owner_id = $2 AND created_at > $3";
    let values = vec![id.into(), owner_id.into(), after.into()];
    let rows: Vec<PartialRow> = db::parse(&db::query(connection, sql, values).await?)?;
    Ok(rows.into_iter().next())
}

/// Notes a part whose file is to be written. `false` where its upload has gone on without it, or is gone.
pub(in crate::features::media) async fn begin_part(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    upload_id: Uuid,
    begins_at: i64,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO upload_parts (id, upload_id, begins_at) \
               SELECT $1, id, received FROM partial_uploads \
               WHERE id = $2 AND received = $3 AND media_id IS NULL";
    let values = vec![id.into(), upload_id.into(), begins_at.into()];
    Ok(db::run(transaction, sql, values).await? == 1)
}

/// Says that the file of a part is there. `false` where its upload has gone on without it, or is gone: then
/// nothing is changed.
pub(in crate::features::media) async fn end_part(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    upload_id: Uuid,
    begins_at: i64,
    bytes: i64,
) -> Result<bool, DbErr> {
    let sql = "UPDATE partial_uploads SET received = received + $3 \
               WHERE id = $1 AND received = $2 AND media_id IS NULL";
    let values = vec![upload_id.into(), begins_at.into(), bytes.into()];
    if db::run(transaction, sql, values).await? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE upload_parts SET bytes = $2 WHERE id = $1";
    Ok(db::run(transaction, sql, vec![id.into(), bytes.into()]).await? == 1)
}

/// An id of something that begins now: in the order of time among others.
pub(in crate::features::media) fn id_at(now_ms: i64) -> Uuid {
    let (seconds, millis) = (now_ms.div_euclid(1_000), now_ms.rem_euclid(1_000));
    let nanos = u32::try_from(millis).unwrap_or(0) * 1_000_000;
    Uuid::new_v7(Timestamp::from_unix(NoContext, u64::try_from(seconds).unwrap_or(0), nanos))
}

/// In how many parts an upload is stored, those that are on their way or were not stored among them.
pub(in crate::features::media) async fn count_parts(
    connection: &impl ConnectionTrait,
    upload_id: Uuid,
) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) AS parts FROM upload_parts WHERE upload_id = $1";
    let rows = db::query(connection, sql, vec![upload_id.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get("", "parts"))
}

/// Gives up a part, with its file.
pub(in crate::features::media) async fn discard_part(
    transaction: &impl ConnectionTrait,
    id: Uuid,
) -> Result<(), DbErr> {
    discard_those(transaction, "id = $1", vec![id.into()], 0).await
}

/// An upload that is given up.
#[derive(Debug, FromQueryResult)]
struct Discarded {
    id: Uuid,
    media_id: Option<Uuid>,
    bytes: i64,
}

impl Discarded {
    async fn discard_parts(&self, transaction: &impl ConnectionTrait) -> Result<(), DbErr> {
        // What was made of it counts by itself.
        let bytes = if self.media_id.is_none() { self.bytes } else { 0 };
        discard_parts(transaction, self.id, bytes).await
    }
}

#[derive(Debug, FromQueryResult)]
struct Id {
    id: Uuid,
}

/// What an upload has received, part after part.
pub(in crate::features::media) async fn parts(
    connection: &impl ConnectionTrait,
    upload_id: Uuid,
) -> Result<Vec<Uuid>, DbErr> {
    let sql = "SELECT id FROM upload_parts WHERE upload_id = $1 AND bytes IS NOT NULL \
               ORDER BY begins_at";
    ids(connection, sql, vec![upload_id.into()]).await
}

/// Says what was made of an upload, and gives up its parts. `false` where another was made of it before, or
/// it is gone: then nothing is changed.
pub(in crate::features::media) async fn complete(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    media_id: Uuid,
) -> Result<bool, DbErr> {
    let sql = "UPDATE partial_uploads SET media_id = $2, received = bytes \
               WHERE id = $1 AND media_id IS NULL RETURNING bytes";
    let rows = db::query(transaction, sql, vec![id.into(), media_id.into()]).await?;
    let Some(row) = rows.first() else { return Ok(false) };
    discard_parts(transaction, id, row.try_get("", "bytes")?).await?;
    Ok(true)
}

/// Gives up somebody's upload. Answers what was made of it, if anything was; nothing where there is none.
pub(in crate::features::media) async fn discard(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    owner_id: i64,
) -> Result<Option<Option<Uuid>>, DbErr> {
    let sql = "DELETE FROM partial_uploads WHERE id = $1 AND owner_id = $2 \
               RETURNING id, media_id, bytes";
    let rows = db::query(transaction, sql, vec![id.into(), owner_id.into()]).await?;
    let rows: Vec<Discarded> = db::parse(&rows)?;
    let Some(row) = rows.first() else { return Ok(None) };
    row.discard_parts(transaction).await?;
    Ok(Some(row.media_id))
}

/// Gives up those that were begun before a time, those of which nothing came before another, and parts of that
/// time that were not stored since.
pub(in crate::features::media) async fn discard_overdue(
    transaction: &impl ConnectionTrait,
    broken_off: i64,
    before: i64,
) -> Result<(), DbErr> {
    let sql = "DELETE FROM partial_uploads \
               WHERE created_at <= $1 OR (received = 0 AND created_at <= $2) \
               RETURNING id, media_id, bytes";
    let rows = db::query(transaction, sql, vec![before.into(), broken_off.into()]).await?;
    let rows: Vec<Discarded> = db::parse(&rows)?;
    for row in rows {
        row.discard_parts(transaction).await?;
    }
    let broken_off = vec![id_at(broken_off).into()];
    discard_those(transaction, "id < $1 AND bytes IS NULL", broken_off, 0).await
}

/// Gives up the parts of an upload that are whole. Another may be written at this moment, and its file
/// appear after it was looked for: its row stays until whoever writes it finds the upload gone, or for
/// longer than that can take. They count for so many bytes until their files are removed.
async fn discard_parts(
    transaction: &impl ConnectionTrait,
    upload_id: Uuid,
    bytes: i64,
) -> Result<(), DbErr> {
    let whole = "upload_id = $1 AND bytes IS NOT NULL";
    discard_those(transaction, whole, vec![upload_id.into()], bytes).await
}

async fn discard_those(
    transaction: &impl ConnectionTrait,
    which: &str,
    values: Vec<Value>,
    bytes: i64,
) -> Result<(), DbErr> {
    let sql = format!("DELETE FROM upload_parts WHERE {which} RETURNING id");
    let parts = ids(transaction, &sql, values).await?;
    if parts.is_empty() && bytes == 0 {
        return Ok(());
    }
    let files: Vec<String> = parts.into_iter().map(file_of).collect();
    super::list_discarded(transaction, Uuid::new_v4(), super::names(&files), bytes).await
}

async fn ids(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<Uuid>, DbErr> {
    let rows: Vec<Id> = db::parse(&db::query(connection, sql, values).await?)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// A part, whose file must be there where it has bytes.
#[derive(Debug, FromQueryResult)]
pub(in crate::features::media) struct PartRow {
    pub(in crate::features::media) id: Uuid,
    pub(in crate::features::media) bytes: Option<i64>,
}

/// The next thousand parts, by their ids.
pub(in crate::features::media) async fn parts_after(
    connection: &impl ConnectionTrait,
    after: Uuid,
) -> Result<Vec<PartRow>, DbErr> {
    let sql = "SELECT id, bytes FROM upload_parts WHERE id > $1 ORDER BY id LIMIT 1000";
    db::parse(&db::query(connection, sql, vec![after.into()]).await?)
}

/// Whether there still is this part.
pub(in crate::features::media) async fn has_part(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<bool, DbErr> {
    let sql = "SELECT id FROM upload_parts WHERE id = $1";
    Ok(!db::query(connection, sql, vec![id.into()]).await?.is_empty())
}

/// The file in which a part is.
pub(in crate::features::media) fn file_of(part: Uuid) -> String {
    format!("uploads/{part}")
}
